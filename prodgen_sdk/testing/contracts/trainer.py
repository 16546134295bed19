"""What every trainer must keep: above all, that a killed run goes on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.specs import TrainerSpec
from prodgen_sdk.testing.contracts.base import ComponentContract

PICKLED = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".bin", ".joblib"}


class TrainerContract(ComponentContract):
    """Report, progress, cancellation and resumption of a trainer.

    Override the fixtures `data` and `options`: a run of some ten steps that writes a checkpoint in its first half.
    """

    kind = "trainer"

    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        """The folder of training data. There is no default: its layout is the trainer's."""
        pytest.fail("Override the fixture `data` with a folder of tiny training data.")

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        """What makes the run small: a few steps, and a checkpoint in the first half."""
        return {}

    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        """Where the run is written."""
        return tmp_path / "out"

    def test_word_of_the_spec(self, spec: TrainerSpec) -> None:
        assert spec.trains.strip(), "`trains` is the word after `prodgen train`."
        assert " " not in spec.trains, f"`trains` is one word of a command line, not {spec.trains!r}."

    def test_report(self, component: Trainer, options: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> None:
        report = component.train(options, data, out, ctx)
        assert isinstance(report, Report), f"train() returns a Report, not {type(report).__name__}."
        assert report.steps > 0, "The report says that no step was run."
        assert report.checkpoint.exists(), f"The report names {report.checkpoint}, which is not there."
        assert report.checkpoint.resolve().is_relative_to(out.resolve()), (
            f"The checkpoint lies outside `out`: {report.checkpoint}."
        )
        assert all(math.isfinite(value) for value in report.figures.values()), (
            f"A figure is not finite: {dict(report.figures)}."
        )
        files = [path for path in (report.checkpoint, *report.checkpoint.rglob("*")) if path.suffix in PICKLED]
        assert not files, f"{[path.name for path in files]} hold pickled weights. Weights are safetensors only."

    def test_a_stopped_run_goes_on(
        self, component: Trainer, options: Mapping[str, Any], data: Path, out: Path, ctx: Context
    ) -> None:
        steps: list[tuple[int, int]] = []
        stopped = replace(
            ctx,
            progress=lambda done, total, what: steps.append((done, total)),
            cancelled=lambda: bool(steps) and steps[-1][0] * 2 >= steps[-1][1],
        )
        try:
            component.train(options, data, out, stopped)
        except Cancelled:
            pass
        else:
            raise AssertionError(
                "The run was cancelled half-way and went on. Call ctx.progress(done, total, what) and ctx.check() in every step."
            )
        resumed: list[int] = []
        report = component.train(
            options, data, out, replace(ctx, progress=lambda done, total, what: resumed.append(done))
        )
        assert resumed, "The second run reported no progress."
        assert resumed[0] > steps[0][0], (
            f"The second run began again at step {resumed[0]}. Load the last checkpoint in `out`, and write one before half of the steps."
        )
        assert report.checkpoint.exists(), "The resumed run left no checkpoint."

    def test_a_finished_run_is_not_repeated(
        self, component: Trainer, options: Mapping[str, Any], data: Path, out: Path, ctx: Context
    ) -> None:
        first = component.train(options, data, out, ctx)
        steps: list[int] = []
        second = component.train(
            options, data, out, replace(ctx, progress=lambda done, total, what: steps.append(done))
        )
        assert second.steps == first.steps, (
            f"A finished run of {first.steps} steps says {second.steps} when it is called again."
        )
        assert len(steps) <= 1, f"A finished run trained {len(steps)} more steps when it was called again."
