"""Named joints of a pose, the body's own axes, and the few measures that everything else is relative to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import LANDMARKS
from prodgen_tryon.filters import Point
from prodgen_tryon.sides import SIGN, Side

INDEX = {name: i for i, name in enumerate(LANDMARKS)}
LEAST_WIDTH = 0.6  # of the shoulders, for the torso's length, which is 1.4 to 1.6 times the width of shoulders that face the camera


@dataclass(frozen=True)
class Skeleton:
    """A pose in picture coordinates.

    Side `a` (at the picture's left) is the person's right when seen from the front, so that a garment photo's left always
    meets side `a`.

    Args:
        points: joint name ("shoulder_a", "nose" ...) to (x, y).
        seen: joint name to visibility, 0 to 1.
        width: distance of the shoulder joints in pixels, corrected for a turned or narrow view.
    """

    points: dict[str, Point]
    seen: dict[str, float]
    width: float
    facing: Literal["front", "back", "side"]

    def __getitem__(self, name: str) -> Point:
        return self.points[name]

    @cached_property
    def shoulders(self) -> Point:
        return (self["shoulder_a"] + self["shoulder_b"]) / 2

    @cached_property
    def hips(self) -> Point:
        return (self["hip_a"] + self["hip_b"]) / 2

    @cached_property
    def down(self) -> Point:
        """Unit vector from the shoulders to the hips."""
        axis = self.hips - self.shoulders
        return axis / max(float(np.hypot(*axis)), 1e-6)

    @cached_property
    def right(self) -> Point:
        """Unit vector across the body, towards side b."""
        return np.array([self.down[1], -self.down[0]])

    @cached_property
    def torso(self) -> float:
        """Distance from the middle of the shoulders to the middle of the hips."""
        return float(np.hypot(*(self.hips - self.shoulders)))

    def outward(self, side: Side) -> Point:
        """Unit vector across the body, from its axis towards a side."""
        return self.right * SIGN[side]

    def at(self, across: float, along: float) -> Point:
        """The point `across` pixels towards side b and `along` pixels down from the middle of the shoulders."""
        result: Point = self.shoulders + self.right * across + self.down * along
        return result

    def local(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """The inverse of `at` for points [n, 2]: (across, along) each."""
        delta = np.asarray(points, float) - self.shoulders
        return np.stack([delta @ self.right, delta @ self.down], -1)

    def in_crop(self, origin: tuple[float, float], scale: float) -> Skeleton:
        """The pose in a crop of its picture that begins at `origin` and is then scaled."""
        points = {name: (point - np.array(origin, float)) * scale for name, point in self.points.items()}
        return Skeleton(points, self.seen, self.width * scale, self.facing)

    def out_of_crop(self, origin: tuple[float, float], scale: float) -> Skeleton:
        """The inverse of `in_crop`: the pose in the whole picture."""
        points = {name: point / scale + np.array(origin, float) for name, point in self.points.items()}
        return Skeleton(points, self.seen, self.width / scale, self.facing)

    def along(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """How far each pixel of a picture of `shape` lies below the shoulders, along the body [h, w]."""
        ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
        result: NDArray[np.float64] = (xs - self.shoulders[0]) * self.down[0] + (ys - self.shoulders[1]) * self.down[1]
        return result

    def arm(self, side: Side) -> NDArray[np.float64]:
        """Shoulder, elbow and wrist [3, 2]."""
        return np.stack([self[f"{joint}_{side}"] for joint in ("shoulder", "elbow", "wrist")])

    def hand(self, side: Side) -> Point:
        """The middle of the knuckles."""
        result: Point = (self[f"index_{side}"] + self[f"pinky_{side}"]) / 2
        return result

    def leg(self, side: Side) -> NDArray[np.float64]:
        """Hip, knee and ankle [3, 2]."""
        return np.stack([self[f"{joint}_{side}"] for joint in ("hip", "knee", "ankle")])


def skeleton(landmarks: NDArray[Any]) -> Skeleton:
    """Sorts the 33 landmarks (x, y, visibility) into the picture's own sides.

    >>> body = skeleton(np.tile([[5.0, 5.0, 1.0]], (33, 1)))
    >>> body.facing
    'side'
    """
    table = np.asarray(landmarks, float)
    left, right = table[INDEX["left_shoulder"], :2], table[INDEX["right_shoulder"], :2]
    hips = (table[INDEX["left_hip"], :2] + table[INDEX["right_hip"], :2]) / 2
    torso = float(np.hypot(*(hips - (left + right) / 2)))
    span = float(np.hypot(*(left - right)))
    facing: Literal["front", "back", "side"] = "front" if left[0] > right[0] else "back"
    if span < 0.28 * max(torso, 1e-6) or torso < 1e-6:
        facing = "side"
    a, b = ("right", "left") if left[0] >= right[0] else ("left", "right")
    points: dict[str, Point] = {}
    seen: dict[str, float] = {}
    for name, row in zip(LANDMARKS, table, strict=True):
        words = name.split("_")
        side = next((word for word in words if word in (a, b)), "")
        rest = "_".join(word for word in words if word != side)
        key = f"{rest}_{'a' if side == a else 'b'}" if side else name
        points[key], seen[key] = row[:2].copy(), float(row[2])
    # A turned body shows narrow shoulders; lengths of cloth must not shrink with them.
    return Skeleton(points, seen, max(span, LEAST_WIDTH * torso, 1.0), facing)


def chin(frame: Skeleton) -> NDArray[np.float64]:
    """The lowest point of the face."""
    eyes, mouth = (frame["eye_a"] + frame["eye_b"]) / 2, (frame["mouth_a"] + frame["mouth_b"]) / 2
    point: NDArray[np.float64] = mouth + 0.72 * (mouth - eyes)
    return point
