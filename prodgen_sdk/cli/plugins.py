"""`prodgen plugins`: list, check and show."""

from __future__ import annotations

from typing import Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_host, table
from prodgen_sdk.terminal import note

group = typer.Typer(
    help="See which plugins are installed, whether they work, and what they bring.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="plugins")


@group.command("list")
def list_plugins(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List all plugins with their components, the failed and disabled ones included."""
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


@group.command()
def check(
    ctx: typer.Context,
    build: bool = typer.Option(False, "--build", help="Also build every component whose needs are met."),
    as_json: bool = JSON,
) -> None:
    """Check every plugin and component. Exit code 1 if a plugin failed or a component could not be built."""
    from prodgen_sdk.errors import ProdgenError
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
    for entry in host.registry if build else ():
        if entry.spec.id in missing:
            continue
        try:
            host.get(entry.spec.kind, entry.spec.id)
        except ProdgenError as error:
            problems.append({"what": entry.spec.id, "distribution": entry.distribution, "problem": str(error)})
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
            note(f"failed: {problem['what']} ({problem['distribution']}): {problem['problem']}")

    emit(
        as_json,
        {"plugins": len(host.plugins), "components": components, "not_ready": missing, "problems": problems},
        show,
    )
    if problems:
        raise typer.Exit(1)


@group.command()
def show(ctx: typer.Context, id: str = typer.Argument(..., metavar="ID"), as_json: bool = JSON) -> None:
    """Show all that a component states of itself."""
    from prodgen_sdk.errors import NotFound

    host = find_host(ctx)
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
    rows = [
        (name, value) for component in found for name, value in component.items() if value not in ("", [], {}, None)
    ]
    emit(as_json, found, lambda: table(("field", "value"), rows))
