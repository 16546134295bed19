"""Studio light: softboxes around the product and a dome, turned with the camera as on a turntable.

Directions live in the camera's azimuth frame: the camera is at -Y, the viewer's right is +X. The light of the rigs is neutral, so
one number a direction is enough; that of an `environment` has three. Levels are scaled so that a white surface that faces the
camera reflects `FRONT_LEVEL`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.vectors import smoothstep

FRONT_LEVEL = 0.88
ROWS, COLUMNS = 96, 192
ROUGHNESS_LEVELS = (0.1, 0.3, 0.4, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class Softbox:
    """A rectangular light far away: where it stands, its half extents (tangents of angles) and its radiance."""

    azimuth: float
    elevation: float
    width: float
    height: float
    radiance: float
    edge: float = 0.25

    @property
    def frame(self) -> tuple[Floats, Floats, Floats]:
        """Unit vectors to its centre, to its right and up."""
        az, el = np.radians([self.azimuth, self.elevation])
        to = np.array([np.sin(az) * np.cos(el), -np.cos(az) * np.cos(el), np.sin(el)], np.float32)
        right = np.array([np.cos(az), np.sin(az), 0], np.float32)
        return to, right, np.cross(to, right).astype(np.float32)

    def at(self, directions: Floats) -> Floats:
        """Its radiance in directions [..., 3], with soft edges."""
        to, right, up = self.frame
        ahead = directions @ to
        safe = np.maximum(ahead, 1e-3)
        fall = np.ones(directions.shape[:-1], np.float32)
        for axis, extent in ((right, self.width), (up, self.height)):
            fall *= smoothstep((extent - np.abs(directions @ axis) / safe) / (self.edge * extent))
        return np.where(ahead > 0, fall * self.radiance, 0).astype(np.float32)

    def towards(self, x: Floats, y: Floats) -> Floats:
        """Unit directions to points of the bright part of its face, x and y in [-1, 1]."""
        to, right, up = self.frame
        wide, high = self.bright
        points = to + np.asarray(x)[..., None] * (right * wide) + np.asarray(y)[..., None] * (up * high)
        return np.asarray(points / np.linalg.norm(points, axis=-1, keepdims=True), np.float32)

    @property
    def bright(self) -> tuple[float, float]:
        """Half extents of a light as strong without a soft edge, which counts by half."""
        shrink = 1 - self.edge / 2
        return self.width * shrink, self.height * shrink

    @property
    def solid_angle(self) -> float:
        """Steradians of the flat rectangle, its `bright` part."""
        a, b = self.bright
        return float(4 * np.arctan(a * b / np.sqrt(1 + a * a + b * b)))


@dataclass(frozen=True)
class Rig:
    """A light set-up.

    Args:
        key: the main light; the only one with a directed shadow of its own.
        others: further lights; they are part of the dome as far as shadows go.
        zenith, horizon, ground: radiance of the dome above, at eye level and below (the white sweep).
        shadow: how dark the ground shadow may get.
        sweep: radiance of the white sweep as it is seen in metal, 1 for white.
    """

    key: Softbox
    others: tuple[Softbox, ...]
    zenith: float
    horizon: float
    ground: float
    shadow: float
    sweep: float = 1.0


RIGS = {
    "studio": Rig(
        key=Softbox(-42, 42, 0.80, 1.05, 6.7, 0.7),
        others=(
            Softbox(62, 18, 0.32, 1.05, 2.4, 0.45),
            Softbox(0, 82, 0.7, 0.7, 1.7, 0.3),
            Softbox(-18, 8, 0.30, 1.2, 3.0, 0.95),
            Softbox(150, 28, 0.25, 0.9, 2.6, 0.45),
            Softbox(-145, 30, 0.25, 0.9, 2.2, 0.45),
        ),
        zenith=0.85, horizon=0.72, ground=1.1, shadow=0.62,
    ),
    "soft": Rig(
        key=Softbox(-30, 50, 1.1, 1.1, 2.4, 0.5),
        others=(Softbox(55, 25, 0.6, 1.0, 1.3, 0.5), Softbox(0, 85, 1.0, 1.0, 1.2, 0.5)),
        zenith=0.8, horizon=0.6, ground=0.95, shadow=0.45,
    ),
    "dramatic": Rig(
        key=Softbox(-65, 38, 0.32, 0.45, 26.0, 0.2),
        others=(Softbox(140, 25, 0.18, 0.9, 7.0, 0.15), Softbox(-150, 35, 0.15, 0.8, 3.0, 0.15)),
        zenith=0.22, horizon=0.16, ground=0.3, shadow=0.8, sweep=0.35,
    ),
}  # fmt: skip


def map_directions(rows: int, columns: int) -> Floats:
    """Unit directions of the cells of a latitude-longitude map, [rows, columns, 3]; row 0 looks up."""
    theta = (np.arange(rows) + 0.5) / rows * np.pi
    phi = (np.arange(columns) + 0.5) / columns * 2 * np.pi - np.pi
    sin = np.sin(theta)[:, None]
    return np.stack(np.broadcast_arrays(sin * np.cos(phi), sin * np.sin(phi), np.cos(theta)[:, None]), -1).astype(
        np.float32
    )


def look_up(table: Floats, directions: Floats) -> Floats:
    """Bilinear values of maps [..., rows, columns] at unit directions [n, 3]; a stack of maps gives [stack, n]."""
    rows, columns = table.shape[-2:]
    row = np.arccos(np.clip(directions[:, 2], -1, 1)) * np.float32(rows / np.pi) - np.float32(0.5)
    column = (np.arctan2(directions[:, 1], directions[:, 0]) + np.float32(np.pi)) * np.float32(
        columns / (2 * np.pi)
    ) - np.float32(0.5)
    row = np.clip(row, 0, rows - 1.001)
    r0, c0 = row.astype(np.int32), np.floor(column).astype(np.int32)
    fr, fc = row - r0, column - c0
    flat = table.reshape(*table.shape[:-2], -1)
    left, right = c0 % columns, (c0 + 1) % columns
    r0 = r0 * columns
    top = flat.take(r0 + left, -1)
    top += (flat.take(r0 + right, -1) - top) * fc
    r0 = r0 + columns
    low = flat.take(r0 + left, -1)
    low += (flat.take(r0 + right, -1) - low) * fc
    low -= top
    low *= fr
    return np.asarray(top + low, np.float32)


def relative_light(light: Lighting, normals: Floats, power: Floats | float) -> Floats:
    """Diffuse light on unit normals [n, 3] of the camera's azimuth frame as a share of that on a surface facing it, to a power."""
    level = light.irradiance(normals).mean(1) / np.float32(FRONT_LEVEL)
    return np.asarray(level ** np.asarray(power, np.float32))


