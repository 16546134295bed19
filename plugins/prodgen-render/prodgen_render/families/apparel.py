"""Clothing as on an invisible mannequin: T-shirt, sweater, dress, trousers; cap, beanie, tote bag."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.geometry import loft, refine, revolve, rounded_path, rounded_rectangle, smooth_path, tube
from prodgen_render.implicit import capsule, clip, compact, join, mesh
from prodgen_render.looks import FABRICS, Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.patterns import mix

_COTTONS = ("cotton", *(name for name in FABRICS if name != "cotton"), "leather")
Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]


def _tube_field(p: Floats, z: list[float], width: list[float], depth: list[float], power: float = 2.5) -> Floats:
    """Distance-like field of an upright body with superelliptic sections; half widths and depths at heights z."""
    w, d = np.interp(p[:, 2], z, width), np.interp(p[:, 2], z, depth)
    around = ((np.abs(p[:, 0]) / w) ** power + (np.abs(p[:, 1]) / d) ** power) ** (1 / power)
    return np.asarray((around - 1) * d, np.float32)


def _smooth(values: list[float], z: list[float]) -> tuple[list[float], list[float]]:
    curve = smooth_path(np.stack([z, values], -1), 80)
    return curve[:, 0].tolist(), curve[:, 1].tolist()


def _creases(p: Floats, seed: float, amount: float) -> Floats:
    """Gentle folds of hanging cloth, in metres."""
    x, y, z = p[:, 0], p[:, 1], p[:, 2]
    slow = np.sin(21 * x + 4 * np.sin(7 * z + seed) + seed) * np.sin(6.5 * z + 9 * x + 2 * seed)
    fast = np.sin(38 * x + 16 * z + 3 * seed + 5 * y) * np.sin(11 * z - 8 * x + seed)
    return np.asarray(amount * (slow + 0.45 * fast), np.float32)


def _garment(
    look: Look,
    field: Callable[[Floats], Floats],
    bounds: Bounds,
    keep: Callable[[Floats], Floats],
    *,
    prints: bool,
    cell: float = 0.0085,
    names: tuple[str, ...] = _COTTONS,
    box: tuple[float, float, float, float] = (0.36, 0.5, 0.64, 0.74),
) -> list[Part]:
    """Meshes a field, cuts the openings, and projects front and back pictures on it."""
    skin = mesh(field, *bounds, cell, Material())
    skin = clip(skin, keep(skin.vertices))
    reach = float(np.abs(skin.vertices[:, 1]).max())
    across = (
        skin.vertices[:, 0]
        + np.sign(skin.vertices[:, 0]) * np.maximum(reach * 0.9 - np.abs(skin.vertices[:, 1]), 0) * 0.8
    )
    low, high = skin.vertices.min(0), skin.vertices.max(0)
    half = float(np.abs(across).max())
    extent = (2 * half, float(high[2] - low[2]))
    u, v = across / (2 * half) + 0.5, (skin.vertices[:, 2] - low[2]) / extent[1]
    front = skin.normals[skin.faces, 1].mean(1) < 0
    plain = look.solid(*names)
    pattern = look.pattern_name not in ("plain", "logo")
    face = (
        look.main(*names, extent=extent, period=0.05)
        if pattern
        else look.label(look.pick(*names), extent, look.colour(), box, style="emblem" if look.chance(0.5) else "bare")
        if prints
        else plain
    )
    parts = []
    for faces, material, s in ((skin.faces[front], face, u), (skin.faces[~front], face if pattern else plain, 1 - u)):
        parts.append(
            compact(
                skin.but(faces=faces, uv=np.stack([s, v], -1).astype(np.float32), uv_metres=extent, material=material)
            )
        )
    return parts


def _collar(curve: Floats, radius: float, material: Material, *, flatten: float = 2.4) -> Part:
    closed = np.concatenate([curve, curve[:2]])
    return tube(closed, radius, material, flatten=flatten, caps=False, up=(0, 1, 0), segments=20)


def tshirt(look: Look) -> list[Part]:
    """A short-sleeved T-shirt with a round neck."""
    return _top(
        look, sleeve=look.uniform(0.19, 0.22), prints=look.pattern_name == "logo" or look.chance(0.25), names=_COTTONS
    )


def sweater(look: Look) -> list[Part]:
    """A long-sleeved pullover with ribbed cuffs, hem and collar."""
    return _top(
        look,
        sleeve=0.58,
        prints=look.pattern_name == "logo",
        names=("knit", "wool", "cotton", "velvet", "linen", "nylon"),
        loose=1.06,
    )


def _top(look: Look, *, sleeve: float, prints: bool, names: tuple[str, ...], loose: float = 1.0) -> list[Part]:
    half = 0.245 * look.uniform(0.96, 1.06) * loose
    length = 0.73 * look.uniform(0.95, 1.05)
    long = sleeve > 0.3
    shoulder = length - 0.075
    heights = [-0.06, 0.1, 0.28, 0.42, shoulder - 0.05, shoulder + 0.005, length - 0.035, length, length + 0.04]
    z, w = _smooth(
        [half, half * 0.985, half * 0.97, half * 0.98, half * 0.95, half * 0.84, 0.158, 0.100, 0.03], heights
    )
    _, d = _smooth([0.118, 0.116, 0.112, 0.116, 0.104, 0.092, 0.078, 0.066, 0.05], heights)
    d = [v * loose for v in d]
    seed = look.uniform(0, 6)
    drop = np.radians(64 if long else 40)
    ends, starts = [], []
    for side in (-1, 1):
        start = np.array([side * half * 0.80, 0.0, shoulder - 0.050], np.float32)
        starts.append(start)
        ends.append(start + np.array([side * np.cos(drop), 0, -np.sin(drop)], np.float32) * (sleeve + 0.06))
    wrist = 0.046 if long else 0.074

    def field(p: Floats) -> Floats:
        out = _tube_field(p, z, w, d)
        for start, end in zip(starts, ends, strict=True):
            arm = capsule(p, start, end, 0.080 * loose, wrist, flatten=0.72)
            out = join(out, arm, 0.04)
        return out + _creases(p, seed, 0.0042)

    def keep(p: Floats) -> Floats:
        front = p[:, 1] < 0
        deep = np.where(front, 0.088, 0.026)
        neck = ((p[:, 0] / 0.092) ** 2 + ((p[:, 2] - length) / deep) ** 2) - 1
        out = np.minimum(p[:, 2], np.where(p[:, 2] > length - 0.1, neck * 0.06, 1.0))
        out = np.minimum(out, length - p[:, 2])
        body = _tube_field(p, z, w, d)
        for start, end in zip(starts, ends, strict=True):
            axis = (end - start) / np.linalg.norm(end - start)
            of_arm = capsule(p, start, end, 0.080 * loose, wrist, flatten=0.72) < body
            out = np.where(of_arm, np.minimum(out, sleeve - (p - start) @ axis), out)
        return np.asarray(out, np.float32)

    reach = float(max(np.abs(ends[0][0]) + 0.09, half + 0.02))
    parts = _garment(
        look, field, ((-reach, -0.17, -0.03), (reach, 0.17, length + 0.03)), keep, prints=prints, names=names
    )
    plain = look.solid(*names)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06)) if long else plain
    t = np.linspace(0, np.pi, 60)
    x = 0.092 * np.cos(t)
    halves = []
    for deep, sign in ((0.088, -1), (0.026, 1)):
        zz = length - deep * np.sin(t)
        ww, dd = np.interp(zz, z, w), np.interp(zz, z, d)
        y = sign * dd * np.maximum(1 - (np.abs(x) / ww) ** 2.5, 0) ** (1 / 2.5)
        halves.append(np.stack([x, y, zz], -1))
    curve = np.concatenate([halves[0][1:-1], halves[1][::-1][1:-1]])
    parts.append(_collar(curve, 0.0050 if long else 0.0036, rib))
    if long:
        return parts + _bands(field, starts, ends, sleeve, rib)
    up = np.array([0, 0, 1.0], np.float32)
    parts += _hem(field, np.array([0, 0, 0.001], np.float32), up, 0.4, plain)
    for start, end in zip(starts, ends, strict=True):
        axis = (start - end) / np.linalg.norm(end - start)
        parts += _hem(field, start - axis * sleeve, axis, 0.12, plain)
    return parts


def _hem(
    field: Callable[[Floats], Floats], centre: Floats, inwards: Floats, largest: float, cloth: Material
) -> list[Part]:
    """The rounded edge of an opening, and the seam two centimetres from it."""
    dark = (
        cloth.but(colour=tuple(0.72 * c for c in cloth.colour), bump=None, texture=None)
        if cloth.texture is None
        else cloth
    )
    parts = []
    for away, radius, material in ((0.0, 0.0019, cloth), (0.021, 0.0011, dark)):
        ring = _surface_ring(field, centre + inwards * np.float32(away), inwards, largest, 96)
        parts.append(tube(np.concatenate([ring, ring[:2]]), radius, material, segments=10, caps=False))
    return parts


def _surface_ring(
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


def _bands(
    field: Callable[[Floats], Floats], starts: list[Floats], ends: list[Floats], sleeve: float, rib: Material
) -> list[Part]:
    bands = []
    for start, end in zip(starts, ends, strict=True):
        axis = (end - start) / np.linalg.norm(end - start)
        rings = [_surface_ring(field, start + axis * (sleeve - 0.05 + 0.053 * k / 5), axis, 0.12) for k in range(6)]
        middles = [ring.mean(0) for ring in rings]
        skin = np.stack(
            [m + (r - m) * (1.04 if 0 < k < 5 else 1.0) for k, (r, m) in enumerate(zip(rings, middles, strict=True))]
        )
        bands.append(loft(skin.astype(np.float64), rib))
    rings = [
        _surface_ring(field, np.array([0, 0, 0.001 + 0.055 * k / 5], np.float32), np.array([0, 0, 1.0]), 0.4, 120)
        for k in range(6)
    ]
    skin = np.stack([r * [1.012, 1.03, 1] if 0 < k < 5 else r * [1.0, 1.0, 1] for k, r in enumerate(rings)])
    bands.append(loft(skin.astype(np.float64), rib))
    return bands


def dress(look: Look) -> list[Part]:
    """A sleeveless dress with a fitted waist and a flared, folded skirt."""
    length = 0.95 * look.uniform(0.94, 1.06)
    hem = 0.27 * look.uniform(0.85, 1.2)
    top = length
    z, w = _smooth(
        [hem, hem * 0.78, 0.165, 0.135, 0.165, 0.178, 0.135, 0.09],
        [
            -0.05,
            length * 0.28,
            length * 0.52,
            length * 0.63,
            length * 0.76,
            length * 0.85,
            length * 0.95,
            length + 0.03,
        ],
    )
    _, d = _smooth(
        [hem * 0.8, hem * 0.6, 0.115, 0.095, 0.115, 0.105, 0.075, 0.06],
        [
            -0.05,
            length * 0.28,
            length * 0.52,
            length * 0.63,
            length * 0.76,
            length * 0.85,
            length * 0.95,
            length + 0.03,
        ],
    )
    folds, seed = round(look.uniform(9, 14)), look.uniform(0, 6)

    def field(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        depth = np.interp(p[:, 2], [0, length * 0.55, length * 0.62], [0.020, 0.003, 0.0])
        pleats = depth * np.sin(folds * angle + seed + 0.8 * np.sin(3 * angle)) * 0.8
        return np.asarray(_tube_field(p, z, w, d, 2.2) + pleats + _creases(p, seed, 0.0018), np.float32)

    def keep(p: Floats) -> Floats:
        front = p[:, 1] < 0
        neck = ((p[:, 0] / 0.082) ** 2 + ((p[:, 2] - top) / np.where(front, 0.12, 0.06)) ** 2) - 1
        arms = ((np.abs(p[:, 0]) - 0.190) / 0.062) ** 2 + ((p[:, 2] - length * 0.885) / 0.105) ** 2 - 1
        out = np.minimum(p[:, 2], top - 0.002 - p[:, 2])
        out = np.where(p[:, 2] > length * 0.7, np.minimum(out, np.minimum(neck, arms) * 0.05), out)
        return np.asarray(out, np.float32)

    reach, deep = hem + 0.04, hem * 0.8 + 0.05
    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "nylon")
    parts = _garment(
        look,
        field,
        ((-reach, -deep, -0.03), (reach, deep, length + 0.03)),
        keep,
        prints=False,
        cell=0.0105,
        names=names,
    )
    belt = _surface_ring(field, np.array([0, 0, length * 0.63], np.float32), np.array([0, 0, 1.0]), 0.3, 96)
    band = np.stack(
        [
            belt * [1.0, 1.0, 1] + [0, 0, -0.014],
            belt * [1.025, 1.03, 1] + [0, 0, -0.012],
            belt * [1.025, 1.03, 1] + [0, 0, 0.012],
            np.add(belt, [0, 0, 0.014]),
        ]
    )
    parts.append(loft(band, look.plain("cotton", mix(look.colour(), (0, 0, 0), 0.18))))
    return parts


def trousers(look: Look) -> list[Part]:
    """Straight trousers or jeans with a waistband; shorts where the words say so."""
    from prodgen_render.words import mentions, words_of

    text = words_of(look.product)
    short = any(mentions(text, word) >= 0 for word in ("shorts", "短裤"))
    length = 0.48 if short else 1.0 * look.uniform(0.97, 1.03)
    waist, hip = 0.168 * look.uniform(0.95, 1.06), 0.192
    leg, hem = 0.098, (0.095 if short else 0.075 * look.uniform(0.85, 1.25))
    crotch = length - 0.27
    seed = look.uniform(0, 6)
    z, w = _smooth(
        [hip * 0.7, hip, hip * 0.98, waist, waist],
        [crotch - 0.05, crotch + 0.04, crotch + 0.12, length - 0.02, length + 0.03],
    )
    _, d = _smooth(
        [0.09, 0.118, 0.122, 0.105, 0.105], [crotch - 0.05, crotch + 0.04, crotch + 0.12, length - 0.02, length + 0.03]
    )

    def field(p: Floats) -> Floats:
        above = np.maximum(_tube_field(p, z, w, d, 2.4), crotch - p[:, 2])
        out = above
        for side in (-1, 1):
            thigh = np.array([side * 0.102, 0, crotch + 0.05], np.float32)
            ankle = np.array([side * (0.130 if not short else 0.125), 0.0, -0.06], np.float32)
            out = join(out, capsule(p, ankle, thigh, hem, leg, flatten=1.0), 0.05)
        folds = (
            0.0045 * np.sin(34 * p[:, 2] + 9 * p[:, 0] + seed) * np.exp(-(((p[:, 2] - crotch * 0.52) / 0.10) ** 2))
            if not short
            else 0.0
        )
        return np.asarray(out + _creases(p, seed, 0.003) + folds, np.float32)

    def keep(p: Floats) -> Floats:
        return np.asarray(np.minimum(p[:, 2], length - p[:, 2]), np.float32)

    names: tuple[str, ...] = ("denim", "cotton", "linen", "wool", "velvet", "canvas", "leather", "nylon")
    if look.material_name == "" and not any(mentions(text, word) >= 0 for word in ("jeans", "牛仔")):
        names = ("cotton", *(n for n in names if n != "cotton"))
    parts = _garment(
        look, field, ((-0.27, -0.16, -0.03), (0.27, 0.16, length + 0.03)), keep, prints=False, cell=0.0085, names=names
    )
    belt = _surface_ring(field, np.array([0, 0, length - 0.02], np.float32), np.array([0, 0, 1.0]), 0.3, 110)
    rise = [(1.0, -0.021), (1.02, -0.019), (1.022, 0.019), (1.0, 0.0215), (0.985, 0.019), (0.985, -0.015)]
    cloth = look.plain(look.pick(*names), mix(look.colour(), (0, 0, 0), 0.05))
    parts.append(loft(np.stack([belt * [s, s, 1] + [0, 0, dz] for s, dz in rise]), cloth))
    for side in (-1, 1):
        parts += _hem(
            field, np.array([side * 0.127, 0, 0.001], np.float32), np.array([0, 0, 1.0], np.float32), 0.12, cloth
        )
    front = belt[belt[:, 1].argmin()]
    button = lathe(
        [(1e-4, 0), (0.0085, 0), (0.0085, 0.002), (0.006, 0.003), (1e-4, 0.0025)],
        [0, 0.0006, 0.001, 0.001, 0],
        look.plain(
            "copper" if "denim" in cloth.name else "matte plastic", None if "denim" in cloth.name else "#2c2c2e"
        ),
        40,
    )
    parts.append(button.turned(90, "x").moved(x=float(front[0]), y=float(front[1]) * 1.022, z=length - 0.02))
    for angle in (-2.45, -0.69, 0.69, 2.45, 3.14):
        at = belt[np.abs(np.angle(np.exp(1j * (np.arctan2(belt[:, 0], -belt[:, 1]) - angle)))).argmin()]
        path = [
            (at[0] * 1.02, at[1] * 1.02, length - 0.045),
            (at[0] * 1.05, at[1] * 1.05, length - 0.035),
            (at[0] * 1.05, at[1] * 1.05, length - 0.005),
            (at[0] * 1.02, at[1] * 1.02, length + 0.001),
        ]
        parts.append(tube(path, 0.0045, cloth, flatten=0.4, up=(float(at[0]), float(at[1]), 0.0), segments=14))
    return parts


def cap(look: Look) -> list[Part]:
    """A baseball cap with a stitched crown and a curved peak."""
    radius, height = 0.088 * look.uniform(0.96, 1.05), 0.105 * look.uniform(0.92, 1.08)
    names = ("cotton", "canvas", "denim", "wool", "velvet", "nylon", "leather")
    cloth = look.main(*names, extent=(2 * np.pi * radius, 0.17), period=0.04)
    plain = look.solid(*names)
    t = np.linspace(0, np.pi / 2, 40)
    profile = np.stack([np.maximum(radius * np.cos(t) ** 0.72, 1e-4), 0.012 + height * np.sin(t)], -1)
    profile = np.concatenate([[[radius * 0.992, 0.0]], profile])
    crown = revolve(refine(profile, 0.006), cloth, 120, squash=1.12)
    vertices = crown.vertices.copy()
    angle = np.arctan2(vertices[:, 1], vertices[:, 0])
    seam = np.exp(
        -((((angle + np.pi / 6) / (np.pi / 3) % 1 - 0.5) * 22) ** 2) * 0
        - ((np.minimum((angle / (np.pi / 3)) % 1, 1 - (angle / (np.pi / 3)) % 1) * 26) ** 2)
    )
    vertices[:, :2] *= (1 - 0.012 * seam * (vertices[:, 2] > 0.014))[:, None]
    from prodgen_render.geometry import smooth_normals

    crown = crown.but(vertices=vertices.astype(np.float32), normals=smooth_normals(vertices, crown.faces, weld=1e-6))
    inner = crown.scaled(0.985, 0.985, 0.985).but(material=look.plain("cotton", mix(look.colour(), (20, 20, 20), 0.35)))
    button = lathe([(1e-4, 0.006), (0.006, 0.004), (0.0075, 0.0)], 0.002, plain, 40).moved(z=height + 0.0115)
    a = np.linspace(-1.18, 1.18, 60)
    steps = np.linspace(0, 1, 18)
    peak = []
    for thickness in (0.0016, -0.0016):
        rows = []
        for s in steps:
            inner_edge = np.stack([radius * np.sin(a), -radius * 1.12 * np.cos(a)], -1)
            outward = 0.072 * np.cos(a / 1.18 * np.pi / 2) ** 0.62
            xy = inner_edge + np.stack([0.25 * outward * np.sin(a), -outward], -1) * s
            droop = -0.30 * (xy[:, 0] ** 2) / radius * (0.35 + 0.65 * s) - 0.010 * s
            rows.append(np.stack([xy[:, 0], xy[:, 1], 0.010 + droop + thickness * (1 - 0.85 * s**8)], -1))
        peak.append(np.stack(rows))
    peak_cloth = look.plain(look.pick(*names), look.accent(look.colour()) if len(look._named) > 1 else look.colour())
    upper = loft(peak[0][:, ::-1], peak_cloth, closed=False, flip=True)
    lower = loft(peak[1], peak_cloth, closed=False, flip=True)
    edge = tube(peak[0][-1], 0.0021, peak_cloth, segments=12, caps=False)
    parts = [crown, inner, button, upper, lower, edge]
    if look.pattern_name == "logo" or look.chance(0.4):
        half, rows_z = 0.42, np.linspace(0.030, 0.070, 10)
        t_at = np.arcsin(np.clip((rows_z - 0.012) / height, 0, 1))
        r = radius * np.cos(t_at) ** 0.72 + 0.0012
        angles = np.linspace(-half, half, 30) - np.pi / 2
        patch = np.stack(
            np.broadcast_arrays(r[:, None] * np.cos(angles), 1.12 * r[:, None] * np.sin(angles), rows_z[:, None]), -1
        )
        parts.append(
            loft(
                patch,
                look.label("cotton", (2 * half * radius, 0.045), look.colour(), (0.02, 0.02, 0.98, 0.98), style="bare"),
                closed=False,
            )
        )
    return parts


def beanie(look: Look) -> list[Part]:
    """A knitted hat with a folded rim and perhaps a bobble."""
    radius, height = 0.095 * look.uniform(0.95, 1.05), 0.19 * look.uniform(0.9, 1.08)
    wool = look.main("knit", "wool", extent=(2 * np.pi * radius, 0.28), period=0.05)
    rim_material = look.plain(
        "knit", look.accent(look.colour()) if len(look._named) > 1 else mix(look.colour(), (0, 0, 0), 0.08)
    )
    t = np.linspace(0, np.pi / 2, 40)
    crown = revolve(
        refine(
            np.concatenate(
                [
                    [[radius * 0.97, 0.02]],
                    np.stack(
                        [np.maximum(radius * 0.99 * np.cos(t) ** 0.6, 1e-4), 0.07 + (height - 0.07) * np.sin(t)], -1
                    ),
                ]
            ),
            0.006,
        ),
        wool,
        120,
        squash=1.08,
    )
    fold = revolve(
        refine(
            rounded_path(
                [
                    (radius * 0.93, 0.004),
                    (radius * 0.96, 0),
                    (radius * 1.045, 0.002),
                    (radius * 1.055, 0.062),
                    (radius * 0.99, 0.068),
                ],
                0.007,
            ),
            0.005,
        ),
        rim_material,
        120,
        squash=1.08,
    )
    inside = revolve(
        refine(np.array([[radius * 0.955, 0.09], [radius * 0.945, 0.003]]), 0.01), rim_material, 96, squash=1.08
    )
    parts = [crown, fold, inside]
    if look.chance(0.55):
        bobble_radius = 0.036
        a = np.linspace(0.02, np.pi - 0.02, 40)
        ball = revolve(
            np.stack([np.sin(a), -np.cos(a)], -1) * bobble_radius,
            look.plain("wool", look.accent(look.colour())).but(bump=look.plain("velvet").bump),
            72,
        )
        bumps = (
            np.sin(ball.vertices[:, 0] * 700) * np.sin(ball.vertices[:, 1] * 760) * np.sin(ball.vertices[:, 2] * 730)
        )
        from prodgen_render.geometry import bent

        parts.append(bent(ball, lambda v: v * (1 + 0.05 * bumps[:, None])).moved(z=height + bobble_radius * 0.75))
    return parts


def tote_bag(look: Look) -> list[Part]:
    """An open shopping bag of cloth with two straps."""
    width, height = 0.36 * look.uniform(0.94, 1.06), 0.38 * look.uniform(0.92, 1.08)
    depth = 0.11 * look.uniform(0.8, 1.2)
    names = ("canvas", *(n for n in _COTTONS if n != "canvas"))
    colour = look.colour("#e9dfca")
    n_rows = 44
    t = np.linspace(0, 1, n_rows)
    outline = rounded_rectangle(1.0, 1.0, 0.12, corner=6, side=14)
    seed = look.uniform(0, 6)

    def section(z: float, inset: float) -> Floats:
        w = width * (0.93 + 0.07 * min(1.0, z * 3)) - inset
        d = depth * (0.95 + 0.12 * np.sin(np.pi * z) - 0.42 * z**1.6) - inset
        x, y = outline[:, 0] * w, outline[:, 1] * d
        bulge = 1 + 0.10 * np.sin(np.pi * z) * (1 - (2 * outline[:, 0]) ** 2)
        fold = 0.0042 * np.sin(26 * x + 8 * z + seed) * np.sin(3.1 * z * 2.2 + seed + 7 * x) * min(1.0, 4 * z)
        # The narrow sides fold inwards where they meet the opening.
        tuck = 0.018 * z**2 * np.clip(1 - np.abs(2 * outline[:, 1]) ** 2, 0, 1) * (np.abs(outline[:, 0]) > 0.42)
        return np.stack(
            [x - np.sign(x) * tuck, y * bulge + np.sign(outline[:, 1]) * fold, np.full(len(x), z * height)], -1
        )

    extent = (2 * (width + depth), height)
    if look.pattern_name == "logo" or (look.pattern_name == "plain" and look.chance(0.6)):
        share = width / extent[0] / 2
        cloth = look.label(
            look.pick(*names),
            extent,
            colour,
            (0.5 - share * 0.62, 0.2, 0.5 + share * 0.62, 0.76),
            style="emblem" if look.chance(0.5) else "bare",
        )
    else:
        cloth = look.main(*names, extent=extent, default="#e9dfca", period=0.05)
    plain = look.plain(look.pick(*names), colour)
    body = loft(np.stack([section(z, 0.0) for z in t]), cloth)
    lining = loft(np.stack([section(z, 0.005) for z in t[::-1]]), plain)
    rim = loft(np.stack([section(1.0, 0.0), np.add(section(1.0, 0.0), [0, 0, 0.0012]), section(1.0, 0.005)]), plain)
    low = section(0.0, 0.0)
    floor = loft(np.stack([low * [s, s, 1] + [0, 0, 0.0002] for s in (0.02, 0.4, 0.8, 1.0)]), plain)
    floor_inside = loft(np.stack([low * [s, s, 1] + [0, 0, 0.004] for s in (0.97, 0.6, 0.02)]), plain)
    parts = [body, lining, rim, floor, floor_inside]
    strap_colour = look.accent(colour, "#7d4f2e") if look.material_name == "leather" or look.chance(0.3) else colour
    strap = look.plain("leather" if strap_colour != colour and look.chance(0.5) else look.pick(*names), strap_colour)
    top_y = depth * (0.95 - 0.42) / 2
    for side in (-1, 1):
        x, y = width * 0.21, side * (top_y + 0.0025)
        lift = 0.20
        lean = side * 0.012
        path = smooth_path(
            [
                (-x, y + side * 0.004, height * 0.86),
                (-x, y + side * 0.001, height * 0.99),
                (-x * 0.93, y + lean, height + lift * 0.5),
                (-x * 0.5, y + lean * 1.6, height + lift * 0.93),
                (0, y + lean * 1.8, height + lift),
                (x * 0.5, y + lean * 1.6, height + lift * 0.93),
                (x * 0.93, y + lean, height + lift * 0.5),
                (x, y + side * 0.001, height * 0.99),
                (x, y + side * 0.004, height * 0.86),
            ],
            80,
        )
        parts.append(tube(path, 0.0125, strap, flatten=0.16, up=(0, 1, 0), segments=24))
    return parts
