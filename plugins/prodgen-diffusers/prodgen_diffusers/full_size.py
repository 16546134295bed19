"""Stable Diffusion XL at its true size with random weights: what a call costs on a GPU can be measured without a download.

The numbers of layers and channels are those of the published configurations (stabilityai/stable-diffusion-xl-base-1.0,
diffusers/controlnet-depth-sdxl-1.0, huanngzh/mv-adapter). The pictures mean nothing; time and memory do not depend on weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prodgen_diffusers.tiny.clip import tokenizer

VOCABULARY = 49408
NAMES = ("text", "image", "background", "mv_adapter", "control")


def section(name: str, folder: Path, device: str, dtype: str) -> dict[str, Any]:
    """The section `[plugins.diffusers.<name>]`; the checkpoints are built in `folder` where they are missing, 7 to 10 GB.

    Args:
        name: text, image, background, mv_adapter or control.
        device, dtype: where the weights are drawn, and what they are stored in.
    """

    def once(part: str, build: Callable[[Path], Any]) -> str:
        path = folder / part
        if not path.exists():
            with _created_on(device, dtype):
                build(path)
        return str(path)

    base = once("sdxl", sdxl)
    if name == "mv_adapter":
        weights = once("mvadapter_i2mv_sdxl.safetensors", multi_view)
        return {"model": base, "image_weights": {"model": weights}, "size": 768, "batch": 12}
    if name == "control":
        return {"model": base, "controls": [{"kind": "depth", "model": once("depth", controlnet)}], "geometry": "render/parametric"}  # fmt: skip
    return {"model": base}


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
    ).eval()


def sdxl(folder: Path) -> Path:
    """The folder of a StableDiffusionXLPipeline for pictures of 1024 pixels."""
    import diffusers

    vae = diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        sample_size=1024,
        scaling_factor=0.13025,
    ).eval()
    diffusers.StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=_text_tower(768, 3072, 12, 12, "quick_gelu"),
        text_encoder_2=_text_tower(1280, 5120, 32, 20, "gelu", projection=True),
        tokenizer=tokenizer(),
        tokenizer_2=tokenizer(),
        unet=unet(),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            timestep_spacing="leading",
        ),
        add_watermarker=False,
    ).save_pretrained(folder)
    return folder


def controlnet(folder: Path) -> Path:
    """A ControlNet of 1,251 million parameters."""
    from diffusers import ControlNetModel

    ControlNetModel.from_unet(unet(), conditioning_embedding_out_channels=(16, 32, 96, 256)).save_pretrained(folder)
    return folder


def multi_view(file: Path) -> Path:
    """MV-Adapter's weights from a photo to views."""
    from safetensors.torch import save_file

    from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter

    layout = MultiViewAdapter(unet(), reference=True).layout()
    save_file({name: value.contiguous() for name, value in layout.items()}, str(file))
    return file


def _text_tower(width: int, inner: int, layers: int, heads: int, activation: str, *, projection: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    words = tokenizer()
    config = CLIPTextConfig(
        vocab_size=VOCABULARY,
        hidden_size=width,
        projection_dim=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        hidden_act=activation,
        max_position_embeddings=77,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


@contextmanager
def _created_on(device: str, dtype: str) -> Iterator[None]:
    """New layers are on the device and of the dtype at once: drawing billions of numbers on a CPU takes minutes."""
    import torch

    before = torch.get_default_dtype()
    torch.manual_seed(0)
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)
