"""Light from a panorama: diffuse by spherical harmonics, glossy by prefiltered lobes, shadows by its brightest spot.

Ramamoorthi and Hanrahan (2001): nine numbers a colour give the irradiance of any distant light to about a percent. As the rigs do,
a panorama turns with the camera; its middle is what lies behind the product.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from prodgen_render.config import Config
from prodgen_render.model import Floats
from prodgen_render.rendering.lights import (
    COLUMNS,
    FRONT_LEVEL,
    ROWS,
    Lighting,
    Rig,
    Softbox,
    lobes,
    look_up,
    map_directions,
    solid_angles,
)
from prodgen_render.rendering.panorama import read_panorama
from prodgen_sdk.errors import NotFound
from prodgen_sdk.files import file_digest
from prodgen_sdk.images.colour import LUMINANCE

BUILT_IN = ("window", "overcast")
_COARSE = 32
_SPOT = 25.0
"""Degrees around the brightest place that belong to the key light."""
_LEAST_KEY = 0.02
"""Share of all light that a spot has to have to throw a shadow of its own."""
_LUMINANCE = np.array(LUMINANCE, np.float32)


def environment(name: str, turn: float = 0.0) -> Lighting:
    """The light of a panorama file, or of a built-in one.

    Args:
        name: `window` (a room with a large window), `overcast` (open sky over light ground), or the path of a .hdr or .exr file.
        turn: degrees by which it is turned counter-clockwise, seen from above.

    Raises:
        InputError: neither a built-in environment nor a panorama that can be read.

    >>> environment("overcast").irradiance(np.array([[0, -1, 0]], np.float32)).shape
    (1, 3)
    """
    return _kept(name, environment_digest(name), turn)


def light_of(config: Config) -> Lighting | None:
    """The light that the configuration asks for in place of the scene's, if it does."""
    return environment(config.environment, config.environment_turn) if config.environment else None


def digest_of(config: Config) -> str:
    """What pictures depend on besides the configuration itself: what the file of the environment holds."""
    return environment_digest(config.environment) if config.environment else ""


def environment_digest(name: str) -> str:
    """What tells one environment from another: its name, or the digest of its file."""
    if name in BUILT_IN:
        return name
    path = Path(name)
    if not path.is_file():
        raise NotFound.of("environment", name, BUILT_IN, hint="Or give the path of a .hdr or .exr file.")
    return file_digest(path)


@lru_cache(maxsize=4)
def _kept(name: str, digest: str, turn: float) -> Lighting:
    del digest
    return lit_by(built_in(name) if name in BUILT_IN else read_panorama(Path(name)), turn)


def lit_by(panorama: Floats, turn: float = 0.0) -> Lighting:
    """The light of a panorama [height, width, 3] of linear radiance, scaled as the rigs are."""
    radiance = _turned(_resampled(panorama, ROWS), turn)
    coarse = _resampled(radiance, _COARSE).reshape(-1, 3)
    diffuse = np.moveaxis(irradiance_by_harmonics(coarse, _COARSE), -1, 0)
    scale = np.float32(FRONT_LEVEL / max(float(look_up(diffuse, np.array([[0, -1, 0]], np.float32)).mean()), 1e-6))
    key, rest = _key_light(radiance.astype(np.float32) @ _LUMINANCE)
    glossy = np.stack([np.moveaxis(radiance, -1, 0), *lobes(coarse, _COARSE)])
    return Lighting(
        Rig(key, (), 0, 0, 0, 0.62), rest * scale, (diffuse * scale).astype(np.float32), (glossy * scale).astype(np.float32),
        float(key.radiance * scale), conserves=True,
    )  # fmt: skip


def harmonics(directions: Floats) -> Floats:
    """The real spherical harmonics of degree 0 to 2 in unit directions [n, 3], [n, 9]."""
    x, y, z = np.asarray(directions, np.float64).T
    return np.stack(
        [
            np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x,
            1.092548 * x * y, 1.092548 * y * z, 0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
        ], -1,
    )  # fmt: skip


_COSINE_LOBE = np.repeat([np.pi, 2 * np.pi / 3, np.pi / 4], [1, 3, 5])


def irradiance_by_harmonics(radiance: Floats, rows: int) -> Floats:
    """Irradiance / pi by normal, [ROWS, COLUMNS, 3], under a map of `rows` rows, flat [rows * columns, 3]."""
    columns = len(radiance) // rows
    solid = solid_angles(rows, columns)
    # The cells' areas add up to a little more than the sphere's.
    solid = solid * (4 * np.pi / solid.sum())
    light = harmonics(map_directions(rows, columns).reshape(-1, 3)).T @ (radiance * solid[:, None])
    found = harmonics(map_directions(ROWS, COLUMNS).reshape(-1, 3)) @ (light * _COSINE_LOBE[:, None]) / np.pi
    # A sun is more than nine numbers hold: opposite to it they ring.
    least = 0.02 * float(found.max())
    return np.asarray(np.maximum(found, least).reshape(ROWS, COLUMNS, 3), np.float32)


