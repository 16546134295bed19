"""One subject on all held-out products: pictures, figures by product, time and memory."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_quality.generators import measures
from prodgen_quality.generators.products import RenderedProduct
from prodgen_quality.generators.subjects import Subject
from prodgen_quality.judge.weights import QUESTIONS, Judge, label_of, pose_of
from prodgen_sdk.context import Context
from prodgen_sdk.distances import spread
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHOWN = 6  # products, and prompts, whose pictures are kept for the grid


@dataclass
class Trial:
    """What came of a subject.

    Args:
        figures: one value per product by metric.
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
    subject: Subject, held_out: Sequence[RenderedProduct], prompts: int, seeds: int, judge: Judge, ctx: Context
) -> Trial:
    """Makes all views of each product with one seed, then, by a generator, one view of `prompts` products with `seeds` seeds.

    Raises what the generator raises.
    """
    trial = Trial(subject)
    before = _reset_peak()
    subject.make(held_out[0], held_out[0].views, 0)  # loads what it loads
    for place, product in enumerate(held_out):
        ctx.check()
        started = time.perf_counter()
        pictures = subject.make(product, product.views, place)
        trial.seconds.append(time.perf_counter() - started)
        if place < SHOWN:
            trial.pictures.append(pictures)
        _measure(trial, product, pictures, judge)
    trial.memory_mb = _grown_mb(before)
    if subject.made == "generator":
        by_seed = seeded(subject, held_out, prompts, seeds, ctx)
        trial.spreads = [spread(judge.features(pictures)) for pictures in by_seed]
        trial.seeds = by_seed[:SHOWN]
    return trial


def images_made(held_out: Sequence[RenderedProduct], prompts: int, seeds: int) -> int:
    """How many images `try_out` asks a generator for."""
    first = len(held_out[0].views)
    return first + sum(len(product.views) for product in held_out) + min(prompts, len(held_out)) * seeds


def seeded(
    subject: Subject, held_out: Sequence[RenderedProduct], prompts: int, seeds: int, ctx: Context
) -> list[list[Image]]:
    """One view of some products, evenly among all, by several seeds: for each product a picture per seed."""
    made = []
    for product in held_out[:: max(1, len(held_out) // prompts)][:prompts]:
        ctx.check()
        view = product.views[1 % len(product.views)]
        made.append([subject.make(product, (view,), seed)[0] for seed in range(seeds)])
    return made


def _measure(trial: Trial, product: RenderedProduct, pictures: Sequence[Image], judge: Judge) -> None:
    pairs = zip(pictures, product.pictures, product.masks, strict=True)
    values = [measures.product_fidelity(picture, true[..., :3], mask) for picture, true, mask in pairs]
    trial.note(
        psnr=sum(psnr for psnr, _ in values) / len(values),
        ssim=sum(ssim for _, ssim in values) / len(values),
        view_colour_error=measures.view_colour_error(pictures),
    )
    features = judge.features(pictures)
    trial.features.append(features)
    answers = judge.answers(features)
    for question in QUESTIONS[:-1]:
        right = label_of(product.labels, question)
        if right in judge.known[question]:
            share = sum(answer == right for answer in answers[question]) / len(pictures)
            trial.note(**{question: share})
            if question == "pattern" and right != "plain":
                trial.note(patterned=share)
    if told := poses_told(product, answers["pose"]):
        trial.note(pose=sum(told) / len(told))
    trial.note(agreement=measures.agreement({name: answers[name] for name in QUESTIONS if name != "pose"}))


def poses_told(product: RenderedProduct, answers: Sequence[str]) -> list[bool]:
    """Whether each view is taken for itself, or for one that truly looks the same; without views that look like all others."""
    poses = [pose_of(view) for view in product.views]
    told = []
    for answer, same in zip(answers, measures.alike(product.pictures, product.masks), strict=True):
        right = {pose for pose, alike in zip(poses, same, strict=True) if alike}
        if right != set(poses) or len(right) == 1:
            told.append(answer in right)
    return told


def _grown_mb(before: float | None) -> float:
    """MB by which the process grew at most since `_reset_peak` gave `before`; 0 where that is not known, as off Linux."""
    return max(0.0, _status()["VmHWM"] - before) if before is not None else 0.0


def _reset_peak() -> float | None:
    """Begins the process's peak of memory anew, and says what it holds now, in MB; None where the system cannot."""
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
