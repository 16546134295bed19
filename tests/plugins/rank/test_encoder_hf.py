"""`image/hf` gives what transformers itself gives, for each architecture, from a folder; and refuses what may run code."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image as Pil
from prodgen_rank import plugin
from prodgen_rank.config import Config
from prodgen_rank.encoders.hf import HfImageEncoder

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency
from prodgen_sdk.testing.contracts import ImageEncoderContract
from prodgen_sdk.types import Image

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
KINDS = ("clip", "clip-vision", "clip-vision-bare", "siglip", "siglip2", "chinese-clip", "dinov2", "vit", "convnext")
JOINT = ("clip", "siglip", "siglip2", "chinese-clip")


class TestHf(ImageEncoderContract):
    plugin = plugin
    id = "image/hf"

    @pytest.fixture
    def section(self, vision_checkpoint):
        return {"hf": {"model": str(vision_checkpoint("clip"))}}


def pictures() -> list[Image]:
    rng = np.random.default_rng(0)
    sizes = [(48, 64), (70, 33), (32, 32), (90, 90)]
    return [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in sizes]


@pytest.fixture
def folder(vision_checkpoint):
    return vision_checkpoint


def encoder(folder, **options) -> HfImageEncoder:
    return HfImageEncoder(Config.model_validate({"hf": {"model": str(folder), **options}}), Context())


def direct(kind: str, folder, image: Image) -> np.ndarray:
    """One picture through transformers, with the classes by name and without a batch."""
    import torch
    import transformers as t

    classes = {
        "clip": (t.CLIPModel, t.CLIPImageProcessorPil),
        "clip-vision": (t.CLIPVisionModelWithProjection, t.CLIPImageProcessorPil),
        "clip-vision-bare": (t.CLIPVisionModel, t.CLIPImageProcessorPil),
        "siglip": (t.SiglipModel, t.SiglipImageProcessorPil),
        "siglip2": (t.Siglip2Model, t.Siglip2ImageProcessorPil),
        "chinese-clip": (t.ChineseCLIPModel, t.ChineseCLIPImageProcessorPil),
        "dinov2": (t.Dinov2Model, t.BitImageProcessorPil),
        "vit": (t.ViTModel, t.ViTImageProcessorPil),
        "convnext": (t.ConvNextModel, t.ConvNextImageProcessorPil),
    }
    model_class, processor_class = classes[kind]
    inputs = processor_class.from_pretrained(folder)(images=Pil.fromarray(image), return_tensors="pt")
    more = {"add_pooling_layer": False} if kind == "vit" else {}
    model = model_class.from_pretrained(folder, **more).eval()
    with torch.inference_mode():
        if kind in JOINT:
            vector = model.get_image_features(**inputs).pooler_output[0]
        elif kind == "clip-vision":
            vector = model(**inputs).image_embeds[0]
        elif kind == "vit":
            vector = model(**inputs).last_hidden_state[0, 0]
        else:
            vector = model(**inputs).pooler_output.flatten()
    return (vector / vector.norm()).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_are_those_of_transformers(folder, kind) -> None:
    made = encoder(folder(kind), batch_size=3)
    found = made.encode(pictures(), Context())
    expected = np.stack([direct(kind, folder(kind), image) for image in pictures()])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.shape == (4, made.dimension)
    assert np.ptp(found, axis=0).max() > 1e-3, "all pictures look the same"


@pytest.mark.parametrize("kind", JOINT)
def test_words_are_in_the_space_of_the_pictures(folder, kind) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    made = encoder(folder(kind), batch_size=2)
    texts = ["red dress", "红色 连衣裙", "a photo of a blue mug", "mug " * 40]
    found = made.encode_texts(texts, Context())
    assert made.reads_text
    assert found.shape == (4, made.dimension)
    tokenizer, model = AutoTokenizer.from_pretrained(folder(kind)), AutoModel.from_pretrained(folder(kind)).eval()
    for text, vector in zip(texts, found, strict=True):
        padding = {"padding": "max_length"} if "siglip" in kind else {}
        tokens = tokenizer(text, max_length=16, truncation=True, return_tensors="pt", **padding)
        wanted = {"input_ids", "attention_mask"} if "siglip" not in kind else {"input_ids"}
        with torch.inference_mode():
            inputs = {k: v for k, v in tokens.items() if k in wanted}
            expected = model.get_text_features(**inputs).pooler_output[0]
        np.testing.assert_allclose(vector, (expected / expected.norm()).numpy(), atol=1e-5)


def test_a_vision_model_alone_reads_no_text(folder) -> None:
    made = encoder(folder("dinov2"))
    assert not made.reads_text
    with pytest.raises(ConfigError, match="no text tower"):
        made.encode_texts(["red"], Context())


def test_a_prefix_stands_before_each_text(folder) -> None:
    prefixed = encoder(folder("clip"), text_prefix="a photo of ").encode_texts(["red dress"], Context())
    plain = encoder(folder("clip")).encode_texts(["a photo of red dress", "red dress"], Context())
    np.testing.assert_allclose(prefixed[0], plain[0], atol=1e-6)
    assert abs(prefixed[0] - plain[1]).max() > 1e-3


def test_pooling_of_the_last_layer(folder) -> None:
    import torch
    from transformers import BitImageProcessorPil, Dinov2Model

    inputs = BitImageProcessorPil.from_pretrained(folder("dinov2"))(
        images=Pil.fromarray(pictures()[0]), return_tensors="pt"
    )
    with torch.inference_mode():
        states = Dinov2Model.from_pretrained(folder("dinov2")).eval()(**inputs).last_hidden_state[0]
    for pooling, expected in (("cls", states[0]), ("mean", states.mean(0))):
        found = encoder(folder("dinov2"), pooling=pooling).encode(pictures()[:1], Context())[0]
        np.testing.assert_allclose(found, (expected / expected.norm()).numpy(), atol=1e-5)


def test_order_batches_and_transparency(folder) -> None:
    made = encoder(folder("clip"), batch_size=2)
    shown = pictures()
    np.testing.assert_allclose(made.encode(shown[::-1], Context())[::-1], made.encode(shown, Context()), atol=1e-6)
    assert made.encode([], Context()).shape == (0, 24)
    assert made.encode_texts([], Context()).shape == (0, 24)
    clear = np.dstack([shown[0], np.zeros(shown[0].shape[:2], np.uint8)])
    white = np.full_like(shown[0], 255)
    np.testing.assert_allclose(made.encode([clear], Context()), made.encode([white], Context()), atol=1e-6)


def test_a_strip_is_not_blown_up(folder) -> None:
    strip = np.zeros((2, 6000, 3), np.uint8)
    vector = encoder(folder("clip")).encode([strip, strip[:1, :1]], Context())
    assert np.isfinite(vector).all()


def test_half_precision_stays_near(folder) -> None:
    config = Config.model_validate({"hf": {"model": str(folder("clip"))}})
    half = HfImageEncoder(config, Context(dtype="bfloat16")).encode(pictures(), Context())
    assert half.dtype == np.float32
    assert (half * encoder(folder("clip")).encode(pictures(), Context())).sum(1).min() > 0.99


@pytest.mark.parametrize(
    ("name", "message"),
    [("modeling_x.py", "holds code"), ("pytorch_model.bin", "can run code")],
)
def test_code_and_pickles_are_refused(folder, tmp_path, name, message) -> None:
    copy = shutil.copytree(folder("clip"), tmp_path / "model")
    (copy / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match=message):
        encoder(copy)


def test_remote_code_is_never_run(folder, tmp_path) -> None:
    copy = shutil.copytree(folder("clip"), tmp_path / "model")
    settings = json.loads((copy / "config.json").read_text())
    settings |= {"model_type": "their-own", "auto_map": {"AutoConfig": "them/repo--code.Theirs"}}
    (copy / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ConfigError, match="could not be loaded"):
        encoder(copy)


def test_wrong_folders_are_refused(folder, tmp_path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ConfigError, match="no safetensors"):
        encoder(empty)
    without = shutil.copytree(folder("clip"), tmp_path / "without")
    (without / "preprocessor_config.json").unlink()
    with pytest.raises(ConfigError, match="could not be loaded"):
        encoder(without)
    cut = shutil.copytree(folder("clip"), tmp_path / "cut")
    (cut / "model.safetensors").write_bytes((cut / "model.safetensors").read_bytes()[:2000])
    with pytest.raises(ConfigError, match="truncated"):
        encoder(cut)
    with pytest.raises(ConfigError, match="no file or folder"):
        encoder("./nowhere")


def test_weights_that_are_missing_are_not_made_up(folder, tmp_path) -> None:
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(folder("dinov2"), tmp_path / "model")
    weights = load_file(copy / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.1." not in name}
    save_file(kept, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match="are missing"):
        encoder(copy)


def test_a_text_model_is_refused(folder, tmp_path) -> None:
    from transformers import BertConfig, BertModel

    copy = shutil.copytree(folder("vit"), tmp_path / "model")
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=20, **sizes)).save_pretrained(copy)
    with pytest.raises(ConfigError, match="no vision model"):
        encoder(copy)


def test_a_hub_id_needs_a_pinned_revision() -> None:
    for options in ({}, {"revision": "main"}):
        with pytest.raises(ConfigError, match="no pinned revision"):
            encoder("owner/name", **options)
    with pytest.raises(ConfigError, match="no checkpoint"):
        HfImageEncoder(None, Context())


def test_offline_says_how_to_go_on(monkeypatch, tmp_path) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingDependency, match="not on this machine and could not be fetched") as caught:
        encoder("prodgen-tests/no-such-model", revision="0" * 40)
    assert "folder" in caught.value.hint


def test_the_digest_follows_weights_and_preparation(folder, tmp_path) -> None:
    first = encoder(folder("clip")).digest
    copy = shutil.copytree(folder("clip"), tmp_path / "model")
    assert encoder(copy).digest == first
    settings = json.loads((copy / "preprocessor_config.json").read_text())
    settings["image_mean"] = [0.5, 0.5, 0.5]
    (copy / "preprocessor_config.json").write_text(json.dumps(settings))
    changed = encoder(copy)
    assert changed.digest != first
    assert (
        abs(changed.encode(pictures(), Context()) - encoder(folder("clip")).encode(pictures(), Context())).max() > 1e-4
    )
