"""The first level of an answer: made for this user, through index, ranker and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from prodgen_sdk.bound import BoundIndex, BoundRanker
from prodgen_sdk.cache import Cache
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.errors import PluginError
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.indexing import facets_of
from prodgen_sdk.pipeline.recommend import described, nearest, permitted, retrieve, servable
from prodgen_sdk.pipeline.rules import Slate, chosen, wanted
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.popular import segment_of
from prodgen_sdk.serving.profiles import Profiles
from prodgen_sdk.serving.refresh import Refresher
from prodgen_sdk.serving.request import Ready, Request
from prodgen_sdk.types import Candidate, Filter, Ranked, Source, UserProfile, trusted
from prodgen_sdk.types.rules import Rules

_USERS = 2_000
_RANKED, _SKU = set(Ranked.model_fields), attrgetter("sku")


class _Asked(NamedTuple):
    """What the products nearest to a user depend on: their vector, the filter, how many, and the state of the catalogue."""

    vector: Any
    where: Filter
    n: int
    mark: int


class Personal:
    """Makes a request ready for the choice of images."""

    def __init__(
        self, host: Host, config: RecommendConfig, catalogue: Catalogue, profiles: Profiles, refresher: Refresher
    ) -> None:
        self._host = host
        self._config = config
        self._catalogue = catalogue
        self._profiles = profiles
        self._refresher = refresher
        self._nearest: Cache[str, tuple[_Asked, tuple[str, ...]]] = Cache(_USERS)
        """The skus that were nearest to each user: while they do nothing and the catalogue stays, their pages have the same."""

    @cached_property
    def _ranker(self) -> BoundRanker:
        found: BoundRanker = self._host.get("ranker")
        return found

    def ready(self, request: Request) -> Ready:
        """What to show, by all that is known; sets `request.profile` on the way.

        Raises:
            PluginError, StoreError: a stage failed.
            Cancelled: the request was given up.
        """
        context, watch = request.context, request.watch
        first = None if watch.left is None else request.patience
        self._catalogue.catch_up(request.patience, first)
        mark = self._catalogue.mark
        request.lap("sync")
        self._refresher.keep_up(request.patience, first)
        request.lap("refresh")
        user = request.profile = self._profiles.profile(request.user, context.at, context.locale)
        eligible = without_hidden(request.filter, user)
        request.lap("profile")
        slate = self._slate(request, user, eligible, mark)
        watch.notes.extend(slate.notes)
        request.lap("rules")
        items = describe(self._catalogue, self._ranker.explained(slate.ranked), self._catalogue.index)
        request.lap("describe")
        outdated = not items and bool(self._catalogue.changed_since(mark))
        return Ready(items, _sources(user, context.facts, items), outdated)

    def forget(self, user: str) -> None:
        self._nearest.drop([user])

    def _slate(self, request: Request, user: UserProfile, eligible: Filter, mark: int) -> Slate:
        """The products to show, in order.

        What else was found and ranked is gone afterwards: the less lives at once, the more seldom the garbage collector runs.
        """
        context = request.context
        rules = request.rules.now(request.user, context.at)
        allowed = self._permitted(request, user, self._found(request, user, eligible, rules, mark))
        ranked = self._ranker.rank(user, allowed, context, request.ctx)
        if rules.all():
            ranked = self._ranker.explained(ranked)
        request.lap("rank")
        return chosen(
            rules,
            ranked,
            user,
            k=context.k,
            at=context.at,
            locale=context.locale,
            products_of=self._catalogue.products,
            servable=lambda items, k: self._servable(request, items, k, eligible, mark),
        )

    def _found(self, request: Request, user: UserProfile, eligible: Filter, rules: Rules, mark: int) -> list[Candidate]:
        """Candidates from the index: near the user, proposed by the ranker, popular, and wanted by rules."""
        context, charts, counts = request.context, self._refresher.charts, request.watch.counts
        number = max(self._config.candidates, 2 * context.k)
        proposed = self._ranker.propose(user, max(1, number * 3 // 10), context, request.ctx)
        request.lap("propose")
        segment = segment_of(charts, categories_of(user, context.facts))
        if user.vector is None:
            others = list(dict.fromkeys([*proposed, *segment, *charts.overall]))[:number]
            near = number
        else:
            # A tenth is what is popular, half of that in what the user likes.
            few = max(1, number // 20)
            others = list(dict.fromkeys([*proposed, *segment[:few], *charts.overall[:few]]))
            near = number - len(others)
        extra = wanted(rules, eligible)
        where, category = eligible, str(context.facts.get("category", ""))
        if user.vector is None and category and not eligible.categories:
            # Of somebody unknown the page that is open is all there is to go by.
            where = eligible.model_copy(update={"categories": (category,)})
        found = self._retrieve(request, user, _Asked(user.vector, where, near, mark), others, extra)
        if where is not eligible and len(found) < context.k:
            found = self._retrieve(request, user, _Asked(user.vector, eligible, near, mark), others, extra)
        if extra:
            known = self._catalogue.products(candidate.sku for candidate in found)
            found = [c for c in found if c.sku in known and eligible.allows(c.sku, facets_of(known[c.sku]))]
        counts |= {"interests": len(user.interests), "proposed": len(proposed), "candidates": len(found)}
        request.lap("search")
        return found

    def _retrieve(
        self, request: Request, user: UserProfile, asked: _Asked, others: Sequence[str], extra: Sequence[Filter]
    ) -> list[Candidate]:
        catalogue, again = self._catalogue, self._again(request.user, asked)
        near = nearest(user, asked.where, catalogue.index, asked.n, request.ctx) if not again else []
        if near:
            self._nearest.put(request.user, (asked, tuple(map(_SKU, near))))
        return retrieve(
            user,
            asked.where,
            catalogue.index,
            others,
            n=asked.n,
            dimension=0 if user.vector is not None else catalogue.embedder.dimension,
            near=near,
            again=again,
            wanted=extra,
            ctx=request.ctx,
        )

    def _again(self, user: str, asked: _Asked) -> Sequence[str]:
        """What was found when the same was asked before; nothing if it was not."""
        before, skus = self._nearest.get(user) or (None, ())
        if before is None or before.vector is not asked.vector or before.mark != asked.mark or before.n < asked.n:
            return ()
        return skus[: asked.n] if before.where == asked.where else ()

    def _permitted(self, request: Request, user: UserProfile, found: Sequence[Candidate]) -> Sequence[Candidate]:
        try:
            allowed = permitted(self._host, found, user, request.context)
        except PluginError as error:
            request.must_fail = error
            raise
        request.watch.counts["filtered"] = len(found) - len(allowed)
        request.lap("filter")
        return allowed

    def _servable(self, request: Request, items: Sequence[Ranked], k: int, eligible: Filter, mark: int) -> list[Ranked]:
        def may_show(candidates: Sequence[Candidate]) -> set[str]:
            counts = request.watch.counts
            counts["checked"] = counts.get("checked", 0) + sum(len(candidate.variants) for candidate in candidates)
            return self._catalogue.servable(candidates, eligible)

        return servable(items, k, self._catalogue.changed_since(mark), may_show)


def describe(catalogue: Catalogue, items: Sequence[Ranked], found_by: BoundIndex | None = None) -> list[Ranked]:
    """Ranked products whose candidates have all that is known of them.

    Args:
        found_by: the index whose fault it is where the catalogue does not have one of them.

    Raises:
        PluginError: the catalogue does not have one of them.
    """
    candidates = [item.candidate for item in items]
    skus = [candidate.sku for candidate in candidates]
    ids = list(map(itemgetter(0), chain.from_iterable(map(attrgetter("scored"), candidates))))
    products, facts = catalogue.products(skus), catalogue.facts(ids)
    if found_by is not None and (len(products) < len(skus) or len(facts) < len(set(ids))):
        unknown = next(iter(set(skus) - products.keys() or set(ids) - facts.keys()))
        found_by.expect(False, f"it found {unknown}, which is not in the catalogue")
    full = described(candidates, products, facts)
    return trusted(Ranked, [{**item.__dict__, "candidate": it} for item, it in zip(items, full, strict=True)], _RANKED)


def without_hidden(filter: Filter, user: UserProfile) -> Filter:
    """What a user hid last is not shown to them again."""
    hidden = tuple(interest.sku for interest in user.interests if interest.last_type == "hide")
    return filter.model_copy(update={"exclude_skus": (*filter.exclude_skus, *hidden)}) if hidden else filter


def categories_of(user: UserProfile | None, facts: Mapping[str, str | float]) -> list[str]:
    """The categories that a segment may be taken from: of the page that is open, then those that the user likes."""
    page = [str(facts["category"])] if facts.get("category") else []
    liked = [i.category for i in user.interests if i.weight > 0 and i.category] if user is not None else []
    return list(dict.fromkeys([*page, *liked]))


def _sources(user: UserProfile, facts: Mapping[str, str | float], items: Sequence[Ranked]) -> list[Source]:
    if user.vector is not None or user.interests or user.queries:
        return ["personal"] * len(items)
    page = Filter(categories=(str(facts["category"]),)) if facts.get("category") else None
    return [
        "segment" if page is not None and page.allows_category(item.candidate.category) else "popular" for item in items
    ]
