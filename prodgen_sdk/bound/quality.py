"""Around what judges and finishes images: evaluators, safety checkers and finishers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Sized
from typing import Literal

from prodgen_sdk import images, interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.specs import EvaluatorSpec, FinisherSpec, SafetySpec
from prodgen_sdk.types import Image, Verdict

_OUTCOMES = ("pass", "review", "block")


def _parts(items: Sized, most: int) -> Iterator[slice]:
    """Slices of at most so many; one of nothing where there is nothing."""
    return (slice(start, start + most) for start in range(0, max(1, len(items)), most))


class BoundEvaluator(Bound[interfaces.Evaluator]):
    @guarded
    def evaluate(
        self, pictures: Sequence[Image], references: Sequence[Image] | None = None, ctx: Context | None = None
    ) -> list[interfaces.Scores]:
        context, scores = self._context(ctx), list[interfaces.Scores]()
        for part in _parts(pictures, self.spec.max_batch):
            true = references[part] if references is not None else None
            found = self.component.evaluate(pictures[part], true, context)
            self.expect_one_each(found, pictures[part], "answers to {} images")
            scores += found
        for score in scores:
            for name, value in score.values.items():
                self._in_range(name, value)
        return scores

    def _in_range(self, name: str, value: float) -> None:
        assert isinstance(self.spec, EvaluatorSpec)
        metric = self.spec.metrics.get(name)
        self.expect(metric is not None, f"a figure {name!r} that its spec does not name")
        if metric is not None:
            low = -math.inf if metric.low is None else metric.low
            high = math.inf if metric.high is None else metric.high
            self.expect(low - 1e-6 <= value <= high + 1e-6, f"{name} is {value}, outside {low} to {high}")
            self.expect(math.isfinite(value), f"{name} is {value}")


class BoundSafetyChecker(Bound[interfaces.SafetyChecker]):
    @property
    def checks(self) -> tuple[Literal["text", "image"], ...]:
        assert isinstance(self.spec, SafetySpec)
        return self.spec.checks

    @guarded
    def check(self, items: Sequence[interfaces.ScreenItem], ctx: Context | None = None) -> list[Verdict]:
        context, verdicts = self._context(ctx), list[Verdict]()
        for part in _parts(items, self.spec.max_batch):
            found = self.component.check(items[part], context)
            self.expect_one_each(found, items[part], "verdicts on {} items")
            verdicts += found
        for verdict in verdicts:
            outcome = getattr(verdict, "outcome", verdict)
            self.expect(outcome in _OUTCOMES, f"the outcome {outcome!r} instead of one of {', '.join(_OUTCOMES)}")
        return [verdict.model_copy(update={"checker": self.id}) for verdict in verdicts]


class BoundFinisher(Bound[interfaces.Finisher]):
    @guarded
    def finish(self, pictures: Sequence[Image], profile: str, ctx: Context | None = None) -> list[interfaces.Finished]:
        """Each image finished; raises NotFound for a profile that the finisher does not have."""
        self.accept(profile)
        shown = [images.read_only(picture) for picture in pictures]
        finished = self._batched(self.component.finish, shown, self._context(ctx), profile)
        for done in finished:
            self._image(done.image, "a finished image")
        return finished

    @property
    def profiles(self) -> tuple[str, ...]:
        """The spec's profiles, and those that its configuration added."""
        assert isinstance(self.spec, FinisherSpec)
        return tuple(dict.fromkeys((*self.spec.profiles, *getattr(self.component, "profiles", ()))))

    def accept(self, profile: str) -> None:
        """Raises NotFound for a profile that there is not; what follows a comma changes it, and is the finisher's to judge."""
        name = profile.partition(",")[0]
        if name not in self.profiles:
            raise NotFound.of(f"profile of {self.id}", name, self.profiles)
