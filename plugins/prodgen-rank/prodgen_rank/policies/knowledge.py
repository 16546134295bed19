"""What the linear policies remember: the sums of a regression, and what each product and variant did beyond it.

All parts add up, so that what two processes learnt is merged in any order. With a half-life, every observation is weighted by
`2 ** (-age / half_life)`, measured from the newest one: two memories are brought to the same time before they are added.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_rank.policies.features import GROUPS, LAYOUT, SKETCH
from prodgen_rank.policies.groups import Groups
from prodgen_rank.policies.linear import Moments
from prodgen_sdk.errors import InputError

Single = NDArray[np.float32]
Tally = tuple[float, float]
"""Information (variance of the rewards that were expected), sum of (reward - what the regression expected)."""


@dataclass(frozen=True)
class Knowledge:
    """Additive memory.

    Args:
        moments: of the features that LAYOUT names.
        variants, products: a tally by variant id and by sku.
        groups: of users, once there were enough of them.
        sketches: of the users that groups will be made of, by a hash of their name; empty once there are groups.
        at: the time, in days since 1970, up to which weights have decayed.
    """

    moments: Moments = field(default_factory=lambda: Moments.none(len(LAYOUT.pairs)))
    variants: Mapping[str, Tally] = field(default_factory=dict)
    products: Mapping[str, Tally] = field(default_factory=dict)
    groups: Groups | None = None
    sketches: Mapping[str, Single] = field(default_factory=dict)
    at: float = 0.0

    def decayed(self, at: float, half_life: float | None) -> Knowledge:
        """The same as it counts at a later time."""
        if half_life is None or at <= self.at or not self.moments.count:
            return replace(self, at=max(at, self.at))
        factor = 2.0 ** ((self.at - at) / half_life)
        variants, products = (
            {key: (n * factor, total * factor) for key, (n, total) in tallies.items()}
            for tallies in (self.variants, self.products)
        )
        return replace(self, moments=self.moments.times(factor), variants=variants, products=products, at=at)

    @property
    def digest(self) -> str:
        """Names what is known; equal knowledge has equal digests."""
        text = hashlib.sha256(_half(self.moments.gram).tobytes() + self.moments.moment.tobytes())
        text.update(self.groups.centres.tobytes() if self.groups else b"")
        for tallies in (self.variants, self.products):
            text.update(repr(sorted(tallies.items())).encode())
        return text.hexdigest()


def merge(a: Knowledge, b: Knowledge, half_life: float | None = None) -> Knowledge:
    """What both know together; observations in both would count twice.

    Args:
        half_life: days after which an observation counts half; None for never.

    Raises:
        InputError: they put users into different groups, so that their sums mean different things.
    """
    if a.groups and b.groups and a.groups != b.groups:
        raise InputError(
            "The two memories put users into different groups.", hint="Keep one, and replay the other's feedback."
        )
    at, groups = max(a.at, b.at), a.groups or b.groups
    a, b = a.decayed(at, half_life), b.decayed(at, half_life)
    sketches = {} if groups else dict(sorted({**a.sketches, **b.sketches}.items()))
    for user in a.sketches.keys() & b.sketches.keys() if not groups else ():
        sketches[user] = min(a.sketches[user], b.sketches[user], key=lambda sketch: sketch.tobytes())
    return Knowledge(
        moments=a.moments.plus(b.moments),
        variants=_added(a.variants, b.variants),
        products=_added(a.products, b.products),
        groups=groups,
        sketches=sketches,
        at=at,
    )


def tally(rows: Iterable[tuple[str, float, float]]) -> dict[str, Tally]:
    """Sums of (key, information, residual) by key.

    >>> tally([("a", 1.0, 0.5), ("b", 1.0, 0.0), ("a", 1.0, -0.25)])
    {'a': (2.0, 0.25), 'b': (1.0, 0.0)}
    """
    totals: dict[str, Tally] = {}
    for key, information, residual in rows:
        n, total = totals.get(key, (0.0, 0.0))
        totals[key] = (n + information, total + residual)
    return totals


def encode(knowledge: Knowledge) -> dict[str, Any]:
    """As JSON-ready data; of the symmetric matrix only one half."""
    moments, groups = knowledge.moments, knowledge.groups
    return {
        "layout": LAYOUT.tag,
        "gram": _packed(_half(moments.gram)),
        "moment": _packed(moments.moment),
        "squares": float(moments.squares),
        "count": float(moments.count),
        "variants": dict(knowledge.variants),
        "products": dict(knowledge.products),
        "groups": [_packed(groups.centres), groups.variance] if groups else None,
        "sketches": {user: _packed(sketch) for user, sketch in knowledge.sketches.items()},
        "at": knowledge.at,
    }


def decode(data: dict[str, Any]) -> Knowledge:
    """What `encode` wrote; that of another layout cannot be read any more and is nothing."""
    if data["layout"] != LAYOUT.tag:
        return Knowledge()
    size = len(LAYOUT.pairs)
    lower = np.zeros((size, size))
    lower[np.tril_indices(size)] = _unpacked(data["gram"])
    moments = Moments(
        gram=lower + np.tril(lower, -1).T,
        moment=_unpacked(data["moment"]),
        squares=np.asarray(data["squares"]),
        count=np.asarray(data["count"]),
    )
    variants, products = (
        {key: (n, total) for key, (n, total) in data[part].items()} for part in ("variants", "products")
    )
    groups = None
    if data["groups"]:
        centres, variance = data["groups"]
        groups = Groups(_unpacked(centres).reshape(GROUPS, SKETCH).astype(np.float32), variance)
    sketches = {user: _unpacked(sketch).astype(np.float32) for user, sketch in data["sketches"].items()}
    return Knowledge(moments, variants, products, groups, sketches, data["at"])


def _added(a: Mapping[str, Tally], b: Mapping[str, Tally]) -> dict[str, Tally]:
    both = dict(a)
    for key, (n, total) in b.items():
        n_before, before = both.get(key, (0.0, 0.0))
        both[key] = (n_before + n, before + total)
    return both


def _half(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    half: NDArray[np.float64] = matrix[np.tril_indices(len(matrix))]
    return half


def _packed(values: NDArray[Any]) -> str:
    return base64.b64encode(values.astype("<f8").tobytes()).decode()


def _unpacked(text: str) -> NDArray[np.float64]:
    return np.frombuffer(base64.b64decode(text), "<f8").copy()
