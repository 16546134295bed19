"""How wide a bare arm is, and where it lies, by what is seen of it below its sleeve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.body.silhouette import usual_arm
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import Float, tube
from prodgen_tryon.picture.skin.ribbon import Curve
from prodgen_tryon.sides import SIDES, Side

LONG = 1.6  # where a sleeve ends that leaves no forearm to measure
HANGING = 0.4  # how far (in bones) below its end a sleeve, or a wide top beside the arm, may hang over it
POCKET = 0.2  # how far from the wrist a hand in a pocket is looked for, in shoulder widths
STRAIGHT = 0.15  # how far (in bones) an arm goes on as straight as it is seen below its sleeve
STEP = 0.01  # distance of samples across an arm, in shoulder widths
FLARE = 0.3  # over how much of the forearm (in bones) a wrist widens to the hand that is seen
HALF_SEEN = 0.7  # share of an arm's usual width below which the rest of it lies behind the clothes beside it
WIDEST_HAND = 1.7  # and by how much at most


def arm_half(person: Person, side: Side, t: Curve) -> tuple[Curve, Curve]:
    """How far a bare arm reaches outwards and inwards of its centre line at places along it, in pixels.

    Where the arm comes out of the sleeve it lies and is as wide as what is seen of it there, so that the two meet.
    """
    covered = person.measured.sleeves[side]
    seen = seen_arm(person, side)
    near = np.clip(t / max(covered, 0.3), 0, 1) ** 2
    meeting = np.clip((t - covered) / FLARE + 1, 0, 1) ** 2
    ratio = seen.ratio(t)
    half = usual_half(person, t) * (1 + (ratio - 1) * np.maximum(near, 0.5) + (seen.at_end - 1) * ratio * meeting)
    shift = seen.shift(t) * near
    return half + shift, half - shift


@per_person
def arm_region(person: Person) -> Float:
    """Around both arms, 0 or 1 [h, w]: bare skin there is no leg's."""
    shape, w = person.image.shape, person.width
    one, other = (tube(shape, arm_path(person.frame, side), np.full(4, 0.26 * w)) for side in SIDES)
    return (one | other).astype(np.float32)


def usual_half(person: Person, t: Curve) -> Curve:
    """Half the usual width of a bare arm in pixels at places along it."""
    return usual_arm(t) * person.width


class Seen(NamedTuple):
    """What is seen of an arm below its sleeve; both lines are given by their slope and their value at `t`, in bones.

    Args:
        shifts: how far outwards of the pose's line the arm lies, in pixels.
        ratios: its width relative to the usual one.
        at_end: how much wider than that it is at the sleeve's end, where a hand may be all that is seen.
    """

    t: float
    shifts: tuple[float, float]
    ratios: tuple[float, float]
    at_end: float = 1.0

    def shift(self, t: Curve) -> Curve:
        return self.shifts[1] + self.shifts[0] * np.clip(t - self.t, -STRAIGHT, STRAIGHT)

    def ratio(self, t: Curve) -> Curve:
        return np.clip(self.ratios[1] + self.ratios[0] * np.clip(t - self.t, -STRAIGHT, STRAIGHT), 0.6, 1.45)


@per_person
def seen_arm(person: Person, side: Side) -> Seen:
    """Where an arm lies below its sleeve, and how wide it is."""
    limb, covered = person.measured.arms[side], person.measured.sleeves[side]
    skin, long = person.parts["skin"], covered > LONG
    places, shifts, ratios = [], [], []
    if long:  # the hand is all that is seen
        skin = np.maximum(skin, person.parts["hands"])
        path = arm_path(person.frame, side)
        t = np.linspace(max(covered, 2.0) + 0.06, max(covered, 2.0) + 0.3, 5)
        stations = [(place, limb.normal[-1], 2.0) for place in along_path(path, t)]
    else:
        stations = _stations(person, side, np.linspace(covered + 0.06, min(covered + 0.3, 1.95), 8))
    for centre, normal, t_here in stations:
        seen = _across(person, skin, centre, normal)
        if seen is None:
            continue
        usual = float(usual_half(person, np.array([t_here]))[0])
        places.append(t_here)
        if not long and seen.half_hidden(usual):  # the other side is where an arm of usual width ends
            shifts.append(seen.high - usual if seen.low_hidden else seen.low + usual)
            ratios.append(1.0)
            continue
        shifts.append((seen.low + seen.high) / 2)
        ratios.append((seen.high - seen.low + STEP * person.width) / 2 / usual)
    if len(ratios) < 3:
        return Seen(covered, (0.0, _pocketed(person, side) if long else 0.0), (0.0, 1.0))
    if long:
        wide = float(np.median(ratios))
        whole = float(np.clip(wide, 0.6, 1.05))  # a hand is wider than its wrist
        at_end = float(np.clip(wide, 0.6, WIDEST_HAND)) / whole
        return Seen(covered, (0.0, float(np.median(shifts))), (0.0, whole), at_end)
    t = np.array(places)
    return Seen(float(t.mean()), _line(t, np.array(shifts)), _line(t, np.array(ratios)))


