"""Models beside each other on one split: tuned inside what may be learnt from, fitted, ranked, assessed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    """A row a model. Nothing of `split.relevant` is looked at before the models are final."""
    blended = any(model == "blend" and settings is None for model, settings in plan.rows.values())
    wanted = [model for model, settings in plan.rows.values() if settings is None and model != "blend"]
    searched = list(dict.fromkeys([*wanted, *(plan.members if blended else ())]))
    total = len(searched) + len(plan.rows) + 1
    tuned: dict[str, Tuned] = {}
    validation = split.validation(protocol) if searched else ()
    for step, name in enumerate(searched):
        ctx.progress(step, total, f"tuning {name}")
        tuned[name] = tune(name, validation, silent(ctx), metric=plan.metric, k=plan.k, search=plan.search)
    weights: dict[str, float] = {}
    weigh_s = 0.0
    if blended:
        ctx.progress(len(searched), total, "weighing the blend")
        started = time.perf_counter()
        weights, _ = weigh(
            {name: tuned[name].models for name in plan.members}, validation, ctx, metric=plan.metric, k=plan.k
        )
        weigh_s = time.perf_counter() - started
    tuned = {name: replace(each, models=()) for name, each in tuned.items()}  # gives their memory back
    fitted: dict[str, tuple[PreferenceModel, float]] = {}

    def fit(name: str) -> tuple[PreferenceModel, float]:
        if name not in fitted:
            started = time.perf_counter()
            model = make(name, tuned[name].settings).fit(split.train, silent(ctx))
            fitted[name] = (model, time.perf_counter() - started)
        return fitted[name]

    rows: dict[str, Row] = {}
    for step, (row, (name, settings)) in enumerate(plan.rows.items(), len(searched) + 1):
        ctx.progress(step, total, f"fitting and ranking by {row}")
        if name == "blend" and settings is None:
            parts = {member: fit(member) for member in plan.members if weights[member]}
            blend = Blend.of({member: model for member, (model, _) in parts.items()}, weights, split.train.n_items)
            told = {
                "members": {member: tuned[member].settings for member in parts},
                "weights": {member: weights[member] for member in parts},
            }
            seconds = sum(tuned[member].seconds for member in plan.members) + weigh_s
            rows[row] = Row(evaluate(blend, split, plan.k, ctx), told, seconds, sum(s for _, s in parts.values()))
        elif settings is None:
            model, fit_s = fit(name)
            rows[row] = Row(evaluate(model, split, plan.k, ctx), tuned[name].settings, tuned[name].seconds, fit_s)
        else:
            started = time.perf_counter()
            model = make(name, settings).fit(split.train, silent(ctx))
            fit_s = time.perf_counter() - started
            rows[row] = Row(evaluate(model, split, plan.k, ctx), settings, 0.0, fit_s)
    ctx.progress(total, total, "done")
    return rows


def silent(ctx: Context) -> Context:
    """The context for a step within a step."""
    from prodgen_sdk.context import no_progress

    return replace(ctx, progress=no_progress)
