"""What every evaluator must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Evaluator
from prodgen_sdk.specs import EvaluatorSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, Frozen, assert_count, needs_determinism
from prodgen_sdk.testing.samples import sample_noise, sample_photo


class EvaluatorContract(ComponentContract):
    """Names, ranges, order and repeatability of an evaluator's figures.

    Attributes:
        tolerance: how far a figure may move between alone and in a batch.
    """

    kind = "evaluator"
    tolerance: ClassVar[float] = 1e-4

    @pytest.fixture
    def pictures(self) -> tuple[Any, ...]:
        """A ball on white, noise, an all-white and an all-black image; RGB of one size."""
        ball = sample_photo()
        return (ball, sample_noise(), np.full_like(ball, 255), np.zeros_like(ball))

    @pytest.fixture
    def references(self, spec: EvaluatorSpec, pictures: tuple[Any, ...]) -> Sequence[Any] | None:
        """The true image of each, if the spec asks for it: the ball."""
        return [pictures[0].copy() for _ in pictures] if spec.needs_reference else None

    def test_metrics_of_the_spec(self, spec: EvaluatorSpec) -> None:
        assert spec.metrics, "The spec names no metric."
        for name, metric in spec.metrics.items():
            assert metric.blind_spots.strip(), f"Say in the blind_spots of {name} what a good value does not prove."
            assert metric.low is None or metric.high is None or metric.low < metric.high, (
                f"{name}: low must be below high."
            )

    def test_exactly_the_metrics_within_their_range(
        self,
        component: Evaluator,
        pictures: tuple[Any, ...],
        references: Sequence[Any] | None,
        spec: EvaluatorSpec,
        ctx: Context,
    ) -> None:
        results = component.evaluate(pictures, references, ctx)
        assert_count(results, pictures, "Scores")
        for scores in results:
            assert set(scores.values) == set(spec.metrics), (
                f"The spec promises {sorted(spec.metrics)}, the figures are {sorted(scores.values)}. They must be the same."
            )
            for name, value in scores.values.items():
                metric = spec.metrics[name]
                assert math.isfinite(value), (
                    f"{name} is {value}. Figures are stored as JSON: cap infinity (and say so in notes), define 0/0."
                )
                assert metric.low is None or value >= metric.low - 1e-6, (
                    f"{name}={value} is below the spec's low={metric.low}."
                )
                assert metric.high is None or value <= metric.high + 1e-6, (
                    f"{name}={value} is above the spec's high={metric.high}."
                )

    def test_the_true_picture_scores_best(
        self,
        component: Evaluator,
        pictures: tuple[Any, ...],
        references: Sequence[Any] | None,
        spec: EvaluatorSpec,
        ctx: Context,
    ) -> None:
        if references is None:
            pytest.skip("the spec says needs_reference=False")
        same, noise = component.evaluate([references[0].copy(), sample_noise()], [references[0]] * 2, ctx)
        for name, metric in spec.metrics.items():
            good, bad = same.values[name], noise.values[name]
            better = good >= bad if metric.better == "higher" else good <= bad
            assert better, (
                f"{name}: the true image scores {good}, noise {bad}, though {metric.better} is better. Check `better`."
            )

    def test_alone_as_in_a_batch(
        self,
        component: Evaluator,
        pictures: tuple[Any, ...],
        references: Sequence[Any] | None,
        spec: EvaluatorSpec,
        ctx: Context,
    ) -> None:
        needs_determinism(spec)
        together = component.evaluate(pictures, references, ctx)
        assert_count(together, pictures, "Scores")
        for place, scores in enumerate(together):
            (alone,) = component.evaluate([pictures[place]], references and [references[place]], ctx)
            for name, value in scores.values.items():
                assert abs(value - alone.values[name]) <= self.tolerance, (
                    f"{name} of image {place} is {value} in a batch and {alone.values[name]} alone. Keep the order; use no batch statistics."
                )

    def test_transparent_and_tiny_pictures(self, component: Evaluator, spec: EvaluatorSpec, ctx: Context) -> None:
        rgba = np.dstack([sample_photo(), np.full((96, 96), 255, np.uint8)])
        for picture in (rgba, sample_photo(size=16)):
            (scores,) = component.evaluate([picture], [picture.copy()] if spec.needs_reference else None, ctx)
            finite = all(math.isfinite(value) for value in scores.values.values())
            assert finite, (
                f"An image of shape {picture.shape} gave {dict(scores.values)}; it is an image like any other."
            )

    def test_does_not_change_its_input(
        self, component: Evaluator, pictures: tuple[Any, ...], references: Sequence[Any] | None, ctx: Context
    ) -> None:
        frozen = Frozen(
            **{f"images[{n}]": p for n, p in enumerate(pictures)},
            **{f"references[{n}]": r for n, r in enumerate(references or ())},
        )
        component.evaluate(pictures, references, ctx)
        frozen.assert_unchanged()
