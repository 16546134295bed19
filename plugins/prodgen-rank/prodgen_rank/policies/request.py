"""A request as the linear policies see it: all variants of all candidates in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.features import (
    AFFINITY,
    DOMAINS,
    FIRST_DOMAIN,
    GROUP,
    LIKENESS,
    affinities,
    domain_of,
    memos,
    user_row,
)
from prodgen_rank.policies.groups import Groups
from prodgen_rank.policies.lookbook import Lookbook
from prodgen_sdk.context import Context
from prodgen_sdk.types import Candidate, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Single = NDArray[np.float32]
    Places = NDArray[np.intp]


@dataclass(frozen=True)
class Request:
    """Rows are variants, in the order of the candidates.

    Args:
        variants: the id of each row [n].
        skus: of each candidate [c].
        looks: float32 [n, P].
        circumstances: of each domain among the candidates, float32 [u, Q].
        domains: the place of each candidate in `circumstances` [c].
        sizes, starts: how many rows each candidate has, and its first one [c].
        sketch: of the user's vector, or None for a cold start.
    """

    variants: list[str]
    skus: list[str]
    looks: Single
    circumstances: Single
    domains: Places
    sizes: Places
    starts: Places
    sketch: Single | None

    @staticmethod
    def of(
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        lookbook: Lookbook,
        groups: Groups | None,
        ctx: Context,
    ) -> Request:
        """Describes the candidates, at least one, to the model.

        Likeness and place are measured from the mean of the product's variants: only what sets a picture apart from the product's
        other ones bears on the choice.
        """
        variants = [variant for candidate in candidates for variant in candidate.variants]
        sizes = [len(candidate.variants) for candidate in candidates]
        starts = np.array([0, *accumulate(sizes[:-1])])
        looks = lookbook.looks(variants, ctx)
        looks[:, LIKENESS] = [variant.score for variant in variants]
        free = looks[:, LIKENESS:]
        counts = np.array(sizes)
        free -= np.repeat(np.add.reduceat(free, starts, axis=0) / counts[:, None].astype(np.float32), sizes, axis=0)
        shared, sketch = user_row(user, context.facts), lookbook.sketch(user.vector)
        if groups is not None and sketch is not None:
            shared[GROUP] = groups.shares(sketch[None])[0]
        domains = [domain_of(candidate.category) for candidate in candidates]
        present = list(dict.fromkeys(domains))
        liking = affinities(user)
        circumstances = np.repeat(shared[None], len(present), axis=0)
        for place, domain in enumerate(present):
            circumstances[place, FIRST_DOMAIN + DOMAINS.index(domain)] = 1.0
            circumstances[place, AFFINITY] = liking.get(domain, 0.0)
        return Request(
            variants=[variant.id for variant in variants],
            skus=[candidate.sku for candidate in candidates],
            looks=looks,
            circumstances=circumstances,
            domains=np.array([present.index(domain) for domain in domains]),
            sizes=counts,
            starts=starts,
            sketch=sketch,
        )

    def scores(self, effects: Single) -> Single:
        """The score `looks' W circumstances` for W [Q, P, m], float32 [n, m]."""
        users, (_, wide, models) = len(self.circumstances), effects.shape
        by_look = (self.circumstances @ effects.reshape(len(effects), -1)).reshape(users, wide, models)
        if users == 1:
            scores: Single = self.looks @ by_look[0]
            return scores
        scores = np.empty((len(self.looks), models), np.float32)
        domains = np.repeat(self.domains, self.sizes)
        for domain in range(users):
            rows = np.flatnonzero(domains == domain)
            scores[rows] = self.looks[rows] @ by_look[domain]
        return scores

    def best(self, scores: Single) -> Places:
        """The row with the best score of each candidate in each column of scores [n, m]: [c, m]; the first of those that tie."""
        size = int(self.sizes.max())
        if len(scores) == size * len(self.sizes):
            table = scores.reshape(len(self.sizes), size, -1)
        else:
            table = np.full((len(self.sizes), size, scores.shape[1]), -np.inf, np.float32)
            table[np.arange(size) < self.sizes[:, None]] = scores
        rows: Places = table.argmax(axis=1) + self.starts[:, None]
        return rows

    def shares_of_wins(self, scores: Single) -> Floats:
        """In which share of the columns of scores [n, m] a row is the best of its candidate, float64 [n]."""
        wins = np.bincount(self.best(scores).ravel(), minlength=len(scores))
        shares: Floats = wins / scores.shape[1]
        return shares

    def memos(self, rows: Sequence[int]) -> list[str]:
        """The features of one row of each candidate, as text."""
        return memos(self.looks[rows], self.circumstances[self.domains], self.sketch)
