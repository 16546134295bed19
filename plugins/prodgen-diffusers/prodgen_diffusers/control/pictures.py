"""A renderer's maps as the pictures that ControlNets were trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image, MapKind

_FARTHEST = 0.3  # brightness of the farthest point of the product; what lies behind it is black


def control_picture(kind: MapKind, values: NDArray[np.float32]) -> Image:
    """`depth_picture` or `normal_picture`."""
    return depth_picture(values) if kind == "depth" else normal_picture(values)


def depth_picture(depth: NDArray[np.float32]) -> Image:
    """Inverse depth, as monocular depth models give it: the nearest point white, the background black; uint8 [h, w, 3].

    Args:
        depth: float32 [h, w], positive, infinite on the background.

    >>> depth_picture(np.array([[1.0, 2.0, np.inf]], np.float32))[0, :, 0].tolist()
    [255, 76, 0]
    """
    there = np.isfinite(depth)
    near = np.divide(1, depth, out=np.zeros_like(depth), where=there)
    if there.any():
        low, high = near[there].min(), near[there].max()
        share = (near - low) / (high - low) if high > low else np.ones_like(near)
        near = np.where(there, _FARTHEST + (1 - _FARTHEST) * share, 0)
    grey = (near * 255).round().clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def normal_picture(normal: NDArray[np.float32]) -> Image:
    """Normals as NormalBae paints them: red to the left, green up, blue towards the viewer; uint8 [h, w, 3].

    Args:
        normal: float32 [h, w, 3] in the axes right, up, towards the viewer; zero on the background, which faces the viewer then.

    >>> normal_picture(np.array([[[-1.0, 0, 0], [0, 1.0, 0], [0, 0, 0]]], np.float32))[0].tolist()
    [[255, 128, 128], [128, 255, 128], [128, 128, 255]]
    """
    facing = np.where((normal == 0).all(axis=-1, keepdims=True), np.array([0, 0, 1], np.float32), normal)
    turned = facing * np.array([-1, 1, 1], np.float32)
    painted: Image = ((turned + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
    return painted


def overlap(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks; 1 where both are empty."""
    union = int((first | second).sum())
    return float((first & second).sum()) / union if union else 1.0
