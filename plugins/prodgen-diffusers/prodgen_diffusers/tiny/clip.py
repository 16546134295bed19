"""CLIP's towers, tiny."""

from __future__ import annotations

from typing import Any

from prodgen_sdk.checkpoints.published import clip_tokenizer


def text_tower(width: int = 32, *, projection: bool = False, seed: int = 0) -> Any:
    """CLIPTextModel, or CLIPTextModelWithProjection: two layers."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(seed)
    words = clip_tokenizer()
    config = CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=width,
        projection_dim=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def image_tower(width: int = 32, *, seed: int = 0) -> Any:
    """CLIPVisionModelWithProjection for pictures of 32 pixels."""
    import torch
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(seed)
    config = CLIPVisionConfig(
        hidden_size=width,
        projection_dim=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
    )
    return CLIPVisionModelWithProjection(config).eval()
