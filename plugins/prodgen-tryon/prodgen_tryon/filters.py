"""Small image filters that several steps share."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def to_lab(rgb: NDArray[np.uint8]) -> Float:
    """CIE L*a*b* (D65): L 0 to 100, a and b about -128 to 127; float32 [h, w, 3]."""
    lab: Float = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return lab


def ellipse_kernel(radius: float) -> NDArray[np.uint8]:
    """A disc for morphology, at least one pixel wide."""
    edge = 2 * max(round(radius), 0) + 1
    kernel: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (edge, edge)).astype(np.uint8)
    return kernel


def dilate(mask: NDArray[Any], radius: float) -> NDArray[Any]:
    """Grows a uint8, bool or float mask by `radius` pixels."""
    source = mask.astype(np.uint8) if mask.dtype == np.bool_ else mask
    grown: NDArray[Any] = cv2.dilate(source, ellipse_kernel(radius))
    return grown.astype(mask.dtype)


def erode(mask: NDArray[Any], radius: float) -> NDArray[Any]:
    """Shrinks a uint8, bool or float mask by `radius` pixels; the picture's border counts as inside."""
    source = mask.astype(np.uint8) if mask.dtype == np.bool_ else mask
    shrunk: NDArray[Any] = cv2.erode(source, ellipse_kernel(radius))
    return shrunk.astype(mask.dtype)


def guided(guide: NDArray[np.uint8], source: Float, radius: int, eps: float) -> Float:
    """Guided filter with a colour guide (He, Sun, Tang 2013): `source` smoothed along the edges of `guide`.

    Args:
        guide: uint8 RGB [h, w, 3].
        source: float32 [h, w].
        radius: of the box window, in pixels.
        eps: regularisation, for a guide in 0 to 1.
    """
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Any) -> Any:
        return cv2.blur(values, window, borderType=cv2.BORDER_REFLECT)

    image = guide.astype(np.float32) / np.float32(255)
    source = source.astype(np.float32)
    mean_i, mean_p = mean(image), mean(source)
    covariance = mean(image * source[..., None]) - mean_i * mean_p[..., None]
    r, g, b = image[..., 0], image[..., 1], image[..., 2]
    mr, mg, mb = mean_i[..., 0], mean_i[..., 1], mean_i[..., 2]
    rr, gg, bb = mean(r * r) - mr * mr + eps, mean(g * g) - mg * mg + eps, mean(b * b) - mb * mb + eps
    rg, rb, gb = mean(r * g) - mr * mg, mean(r * b) - mr * mb, mean(g * b) - mg * mb
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    determinant = np.maximum(rr * c00 + rg * c01 + rb * c02, 1e-12)
    x, y, z = covariance[..., 0], covariance[..., 1], covariance[..., 2]
    a = np.stack([c00 * x + c01 * y + c02 * z, c01 * x + c11 * y + c12 * z, c02 * x + c12 * y + c22 * z], -1)
    a /= determinant[..., None]
    offset = mean_p - (a * mean_i).sum(-1)
    result: Float = (mean(a) * image).sum(-1) + mean(offset)
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
    w = weight if values.ndim == 2 else weight[..., None]
    above, below = blur(values * w, sigma), blur(weight, sigma)
    below = np.maximum(below if values.ndim == 2 else below[..., None], np.float32(1e-4))
    return (above / below).astype(np.float32)


def largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece of a mask (4-connected)."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    piece: NDArray[np.bool_] = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
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


def steadiest_path(gain: NDArray[np.floating[Any]], bend: float = 0.35) -> NDArray[np.int64]:
    """The column of each row on the path of most gain, where a step aside of one column costs `bend`."""
    rows, columns = gain.shape
    total = gain[0].astype(np.float64)
    came = np.zeros((rows, columns), np.int64)
    index = np.arange(columns)
    for row in range(1, rows):
        left = np.concatenate([[-np.inf], total[:-1] - bend])
        right = np.concatenate([total[1:] - bend, [-np.inf]])
        options = np.stack([left, total, right])
        choice = options.argmax(0)
        came[row] = np.clip(index + choice - 1, 0, columns - 1)
        total = options[choice, index] + gain[row]
    path = np.zeros(rows, np.int64)
    path[-1] = int(total.argmax())
    for row in range(rows - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path
