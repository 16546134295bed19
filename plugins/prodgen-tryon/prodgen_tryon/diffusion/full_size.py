"""The compositors' networks at their published sizes with random weights: time and memory do not depend on the weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints import published
from prodgen_sdk.checkpoints.random_weights import random_checkpoint, random_model, write_file
from prodgen_tryon.diffusion.tiny import CLOTHES, attention_tensors, ddim
from prodgen_tryon.diffusion.vitpose import JOINTS


def section(name: str, folder: Path, dtype: str) -> dict[str, Any] | None:
    """The section `[plugins.tryon.<name>]`, or None where there are no random weights; they are built in `folder` where missing.

    Args:
        name: catvton, flux_fill, hf_inpaint, hybrid, segformer, vitpose or fashn.
        dtype: what the weights are stored in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if name == "catvton":
        base, attention = catvton(folder, dtype)
        return {"base": {"model": str(base)}, "attention": {"model": str(attention)}}
    if name == "flux_fill":
        base, transformer = flux_fill(folder, dtype)
        return {"base": {"model": str(base)}, "transformer": {"model": str(transformer)}}
    if name in ("hf_inpaint", "hybrid"):
        return {"base": {"model": str(inpaint(folder, dtype))}}
    if name == "segformer":
        return {"model": str(random_model(folder / f"segformer-b2-{dtype}", segformer, dtype))}
    if name == "vitpose":
        return {"model": str(random_model(folder / f"vitpose-base-{dtype}", vitpose, dtype))}
    return None


def unet() -> Any:
    """The inpainting UNet of Stable Diffusion 1.5: 859,535,364 parameters, 9 channels in."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=64, in_channels=9, cross_attention_dim=768, attention_head_dim=8, block_out_channels=(320, 640, 1280, 1280)
    )  # fmt: skip


def catvton(folder: Path, dtype: str) -> tuple[Path, Path]:
    """Stable Diffusion 1.5 for inpainting, and CatVTON's file of 49,574,080 parameters; 2 GB in half precision."""
    import torch

    attention = folder / f"catvton-attention-{dtype}.safetensors"
    if not attention.exists():
        with torch.device("meta"):
            shapes = {name: tuple(value.shape) for name, value in attention_tensors(unet()).items()}
        write_file(attention, shapes, dtype)
    return inpaint(folder, dtype), attention


def inpaint(folder: Path, dtype: str) -> Path:
    """A StableDiffusionInpaintPipeline without a safety checker; 2 GB in half precision."""
    parts = {
        "unet": unet,
        "vae": lambda: published.autoencoder(size=512, scale=0.18215),
        "text_encoder": published.clip_text,
        "tokenizer": published.clip_tokenizer(),
        "scheduler": ddim(),
        "safety_checker": None,
        "feature_extractor": None,
    }
    return random_checkpoint(folder / f"sd15-inpaint-{dtype}", "StableDiffusionInpaintPipeline", parts, dtype)


def flux_fill(folder: Path, dtype: str) -> tuple[Path, Path]:
    """FLUX.1 Fill without its transformer, and a transformer of 11,902,391,360 parameters; 34 GB in half precision."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    transformer = random_model(folder / f"flux-fill-{dtype}", lambda: published.flux_transformer(channels=384), dtype)
    parts = {
        "text_encoder": published.clip_text,
        "text_encoder_2": random_model(folder / f"t5-xxl-{dtype}", published.t5_xxl, dtype),
        "vae": published.flux_autoencoder,
        "tokenizer": published.clip_tokenizer(),
        "tokenizer_2": published.t5_tokenizer(),
        "scheduler": FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        "transformer": transformer,
    }
    return random_checkpoint(folder / f"flux-fill-base-{dtype}", "FluxFillPipeline", parts, dtype), transformer


def segformer() -> Any:
    """SegFormer B2 for 18 classes of clothes: 27 million parameters."""
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    return SegformerForSemanticSegmentation(
        SegformerConfig(
            depths=[3, 4, 6, 3], hidden_sizes=[64, 128, 320, 512], decoder_hidden_size=768, id2label=dict(enumerate(CLOTHES)),
            label2id={name: number for number, name in enumerate(CLOTHES)},
        )
    )  # fmt: skip


def vitpose() -> Any:
    """ViTPose Base with its simple decoder for COCO's 17 joints: 86 million parameters."""
    from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation

    joints = dict(enumerate(JOINTS))
    backbone = VitPoseBackboneConfig(out_indices=[12], part_features=0)
    return VitPoseForPoseEstimation(
        VitPoseConfig(backbone_config=backbone, id2label=joints, label2id={name: number for number, name in joints.items()})
    )  # fmt: skip
