"""Tiny checkpoints with random weights, of the true classes, written to a folder as `save_pretrained` of a user would.
They stand beside those of `prodgen_diffusers.tiny`, which the package needs itself, and share their towers and tokenisers.

Each builder takes the folder to write to and returns it. Pictures are 32 pixels, two layers deep, so that a call takes a
fraction of a second on one core.
"""

from pathlib import Path

from prodgen_diffusers.tiny import qwen_edit
from prodgen_diffusers.tiny.clip import text_tower as clip_text
from prodgen_diffusers.tiny.sdxl import sdxl  # noqa: F401

from prodgen_sdk.checkpoints.published import clip_tokenizer, t5_tokenizer


def vae(channels=(16, 32), *, latent=4, shift=None, seed=0):
    """AutoencoderKL that halves once a further entry of `channels`."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=channels, down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels), latent_channels=latent, norm_num_groups=8, layers_per_block=1,
        sample_size=32, shift_factor=shift,
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


def t5(*, seed=0):
    """T5's encoder, two layers, and its Unigram tokenizer of single letters."""
    import torch
    from transformers import T5Config, T5EncoderModel

    tokenizer = t5_tokenizer(64)
    torch.manual_seed(seed)
    settings = T5Config(vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return T5EncoderModel(settings).eval(), tokenizer


def qwen3(*, causal, layers=4, seed=0):
    """Qwen3's language model and its byte-level tokenizer with a template of a chat."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM, Qwen3Model

    words = qwen_edit.chat_tokenizer()
    torch.manual_seed(seed)
    settings = Qwen3Config(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=layers, num_attention_heads=2,
        num_key_value_heads=2, head_dim=8,
    )  # fmt: skip
    return (Qwen3ForCausalLM if causal else Qwen3Model)(settings).eval(), words


def flow():
    import diffusers

    return diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)


def sd3_transformer(*, seed=0):
    import diffusers
    import torch

    torch.manual_seed(seed)
    return diffusers.SD3Transformer2DModel(
        sample_size=16, patch_size=2, in_channels=16, num_layers=2, attention_head_dim=8, num_attention_heads=4,
        caption_projection_dim=32, joint_attention_dim=32, pooled_projection_dim=64, out_channels=16,
    )  # fmt: skip


def sd3(folder: Path, *, seed: int = 0) -> Path:
    """Stable Diffusion 3: two CLIP towers, T5, MMDiT; pictures of 32."""
    import diffusers

    encoder, tokenizer = t5(seed=seed)
    pipe = diffusers.StableDiffusion3Pipeline(
        transformer=sd3_transformer(seed=seed), scheduler=flow(), vae=vae(latent=16, shift=0.1, seed=seed), text_encoder=clip_text(projection=True, seed=seed),
        tokenizer=clip_tokenizer(), text_encoder_2=clip_text(projection=True, seed=seed + 1),
        tokenizer_2=clip_tokenizer(), text_encoder_3=encoder, tokenizer_3=tokenizer,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    return folder


def flux_transformer(*, guidance=True, channels=16, seed=0):
    import diffusers
    import torch

    torch.manual_seed(seed)
    return diffusers.FluxTransformer2DModel(
        patch_size=1, in_channels=channels, out_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=guidance,
    )  # fmt: skip


def flux(folder: Path, *, seed: int = 0) -> Path:
    """FLUX.1: CLIP, T5, double and single blocks, guidance embedded; give `size`, as it paints 1024 by default."""
    import diffusers

    encoder, tokenizer = t5(seed=seed)
    pipe = diffusers.FluxPipeline(
        scheduler=flow(), vae=vae(shift=0.1, seed=seed), text_encoder=clip_text(seed=seed), tokenizer=clip_tokenizer(),
        text_encoder_2=encoder, tokenizer_2=tokenizer, transformer=flux_transformer(seed=seed),
    )  # fmt: skip
    pipe.save_pretrained(folder)
    return folder


def flux_kontext(folder: Path, *, seed: int = 0) -> Path:
    """FLUX.1 Kontext: `flux` in the pipeline that edits."""
    import diffusers

    given = diffusers.FluxPipeline.from_pretrained(flux(folder, seed=seed)).components
    diffusers.FluxKontextPipeline(**given).save_pretrained(folder)
    return folder


def z_image_transformer(*, seed=0):
    import diffusers
    import torch

    torch.manual_seed(seed)
    net = diffusers.ZImageTransformer2DModel(
        in_channels=4, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
        axes_dims=[8, 4, 4], axes_lens=[256, 32, 32],
    )  # fmt: skip
    for name, value in net.named_parameters():  # the padding tokens are allocated without values
        if "pad_token" in name:
            torch.nn.init.normal_(value, std=0.02)
    return net


def z_image(folder: Path, *, seed: int = 0) -> Path:
    """Z-Image: Qwen3, a single-stream transformer."""
    import diffusers

    encoder, words = qwen3(causal=False, seed=seed)
    diffusers.ZImagePipeline(
        scheduler=flow(), vae=vae(shift=0.1, seed=seed), text_encoder=encoder, tokenizer=words,
        transformer=z_image_transformer(seed=seed),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def flux2_transformer(*, seed=0):
    import diffusers
    import torch

    torch.manual_seed(seed)
    return diffusers.Flux2Transformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, timestep_guidance_channels=16, axes_dims_rope=[4, 4, 4, 4], guidance_embeds=False,
    )  # fmt: skip


def flux2_vae():
    import diffusers

    return diffusers.AutoencoderKLFlux2(
        block_out_channels=(16, 32), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4, norm_num_groups=8, layers_per_block=1, sample_size=32,
    ).eval()  # fmt: skip


def flux2_klein(folder: Path, *, layers: int = 4, seed: int = 0) -> Path:
    """FLUX.2 klein: Qwen3, double and single blocks, latents normalised in batches; of fewer than 28 layers give
    `text_encoder_out_layers`."""
    import diffusers

    encoder, words = qwen3(causal=True, layers=layers, seed=seed)
    diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True), vae=flux2_vae(), text_encoder=encoder,
        tokenizer=words, transformer=flux2_transformer(seed=seed),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def qwen_image(folder: Path, *, seed: int = 0) -> Path:
    """Qwen-Image: Qwen2.5-VL as text encoder, the causal video VAE."""
    import diffusers

    words = qwen_edit.tokenizer()
    diffusers.QwenImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True), vae=qwen_edit.vae(seed=seed),
        text_encoder=qwen_edit.vision_language(words, seed=seed), tokenizer=words, transformer=qwen_edit.transformer(seed=seed),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def sana_sprint(folder: Path, *, seed: int = 0) -> Path:
    """SANA-Sprint: `sana` of two steps of consistency."""
    import diffusers

    parts = _sana_parts(guidance=True, seed=seed)
    diffusers.SanaSprintPipeline(**parts, scheduler=diffusers.SCMScheduler()).save_pretrained(folder)
    return folder


def sana(folder: Path, *, seed: int = 0) -> Path:
    """SANA: Gemma 2, linear attention, the deep-compression VAE."""
    import diffusers

    scheduler = diffusers.DPMSolverMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction")
    diffusers.SanaPipeline(**_sana_parts(guidance=False, seed=seed), scheduler=scheduler).save_pretrained(folder)
    return folder


def _sana_parts(*, guidance, seed):
    import diffusers
    import torch
    from transformers import Gemma2Config, Gemma2Model, GemmaTokenizer

    letters = {
        piece: place for place, piece in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", "▁", *map(chr, range(33, 127))])
    }
    words = GemmaTokenizer(vocab=letters, merges=[], model_max_length=64)
    torch.manual_seed(seed)
    encoder = Gemma2Model(
        Gemma2Config(
            vocab_size=len(words),
            hidden_size=8,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=4,
        )
    ).eval()
    net = diffusers.SanaTransformer2DModel(
        patch_size=1, in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=4,
        num_cross_attention_heads=2, cross_attention_head_dim=4, cross_attention_dim=8, caption_channels=8, sample_size=8,
        guidance_embeds=guidance, qk_norm="rms_norm_across_heads", timestep_scale=1.0,
    )  # fmt: skip
    decoder = diffusers.AutoencoderDC(
        latent_channels=4, attention_head_dim=2, encoder_block_types=("ResBlock", "EfficientViTBlock"),
        decoder_block_types=("ResBlock", "EfficientViTBlock"), encoder_block_out_channels=(8, 8),
        decoder_block_out_channels=(8, 8), encoder_qkv_multiscales=((), (5,)), decoder_qkv_multiscales=((), (5,)),
        encoder_layers_per_block=(1, 1), decoder_layers_per_block=(1, 1), downsample_block_type="conv",
        upsample_block_type="interpolate", decoder_norm_types="rms_norm", decoder_act_fns="silu", scaling_factor=0.41,
    ).eval()  # fmt: skip
    return {"tokenizer": words, "text_encoder": encoder, "vae": decoder, "transformer": net}
