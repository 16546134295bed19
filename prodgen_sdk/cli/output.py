"""What all commands share: settings, opening a studio, tables and JSON, errors."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import typer
from typer.core import TyperGroup

from prodgen_sdk.terminal import harmless, note

if TYPE_CHECKING:
    from prodgen_sdk.host import Host
    from prodgen_sdk.studio import Studio

JSON = typer.Option(False, "--json", help="Print JSON on standard output.")
ClickException = typer.BadParameter.__mro__[2]
"""The base of what typer raises for words that it does not understand; typer itself gives it no public name."""

_REASONS, _NAMES = 50, 3
"""How many reasons are told, and how many names of each."""
_ANY_WIDTH = 100_000
"""Characters of a line that no program reads in pieces."""

_results: TextIO | None = None
"""Where JSON goes while standard output is led elsewhere."""


@dataclass(frozen=True)
class Settings:
    """The options before the command."""

    folder: str = ""
    debug: bool = False


class Warnings(logging.Handler):
    """Tells what the host warns of, and remembers it, so that an error for the same reason need not say it again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = " ".join(record.getMessage().split())
        self.told.append(text)
        note(text)


class PluginCommands(TyperGroup):
    """Looks an unknown command up among those that plugins registered, so that help need not load any plugin."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return found if found is not None else self._from_plugins(cmd_name)

    def _from_plugins(self, name: str) -> Any:
        from prodgen_sdk.host import Host, load_dotted

        command = Host.discover().commands.get(name)
        if command is None:
            return None
        target = load_dotted(command.target)
        if not isinstance(target, typer.Typer):
            wrapper = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            wrapper.command(name, help=command.help)(target)
            target = wrapper
        return typer.main.get_command(target)


def open_studio(ctx: typer.Context) -> Studio:
    """The studio of the workspace at hand; raises ConfigError if there is none."""
    studio = find_studio(ctx)
    if studio.workspace is None:
        studio.close()
        raise no_workspace()
    return studio


def note_reasons(told: Iterable[tuple[str, str]], before: str = "  ") -> None:
    """(name, reason) pairs, for people: a line for each reason. Many are a fault of the whole file, and would scroll away what was done."""
    names = _by_reason(told)
    for reason, those in list(names.items())[:_REASONS]:
        note(f"{before}{_few(those)}: {reason}")
    if (left := sum(map(len, list(names.values())[_REASONS:]))) > 0:
        note(f"{before}and {left} more, all of which --json lists")


def nothing_done(failures: Mapping[str, str]) -> Exception:
    """The error of a command that could do nothing of what it was asked: why, each reason once."""
    from prodgen_sdk.errors import InputError

    names = _by_reason(failures.items())
    if len(names) == 1:
        return InputError(*names)
    return InputError(" ".join(f"{_few(those)}: {reason}" for reason, those in names.items()))


def _by_reason(told: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, reason in told:
        names.setdefault(reason, []).append(name)
    return names


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{', '.join(names[:_NAMES])}{more}"


def no_workspace() -> Exception:
    """The error of a command that keeps state where there is nowhere to keep it."""
    from prodgen_sdk.errors import ConfigError

    return ConfigError("There is no workspace here.", hint="Run: prodgen init, or name one: prodgen -w DIR ...")


def find_studio(ctx: typer.Context) -> Studio:
    """The studio of the workspace at hand, or one without a workspace."""
    from pathlib import Path

    from prodgen_sdk.studio import Studio
    from prodgen_sdk.workspace import find_workspace

    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    folder = Path(settings.folder) if settings.folder else find_workspace()
    return Studio.open(folder) if folder is not None else Studio()


def find_host(ctx: typer.Context) -> Host:
    """The plugins as the workspace at hand configures them; what is wrong with them, the command tells."""
    with untold():
        return find_studio(ctx).host


@contextmanager
def untold() -> Iterator[None]:
    """Keeps back what the host warns of meanwhile, for a command that tells it itself."""
    handlers = [h for h in logging.getLogger("prodgen_sdk.host").handlers if isinstance(h, Warnings)]
    for handler in handlers:
        handler.addFilter(_nothing)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def emit(as_json: bool, value: Any, show: Callable[[], None]) -> None:
    """Prints `value` as JSON, or calls `show`."""
    if as_json:
        print_json(jsonable(value))
    else:
        show()


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2), file=_results)


@contextmanager
def json_alone() -> Iterator[None]:
    """Whatever else is printed meanwhile, by a plugin or a library, goes to standard error."""
    global _results
    _results = sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _results = None


def jsonable(value: Any) -> Any:
    """Models, dataclasses, decimals, times and paths as plain JSON values."""
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value, inf_nan_mode="null")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Prints a table on standard output. Nothing is cut short: a word that does not fit, as all of Chinese, goes on below.

    The first column, which names things, stays whole to be copied; where the output is no terminal and nobody set `COLUMNS`, every row is one line.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    folded = (Column(name, overflow="fold", no_wrap=place == 0) for place, name in enumerate(columns))
    shown = Table(*folded, title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*(escape(harmless(str(cell))) for cell in row))
    fits = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(width=None if fits else _ANY_WIDTH)
    with console.capture() as lines:
        console.print(shown)
    typer.echo("\n".join(line.rstrip() for line in lines.get().splitlines()))


def write_utf8() -> None:
    """Titles may be of any script, so standard output and error are UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def fail(error: Exception, *, as_json: bool = False, told: Iterable[str] = ()) -> int:
    """Tells an error in one line on standard error; returns the exit code. A refusal is JSON as well if that was wanted.

    Args:
        told: warnings that were printed before: the same words are left out.
    """
    from prodgen_sdk.errors import PartlyDone, ProdgenError, Refused

    if isinstance(error, ClickException):
        return _fail_usage(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        note(f"prodgen: {where}{error.strerror}. Look at the space and the rights there; --debug says more.")
        return 1
    if not isinstance(error, ProdgenError):
        what = f"{type(error).__name__}: {_one_line(error)}".rstrip(": ")
        note(f"prodgen: an internal error: {what}. Run it again with --debug.")
        return 1
    text = _one_line(error)
    for warning in told:
        text = text.replace(f" The {warning}", "")
    note(f"prodgen: {text}")
    if isinstance(error, PartlyDone):
        for item, reason in error.failures.items():
            note(f"  {item}: {reason}")
    if isinstance(error, Refused) and as_json:
        refusal = {"reason": error.message, "reasons": error.reasons, "what_to_do": error.hint}
        print_json({"refused": refusal})
    return error.exit_code


def _fail_usage(error: Any) -> int:
    message = _in_our_words(error)
    if message.strip() and "\n" not in message.strip():
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "prodgen"
        note(f"prodgen: {message}{'' if message.endswith(('.', '?')) else '.'} Try: {command} --help")
    else:  # a group without a command, which shows its help: now, or it has done so already
        note(message) if message else None
    return int(error.exit_code)


def _in_our_words(error: Any) -> str:
    """What typer says; where it quotes pydantic on a value, in the words that the configuration's errors have, too."""
    from pydantic import ValidationError

    from prodgen_sdk.faults import said

    message, cause = str(error.format_message()), error.__cause__
    if not isinstance(cause, ValidationError):
        return message
    fault = cause.errors(include_url=False)[0]
    return message.replace(error.message, f"it {said(fault)}, not {fault['input']}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
