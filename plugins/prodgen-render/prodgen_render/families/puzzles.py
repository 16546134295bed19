"""Puzzle cubes."""

from __future__ import annotations

from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab

_FACES = ("#1f9d55", "#2f62ad", "#e9802c", "#c3272b", "#f4f3ef", "#f0c33c")
"""Front, back, left, right, above and below."""


def puzzle_cube(look: Look) -> list[Part]:
    """A cube of smaller ones, three by three, or as many as the words say, with a sticker on each face; two layers turned."""
    count = 2 if look.says(("2x2", "二阶")) else 4 if look.says(("4x4", "四阶")) else 3
    edge = 0.057 * look.uniform(0.96, 1.04)
    step = edge / count
    body = look.plain("plastic", look.note(look.colour("#1d1d1f"), "plastic"))
    parts: list[Part] = []
    for i in range(count):
        for j in range(count):
            for k in range(count):
                if 0 < i < count - 1 and 0 < j < count - 1 and 0 < k < count - 1:
                    continue
                turn = 24.0 if k == count - 1 else 0.0
                x, y, z = ((n - (count - 1) / 2) * step for n in (i, j, k))
                one = [
                    p.moved(x, y, z + edge / 2 - step / 2)
                    for p in box((step * 0.985,) * 3, step * 0.10, body, steps=3, cells=2)
                ]
                one += _stickers(look, (i, j, k), count, step, (x, y, z + edge / 2))
                parts += [part.turned(turn) for part in one]
    return [part.turned(-14) for part in parts]


def _stickers(
    look: Look, place: tuple[int, int, int], count: int, step: float, middle: tuple[float, float, float]
) -> list[Part]:
    i, j, k = place
    sides = [(j == 0, 0), (j == count - 1, 1), (i == 0, 2), (i == count - 1, 3), (k == count - 1, 4), (k == 0, 5)]
    turns = {0: (90.0, "x"), 1: (-90.0, "x"), 2: (-90.0, "y"), 3: (90.0, "y"), 4: (0.0, "z"), 5: (180.0, "x")}
    parts = []
    for outer, side in sides:
        if outer:
            tile = slab(
                rounded_rectangle(step * 0.86, step * 0.86, step * 0.14),
                0.0006,
                0.0002,
                look.plain("plastic", _FACES[side]),
            )
            angle, axis = turns[side]
            parts.append(tile.moved(z=step * 0.4925).turned(angle, axis).moved(*middle))
    return parts
