"""A fortnight in the shop: visitors come, are shown products, answer, and the shop learns; one asks to be forgotten."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

from prodgen_sdk.context import Progress
from prodgen_sdk.demo.findings import Neighbours, Share, Trade, Visit
from prodgen_sdk.demo.personas import (
    OPENING,
    PASSER_BY,
    PERSONAS,
    STRANGER,
    VISITOR,
    Persona,
    answers,
    clicks_at_random,
    first_day,
)
from prodgen_sdk.demo.plan import Plan
from prodgen_sdk.errors import NotFound, ProdgenError
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import Erased, Event, Filter, Product, Recommendation, Refusal, Variant, View

_SHOWN_IN_REPORT = 5
_DAY = timedelta(days=1)
_TITLE = "A fortnight in the shop"


def trade(
    studio: Studio,
    products: Mapping[str, Product],
    variants: Mapping[str, Variant],
    people: Sequence[Path],
    plan: Plan,
    progress: Progress,
) -> tuple[Trade, dict[str, float]]:
    """Replays the events and returns what was recommended before and after, and what was measured."""
    for persona in (*PERSONAS, PASSER_BY, VISITOR):
        with suppress(NotFound):
            studio.forget(persona.user)  # of an earlier run, so that the story starts anew
    figures = build_index(studio)
    star = _most_wanted(plan.orbit_skus, products, variants)
    unlearnt = draw(studio, PERSONAS[0].user, star, OPENING, plan.probes // 2)
    browse(studio, products, variants, OPENING - timedelta(hours=20), plan.passers)
    studio.learn(at=OPENING)
    before = {persona.user: look(studio, persona, OPENING, "before") for persona in PERSONAS}

    skus = frozenset(products)
    events = [event for persona in (*PERSONAS, VISITOR) for event in first_day(persona, skus)]
    studio.record(events)
    studio.learn(at=OPENING + timedelta(hours=2))
    next_morning = OPENING + timedelta(hours=20)
    after = {persona.user: look(studio, persona, next_morning, "after") for persona in PERSONAS}
    counts, by_day = _fortnight(studio, products, variants, plan, progress)
    closing = OPENING + (plan.days + 1) * _DAY

    visits = tuple(
        Visit(
            persona,
            _deeds(persona, products),
            before[persona.user],
            after[persona.user],
            look(studio, persona, closing, "end"),
            impressions=counts[persona.user]["impression"],
            clicks=counts[persona.user]["click"],
        )
        for persona in PERSONAS
    )
    learnt = draw(studio, PERSONAS[0].user, star, closing, plan.probes // 2)
    figures |= probe(studio, closing, plan.probes)
    stranger = Visit(STRANGER, (), (), look(studio, STRANGER, closing, "after"))
    found = neighbours(studio, products, variants)
    erased = forget(studio, people)
    progress(plan.days, plan.days, _TITLE)
    figures["events"] = float(studio.store.events.count())
    told = Trade(
        visits=visits,
        stranger=stranger,
        picture_of=star,
        shares=_shares(unlearnt, learnt),
        draws=plan.probes // 2,
        neighbours=found,
        erased=erased,
        clicks_by_day=by_day,
        clicks_at_random=clicks_at_random(products, _views_of(variants)),
    )
    return told, figures


def _fortnight(
    studio: Studio,
    products: Mapping[str, Product],
    variants: Mapping[str, Variant],
    plan: Plan,
    progress: Progress,
) -> tuple[dict[str, Counter[str]], tuple[tuple[int, int], ...]]:
    """Serves day after day and learns each night: events by user and type, and impressions and clicks by day."""
    counts: dict[str, Counter[str]] = {persona.user: Counter() for persona in PERSONAS}
    by_day = []
    for day in range(1, plan.days + 1):
        progress(day - 1, plan.days, _TITLE)
        now = OPENING + day * _DAY
        today = serve_day(studio, products, variants, now, plan.shown)
        browse(studio, products, variants, now, plan.passers)
        for user, seen in today.items():
            counts[user] += seen
        by_day.append((sum(c["impression"] for c in today.values()), sum(c["click"] for c in today.values())))
        studio.learn(at=now + timedelta(hours=12))
    return counts, tuple(by_day)


def build_index(studio: Studio) -> dict[str, float]:
    """Brings the index up to date; how long that took where it was built now."""
    started = time.perf_counter()
    changed = studio.sync()
    seconds = time.perf_counter() - started
    return {"index_build_s": seconds} if changed else {}


def serve_day(
    studio: Studio, products: Mapping[str, Product], variants: Mapping[str, Variant], now: datetime, shown: int
) -> dict[str, Counter[str]]:
    """Shows products to every persona and records how they answer; returns the events of each by type."""
    counts = {}
    for persona in PERSONAS:
        request = f"demo-{persona.user}-{now:%Y%m%d}"
        items = studio.recommend(persona.user, shown, at=now, request_id=request)
        events = list(answers(persona, items, products, _views(items, variants), now))
        studio.record(events)
        counts[persona.user] = Counter(event.type for event in events) + Counter(impression=len(items))
    return counts


def browse(
    studio: Studio, products: Mapping[str, Product], variants: Mapping[str, Variant], now: datetime, times: int
) -> None:
    """Shows whole departments to passers-by, whose clicks teach which images work."""
    events: list[Event] = []
    for domain in PASSER_BY.taste:
        for number in range(1, times + 1):
            at = now + number * timedelta(minutes=45)
            request = f"demo-{domain}-{at:%Y%m%d%H%M}"
            department = Filter(categories=(domain,))
            items = studio.recommend(PASSER_BY.user, 30, filter=department, at=at, request_id=request)
            events += answers(PASSER_BY, items, products, _views(items, variants), at)
    studio.record(events)


def look(studio: Studio, persona: Persona, at: datetime, when: str) -> tuple[Recommendation, ...]:
    """What a persona would be shown, without logging it."""
    request = f"demo-{persona.user}-{when}"
    return tuple(
        studio.recommend(persona.user, _SHOWN_IN_REPORT, at=at, request_id=request, log=False, locale=persona.locale)
    )


def draw(studio: Studio, user: str, sku: str, at: datetime, times: int) -> list[Recommendation]:
    """Asks for one product again and again, to see which image is chosen how often."""
    only = Filter(skus=(sku,))
    return [
        item
        for number in range(times)
        for item in studio.recommend(user, 1, filter=only, at=at, request_id=f"draw-{number}", log=False)
    ]


def probe(studio: Studio, at: datetime, times: int) -> dict[str, float]:
    """Latency of single requests of warm users, measured around the call."""
    took = []
    for number in range(times):
        user = PERSONAS[number % len(PERSONAS)].user
        started = time.perf_counter()
        studio.recommend(user, 10, at=at, request_id=f"probe-{number}", log=False)
        took.append(1000 * (time.perf_counter() - started))
    cuts = quantiles(took, n=100, method="inclusive")
    return {"recommend_p50_ms": cuts[49], "recommend_p99_ms": cuts[98]}


def neighbours(
    studio: Studio, products: Mapping[str, Product], variants: Mapping[str, Variant]
) -> tuple[Neighbours, ...]:
    """Products like a product, like words in both languages, and like an image."""
    k = _SHOWN_IN_REPORT
    pictured = {variant.sku: variant for variant in variants.values() if variant.review == "approved"}
    found = []
    for sku in ("speaker-charcoal", "mug-celadon"):
        if sku in pictured:
            found.append(Neighbours(products[sku].title, "a product", tuple(studio.similar(sku=sku, k=k)), sku))
    for words in ("striped cushion", "黑色 牛仔"):
        found.append(Neighbours(words, "words", tuple(studio.similar(text=words, k=k))))
    for sku in ("jeans-dark-blue", "chair-red"):
        if sku in pictured:
            image = studio.image(pictured[sku])
            others = Filter(exclude_skus=(sku,))
            title = products[sku].title
            found.append(Neighbours(title, "an image", tuple(studio.similar(image=image, k=k, filter=others)), sku))
            break
    return tuple(found)


def forget(studio: Studio, people: Sequence[Path]) -> Erased | None:
    """Keeps a try-on of the visitor for a day, then forgets the visitor; the proof, or None if nothing was known."""
    if people:
        with suppress(ProdgenError):
            answer = studio.try_on(people[0], "shirt-oxford-blue", user=VISITOR.user, retain=_DAY)
            assert not isinstance(answer, Refusal) or answer.reason
    try:
        return studio.forget(VISITOR.user)
    except NotFound:
        return None


def _most_wanted(skus: Sequence[str], products: Mapping[str, Product], variants: Mapping[str, Variant]) -> str:
    """The product with several approved images that our personas like best."""
    count = Counter(variant.sku for variant in variants.values() if variant.review == "approved")
    several = [sku for sku in skus if count[sku] > 1] or [sku for sku in products if count[sku]]
    if not several:
        raise ProdgenError("No image was approved, so nothing can be recommended.", hint="Run: prodgen doctor")
    return max(several, key=lambda sku: sum(persona.interest(products[sku]) for persona in PERSONAS))


def _views(items: Sequence[Recommendation], variants: Mapping[str, Variant]) -> dict[str, View]:
    return {item.variant: variants[item.variant].view for item in items if item.variant in variants}


def _views_of(variants: Mapping[str, Variant]) -> dict[str, list[View]]:
    views: dict[str, list[View]] = {}
    for variant in variants.values():
        if variant.review == "approved":
            views.setdefault(variant.sku, []).append(variant.view)
    return views


def _deeds(persona: Persona, products: Mapping[str, Product]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, what) for kind, what in persona.actions if kind == "search" or what in products)


def _shares(before: Sequence[Recommendation], after: Sequence[Recommendation]) -> tuple[Share, ...]:
    stated_before, counted_before = _rates(before)
    stated, counted = _rates(after)
    chosen = sorted({*stated, *stated_before}, key=lambda id: -counted.get(id, 0.0))
    return tuple(
        Share(
            id,
            stated_before.get(id, 0.0),
            counted_before.get(id, 0.0),
            stated.get(id, 0.0),
            counted.get(id, 0.0),
        )
        for id in chosen
    )


def _rates(draws: Sequence[Recommendation]) -> tuple[dict[str, float], dict[str, float]]:
    counts = Counter(item.variant for item in draws)
    return {item.variant: item.propensity for item in draws}, {id: n / len(draws) for id, n in counts.items()}
