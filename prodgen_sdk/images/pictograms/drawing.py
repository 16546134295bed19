"""Pictograms as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from prodgen_sdk.images.pictograms.outlines import FIRST, SECOND, Motif, in_one_ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINER = 4
"""How much finer outlines are filled, against stairs."""


def cover(motif: Motif, size: int) -> NDArray[np.uint8]:
    """Where a pictogram of one ink is printed, [size, size], 0 to 255; what is of its second ink is cut out of the first.

    Args:
        size: pixels that stand for the two sizes from -1 to 1; 1 and more.
    """
    return covers(in_one_ink(motif), size)[0]


def covers(motif: Motif, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Where the first and where the second ink of a pictogram are printed, both as `cover` has it."""
    sheets = [Image.new("L", (size * _FINER, size * _FINER)) for _ in (FIRST, SECOND)]
    for ink, points in motif:
        corners = ((points + 1) * (size * _FINER / 2) - 0.5).ravel().tolist()
        for number, sheet in enumerate(sheets):
            ImageDraw.Draw(sheet).polygon(corners, fill=255 if ink == number else 0)
    first, second = (np.asarray(sheet.reduce(_FINER)) for sheet in sheets)
    return first, second
