"""High chairs for children."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.sewn import belt, sheet
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, smooth_path, tube

HIGH = ("high chair", "highchair", "baby chair", "feeding chair", "儿童餐椅", "宝宝餐椅", "婴儿餐椅", "宝宝椅")


def high_chair(look: Look) -> list[Part]:
    """A shell with a padded seat and a harness on four splayed legs, a tray before it and a bar for the feet."""
    seat = 0.56 * look.uniform(0.96, 1.04)
    wooden = look.material_name in ("wood", "walnut", "bamboo") or look.chance(0.5)
    legs = look.part("legs", look.plain("wood") if wooden else look.plain("aluminium", "#d9dbdd").but(bump=None))
    shell = look.plain("plastic", "#f4f3ef")
    pad = look.solid("nylon", "cotton", "leather", "linen", "velvet", default="#9a9c9f")
    dark = look.plain("nylon", "#2a2b2e")
    parts: list[Part] = []
    for x in (-1, 1):
        for y in (-1, 1):
            foot, head = (x * 0.285, y * 0.270 + 0.01, 0.012), (x * 0.150, y * 0.105 - 0.02, seat - 0.022)
            parts.append(tube(np.linspace(foot, head, 8), np.linspace(0.0145, 0.018, 8), legs, segments=22))
            parts.append(
                tube(
                    [(foot[0], foot[1], 0.014), (foot[0], foot[1], 0.004)],
                    0.016,
                    look.plain("rubber", "#3a3b3e"),
                    segments=20,
                )
            )
    parts += [part.moved(y=-0.185, z=0.27) for part in box((0.40, 0.075, 0.020), 0.008, legs, cells=6)]
    parts += [part.moved(y=-0.02, z=seat - 0.036) for part in box((0.34, 0.25, 0.026), 0.010, shell, cells=6)]
    # The shell: seat, back and sides in one, a little wider above.
    side_view = smooth_path(
        [
            (-0.175, seat + 0.005),
            (-0.15, seat + 0.0),
            (0.10, seat - 0.010),
            (0.150, seat + 0.035),
            (0.175, seat + 0.18),
            (0.215, seat + 0.40),
        ],
        50,
    )
    u = np.linspace(-1, 1, 44)
    along = np.gradient(side_view, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.stack([-along[:, 1], along[:, 0]], -1)
    t = np.linspace(0, 1, 50)[:, None]
    rise = np.interp(t, [0, 0.12, 0.45, 0.7, 1.0], [0.02, 0.13, 0.14, 0.085, 0.03])
    curl = rise * np.clip((np.abs(u)[None] - 0.66) / 0.34, 0, 1) ** 1.3
    wide = np.interp(t, [0, 0.5, 0.9, 1.0], [0.185, 0.195, 0.185, 0.150])
    face = np.stack(
        [
            wide * u[None] * (1 - 0.06 * curl / 0.14),
            side_view[:, :1] + normal[:, :1] * curl,
            side_view[:, 1:] + normal[:, 1:] * curl,
        ],
        -1,
    )
    parts.append(sheet(face, 0.012, shell, (0.4, 0.4)))
    rim = np.concatenate([face[:, 0], face[-1, 1:-1], face[::-1, -1], face[0, -2:0:-1]])
    parts.append(tube(rim, 0.008, shell, segments=12, closed=True))
    inner = face[3:-4, 5:-5]
    lift = np.stack([0 * side_view[3:-4, 0], normal[3:-4, 0], normal[3:-4, 1]], -1)[:, None]
    quilt = 0.012 + 0.010 * np.cos(np.linspace(-1, 1, inner.shape[1]) * np.pi / 2)[None, :, None] ** 0.6 * (
        0.75 + 0.25 * np.abs(np.sin(np.linspace(0, 4 * np.pi, len(inner))))[:, None, None]
    )
    parts.append(sheet(inner + lift * quilt, 0.016, pad, (0.3, 0.3)))
    buckle = np.array([0, -0.045, seat + 0.045])
    for side in (-1, 1):
        strap = smooth_path(
            np.vstack(
                [
                    (side * 0.055, 0.158, seat + 0.27),
                    (side * 0.055, 0.115, seat + 0.13),
                    (side * 0.03, 0.02, seat + 0.06),
                    buckle,
                ]
            ),
            24,
        )
        parts.append(belt(strap, (1.0, 0, 0), 0.024, 0.003, dark))
    parts += [
        part.moved(*(buckle - [0, 0, 0.008]))
        for part in box((0.040, 0.020, 0.026), 0.006, look.plain("plastic", "#2a2b2e"), cells=4)
    ]
    tray = slab(rounded_rectangle(0.46, 0.27, 0.075, corner=12), 0.016, 0.007, shell)

    high = seat + 0.155
    parts.append(tray.moved(y=-0.205, z=high))
    edge = np.column_stack(
        [
            rounded_rectangle(0.448, 0.258, 0.070, corner=12),
            np.full(len(rounded_rectangle(0.448, 0.258, 0.070, corner=12)), high + 0.018),
        ]
    )
    parts.append(tube(np.add(edge, [0, -0.205, 0]), 0.007, shell, segments=12, closed=True))
    for side in (-1, 1):
        arm = [
            (side * 0.188, -0.10, high + 0.004),
            (side * 0.192, 0.02, high - 0.004),
            (side * 0.190, 0.09, high - 0.01),
        ]
        parts.append(tube(smooth_path(arm, 20), 0.013, shell, segments=16))
    return parts
