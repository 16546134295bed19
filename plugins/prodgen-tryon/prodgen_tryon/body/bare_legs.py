"""Finds where lower clothes leave the legs bare: shorts and skirts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.sleeves import TONE_WEIGHT, along_path, median_colours
from prodgen_tryon.filters import Float
from prodgen_tryon.sides import SIDES, Side

COVERED = 3.0  # a leg that no skin of is seen
STATIONS = np.linspace(0.05, 1.95, 39)  # along a leg: 0 the hip, 1 the knee, 2 the ankle
ALIKE = 13.0  # distance of colours up to which a leg may be of the face's skin: legs see less sun
STEP = 14.0  # and by how much more the cloth above must differ from it
MOST_MIXED = 0.15  # share of stations that may look like the other side: folds, knees in shadow
SLANT = 0.35  # how far apart (in bones) the ends on both legs may be


def find_bare_legs(lab: Float, person: Float, frame: Skeleton, skin: NDArray[Any]) -> dict[Side, float]:
    """From where on each leg is bare, one unit a bone; `COVERED` where it is not, or where the legs disagree.

    Args:
        lab: CIE L*a*b* [h, w, 3].
        person: probability of person [h, w].
        skin: the colour of the face, Lab [3].
    """
    ends = {side: _end(_profile(lab, person, frame, side), skin) for side in SIDES}
    alike = abs(ends["a"] - ends["b"]) < SLANT
    return ends if alike else dict.fromkeys(SIDES, COVERED)


def _profile(lab: Float, person: Float, frame: Skeleton, side: Side) -> NDArray[np.float64]:
    return median_colours(lab, person, along_path(frame.leg(side), STATIONS), max(round(0.05 * frame.width), 1))


def _end(profile: NDArray[np.float64], skin: NDArray[Any]) -> float:
    """The split of a leg's colours [n, 3] into cloth above and skin below."""
    seen = ~np.isnan(profile[:, 0])
    distance, where = np.linalg.norm((profile[seen] - skin) * TONE_WEIGHT, axis=1), STATIONS[seen]
    for cut in range(2, len(where) - 4):
        above, below = distance[:cut], distance[cut:]
        bare = np.mean(below > ALIKE) <= MOST_MIXED and distance[cut] <= ALIKE
        if bare and np.median(above) > np.median(below) + STEP and np.mean(above <= ALIKE) <= MOST_MIXED:
            return float(where[cut - 1] + where[cut]) / 2
    return COVERED
