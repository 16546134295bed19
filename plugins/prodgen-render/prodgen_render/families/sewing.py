"""Sewing machines."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import prism, rounded_path, smooth_path, tube


def sewing_machine(look: Look) -> list[Part]:
    """A column at the right carries an arm over the bed to the needle at the left; dials in front, a wheel at the end."""
    wide, deep, high = 0.40 * look.uniform(0.95, 1.05), 0.155, 0.295 * look.uniform(0.96, 1.05)
    shade = look.colour("#f4f3ef")
    shell = look.solid("plastic", "matte plastic", "lacquer", default="#f4f3ef")
    trim = look.plain("plastic", look.accent(shade, "#9fb4c8" if sum(shade) > 600 else "#f4f3ef"))
    steel, dark = look.plain("steel").but(bump=None, roughness=0.2), look.plain("matte plastic", "#2a2b2e")
    parts = block((wide, deep, 0.078), (0, 0, 0), shell, 0.014)
    parts += block((wide * 0.44, deep * 0.94, 0.004), (-wide * 0.255, 0, 0.077), steel, 0.001)
    # Arm and column are one bent body, drawn as its outline from the front.
    x0, x1 = -wide * 0.47, wide * 0.47
    corners = [
        (x0, high * 0.58), (x0 + 0.075, high * 0.58), (wide * 0.18, high * 0.66), (wide * 0.20, 0.070), (x1, 0.070), (x1, high), (x0 + 0.02, high * 0.985), (x0, high * 0.90), (x0, high * 0.58),
    ]  # fmt: skip
    line = rounded_path(corners, [0, 0.012, 0.05, 0.02, 0.004, 0.03, 0.03, 0.02, 0], 8)[:-1]
    thick = deep * 0.66
    body = prism(
        line[:, :2],
        np.array(
            [[0.010, 0.0], [0.003, 0.002], [0.0, 0.010], [0.0, thick - 0.010], [0.003, thick - 0.002], [0.010, thick]]
        ),
        shell,
    )
    parts.append(body.turned(90, "x").moved(y=thick / 2))
    for y in (-1, 1):
        parts += block((wide * 0.93, 0.004, high * 0.30), (0, y * (thick / 2 - 0.0035), high * 0.66), shell, 0.002)
        parts += block(
            (wide * 0.26, 0.004, high * 0.62), (wide * 0.335, y * (thick / 2 - 0.0035), high * 0.24), shell, 0.002
        )
    parts += block((wide * 0.86, 0.003, 0.016), (-wide * 0.01, -thick / 2 - 0.0005, high * 0.665), trim, 0.001)
    head = x0 + 0.036
    parts.append(tube([(head, 0, high * 0.60), (head, 0, high * 0.40)], 0.0045, steel, segments=16))
    parts.append(tube([(head, 0, high * 0.42), (head, 0, 0.083)], 0.0011, steel, segments=10))
    parts.append(tube([(head + 0.016, 0.006, high * 0.60), (head + 0.016, 0.006, 0.094)], 0.0038, steel, segments=14))
    parts += block((0.026, 0.034, 0.004), (head + 0.006, -0.006, 0.086), steel, 0.001)
    parts += block((0.014, 0.014, 0.024), (head, 0, high * 0.385), steel, 0.003)
    dial = lathe([(1e-4, 0), (0.027, 0), (0.024, 0.016), (1e-4, 0.017)], [0, 0.002, 0.004, 0], trim, 72).turned(90, "x")
    small = lathe([(1e-4, 0), (0.015, 0), (0.013, 0.011), (1e-4, 0.012)], [0, 0.002, 0.003, 0], trim, 60).turned(
        90, "x"
    )
    parts.append(dial.moved(wide * 0.335, -thick / 2, high * 0.56))
    parts.append(small.moved(wide * 0.335, -thick / 2, high * 0.36))
    parts.append(small.moved(-wide * 0.05, -thick / 2, high * 0.82))
    for number in range(5):
        mark = look.plain("plastic", mix(shade, (40, 44, 60), 0.6))
        parts += block(
            (0.020, 0.002, 0.004), (wide * 0.06, -thick / 2 - 0.001, high * (0.76 + 0.035 * number)), mark, 0.0008
        )
    wheel = lathe(
        [(1e-4, 0), (0.040, 0), (0.040, 0.016), (0.026, 0.022), (1e-4, 0.022)], [0, 0.004, 0.006, 0.004, 0], trim, 96
    )
    parts.append(wheel.turned(90, "y").moved(x1 - 0.002, 0, high * 0.78))
    spool = lathe(
        [
            (1e-4, 0),
            (0.013, 0),
            (0.013, 0.004),
            (0.0085, 0.006),
            (0.0085, 0.034),
            (0.013, 0.036),
            (0.013, 0.039),
            (1e-4, 0.039),
        ],
        0.001,
        look.plain("cotton", look.accent(shade, "#c3272b")),
        48,
    )
    pin = tube([(wide * 0.20, 0.01, high - 0.006), (wide * 0.20, 0.01, high + 0.056)], 0.0018, steel, segments=12)
    grip = smooth_path(
        [(-0.06, 0.0, high - 0.012), (-0.05, 0.0, high + 0.020), (0.03, 0.0, high + 0.020), (0.04, 0.0, high - 0.010)],
        30,
    )
    return [
        *parts,
        spool.moved(wide * 0.20, 0.01, high - 0.004),
        pin,
        tube(grip, 0.0062, dark, flatten=0.7, up=(0, 1, 0), segments=16),
    ]
