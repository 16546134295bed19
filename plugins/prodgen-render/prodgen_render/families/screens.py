"""Screens and name plates of devices."""

from __future__ import annotations

from PIL import Image, ImageDraw

from prodgen_render.looks.lettering import wrap, write
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import texture
from prodgen_render.model import Material
from prodgen_render.shapes.detail import segments

_READ_ON = ("e-reader", "ereader", "e reader", "kindle", "电子书", "电纸书", "墨水屏")


def screen(look: Look, width: int, height: int, *, phone: bool) -> Material:
    """A lit wallpaper with a clock or a window, under glossy glass."""
    width, height = segments(width, 64), segments(height, 64)
    if look.says(_READ_ON):
        return Material("screen", (0.9, 0.9, 0.9), 0.6, texture=texture(_page(width, height)))
    picture = look.wallpaper(look.colour("#2f62ad"), width, height)
    draw = ImageDraw.Draw(picture)
    white = (255, 255, 255)
    if phone:
        write(picture, ["9:41"], (width * 0.2, height * 0.10, width * 0.8, height * 0.22), white, bold=0.01)
        for i in range(4):
            x = width * (0.14 + 0.24 * i)
            colour = tuple(int(v) for v in look.rng.integers(60, 240, 3))
            draw.rounded_rectangle(
                [x - width * 0.07, height * 0.87, x + width * 0.07, height * 0.87 + width * 0.14],
                width * 0.035,
                fill=colour,
            )
        if height > 1.7 * width:
            draw.rounded_rectangle(
                [width * 0.37, height * 0.018, width * 0.63, height * 0.046], height * 0.02, fill=(8, 8, 10)
            )
    else:
        draw.rounded_rectangle([width * 0.16, height * 0.16, width * 0.7, height * 0.78], 12, fill=(247, 247, 249))
        draw.rounded_rectangle([width * 0.16, height * 0.16, width * 0.7, height * 0.22], 12, fill=(226, 228, 232))
        write(
            picture,
            wrap(look.title_words, 2),
            (width * 0.2, height * 0.28, width * 0.66, height * 0.46),
            (40, 42, 48),
            bold=0.02,
            align="left",
        )
        for i in range(5):
            draw.rounded_rectangle(
                [
                    width * 0.2,
                    height * (0.52 + 0.045 * i),
                    width * (0.62 - 0.05 * (i % 3)),
                    height * (0.535 + 0.045 * i),
                ],
                4,
                fill=(205, 208, 214),
            )
        for i in range(9):
            x = width * (0.3 + 0.05 * i)
            draw.rounded_rectangle(
                [x - 11, height * 0.92, x + 11, height * 0.92 + 22],
                6,
                fill=tuple(int(v) for v in look.rng.integers(60, 240, 3)),
            )
    return Material("screen", (0.9, 0.9, 0.9), 0.12, coat=1.0, texture=texture(picture))


def _page(width: int, height: int) -> Image.Image:
    """A page of a book in grey on paper."""
    picture = Image.new("RGB", (width, height), (226, 225, 219))
    draw, step = ImageDraw.Draw(picture), height / 26
    for line in range(2, 24):
        last = line % 7 == 6
        right = width * (0.5 if last else 0.9)
        draw.rectangle([width * 0.1, line * step, right, line * step + 0.28 * step], fill=(92, 92, 92))
    return picture


def name_plate(look: Look) -> Material:
    picture = Image.new("RGB", (480, 96), (38, 39, 42))
    write(picture, wrap(look.title_words, 1)[:1], (10, 8, 470, 88), (226, 226, 228), bold=0.02)
    return Material("plate", (1, 1, 1), 0.5, texture=texture(picture))
