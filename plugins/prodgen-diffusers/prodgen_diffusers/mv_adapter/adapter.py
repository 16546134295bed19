"""MV-Adapter's layers in an SDXL UNet, its condition encoder, and the layout of the released weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from prodgen_diffusers.mv_adapter.attention import MultiViewAttnProcessor, PlainAttnProcessor
from prodgen_sdk.errors import ConfigError

RAY_CHANNELS = 6


class MultiViewAdapter(nn.Module):
    """The adapter's own weights for a UNet; `attach` sets them into it.

    Args:
        unet: an SDXL `UNet2DConditionModel`.
        reference: with the layers that attend to a reference picture (image to views), or without (text to views).
        downscale: pixels a token of the condition encoder covers: twice the VAE's factor, 16 for SDXL.
    """

    def __init__(self, unet: Any, *, reference: bool, downscale: int = 16) -> None:
        from diffusers import T2IAdapter

        super().__init__()
        self.has_reference = reference
        widths = unet.config.block_out_channels
        processors: dict[str, Any] = {}
        for name in unet.attn_processors:
            layer = unet.get_submodule(name.removesuffix(".processor"))
            own = MultiViewAttnProcessor(name, layer.query_dim, reference) if name.endswith("attn1.processor") else None
            processors[name] = PlainAttnProcessor() if own is None else own
        self._all = processors
        self.processors = {name: own for name, own in processors.items() if isinstance(own, MultiViewAttnProcessor)}
        self.layers = nn.ModuleList(self.processors.values())
        self.encoder = T2IAdapter(
            in_channels=RAY_CHANNELS,
            channels=[*widths, widths[-1]],
            num_res_blocks=2,
            downscale_factor=downscale,
            adapter_type="full_adapter_xl",
        )
        self.to(device=unet.device, dtype=unet.dtype).requires_grad_(False).eval()

    def attach(self, unet: Any) -> MultiViewAdapter:
        """Sets the layers into the UNet, in the place of any other adapter's; returns itself."""
        first = next(iter(self._all))
        if unet.attn_processors[first] is not self._all[first]:
            unet.set_attn_processor(dict(self._all))
        return self

    def layout(self) -> dict[str, Tensor]:
        """Every tensor under its name in the released files: the UNet's processors, then the condition encoder."""
        named = {
            f"{name}.{key}": value for name, own in self.processors.items() for key, value in own.state_dict().items()
        }
        named.update(self.encoder.state_dict())
        return named

    def load(self, state: Mapping[str, Tensor], where: str = "the adapter's weights") -> list[str]:
        """Takes over released weights.

        Returns:
            Names in `state` that are neither of an attention layer nor of the condition encoder, and are left out.

        Raises:
            ConfigError: names or shapes do not fit, with the first of them.
        """
        wanted = self.layout()
        strange = [name for name in state if name not in wanted]
        wrong = [
            *(f"{name} is missing" for name in wanted if name not in state),
            *(f"{name} is not known" for name in strange if ".processor." in name),
            *(
                f"{name} is {tuple(state[name].shape)} instead of {tuple(value.shape)}"
                for name, value in wanted.items()
                if name in state and state[name].shape != value.shape
            ),
        ]
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            kind = "image to views (i2mv)" if self.has_reference else "text to views (t2mv)"
            raise ConfigError(
                f"{where} do not fit MV-Adapter for {kind} on this base model: {wrong[0]}{more}.",
                hint="Use mvadapter_i2mv_sdxl or mvadapter_t2mv_sdxl.safetensors of huanngzh/mv-adapter with an SDXL base model.",
            )
        with torch.no_grad():
            for name, value in wanted.items():
                value.copy_(state[name])
        return strange
