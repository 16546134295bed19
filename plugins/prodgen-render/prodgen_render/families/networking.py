"""Router."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import bent, box, rounded_rectangle, slab, tube

_PLASTICS = ("plastic", "matte plastic")
_TELEVISION = ("tv box", "set top box", "set-top box", "streaming box", "电视盒子", "机顶盒")


def router(look: Look) -> list[Part]:
    """A flat box with a slanted top, antennas behind, lights in front and sockets at its back; a small one for the television where the words say so."""
    if look.says(_TELEVISION):
        return _television_box(look)
    wide, deep, high = 0.23 * look.uniform(0.92, 1.1), 0.14 * look.uniform(0.92, 1.08), 0.03
    shell = look.main(*_PLASTICS, extent=(wide, deep), default="#26272a", period=0.03)
    dark = look.plain("matte plastic", "#17181a")
    body = slab(rounded_rectangle(wide, deep, 0.018), high, 0.006, shell)
    body = bent(body, lambda v: v + np.stack([0 * v[:, 0], 0 * v[:, 0], (v[:, 2] / high) * 0.09 * v[:, 1]], -1))
    parts = [body.moved(z=0.004)]
    parts += [
        slab(rounded_rectangle(0.02, 0.02, 0.01), 0.005, 0.001, dark).moved(x=x, y=y)
        for x in (-wide * 0.4, wide * 0.4)
        for y in (-deep * 0.36, deep * 0.36)
    ]
    for number in range(9):  # slots of the top, along the back
        slot = slab(rounded_rectangle(0.011, 0.003, 0.0014), 0.001, 0.0003, dark).turned(5, "x")
        parts.append(slot.moved(x=(number - 4) * 0.018, y=deep * 0.28, z=0.004 + high + 0.0252 * deep - 0.0002))
    light = Material("light", (0.6, 1.0, 0.75), 0.4, emission=(0.25, 0.8, 0.4))
    for number in range(5):
        dot = slab(rounded_rectangle(0.0034, 0.0016, 0.0008), 0.0006, 0.0002, light).turned(90, "x")
        parts.append(dot.moved(x=(number - 2) * 0.012, y=-deep / 2 + 0.0003, z=0.004 + high * 0.42))
    for number in range(4):
        socket = [
            part.moved(x=(number - 2) * 0.022, y=deep / 2 - 0.0006, z=0.009)
            for part in box((0.014, 0.002, 0.011), 0.0006, dark, cells=3)
        ]
        parts += socket
    count = 4 if look.chance(0.7) else 6
    for number in range(count):
        parts += _antenna(look, shell, dark, wide * 0.86 * (number / (count - 1) - 0.5), deep / 2, high)
    return parts


def _television_box(look: Look) -> list[Part]:
    """A square box with round corners and a lamp, its sockets behind."""
    side, high = 0.098 * look.uniform(0.92, 1.12), 0.021
    shell = look.solid("matte plastic", "plastic", default="#1c1d1f")
    dark = look.plain("plastic", "#101113")
    parts = [
        slab(rounded_rectangle(side, side, 0.016), high, 0.0045, shell).moved(z=0.0015),
        slab(rounded_rectangle(side * 0.8, side * 0.8, 0.012), 0.002, 0.0006, dark),
    ]
    front = slab(rounded_rectangle(side * 0.62, high * 0.46, 0.002), 0.0008, 0.0003, dark).turned(90, "x")
    parts.append(front.moved(y=-side / 2 + 0.0003, z=high * 0.52))
    light = Material("light", (0.9, 0.95, 1.0), 0.4, emission=(0.5, 0.55, 0.6))
    parts.append(
        slab(rounded_rectangle(0.003, 0.0016, 0.0007), 0.0006, 0.0002, light)
        .turned(90, "x")
        .moved(x=side * 0.22, y=-side / 2 - 0.0004, z=high * 0.52)
    )
    for number, wide in enumerate((0.015, 0.012, 0.007, 0.009)):
        socket = box((wide, 0.002, 0.008), 0.0008, dark, cells=3)
        parts += [part.moved(x=(number - 1.5) * 0.020, y=side / 2 - 0.0006, z=0.007) for part in socket]
    return parts


def _antenna(look: Look, shell: Material, dark: Material, x: float, y: float, high: float) -> list[Part]:
    """One antenna on its hinge; the outer ones lean out."""
    lean = 14 * np.sign(x) * (abs(x) > 0.06)
    blade = tube(
        np.linspace((0, 0, 0.012), (0, 0, 0.17), 6),
        np.array([0.0075, 0.0078, 0.0078, 0.0074, 0.007, 0.0062]),
        shell.but(texture=None, colour=tuple(shell.mean_colour)),
        flatten=0.62,
        up=(0, 1, 0),
        segments=24,
    )
    joint = tube([(0, -0.004, 0.002), (0, 0.008, 0.002)], 0.008, dark, segments=20)
    return [blade.turned(float(lean), "y").moved(x=x, y=y + 0.01, z=0.02), joint.moved(x=x, y=y, z=0.02)]
