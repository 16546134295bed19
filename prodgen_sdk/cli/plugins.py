"""`prodgen plugins`: list, check, show and new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from prodgen_sdk.cli.output import JSON, PluginCommands, emit, find_host, find_studio, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from prodgen_sdk.host import Host
    from prodgen_sdk.registry import Entry

group = typer.Typer(help="List, check and describe plugins, and begin one of your own.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="plugins")


@group.command("list")
def list_plugins(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List all plugins and their components, including failed and disabled ones."""
    host = find_host(ctx)
    rows = [
        (p.name, f"{p.distribution} {p.version}".strip(), p.status, ", ".join(p.components) or p.error)
        for p in host.plugins
    ]

    def show() -> None:
        table(("plugin", "distribution", "status", "components"), rows)
        for command in host.commands.values():
            note(f"command: prodgen {command.name} ({command.plugin}): {command.help}")

    commands = [{"name": c.name, "help": c.help, "plugin": c.plugin} for c in host.commands.values()]
    emit(as_json, {"plugins": host.plugins, "commands": commands}, show)
    for name in host.unknown_names():
        note(name)


@group.command()
def check(
    ctx: typer.Context,
    build: bool = typer.Option(False, "--build", help="Also build every component that can run here."),
    as_json: bool = JSON,
) -> None:
    """Check that every plugin loads and every component exists. Exit code 1 if not."""
    from prodgen_sdk.errors import NotConfigured
    from prodgen_sdk.host.building import is_installed

    host = find_host(ctx)
    problems = [
        {"what": p.name, "distribution": f"{p.distribution} {p.version}".strip(), "problem": p.error}
        for p in host.plugins
        if p.status == "failed"
    ]
    missing = {entry.spec.id: reason for entry in host.registry if (reason := host.missing(entry.spec))}
    lacking = [e.spec.needs for e in host.registry if not all(map(is_installed, e.spec.needs.modules))]
    commands = list(dict.fromkeys(needs.install for needs in lacking))
    for entry in (entry for entry in host.registry if entry.spec.id not in missing):
        try:
            if problem := _problem(host, entry, build):
                problems.append({"what": entry.spec.id, "distribution": entry.distribution, "problem": problem})
        except NotConfigured as reason:
            missing[entry.spec.id] = str(reason)
    problems += [
        {"what": f"prodgen {command.name}", "distribution": command.plugin, "problem": problem}
        for command in host.commands.values()
        if (problem := _out_of_reach(ctx, command.name) or _unloadable(command.target))
    ]
    problems += [
        {"what": "prodgen.toml", "distribution": "prodgen-sdk", "problem": name} for name in host.unknown_names()
    ]
    components = sum(1 for _ in host.registry)

    def show() -> None:
        typer.echo(f"{sum(p.status == 'loaded' for p in host.plugins)} plugins, {components} components")
        for reason in missing.values():
            note(f"not ready: {reason}")
        for command in commands:
            note(f"what is not installed comes with: {command}")
        for problem in problems:
            about = re.sub(rf"^{re.escape(problem['what'])}:? +", "", problem["problem"])  # most begin with its name
            note(f"failed: {problem['what']} ({problem['distribution']}): {about}")

    emit(
        as_json,
        {"plugins": len(host.plugins), "components": components, "not_ready": missing, "problems": problems},
        show,
    )
    if problems:
        raise typer.Exit(1)


def _out_of_reach(ctx: typer.Context, name: str) -> str:
    """Why a plugin's command is never run, empty if it is."""
    core = ctx.find_root().command
    assert isinstance(core, PluginCommands)
    return (
        "is a command of prodgen itself, which comes first: register it by another name"
        if name in core.commands
        else ""
    )


def _problem(host: Host, entry: Entry, build: bool) -> str:
    """Why a component's factory is not there or, where it is to be built, fails; empty if all is well.

    Raises:
        NotConfigured: it cannot be built before somebody configures it.
    """
    from prodgen_sdk.errors import NotConfigured, ProdgenError

    if isinstance(entry.factory, str) and (problem := _unloadable(entry.factory)):
        return problem
    try:
        if build:
            host.get(entry.spec.kind, entry.spec.id)
    except NotConfigured:
        raise
    except ProdgenError as error:
        return str(error)
    return ""


