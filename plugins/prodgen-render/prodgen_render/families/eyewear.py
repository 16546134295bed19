"""Glasses and sunglasses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import metal_or
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import bent, loft, smooth_path, tube

_DARK = ("sunglasses", "sunglass", "shades", "polarized", "太阳镜", "墨镜", "偏光")
_ROUND = ("round", "圆框")
_AVIATOR = ("aviator", "pilot", "飞行员")
_CAT_EYE = ("cat eye", "cat-eye", "cateye", "猫眼")
_FRAMES = ("plastic", "matte plastic", "metal", "steel", "gold", "brass", "aluminium", "bamboo", "wood")
_SHAPES = {
    "square": [(-23, 15), (-8, 18.6), (10, 19), (24, 17.5), (27.5, 10), (25, -6), (16, -17), (2, -19.6), (-12, -17.5), (-21, -8), (-24.5, 4)],
    "slim": [(-23, 12), (-8, 14.5), (10, 14.8), (23, 13), (26, 6), (24.5, -7), (17, -13.5), (2, -15), (-13, -13.8), (-21.5, -7), (-24, 3)],
    "round": [(23 * np.cos(a), 22.5 * np.sin(a)) for a in np.linspace(2.6, 2.6 - 2 * np.pi, 12)[:-1]],
    "aviator": [(-22, 14), (-6, 17.5), (12, 17.5), (25, 13), (28, 2), (23, -14), (10, -23), (-4, -22), (-15, -14), (-21, -4), (-23.5, 6)],
    "cat eye": [(-23, 12), (-8, 14.5), (8, 17.5), (24, 22), (29.5, 18), (26, -1), (16, -15), (2, -18.5), (-12, -16), (-21, -7), (-24.5, 3)],
}  # fmt: skip
"""The edge of the right lens from inside over the top, clockwise: millimetres outwards and upwards from its middle."""
_WRAP = 1.7
"""How much the front goes around the face: metres backwards a square metre sideways."""


def glasses(look: Look) -> list[Part]:
    """Two lenses in a frame that goes around the face, and temples over the ears; dark where they are for the sun.

    The lenses are round, of an aviator's or a cat's eye's shape where the words say so.
    """
    dark = look.says(_DARK)
    aviator = look.says(_AVIATOR)
    frame = metal_or(look, *(("metal", *_FRAMES) if aviator else _FRAMES), default="#26272a")
    kinds = (("round", look.says(_ROUND)), ("aviator", aviator), ("cat eye", look.says(_CAT_EYE)), ("square", dark))
    kind = next((name for name, said in kinds if said), "slim")
    scale = np.array([look.uniform(0.95, 1.08), look.uniform(0.95, 1.05)])
    edge = _edge(kind) * scale
    tint = look.plain("glass", "#f4f8f8")
    if dark:
        r, g, b = linear(look.part_colour("lens", (92, 94, 100)))
        tint = Material("lens", (0.1 * r, 0.1 * g, 0.1 * b), 0.05, coat=1.0)
    thin = frame.metallic > 0
    level = 0.030
    middle = -float(edge[:, 0].min()) + 0.0085
    upwards = np.clip(edge[:, 1] / edge[:, 1].max(), 0, 1)
    outwards = np.clip(edge[:, 0] / edge[:, 0].max(), 0, 1)
    broad = 0.0011 + 0 * upwards if thin else 0.0026 + 0.0016 * upwards + 0.0030 * (upwards * outwards) ** 2

    def inner(z: float) -> float:
        """Where a lens ends towards the nose at a height."""
        near = edge[edge[:, 0] < 0]
        return float(near[np.abs(near[:, 1] - z).argmin(), 0])

    pad = np.stack(
        [np.full(5, inner(-0.004) - 0.0006), np.linspace(0.0050, 0.0036, 5), np.linspace(-0.009, 0.001, 5)], -1
    )
    side = [
        _rim(edge, broad, 0.0011 if thin else 0.0021, frame),
        _lens(edge, tint),
        tube(
            pad,
            np.array([0.0010, 0.0020, 0.0024, 0.0020, 0.0010]),
            look.plain("glass") if thin else frame,
            flatten=0.7,
            segments=14,
        ),
    ]
    parts = [part.moved(x=middle, z=level) for part in side]
    bar = [_bridge(middle + inner(0.0055), 0.0055, 0.0098, 0.0011 if thin else 0.0028, frame)]
    if kind == "aviator":
        bar.append(_bridge(middle + inner(0.0150), 0.0150, 0.0178, 0.0011, frame))
    bar = [part.moved(z=level) for part in bar]
    front = [*parts, *(part.scaled(-1, 1, 1) for part in parts), *bar]
    out = float(middle + edge[:, 0].max() + broad.max() * 0.5)
    height = level + (0.010 if kind != "cat eye" else 0.017) * float(scale[1])
    temple = _temple(out, height, frame, look.plain("steel"), thin)
    return [*(bent(part, _wrapped) for part in front), *temple, *(part.scaled(-1, 1, 1) for part in temple)]


def _bridge(half: float, low: float, high: float, radius: float, frame: Material) -> Part:
    """A bar from rim to rim, `low` at its ends and `high` in the middle."""
    path = smooth_path([(-half, 0, low), (-0.45 * half, 0, high), (0.45 * half, 0, high), (half, 0, low)], 24)
    return tube(path, radius, frame, flatten=0.85, up=(0, 1, 0), segments=18)


def _edge(kind: str) -> NDArray[np.float64]:
    """The edge of a lens, a loop [96, 2] in metres, counter-clockwise."""
    corners = np.array(_SHAPES[kind][::-1]) / 1000
    n = len(corners)
    curve = smooth_path(np.concatenate([corners[-2:], corners, corners[:3]]), 16 * (n + 4) + 1)[32 : 32 + 16 * n + 1]
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    places = np.linspace(0, along[-1], detail.segments(96, 40), endpoint=False)
    return np.stack([np.interp(places, along, axis) for axis in curve.T], -1)


def _wrapped(points: Floats) -> Floats:
    return np.asarray(points + np.stack([0 * points[:, 0], _WRAP * points[:, 0] ** 2, 0 * points[:, 0]], -1))


def _rim(edge: NDArray[np.float64], broad: Floats, deep: float, frame: Material) -> Part:
    """A bar around a lens: `broad` metres wide at each point of its edge, with rounded edges, half as `deep` in front as behind."""
    along = np.roll(edge, -1, 0) - np.roll(edge, 1, 0)
    normal = np.stack([along[:, 1], -along[:, 0]], -1) / np.linalg.norm(along, axis=1, keepdims=True)
    a = np.linspace(0, 2 * np.pi, detail.segments(20, 8), endpoint=False)
    across, depth = (np.sign(f(a)) * np.abs(f(a)) ** 0.6 for f in (np.cos, np.sin))
    out = (0.5 + 0.5 * across)[None] * broad[:, None] - 0.0006
    flat = edge[:, None] + normal[:, None] * out[..., None]
    grid = np.stack([flat[..., 0], np.broadcast_to(-depth * deep, out.shape), flat[..., 1]], -1)
    return loft(np.concatenate([grid, grid[:1]]), frame)


def _lens(edge: NDArray[np.float64], glass: Material) -> Part:
    """A thin lens, a little domed."""
    share = np.array([0.001, 0.25, 0.5, 0.75, 0.9, 1.0])
    rings = edge[None] * share[:, None, None]
    dome = -0.0016 * (1 - share[:, None] ** 2) + 0 * rings[..., 0]
    front = np.stack([rings[..., 0], dome - 0.0004, rings[..., 1]], -1)
    back = front[::-1] + np.array([0, 0.0014, 0])
    return loft(np.concatenate([front, back]), glass, flip=True)


def _temple(out: float, height: float, frame: Material, metal: Material, thin: bool) -> list[Part]:
    """The piece at the frame's corner, the hinge behind it, and the temple that goes back and down behind the ear."""
    corner = _WRAP * out**2
    ear = out + 0.003
    path = smooth_path(
        [
            (out - 0.004, corner - 0.001, height), (out + 0.0015, corner + 0.004, height), (ear, corner + 0.03, height),
            (ear, 0.088, height - 0.001), (ear - 0.003, 0.112, height - 0.010), (ear - 0.006, 0.136, height - 0.031),
        ], 60,
    )  # fmt: skip
    t = np.linspace(0, 1, 60)
    tall = (
        np.interp(t, [0, 0.6, 0.75, 1], [0.0009, 0.0009, 0.0020, 0.0024])
        if thin
        else np.interp(t, [0, 0.2, 0.6, 0.85, 1], [0.0052, 0.0046, 0.0032, 0.0040, 0.0032])
    )
    arm = tube(path, tall, frame, flatten=0.9 if thin else 0.42, up=(1, 0, 0), segments=20)
    hinge = tube([(out - 0.001, corner + 0.005, height - 0.003), (out - 0.001, corner + 0.005, height + 0.003)], 0.0011, metal, segments=10)  # fmt: skip
    if thin:
        return [arm, hinge]
    rivets = [
        tube([(x, _WRAP * x * x - 0.0020, z), (x, _WRAP * x * x - 0.0024, z)], 0.0009, metal, segments=10)
        for x in (out - 0.0042,)
        for z in (height - 0.0016, height + 0.0026)
    ]
    return [arm, hinge, *rivets]
