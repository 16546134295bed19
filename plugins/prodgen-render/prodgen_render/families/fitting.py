"""Gives a parametric product the size that its words state: by its own proportions as far as they go, and by stretching it from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from prodgen_render.families.catalogue import Family
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.detail import detail
from prodgen_render.words.dimensions import Dimensions, dimensions_of
from prodgen_sdk.types import Product

MOST_STRETCHED = 3
"""A product that would have to be stretched by more is shown in another way than it was measured."""
BAGS = ("backpack", "handbag", "suitcase", "tote-bag")
"""Of the apparel these alone are measured as they are shown; width and height are without the handle."""
_OTHERWISE = (
    "bicycle", "bracelet", "building-blocks", "cable", "curtain", "cutlery", "dumbbell", "earbuds", "fruit", "glasses", "headphones", "knife",
    "laptop", "makeup-brush", "palette", "pan", "pendant-lamp", "plant", "rug", "towel", "watch", "yoga-mat",
)  # fmt: skip
"""Shown open, rolled, folded, in pieces or with what is not measured."""
_LYING = ("cushion",)
"""Wider than high, in whatever order the sides are written."""
_DRAFT, _STEP, _ROUNDS = 0.2, 0.25, 3
_HARDLY = {1: 0.0, 2: 0.1, 3: 0.05}


@dataclass(frozen=True)
class Fit:
    """How a product gets the size that is stated.

    Args:
        draws: its proportions, by the name of the draw.
        goal: lengths in metres of its width, depth and height; NaN where nothing is known.
        note: why it does not get this size; an empty text where it does.
    """

    draws: Mapping[str, float]
    goal: Floats
    note: str = ""


def measured_as_shown(family: Family) -> bool:
    """Whether stated lengths are the sides of what a picture shows."""
    return family.name not in _OTHERWISE and (family.domain != "apparel" or family.name in BAGS)


def fit_of(family: Family, product: Product, look_with: Callable[[Mapping[str, float]], Look]) -> Fit | None:
    """How a product gets the size that its words state; None where they state none, or not of what is shown.

    Lengths without a name go to the axes that have to change least by it. Then the draws that are ranges are moved, as little as
    they can, to where the ratios of the known sides come out: least squares within bounds, on slopes that are measured once and
    mended after each step (Broyden 1965, A class of methods for solving nonlinear simultaneous equations).

    Args:
        look_with: a new look of the product, with some of its draws given.
    """
    stated = dimensions_of(product)
    if not stated or not measured_as_shown(family):
        return None
    look, sides = _draft(family, look_with, {})
    goal = _goal(family, stated, sides)
    known = np.flatnonzero(np.isfinite(goal))
    ranges = [name for name in look.drawn if " to " in name]
    draws = np.array([look.drawn[name] for name in ranges])

    def off(at: Floats) -> Floats:
        """By how much the known sides are off, as logarithms, whatever the scale."""
        found = _draft(family, look_with, dict(zip(ranges, at.tolist(), strict=True)))[1]
        wrong = np.log(found[known] / goal[known])
        return np.asarray(wrong - wrong.mean())

    first = _stretch(sides, goal)
    if np.abs(np.log(first / np.exp(np.log(first).mean()))).max() > 2 * np.log(MOST_STRETCHED):
        return Fit({}, np.full(3, np.nan), note=_unsuited(family, stated))
    if len(known) > 1 and ranges:
        draws = _moved(off, draws)
    return Fit(dict(zip(ranges, draws.tolist(), strict=True)), goal)


def fitted(family: Family, parts: Sequence[Part], fit: Fit) -> tuple[tuple[Part, ...], str]:
    """The parts at the size that is stated, and why not where they do not get it."""
    if fit.note:
        return tuple(parts), fit.note
    factors = _stretch(sides_of(family, parts), fit.goal)
    if factors.max() / factors.min() > MOST_STRETCHED:
        return tuple(parts), _unsuited(family, Dimensions(dict(enumerate(fit.goal[np.isfinite(fit.goal)].tolist()))))
    return tuple(part.scaled(*factors.tolist()) for part in parts), ""


def sides_of(family: Family, parts: Sequence[Part]) -> Floats:
    """Width, depth and height in metres of what is measured of a product: float64 [3]."""
    sides = _box(parts)
    if family.name in BAGS:
        sides[[0, 2]] = _box(parts[:1])[[0, 2]]
    return sides


def _box(parts: Sequence[Part]) -> Floats:
    points = [part.vertices for part in parts if len(part.vertices)]
    return np.asarray(
        np.max([p.max(0) for p in points], axis=0).astype(np.float64) - np.min([p.min(0) for p in points], axis=0)
    )


def _draft(
    family: Family, look_with: Callable[[Mapping[str, float]], Look], draws: Mapping[str, float]
) -> tuple[Look, Floats]:
    look = look_with(draws)
    with detail(_DRAFT):
        return look, sides_of(family, family.build(look))


def _goal(family: Family, stated: Dimensions, sides: Floats) -> Floats:
    """Lengths by axis [3], NaN where none is known.

    Those without a name go to the longest of the other sides, in the order in which ratios change least; where that hardly
    tells, in the order in which they stand.
    """
    goal = np.full(3, np.nan)
    for axis, length in stated.along.items():
        goal[axis] = length
    left = [axis for axis in range(3) if axis not in stated.along]
    free = stated.free[: len(left)]
    longest = sorted(sorted(left, key=lambda axis: -sides[axis])[: len(free)])

    def change(axes: Sequence[int]) -> float:
        tried = goal.copy()
        tried[list(axes)] = free
        known = np.isfinite(tried)
        return float(np.std(np.log(tried[known] / sides[known])))

    if free:
        free = tuple(sorted(free, reverse=True)) if family.name in _LYING else free
        orders, hardly = list(permutations(longest)), _HARDLY[len(free)]
        least = min(map(change, orders))
        goal[list(next(axes for axes in orders if change(axes) <= least + hardly))] = free
    if stated.round and not np.isfinite(goal[0]) and abs(np.log(sides[0] / sides[1])) < 0.02:
        goal[0] = goal[1]
    return goal


def _stretch(sides: Floats, goal: Floats) -> Floats:
    """Factors by axis [3]. An axis of which nothing is known goes with the one whose length is nearest to its own."""
    known = np.flatnonzero(np.isfinite(goal))
    factors = np.ones(3)
    factors[known] = goal[known] / sides[known]
    for axis in set(range(3)) - set(known.tolist()):
        nearest = known[np.argmin(np.abs(np.log(sides[known] / sides[axis])))]
        factors[axis] = factors[nearest]
    return factors


def _moved(off: Callable[[Floats], Floats], at: Floats) -> Floats:
    from scipy.optimize import lsq_linear

    wrong = off(at)
    slopes = np.empty((len(wrong), len(at)))
    for place in range(len(at)):
        there = at.copy()
        there[place] += _STEP if there[place] <= 1 - _STEP else -_STEP
        slopes[:, place] = (off(there) - wrong) / (there[place] - at[place])
    best = at, float(np.abs(wrong).max())
    for _ in range(_ROUNDS):
        if best[1] < 0.005:
            break
        # The last rows hold what does not matter where it is.
        system = np.vstack([slopes, 0.01 * np.eye(len(at))])
        step = lsq_linear(system, np.concatenate([-wrong, np.zeros(len(at))]), (0 - at - 1e-9, 1 - at + 1e-9)).x
        at, before = np.clip(at + step, 0, 1), wrong
        wrong = off(at)
        if (length := float(step @ step)) > 0:
            slopes += np.outer(wrong - before - slopes @ step, step) / length
        if (worst := float(np.abs(wrong).max())) < best[1]:
            best = at, worst
    return best[0]


def _unsuited(family: Family, stated: Dimensions) -> str:
    lengths = " x ".join(f"{100 * length:g}" for length in (*stated.along.values(), *stated.free))
    return f"{lengths} cm are not the sides of the shape {family.name!r}: drawn with usual ones"