def turn(directions: Floats, azimuth: float | Floats) -> Floats:
    """Directions of the camera's azimuth frame in the world: a turn by `azimuth` degrees (one, or one each) about Z. [n, 3]."""
    angle = np.radians(azimuth)
    c, s = (np.asarray(of(angle), np.float32) for of in (np.cos, np.sin))
    x, y = directions[..., 0], directions[..., 1]
    out = np.empty(directions.shape, np.float32)
    out[..., 0], out[..., 1], out[..., 2] = c * x - s * y, s * x + c * y, directions[..., 2]
    return out


@dataclass(frozen=True, eq=False)
class Lighting:
    """Light, tabulated over a latitude-longitude map of [ROWS, COLUMNS] directions; `channels` is 1 (neutral) or 3.

    Args:
        rig: its key light, and how dark a shadow it throws.
        dome: radiance without the key light, [ROWS, COLUMNS].
        diffuse: irradiance / pi by normal, with the key light and nothing in the way, [channels, ROWS, COLUMNS].
        glossy: radiance convolved with a lobe of each of ROUGHNESS_LEVELS, [levels, channels, ROWS, COLUMNS].
        key_radiance: of the key light, scaled like the maps.
        conserves: whether light that rough metal scatters more than once is added: a white surface in even light then has
            that light's level, whatever its roughness.
        mirrored: as `glossy`, for metal, where that differs. Other things show the sweep as dark as the dome has it, as it would
            lie over their colour like a veil.
    """

    rig: Rig
    dome: Floats
    diffuse: Floats
    glossy: Floats
    key_radiance: float
    conserves: bool = False
    mirrored: Floats | None = None

    def irradiance(self, normals: Floats) -> Floats:
        """Irradiance / pi on surfaces with unit normals [n, 3], [n, channels]."""
        return np.asarray(look_up(self.diffuse, normals).T)

    def reflected(self, directions: Floats, roughness: Floats, *, metal: bool = False) -> Floats:
        """What a lobe of this roughness around unit directions [n, 3] sees, [n, channels]."""
        maps = self.mirrored if metal and self.mirrored is not None else self.glossy
        levels = np.asarray(ROUGHNESS_LEVELS, np.float32)
        at = np.interp(roughness, levels, np.arange(len(levels))).astype(np.float32)
        low = np.minimum(at.astype(np.int32), len(levels) - 2)
        share = (at - low)[:, None]
        first, last = (int(low.min()), int(low.max()) + 2) if len(low) else (0, 2)
        # Surfaces of one picture are seldom of all roughnesses: look only into the maps between.
        values = look_up(maps[first:last], directions)
        low, index = low - first, np.arange(len(directions))
        return np.asarray(values[low, :, index] * (1 - share) + values[low + 1, :, index] * share)


