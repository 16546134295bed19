"""`image/mini`: its numpy network is the network, its weights are verified, and it sees products rather than backgrounds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from prodgen_rank import plugin
from prodgen_rank.config import Config
from prodgen_rank.encoders import network, weights
from prodgen_rank.encoders.foreground import cut_out
from prodgen_rank.encoders.mini import MiniEncoder, features

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InvalidImage
from prodgen_sdk.testing.contracts import ImageEncoderContract
from prodgen_sdk.types import Image


class TestMini(ImageEncoderContract):
    plugin = plugin
    id = "image/mini"


@pytest.fixture(scope="module")
def shipped():
    return weights.read()


def mug(colour=(190, 30, 40), background=(255, 255, 255), size: int = 200, at=(0.5, 0.5), scale: float = 1.0) -> Image:
    y, x = (np.mgrid[0:size, 0:size] / size - np.asarray(at)[::-1, None, None]) / scale
    ring = np.hypot(x - 0.2, y)
    image = np.empty((size, size, 3), np.uint8)
    image[:] = background
    image[((abs(x) < 0.18) & (abs(y) < 0.2)) | ((ring < 0.12) & (ring > 0.07))] = colour
    return image


def alike(a: Image, b: Image) -> float:
    first, second = MiniEncoder(None, Context()).encode([a, b], Context())
    return float(first @ second)


def torch_maps(tensors, picture):
    """The same network with torch's own convolutions, written independently of the numpy one."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional

    def convolve(values, name, stride=1, groups=1):
        weight, bias = (torch.from_numpy(tensors[f"{name}.{part}"].astype(np.float32)) for part in ("weight", "bias"))
        return functional.conv2d(values, weight, bias, stride, weight.shape[-1] // 2, groups=groups)

    values = torch.from_numpy(picture).permute(2, 0, 1)[None]
    values = functional.relu6(convolve(values, "stem", 2))
    kept = []
    for number, stride in enumerate((1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1)):
        before = values
        if number:
            values = functional.relu6(convolve(values, f"blocks.{number}.expand"))
        values = functional.relu6(convolve(values, f"blocks.{number}.depthwise", stride, values.shape[1]))
        values = convolve(values, f"blocks.{number}.project")
        if stride == 1 and before.shape == values.shape:
            values = values + before
        if number in (4, 10):
            kept.append(values[0].permute(1, 2, 0).numpy())
    return kept


@pytest.mark.parametrize("size", [80, 96])
def test_the_network_is_that_of_torch(shipped, size) -> None:
    picture = np.random.default_rng(size).uniform(-1, 1, (size, size, 3)).astype(np.float32)
    for found, expected in zip(network.maps(shipped.trunk, picture), torch_maps(shipped.tensors, picture), strict=True):
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


def test_features_are_means_over_the_product(shipped) -> None:
    rng = np.random.default_rng(5)
    square = rng.integers(0, 256, (80, 80, 3), dtype=np.uint8)
    cover = np.zeros((80, 80), np.float32)
    cover[16:32, 48:64] = 1  # one cell of the coarse map
    white = ((np.where(cover[..., None] > 0, square, 255).astype(np.float32) - 127) / 128).astype(np.float32)
    fine, coarse = network.maps(shipped.trunk, white)
    seen = network.see(shipped.trunk, square, cover)
    assert seen.shape == (600,)
    for found, values, cells in ((seen[:40], fine, np.s_[2:4, 6:8]), (seen[40:152], coarse, np.s_[1:2, 3:4])):
        share = np.full(values.shape[:2], 1e-3)
        share[cells] += 1
        expected = (values * share[..., None]).sum((0, 1)) / share.sum()
        assert np.allclose(found, expected, atol=1e-4)
    assert np.allclose(seen[152:264], coarse[:3, :3].mean((0, 1)), atol=1e-4)
    assert np.allclose(seen[-112:], coarse[2:, 2:].mean((0, 1)), atol=1e-4)


def test_background_place_and_size_hardly_count_but_colour_and_shape_do() -> None:
    same = [
        alike(mug(), mug(background=(120, 200, 150))),
        alike(mug(), mug(at=(0.4, 0.6), scale=0.7)),
        alike(mug(), mug(size=333)),
    ]
    box = mug()
    box[:] = 255
    box[20:180, 70:130] = (190, 30, 40)
    other = [alike(mug(), mug((30, 60, 180))), alike(mug(), box)]
    assert min(same) > max(other) + 0.05
    assert min(same) > 0.8


@settings(max_examples=15, deadline=None)
@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])),
        elements=st.integers(0, 255),
    )
)
def test_any_picture_has_a_unit_vector(image) -> None:
    vectors = MiniEncoder(None, Context()).encode([image, image], Context())
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors[0] == vectors[1]).all()


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1), (2, 3000)])
def test_strips_have_a_vector(shape) -> None:
    assert np.isfinite(MiniEncoder(None, Context()).encode([np.full((*shape, 3), 90, np.uint8)], Context())).all()


