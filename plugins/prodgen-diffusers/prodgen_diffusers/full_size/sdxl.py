"""Stable Diffusion XL, a ControlNet and MV-Adapter for it (stabilityai/stable-diffusion-xl-base-1.0,
diffusers/controlnet-depth-sdxl-1.0, huanngzh/mv-adapter).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints import published
from prodgen_sdk.checkpoints.random_weights import random_checkpoint, random_model, write_file


def unet() -> Any:
    """UNet2DConditionModel with 2,567,463,684 parameters."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=128,
        block_out_channels=(320, 640, 1280),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    )


def checkpoint(folder: Path, dtype: str) -> Path:
    """The folder of a StableDiffusionXLPipeline for pictures of 1024 pixels, 7 GB in half precision."""
    import diffusers

    parts = {
        "vae": published.autoencoder,
        "text_encoder": published.clip_text,
        "text_encoder_2": published.clip_big_g,
        "tokenizer": published.clip_tokenizer(),
        "tokenizer_2": published.clip_tokenizer(),
        "unet": unet,
        "scheduler": diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            timestep_spacing="leading",
        ),
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
