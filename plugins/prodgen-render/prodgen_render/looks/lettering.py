"""Text on labels, in one embedded font that covers Latin, kana and GB 2312 hanzi."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).with_name("fonts") / "label.otf"
_WIDE = re.compile(r"[⺀-鿿豈-﫿぀-ヿ]")


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The label font at a size in pixels."""
    return ImageFont.truetype(str(FONT), size)


@cache
def covers(character: str) -> bool:
    """Whether the label font has a glyph for a character."""
    face = font(32)
    missing = face.getmask("￿").getbbox(), bytes(face.getmask("￿"))
    mask = face.getmask(character)
    return character.isspace() or (mask.getbbox(), bytes(mask)) != missing


def legible(text: str) -> str:
    """The text without characters that the font lacks, with single spaces."""
    return " ".join("".join(c for c in text if covers(c)).split())


def _width(token: str) -> float:
    return sum(2 if _WIDE.match(character) else 1.1 for character in token)


def wrap(text: str, lines: int) -> list[str]:
    """Breaks text into at most `lines` lines of about equal width; hanzi break anywhere, other words at spaces."""
    tokens = re.findall(r"[⺀-鿿豈-﫿぀-ヿ]|[^\s⺀-鿿豈-﫿぀-ヿ]+", text)
    if not tokens:
        return []
    total = sum(_width(token) + (0 if _WIDE.match(token) else 1) for token in tokens)
    out: list[str] = []
    line, used, budget = "", 0.0, total / lines
    for token in tokens:
        glue = "" if not line or (_WIDE.match(token) and _WIDE.match(line[-1])) else " "
        if line and used + _width(token) / 2 > budget and len(out) < lines - 1:
            out.append(line)
            line, used, glue = "", 0.0, ""
        line += glue + token
        used += _width(token) + len(glue)
    return [*out, line]


def write(
    picture: Image.Image,
    lines: list[str],
    box: tuple[float, float, float, float],
    fill: tuple[int, int, int],
    *,
    bold: float = 0.0,
    align: str = "middle",
    largest: float = 1.0,
    spacing: float = 1.22,
) -> tuple[float, float, float, float]:
    """Writes lines as large as fits into a box (left, top, right, bottom) and returns the box that they fill.

    Args:
        bold: extra weight as a share of the letter size.
        align: `middle` or `left`.
        largest: cap on the letter size as a share of the box's height.
    """
    lines = [line for line in (legible(line) for line in lines) if line]
    left, top, right, bottom = box
    if not lines or right - left < 4 or bottom - top < 4:
        return left, top, left, top
    draw = ImageDraw.Draw(picture)
    probe = font(64)
    widest = max(draw.textlength(line, font=probe) for line in lines) / 64 + 2 * bold
    size = max(4, int(min((right - left) / widest, (bottom - top) / (spacing * len(lines)), largest * (bottom - top))))
    face = font(size)
    step = size * spacing
    y = (top + bottom) / 2 - step * (len(lines) - 1) / 2
    x, anchor = ((left + right) / 2, "mm") if align == "middle" else (left, "lm")
    filled = (right, y - step / 2, left, y + step * (len(lines) - 0.5))
    for line in lines:
        draw.text((x, y), line, font=face, fill=fill, anchor=anchor, stroke_width=round(size * bold), stroke_fill=fill)
        y += step
        half = draw.textlength(line, font=face) / 2
        centre = x if align == "middle" else left + half
        filled = (min(filled[0], centre - half), filled[1], max(filled[2], centre + half), filled[3])
    return filled
