"""Which checkpoints are refused, before a weight is read."""

import json
import shutil
import struct

import pytest

pytest.importorskip("diffusers")

from hypothesis import given
from hypothesis import strategies as st
from prodgen_diffusers.checkpoint import check_folder, check_safetensors, folder_digest, read_index
from prodgen_diffusers.config import Checkpoint, Config, Lora, Pipeline
from prodgen_diffusers.loading import load_pipeline
from prodgen_diffusers.pulling import pull, pullable
from prodgen_diffusers.sources import find_file, find_folder, pull_name

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency


@pytest.fixture
def copy(sd15, tmp_path):
    return shutil.copytree(sd15, tmp_path / "copy")


def load(folder, **options):
    return load_pipeline(Pipeline(model=str(folder), **options), Context(), component="diffusers/text", task="text")


def edit_index(folder, **changes):
    path = folder / "model_index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("name", ["pipeline.py", "unet/model.py", "vae/x.so"])
def test_a_folder_with_code_is_refused(copy, name):
    (copy / name).write_text("raise SystemExit('this was run')")
    with pytest.raises(ConfigError, match="never run"):
        load(copy)


@pytest.mark.parametrize("name", ["unet/diffusion_pytorch_model.bin", "model.ckpt", "vae/x.pt", "extra.pkl"])
def test_a_folder_with_a_pickle_is_refused(copy, name):
    (copy / name).write_bytes(b"\x80\x04.")
    with pytest.raises(ConfigError, match="can run code"):
        load(copy)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"_class_name": ["my_pipeline", "MyPipeline"]}, "code of its own"),
        ({"_class_name": "NoSuchPipeline"}, "does not have"),
        ({"_class_name": "UNet2DConditionModel"}, "does not have"),
        ({"unet": ["my_module", "UNet2DConditionModel"]}, "no class of diffusers or transformers"),
        ({"unet": ["os", "system"]}, "no class of diffusers or transformers"),
        ({"unet": ["diffusers", "os"]}, "no class of diffusers or transformers"),
        ({"unet": ["diffusers.utils", "import_utils"]}, "no class of diffusers or transformers"),
        ({"tokenizer": ["transformers", "NoSuchTokenizer"]}, "no class of diffusers or transformers"),
    ],
)
def test_an_index_that_names_other_code_is_refused(copy, changes, said):
    edit_index(copy, **changes)
    with pytest.raises(ConfigError, match=said):
        load(copy)


def test_a_class_beside_a_pipeline_is_accepted(copy):
    edit_index(copy, safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"])
    assert read_index(copy)["safety_checker"][1] == "StableDiffusionSafetyChecker"


def test_a_configuration_that_asks_for_code_is_refused(copy):
    path = copy / "text_encoder" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"auto_map": {"AutoModel": "model.Model"}}))
    with pytest.raises(ConfigError, match="auto_map"):
        load(copy)


def test_truncated_weights_are_refused(copy):
    path = next((copy / "unet").glob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ConfigError, match="truncated"):
        load(copy)


def test_a_missing_shard_is_refused(copy):
    index = {"metadata": {}, "weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors"}}
    (copy / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigError, match="lacks diffusion_pytorch_model-00001"):
        load(copy)


@pytest.mark.parametrize("part", ["unet", "text_encoder", "vae"])
def test_weights_that_are_missing_are_not_made_up(copy, part):
    from safetensors.torch import load_file, save_file

    path = next((copy / part).glob("*.safetensors"))
    tensors = load_file(path)
    gone = next(name for name in tensors if name.endswith("weight"))
    del tensors[gone]
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(ConfigError, match="lacks weights, such as"):
        load(copy)


def test_a_missing_part_is_named(copy):
    shutil.rmtree(copy / "vae")
    with pytest.raises(ConfigError, match="lacks its part vae"):
        load(copy)


def test_the_stated_digest_has_to_hold(sd15):
    digest = folder_digest(sd15)
    assert load(sd15, digest=digest).pipe is not None
    with pytest.raises(ConfigError, match=f"its digest is {digest}"):
        load(sd15, digest="0" * 64)


