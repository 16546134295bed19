"""Keeps the outline of striped cloth in one piece: a stripe of the background's colour ends where its neighbours do."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import dilate

Mask = NDArray[np.bool_]
WIDEST = 0.07  # of a stripe, for the garment's height
LEAST = 2  # pixels; smaller slits are noise
SLITS, SPREAD = 8, 0.5  # as many, over as much of the garment's height, make stripes; fewer are gaps and folds
LEANS = (-1.0, -0.5, 0.0, 0.5, 1.0)  # of an outline that stripes may end at, across for one down


def close_stripes(mask: Mask, within: Mask | None = None) -> Mask:
    """The mask [h, w] with the level slits at its outline filled, where there are so many that they are stripes.

    A slit lies between cloth above and below, and opens to the background; holes stay.

    Args:
        within: an outline that the mask had before pixels of the background's colour were taken off it. Inside of that one slits are
            filled at leaning edges, too.
    """
    rows = np.flatnonzero(mask.any(1))
    if not len(rows):
        return mask
    reach = max(round(WIDEST * (rows[-1] - rows[0] + 1) / 2), 1)
    closed = _closed(mask, 0.0, reach)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((closed & ~mask).view(np.uint8), connectivity=4)
    slit = np.zeros(count, bool)
    slit[np.unique(labels[dilate(~closed, 1)])] = True
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    slit &= (wide > LEAST) & (tall > LEAST)
    slit[0] = False
    middles = np.unique(stats[slit, cv2.CC_STAT_TOP] + tall[slit] // 2)
    if slit.sum() < SLITS or np.ptp(middles) < SPREAD * np.ptp(rows):
        return mask
    result: Mask = mask | slit[labels]
    if within is not None:
        result |= np.logical_or.reduce([_closed(mask, lean, reach) for lean in LEANS]) & within
    return result


def _closed(mask: Mask, lean: float, reach: int) -> Mask:
    """The closing of a mask by a line that is `reach` pixels high on either side and leans."""
    aside = round(reach * abs(lean))
    line = np.zeros((2 * reach + 1, 2 * aside + 1), np.uint8)
    ends = (0, 2 * aside) if lean >= 0 else (2 * aside, 0)
    cv2.line(line, (ends[0], 0), (ends[1], 2 * reach), 1)
    closed: Mask = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, line).view(np.bool_)
    return closed
