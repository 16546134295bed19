"""Parts that checkpoints of several families share, of their published sizes: built for `random_weights`, on torch's `meta` device.

The numbers are those of the configurations on the hub (google/t5-v1_1-xxl, openai/clip-vit-large-patch14, black-forest-labs/FLUX.1).
The tokenisers have a token per letter, since words without meaning need no vocabulary; padding makes the lengths the true ones.
"""

from __future__ import annotations

from typing import Any

CLIP_VOCABULARY = 49408


def byte_letters() -> list[str]:
    """The 256 characters that stand for bytes in GPT-2's, CLIP's and Qwen's byte-level BPE."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, spare = [], 256
    for byte in range(256):
        letters.append(chr(byte) if byte in printable else chr(spare))
        spare += byte not in printable
    return letters


def clip_tokenizer() -> Any:
    """CLIP's byte-level BPE without merges: a token per letter, 77 at most."""
    from transformers import CLIPTokenizer

    letters = byte_letters()
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={piece: place for place, piece in enumerate(pieces)}, merges=[], model_max_length=77)


def t5_tokenizer(most: int = 512) -> Any:
    """T5's Unigram tokeniser of single letters, `most` tokens at most."""
    from transformers import T5TokenizerFast

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(chr(code), -3.0) for code in range(33, 127)]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=most)


def clip_text(
    width: int = 768, inner: int = 3072, layers: int = 12, heads: int = 12, activation: str = "quick_gelu", *, projection: bool = False
) -> Any:  # fmt: skip
    """The text tower of CLIP ViT-L/14, or of another size; with `projection` a CLIPTextModelWithProjection."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    words = clip_tokenizer()
    config = CLIPTextConfig(
        vocab_size=CLIP_VOCABULARY,
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
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def clip_big_g() -> Any:
    """The text tower of OpenCLIP ViT-bigG/14, with its projection."""
    return clip_text(1280, 5120, 32, 20, "gelu", projection=True)


def t5_xxl() -> Any:
    """The encoder of T5 v1.1 XXL: 4,762,310,656 parameters."""
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(
        T5Config(
            vocab_size=32128,
            d_model=4096,
            d_kv=64,
            d_ff=10240,
            num_layers=24,
            num_heads=64,
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=False,
        )
    )


def autoencoder(channels: int = 4, *, size: int = 1024, scale: float = 0.13025, shift: float | None = None) -> Any:
    """AutoencoderKL of Stable Diffusion's widths, for latents of 4 channels (SDXL) or 16 (SD3, FLUX.1: no quantising layers)."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=channels,
        sample_size=size,
        scaling_factor=scale,
        shift_factor=shift,
        use_quant_conv=channels == 4,
        use_post_quant_conv=channels == 4,
    )


def flux_autoencoder() -> Any:
    """That of FLUX.1."""
    return autoencoder(16, scale=0.3611, shift=0.1159)


def flux_transformer(*, guidance: bool = True, channels: int = 64) -> Any:
    """FLUX.1's transformer: 11,901,408,320 parameters with guidance embedded (dev); 384 channels in for Fill."""
    from diffusers import FluxTransformer2DModel

    return FluxTransformer2DModel(guidance_embeds=guidance, in_channels=channels, out_channels=64)
