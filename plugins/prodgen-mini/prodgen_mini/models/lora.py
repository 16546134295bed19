"""Low-rank additions to the linear layers of a network (Hu et al., LoRA, ICLR 2022), kept in a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk.checkpoints.weights import fitting, read_weights
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn

FORMAT = "prodgen-mini-lora 1"
LAYERS = ("qkv", "out", "feed.0", "feed.2")
"""The linear layers of a transformer block that get an addition."""


def add_lora(network: nn.Module, path: Path, base: str) -> None:
    """Adds what `prodgen train lora-mini` learnt to the weights of a network, once and for all.

    Args:
        base: digest of the network's weights, which the file must have been trained on.

    Raises:
        ConfigError: the file is missing, damaged, or of other weights.
    """
    import numpy as np
    import torch

    again = "Train it anew: prodgen train lora-mini"
    stored, facts, _ = read_weights(path, "a LoRA", hint=again)
    with fitting(path, "a LoRA", hint=again):
        if facts.get("format") != FORMAT:
            raise ValueError(f"its format is {facts.get('format')!r}")
        tensors = {name: torch.from_numpy(value.astype(np.float32)) for name, value in stored.items()}
    if facts.get("base") != base:
        raise ConfigError(f"The LoRA {path} was trained on other weights.", hint=again)
    layers = dict(network.named_modules())
    try:
        with torch.no_grad():
            for name in sorted({name.rpartition(".")[0] for name in tensors}):
                down, up = tensors[f"{name}.down"], tensors[f"{name}.up"]
                layer = layers[name]
                layer.weight.add_((up @ down).to(layer.weight) * float(facts["scale"]))
    except (KeyError, RuntimeError, AttributeError) as error:
        raise ConfigError(f"The LoRA {path} does not fit the network: {error}.", hint=again) from None
