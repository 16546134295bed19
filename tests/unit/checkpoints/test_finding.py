"""From a configured source to files: local paths, pulled models, the hub's cache and the hub (which is a stand-in here)."""

import json
import shutil

import pytest

pytest.importorskip("huggingface_hub")

from prodgen_sdk.checkpoints.digests import folder_digest, identity
from prodgen_sdk.checkpoints.finding import find_file, find_folder
from prodgen_sdk.checkpoints.hub import TEXT_FILES, weights_of
from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, local_path, pull_name
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency
from prodgen_sdk.files import file_digest

HINT = "Run: prodgen models pull {name}. Or take x/y."
HUB = {"model": "owner/name", "revision": "0123456789abcdef"}


def folder_of(ctx=None, **options):
    native = options.pop("native", False)
    parts = options.pop("parts", ())
    source = Checkpoint(**options)
    return find_folder(source, ctx or Context(), component="x/y", offline=HINT, parts=parts, native=native)


def file_of(ctx=None, **options):
    return find_file(WeightsFile(**options), ctx or Context(), component="x/y", offline=HINT)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub whose repository is the folder `remote`, a cache in the folder `cache`, and a list of what is fetched."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    remote, cache, fetched = tmp_path / "remote", tmp_path / "cache", []

    def snapshot(repo, *, revision, allow_patterns, local_dir, local_files_only):
        assert (repo, revision) == ("owner/name", HUB["revision"])
        if local_files_only:
            if not cache.is_dir():
                raise LocalEntryNotFoundError("not here")
            return str(cache)
        fetched.append(tuple(allow_patterns))
        return str(shutil.copytree(remote, local_dir or cache, dirs_exist_ok=True))

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    return remote, cache, fetched


@pytest.fixture
def offline(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "no-cache"))


def test_a_local_folder_is_checked_and_found(checkpoint):
    assert folder_of(model=str(checkpoint)) == checkpoint
    (checkpoint / "x.py").write_text("")
    with pytest.raises(ConfigError, match="holds code"):
        folder_of(model=str(checkpoint))


def test_what_is_no_folder_is_named(tmp_path, checkpoint):
    with pytest.raises(ConfigError, match=r"^x/y: There is no file or folder"):
        folder_of(model=str(tmp_path / "nothing"))
    with pytest.raises(ConfigError, match=r"^x/y: There is no file or folder"):
        folder_of(model="./nowhere")
    with pytest.raises(ConfigError, match=r"x/y: .* is a file"):
        folder_of(model=str(checkpoint / "model_index.json"))


def test_hub_ids():
    assert local_path("owner/name") is None
    assert local_path("gpt2") is None
    for model in ("/owner/name", "~/name", "a/b/c", "-a/b", "a b"):
        with pytest.raises(ConfigError, match="no file or folder"):
            local_path(model)


@pytest.mark.parametrize("revision", [None, "main", "master"])
def test_a_hub_id_needs_a_pinned_revision(revision):
    with pytest.raises(ConfigError, match=r"^x/y: The hub id .* has no pinned revision"):
        folder_of(model="owner/name", revision=revision)
    with pytest.raises(ConfigError, match=r"^x/y: The hub id .* has no pinned revision"):
        file_of(model="owner/name", revision=revision, file="x.safetensors")


def test_offline_the_plugin_says_what_to_do(offline):
    for call in (lambda: folder_of(**HUB), lambda: file_of(**HUB, file="x.safetensors")):
        with pytest.raises(MissingDependency, match="x/y: 'owner/name' at revision 0123456789abcdef") as caught:
            call()
        assert caught.value.hint == "Run: prodgen models pull owner--name--0123456789ab. Or take x/y."


def test_an_unreachable_hub_is_told_from_a_missing_model(monkeypatch, tmp_path):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(MissingDependency, match=r"127\.0\.0\.1 cannot be reached"):
        folder_of(**HUB)


