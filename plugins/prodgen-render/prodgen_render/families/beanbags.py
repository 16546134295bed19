"""Bean bag: a slack sack that one sits in."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import creases, garment, lying_on, surface_ring
from prodgen_render.families.seating import CLOTHS
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import tube
from prodgen_render.shapes.implicit import cut, ellipsoid, join


def bean_bag(look: Look) -> list[Part]:
    """A pear-shaped sack of six panels, flat where it lies, with a hollow in front of its upper part."""
    wide, high = 0.44 * look.uniform(0.92, 1.08), 0.80 * look.uniform(0.92, 1.08)
    seed = look.uniform(0, 6)

    def field(p: Floats) -> Floats:
        low = ellipsoid(p, (0, 0, 0.20), (wide, wide, 0.25))
        back = ellipsoid(p, (0, 0.12, high * 0.58), (wide * 0.62, wide * 0.52, high * 0.42))
        body = cut(join(low, back, 0.22), ellipsoid(p, (0, -0.42, high * 0.92), (0.26, 0.30, 0.42)), 0.10)
        slack = creases(p * np.float32(0.55), seed, 0.007)
        return np.asarray(np.maximum(body + slack, -p[:, 2]), np.float32)

    def keep(p: Floats) -> Floats:
        return np.ones(len(p), np.float32)

    reach = wide + 0.06
    bounds = ((-reach, -reach, -0.03), (reach, reach + 0.05, high * 1.05))
    names = ("canvas", *CLOTHS)
    parts = garment(look, field, bounds, keep, prints=False, cell=0.016, names=names)
    ground = look.solid(*names)
    cord = ground.but(bump=None, colour=tuple(0.8 * c for c in ground.colour))
    middle = np.array([0, 0.03, 0.24], np.float32)
    for turn in np.radians((0, 60, 120)):
        across = np.array([np.cos(turn), np.sin(turn), 0.001], np.float32)
        parts.append(
            tube(surface_ring(lying_on(field), middle, across, 1.0, 160), 0.0035, cord, segments=8, closed=True)
        )
    return parts
