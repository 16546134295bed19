"""Pictograms as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from prodgen_sdk.images.pictograms.outlines import FIRST, Motif, in_one_ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINER = 4
"""How much finer outlines are filled, against stairs."""


def cover(motif: Motif, size: int) -> NDArray[np.uint8]:
    """Where a pictogram of one ink is printed, [size, size], 0 to 255; what is of its second ink is cut out of the first.

    Args:
        size: pixels that stand for the two sizes from -1 to 1; 1 and more.
    """
    sheet = Image.new("L", (size * _FINER, size * _FINER))
    draw = ImageDraw.Draw(sheet)
    for ink, points in in_one_ink(motif):
        draw.polygon(((points + 1) * (size * _FINER / 2) - 0.5).ravel().tolist(), fill=255 if ink == FIRST else 0)
    return np.asarray(sheet.reduce(_FINER))
