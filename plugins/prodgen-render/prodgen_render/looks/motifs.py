"""Prints of things: the pictogram of what a title names, over and over, in two inks (a conversational print)."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.looks.patterns import Srgb
from prodgen_sdk.images.pictograms import FIRST, Motif, inks_of, things

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


def _stamp(
    draw: ImageDraw.ImageDraw, motif: Motif, middle: np.ndarray, size: float, turn: float, inks: tuple[Srgb, Srgb]
) -> None:
    cos, sin = math.cos(turn), math.sin(turn)
    turned = np.array([[cos, sin], [-sin, cos]]) * size
    for ink, points in motif:
        draw.polygon((points @ turned + middle).ravel().tolist(), fill=inks[0] if ink == FIRST else inks[1])
