"""`rank/hybrid`: a weighted sum of likeness, what others liked, popularity, category and novelty, then diversity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import repeat
from operator import attrgetter, is_not
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from prodgen_rank.config import Config
from prodgen_rank.durable import Durable
from prodgen_rank.models.interactions import ACTIONS, Interactions
from prodgen_rank.models.preference import FILE, Preference
from prodgen_rank.rankers.collaborative import HistoryScores, score_history
from prodgen_rank.rankers.diversity import diversify
from prodgen_rank.rankers.explained import Explained
from prodgen_rank.rankers.shares import shares
from prodgen_rank.rankers.trending import Trends
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.types import Candidate, Event, LazyRanked, Ranked, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_SKU, _VECTOR = attrgetter("sku"), attrgetter("vector")
_TRAINING = Path("training", "rank")


class HybridRanker(Ranker):
    """The score is the sum of its contributions; candidates that tie are ordered by sku.

    For diversity, the session and its reasons it looks the candidates' vectors up in the configured index; where there is none,
    all three do without. What `fit` learns lives in `ctx.state`: what is popular, and a model of who likes what. What the user
    bought lately is held back, what lies in the cart is not.

    Example:
        >>> from datetime import datetime, timezone
        >>> from prodgen_sdk.types import CandidateVariant
        >>> mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=0.5),))
        >>> user = UserProfile(user="u", vector=np.ones(4, np.float32) / 2)
        >>> context = RecommendationContext(at=datetime(2026, 1, 1, tzinfo=timezone.utc))
        >>> HybridRanker(None, Context()).rank(user, [mug], context, Context())[0].contributions
        {'similarity': 0.5}
    """

    durable: ClassVar[bool] = True
    learns_from = ACTIONS

    def __init__(self, config: Config | None, ctx: Context) -> None:
        whole = config or Config()
        self._config = whole.ranker
        self._settings = whole.models.get(self._config.model, {})
        self._trends = Durable(ctx.state, "trends.json", Trends(), Trends.encoded, Trends.decoded)
        self._folder = ctx.state
        self._kept: Preference | None = None
        self._lock = Lock()
        self._remembered: WeakKeyDictionary[Any, HistoryScores] = WeakKeyDictionary()

    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        """Fits the model that `prodgen train rank` chose, with the settings that it found, or else the configured one.

        It looks for `training/rank` in the workspace, where that command leaves what it trained, or in `ctx.state`.
        """
        events = list(log)
        with self._trends.writing():
            self._keep(self._fitted(events, ctx))
            self._trends.put(Trends.of(events, self._config.half_life_days))

    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Ranked]:
        if not candidates:
            return []
        candidates = sorted(candidates, key=_SKU)
        trends, skus = self._trends.get(), list(map(_SKU, candidates))
        others = self._history_scores(user, context) if self._config.collaborative else None
        codes = others.codes(skus) if others is not None else np.zeros(len(skus), np.int64)
        vectors = _vectors(candidates, ctx)
        liked = others.scores(codes) if others is not None else None
        columns = shares(user, candidates, context, self._config, trends, vectors, liked)
        relevance = np.zeros(len(candidates))
        for column in columns.values():
            relevance += column
        if vectors is None:
            order, penalties = np.argsort(-relevance, kind="stable").tolist(), np.zeros(len(candidates))
        else:
            order, penalties = diversify(relevance, vectors, self._config.diversity, context.k)
        if penalties.any():
            columns["diversity"] = -penalties
        explained = Explained(candidates, order, columns, user, vectors, others, codes, trends, context, self._config)
        scores = (relevance - penalties)[order].tolist()
        later = map(partial, repeat(explained.of), range(len(scores)))
        made: list[Ranked] = [*LazyRanked.many(zip(map(candidates.__getitem__, order), scores, later, strict=True))]
        return made

    def propose(self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context) -> Sequence[str]:
        """What the model of preference holds highest for the user; nothing for a user of whom it knows nothing."""
        others = self._history_scores(user, context) if self._config.collaborative else None
        return others.best(n, without=user.seen) if others is not None else ()

    def _history_scores(self, user: UserProfile, context: RecommendationContext) -> HistoryScores | None:
        """What the model says for the user; remembered until they do something, or else for the request, which asks twice."""
        preference, now = self._preference(), context.at.timestamp()
        if preference is None:
            return None
        past = user if user.past is None else user.past
        with self._lock:
            known = self._remembered.get(past) or self._remembered.get(user)
        if known is None or known.preference is not preference or not (known.lasts or known.now == now):
            known = score_history(preference, user, now)
            if known is not None:
                with self._lock:
                    self._remembered[past if known.lasts else user] = known
        return known

    def _preference(self) -> Preference | None:
        return Preference.load(self._folder) if self._folder else self._kept

    def _fitted(self, events: Sequence[Event], ctx: Context) -> Preference | None:
        trained = self._trained()
        name = trained.name if trained else self._config.model
        data = Interactions.from_events(events)
        if not name or not len(data):
            return None
        settings, facts = (trained.settings, trained.facts) if trained else (self._settings, None)
        return Preference.fit(name, data, ctx, settings, facts)

    def _trained(self) -> Preference | None:
        before = self._preference()
        found = Preference.load(self._folder.parent.parent / _TRAINING) if self._folder else None
        return found or (before if before is not None and before.facts else None)

    def _keep(self, preference: Preference | None) -> None:
        self._kept = preference
        if self._folder is None:
            return
        if preference is not None:
            preference.save(self._folder)
        else:
            Path(self._folder / FILE).unlink(missing_ok=True)


def _vectors(candidates: Sequence[Candidate], ctx: Context) -> Vectors | None:
    """float32 [n, dimension] of each candidate's best variant, zeros where unknown; None without an index."""
    given = list(map(_VECTOR, candidates))
    if all(map(is_not, given, repeat(None))):
        return np.concatenate(given).reshape(len(given), -1)
    ids = [candidate.variants[0].id for candidate in candidates]
    try:
        known = ctx.lookup("index").vectors(ids)
    except NotFound:
        return None
    if not known:
        return None
    nothing = np.zeros_like(next(iter(known.values())))
    # Several times as fast as `asarray` of a list of arrays.
    stacked = np.concatenate([known.get(id, nothing) for id in ids]).reshape(len(ids), -1)
    return stacked.astype(np.float32, copy=False)
