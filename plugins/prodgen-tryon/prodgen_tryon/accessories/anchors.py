"""Where accessories go on a body, and what a photo must show for that.

Lengths in centimetres are those of a common adult head (pupils 6.3 apart, eyes to mouth 6.5, eyes to the top of the head 11.5,
shoulder joints 36 apart); the pose model sets its ears 12.1 apart and the outer corners of the eyes 8.8, in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Point
from prodgen_tryon.sides import SIDES, Side

EYES_TO_MOUTH, PUPILS, EARS, CROWN, SHOULDERS = 6.5, 6.3, 12.1, 11.5, 36.0
TURNED = 0.5  # least ratio of the face's two halves


@dataclass(frozen=True)
class Head:
    """The head's own axes: the middle between the eyes, unit vectors up and to the picture's right, pixels a centimetre."""

    eyes: Point
    up: Point
    right: Point
    cm: float

    def at(self, right: float, up: float) -> Point:
        """The point so many centimetres beside and above the eyes."""
        point: Point = self.eyes + self.right * right * self.cm + self.up * up * self.cm
        return point


@dataclass(frozen=True)
class Carrying:
    """How a bag is carried: the point it hangs from, and by what."""

    point: Point
    side: Side
    by: Literal["hand", "shoulder"]


def head(frame: Skeleton) -> Head:
    """The head's axes from eyes, ears and mouth; the size is the median of three measures, so that one may be foreshortened."""
    eyes = (frame["eye_a"] + frame["eye_b"]) / 2
    up = eyes - (frame["mouth_a"] + frame["mouth_b"]) / 2
    length = float(np.hypot(*up))
    sizes = (
        length / EYES_TO_MOUTH,
        float(np.hypot(*(frame["eye_b"] - frame["eye_a"]))) / PUPILS,
        float(np.hypot(*(frame["ear_b"] - frame["ear_a"]))) / EARS,
    )
    up = up / max(length, 1e-6)
    return Head(eyes, up, np.array([-up[1], up[0]]), max(float(np.median(sizes)), 1e-3))


def inside(point: NDArray[np.float64], shape: tuple[int, ...], slack: float = 0.0) -> bool:
    """Whether a point lies in a picture, or at most `slack` pixels outside."""
    return bool(-slack <= point[0] < shape[1] + slack and -slack <= point[1] < shape[0] + slack)


def halves(frame: Skeleton) -> tuple[float, float]:
    """Pixels from the bridge of the nose to the outer corner of each eye (a, b): they differ when the head is turned."""
    bridge = (frame["eye_inner_a"] + frame["eye_inner_b"]) / 2
    a, b = (float(np.hypot(*(frame[f"eye_outer_{side}"] - bridge))) for side in SIDES)
    return a, b


def turned(frame: Skeleton) -> float:
    """1 for a face that looks into the camera, towards 0 the further it is turned: the ratio of its halves, eyes to ears."""
    a, b = (float(np.hypot(*(frame[f"ear_{side}"] - frame["nose"]))) for side in SIDES)
    outer_a, outer_b = halves(frame)
    ratios = (min(a, b) / max(a, b, 1e-6), min(outer_a, outer_b) / max(outer_a, outer_b, 1e-6))
    return float(np.mean(ratios))


def carrying(frame: Skeleton, shape: tuple[int, ...], long_handle: bool) -> Carrying | None:
    """The hand that hangs down and can be seen, or, for a bag with a long handle, the shoulder; None where there is neither."""
    hands = []
    for side in SIDES:
        elbow, wrist = frame[f"elbow_{side}"], frame[f"wrist_{side}"]
        along = wrist - elbow
        hangs = along[1] > 0.75 * float(np.hypot(*along)) and frame.local(wrist[None])[0, 1] > 0.6 * frame.torso
        seen = min(frame.seen.get(f"wrist_{side}", 0.0), frame.seen.get(f"index_{side}", 0.0))
        grip = (frame.hand(side) + wrist) / 2
        grip = grip + 0.5 * (frame.hand(side) - grip)
        if hangs and inside(grip, shape) and seen > 0.5:
            away = abs(float(frame.local(grip[None])[0, 0]))
            hands.append((seen + 0.3 * away / frame.width, side, grip))
    if hands and not long_handle:
        _, side, grip = max(hands, key=lambda found: found[0])
        return Carrying(grip, side, "hand")
    shoulders: list[tuple[float, Side]] = [
        (frame.seen.get(f"shoulder_{side}", 0.0), side)
        for side in SIDES
        if inside(frame[f"shoulder_{side}"], shape) and inside(frame[f"hip_{side}"], shape)
    ]
    if shoulders and long_handle:
        _, side = max(shoulders)
        inward = -frame.outward(side)
        return Carrying(frame[f"shoulder_{side}"] + (0.06 * inward - 0.13 * frame.down) * frame.width, side, "shoulder")
    if hands:
        _, side, grip = max(hands, key=lambda found: found[0])
        return Carrying(grip, side, "hand")
    return None
