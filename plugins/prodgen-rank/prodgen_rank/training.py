"""`prodgen train rank`: a model of who likes what, tuned and judged on what is held back of the log, then fitted to all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_rank.benchmarks.options import whole
from prodgen_rank.evaluation import datasets
from prodgen_rank.evaluation.comparison import MEMBERS, silent
from prodgen_rank.evaluation.metrics import METRICS
from prodgen_rank.evaluation.protocols import evaluate
from prodgen_rank.evaluation.splits import PROTOCOLS, Split
from prodgen_rank.evaluation.tuning import Models, tune, weigh
from prodgen_rank.models.interactions import Table
from prodgen_rank.models.preference import FILE, MAX_HISTORY, Preference
from prodgen_rank.models.registry import available, make
from prodgen_rank.rankers.pictures import pictures_of
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError, NotFound
from prodgen_sdk.files import file_digest, write_atomically
from prodgen_sdk.interfaces import Report, Trainer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_rank.config import Config

    Floats = NDArray[np.float32]

OPTIONS = ("model", "members", "protocol", "form", "k", "metric", "tune", "settings")
_RUN = "run.json"


class RankTrainer(Trainer):
    """Writes `preference.npz`, which rankers take up from their state folder.

    Config:
        model (blend): a model's name, as in `rank/<name>`.
        members: names of the models in a blend; by default all that are installed.
        protocol (leave-last-out): what is held back to judge by; or temporal, or movielens.
        form (auto): of the data: events, sequences, movielens or amazon (reviews of its published sets).
        k (10), metric (ndcg): what settings and weights are chosen by.
        tune (true): whether settings are searched; if not, `settings` (a table) or the defaults are taken.

    The figures are those of a test split that the search never saw, beside popularity on the same users. Each step leaves its
    result in `out`, so that a run that was killed goes on after it. A log too short to hold anything back is fitted as it is.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        options = _checked(config)
        out.mkdir(parents=True, exist_ok=True)
        table = datasets.read(data, options["form"])
        table = _newest(table)
        digest = file_digest(data) if data.is_file() else str(len(table))
        run = _Run(out / _RUN, hashlib.sha256(json.dumps([options, digest]).encode()).hexdigest())
        names = options["members"] if options["model"] == "blend" else [options["model"]]
        steps = len(names) + 3
        if "figures" in run.done and (out / FILE).is_file():
            return Report(checkpoint=out / FILE, steps=steps, figures=run.done["figures"])
        vectors = pictures_of(table.skus, ctx) if options["model"] == "visual" else {}
        test = _split(table, options["protocol"])
        validation = _validation(test, options["protocol"])
        found: dict[str, Any] = {}
        fitted: dict[str, Models] = {}
        for step, name in enumerate(names):
            if validation and name not in run.done:
                ctx.check()
                ctx.progress(step, steps, f"tuning {name}")
                ctx.check()
                search = options["tune"] and name not in options["settings"]
                tuned = tune(name, validation, silent(ctx), metric=options["metric"], k=options["k"], search=search)
                fitted[name] = tuned.models if search else ()
                run.put(name, tuned.settings)
            found[name] = options["settings"].get(name) or run.done.get(name, {})
        settings: Any = found[names[0]]
        if options["model"] == "blend":
            weights = self._step(
                run,
                "weights",
                len(names),
                steps,
                ctx,
                lambda: _weights(found, fitted, validation, options, silent(ctx)),
            )
            settings = {
                "members": {n: found[n] for n in names if weights[n]},
                "weights": {n: weights[n] for n in names if weights[n]},
            }
        judged = self._step(
            run, "judged", len(names) + 1, steps, ctx, lambda: _judged(options, settings, test, vectors, silent(ctx))
        )
        ctx.check()
        ctx.progress(steps - 1, steps, "fitting to the whole log")
        ctx.check()
        facts = {"figures": judged, "protocol": options["protocol"], "trained": True}
        Preference.fit(options["model"], table.interactions(), silent(ctx), settings, facts, vectors).save(out)
        run.put("figures", judged)
        return Report(checkpoint=out / FILE, steps=steps, figures=judged)

    def _step(
        self, run: _Run, name: str, step: int, steps: int, ctx: Context, work: Callable[[], dict[str, float]]
    ) -> dict[str, float]:
        if name not in run.done:
            ctx.check()
            ctx.progress(step, steps, name)
            ctx.check()
            run.put(name, work())
        return dict(run.done[name])


