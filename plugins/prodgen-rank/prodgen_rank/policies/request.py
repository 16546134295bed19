"""A request as the linear policies see it: all variants of all candidates in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import attrgetter
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

_SCORED = attrgetter("scored")


@dataclass(frozen=True)
class Request:
    """Rows are variants, in the order of the candidates.

    Args:
        variants, hashes: the id of each row, and a hash of it [n].
        skus: of each candidate [c].
        looks: float32 [n, P].
        circumstances: of each domain among the candidates, float32 [u, Q].
        domains: the place of each candidate in `circumstances` [c].
        sizes, starts: how many rows each candidate has, and its first one [c].
        sketch: of the user's vector, or None for a cold start.
    """

    variants: Sequence[str]
    hashes: NDArray[np.int64]
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
        offered = list(map(_SCORED, candidates))
        variants, scores = zip(*chain.from_iterable(offered), strict=True)
        sizes = list(map(len, offered))
        starts = np.array([0, *accumulate(sizes[:-1])])
        looks, hashes = lookbook.looks(variants, candidates, ctx)
        looks[:, LIKENESS] = scores
        free = looks[:, LIKENESS:]
        counts = np.array(sizes)
        free -= np.repeat(np.add.reduceat(free, starts, axis=0) / counts[:, None].astype(np.float32), counts, axis=0)
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
            variants=variants,
            hashes=hashes,
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
        # Slices, so that nothing is copied: neighbours of the same domain at once.
        domains, ends = self.domains.tolist(), [*self.starts.tolist()[1:], len(self.looks)]
        start = 0
        for domain, following, end in zip(domains, [*domains[1:], None], ends, strict=True):
            if following != domain:
                np.matmul(self.looks[start:end], by_look[domain], out=scores[start:end])
                start = end
        return scores

    def shares_of_wins(self, scores: Single) -> Floats:
        """In which share of the columns of scores [n, m] a row is the best of its candidate, float64 [n]; of those that tie the first."""
        size, candidates, models = int(self.sizes.max()), len(self.sizes), scores.shape[1]
        there = None if len(scores) == size * candidates else np.arange(size) < self.sizes[:, None]
        if there is None:
            table = scores.reshape(candidates, size, models)
        else:
            table = np.full((candidates, size, models), -np.inf, np.float32)
            table[there] = scores
        # Several times as fast as `argmax`, which does not say more where nothing ties.
        best = table == table.max(axis=1, keepdims=True)
        wins = best.view(np.uint8).sum(axis=2, dtype=np.uint16)
        if wins.sum() != candidates * models:
            best &= best.cumsum(axis=1) == 1
            wins = best.sum(axis=2)
        shares: Floats = (wins.ravel() if there is None else wins[there]) / models
        return shares

    def memos(self, rows: Sequence[int]) -> list[str]:
        """The features of one row of each candidate, as text."""
        return memos(self.looks[rows], self.circumstances[self.domains], self.sketch)
