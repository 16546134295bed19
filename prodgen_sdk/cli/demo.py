"""`prodgen demo`."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit
from prodgen_sdk.terminal import note, progress


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    out: str = typer.Option("demo-out", metavar="DIR", help="Folder for the workspace, the images and index.html."),
    as_json: bool = JSON,
) -> None:
    """Generate, try on and recommend with real photos, and write a report as an HTML page."""
    from pathlib import Path

    from prodgen_sdk.demo.job import run_demo

    with progress("demo") as tell:
        result = run_demo(Path(out), progress=tell)

    def show() -> None:
        for text in result.notes:
            note(text)
        note(f"Open {result.index} in a browser ({result.seconds:.0f} s)")

    emit(
        as_json,
        {"report": result.index, "seconds": result.seconds, "figures": result.figures, "notes": result.notes},
        show,
    )