def test_the_digest_follows_content_and_names(copy):
    before = folder_digest(copy)
    (copy / ".hidden").write_text("ignored")
    assert folder_digest(copy) == before
    (copy / "note.txt").write_text("counts")
    changed = folder_digest(copy)
    (copy / "note.txt").rename(copy / "other.txt")
    assert len({before, changed, folder_digest(copy)}) == 3


def test_an_absent_variant_is_named(sd15):
    with pytest.raises(ConfigError, match="no variant 'fp16'"):
        load(sd15, variant="fp16")


def test_a_model_alone_is_no_pipeline(sd15):
    with pytest.raises(ConfigError, match=r"model_index\.json"):
        load(sd15 / "unet")


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="no file or folder"):
        load(tmp_path / "nothing")


@given(st.binary(max_size=200))
def test_any_other_file_is_no_safetensors(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "x.safetensors"
    path.write_bytes(content)
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


def test_a_hub_id_needs_a_pinned_revision():
    for revision in (None, "main"):
        with pytest.raises(ConfigError, match="no pinned revision"):
            find_folder(Checkpoint(model="owner/name", revision=revision), Context(), component="diffusers/text")


def test_a_hub_id_while_offline_says_how_to_fetch_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    source = Checkpoint(model="owner/name", revision="0123456789abcdef")
    with pytest.raises(MissingDependency) as caught:
        find_folder(source, Context(), component="diffusers/text")
    assert "prodgen models pull owner--name--0123456789ab" in caught.value.hint
    assert "render/parametric" in caught.value.hint


def test_a_pulled_model_is_found(sd15, tmp_path):
    source = Checkpoint(model="owner/name", revision="v1")
    shutil.copytree(sd15, tmp_path / pull_name(source))
    ctx = Context(models_folder=lambda name: tmp_path / name)
    assert find_folder(source, ctx, component="x") == tmp_path / "owner--name--v1"


def test_what_the_configuration_names_can_be_pulled(sd15, tmp_path, monkeypatch):
    def snapshot(repo, *, revision, allow_patterns, ignore_patterns, local_dir, local_files_only):
        assert (repo, revision, local_files_only) == ("owner/name", "v1", False)
        assert all(
            pattern.endswith((".safetensors", ".json", ".txt", ".model", ".jinja")) for pattern in allow_patterns
        )
        assert "*.fp16.*" in ignore_patterns, "a second copy of the weights"
        return shutil.copytree(sd15, local_dir)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    lora = {"model": "owner/lora", "revision": "v2", "file": "x.safetensors"}
    config = Config.model_validate(
        {"text": {"model": "owner/name", "revision": "v1", "loras": [lora]}, "image": {"model": str(sd15)}}
    )
    models = {name: fetch for name, _, fetch in pullable(config)}
    assert set(models) == {"owner--name--v1", "owner--lora--v2"}
    models["owner--name--v1"](tmp_path / "owner--name--v1")
    check_folder(tmp_path / "owner--name--v1")
    assert [path.name for path in tmp_path.iterdir()] == ["owner--name--v1"]


def test_a_pull_that_fails_leaves_no_model(tmp_path, monkeypatch):
    def snapshot(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    with pytest.raises(MissingDependency, match="no route to host"):
        pull(Checkpoint(model="owner/name", revision="v1"), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_file_of_weights(sd15, tmp_path):
    with pytest.raises(ConfigError, match="no safetensors file"):
        find_file(Lora(model=str(sd15 / "model_index.json")), Context(), component="x")
    with pytest.raises(ConfigError, match="holds 0 safetensors"):
        find_file(Lora(model=str(tmp_path)), Context(), component="x")
    with pytest.raises(ConfigError, match="without the name of a file"):
        find_file(Lora(model="owner/name", revision="v1"), Context(), component="x")
    assert find_file(Lora(model=str(sd15 / "unet")), Context(), component="x").parent == sd15 / "unet"
