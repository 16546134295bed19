"""Massage guns."""

from __future__ import annotations

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import tube


def massage_gun(look: Look) -> list[Part]:
    """A barrel across a grip, its ball of foam to the left, vents and lamps at the other end."""
    size = look.uniform(0.95, 1.06)
    shell = look.solid("matte plastic", "plastic", "aluminium", default="#3b3d40")
    dark = look.plain("rubber", "#1a1b1d").but(bump=None)
    high = 0.172
    barrel = [(1e-4, 0.0), (0.026, 0.0), (0.031, 0.008), (0.031, 0.120), (0.026, 0.132), (1e-4, 0.132)]
    rings = [
        lathe([(0.0308, z), (0.0316, z + 0.0006), (0.0316, z + 0.0034), (0.0308, z + 0.004)], 0.0004, dark, 72)
        for z in (0.024, 0.034, 0.044)
    ]
    neck = [(1e-4, 0.128), (0.020, 0.130), (0.018, 0.146), (0.0105, 0.148), (0.0105, 0.166), (1e-4, 0.166)]
    ball = [(1e-4, 0.158), (0.012, 0.160), (0.0235, 0.173), (0.0245, 0.186), (0.015, 0.203), (1e-4, 0.206)]
    turned = [
        lathe(barrel, [0, 0.004, 0.006, 0.006, 0.005, 0], shell, 96), *rings,
        lathe(neck, [0, 0.002, 0.003, 0.002, 0.001, 0], dark, 72),
        lathe(ball, [0, 0.008, 0.012, 0.012, 0.012, 0], look.plain("rubber", "#26272a"), 72),
    ]  # fmt: skip
    parts = [part.turned(-90, "y").moved(x=0.066, z=high) for part in turned]
    grip = [
        (1e-4, 0.0),
        (0.0195, 0.0),
        (0.0205, 0.006),
        (0.0185, 0.050),
        (0.0200, 0.120),
        (0.0215, high - 0.018),
        (1e-4, high - 0.01),
    ]
    parts.append(lathe(grip, [0, 0.004, 0.01, 0.04, 0.04, 0.01, 0], shell, 88))
    sleeve = [(0.0200, 0.012), (0.0206, 0.014), (0.0190, 0.050), (0.0204, 0.112), (0.0200, 0.114)]
    parts.append(lathe(sleeve, [0, 0.001, 0.03, 0.001, 0], dark, 88))
    back = lathe([(1e-4, 0), (0.022, 0), (0.021, 0.002), (1e-4, 0.0024)], [0, 0.0006, 0.001, 0], dark, 60)
    parts.append(back.turned(90, "y").moved(x=0.0655, z=high))
    light = Material("light", (0.7, 0.9, 1.0), 0.4, emission=(0.3, 0.6, 0.8))
    for number in range(4):
        z = 0.060 + 0.008 * number
        parts.append(tube([(-0.0022, -0.0196, z), (0.0022, -0.0196, z)], 0.0009, light, segments=8))
    key = lathe(
        [(1e-4, 0), (0.0060, 0), (0.0054, 0.0018), (1e-4, 0.0022)],
        [0, 0.0005, 0.0008, 0],
        look.plain("steel").but(bump=None),
        40,
    )
    parts.append(key.turned(90, "x").moved(y=-0.0198, z=0.104))
    return [part.scaled(float(size)).turned(-12) for part in parts]
