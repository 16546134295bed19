"""Tiny checkpoints with random weights, of the true classes, written to folders as a user would have them.

Every path can be run, and measured, without a download; the pictures mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.published import clip_tokenizer, t5_tokenizer


def vae(*, shift: float | None = None, seed: int = 0) -> Any:
    """AutoencoderKL that halves once."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(16, 32), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4, norm_num_groups=8, layers_per_block=1, sample_size=32, shift_factor=shift,
    ).eval()  # fmt: skip


def unet(*, channels: int = 9, seed: int = 0) -> Any:
    """The inpainting UNet's shape in small: self-attentions of 16 channels down and up, of 32 in the middle."""
    import torch
    from diffusers import UNet2DConditionModel

    torch.manual_seed(seed)
    return UNet2DConditionModel(
        block_out_channels=(16, 32), layers_per_block=1, sample_size=16, in_channels=channels, out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=32, attention_head_dim=4, norm_num_groups=8,
    ).eval()  # fmt: skip


def ddim() -> Any:
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
    )  # fmt: skip


def attention_tensors(model: Any) -> dict[str, Any]:
    """The self-attentions as accelerate saves a ModuleList of every module whose name contains attn1: shared tensors once."""
    blocks = [module for name, module in model.named_modules() if "attn1" in name]
    seen: set[int] = set()
    tensors: dict[str, Any] = {}
    for number, block in enumerate(blocks):
        for name, value in block.state_dict(keep_vars=True).items():
            if id(value) not in seen:
                seen.add(id(value))
                tensors[f"{number}.{name}"] = value.detach().clone()
    return tensors


def catvton(folder: Path) -> Path:
    """`base` with unet, vae and scheduler, another decoder in `vae`, and `attention/model.safetensors`."""
    from safetensors.torch import save_file

    unet().save_pretrained(folder / "base" / "unet")
    vae().save_pretrained(folder / "base" / "vae")
    ddim().save_pretrained(folder / "base" / "scheduler")
    vae(seed=5).save_pretrained(folder / "vae")
    (folder / "attention").mkdir(parents=True)
    save_file(attention_tensors(unet(seed=9)), folder / "attention" / "model.safetensors")
    return folder


def clip_text(*, seed: int = 0) -> Any:
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(seed)
    words = clip_tokenizer()
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words), hidden_size=32, projection_dim=32, intermediate_size=37, num_hidden_layers=2,
            num_attention_heads=4, max_position_embeddings=77, bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    ).eval()  # fmt: skip


def inpaint(folder: Path) -> Path:
    """Stable Diffusion 1.5 for inpainting, without a safety checker."""
    from diffusers import StableDiffusionInpaintPipeline

    StableDiffusionInpaintPipeline(
        vae=vae(), text_encoder=clip_text(), tokenizer=clip_tokenizer(), unet=unet(), scheduler=ddim(), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def adapter(folder: Path) -> Path:
    """An IP-Adapter for `unet` in `adapter.safetensors`, and its CLIP tower in `encoder`."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(3)
    CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16, projection_dim=24, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8
        )
    ).save_pretrained(folder / "encoder")  # fmt: skip
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * 32, 24) * 0.1, "image_proj.proj.bias": torch.zeros(4 * 32),
        "image_proj.norm.weight": torch.ones(32), "image_proj.norm.bias": torch.zeros(32),
    }  # fmt: skip
    model, number = unet(), 1
    for name in model.attn_processors:
        if "attn2" not in name:
            continue
        edge = 32 if name.startswith("mid") else 16
        for part in ("to_k_ip", "to_v_ip"):
            tensors[f"ip_adapter.{number}.{part}.weight"] = torch.randn(edge, 32) * 0.3
        number += 2
    save_file(tensors, folder / "adapter.safetensors")
    return folder


def flux_fill(folder: Path) -> Path:
    """FLUX.1 Fill in `base`, and a transformer of other weights in `transformer`."""
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxFillPipeline

    FluxFillPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0), vae=vae(shift=0.1), text_encoder=clip_text(),
        tokenizer=clip_tokenizer(), text_encoder_2=t5_encoder(), tokenizer_2=t5_tokenizer(64), transformer=flux_fill_transformer(1),
    ).save_pretrained(folder / "base")  # fmt: skip
    flux_fill_transformer(2).save_pretrained(folder / "transformer")
    return folder


def t5_encoder() -> Any:
    import torch
    from transformers import T5Config, T5EncoderModel

    torch.manual_seed(1)
    vocabulary = len(t5_tokenizer(64))
    return T5EncoderModel(
        T5Config(vocab_size=vocabulary, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    ).eval()


def flux_fill_transformer(seed: int) -> Any:
    import torch
    from diffusers import FluxTransformer2DModel

    torch.manual_seed(seed)
    return FluxTransformer2DModel(
        patch_size=1, in_channels=48, out_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
    ).eval()  # fmt: skip


CLOTHES = (
    "Background", "Hat", "Hair", "Sunglasses", "Upper-clothes", "Skirt", "Pants", "Dress", "Belt", "Left-shoe", "Right-shoe", "Face",
    "Left-leg", "Right-leg", "Left-arm", "Right-arm", "Bag", "Scarf",
)  # fmt: skip


def segformer(folder: Path, labels: Sequence[str] = CLOTHES) -> Path:
    import torch
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    torch.manual_seed(2)
    SegformerForSemanticSegmentation(
        SegformerConfig(
            num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[16, 16], patch_sizes=[7, 3], strides=[4, 2],
            num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16, id2label=dict(enumerate(labels)),
            label2id={name: number for number, name in enumerate(labels)},
        )
    ).save_pretrained(folder)  # fmt: skip
    return folder


def vitpose(folder: Path, joints: int = 17, size: Sequence[int] = (64, 48)) -> Path:
    import torch
    from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation

    torch.manual_seed(3)
    backbone = VitPoseBackboneConfig(
        image_size=list(size), patch_size=[16, 16], hidden_size=16, num_hidden_layers=2, num_attention_heads=2, out_indices=[2],
    )  # fmt: skip
    names = {number: f"joint-{number}" for number in range(joints)}
    VitPoseForPoseEstimation(VitPoseConfig(backbone_config=backbone, id2label=names)).save_pretrained(folder)
    return folder
