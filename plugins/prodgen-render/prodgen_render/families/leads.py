"""Collars and leads of dogs and cats."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import belt, ring, stitches
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, tube

_COLLARS = ("collar", "项圈", "颈圈", "脖圈")
_LEADS = ("lead", "leash", "leads", "slip lead", "牵引绳", "狗绳", "狗链", "牵引带")
_STRAPS = ("nylon", "leather", "canvas", "cotton", "rubber", "velvet", "denim")
_WIDE = 0.022


def lead_and_collar(look: Look) -> list[Part]:
    """A collar that stands closed, or a lead in a coil with its hook in front; both where the words name both."""
    shade = look.colour("#c3272b")
    strap = look.main(*_STRAPS, extent=(0.12, _WIDE), default="#c3272b", period=0.014)
    pale = brightness(shade) > 0.5
    thread = look.plain("cotton", mix(shade, (0, 0, 0) if pale else (250, 236, 210), 0.35)).but(bump=None)
    metal = look.plain("steel").but(bump=None)
    lead = look.says(_LEADS)
    parts = []
    if look.says(_COLLARS) or not lead:
        collar = _collar(look, strap, thread, metal)
        parts += [part.moved(x=-0.085) for part in collar] if lead else collar
    if lead:
        coil = _coil(strap, thread, metal)
        parts += [part.moved(x=0.045) for part in coil] if parts else coil
    return parts


def _collar(look: Look, strap: Material, thread: Material, metal: Material) -> list[Part]:
    radius = 0.062 * look.uniform(0.9, 1.1)
    a = np.linspace(-np.pi / 2 + 0.16, 1.5 * np.pi - 0.16, 120)
    loop = np.stack([radius * np.cos(a), radius * np.sin(a), 0 * a + _WIDE / 2], -1)
    away = loop * [1, 1, 0] / radius * 0.0013
    parts = [belt(loop, (0, 0, 1), _WIDE, 0.0026, strap)]
    parts += [stitches(loop + away + np.array([0, 0, side * _WIDE * 0.40]), thread) for side in (-1, 1)]
    black = look.plain("plastic", "#1d1d1f")
    clasp = slab(rounded_rectangle(0.040, _WIDE + 0.007, 0.007, corner=8), 0.009, 0.003, black)
    prong = slab(rounded_rectangle(0.014, 0.012, 0.003), 0.002, 0.0008, look.plain("plastic", "#303134")).moved(
        z=0.0085
    )
    parts += [p.turned(90, "x").moved(y=-radius + 0.0045, z=_WIDE / 2) for p in (clasp, prong)]
    hold = np.array([radius * np.cos(-0.95), radius * np.sin(-0.95)])
    d_ring = [p.turned(-0.95 * 180 / np.pi + 90).moved(float(hold[0]), float(hold[1]), _WIDE / 2) for p in (
        ring(0.012, _WIDE + 0.009, 0.0016, metal).moved(y=-0.0030), ring(0.024, 0.024, 0.0014, metal).moved(y=-0.0065, z=-0.014)
    )]  # fmt: skip
    tag = lathe(
        [(1e-4, 0), (0.012, 0), (0.012, 0.0016), (1e-4, 0.0016)], 0.0006, look.plain("brass").but(bump=None), 48
    )
    tag = (
        tag.turned(90, "x")
        .turned(-0.95 * 180 / np.pi + 90)
        .moved(float(hold[0]) * 1.12, float(hold[1]) * 1.12, _WIDE / 2 - 0.030)
    )
    lift = 0.032
    return [part.moved(z=lift) for part in (*parts, *d_ring, tag)]


def _coil(strap: Material, thread: Material, metal: Material) -> list[Part]:
    """The strap in turns that stand on their edge, a hand's loop over them, and its end with a hook before them."""
    wide = _WIDE * 0.85
    a = np.linspace(-0.5 * np.pi, 5.5 * np.pi, 300)
    radius = 0.050 + 0.0042 * (a - a[0]) / (2 * np.pi)
    turns = np.stack([radius * np.cos(a), radius * np.sin(a), 0 * a + wide / 2], -1)
    forward = [(0, 0, 0), (0.032, -0.001, 0), (0.062, -0.007, 0), (0.085, -0.018, 0)]
    end = smooth_path(turns[-1] + np.array(forward), 30)[1:]
    line = np.concatenate([turns, end])
    along = np.gradient(line, axis=0)
    out = np.cross(along, [0, 0, 1.0])
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    parts = [belt(line, (0, 0, 1), wide, 0.0024, strap)]
    parts += [stitches((line + out * 0.0013)[190:] + np.array([0, 0, side * wide * 0.38]), thread) for side in (-1, 1)]
    # The loop for the hand stands up out of the coil.
    t = np.linspace(0, 2 * np.pi, 80)
    hand = np.stack([0.034 * np.sin(t), 0 * t, 0.050 - 0.055 * np.cos(t)], -1) + np.array([0, 0, 0.012])
    parts.append(belt(hand, (0, 1, 0), wide, 0.0024, strap))
    tip, way = line[-1], (line[-1] - line[-6]) / np.linalg.norm(line[-1] - line[-6])
    turn = float(np.degrees(np.arctan2(way[1], way[0])))
    return [*parts, *(p.turned(turn).moved(*tip) for p in _hook(metal))]


def _hook(metal: Material) -> list[Part]:
    """A snap hook along x from the origin."""
    swivel = ring(0.020, 0.012, 0.0018, metal)
    barrel = lathe([(1e-4, 0), (0.0055, 0), (0.0055, 0.008), (0.0035, 0.010), (0.0035, 0.016)], 0.001, metal, 32)
    bend = smooth_path([(0.022, 0, 0), (0.030, 0, 0.0075), (0.044, 0, 0.0085), (0.052, 0, 0.0), (0.045, 0, -0.0085), (0.036, 0, -0.0070)], 50)  # fmt: skip
    bolt = tube([(0.026, 0, -0.0072), (0.038, 0, -0.0076)], 0.0016, metal, segments=14)
    knob = tube([(0.032, 0, -0.0075), (0.032, 0, -0.0125)], 0.0017, metal, segments=14)
    return [
        swivel.moved(x=0.004),
        barrel.turned(90, "y").moved(x=0.008),
        tube(bend, 0.0026, metal, segments=18),
        bolt,
        knob,
    ]
