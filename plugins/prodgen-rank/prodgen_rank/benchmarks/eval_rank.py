"""`prodgen eval rank`: models of preference beside each other on held-out interactions, by rankings of the full catalogue."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_rank.benchmarks import eval_rank_report
from prodgen_rank.benchmarks.options import check_names, whole
from prodgen_rank.evaluation import datasets
from prodgen_rank.evaluation.comparison import MEMBERS, Plan, Row, compare
from prodgen_rank.evaluation.metrics import METRICS
from prodgen_rank.evaluation.splits import PROTOCOLS
from prodgen_rank.models.interactions import Table
from prodgen_rank.models.registry import MODELS, available
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.interfaces import Benchmark

if TYPE_CHECKING:
    from prodgen_rank.config import Config

OPTIONS = (
    "data",
    "out",
    "form",
    "protocol",
    "models",
    "members",
    "k",
    "bootstrap",
    "baseline",
    "metric",
    "tune",
    "users",
)
_SAMPLING = re.compile(r"negative|sampl|candidate")

_ALL = {"last": 100_000}
PUBLISHED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "popular": ("popular", {}),
    "sar": (
        "item-knn",
        {
            "similarity": "jaccard",
            "neighbours": 0,
            "shrink": 0.0,
            "recency": {"half_life_days": 30.0, "weighted": True, **_ALL},
        },
    ),
    "item-knn": ("item-knn", {"neighbours": 100, "shrink": 10.0, "recency": _ALL}),
    "ease": ("ease", {"l2": 500.0, "recency": _ALL}),
}
"""Settings that others have published figures of on MovieLens-100k; rows of these names take them in that protocol."""


class RankEvaluation(Benchmark):
    """Full-catalogue metrics with bootstrap intervals, and the paired difference of each model to a baseline.

    Options:
        data: a file of interactions, or a folder with MovieLens ratings; in a workspace, its event log if left out.
        form (auto): movielens, sequences, amazon (reviews of its published sets) or events.
        protocol: movielens (a random quarter of each user's rows is held out), leave-last-out (the last product of each user)
            or temporal (all after one moment); by default movielens for such ratings, else leave-last-out.
        models: names with commas between; by default all that are installed. `sar` is item-knn as Microsoft's recommenders set it.
        members: what `blend` is made of, likewise; by default all that are installed.
        k (10): length of the rankings.
        metric (ndcg): by which settings and weights are chosen on validation rows.
        tune (1): 0 takes the defaults of all models instead of searching.
        baseline (ease): the model that others are compared to.
        bootstrap (1000): resamples of the users for the 95 % intervals.
        users: at most so many users are asked about, drawn at random; models learn from all.
        out: a folder for a table and a plot.

    All settings are found on rows held out of the training part; what is held out for the test is not looked at before.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        started = time.perf_counter()
        _check(options)
        table = datasets.read(Path(str(options["data"])), str(options.get("form", "auto")))
        protocol = str(options.get("protocol", "movielens" if _rated(table) else "leave-last-out"))
        if protocol not in PROTOCOLS:
            raise NotFound.of("protocol", protocol, PROTOCOLS)
        k, resamples = whole(options, "k", 10), whole(options, "bootstrap", 1000)
        metric = str(options.get("metric", "ndcg"))
        if metric not in METRICS:
            raise NotFound.of("metric", metric, METRICS)
        models, baseline = _rows(options, protocol), str(options.get("baseline", "ease"))
        if "baseline" in options and baseline not in models:
            raise NotFound.of("baseline", baseline, models)
        plan = Plan(
            models,
            _members(options, protocol),
            k,
            metric,
            str(options.get("tune", 1)) not in ("0", "no", "false"),
        )
        split = PROTOCOLS[protocol](table)
        if "users" in options:
            split = split.some(whole(options, "users", len(split)))
        rows = compare(plan, split, protocol, ctx)
        figures: dict[str, Any] = {
            "protocol": protocol,
            "users": len(split),
            "products": split.train.n_items,
            "interactions": len(split.train),
        }
        figures |= _figures(rows, k, resamples, baseline)
        figures["seconds"] = time.perf_counter() - started
        if options.get("out"):
            figures |= eval_rank_report.write(rows, figures, k, Path(str(options["out"])))
        return figures


def _check(options: Mapping[str, Any]) -> None:
    for name in options:
        if _SAMPLING.search(name):
            raise InputError(
                f"{name}: rankings among sampled products are not measured, since they can put models in the wrong order "
                "(Krichene and Rendle, KDD 2020).",
                hint="Leave it out: the full catalogue is ranked.",
            )
    check_names(options, OPTIONS)
    if not options.get("data"):
        raise InputError(
            "There are no interactions to evaluate on.", hint="Give --data PATH, or run it in a workspace."
        )


def _rated(table: Table) -> bool:
    """Whether these are ratings of 1 to 5: weights of events are others."""
    return set(table.weights.tolist()) == {1.0, 2.0, 3.0, 4.0, 5.0}


def _members(options: Mapping[str, Any], protocol: str) -> tuple[str, ...]:
    if "members" in options:
        return tuple(_named(options["members"], set(MEMBERS)))
    # Where rows are held out at random, the order within a user says nothing.
    idle = ("sequence", "transitions") if protocol == "movielens" else ()
    return tuple(name for name in MEMBERS if available(name) and name not in idle)


def _rows(options: Mapping[str, Any], protocol: str) -> dict[str, tuple[str, Mapping[str, Any] | None]]:
    if "models" in options:
        names = _named(options["models"], {*MODELS, *PUBLISHED} - {"visual"})
    else:
        names = [*(["sar"] if protocol == "movielens" else []), *_members(options, protocol), "blend"]
    published = PUBLISHED if protocol == "movielens" else {"sar": PUBLISHED["sar"]}
    return {name: published.get(name, (name, None)) for name in names}


def _named(given: Any, known: set[str]) -> list[str]:
    names = [name.strip() for name in str(given).split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise NotFound.of("model", name, sorted(known))
    return names


def _figures(rows: Mapping[str, Row], k: int, resamples: int, baseline: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, row in rows.items():
        key = name.replace("-", "_")
        for metric in METRICS:
            found = bootstrap(row.result.per_user[metric], resamples=resamples)
            figures[f"{key}_{metric}_at_{k}"] = found.mean
            figures[f"{key}_{metric}_at_{k}_low"], figures[f"{key}_{metric}_at_{k}_high"] = found.low, found.high
        figures[f"{key}_coverage_at_{k}"] = row.result.coverage
        figures[f"{key}_novelty_at_{k}_bits"] = row.result.mean("novelty")
        figures[f"{key}_diversity_at_{k}"] = row.result.mean("diversity")
        figures[f"{key}_tune_s"], figures[f"{key}_fit_s"] = row.tune_s, row.fit_s
        figures[f"{key}_settings"] = eval_rank_report.told(row.settings)
    for name, row in rows.items():
        if baseline not in rows or name == baseline:
            continue
        for metric in ("ndcg", "recall"):
            difference = row.result.per_user[metric] - rows[baseline].result.per_user[metric]
            found = bootstrap(difference, resamples=resamples)
            key = f"{name}_minus_{baseline}_{metric}_at_{k}".replace("-", "_")
            figures |= {key: found.mean, f"{key}_low": found.low, f"{key}_high": found.high}
    return figures