class _Run:
    """What is done of a run, kept in a file; started anew where options or data are others."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self.done: dict[str, Any] = {}
        if path.is_file():
            try:
                kept = json.loads(path.read_text("utf-8"))
            except ValueError:
                kept = {}
            self.done = kept.get("done", {}) if kept.get("key") == key else {}

    def put(self, name: str, value: Any) -> None:
        self.done[name] = value
        write_atomically(self._path, json.dumps({"key": self._key, "done": self.done}, default=float).encode())


def _checked(config: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(config) - set(OPTIONS):
        raise ConfigError(f"Unknown option {', '.join(sorted(unknown))}.", hint=f"Known are {', '.join(OPTIONS)}.")
    model = str(config.get("model", "blend"))
    given = config.get("members", MEMBERS)
    names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
    protocol = str(config.get("protocol", "leave-last-out"))
    if protocol not in PROTOCOLS:
        raise ConfigError(f"There is no protocol {protocol!r}.", hint=f"There are {', '.join(PROTOCOLS)}.")
    metric = str(config.get("metric", "ndcg"))
    if metric not in METRICS:
        raise NotFound.of("metric", metric, METRICS)
    members = [name for name in names if available(name)] if "members" not in config else names
    for name in [model, *(members if model == "blend" else ())]:
        make(name, {})  # says what is wrong with a name
    settings = config.get("settings", {})
    return {
        "model": model,
        "members": members,
        "protocol": protocol,
        "form": str(config.get("form", "auto")),
        "k": whole(config, "k", 10),
        "metric": metric,
        "tune": str(config.get("tune", True)).lower() not in ("0", "no", "false"),
        "settings": {model: settings} if model != "blend" and settings else dict(settings),
    }


def _newest(table: Table) -> Table:
    """Of each user the newest rows, as the ranker will be given no more."""
    kept = table.interactions().newest(MAX_HISTORY)
    return table if len(kept) == len(table) else kept


def _split(table: Table, protocol: str) -> Split | None:
    try:
        return PROTOCOLS[protocol](table)
    except InputError:
        return None


def _validation(test: Split | None, protocol: str) -> tuple[Split, ...]:
    try:
        return test.validation(protocol) if test else ()
    except InputError:
        return ()


def _weights(
    found: Mapping[str, Any],
    fitted: Mapping[str, Models],
    validation: tuple[Split, ...],
    options: Mapping[str, Any],
    ctx: Context,
) -> dict[str, float]:
    if not validation:
        return {name: 1 / len(found) for name in found}
    models = {
        name: fitted.get(name) or tuple(make(name, settings).fit(split.train, ctx) for split in validation)
        for name, settings in found.items()
    }
    return weigh(models, validation, ctx, metric=options["metric"], k=options["k"])[0]


def _judged(
    options: Mapping[str, Any], settings: Any, test: Split | None, vectors: Mapping[str, Floats], ctx: Context
) -> dict[str, float]:
    """Figures on what was held back, beside popularity."""
    if test is None:
        return {"users_asked": 0.0}
    k = int(options["k"])
    model = evaluate(make(options["model"], settings).given(vectors).fit(test.train, ctx), test, k, ctx)
    popular = evaluate(make("popular").fit(test.train, ctx), test, k, ctx)
    figures = {"users_asked": float(len(test))}
    for metric in ("ndcg", "recall"):
        key = f"{metric}_at_{k}"
        figures |= {key: model.mean(metric), f"popular_{key}": popular.mean(metric)}
        gain = bootstrap(model.per_user[metric] - popular.per_user[metric])
        figures |= {f"gain_{key}": gain.mean, f"gain_{key}_low": gain.low, f"gain_{key}_high": gain.high}
    return figures | {f"coverage_at_{k}": model.coverage}
