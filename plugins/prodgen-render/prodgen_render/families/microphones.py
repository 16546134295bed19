"""Microphone: a studio one on its arm and foot, or one for the hand."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import refine, revolve, rounded_path, slab, superellipse, tube

_HAND = ("handheld", "karaoke", "vocal", "wireless microphone", "手持", "话筒", "k歌", "唱歌")


def microphone(look: Look) -> list[Part]:
    """A condenser microphone on a round foot; a handheld one where the words say so."""
    shell = look.solid("matte plastic", "aluminium", "steel", "lacquer", default="#232427")
    steel = look.plain("steel").but(bump=None)
    mesh = look.plain("canvas", "#8b8d90" if shell.name != "steel" else "#5c5e61").but(metallic=0.8, roughness=0.45)
    if look.says(_HAND):
        body = [(1e-4, 0), (0.0125, 0), (0.0135, 0.02), (0.019, 0.165), (0.0235, 0.178)]
        parts = [lathe(body, [0, 0.003, 0.01, 0.02, 0], shell, 96)]
        parts.append(lathe([(0.0235, 0.176), (0.0262, 0.178), (0.0262, 0.190), (0.0235, 0.192)], 0.002, steel, 96))
        head = rounded_path(
            [(0.0245, 0.190), (0.0265, 0.206), (0.024, 0.230), (0.012, 0.242), (1e-4, 0.243)],
            [0, 0.012, 0.012, 0.008, 0],
            10,
        )
        parts.append(revolve(refine(head, 0.003), mesh, 96))
        parts.append(
            lathe([(1e-4, 0), (0.0052, 0), (0.0052, 0.003), (1e-4, 0.0032)], [0, 0.0008, 0.001, 0], steel, 32)
            .turned(90, "x")
            .moved(y=-0.0175, z=0.12)
        )
        return [part.turned(26, "y") for part in parts]
    high = 0.24 * look.uniform(0.94, 1.06)
    low, radius = high * 0.40, 0.027
    parts = [slab(superellipse(0.115, 0.115), 0.012, 0.004, shell)]
    parts.append(tube([(0, 0, 0.01), (0, 0, low - 0.02)], 0.006, steel, segments=24))
    yoke = np.linspace(np.pi, 2 * np.pi, 40)
    reach = radius + 0.010
    up = np.array([0, 0, 0.05])
    arc = np.stack([reach * np.cos(yoke), 0 * yoke, low + 0.024 + 0.045 * np.sin(yoke)], -1)
    parts.append(
        tube(
            np.concatenate([arc[:1] + up, arc, arc[-1:] + up]),
            0.0045,
            steel,
            flatten=1.0,
            segments=16,
        )
    )
    for side in (-1, 1):
        knob = lathe([(1e-4, 0), (0.0095, 0), (0.0095, 0.009), (1e-4, 0.0095)], [0, 0.001, 0.002, 0], shell, 40).turned(
            90 * side, "y"
        )
        parts.append(knob.moved(x=side * reach, z=low + 0.072))
    parts.append(
        lathe(
            [(1e-4, low), (radius * 0.9, low), (radius, low + 0.006), (radius, low + 0.072)],
            [0, 0.004, 0.002, 0],
            shell,
            96,
        )
    )
    parts.append(
        lathe(
            [(radius, low + 0.070), (radius * 1.03, low + 0.071), (radius * 1.03, low + 0.077), (radius, low + 0.078)],
            0.001,
            steel,
            96,
        )
    )
    head = rounded_path(
        [(radius, low + 0.078), (radius, high - 0.018), (radius * 0.62, high), (1e-4, high + 0.001)],
        [0, 0.016, 0.012, 0],
        10,
    )
    parts.append(revolve(refine(head, 0.003), mesh, 96))
    dial = lathe([(1e-4, 0), (0.0075, 0), (0.007, 0.005), (1e-4, 0.0054)], [0, 0.001, 0.001, 0], steel, 40).turned(
        90, "x"
    )
    return [*parts, dial.moved(y=-radius + 0.001, z=low + 0.036)]
