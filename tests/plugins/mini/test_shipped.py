"""The weights that come with the package."""

import re
from pathlib import Path

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

torch = pytest.importorskip("torch")
from prodgen_mini import weights  # noqa: E402
from prodgen_mini.generators import DiffusionGenerator, GanGenerator, VaeGenerator  # noqa: E402

PARTS = ("codec", "vae", "gan", "diffusion", "reranker")


def test_weights_are_small_and_what_the_sums_say():
    assert set(weights.shipped_sha256()) == {f"{part}.safetensors" for part in PARTS}
    for part in PARTS:
        assert (weights.SHIPPED / f"{part}.safetensors").stat().st_size <= 10_000_000
        assert weights.read(part).digest == weights.shipped_sha256()[f"{part}.safetensors"]


def test_the_model_card_names_them():
    card = (Path(__file__).parents[3] / "plugins" / "prodgen-mini" / "MODEL_CARD.md").read_text("utf-8")
    assert set(re.findall(r"`([0-9a-f]{64})`", card)) == set(weights.shipped_sha256().values())


@pytest.mark.parametrize("generator", [GanGenerator, VaeGenerator, DiffusionGenerator])
def test_each_model_loads_with_its_codec(generator):
    made = generator(None, Context())
    assert made.digest.count("+") == (1 if generator is DiffusionGenerator else 2)
    assert len(made.space.families) == 42


def test_a_damaged_package_is_noticed(tmp_path, monkeypatch):
    for path in weights.SHIPPED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    data = bytearray((tmp_path / "gan.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "gan.safetensors").write_bytes(bytes(data))
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)
    with pytest.raises(ConfigError, match="Install prodgen-mini again"):
        weights.read("gan")


def test_a_pin_holds_for_the_packages_own_weights_too():
    with pytest.raises(ConfigError, match="not the ones that are wanted"):
        weights.read("gan", sha256="0" * 64)
    pinned = weights.shipped_sha256()["gan.safetensors"]
    assert weights.read("gan", sha256=pinned).digest == pinned


def test_folders_and_pickles_are_refused_by_name(tmp_path):
    import pickle

    with pytest.raises(ConfigError, match="are a folder"):
        weights.read("vae", tmp_path)
    (tmp_path / "vae.pkl").write_bytes(pickle.dumps({"weight": 1}))
    torch.save({"weight": torch.zeros(1)}, tmp_path / "vae.pt")
    for name in ("vae.pkl", "vae.pt"):
        with pytest.raises(ConfigError, match="never loaded"):
            weights.read("vae", tmp_path / name)
