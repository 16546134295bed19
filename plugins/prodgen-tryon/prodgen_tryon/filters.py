"""Small image filters that several steps share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Contour = NDArray[np.float64]  # points, [n, 2], x and y in pixels
Point = NDArray[np.float64]  # [2]
Box = tuple[int, int, int, int]  # x0, y0, x1, y1
WIDE = 12  # pixels from which on a distance transform is quicker than a kernel
BEND = 0.35
_UNIT = np.arange(256, dtype=np.float32) / np.float32(255)


def to_lab(rgb: NDArray[np.uint8]) -> Float:
    """CIE L*a*b* (D65): L 0 to 100, a and b about -128 to 127; float32 [h, w, 3]."""
    lab: Float = cv2.cvtColor(unit(rgb), cv2.COLOR_RGB2LAB)
    return lab


def unit(rgb: NDArray[np.uint8]) -> Float:
    """uint8 0 to 255 as float32 0 to 1."""
    result: Float = cv2.LUT(rgb, _UNIT)
    return result


def ellipse_kernel(radius: float) -> NDArray[np.uint8]:
    """A disc for morphology, at least one pixel wide."""
    edge = 2 * max(round(radius), 0) + 1
    kernel: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (edge, edge)).astype(np.uint8)
    return kernel


def dilate(mask: NDArray[Any], radius: float) -> NDArray[Any]:
    """Grows a uint8, bool or float mask by `radius` pixels."""
    if mask.dtype == np.bool_:
        if radius >= WIDE:
            return _within(mask, radius)
        bits: NDArray[Any] = cv2.dilate(mask.view(np.uint8), ellipse_kernel(radius)).view(np.bool_)
        return bits
    grown: NDArray[Any] = cv2.dilate(mask, ellipse_kernel(radius))
    return grown.astype(mask.dtype, copy=False)


def erode(mask: NDArray[Any], radius: float) -> NDArray[Any]:
    """Shrinks a uint8, bool or float mask by `radius` pixels; the picture's border counts as inside."""
    if mask.dtype == np.bool_:
        if radius >= WIDE:
            return ~_within(~mask, radius)
        bits: NDArray[Any] = cv2.erode(mask.view(np.uint8), ellipse_kernel(radius)).view(np.bool_)
        return bits
    shrunk: NDArray[Any] = cv2.erode(mask, ellipse_kernel(radius))
    return shrunk.astype(mask.dtype, copy=False)


def _within(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """The pixels within `radius` of a mask: by a distance transform, whose cost does not grow with the radius."""
    result = np.zeros_like(mask)
    box = box_of(mask, round(radius) + 1)
    if box is not None:
        away = cv2.distanceTransform((~mask[box]).view(np.uint8), cv2.DIST_L2, 5)
        result[box] = away <= round(radius) + 0.25  # half pixels are rounded as in `ellipse_kernel`
    return result


def guided(guide: NDArray[np.uint8], source: Float, radius: int, eps: float) -> Float:
    """Guided filter with a colour guide (He, Sun, Tang 2013): `source` smoothed along the edges of `guide`.

    Args:
        guide: uint8 RGB [h, w, 3].
        source: float32 [h, w].
        radius: of the box window, in pixels.
        eps: regularisation, for a guide in 0 to 1.
    """
    return guided_by(guide, radius, eps)(source)


def guided_by(guide: NDArray[np.uint8], radius: int, eps: float) -> Callable[[Float], Float]:
    """The filter `guided` of one guide, for several sources: what depends on the guide alone is worked out once.

    Planes are kept apart, and a source is looked at only where it can have an effect (two windows around what is not 0).
    """
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Float) -> Float:
        result: Float = cv2.blur(values, window, borderType=cv2.BORDER_REFLECT)
        return result

    planes = cv2.split(unit(guide))
    means = [mean(plane) for plane in planes]

    def covariance(i: int, j: int) -> Float:
        return mean(planes[i] * planes[j]) - means[i] * means[j]

    rr, gg, bb = (covariance(i, i) + np.float32(eps) for i in range(3))
    rg, rb, gb = covariance(0, 1), covariance(0, 2), covariance(1, 2)
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1 / np.maximum(rr * c00 + rg * c01 + rb * c02, np.float32(1e-12))
    inverse = [[c00 * scale, c01 * scale, c02 * scale], [c01, c11 * scale, c12 * scale], [c02, c12, c22 * scale]]
    inverse[1][0], inverse[2][0], inverse[2][1] = inverse[0][1], inverse[0][2], inverse[1][2]

    def smooth(source: Float) -> Float:
        result = np.zeros(source.shape, np.float32)
        box = box_of(source, 2 * radius + 1)
        if box is None:
            return result
        here = np.ascontiguousarray(source[box], np.float32)
        image = [np.ascontiguousarray(plane[box]) for plane in planes]
        middle = [np.ascontiguousarray(plane[box]) for plane in means]
        level = mean(here)
        along = [mean(plane * here) - average * level for plane, average in zip(image, middle, strict=True)]
        out = np.zeros(here.shape, np.float32)
        offset = level
        for row, plane, average in zip(inverse, image, middle, strict=True):
            a = row[0][box] * along[0] + row[1][box] * along[1] + row[2][box] * along[2]
            out += mean(a) * plane
            offset = offset - a * average
        result[box] = out + mean(offset)
        return result

    return smooth


