"""What the linear policies remember: the sums of a regression, and what each product and variant did beyond it.

All parts add up, so that what two processes learnt is merged in any order. With a half-life, every observation is weighted by
`2 ** (-age / half_life)`, measured from the newest one: two memories are brought to the same time before they are added.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from prodgen_rank.policies.features import LAYOUT
from prodgen_rank.policies.linear import Moments

Tally = tuple[float, float]
"""Number of impressions, sum of (reward - what the regression expected)."""


@dataclass(frozen=True)
class Knowledge:
    """Additive memory; `at` is the time, in days since 1970, up to which weights have decayed.

    Args:
        moments: of the features that LAYOUT names.
        variants, products: a tally by variant id and by sku.
    """

    moments: Moments = field(default_factory=lambda: Moments.none(len(LAYOUT.pairs)))
    variants: Mapping[str, Tally] = field(default_factory=dict)
    products: Mapping[str, Tally] = field(default_factory=dict)
    at: float = 0.0

    def decayed(self, at: float, half_life: float | None) -> Knowledge:
        """The same as it counts at a later time."""
        if half_life is None or at <= self.at or not self.moments.count:
            return Knowledge(self.moments, self.variants, self.products, max(at, self.at))
        factor = 2.0 ** ((self.at - at) / half_life)
        variants, products = (
            {key: (n * factor, total * factor) for key, (n, total) in tallies.items()}
            for tallies in (self.variants, self.products)
        )
        return Knowledge(self.moments.times(factor), variants, products, at)

    @property
    def digest(self) -> str:
        """Names what is known; equal knowledge has equal digests."""
        text = hashlib.sha256(self.moments.gram.tobytes() + self.moments.moment.tobytes())
        for tallies in (self.variants, self.products):
            for key in sorted(tallies):
                text.update(f"{key}\0{tallies[key]!r}\n".encode())
        return text.hexdigest()


def merge(a: Knowledge, b: Knowledge, half_life: float | None = None) -> Knowledge:
    """What both know together; observations in both would count twice.

    Args:
        half_life: days after which an observation counts half; None for never.
    """
    at = max(a.at, b.at)
    a, b = a.decayed(at, half_life), b.decayed(at, half_life)
    return Knowledge(a.moments.plus(b.moments), _added(a.variants, b.variants), _added(a.products, b.products), at)


def tally(rows: Iterable[tuple[str, float, float]]) -> dict[str, Tally]:
    """Sums of (key, weight, residual): by key the total weight and the weighted total of residuals.

    >>> tally([("a", 1.0, 0.5), ("b", 1.0, 0.0), ("a", 1.0, -0.25)])
    {'a': (2.0, 0.25), 'b': (1.0, 0.0)}
    """
    totals: dict[str, Tally] = {}
    for key, weight, residual in rows:
        n, total = totals.get(key, (0.0, 0.0))
        totals[key] = (n + weight, total + weight * residual)
    return totals


def encode(knowledge: Knowledge) -> dict[str, Any]:
    """As JSON-ready data; of the symmetric matrix only one half."""
    moments, size = knowledge.moments, len(LAYOUT.pairs)
    return {
        "layout": LAYOUT.tag,
        "gram": _packed(moments.gram[np.tril_indices(size)]),
        "moment": _packed(moments.moment),
        "squares": float(moments.squares),
        "count": float(moments.count),
        "variants": dict(knowledge.variants),
        "products": dict(knowledge.products),
        "at": knowledge.at,
    }


def decode(data: dict[str, Any]) -> Knowledge:
    """What `encode` wrote; that of another layout cannot be read any more and is nothing."""
    if data["layout"] != LAYOUT.tag:
        return Knowledge()
    size = len(LAYOUT.pairs)
    lower = np.zeros((size, size))
    lower[np.tril_indices(size)] = _unpacked(data["gram"])
    gram = lower + np.tril(lower, -1).T
    moments = Moments(gram, _unpacked(data["moment"]), np.asarray(data["squares"]), np.asarray(data["count"]))
    variants, products = (
        {key: (n, total) for key, (n, total) in data[part].items()} for part in ("variants", "products")
    )
    return Knowledge(moments, variants, products, data["at"])


def _added(a: Mapping[str, Tally], b: Mapping[str, Tally]) -> Mapping[str, Tally]:
    if not b:
        return a
    both = dict(a)
    for key, (n, total) in b.items():
        n_before, before = both.get(key, (0.0, 0.0))
        both[key] = (n_before + n, before + total)
    return both


def _packed(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.astype("<f8").tobytes()).decode()


def _unpacked(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(base64.b64decode(text), "<f8").copy()
