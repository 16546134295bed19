"""Vacuum cleaners on wheels, with a hose."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import bent, rounded_rectangle, slab, smooth_path, superellipse, tube

CANISTERS = ("cylinder vacuum", "canister", "henry", "卧式", "桶式")
_ROUND = ("henry", "bucket", "wet and dry", "桶式")


def canister(look: Look) -> list[Part]:
    """A body on two large wheels, its hose in a bow over it to the tube and the head on the floor; a drum where the words say so."""
    size = look.uniform(0.96, 1.05)
    shell = look.solid("plastic", "matte plastic", default="#c3272b")
    dark = look.plain("matte plastic", "#1f2022")
    metal = look.plain("steel").but(bump=None)
    parts: list[Part] = []
    if look.says(_ROUND):
        drum = [(1e-4, 0.045), (0.150, 0.045), (0.158, 0.060), (0.158, 0.185), (0.150, 0.195), (1e-4, 0.195)]
        dome = [
            (1e-4, 0.190),
            (0.152, 0.192),
            (0.155, 0.200),
            (0.155, 0.228),
            (0.120, 0.285),
            (0.060, 0.305),
            (1e-4, 0.308),
        ]
        parts += [
            lathe(drum, [0, 0.006, 0.01, 0.01, 0.006, 0], shell, 128),
            lathe(dome, [0, 0.003, 0.006, 0.03, 0.05, 0.04, 0], dark, 128),
        ]
        inlet = np.array([0, -0.150, 0.128])
    else:
        body = slab(superellipse(0.27, 0.40, 3.0, 120), 0.215, 0.085, shell, steps=14)
        body = bent(
            body,
            lambda v: (
                v
                * np.stack(
                    [
                        0.90 + 0.10 * (v[:, 1] > 0) + 0 * v[:, 0],
                        1 + 0 * v[:, 0],
                        0.72 + 0.28 * np.clip((v[:, 1] + 0.2) / 0.3, 0, 1),
                    ],
                    -1,
                )
            ),
        )
        band = slab(superellipse(0.276, 0.406, 3.0, 120), 0.030, 0.010, dark)
        parts += [body.moved(z=0.05), band.moved(z=0.095)]
        inlet = np.array([0, -0.175, 0.165])
    wheel = lathe(
        [(1e-4, -0.019), (0.072, -0.019), (0.078, -0.010), (0.078, 0.010), (0.072, 0.019), (1e-4, 0.019)],
        [0, 0.004, 0.006, 0.006, 0.004, 0],
        dark,
        72,
    )
    cap = lathe([(1e-4, 0.018), (0.046, 0.018), (0.042, 0.024), (1e-4, 0.025)], [0, 0.002, 0.003, 0], shell, 56)
    for side in (-1, 1):
        place = (side * 0.150, 0.085, 0.078)
        parts += [wheel.turned(90, "y").moved(*place), cap.turned(90 * side, "y").moved(*place)]
        caster = lathe([(1e-4, -0.010), (0.024, -0.010), (0.024, 0.010), (1e-4, 0.010)], [0, 0.003, 0.003, 0], dark, 36)
        parts.append(caster.turned(90, "y").moved(side * 0.080, -0.105, 0.024))
        parts.append(tube([(side * 0.080, -0.105, 0.030), (side * 0.080, -0.100, 0.060)], 0.014, dark, segments=14))
    carry = smooth_path([(0, -0.085, 0.258), (0, -0.070, 0.312), (0, 0.055, 0.330), (0, 0.085, 0.270)], 30)
    parts.append(tube(carry, 0.013, dark, flatten=1.4, segments=18, up=(1, 0, 0)))
    # Hose and tube go to the right, so that they are seen from the front.
    head = np.array([0.46, -0.16, 0.0])
    top = np.add(head, [0.02, 0.20, 0.80])
    bow = smooth_path(
        [
            inlet,
            np.add(inlet, [0.02, -0.09, 0.05]),
            np.add(inlet, [0.10, -0.17, 0.30]),
            np.array([0.24, -0.02, 0.80]),
            np.add(top, [-0.06, 0.03, 0.13]),
            np.add(top, [0.0, 0.012, 0.06]),
        ],
        260,
    )
    ribs = 0.0175 + 0.0022 * np.sign(np.sin(np.linspace(0, 150 * np.pi, 260)))
    parts.append(tube(bow, ribs, dark, segments=18))
    parts.append(tube([np.add(inlet, [0, 0.03, 0]), np.add(inlet, [0.004, -0.03, 0.012])], 0.026, dark, segments=28))
    parts.append(tube(np.linspace(np.add(head, [0, 0.02, 0.07]), top, 4), 0.0165, metal, segments=28))
    grip = smooth_path([np.subtract(top, [0, 0.02, 0.08]), top, np.add(top, [0.0, 0.012, 0.07])], 14)
    parts.append(tube(grip, 0.0235, dark, segments=24))
    hood = slab(rounded_rectangle(0.27, 0.085, 0.025), 0.040, 0.016, dark)
    parts += [
        hood.moved(float(head[0]), float(head[1]), 0.004),
        tube([np.add(head, [0, 0, 0.03]), np.add(head, [0, 0.022, 0.085])], 0.022, dark, segments=24),
    ]
    return [part.scaled(size) for part in parts]
