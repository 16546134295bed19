"""Tiny checkpoints with random weights, of the true classes, written to a folder as `save_pretrained` of a user would.

Each builder takes the folder to write to and returns it. Pictures are 32 pixels (16 for SDXL's parts to stay small), two
layers deep, so that a call takes a fraction of a second on one core.
"""

from pathlib import Path

WORDS = ("a", "of", "on", "photo", "product", "mug", "red", "blue", "white", "view", "front", "studio")


def clip_tokenizer():
    """CLIP's byte-level BPE without merges: one token a letter, 77 at most."""
    from transformers import CLIPTokenizer

    letters = [*(chr(code) for code in range(33, 127)), *(chr(code) for code in range(161, 256) if code != 173)]
    letters += [chr(256 + place) for place in range(256 - len(letters))]
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def clip_text(hidden=32, *, projection=False, seed=0):
    """A text tower of CLIP: two layers."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(seed)
    tokenizer = clip_tokenizer()
    settings = CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=hidden, projection_dim=hidden, intermediate_size=37, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=77, bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, hidden_act="gelu",
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(settings).eval()


def vae(channels=(16, 32), *, latent=4, seed=0):
    """AutoencoderKL that halves once a further entry of `channels`."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=channels, down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels), latent_channels=latent, norm_num_groups=8, layers_per_block=1,
        sample_size=32,
    ).eval()  # fmt: skip


def sd15(folder: Path, *, scheduler: str = "DDIMScheduler", seed: int = 0, in_channels: int = 4) -> Path:
    """Stable Diffusion 1.5: CLIP, UNet2DConditionModel at 16x16 latents (pictures of 32), AutoencoderKL, no safety checker."""
    import diffusers
    import torch

    torch.manual_seed(seed)
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(16, 32), layers_per_block=1, sample_size=16, in_channels=in_channels, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32, attention_head_dim=4, norm_num_groups=8,
    )  # fmt: skip
    name = "StableDiffusionPipeline" if in_channels == 4 else "StableDiffusionInpaintPipeline"
    pipe = getattr(diffusers, name)(
        vae=vae(seed=seed), text_encoder=clip_text(seed=seed), tokenizer=clip_tokenizer(), unet=unet,
        scheduler=getattr(diffusers, scheduler)(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", **_not_clipped(scheduler)
        ),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    return folder


def _not_clipped(scheduler: str) -> dict[str, int]:
    return {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1} if scheduler == "DDIMScheduler" else {}


def sdxl(folder: Path, *, seed: int = 0) -> Path:
    """Stable Diffusion XL: two text towers, UNet with added time and text embeddings, Euler; pictures of 32."""
    import diffusers
    import torch

    torch.manual_seed(seed)
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(16, 32), layers_per_block=1, sample_size=16, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=6 * 8 + 32, cross_attention_dim=64,
        norm_num_groups=8,
    )  # fmt: skip
    pipe = diffusers.StableDiffusionXLPipeline(
        vae=vae(seed=seed), text_encoder=clip_text(seed=seed), text_encoder_2=clip_text(projection=True, seed=seed + 1),
        tokenizer=clip_tokenizer(), tokenizer_2=clip_tokenizer(), unet=unet,
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, timestep_spacing="leading"
        ),
        add_watermarker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    return folder
