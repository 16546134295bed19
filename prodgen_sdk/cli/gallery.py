"""`prodgen tryon-gallery`."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio
from prodgen_sdk.terminal import note, progress


def add_to(app: typer.Typer) -> None:
    app.command("tryon-gallery")(gallery)


def gallery(
    ctx: typer.Context,
    people: list[str] = typer.Option(..., metavar="FILE|DIR", help="Photos of people, or a folder of them."),
    garments: list[str] = typer.Option(
        ...,
        metavar="FILE|DIR",
        help="Garments, or a folder whose subfolders name the category: shirts, pants, ... NAME_back is the back of NAME_front.",
    ),
    out: str = typer.Option(..., metavar="DIR", help="Folder for index.html, sheet.png and result.json."),
    fit: str = typer.Option("regular", help="tight, regular or loose."),
    compositor: str = typer.Option("", metavar="ID", help="Default: the configured one."),
    width: int = typer.Option(240, min=80, max=640, help="Width of a cell in pixels."),
    as_json: bool = JSON,
) -> None:
    """Dress every person in every garment, and show the results on one page. The page contains the people's images."""
    import json
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.cli.output import jsonable
    from prodgen_sdk.files import check_writable, write_atomically
    from prodgen_sdk.gallery import draw, garments_in, make_sheet, page, pictures_in

    folder = check_writable(out)
    photos = [path for place in people for path in pictures_in(Path(place))]
    clothes = [garment for place in garments for garment in garments_in(Path(place))]
    with find_studio(ctx) as studio, progress("dressing") as tell:
        sheet = make_sheet(studio, photos, clothes, width=width, progress=tell, fit=fit, compositor=compositor or None)
    write_atomically(folder / "index.html", page(sheet).encode())
    images.save(draw(sheet), folder / "sheet.png", metadata=sheet.metadata)
    cells = [
        {"person": person, "garment": garment, "confidence": cell.confidence, "note": cell.note}
        for (person, _), row in zip(sheet.people, sheet.rows, strict=True)
        for (garment, _), cell in zip(sheet.garments, row, strict=True)
    ]
    refused = sum(cell["confidence"] is None for cell in cells)
    report = {"out": str(folder), "pictures": len(cells) - refused, "refused": refused, "cells": cells}
    write_atomically(folder / "result.json", json.dumps(jsonable(report), ensure_ascii=False, indent=2).encode())
    emit(
        as_json,
        report,
        lambda: note(f"{folder / 'index.html'} is written: {report['pictures']} images, {refused} refused"),
    )
