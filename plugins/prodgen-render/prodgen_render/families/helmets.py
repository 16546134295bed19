"""Helmets: for cycling, for motorcycles, and hard hats."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, smooth_path, tube
from prodgen_render.shapes.implicit import clip, cut, ellipsoid, join, mesh

_FULL = ("motorcycle", "motorbike", "full face", "moped", "racing helmet", "摩托", "机车", "全盔", "电动车头盔")
_HARD = ("hard hat", "safety helmet", "construction", "安全帽", "工地")
_PLASTICS = ("plastic", "matte plastic", "lacquer")
_VENTS = (
    (0.0, -0.068, 0.026, 0.011),
    (0.0, 0.040, 0.036, 0.012),
    (0.046, -0.052, 0.036, 0.012),
    (0.046, 0.062, 0.026, 0.012),
    (0.092, -0.040, 0.034, 0.010),
    (0.092, 0.050, 0.028, 0.011),
)
"""Slots of a cycling helmet: metres from its middle line along the shell, place along it, half their length, half their width."""


def helmet(look: Look) -> list[Part]:
    """A vented one with straps; one with a visor, or a hard hat, where the words say so."""
    return _full(look) if look.says(_FULL) else _hard(look) if look.says(_HARD) else _vented(look)


def _vented(look: Look) -> list[Part]:
    half = np.array([0.104, 0.138, 0.112]) * look.uniform(0.97, 1.04)
    shell = look.solid(*_PLASTICS, default="#f4f3ef").but(coat=0.5)
    dark = look.plain("matte plastic", "#1c1d1f")
    low = look.plain("matte plastic", look.accent(look.colour("#f4f3ef"), "#1c1d1f"))

    def rim(p: Floats) -> Floats:
        """The height of its lower edge: it rises over the brow and the ears."""
        return np.asarray(
            -0.030 + 0.022 * np.exp(-((p[:, 1] / 0.045) ** 2)) + 0.020 * (p[:, 1] < 0) * (p[:, 1] / 0.138) ** 2
        )

    def field(p: Floats) -> Floats:
        outside = ellipsoid(p, (0, 0, 0), half)
        along = np.arctan2(np.abs(p[:, 0]), p[:, 2] + 0.04) * 0.115
        # Ridges between the vents run from front to back.
        outside = outside - 0.0035 * np.cos(along / 0.046 * 2 * np.pi + np.pi) * np.clip((p[:, 2] - 0.01) / 0.05, 0, 1)
        hull = np.maximum(cut(outside, ellipsoid(p, (0, 0, -0.012), half - 0.022), 0.004), rim(p) - p[:, 2])
        for aside, middle, reach, wide in _VENTS:
            slot = np.hypot(along - aside, np.maximum(np.abs(p[:, 1] - middle) - reach, 0)) - wide
            hull = cut(hull, slot, 0.010)
        return np.asarray(hull, np.float32)

    reach = half + 0.012
    skin = mesh(field, -reach * [1, 1, 0.5], reach, 0.0042, shell)
    seam = skin.vertices[:, 2] - rim(skin.vertices) - 0.017
    parts = [clip(skin, seam), clip(skin, -seam).but(material=low)]
    # What is seen through the vents.
    pads = [
        mesh(
            lambda p: np.maximum(ellipsoid(p, (0, 0, -0.012), half - 0.020), -0.02 - p[:, 2]), -half, half, 0.008, dark
        )
    ]
    web = look.plain("nylon", "#232427")
    knot = np.array([0.088, -0.004, -0.105])
    for side in (-1, 1):
        at = np.array([side, 1, 1])
        for start in ((0.088, -0.062, -0.012), (0.090, 0.066, -0.020)):
            way = smooth_path(np.vstack([start, 0.45 * np.array(start) + 0.55 * knot + [0.004, 0, 0], knot]), 20)
            pads.append(tube(way * at, 0.0075, web, flatten=0.16, segments=14, up=(float(side), 0.2, 0)))
        chin = smooth_path(np.vstack([knot, (0.062, -0.022, -0.150), (0.024, -0.036, -0.172), (0, -0.038, -0.175)]), 30)
        pads.append(tube(chin * at, 0.0080, web, flatten=0.16, segments=14, up=(float(side), 0.2, 0)))
        pads += [part.moved(*(knot * at - [0, 0, 0.012])) for part in box((0.008, 0.024, 0.022), 0.003, dark, cells=3)]
    pads += [part.moved(0.012, -0.038, -0.184) for part in box((0.040, 0.011, 0.018), 0.004, dark, cells=3)]
    return [part.moved(z=0.184) for part in [*parts, *pads]]


def _full(look: Look) -> list[Part]:
    """A shell around head and chin, its visor down."""
    shell = look.solid(*_PLASTICS, default="#1c1d1f").but(coat=1.0, roughness=0.25)
    dark = look.plain("matte plastic", "#17181a")
    glass = Material("visor", (0.035, 0.04, 0.05), 0.08, coat=1.0)

    def field(p: Floats) -> Floats:
        head = ellipsoid(p, (0, 0.012, 0.02), (0.122, 0.148, 0.132))
        jaw = ellipsoid(p, (0, -0.030, -0.066), (0.112, 0.142, 0.078))
        hull = join(head, jaw, 0.06)
        bottom = -0.122 + 0.018 * np.clip((p[:, 1] + 0.02) / 0.15, 0, 1)
        return np.asarray(-join(-hull, p[:, 2] - bottom, 0.016), np.float32)

    skin = mesh(field, (-0.14, -0.19, -0.14), (0.14, 0.18, 0.17), 0.0055, shell)
    angle = np.arctan2(np.abs(skin.vertices[:, 0]), -skin.vertices[:, 1] + 0.02)
    middle = 0.018 - 0.010 * np.cos(angle)
    window = 1 - (np.abs(angle) / 1.28) ** 4 - (np.abs(skin.vertices[:, 2] - middle) / 0.052) ** 4
    visor = clip(skin, window).but(material=glass)
    edge = clip(clip(skin, window + 0.16), -window + 0.02).but(material=dark)
    parts = [clip(skin, -window - 0.16), edge.scaled(1.002), visor.scaled(1.006)]
    cap = lathe([(1e-4, 0), (0.020, 0), (0.017, 0.007), (1e-4, 0.008)], [0, 0.003, 0.003, 0], dark, 48)
    parts += [cap.turned(90 * side, "y").moved(side * 0.117, -0.004, 0.018) for side in (-1, 1)]
    ring = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    collar = np.column_stack(
        [0.096 * np.cos(ring), -0.012 + 0.118 * np.sin(ring), -0.115 + 0.014 * np.clip(np.sin(ring), 0, 1)]
    )
    parts.append(tube(collar, 0.011, dark, segments=14, closed=True))
    return [part.moved(z=0.128) for part in parts]


def _hard(look: Look) -> list[Part]:
    """A dome with a ridge, and a brim that is longer in front."""
    shell = look.solid(*_PLASTICS, default="#f0c33c")

    def field(p: Floats) -> Floats:
        dome = np.maximum(ellipsoid(p, (0, 0, 0), (0.114, 0.137, 0.116)), -p[:, 2])
        for x, high in ((0.0, 0.007), (-0.045, 0.004), (0.045, 0.004)):
            ridge = ellipsoid(p, (x, 0.0, 0.0), (0.011 + np.sqrt(high) * 0.02, 0.118, 0.116 - 12 * x * x + high))
            dome = join(dome, np.maximum(ridge, 0.02 - p[:, 2]), 0.010)
        brim = ellipsoid(p, (0, -0.018, 0.004), (0.130, 0.172, 0.040))
        plate = -join(-brim, 0.0055 - np.abs(p[:, 2] - 0.004), 0.006)
        solid = join(dome, plate, 0.012)
        return np.asarray(cut(solid, ellipsoid(p, (0, 0, -0.006), (0.107, 0.130, 0.109)), 0.002), np.float32)

    skin = mesh(field, (-0.15, -0.21, -0.02), (0.15, 0.17, 0.15), 0.0045, shell)
    liner = look.plain("matte plastic", "#2a2b2e")
    band = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    sweat = tube(
        np.column_stack([0.096 * np.cos(band), 0.119 * np.sin(band), np.full(72, 0.006)]),
        0.012,
        liner,
        flatten=0.25,
        closed=True,
        up=(1, 0, 0),
        segments=14,
    )
    return [part.moved(z=0.01) for part in (skin, sweat)]