def test_a_pulled_model_is_found(checkpoint, tmp_path):
    source = Checkpoint(**HUB)
    shutil.copytree(checkpoint, tmp_path / pull_name(source))
    ctx = Context(models_folder=lambda name: tmp_path / name)
    assert folder_of(ctx, **HUB) == tmp_path / "owner--name--0123456789ab"
    assert file_of(ctx, **HUB, file="vae/model.safetensors").parent.parent == tmp_path / pull_name(source)


def test_a_whole_checkpoint_in_the_cache_is_not_fetched_again(hub, checkpoint):
    _, cache, fetched = hub
    shutil.copytree(checkpoint, cache)
    assert folder_of(**HUB) == cache
    assert file_of(**HUB, file="vae/model.safetensors") == cache / "vae" / "model.safetensors"
    assert fetched == []


def test_what_another_program_put_into_the_cache_is_passed_over(hub, checkpoint):
    _, cache, _ = hub
    shutil.copytree(checkpoint, cache)
    (cache / "vae" / "pytorch_model.bin").write_bytes(b"x")
    (cache / "modeling.py").write_text("")
    assert folder_of(**HUB) == cache


def test_a_part_of_a_checkpoint_in_the_cache_is_completed(hub, checkpoint):
    remote, cache, fetched = hub
    shutil.copytree(checkpoint, remote)
    cache.mkdir()
    (cache / "model_index.json").write_text("{}")
    assert folder_of(**HUB) == cache
    assert (cache / "vae" / "model.safetensors").is_file()
    assert file_of(**HUB, file="vae/model.safetensors").is_file()
    (cache / "vae" / "model.safetensors").unlink()
    assert file_of(**HUB, file="vae/model.safetensors").is_file()
    vae = ("vae/diffusion_pytorch_model.safetensors", "vae/model.safetensors")
    assert fetched == [TEXT_FILES, vae, ("vae/model.safetensors", "README.md")]


def test_what_is_wrong_with_the_cache_is_said_where_nothing_can_be_fetched(hub, checkpoint):
    remote, cache, _ = hub
    shutil.copytree(checkpoint, cache)
    (cache / "vae" / "model.safetensors").write_bytes(b"short")
    assert not remote.exists()
    with pytest.raises(ConfigError, match="truncated"):
        folder_of(**HUB)


def test_a_file_that_the_hub_lacks(hub, checkpoint):
    remote, _, _ = hub
    shutil.copytree(checkpoint, remote)
    with pytest.raises(ConfigError, match="there is no file"):
        file_of(**HUB, file="other.safetensors")


def test_weights_are_those_that_a_model_is_loaded_from(tmp_path):
    """By the text files alone: shards by their index, else a file of either library's name; of the parts that the index names."""
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "config.json").write_text("{}")
    assert weights_of(tmp_path, None) == [
        "diffusion_pytorch_model.safetensors", "model.safetensors",
        "unet/diffusion_pytorch_model.safetensors", "unet/model.safetensors",
    ]  # fmt: skip
    parts = {"_class_name": "X", "unet": ["diffusers", "UNet"], "vae": [None, None], "other": ["a", "B"]}
    (tmp_path / "model_index.json").write_text(json.dumps(parts))
    shards = {"weight_map": {"a": "b-2.safetensors", "b": "b-1.safetensors", "c": "b-1.safetensors"}}
    (tmp_path / "unet" / "model.safetensors.index.fp16.json").write_text(json.dumps(shards))
    plain = ["unet/diffusion_pytorch_model.safetensors", "unet/model.safetensors"]
    assert weights_of(tmp_path, None, ["unet"]) == weights_of(tmp_path, "fp16", ["unet"]) == plain
    (tmp_path / "unet" / "b-1.safetensors").touch()
    half = ["unet/diffusion_pytorch_model.fp16.safetensors", "unet/b-1.safetensors", "unet/b-2.safetensors"]
    assert weights_of(tmp_path, "fp16")[:3] == half
    assert [path.split("/")[0] for path in weights_of(tmp_path, None)] == ["unet", "unet", "other", "other"]


