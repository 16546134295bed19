"""CatVTON's two changes of an inpainting UNet: its own self-attention weights, and no cross-attention.

Chong et al., CatVTON: Concatenation Is All You Need for Virtual Try-On with Diffusion Models, ICLR 2025. Garment and person lie
one below the other in one latent, so that self-attention alone carries the garment over, and no words are needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from prodgen_sdk.errors import ConfigError

PARAMETERS = 49_574_080
"""Parameters of the 16 self-attentions of Stable Diffusion 1.5, all of which are replaced."""

SD15_CHANNELS = (320, 640, 1280, 1280)
PROJECTIONS = ("to_q.weight", "to_k.weight", "to_v.weight", "to_out.0.weight", "to_out.0.bias")
_KEY = re.compile(r"(\d+)\.(to_[qkv]\.weight|to_out\.0\.(?:weight|bias))")


class KeepInput:
    """An attention processor that gives back what the layer was given, whatever the words."""

    def __call__(self, attn: Any, hidden_states: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        return hidden_states


def skip_cross_attention(unet: Any) -> None:
    """Every `attn2` returns its input from now on; no `encoder_hidden_states` are needed any more."""
    for name, module in unet.named_modules():
        if name.rsplit(".", 1)[-1] == "attn2":
            module.set_processor(KeepInput())


def self_attentions(unet: Any) -> list[Any]:
    """The `attn1` modules in the order in which diffusers registers them: down, up, then mid."""
    return [module for name, module in unet.named_modules() if name.rsplit(".", 1)[-1] == "attn1"]


def count_parameters(unet: Any) -> int:
    """Of all self-attentions."""
    return sum(weight.numel() for module in self_attentions(unet) for weight in module.parameters())


def load_attention(unet: Any, tensors: Mapping[str, torch.Tensor], path: Path, *, component: str) -> None:
    """Puts the public weights into the self-attentions of `unet`.

    Args:
        tensors: "<n>.to_q.weight" ..., where the numbers only give an order: the weights were saved as a list of every module
            whose name contains `attn1`, children included, so that they are not 0 to 15.

    Raises:
        ConfigError: keys that are none of these, another number of blocks or parameters, a shape that does not fit.
    """
    blocks = self_attentions(unet)
    found: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise _unfit(path, component, f"it holds {key!r}")
        found.setdefault(int(match[1]), {})[match[2]] = tensor
    if len(found) != len(blocks):
        raise _unfit(path, component, f"it has {len(found)} blocks and the UNet {len(blocks)}")
    total = sum(tensor.numel() for tensor in tensors.values())
    wanted = PARAMETERS if tuple(unet.config.block_out_channels) == SD15_CHANNELS else count_parameters(unet)
    if total != wanted:
        raise _unfit(path, component, f"it has {total} parameters instead of {wanted}")
    for place, (number, block) in enumerate(zip(sorted(found), blocks, strict=True)):
        target = dict(block.named_parameters())
        if sorted(found[number]) != sorted(PROJECTIONS):
            raise _unfit(path, component, f"block {number} has {', '.join(sorted(found[number]))}")
        for name, tensor in found[number].items():
            if target[name].shape != tensor.shape:
                raise _unfit(
                    path, component,
                    f"{number}.{name} is {tuple(tensor.shape)}, and self-attention {place} of the UNet {tuple(target[name].shape)}",
                )  # fmt: skip
    with torch.no_grad():
        for number, block in zip(sorted(found), blocks, strict=True):
            target = dict(block.named_parameters())
            for name, tensor in found[number].items():
                target[name].copy_(tensor)


def _unfit(path: Path, component: str, why: str) -> ConfigError:
    return ConfigError(
        f"{component}: {path} does not hold the self-attention weights of this UNet: {why}.",
        hint="Take attention/model.safetensors of CatVTON for Stable Diffusion 1.5, and an inpainting UNet of it as `base`.",
    )
