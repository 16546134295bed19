"""`rank/popular`, `rank/item-knn`, `rank/ease`, `rank/ials`, `rank/visual`, `rank/transitions`, `rank/sequence`, `rank/blend`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from prodgen_rank.config import Config
from prodgen_rank.models.interactions import ACTIONS, History, Interactions
from prodgen_rank.models.preference import Preference
from prodgen_rank.rankers.pictures import pictures_among, pictures_of
from prodgen_rank.rankers.reasons import SENTENCES, because
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.types import Candidate, Event, Ranked, RecommendationContext, UserProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

HIDDEN = 2.0
CAUSES = 5
_LIKELY = 0.05


class PreferenceRanker(Ranker):
    """Orders candidates by what one model of preference says of them for the user's history.

    A score is 1 for the product that the model holds highest of all it knows, and 0 for an average or unknown one; less 2 for
    what the user has hidden. Its contributions are what the five strongest products of the history add (`history:<sku>`), and
    the rest (`model`); a user without a history is ranked by popularity. What was fitted is kept in `ctx.state`.
    """

    durable: ClassVar[bool] = True

    def __init__(self, model: str, config: Config | None, ctx: Context) -> None:
        self._model = model
        self.learns_from = ACTIONS
        self._settings = (config or Config()).models.get(model, {})
        self._folder = ctx.state
        self._kept: Preference | None = None

    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        """With the settings that `prodgen train rank` found, where it trained this model; else with those of the configuration."""
        before = self._preference()
        settings = before.settings if before else self._settings
        data, facts = Interactions.from_events(log), before.facts if before else None
        vectors = pictures_of(data.skus, ctx) if self._model == "visual" else None
        kept = Preference.fit(self._model, data, ctx, settings, facts, vectors)
        if self._folder:
            kept.save(self._folder)
        else:
            self._kept = kept

    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Ranked]:
        preference = self._preference()
        skus = [candidate.sku for candidate in candidates]
        if preference is None or not candidates:
            shares: list[dict[str, float]] = [{} for _ in skus]
            causes: list[str | None] = [None] * len(skus)
        else:
            shares, causes = self._shares(preference, preference.history(user), candidates, context, ctx)
        hidden = {interest.sku for interest in user.interests if interest.weight < 0}
        words, interests = SENTENCES[context.locale], {interest.sku: interest for interest in user.interests}
        domains = {_domain(interest.category) for interest in user.interests if interest.weight > 0} - {""}
        ranked = []
        for candidate, share, cause in zip(candidates, shares, causes, strict=True):
            if candidate.sku in hidden:
                share["hidden"] = -HIDDEN
            known = "domain" if _domain(candidate.category) in domains else "other"
            reason = because(interests[cause], words) if cause else words[known if interests else "start"]
            ranked.append(
                Ranked(candidate=candidate, score=sum(share.values()), contributions=share, reasons=(reason,))
            )
        return sorted(ranked, key=lambda item: (-item.score, item.candidate.sku))

    def propose(self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context) -> Sequence[str]:
        preference = self._preference()
        if preference is None:
            return ()
        return preference.best(preference.history(user), n, context.at.timestamp(), without=user.seen)

    def _preference(self) -> Preference | None:
        kept = Preference.load(self._folder) if self._folder else self._kept
        return kept if kept and kept.name == self._model else None

    def _shares(
        self,
        preference: Preference,
        history: History,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context,
    ) -> tuple[list[dict[str, float]], list[str | None]]:
        now, skus = context.at.timestamp(), [candidate.sku for candidate in candidates]
        cold = [c for c in candidates if c.sku not in preference.codes] if self._model == "visual" else ()
        scores = preference.scores(history, skus, now, pictures_among(cold, ctx))
        shares: list[dict[str, float]] = []
        causes: list[str | None] = []
        for score, added in zip(scores.tolist(), preference.shares(history, skus, now), strict=True):
            told = dict(list(added.items())[:CAUSES])
            share = {f"history:{sku}": value for sku, value in told.items()}
            rest = score - sum(share.values())
            if rest:
                share["model" if len(history) else "popularity"] = rest
            shares.append(share)
            first = next(iter(told), None)
            causes.append(first if first and told[first] > _LIKELY else None)
        return shares, causes


def _domain(category: str) -> str:
    return category.split("/", 1)[0]


# One a model, by the names that the plugin registers.
popular = partial(PreferenceRanker, "popular")
item_knn = partial(PreferenceRanker, "item-knn")
ease = partial(PreferenceRanker, "ease")
ials = partial(PreferenceRanker, "ials")
visual = partial(PreferenceRanker, "visual")
transitions = partial(PreferenceRanker, "transitions")
sequence = partial(PreferenceRanker, "sequence")
blend = partial(PreferenceRanker, "blend")
