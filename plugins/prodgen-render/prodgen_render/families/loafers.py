"""Loafers and laced shoes of leather, with a low heel. One shoe, its toe to the left."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.uppers import HALF, Upper, outline, toned
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import slab, tube

_UPPERS = ("leather", "suede", "velvet", "canvas", "denim", "nylon")
_BAR = ("horsebit", "bit loafer", "buckle", "马衔扣", "金属扣")
_LACED = (
    "oxford",
    "oxfords",
    "derby",
    "derbies",
    "brogue",
    "brogues",
    "lace-up",
    "lace up",
    "dress shoes",
    "牛津鞋",
    "德比",
    "布洛克",
    "系带",
    "正装皮鞋",
)
_EXTENT = (0.3, 0.3)
_TOPLINE = np.array(
    [
        (0.0, 0.1180, 0.0, 0.070), (0.08, 0.115, 0.011, 0.069), (0.2, 0.094, 0.0235, 0.062), (0.38, 0.050, 0.0285, 0.055),
        (0.54, 0.008, 0.0275, 0.057), (0.68, -0.022, 0.0215, 0.060), (0.84, -0.040, 0.0110, 0.0605), (1.0, -0.045, 0.0, 0.0605),
    ]
)  # fmt: skip
_LACED_TOPLINE = np.array(
    [
        (0.0, 0.1180, 0.0, 0.072), (0.08, 0.115, 0.011, 0.071), (0.2, 0.096, 0.0235, 0.066), (0.38, 0.062, 0.0290, 0.062),
        (0.54, 0.032, 0.0290, 0.066), (0.68, 0.010, 0.0240, 0.074), (0.84, -0.003, 0.0130, 0.080), (1.0, -0.008, 0.0, 0.081),
    ]
)  # fmt: skip
_LEAN = np.array([(0, 1.1, 0.024), (0.15, 1.0, 0.020), (0.4, 0.72, 0.016), (0.7, 0.62, 0.012), (1, 0.70, 0.004)])


def loafer(look: Look) -> list[Part]:
    """A penny loafer; with a metal bar on its strap, or a shoe with laces and a cap on its toe, where the words say so."""
    laced = look.says(_LACED)
    size, lift = look.uniform(0.97, 1.04), 0.011
    upper = look.main(*_UPPERS, extent=_EXTENT, default="#4b2e22", period=0.03)
    plain = upper if upper.texture is None else look.solid(*_UPPERS, default="#4b2e22")
    sole = look.part("sole", look.plain("rubber", "#2a2320")).but(bump=None)

    def ground(x: Floats) -> Floats:
        return np.asarray(
            lift + 0.010 * np.clip((x - 0.03) / 0.06, 0, 1) + 0.006 * np.clip((-x - 0.08) / 0.07, 0, 1) ** 2
        )

    body = Upper(HALF * [0.965, 0.90], ground, _LACED_TOPLINE if laced else _TOPLINE, (0.026, 0.024), _LEAN)
    edge = outline(HALF * [0.985, 0.915])
    under = slab(edge, 0.009, 0.003, sole)
    raised = under.vertices + np.stack(
        [0 * under.vertices[:, 0], 0 * under.vertices[:, 0], ground(under.vertices[:, 0]) - 0.0065], -1
    )
    parts = [
        body.skin(upper, None if upper.texture is None else _EXTENT),
        body.rim(1.0, 0.0019, toned(plain, 0.85)),
        under.but(vertices=raised.astype(np.float32)),
        slab(edge[edge[:, 0] > 0.066] * [0.985, 0.95], 0.019, 0.003, sole),
        slab(outline(HALF * [0.86, 0.80]), 0.003, 0.001, look.plain("leather", "#c9a67c").but(bump=None)).moved(
            z=lift + 0.012
        ),
        *(_laces(body, plain, look) if laced else [_apron(body, plain), *_strap(body, plain, look)]),
    ]
    return [part.scaled(size) for part in parts]


def _apron(body: Upper, leather: Material) -> Part:
    """The raised seam around the top of the foot."""
    around = np.linspace(0.715, 1.285, 90)
    up = 0.56 + 0.22 * (np.abs(around - 1) / 0.285) ** 2.2
    return tube(body.at(around, up, 0.0005), 0.0021, toned(leather, 0.80), segments=10)


def _strap(body: Upper, leather: Material, look: Look) -> list[Part]:
    """The strap before the opening, down to the sole on both sides, with a slit for a penny or a bar of metal."""
    t = np.linspace(0, 1, 16)
    saddle = toned(leather, 0.84)
    parts = [body.patch(0.735, 0.99, 0.595 + 0 * t, 1.405 + 0 * t, saddle, 0.0017)]
    near, far = 0.580 + 0.015 * t, 0.725 - 0.015 * t
    parts += [body.patch(0.0, 0.76, left, right, saddle, 0.0016) for left, right in ((near, far), (-far, -near))]
    if look.says(_BAR):
        bar = body.at(np.linspace(0.84, 1.16, 24), 0.85, 0.0035)
        parts.append(tube(bar, 0.0024, look.plain("brass"), segments=12))
    else:
        parts.append(tube(body.at(np.linspace(0.92, 1.08, 16), 0.85, 0.0016), 0.0014, toned(leather, 0.35), segments=8))
    return parts


def _laces(body: Upper, leather: Material, look: Look) -> list[Part]:
    """Facings over a tongue, laced, and the stitched edges of the cap and of the quarters."""
    t = np.linspace(0, 1, 20)
    facing, dark = toned(leather, 0.88), toned(leather, 0.55)
    lace = look.part("laces", look.plain("cotton", "#1c1b1a")).but(bump=None)
    parts = [body.patch(0.70, 0.985, 0.955 + 0 * t, 1.045 + 0 * t, dark, 0.0006)]
    for side in (-1, 1):
        inner, outer = 0.955 - 0.010 * t, 0.80 - 0.05 * t
        left, right = (inner, outer) if side < 0 else (outer, inner)
        parts.append(body.patch(0.64, 0.985, side * left, side * right, facing, 0.0015))
        parts.append(body.seam(side * (0.81 - 0.05 * t), 0.64 + 0.34 * t, toned(leather, 0.42)))
    for k, up in enumerate((0.70, 0.775, 0.85, 0.92, 0.975)):
        across = np.linspace(0.915 - 0.003 * k, 1.085 + 0.003 * k, 20)
        parts.append(tube(body.at(across, up, 0.0030), 0.0017, lace, flatten=0.7, segments=10))
    rise = np.linspace(0, 0.40, 12)
    for aside, high in ((0.19, 1.0), (0.18, 1.05)):
        around = np.concatenate([1 - aside + 0 * rise, np.linspace(1 - aside, 1 + aside, 40), 1 + aside + 0 * rise])
        climb = high * np.concatenate([rise, 0.40 + 0.05 * np.sin(np.linspace(0, np.pi, 40)), rise[::-1]])
        parts.append(body.seam(around, climb, toned(leather, 0.42)))
    return parts
