"""Models beside each other on one split: tuned inside what may be learnt from, fitted, ranked, assessed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prodgen_rank.evaluation.protocols import Result, evaluate
from prodgen_rank.evaluation.splits import Split
from prodgen_rank.evaluation.tuning import Tuned, tune, weigh
from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.blend import Blend
from prodgen_rank.models.registry import make
from prodgen_sdk.context import Context

MEMBERS = ("popular", "item-knn", "ease", "ials", "transitions", "sequence")
"""What a blend is made of, where it can be had."""


@dataclass(frozen=True)
class Row:
    """One model's line in a comparison.

    Args:
        result: on the users of the split.
        settings: of its constructor.
        tune_s, fit_s: seconds that the search and the last fit took.
    """

    result: Result
    settings: Mapping[str, Any]
    tune_s: float
    fit_s: float


@dataclass(frozen=True)
class Plan:
    """What is compared and how.

    Args:
        rows: what to report, by name: a model of the registry and its settings; None leaves the settings to the search.
        members: what a row `blend` is made of.
        k: length of the rankings.
        metric: by which settings and weights are chosen.
        search: whether settings are searched; if not, models take their defaults.
    """

    rows: Mapping[str, tuple[str, Mapping[str, Any] | None]]
    members: Sequence[str] = MEMBERS
    k: int = 10
    metric: str = "ndcg"
    search: bool = True


def compare(plan: Plan, split: Split, protocol: str, ctx: Context) -> dict[str, Row]:
    """A row per model. Nothing of `split.relevant` is looked at before the models are final."""
    blended = any(_is_searched_blend(model, settings) for model, settings in plan.rows.values())
    wanted = [model for model, settings in plan.rows.values() if settings is None and model != "blend"]
    names = list(dict.fromkeys([*wanted, *(plan.members if blended else ())]))
    total = len(names) + len(plan.rows) + 1
    validation = split.validation(protocol) if names else ()
    tuned: dict[str, Tuned] = {}
    for step, name in enumerate(names):
        ctx.progress(step, total, f"tuning {name}")
        tuned[name] = tune(name, validation, silent(ctx), metric=plan.metric, k=plan.k, search=plan.search)
    mixture = _Mixture({}, 0.0)
    if blended:
        ctx.progress(len(names), total, "weighing the blend")
        mixture = _weighed(plan, tuned, validation, ctx)
    # Without the models of the validation splits, which gives their memory back.
    contest = _Contest(plan, split, {name: replace(each, models=()) for name, each in tuned.items()}, mixture, ctx)
    rows: dict[str, Row] = {}
    for step, (row, (name, settings)) in enumerate(plan.rows.items(), len(names) + 1):
        ctx.progress(step, total, f"fitting and ranking by {row}")
        rows[row] = contest.blend() if _is_searched_blend(name, settings) else contest.model(name, settings)
    ctx.progress(total, total, "done")
    return rows


def _is_searched_blend(model: str, settings: Mapping[str, Any] | None) -> bool:
    return model == "blend" and settings is None


@dataclass(frozen=True)
class _Mixture:
    """The weights of a blend's members, and the seconds that finding them took."""

    weights: Mapping[str, float]
    seconds: float


def _weighed(plan: Plan, tuned: Mapping[str, Tuned], validation: Sequence[Split], ctx: Context) -> _Mixture:
    started = time.perf_counter()
    members = {name: tuned[name].models for name in plan.members}
    weights, _ = weigh(members, validation, ctx, metric=plan.metric, k=plan.k)
    return _Mixture(weights, time.perf_counter() - started)


@dataclass(frozen=True)
class _Contest:
    """Models that are tuned: fits them, each once, and ranks by them."""

    plan: Plan
    split: Split
    tuned: Mapping[str, Tuned]
    mixture: _Mixture
    ctx: Context
    fits: dict[str, tuple[PreferenceModel, float]] = field(default_factory=dict)

    def model(self, name: str, settings: Mapping[str, Any] | None) -> Row:
        """The row of a model with these settings, or with those that were found."""
        if settings is not None:
            model, fit_s = self._fit(name, settings)
            return Row(self._ranked(model), settings, 0.0, fit_s)
        model, fit_s = self._tuned_fit(name)
        return Row(self._ranked(model), self.tuned[name].settings, self.tuned[name].seconds, fit_s)

    def blend(self) -> Row:
        """The row of the blend of the plan's members that have a weight."""
        weights, members = self.mixture.weights, self.plan.members
        parts = {name: self._tuned_fit(name) for name in members if weights[name]}
        blend = Blend.of({name: model for name, (model, _) in parts.items()}, weights, self.split.train.n_items)
        settings = {
            "members": {name: self.tuned[name].settings for name in parts},
            "weights": {name: weights[name] for name in parts},
        }
        tune_s = sum(self.tuned[name].seconds for name in members) + self.mixture.seconds
        return Row(self._ranked(blend), settings, tune_s, sum(seconds for _, seconds in parts.values()))

    def _tuned_fit(self, name: str) -> tuple[PreferenceModel, float]:
        if name not in self.fits:
            self.fits[name] = self._fit(name, self.tuned[name].settings)
        return self.fits[name]

    def _fit(self, name: str, settings: Mapping[str, Any]) -> tuple[PreferenceModel, float]:
        started = time.perf_counter()
        model = make(name, settings).fit(self.split.train, silent(self.ctx))
        return model, time.perf_counter() - started

    def _ranked(self, model: PreferenceModel) -> Result:
        return evaluate(model, self.split, self.plan.k, self.ctx)


def silent(ctx: Context) -> Context:
    """The context for a step within a step."""
    from prodgen_sdk.context import no_progress

    return replace(ctx, progress=no_progress)
