"""What is fetched of a hub, and what is said where it is not given, through the hub's own client."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub")

from prodgen_sdk.checkpoints.finding import find_file, find_folder
from prodgen_sdk.checkpoints.pulling import pull
from prodgen_sdk.checkpoints.sources import Checkpoint, WeightsFile
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency

_spec = importlib.util.spec_from_file_location("hub_server", Path(__file__).with_name("hub_server.py"))
server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(server)

NOT_LOADED = (
    "unet/model.bin", "whole.safetensors", "towers/image/model.bin", "run.py", "vae/model.bf16.safetensors",
    "vae/model.non_ema.safetensors", "unet/whole.safetensors", "text_encoders/t5.safetensors",
)  # fmt: skip


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The folder of a hub's repositories, and the files that were fetched of them."""
    root = tmp_path / "hub"
    root.mkdir()
    with server.hub(root) as (address, fetched):
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
            monkeypatch.delenv(name, raising=False)
        constants = "huggingface_hub.constants."
        monkeypatch.setattr(constants + "ENDPOINT", address)
        monkeypatch.setattr(
            constants + "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants + "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants + "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants + "HF_HUB_DISABLE_PROGRESS_BARS", True)
        yield root, fetched


@pytest.fixture
def repository(hub, checkpoint, weights_of_size):
    """The repository owner/name: a VAE in two variants, a UNet in plain weights alone, and what nobody needs."""
    folder = shutil.copytree(checkpoint, hub[0] / "owner" / "name")
    names = ("vae/model.fp16.safetensors", "unet/model.safetensors", "towers/image/model.safetensors")
    for size, path in enumerate(names, start=3):  # of different content: the cache keeps one copy of equal files
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(weights_of_size(size))
    for path in ("unet/config.json", "towers/image/config.json"):
        (folder / path).write_text("{}")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, "unet": ["diffusers", "UNet2DConditionModel"]}))
    for path in NOT_LOADED:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(b"x")
    return folder


def source(name="owner/name", **options):
    return Checkpoint(model=name, revision=options.pop("revision", server.commit(name)), **options)


def found(wanted):
    return find_folder(wanted, Context(), component="x/y", offline="Run: prodgen models pull {name}")


def weights_of(names):
    return sorted(name for name in names if name.endswith(".safetensors"))


def test_plain_weights_serve_where_a_part_has_none_of_the_variant(hub, repository, tmp_path):
    wanted = ["unet/model.safetensors", "vae/model.fp16.safetensors"]
    folder = found(source(variant="fp16"))
    assert weights_of(hub[1]) == wanted
    assert found(source(variant="fp16")) == folder
    assert weights_of(hub[1]) == wanted, "fetched twice"
    pull([source(variant="fp16")], tmp_path / "pulled")
    assert weights_of(p.relative_to(tmp_path / "pulled").as_posix() for p in (tmp_path / "pulled").rglob("*")) == wanted
    assert not any(name.endswith((".bin", ".py")) for name in hub[1])


def test_a_mistyped_variant_fetches_no_weights(hub, repository, tmp_path):
    for call in (found, lambda wanted: pull([wanted], tmp_path / "pulled")):
        with pytest.raises(ConfigError, match="no weights of the variant 'fp61'"):
            call(source(variant="fp61"))
    assert not weights_of(hub[1])


def test_of_the_plain_weights_nothing_else_is_fetched(hub, repository):
    found(source())
    assert weights_of(hub[1]) == ["unet/model.safetensors", "vae/model.safetensors"]


def test_shards_are_those_of_the_index(hub, repository, weights_of_size):
    shards = [f"diffusion_pytorch_model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    for number, name in enumerate(shards, start=9):
        (repository / "unet" / name).write_bytes(weights_of_size(number))
    index = {"weight_map": {"a": shards[0], "b": shards[1]}}
    (repository / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    (repository / "unet" / "model.safetensors").unlink()
    found(source())
    assert weights_of(hub[1]) == [*(f"unet/{name}" for name in shards), "vae/model.safetensors"]


def test_an_interrupted_download_goes_on(hub, repository):
    """A part of which the hub's cache has no weights at all is no part without weights."""
    folder = found(source())
    (folder / "unet" / "model.safetensors").unlink()
    hub[1].clear()
    assert found(source()) == folder
    assert (folder / "unet" / "model.safetensors").is_file()
    (folder / "unet" / "model.safetensors").unlink()
    (repository / "unet" / "model.safetensors").unlink()
    with pytest.raises(ConfigError, match="lacks the weights of its part unet"):
        found(source())


def test_plain_weights_of_parts_that_nobody_needs_are_left_out(hub, repository):
    find_folder(source(variant="fp16"), Context(), component="x/y", offline="", parts=("vae",))
    assert weights_of(hub[1]) == ["vae/model.fp16.safetensors"]


def test_plain_weights_beside_a_variant_are_checked_too(hub, repository):
    found(source(variant="fp16"))
    (blob,) = {path.resolve() for path in hub[0].parent.glob("cache/*/snapshots/*/unet/model.safetensors")}
    blob.write_bytes(blob.read_bytes()[:-1])
    with pytest.raises(ConfigError, match="truncated"):
        found(source(variant="fp16"))


def test_a_model_in_a_folder_of_a_repository(hub, repository, tmp_path):
    tower = source(subfolder="towers/image")
    assert found(tower).parts[-2:] == ("towers", "image")
    assert weights_of(hub[1]) == ["towers/image/model.safetensors"]
    file = WeightsFile(model="owner/name", revision=server.commit("owner/name"), file="vae/model.safetensors")
    pull([file, tower], tmp_path / "pulled")
    pulled = Context(models_folder=lambda name: tmp_path / "pulled")
    assert find_folder(tower, pulled, component="x/y", offline="") == tmp_path / "pulled" / "towers" / "image"
    assert find_file(file, pulled, component="x/y", offline="") == tmp_path / "pulled" / "vae" / "model.safetensors"


def test_a_folder_that_was_not_pulled_with_the_rest_is_fetched(hub, repository, tmp_path, checkpoint):
    pulled = Context(models_folder=lambda name: checkpoint)
    assert find_folder(source(subfolder="towers/image"), pulled, component="x/y", offline="").name == "image"


def test_a_subfolder_that_is_not_there(checkpoint):
    assert found(Checkpoint(model=str(checkpoint), subfolder="vae")) == checkpoint / "vae"
    with pytest.raises(ConfigError, match="has no folder towers"):
        found(Checkpoint(model=str(checkpoint), subfolder="towers"))
    for name in ("../other", "/etc", "a//b", "a/../b"):
        with pytest.raises(ValueError, match="subfolder"):
            Checkpoint(model="owner/name", subfolder=name)


@pytest.mark.parametrize(
    ("wanted", "reason", "advice"),
    [
        (source("gated/name"), "it is gated", "then set HF_TOKEN"),
        (source("owner/none"), "no such repository", "Check `model`"),
        (source(revision="v9"), "no such revision", "Check `revision`"),
    ],
)
def test_why_the_hub_gives_nothing(hub, repository, tmp_path, wanted, reason, advice):
    shutil.copytree(repository, hub[0] / "gated" / "name")
    for call in (lambda: found(wanted), lambda: pull([wanted], tmp_path / "pulled")):
        with pytest.raises(MissingDependency, match=reason) as caught:
            call()
        assert advice in caught.value.hint
    assert not (tmp_path / "pulled").exists()
