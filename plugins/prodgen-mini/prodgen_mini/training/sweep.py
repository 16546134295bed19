"""`prodgen train sweep`: one trainer over ranges of its options, the best run by a figure."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from prodgen_sdk.config import number_or_text
from prodgen_sdk.context import Context, no_progress
from prodgen_sdk.errors import ConfigError, NotFound, ProdgenError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report, Trainer

FILE = "sweep.json"


class SweepTrainer(Trainer):
    """Runs every combination of the given values, each in a folder of its own, and names the best.

    Config:
        of: what is trained: a word after `prodgen train`, such as vae or lora, or the id of any trainer.
        by (best_val_loss, that of the weights which a run keeps), goal (min): the figure that decides, and whether it
            shall be small (min) or large (max).
        any other option: one value for all runs, several with commas (`1e-3,2e-3`), or a range `low..high..count`, on a
            logarithmic scale with `log` behind it (`1e-4..1e-2..5log`).

    A run that was stopped goes on; finished ones are not repeated; one that fails is noted, and the others go on.
    """

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        options = dict(config)
        of, by, goal = (
            str(options.pop("of", "")),
            str(options.pop("by", "best_val_loss")),
            str(options.pop("goal", "min")),
        )
        trainers = {id.partition("/train-")[2]: id for id in ctx.ids("trainer")}
        if not of:
            raise ConfigError(
                "The sweep has nothing to train.",
                hint=f"Give -o of=NAME, one of {', '.join(sorted(set(trainers) - {'', 'sweep'}))}.",
            )
        if goal not in ("min", "max"):
            raise ConfigError(f"The goal is min or max, not {goal!r}.")
        if of not in trainers and "/" not in of:
            raise NotFound.of("trainer", of, sorted(set(trainers) - {"", "sweep"}))
        of = trainers.get(of, of)
        trainer = ctx.lookup("trainer", of)
        runs = combinations(options)
        if len(runs) > 256:
            raise ConfigError(f"{len(runs)} runs are too many.", hint="Give fewer values; 256 runs are allowed.")
        rows = _finished(out / FILE, of, runs)
        ctx.progress(len(rows), len(runs), "runs")
        for number, chosen in enumerate(runs[len(rows) :], len(rows)):
            ctx.check()
            rows.append(
                {"run": f"{number:03d}", "of": of, **chosen} | _one(trainer, chosen, data, out / f"{number:03d}", ctx)
            )
            write_atomically(out / FILE, json.dumps(rows, indent=1).encode())
            ctx.progress(len(rows), len(runs), "runs")
        good = [row for row in rows if math.isfinite(row.get(by, math.nan))]
        if not good:
            known = sorted({name for row in rows for name, value in row.items() if isinstance(value, float)})
            failed = next((row["error"] for row in rows if "error" in row), "")
            raise ConfigError(
                f"No run has the figure {by!r}. {failed}".strip(), hint=f"Figures are {', '.join(known) or 'none'}."
            )
        best = (min if goal == "min" else max)(good, key=lambda row: row[by])
        figures = {by: float(best[by]), "runs": float(len(rows)), "failed": float(len(rows) - len(good))}
        figures |= {name: float(best[name]) for name in _varied(runs)}
        return Report(
            checkpoint=Path(best["checkpoint"]), steps=sum(row.get("steps", 0) for row in rows), figures=figures
        )


def _finished(path: Path, of: str, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What an earlier call has done of these runs."""
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    fits = len(rows) <= len(runs) and all(
        row.get(name) == value
        for row, chosen in zip(rows, runs, strict=False)
        for name, value in {"of": of, **chosen}.items()
    )
    return rows if fits else []


def _one(trainer: Any, chosen: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> dict[str, Any]:
    try:
        report = trainer.train(chosen, data, out, replace(ctx, progress=no_progress))
    except ConfigError:
        raise
    except ProdgenError as error:
        ctx.check()
        return {"error": str(error)}
    return {"checkpoint": str(report.checkpoint), "steps": report.steps, **report.figures}


def _varied(runs: list[dict[str, Any]]) -> list[str]:
    """The options that differ between runs, and whose values are numbers."""
    return [
        name
        for name in runs[0]
        if len({str(run[name]) for run in runs}) > 1 and all(isinstance(run[name], int | float) for run in runs)
    ]


def combinations(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every combination of the values that the options name.

    >>> combinations({"steps": 10, "learning_rate": "1e-3,2e-3"})
    [{'steps': 10, 'learning_rate': 0.001}, {'steps': 10, 'learning_rate': 0.002}]
    >>> [round(run["decay"], 4) for run in combinations({"decay": "0.001..0.1..3log"})]
    [0.001, 0.01, 0.1]
    """
    names = list(options)
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*map(_values, options.values()))]


def _values(given: Any) -> list[Any]:
    if not isinstance(given, str):
        return list(given) if isinstance(given, list) else [given]
    if ".." in given:
        return _range(given)
    return [number_or_text(text.strip()) for text in given.split(",")]


def _range(text: str) -> list[float]:
    low, _, rest = text.partition("..")
    high, _, count = rest.rpartition("..")
    logarithmic, count = count.endswith("log"), count.removesuffix("log")
    try:
        a, b, n = float(low), float(high), int(count)
        if n < 2 or (logarithmic and min(a, b) <= 0):
            raise ValueError
    except ValueError:
        raise ConfigError(f"{text!r} is no range.", hint="Write low..high..count, such as 1e-4..1e-2..5log.") from None
    if logarithmic:
        return [a * (b / a) ** (k / (n - 1)) for k in range(n)]
    return [a + (b - a) * k / (n - 1) for k in range(n)]
