"""Tiny vision checkpoints with random weights, of the true architectures, saved as a user would find them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS = ["red", "blue", "dress", "mug", "a", "photo", "of", "红色", "连衣裙"]
_SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
_VISION = {**_SMALL, "image_size": 32, "patch_size": 8}


def save(kind: str, folder: Path) -> Path:
    """Saves a model, its picture processor and, for two towers, its tokenizer; `kind` is a key of `MAKERS`."""
    import torch

    torch.manual_seed(3)
    model, processor = MAKERS[kind](folder)
    model.eval().save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _tokenizer(folder: Path, begin: str, end: str) -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: place for place, word in enumerate(["<pad>", "<unk>", begin, end, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, 2), (end, 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=16,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token=begin,
        eos_token=end,
    ).save_pretrained(folder)
    return len(vocabulary)


def _clip_processor(**more: Any) -> Any:
    from transformers import CLIPImageProcessorPil

    return CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, **more)


def _clip(folder: Path) -> tuple[Any, Any]:
    from transformers import CLIPConfig, CLIPModel

    size = _tokenizer(folder, "<start>", "<end>")
    text = {
        **_SMALL,
        "vocab_size": size,
        "max_position_embeddings": 16,
        "pad_token_id": 0,
        "bos_token_id": 2,
        "eos_token_id": 3,
    }
    return CLIPModel(CLIPConfig(text_config=text, vision_config=_VISION, projection_dim=24)), _clip_processor()


def _clip_vision(folder: Path) -> tuple[Any, Any]:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    return CLIPVisionModelWithProjection(CLIPVisionConfig(**_VISION, projection_dim=24)), _clip_processor()


def _clip_vision_bare(folder: Path) -> tuple[Any, Any]:
    from transformers import CLIPVisionConfig, CLIPVisionModel

    return CLIPVisionModel(CLIPVisionConfig(**_VISION)), _clip_processor()


def _siglip(folder: Path) -> tuple[Any, Any]:
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    size = _tokenizer(folder, "<start>", "<end>")
    text = {**_SMALL, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0, "projection_size": 32}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=_VISION))
    return model, SiglipImageProcessorPil(size={"height": 32, "width": 32})


def _siglip2(folder: Path) -> tuple[Any, Any]:
    from transformers import Siglip2Config, Siglip2ImageProcessorPil, Siglip2Model

    size = _tokenizer(folder, "<start>", "<end>")
    text = {**_SMALL, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0, "projection_size": 32}
    vision = {**_SMALL, "patch_size": 8, "num_patches": 16}
    model = Siglip2Model(Siglip2Config(text_config=text, vision_config=vision))
    return model, Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16)


def _chinese_clip(folder: Path) -> tuple[Any, Any]:
    from transformers import ChineseCLIPConfig, ChineseCLIPImageProcessorPil, ChineseCLIPModel

    size = _tokenizer(folder, "[CLS]", "[SEP]")
    text = {**_SMALL, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0}
    model = ChineseCLIPModel(ChineseCLIPConfig(text_config=text, vision_config=_VISION, projection_dim=24))
    return model, ChineseCLIPImageProcessorPil(size={"height": 32, "width": 32}, crop_size={"height": 32, "width": 32})


def _dinov2(folder: Path) -> tuple[Any, Any]:
    from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

    small = {key: value for key, value in _VISION.items() if key != "intermediate_size"}
    processor = BitImageProcessorPil(size={"shortest_edge": 40}, crop_size={"height": 32, "width": 32})
    return Dinov2Model(Dinov2Config(**small)), processor


def _vit_without_pooler(folder: Path) -> tuple[Any, Any]:
    from transformers import ViTConfig, ViTImageProcessorPil, ViTModel

    return ViTModel(ViTConfig(**_VISION), add_pooling_layer=False), ViTImageProcessorPil(
        size={"height": 32, "width": 32}
    )


def _convnext(folder: Path) -> tuple[Any, Any]:
    from transformers import ConvNextConfig, ConvNextImageProcessorPil, ConvNextModel

    model = ConvNextModel(ConvNextConfig(hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1], image_size=32))
    return model, ConvNextImageProcessorPil(size={"shortest_edge": 32})


MAKERS = {
    "clip": _clip,
    "clip-vision": _clip_vision,
    "clip-vision-bare": _clip_vision_bare,
    "siglip": _siglip,
    "siglip2": _siglip2,
    "chinese-clip": _chinese_clip,
    "dinov2": _dinov2,
    "vit": _vit_without_pooler,
    "convnext": _convnext,
}
