"""Sneaker: a rubber cup sole, an upper with its panels, a tongue and laces. One shoe, its toe to the left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from prodgen_render.families.uppers import HALF, Upper, outline, toned
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.detail import segments
from prodgen_render.shapes.geometry import bent, loft, slab, smooth_path, tube

Sole = Callable[[Floats, Floats | float], Floats]
_RUNNING = ("running shoe", "running shoes", "trainers", "running", "training", "跑鞋", "跑步鞋", "训练鞋", "运动鞋")
_HIGH = (
    "high top",
    "high tops",
    "high-top",
    "high-tops",
    "hi-top",
    "hi-tops",
    "hi top",
    "basketball shoe",
    "basketball shoes",
    "高帮",
    "高筒",
    "篮球鞋",
)
_UPPERS = ("canvas", "leather", "knit", "cotton", "denim", "nylon", "velvet", "wool")
# From the middle of the heel by the ankle and along the laces to the tongue's root.
_TOPLINE = np.array(
    [
        (0.0, 0.1275, 0.0, 0.0985), (0.06, 0.1255, 0.013, 0.0960), (0.13, 0.115, 0.0250, 0.0835), (0.24, 0.090, 0.0300, 0.0670),
        (0.34, 0.062, 0.0300, 0.0665), (0.43, 0.038, 0.0275, 0.0780), (0.47, 0.026, 0.0235, 0.0795), (0.60, -0.010, 0.0200, 0.0700),
        (0.72, -0.042, 0.0150, 0.0585), (0.82, -0.057, 0.0085, 0.0530), (1.0, -0.060, 0.0, 0.0515),
    ]
)  # fmt: skip
_LEAN = np.array(
    [
        (0, 1.55, 0.036), (0.12, 1.30, 0.032), (0.3, 0.65, 0.022), (0.5, 0.55, 0.020), (0.75, 0.62, 0.008), (1, 0.66, 0.001),
    ]
)  # fmt: skip
_HIGH_TOPLINE = np.array(
    [
        (0.0, 0.1150, 0.0, 0.1460), (0.06, 0.1135, 0.013, 0.1455), (0.13, 0.106, 0.0245, 0.1440), (0.24, 0.090, 0.0310, 0.1420),
        (0.34, 0.067, 0.0315, 0.1440), (0.43, 0.048, 0.0265, 0.1480), (0.47, 0.0395, 0.0225, 0.1470), (0.60, 0.008, 0.0200, 0.0950),
        (0.72, -0.033, 0.0150, 0.0655), (0.82, -0.056, 0.0085, 0.0540), (1.0, -0.060, 0.0, 0.0515),
    ]
)  # fmt: skip
_HIGH_LEAN = np.array(
    [
        (0, 0.70, 0.070), (0.12, 0.65, 0.070), (0.3, 0.30, 0.065), (0.5, 0.35, 0.060), (0.6, 0.45, 0.030), (0.75, 0.62, 0.010), (1, 0.66, 0.001),
    ]
)  # fmt: skip
_TONGUE = [(-0.066, 0, 0.0490), (-0.03, 0, 0.0615), (0.008, 0, 0.0760), (0.034, 0, 0.0885), (0.057, 0, 0.1020)]
_HIGH_TONGUE = [(-0.066, 0, 0.0490), (-0.033, 0, 0.0625), (0.004, 0, 0.0900), (0.030, 0, 0.1290), (0.040, 0, 0.1680)]
_EXTENT = (0.3, 0.3)
"""Metres that the picture of a pattern covers."""
_THROAT = 0.47
"""Where the ankle's opening ends and the laces begin, as a share of the way around half a sole."""


