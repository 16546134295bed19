"""What is known and what is asked: a table cut into training rows and what turned out to be relevant afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.models.interactions import History, Interactions, Table
from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Split:
    """One question per user: which products that are new to them come next?

    Args:
        table: the rows that models may learn from, in the order of the file; splitting it again gives a validation split.
        train: the same, as models take it.
        users: int32 [n], who is asked about: those with something relevant and a history.
        histories: what is known of each of them.
        relevant: int32 codes of what turned out to be right for each, without what is in the history.
        now: when the question is asked; the last time in `train`.
    """

    table: Table
    train: Interactions
    users: NDArray[np.int32]
    histories: tuple[History, ...]
    relevant: tuple[NDArray[np.int32], ...]
    now: float

    def __len__(self) -> int:
        return len(self.users)

    def validation(self, protocol: str) -> tuple[Split, ...]:
        """Splits of what may be learnt from, by the same protocol, to tune settings on.

        Of a random protocol there are two, which leave models nearly all that they will have in the end.
        """
        if protocol == "movielens":
            return tuple(stratified(self.table, 0.9, seed) for seed in (43, 44))
        return (PROTOCOLS[protocol](self.table),)

    def some(self, n: int, seed: int = 0) -> Split:
        """The same with at most n users to ask about, drawn at random; models learn from all the same."""
        if n >= len(self):
            return self
        rows = np.sort(np.random.default_rng(seed).choice(len(self), n, replace=False))
        histories, relevant = (tuple(each[row] for row in rows) for each in (self.histories, self.relevant))
        return Split(self.table, self.train, self.users[rows], histories, relevant, self.now)


def stratified(table: Table, share: float = 0.75, seed: int = 42) -> Split:
    """For each user a random `share` of the rows to learn from, the rest relevant.

    The same rows as `python_stratified_split` of Microsoft's recommenders with the same seed, given the same file order.
    """
    draws = np.random.RandomState(seed).rand(len(table))
    order = np.lexsort((draws, table.users))
    place, size = _places(table.users[order])
    train = np.zeros(len(table), np.bool_)
    train[order] = place < np.round(share * size)
    return cut(table, train, ~train)


def leave_last_out(table: Table) -> Split:
    """For each user the last product that was new to them is relevant, and all before it is known."""
    order = np.lexsort((np.arange(len(table)), table.times, table.users))
    users, items = table.users[order], table.items[order]
    pair = users.astype(np.int64) * max(len(table.skus), 1) + items
    first = np.zeros(len(table), np.bool_)
    first[np.unique(pair, return_index=True)[1]] = True
    place, _ = _places(users)
    last = np.zeros(table.n_users, np.int64)
    np.maximum.at(last, users, np.where(first, place, 0))
    cutoff = last[users]
    known, asked = place < cutoff, (place == cutoff) & (cutoff > 0)
    known |= cutoff == 0
    train, test = np.zeros(len(table), np.bool_), np.zeros(len(table), np.bool_)
    train[order], test[order] = known, asked
    return cut(table, train, test)


def temporal(table: Table, share: float = 0.8) -> Split:
    """Everything up to one moment is known, everything after it is relevant; `share` of the rows lie before."""
    moment = np.quantile(table.times, share, method="lower") if len(table) else 0.0
    train = table.times <= moment
    return cut(table, train, ~train)


PROTOCOLS: Mapping[str, Callable[[Table], Split]] = {
    "movielens": stratified,
    "leave-last-out": leave_last_out,
    "temporal": temporal,
}
"""By the name that options use."""


def cut(table: Table, train: NDArray[np.bool_], test: NDArray[np.bool_]) -> Split:
    """A split from two masks over the rows.

    Raises:
        InputError: no user has both a history and something new that is relevant.
    """
    known = table.take(train)
    learnt = known.interactions()
    new = np.setdiff1d(_pairs(table, test), _pairs(table, train))
    asked, wanted = np.divmod(new, max(len(table.skus), 1))
    first, last = (np.searchsorted(asked, np.arange(table.n_users), side) for side in ("left", "right"))
    users = np.flatnonzero((last > first) & (np.diff(learnt.starts) > 0))
    if not len(users):
        raise InputError(
            "No user has both a history and something new to predict.",
            hint="Give a longer log: some users need at least two products.",
        )
    now = float(learnt.times.max())
    histories = tuple(learnt.history(int(user)) for user in users)
    relevant = tuple(wanted[first[user] : last[user]].astype(np.int32) for user in users)
    return Split(known, learnt, users.astype(np.int32), histories, relevant, now)


def _pairs(table: Table, rows: NDArray[Any]) -> NDArray[np.int64]:
    """One number for each distinct pair of user and product among the rows, in order."""
    return np.unique(table.users[rows].astype(np.int64) * max(len(table.skus), 1) + table.items[rows])


def _places(users: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row of a table sorted by user: its place among the user's rows, and how many these are."""
    _, starts, sizes = np.unique(users, return_index=True, return_counts=True)
    return np.arange(len(users)) - np.repeat(starts, sizes), np.repeat(sizes, sizes)
