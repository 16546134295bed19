"""Carries a scene a little way on behind a person by mirroring it at the outline: lines that meet the outline go on without a break."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, blur, box_of, erode

SMOOTH = 0.4  # how far the directions to the outline are evened out, in parts of the reach


def mirrored(image: Image, source: NDArray[np.bool_], reach: float) -> tuple[Float, Float]:
    """What lies beyond `source` as the mirror image of it, float32 [h, w, 3], and how far that can be used, 0 to 1 [h, w].

    Args:
        image: uint8 RGB [h, w, 3].
        source: the pixels that are known [h, w].
        reach: pixels from the outline at which the mirror image has faded to one half; it ends at twice that.

    >>> rows = np.zeros((8, 8, 3), np.uint8)
    >>> rows[4:] = 200
    >>> known = np.zeros((8, 8), bool)
    >>> known[:, :5] = True
    >>> made, share = mirrored(rows, known, 2)
    >>> made[:, 5, 0].round().tolist(), bool(share[3, 5] > 0.5)
    ([0.0, 0.0, 0.0, 0.0, 200.0, 200.0, 200.0, 200.0], True)
    """
    colours, share = image.astype(np.float32), np.zeros(source.shape, np.float32)
    box = box_of(~source, round(2 * reach) + 4)
    if box is None or not source[box].any():
        return colours, share
    here, known = colours[box], source[box]
    away, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    nearest = np.zeros((int(labels.max()) + 1, 2), np.float32)
    nearest[labels[known]] = np.stack([columns, rows], 1)
    grid = np.stack(np.meshgrid(np.arange(known.shape[1]), np.arange(known.shape[0])), -1).astype(np.float32)
    aim = grid + 2 * blur(nearest[labels] - grid, max(SMOOTH * reach, 0.8))
    maps = np.ascontiguousarray(aim[..., 0]), np.ascontiguousarray(aim[..., 1])
    made = cv2.remap(here, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    certain = erode(known, 1).astype(np.float32)
    valid = cv2.remap(certain, *maps, cv2.INTER_LINEAR, borderValue=0.0)
    near = np.clip(2 - away / max(reach, 1e-6), 0, 1) * (away > 0)
    colours[box] = np.where((away > 0)[..., None], made, here)
    share[box] = blur(np.where(valid > 0.98, 1, 0).astype(np.float32), 1.0) * (valid > 0.98) * near
    return colours, share
