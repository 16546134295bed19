"""Stable Diffusion XL with its three levels, tiny; a ControlNet, an IP-Adapter and a MV-Adapter for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_diffusers.pipelines import layouts
from prodgen_diffusers.tiny.clip import image_tower, text_tower
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.checkpoints.published import clip_tokenizer

WIDTHS = (8, 16, 32)
SIZE = 64


def unet(*, seed: int = 0, in_channels: int = 4) -> Any:
    """UNet2DConditionModel with the blocks of SDXL: no attention at full size, then one and two layers of it."""
    import torch

    torch.manual_seed(seed)
    return layouts.sdxl_unet(
        widths=WIDTHS,
        heads=(1, 2, 4),
        layers=(1, 1, 2),
        words=64,
        pooled=32,
        time=8,
        latent=SIZE // 8,
        groups=4,
        channels=in_channels,
    ).eval()


def vae(*, seed: int = 0) -> Any:
    """AutoencoderKL that makes an eighth of a picture's edge, as SDXL's does."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=SIZE,
        force_upcast=False,
    ).eval()


def pipeline(*, seed: int = 0) -> Any:
    """A StableDiffusionXLPipeline for pictures of 64 pixels."""
    import diffusers

    return diffusers.StableDiffusionXLPipeline(
        vae=vae(seed=seed),
        text_encoder=text_tower(seed=seed),
        text_encoder_2=text_tower(projection=True, seed=seed + 1),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=unet(seed=seed),
        scheduler=layouts.sdxl_scheduler(),
        add_watermarker=False,
    )


@collected_messages()
def sdxl(folder: Path, *, seed: int = 0) -> Path:
    """The folder of such a pipeline."""
    pipeline(seed=seed).save_pretrained(folder)
    return folder


def multi_view(file: Path, *, reference: bool, seed: int = 0) -> Path:
    """A file of MV-Adapter's weights for this UNet, in the released layout."""
    import torch
    from safetensors.torch import save_file

    from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter

    torch.manual_seed(seed + 7)
    adapter = MultiViewAdapter(unet(seed=seed), reference=reference)
    save_file({name: value.contiguous() for name, value in adapter.layout().items()}, str(file))
    return file


@collected_messages()
def controlnet(folder: Path, *, seed: int = 0) -> Path:
    """A ControlNet for this UNet whose output layers are not zero, so that its picture counts."""
    import torch
    from diffusers import ControlNetModel

    model = ControlNetModel.from_unet(unet(seed=seed), conditioning_embedding_out_channels=(8, 8, 8, 8))
    torch.manual_seed(seed + 3)
    for layer in (*model.controlnet_down_blocks, model.controlnet_mid_block, model.controlnet_cond_embedding.conv_out):
        torch.nn.init.normal_(layer.weight, std=3.0)
    model.save_pretrained(folder)
    return folder


@collected_messages()
def ip_adapter(folder: Path, *, seed: int = 0) -> Path:
    """A folder with an IP-Adapter for this UNet and its picture tower: `ip-adapter.safetensors`, `image_encoder/`."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed + 5)
    net = unet(seed=seed)
    cross = net.config.cross_attention_dim
    state = {
        "image_proj.proj.weight": torch.randn(4 * cross, 32) / 8,
        "image_proj.proj.bias": torch.zeros(4 * cross),
        "image_proj.norm.weight": torch.ones(cross),
        "image_proj.norm.bias": torch.zeros(cross),
    }
    layers = [name for name in net.attn_processors if name.endswith("attn2.processor")]
    for place, name in enumerate(layers):
        width = net.get_submodule(name.removesuffix(".processor")).query_dim
        for part in ("k", "v"):
            state[f"ip_adapter.{2 * place + 1}.to_{part}_ip.weight"] = torch.randn(width, cross) / 8
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, str(folder / "ip-adapter.safetensors"))
    image_tower(seed=seed).save_pretrained(folder / "image_encoder")
    return folder
