"""What garments share: fields of bodies and folds, cutting, hems and prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Ints, Material, Part
from prodgen_render.shapes.detail import segments
from prodgen_render.shapes.geometry import loft, smooth_path, tube
from prodgen_render.shapes.implicit import Field, clip, mesh

COTTONS = ("cotton", *(name for name in FABRICS if name != "cotton"), "leather")
_RIB = 0.008
"""Metres from one rib of a knitted band to the next."""
_SHORT_WAY = 40
"""Sides of triangles; a shorter edge is none of an opening."""
_ROWS = 24
"""Heights at which the depth of a garment is taken."""
Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]
Table = tuple[list[float], list[float], list[float]]
"""Heights, and half widths and half depths of superelliptic sections at them, in metres."""


def tube_field(p: Floats, z: list[float], width: list[float], depth: list[float], power: float = 2.5) -> Floats:
    """Distance-like field of an upright body with superelliptic sections; half widths and depths at heights z."""
    w, d = np.interp(p[:, 2], z, width), np.interp(p[:, 2], z, depth)
    around = ((np.abs(p[:, 0]) / w) ** power + (np.abs(p[:, 1]) / d) ** power) ** (1 / power)
    # Length of a step of `around`, which differs between the wide and the narrow side.
    step = np.hypot(p[:, 0] / w, p[:, 1] / d) / np.maximum(np.hypot(p[:, 0] / w**2, p[:, 1] / d**2), 1e-6)
    return np.asarray((around - 1) * step, np.float32)


def smooth_table(values: list[float], z: list[float]) -> tuple[list[float], list[float]]:
    curve = smooth_path(np.stack([z, values], -1), 80)
    return curve[:, 0].tolist(), curve[:, 1].tolist()


def creases(p: Floats, seed: float, amount: float) -> Floats:
    """Folds of hanging cloth, in metres: slow waves, and here and there the narrow ridges of cloth that is pulled."""
    x, y, z = p[:, 0], p[:, 1], p[:, 2]
    slow = np.sin(21 * x + 4 * np.sin(7 * z + seed) + seed) * np.sin(6.5 * z + 9 * x + 2 * seed)
    fast = np.sin(38 * x + 16 * z + 3 * seed + 5 * y) * np.sin(11 * z - 8 * x + seed)
    # They run down and outwards, mirrored as the pull of the shoulders is, and fade out along themselves.
    outwards = np.sqrt(x * x + 0.01)
    ridge = 0.5 + 0.5 * np.cos(2 * (17 * outwards - 13 * z + 1.6 * np.sin(8 * z + 11 * x + seed) + seed))
    where = np.clip(np.sin(5 * x + 9 * z + 2 * seed) * np.sin(8 * z - 7 * x + 5 * y + seed) + 0.25, 0, 1)
    return np.asarray(amount * (slow + 0.45 * fast - 1.3 * where * ridge**3), np.float32)


def garment(
    look: Look,
    field: Callable[[Floats], Floats],
    bounds: Bounds,
    keep: Callable[[Floats], Floats],
    *,
    prints: bool,
    cell: float = 0.0085,
    names: tuple[str, ...] = COTTONS,
    box: tuple[float, float, float, float] = (0.36, 0.5, 0.64, 0.74),
    skirt: tuple[Table, float] | None = None,
) -> list[Part]:
    """Meshes a field, cuts the openings, and puts front and back pictures on it.

    Args:
        skirt: sections of what hangs freely, and the height below which it does: its pictures go around the sections, as folds would
            stretch what is projected.
    """
    skin = mesh(field, *bounds, cell, Material())
    skin = clip(skin, keep(skin.vertices))
    frontwards = -skin.normals[:, 1]
    if skirt:
        hanging = _hangs(skin.vertices, *skirt)
        frontwards[hanging] = -skin.vertices[hanging, 1]
    halves = clip(skin, frontwards), clip(skin, -frontwards)
    across = [_across(half.vertices, way, skirt) for half, way in zip(halves, (-1, 1), strict=True)]
    low, high = skin.vertices.min(0), skin.vertices.max(0)
    most = max(float(np.abs(each).max(initial=0)) for each in across)
    extent = (2 * most, float(high[2] - low[2]))
    plain = look.solid(*names)
    pattern = look.pattern_name not in ("plain", "logo")
    face = (
        look.main(*names, extent=extent, period=0.05)
        if pattern
        else look.label(
            cloth := look.pick(*names), extent, look.colour(), box, style="bare" if look.words_on(cloth) else "emblem"
        )
        if prints
        else plain
    )
    parts = []
    for half, u, material in zip(halves, (across[0], -across[1]), (face, face if pattern else plain), strict=True):
        uv = np.stack([u / extent[0] + 0.5, (half.vertices[:, 2] - low[2]) / extent[1]], -1)
        parts.append(half.but(uv=uv.astype(np.float32), uv_metres=extent, material=material))
    return parts


def _across(points: Floats, way: int, skirt: tuple[Table, float] | None) -> Floats:
    """Metres from the middle of the front (`way` -1) or the back (1) at points [n, 3] of that half."""
    across = _unrolled(points, way)
    if skirt:
        hanging = _hangs(points, *skirt)
        across[hanging] = _around(points[hanging], skirt[0])
    return across


def _unrolled(points: Floats, way: int) -> Floats:
    """Metres from the middle of the front or the back at points [n, 3], around the sides as cloth goes."""
    x, y, z = points[:, 0], way * points[:, 1], points[:, 2]
    rows = np.clip(((z - z.min()) / max(float(np.ptp(z)), 1e-6) * _ROWS).astype(int), 0, _ROWS - 1)
    deepest = np.zeros(_ROWS, np.float32)
    np.maximum.at(deepest, rows, y)
    middles = z.min() + (np.arange(_ROWS) + 0.5) / _ROWS * float(np.ptp(z))
    gap = np.maximum(0.9 * np.interp(z, middles, deepest) - y, 0)
    return np.asarray(x + np.clip(x / 0.04, -1, 1) * gap * 0.8, np.float32)


def _hangs(points: Floats, table: Table, below: float) -> NDArray[np.bool_]:
    """Which points [n, 3] are of a skirt, and not of a sleeve beside it."""
    wide = np.interp(points[:, 2], table[0], table[1])
    return np.asarray((points[:, 2] < below) & (np.abs(points[:, 0]) < 1.25 * wide))


def _around(points: Floats, table: Table, power: float = 2.2) -> Floats:
    """Metres from the middle of the front or the back at points [n, 3], along the superellipses of a table."""
    x, y, z = np.abs(points).T
    w, d = np.interp(z, table[0], table[1]), np.interp(z, table[0], table[2])
    turn = np.arctan2((x / w) ** (power / 2), (y / d) ** (power / 2))
    turns = np.linspace(0, 1, 33)[:, None] * turn
    steps = np.diff(np.stack([w * np.sin(turns) ** (2 / power), d * np.cos(turns) ** (2 / power)]), axis=1)
    return np.asarray(np.sign(points[:, 0]) * np.hypot(*steps).sum(0), np.float32)


def collar(curve: Floats, radius: float, material: Material, *, flatten: float = 2.4) -> Part:
    closed = np.concatenate([curve, curve[:2]])
    return tube(closed, radius, material, flatten=flatten, caps=False, up=(0, 1, 0), segments=20)


def seam_of(cloth: Material) -> Material:
    """The thread of a seam: the cloth's colour, darker, where cloth dips."""
    return cloth.but(colour=tuple(0.72 * c for c in cloth.colour), bump=None, texture=None)


