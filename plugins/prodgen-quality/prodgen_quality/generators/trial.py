"""One subject on all held-out products: pictures, figures by product, time and memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_quality.generators import measures
from prodgen_quality.generators.subjects import Subject
from prodgen_quality.judge.weights import QUESTIONS, Judge
from prodgen_quality.rendered import RenderedProduct
from prodgen_sdk.context import Context
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass
class Trial:
    """What came of a subject.

    Args:
        figures: one value a product by metric.
        pictures: of the first products, for the grid; `seeds` those of the first prompts by seed.
        features: of all pictures, [products x views, d].
        spreads: one value a prompt: the mean distance between two seeds.
    """

    subject: Subject
    figures: dict[str, list[float]] = field(default_factory=dict)
    pictures: list[list[Image]] = field(default_factory=list)
    seeds: list[list[Image]] = field(default_factory=list)
    features: list[NDArray[np.float32]] = field(default_factory=list)
    spreads: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory_mb: float = 0.0

    def note(self, **values: float) -> None:
        for name, value in values.items():
            self.figures.setdefault(name, []).append(value)


def try_out(
    subject: Subject,
    held_out: Sequence[RenderedProduct],
    prompts: int,
    seeds: int,
    judge: Judge | None,
    kept: int,
    ctx: Context,
) -> Trial:
    """Makes all views of each product with one seed, then one view of some with several seeds.

    Raises what the generator raises.
    """
    trial = Trial(subject)
    with _peak_memory(lambda mb: setattr(trial, "memory_mb", mb)):
        subject.make(held_out[0], held_out[0].views, 0)  # loads what it loads
        for place, product in enumerate(held_out):
            ctx.check()
            started = time.perf_counter()
            pictures = subject.make(product, product.views, place)
            trial.seconds.append(time.perf_counter() - started)
            if place < kept:
                trial.pictures.append(pictures)
            _measure(trial, product, pictures, judge)
    if subject.made == "generator" and judge is not None:
        trial.spreads = spreads(subject, held_out, prompts, seeds, judge, ctx, keep=(kept, trial.seeds))
    return trial


def spreads(
    subject: Subject,
    held_out: Sequence[RenderedProduct],
    prompts: int,
    seeds: int,
    judge: Judge,
    ctx: Context,
    keep: tuple[int, list[list[Image]]] | None = None,
) -> list[float]:
    """How far pictures of one product by several seeds are apart, one value a prompt; the first ones are kept for a grid."""
    found = []
    for product in _apart(held_out, prompts):
        ctx.check()
        view = product.views[1 % len(product.views)]
        made = [subject.make(product, (view,), seed)[0] for seed in range(seeds)]
        found.append(measures.spread(judge.features(made)))
        if keep is not None and len(keep[1]) < keep[0]:
            keep[1].append(made)
    return found


def _measure(trial: Trial, product: RenderedProduct, pictures: Sequence[Image], judge: Judge | None) -> None:
    pairs = zip(pictures, product.pictures, product.masks, strict=True)
    values = [measures.product_fidelity(picture, true[..., :3], mask) for picture, true, mask in pairs]
    trial.note(
        psnr=sum(psnr for psnr, _ in values) / len(values),
        ssim=sum(ssim for _, ssim in values) / len(values),
        view_colour_error=measures.view_colour_error(pictures),
    )
    if judge is None:
        return
    features = judge.features(pictures)
    trial.features.append(features)
    answers = judge.answers(features)
    poses = [str(round(view.azimuth / 45) % 8 * 45) for view in product.views]
    for question in QUESTIONS:
        right = poses if question == "pose" else [product.labels[question]] * len(poses)
        if question == "pose" or product.labels[question] in judge.known[question]:
            share = sum(a == b for a, b in zip(answers[question], right, strict=True)) / len(right)
            trial.note(**{question: share})
            if question == "pattern" and product.labels[question] != "plain":
                trial.note(patterned=share)
    trial.note(agreement=measures.agreement({name: answers[name] for name in QUESTIONS if name != "pose"}))


def _apart(products: Sequence[RenderedProduct], count: int) -> list[RenderedProduct]:
    """Some products, evenly among all."""
    step = max(1, len(products) // max(1, count))
    return list(products[::step][:count])


@contextmanager
def _peak_memory(tell: Callable[[float], None]) -> Iterator[None]:
    """Tells by how many MB the process grew at most. Linux alone can begin anew; elsewhere it is the growth of the all-time peak."""
    before = _reset_peak()
    try:
        yield
    finally:
        tell(max(0.0, _status()["VmHWM"] - before) if before is not None else 0.0)


def _reset_peak() -> float | None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _status()["VmRSS"]
    except (OSError, KeyError):
        return None


def _status() -> Mapping[str, float]:
    """The kernel's figures of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return {
        name: float(rest.split()[0]) / 1024
        for name, _, rest in (line.partition(":") for line in lines)
        if rest.endswith("kB")
    }
