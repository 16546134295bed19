"""Prints of things: the pictogram of what a title names, over and over, in two inks (a conversational print)."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.looks.artwork import NATURAL
from prodgen_render.looks.patterns import Srgb, brightness, mix
from prodgen_sdk.images.pictograms import FIRST, Motif, things

_LEAVES: Srgb = (86, 138, 70)
_SECOND: dict[str, Srgb] = {
    **dict.fromkeys(("apple", "berry", "cherry", "chili", "grapes", "pineapple", "rose", "tomato", "watermelon"), _LEAVES),
    **dict.fromkeys(("cactus", "car", "rocket"), (196, 106, 66)),
    "banana": (120, 84, 40),
    "bee": (40, 34, 34),
    "butterfly": (60, 40, 36),
    "citrus": (252, 240, 214),
    "lemon": (254, 246, 206),
    "mushroom": (246, 236, 216),
    "olive": (104, 78, 84),
}  # fmt: skip
"""The second ink of things that have two colours of their own."""
_SEEN = 60
"""How far colours lie apart, in sRGB levels, that are told from each other where they meet."""
_LIGHTER = 0.1
"""By how much luminance a thing differs from its ground, to be seen from afar."""
_SIZE = 0.36
"""Half the size of a pictogram, in periods."""
_TURNS = (-0.35, 0.2, 0.45, -0.15)
"""Radians by which neighbours are turned."""


def draw_motifs(subject: str, width: int, height: int, base: Srgb, accent: Srgb, repeat: float) -> Image.Image:
    """A picture of a print of things, in staggered rows. It tiles sideways.

    Args:
        subject: what it shows, of `pictograms.things`.
        base, accent: colours of the ground, and of things that have none of their own.
        repeat: how many fit across the width.

    >>> draw_motifs("cherry", 64, 32, (246, 243, 236), (31, 47, 85), 4).size
    (64, 32)
    """
    across = max(2, round(repeat))
    pitch = 2 * width / across
    down = max(1, round(2 * height / pitch))
    row_height = 2 * height / down
    picture = Image.new("RGB", (2 * width, 2 * height), base)
    draw = ImageDraw.Draw(picture)
    motif, inks = things()[subject], inks_of(subject, base, accent)
    for row in range(-1, down + 1):
        for column in range(-1, across + 1):
            middle = np.array([column + 0.25 + 0.5 * (row % 2), row + 0.5]) * (pitch, row_height)
            turn = _TURNS[(column % across + 2 * row) % len(_TURNS)]
            _stamp(draw, motif, middle, _SIZE * min(pitch, row_height), turn, inks)
    return picture.resize((width, height), Image.Resampling.BOX)


def inks_of(subject: str, base: Srgb, accent: Srgb) -> tuple[Srgb, Srgb]:
    """The two inks of a thing on a ground: its own colours, or those that go with the ground where they would not be seen."""
    own = NATURAL.get(subject, accent)
    first = own if abs(brightness(own) - brightness(base)) > _LIGHTER else accent
    second = _SECOND.get(subject)
    if second is None:
        return first, base if math.dist(base, first) > _SEEN else mix(first, (255, 255, 255), 0.8)
    return first, second if math.dist(first, second) > _SEEN else base


def _stamp(
    draw: ImageDraw.ImageDraw, motif: Motif, middle: np.ndarray, size: float, turn: float, inks: tuple[Srgb, Srgb]
) -> None:
    cos, sin = math.cos(turn), math.sin(turn)
    turned = np.array([[cos, sin], [-sin, cos]]) * size
    for ink, points in motif:
        draw.polygon((points @ turned + middle).ravel().tolist(), fill=inks[0] if ink == FIRST else inks[1])
