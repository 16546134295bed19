"""`prodgen models`: what can be fetched, and what is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from pathlib import Path

    from prodgen_sdk.studio import Studio

group = typer.Typer(help="List and download models.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="models")


@group.command("list")
def list_models(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List the models that installed plugins can download, and whether they are here."""
    with find_studio(ctx) as studio:
        found = [
            {
                "name": model.name,
                "summary": model.summary,
                "plugin": model.plugin,
                "folder": str(_here(studio, model.name) or ""),
            }
            for model in studio.host.models.values()
        ]
    rows = [(m["name"], m["folder"] or "not here", m["plugin"], m["summary"]) for m in found]
    emit(as_json, found, lambda: table(("model", "folder", "plugin", "what it is"), rows))


@group.command()
def pull(
    ctx: typer.Context,
    names: list[str] = typer.Argument(None, metavar="NAME", help="Default: everything that `models list` shows."),
    as_json: bool = JSON,
) -> None:
    """Download models and check their digests. What is already here is not downloaded again."""
    from prodgen_sdk.errors import NotFound

    with find_studio(ctx) as studio:
        for name in names or ():
            if name not in studio.host.models:
                raise NotFound.of("model", name, studio.host.models, hint="Run: prodgen models list")
        pulled = [_pull(studio, name) for name in names or studio.host.models]
    emit(as_json, pulled, lambda: _say(pulled))


def _say(pulled: list[dict[str, object]]) -> None:
    for model in pulled:
        note(f"{model['name']} is in {model['folder']}")


def _here(studio: Studio, name: str) -> Path | None:
    from prodgen_sdk.errors import MissingDependency

    try:
        return studio.host.models_folder(name)
    except MissingDependency:
        return None


def _pull(studio: Studio, name: str) -> dict[str, object]:
    from prodgen_sdk import runtime
    from prodgen_sdk.host import load_dotted

    folder = _here(studio, name)
    if folder is not None:
        return {"name": name, "folder": folder, "fetched": False}
    folder = runtime.model_roots(studio.config.models.folder)[0] / name
    note(f"fetching {name} into {folder} ...")
    pull = studio.host.models[name].pull
    (load_dotted(pull) if isinstance(pull, str) else pull)(folder)
    return {"name": name, "folder": folder, "fetched": True}
