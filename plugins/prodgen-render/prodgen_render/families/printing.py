"""Printer."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.whitegoods import block, glass_front, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, prism, refine, rounded_path, rounded_rectangle, slab


def printer(look: Look) -> list[Part]:
    """A printer with a scanner's lid on top, a panel and the tray with a printed sheet in front, and paper behind."""
    wide, deep = 0.43 * look.uniform(0.94, 1.06), 0.33
    high = 0.165 * look.uniform(0.9, 1.15)
    shell = look.solid("plastic", "matte plastic", default="#f1f1ef")
    two_tone = look.chance(0.5)
    dark = look.plain("matte plastic", "#26272a")
    outline = rounded_rectangle(wide, deep, 0.03, corner=10)
    body = [
        (wide * 0.3, 0.0),
        (0.006, 0.0),
        (0.0, 0.02),
        (0.0, high - 0.036),
        (0.004, high - 0.034),
        (wide * 0.3, high - 0.034),
    ]
    parts = [
        prism(outline, refine(rounded_path(body, [0, 0.005, 0.01, 0.003, 0.002, 0]), 0.03), dark if two_tone else shell)
    ]
    parts.append(slab(outline, 0.030, 0.010, shell).moved(z=high - 0.031))
    front = -deep / 2
    # The slot, the tray that stands out of it, and a printed sheet on the tray.
    parts += block(
        (wide * 0.62, 0.004, high * 0.30),
        (0, front - 0.0005, high * 0.12),
        look.plain("matte plastic", "#0c0c0d"),
        0.001,
    )
    parts += block((wide * 0.56, 0.13, 0.006), (0, front - 0.058, high * 0.13), dark, 0.002)
    sheet = np.linspace(-0.105, 0.105, 8)
    y, curl = np.linspace(front + 0.01, front - 0.16, 14), np.linspace(0, 1, 14) ** 2 * 0.012
    page = np.stack(np.broadcast_arrays(sheet[None], y[:, None], (high * 0.13 + 0.0085 + curl)[:, None]), -1)
    printed = look.label(
        "paper", (0.21, 0.17), (250, 249, 246), (0.1, 0.2, 0.9, 0.95), style="bare", note=False, art=False
    )
    parts.append(loft(page[::-1], printed, closed=False))
    # Paper waiting behind, on its support.
    parts += [
        part.turned(-16, "x").moved(y=deep * 0.40, z=high - 0.03)
        for part in block((0.24, 0.006, 0.15), (0, 0.006, 0), shell, 0.002)
    ]
    paper = Material("paper", (0.93, 0.93, 0.91), 0.6)
    parts += [
        part.turned(-16, "x").moved(y=deep * 0.40, z=high - 0.03)
        for part in block((0.21, 0.004, 0.19), (0, 0.0, 0), paper, 0.0006)
    ]
    panel = block((wide * 0.36, 0.010, 0.034), (-wide * 0.24, front - 0.003, high - 0.078), dark, 0.004)
    screen = block((0.058, 0.003, 0.024), (-wide * 0.28, front - 0.008, high - 0.073), glass_front(), 0.001)
    keys = [
        p
        for k in range(3)
        for p in block(
            (0.009, 0.003, 0.009),
            (-wide * 0.165 + 0.019 * k, front - 0.008, high - 0.066),
            look.plain("plastic", "#8d9094"),
            0.002,
        )
    ]
    return [
        *parts,
        *panel,
        *screen,
        *keys,
        *block((0.030, 0.003, 0.006), (-wide * 0.28, front - 0.0095, high - 0.064), lit(), 0.001),
    ]
