"""The 96 camera poses of the Multiple-Angles LoRA for Qwen-Image-Edit, and the nearest of them to any view.

Its vocabulary is 8 azimuths x 4 elevations x 3 distances, the SDK's set `pose96`, in words that the LoRA was trained with
(fal/Qwen-Image-Edit-2511-Multiple-Angles-LoRA, model card). Azimuth 90 is its "right side view": the camera stands at the
viewer's right, as in `prodgen_sdk.types.view`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from prodgen_sdk.types import VIEW_SETS, View

TRIGGER = "<sks>"
AZIMUTHS = {
    0: "front view",
    45: "front-right quarter view",
    90: "right side view",
    135: "back-right quarter view",
    180: "back view",
    225: "back-left quarter view",
    270: "left side view",
    315: "front-left quarter view",
}
ELEVATIONS = {-30: "low-angle shot", 0: "eye-level shot", 30: "elevated shot", 60: "high-angle shot"}
DISTANCES = {0.6: "close-up", 1.0: "medium shot", 1.8: "wide shot"}


@dataclass(frozen=True)
class Pose:
    """A view of a vocabulary that stands for a wanted one.

    Args:
        view: the view that the model is asked for.
        degrees: angle between the two camera directions, seen from the product.
        zoom: wanted distance / the pose's distance; 1 where they agree.
    """

    view: View
    degrees: float
    zoom: float

    @property
    def exact(self) -> bool:
        """Whether the pose is the wanted view."""
        return self.degrees < 1e-6 and abs(self.zoom - 1) < 1e-9


def prompt(view: View) -> str:
    """The words of a pose of the vocabulary; raises KeyError for another view.

    >>> prompt(View(azimuth=90))
    '<sks> right side view eye-level shot medium shot'
    """
    return " ".join((TRIGGER, AZIMUTHS[int(view.azimuth)], ELEVATIONS[int(view.elevation)], DISTANCES[view.distance]))


def angle(first: View, second: View) -> float:
    """Degrees between the directions from which two views look, 0 to 180.

    >>> angle(View(azimuth=350), View(azimuth=10))
    20.0
    """
    a, b = first.camera_position(), second.camera_position()
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    # atan2 is exact near 0 and 180 degrees, where the arc cosine is not.
    return round(math.degrees(math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))), 9)


def nearest(wanted: View, vocabulary: tuple[View, ...] = VIEW_SETS["pose96"]) -> Pose:
    """The pose of a vocabulary that looks from the closest direction, then from the closest distance (as a ratio).

    Of two that are equally close the higher camera is taken, then the one nearer the front: it shows more of the product.

    >>> nearest(View(azimuth=10, elevation=15, distance=1.2)).view.slug
    'az0_el30_d1'
    """

    def order(view: View) -> tuple[float, float, float, float]:
        ratio = abs(math.log(wanted.distance / view.distance))
        return angle(wanted, view), round(ratio, 9), -view.elevation, angle(view, View())

    best = min(vocabulary, key=order)
    return Pose(best, angle(wanted, best), wanted.distance / best.distance)
