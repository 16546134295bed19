import json
import shutil

import numpy as np
import pytest
import torch
from prodgen_text.config import TextConfig
from prodgen_text.encoders.hf import HfEncoder
from prodgen_text.encoders.pooling import pool

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency

TEXTS = ["blue mug", "a photo of the red ceramic sofa", "mug", ""]


def encoder(folder, **options) -> HfEncoder:
    return HfEncoder(TextConfig.model_validate({"hf": {"model": str(folder), **options}}), Context())


def hidden_states(folder, text):
    """The last layer of one text by itself, without padding."""
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")
    model = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        return model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).last_hidden_state[0]


def unit(vector: torch.Tensor) -> np.ndarray:
    return (vector / vector.norm()).numpy()


@pytest.mark.parametrize(
    ("pooling", "reference"),
    [("mean", lambda states: states.mean(0)), ("cls", lambda states: states[0]), ("eos", lambda states: states[-1])],
)
@pytest.mark.parametrize("kind", ["bert", "left_padded_bert", "plain_clip"])
def test_pooling_is_that_of_a_text_alone(request, kind, pooling, reference):
    folder = request.getfixturevalue(kind)
    vectors = encoder(folder, pooling=pooling, batch_size=3).encode(TEXTS, Context())
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(vector, unit(reference(hidden_states(folder, text))), atol=2e-5)


def test_auto_takes_mean_of_a_plain_encoder_and_says_so(bert):
    made = encoder(bert)
    assert (made.pooling, made.dimension) == ("mean", 32)
    np.testing.assert_array_equal(made.encode(TEXTS, Context()), encoder(bert, pooling="mean").encode(TEXTS, Context()))


def test_auto_follows_what_sentence_transformers_state(bert, tmp_path):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    )
    assert encoder(folder).pooling == "cls"


def test_auto_takes_the_projection_of_a_clip_tower(clip):
    from transformers import AutoTokenizer, CLIPTextModelWithProjection

    made = encoder(clip)
    assert (made.pooling, made.dimension) == ("projection", 24)
    tokens = AutoTokenizer.from_pretrained(clip)(TEXTS[1], return_tensors="pt")
    with torch.inference_mode():
        model = CLIPTextModelWithProjection.from_pretrained(clip).eval()
        expected = model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).text_embeds[0]
    np.testing.assert_allclose(made.encode(TEXTS, Context())[1], unit(expected), atol=2e-5)


def test_a_clip_tower_without_projection_is_pooled_at_its_end(plain_clip):
    made = encoder(plain_clip)
    assert (made.pooling, made.dimension) == ("eos", 32)
    np.testing.assert_allclose(
        made.encode(TEXTS[:1], Context())[0], unit(hidden_states(plain_clip, TEXTS[0])[-1]), atol=2e-5
    )


@pytest.mark.parametrize("kind", ["bert", "clip"])
def test_a_text_is_the_same_alone_and_in_a_batch_and_in_any_order(request, kind):
    made = encoder(request.getfixturevalue(kind), batch_size=2)
    together = made.encode(TEXTS, Context())
    alone = np.concatenate([made.encode([text], Context()) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=2e-5)
    np.testing.assert_allclose(made.encode(TEXTS[::-1], Context()), together[::-1], atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert made.encode([], Context()).shape == (0, made.dimension)


def test_prefix_and_cut(bert):
    plain, prefixed = encoder(bert), encoder(bert, prefix="query: ")
    np.testing.assert_allclose(prefixed.encode(["mug"], Context()), plain.encode(["query: mug"], Context()), atol=1e-6)
    long = encoder(bert, max_length=4).encode(["blue mug sofa red", "blue mug red red"], Context())
    np.testing.assert_allclose(long[0], long[1], atol=1e-6)
    assert np.isfinite(plain.encode(["mug " * 500], Context())).all()


def test_bfloat16_stays_near(bert):
    config = TextConfig.model_validate({"hf": {"model": str(bert)}})
    half = HfEncoder(config, Context(dtype="bfloat16")).encode(TEXTS, Context())
    assert half.dtype == np.float32
    assert (half * encoder(bert).encode(TEXTS, Context())).sum(axis=1).min() > 0.99


def test_pool_skips_padding_on_both_sides():
    states = torch.arange(8, dtype=torch.float32).reshape(1, 4, 2)
    mask = torch.tensor([[0, 1, 1, 0]])
    assert pool(states, mask, "mean").tolist() == [[3, 4]]
    assert pool(states, mask, "cls").tolist() == [[2, 3]]
    assert pool(states, mask, "eos").tolist() == [[4, 5]]


@pytest.mark.parametrize(
    ("name", "message"), [("modeling_custom.py", "holds code"), ("pytorch_model.bin", "can run code")]
)
def test_folders_with_code_or_pickles_are_refused(bert, tmp_path, name, message):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match=message):
        encoder(folder)


def test_a_folder_without_weights_or_with_damaged_ones_is_a_clear_error(bert, tmp_path):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / "config.json").write_text('{"model_type": "no-such-model"}')
    with pytest.raises(ConfigError, match="could not be loaded"):
        encoder(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ConfigError, match="no safetensors"):
        encoder(folder)


def test_damaged_weights_are_a_clear_error(bert, tmp_path):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{broken}")
    with pytest.raises(ConfigError, match="no safetensors file"):
        encoder(folder)


def test_hub_ids_need_a_pinned_revision():
    for options in ({}, {"revision": "main"}):
        with pytest.raises(ConfigError, match="no pinned revision"):
            encoder("owner/name", **options)
    with pytest.raises(ConfigError, match="no file or folder"):
        encoder("./nowhere")
    with pytest.raises(ConfigError, match="no checkpoint"):
        HfEncoder(None, Context())


def test_offline_is_a_clear_error(monkeypatch, tmp_path):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingDependency, match="not on this machine and could not be fetched") as caught:
        encoder("prodgen-tests/no-such-model", revision="0" * 40)
    assert "local folder" in caught.value.hint


def test_remote_code_is_never_trusted(bert, monkeypatch):
    import transformers

    seen = []
    for loader in (transformers.AutoConfig, transformers.AutoTokenizer, transformers.AutoModel):
        original = loader.from_pretrained

        def spy(*args, _original=original, **options):
            seen.append(options)
            return _original(*args, **options)

        monkeypatch.setattr(loader, "from_pretrained", spy)
    encoder(bert)
    assert len(seen) >= 3
    assert all(options["trust_remote_code"] is False and options["local_files_only"] for options in seen)
    assert any(options.get("use_safetensors") for options in seen)


def test_weights_that_do_not_fit_are_refused_and_not_made_up(bert, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(bert, tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.1." not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match="are missing"):
        encoder(folder)


def test_a_text_without_tokens_is_a_unit_vector(bert, tmp_path):
    folder = shutil.copytree(bert, tmp_path / "model")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["post_processor"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    made = encoder(folder)
    for texts in ([""], ["", "blue mug"]):
        np.testing.assert_allclose(np.linalg.norm(made.encode(texts, Context()), axis=1), 1, atol=1e-5)
