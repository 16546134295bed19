"""Dress, skirt and trousers as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import (
    creases,
    garment,
    hem_lines,
    smooth_table,
    surface_ring,
    tube_field,
)
from prodgen_render.families.kit import lathe
from prodgen_render.families.sleeves import Sleeves
from prodgen_render.families.torso import armholes
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, refine, smooth_path, tube
from prodgen_render.shapes.implicit import Field, capsule, in_depth, join
from prodgen_render.words.reading import sleeves_of


def dress(look: Look) -> list[Part]:
    """A dress with a fitted waist and a flared, folded skirt; sleeveless where the words give it no sleeves."""
    length = 0.95 * look.uniform(0.94, 1.06)
    hem = 0.27 * look.uniform(0.85, 1.2)
    top = length
    z, w = smooth_table(
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
    _, d = smooth_table(
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
    sleeve = {"long": 0.52, "short": 0.17}.get(sleeves_of(look.product))
    sleeves = Sleeves.of(0.135, length * 0.885, sleeve, 0.062) if sleeve else None

    def body(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        depth = np.interp(p[:, 2], [0, length * 0.55, length * 0.62], [0.020, 0.003, 0.0])
        pleats = depth * np.sin(folds * angle + seed + 0.8 * np.sin(3 * angle)) * 0.8
        return np.asarray(tube_field(p, z, w, d, 2.2) + pleats, np.float32)

    def field(p: Floats) -> Floats:
        grown = sleeves.joined(body(p), p) if sleeves else body(p)
        return np.asarray(grown + creases(p, seed, 0.0018), np.float32)

    def keep(p: Floats) -> Floats:
        front = p[:, 1] < 0
        neck = ((p[:, 0] / 0.082) ** 2 + ((p[:, 2] - top) / np.where(front, 0.12, 0.06)) ** 2) - 1
        holes = neck if sleeves else np.minimum(neck, armholes(p, 0.190, length * 0.885, 0.062, 0.105))
        out = np.minimum(p[:, 2], top - 0.002 - p[:, 2])
        out = np.where(p[:, 2] > length * 0.7, np.minimum(out, holes * 0.05), out)
        return np.asarray(sleeves.cut(out, body(p), p) if sleeves else out, np.float32)

    reach, deep = max(hem + 0.04, sleeves.reach if sleeves else 0.0), hem * 0.8 + 0.05
    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "nylon")
    parts = garment(
        look,
        field,
        ((-reach, -deep, -0.03), (reach, deep, length + 0.03)),
        keep,
        prints=False,
        cell=0.0105,
        names=names,
    )
    belt = surface_ring(field, np.array([0, 0, length * 0.63], np.float32), np.array([0, 0, 1.0]), 0.3, 96)
    band = np.stack(
        [
            belt * [1.0, 1.0, 1] + [0, 0, -0.014],
            belt * [1.025, 1.03, 1] + [0, 0, -0.012],
            belt * [1.025, 1.03, 1] + [0, 0, 0.012],
            np.add(belt, [0, 0, 0.014]),
        ]
    )
    parts.append(loft(band, look.plain("cotton", mix(look.colour(), (0, 0, 0), 0.18))))
    return [*parts, *(sleeves.hems(field, look.solid(*names)) if sleeves else [])]


def skirt(look: Look) -> list[Part]:
    """A flared, folded skirt with a waistband."""
    length = 0.58 * look.uniform(0.75, 1.2)
    waist, hem = 0.150 * look.uniform(0.95, 1.05), 0.27 * look.uniform(0.85, 1.15)
    heights = [-0.05, length * 0.35, length * 0.75, length, length + 0.04]
    z, w = smooth_table([hem * 1.03, hem * 0.86, max(0.19, hem * 0.66), waist, waist * 0.98], heights)
    _, d = smooth_table([hem * 0.85, hem * 0.68, 0.128, 0.105, 0.103], heights)
    folds, seed = round(look.uniform(9, 16)), look.uniform(0, 6)

    def field(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        depth = np.interp(p[:, 2], [0, length * 0.7, length * 0.97], [0.022, 0.008, 0.0])
        pleats = depth * 0.8 * np.sin(folds * angle + seed + 0.6 * np.sin(3 * angle))
        return np.asarray(tube_field(p, z, w, d, 2.2) + pleats + creases(p, seed, 0.0015), np.float32)

    def keep(p: Floats) -> Floats:
        return np.asarray(np.minimum(p[:, 2], length - p[:, 2]), np.float32)

    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "leather", "nylon")
    reach, deep = hem + 0.05, hem * 0.85 + 0.05
    bounds = ((-reach, -deep, -0.03), (reach, deep, length + 0.03))
    parts = garment(look, field, bounds, keep, prints=False, cell=0.009, names=names)
    cloth = look.plain(look.pick(*names), mix(look.colour(), (0, 0, 0), 0.08))
    belt = surface_ring(field, np.array([0, 0, length - 0.02], np.float32), np.array([0, 0, 1.0]), 0.3, 110)
    rise = [(1.0, -0.019), (1.02, -0.017), (1.022, 0.019), (1.0, 0.0215), (0.985, 0.019), (0.985, -0.015)]
    return [*parts, loft(np.stack([belt * [s, s, 1] + [0, 0, dz] for s, dz in rise]), cloth)]


def trousers(look: Look) -> list[Part]:
    """Straight trousers or jeans with a waistband; shorts where the words say so."""
    short = look.says(("shorts", "短裤"))
    length = 0.48 if short else 1.0 * look.uniform(0.97, 1.03)
    waist, hip = 0.168 * look.uniform(0.95, 1.06), 0.192
    leg, hem = 0.099, (0.095 if short else 0.075 * look.uniform(0.85, 1.25))
    crotch = length - 0.25
    seed = look.uniform(0, 6)
    # The hip narrows into the thighs below it, so that no edge of it shows.
    heights = [crotch - 0.05, crotch, crotch + 0.12, length - 0.02, length + 0.03]
    z, w = smooth_table([0.10, 0.145, hip, waist, waist], heights)
    _, d = smooth_table([0.05, 0.078, 0.112, 0.102, 0.102], heights)

    def field(p: Floats) -> Floats:
        above = np.maximum(tube_field(p, z, w, d, 2.4), crotch - p[:, 2])
        out = above
        for side in (-1, 1):
            thigh = np.array([side * 0.094, 0, crotch + 0.11], np.float32)
            ankle = np.array([side * (0.130 if not short else 0.125), 0.0, -0.06], np.float32)
            out = join(out, capsule(p, ankle, thigh, hem, leg, flatten=1.0), 0.05)
        folds = (
            0.0045 * np.sin(34 * p[:, 2] + 9 * p[:, 0] + seed) * np.exp(-(((p[:, 2] - crotch * 0.52) / 0.10) ** 2))
            if not short
            else 0.0
        )
        return np.asarray(out + creases(p, seed, 0.003) + folds, np.float32)

    def keep(p: Floats) -> Floats:
        return np.asarray(np.minimum(p[:, 2], length - p[:, 2]), np.float32)

    names: tuple[str, ...] = ("denim", "cotton", "linen", "wool", "velvet", "canvas", "leather", "nylon")
    if look.material_name == "" and not look.says(("jeans", "牛仔")):
        names = ("cotton", *(n for n in names if n != "cotton"))
    parts = garment(
        look, field, ((-0.27, -0.16, -0.03), (0.27, 0.16, length + 0.03)), keep, prints=False, cell=0.0085, names=names
    )
    belt = surface_ring(field, np.array([0, 0, length - 0.02], np.float32), np.array([0, 0, 1.0]), 0.3, 110)
    rise = [(1.0, -0.021), (1.02, -0.019), (1.022, 0.019), (1.0, 0.0215), (0.985, 0.019), (0.985, -0.015)]
    cloth = look.plain(look.pick(*names), mix(look.colour(), (0, 0, 0), 0.05))
    parts.append(loft(np.stack([belt * [s, s, 1] + [0, 0, dz] for s, dz in rise]), cloth))
    for side in (-1, 1):
        parts += hem_lines(
            field, np.array([side * 0.127, 0, 0.001], np.float32), np.array([0, 0, 1.0], np.float32), 0.12, cloth
        )
    denim = cloth.name == "denim"
    thread = look.plain("cotton", "#b9803c" if denim else mix(look.colour(), (0, 0, 0), 0.4)).but(bump=None)
    parts += _stitches(field, length, crotch, thread)
    front = belt[belt[:, 1].argmin()]
    button = lathe(
        [(1e-4, 0), (0.0085, 0), (0.0085, 0.002), (0.006, 0.003), (1e-4, 0.0025)],
        [0, 0.0006, 0.001, 0.001, 0],
        look.plain("copper" if denim else "matte plastic", None if denim else "#2c2c2e"),
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


def _stitches(field: Field, length: float, crotch: float, thread: Material) -> list[Part]:
    """The seams of fly, front pockets and back pockets."""
    low = length - 0.042
    fly = [(0.004, low), (0.030, low - 0.02), (0.031, crotch + 0.095), (0.022, crotch + 0.07), (0.002, crotch + 0.058)]
    lines = [(-1, fly), (-1, [(0.0, low), (0.0, crotch + 0.03)])]
    for side in (-1, 1):
        lines.append(
            (-1, [(side * x, low - z) for x, z in ((0.098, 0), (0.108, 0.045), (0.128, 0.072), (0.160, 0.086))])
        )
        x = side * 0.085
        pocket = [(-0.052, 0), (-0.050, 0.085), (0, 0.115), (0.050, 0.085), (0.052, 0), (-0.052, 0)]
        lines.append((1, [(x + dx, low - 0.045 - dz) for dx, dz in pocket]))
    parts = []

    def behind(p: Floats) -> Floats:
        return field(p * np.array([1, -1, 1], np.float32))

    for back, corners in lines:
        curve = np.array(corners) if back > 0 or len(corners) == 2 else smooth_path(corners, 40)
        x, z = refine(np.asarray(curve, float), 0.008).T.astype(np.float32)
        deep = in_depth(behind if back > 0 else field, x, z, 0.3)
        parts.append(tube(np.stack([x, back * (deep + 0.0006), z], -1), 0.0010, thread, segments=6))
    return parts
