"""Stable Diffusion XL, a ControlNet and MV-Adapter for it (stabilityai/stable-diffusion-xl-base-1.0,
diffusers/controlnet-depth-sdxl-1.0, huanngzh/mv-adapter).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_diffusers.pipelines import layouts
from prodgen_sdk.checkpoints import published
from prodgen_sdk.checkpoints.random_weights import random_checkpoint, random_model, write_file


def unet() -> Any:
    """UNet2DConditionModel with 2,567,463,684 parameters."""
    return layouts.sdxl_unet(
        widths=(320, 640, 1280), heads=(5, 10, 20), layers=(1, 2, 10), words=2048, pooled=1280, time=256, latent=128
    )


def checkpoint(folder: Path, dtype: str) -> Path:
    """The folder of a StableDiffusionXLPipeline for pictures of 1024 pixels, 7 GB in half precision."""
    parts = {
        "vae": published.autoencoder,
        "text_encoder": published.clip_text,
        "text_encoder_2": published.clip_big_g,
        "tokenizer": published.clip_tokenizer(),
        "tokenizer_2": published.clip_tokenizer(),
        "unet": unet,
        "scheduler": layouts.sdxl_scheduler(),
    }
    return random_checkpoint(folder, "StableDiffusionXLPipeline", parts, dtype)


def controlnet(folder: Path, dtype: str) -> Path:
    """A ControlNet of 1,251 million parameters."""
    return random_model(folder, _controlnet, dtype)


def _controlnet() -> Any:
    from diffusers import ControlNetModel

    return ControlNetModel.from_unet(
        unet(), conditioning_embedding_out_channels=(16, 32, 96, 256), load_weights_from_unet=False
    )


def multi_view(file: Path, dtype: str) -> Path:
    """MV-Adapter's weights from a photo to views."""
    import torch

    from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter

    if not file.exists():
        with torch.device("meta"):
            layout = MultiViewAdapter(unet(), reference=True).layout()
        write_file(file, {name: tuple(value.shape) for name, value in layout.items()}, dtype)
    return file
