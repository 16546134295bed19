"""Random checkpoints: read by safetensors as any other, of the stated spread, shared parts, whole or not there."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.checkpoints import random_weights
from prodgen_sdk.checkpoints.digests import folder_digest
from prodgen_sdk.checkpoints.random_weights import random_checkpoint, random_model, write_file, write_random
from prodgen_sdk.checkpoints.safety import check_folder, check_safetensors
from prodgen_sdk.files import file_digest

torch = pytest.importorskip("torch")
from safetensors.torch import load_file  # noqa: E402

DTYPES = ("float32", "float16", "bfloat16")
shapes = st.lists(st.lists(st.integers(1, 9), max_size=4).map(tuple), min_size=1, max_size=6)


@settings(deadline=None, max_examples=20)
@given(shapes, st.sampled_from(DTYPES))
def test_a_file_has_the_tensors_that_were_asked_for(tmp_path_factory, shapes, dtype):
    path = tmp_path_factory.mktemp("w") / "a.safetensors"
    wanted = {f"{place}.weight": shape for place, shape in enumerate(shapes)}
    write_file(path, wanted, dtype)
    check_safetensors(path)
    found = load_file(path)
    assert {name: tuple(value.shape) for name, value in found.items()} == wanted
    assert {value.dtype for value in found.values()} == {getattr(torch, dtype)}


@pytest.mark.parametrize("dtype", DTYPES)
def test_weights_keep_the_size_of_what_passes_them(tmp_path, dtype):
    path = tmp_path / "a.safetensors"
    write_file(path, {"a.weight": (300, 200), "b.weight": (40, 50, 3, 3), "norm.weight": (9,), "a.bias": (9,)}, dtype)
    found = {name: value.float() for name, value in load_file(path).items()}
    assert found["a.weight"].std().item() == pytest.approx((3 * 200) ** -0.5, rel=0.02)
    assert found["b.weight"].std().item() == pytest.approx((3 * 450) ** -0.5, rel=0.02)
    assert abs(found["a.weight"].mean().item()) < 0.001
    assert (found["norm.weight"] == 1).all()
    assert (found["a.bias"] == 0).all()


def test_bfloat16_is_rounded_as_torch_rounds(tmp_path):
    for dtype in ("float32", "bfloat16"):  # of the same numbers
        write_file(tmp_path / dtype, {"a.weight": (50, 100)}, dtype)
    exact, found = (load_file(tmp_path / dtype)["a.weight"] for dtype in ("float32", "bfloat16"))
    found, wanted = (value.view(torch.int16).int() for value in (found, exact.bfloat16()))
    assert (found - wanted).abs().max() <= 1  # ties go up here, to even there
    assert (found == wanted).float().mean() > 0.999


def test_large_weights_are_in_shards_with_an_index(tmp_path, monkeypatch):
    monkeypatch.setattr(random_weights, "SHARD_BYTES", 1000)
    wanted = {f"{place}.weight": (10, 10) for place in range(7)}  # 400 bytes each
    write_random(tmp_path, wanted, "float32", stem="model")
    names = sorted(path.name for path in tmp_path.glob("*.safetensors"))
    assert names == [f"model-{place:05}-of-00004.safetensors" for place in range(1, 5)]
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert {name for file in names for name in load_file(tmp_path / file)} == set(wanted) == set(index["weight_map"])
    assert index["metadata"]["total_size"] == 2800
    check_folder(tmp_path)


def test_a_checkpoint_is_loaded_by_its_library_and_shares_parts(tmp_path):
    diffusers = pytest.importorskip("diffusers")
    from transformers import T5Config, T5EncoderModel

    def encoder():
        return T5EncoderModel(T5Config(vocab_size=99, d_model=8, d_kv=4, d_ff=16, num_layers=1, num_heads=2))

    def transformer():
        return diffusers.FluxTransformer2DModel(
            in_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=8, num_attention_heads=1, joint_attention_dim=8,
            pooled_projection_dim=8, axes_dims_rope=(2, 2, 4),
        )  # fmt: skip

    shared = random_model(tmp_path / "t5", encoder, "float32")
    parts = {"transformer": transformer, "text_encoder_2": shared, "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(), "image_encoder": None}  # fmt: skip
    folder = random_checkpoint(tmp_path / "flux", "FluxPipeline", parts, "bfloat16")
    check_folder(folder)
    index = json.loads((folder / "model_index.json").read_text())
    assert index["transformer"] == ["diffusers", "FluxTransformer2DModel"]
    assert index["text_encoder_2"] == ["transformers", "T5EncoderModel"]
    assert index["scheduler"] == ["diffusers", "FlowMatchEulerDiscreteScheduler"]
    assert index["image_encoder"] == [None, None]
    assert folder_digest(folder / "text_encoder_2") == folder_digest(shared)
    network, told = diffusers.FluxTransformer2DModel.from_pretrained(
        folder / "transformer", output_loading_info=True, torch_dtype=torch.bfloat16
    )
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    assert all(torch.isfinite(value).all() for value in network.parameters())
    loaded, told = T5EncoderModel.from_pretrained(folder / "text_encoder_2", output_loading_info=True)
    assert not told["missing_keys"]
    assert loaded.get_input_embeddings().weight.std() > 0
    before = (folder / "model_index.json").stat().st_mtime_ns
    assert random_checkpoint(folder, "FluxPipeline", {}, "bfloat16") == folder
    assert (folder / "model_index.json").stat().st_mtime_ns == before


def test_what_was_left_half_written_is_not_taken_for_a_checkpoint(tmp_path):
    def broken():
        raise MemoryError

    with pytest.raises(MemoryError):
        random_checkpoint(tmp_path / "x", "FluxPipeline", {"transformer": broken}, "float32")
    assert not (tmp_path / "x").exists()


def test_a_digest_does_not_depend_on_the_order_in_which_files_are_read(tmp_path):
    import hashlib

    for place in range(20):
        (tmp_path / f"{place:02}.txt").write_bytes(bytes([place]) * (1000 * (20 - place)))
    lines = "".join(f"{file_digest(tmp_path / f'{place:02}.txt')}  {place:02}.txt\n" for place in range(20))
    assert folder_digest(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
