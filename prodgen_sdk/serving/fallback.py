"""The levels of an answer that need neither index nor ranker: what is popular in the user's category, then with everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.recommend import permitted
from prodgen_sdk.pipeline.rules import chosen
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.personal import categories_of, describe, without_hidden
from prodgen_sdk.serving.popular import segment_of
from prodgen_sdk.serving.profiles import Profiles
from prodgen_sdk.serving.refresh import Refresher
from prodgen_sdk.serving.request import Ready, Request
from prodgen_sdk.types import Candidate, CandidateVariant, Filter, Locale, Ranked, Source, UserProfile

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_VARIANTS = 64
_PAGE, _PAGES = 200, 25
_REASONS: Mapping[Locale, Mapping[str, str]] = {
    "en": {"segment": "popular in this department", "popular": "popular with everybody"},
    "zh": {"segment": "该品类热门", "popular": "大家都喜欢"},
}


class Fallback:
    """Reads what may be shown from the database alone, so that it answers when nothing else does."""

    def __init__(
        self, store: Store, host: Host, catalogue: Catalogue, profiles: Profiles, refresher: Refresher
    ) -> None:
        self._store = store
        self._host = host
        self._catalogue = catalogue
        self._profiles = profiles
        self._refresher = refresher

    def ready(self, request: Request) -> Ready:
        """What to show, by what others like; hooks and rules hold here as well.

        Raises:
            StoreError: the database failed.
            PluginError: a `filter_candidates` hook failed.
        """
        context = request.context
        user = request.profile or self._known(request)
        eligible = without_hidden(request.filter, user)
        found: dict[str, Ranked] = {}
        sources: dict[str, Source] = {}
        names = self._names(request, user, eligible)
        part = max(4 * context.k, 64)
        ready: list[Ranked] = []
        while len(ready) < context.k and (some := dict(islice(names, part))):
            sources.update((sku, source) for sku, source in some.items() if sku not in sources)
            for candidate in self._candidates([sku for sku in some if sku not in found], eligible):
                found[candidate.sku] = self._ranked(candidate, sources[candidate.sku], context.locale)
            allowed = permitted(self._host, [item.candidate for item in found.values()], user, context)
            kept = {candidate.sku for candidate in allowed}
            ready = chosen(
                request.rules.now(user.user, context.at),
                sorted((item for sku, item in found.items() if sku in kept), key=lambda item: -item.score),
                user,
                k=context.k,
                at=context.at,
                locale=context.locale,
                products_of=self._catalogue.products,
                servable=lambda items, k: list(items[:k]),
            ).ranked
        full = Ready(describe(self._catalogue, ready), [sources[item.candidate.sku] for item in ready])
        request.watch.lap("popular")
        return full

    def _known(self, request: Request) -> UserProfile:
        context = request.context
        try:
            return self._profiles.profile(request.user, context.at, context.locale, vectors=False)
        except ProdgenError:
            # The database decides below whether there is an answer at all.
            return UserProfile(user=request.user)

    def _names(self, request: Request, user: UserProfile, eligible: Filter) -> Iterator[tuple[str, Source]]:
        """Skus in the order to look at, each once; at last those of the catalogue that nobody did anything with."""
        charts, excluded = self._refresher.charts, set(eligible.exclude_skus)
        seen: set[str] = set(excluded)
        categories = categories_of(user, request.context.facts)
        lists: list[tuple[Source, tuple[str, ...]]] = [("segment", segment_of(charts, categories))]
        lists += [("popular", charts.by_category.get(category, ())) for category in eligible.categories]
        lists.append(("popular", charts.overall))
        lists.append(("popular", eligible.skus))
        for source, skus in lists:
            for sku in skus:
                if sku not in seen:
                    seen.add(sku)
                    yield sku, source
        for category in eligible.categories or (None,):
            after = None
            for _ in range(_PAGES):
                page = [p.sku for p in self._store.products.iterate(category=category, after=after, limit=_PAGE)]
                yield from ((sku, "popular") for sku in page if sku not in seen)
                seen.update(page)
                if len(page) < _PAGE or ((left := request.watch.left) is not None and left <= 0):
                    break
                after = page[-1]

    def _candidates(self, skus: list[str], eligible: Filter) -> list[Candidate]:
        variants = self._store.variants.approved_of(skus, _VARIANTS)
        shown = self._store.variants.servable([id for ids in variants.values() for id in ids])
        found = []
        for sku in skus:
            ids = [id for id in variants.get(sku, ()) if id in shown and eligible.allows(sku, shown[id][1])]
            if ids:
                pictures = tuple(CandidateVariant(id=id, score=0.0) for id in ids)
                found.append(Candidate(sku=sku, variants=pictures, category=shown[ids[0]][1].category))
        return found

    def _ranked(self, candidate: Candidate, source: Source, locale: Locale) -> Ranked:
        weight = self._refresher.charts.weights.get(candidate.sku, 0.0)
        shares = {"popularity": weight} | ({"segment": 1.0} if source == "segment" else {})
        words = _REASONS[locale]
        score = sum(shares.values())
        return Ranked(candidate=candidate, score=score, contributions=shares, reasons=(words[source],))
