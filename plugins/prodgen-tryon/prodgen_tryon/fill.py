"""Fills holes from what surrounds them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, dilate


def fill(image: Image, hole: NDArray[np.bool_], source: NDArray[np.bool_]) -> Image:
    """The picture with `hole` filled from pixels of `source`; other pixels are kept but never copied."""
    if not hole.any() or not source.any():
        return image
    known = image.copy()
    avoid = ~source
    small_scale = 0.5
    size = (max(image.shape[1] // 2, 4), max(image.shape[0] // 2, 4))
    small = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(dilate(avoid, 2).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    filled = cv2.inpaint(small, mask, 5 * small_scale, cv2.INPAINT_TELEA)
    large = cv2.resize(filled, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)
    out = image.copy()
    out[hole] = large[hole]
    return out


def mirror_down(image: Image, first: NDArray[Any], hole: NDArray[np.bool_]) -> Float:
    """Extends what lies below a hem upwards: every column of `hole` shows what lies as far below `first` as it lies above.

    Args:
        first: the first row of each column that shows the cloth below [w].
    """
    height, width = image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    limit = first.astype(np.float32)[None]
    mapped = np.where(hole, 2 * limit - ys, ys)
    mapped = np.clip(mapped, 0, height - 1).astype(np.float32)
    result: Float = cv2.remap(image.astype(np.float32), xs, mapped, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return result
