"""A clip whose right answer is known: a photo that moves like one held in a hand, with noise; and how much its try-on flickers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image, Mask

NOISE = 2.5  # grey levels


class MovingPhoto:
    """Frames [h, w, 3] of a photo under a similarity that sways, zooms and tilts; can be iterated any number of times."""

    def __init__(self, photo: Image, frames: int) -> None:
        self._photo, self._frames = photo, frames

    def matrix(self, frame: int) -> NDArray[np.float64]:
        """The map [2, 3] from the photo to a frame."""
        height, width = self._photo.shape[:2]
        turn = 2 * np.pi * frame
        scale, angle = 1 + 0.05 * np.sin(turn / 20), 0.01 * np.sin(turn / 13)
        middle = np.array([width / 2, height / 2])
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        offset = middle - linear @ middle + 0.01 * height * np.array([np.sin(turn / 16), 0.6 * np.cos(turn / 11)])
        return np.hstack([linear, offset[:, None]])

    def __iter__(self) -> Iterator[Image]:
        height, width = self._photo.shape[:2]
        rng = np.random.default_rng(0)
        for number in range(self._frames):
            moved = cv2.warpAffine(
                self._photo,
                self.matrix(number),
                (width, height),
                flags=cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
            yield (moved + rng.normal(0, NOISE, moved.shape)).round().clip(0, 255).astype(np.uint8)

    def returned(self, picture: Image, frame: int) -> NDArray[np.float32]:
        """A picture of a frame's size in the photo's place."""
        inverse = cv2.invertAffineTransform(self.matrix(frame))
        size = (picture.shape[1], picture.shape[0])
        back: NDArray[np.float32] = cv2.warpAffine(picture.astype(np.float32), inverse, size, flags=cv2.INTER_LINEAR)
        return back


def flicker(clip: MovingPhoto, pictures: Sequence[Image], region: Mask) -> float:
    """Mean change from frame to frame inside a region of the photo after the known motion was taken away, in grey levels.

    Fine noise is smoothed first (sigma 1.5), since an eye does the same.
    """
    back = [cv2.GaussianBlur(clip.returned(picture, n), (0, 0), 1.5) for n, picture in enumerate(pictures)]
    changes = [np.abs(after - before).mean(-1)[region].mean() for before, after in pairwise(back)]
    return float(np.mean(changes))


def common_region(clip: MovingPhoto, masks: Sequence[Mask]) -> Mask:
    """The pixels of the photo that at least a fifth of the frames' masks cover."""
    back = [clip.returned(mask.astype(np.uint8), n) for n, mask in enumerate(masks)]
    region: Mask = np.mean(back, axis=0) > 0.2
    return region
