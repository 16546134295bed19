"""Fakes that run: a trainer, a benchmark and an evaluation."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.events import read_events
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Benchmark, Report, Trainer


class MeanTrainer(Trainer):
    """Learns the mean of the numbers in `numbers.json`, one number per step, with a checkpoint at every step."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        try:
            numbers = json.loads((data / "numbers.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{data} holds no numbers.json that can be read: {error}.") from None
        checkpoint = out / "mean.json"
        state: dict[str, Any] = (
            json.loads(checkpoint.read_text("utf-8")) if checkpoint.exists() else {"steps": 0, "sum": 0.0}
        )
        while state["steps"] < len(numbers):
            ctx.check()
            state = {"steps": state["steps"] + 1, "sum": state["sum"] + numbers[state["steps"]]}
            write_atomically(checkpoint, json.dumps(state).encode())
            ctx.progress(state["steps"], len(numbers), "numbers")
        return Report(
            checkpoint=checkpoint, steps=state["steps"], figures={"mean": state["sum"] / max(state["steps"], 1)}
        )


class HashBenchmark(Benchmark):
    """Time to hash a megabyte, the best of `n` runs."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        times = []
        for _ in range(int(options.get("n", 3))):
            start = time.perf_counter()
            hashlib.sha256(bytes(2**20)).digest()
            times.append(time.perf_counter() - start)
        return {"hash_1mib_ms": min(times) * 1000, "runs": len(times)}


class LogEvaluation(Benchmark):
    """How many events the file `data` holds."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        if "data" not in options:
            raise InputError("There is no log to look at.", hint="Give --data FILE.jsonl, or open a workspace.")
        rows = list(read_events(Path(options["data"])))
        return {"events": len(rows), "readable": sum(row.event is not None for row in rows)}
