"""Which checkpoints are refused, before a weight is read."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.checkpoints.safety import check_folder, check_safetensors
from prodgen_sdk.errors import ConfigError


def test_a_clean_folder_passes_as_a_whole_and_by_its_parts(checkpoint):
    check_folder(checkpoint)
    check_folder(checkpoint, parts=("vae", "scheduler"))


@pytest.mark.parametrize("name", ["pipeline.py", "vae/model.py", "vae/x.so", "x.pyc", "x.pyd", "X.PY"])
def test_code_is_refused(checkpoint, name):
    (checkpoint / name).write_text("raise SystemExit('this was run')")
    with pytest.raises(ConfigError, match=rf"holds code \({name}\), which is never run"):
        check_folder(checkpoint)


@pytest.mark.parametrize(
    "name",
    [
        "vae/pytorch_model.bin",
        "model.ckpt",
        "sub/x.pt",
        "extra.pkl",
        "x.joblib",
        "x.npy",
        "x.pt2",
        "vae/PYTORCH_MODEL.BIN",
    ],
)
def test_pickles_are_refused(checkpoint, name):
    (checkpoint / name).parent.mkdir(exist_ok=True)
    (checkpoint / name).write_bytes(b"\x80\x04.")
    with pytest.raises(ConfigError, match="can run code"):
        check_folder(checkpoint)


def test_hidden_files_do_not_count(checkpoint):
    (checkpoint / ".git").mkdir()
    (checkpoint / ".git" / "hook.py").write_text("")
    check_folder(checkpoint)


def test_a_configuration_that_asks_for_code_is_refused_unless_the_loader_takes_its_own_class(checkpoint):
    (checkpoint / "vae" / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "model.Model"}}))
    with pytest.raises(ConfigError, match="auto_map"):
        check_folder(checkpoint)
    check_folder(checkpoint, native=True)


def test_what_a_clone_without_large_files_leaves_is_told(checkpoint):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4665cb\nsize 335\n"
    (checkpoint / "vae" / "model.safetensors").write_text(pointer)
    with pytest.raises(ConfigError, match="a pointer of Git LFS") as caught:
        check_folder(checkpoint)
    assert caught.value.hint == "Run in its folder: git lfs pull"


def test_a_folder_without_weights(checkpoint):
    (checkpoint / "vae" / "model.safetensors").unlink()
    for parts in ((), ("vae",)):
        with pytest.raises(ConfigError, match="no safetensors weights"):
            check_folder(checkpoint, parts=parts)
    check_folder(checkpoint, parts=("scheduler",))


def test_only_the_parts_that_are_needed_count(checkpoint):
    (checkpoint / "safety_checker").mkdir()
    (checkpoint / "safety_checker" / "model.bin").write_bytes(b"x")
    check_folder(checkpoint, parts=("vae",))
    with pytest.raises(ConfigError, match="lacks its part unet"):
        check_folder(checkpoint, parts=("unet", "vae"))


def test_only_the_files_of_the_patterns_count(checkpoint):
    (checkpoint / "vae" / "pytorch_model.bin").write_bytes(b"x")
    patterns = ("*.json", "*/*.safetensors")
    check_folder(checkpoint, patterns=patterns)
    check_folder(checkpoint, patterns=patterns, parts=("vae",))
    with pytest.raises(ConfigError, match="no safetensors weights"):
        check_folder(checkpoint, patterns=("*.json", "*/*.fp16*.safetensors"))


def test_a_missing_shard_is_refused_where_that_variant_is_loaded(checkpoint):
    index = {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (checkpoint / "vae" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigError, match=r"vae lacks model-00001-of-00002\.safetensors"):
        check_folder(checkpoint)
    check_folder(checkpoint, variant="fp16")
    (checkpoint / "vae" / "model.safetensors.index.fp16.json").write_text(json.dumps(index))
    with pytest.raises(ConfigError, match=r"which model\.safetensors\.index\.fp16\.json names"):
        check_folder(checkpoint, variant="fp16")


def test_a_broken_configuration_is_named(checkpoint):
    (checkpoint / "vae" / "config.json").write_text("{")
    with pytest.raises(ConfigError, match="cannot be read as JSON"):
        check_folder(checkpoint)


@given(st.binary(max_size=200))
def test_any_other_file_is_no_safetensors(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        check_safetensors(path)


def test_a_file_cut_anywhere_is_refused(tmp_path, weights):
    path = tmp_path / "x.safetensors"
    path.write_bytes(weights)
    assert check_safetensors(path)["w"]["shape"] == [2]
    for length in range(len(weights)):
        path.write_bytes(weights[:length])
        with pytest.raises(ConfigError):
            check_safetensors(path)


def test_a_header_without_tensors_counts_every_byte(tmp_path):
    header = b"{}      "
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    assert check_safetensors(path) == {}
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ConfigError, match="damaged"):
        check_safetensors(path)


@pytest.mark.parametrize(
    "header",
    [
        b'{"w": {"data_offsets": [0, "8"]}}',
        b'{"w": {"data_offsets": [0, null]}}',
        b'{"w": {"data_offsets": 8}}',
        b'{"w": 8}',
        b'["w"]',
        b"[" * 100_000,
    ],
    ids=["text", "null", "number", "no tensor", "list", "deep"],
)
def test_a_header_of_another_shape_is_named(tmp_path, header):
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(ConfigError, match="header cannot be read"):
        check_safetensors(path)


def test_what_lies_behind_a_link_counts(checkpoint, tmp_path):
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (checkpoint / "more").symlink_to(outside)
    (outside / "up").symlink_to(checkpoint)
    check_folder(checkpoint)
    (outside / "deep" / "model.py").write_text("")
    with pytest.raises(ConfigError, match=r"holds code \(more/deep/model.py\)"):
        check_folder(checkpoint)


def test_links_in_a_circle_end(checkpoint):
    (checkpoint / "vae" / "self").symlink_to(checkpoint)
    (checkpoint / "again").symlink_to(checkpoint / "vae")
    check_folder(checkpoint)


@pytest.mark.parametrize("named", [["a"], {"a": 1}, {"a": ["x"]}, None])
def test_an_index_that_says_nothing(checkpoint, named):
    (checkpoint / "vae" / "model.safetensors.index.json").write_text(json.dumps({"weight_map": named}))
    with pytest.raises(ConfigError, match="does not say which file holds which weights"):
        check_folder(checkpoint)
