"""What is the same of a family's checkpoints at any size: the kinds of blocks, and how noise is scheduled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def sdxl_unet(
    *,
    widths: Sequence[int],
    heads: Sequence[int],
    layers: Sequence[int],
    words: int,
    pooled: int,
    time: int,
    latent: int,
    groups: int = 32,
    channels: int = 4,
) -> Any:
    """The UNet2DConditionModel of Stable Diffusion XL: no attention at the first of its three levels.

    Args:
        widths, heads, layers: channels, attention heads and transformer layers of each level.
        words: channels of the text towers together.
        pooled: of the second tower's pooled words.
        time: channels of each of the six numbers on size and crop.
        latent: edge in latent pixels.
        groups: of the group norms.
        channels: of its input: 9 for inpainting.
    """
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=latent,
        in_channels=channels,
        out_channels=4,
        block_out_channels=tuple(widths),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=2,
        transformer_layers_per_block=tuple(layers),
        attention_head_dim=tuple(heads),
        cross_attention_dim=words,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=time,
        projection_class_embeddings_input_dim=6 * time + pooled,
        norm_num_groups=groups,
    )


def sdxl_scheduler() -> Any:
    """Euler's, as the base model has it."""
    from diffusers import EulerDiscreteScheduler

    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        steps_offset=1,
        timestep_spacing="leading",
    )
