"""What garments that open down the front have in common: body, folded collar, placket, buttons and pockets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from prodgen_render.families.collars import lying
from prodgen_render.families.garment_kit import garment, seam_of
from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import sheet
from prodgen_render.families.torso import Torso
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, tube


class Sewn(NamedTuple):
    """A garment's body and what is sewn on it.

    Args:
        cloth: of collar, cuffs and pockets, in one colour.
        seam: a darker shade of it.
        patterned: whether the body has a pattern; pockets and placket then are of the body, and only their seams are seen.
    """

    torso: Torso
    cloth: Material
    seam: Material
    patterned: bool


def body(look: Look, torso: Torso, names: tuple[str, ...]) -> tuple[list[Part], Sewn]:
    parts = garment(look, torso.field, torso.bounds, torso.keep, prints=look.pattern_name == "logo", names=names)
    patterned = parts[0].material.texture is not None
    cloth = look.solid(*names) if patterned else parts[0].material
    return parts, Sewn(torso, cloth, seam_of(cloth), patterned)


def with_pattern_of(part: Part, cloth: Part) -> Part:
    """A piece that lies on a garment, in the cloth of that: each point has the place in the pattern that is nearest to it."""
    _, nearest = cKDTree(cloth.vertices).query(part.vertices)
    return part.but(uv=cloth.uv[nearest], uv_metres=cloth.uv_metres, material=cloth.material)


def button(look: Look) -> Material:
    base = look.colour("#f4f3ef")
    return look.part(
        "buttons", look.plain("plastic", mix(base, (20, 20, 22), 0.55) if brightness(base) > 0.75 else (240, 236, 226))
    )


def around_the_neck(torso: Torso) -> tuple[Floats, Floats]:
    """Points along the neckline from one side of the opening in front round to the other [n, 3], and outwards at each [n, 2]."""
    loop = torso.neckline()
    start = int(np.argmin(loop[:, 1] + 10 * np.abs(loop[:, 0])))
    loop = np.concatenate([np.roll(loop, -start, axis=0), loop[start : start + 1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(loop, axis=0), axis=1))])
    places = np.linspace(0.006, along[-1] - 0.006, 120)
    path = np.stack([gaussian_filter1d(np.interp(places, along, axis), 3, mode="nearest") for axis in loop.T], -1)
    forward = np.gradient(path[:, :2], axis=0)
    away = np.stack([forward[:, 1], -forward[:, 0]], -1) / np.linalg.norm(forward, axis=1, keepdims=True)
    return path, away * np.sign((away * (path[:, :2] - path[:, :2].mean(0))).sum())


def folded_collar(torso: Torso, cloth: Material, leaf: float) -> list[Part]:
    """A stand around the neck and a leaf folded over it, open in front, with the seam along its edge.

    Args:
        leaf: how far it falls at the back, in metres; in front it is longer and ends in points.
    """
    path, away = around_the_neck(torso)
    ahead = np.clip(-away[:, 1], 0, 1) ** 3
    # In front it ends in points.
    ends = np.minimum(np.arange(len(path)), np.arange(len(path))[::-1])
    point = 0.026 * np.exp(-ends / 5)
    # (outwards, upwards) from the neckline: up the stand and over the fold.
    stand = np.array([[0.000, -0.006], [-0.009, 0.010], [-0.013, 0.024], [-0.012, 0.030], [-0.008, 0.0335]])
    upright = np.empty((len(path), len(stand), 3))
    upright[..., :2] = path[:, None, :2] + away[:, None] * stand[:, :1]
    upright[..., 2] = path[:, None, 2] + stand[:, 1]
    fall = lying(torso, upright[:, -1], away, leaf + 0.010 + 0.022 * ahead + point, float(path[:, 2].max()))
    # On the ridge of the shoulders neighbours part, to the front and to the back.
    fall = np.asarray(clear_of(torso, gaussian_filter1d(fall, 3, axis=0, mode="nearest"), 0.0042), np.float64)
    edge = np.concatenate([fall[0, 2:-1], fall[:, -1], fall[-1, -2:1:-1]])
    leaves = sheet(np.concatenate([upright, fall], 1), 0.0024, cloth, (0.1, 0.1))
    return [leaves, tube(edge, 0.0016, seam_of(cloth), segments=8)]


def standing_collar(torso: Torso, cloth: Material, high: float) -> list[Part]:
    """A band around the neck, so many metres high, whose ends meet in front."""
    path, away = around_the_neck(torso)
    steps = np.array([[0.000, -0.006], [-0.006, 0.35 * high], [-0.010, 0.75 * high], [-0.011, high]])
    upright = np.empty((len(path), len(steps), 3))
    upright[..., :2] = path[:, None, :2] + away[:, None] * steps[:, :1]
    upright[..., 2] = path[:, None, 2] + steps[:, 1]
    edge = np.concatenate([upright[0], upright[1:-1, -1], upright[-1, ::-1]])
    return [sheet(upright, 0.0026, cloth, (0.1, 0.1)), tube(edge, 0.0016, seam_of(cloth), segments=8)]


def clear_of(torso: Torso, points: Floats, gap: float, *, close: bool = False) -> Floats:
    """Points [n, m, 3], those moved that are less than `gap` before the body; with `close` also those that are more."""
    moved = points.reshape(-1, 3).astype(np.float32)
    step = np.eye(3, dtype=np.float32) * np.float32(0.002)
    for _ in range(5):
        depth = torso.field(moved)
        slope = np.stack([torso.field(moved + axis) - depth for axis in step], -1)
        slope /= np.linalg.norm(slope, axis=1, keepdims=True).clip(1e-9)
        moved = moved + slope * (gap - depth if close else np.maximum(gap - depth, 0))[:, None]
    return moved.reshape(points.shape)


def placket(sewn: Sewn, half: float, low: float = 0.003) -> Part:
    """The strip down the front that the buttons are on, from `low` metres above the hem."""
    torso = sewn.torso
    height = np.linspace(low, torso.length - torso.neck[1] - 0.002, 70)
    if sewn.patterned:
        return tube(torso.on_front(half + 0 * height, height, 0.001), 0.0012, sewn.seam, segments=8)
    across = np.array([-1, -0.96, -0.5, 0, 0.5, 0.96, 1]) * half
    x, z = np.meshgrid(across, height)
    skin = torso.on_front(x, z, 0.001)
    skin[:, 1:-1, 1] -= 0.0025
    return loft(skin.astype(np.float64), sewn.cloth, closed=False)


def quilted(part: Part) -> Part:
    """A part of a body with channels across, full between their seams."""

    def full(v: Floats) -> Floats:
        height = np.abs(np.sin(np.pi * v[:, 2] / 0.085)) ** 0.55
        out = np.stack([v[:, 0] / 0.25, v[:, 1] / 0.12, 0 * v[:, 2]], -1)
        return np.asarray(v + 0.011 * height[:, None] * out / np.linalg.norm(out, axis=1, keepdims=True).clip(0.3))

    return bent(part, full)


def buttons(
    torso: Torso, material: Material, count: int, radius: float = 0.0058, low: float = 0.07, x: float = 0.0
) -> list[Part]:
    """A row of buttons from `low` metres above the hem up to the opening, `x` metres from the middle."""
    heights = np.linspace(low, torso.length - torso.neck[1] - 0.012, count)
    places = torso.on_front(x + 0 * heights, heights, 0.0035)
    disc = [(1e-4, 0.0), (radius, 0.0), (radius, 0.0024), (radius * 0.7, 0.0018), (1e-4, 0.0018)]
    piece = lathe(disc, [0, 0.0006, 0.0008, 0.0004, 0], material, 32).turned(90, "x")
    return [piece.moved(x=float(x), y=float(y), z=float(z)) for x, y, z in places]


def pocket(sewn: Sewn, across: tuple[float, float], heights: tuple[float, float]) -> list[Part]:
    """A pocket sewn on the front.

    Args:
        across: from one edge to the other, in metres from the middle.
        heights: from its bottom to its top, as shares of the trunk's length.
    """
    low, high = (share * sewn.torso.length for share in heights)
    x, z = np.meshgrid(np.linspace(min(across), max(across), 16), np.linspace(low, high, 16))
    skin = sewn.torso.on_front(x, z, 0.001)
    skin[1:-1, 1:-1, 1] -= 0.0024
    edge = np.concatenate([skin[::-1, 0], skin[0], skin[:, -1], skin[-1, ::-1]]) - [0, 0.0012, 0]
    pocket = [] if sewn.patterned else [loft(skin.astype(np.float64), sewn.cloth, closed=False)]
    return [*pocket, tube(edge, 0.0012, sewn.seam, segments=8)]