def sneaker(look: Look) -> list[Part]:
    """A sneaker on a cup sole, low or up to the ankle; a running shoe on foam that is thicker under the heel."""
    high = look.says(_HIGH)
    size, lift = look.uniform(0.96, 1.05), 0.019 * look.uniform(0.85, 1.2)
    upper = look.main(*_UPPERS, extent=_EXTENT, default="#f1efe9", period=0.03)
    plain = upper if upper.texture is None else look.solid(*_UPPERS, default="#f1efe9")
    rgb = look.colour("#f1efe9")
    # The outline's UV lies flat, so that a relief would be drawn out along the edge.
    sole = look.part("sole", look.plain("rubber", "#f3f1ea")).but(bump=None)
    stripe = look.plain("rubber", look.accent(rgb, None if look.chance(0.5) else "#2b2c30")).but(bump=None)
    lace = look.plain("cotton", "#fbfaf6" if look.chance(0.7) else mix(rgb, (0, 0, 0), 0.5))
    lace = look.part("laces", lace)
    tread = look.plain("rubber", "#8d6f4c" if look.chance(0.4) else "#e9e6dd").but(bump=None)
    raised = _foam if look.says(_RUNNING) else _cup
    top, lean = (_HIGH_TOPLINE, _HIGH_LEAN) if high else (_TOPLINE, _LEAN)
    body = Upper(HALF * [0.972, 0.952], lambda x: raised(x, lift + 0.004), top, (0.030, 0.032), lean)
    insole = slab(outline() * [0.9, 0.84], 0.004, 0.001, toned(plain, 0.6).but(bump=None)).moved(z=lift + 0.006)
    parts = [
        *_sole(lift, raised, sole, stripe, tread),
        body.skin(upper, None if upper.texture is None else _EXTENT),
        body.rim(_THROAT, 0.0042, plain),
        _on(raised, insole),
        *_panels(body, toned(plain, 0.9), stripe, toned(plain, 0.72)),
        *_tongue(_HIGH_TONGUE if high else _TONGUE, lift, raised, plain, toned(plain, 0.8)),
        *_laces(body, 8 if high else 6, lace, toned(plain, 0.5)),
    ]
    return [part.scaled(size) for part in parts]


def _cup(x: Floats, height: Floats | float) -> Floats:
    """The height over the ground of what is at a height of a level sole: it rises at the toe and, a little, behind."""
    toe, heel = np.clip((-x - 0.055) / 0.1, 0, None), np.clip((x - 0.105) / 0.04, 0, None)
    return np.asarray(height + 0.011 * toe**2 + 0.002 * heel**2)


def _foam(x: Floats, height: Floats | float) -> Floats:
    """The same of a running shoe's sole: thicker towards the heel, and more rounded at its ends."""
    t = np.clip((x + 0.06) / 0.17, 0, 1)
    toe, heel = np.clip((-x - 0.045) / 0.11, 0, None), np.clip((x - 0.100) / 0.045, 0, None)
    return np.asarray(height * (1 + 0.62 * (3 * t**2 - 2 * t**3)) + 0.016 * toe**2 + 0.006 * heel**2)


def _on(raised: Sole, part: Part) -> Part:
    """A part of a level sole as it lies."""
    return bent(part, lambda v: np.stack([v[:, 0], v[:, 1], raised(v[:, 0], v[:, 2])], -1))


def _sole(lift: float, raised: Sole, sole: Material, stripe: Material, tread: Material) -> list[Part]:
    """The sole with its upturned wall, a coloured line around it, and the tread underneath."""
    edge = outline()
    wall = slab(edge, lift + 0.007, 0.0050, sole).moved(z=0.0025)
    line = slab(edge * [1.004, 1.012], 0.0026, 0.0010, stripe).moved(z=lift * 0.62)
    return [_on(raised, part) for part in (wall, line, slab(edge * 0.992, 0.005, 0.0012, tread))]


def _panels(body: Upper, cloth: Material, stripe: Material, thread: Material) -> list[Part]:
    """Toe guard, heel counter, the pieces with the eyelets, and a stripe on each side."""
    t = np.linspace(0, 1, 18)
    parts = []
    toe = 0.27 * np.sqrt(np.clip(1 - t**2, 0, 1)) + 0.01
    parts.append(body.patch(0.0, 0.60, 1 - toe, 1 + toe, cloth))
    parts.append(
        body.seam(
            np.concatenate([1 - toe[2:-1], (1 + toe[2:-1])[::-1]]),
            np.concatenate([0.58 * t[2:-1], 0.58 * t[2:-1][::-1]]),
            thread,
        )
    )
    heel = 0.24 - 0.15 * t**1.5
    parts.append(body.patch(0.0, 0.82, -heel, heel, cloth))
    for side in (-1, 1):
        parts.append(body.seam(side * (heel - 0.012), 0.82 * t, thread))
        parts.append(_eyestay(body, side, cloth))
        parts.append(body.seam(side * np.linspace(0.455, 0.86, 30), np.full(30, 0.745), thread))
        lean = side * (0.40 + 0.13 * t)
        parts.append(body.patch(0.10, 0.70, lean - 0.022, lean + 0.022, stripe, 0.0013))
    tab = [body.at(0.0, up, 0.002) for up in (0.72, 0.85, 0.97)]
    parts.append(tube(smooth_path(tab, 16), 0.0085, stripe, flatten=0.22, up=(1, 0, 0)))
    return parts


