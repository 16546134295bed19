"""`prodgen bench photo`: views made from one photo against the true ones, beside what costs nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from prodgen_render.config import Config
from prodgen_render.mesh import load_model
from prodgen_render.model import Floats, Model3D
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.measures import foreground_psnr, gradient_correlation, overlap
from prodgen_render.photo.rivals import RIVALS, Source
from prodgen_render.rendering.views import render
from prodgen_sdk import images
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.config import Options, separated, validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Generated, Product, View

AZIMUTHS = (30, 60, 90, 180)
_METRICS = ("psnr", "iou", "gradient", "gradient_inside")


@dataclass(frozen=True, eq=False)
class Subject:
    """A product whose true shape is known.

    Args:
        group: the class that it is reported in.
        truth: makes its model, the front towards -Y.
    """

    group: str
    product: Product
    truth: Callable[[], Model3D]


class PhotoOptions(Options):
    """What is measured.

    Args:
        data: a folder with `scans.json` and one folder a scan (`textured.obj`); without it made-up products are measured.
        n: how many of those.
        split: which half of them: `tune` (even numbers) or `test` (odd ones).
        size: edge in pixels.
        elevations: of the camera, in degrees.
        words: whether the generator is told what the product is.
        out: a folder for comparison pictures and the table (`table.md`, `rows.jsonl`).
    """

    data: Path | None = None
    n: Annotated[int, Field(ge=1)] = 24
    split: Literal["tune", "test"] = "test"
    size: Annotated[int, Field(ge=32, le=2048)] = 256
    elevations: Annotated[tuple[float, ...], BeforeValidator(separated)] = (0, 15)
    words: bool = True
    out: Path | None = None


class PhotoBenchmark(Benchmark):
    """Reconstructs products from their front picture and compares other views with the true ones."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del ctx
        self.config = config if isinstance(config, Config) else Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Means by class, view, method and metric, with bootstrap intervals; see `PhotoOptions`."""
        asked = validate(PhotoOptions, options, where="options of bench photo")
        size, elevations, words, out = asked.size, asked.elevations, asked.words, asked.out
        subjects = list(scans(asked.data) if asked.data else made_up(asked.n, asked.split))
        rows: list[dict[str, Any]] = []
        seconds = {"build": [], "view": []}  # type: dict[str, list[float]]
        for number, subject in enumerate(subjects):
            ctx.check()
            ctx.progress(number, len(subjects), subject.product.sku)
            truth = subject.truth()
            for elevation in elevations:
                found, picture = self._compare(subject, truth, elevation, size, words, seconds)
                rows += found
                if out is not None:
                    images.save(picture, out / f"{subject.product.sku}_el{elevation:g}.png")
        ctx.progress(len(subjects), len(subjects), "done")
        figures = summary(rows)
        figures |= {f"photo_{name}_s": round(float(np.median(values)), 3) for name, values in seconds.items() if values}
        figures["photo_products"] = len(subjects)
        if out is not None:
            (out / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
            (out / "table.md").write_text(table(rows), "utf-8")
        return figures

    def _compare(
        self,
        subject: Subject,
        truth: Model3D,
        elevation: float,
        size: int,
        words: bool,
        seconds: dict[str, list[float]],
    ) -> tuple[list[dict[str, Any]], Any]:
        views = [View(azimuth=azimuth, elevation=elevation) for azimuth in (0, *AZIMUTHS)]
        true = render(truth, views, size=size)
        # The photo has the detail of a photo; the comparison is made at the pictures' size.
        photo = render(truth, views[:1], size=min(2048, max(256, 2 * size)))[0].image
        product = subject.product if words else Product(sku=subject.product.sku, title="?", category="other/thing")
        start = time.perf_counter()
        built = model_from_photos(photo, product, config=self.config)
        seconds["build"].append(time.perf_counter() - start)
        start = time.perf_counter()
        ours = render(built.model, views, size=size)
        seconds["view"].append((time.perf_counter() - start) / len(views))
        answers: dict[str, list[Generated]] = {"photo": ours}
        source = Source(true[0].image, true[0].mask, photo)
        for name, rival in RIVALS.items():
            answers[name] = rival(source, true, size)
        rows = [
            {
                "sku": subject.product.sku, "class": subject.group, "shape": built.shape, "confidence": built.confidence, "elevation": elevation,
                "azimuth": int(view.azimuth), "method": name, **measured(made[at], true[at]),
            }
            for name, made in answers.items() for at, view in enumerate(views)
        ]  # fmt: skip
        strips = [np.concatenate([item.image for item in pictures], 1) for pictures in (true, *answers.values())]
        return rows, np.concatenate(strips, 0)


def measured(made: Generated, true: Generated) -> dict[str, float]:
    """The four figures of one view."""
    return {
        "psnr": foreground_psnr(made.image, true.image, true.mask), "iou": overlap(made.mask, true.mask),
        "gradient": gradient_correlation(made.image, true.image, true.mask),
        "gradient_inside": gradient_correlation(made.image, true.image, true.mask, inside=True),
    }  # fmt: skip


def scans(folder: Path) -> Iterator[Subject]:
    """The scans of a folder; `scans.json` names each one's class and the azimuth of its front."""
    file = folder / "scans.json"
    if not file.is_file():
        raise InputError(f"There is no {file}.", hint="Give a folder with scans.json and one folder a scan.")
    described = json.loads(file.read_text("utf-8"))
    up = str(described.get("up", "+Z")).lower()
    for name, entry in described["scans"].items():

        def truth(name: str = name, turn: float = float(entry["front_azimuth"])) -> Model3D:
            model = load_model(folder / name / "textured.obj", Config(up=up))
            return Model3D(tuple(part.turned(-turn) for part in model.parts), model.facts)

        title = name.replace("_", " ")
        yield Subject(str(entry["class"]), Product(sku=name, title=title, category="other/product"), truth)


