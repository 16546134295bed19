"""A camera that watches a room: a ball with a lens in the arms of its foot."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import revolve, smooth_path, tube

WATCHING = (
    "security camera", "surveillance camera", "indoor camera", "pet camera", "baby monitor", "摄像头", "监控", "婴儿监护器",
)  # fmt: skip


def watcher(look: Look) -> list[Part]:
    """A round head that turns between two arms, its black face and lens in front, on a foot."""
    radius = 0.036 * look.uniform(0.95, 1.06)
    shell = look.plain("plastic", look.colour("#f4f3ef"))
    look.noted.setdefault("material", "plastic")
    dark = Material("glass front", (0.010, 0.011, 0.013), 0.12, coat=1.0)
    high = 1.55 * radius
    a = np.linspace(0.02, np.pi - 0.02, 48)
    ball = revolve(np.stack([radius * np.sin(a), -radius * np.cos(a)], -1), shell, 96)
    cut = np.linspace(np.radians(2), np.radians(50), 24)
    face = revolve(np.stack([1.008 * radius * np.sin(cut), 1.008 * radius * np.cos(cut)], -1)[::-1], dark, 96)
    front = 1.008 * radius
    ring = [
        (0.36 * radius, front - 0.08 * radius),
        (0.42 * radius, front),
        (0.30 * radius, front + 0.004),
        (0.26 * radius, front),
    ]
    glass = [(0.27 * radius, front), (0.12 * radius, front + 0.004), (1e-4, front + 0.005)]
    lens = [
        lathe(ring, 0.0008, look.plain("steel", "#77797d").but(bump=None), 64),
        lathe(glass, 0.001, Material("lens", (0.02, 0.03, 0.06), 0.05, coat=1.0), 64),
    ]
    head = [part.turned(90, "x").turned(-6, "x").moved(z=high) for part in (ball, face, *lens)]
    foot = [
        (1e-4, 0.0),
        (0.95 * radius, 0.0),
        (0.98 * radius, 0.10 * radius),
        (0.62 * radius, 0.30 * radius),
        (1e-4, 0.34 * radius),
    ]
    arms = []
    for side in (-1, 1):
        way = [
            (side * 0.45 * radius, 0, 0.25 * radius),
            (side * 1.02 * radius, 0, 0.62 * radius),
            (side * 1.10 * radius, 0, high),
        ]
        arms.append(tube(smooth_path(way, 30), 0.17 * radius, shell, flatten=0.55, up=(1, 0, 0), segments=24))
    return [*head, lathe(foot, [0, 0.002, 0.004, 0.006, 0], shell), *arms]
