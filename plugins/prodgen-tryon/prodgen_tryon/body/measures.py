"""What clothes are fitted to: a person's pose, limbs and outline, and the ends of what is worn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.silhouette import Limb
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Contour
from prodgen_tryon.sides import Side

OUTLINE = np.array([0.25, 0.32, 0.4, 0.47, 0.53])  # stations of a shoulder, in shoulder widths beside the axis
CAP = np.array(
    [-15.0, 0.0, 15.0, 30.0, 45.0, 60.0]
)  # directions out of a shoulder joint in which the round of the shoulder is looked at
SLANT = 0.45  # how much of a slant of the shoulders the foot of the neck shares


@dataclass(frozen=True)
class Measured:
    """What a fit needs of a person: pose, limbs, torso edges (as a function of the height), old hem and sleeves.

    Args:
        arms: side -> the arm as it is seen, sleeve included.
        heights: [n] pixels below the shoulders.
        edges: side -> [n] distance of the body's side from the axis.
        hem: height of the old top's hem below the shoulders, or None.
        open: whether the old top hangs lower at the sides than in the middle: a jacket that is worn open.
        end: height at which the photo ends.
        waist: height at which the lower clothes are first seen, or None.
        tucked: whether the old top ends in the waistband all around.
        hips: as `edges`, of the lower clothes alone.
        sleeves: side -> end of the old sleeve (0 bare, 2 wrist).
        tips: side -> the tip of the shoulder: the point of the outline above and outside of its joint [2].
        rise: height of the foot of the neck above the shoulder joints, pixels.
        leg_ends: side -> how far the lower clothes reach down the leg (1 knee, 2 ankle), at most a little beyond the ankle.
        outline: side -> how far above the shoulders the top of the body is seen at `OUTLINE` shoulder widths beside the axis.
        caps: side -> how far from the shoulder joint the body is seen to reach at `CAP` degrees above the level, pixels.
        bare: side -> half the width of the arm itself at the stations of `arms`; empty where what is worn must stay covered.
        turn: sine of the angle by which the body is turned; above 0 where side b is farther away.
    """

    frame: Skeleton
    arms: dict[Side, Limb]
    heights: NDArray[np.float64]
    edges: dict[Side, NDArray[np.float64]]
    hem: float | None
    waist: float | None
    tucked: bool
    hips: dict[Side, NDArray[np.float64]]
    sleeves: dict[Side, float]
    tips: dict[Side, Contour]
    rise: float
    open: bool = False
    end: float = float("inf")
    leg_ends: dict[Side, float] = field(default_factory=dict)
    outline: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    caps: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    bare: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    turn: float = 0.0
