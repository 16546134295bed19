"""The table as Markdown, CSV and JSON, and a grid of pictures a subject."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prodgen_quality.generators.products import RenderedProduct
from prodgen_quality.generators.table import COLUMNS, Cell, Row
from prodgen_quality.generators.trial import Trial
from prodgen_sdk import images
from prodgen_sdk.files import write_atomically
from prodgen_sdk.types import Image

_CELL = 112
_GAP = 4
_LABEL = 18
_HOW_TO_READ = (
    "**PSNR**, **SSIM**: against the true render of the same product, over the pixels where either shows it. A generator that works from words cannot know its proportions: "
    "`render/parametric`, which draws real products from the same words, is the bound.",
    "**family** ... **pose**: share of right answers of a classifier trained on other products. Its answers on the *true renders* are the ceiling.",
    "**views agree**: share of pairs of views of one product with the same answer; **views ΔE**: CIEDE2000 between the mean colours of two views. Smearing lowers the second too.",
    "**diversity**: how far images by several seeds are apart, as a share of that of real products with the same attributes. Under 0.5 a generator has collapsed.",
    "**kernel distance**: squared maximum mean discrepancy to the true renders in the classifier's features; for the true renders, to training products. **novelty**: distance to the nearest "
    "training image as a share of that of the true renders: near 0 for copies.",
    "Intervals: 95 % bootstrap over products.",
)


def write_report(
    out: Path,
    rows: Sequence[Row],
    trials: Sequence[Trial],
    held_out: Sequence[RenderedProduct],
    absent: Mapping[str, str],
    facts: Mapping[str, Any],
) -> None:
    """Writes `generators.md`, `.csv` and `.json`, and `grid-<subject>.png`."""
    grids: dict[str, str] = {}
    for trial in trials:
        if trial.subject.made != "truth" and trial.pictures:
            grids[trial.subject.id] = f"grid-{re.sub(r'[^a-z0-9]+', '-', trial.subject.id.lower())}.png"
            images.save(grid(trial, held_out), out / grids[trial.subject.id])
    write_atomically(out / "generators.md", markdown(rows, absent, facts, grids).encode())
    write_atomically(out / "generators.csv", _csv(rows).encode())
    report = {"facts": dict(facts), "rows": [asdict(row) for row in rows], "not_run": dict(absent)}
    write_atomically(out / "generators.json", json.dumps(report, ensure_ascii=False, indent=1).encode())


def markdown(rows: Sequence[Row], absent: Mapping[str, str], facts: Mapping[str, Any], grids: Mapping[str, str]) -> str:
    """A page with the table, what was not run, how to read it, and the grids."""
    unknown = [f"the {name} of {facts[f'unknown_{name}']}" for name in COLUMNS if f"unknown_{name}" in facts]
    left_out = (
        f" The classifier does not know {', '.join(unknown)} of them: left out of that column." if unknown else ""
    )
    shown = [name for name in COLUMNS if any(row.cells.get(name) for row in rows)]
    lines = [
        "# Generators",
        "",
        f"{facts['products']} held-out products, {facts['views']} views each, {facts['size']} pixels.{left_out} Made by `prodgen eval generators`.",
        "",
        "| | " + " | ".join(COLUMNS[name] for name in shown) + " |",
        "|---|" + "---|" * len(shown),
    ]
    lines += [f"| {row.id} | " + " | ".join(_text(name, row.cells.get(name)) for name in shown) + " |" for row in rows]
    if absent:
        lines += ["", "Not run:", ""]
        lines += [f"- `{id}`: {why}" for id, why in absent.items()]
    lines += ["", "## How to read it", "", *(f"- {line}" for line in _HOW_TO_READ)]
    for id, file in grids.items():
        lines += ["", f"## {id}", "", f"![{id}: true renders above, its images below]({file})"]
    return "\n".join(lines) + "\n"


def grid(trial: Trial, held_out: Sequence[RenderedProduct]) -> Image:
    """For each of the first products the true renders above and the subject's pictures below, then its seeds side by side."""
    import numpy as np
    from PIL import Image as Pil
    from PIL import ImageDraw, ImageFont

    strips: list[tuple[str, list[Image]]] = []
    for product, pictures in zip(held_out, trial.pictures, strict=False):
        words = ", ".join(product.labels.values())  # the font at hand has no Chinese, so no titles
        strips.append((f"true renders: {words}", [*product.pictures]))
        strips.append((trial.subject.id, pictures))
    for pictures in trial.seeds:
        strips.append((f"{trial.subject.id}: seeds 0 to {len(pictures) - 1}", pictures))
    columns = max(len(pictures) for _, pictures in strips)
    height = _CELL + _LABEL + _GAP
    sheet = Pil.new("RGB", (columns * (_CELL + _GAP) + _GAP, len(strips) * height + _GAP), (238, 238, 238))
    draw = ImageDraw.Draw(sheet)
    for row, (label, pictures) in enumerate(strips):
        draw.text((_GAP, row * height + 2), label, (40, 40, 40), font=ImageFont.load_default(13))
        for column, picture in enumerate(pictures):
            small = images.resize(images.flatten(picture), _CELL, _CELL)
            sheet.paste(Pil.fromarray(small), (_GAP + column * (_CELL + _GAP), row * height + _LABEL))
    return np.asarray(sheet).copy()


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["subject", "made", *(f"{name}{end}" for name in COLUMNS for end in ("", "_low", "_high"))])
    for row in rows:
        cells = [row.cells.get(name) or Cell(float("nan")) for name in COLUMNS]
        values = [value for cell in cells for value in (cell.value, cell.low, cell.high)]
        writer.writerow([row.id, row.made, *("" if v is None or v != v else f"{v:.6g}" for v in values)])
    return text.getvalue()


def _text(name: str, cell: Cell | None) -> str:
    if cell is None:
        return ""
    if name == "memory_mb":
        return f"{cell.value:.0f}"
    digits = {"psnr": 1, "view_colour_error": 1, "kernel_distance": 3}.get(name, 2)
    text = f"{cell.value:.{digits}f}"
    return text if cell.low is None else f"{text} ({cell.low:.{digits}f}-{cell.high:.{digits}f})"
