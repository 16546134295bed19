"""Light from panoramas: irradiance against the integral, the white furnace, direction, and untrusted files."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.config import Config
from prodgen_render.model import Material, Model3D
from prodgen_render.rendering.environment import (
    built_in,
    environment,
    environment_digest,
    harmonics,
    irradiance_by_harmonics,
    lit_by,
)
from prodgen_render.rendering.lights import COLUMNS, ROWS, Lighting, map_directions, solid_angles
from prodgen_render.rendering.panorama import read_panorama
from prodgen_render.rendering.shading import Shader
from prodgen_render.rendering.surface import locate
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import revolve

from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.types import Scene, View

BALL = np.stack([np.sin(np.linspace(0, np.pi, 33)), -np.cos(np.linspace(0, np.pi, 33))], -1)
FURNACE = np.ones((16, 32, 3), np.float32)
SUN = np.full((64, 128, 3), 0.05, np.float32)
SUN[20:24, 96:100] = 400.0  # at the viewer's right, above the horizon


def ball(**material: float) -> Model3D:
    BALL[[0, -1], 0] = 1e-4
    return Model3D((revolve(BALL, Material("test", (1.0, 1.0, 1.0), **material), 48),))


def test_irradiance_is_the_cosine_integral() -> None:
    radiance = np.random.default_rng(3).random((32 * 64, 3)).astype(np.float32)
    radiance += 3 * np.maximum(map_directions(32, 64).reshape(-1, 3) @ [[0.5], [-0.5], [0.7071]], 0)
    fast = irradiance_by_harmonics(radiance, 32)
    normals = map_directions(ROWS, COLUMNS)[::19, ::31].reshape(-1, 3)
    cosine = np.maximum(normals @ map_directions(32, 64).reshape(-1, 3).T, 0)
    true = (cosine * solid_angles(32, 64)) @ radiance / np.pi
    assert np.abs(fast[::19, ::31].reshape(-1, 3) / true - 1).max() < 0.04


def test_harmonics_are_orthonormal() -> None:
    values = harmonics(map_directions(64, 128).reshape(-1, 3))
    products = values.T @ (values * solid_angles(64, 128)[:, None])
    assert np.abs(products - np.eye(9)).max() < 0.01


@cache
def furnace() -> tuple[Lighting, Tracer]:
    return lit_by(FURNACE), Tracer(ball())


@settings(max_examples=30, deadline=None)
@given(roughness=st.floats(0.1, 1), metallic=st.floats(0, 1), coat=st.floats(0, 1))
def test_a_white_furnace_stays_white(roughness: float, metallic: float, coat: float) -> None:
    light, tracer = furnace()
    tracer.roughness[:], tracer.metallic[:], tracer.coat[:] = roughness, metallic, coat
    x, z = (a.reshape(-1) for a in np.meshgrid(np.linspace(-0.9, 0.9, 9), np.linspace(-0.9, 0.9, 9)))
    start = np.stack([x, np.full_like(x, -3), z], -1).astype(np.float32)
    ahead = np.broadcast_to(np.float32([0, 1, 0]), start.shape)
    eyes = np.zeros(len(start), np.int32)
    points = locate(tracer, tracer.first(start, ahead), start, ahead, eyes)
    shown, _ = Shader(tracer, light, None, 0.0, 0.01, mirrors=False).shade(points, np.ones(len(points), np.float32))
    level = light.irradiance(np.float32([[0, -1, 0]]))[0]
    assert len(points) > 40
    assert np.abs(shown / level - 1).max() < 0.03


def test_even_light_has_no_direction_and_no_key() -> None:
    light = lit_by(FURNACE)
    assert np.ptp(light.diffuse) < 1e-3
    assert np.ptp(light.glossy) < 1e-3
    assert light.key_radiance == 0


def test_right_is_right_and_turning_turns() -> None:
    axes = np.float32([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    light = lit_by(SUN)
    right, left, _, _ = light.irradiance(axes).mean(1)
    assert right > 3 * left
    assert light.rig.key.azimuth == pytest.approx(84.4, abs=3)
    assert light.rig.key.elevation == pytest.approx(28, abs=4)
    behind = lit_by(SUN, 90).irradiance(axes).mean(1)
    assert behind.argmax() == 2


def test_the_key_takes_what_the_dome_loses() -> None:
    light = lit_by(SUN)
    solid = solid_angles(ROWS, COLUMNS).reshape(ROWS, COLUMNS)
    whole = float((light.glossy[0].transpose(1, 2, 0) @ np.float32([0.2126, 0.7152, 0.0722]) * solid).sum())
    parts = float((light.dome * solid).sum()) + light.key_radiance * light.rig.key.solid_angle
    assert parts == pytest.approx(whole, rel=0.02)


def test_pictures_take_the_colour_of_the_light() -> None:
    warm = np.broadcast_to(np.float32([1.0, 0.6, 0.3]), (16, 32, 3))
    one = render(ball(roughness=0.6), [View()], Scene(shadow=False), 48, light=lit_by(warm))[0]
    r, g, b = one.image[one.mask].mean(0)
    assert r > g + 10 > b + 50
    other = render(ball(roughness=0.6), [View(azimuth=120)], Scene(shadow=False), 48, light=lit_by(warm))[0]
    assert np.abs(one.image.astype(int) - other.image).max() <= 2


def test_built_in_environments_light_the_front() -> None:
    for name in ("window", "overcast"):
        assert built_in(name).shape == (ROWS, COLUMNS, 3)
        level = environment(name).irradiance(np.float32([[0, -1, 0], [0, 0, 1]]))
        assert level[0].mean() == pytest.approx(0.88, abs=0.01)
    with pytest.raises(NotFound, match="windo"):
        environment("windo")


def rgbe(pixels: np.ndarray, *, encoded: bool) -> bytes:
    """A Radiance file, written by the book; rows as runs of at most 127 equal bytes or literals."""
    mantissa, exponent = np.frexp(pixels.max(2))
    scale = np.where(pixels.max(2) > 0, mantissa * 256 / np.maximum(pixels.max(2), 1e-30), 0)
    data = np.concatenate([pixels * scale[..., None], np.where(scale > 0, exponent + 128, 0)[..., None]], 2)
    data = data.astype(np.uint8)
    height, width = pixels.shape[:2]
    head = f"#?RADIANCE\n# made by a test\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    if not encoded:
        return head + data.tobytes()
    out = bytearray(head)
    for row in data:
        out += bytes([2, 2, width >> 8, width & 255])
        for channel in row.T:
            at = 0
            while at < width:
                run = 1
                while at + run < width and run < 127 and channel[at + run] == channel[at]:
                    run += 1
                if run > 2:
                    out += bytes([128 + run, channel[at]])
                else:
                    run = min(2, width - at)
                    out += bytes([run, *channel[at : at + run]])
                at += run
    return bytes(out)


def exr(pixels: np.ndarray, *, compression: int = 3, half: bool = True) -> bytes:
    """An OpenEXR file of scan lines, written by the book."""
    height, width = pixels.shape[:2]

    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value

    channels = b"".join(c.encode() + b"\0" + struct.pack("<iiii", 1 if half else 2, 0, 1, 1) for c in "BGR") + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = b"\x76\x2f\x31\x01" + struct.pack("<I", 2) + attribute("channels", "chlist", channels)
    head += (
        attribute("compression", "compression", bytes([compression])) + attribute("dataWindow", "box2i", window) + b"\0"
    )
    step = {0: 1, 2: 1, 3: 16}.get(compression, 32)
    chunks = []
    for y in range(0, height, step):
        rows = [
            pixels[row, :, c].astype("<f2" if half else "<f4").tobytes()
            for row in range(y, min(y + step, height))
            for c in (2, 1, 0)
        ]
        raw = np.frombuffer(b"".join(rows), np.uint8)
        if compression:
            split = np.concatenate([raw[::2], raw[1::2]]).astype(np.int64)
            packed = zlib.compress(np.concatenate([split[:1], np.diff(split) + 128]).astype(np.uint8).tobytes())
        else:
            packed = raw.tobytes()
        packed = min(packed, raw.tobytes(), key=len)
        chunks.append(struct.pack("<iI", y, len(packed)) + packed)
    start, table = len(head) + 8 * len(chunks), []
    for chunk in chunks:
        table.append(struct.pack("<Q", start))
        start += len(chunk)
    return head + b"".join(table) + b"".join(chunks)


def pixels(height: int = 20) -> np.ndarray:
    made = np.random.default_rng(1).random((height, 2 * height, 3)).astype(np.float32) ** 4 * 50
    made[3:9] = 0.25
    return made


@pytest.mark.parametrize("encoded", [True, False])
def test_radiance_files(encoded: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.hdr"
    file.write_bytes(rgbe(pixels(), encoded=encoded))
    read = read_panorama(file)
    assert np.abs(read - pixels()).max() <= pixels().max(2).max() / 128
    assert environment_digest(str(file)) != environment_digest("window")
    assert environment(str(file)).key_radiance >= 0


@pytest.mark.parametrize(("compression", "half"), [(0, True), (0, False), (2, True), (3, True), (3, False)])
def test_openexr_files(compression: int, half: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.exr"
    file.write_bytes(exr(pixels(), compression=compression, half=half))
    assert np.allclose(read_panorama(file), pixels(), rtol=2e-3 if half else 1e-6, atol=1e-6)


def broken(case: str) -> tuple[str, bytes]:
    good, flat, other = rgbe(pixels(), encoded=True), rgbe(pixels(), encoded=False), exr(pixels())
    size = b"-Y 20 +X 40"
    return {
        "empty": ("a.hdr", b""),
        "cut": ("a.hdr", good[: len(good) // 2]),
        "cut flat": ("a.hdr", flat[:-9]),
        "no header": ("a.hdr", b"PNG" * 99),
        "huge": ("a.hdr", good.replace(size, b"-Y 99999 +X 199998")),
        "zero": ("a.hdr", good.replace(size, b"-Y 0 +X 0")),
        "square": ("a.hdr", rgbe(pixels()[:, :20], encoded=False)),
        "turned": ("a.hdr", good.replace(size, b"+Y 20 +X 40")),
        "xyz": ("a.hdr", good.replace(b"rle_rgbe", b"rle_xyze")),
        "black": ("a.hdr", rgbe(pixels() * 0, encoded=False)),
        "exr cut": ("a.exr", other[:-40]),
        "exr head": ("a.exr", other[:40]),
        "exr magic": ("a.exr", b"x" * 400),
        "exr piz": ("a.exr", other.replace(b"\x01\x00\x00\x00\x03dataWindow", b"\x01\x00\x00\x00\x04dataWindow")),
        "exr tiled": ("a.exr", other[:4] + struct.pack("<I", 0x202) + other[8:]),
        "exr noise": ("a.exr", exr(np.full((20, 40, 3), 0.3))[:-60] + bytes(60)),
        "exr nan": ("a.exr", exr(np.where(pixels() > 40, np.nan, pixels()), compression=0)),
        "kind": ("a.png", good),
    }[case]


@pytest.mark.parametrize(
    "case",
    [
        "empty", "cut", "cut flat", "no header", "huge", "zero", "square", "turned", "xyz", "black", "exr cut", "exr head", "exr magic",
        "exr piz", "exr tiled", "exr noise", "exr nan", "kind",
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_advice(case: str, tmp_path: Path) -> None:
    name, data = broken(case)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_panorama(tmp_path / name)
    assert name in str(caught.value)
    assert caught.value.hint


def test_generators_use_the_configured_environment(tmp_path: Path) -> None:
    from prodgen_render.parametric import ParametricGenerator

    from prodgen_sdk.context import Context
    from prodgen_sdk.types import GenerationRequest, Product

    file = tmp_path / "warm.hdr"
    file.write_bytes(rgbe(np.broadcast_to(np.float32([1.0, 0.5, 0.2]), (8, 16, 3)), encoded=False))
    request = GenerationRequest(
        product=Product(sku="m", title="White mug", category="home/mug"), views=(View(),), size=48
    )
    configured = ParametricGenerator(Config(environment=str(file)))
    plain = ParametricGenerator()
    [[warm]], [[neutral]] = (one.generate([request], Context()) for one in (configured, plain))
    assert warm.image[warm.mask].mean(0)[2] < neutral.image[neutral.mask].mean(0)[2] - 30
    assert plain.digest == "" != configured.digest
    before = configured.digest
    file.write_bytes(rgbe(FURNACE[:8, :16], encoded=False))
    assert configured.digest != before