def _pocketed(person: Person, side: Side) -> float:
    """How far outwards of the pose's line lies what is seen of a hand that is nearly hidden, in pixels."""
    limb, w = person.measured.arms[side], person.width
    wrist = arm_path(person.frame, side)[2]
    ys, xs = np.nonzero(np.maximum(person.parts["skin"], person.parts["hands"]) > 0.5)
    away = np.stack([xs, ys], 1) - wrist
    near = np.hypot(*away.T) < POCKET * w
    if near.sum() < 12:
        return 0.0
    return float(np.median(away[near] @ limb.normal[-1]))


def _line(t: Curve, values: Curve) -> tuple[float, float]:
    """Slope and middle of a straight line through most of some points [n] (Theil 1950, Sen 1968)."""
    i, j = np.triu_indices(len(t), 1)
    slope = float(np.median((values[j] - values[i]) / (t[j] - t[i])))
    return slope, float(np.median(values - slope * (t - t.mean())))


@per_person
def bare_from(person: Person, side: Side) -> float:
    """Where (in bones) skin is first seen on the line of an arm below its sleeve's end; that end where it soon is not."""
    covered = person.measured.sleeves[side]
    if covered > LONG:
        return covered
    t = np.arange(covered, min(covered + HANGING, 1.95), 0.02)
    shift = seen_arm(person, side).shift(t)
    places = [centre + normal * out for (centre, normal, _), out in zip(_stations(person, side, t), shift, strict=True)]
    x, y = np.round(places).astype(int).T
    skin = person.parts["skin"]
    bare = skin[y.clip(0, skin.shape[0] - 1), x.clip(0, skin.shape[1] - 1)] > 0.5
    hidden = np.flatnonzero(~bare)
    return float(t[min(hidden[-1] + 1, len(t) - 1)]) if len(hidden) and bare.any() else covered


def hidden_until(person: Person, side: Side) -> float:
    """Down to where (in bones) clothes beside an arm lie over a side of it, from its sleeve's end on; that end where they do not."""
    frame, covered = person.frame, person.measured.sleeves[side]
    elbow, wrist = frame.local(np.stack([frame[f"elbow_{side}"], frame[f"wrist_{side}"]]))
    if covered > LONG or wrist[1] < elbow[1]:  # a raised arm lies in front of clothes
        return covered
    last = covered
    for centre, normal, t in _stations(person, side, np.arange(covered + 0.06, 1.95, 0.06)):
        seen = _across(person, person.parts["skin"], centre, normal)
        if seen is None or not seen.half_hidden(float(usual_half(person, np.array([t]))[0])):
            break
        last = t
    return last


class _Across(NamedTuple):
    """Where bare skin begins and ends across an arm, in pixels outwards of the pose's line, and which side clothes lie on."""

    low: float
    high: float
    low_hidden: bool
    high_hidden: bool

    def half_hidden(self, usual: float) -> bool:
        """Whether clothes lie over one side of an arm of a `usual` half width."""
        return self.low_hidden != self.high_hidden and self.high - self.low < HALF_SEEN * 2 * usual


def _stations(person: Person, side: Side, t: Curve) -> list[tuple[Curve, Curve, float]]:
    """Centre, normal and place of stations along an arm."""
    limb = person.measured.arms[side]
    centres, normals = (
        np.stack([np.interp(t, limb.t, line[:, i]) for i in (0, 1)], 1) for line in (limb.centre, limb.normal)
    )
    return list(zip(centres, normals, t.tolist(), strict=True))


def _across(person: Person, skin: Float, centre: Curve, normal: Curve) -> _Across | None:
    steps, upper = np.arange(-0.24, 0.24, STEP) * person.width, person.parts["upper"]
    places = centre + np.outer(steps, normal)
    x, y = np.round(places).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < skin.shape[1]) & (y < skin.shape[0])
    seen = np.zeros(len(steps), bool)
    seen[inside] = skin[y[inside], x[inside]] > 0.5
    if not seen.any():
        return None
    near = int(np.flatnonzero(seen)[np.abs(steps[seen]).argmin()])
    low, high = near, near
    while low > 0 and seen[low - 1]:
        low -= 1
    while high < len(steps) - 1 and seen[high + 1]:
        high += 1
    beside = (_covered(upper, places[max(low - 3, 0)]), _covered(upper, places[min(high + 3, len(steps) - 1)]))
    return _Across(float(steps[low]), float(steps[high]), *beside)


def _covered(upper: Float, place: Curve) -> bool:
    """Whether a place [2] (x, y) lies on the upper clothes."""
    x, y = np.round(place).astype(int)
    return bool(0 <= x < upper.shape[1] and 0 <= y < upper.shape[0] and upper[y, x] > 0.5)
