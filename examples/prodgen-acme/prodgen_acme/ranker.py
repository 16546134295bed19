"""`acme/purse`: what is like the user's taste, at prices that the user pays."""

import math
from collections.abc import Iterable, Sequence
from statistics import median

from prodgen_acme.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.types import Candidate, Event, Ranked, RecommendationContext, UserProfile


class PurseRanker(Ranker):
    """Similarity, less `price` for every time that a price is twice or half of what the user's products cost (their median).

    A product or a user without a price loses nothing. The currency is taken to be one.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._weight = (config or Config()).price

    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        """Nothing is learnt: prices come from the catalogue, interests from the profile."""

    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Ranked]:
        liked = [interest.sku for interest in user.interests if interest.weight > 0]
        products = ctx.products([*liked, *(candidate.sku for candidate in candidates)])
        prices = {sku: float(product.price) for sku, product in products.items() if product.price}
        paid = [prices[sku] for sku in liked if sku in prices]
        ranked = []
        for candidate in candidates:
            shares = {"similarity": candidate.score if user.vector is not None else 0.0}
            if paid and candidate.sku in prices:
                shares["price"] = -self._weight * abs(math.log2(prices[candidate.sku] / median(paid)))
            ranked.append(Ranked(candidate=candidate, score=sum(shares.values()), contributions=shares))
        return sorted(ranked, key=lambda item: (-item.score, item.candidate.sku))