def bound_edges(parts: Sequence[Part], radius: float, cloth: Material) -> list[Part]:
    """A binding along every edge where cloth ends: around the parts' openings, not where they meet."""
    vertices = np.concatenate([part.vertices for part in parts])
    start = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = np.concatenate([part.faces + at for part, at in zip(parts, start, strict=False)])
    cells = np.round(vertices / 1e-6).astype(np.int64)
    _, first, same = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    faces = same.reshape(-1)[faces]
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, number, count = np.unique(np.sort(sides, 1), axis=0, return_inverse=True, return_counts=True)
    ways = [vertices[first[way]] for way in _ways(sides[count[number.reshape(-1)] == 1])]
    thread = seam_of(cloth)
    return [tube(_evened(way), radius, thread, segments=8) for way in ways if len(way) > _SHORT_WAY]


def _ways(sides: Ints) -> Iterator[list[int]]:
    """Chains of directed sides [n, 2], from end to end or around."""
    follows = dict(sides.tolist())
    # What nothing leads to begins a chain; the rest goes around.
    led_to = set(follows.values())
    begins = [at for at in follows if at not in led_to]
    while follows:
        at = begins.pop() if begins else next(iter(follows))
        way = [at]
        while at in follows:
            at = follows.pop(at)
            way.append(at)
        yield way


