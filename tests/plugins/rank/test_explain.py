"""What is said of a recommendation is so: take the cause away, and the reason goes and the score falls by the share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.config import Config, RankerConfig
from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.preference import Preference
from prodgen_rank.rankers.collaborative import score_history
from prodgen_rank.rankers.hybrid import HybridRanker

from prodgen_sdk.config import Config as SDKConfig
from prodgen_sdk.config import DefaultsConfig, RuntimeConfig
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.explain import explain
from prodgen_sdk.profile import build_profile
from prodgen_sdk.studio import Studio
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types import Candidate, Event, Facets, Filter, Product, RecommendationContext, Upsert

CTX, NOW = Context(), datetime(2026, 3, 1, tzinfo=UTC)
RNG = np.random.default_rng(5)
N = 12


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


CENTRES = unit(RNG.standard_normal((3, 16)))
VECTORS = {f"p{i}": unit(CENTRES[i % 3] + 0.1 * RNG.standard_normal(16)) for i in range(N)}
PRODUCTS = {
    f"p{i}": Product(sku=f"p{i}", title=f"Thing {i}", category=("home/mug", "home/lamp", "food/tea")[i % 3])
    for i in range(N)
}


def event(i: int, kind: str = "view", user: str = "u", days: float = 1.0, **fields) -> Event:
    sku = None if kind == "search" else f"p{i}"
    return Event(id=f"{user}-{i}-{kind}-{days}", user=user, type=kind, sku=sku, at=NOW - timedelta(days=days), **fields)


def crowd() -> list[Event]:
    rng = np.random.default_rng(1)
    return [
        event(int(i), user=f"u{user}", days=float(rng.uniform(1, 9)))
        for user in range(40)
        for i in rng.choice(N, 4, replace=False)
    ]


HISTORY = [event(0, days=9), event(3, "purchase", days=5), event(1, days=4), event(2, "add_to_cart", days=2)]


@pytest.fixture(scope="module")
def host():
    host = Host()
    host.register(plugin, name="rank")
    index = host.get("index", "index/faiss")
    index.apply(
        [
            Upsert(variant=f"{sku}-v", sku=sku, vector=vector, facets=Facets(category=PRODUCTS[sku].category))
            for sku, vector in VECTORS.items()
        ],
        1,
    )
    host.get("ranker", "rank/hybrid").fit([*crowd(), *HISTORY])
    yield host
    host.close()


def profile_of(events):
    return build_profile("u", list(events), VECTORS, NOW, products=PRODUCTS, query_vectors={"tea": CENTRES[2]})


def explained(host, sku, events=HISTORY, locale="en"):
    index = host.get("index", "index/faiss")

    def candidate_of(profile) -> Candidate:
        query = profile.vector if profile.vector is not None else np.full(16, 0.25, np.float32)
        found = index.search(query[None], 1, Filter(skus=(sku,)))[0][0]
        return Candidate(sku=sku, variants=found.variants, category=PRODUCTS[sku].category, title=PRODUCTS[sku].title)

    context = RecommendationContext(at=NOW, k=5, locale=locale)
    ranker = host.get("ranker", "rank/hybrid")
    return explain(events, context, profile_of=profile_of, candidate_of=candidate_of, ranker=ranker)


def test_the_named_product_is_the_cause_and_its_share_is_what_the_score_falls_by(host):
    whole = explained(host, "p5")
    assert whole.reasons[0] == "because you put Thing 2 in your cart"
    (named,) = [cause for cause in whole.causes if cause.what == "p2"]
    assert (named.kind, named.title) == ("product", "Thing 2")
    assert "because you put Thing 2 in your cart" in named.lost
    assert named.share > 0.1
    without = explained(host, "p5", [e for e in HISTORY if e.sku != "p2"])
    assert whole.score - named.share == pytest.approx(without.score, abs=1e-12)
    assert "because you put Thing 2 in your cart" not in without.reasons
    others = [cause for cause in whole.causes if cause.what != "p2"]
    assert all("because you put Thing 2 in your cart" not in cause.lost for cause in others)
    assert whole.score == pytest.approx(sum(whole.contributions.values()))


@pytest.mark.parametrize("sku", [f"p{i}" for i in range(N)])
@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_product_that_a_reason_names_is_a_cause_of_that_reason(host, sku, locale):
    whole = explained(host, sku, locale=locale)
    assert whole.reasons
    for reason in whole.reasons:
        named = [cause for cause in whole.causes if cause.title and cause.title in reason]
        assert bool(named) == ("Thing" in reason)
        assert all(reason in cause.lost for cause in named)


def test_a_search_is_a_cause(host):
    asked = [event(0), event(0, "search", days=0.5, query="tea")]
    whole = explained(host, "p8", asked)
    assert whole.reasons[0] == "similar to what you searched for: “tea”"
    first = whole.causes[0]
    assert (first.kind, first.what, first.lost) == ("search", "tea", whole.reasons[:1])
    assert first.share > 0.3


def test_nothing_done_is_no_cause(host):
    assert explained(host, "p8", []).causes == ()


def test_a_likeness_is_a_sum_over_what_was_done_up_to_its_length():
    """Without one product the likeness is what its part leaves, exactly but for the length of the sum that is left."""
    candidate = VECTORS["p6"].astype(np.float64)
    weights = {e.sku: {"view": 1, "purchase": 5, "add_to_cart": 3}[e.type] * 2 ** (-age(e) / 14) for e in HISTORY}
    total = sum(weight * VECTORS[sku].astype(np.float64) for sku, weight in weights.items())
    whole = float(profile_of(HISTORY).vector @ candidate)
    for sku, weight in weights.items():
        part = weight * float(VECTORS[sku].astype(np.float64) @ candidate) / np.linalg.norm(total)
        left = profile_of([e for e in HISTORY if e.sku != sku]).vector
        shorter = np.linalg.norm(total - weight * VECTORS[sku]) / np.linalg.norm(total)
        assert float(left @ candidate) * shorter == pytest.approx(whole - part, abs=1e-5)


def age(e: Event) -> float:
    return (NOW - e.at) / timedelta(days=1)


@pytest.mark.parametrize(("name", "settings"), [("item-knn", {"neighbours": 0}), ("ease", {"l2": 5.0})])
def test_the_parts_of_what_others_liked_are_exact(name, settings):
    """Each part is what the model's score falls by without that product, in the scale of the whole history."""
    preference = Preference.fit(name, Interactions.from_events([*crowd(), *HISTORY]), CTX, settings)
    skus, now = [f"p{i}" for i in range(4, N)], NOW.timestamp()
    codes = [preference.codes[sku] for sku in skus]
    found = score_history(preference, profile_of(HISTORY), now)
    parts, scores = found.parts(found.codes(skus)), found.scores(found.codes(skus))
    history = preference.history(profile_of(HISTORY))
    raw = preference.model.scores([history], now)[0]
    length = raw.max() - raw.mean()
    for row, sku in enumerate(found.skus):
        left = preference.history(profile_of([e for e in HISTORY if e.sku != sku]))
        fallen = raw[codes] - preference.model.scores([left], now)[0][codes]
        assert np.allclose(parts[row], fallen / length, atol=1e-5)
        assert {s: v for s, v in zip(skus, parts[row], strict=True) if abs(v) > 1e-6} == pytest.approx(
            {s: v for s in skus if abs(v := preference.explain(history, s, now).get(sku, 0.0)) > 1e-6}, abs=1e-5
        )
    assert np.allclose(parts.sum(axis=0), (scores * length + raw.mean()) / length, atol=1e-5)


