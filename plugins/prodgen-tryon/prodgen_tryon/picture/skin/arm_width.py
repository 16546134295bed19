"""How wide a bare arm is, and where it lies, by what is seen of it below its sleeve."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.body.silhouette import usual_arm
from prodgen_tryon.body.skeleton import Side
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import Float
from prodgen_tryon.picture.skin.ribbon import Curve

LONG = 1.6  # where a sleeve ends that leaves no forearm to measure
FLARE = 0.3  # over how much of the forearm (in bones) a wrist widens to the hand that is seen
HALF_SEEN = 0.7  # share of an arm's usual width below which the rest of it lies behind the clothes beside it
WIDEST_HAND = 1.7  # and by how much at most


def arm_half(person: Person, side: Side, t: Curve) -> tuple[Curve, Curve]:
    """How far a bare arm reaches outwards and inwards of its centre line at places along it, in pixels.

    Where the arm comes out of the sleeve it lies and is as wide as what is seen of it there, so that the two meet.
    """
    covered = person.measured.sleeves[side]
    shift, ratio, at_end = seen_arm(person, side)
    near = np.clip(t / max(covered, 0.3), 0, 1) ** 2
    meeting = np.clip((t - covered) / FLARE + 1, 0, 1) ** 2
    half = usual_half(person, t) * (1 + (ratio - 1) * np.maximum(near, 0.5) + (at_end - ratio) * meeting)
    return half + shift * near, half - shift * near


def usual_half(person: Person, t: Curve) -> Curve:
    """Half the usual width of a bare arm in pixels at places along it."""
    return usual_arm(t) * person.width


def seen_arm(person: Person, side: Side) -> tuple[float, float, float]:
    """How far outwards of the pose's line an arm lies below its sleeve, in pixels, and its width relative to the usual one: as a whole, and at the sleeve's end, where a hand may be all that is seen."""
    limb, covered = person.measured.arms[side], person.measured.sleeves[side]
    w, skin, upper = person.width, person.parts["skin"], person.parts["upper"]
    steps = np.arange(-0.24, 0.24, 0.01) * w
    shifts, ratios = [], []
    if covered > LONG:  # the hand is all that is seen
        skin = np.maximum(skin, person.parts["hands"])
        path = arm_path(person.frame, side)
        t = np.linspace(max(covered, 2.0) + 0.06, max(covered, 2.0) + 0.3, 5)
        stations = [(place, limb.normal[-1], 2.0) for place in along_path(path, t)]
    else:
        near_cuff = np.linspace(covered + 0.06, min(covered + 0.24, 1.95), 6)
        centres, normals = (
            np.stack([np.interp(near_cuff, limb.t, line[:, i]) for i in (0, 1)], 1)
            for line in (limb.centre, limb.normal)
        )
        stations = list(zip(centres, normals, near_cuff, strict=True))
    for centre, normal, t_here in stations:
        places = centre + np.outer(steps, normal)
        x, y = np.round(places).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < skin.shape[1]) & (y < skin.shape[0])
        seen = np.zeros(len(steps), bool)
        seen[inside] = skin[y[inside], x[inside]] > 0.5
        if not seen.any():
            continue
        near = int(np.flatnonzero(seen)[np.abs(steps[seen]).argmin()])
        low, high = near, near
        while low > 0 and seen[low - 1]:
            low -= 1
        while high < len(steps) - 1 and seen[high + 1]:
            high += 1
        usual = float(usual_half(person, np.array([t_here]))[0])
        hidden = [_covered(upper, places[max(low - 3, 0)]), _covered(upper, places[min(high + 3, len(steps) - 1)])]
        if covered <= LONG and hidden[0] != hidden[1] and steps[high] - steps[low] < HALF_SEEN * 2 * usual:
            # Clothes lie over one side of it: the other side is where an arm of usual width ends.
            shifts.append(steps[high] - usual if hidden[0] else steps[low] + usual)
            ratios.append(1.0)
            continue
        shifts.append((steps[low] + steps[high]) / 2)
        ratios.append((steps[high] - steps[low] + 0.01 * w) / 2 / usual)
    if len(ratios) < 3:
        return 0.0, 1.0, 1.0
    most = 1.05 if covered > LONG else 1.45  # a hand is wider than its wrist
    wide = float(np.median(ratios))
    whole = float(np.clip(wide, 0.6, most))
    return float(np.median(shifts)), whole, float(np.clip(wide, 0.6, WIDEST_HAND)) if covered > LONG else whole


def _covered(upper: Float, place: Curve) -> bool:
    """Whether a place [2] (x, y) lies on the upper clothes."""
    x, y = np.round(place).astype(int)
    return bool(0 <= x < upper.shape[1] and 0 <= y < upper.shape[0] and upper[y, x] > 0.5)
