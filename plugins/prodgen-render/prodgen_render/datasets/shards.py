"""Data sets in shards, made by several processes, resumable: what every kind of data set here shares.

A shard is written in two steps, each whole or not at all: its arrays or pictures, then its labels (one JSON line each). A shard
with labels is finished; a run that was killed goes on with the others.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prodgen_render.processes import each
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically

Make = Callable[[int], int]
"""Makes the shard of a number and returns how many things it holds; can be pickled. Repeating it writes the same again."""


def seed_of(sku: str, seed: int) -> int:
    """The seed of a made-up product in a data set with this seed."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{sku}".encode()).digest()[:7], "big")


def stem(number: int) -> str:
    """The name of a shard."""
    return f"{number:05d}"


def labels(out: Path, number: int) -> Path:
    """The file of a shard's labels."""
    return out / "shards" / f"{stem(number)}.jsonl"


def write_labels(out: Path, number: int, lines: list[dict[str, Any]]) -> None:
    """Ends a shard."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_atomically(labels(out, number), text.encode())


def make_shards(
    out: Path, description: Mapping[str, Any], shards: int, make: Make, ctx: Context, *, workers: int = 1
) -> dict[str, Any]:
    """Makes what is missing of a data set, then its manifest.

    Args:
        out: a new folder, or one in which a data set of an equal description was begun.
        description: goes into `dataset.json`.
        workers: processes.

    Returns:
        shards_done, shards_skipped, seconds, and `made`: how many things this call made.

    Raises:
        InputError: the folder holds something else.
        StoreError: the disk is full; a later call goes on.
    """
    _claim(description, out)
    missing = [number for number in range(shards) if not labels(out, number).is_file()]
    start, made, done = time.perf_counter(), 0, shards - len(missing)
    ctx.progress(done, shards, "shards")
    for _, count in each(make, missing, workers, ctx):
        done, made = done + 1, made + count
        ctx.progress(done, shards, "shards")
    _merge(shards, out)
    seconds = round(time.perf_counter() - start, 3)
    return {"shards_done": len(missing), "shards_skipped": shards - len(missing), "seconds": seconds, "made": made}


def _claim(description: Mapping[str, Any], out: Path) -> None:
    file = out / "dataset.json"
    if file.is_file():
        try:
            found = json.loads(file.read_text("utf-8"))
        except ValueError:
            found = None
        if found != description:
            raise InputError(
                f"{out} holds another data set.", hint="Choose a new folder, or repeat the options it was begun with."
            )
        return
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty.", hint="Choose a new folder.")
    write_atomically(file, json.dumps(description, ensure_ascii=False, indent=1).encode())


def _merge(shards: int, out: Path) -> None:
    """The manifest of the whole set, in order of shards."""
    for leftover in (out / "shards").glob(".*.tmp"):
        leftover.unlink(missing_ok=True)
    write_atomically(out / "manifest.jsonl", b"".join(labels(out, number).read_bytes() for number in range(shards)))