def test_who_others_liked_is_named_only_while_it_is_in_the_history():
    weights = RankerConfig(similarity=0, popularity=0, category=0, seen=0, popular_users=10**6)
    fitted = HybridRanker(Config(ranker=weights), CTX)
    fitted.fit([event(i, user=f"u{n}-{i % 2}", days=2) for n in range(9) for i in range(8)], CTX)
    given = [Candidate(sku=f"p{i}", variants=({"id": f"v{i}", "score": 0.0},)) for i in (4, 5)]
    context = RecommendationContext(at=NOW)
    log = [event(2), event(3)]

    def ranked(events):
        return {r.candidate.sku: r for r in fitted.rank(build_profile("u", events, {}, NOW), given, context, CTX)}

    both, one = ranked(log), ranked(log[1:])
    assert both["p4"].reasons == ("others who liked p2 liked this too",)
    assert both["p5"].reasons == ("others who liked p3 liked this too",)
    assert "p2" not in "".join(one["p4"].reasons)
    assert one["p4"].contributions["collaborative"] < both["p4"].contributions["collaborative"]


def test_a_studio_explains_what_it_recommends(tmp_path):
    config = SDKConfig(
        runtime=RuntimeConfig(device="cpu"),
        defaults=DefaultsConfig(generator="fake/solid", text_encoder="fake/words", image_encoder="fake/colours"),
    )
    with Studio.create(tmp_path, config=config, host=fake_host(plugin, config=config)) as studio:
        studio.add_products(PRODUCTS.values())
        studio.generate([f"p{i}" for i in range(6)], views="hero", size=32)
        studio.record(HISTORY)
        studio.learn()
        (pick,) = [r for r in studio.recommend("u", 6, at=NOW, log=False) if r.sku == "p4"]
        found = studio.explain("u", "p4", at=NOW)
        apart = {name: share for name, share in pick.contributions.items() if name != "diversity"}
        assert found.contributions == pytest.approx(apart)
        assert found.reasons == pick.reasons
        assert pick.reasons[0] == "because you viewed Thing 1"
        (cause,) = [cause for cause in found.causes if cause.what == "p1"]
        assert pick.reasons[0] in cause.lost
        with pytest.raises(NotFound, match="no approved image"):
            studio.explain("u", "p9")
        with pytest.raises(NotFound, match="nope"):
            studio.explain("u", "nope")
