"""Wallet: a folded one of leather, upright and a little open, with a card looking out."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, box, loft, rounded_rectangle, tube

_LEATHERS = ("leather", "suede", "canvas", "nylon", "cotton", "denim", "velvet")
_LONG = ("long", "zip around", "clutch wallet", "长款")


def wallet(look: Look) -> list[Part]:
    """A bifold wallet; a long one where the words say so."""
    long = look.says(_LONG)
    wide, high = (0.195, 0.098) if long else (0.112, 0.092 * look.uniform(0.96, 1.05))
    thick = 0.0085
    leather = look.main(*_LEATHERS, extent=(wide, high), default="#5a3b28", period=0.02)
    plain = look.solid(*_LEATHERS, default="#5a3b28")
    thread = plain.but(colour=tuple(0.5 * c + 0.12 for c in plain.colour), bump=None)
    lining = look.plain("cotton", mix(look.colour("#5a3b28"), (24, 20, 18), 0.55))
    card = look.plain("plastic", look.accent(look.colour("#5a3b28"), "#cfd3d8"))
    opening = 11.0
    leaves = []
    for side in (-1, 1):
        leaf = _leaf(wide, high, thick / 2, leather, thread, front=side < 0)
        inner = [_leaf(wide * 0.97, high * share, 0.0012, lining, thread, front=side > 0) for share in (0.94, 0.80)]
        pockets = [part.moved(y=-side * (0.0035 + 0.0012 * k)) for k, layer in enumerate(inner) for part in layer]
        turned = [part.moved(y=side * thick * 0.32).turned(-side * opening / 2, "x") for part in (*leaf, *pockets)]
        leaves += [part.moved(z=0.001) for part in turned]
    inside = [
        part.moved(x=wide * 0.02, z=high * 0.30) for part in box((wide * 0.70, 0.0009, high * 0.72), 0.0004, card)
    ]
    return [*leaves, *inside, *_spine(wide, thick, plain)]


def _leaf(wide: float, high: float, thick: float, leather: Material, thread: Material, *, front: bool) -> list[Part]:
    """One half, upright from its fold at the bottom, full in its middle; its stitches on the outside."""
    skin = box((wide, thick, high), 0.0045 if thick > 0.002 else 0.0005, leather)
    out = -1 if front else 1

    def full(v: Floats) -> Floats:
        across, up = np.clip(1 - (2 * v[:, 0] / wide) ** 4, 0, 1), np.sin(np.pi * np.clip(v[:, 2] / high, 0, 1))
        swell = 0.0022 * out * across * up * (out * v[:, 1] > 0)
        return np.asarray(v + np.stack([0 * swell, swell, 0 * swell], -1))

    edge = rounded_rectangle(wide - 0.007, high - 0.007, 0.005)
    line = np.stack([edge[:, 0], np.full(len(edge), out * (thick / 2 + 0.0002)), edge[:, 1] + high / 2], -1)
    return [bent(part, full) for part in (*skin, tube(line, 0.00055, thread, segments=6, closed=True))]


def _spine(wide: float, thick: float, leather: Material) -> list[Part]:
    """The fold at the bottom."""
    a = np.linspace(0, np.pi, 16)
    ring = np.stack([0 * a, thick * 0.56 * np.cos(a), 0.0045 - 0.0045 * np.sin(a)], -1)
    rows = np.stack([ring + np.array([x, 0, 0]) for x in np.linspace(-wide / 2 + 0.001, wide / 2 - 0.001, 8)])
    return [loft(rows, leather, closed=False, flip=True)]
