"""Around what runs long: trainers and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodgen_sdk import interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context


class BoundTrainer(Bound[interfaces.Trainer]):
    @guarded
    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context | None = None) -> interfaces.Report:
        return self.component.train(config, data, out, self._context(ctx))


class BoundBenchmark(Bound[interfaces.Benchmark]):
    @guarded
    def run(self, options: Mapping[str, Any], ctx: Context | None = None) -> Mapping[str, Any]:
        return self.component.run(options, self._context(ctx))
