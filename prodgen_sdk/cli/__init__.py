"""The command `prodgen`: one module per command group.

Modules import nothing heavy at the top, so that `prodgen --help` answers at once; each command imports what it needs.
"""

from __future__ import annotations

import logging
import os
import sys

import typer

from prodgen_sdk.cli import (
    catalog,
    components,
    demo,
    events,
    finish,
    gallery,
    generate,
    index,
    models,
    plugins,
    recommend,
    review,
    tryon,
    workspace,
)
from prodgen_sdk.cli.output import ClickException, PluginCommands, Settings, Warnings, fail, json_alone, write_utf8
from prodgen_sdk.terminal import note

_INTERRUPTED = 130  # as shells count signals: 128 + SIGINT

app = typer.Typer(
    name="prodgen",
    cls=PluginCommands,
    help="Product images, virtual try-on and personalised recommendation.",
    epilog="Installed plugins may add commands: prodgen plugins list shows them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    folder: str = typer.Option(
        "",
        "--workspace",
        "-w",
        metavar="DIR",
        help="The workspace. Default: PRODGEN_WORKSPACE, else the nearest folder upwards with a prodgen.toml.",
    ),
    debug: bool = typer.Option(
        False, "--debug", help="Show tracebacks and log everything. Also works after the command."
    ),
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    if version:
        from prodgen_sdk import __version__

        typer.echo(f"prodgen {__version__}")
        raise typer.Exit
    ctx.obj = Settings(folder, debug)
    if debug:
        logging.basicConfig(level=logging.DEBUG)
    group = ctx.command
    assert isinstance(group, PluginCommands)
    if "--json" in sys.argv and ctx.invoked_subcommand in group.commands:  # a plugin's command prints as it likes
        ctx.with_resource(json_alone())


for module in (
    workspace,
    catalog,
    generate,
    finish,
    tryon,
    gallery,
    recommend,
    events,
    review,
    index,
    models,
    components,
    plugins,
    demo,
):
    module.add_to(app)


def main() -> None:
    """The entry point: runs a command; an error becomes one line on stderr and an exit code."""
    write_utf8()
    words, asked = _without_debug(sys.argv[1:])
    debug = asked or os.environ.get("PRODGEN_DEBUG", "") not in ("", "0")
    warnings, host = Warnings(), logging.getLogger("prodgen_sdk.host")
    if not debug:  # which shows the whole log
        host.addHandler(warnings)
    try:
        code = app(["--debug", *words] if debug and words else words, prog_name="prodgen", standalone_mode=False)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing to tell it
        sys.exit(0)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except Exception as error:
        if debug and not isinstance(error, ClickException):
            raise
        sys.exit(fail(error, as_json="--json" in words, told=warnings.told))
    finally:
        host.removeHandler(warnings)
    if code == _INTERRUPTED:  # newer releases of typer give the code instead of raising
        note("prodgen: interrupted")
    sys.exit(code if isinstance(code, int) else 0)


def _without_debug(words: list[str]) -> tuple[list[str], bool]:
    """The words without `--debug`, which may stand anywhere before `--`, and whether it was there."""
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return [*kept, *words[end:]], len(kept) < end
