"""`prodgen models`: what can be fetched, and what is here."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, table
from prodgen_sdk.terminal import note

group = typer.Typer(help="List and fetch model files.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="models")


@group.command("list")
def list_models(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List the models that installed plugins can fetch, and whether they are here."""
    from prodgen_sdk.errors import MissingDependency

    found = []
    with find_studio(ctx) as studio:
        for model in studio.host.models.values():
            try:
                place = str(studio.host.models_folder(model.name))
            except MissingDependency:
                place = ""
            found.append({"name": model.name, "summary": model.summary, "plugin": model.plugin, "folder": place})
    rows = [(m["name"], m["folder"] or "not here", m["plugin"], m["summary"]) for m in found]
    emit(as_json, found, lambda: table(("model", "folder", "plugin", "what it is"), rows))


@group.command()
def pull(ctx: typer.Context, name: str = typer.Argument(...), as_json: bool = JSON) -> None:
    """Fetch a model's files, checked by digest; what is here already is not fetched again."""
    from prodgen_sdk import runtime
    from prodgen_sdk.errors import MissingDependency, NotFound
    from prodgen_sdk.host import load_dotted

    with find_studio(ctx) as studio:
        if name not in studio.host.models:
            raise NotFound.of("model", name, studio.host.models, hint="Run: prodgen models list")
        try:
            folder = studio.host.models_folder(name)
            fresh = False
        except MissingDependency:
            folder = runtime.model_roots(studio.config.models.folder)[0] / name
            fresh = True
            note(f"fetching {name} into {folder} ...")
            pull = studio.host.models[name].pull
            (load_dotted(pull) if isinstance(pull, str) else pull)(folder)
    emit(as_json, {"name": name, "folder": folder, "fetched": fresh}, lambda: note(f"{name} is in {folder}"))
