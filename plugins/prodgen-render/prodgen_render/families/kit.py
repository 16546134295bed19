"""What several families share: labels around cylinders, caps, jars."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import METALLIC
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, refine, revolve, rounded_path

_GROOVE = 0.024
"""Depth of the grooves of a cap, in its radius."""


def wrap_label(
    look: Look,
    radius: float,
    low: float,
    high: float,
    share: float,
    ground: Srgb,
    *,
    style: str = "bare",
    material: str = "paper",
    squash: float = 1.0,
) -> Part:
    """A label stuck around the front of a cylinder.

    Args:
        low, high: its edges in metres above the ground.
        share: how much of the way round it goes, 1 for all.
    """
    half = np.pi * share
    angles = np.linspace(-half, half, 64) - np.pi / 2
    rows = np.linspace(low, high, 8)
    sections = np.empty((8, 64, 3))
    sections[..., 0], sections[..., 1] = np.cos(angles) * radius, np.sin(angles) * radius * squash
    sections[..., 2] = rows[:, None]
    extent = (2 * half * radius, high - low)
    # Words may go about 55 degrees round each side, a stuck-on panel fills its paper.
    middle = 0.46 if style == "panel" else min(0.46, 0.13 / share)
    box = (0.5 - middle, 0.05, 0.5 + middle, 0.95)
    printed = look.label(material, extent, ground, box, style=style, note=False)
    return loft(sections, printed, closed=share >= 0.999)


def lathe(
    points: list[tuple[float, float]],
    radii: list[float] | float,
    material: Material,
    segments: int = 96,
    longest: float = 0.008,
) -> Part:
    """A surface of revolution through corners with rounded edges."""
    return revolve(refine(rounded_path(points, radii), longest), material, segments)


def cap(
    radius: float,
    low: float,
    high: float,
    material: Material,
    *,
    ribs: int = 0,
    edge: float = 0.002,
    groove: float = _GROOVE,
) -> Part:
    """A screw cap, its metal not brushed; with ribs round its side where `ribs` is not 0."""
    side = [low, low + edge, low + 2 * edge, high - 2.5 * edge, high - 1.5 * edge, high] if ribs else [low, high]
    corners = [(1e-4, low), *((radius, z) for z in side), (1e-4, high)]
    radii = [0, edge * 0.4, *[0.0] * (len(side) - 2), edge, 0]
    part = lathe(corners, radii, material.but(bump=None), max(96, ribs * 8), 0.008 if not ribs else 0.02)
    if not ribs:
        return part

    def fluted(vertices: Floats) -> Floats:
        """Rounded grooves, that run out towards the edges of the side."""
        x, y, z = vertices.T
        inside = np.minimum(z - low - edge, high - 1.5 * edge - z) / edge
        deep = np.clip(inside, 0, 1) * (np.hypot(x, y) > radius * 0.99)
        factor = 1 - groove * deep * (1 - np.abs(np.cos(np.arctan2(y, x) * ribs / 2)))
        return np.stack([x * factor, y * factor, z], -1)

    return bent(part, fluted)


def metal_or(look: Look, *allowed: str, default: str | None = None) -> Material:
    """The main material of a small or thin thing, which is of metal where gold or silver is all that is said of it."""
    if look.material_name == "" and look.colour_name in METALLIC:
        return look.plain("metal", look.note(look.colour(), "metal"))
    return look.solid(*allowed, default=default)