def _evened(way: Floats) -> NDArray[np.float64]:
    """Points of a way [n, 3] at even steps, without its small corners."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    places = np.linspace(0, along[-1], max(24, round(float(along[-1]) / 0.006)))
    even = np.stack([np.interp(places, along, axis) for axis in way.T], -1)
    for _ in range(2):
        even[1:-1] = 0.25 * even[:-2] + 0.5 * even[1:-1] + 0.25 * even[2:]
    return np.asarray(even)


def hem_lines(
    field: Callable[[Floats], Floats], centre: Floats, inwards: Floats, largest: float, cloth: Material
) -> list[Part]:
    """The rounded edge of an opening, and the seam two centimetres from it."""
    dark = seam_of(cloth) if cloth.texture is None else cloth
    parts = []
    for away, radius, material in ((0.0, 0.0019, cloth), (0.021, 0.0011, dark)):
        ring = surface_ring(lying_on(field), centre + inwards * np.float32(away), inwards, largest, 96)
        parts.append(tube(np.concatenate([ring, ring[:2]]), radius, material, segments=10, caps=False))
    return parts


def lying_on(field: Field) -> Field:
    """The field of what lies on a body: as thick as threads are that must not sink into its mesh."""
    return lambda p: field(p) - np.float32(0.0007)


def _around_ring(ring: Floats) -> NDArray[np.float64]:
    """Metres from the first of some points of a loop [n, 3] to each, and around to the first again, [n + 1]."""
    steps = np.linalg.norm(np.diff(ring, axis=0, append=ring[:1]), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps, dtype=np.float64)])


def band(field: Field, centres: Sequence[Floats], axis: Floats, largest: float, cloth: Material, thick: float) -> Part:
    """Cloth that lies around a body, through rings about `centres`; knitted cloth has ribs."""
    ribs = (
        round(_around_ring(surface_ring(field, centres[0], axis, largest, 48))[-1] / _RIB)
        if cloth.name == "knit"
        else 0
    )
    usual = 5 * ribs or 96
    count = segments(usual, 48)
    rings = np.stack([surface_ring(field, centre, axis, largest, count) for centre in centres])
    out = rings - rings.mean(1, keepdims=True)
    out /= np.linalg.norm(out, axis=2, keepdims=True)
    along = _around_ring(rings[0])
    # A draft has too few points for ribs.
    raised = (
        np.sqrt(np.abs(np.sin(np.pi * ribs * along[:-1] / along[-1]))) if ribs and count == usual else np.ones(count)
    )
    full = np.ones((len(rings), 1))
    full[[0, -1]] = 0.2
    return loft((rings + out * (thick * full * raised)[..., None]).astype(np.float64), cloth)


def surface_ring(
    field: Callable[[Floats], Floats], centre: Floats, axis: Floats, largest: float, count: int = 72
) -> Floats:
    """Where a field is zero around a centre, in the plane across an axis: [count, 3]."""
    side = np.cross(axis, [0, 1, 0])
    side = side / np.linalg.norm(side)
    other = np.cross(axis, side)
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    rays = (side[None] * np.cos(a)[:, None] + other[None] * np.sin(a)[:, None]).astype(np.float32)
    low, high = np.zeros(count, np.float32), np.full(count, largest, np.float32)
    for _ in range(22):
        middle = (low + high) / 2
        inside = field((centre + rays * middle[:, None]).astype(np.float32)) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray(centre + rays * low[:, None], np.float32)
