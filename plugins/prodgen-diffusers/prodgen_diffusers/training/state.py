"""A run in its folder: checkpoints of weights, optimiser and average as safetensors, whole or not at all, and its record at the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report

RECORD = "training.json"
_KEPT = 2


@dataclass(frozen=True)
class Run:
    """What is kept of a run.

    Args:
        folder: where its results go.
        digest: names its options and data; what other ones left in the folder is refused with a ConfigError.
    """

    folder: Path
    digest: str

    def report(self) -> Report | None:
        """That of the finished run, or None where there is none."""
        path = self.folder / RECORD
        if not path.is_file():
            return None
        try:
            record = json.loads(path.read_text("utf-8"))
        except ValueError:
            raise ConfigError(f"{path} is damaged.", hint="Delete its folder to start again.") from None
        self._check(record["digest"])
        return Report(checkpoint=self.folder / record["checkpoint"], steps=record["steps"], figures=record["figures"])

    def finish(self, report: Report, facts: Mapping[str, Any]) -> Report:
        """Writes the record, with further facts, removes the checkpoints and returns the report."""
        record = {
            "digest": self.digest,
            "steps": report.steps,
            "figures": report.figures,
            "checkpoint": report.checkpoint.name,
            **facts,
        }
        write_atomically(self.folder / RECORD, json.dumps(record, indent=1).encode())
        shutil.rmtree(self._checkpoints, ignore_errors=True)
        return report

    def save(
        self, step: int, weights: Mapping[str, Any], optimiser: Any, average: Mapping[str, Any], scaler: Any
    ) -> None:
        """Writes the state after a step; the file appears whole, and the oldest beyond two goes."""
        from safetensors.torch import save as to_bytes

        names = {id(value): name for name, value in weights.items()}
        tensors = {f"weights.{name}": value.detach().contiguous().cpu() for name, value in weights.items()}
        tensors |= {f"average.{name}": value.contiguous().cpu() for name, value in average.items()}
        for value, moments in optimiser.state.items():
            for key, moment in moments.items():
                tensors[f"{key}.{names[id(value)]}"] = moment.detach().clone().contiguous().cpu()
        facts = {"step": str(step), "digest": self.digest, "scaler": json.dumps(scaler.state_dict())}
        data = to_bytes(tensors, metadata=facts)
        write_atomically(self._checkpoints / f"step-{step:08d}.safetensors", data)
        for path in self._saved()[:-_KEPT]:
            path.unlink(missing_ok=True)

    def restore(self, weights: Mapping[str, Any], optimiser: Any, average: Mapping[str, Any], scaler: Any) -> int:
        """Puts the last checkpoint's state in place and returns its step; 0 where there is none.

        Raises:
            ConfigError: the checkpoint is damaged, of an older version, or of other options or data.
        """
        import torch
        from safetensors import SafetensorError, safe_open

        paths = self._saved()
        if not paths:
            return 0
        try:
            opened = safe_open(paths[-1], "pt")
        except SafetensorError:
            raise ConfigError(
                f"{paths[-1]} is damaged.", hint="Delete it to go on from the one before, or from the start."
            ) from None
        with opened as file:
            facts = file.metadata()
            self._check(facts["digest"])
            if "scaler" not in facts:
                raise ConfigError(
                    f"{paths[-1]} was written by an older version.", hint="Delete its folder to start again."
                )
            there = set(file.keys())  # no moments before the first step that was not left out
            with torch.no_grad():
                for name, value in weights.items():
                    value.copy_(file.get_tensor(f"weights.{name}"))
                    moments = {
                        key: file.get_tensor(f"{key}.{name}").to("cpu" if key == "step" else value.device)
                        for key in ("step", "exp_avg", "exp_avg_sq")
                        if f"{key}.{name}" in there
                    }
                    if moments:
                        optimiser.state[value] = moments
                for name, value in average.items():
                    value.copy_(file.get_tensor(f"average.{name}"))
        scaler.load_state_dict(json.loads(facts["scaler"]))
        return int(facts["step"])

    @property
    def _checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    def _saved(self) -> list[Path]:
        return sorted(self._checkpoints.glob("step-*.safetensors"))

    def _check(self, digest: str) -> None:
        if digest != self.digest:
            raise ConfigError(
                f"{self.folder} holds a run of other options or data.",
                hint="Name another folder as --out, or remove that one.",
            )
