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

    A run that was stopped goes on; finished ones are not repeated; one that fails is noted and tried again by the next call, and the
    others go on. Where no run has been made yet, options that cannot be are an error.
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
        rows, earlier = list[dict[str, Any]](), _earlier(out / FILE, of, runs)
        made = sum("checkpoint" in row for row in earlier)
        ctx.progress(made, len(runs), "runs")
        for number, chosen in enumerate(runs):
            if "checkpoint" in earlier[number]:
                rows.append(earlier[number])
                continue
            ctx.check()
            name = f"{number:03d}"
            found = _one(trainer, chosen, data, out / name, ctx, first=not any("checkpoint" in row for row in rows))
            rows.append({"run": name, "of": of, **chosen} | found)
            write_atomically(out / FILE, json.dumps([*rows, *filter(None, earlier[number + 1 :])], indent=1).encode())
            made += 1
            ctx.progress(made, len(runs), "runs")
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


def _earlier(path: Path, of: str, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each run what an earlier call noted, an empty row where it has not come to it, or where its options were others."""
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        rows = []
    fits = len(rows) <= len(runs) and all(
        row.get(name) == value
        for row, chosen in zip(rows, runs, strict=False)
        for name, value in {"of": of, **chosen}.items()
    )
    return [*(rows if fits else []), *({} for _ in runs)][: len(runs)]


def _one(
    trainer: Any, chosen: Mapping[str, Any], data: Path, out: Path, ctx: Context, *, first: bool
) -> dict[str, Any]:
    try:
        report = trainer.train(chosen, data, out, replace(ctx, progress=no_progress))
    except ProdgenError as error:
        ctx.check()
        if first and isinstance(error, ConfigError):
            raise
        ctx.logger.warning("run %s failed: %s", out.name, error)
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
    steps = [k / (n - 1) for k in range(n)]
    values = [a * (b / a) ** k if logarithmic else a + (b - a) * k for k in steps]
    return [float(f"{value:.12g}") for value in values]  # 2..8..3log holds 4, not nearly 4