def _unloadable(path: str | Callable[..., Any]) -> str:
    """Why the object that `module:attribute` names is not there; empty if it is, or needs no loading."""
    from prodgen_sdk.errors import PluginError, in_words
    from prodgen_sdk.host import load_dotted

    try:
        if isinstance(path, str) and not _is_written(path):
            load_dotted(path)
    except PluginError as error:
        return str(error)
    except (Exception, SystemExit) as error:  # a module may raise anything while it is imported
        return f"{path} could not be loaded: {in_words(error)}"
    return ""


def _is_written(path: str) -> bool:
    """Whether a module's source defines the class or function, which is seen without the seconds that some take to import."""
    import ast
    from importlib.util import find_spec

    module, _, attribute = path.partition(":")
    try:
        spec = find_spec(module)
        source = Path(spec.origin).read_bytes() if spec is not None and spec.origin else b""
        lines = ast.parse(source).body
    except (ImportError, OSError, SyntaxError, ValueError):
        return False
    defined = {line.name for line in lines if isinstance(line, ast.ClassDef | ast.FunctionDef)}
    return attribute in defined


@group.command()
def new(
    name: str = typer.Argument(..., metavar="NAME", help="Lower case, such as my-shop; ids will begin with it."),
    kind: str = typer.Option(
        "generator",
        metavar="KIND",
        help="What it brings: describer, text-encoder, image-encoder, generator, renderer, compositor, body-parser, index, ranker, policy, "
        "evaluator, safety-checker, finisher, trainer or benchmark.",
    ),
    out: str = typer.Option("", metavar="DIR", help="A folder that is new or empty. Default: prodgen-NAME."),
    as_json: bool = JSON,
) -> None:
    """Write a small plugin that works, with its tests, to be installed and changed."""
    from prodgen_sdk.errors import NotFound
    from prodgen_sdk.specs import SPECS
    from prodgen_sdk.testing.starter import write_plugin

    kinds = {kind.replace("_", "-"): kind for kind in SPECS}
    if (chosen := kinds.get(kind.replace("_", "-"))) is None:
        raise NotFound.of("kind of component", kind, kinds)
    name = name.removeprefix("prodgen-")
    folder = Path(out or f"prodgen-{name}")
    written = write_plugin(name, chosen, folder)

    def show_files() -> None:
        for path in written:
            typer.echo(path)
        note(f"Next, in {folder}: pip install -e '.[test]' && python -m pytest && prodgen plugins check")

    emit(as_json, {"name": name, "kind": chosen, "files": written}, show_files)


@group.command()
def show(
    ctx: typer.Context,
    id: str = typer.Argument(..., metavar="ID", help="As `prodgen plugins list` shows it."),
    as_json: bool = JSON,
) -> None:
    """Show the spec of a component."""
    from prodgen_sdk.errors import NotFound

    host = find_studio(ctx).host
    entries = host.registry.find(id)
    if not entries:
        raise NotFound.of("component", id, [entry.spec.id for entry in host.registry], hint="Run: prodgen plugins list")
    found: list[dict[str, Any]] = [
        {
            "kind": e.spec.kind,
            **e.spec.model_dump(mode="json"),
            "plugin": e.plugin,
            "distribution": e.distribution,
            "version": e.version,
            "not_ready": host.missing(e.spec),
        }
        for e in entries
    ]
    emit(as_json, found, lambda: table(("field", "value"), (row for component in found for row in _rows(component))))


def _rows(fields: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """Each field that says something, and its value in words; those of a nested object by their path."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _rows(value, f"{within}{name}.")
        elif isinstance(value, bool):
            yield f"{within}{name}", "yes" if value else "no"
        elif value not in ("", [], None):
            yield f"{within}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