def _resampled(panorama: Floats, rows: int) -> Floats:
    """Means over the cells of a map of `rows` rows and twice as many columns; a smaller panorama is repeated."""
    picture: Floats = np.asarray(panorama, np.float32)
    for axis, count in ((0, rows), (1, 2 * rows)):
        size = picture.shape[axis]
        if size < count:
            picture = np.take(picture, np.arange(count) * size // count, axis)
            continue
        edges = np.arange(count) * size // count
        sizes = np.diff([*edges, size]).astype(np.float32)
        picture = np.add.reduceat(picture, edges, axis) / np.expand_dims(sizes, tuple({0, 1, 2} - {axis}))
    return picture


def _turned(radiance: Floats, turn: float) -> Floats:
    """From columns as one sees them (right is right, the middle behind the product) to those of `map_directions`."""
    columns = radiance.shape[1]
    from_x = (np.arange(columns) + 0.5) / columns * 360 - 180
    seen = 90 - from_x + turn
    return radiance[:, np.floor((seen / 360 + 0.5) % 1 * columns).astype(int) % columns]


def _key_light(luminance: Floats) -> tuple[Softbox, Floats]:
    """The brightest spot as a softbox, and the rest [ROWS, COLUMNS]."""
    directions = map_directions(ROWS, COLUMNS)
    solid = solid_angles(ROWS, COLUMNS).reshape(ROWS, COLUMNS)
    place = int((luminance * np.maximum(solid, solid.max() * 0.05)).argmax())
    peak = directions.reshape(-1, 3)[place]
    near = directions @ peak > np.cos(np.radians(_SPOT))
    level = float((luminance * solid).sum() / solid.sum())
    excess = np.where(near, np.maximum(luminance - 1.5 * level, 0), 0)
    power = float((excess * solid).sum())
    if power < _LEAST_KEY * 4 * np.pi * level:
        # Even light: what is called its key is a piece of it, overhead.
        box = Softbox(0, 80, 0.5, 0.5, 0.0)
        return box, luminance
    middle = (directions * (excess * solid)[..., None]).sum((0, 1))
    middle /= np.linalg.norm(middle)
    spread = float(np.sqrt((((directions - middle) ** 2).sum(-1) * excess * solid).sum() / power))
    azimuth = float(np.degrees(np.arctan2(middle[0], -middle[1])))
    elevation = float(np.degrees(np.arcsin(np.clip(middle[2], -1, 1))))
    half = float(np.clip(spread, 0.06, 0.7))
    box = Softbox(azimuth, elevation, half, half, 1.0)
    return Softbox(azimuth, elevation, half, half, power / box.solid_angle), luminance - excess


def built_in(name: str) -> Floats:
    """The panorama [96, 192, 3] of a built-in environment, as one sees it from the product."""
    rows, columns = ROWS, COLUMNS
    up = np.cos((np.arange(rows) + 0.5) / rows * np.pi)[:, None, None].astype(np.float32)
    azimuth = ((np.arange(columns) + 0.5) / columns * 360 - 180)[None, :, None]
    elevation = np.degrees(np.arcsin(up))
    if name == "overcast":
        # The CIE overcast sky is three times as bright overhead as at the horizon.
        sky = (1 + 2 * np.maximum(up, 0)) / 3 * np.array([0.94, 0.98, 1.06], np.float32)
        ground = np.array([0.34, 0.32, 0.29], np.float32)
        return np.broadcast_to(np.where(up > 0, sky, ground), (rows, columns, 3)).astype(np.float32)
    if name != "window":
        raise NotFound.of("environment", name, BUILT_IN)

    def pane(centre: float, width: float, low: float, high: float) -> Floats:
        across = np.abs((azimuth - centre + 180) % 360 - 180)
        inside = (
            np.clip((width - across) / 4, 0, 1)
            * np.clip((elevation - low) / 4, 0, 1)
            * np.clip((high - elevation) / 4, 0, 1)
        )
        return np.asarray(inside, np.float32)

    wall, floor = np.array([0.56, 0.55, 0.53], np.float32), np.array([0.46, 0.42, 0.37], np.float32)
    ceiling = np.array([0.7, 0.7, 0.69], np.float32)
    room = np.where(up > 0.64, ceiling, np.where(up < -0.2, floor, wall))
    room = np.broadcast_to(room, (rows, columns, 3)).astype(np.float32).copy()
    # Two panes between the viewer and the viewer's left, and at the right a wall that they light.
    day = np.array([6.4, 7.0, 7.9], np.float32)
    room += (pane(-117, 16, 2, 58) + pane(-151, 16, 2, 58)) * day
    room += pane(120, 40, -10, 50) * np.array([0.75, 0.72, 0.68], np.float32)
    return room
