"""Business rules over ranked products: pure functions, between the ranker and the choice of the variant.

What is blocked is gone before anything else happens, so that no policy ever explores it. Boosts then change scores, each by a
stated share. At last the places are filled one by one: promoted ones first, then the best product that breaks no cap and leaves
room for the shares that are owed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from prodgen_sdk.types import Filter, Locale, Product, Ranked, UserProfile
from prodgen_sdk.types.rules import Bought, Cap, Promote, Rules, Share

_PROMOTED: Mapping[Locale, str] = {"en": "promoted", "zh": "推广"}


class Slate(NamedTuple):
    """The products to show, in order, and what rules could not be kept."""

    ranked: list[Ranked]
    notes: tuple[str, ...]


def wanted(rules: Rules, eligible: Filter) -> list[Filter]:
    """What has to be among the candidates for the rules to be kept: the products that they promote or owe a share.

    Args:
        eligible: what the request asks for; a filter keeps to it where it has a say itself only as far as one filter can hold,
            so what is found is still to be checked.
    """
    found = []
    for rule in (*rules.promote, *rules.share):
        own = rule.where.as_filter().model_dump(exclude_defaults=True)
        found.append(eligible.model_copy(update=own))
    return list(dict.fromkeys(found))


def forbidden(rules: Rules, user: UserProfile, at: datetime, products: Mapping[str, Product]) -> frozenset[str]:
    """The skus among `products` that must not be shown to the user, or chosen from."""
    tests: list[Callable[[Product], bool]] = [rule.where.holds for rule in rules.block]
    tests += [_was_bought(rule, user, at) for rule in rules.bought]
    return frozenset(sku for sku, product in products.items() if any(test(product) for test in tests))


def _was_bought(rule: Bought, user: UserProfile, at: datetime) -> Callable[[Product], bool]:
    since = at - timedelta(days=rule.days)
    lately = [interest for interest in user.interests if interest.bought_at is not None and interest.bought_at > since]
    skus = {interest.sku for interest in lately}
    categories = {interest.category for interest in lately if interest.category}

    def test(product: Product) -> bool:
        found = product.sku in skus if rule.same == "product" else product.category in categories
        return found and rule.where.holds(product)

    return test


def boosted(rules: Rules, ranked: Sequence[Ranked], products: Mapping[str, Product]) -> list[Ranked]:
    """The same products with changed scores, best first; those that tie keep their order."""
    if not rules.boost:
        return list(ranked)
    found = []
    for item in ranked:
        product, shares = products[item.candidate.sku], dict(item.contributions)
        for rule in rules.boost:
            if rule.where.holds(product):
                shares[f"rule:{rule.name}"] = rule.change(item.score)
        if len(shares) > len(item.contributions):
            score = item.score + sum(list(shares.values())[len(item.contributions) :])
            item = item.model_copy(update={"score": score, "contributions": shares})
        found.append(item)
    return sorted(found, key=lambda item: -item.score)


def arrange(
    rules: Rules,
    ranked: Sequence[Ranked],
    products: Mapping[str, Product],
    user: UserProfile,
    *,
    k: int,
    at: datetime,
    locale: Locale = "en",
) -> Slate:
    """The first k products under the rules that hold now (see `Rules.now`).

    A product that a rule moved to its place has a contribution `rule:<name>` of 0. A promotion stands above caps and counts for
    them. A cap or a share that cannot be kept gives way, and a promotion of which there is nothing leaves its place to others;
    `notes` says so.

    Args:
        ranked: in the ranker's order.
        products: at least those that are ranked; others are ignored.

    >>> from prodgen_sdk.types import Candidate, CandidateVariant
    >>> from prodgen_sdk.types.rules import Cap
    >>> names = {"a": "home/mug", "b": "home/mug", "c": "home/lamp"}
    >>> goods = {sku: Product(sku=sku, title=sku, category=category) for sku, category in names.items()}
    >>> order = [Ranked(candidate=Candidate(sku=s, variants=(CandidateVariant(id=s, score=1),)), score=1) for s in "abc"]
    >>> one_each = Rules(cap=(Cap(name="mix", at_most=1),))
    >>> slate = arrange(one_each, order, goods, UserProfile(user="ann"), k=2, at=datetime(2026, 1, 1))
    >>> [item.candidate.sku for item in slate.ranked]
    ['a', 'c']
    """
    out = forbidden(rules, user, at, {item.candidate.sku: products[item.candidate.sku] for item in ranked})
    left = boosted(rules, [item for item in ranked if item.candidate.sku not in out], products)
    return _Places(rules, left, products, min(k, len(left)), locale).filled()


def chosen(
    rules: Rules,
    ranked: Sequence[Ranked],
    user: UserProfile,
    *,
    k: int,
    at: datetime,
    locale: Locale,
    products_of: Callable[[Sequence[str]], Mapping[str, Product]],
    servable: Callable[[Sequence[Ranked], int], list[Ranked]],
) -> Slate:
    """The first k products that may be shown under the rules that hold now (see `Rules.now`).

    Args:
        products_of: the catalogue's products by sku; asked only where a rule applies.
        servable: of ranked products the first that may be shown at this moment, at most so many.
    """
    if not rules.all():
        return Slate(servable(ranked, k), ())
    products = products_of([item.candidate.sku for item in ranked])
    left = [item for item in ranked if item.candidate.sku in products]
    while True:
        slate = arrange(rules, left, products, user, k=k, at=at, locale=locale)
        shown = servable(slate.ranked, k)
        if len(shown) == len(slate.ranked):
            return Slate(shown, slate.notes)
        # What cannot be shown would leave its place to a product that the rules put elsewhere: arrange again without it.
        gone = {item.candidate.sku for item in slate.ranked} - {item.candidate.sku for item in shown}
        left = [item for item in left if item.candidate.sku not in gone]


class _Counted(NamedTuple):
    """A cap, the group of each product that it is about, and how many of each group were taken."""

    rule: Cap
    groups: Mapping[str, str]
    taken: Counter[str]

    def is_full(self, sku: str, place: int) -> bool:
        group = self.groups.get(sku)
        return group is not None and place <= self.rule.first and self.taken[group] >= self.rule.at_most


class _Owed(NamedTuple):
    """A share, and the products that serve it."""

    rule: Share
    skus: frozenset[str]


class _Places:
    """Fills places one by one; holds what is left and what was taken so far."""

    def __init__(
        self, rules: Rules, left: Sequence[Ranked], products: Mapping[str, Product], k: int, locale: Locale
    ) -> None:
        known = {item.candidate.sku: products[item.candidate.sku] for item in left}
        self._products, self._k, self._locale = known, k, locale
        self._left = {item.candidate.sku: item for item in left}
        self._taken: dict[str, Ranked] = {}
        self._notes: dict[str, None] = {}
        self._caps = [
            _Counted(rule, {s: rule.group(p) for s, p in known.items() if rule.where.holds(p)}, Counter())
            for rule in rules.cap
        ]
        self._shares = [
            _Owed(rule, frozenset(s for s, p in known.items() if rule.where.holds(p))) for rule in rules.share
        ]
        self._promised = {
            place: rule
            for rule in reversed(rules.promote)
            for place in range(rule.position, rule.position + rule.places)
        }

    def filled(self) -> Slate:
        for place in range(1, self._k + 1):
            rule = self._promised.get(place)
            item = self._promoted(rule) if rule is not None else None
            self._take(item if item is not None else self._best(place))
        return Slate(list(self._taken.values()), tuple(self._notes))

    def _take(self, item: Ranked) -> None:
        sku = item.candidate.sku
        del self._left[sku]
        self._taken[sku] = item
        for cap in self._caps:
            if sku in cap.groups:
                cap.taken[cap.groups[sku]] += 1

    def _promoted(self, rule: Promote) -> Ranked | None:
        found = next((item for sku, item in self._left.items() if rule.where.holds(self._products[sku])), None)
        if found is None:
            self._note(f"{rule.name}: there is nothing left to promote")
            return None
        label = rule.label or _PROMOTED[self._locale]
        return _moved(found, [rule.name]).model_copy(update={"reasons": (label, *found.reasons)})

    def _best(self, place: int) -> Ranked:
        """The best one left that breaks no cap and serves the shares that can wait no longer."""
        # Where every product breaks a cap, caps give way; shares do not give way with them.
        within = self._first(place, (), capped=True)
        capped = within is not None
        best = unbound = within or next(iter(self._left.values()))
        served: list[_Owed] = []
        for owed in self._shares:
            if self._is_due(owed, place):
                found = self._first(place, [*served, owed], capped=capped)
                if found is None:
                    self._note(f"{owed.rule.name}: there are not enough such products")
                else:
                    best = found
                    served.append(owed)
        for cap in self._caps:
            if cap.is_full(best.candidate.sku, place):
                self._note(f"{cap.rule.name}: nothing else was left")
        return best if best is unbound else _moved(best, [owed.rule.name for owed in served])

    def _first(self, place: int, owed: Sequence[_Owed], *, capped: bool) -> Ranked | None:
        return next(
            (
                item
                for sku, item in self._left.items()
                if all(sku in share.skus for share in owed)
                and not (capped and any(cap.is_full(sku, place) for cap in self._caps))
            ),
            None,
        )

    def _is_due(self, owed: _Owed, place: int) -> bool:
        """Whether so many places are still owed that there is no room for others."""
        window = min(owed.rule.first, self._k)
        missing = math.ceil(owed.rule.at_least * window - 1e-9) - len(owed.skus & self._taken.keys())
        free = [later for later in range(place, window + 1) if later == place or later not in self._promised]
        return place <= window and missing >= len(free)

    def _note(self, text: str) -> None:
        self._notes[text] = None


def _moved(item: Ranked, names: Sequence[str]) -> Ranked:
    return item.model_copy(update={"contributions": {**item.contributions, **{f"rule:{name}": 0.0 for name in names}}})
