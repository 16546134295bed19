"""Finds where the sleeves that are worn end: the best split of an arm's colours into cloth and skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float
from prodgen_tryon.sides import SIDES, Side

COLOUR_WEIGHT = np.array([0.5, 1.4, 1.4], np.float32)  # lightness varies with folds, hue does not
ALIKE = 9.0  # weighted difference of hue below which two colours may be of the same skin
REDDER = 10.0  # by how much the colour of a hand may differ from that of its bare arm
STATIONS = np.linspace(0.15, 2.9, 56)  # along an arm, one unit a bone
TONE_WEIGHT = np.array([0.3, 1.4, 1.4])


@dataclass(frozen=True)
class Sleeve:
    """Where the old sleeve of an arm ends.

    Args:
        end: 0 at the shoulder, 1 at the elbow, 2 at the wrist, 3 at the knuckles; 0 means a bare arm.
        sure: how clearly the colours differ there, 0 to 1.
    """

    end: float
    sure: float


def arm_path(frame: Skeleton, side: Side, fingers: float = 0) -> NDArray[np.float64]:
    """Shoulder, elbow, wrist, knuckles [4, 2], and a fifth point `fingers` times the length of the hand beyond the knuckles."""
    wrist, knuckles = frame[f"wrist_{side}"], frame.hand(side)
    tips = [knuckles + fingers * (knuckles - wrist)] if fingers else []
    return np.vstack([frame.arm(side), knuckles, *tips])


def along_path(path: NDArray[Any], t: Any) -> NDArray[np.float64]:
    """Points of a polyline at parameters `t`, one unit a segment."""
    t = np.clip(np.atleast_1d(np.asarray(t, float)), 0, len(path) - 1)
    index = np.minimum(t.astype(int), len(path) - 2)
    fraction = (t - index)[:, None]
    result: NDArray[np.float64] = path[index] * (1 - fraction) + path[index + 1] * fraction
    return result


def beyond(shape: tuple[int, ...], path: NDArray[Any], t: float) -> NDArray[np.bool_]:
    """The half of the picture that lies farther along a limb than its point at `t`."""
    here, ahead = along_path(path, [t, t + 0.1])
    back = along_path(path, [t - 0.1])[0]
    direction = ahead - back
    ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
    result: NDArray[np.bool_] = (xs - here[0]) * direction[0] + (ys - here[1]) * direction[1] >= 0
    return result


def folded(path: NDArray[Any]) -> bool:
    """Whether an arm (shoulder, elbow, wrist, ...) is bent by more than 80 degrees at the elbow."""
    upper, lower = path[1] - path[0], path[2] - path[1]
    return bool(upper @ lower < 0.17 * np.hypot(*upper) * np.hypot(*lower))


def find_sleeves(lab: Float, person: Float, frame: Skeleton, skin: NDArray[Any]) -> dict[Side, Sleeve]:
    """Both sleeves. Clothes have two alike: where the arms disagree, the end that suits the colours of both is taken.

    An arm that the pose does not see well has less of a say.

    Args:
        lab: CIE L*a*b* [h, w, 3].
        skin: the colour of the face, Lab [3].
    """
    profiles = {side: _profile(lab, person, frame, side) for side in SIDES}
    found = {side: _split(profiles[side], skin) for side in SIDES}
    if abs(found["a"].end - found["b"].end) < 0.45:
        return found
    tones = [skin * TONE_WEIGHT]
    for profile in profiles.values():
        hand = profile[STATIONS > 2.3]
        hand = hand[~np.isnan(hand[:, 0])] * TONE_WEIGHT
        if len(hand) > 3 and np.linalg.norm((np.median(hand, axis=0) - tones[0])[1:]) < 14:
            tones.append(np.median(hand, axis=0))
    gains = {side: _likelihood(profiles[side], np.array(tones)) for side in SIDES}
    trust = {side: min(frame.seen.get(f"{joint}_{side}", 1.0) for joint in ("elbow", "wrist")) ** 2 for side in SIDES}

    def total(end: float) -> float:
        return sum(trust[side] * float(np.interp(end, *gains[side])) for side in SIDES)

    surer = max(SIDES, key=lambda side: total(found[side].end))
    ends = dict.fromkeys(SIDES, found[surer].end)
    for side in SIDES:
        if ends[side] < 0.4:  # a short sleeve is only a few stations long
            places = gains[side][0]
            values = np.sum([trust[s] * (1.0 if s == side else 0.6) * gains[s][1] for s in SIDES], axis=0)
            near = places < 0.6
            best = float(places[near][int(values[near].argmax())])
            ends[side] = best if best > 0.25 else 0.0
    return {side: Sleeve(ends[side], found[surer].sure) for side in SIDES}


def _likelihood(profile: NDArray[Any], tones: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For sleeve ends on a grid: the log-likelihood that all stations above are cloth and all below skin."""
    known = ~np.isnan(profile[:, 0])
    values = profile[known] * TONE_WEIGHT
    distance = np.linalg.norm(values[:, None] - tones[None], axis=-1).min(1)
    probability = np.clip(1 / (1 + np.exp(np.clip((distance - 9) / 2.5, -30, 30))), 0.03, 0.97)
    ends = np.concatenate([[0.0], STATIONS])
    where = STATIONS[known]
    scores = [
        float(np.where(where > end, np.log(probability), np.log(1 - probability)).sum()) / max(len(where), 1)
        for end in ends
    ]
    return ends, np.array(scores)


