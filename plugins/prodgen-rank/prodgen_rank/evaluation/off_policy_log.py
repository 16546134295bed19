"""The event log as decisions: each impression with what could have been shown, its propensity and what it earned.

The rules by which an answer belongs to an impression are those of the host, which tells policies what became of their choices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.evaluation.off_policy import Logged
from prodgen_sdk.config import REWARDS
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Event, EventType, Feedback

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Decision:
    """One impression of a variant; `feedback` holds user, sku, variant, propensity, offered, memo, reward and time."""

    feedback: Feedback
    request: str = ""
    policy: str = ""

    @property
    def offered(self) -> tuple[str, ...]:
        return self.feedback.offered

    @property
    def place(self) -> int:
        """Where the variant stands in `offered`."""
        return self.feedback.offered.index(self.feedback.variant)


def join(
    events: Iterable[Event],
    *,
    window: timedelta = timedelta(minutes=30),
    rewards: Mapping[EventType, float] = REWARDS,
    until: datetime | None = None,
) -> list[Decision]:
    """The impressions of variants in a log, in its order, each with its reward.

    An answer (an event of a type in `rewards`) counts for one impression of the same user and variant, or of the same product if
    it names no variant: the one of the request that it names, otherwise the last one before it. Of several answers to
    one impression the largest reward counts. An event whose id was there before counts once.

    Args:
        events: in the order of their arrival.
        window: how far apart impression and answer may be.
        until: impressions whose window is still open at this time are left out, for their answer may come yet.
    """
    shown: list[Event] = []
    answers: list[Event] = []
    seen: set[str] = set()
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        if event.type == "impression" and event.variant is not None and event.sku is not None:
            shown.append(event)
        elif event.type in rewards:
            answers.append(event)
    rivals = _Rivals(shown, window)
    earned: dict[int, float] = {}
    for answer in answers:
        if (n := rivals.answered(answer)) is not None:
            earned[n] = max(earned.get(n, 0.0), rewards[answer.type])
    return [
        _decision(event, earned.get(n, 0.0))
        for n, event in enumerate(shown)
        if until is None or event.at + window <= until
    ]


class _Rivals:
    """The impressions that an answer may belong to.

    Args:
        shown: impressions of variants.
        window: how far apart impression and answer may be.
    """

    def __init__(self, shown: Sequence[Event], window: timedelta) -> None:
        self._shown, self._window = shown, window
        self._by_variant: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        self._by_sku: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        for n, event in enumerate(shown):
            self._by_variant[event.user, event.variant].append(n)
            self._by_sku[event.user, event.sku].append(n)

    def answered(self, answer: Event) -> int | None:
        """The place of the impression that an answer counts for, if any."""
        named = answer.variant is not None
        found = (
            self._by_variant.get((answer.user, answer.variant))
            if named
            else self._by_sku.get((answer.user, answer.sku))
        )
        near = [n for n in found or () if abs(self._shown[n].at - answer.at) <= self._window]
        # Of one request the clocks of client and server may disagree about which came first; without, order decides.
        asked = [n for n in near if answer.request_id is not None and self._shown[n].request_id == answer.request_id]
        candidates = asked or [n for n in near if self._shown[n].at <= answer.at]
        return max(candidates, key=lambda n: (self._shown[n].at, n), default=None)


def usable(decisions: Sequence[Decision]) -> list[Decision]:
    """Those that say with what probability they were made, and among what."""
    return [d for d in decisions if d.feedback.propensity is not None and d.feedback.variant in d.offered]


def logged(
    decisions: Sequence[Decision],
    distributions: Sequence[Floats],
    predictions: Sequence[Floats] | None = None,
) -> Logged:
    """What estimators take, for a policy that gives each decision a distribution over what was offered.

    Args:
        decisions: usable ones.
        distributions: of each decision, [offered], sums to 1.
        predictions: of each decision a reward model's mean of all that was offered, [offered].

    Raises:
        InputError: there are none, or a distribution has another length than what was offered.
    """
    if not decisions:
        raise InputError("The log has no impressions that say with what probability they were made, and among what.")
    if any(len(d.offered) != len(p) for d, p in zip(decisions, distributions, strict=True)):
        raise InputError("A distribution has another length than what was offered.")
    places = [d.place for d in decisions]
    model: dict[str, Floats] = {}
    if predictions is not None:
        model["predicted"] = np.asarray([q[place] for q, place in zip(predictions, places, strict=True)])
        model["expected"] = np.asarray([float(p @ q) for p, q in zip(distributions, predictions, strict=True)])
    return Logged(
        reward=np.asarray([d.feedback.reward for d in decisions]),
        pscore=np.asarray([d.feedback.propensity for d in decisions], np.float64),
        pi_e=np.clip([p[place] for p, place in zip(distributions, places, strict=True)], 0.0, 1.0),
        clusters=users_of(decisions),
        **model,
    )


def users_of(decisions: Sequence[Decision]) -> Ints:
    """A number for each decision's user, [n]."""
    return np.asarray(np.unique([d.feedback.user for d in decisions], return_inverse=True)[1])


def halves(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """The earlier and the later half; what was shown at one time stays together."""
    in_time = sorted(decisions, key=lambda d: d.feedback.at)
    if not in_time:
        return [], []
    middle = in_time[len(in_time) // 2].feedback.at
    return [d for d in in_time if d.feedback.at < middle], [d for d in in_time if d.feedback.at >= middle]


def _decision(event: Event, reward: float) -> Decision:
    return Decision(
        feedback=Feedback(
            user=event.user,
            sku=event.sku or "",
            variant=event.variant or "",
            propensity=event.propensity,
            reward=reward,
            offered=event.offered,
            memo=event.memo,
            at=event.at,
        ),
        request=event.request_id or "",
        policy=event.policy or "",
    )
