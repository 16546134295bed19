"""Replay: a policy walks through a log and learns from the rows in which it would have shown what was shown.

Li, Chu, Langford and Wang (2011), Unbiased Offline Evaluation of Contextual-bandit-based News Article Recommendation
Algorithms. Rows are kept with a probability that makes up for how they were logged (rejection sampling), so that the log need
not be uniform; kept rows are then distributed as if the policy had run, and what it learns from them is what it would have learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from prodgen_rank.evaluation.intervals import Interval, clopper_pearson
from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Row(Generic[Seen]):
    """One logged decision: what was seen, the action taken with probability `pscore`, and its reward, 0 to 1."""

    seen: Seen
    action: str
    pscore: float
    reward: float


@dataclass(frozen=True)
class Replayed:
    """What a replay found.

    Args:
        value: mean reward of the rows that count, by weight; NaN when there is none.
        rewards: [matched], in their order: the learning curve.
        weights: [matched].
        rows: how many rows were walked through.
    """

    value: float
    rewards: Floats
    weights: Floats
    rows: int

    @property
    def interval(self) -> Interval:
        """The exact interval, of 0/1 rewards with equal weights."""
        return clopper_pearson(float(self.rewards.sum()), max(1, len(self.rewards)))


def replay(
    log: Sequence[Row[Seen]],
    choose: Callable[[Seen], str],
    learn: Callable[[Row[Seen]], None] = lambda row: None,
    *,
    floor: float | None = None,
    seed: int = 0,
) -> Replayed:
    """Unbiased for policies that learn, up to the end of the matched rows.

    A matching row is kept with probability `floor / pscore`. With a uniform log of always equally many actions every one is.

    Args:
        choose: the policy's own draw.
        floor: no row was logged with a smaller probability; the least of the log if None. A larger floor would bias.

    Raises:
        InputError: the log is empty, or a probability is below `floor`, or not above 0 and up to 1.
    """
    least = _least(log)
    floor = least if floor is None else floor
    if not 0 < floor <= least:
        raise InputError(f"The floor {floor:g} is not above 0 and at most the least logged probability, {least:g}.")
    rng, rewards = np.random.default_rng(seed), []
    for row in log:
        if choose(row.seen) == row.action and rng.random() * row.pscore < floor:
            rewards.append(row.reward)
            learn(row)
    kept = np.asarray(rewards, np.float64)
    return Replayed(float(kept.mean()) if len(kept) else float("nan"), kept, np.ones(len(kept)), len(log))


def _least(log: Sequence[Row[Any]]) -> float:
    if not log:
        raise InputError("The log has no rows.")
    if not all(0 < row.pscore <= 1 for row in log):
        raise InputError("A row has no probability above 0 and up to 1.", hint="Leave out rows without a propensity.")
    return min(row.pscore for row in log)
