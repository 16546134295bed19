"""Checkpoints of a run: weights, optimiser and average as safetensors, written whole or not at all."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report

RECORD = "training.json"
_KEPT = 2


def finished(out: Path, digest: str) -> Report | None:
    """The report of the finished run in `out`, or None where there is none.

    Raises:
        ConfigError: it was of other options or data.
    """
    path = out / RECORD
    if not path.is_file():
        return None
    record = json.loads(path.read_text("utf-8"))
    _same(record["digest"], digest, out)
    return Report(checkpoint=out / record["checkpoint"], steps=record["steps"], figures=record["figures"])


def save(
    out: Path, digest: str, step: int, weights: Mapping[str, Any], optimiser: Any, average: Mapping[str, Any]
) -> None:
    """Writes the state after a step; the file appears whole, and the oldest beyond two goes."""
    from safetensors.torch import save as to_bytes

    names = {id(value): name for name, value in weights.items()}
    tensors = {f"weights.{name}": value.detach().contiguous().cpu() for name, value in weights.items()}
    tensors |= {f"average.{name}": value.contiguous().cpu() for name, value in average.items()}
    for value, moments in optimiser.state.items():
        for key, moment in moments.items():
            tensors[f"{key}.{names[id(value)]}"] = moment.detach().clone().contiguous().cpu()
    data = to_bytes(tensors, metadata={"step": str(step), "digest": digest})
    write_atomically(_folder(out) / f"step-{step:08d}.safetensors", data)
    for path in _all(out)[:-_KEPT]:
        path.unlink(missing_ok=True)


def restore(
    out: Path, digest: str, weights: Mapping[str, Any], optimiser: Any, average: Mapping[str, Any], log: logging.Logger
) -> int:
    """Puts the last checkpoint's state in place and returns its step; 0 where there is none.

    Raises:
        ConfigError: it was of other options or data.
    """
    import torch
    from safetensors import safe_open

    paths = _all(out)
    if not paths:
        return 0
    with safe_open(paths[-1], "pt") as file:
        facts = file.metadata()
        _same(facts["digest"], digest, out)
        with torch.no_grad():
            for name, value in weights.items():
                value.copy_(file.get_tensor(f"weights.{name}"))
                optimiser.state[value] = {
                    key: file.get_tensor(f"{key}.{name}").to("cpu" if key == "step" else value.device)
                    for key in ("step", "exp_avg", "exp_avg_sq")
                }
            for name, value in average.items():
                value.copy_(file.get_tensor(f"average.{name}"))
    log.info("going on after step %s", facts["step"])
    return int(facts["step"])


def clear(out: Path) -> None:
    """Removes the checkpoints of a finished run."""
    shutil.rmtree(_folder(out), ignore_errors=True)


def _folder(out: Path) -> Path:
    return out / "checkpoints"


def _all(out: Path) -> list[Path]:
    return sorted(_folder(out).glob("step-*.safetensors"))


def _same(found: str, wanted: str, out: Path) -> None:
    if found != wanted:
        raise ConfigError(
            f"{out} holds a run of other options or data.", hint="Name another folder as --out, or remove that one."
        )
