"""From the photo to the picture that a model paints, and back without touching a pixel outside the mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image

MARGIN = 0.06


@dataclass(frozen=True)
class Frame:
    """A rectangle of the photo in pixels; it may reach beyond the photo, which is then continued by its border."""

    x: int
    y: int
    width: int
    height: int


def frame_around(inside: NDArray[np.bool_], ratio: float) -> Frame:
    """The smallest rectangle of a ratio (width by height) around what is True, with a margin, within the photo where that can be.

    >>> mask = np.zeros((400, 300), bool); mask[100:200, 120:180] = True
    >>> frame_around(mask, 0.75)
    Frame(x=108, y=94, width=84, height=112)
    """
    ys, xs = np.nonzero(inside)
    height, width = inside.shape
    x0, x1, y0, y1 = int(xs.min()), int(xs.max()) + 1, int(ys.min()), int(ys.max()) + 1
    tall = (1 + 2 * MARGIN) * max(y1 - y0, (x1 - x0) / ratio)
    size = (max(round(tall * ratio), 1), max(round(tall), 1))

    def start(low: int, high: int, length: int, limit: int) -> int:
        first = round((low + high - length) / 2)
        return min(max(first, 0), limit - length) if length <= limit else first

    return Frame(start(x0, x1, size[0], width), start(y0, y1, size[1], height), *size)


def take(image: NDArray[Any], frame: Frame, size: tuple[int, int], *, nearest: bool = False) -> NDArray[Any]:
    """What the frame shows, scaled to `size` (width, height)."""
    height, width = image.shape[:2]
    left, top = max(-frame.x, 0), max(-frame.y, 0)
    right, bottom = max(frame.x + frame.width - width, 0), max(frame.y + frame.height - height, 0)
    inner = image[max(frame.y, 0) : frame.y + frame.height, max(frame.x, 0) : frame.x + frame.width]
    source = inner.astype(np.uint8) if inner.dtype == np.bool_ else inner
    whole = cv2.copyMakeBorder(source, top, bottom, left, right, cv2.BORDER_REPLICATE)
    smaller = size[0] < frame.width
    way = cv2.INTER_NEAREST if nearest else cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    result: NDArray[Any] = cv2.resize(whole, size, interpolation=way).astype(inner.dtype)
    return result


def put_back(
    photo: Image, painted: Image, frame: Frame, mask: NDArray[np.bool_], feather: float | None = None
) -> tuple[Image, NDArray[np.bool_]]:
    """The painted picture laid on the photo inside of the mask alone, with a soft edge that lies wholly inside of it.

    Args:
        painted: uint8 RGB of any size, shows the frame.
        mask: bool [h, w] of the photo.
        feather: width of the soft edge in pixels; None takes .4 % of the frame's height.

    Returns:
        the picture in the photo's size, and the mask of what may differ from the photo.
    """
    height, width = photo.shape[:2]
    x0, y0 = max(frame.x, 0), max(frame.y, 0)
    x1, y1 = min(frame.x + frame.width, width), min(frame.y + frame.height, height)
    edit = np.zeros_like(mask)
    edit[y0:y1, x0:x1] = mask[y0:y1, x0:x1]
    out = photo.copy()
    if not edit.any():
        return out, edit
    way = cv2.INTER_AREA if painted.shape[1] > frame.width else cv2.INTER_CUBIC
    large = cv2.resize(painted, (frame.width, frame.height), interpolation=way)
    large = large[y0 - frame.y : y1 - frame.y, x0 - frame.x : x1 - frame.x].astype(np.float32)
    soft = max(0.004 * frame.height, 1.0) if feather is None else feather
    inside = edit[y0:y1, x0:x1]
    # Without a pixel outside there is no edge, and OpenCV would give a distance to nowhere.
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5) if not inside.all() else soft
    alpha = np.clip(depth / soft, 0, 1) * np.ones(inside.shape, np.float32)
    below = photo[y0:y1, x0:x1].astype(np.float32)
    mixed = (below + (large - below) * alpha[..., None]).round().clip(0, 255).astype(np.uint8)
    out[y0:y1, x0:x1][inside] = mixed[inside]
    return out, edit


def padded(garment: Image, size: tuple[int, int]) -> Image:
    """The garment's picture, whole, in the middle of a white one of `size` (width, height)."""
    height, width = garment.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(garment, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    out = np.full((size[1], size[0], 3), 255, np.uint8)
    x, y = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    out[y : y + inner[1], x : x + inner[0]] = small
    return out
