import threading

import pytest
from pydantic import BaseModel

from prodgen_sdk import Config, ConfigError, MissingDependency, OutsideWorkspace, hookimpl
from prodgen_sdk.config import load_config, validate
from prodgen_sdk.errors import Busy, NotFound, StoreError
from prodgen_sdk.files import inside, locked, replacing, write_atomically
from prodgen_sdk.host import Host
from prodgen_sdk.paths import ConfigPath, ConfigPathOrName
from prodgen_sdk.runtime import base_seed, canonical_digest, item_seed, models_folder, resolve_device, resolve_dtype
from prodgen_sdk.workspace import find_workspace, init_workspace, open_workspace


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b", "link/secret"])
def test_a_path_cannot_leave_its_folder(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(OutsideWorkspace, match="outside"):
        inside(root, path)


def test_a_path_inside_is_resolved(tmp_path):
    assert inside(tmp_path, "a/b.png") == tmp_path.resolve() / "a/b.png"


def test_a_lock_has_one_holder_and_is_free_afterwards(tmp_path):
    file = tmp_path / "a" / "lock"
    with locked(file, seconds=1, work="counting"):
        second = locked(file, seconds=0.05, work="counting")
        with pytest.raises(Busy, match=r"Another process has been counting for 0\.05 seconds"):
            second.__enter__()
    with locked(file, seconds=0.05, work="counting"):
        pass
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreError, match="could not be written"),
        locked(tmp_path / "file" / "lock", seconds=1, work="x"),
    ):
        pass


def test_who_waits_for_a_lock_says_so(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("prodgen_sdk.files._QUIETLY", 0.05)
    first = locked(tmp_path / "lock", seconds=1, work="counting")
    first.__enter__()
    release = threading.Timer(0.3, first.__exit__, (None, None, None))
    release.start()
    with locked(tmp_path / "lock", seconds=20, work="counting"):
        assert caplog.messages == ["another process is counting; waiting for it, 20 seconds at most"]


def test_atomic_writing_makes_folders_and_replaces(tmp_path):
    path = write_atomically(tmp_path / "a/b.txt", b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [file.name for file in path.parent.iterdir()] == ["b.txt"]


def test_atomic_writing_takes_any_name_that_the_file_system_takes(tmp_path):
    path = tmp_path / f"{'杯' * 83}.png"  # 253 bytes of at most 255
    assert write_atomically(path, b"one").read_bytes() == b"one"


def test_what_breaks_while_it_is_written_changes_nothing(tmp_path):
    kept = write_atomically(tmp_path / "b.txt", b"one")

    def breaks(path, write):
        with replacing(path) as unfinished:
            write(unfinished)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        breaks(kept, lambda file: file.write_bytes(b"tw"))
    with pytest.raises(KeyboardInterrupt):
        breaks(tmp_path / "folder", lambda folder: write_atomically(folder / "a.txt", b"one"))
    assert kept.read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["b.txt"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[review]\nauto_aprove = true", "review.auto_aprove"),
        ("[reviews]\nx = 1", "Known keys: store"),
        ("[runtime]\ndevice = 'gpu'", "runtime.device"),
        ("= 3", "not TOML"),
        ("[store]\n[store]", r"\[store\] stands there already: write your keys below that line"),
        ("[plugins.acme]\n[plugins.acme]", r"\[plugins\.acme\] stands there already"),
        ("[store]\ndatabase = {env = 'PRODGEN_TEST_UNSET'}", "PRODGEN_TEST_UNSET is not set"),
        ("[recommend]\nhalf_life_days = -1", "recommend.half_life_days"),
        (
            "[recommend]\nattribution_minutes = inf",
            "recommend.attribution_minutes must be less than or equal to 527040",
        ),
        ("[recommend]\nweights = {click = nan}", "recommend.weights.click must be a finite number"),
        ("[scheduler]\nmax_wait_ms = inf", "scheduler.max_wait_ms"),
    ],
)
def test_a_bad_configuration_names_file_and_key(tmp_path, text, words):
    path = tmp_path / "prodgen.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_a_required_key_that_is_misspelt_is_told_by_how_it_was_written():
    class Run(BaseModel, extra="forbid"):
        steps: int
        rate: float

    with pytest.raises(ConfigError, match=r"^run.toml: stepps is not known\. Did you mean steps\?"):
        validate(Run, {"stepps": 3, "rate": 0.1}, where="run.toml")
    with pytest.raises(ConfigError, match=r"^run.toml: steps is missing\.$"):
        validate(Run, {"rate": 0.1}, where="run.toml")


def test_a_secret_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODGEN_TEST_URL", "sqlite:///other.db")
    (tmp_path / "prodgen.toml").write_text("[store]\ndatabase = {env = 'PRODGEN_TEST_URL'}")
    assert load_config(tmp_path / "prodgen.toml").store.database == "sqlite:///other.db"


def test_a_plugin_section_must_be_a_table():
    config = Config.model_validate({"plugins": {"acme": 3}})
    with pytest.raises(ConfigError, match=r"\[plugins\.acme\]"):
        config.plugins.section("acme")


class Weighted(BaseModel):
    """A section as plugins have it."""

    weights: ConfigPath | None = None
    models: tuple[ConfigPathOrName, ...] = ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("a/b.safetensors", "{folder}/a/b.safetensors"), ("/a/b", "/a/b"), ("../b", "{folder}/../b"), ("~/b", "{home}/b")],
)
def test_paths_are_those_of_the_configuration_wherever_the_process_starts(tmp_path, monkeypatch, written, meant):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir("/")
    section = validate(Weighted, {"weights": written}, where="here", folder=tmp_path)
    assert str(section.weights) == meant.format(folder=tmp_path, home=tmp_path / "home")
    assert str(Weighted(weights=written).weights) == written, "without a file it is the process's folder that counts"


