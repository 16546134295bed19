"""What several families share: labels around cylinders, caps, jars."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import METALLIC
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, refine, revolve, rounded_path


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


def cap(radius: float, low: float, high: float, material: Material, *, ribs: int = 0, edge: float = 0.002) -> Part:
    """A screw cap, with ribs round its side where `ribs` is not 0."""
    part = lathe(
        [(1e-4, low), (radius, low), (radius, high), (1e-4, high)],
        [0, edge * 0.4, edge, 0],
        material,
        max(96, ribs * 6),
    )
    if ribs:
        vertices = part.vertices.copy()
        angle = np.arctan2(vertices[:, 1], vertices[:, 0])
        on_side = (
            (vertices[:, 2] > low + edge)
            & (vertices[:, 2] < high - edge)
            & (np.hypot(vertices[:, 0], vertices[:, 1]) > radius * 0.99)
        )
        factor = np.where(on_side, 1 - 0.022 * (0.5 - 0.5 * np.cos(angle * ribs)), 1)
        vertices[:, :2] *= factor[:, None]
        from prodgen_render.shapes.triangles import smooth_normals

        part = part.but(vertices=vertices.astype(np.float32), normals=smooth_normals(vertices, part.faces, weld=1e-6))
    return part


def metal_or(look: Look, *allowed: str, default: str | None = None) -> Material:
    """The main material of a small or thin thing, which is of metal where gold or silver is all that is said of it."""
    if look.material_name == "" and look.colour_name in METALLIC:
        return look.plain("metal", look.note(look.colour(), "metal"))
    return look.solid(*allowed, default=default)
