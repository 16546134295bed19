"""Contact sheets of try-on: every person in every garment, with the confidence or the reason of a refusal in each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images, markup
from prodgen_sdk.clips import PICTURES
from prodgen_sdk.errors import InputError
from prodgen_sdk.markup import Html, el, picture
from prodgen_sdk.metadata import Metadata
from prodgen_sdk.pipeline.try_on import garment_category
from prodgen_sdk.types import Garment, Refusal, TryOn

if TYPE_CHECKING:
    from prodgen_sdk.context import Progress
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Image

THUMBNAIL = 240  # width in pixels
MARGIN, CAPTION = 10, 46


@dataclass(frozen=True)
class Cell:
    """One person in one garment, small; `confidence` is None for a refusal, whose `note` is its reason."""

    picture: Image | None
    confidence: float | None
    note: str


@dataclass(frozen=True)
class Sheet:
    """Small images of garments (columns) and people (rows), and the cells of each row.

    `metadata` belong into the files of what is drawn of it: see `images.save`.
    """

    garments: tuple[tuple[str, Image], ...]
    people: tuple[tuple[str, Image], ...]
    rows: tuple[tuple[Cell, ...], ...]
    metadata: Metadata


def pictures_in(place: Path) -> list[Path]:
    """An image, or all images in a folder in the order of their names.

    Raises:
        InputError: there is none.
    """
    if place.is_file():
        return [place]
    found = sorted(p for p in place.iterdir() if p.suffix.lower() in PICTURES) if place.is_dir() else []
    if not found:
        raise InputError(f"{place} holds no images.", hint="Name an image, or a folder of images.")
    return found


def garments_in(place: Path) -> list[tuple[str, Garment]]:
    """Garments of an image, or of a folder and the folders in it, whose names say the category (`shirts`, `pants`, ...).

    `NAME_front.jpg` and `NAME_back.jpg` are one garment.

    Raises:
        InputError: there is none.
    """
    if place.is_file():
        return [(place.stem, Garment(front=images.load(place, alpha=True)))]
    folders = [place, *sorted(path for path in place.iterdir() if path.is_dir())] if place.is_dir() else []
    found = []
    for folder in folders:
        category = "auto" if folder == place else garment_category(f"apparel/{folder.name.lower()}")
        for file in sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES):
            if file.stem.endswith("_back"):
                continue
            name = file.stem.removesuffix("_front")
            back = file.with_name(f"{name}_back{file.suffix}")
            garment = Garment(
                front=images.load(file, alpha=True),
                back=images.load(back, alpha=True) if back.is_file() else None,
                category=category,
            )
            found.append((f"{folder.name}/{name}" if folder != place else name, garment))
    if not found:
        raise InputError(f"{place} holds no garments.", hint="Name an image, a folder, or a folder of folders.")
    return found


def make_sheet(
    studio: Studio,
    people: Sequence[Path],
    garments: Sequence[tuple[str, Garment]],
    *,
    width: int = THUMBNAIL,
    progress: Progress | None = None,
    **options: Any,
) -> Sheet:
    """Puts every garment on every person; only small images are kept. Options as for `Studio.try_on_many`."""
    rows, faces, metadata = [], [], Metadata()
    for number, path in enumerate(people):
        photo = images.load(path)
        answers = studio.try_on_many(photo, [garment for _, garment in garments], **options)
        rows.append(tuple(_cell(answer, width) for answer in answers))
        metadata = next((answer.metadata for answer in answers if isinstance(answer, TryOn)), metadata)
        faces.append((path.stem, _small(photo, width)))
        if progress is not None:
            progress(number + 1, len(people), path.stem)
    cloths = tuple((name, _small(garment.front, width)) for name, garment in garments)
    return Sheet(cloths, tuple(faces), tuple(rows), metadata)


def _cell(answer: TryOn | Refusal, width: int) -> Cell:
    if isinstance(answer, Refusal):
        return Cell(None, None, f"{answer.reason} {answer.what_to_do}")
    return Cell(_small(answer.image, width), answer.confidence, " ".join(answer.warnings))


def _small(picture: Image, width: int) -> Image:
    flat = images.flatten(picture)
    return images.resize(flat, width, max(round(flat.shape[0] * width / flat.shape[1]), 1))


def draw(sheet: Sheet) -> Image:
    """The sheet as one image, HWC uint8 RGB."""
    import numpy as np
    from PIL import Image as Pil
    from PIL import ImageDraw, ImageFont

    width = sheet.people[0][1].shape[1]
    heights = [max(face.shape[0], *(c.picture.shape[0] for c in row if c.picture is not None), 1)
               for (_, face), row in zip(sheet.people, sheet.rows, strict=True)]  # fmt: skip
    top = max(cloth.shape[0] for _, cloth in sheet.garments)
    columns = len(sheet.garments) + 1
    total = (columns * (width + MARGIN) + MARGIN, MARGIN + sum(h + CAPTION + MARGIN for h in (top, *heights)))
    canvas = Pil.new("RGB", total, "white")
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(13)

    def put(column: int, y: int, height: int, picture: Image | None, words: str, colour: str = "black") -> None:
        x = MARGIN + column * (width + MARGIN)
        if picture is None:
            pen.rectangle((x, y, x + width - 1, y + height - 1), fill="#eeeeee")
            pen.multiline_text((x + 10, y + 10), _wrapped(words, pen, font, width - 20), fill="#555555", font=font)
            return
        canvas.paste(Pil.fromarray(picture), (x, y + height - picture.shape[0]))
        lines = _wrapped(words, pen, font, width).splitlines()[:2]
        pen.multiline_text((x, y + height + 4), "\n".join(lines), fill=colour, font=font)

    for column, (name, cloth) in enumerate(sheet.garments):
        put(column + 1, MARGIN, top, cloth, name)
    y = MARGIN + top + CAPTION + MARGIN
    for (name, face), row, height in zip(sheet.people, sheet.rows, heights, strict=True):
        put(0, y, height, face, name)
        for column, cell in enumerate(row):
            words = cell.note if cell.confidence is None else f"{cell.confidence:.2f} {cell.note}"
            put(column + 1, y, height, cell.picture, words)
        y += height + CAPTION + MARGIN
    return np.asarray(canvas)


def _wrapped(words: str, pen: Any, font: Any, width: int) -> str:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font=font) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def page(sheet: Sheet) -> str:
    """The sheet as one HTML file that needs nothing else, in light and dark."""
    dressed = sum(cell.confidence is not None for row in sheet.rows for cell in row)
    cells = sum(len(row) for row in sheet.rows)
    heads = [
        el("th", picture(cloth, f"garment {name}"), el("small", name), scope="col") for name, cloth in sheet.garments
    ]
    rows = [
        el("tr", el("th", picture(face, f"person {name}"), el("small", name), scope="row"), _cells(sheet, name, row))
        for (name, face), row in zip(sheet.people, sheet.rows, strict=True)
    ]
    return markup.page(
        "Try-on gallery",
        markup.PLAIN + _STYLE,
        el("h1", "Try-on gallery"),
        el(
            "p",
            f"{dressed} of {cells} images were made, {cells - dressed} refused. ",
            "The number is the compositor's confidence.",
        ),
        el("div", el("table", el("thead", el("tr", el("td"), heads)), el("tbody", rows)), class_="scroll", tabindex=0),
    )


def _cells(sheet: Sheet, person: str, row: Sequence[Cell]) -> Iterator[Html]:
    for (garment, _), cell in zip(sheet.garments, row, strict=True):
        if cell.picture is None or cell.confidence is None:
            yield el("td", el("strong", "Refused"), f" {cell.note}", class_="refused")
        else:
            shown = picture(cell.picture, f"{person} in {garment}", metadata=sheet.metadata)
            yield el("td", shown, el("small", el("b", f"{cell.confidence:.2f}"), f" {cell.note}"))


_STYLE = """\
.scroll { overflow: auto; max-height: 92vh; } @media print { .scroll { max-height: none; } } table { border-collapse: separate; border-spacing: 8px; }
td, th { vertical-align: bottom; font-weight: normal; text-align: left; max-width: 15rem; }
thead th { position: sticky; top: 0; background: var(--paper); } tbody th { position: sticky; left: 0; background: var(--paper); }
img { display: block; border-radius: 6px; height: auto; } thead img { background: #fff; max-width: 8rem; } small { display: block; color: var(--dim); padding-top: 4px; }
.refused { background: var(--soft); border-radius: 6px; padding: 12px; vertical-align: top; color: var(--dim); } .refused strong { display: block; color: var(--ink); }
@media (max-width: 600px) { img, thead img { max-width: 6.5rem; } td, th { max-width: 8rem; } }
"""
