"""Lays an accessory's cut-out into a photo by an anchor, two axes and scales."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Box, Float


@dataclass(frozen=True)
class Placement:
    """How a picture lies in another.

    Args:
        anchor: the point of the accessory's photo that lies on `origin` in the person's photo, (x, y) each.
        right, down: unit vectors in the person's photo.
        left_scale, right_scale, down_scale: pixels there for one of the accessory's, left and right of the anchor, and downwards.
    """

    anchor: tuple[float, float]
    origin: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    left_scale: float
    right_scale: float
    down_scale: float

    def to_photo(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points [n, 2] of the accessory's photo in the person's."""
        across, along = points[:, 0] - self.anchor[0], points[:, 1] - self.anchor[1]
        across = across * np.where(across < 0, self.left_scale, self.right_scale)
        placed: NDArray[np.float64] = (
            self.origin + across[:, None] * self.right + (along * self.down_scale)[:, None] * self.down
        )
        return placed

    def to_source(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of `to_photo`."""
        basis = np.stack([self.right, self.down], 1)
        across, along = np.linalg.solve(basis, (points - self.origin).T)
        across = across / np.where(across < 0, self.left_scale, self.right_scale)
        return np.stack([across + self.anchor[0], along / self.down_scale + self.anchor[1]], 1)

    def outside(self, rgba: Image, shape: tuple[int, ...]) -> float:
        """Share of the accessory that would lie outside of a photo of `shape`."""
        ys, xs = np.nonzero(rgba[::4, ::4, 3] > 96)
        points = self.to_photo(np.stack([xs, ys], 1).astype(np.float64) * 4)
        within = (points >= 0).all(1) & (points[:, 0] < shape[1]) & (points[:, 1] < shape[0])
        return 1 - float(within.mean()) if len(points) else 1.0

    def box(self, rgba: Image, shape: tuple[int, ...]) -> Box:
        """The box x0, y0, x1, y1 of the placed picture, within a photo of `shape`."""
        height, width = rgba.shape[:2]
        x = self.anchor[0]
        corners = np.array([(u, v) for u in (0.0, x, float(width)) for v in (0.0, float(height))])
        placed = self.to_photo(corners)
        low, high = np.floor(placed.min(0)).astype(int) - 2, np.ceil(placed.max(0)).astype(int) + 2
        return (
            int(np.clip(low[0], 0, shape[1])), int(np.clip(low[1], 0, shape[0])),
            int(np.clip(high[0], 0, shape[1])), int(np.clip(high[1], 0, shape[0])),
        )  # fmt: skip


def placed(rgba: Image, placement: Placement, box: Box) -> Float:
    """The accessory inside `box` of the person's photo: float32 [h, w, 4], colours 0 to 255 not premultiplied, alpha 0 to 1."""
    x0, y0, x1, y1 = box
    picture = rgba.astype(np.float32)
    alpha = picture[..., 3:] / 255
    picture = np.dstack([picture[..., :3] * alpha, alpha])
    least = min(placement.left_scale, placement.right_scale, placement.down_scale)
    shrink = 1.0
    if least < 0.8:  # average before sampling, or fine texture aliases
        height, width = rgba.shape[:2]
        small = (max(round(width * least), 2), max(round(height * least), 2))
        picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
        shrink = least
    ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float64)
    source = placement.to_source(np.stack([xs.ravel() + 0.5, ys.ravel() + 0.5], 1)) * shrink - 0.5
    maps = source.astype(np.float32).reshape(y1 - y0, x1 - x0, 2)
    pulled = cv2.remap(picture, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    alpha = pulled[..., 3].clip(0, 1)
    colours = pulled[..., :3] / np.maximum(alpha, 1e-3)[..., None]
    return np.dstack([colours.clip(0, 255), alpha]).astype(np.float32)
