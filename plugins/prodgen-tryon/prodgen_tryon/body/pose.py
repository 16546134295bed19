"""The arithmetic around MediaPipe's pose models: anchors, decoding, suppression and regions of interest.

Bazarevsky et al., BlazePose (2020). Everything here is a pure function of arrays; `litert.py` runs the models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Float

DETECTOR_SIZE = 224
STRIDES = (8, 16, 32, 32, 32)  # of the detector's layers
LANDMARK_SIZE = 256
MIN_SCORE = 0.5
DEPTH, MOST_TURNED = 0.25, 0.25  # share of the landmarks' depth that is believed, and the largest sine


def anchors() -> Float:
    """Centres of the detector's anchors in 0 to 1, float32 [n, 2]: two a cell and layer, layers of one stride together."""
    centres = []
    for stride in sorted(set(STRIDES)):
        cells = math.ceil(DETECTOR_SIZE / stride)
        repeat = 2 * STRIDES.count(stride)
        axis = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(axis, axis, indexing="ij")
        centres.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), repeat, axis=0))
    return np.concatenate(centres).astype(np.float32)


@dataclass(frozen=True)
class Detection:
    """One person: the centre of the hips, the point that gives size and rotation, both in pixels, and the score."""

    centre: tuple[float, float]
    top: tuple[float, float]
    score: float

    @property
    def radius(self) -> float:
        """Radius in pixels of the circle that holds the whole body."""
        return math.dist(self.centre, self.top)


@dataclass(frozen=True)
class Region:
    """A rotated square of the photo: centre and edge in pixels, rotation in radians."""

    x: float
    y: float
    edge: float
    rotation: float

    def to_photo(self, size: int) -> NDArray[np.float64]:
        """The 2 x 3 affine map from a `size` x `size` crop to the photo."""
        s, c, k = math.sin(self.rotation), math.cos(self.rotation), self.edge / size
        linear = np.array([[c * k, -s * k], [s * k, c * k]])
        offset = np.array([self.x, self.y]) - linear @ np.array([size / 2, size / 2])
        return np.hstack([linear, offset[:, None]])


def letterbox(image: NDArray[np.uint8]) -> tuple[Float, float, tuple[float, float]]:
    """The picture in a black square [224, 224, 3] in -1 to 1, its scale, and the offset (x, y) of its corner."""
    size, (height, width) = DETECTOR_SIZE, image.shape[:2]
    scale = size / max(height, width)
    new = max(round(width * scale), 1), max(round(height * scale), 1)
    square = np.zeros((size, size, 3), np.float32)
    x, y = (size - new[0]) // 2, (size - new[1]) // 2
    square[y : y + new[1], x : x + new[0]] = cv2.resize(image, new, interpolation=cv2.INTER_AREA)
    return square / np.float32(127.5) - np.float32(1), scale, (float(x), float(y))


def decode(
    boxes: NDArray[Any], scores: NDArray[Any], scale: float, offset: tuple[float, float], min_score: float = MIN_SCORE
) -> list[Detection]:
    """The detector's tensors (boxes [n, 12], logits [n]) to people in photo pixels, best first, each one once."""
    probability = 1 / (1 + np.exp(-np.clip(scores.reshape(-1).astype(np.float64), -100, 100)))
    keep = np.flatnonzero(probability >= min_score)
    keep = keep[np.argsort(-probability[keep], kind="stable")]
    centres = anchors()
    people: list[Detection] = []
    for index in keep:
        points = boxes[index, 4:8].reshape(2, 2).astype(np.float64) + centres[index] * DETECTOR_SIZE
        points = (points - np.array(offset)) / scale
        person = Detection((points[0, 0], points[0, 1]), (points[1, 0], points[1, 1]), float(probability[index]))
        # Two answers are one person when the hips are nearer to each other than half a body.
        if all(math.dist(person.centre, other.centre) > 0.5 * max(person.radius, other.radius) for other in people):
            people.append(person)
    return people


def region_of(centre: tuple[float, float], top: tuple[float, float]) -> Region:
    """The upright square around a body, given the centre of the hips and the point above that the models define."""
    rotation = math.pi / 2 - math.atan2(-(top[1] - centre[1]), top[0] - centre[0])
    rotation -= 2 * math.pi * math.floor((rotation + math.pi) / (2 * math.pi))
    return Region(centre[0], centre[1], max(2 * math.dist(centre, top) * 1.25, 8.0), rotation)


def crop(image: NDArray[np.uint8], region: Region) -> Float:
    """The region as [256, 256, 3] in 0 to 1, black outside the photo."""
    size = LANDMARK_SIZE
    matrix = region.to_photo(size)
    shrink = region.edge / size
    if shrink > 2:  # average before sampling, or fine texture aliases
        small = cv2.resize(image, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        factor = np.array([small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]])
        matrix, image = matrix * factor[:, None], small
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pulled: NDArray[np.uint8] = cv2.warpAffine(image, matrix, (size, size), flags=flags, borderValue=(0, 0, 0))
    return pulled.astype(np.float32) / np.float32(255)


def landmarks_in_photo(raw: NDArray[Any], region: Region) -> tuple[Float, Region]:
    """The landmark tensor [195] to float32 [33, 3] (x, y in photo pixels, visibility), and the region to crop next."""
    table = raw.reshape(39, 5).astype(np.float64)
    matrix = region.to_photo(LANDMARK_SIZE)
    points = table[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    visibility = 1 / (1 + np.exp(-np.clip(table[:33, 3], -50, 50)))
    following = region_of((points[33, 0], points[33, 1]), (points[34, 0], points[34, 1]))
    return np.hstack([points[:33], visibility[:, None]]).astype(np.float32), following


def turned(raw: NDArray[Any]) -> float:
    """The sine of the angle by which shoulders and hips are turned, above 0 where the side at the picture's right is farther away.

    The model overstates depth, by about four for the foreshortening of shoulders that comes with it.
    """
    table = raw.reshape(39, 5).astype(np.float64)
    across = np.diff(table[[11, 12, 23, 24]].reshape(2, 2, 5), axis=1)[:, 0].mean(0)
    run = across[0] if abs(across[0]) > 1e-6 else 1e-6
    return float(np.clip(DEPTH * across[2] / run, -MOST_TURNED, MOST_TURNED))


def mask_in_photo(logits: NDArray[Any], region: Region, shape: tuple[int, int]) -> Float:
    """The model's person mask [256, 256] as probabilities on a photo of `shape` (height, width); 0 outside the region."""
    square = 1 / (1 + np.exp(-np.clip(logits.reshape(LANDMARK_SIZE, LANDMARK_SIZE).astype(np.float32), -50, 50)))
    matrix = region.to_photo(LANDMARK_SIZE)
    out: Float = cv2.warpAffine(square, matrix, (shape[1], shape[0]), flags=cv2.INTER_CUBIC, borderValue=0.0)
    return out.clip(0, 1)