def box_of(mask: NDArray[Any], margin: int = 0) -> tuple[slice, slice] | None:
    """Rows and columns of the smallest box around what is not 0 in [h, w], grown by `margin` within the picture; None if all is."""
    bits = mask.view(np.uint8) if mask.dtype == np.bool_ else np.ascontiguousarray(mask != 0).view(np.uint8)
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(bits))
    if width == 0:
        return None
    return (
        slice(max(y - margin, 0), min(y + height + margin, mask.shape[0])),
        slice(max(x - margin, 0), min(x + width + margin, mask.shape[1])),
    )


def times(values: Float, factor: Float) -> Float:
    """`values` [h, w, 3] with every channel multiplied by `factor` [h, w]: quicker than to broadcast over three channels."""
    factor = np.ascontiguousarray(factor, np.float32)
    result: Float = cv2.multiply(values, cv2.merge([factor] * values.shape[2]))
    return result


def differs(a: NDArray[Any], b: NDArray[Any], by: float = 0) -> NDArray[np.bool_]:
    """Where two pictures [h, w, 3] differ by more than `by` in any channel."""
    if a.dtype != b.dtype:
        a, b = a.astype(np.float32, copy=False), b.astype(np.float32, copy=False)
    first, *others = cv2.split(cv2.absdiff(a, b))
    for other in others:
        first = cv2.max(first, other)
    result: NDArray[np.bool_] = first > by
    return result


def to_bytes(picture: Float) -> NDArray[np.uint8]:
    """float32 0 to 255 rounded to uint8; what is beyond is cut off."""
    result: NDArray[np.uint8] = cv2.add(picture, (0, 0, 0, 0), dtype=cv2.CV_8U)
    return result


def colour_distance(a: Float, b: Any, weights: tuple[float, float, float] = (1, 1, 1)) -> Float:
    """Weighted Euclidean distance [h, w] of colours [h, w, 3] to others: of each pixel, or of one colour [3].

    >>> colour_distance(np.ones((1, 1, 3), np.float32), (1, 4, 5)).tolist()
    [[5.0]]
    """
    b = np.asarray(b, np.float32)
    difference = a - b if b.ndim > 1 else cv2.subtract(a, (*map(float, b.ravel()), 0.0))
    squares = cv2.transform(cv2.multiply(difference, difference), np.square(np.array([weights], np.float32)))
    result: Float = cv2.sqrt(squares)
    return result


