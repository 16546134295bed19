"""Stand mixers and hand blenders."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import bent, box, loft, slab, smooth_path, superellipse, tube

HAND = ("hand blender", "immersion blender", "stick blender", "手持料理棒", "料理棒", "手持搅拌")
_SHELLS = ("lacquer", "plastic", "matte plastic", "steel")


def mixer(look: Look) -> list[Part]:
    """A stand mixer from its side: a foot with a column, the head over a bowl of steel, and a beater in it."""
    size = look.uniform(0.96, 1.05)
    shell = look.solid(*_SHELLS, default="#c3272b")
    steel = look.plain("steel").but(bump=None, roughness=0.2)
    dark = look.plain("matte plastic", "#1d1e20")
    # The length runs along x, the bowl to the left.
    foot = slab(superellipse(0.34, 0.215, 3.4), 0.030, 0.012, shell)
    foot = bent(
        foot,
        lambda v: v * np.stack([np.ones(len(v)), 0.86 + 0.14 * np.clip(-v[:, 0] / 0.1, -1, 1), np.ones(len(v))], -1),
    )
    # (height, middle in x, length, depth) of the column.
    rows = smooth_path(
        [
            (0.024, 0.105, 0.115, 0.135),
            (0.08, 0.112, 0.088, 0.108),
            (0.16, 0.112, 0.086, 0.104),
            (0.225, 0.100, 0.110, 0.112),
            (0.262, 0.090, 0.140, 0.114),
        ],
        40,
    )
    outline = superellipse(1.0, 1.0, 2.8, 72)
    column = loft(
        np.stack(
            [
                np.column_stack([x + outline[:, 0] * long, outline[:, 1] * deep, np.full(72, z)])
                for z, x, long, deep in rows
            ]
        ),
        shell,
    )
    # (place along it, height of its middle, depth, height) of the head.
    ends = [
        (0.186, 0.300, 1e-3, 1e-3),
        (0.184, 0.300, 0.060, 0.052),
        (0.172, 0.300, 0.100, 0.092),
        (0.10, 0.302, 0.130, 0.122),
        (0.0, 0.303, 0.138, 0.126),
        (-0.09, 0.302, 0.130, 0.116),
        (-0.150, 0.300, 0.104, 0.092),
        (-0.170, 0.300, 0.070, 0.060),
        (-0.173, 0.300, 1e-3, 1e-3),
    ]
    head = loft(
        np.stack(
            [
                np.column_stack([np.full(72, x), outline[:, 0] * deep, z + outline[:, 1] * high])
                for x, z, deep, high in smooth_path(ends, 70).clip([-1, -1, 1e-3, 1e-3], None)
            ]
        ),
        shell,
        flip=True,
    )
    parts = [foot, column, head]
    bowl_x, low = -0.075, 0.040
    outside = [
        (1e-4, low),
        (0.052, low),
        (0.066, low + 0.012),
        (0.102, low + 0.075),
        (0.110, low + 0.150),
        (0.114, low + 0.152),
    ]
    inside = [(0.108, low + 0.150), (0.100, low + 0.075), (0.060, low + 0.014), (1e-4, low + 0.010)]
    bowl = lathe(outside + inside, [0, 0.004, 0.02, 0.05, 0.002, 0.001, 0.001, 0.05, 0.02, 0], steel, 112)
    parts.append(bowl.moved(x=bowl_x))
    parts.append(
        lathe([(1e-4, 0.028), (0.066, 0.028), (0.060, 0.042), (1e-4, 0.042)], [0, 0.003, 0.003, 0], steel, 80).moved(
            x=bowl_x
        )
    )
    grip = smooth_path(
        [
            (bowl_x - 0.02, -0.104, low + 0.132),
            (bowl_x - 0.03, -0.140, low + 0.126),
            (bowl_x - 0.03, -0.142, low + 0.075),
            (bowl_x - 0.02, -0.100, low + 0.060),
        ],
        40,
    )
    parts.append(tube(grip, 0.0075, steel, flatten=0.7, segments=18))
    shaft = [(1e-4, 0.196), (0.013, 0.196), (0.020, 0.232), (0.040, 0.244), (0.046, 0.262), (1e-4, 0.264)]
    parts.append(lathe(shaft, [0, 0.002, 0.004, 0.006, 0.004, 0], steel, 64).moved(x=bowl_x))
    half = [(0.0, 0.080), (0.028, 0.088), (0.046, 0.115), (0.050, 0.150), (0.030, 0.184), (0.008, 0.198)]
    for side in (-1, 1):
        arm = smooth_path([(bowl_x + side * x, 0, z) for x, z in half], 40)
        parts.append(tube(arm, 0.0052, steel, flatten=0.7, segments=14, up=(0, 1, 0)))
    # The cover of the fitting in front, the trim along the head and its knobs.
    nose = lathe(
        [(1e-4, 0), (0.026, 0), (0.026, 0.010), (0.018, 0.014), (1e-4, 0.0145)], [0, 0.002, 0.003, 0.003, 0], steel, 60
    )
    parts.append(nose.turned(-90, "y").moved(x=-0.166, z=0.302))
    for side in (-1, 1):
        line = [(x, side * (0.5 * d * 1.002), 0.296) for x, _, d, _ in smooth_path(ends, 70)[6:-10]]
        parts.append(tube(line, 0.0032, steel, flatten=0.5, segments=12, up=(0, float(side), 0)))
        knob = lathe([(1e-4, 0), (0.011, 0), (0.009, 0.016), (1e-4, 0.017)], [0, 0.002, 0.003, 0], dark, 40)
        parts.append(knob.turned(-90 * side, "x").moved(x=0.110, y=side * 0.062, z=0.282))
    return [part.scaled(size) for part in parts]


def hand_blender(look: Look) -> list[Part]:
    """A grip with its key, a shaft of steel and the bell around the blade, upright; a beaker beside it."""
    shell = look.solid(*_SHELLS[1:], "lacquer", default="#f4f3ef")
    steel, dark = look.plain("steel").but(bump=None), look.plain("rubber", "#26272a").but(bump=None)
    long = 0.385 * look.uniform(0.95, 1.05)
    bell = [
        (0.026, 0.004),
        (0.0325, 0.002),
        (0.033, 0.022),
        (0.024, 0.050),
        (0.012, 0.068),
        (0.0105, 0.170),
        (0.016, 0.196),
        (1e-4, 0.198),
    ]
    parts = [lathe(bell, [0, 0.001, 0.006, 0.02, 0.02, 0.01, 0.002, 0], steel)]
    grip = [
        (1e-4, 0.194),
        (0.019, 0.194),
        (0.0195, 0.206),
        (0.030, 0.240),
        (0.0265, 0.30),
        (0.031, long - 0.02),
        (0.022, long),
        (1e-4, long),
    ]
    parts.append(lathe(grip, [0, 0.002, 0.006, 0.03, 0.05, 0.02, 0.01, 0], look.part("handle", shell)))
    parts.append(lathe([(0.0188, 0.190), (0.0208, 0.192), (0.0208, 0.204), (0.0188, 0.206)], 0.001, dark))
    for z, wide in ((0.292, 0.0105), (0.322, 0.0085)):
        key = lathe([(1e-4, 0), (wide, 0), (wide * 0.85, 0.0034), (1e-4, 0.004)], [0, 0.0006, 0.001, 0], dark, 40)
        parts.append(key.turned(90, "x").moved(y=-0.0262, z=z))
    blade = box((0.036, 0.006, 0.002), 0.0008, steel, cells=3)
    parts += [part.turned(30).moved(z=0.012) for part in blade]
    cup = look.plain("glass", (242, 248, 248))
    profile = [(1e-4, 0.0), (0.038, 0.0), (0.047, 0.155), (0.0445, 0.155), (0.036, 0.004), (1e-4, 0.004)]
    beaker = lathe(profile, [0, 0.006, 0.001, 0.001, 0.004, 0], cup)
    parts = [part.moved(x=-0.045) for part in parts]
    return [*parts, beaker.moved(x=0.055, y=0.01)]
