"""Text on labels, in one embedded font that covers Latin, kana and GB 2312 hanzi."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).with_name("fonts") / "label.otf"
_SPACING = 1.22
"""From line to line, in sizes of the letters."""
_MOST, _WORTH = 3, 1.12
"""Lines of a title, and how much larger one more has to make its letters."""
_WIDE_LABEL = 1.3
"""Width in heights from which a label is a wide one."""
_BOLD, _LARGEST = 0.022, 0.5
"""Extra weight of a title, in sizes of its letters, and their largest size, in heights of its place."""
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


def _size(
    lines: list[str], width: float, height: float, bold: float, largest: float, spacing: float = _SPACING
) -> float:
    """Pixels of the letters of lines that fill a place."""
    probe = font(64)
    widest = max(probe.getlength(line) for line in lines) / 64 + 2 * bold
    return min(width / widest, height / (spacing * len(lines)), largest * height)


def write(
    picture: Image.Image,
    lines: list[str],
    box: tuple[float, float, float, float],
    fill: tuple[int, int, int],
    *,
    bold: float = 0.0,
    align: str = "middle",
    largest: float = 1.0,
    spacing: float = _SPACING,
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
    size = max(4, int(_size(lines, right - left, bottom - top, bold, largest, spacing)))
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


def title_margin(width: float, height: float) -> float:
    """What a title leaves free on either side of a label: more on a wide one, which often goes round a jar and out of sight."""
    return (0.24 if width > _WIDE_LABEL * height else 0.1) * width


def write_title(
    picture: Image.Image, title: str, box: tuple[float, float, float, float], fill: tuple[int, int, int]
) -> tuple[float, float, float, float]:
    """Writes a title into a box, in as many lines as let its letters be largest, and returns the box that they fill.

    One more line has to make them larger by `_WORTH`: a break costs the eye something, and a Chinese word its sense.
    """
    width, height = box[2] - box[0], box[3] - box[1]
    best, size = wrap(title, 1), 0.0
    for count in range(1, _MOST + 1):
        lines = wrap(legible(title), count)
        if lines and (found := _size(lines, width, height, _BOLD, _LARGEST)) > _WORTH * size:
            best, size = lines, found
    return write(picture, best, box, fill, bold=_BOLD, largest=_LARGEST)
