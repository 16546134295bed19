"""Qwen-Image-Edit-Plus, tiny: Qwen2.5-VL, a double-stream transformer and the causal video VAE; a LoRA for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.checkpoints.published import byte_letters

_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")  # fmt: skip


def tokenizer() -> Any:
    """Qwen's byte-level BPE without merges: a token a byte."""
    from transformers import Qwen2Tokenizer

    pieces = [*byte_letters(), *_SPECIAL]
    words = Qwen2Tokenizer(vocab={piece: place for place, piece in enumerate(pieces)}, merges=[])
    words.add_special_tokens({"additional_special_tokens": list(_SPECIAL)})
    return words


def chat_tokenizer() -> Any:
    """The same with Qwen3's template of a chat."""
    words = tokenizer()
    words.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return words


def vision_language(words: Any, *, seed: int = 0) -> Any:
    """Qwen2_5_VLForConditionalGeneration with two layers on each side."""
    import torch
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(seed)
    width = 16
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(words),
            "hidden_size": width,
            "intermediate_size": width,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "bos_token_id": words.convert_tokens_to_ids("<|endoftext|>"),
            "eos_token_id": words.convert_tokens_to_ids("<|im_end|>"),
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1_000_000.0},
        },
        vision_config={
            "depth": 2,
            "hidden_size": width,
            "intermediate_size": width,
            "num_heads": 2,
            "out_hidden_size": width,
        },
        **special_ids(words),
    )
    return Qwen2_5_VLForConditionalGeneration(config).eval()


def special_ids(words: Any) -> dict[str, int]:
    """The tokens around and in the place of pictures, as Qwen2_5_VLConfig names them."""
    names = ("image_pad", "video_pad", "vision_start", "vision_end")
    keys = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
    return {key: words.convert_tokens_to_ids(f"<|{name}|>") for key, name in zip(keys, names, strict=True)}


def transformer(*, seed: int = 0) -> Any:
    """QwenImageTransformer2DModel: two blocks."""
    import torch
    from diffusers import QwenImageTransformer2DModel

    torch.manual_seed(seed)
    return QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    ).eval()


def vae(*, seed: int = 0) -> Any:
    """AutoencoderKLQwenImage that makes an eighth of a picture's edge."""
    import torch
    from diffusers import AutoencoderKLQwenImage

    torch.manual_seed(seed)
    return AutoencoderKLQwenImage(
        base_dim=4,
        z_dim=4,
        dim_mult=[1, 1, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    ).eval()


@collected_messages()
def qwen_edit(folder: Path, *, seed: int = 0) -> Path:
    """The folder of a QwenImageEditPlusPipeline."""
    import diffusers
    from transformers import Qwen2VLImageProcessorPil

    from prodgen_diffusers.angles.processor import PhotoProcessor

    words = tokenizer()
    processor = PhotoProcessor(Qwen2VLImageProcessorPil(), words)
    diffusers.QwenImageEditPlusPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0, use_dynamic_shifting=True),
        vae=vae(seed=seed),
        text_encoder=vision_language(words, seed=seed),
        tokenizer=words,
        processor=processor,
        transformer=transformer(seed=seed),
    ).save_pretrained(folder)
    return with_published_processor(folder)


def with_published_processor(folder: Path) -> Path:
    """Names the processor's class in `model_index.json` as published checkpoints do."""
    index = folder / "model_index.json"
    named = json.loads(index.read_text()) | {"processor": ["transformers", "Qwen2VLProcessor"]}
    index.write_text(json.dumps(named, indent=2))
    return folder


@contextmanager
def small_pictures() -> Iterator[None]:
    """The pipeline scales what it is given to 384 and 1024 pixels, whatever the model; within this context to 56 and 64."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as module

    kept = module.CONDITION_IMAGE_SIZE, module.VAE_IMAGE_SIZE
    module.CONDITION_IMAGE_SIZE, module.VAE_IMAGE_SIZE = 56 * 56, 64 * 64
    try:
        yield
    finally:
        module.CONDITION_IMAGE_SIZE, module.VAE_IMAGE_SIZE = kept


def angles_lora(
    file: Path, *, rank: int = 2, seed: int = 0, build: Callable[[], Any] = transformer, dtype: str = "float32"
) -> Path:
    """A LoRA on the attention of a transformer, as a rule of that above, in the layout of PEFT.

    Args:
        build: makes the transformer; only its shapes count.
    """
    import torch
    from diffusers import QwenImageEditPlusPipeline
    from peft import LoraConfig, get_peft_model_state_dict

    with torch.device("meta"):
        net = build()
        net.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=["to_q", "to_k", "to_v", "to_out.0"]))
    rng = torch.Generator().manual_seed(seed + 11)
    layers = {
        name: (torch.randn(value.shape, generator=rng) * (0.5 if "lora_B" in name else value.shape[1] ** -0.5)).to(getattr(torch, dtype))
        for name, value in get_peft_model_state_dict(net).items()
    }  # fmt: skip
    QwenImageEditPlusPipeline.save_lora_weights(file.parent, transformer_lora_layers=layers, weight_name=file.name)
    return file
