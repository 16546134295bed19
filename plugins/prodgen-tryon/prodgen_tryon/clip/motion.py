"""Where each pixel of a frame was in the frame before, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float

HEIGHT = 384  # the flow is found at this size
TOLERANCE = 9.0  # grey levels of difference at which half of the trust is gone


@dataclass(frozen=True)
class Motion:
    """Dense motion between two pictures of one size.

    Args:
        x, y: for each pixel of the later picture where it was in the earlier one, float32 [h, w].
        trust: 0 to 1, how alike the two places look.
    """

    x: Float
    y: Float
    trust: Float

    def carry(self, values: NDArray[Any]) -> Float:
        """A map [h, w] or [h, w, c] of the earlier picture, moved along."""
        moved: Float = cv2.remap(
            values.astype(np.float32), self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return moved

    def resized(self, width: int, height: int) -> Motion:
        """The same motion for pictures of another size."""
        rows, columns = self.x.shape
        if (columns, rows) == (width, height):
            return self
        across, along = width / columns, height / rows
        size = (width, height)
        x = (cv2.resize(self.x, size, interpolation=cv2.INTER_LINEAR) + 0.5) * across - 0.5
        y = (cv2.resize(self.y, size, interpolation=cv2.INTER_LINEAR) + 0.5) * along - 0.5
        return Motion(x, y, cv2.resize(self.trust, size, interpolation=cv2.INTER_LINEAR))


def motion(before: Image, after: Image) -> Motion:
    """The motion from one uint8 RGB picture to the next, by dense inverse search (Kroeger et al., ECCV 2016)."""
    height, width = after.shape[:2]
    return _small_motion(before, after).resized(width, height)


def steps(before: Image, after: Image, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far what lies at `points` [n, 2] of the later picture has come since the earlier one, [n, 2] in pixels."""
    found = _small_motion(before, after)
    rows, columns = found.x.shape
    scale = np.array([columns / after.shape[1], rows / after.shape[0]])
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    field = np.stack([cv2.medianBlur(xs - found.x, 5), cv2.medianBlur(ys - found.y, 5)], -1)
    places = np.clip(points * scale, 0, [columns - 1, rows - 1]).astype(np.float32)
    sampled = cv2.remap(field, places[None, :, 0], places[None, :, 1], cv2.INTER_LINEAR)[0]
    return np.asarray(sampled / scale, np.float64)


def _small_motion(before: Image, after: Image) -> Motion:
    height, width = after.shape[:2]
    scale = min(1.0, HEIGHT / height)
    size = (max(round(width * scale), 16), max(round(height * scale), 16))
    small = [
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA) for p in (before, after)
    ]
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    flow = search.calc(small[1], small[0], None)
    columns, rows = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    x, y = columns + flow[..., 0], rows + flow[..., 1]
    seen = cv2.remap(small[0], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    difference = cv2.GaussianBlur(np.abs(small[1].astype(np.float32) - seen.astype(np.float32)), (0, 0), 1.5)
    inside = (x > -1) & (y > -1) & (x < size[0]) & (y < size[1])
    trust = (inside / (1 + (difference / TOLERANCE) ** 2)).astype(np.float32)
    return Motion(x, y, trust)