def test_none_and_wrong_pictures() -> None:
    encoder = MiniEncoder(None, Context())
    assert len(encoder.encode([], Context())) == 0
    with pytest.raises(InvalidImage, match="uint8"):
        encoder.encode([np.zeros((8, 8, 3), np.float32)], Context())


def test_the_shipped_weights_are_small_and_named_by_their_digest(shipped) -> None:
    assert weights.SHIPPED.stat().st_size <= 4 * 2**20
    assert MiniEncoder(None, Context()).digest == shipped.digest == weights.SHIPPED_SHA256
    card = (weights.SHIPPED.parents[2] / "MODEL_CARD.md").read_text("utf-8")
    assert shipped.digest in card
    assert sum(value.size for value in shipped.tensors.values()) + shipped.head.weight.size < 2_000_000


@pytest.mark.parametrize("place", [9, 500, 100_000, -1])
def test_a_flipped_byte_is_detected(tmp_path, monkeypatch, place) -> None:
    data = bytearray(weights.SHIPPED.read_bytes())
    data[place] ^= 1
    damaged = tmp_path / "mini.safetensors"
    damaged.write_bytes(data)
    monkeypatch.setattr(weights, "SHIPPED", damaged)
    with pytest.raises(ConfigError, match="damaged"):
        weights.read()


def test_own_weights(tmp_path, shipped) -> None:
    path = tmp_path / "own.safetensors"
    rng = np.random.default_rng(0)
    size = len(shipped.head.mean)
    head = weights.Head(
        np.zeros(size, np.float32), np.ones(size, np.float32), rng.normal(size=(size, 16)).astype(np.float32)
    )
    digest = weights.write(path, shipped.tensors, head, {"made": "in a test"})
    config = Config.model_validate({"mini": {"weights": str(path)}})
    encoder = MiniEncoder(config, Context())
    assert encoder.digest == digest != shipped.digest
    found = encoder.encode([mug()], Context())[0]
    expected = features(shipped.trunk, cut_out(mug())) @ head.weight.astype(np.float16).astype(np.float32)
    np.testing.assert_allclose(found, expected / np.linalg.norm(expected), atol=1e-5)


def test_weights_that_are_none_are_refused(tmp_path) -> None:
    from safetensors.numpy import save_file

    with pytest.raises(ConfigError, match="cannot be read"):
        weights.read(tmp_path / "nowhere.safetensors")
    (tmp_path / "text").write_text("no weights")
    with pytest.raises(ConfigError, match="none of image/mini"):
        weights.read(tmp_path / "text")
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "other")
    with pytest.raises(ConfigError, match="format"):
        weights.read(tmp_path / "other")
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "named", {"prodgen": json.dumps({"format": weights.FORMAT})})
    with pytest.raises(ConfigError, match="none of image/mini"):
        weights.read(tmp_path / "named")
