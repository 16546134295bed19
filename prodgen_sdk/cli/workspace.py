"""`prodgen init` and `prodgen doctor`."""

from __future__ import annotations

from typing import Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, table, untold
from prodgen_sdk.terminal import note

_LITTLE_MB = 100


def add_to(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("doctor")(doctor)


def init(
    folder: str = typer.Argument(".", metavar="DIR", help="The folder of the workspace."), as_json: bool = JSON
) -> None:
    """Create a workspace: a folder with prodgen.toml, a database, assets and an index."""
    from prodgen_sdk.studio import Studio

    with Studio.create(folder) as studio:
        assert studio.workspace is not None
        studio.store.products.count()
        place = studio.workspace.folder
    where = "" if folder == "." else f"-w {folder} "
    emit(as_json, {"workspace": place}, lambda: note(f"{place} is ready. Next: prodgen {where}catalog add FILE"))


def doctor(ctx: typer.Context, as_json: bool = JSON) -> None:
    """Check this installation: packages, device, plugins, models and the workspace. Exit code 1 if something is broken."""
    with untold(), find_studio(ctx) as studio:
        report, problems = _examine(studio)
        notes = _notes(studio)
    rows = [(name, value) for name, value in report.items() if not isinstance(value, dict | list)]

    def show() -> None:
        table(("what", "found"), [*rows, *((f"  {name}", version) for name, version in report["packages"].items())])
        for remark in notes:
            note(f"note: {remark}")
        for problem in problems:
            note(f"problem: {problem}")
        note("All is well." if not problems else f"{len(problems)} problem{'s' * (len(problems) > 1)}.")

    emit(as_json, {**report, "notes": notes, "problems": problems}, show)
    if problems:
        raise typer.Exit(1)


def _examine(studio: Any) -> tuple[dict[str, Any], list[str]]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from prodgen_sdk import __version__, runtime

    packages = {}
    for name in (
        "torch",
        "diffusers",
        "transformers",
        "faiss-cpu",
        "opencv-python-headless",
        "opencv-python",
        "scikit-image",
    ):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    plugins = studio.host.plugins
    problems = [f"plugin {p.name} ({p.distribution}): {p.error}" for p in plugins if p.status == "failed"]
    problems += studio.host.unknown_names()
    problems += [
        reason
        for entry in studio.host.registry
        if (reason := studio.host.missing(entry.spec)) and _is_default(studio, entry)
    ]
    report: dict[str, Any] = {
        "prodgen-sdk": __version__,
        "python": platform.python_version(),
        "device": runtime.resolve_device(studio.config.runtime.device),
        "plugins": ", ".join(p.name for p in plugins if p.status == "loaded") or "none",
        "components": sum(1 for _ in studio.host.registry),
        "packages": packages,
    }
    if studio.workspace is not None:
        problems += _examine_state(studio, report)
    return report, problems


def _examine_state(studio: Any, report: dict[str, Any]) -> list[str]:
    """Counts what the workspace holds into the report; what stands in the way is a problem, not the end."""
    import shutil

    from prodgen_sdk.errors import ProdgenError
    from prodgen_sdk.files import check_writable

    folder = studio.workspace.folder
    report["free_mb"] = free = shutil.disk_usage(folder).free // 2**20
    problems = [f"{folder} has {free} MB left."] if free < _LITTLE_MB else []
    try:
        check_writable(folder)
        report["products"] = studio.store.products.count()
        report["variants"] = studio.store.variants.count()
        report["events"] = studio.store.events.count()
        problems += studio.host.get("index").verify() if studio.host.registry.ids("index") else []
    except ProdgenError as error:
        problems.append(str(error))
    return problems


def _notes(studio: Any) -> list[str]:
    """What is not there by choice, perhaps, and what follows from it."""
    absent = studio.host.registry.absent()
    notes = [f"not installed: {', '.join(absent)}"] if absent else []
    checked = {what for id in studio.host.registry.ids("safety_checker") for what in _checks(studio, id)}
    for what in studio.config.screening.required:
        if what not in checked:
            notes.append(f"no checker of {what} is installed, so every image waits in review")
    return notes


def _checks(studio: Any, id: str) -> tuple[str, ...]:
    named = studio.config.defaults.safety_checkers
    spec = studio.host.registry.get("safety_checker", id).spec
    return () if (named is not None and id not in named) or studio.host.missing(spec) else spec.checks


def _is_default(studio: Any, entry: Any) -> bool:
    return bool(entry.spec.id == getattr(studio.config.defaults, entry.spec.kind, None))
