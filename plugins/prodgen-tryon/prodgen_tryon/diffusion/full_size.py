"""CatVTON over Stable Diffusion 1.5 at its true size with random weights: time and memory do not depend on the weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_tryon.diffusion.tiny import attention_tensors, ddim


def unet() -> Any:
    """The inpainting UNet of Stable Diffusion 1.5: 859,535,364 parameters, 9 channels in."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=64, in_channels=9, cross_attention_dim=768, attention_head_dim=8, block_out_channels=(320, 640, 1280, 1280)
    ).eval()  # fmt: skip


def catvton(folder: Path, device: str, dtype: str) -> Path:
    """`base` with unet, vae and scheduler, and `attention/model.safetensors` with 49,574,080 parameters; 2 GB in half precision.

    Args:
        device, dtype: where the weights are drawn, and what they are stored in.
    """
    import torch
    from diffusers import AutoencoderKL
    from safetensors.torch import save_file

    before = torch.get_default_dtype()
    torch.manual_seed(0)
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device):
            network = unet()
            network.save_pretrained(folder / "base" / "unet")
            AutoencoderKL(
                block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
                up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, sample_size=512,
            ).eval().save_pretrained(folder / "base" / "vae")  # fmt: skip
    finally:
        torch.set_default_dtype(before)
    ddim().save_pretrained(folder / "base" / "scheduler")
    (folder / "attention").mkdir()
    save_file(attention_tensors(network), folder / "attention" / "model.safetensors")
    return folder