def test_a_name_is_no_path_unless_it_is_written_as_one_or_there(tmp_path):
    (tmp_path / "mine").mkdir()
    section = validate(Weighted, {"models": ["owner/name", "mine", "./owner/name"]}, where="here", folder=tmp_path)
    assert section.models == ("owner/name", str(tmp_path / "mine"), str(tmp_path / "owner/name"))


def test_a_home_that_nobody_has_is_an_error_that_names_the_key(tmp_path):
    with pytest.raises(
        ConfigError, match=r"here: weights names a home folder that is not there: ~nobody-of-that-name/b"
    ):
        validate(Weighted, {"weights": "~nobody-of-that-name/b"}, where="here", folder=tmp_path)


def test_models_are_looked_for_below_the_workspace(tmp_path):
    (tmp_path / "prodgen.toml").write_text("[models]\nfolder = 'models'")
    assert load_config(tmp_path / "prodgen.toml").models.folder == tmp_path / "models"


def test_the_digest_of_a_configuration_moves_with_the_workspace(tmp_path):
    class Plugin:
        @hookimpl
        def config_model(self):
            return Weighted

    digests = set()
    for name in ("here", "there"):
        (tmp_path / name / "mine").mkdir(parents=True)
        (tmp_path / name / "prodgen.toml").write_text("[plugins.acme]\nweights = 'a'\nmodels = ['mine', 'owner/name']")
        workspace = open_workspace(tmp_path / name)
        host = Host(workspace.config, strict=True, folder=workspace.folder)
        host.register(Plugin(), "acme")
        digests.add(host.configuration("acme"))
    elsewhere = Host(Config.model_validate({"plugins": {"acme": {"weights": "b"}}}), strict=True)
    elsewhere.register(Plugin(), "acme")
    assert len(digests) == 1
    assert elsewhere.configuration("acme") not in digests


def test_a_workspace_is_made_once_found_upwards_and_opened(tmp_path, monkeypatch):
    monkeypatch.delenv("PRODGEN_WORKSPACE", raising=False)
    made = init_workspace(tmp_path / "shop")
    (made.folder / "prodgen.toml").write_text("[review]\nauto_approve = false")
    assert init_workspace(tmp_path / "shop").config.review.auto_approve is False
    below = made.folder / "a/b"
    below.mkdir(parents=True)
    assert find_workspace(below) == made.folder
    assert made.database == made.folder / "prodgen.db"
    with pytest.raises(ConfigError, match="prodgen init"):
        open_workspace(tmp_path)


def test_the_shipped_template_is_the_default_configuration(tmp_path):
    assert init_workspace(tmp_path).config == Config()


def test_seeds_depend_on_what_they_should():
    request = {"a": 1, "b": [2, 3]}
    assert base_seed(None, request) == base_seed(None, {"b": [2, 3], "a": 1}) != base_seed(None, {"a": 1, "b": [3, 2]})
    assert base_seed(7, request) == 7
    assert base_seed("random", request) != base_seed("random", request)
    assert item_seed(1, "a") == item_seed(1, "a") != item_seed(1, "b") != item_seed(2, "b")
    assert item_seed(0, "a", 0) != item_seed(0, "a", 1)
    assert canonical_digest({"x": "红"}) == canonical_digest({"x": "红"})


def test_the_device_falls_back_to_the_cpu_and_says_what_is_not_there():
    assert resolve_device("cpu") == "cpu"
    assert resolve_dtype("auto", "cpu") == "float32"
    with pytest.raises(ConfigError, match="emulated"):
        resolve_dtype("bfloat16", "cpu")
    with pytest.raises(ConfigError, match="cuda:99"):
        resolve_device("cuda:99")


def test_models_are_looked_for_in_the_configured_folder_then_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODGEN_MODELS", str(tmp_path / "cache"))
    with pytest.raises(MissingDependency, match="prodgen models pull pose"):
        models_folder("pose", tmp_path / "own")
    (tmp_path / "cache/pose").mkdir(parents=True)
    assert models_folder("pose", tmp_path / "own") == tmp_path / "cache/pose"
    (tmp_path / "own/pose").mkdir(parents=True)
    assert models_folder("pose", tmp_path / "own") == tmp_path / "own/pose"


def test_not_found_suggests_neighbours():
    assert "Did you mean render/mesh" in str(NotFound.of("generator", "render/mash", ["render/mesh", "text/hash"]))
