"""Layers of cloth: a fitted part is warped and cut along its outline, and layers are laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Box, Contour, Float, blur, box_of, dilate, polygon, times, unit
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.picture.tps import ThinPlate, warp

STIFFNESS = 1e-3
CREASE = 2  # garment pixels along a crease in which the cloth on both sides is mixed
SOFT = 1.0  # by which a part's outline on the body is blurred, in pixels


def warp_part(
    rgba: Image, part: Part, size: tuple[int, int], grow: float = 0.0, beside: Sequence[tuple[Contour, float]] = ()
) -> Float:
    """One part on the body's picture: float32 [h, w, 4], colours 0 to 255 not premultiplied, alpha 0 to 1.

    Args:
        rgba: the garment, uint8 [h, w, 4].
        size: (height, width) of the result.
        grow: how far beyond its outline the part reaches under its neighbours, in garment pixels.
        beside: outlines of neighbours on the garment's picture, and the row from which on they only hang beside the part: cloth of
            theirs is no margin of it there.
    """
    shrink = _reduction(part)
    x0, y0, x1, y1 = _box(part.source, rgba.shape, 0.12)
    source = part.source - [x0, y0]
    piece = polygon((y1 - y0, x1 - x0), part.piece - [x0, y0])
    if grow > 0:
        own, piece = piece, dilate(piece, grow)
        for ring, row in beside:
            free = max(round(row) - y0, 0)
            piece[free:] &= own[free:] | ~polygon(own.shape, ring - [x0, y0])[free:]
        if part.beside is not None:
            piece &= ~dilate(polygon(piece.shape, part.beside - [x0, y0]), CREASE)
    picture = unit(rgba[y0:y1, x0:x1])
    alpha = picture[..., 3] * piece
    picture = cv2.merge([*cv2.split(times(picture[..., :3] * np.float32(255), alpha)), alpha])
    if shrink > 1.3:
        small = (max(round((x1 - x0) / shrink), 2), max(round((y1 - y0) / shrink), 2))
        source = source * [small[0] / (x1 - x0), small[1] / (y1 - y0)]
        picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    spline = ThinPlate(part.target, source, STIFFNESS)
    bx0, by0, bx1, by1 = _box(part.target, (size[0], size[1]), 0.15)
    pulled = warp(picture, spline, (bx0, by0, bx1, by1), size)
    inside = pulled[by0:by1, bx0:bx1]
    if inside.size:
        alpha = inside[..., 3].clip(0, 1)
        colours = times(np.ascontiguousarray(inside[..., :3]), cv2.divide(1.0, cv2.max(alpha, 1e-3)))
        # Outside of its outline on the body a spline can show the cloth a second time.
        margin = 0.025 * float(np.ptp(part.target, axis=0).max())
        outline = blur(dilate(polygon(inside.shape, part.shape - [bx0, by0]), margin).astype(np.float32), SOFT)
        inside[:] = cv2.merge([*cv2.split(colours.clip(0, 255)), alpha * outline])
    return pulled


def _reduction(part: Part) -> float:
    """Garment pixels for one pixel of the result."""
    here, there = np.ptp(part.source, axis=0), np.ptp(part.target, axis=0)
    return float(np.sqrt(max(here[0] * here[1], 1) / max(there[0] * there[1], 1)))


def _box(points: NDArray[np.float64], shape: tuple[int, ...], margin: float) -> Box:
    low, high = points.min(0), points.max(0)
    pad = margin * float((high - low).max()) + 4
    x0, y0 = np.floor(low - pad).astype(int)
    x1, y1 = np.ceil(high + pad).astype(int)
    return max(int(x0), 0), max(int(y0), 0), max(min(int(x1), shape[1]), 1), max(min(int(y1), shape[0]), 1)


def over(below: Float, colours: Float, alpha: Float) -> Float:
    """`colours` with `alpha` laid on `below`; float32."""
    result: Float = below.astype(np.float32)
    paint(result, colours, alpha)
    return result


def joined(below: tuple[Float, Float], above: tuple[Float, Float]) -> tuple[Float, Float]:
    """Two layers, each of colours [h, w, 3] and alpha [h, w], as one: where only one of them is seen it alone gives the colour."""
    (colours, alpha), (top, top_alpha) = below, above
    hidden = alpha * (1 - top_alpha)
    share = cv2.divide(top_alpha, cv2.max(top_alpha + hidden, 1e-4))
    return over(colours, top, share), cv2.max(alpha, top_alpha)


def paint(canvas: Float, colours: NDArray[Any], alpha: Float, shade: float = 1.0) -> None:
    """Lays `colours`, made lighter or darker by `shade`, on a canvas of one's own; touched only around what `alpha` shows."""
    box = box_of(alpha)
    if box is None:
        return
    part = canvas[box]
    top = colours[box] if shade == 1 else colours[box] * np.float32(shade)
    part += times((top - part).astype(np.float32, copy=False), alpha[box])
