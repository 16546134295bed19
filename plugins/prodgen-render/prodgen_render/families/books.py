"""A book that stands, its cover to the front."""

from __future__ import annotations

from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box


def book(look: Look) -> list[Part]:
    """A hardcover: two boards and a spine around pale pages."""
    wide, tall, thick = 0.148 * look.uniform(0.92, 1.1), 0.21 * look.uniform(0.95, 1.08), 0.018 * look.uniform(0.7, 1.6)
    colour = look.colour()
    board = look.pick("paper", "leather", "linen", "cotton", "kraft")
    style = "bare" if look.pattern_name in ("plain", "logo") else "panel"  # letters on dots could not be read
    cover = look.label(board, (wide, tall), colour, (0.12, 0.12, 0.88, 0.90), style=style)
    plain = look.plain(board, colour)
    boards = []
    for front in (True, False):
        for number, part in enumerate(box((wide, 0.0028, tall), 0.0008, plain, cells=6)):
            printed = part.but(material=cover) if front and number == 0 else part
            boards.append(printed.moved(y=(-1 if front else 1) * (thick / 2 + 0.0014)))
    spine = box((0.0028, thick + 0.0056, tall), 0.0008, plain, cells=6)
    pages = box((wide - 0.008, thick, tall - 0.010), 0.0006, look.plain("paper", "#f3ecdc"), cells=6)
    return [*boards, *(p.moved(x=-wide / 2 + 0.0014) for p in spine), *(p.moved(x=-0.002, z=0.005) for p in pages)]
