"""Small fruit in a heap: strawberries, cherries, blueberries and grapes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, revolve, smooth_path, tube


class Berry(NamedTuple):
    """A kind of small fruit.

    Args:
        colour: the usual one.
        radius: in metres, and `rows` how many lie across the heap.
        long: its height for its width.
    """

    words: tuple[str, ...]
    colour: str
    radius: float
    rows: int
    long: float


BERRIES = (
    Berry(("strawberry", "strawberries", "草莓"), "#c3202b", 0.0165, 4, 1.35),
    Berry(("cherry", "cherries", "樱桃", "车厘子"), "#7a1020", 0.0125, 5, 0.95),
    Berry(("blueberry", "blueberries", "蓝莓"), "#3a456f", 0.0080, 7, 0.92),
    Berry(("green grapes", "white grapes", "青提", "阳光玫瑰"), "#a8bb57", 0.0110, 5, 1.15),
    Berry(("grape", "grapes", "葡萄", "提子", "红提"), "#5a2c52", 0.0110, 5, 1.15),
)


def heap(look: Look, berry: Berry) -> list[Part]:
    """Berries in layers, each of which lies in the gaps of the one below."""
    rng = np.random.default_rng(int(look.uniform(1, 1e6)))
    radius = berry.radius * look.uniform(0.92, 1.08)
    # Red grapes are not as red as a red mug.
    shade = look.note(srgb(berry.colour), "plastic")
    skin = look.plain("plastic", shade).but(roughness=0.34, coat=0.5, bump=None)
    if berry.words[0] == "blueberry":
        skin = skin.but(roughness=0.6, coat=0.05, sheen=0.5)
    green = look.plain("matte plastic", "#5f8a3a").but(bump=None)
    seeds = look.plain("matte plastic", mix(shade, (244, 214, 120), 0.75)).but(bump=None)
    parts: list[Part] = []
    for layer in range(berry.rows - 2):
        for x, y in _lattice(berry.rows - layer, 2.04 * radius):
            turn, tip, size = rng.uniform(0, 360), rng.normal(0, 22), radius * rng.uniform(0.93, 1.05)
            if berry.long > 1.3:
                tip += 75  # what is long lies
            one = _one(berry, size, (skin, green, seeds), stalk=rng.random() < 0.4)
            up = radius * (1 + 1.62 * layer)
            parts += [p.turned(tip, "x").turned(turn).moved(x=x, y=y, z=up) for p in one]
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    return [part.moved(z=-low) for part in parts]


def _lattice(rows: int, step: float) -> list[tuple[float, float]]:
    """Places of a hexagonal lattice within a round heap of so many rows."""
    reach = (rows - 1) / 2 * step + 1e-6
    shift = 0.5 * ((rows + 1) % 2)
    places = [
        ((i + 0.5 * (j % 2) + shift) * step, (j + 0.6 * shift) * step * 0.866)
        for i in range(-rows, rows + 1)
        for j in range(-rows, rows + 1)
    ]
    return [(x, y) for x, y in places if np.hypot(x, y) <= reach]


def _one(berry: Berry, radius: float, materials: tuple[Material, Material, Material], *, stalk: bool) -> list[Part]:
    """A fruit around the origin, its stalk upwards."""
    skin, green, seeds = materials
    a = np.linspace(0.02, np.pi - 0.02, 22)
    out, up = radius * np.sin(a), -radius * berry.long * np.cos(a)
    if berry.long > 1.3:  # a strawberry is broad above and pointed below
        out = out * np.interp(up, [up.min(), up.max()], [0.62, 1.12])
    body = revolve(np.stack([out, up], -1), skin, 36)
    if berry.words[0] == "strawberry":
        return [body, _calyx(radius, float(up.max()), green), *_seeds(out, up, seeds)]
    if berry.words[0] == "cherry" and stalk:
        way = smooth_path([(0, 0, radius * 0.8), (0.2 * radius, 0, 2 * radius), (1.1 * radius, 0, 3.6 * radius)], 14)
        return [body, tube(way, 0.0007, green, segments=8)]
    return [body]


def _calyx(radius: float, top: float, green: Material) -> Part:
    """The leaves around a stalk, a star."""
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    star = radius * (0.55 + 0.35 * np.cos(6 * a))
    rings = [
        np.stack([star * k * np.cos(a), star * k * np.sin(a), top + radius * h - 0.35 * radius * k * k + 0 * a], -1)
        for k, h in ((1.0, 0.06), (1.02, 0.12), (0.5, 0.14), (0.02, 0.16))
    ]
    return loft(np.stack(rings), green)


def _seeds(out: Floats, up: Floats, material: Material) -> list[Part]:
    """The seeds of a strawberry, a few rows of dots in one mesh."""
    dots = []
    for row, share in enumerate((0.25, 0.4, 0.55, 0.7)):
        r, z = (
            float(np.interp(share, np.linspace(0, 1, len(out)), out)),
            float(np.interp(share, np.linspace(0, 1, len(up)), up)),
        )
        for angle in np.arange(8) * np.pi / 4 + row * np.pi / 8:
            dots.append((r * np.cos(angle), r * np.sin(angle), z))
    ball = revolve(np.array([[1e-4, -0.0007], [0.0005, 0.0], [1e-4, 0.0007]]), material, 6)
    count = len(ball.vertices)
    centres = np.array(dots, np.float32)
    return [
        ball.but(
            vertices=(ball.vertices[None] + centres[:, None]).reshape(-1, 3),
            normals=np.tile(ball.normals, (len(dots), 1)),
            uv=np.tile(ball.uv, (len(dots), 1)),
            faces=(ball.faces[None] + count * np.arange(len(dots), dtype=np.int32)[:, None, None]).reshape(-1, 3),
        )
    ]
