"""Families whose denoiser is a transformer: FLUX.1, Stable Diffusion 3.5, Qwen-Image and its editing kin, Z-Image, FLUX.2 klein,
SANA-Sprint. Sizes in GB are those of half precision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_diffusers.tiny import qwen_edit as small
from prodgen_sdk.checkpoints import published
from prodgen_sdk.checkpoints.random_weights import random_checkpoint, random_model


def flux_schnell(folder: Path, dtype: str) -> Path:
    """FLUX.1 [schnell]: a FluxPipeline, 34 GB."""
    import diffusers

    parts = {
        "transformer": lambda: published.flux_transformer(guidance=False),
        "text_encoder": published.clip_text,
        "text_encoder_2": t5(folder, dtype),
        "vae": published.flux_autoencoder,
        "tokenizer": published.clip_tokenizer(),
        "tokenizer_2": published.t5_tokenizer(),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0),
    }
    return random_checkpoint(folder, "FluxPipeline", parts, dtype)


def sd35_medium(folder: Path, dtype: str) -> Path:
    """Stable Diffusion 3.5 medium: a StableDiffusion3Pipeline, 16 GB."""
    import diffusers

    parts = {
        "transformer": sd35_transformer,
        "text_encoder": lambda: published.clip_text(projection=True),
        "text_encoder_2": published.clip_big_g,
        "text_encoder_3": t5(folder, dtype),
        "vae": lambda: published.autoencoder(16, scale=1.5305, shift=0.0609),
        "tokenizer": published.clip_tokenizer(),
        "tokenizer_2": published.clip_tokenizer(),
        "tokenizer_3": published.t5_tokenizer(),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    }
    return random_checkpoint(folder, "StableDiffusion3Pipeline", parts, dtype)


def sd35_transformer() -> Any:
    """MMDiT-X of 24 layers, the first 13 of which have a second attention."""
    from diffusers import SD3Transformer2DModel

    return SD3Transformer2DModel(
        sample_size=128,
        num_layers=24,
        num_attention_heads=24,
        caption_projection_dim=1536,
        pos_embed_max_size=384,
        dual_attention_layers=tuple(range(13)),
        qk_norm="rms_norm",
    )


def qwen_image(folder: Path, dtype: str) -> Path:
    """Qwen-Image: a QwenImagePipeline, 58 GB."""
    return random_checkpoint(folder, "QwenImagePipeline", _qwen_parts(folder, dtype), dtype)


def qwen_image_edit(folder: Path, dtype: str) -> Path:
    """Qwen-Image-Edit-2511: a QwenImageEditPlusPipeline, 58 GB."""
    from transformers import Qwen2VLImageProcessorPil

    from prodgen_diffusers.angles.processor import PhotoProcessor

    parts = _qwen_parts(folder, dtype)
    parts["processor"] = PhotoProcessor(Qwen2VLImageProcessorPil(), parts["tokenizer"])
    return small.with_published_processor(random_checkpoint(folder, "QwenImageEditPlusPipeline", parts, dtype))


def _qwen_parts(folder: Path, dtype: str) -> dict[str, Any]:
    import diffusers

    words = small.tokenizer()
    return {
        "transformer": random_model(_kept(folder, "qwen-image-transformer", dtype), qwen_transformer, dtype),
        "text_encoder": random_model(_kept(folder, "qwen2.5-vl-7b", dtype), lambda: qwen_vl(words), dtype),
        "vae": qwen_autoencoder,
        "tokenizer": words,
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    }


def qwen_vl(words: Any) -> Any:
    """Qwen2.5-VL-7B: 8,292,166,656 parameters."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": 152064,
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "bos_token_id": words.convert_tokens_to_ids("<|endoftext|>"),
            "eos_token_id": words.convert_tokens_to_ids("<|im_end|>"),
            "rope_parameters": {"rope_type": "default", "mrope_section": [16, 24, 24], "rope_theta": 1_000_000.0},
        },
        vision_config={
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "out_hidden_size": 3584,
            "fullatt_block_indexes": [7, 15, 23, 31],
        },
        tie_word_embeddings=False,
        **small.special_ids(words),
    )
    return Qwen2_5_VLForConditionalGeneration(config)


def z_image_turbo(folder: Path, dtype: str) -> Path:
    """Z-Image-Turbo: a ZImagePipeline of 6,154,908,736 parameters and Qwen3-4B, 20 GB."""
    import diffusers

    parts = {
        "transformer": z_image_transformer,
        "text_encoder": lambda: qwen3(causal=False),
        "tokenizer": small.chat_tokenizer(),
        "vae": published.flux_autoencoder,
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    }
    return random_checkpoint(folder, "ZImagePipeline", parts, dtype)


def z_image_transformer() -> Any:
    from diffusers import ZImageTransformer2DModel

    return ZImageTransformer2DModel()


def flux2_klein(folder: Path, dtype: str) -> Path:
    """FLUX.2 [klein] 4B: a Flux2KleinPipeline and Qwen3-4B, 16 GB."""
    import diffusers

    parts = {
        "transformer": flux2_transformer,
        "text_encoder": lambda: qwen3(causal=True),
        "tokenizer": small.chat_tokenizer(),
        "vae": flux2_autoencoder,
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    }
    return random_checkpoint(folder, "Flux2KleinPipeline", parts, dtype)


def flux2_transformer() -> Any:
    """That of FLUX.2 [klein] 4B: 3,875,544,576 parameters."""
    from diffusers import Flux2Transformer2DModel

    return Flux2Transformer2DModel(
        num_layers=5, num_single_layers=20, num_attention_heads=24, joint_attention_dim=7680, guidance_embeds=False
    )


def flux2_autoencoder() -> Any:
    from diffusers import AutoencoderKLFlux2

    return AutoencoderKLFlux2()


def qwen3(*, causal: bool) -> Any:
    """Qwen3-4B, with its head for the next word or without: 4,022,468,096 parameters."""
    from transformers import Qwen3Config, Qwen3ForCausalLM, Qwen3Model

    config = Qwen3Config(
        vocab_size=151936,
        hidden_size=2560,
        intermediate_size=9728,
        num_hidden_layers=36,
        num_attention_heads=32,
        num_key_value_heads=8,
        head_dim=128,
        tie_word_embeddings=True,
    )
    return (Qwen3ForCausalLM if causal else Qwen3Model)(config)


def angles_lora(file: Path, dtype: str) -> Path:
    """A LoRA of rank 16 on the attention of Qwen-Image, in the layout of PEFT."""
    return small.angles_lora(file, rank=16, build=qwen_transformer, dtype=dtype)


def qwen_transformer() -> Any:
    """60 blocks: 20,430,401,088 parameters."""
    from diffusers import QwenImageTransformer2DModel

    return QwenImageTransformer2DModel()


def qwen_autoencoder() -> Any:
    from diffusers import AutoencoderKLQwenImage

    return AutoencoderKLQwenImage()


def t5(folder: Path, dtype: str) -> Path:
    """T5 XXL's encoder beside `folder`, which several families share."""
    return random_model(_kept(folder, "t5-xxl", dtype), published.t5_xxl, dtype)


def _kept(folder: Path, name: str, dtype: str) -> Path:
    return folder.parent / f"{name}-{dtype}"