def _profile(lab: Float, person: Float, frame: Skeleton, side: Side) -> NDArray[np.float64]:
    return median_colours(lab, person, along_path(arm_path(frame, side), STATIONS), max(round(0.05 * frame.width), 1))


def median_colours(lab: Float, person: Float, centres: NDArray[Any], radius: int) -> NDArray[np.float64]:
    """The median colour around each of some points (x, y), Lab [n, 3]; NaN where there is no person."""
    profile = np.full((len(centres), 3), np.nan)
    for i, (x, y) in enumerate(np.round(centres).astype(int)):
        patch = lab[max(y - radius, 0) : max(y + radius + 1, 0), max(x - radius, 0) : max(x + radius + 1, 0)]
        inside = person[max(y - radius, 0) : max(y + radius + 1, 0), max(x - radius, 0) : max(x + radius + 1, 0)] > 0.6
        if inside.any():
            profile[i] = _median(patch[inside])
    return profile


def _median(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The median of each column; quicker on few rows than NumPy's own."""
    ordered = np.sort(values, axis=0)
    middle = len(values) // 2
    result: NDArray[np.float64] = (ordered[middle].astype(float) + ordered[(len(values) - 1) // 2]) / 2
    return result


def _split(profile: NDArray[np.float64], skin: NDArray[Any]) -> Sleeve:
    """The best split of an arm's colours [n, 3] into cloth above and skin below (least variance within the two)."""
    known = ~np.isnan(profile[:, 0])
    if known.sum() < 12:
        return Sleeve(2.0, 0.0)
    # Weighted as in the colour costs; the hand's own colour is the best sample of this arm's skin.
    values = profile[known] * COLOUR_WEIGHT
    where = STATIONS[known]
    hand = values[where > 2.3]
    skin_here = np.median(hand, axis=0) if len(hand) > 3 else skin * COLOUR_WEIGHT
    if np.linalg.norm((skin_here - skin * COLOUR_WEIGHT)[1:]) > 12:  # a glove, a bag, or a hand that is hidden
        skin_here = skin * COLOUR_WEIGHT
    best, best_gain = 0, 0.0
    total = values.mean(0)
    spread = float(((values - total) ** 2).sum())
    for cut in range(3, len(values) - 2):
        above, below = values[:cut].mean(0), values[cut:].mean(0)
        gain = cut * float(((above - total) ** 2).sum()) + (len(values) - cut) * float(((below - total) ** 2).sum())
        to_skin = float(np.linalg.norm(below - skin_here)) - float(np.linalg.norm(above - skin_here))
        if to_skin < 0 and gain > best_gain:
            best, best_gain = cut, gain
    face = skin * COLOUR_WEIGHT
    above, below = (values[:best].mean(0), values[best:].mean(0)) if best else (total, total)
    step = float(np.linalg.norm(above - below))
    redder = step < REDDER and _hue(above, face) < min(_hue(below, face) + 1, ALIKE)
    if best_gain < 0.25 * spread or step < 6 or redder:
        middle = np.median(values, axis=0)
        bare = min(_hue(middle, skin_here), _hue(middle, face)) < ALIKE
        return Sleeve(0.0 if bare else 2.1, 0.2)
    end = float((where[best - 1] + where[best]) / 2)
    return Sleeve(end if end > 0.25 else 0.0, float(np.clip(step / 25, 0, 1)))


def _hue(first: NDArray[Any], second: NDArray[Any]) -> float:
    """How far two colours, weighted L*a*b* [3], lie apart in a and b."""
    return float(np.linalg.norm((first - second)[1:]))
