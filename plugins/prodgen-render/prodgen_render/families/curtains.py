"""Curtain."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, tube

_SHEER = ("sheer", "voile", "纱")
_ROLLED = ("roller blind", "roller blinds", "roller shade", "卷帘")
_WIDE = 0.62
"""Metres that one panel takes on its rod."""


def curtain(look: Look) -> list[Part]:
    """Two panels that hang in folds from rings on a rod; light comes through what is sheer; a blind hangs flat from its roll."""
    high = 2.1 * look.uniform(0.93, 1.06)
    folds = 6 if look.chance(0.5) else 7
    cloth = look.main(
        "linen", *(name for name in FABRICS if name != "linen"), extent=(2.6, high), default="#cfc6b4", period=0.16
    )
    if look.says(_SHEER):
        cloth = cloth.but(transmission=0.35)
    if look.says(_ROLLED):
        return _blind(look, cloth)
    metal = look.plain("metal", "#3a3b3e") if look.chance(0.5) else look.plain("brass")
    parts = []
    for side in (-1, 1):
        middle = side * (_WIDE / 2 + 0.035)
        parts.append(_panel(cloth, middle, high, folds))
        parts += [
            _ring(metal, x, high - 0.05)
            for x in middle + _WIDE * (np.arange(2 * folds) + 0.5) / (2 * folds) - _WIDE / 2
        ]
    reach = _WIDE + 0.13
    parts.append(tube([(-reach, 0, high - 0.05), (reach, 0, high - 0.05)], 0.0135, metal, segments=28))
    for side in (-1, 1):
        a = np.linspace(0, np.pi, 16)
        ball = np.stack([side * reach + 0.03 * np.cos(a), 0 * a, np.full(16, high - 0.05)], -1)
        parts.append(tube(ball, 0.03 * np.sin(a).clip(0.05), metal, caps=False, segments=28))
    return parts


def _blind(look: Look, cloth: Material) -> list[Part]:
    """Cloth that comes down behind its roll to a weighted rail, and the chain that moves it."""
    wide, high = 1.2, 1.5
    white, plain = look.plain("plastic", "#f4f3ef"), cloth.but(texture=None, colour=tuple(cloth.mean_colour))
    sheet = np.array([[(-wide / 2, 0.028, z), (wide / 2, 0.028, z)] for z in np.linspace(0.02, high, 12)])
    chain = [
        (wide / 2 + 0.012, y, z) for y, z in ((0.022, high), (0.022, 0.62), (0.0, 0.58), (-0.022, 0.62), (-0.022, high))
    ]
    return [
        loft(np.concatenate([sheet, sheet[:, ::-1] + [0, 0.003, 0]], 1), cloth),
        tube([(-wide / 2, 0, high), (wide / 2, 0, high)], 0.032, plain, segments=40),
        tube([(-wide / 2, 0.029, 0.024), (wide / 2, 0.029, 0.024)], 0.013, plain, flatten=0.5, segments=20),
        *(
            tube([(x, 0, high), (x + 0.02, 0, high)], 0.034, white, segments=32)
            for x in (-wide / 2 - 0.03, wide / 2 + 0.01)
        ),
        tube(chain, 0.003, white, segments=8),
    ]


def _panel(cloth: Material, middle: float, high: float, folds: int) -> Part:
    """Cloth whose folds are deeper at the hem than at the rod, as one thin closed skin."""
    s = np.linspace(0, 1, 30 * folds)
    z = np.linspace(0.012, high, 26)
    down = 1 - z / high
    x = middle + (s - 0.5) * _WIDE
    # No fold is as wide or as deep as the next, and they wander a little on their way down.
    uneven = s[None] + 0.016 * np.sin(2 * np.pi * (1.7 * s[None] + 0.35 * down[:, None])) * (0.4 + 0.6 * down[:, None])
    turn = 2 * np.pi * folds * uneven
    wave = np.sin(turn) + 0.22 * np.sin(2 * turn + 2.1 * s)
    depth = (0.042 + 0.016 * down)[:, None] * wave * (1 + 0.28 * np.sin(9 * s[None] + 1.3))
    depth = depth + 0.012 * down[:, None] * np.sin(5 * s + 3 * down[:, None])
    front = np.stack([np.broadcast_to(x, depth.shape), depth - 0.0015, np.broadcast_to(z[:, None], depth.shape)], -1)
    back = front[:, ::-1] + [0, 0.003, 0]
    return loft(np.concatenate([front, back], 1), cloth)


def _ring(metal: Material, x: float, z: float) -> Part:
    a = np.linspace(0, 2 * np.pi, 28)
    return tube(
        np.stack([np.full(28, x), 0.024 * np.cos(a), z + 0.024 * np.sin(a)], -1), 0.0035, metal, caps=False, segments=10
    )
