"""Sports: balls, dumbbell and yoga mat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix
from prodgen_render.model import Floats, Material, Part, Texture
from prodgen_render.shapes.geometry import loft, prism, revolve, rounded_path, smooth_path, superellipse, tube
from prodgen_sdk.images.colour import to_linear

_BASKET = ("basketball", "篮球")
_TENNIS = ("tennis", "网球")
_EXERCISE = ("yoga ball", "exercise ball", "stability ball", "瑜伽球", "健身球")
_KETTLEBELL = ("kettlebell", "kettle bell", "壶铃")
_GOLDEN = (1 + 5**0.5) / 2


def ball(look: Look) -> list[Part]:
    """A football of pentagons and hexagons; a basketball, a tennis ball or an exercise ball where the words say so."""
    if look.says(_EXERCISE):
        return _exercise_ball(look)
    basket, tennis = look.says(_BASKET), look.says(_TENNIS)
    radius = 0.12 if basket else 0.0335 if tennis else 0.11
    usual = "#d0692b" if basket else "#d4e157" if tennis else "#f6f5f1"
    colour = look.colour(usual)
    material = look.plain("velvet" if tennis else "leather" if basket else "plastic", colour)
    look.note(colour, "felt" if tennis else "leather")
    directions = _directions(1024, 512)
    if tennis:
        shade = _painted(directions, colour, (246, 246, 240), np.abs(_tennis_seam(directions)) - 0.028)
    elif basket:
        shade = _painted(directions, colour, (28, 24, 22), _basket_seam(directions) - 0.016)
    else:
        shade = _football(directions, colour, look.accent(colour, "#1d1d1f"))
    painted = material.but(colour=(1.0, 1.0, 1.0), texture=Texture(to_linear(shade / 255)))
    return [
        _sphere(radius, painted)
        .turned(20 + 40 * look.uniform(0, 1), "z")
        .turned(24, "x")
        .turned(14, "y")
        .moved(z=radius)
    ]


def _exercise_ball(look: Look) -> list[Part]:
    radius = 0.325
    rubber = look.plain("matte plastic", look.colour("#7a55a3"))
    look.note(look.colour("#7a55a3"), "rubber")
    a = np.linspace(0, np.pi, 421)
    ribs = 1 + 0.004 * np.clip(np.cos(26 * a), 0, 1) ** 6 * (np.abs(np.cos(a)) < 0.8)
    profile = np.stack([np.maximum(radius * ribs * np.sin(a), 1e-4), -radius * ribs * np.cos(a)], -1)
    return [revolve(profile, rubber, 160).moved(z=radius)]


def dumbbell(look: Look) -> list[Part]:
    """Hexagonal heads on a knurled bar; round plates where the words speak of neoprene or vinyl; a kettlebell where they name one."""
    if look.says(_KETTLEBELL):
        return _kettlebell(look)
    long, reach = 0.30 * look.uniform(0.92, 1.1), 0.052 * look.uniform(0.92, 1.12)
    head = look.main("rubber", "matte plastic", "iron", "steel", extent=(0.3, 0.1), default="#2a2b2e")
    steel = look.plain("steel")
    soft = look.says(("neoprene", "vinyl", "浸塑", "女士"))
    sides = superellipse(2 * reach, 2 * reach, 2.6) if soft else _hexagon(reach)
    wide = long * 0.29
    profile = rounded_path(
        [(reach * 0.8, 0.0), (0.006, 0.0), (0.0, 0.008), (0.0, wide - 0.008), (0.006, wide), (reach * 0.8, wide)],
        [0, 0.003, 0.006, 0.006, 0.003, 0],
    )
    parts = []
    for side in (-1, 1):
        block = prism(sides, profile, head).turned(90 * side, "y").moved(x=side * (long / 2 - wide))
        plate = lathe(
            [(1e-4, 0), (reach * 0.42, 0), (reach * 0.42, 0.002), (1e-4, 0.0022)],
            [0, 0.0005, 0.0005, 0],
            steel.but(bump=None),
            48,
        )
        parts += [block, plate.turned(90 * side, "y").moved(x=side * long / 2)]
    t = np.linspace(-1, 1, 40)
    bar = np.stack([t * (long / 2 - wide + 0.004), 0 * t, 0 * t], -1)
    parts.append(tube(bar, 0.0155 + 0.0025 * np.cos(np.pi * t / 2), head if soft else steel, segments=32))
    lowest = float(sides[:, 1].min()) if soft else -reach * np.cos(np.pi / 6)
    return [part.moved(z=-lowest).turned(-24) for part in parts]


def _kettlebell(look: Look) -> list[Part]:
    """A ball with a flat foot and a thick handle; its lower part coated where the words say so."""
    size = look.uniform(0.9, 1.12)
    iron = look.plain("iron").but(bump=None)
    body = look.main("rubber", "iron", "matte plastic", "steel", extent=(0.4, 0.2), default="#2a2b2e")
    radius = 0.100
    angle = np.linspace(-1.05, np.pi / 2 - 0.02, 60)
    round_ = np.stack([radius * np.cos(angle), radius * (0.94 * np.sin(angle) + 0.86)], -1)
    low = float(round_[0, 1])
    foot = np.array([[1e-4, low - 0.004], [0.046, low - 0.004]])
    parts = [revolve(np.concatenate([foot, round_]), body, 112)]
    way = smooth_path(
        [
            (-0.052, 0, 0.150),
            (-0.066, 0, 0.190),
            (-0.060, 0, 0.236),
            (-0.030, 0, 0.256),
            (0.030, 0, 0.256),
            (0.060, 0, 0.236),
            (0.066, 0, 0.190),
            (0.052, 0, 0.150),
        ],
        70,
    )
    parts.append(
        tube(
            way,
            0.0168,
            iron if look.says(("neoprene", "vinyl", "coated", "浸塑")) else body.but(texture=None),
            segments=26,
        )
    )
    return [part.moved(z=0.004 - low).scaled(float(size)) for part in parts]


def yoga_mat(look: Look) -> list[Part]:
    """A mat rolled up, its last turn open a little, held by two straps."""
    wide, thick = 0.61, 0.0062
    mat = look.main("rubber", "matte plastic", "cotton", extent=(0.6, 0.6), default="#7a55a3", period=0.06)
    turns, inner = 6.2, 0.016
    a = np.linspace(0, 2 * np.pi * turns, 420)
    radius = inner + thick * 1.06 * a / (2 * np.pi)
    radius[-40:] += 0.016 * np.linspace(0, 1, 40) ** 2
    spiral = np.stack([radius * np.cos(a), radius * np.sin(a)], -1)
    normal = np.gradient(spiral, axis=0)
    normal = np.stack([normal[:, 1], -normal[:, 0]], -1) / np.linalg.norm(normal, axis=1, keepdims=True)
    edge = np.concatenate([spiral + normal * thick / 2, (spiral - normal * thick / 2)[::-1]])
    rows = np.stack([np.column_stack([np.full(len(edge), x), edge]) for x in (-wide / 2, 0, wide / 2)])
    parts = [loft(rows, mat, flip=True), *_roll_ends(edge, wide, mat)]
    outer = inner + thick * 1.06 * turns + 0.004
    t = np.linspace(0, 2 * np.pi, 81)[:-1]
    strap = look.part("strap", look.plain("nylon", mix(look.colour("#7a55a3"), (20, 20, 22), 0.75)))
    for x in (-0.16, 0.16):
        ring = np.stack([x + 0 * t, outer * np.cos(t), outer * np.sin(t)], -1)
        parts.append(tube(ring, 0.011, strap, flatten=0.14, segments=16, closed=True, up=(0, 0, 1)))
    return [part.moved(z=outer).turned(-32) for part in parts]


def _roll_ends(edge: NDArray[np.float64], wide: float, mat: Material) -> list[Part]:
    """The two faces of the roll: between the outside and the inside of the spiral."""
    half = len(edge) // 2
    out, back = edge[:half], edge[half:][::-1]
    parts = []
    for side in (-1, 1):
        rows = np.stack([np.column_stack([np.full(half, side * wide / 2), line]) for line in (out, back)])
        parts.append(loft(rows, mat, closed=False, flip=side < 0))
    return parts


def _sphere(radius: float, material: Material) -> Part:
    a = np.linspace(0, np.pi, 121)
    return revolve(np.stack([np.maximum(radius * np.sin(a), 1e-5), -radius * np.cos(a)], -1), material, 180)


def _directions(wide: int, high: int) -> Floats:
    """Where the pixels of a sphere's picture look, [high, wide, 3]; its first row is the top."""
    u, v = (np.arange(wide) + 0.5) / wide * 2 * np.pi, np.pi * (1 - (np.arange(high) + 0.5) / high)
    return np.stack(
        np.broadcast_arrays(np.sin(v)[:, None] * np.cos(u), np.sin(v)[:, None] * np.sin(u), -np.cos(v)[:, None]), -1
    )


