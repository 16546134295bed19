"""Cameras without a grip: a ball that watches a room, a small box for sports, the bell at a door."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, revolve, rounded_rectangle, slab, smooth_path, tube

WATCHING = (
    "security camera", "surveillance camera", "indoor camera", "pet camera", "baby monitor", "摄像头", "监控", "婴儿监护器",
)  # fmt: skip

ACTION = ("action camera", "action cam", "gopro", "dash cam", "dashcam", "运动相机", "行车记录仪")
BELLS = ("doorbell", "门铃")
_GLASS = Material("glass front", (0.010, 0.011, 0.013), 0.12, coat=1.0)


def _lens(radius: float, metal: Material) -> list[Part]:
    """A ring with a lens in it that faces the viewer, about the origin."""
    made = [
        lathe([(1e-4, 0), (radius, 0), (radius, 0.3 * radius), (0.78 * radius, 0.34 * radius)], [0, 0.0004, 0.0006, 0], metal, 64),
        lathe([(0.78 * radius, 0.30 * radius), (0.4 * radius, 0.38 * radius), (1e-4, 0.40 * radius)], [0, 0.001, 0], Material("lens", (0.02, 0.03, 0.06), 0.05, coat=1.0), 64),
    ]  # fmt: skip
    return [part.turned(90, "x") for part in made]


def action_camera(look: Look) -> list[Part]:
    """A small ribbed box with a square lens window, a screen beside it and a key on top."""
    wide, deep, high = 0.071, 0.034, 0.051
    shell = look.solid("rubber", "matte plastic", "plastic", default="#232427")
    dark = look.plain("matte plastic", "#101113")
    front = -deep / 2
    parts = box((wide, deep, high), 0.006, shell)
    window = slab(rounded_rectangle(0.029, 0.029, 0.005), 0.009, 0.0015, dark).turned(90, "x")
    parts.append(window.moved(wide * 0.23, front + 0.001, high * 0.64))
    parts += [part.moved(wide * 0.23, front - 0.0078, high * 0.64) for part in _lens(0.0112, dark)]
    screen = slab(rounded_rectangle(0.030, 0.030, 0.003), 0.0012, 0.0004, _GLASS).turned(90, "x")
    parts.append(screen.moved(-wide * 0.22, front, high * 0.58))
    key = slab(rounded_rectangle(0.018, 0.010, 0.004), 0.002, 0.0007, look.plain("plastic", "#b3262a"))
    return [*parts, key.moved(x=-wide * 0.2, z=high - 0.0006)]


def doorbell(look: Look) -> list[Part]:
    """A tall plate with a camera above and a lit button below."""
    wide, deep, high = 0.062, 0.028, 0.128 * look.uniform(0.95, 1.08)
    shell = look.solid("metal", "plastic", "matte plastic", default="#b9b7b2")
    front = -deep / 2
    parts = [
        slab(rounded_rectangle(wide, high, 0.012), deep, 0.004, shell).turned(90, "x").moved(y=deep / 2, z=high / 2)
    ]
    face = slab(rounded_rectangle(wide * 0.84, high * 0.46, 0.009), 0.0016, 0.0006, _GLASS).turned(90, "x")
    parts.append(face.moved(y=front, z=high * 0.72))
    parts += [
        part.moved(0, front - 0.001, high * 0.74) for part in _lens(0.0135, look.plain("matte plastic", "#26272a"))
    ]
    a = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.stack([0.0155 * np.cos(a), 0 * a + front - 0.0008, high * 0.24 + 0.0155 * np.sin(a)], -1)
    light = Material("display", (0.5, 0.75, 1.0), 0.4, emission=(0.25, 0.5, 0.9))
    button = lathe([(1e-4, 0), (0.0142, 0), (0.0132, 0.0018), (1e-4, 0.002)], [0, 0.0004, 0.0008, 0], shell, 56)
    return [
        *parts,
        tube(ring, 0.0012, light, segments=8, closed=True),
        button.turned(90, "x").moved(0, front, high * 0.24),
    ]


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
