"""Why a product is recommended, in words: only what the data show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import RankerConfig
from prodgen_rank.rankers.collaborative import HistoryScores
from prodgen_sdk.types import Candidate, Interest, Locale, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Codes = NDArray[np.int64]

SENTENCES: Mapping[Locale, Mapping[str, str]] = {
    "en": {
        "click": "because you clicked on {what}",
        "view": "because you viewed {what}",
        "add_to_cart": "because you put {what} in your cart",
        "purchase": "because you bought {what}",
        "search": "similar to what you searched for: “{what}”",
        "together": "others who liked {what} liked this too",
        "again": "you looked at it before",
        "popular": "popular this week",
        "here": "from the department that you are looking at",
        "start": "a first pick, until we know what you like",
        "domain": "from a department that you visit",
        "other": "something unlike what you looked at so far",
    },
    "zh": {
        "click": "因为您点击过「{what}」",
        "view": "因为您浏览过「{what}」",
        "add_to_cart": "因为您把「{what}」加入过购物车",
        "purchase": "因为您购买过「{what}」",
        "search": "与您搜索的「{what}」相似",
        "together": "喜欢「{what}」的人也喜欢这件商品",
        "again": "您看过这件商品",
        "popular": "本周热门",
        "here": "来自您正在浏览的品类",
        "start": "初次推荐，等待了解您的喜好",
        "domain": "来自您浏览过的品类",
        "other": "换个口味：与您看过的商品不同",
    },
}


def because(interest: Interest, words: Mapping[str, str]) -> str:
    """What the user did last with the product of an interest, in the sentences of a locale."""
    return words.get(interest.last_type, words["view"]).format(what=interest.title or interest.sku)


class Reasons:
    """Finds the reasons of products for one user.

    A product of the history is named if it is of the same category as the product, if its vector is near enough, or if those who
    had it had the product too (a model of preference says so).
    """

    def __init__(self, user: UserProfile, words: Mapping[str, str], config: RankerConfig) -> None:
        self._user, self._words, self._config = user, words, config
        self._by_sku = {interest.sku: interest for interest in user.interests}
        liked = [interest for interest in user.interests if interest.weight > 0]
        self._strongest: dict[str, Interest] = {}
        for interest in liked:
            if interest.category:
                self._strongest.setdefault(interest.category, interest)
        self._domains = {category.split("/", 1)[0] for category in self._strongest}

    def of(
        self,
        candidate: Candidate,
        shares: Mapping[str, float],
        cause: Interest | str | None,
        companion: str | None,
        popular: bool,
    ) -> tuple[str, ...]:
        """The reasons of one product, what weighs most first.

        Args:
            shares: what its score is made of.
            cause: the interest, or the query, that it is most like; None for none.
            companion: the product of the history that speaks for it most; None for none.
        """
        words, found = self._words, []
        cause = cause or self._strongest.get(candidate.category)
        if isinstance(cause, str):
            found.append(words["search"].format(what=cause))
        elif cause is not None:
            found.append(words["again"] if cause.sku == candidate.sku else because(cause, words))
        named = cause.sku if isinstance(cause, Interest) else None
        if companion is not None and companion not in (named, candidate.sku):
            interest = self._by_sku[companion]
            told = words["together"].format(what=interest.title or interest.sku)
            alike = shares.get("similarity", 0.0) + shares.get("session", 0.0) + shares.get("category", 0.0)
            found.insert(0 if shares.get("collaborative", 0.0) > alike else len(found), told)
        if popular:
            found.append(words["popular"])
        if not found:
            found.append(words[self._general(candidate, shares)])
        return tuple(found)

    def _general(self, candidate: Candidate, shares: Mapping[str, float]) -> str:
        if shares.get("context", 0.0) > 0:
            return "here"
        if self._user.vector is None:
            return "start"
        return "domain" if candidate.category.split("/", 1)[0] in self._domains else "other"


def nearest(
    user: UserProfile, vectors: Vectors | None, candidates: Sequence[Candidate], config: RankerConfig
) -> list[Interest | str | None]:
    """For each candidate the liked interest or the query that is most like it; None where none is like it enough.

    What counts is how far a cosine lies above the one that is enough, which is lower for queries: they are words without a
    picture, and so lie farther from any product. An interest in the candidate's own category is always like it enough.
    """
    liked = [interest for interest in user.interests if interest.weight > 0 and interest.sku in user.interest_vectors]
    asked = [query for query in user.queries if query in user.query_vectors]
    known: list[Interest | str] = [*liked, *asked]
    if vectors is None or not known or user.vector is None:
        return [None] * len(candidates)
    towards = [user.interest_vectors[i.sku] for i in liked] + [user.query_vectors[q] for q in asked]
    enough = np.asarray([config.like_product] * len(liked) + [config.like_search] * len(asked), np.float32)
    likeness = vectors @ np.concatenate(towards, dtype=np.float32).reshape(len(towards), -1).T - enough
    codes = {category: code for code, category in enumerate({i.category for i in liked} - {""})}
    theirs = np.asarray([codes.get(i.category, -1) for i in liked] + [-1] * len(asked))
    akin = np.asarray([codes.get(c.category, -2) for c in candidates])[:, None] == theirs
    np.maximum(likeness, np.float32(1e-3), out=likeness, where=akin)
    best = likeness.argmax(axis=1)
    enough_like = likeness[np.arange(len(best)), best] >= 0
    return [known[i] if like else None for i, like in zip(best.tolist(), enough_like.tolist(), strict=True)]


def companions(scores: HistoryScores | None, codes: Codes, least: float) -> list[str | None]:
    """For some products the one of the history that says most for each, where that is at least so much."""
    parts = scores.parts(codes) if scores is not None else None
    if scores is None or parts is None:
        return [None] * len(codes)
    best = parts.argmax(axis=0)
    return [scores.skus[row] if parts[row, column] >= least else None for column, row in enumerate(best.tolist())]