def blur(values: Float, sigma: float) -> Float:
    """Gaussian blur; a wide one is taken at a lower resolution, where it costs little and looks the same."""
    step = int(sigma / 3)
    if step < 2 or min(values.shape[:2]) < 8 * step:
        narrow: Float = cv2.GaussianBlur(values, (0, 0), sigma)
        return narrow
    height, width = values.shape[:2]
    small = cv2.resize(values, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    wide: Float = cv2.resize(
        cv2.GaussianBlur(small, (0, 0), sigma / step), (width, height), interpolation=cv2.INTER_LINEAR
    )
    return wide


def blur_inside(values: Float, weight: Float, sigma: float) -> Float:
    """Gaussian mean of `values` [h, w] or [h, w, c] over the pixels that `weight` [h, w] counts (normalised convolution)."""
    return mean_inside(values, weight, sigma)[0]


def mean_inside(values: Float, weight: Float, sigma: float) -> tuple[Float, Float]:
    """As `blur_inside`, and the blurred weight [h, w]: how much there is to go by. A wide mean is taken at a lower resolution."""
    height, width = weight.shape
    step = int(sigma / 3)
    weight = np.ascontiguousarray(weight, np.float32)
    above = np.asarray(times(values, weight) if values.ndim == 3 else values * weight, np.float32)
    below = weight
    if step < 2 or min(height, width) < 8 * step:
        step = 1
    else:
        size = (-(-width // step), -(-height // step))
        above, below = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (above, below))
    above, below = (cv2.GaussianBlur(plane, (0, 0), sigma / step) for plane in (above, below))
    share = 1 / np.maximum(below, np.float32(1e-4))
    mean: Float = times(above, share) if values.ndim == 3 else above * share
    if step > 1:
        mean, below = (cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in (mean, below))
    return mean, below


def largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece of a mask (4-connected)."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    piece: NDArray[np.bool_] = labels == 1 + int(np.bincount(labels.ravel())[1:].argmax())
    return piece


def fill_holes(mask: NDArray[np.bool_], largest_hole: float | None = None) -> NDArray[np.bool_]:
    """Fills background pieces that do not reach the border, all of them or those of up to `largest_hole` pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    out = mask.copy()
    for label in range(1, count):
        if label not in border and (largest_hole is None or stats[label, cv2.CC_STAT_AREA] <= largest_hole):
            out |= labels == label
    return out


def polygon(shape: tuple[int, ...], points: NDArray[Any]) -> NDArray[np.bool_]:
    """A filled polygon [n, 2] (x, y) as a bool mask of `shape`."""
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(canvas, [np.round(np.asarray(points)).astype(np.int32).reshape(-1, 1, 2)], 1)
    return canvas.astype(bool)


def tube(shape: tuple[int, ...], points: NDArray[Any], radii: NDArray[Any]) -> NDArray[np.bool_]:
    """A polyline [n, 2] drawn with a radius that runs linearly between its points, as a bool mask of `shape`."""
    canvas = np.zeros(shape[:2], np.uint8)
    points, radii = np.asarray(points, float), np.asarray(radii, float)
    for a, b, ra, rb in zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True):
        along = b - a
        length = float(np.hypot(*along))
        if length > 1e-6:
            normal = np.array([-along[1], along[0]]) / length
            quad = np.array([a + normal * ra, b + normal * rb, b - normal * rb, a - normal * ra])
            cv2.fillPoly(canvas, [np.round(quad).astype(np.int32).reshape(-1, 1, 2)], 1)
    for point, radius in zip(points, radii, strict=True):
        cv2.circle(canvas, (round(float(point[0])), round(float(point[1]))), max(round(float(radius)), 1), 1, -1)
    return canvas.astype(bool)


def steadiest_path(gain: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The column of each row on the path of most gain, where a step aside of one column costs `BEND`."""
    rows, columns = gain.shape
    total = gain[0].astype(np.float64)
    came = np.zeros((rows, columns), np.int64)
    index = np.arange(columns)
    options = np.full((3, columns), -np.inf)  # from the left, straight on, from the right
    for row in range(1, rows):
        options[0, 1:], options[1], options[2, :-1] = total[:-1] - BEND, total, total[1:] - BEND
        came[row] = options.argmax(0)
        total = options.max(0) + gain[row]
    came = np.clip(came + index - 1, 0, columns - 1)
    path = np.zeros(rows, np.int64)
    path[-1] = int(total.argmax())
    for row in range(rows - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path