def made_up(count: int, split: str) -> Iterator[Subject]:
    """Made-up products of the families, as many of each; the class is the kind of body that suits the family."""
    from prodgen_render.datasets.made_up import made_up_product
    from prodgen_render.families import LEARNT
    from prodgen_render.parametric import build_model
    from prodgen_render.photo.kinds import shape_of_family

    if split not in ("tune", "test"):
        raise InputError(f"There is no split {split!r}.", hint="Use tune or test.")
    names = sorted(LEARNT)
    start = 0 if split == "tune" else 1
    for place in range(count):
        # Families take turns by number: rounds of all of them, every other one for this half.
        number = (2 * (place // len(names)) + start) * len(names) + place % len(names)
        product = made_up_product(number, seed=11)
        family = names[number % len(names)]
        yield Subject(
            shape_of_family(family) or "relief",
            product,
            lambda product=product, number=number: build_model(product, number),  # type: ignore[misc]
        )


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Flat figures: `CLASS_METRIC_azNN_METHOD`, and the margins over the best rival."""
    figures: dict[str, Any] = {}
    groups = sorted({row["class"] for row in rows})
    methods = list(dict.fromkeys(row["method"] for row in rows))
    for group in (*groups, "all"):
        for metric in _METRICS:
            for azimuth in (0, *AZIMUTHS):
                for method in methods:
                    values = _values(rows, group, metric, azimuth, method)
                    mean, low, high = bootstrap(values)
                    key = f"{group}_{metric}_az{azimuth}_{method}"
                    figures[key] = round(mean, 4)
                    if len(values) > 2 and method == "photo":
                        figures[f"{key}_low"], figures[f"{key}_high"] = round(low, 4), round(high, 4)
    return figures


def _values(rows: list[dict[str, Any]], group: str, metric: str, azimuth: int, method: str) -> Floats:
    by_product: dict[str, list[float]] = {}
    for row in rows:
        if row["azimuth"] == azimuth and row["method"] == method and group in ("all", row["class"]):
            by_product.setdefault(row["sku"], []).append(row[metric])
    return np.array([np.mean(values) for values in by_product.values()])


def table(rows: list[dict[str, Any]]) -> str:
    """A Markdown table: classes and views down, methods across, `PSNR / IoU / gradient / gradient inside`."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    lines = ["| class | n | azimuth | " + " | ".join(methods) + " |", "|---|---|---|" + "---|" * len(methods)]
    for group in (*sorted({row["class"] for row in rows}), "all"):
        for azimuth in (0, *AZIMUTHS):
            cells, count = [], 0
            for method in methods:
                values = [_values(rows, group, metric, azimuth, method) for metric in _METRICS]
                count = len(values[0])
                cells.append(" / ".join(f"{value.mean():.{1 if at == 0 else 3}f}" for at, value in enumerate(values)))
            lines.append(f"| {group} | {count} | {azimuth} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
