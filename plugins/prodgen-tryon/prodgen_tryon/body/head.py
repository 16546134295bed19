"""Where the pose says that the head is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.sides import SIDES

JAW = 0.84  # how far a face reaches below its centre, for how far it reaches above


def head_shape(frame: Skeleton, shape: tuple[int, ...], grow: float = 1.0) -> NDArray[np.bool_]:
    """The face without hair and neck, from the ears, eyes and mouth: two halves of ellipses, the lower one down to the chin."""
    centre, axes, angle = head_ellipse(frame)
    canvas = np.zeros(shape[:2], np.uint8)
    middle = (round(centre[0]), round(centre[1]))
    across = max(round(axes[0] * grow), 1)
    for along, start in ((axes[1], 180), (JAW * axes[1], 0)):
        cv2.ellipse(canvas, middle, (across, max(round(along * grow), 1)), angle, start, start + 180, 1, -1)
    return canvas.astype(bool)


def head_ellipse(frame: Skeleton) -> tuple[NDArray[np.float64], tuple[float, float], float]:
    """Centre, half axes (across, along) and rotation in degrees of the face."""
    eyes, mouth = (frame["eye_a"] + frame["eye_b"]) / 2, (frame["mouth_a"] + frame["mouth_b"]) / 2
    ears = (frame["ear_a"] + frame["ear_b"]) / 2
    along = mouth - eyes
    length = max(float(np.hypot(*along)), 0.05 * frame.width)
    across = max(float(np.hypot(*(frame["ear_a"] - frame["ear_b"]))) / 2, 0.95 * length)
    centre = 0.75 * (eyes + 0.45 * along) + 0.25 * ears
    angle = float(np.degrees(np.arctan2(along[1], along[0]))) - 90
    return centre, (min(across, 1.35 * length), 1.62 * length), angle


def ears(frame: Skeleton, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where ears are, if hair does not cover them: shaded skin beside the face, that is no sample of hair."""
    _, axes, angle = head_ellipse(frame)
    canvas = np.zeros(shape[:2], np.uint8)
    half = (max(round(0.32 * axes[0]), 1), max(round(0.36 * axes[1]), 1))
    for side in SIDES:
        x, y = np.round(frame[f"ear_{side}"]).astype(int).tolist()
        cv2.ellipse(canvas, (x, y), half, angle, 0, 360, 1, -1)
    return canvas.astype(bool)
