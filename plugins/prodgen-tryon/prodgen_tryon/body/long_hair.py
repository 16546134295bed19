"""Follows long hair from the head down over shoulders and clothes, where the place says little and the colour nearly all."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float, ellipse_kernel

ALIKE, CLEARLY = 1.4, 0.7  # most colour cost of hair, and relative to that of cloth and skin
SPREAD, REACH = (
    0.08,
    0.75,
)  # how far beside the head's hair and below the shoulders hair is followed, in shoulder widths
MOST = 1.5  # more than this many times the hair on the head is no hair


def follow(
    hair: NDArray[np.bool_], own: Float, others: Float, free: NDArray[np.bool_], frame: Skeleton
) -> NDArray[np.bool_]:
    """Where the hair goes on below what is known of it, bool [h, w].

    Args:
        hair: where hair was found.
        own: colour cost of hair [h, w]; `others` the least one of anything that it may lie on.
        free: where hair may be: on the person, and not on face or hands.
    """
    w, none = frame.width, np.zeros(hair.shape, bool)
    if hair.sum() < 0.02 * w * w:
        return none
    size = max(round(0.05 * w), 1) | 1
    like = ((own < ALIKE) & (own < CLEARLY * others)).astype(np.float32)
    share = cv2.blur(like, (size, size))  # a strand at a time says little
    ys, xs = np.nonzero((share > 0.5) & free)
    if not len(xs):
        return none
    places = frame.local(np.stack([xs, ys], 1)) / w
    across = frame.local(np.stack(np.nonzero(hair)[::-1], 1))[:, 0] / w  # it falls, it does not spread
    near = (places[:, 0] > across.min() - SPREAD) & (places[:, 0] < across.max() + SPREAD) & (places[:, 1] < REACH)
    found = none.copy()
    found[ys[near], xs[near]] = True
    found &= ~hair
    _, pieces = cv2.connectedComponents((found | hair).astype(np.uint8), connectivity=4)
    joined = np.unique(pieces[hair])
    grown = found & np.isin(pieces, joined[joined > 0])
    grown = cv2.morphologyEx((grown | hair).astype(np.uint8), cv2.MORPH_CLOSE, ellipse_kernel(0.05 * w)) > 0
    grown &= free & ~hair
    return grown if grown.sum() < MOST * hair.sum() else none