def _radiance(rig: Rig, directions: Floats) -> tuple[Floats, Floats]:
    z = directions[..., 2]
    sky = rig.horizon + (rig.zenith - rig.horizon) * np.clip(z, 0, 1) ** 0.7
    dome = rig.ground + (sky - rig.ground) * smoothstep((z + 0.16) / 0.2)
    for light in rig.others:
        dome = np.maximum(dome, light.at(directions))
    return dome.astype(np.float32), rig.key.at(directions)


def _with_sweep(dome: Floats, directions: Floats, white: float) -> Floats:
    """The dome as metal shows it: the sweep below and behind the product is as white as the picture's background."""
    y, z = directions[..., 1], directions[..., 2]
    low, behind = (0.04 - z) / 0.2, 1.2 * y - 1.2 * np.maximum(z, 0)
    share = smoothstep(np.maximum(low, behind))
    return np.asarray(np.maximum(dome, white * share), np.float32)


@cache
def lighting(name: str) -> Lighting:
    """The tabulated rig of a `Scene.light`."""
    rig = RIGS[name]
    fine = map_directions(ROWS, COLUMNS)
    dome, key = _radiance(rig, fine)
    rows, columns = ROWS // 3, COLUMNS // 3
    coarse = map_directions(rows, columns)
    coarse_dome, coarse_key = _radiance(rig, coarse)
    everything = np.maximum(coarse_dome, coarse_key).reshape(-1)
    cosine = coarse.reshape(-1, 3) @ coarse.reshape(-1, 3).T
    diffuse = enlarged((np.maximum(cosine, 0) * solid_angles(rows, columns)) @ everything / np.pi, rows)
    scale = np.float32(FRONT_LEVEL / look_up(diffuse, np.array([[0, -1, 0]], np.float32))[0])
    white = float(rig.sweep / scale)
    glossy = np.stack([np.maximum(dome, key)[None], *lobes(everything[:, None], rows)]) * scale
    seen = np.maximum(_with_sweep(coarse_dome, coarse, white), coarse_key).reshape(-1, 1)
    metal = np.stack([np.maximum(_with_sweep(dome, fine, white), key)[None], *lobes(seen, rows)]) * scale
    return Lighting(
        rig, dome * scale, diffuse[None] * scale, glossy, float(rig.key.radiance * scale), mirrored=metal
    )  # fmt: skip


def solid_angles(rows: int, columns: int) -> Floats:
    """Steradians of the cells of a latitude-longitude map, [rows * columns]."""
    ring = np.sin((np.arange(rows) + 0.5) / rows * np.pi) * np.pi / rows * 2 * np.pi / columns
    return np.asarray(ring.repeat(columns))


def enlarged(values: Floats, rows: int) -> Floats:
    """A map of `rows` rows, flat, as one of [ROWS, COLUMNS]."""
    fine = map_directions(ROWS, COLUMNS).reshape(-1, 3)
    return look_up(values.reshape(rows, -1).astype(np.float32), fine).reshape(ROWS, COLUMNS)


def lobes(radiance: Floats, rows: int) -> list[Floats]:
    """A map [cells, channels] of `rows` rows seen through a lobe of each roughness but the smoothest; each [channels, ROWS, COLUMNS]."""
    columns = len(radiance) // rows
    flat = map_directions(rows, columns).reshape(-1, 3)
    cosine, solid = flat @ flat.T, solid_angles(rows, columns)
    found = []
    for level in ROUGHNESS_LEVELS[1:]:
        # A von Mises-Fisher lobe about as wide as a GGX lobe of this roughness.
        weights = np.exp(2 / level**4 * (cosine - 1)) * solid
        seen = (weights @ radiance) / weights.sum(1)[:, None]
        found.append(np.stack([enlarged(channel, rows) for channel in seen.T]))
    return found
