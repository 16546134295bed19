"""The state of a run in one safetensors file: weights, averaged weights, optimiser, step; written whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    import torch
    from torch import nn

FILE = "checkpoint.safetensors"


@dataclass
class State:
    """Where a run stands.

    Args:
        step: updates that were made.
        best: the best validation figure so far, and `best_step` where it was.
        last: figures of the last step and the last validation.
        scales: by network, of the loss in float16.
    """

    step: int = 0
    best: float = float("inf")
    best_step: int = 0
    stopped: bool = False
    last: dict[str, float] = field(default_factory=dict)
    scales: dict[str, dict[str, float]] = field(default_factory=dict)

    def figures(self) -> dict[str, float]:
        """Figures of the last validation, and the best one, where there was any."""
        last = {name: value for name, value in self.last.items() if math.isfinite(value) and name.startswith("val_")}
        best = {"best_val_loss": self.best} if math.isfinite(self.best) else {}
        return last | {"best_step": float(self.best_step)} | best


def save(
    path: Path,
    state: State,
    networks: Mapping[str, nn.Module],
    averages: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> None:
    """Writes everything that a later process needs to go on, bit by bit, as if it never had stopped."""
    from safetensors.torch import save as to_bytes

    tensors: dict[str, torch.Tensor] = {}
    for kind, modules in (("net", networks), ("ema", averages)):
        for name, module in modules.items():
            tensors |= {f"{kind}.{name}.{key}": value for key, value in module.state_dict().items()}
    for name, optimiser in optimisers.items():
        for key, parameter in _named(networks[name], optimiser):
            for slot, value in optimiser.state.get(parameter, {}).items():
                tensors[f"opt.{name}.{key}.{slot}"] = value
    kept = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
    facts = {"state": json.dumps(vars(state), sort_keys=True)}
    write_atomically(path, to_bytes(kept, facts))


def load(
    path: Path,
    networks: Mapping[str, nn.Module],
    averages: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> State:
    """Restores what `save` wrote; a fresh state where there is no file.

    Raises:
        ConfigError: the file is damaged, or of another network.
    """
    if not path.is_file():
        return State()
    from safetensors import safe_open

    with _readable(path):
        with safe_open(path, "pt") as file:
            state = _state(file)
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
        for kind, modules in (("net", networks), ("ema", averages)):
            for name, module in modules.items():
                module.load_state_dict(_under(tensors, f"{kind}.{name}."))
        for name, optimiser in optimisers.items():
            for key, parameter in _named(networks[name], optimiser):
                slots = _under(tensors, f"opt.{name}.{key}.")
                if slots:
                    optimiser.state[parameter] = {
                        slot: value if slot == "step" else value.to(parameter.device) for slot, value in slots.items()
                    }
        return state


def finished(path: Path, steps: int) -> State | None:
    """The state of a run that has nothing left to do, read without its weights; None where there is no such run."""
    if not path.is_file():
        return None
    from safetensors import safe_open

    with _readable(path), safe_open(path, "pt") as file:
        state = _state(file)
    return state if state.stopped or state.step >= steps else None


def _state(file: Any) -> State:
    return State(**json.loads((file.metadata() or {})["state"]))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Whatever a library says of a damaged file, in our words."""
    from safetensors import SafetensorError

    try:
        yield
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(
            f"The checkpoint {path} cannot be read: {reason}.", hint="Delete it to start again."
        ) from None


def _named(module: nn.Module, optimiser: torch.optim.Optimizer) -> list[tuple[str, Any]]:
    held = {id(parameter) for group in optimiser.param_groups for parameter in group["params"]}
    return [(name, parameter) for name, parameter in module.named_parameters() if id(parameter) in held]


def _under(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
