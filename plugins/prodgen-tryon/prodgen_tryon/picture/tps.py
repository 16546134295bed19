"""Thin-plate splines and the warp of a picture by one.

Bookstein, Principal Warps (PAMI 1989): the smoothest map that takes control points to their targets.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Box

Points = NDArray[np.float64]
STEP = 8  # pixels between which the spline is interpolated


def _kernel(a: Points, b: Points) -> Points:
    squared = ((a[:, None, :] - b[None, :, :]) ** 2).sum(-1)
    result: Points = 0.5 * squared * np.log(np.maximum(squared, 1e-12))
    return result


class ThinPlate:
    """The thin-plate spline that takes `source` [n, 2] to `target` [n, 2].

    Args:
        stiffness: 0 interpolates the targets exactly; larger values smooth. It is relative to the extent of `source`.

    >>> square = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], float)
    >>> ThinPlate(square, square + 2)(np.array([[0.5, 0.5]])).round(6).tolist()
    [[2.5, 2.5]]
    """

    def __init__(self, source: Points, target: Points, stiffness: float = 0.0) -> None:
        source, target = np.asarray(source, float), np.asarray(target, float)
        if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 2 or len(source) < 3:
            raise ValueError(
                f"a spline needs at least three pairs of points [n, 2], not {source.shape} and {target.shape}"
            )
        self._centre = source.mean(0)
        self._scale = max(float(np.ptp(source, axis=0).max()), 1e-9)
        self._nodes = (source - self._centre) / self._scale
        n = len(source)
        affine = np.hstack([np.ones((n, 1)), self._nodes])
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _kernel(self._nodes, self._nodes) + stiffness * np.eye(n)
        system[:n, n:] = affine
        system[n:, :n] = affine.T
        # Least squares, not solve: control points that fall on each other or on one line must not raise.
        self._weights = np.linalg.lstsq(system, np.vstack([target, np.zeros((3, 2))]), rcond=1e-12)[0]

    def __call__(self, points: Points) -> Points:
        """The images of `points` [m, 2]."""
        nodes = (np.asarray(points, float) - self._centre) / self._scale
        affine = np.hstack([np.ones((len(nodes), 1)), nodes])
        result: Points = np.hstack([_kernel(nodes, self._nodes), affine]) @ self._weights
        return result


def warp(picture: NDArray[Any], backward: ThinPlate, box: Box, size: tuple[int, int]) -> NDArray[Any]:
    """Pulls `picture` (float32 [h, w, c]) through `backward`, which takes output pixels to picture pixels.

    The spline is evaluated every `STEP` pixels inside `box` and interpolated between.

    Returns:
        float32 [size[0], size[1], c], zero outside `box` and where the picture ends.
    """
    height, width = size
    x0, y0, x1, y1 = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
    out = np.zeros((height, width, picture.shape[2]), np.float32)
    if x1 <= x0 or y1 <= y0:
        return out
    columns = max((x1 - x0 + STEP - 1) // STEP, 1) + 1
    rows = max((y1 - y0 + STEP - 1) // STEP, 1) + 1
    gx, gy = np.meshgrid(x0 + np.arange(columns) * STEP, y0 + np.arange(rows) * STEP)
    coarse = backward(np.stack([gx.ravel(), gy.ravel()], 1)).reshape(rows, columns, 2).astype(np.float32)
    fine = np.array([[1.0 / STEP, 0, 0], [0, 1.0 / STEP, 0]], np.float32)
    shape = (x1 - x0, y1 - y0)
    maps = cv2.warpAffine(
        coarse, fine, shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    pulled = cv2.remap(
        picture, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0
    )
    out[y0:y1, x0:x1] = pulled.reshape(y1 - y0, x1 - x0, -1)
    return out
