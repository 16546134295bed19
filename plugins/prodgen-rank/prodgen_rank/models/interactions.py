"""Who did what with which product, and when, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Event, EventType

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACTIONS: tuple[EventType, ...] = tuple(type for type, weight in EVENT_WEIGHTS.items() if weight)
"""What says something about a user's taste: all but impressions."""


@dataclass(frozen=True)
class History:
    """What one user did, oldest first; all that a model is told of a user.

    Args:
        items: int32 [n], codes of products.
        weights: float32 [n], how much each counts.
        times: float64 [n], seconds since 1970 (or any rising number where only the order is known).
    """

    items: NDArray[np.int32]
    weights: NDArray[np.float32]
    times: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.items)

    def last(self, n: int) -> History:
        return History(self.items[-n:], self.weights[-n:], self.times[-n:])


@dataclass(frozen=True)
class Table:
    """Interactions in any order, such as that of a file, which some published splits depend on.

    Args:
        users: int32 [n], codes below `n_users`.
        items: int32 [n], codes of `skus`.
        weights: float32 [n], above 0.
        times: float64 [n], seconds since 1970, or the place in the user's sequence.
        skus: the products, by code.
        n_users: how many users there are.
    """

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    weights: NDArray[np.float32]
    times: NDArray[np.float64]
    skus: tuple[str, ...]
    n_users: int

    @property
    def n_items(self) -> int:
        return len(self.skus)

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: NDArray[Any]) -> Self:
        """The rows of a mask or of rising positions; the codes stay."""
        return type(self)(
            self.users[rows], self.items[rows], self.weights[rows], self.times[rows], self.skus, self.n_users
        )

    def interactions(self) -> Interactions:
        """Sorted."""
        return Interactions.of(self.users, self.items, self.times, self.skus, self.n_users, self.weights)


@dataclass(frozen=True)
class Interactions(Table):
    """All interactions, sorted by user, then time, then arrival."""

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """int64 [n_users + 1]: rows `starts[u]` up to `starts[u + 1]` are user u's."""
        return np.searchsorted(self.users, np.arange(self.n_users + 1)).astype(np.int64)

    def history(self, user: int) -> History:
        rows = slice(int(self.starts[user]), int(self.starts[user + 1]))
        return History(self.items[rows], self.weights[rows], self.times[rows])

    def histories(self) -> list[History]:
        return [self.history(user) for user in range(self.n_users)]

    def newest(self, n: int) -> Interactions:
        """The same with at most the newest n of each user, so that one who clicks all day does not outweigh the rest."""
        left = np.repeat(self.starts[1:], np.diff(self.starts)) - np.arange(len(self))
        if not len(self) or int(left.max()) <= n:
            return self
        return self.take(left <= n)

    def matrix(self) -> Any:
        """Scipy CSR float32 [n_users, n_items], the summed weights."""
        from scipy.sparse import coo_matrix

        shape = (self.n_users, self.n_items)
        return coo_matrix((self.weights, (self.users, self.items)), shape, dtype=np.float32).tocsr()

    @classmethod
    def of(
        cls,
        users: Sequence[int] | NDArray[Any],
        items: Sequence[int] | NDArray[Any],
        times: Sequence[float] | NDArray[Any],
        skus: Sequence[str],
        n_users: int,
        weights: Sequence[float] | NDArray[Any] | None = None,
    ) -> Interactions:
        """Sorts what may come in any order; equal times keep the order in which they came.

        Raises:
            InputError: a time is not finite, or a weight not finite and above 0.
        """
        who, what = np.asarray(users, np.int32), np.asarray(items, np.int32)
        when = np.asarray(times, np.float64)
        much = np.ones(len(who), np.float32) if weights is None else np.asarray(weights, np.float32)
        if not (np.isfinite(when).all() and np.isfinite(much).all() and (much > 0).all()):
            raise InputError("Interactions have finite times, and weights that are finite and above 0.")
        order = np.lexsort((np.arange(len(who)), when, who))
        return cls(who[order], what[order], much[order], when[order], tuple(skus), n_users)

    @classmethod
    def from_events(cls, log: Iterable[Event], weights: Mapping[EventType, float] = EVENT_WEIGHTS) -> Interactions:
        """The events on a product whose type has a weight above 0; skus in their order, users nameless."""
        rows: list[tuple[str, str, float, float]] = []
        for event in log:
            weight = weights.get(event.type, 0.0)
            if event.sku is not None and weight > 0:
                rows.append((event.user, event.sku, weight, event.at.timestamp()))
        skus = sorted({sku for _, sku, _, _ in rows})
        codes = {sku: code for code, sku in enumerate(skus)}
        people = {user: code for code, user in enumerate(sorted({user for user, _, _, _ in rows}))}
        return cls.of(
            [people[user] for user, _, _, _ in rows],
            [codes[sku] for _, sku, _, _ in rows],
            [at for _, _, _, at in rows],
            skus,
            len(people),
            [weight for _, _, weight, _ in rows],
        )
