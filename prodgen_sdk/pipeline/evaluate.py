"""Images -> figures of quality, by every evaluator that applies."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pydantic import Field

from prodgen_sdk.bound import BoundEvaluator
from prodgen_sdk.context import Context
from prodgen_sdk.specs import EvaluatorSpec
from prodgen_sdk.types import Image, Model

logger = logging.getLogger(__name__)


class Quality(Model):
    """Figures of one image by metric, and the sentences that say where it falls short of a bound."""

    values: dict[str, float] = Field(default_factory=dict)
    shortcomings: tuple[str, ...] = ()


def evaluate(
    pictures: Sequence[Image],
    evaluators: Sequence[BoundEvaluator],
    *,
    references: Sequence[Image] | None = None,
    ctx: Context | None = None,
) -> list[Quality]:
    """Figures of each image. Evaluators that need a reference are left out where there is none.

    An evaluator that fails is a shortcoming of every image, so that nobody takes an unmeasured image for a good one.
    """
    values: list[dict[str, float]] = [{} for _ in pictures]
    shortcomings: list[list[str]] = [[] for _ in pictures]
    for evaluator in evaluators:
        assert isinstance(evaluator.spec, EvaluatorSpec)
        if evaluator.spec.needs_reference and references is None:
            continue
        try:
            scores = evaluator.evaluate(pictures, references, ctx)
        except Exception as error:
            logger.warning("the evaluator %s failed: %s", evaluator.id, type(error).__name__)
            logger.debug("where it failed:", exc_info=True)
            for notes in shortcomings:
                notes.append(f"{evaluator.id} could not measure it")
            continue
        for score, found, notes in zip(scores, values, shortcomings, strict=True):
            found.update(score.values)
            notes.extend(_below(evaluator.spec, score.values))
    return [Quality(values=v, shortcomings=tuple(s)) for v, s in zip(values, shortcomings, strict=True)]


def _below(spec: EvaluatorSpec, values: object) -> list[str]:
    found = dict(values) if isinstance(values, dict) else {}
    notes = []
    for name, bound in spec.minimum.items():
        higher = spec.metrics[name].better == "higher"
        if name in found and (found[name] < bound if higher else found[name] > bound):
            notes.append(f"{name} is {found[name]:.3g}, {'below' if higher else 'above'} {bound:g}")
    return notes