def _eyestay(body: Upper, side: int, cloth: Material) -> Part:
    around = np.linspace(0.44, 0.88, 24)
    up = np.array([0.72, 0.72, 0.8, 0.9, 0.985, 1.0])
    away = np.array([0, 0.0013, 0.0013, 0.0013, 0.0013, -0.0005])
    grid = body.at(side * around[:, None], up[None], np.broadcast_to(away, (24, 6)))
    return loft(grid, cloth, closed=False, flip=side < 0)


def _tongue(
    way: Sequence[tuple[float, float, float]], lift: float, raised: Sole, cloth: Material, lining: Material
) -> list[Part]:
    """The tongue, from under the laces to over the ankle."""
    spine = smooth_path(way, 30)
    wide = np.interp(np.linspace(0, 1, 30), [0, 0.3, 0.7, 0.93, 1], [0.016, 0.0190, 0.0225, 0.0255, 0.0230])
    spine = spine + np.stack([0 * spine[:, 0], 0 * spine[:, 0], raised(spine[:, 0], lift + 0.003)], -1)
    body = tube(spine, wide, cloth, flatten=0.17, segments=24)
    label = tube(spine[23:27] + np.array([-0.0035, 0, 0.0022]), 0.011, lining, flatten=0.08, segments=16)
    return [body, label]


def _laces(body: Upper, count: int, lace: Material, dark: Material) -> list[Part]:
    """Eyelets, laces that cross from one to the next, and a bow."""
    rows = np.linspace(0.50, 0.80, count)
    eyes = {side: body.at(side * rows, 0.89, 0.0016) for side in (-1, 1)}
    parts = [
        tube([eye - out, eye + out], 0.0026, dark, segments=10, flatten=1.0)
        for side in (-1, 1)
        for eye, out in zip(eyes[side], (body.at(side * rows, 0.89, 0.0018) - eyes[side]), strict=True)
    ]
    for k in range(count):
        for side in (-1, 1):
            start, end = eyes[side][k], eyes[-side][min(k + 1, count - 1)]
            if k == count - 1 and side > 0:
                continue
            rise = 0.0022 if side > 0 else 0.0034
            middle = (start + end) / 2 + [-0.004, 0, rise + 0.0045]
            bend = [
                start,
                start * 0.7 + end * 0.3 + [-0.003, 0, rise + 0.003],
                middle,
                start * 0.3 + end * 0.7 + [-0.003, 0, rise + 0.003],
                end,
            ]
            parts.append(
                tube(smooth_path(bend, segments(18, 6)), 0.0032, lace, flatten=0.4, segments=12, up=(-0.5, 0, 1))
            )
    return [*parts, *_bow((eyes[-1][0] + eyes[1][0]) / 2 + [-0.006, 0, 0.010], lace)]


def _bow(knot: Floats, lace: Material) -> list[Part]:
    """Two loops and two ends that hang to the sides of a knot."""
    across = np.array([0, 0.004, 0])
    parts = [tube([knot - across, knot + across], 0.0042, lace, flatten=0.8, segments=14)]
    for side in (-1, 1):
        loop = np.array(
            [
                (0, 0.003, 0),
                (-0.006, 0.018, 0.004),
                (-0.010, 0.033, -0.006),
                (-0.004, 0.038, -0.013),
                (0.001, 0.030, -0.009),
                (0.001, 0.014, -0.001),
                (0, 0.003, 0),
            ]
        )
        end = np.array([(0, 0.002, 0), (-0.012, 0.012, 0.001), (-0.022, 0.024, -0.012), (-0.027, 0.031, -0.027)])
        for path, count in ((loop, 40), (end, 24)):
            parts.append(
                tube(
                    smooth_path(knot + path * [1, side, 1], segments(count, 10)), 0.0025, lace, flatten=0.5, segments=12
                )
            )
    return parts
