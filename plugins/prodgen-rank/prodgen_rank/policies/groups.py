"""Groups of users with like vectors: how a linear model knows what kind of user it has before it.

Users are put into groups by k-means over the sketches of their vectors, and belong to each in the degree to which it is near. Source:
Li et al., WWW 2010, 5.2.1, who describe users to a linear bandit by their membership in five clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.features import GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Single = NDArray[np.float32]

_STARTS, _ROUNDS = 5, 50
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True)
class Groups:
    """Centres [GROUPS, SKETCH] and the mean squared distance to them along one dimension, both float32."""

    centres: Single
    variance: float

    def shares(self, sketches: Single) -> Single:
        """How far each of some users [n, SKETCH] belongs to each group, float32 [n, GROUPS]; they sum to 1."""
        # |x - c|^2 without |x|^2, which is the same for all groups.
        away = (self.centres**2).sum(1) - 2 * sketches @ self.centres.T
        weights = np.exp((away.min(1, keepdims=True) - away) / (2 * self.variance))
        weights[weights < _LEAST_WEIGHT] = 0.0
        shares: Single = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
        return shares

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Groups)
            and self.variance == other.variance
            and np.array_equal(self.centres, other.centres)
        )

    def __hash__(self) -> int:
        return hash(self.variance)


def find_groups(sketches: Mapping[str, Single]) -> Groups:
    """The best of a few runs of k-means++ over users' sketches, at least one; the order of the users plays no part.

    Source: Arthur and Vassilvitskii, k-means++: The Advantages of Careful Seeding, SODA 2007.
    """
    points = np.stack([sketches[user] for user in sorted(sketches)]).astype(np.float64)
    rng = np.random.default_rng(0)
    runs = [_run(points, rng) for _ in range(_STARTS)]
    centres, left = min(runs, key=lambda run: run[1])
    return Groups(centres.astype(np.float32), max(left / points.size, 1e-6))


def _run(points: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    centres = points[rng.integers(len(points))][None]
    while len(centres) < GROUPS:
        nearest = _squares(points, centres).min(axis=1)
        share = nearest + 1e-12
        centres = np.concatenate([centres, points[rng.choice(len(points), 1, p=share / share.sum())]])
    for _ in range(_ROUNDS):
        belongs = _squares(points, centres).argmin(axis=1)
        moved = np.stack(
            [points[belongs == g].mean(axis=0) if (belongs == g).any() else centres[g] for g in range(GROUPS)]
        )
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres, float(_squares(points, centres).min(axis=1).sum())


def _squares(points: Floats, centres: Floats) -> Floats:
    squares: Floats = ((points[:, None] - centres) ** 2).sum(axis=2)
    return squares
