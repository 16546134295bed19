"""CLIP's towers and tokeniser, tiny."""

from __future__ import annotations

from typing import Any


def byte_letters() -> list[str]:
    """The 256 characters that stand for bytes in GPT-2's, CLIP's and Qwen's byte-level BPE."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, spare = [], 256
    for byte in range(256):
        letters.append(chr(byte) if byte in printable else chr(spare))
        spare += byte not in printable
    return letters


def tokenizer() -> Any:
    """CLIP's byte-level BPE without merges: a token a letter, 77 at most."""
    from transformers import CLIPTokenizer

    letters = byte_letters()
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={piece: place for place, piece in enumerate(pieces)}, merges=[], model_max_length=77)


def text_tower(width: int = 32, *, projection: bool = False, seed: int = 0) -> Any:
    """CLIPTextModel, or CLIPTextModelWithProjection: two layers."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(seed)
    words = tokenizer()
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