def test_a_file_of_weights(checkpoint, tmp_path):
    with pytest.raises(ConfigError, match="no safetensors file, and nothing else is loaded"):
        file_of(model=str(checkpoint / "model_index.json"))
    with pytest.raises(ConfigError, match="holds 0 safetensors"):
        file_of(model=str(checkpoint))
    with pytest.raises(ConfigError, match="without the name of a file"):
        file_of(**HUB)
    with pytest.raises(ConfigError, match="there is no file"):
        file_of(model=str(checkpoint / "vae"), file="other.safetensors")
    found = file_of(model=str(checkpoint / "vae"))
    assert found == checkpoint / "vae" / "model.safetensors"
    assert file_of(model=str(found), digest=file_digest(found)) == found
    with pytest.raises(ConfigError, match=f"its digest is {file_digest(found)}, not 0000"):
        file_of(model=str(found), digest="0" * 64)


def test_the_stated_digest_has_to_hold(checkpoint):
    digest = folder_digest(checkpoint)
    assert folder_of(model=str(checkpoint), digest=digest) == checkpoint
    with pytest.raises(ConfigError, match=f"its digest is {digest}, not 0000"):
        folder_of(model=str(checkpoint), digest="0" * 64)


def test_the_digest_is_that_of_a_shell(checkpoint):
    import subprocess

    line = "find . -type f -not -path '*/.*' | sed 's|^./||' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum"
    told = subprocess.run(line, shell=True, cwd=checkpoint, capture_output=True, text=True, check=True).stdout
    assert told.split()[0] == folder_digest(checkpoint)


def test_the_digest_follows_content_and_names(checkpoint):
    before = folder_digest(checkpoint)
    (checkpoint / ".hidden").write_text("ignored")
    assert folder_digest(checkpoint) == before
    (checkpoint / "note.txt").write_text("counts")
    changed = folder_digest(checkpoint)
    (checkpoint / "note.txt").rename(checkpoint / "other.txt")
    assert len({before, changed, folder_digest(checkpoint)}) == 3


def test_identity_is_what_is_stated_pinned_or_there(checkpoint, tmp_path):
    local = Source(model=str(checkpoint))
    assert identity(local, checkpoint) == folder_digest(checkpoint)
    file = checkpoint / "vae" / "model.safetensors"
    assert identity(WeightsFile(model=str(file)), file) == file_digest(file)
    assert identity(Source(model=str(checkpoint), digest="a" * 64), checkpoint) == "a" * 64
    sources = [Checkpoint(**HUB), Checkpoint(**HUB, variant="fp16"), WeightsFile(**HUB, file="a"), WeightsFile(**HUB)]
    assert len({identity(source, checkpoint) for source in sources}) == 4
    assert identity(sources[0], checkpoint) == identity(sources[0], tmp_path), "a revision does not move"


def test_digests_of_files_are_remembered(checkpoint, tmp_path, monkeypatch):
    state = tmp_path / "state"
    state.mkdir()
    source = Source(model=str(checkpoint))
    first = identity(source, checkpoint, state)
    monkeypatch.setattr("prodgen_sdk.checkpoints.digests.file_digest", lambda path: pytest.fail("read again"))
    assert identity(source, checkpoint, state) == first
    monkeypatch.undo()
    (checkpoint / "vae" / "model.safetensors").write_bytes(b"another length")
    assert identity(source, checkpoint, state) == folder_digest(checkpoint) != first


def test_of_a_folder_without_one_file_of_weights_it_is_said_which_to_name(tmp_path):
    run = tmp_path / "run"
    (run / "lora").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"0 safetensors files, not one\. Name the folder that holds the weights\."):
        file_of(model=str(run))
    for name in ("best", "checkpoint", "lora/weights"):
        (run / f"{name}.safetensors").write_bytes(b"")
    with pytest.raises(
        ConfigError, match=r"\(best\.safetensors, checkpoint\.safetensors\).* as `file` or the folder .*lora\."
    ):
        file_of(model=str(run))
