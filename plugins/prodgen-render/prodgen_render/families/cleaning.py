"""Vacuum cleaners: on a stick, and the flat one that drives by itself."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.canisters import CANISTERS, canister
from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import bent, box, rounded_rectangle, slab, smooth_path, tube

_PLASTICS = ("matte plastic", "plastic")
_ROBOTS = ("robot", "扫地机")
_BACK = 9.0
"""Degrees that the stick leans back."""


def vacuum_cleaner(look: Look) -> list[Part]:
    """A cordless one, with its head on the floor; a disc where it is a robot; one on wheels with a hose where the words say so."""
    return _robot(look) if look.says(_ROBOTS) else canister(look) if look.says(CANISTERS) else _stick(look)


def _stick(look: Look) -> list[Part]:
    shell = look.solid(*_PLASTICS, default="#8b8d90")
    dark = look.plain("matte plastic", "#2a2b2e")
    metal = look.plain("aluminium", look.accent(look.colour("#8b8d90"), "#9ea1a6"))
    long = 0.72 * look.uniform(0.92, 1.06)
    parts = [tube([(0, 0, 0.07), (0, 0, long)], 0.0175, metal, segments=28)]
    parts.append(tube([(0, 0, 0.035), (0, 0, 0.12)], 0.0235, dark, segments=28))
    parts += _motor(look, shell, dark, long)
    return [part.turned(-_BACK, "x").moved(y=0.02) for part in parts] + _head(look, shell, dark)


def _motor(look: Look, shell: Material, dark: Material, low: float) -> list[Part]:
    """What is held in the hand, above the tube: dust bin, motor, filter, grip and battery."""
    radius = 0.054 * look.uniform(0.94, 1.06)
    clear = Material("bin", (0.32, 0.34, 0.36), 0.15, coat=0.8, transmission=0.45)
    bin_of = [(1e-4, 0), (radius * 0.86, 0), (radius * 0.92, 0.15), (1e-4, 0.15)]
    cyclone = [(1e-4, 0.01), (radius * 0.5, 0.01), (radius * 0.62, 0.14), (1e-4, 0.14)]
    body = [(1e-4, 0.15), (radius, 0.15), (radius * 1.04, 0.24), (radius * 0.8, 0.275), (1e-4, 0.275)]
    parts = [
        lathe(bin_of, [0, 0.012, 0.004, 0], clear),
        lathe(cyclone, [0, 0.008, 0.008, 0], shell),
        lathe(body, [0, 0.006, 0.012, 0.012, 0], shell),
        lathe(
            [(1e-4, 0.274), (radius * 0.68, 0.274), (radius * 0.62, 0.292), (1e-4, 0.292)], [0, 0.003, 0.006, 0], dark
        ),
        lathe(
            [(radius * 0.93, 0.146), (radius * 1.02, 0.146), (radius * 1.02, 0.154), (radius * 0.93, 0.154)],
            0.002,
            dark,
        ),
    ]
    grip = smooth_path([(0, 0.03, 0.262), (0, 0.10, 0.272), (0, 0.142, 0.235), (0, 0.135, 0.14), (0, 0.118, 0.075)], 50)
    parts.append(tube(grip, np.linspace(0.021, 0.0165, 50), shell, segments=24))
    parts.append(tube([(0, 0.04, 0.175), (0, 0.131, 0.165)], 0.013, dark, segments=18))
    parts += [part.moved(y=0.112, z=-0.005) for part in box((0.062, 0.085, 0.085), 0.016, dark, steps=6)]
    return [part.moved(z=low) for part in parts]


def _head(look: Look, shell: Material, dark: Material) -> list[Part]:
    """The part on the floor, with its roller's window in front and two wheels behind."""
    wide = 0.25 * look.uniform(0.92, 1.1)
    hood = slab(rounded_rectangle(wide, 0.105, 0.03), 0.058, 0.022, shell)
    hood = bent(
        hood,
        lambda v: (
            v * [1, 1, 1] - np.stack([0 * v[:, 0], 0 * v[:, 0], v[:, 2] * np.clip(v[:, 1] / 0.1, 0, 1) * 0.5], -1)
        ),
    )
    roller = tube(
        [(-wide * 0.42, -0.036, 0.024), (wide * 0.42, -0.036, 0.024)],
        0.023,
        look.plain("velvet", "#2f3136"),
        segments=28,
    )
    wheel = lathe(
        [(1e-4, -0.008), (0.021, -0.008), (0.021, 0.008), (1e-4, 0.008)], [0, 0.003, 0.003, 0], dark, 40
    ).turned(90, "y")
    wheels = [wheel.moved(x=x, y=0.062, z=0.021) for x in (-wide * 0.3, wide * 0.3)]
    return [hood.moved(z=0.006), roller, *wheels]


def _robot(look: Look) -> list[Part]:
    shell = look.solid(*_PLASTICS, default="#f4f3ef")
    dark = look.plain("matte plastic", "#232427")
    radius, high = 0.172 * look.uniform(0.95, 1.05), 0.082
    corners = [
        (1e-4, 0.008),
        (radius * 0.95, 0.008),
        (radius, 0.022),
        (radius, high - 0.012),
        (radius * 0.965, high),
        (1e-4, high),
    ]
    hull = lathe(corners, [0, 0.006, 0.008, 0.008, 0.008, 0], shell, 128)
    turret = lathe(
        [(1e-4, high - 0.002), (0.047, high - 0.002), (0.045, high + 0.016), (1e-4, high + 0.016)],
        [0, 0.002, 0.004, 0],
        dark,
    )
    lid = lathe(
        [(1e-4, high + 0.015), (0.036, high + 0.015), (0.036, high + 0.018), (1e-4, high + 0.018)],
        [0, 0.001, 0.001, 0],
        shell,
    )
    around = np.linspace(0, 2 * np.pi, 100)

    def line(at: float, out: float, thick: float) -> Part:
        ring = np.stack([out * np.cos(around), out * np.sin(around), np.full(100, at)], -1)
        return tube(ring, thick, dark, caps=False, segments=10)

    front = np.pi + np.linspace(0.12, 0.88, 60) * np.pi
    bumper = np.stack([radius * np.cos(front), radius * np.sin(front), np.full(60, high * 0.42)], -1)
    key = lathe(
        [(1e-4, high - 0.001), (0.011, high - 0.001), (0.011, high + 0.002), (1e-4, high + 0.002)],
        [0, 0.0005, 0.001, 0],
        dark,
        48,
    )
    wheel = lathe([(1e-4, -0.01), (0.03, -0.01), (0.03, 0.01), (1e-4, 0.01)], [0, 0.003, 0.003, 0], dark, 40).turned(
        90, "y"
    )
    return [
        hull,
        turret.moved(y=0.05),
        lid.moved(y=0.05),
        line(high - 0.001, radius * 0.93, 0.0009),
        tube(bumper, 0.004, dark, flatten=0.5, segments=14),
        key.moved(y=-0.095),
        *(wheel.moved(x=x, z=0.03) for x in (-radius * 0.72, radius * 0.72)),
    ]
