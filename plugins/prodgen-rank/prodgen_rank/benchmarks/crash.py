"""`prodgen bench index-crash`: a child that changes an index is killed at random moments, and files are damaged byte by byte.

Run as a program, `python -m prodgen_rank.benchmarks.crash FOLDER`, it is that child: it applies one step after another and prints
the number of each once `apply` has returned.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_rank.benchmarks import made_up
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_sdk.context import Context
from prodgen_sdk.errors import StoreError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Facets, Filter, IndexChange, Remove, Upsert

CONFIG = Config(index=IndexConfig(factory="IVF1,PQ8x4fs", recall=((4, 0.99),), delta_limit=64))
_DIMENSION = 16
_VARIANTS = 1000
_BULK = 12  # every so many steps, one that is written as a base at once


class CrashBenchmark(Benchmark):
    """Options: n kills (200), flips of a byte per file (200)."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        asked = made_up.chosen(options, n=200, flips=200)
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            figures = kills(Path(folder), asked["n"], ctx) | flips(Path(folder), asked["flips"], ctx)
        return figures | {"note": "Images are named by their sha256, which the store compares when it reads one."}


def batch(step: int) -> list[IndexChange]:
    """The changes of a step: six variants anew and two away, or at every twelfth step a hundred variants anew."""
    rng = np.random.default_rng(step)
    count = 100 if step % _BULK == 0 else 6
    names = [int(name) for name in rng.integers(0, _VARIANTS, count + 2)]
    changes: list[IndexChange] = [
        Upsert(
            variant=f"v{name}",
            sku=f"p{name // made_up.VARIANTS_A_PRODUCT}",
            vector=rng.standard_normal(_DIMENSION, np.float32),
            facets=Facets(category="home/mug"),
        )
        for name in names[:count]
    ]
    return changes + [Remove(variant=f"v{name}") for name in names[count:]]


class Replay:
    """What an index must hold after a step."""

    def __init__(self) -> None:
        self.step = 0
        self.vectors: dict[str, bytes] = {}

    def upto(self, step: int) -> dict[str, bytes]:
        for number in range(self.step + 1, step + 1):
            for change in batch(number):
                if isinstance(change, Upsert):
                    self.vectors[change.variant] = change.vector.tobytes()
                else:
                    self.vectors.pop(change.variant, None)
        self.step = max(self.step, step)
        return self.vectors


def kills(folder: Path, n: int, ctx: Context) -> dict[str, Any]:
    """Kills a child `n` times; after each, what was acknowledged must be there, whole, and nothing else."""
    rng, replay, steps = np.random.default_rng(0), Replay(), 0
    figures = {"kills": 0, "kills_while_a_base_was_built": 0, "kills_while_a_base_was_written": 0, "failures": 0}
    for number in range(n):
        ctx.check()
        ctx.progress(number, n, "kills")
        acknowledged = _killed(folder, rng)
        figures["kills"] += 1
        figures["kills_while_a_base_was_built"] += any(folder.glob(".building-*"))
        figures["kills_while_a_base_was_written"] += any(folder.glob(".writing-*"))
        try:
            index = FaissIndex(CONFIG, ctx_at(folder))
            reached = index.sequence
            names = [f"v{name}" for name in range(_VARIANTS)]
            held = {name: vector.tobytes() for name, vector in index.vectors(names, ctx).items()}
            last = acknowledged[-1] if acknowledged else steps
            good = reached in (last, last + 1) and held == replay.upto(reached) and not index.verify(ctx)
            found = index.search(np.ones((1, _DIMENSION), np.float32), _VARIANTS, Filter(), ctx)[0]
            good = good and {v.id for c in found for v in c.variants} == set(held)
            steps = reached
        except StoreError as error:
            good = False
            ctx.logger.warning("kill %d: %s", number, error)
        figures["failures"] += not good
    return figures | {"steps_applied": steps}


def flips(folder: Path, n: int, ctx: Context) -> dict[str, Any]:
    """Flips a bit at `n` random places of each file; each must be seen when the index is opened or verified."""
    index = FaissIndex(CONFIG, ctx_at(folder))
    # One base written at once, and some changes in the log.
    upto = index.sequence - index.sequence % _BULK + _BULK + 3
    for step in range(index.sequence + 1, upto + 1):
        index.apply(batch(step), step, ctx)
        index.settle()
    rng, undetected, files, total = np.random.default_rng(1), 0, [], 0
    current = sorted(folder.glob("generation-*"))[-1]
    for path in [folder / "CURRENT", *sorted(current.iterdir())]:
        good = path.read_bytes()
        files.append(path.name)
        for place in rng.choice(len(good), min(n, len(good)), replace=False).tolist():
            ctx.check()
            bad = bytearray(good)
            bad[place] ^= 1 << int(rng.integers(8))
            path.write_bytes(bytes(bad))
            undetected += not _detected(folder, ctx)
            total += 1
        path.write_bytes(good)
    undetected += _detected(folder, ctx)
    return {"flipped_bytes": total, "flipped_files": ", ".join(files), "undetected": undetected}


def ctx_at(folder: Path) -> Context:
    return Context(state=folder)


def _killed(folder: Path, rng: np.random.Generator) -> list[int]:
    """Starts a child, kills it at a random moment, and returns the steps that it acknowledged."""
    command = [sys.executable, "-m", "prodgen_rank.benchmarks.crash", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very module
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    next(lines, "")
    acknowledged = [int(line) for line in islice(lines, int(rng.integers(2 * _BULK)))]
    time.sleep(rng.uniform(0, 0.03))
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in lines]
    process.wait()
    process.stdout.close()
    return acknowledged


def _detected(folder: Path, ctx: Context) -> bool:
    index = FaissIndex(CONFIG, ctx_at(folder))
    try:
        return index.sequence < 0 or bool(index.verify(ctx))
    except StoreError:
        return True


def main(folder: Path) -> None:
    """Applies steps until killed."""
    index = FaissIndex(CONFIG, ctx_at(folder))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for step in range(index.sequence + 1, 1_000_000):
        index.apply(batch(step), step, Context())
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