def _painted(directions: Floats, ground: Srgb, line: Srgb, outside: Floats) -> Floats:
    """The picture of a ball whose seams lie where `outside` is negative, in radians."""
    share = np.clip(0.5 - outside / 0.006, 0, 1)[..., None]
    return np.asarray(np.array(ground) + (np.array(line) - np.array(ground)) * share, np.float32)


def _basket_seam(d: Floats) -> Floats:
    """How far a direction is from the nearest seam of a basketball: two great circles, and a curve on both sides."""
    x, y, z = np.moveaxis(d, -1, 0)
    curve = np.abs(np.hypot(np.abs(y) - 1.05, z * 0.92) - 0.62) * 0.9
    rings = np.minimum(np.abs(np.arcsin(z.clip(-1, 1))), np.abs(np.arcsin(x.clip(-1, 1))))
    return np.asarray(np.minimum(rings, curve))


def _tennis_seam(d: Floats) -> Floats:
    x, y, z = np.moveaxis(d, -1, 0)
    return np.asarray(z * 0.62 - (x**2 - y**2) * 0.44 - 0.35 * z**3)


def _football(d: Floats, ground: Srgb, marks: Srgb) -> Floats:
    """The 12 pentagons and 20 hexagons of a truncated icosahedron, and the seams between them."""
    corners = np.array([np.roll([0, a, b * _GOLDEN], k) for k in range(3) for a in (-1, 1) for b in (-1, 1)])
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    near = corners @ corners.T > 0.4
    faces = [
        corners[[i, j, k]].sum(0)
        for i in range(12)
        for j in range(i)
        for k in range(j)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    middles = np.array(faces) / np.linalg.norm(faces, axis=1, keepdims=True)
    # A pentagon's edge is nearer to its middle than a hexagon's: weights put the border where the edges are.
    pentagon = (d @ corners.T).max(-1) / 0.9390
    hexagons = np.sort(d @ middles.T, -1)[..., -2:] / 0.9150
    best = np.where(pentagon > hexagons[..., 1], pentagon, hexagons[..., 1])
    second = np.where(pentagon > hexagons[..., 1], hexagons[..., 1], np.maximum(pentagon, hexagons[..., 0]))
    picture = np.where((pentagon > hexagons[..., 1])[..., None], np.array(marks), np.array(ground)).astype(np.float32)
    seam = np.clip(1.5 - (best - second) / 0.010, 0, 1)[..., None]
    return np.asarray(picture * (1 - 0.62 * seam), np.float32)


def _hexagon(reach: float) -> NDArray[np.float64]:
    corners = [(float(reach * np.cos(a)), float(reach * np.sin(a))) for a in np.radians(np.arange(60, 420, 60))]
    start = ((corners[-1][0] + corners[0][0]) / 2, (corners[-1][1] + corners[0][1]) / 2)
    return np.asarray(rounded_path([start, *corners, start], reach * 0.12, 5)[:-1])
