"""The ranker's score is the sum of what it states, its order is settled, and its reasons are true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.config import Config, RankerConfig
from prodgen_rank.rankers.diversity import diversify
from prodgen_rank.rankers.hybrid import HybridRanker
from prodgen_rank.rankers.shares import Affinity

from prodgen_sdk.context import Context
from prodgen_sdk.profile import History, build_profile
from prodgen_sdk.types import Candidate, CandidateVariant, Event, Interest, Product, RecommendationContext, UserProfile

CTX, NOW = Context(), datetime(2026, 3, 1, tzinfo=UTC)
AXES = np.eye(6, dtype=np.float32)
VECTORS = {f"p{i}-v": AXES[i % 6] for i in range(12)}


class Index:
    def vectors(self, variants):
        return {variant: VECTORS[variant] for variant in variants if variant in VECTORS}


WITH_INDEX = Context(find=lambda kind, id: Index())


def candidate(i: int, score: float = 0.0, category: str = "") -> Candidate:
    return Candidate(sku=f"p{i}", variants=(CandidateVariant(id=f"p{i}-v", score=score),), category=category)


def event(i: int, kind: str, user: str = "u", days: float = 1, n: int = 0, **fields) -> Event:
    sku = None if kind == "search" else f"p{i}"
    return Event(id=f"{user}-{i}-{kind}-{n}", user=user, type=kind, sku=sku, at=NOW - timedelta(days=days), **fields)


def context(k: int = 10, locale: str = "en", at: datetime = NOW) -> RecommendationContext:
    return RecommendationContext(at=at, k=k, locale=locale)


def ranker(state: Path | None = None, **weights: float) -> HybridRanker:
    return HybridRanker(Config(ranker=RankerConfig(**weights)), Context(state=state))


def order(ranked) -> list[str]:
    return [item.candidate.sku for item in ranked]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["view", "hide", "impression", "purchase"])), max_size=20),
    st.integers(1, 12),
    st.booleans(),
)
def test_contributions_sum_to_a_falling_score(scores, actions, k, cold) -> None:
    fitted = ranker(diversity=0.3)
    log = [event(i, kind, n=n) for n, (i, kind) in enumerate(actions)]
    fitted.fit(log, CTX)
    user = build_profile("u", [] if cold else log, {f"p{i}": AXES[i % 6] for i in range(12)}, NOW)
    given_ = [candidate(i, score, "home/mug") for i, score in enumerate(scores)]
    ranked = fitted.rank(user, given_, context(k), WITH_INDEX)
    assert sorted(order(ranked)) == sorted(c.sku for c in given_)
    for item in ranked:
        assert item.score == sum(item.contributions.values())
    found = [item.score for item in ranked]
    assert found == sorted(found, reverse=True) or np.allclose(found, sorted(found, reverse=True), atol=1e-12)
    assert ranked == [] or order(fitted.rank(user, given_[::-1], context(k), WITH_INDEX)) == order(ranked)


def test_cold_start_is_popularity_then_sku() -> None:
    fitted = ranker()
    fitted.fit([event(3, "purchase", "a"), event(3, "view", "b"), event(5, "view", "b"), event(6, "hide", "b")], CTX)
    stranger = UserProfile(user="new")
    ranked = fitted.rank(stranger, [candidate(i, score=1 - i / 10) for i in range(8)], context(), CTX)
    assert order(ranked) == ["p3", "p5", "p0", "p1", "p2", "p4", "p6", "p7"]
    assert ranked[0].reasons == ("a first pick, until we know what you like",)
    assert "similarity" not in ranked[0].contributions


def test_popularity_fades_and_recent_purchases_win() -> None:
    fitted = ranker(half_life_days=7)
    fitted.fit([event(1, "purchase", f"u{n}", days=60, n=n) for n in range(10)] + [event(2, "purchase", days=1)], CTX)
    assert order(fitted.rank(UserProfile(user="x"), [candidate(1), candidate(2)], context(), CTX)) == ["p2", "p1"]


def test_seen_and_hidden_products_sink() -> None:
    log = [event(1, "impression"), event(2, "hide")]
    user = build_profile("u", log, {}, NOW)
    ranked = ranker().rank(user, [candidate(i) for i in range(3)], context(), CTX)
    assert order(ranked) == ["p0", "p1", "p2"]
    assert ranked[1].contributions == {"seen": -0.1}
    assert ranked[2].contributions["hidden"] == -2


def test_reasons_name_the_nearest_interest_or_query() -> None:
    products = {
        "p1": Product(sku="p1", title="Red mug", category="home/mug"),
        "p2": Product(sku="p2", title="Lamp", category="home/lamp"),
    }
    log = [event(1, "view"), event(2, "add_to_cart"), event(0, "search", query="blue shirt")]
    vectors = {"p1": AXES[1], "p2": AXES[2]}
    user = build_profile("u", log, vectors, NOW, products=products, query_vectors={"blue shirt": AXES[3]})
    given_ = [candidate(i, 0.5) for i in (7, 8, 9, 10, 1)]
    reasons = {i.candidate.sku: i.reasons for i in ranker(diversity=0).rank(user, given_, context(), WITH_INDEX)}
    assert reasons == {
        "p7": ("because you viewed Red mug",),
        "p8": ("because you put Lamp in your cart",),
        "p9": ("similar to what you searched for: “blue shirt”",),
        "p10": ("something unlike what you looked at so far",),
        "p1": ("you looked at it before",),
    }
    chinese = ranker(diversity=0).rank(user, given_[:1], context(locale="zh-CN"), WITH_INDEX)
    assert chinese[0].reasons == ("因为您浏览过「Red mug」",)


def test_without_vectors_a_reason_comes_from_the_category() -> None:
    products = {"p1": Product(sku="p1", title="Red mug", category="home/mug")}
    user = build_profile("u", [event(1, "purchase")], {}, NOW, products=products)
    ranked = ranker().rank(user, [candidate(7, category="home/mug"), candidate(8, category="food/tea")], context(), CTX)
    assert [item.reasons for item in ranked] == [
        ("because you bought Red mug",),
        ("a first pick, until we know what you like",),
    ]
    assert ranked[0].contributions == {"category": pytest.approx(0.2)}


def test_popular_this_week_counts_users_of_this_week() -> None:
    fitted = ranker()
    fitted.fit(
        [event(1, "view", f"u{n}", days=2) for n in range(3)]
        + [event(2, "view", "u", days=2, n=n) for n in range(9)]
        + [event(3, "view", f"u{n}", days=9) for n in range(9)]
        + [event(4, "impression", f"u{n}", days=1) for n in range(9)],
        CTX,
    )

    def popular(at: datetime) -> list[str]:
        ranked = fitted.rank(UserProfile(user="x"), [candidate(i) for i in range(1, 5)], context(at=at), CTX)
        return [item.candidate.sku for item in ranked if "popular this week" in item.reasons]

    assert popular(NOW) == ["p1"]
    assert popular(NOW + timedelta(days=8)) == []


def test_diversity_spreads_the_first_places() -> None:
    """Six products in three groups of equal vectors: the first three places go to three groups."""
    user = UserProfile(user="u", vector=AXES[0])
    given_ = [candidate(i + 6 * j, 0.9 - 0.1 * i - 0.01 * j) for i in range(3) for j in range(2)]
    assert order(ranker(diversity=0).rank(user, given_, context(3), WITH_INDEX))[:3] == ["p0", "p6", "p1"]
    assert order(ranker(diversity=1).rank(user, given_, context(3), WITH_INDEX))[:3] == ["p0", "p1", "p2"]


def test_diversify_is_the_greedy_definition() -> None:
    rng = np.random.default_rng(0)
    relevance, vectors = rng.random(20), rng.standard_normal((20, 4)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order_, penalties = diversify(relevance, vectors, 0.5, 8)
    placed: list[int] = []
    for place in order_[:8]:
        marginal = {
            i: relevance[i] - 0.5 * max([0.0, *(unit[i] @ unit[j] for j in placed)])
            for i in range(20)
            if i not in placed
        }
        assert marginal[place] == pytest.approx(max(marginal.values()), abs=1e-6)
        assert relevance[place] - penalties[place] == pytest.approx(marginal[place], abs=1e-6)
        placed.append(place)
    assert sorted(order_) == list(range(20))


def test_what_was_learnt_is_kept_and_replaced(tmp_path: Path) -> None:
    ranker(tmp_path).fit([event(2, "view", f"u{n}") for n in range(3)], CTX)
    stranger, given_ = UserProfile(user="x"), [candidate(1), candidate(2)]
    again = ranker(tmp_path)
    assert order(again.rank(stranger, given_, context(), CTX)) == ["p2", "p1"]
    assert again.rank(stranger, given_, context(), CTX)[0].reasons == ("popular this week",)
    assert b"u0" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    ranker(tmp_path).fit([], CTX)
    assert order(again.rank(stranger, given_, context(), CTX)) == ["p1", "p2"]


def test_a_fit_is_loaded_at_the_start_of_a_host(tmp_path: Path) -> None:
    from prodgen_rank import plugin

    from prodgen_sdk.host import Host

    def opened():
        host = Host(state=tmp_path)
        host.register(plugin, name="rank")
        return host.get("ranker", "rank/hybrid")

    first = opened()
    assert first.durable
    first.fit([event(2, "view", f"u{n}") for n in range(3)])
    again = opened()
    ranked = again.rank(UserProfile(user="x"), [candidate(1), candidate(2)], context())
    assert order(ranked) == ["p2", "p1"]
    assert ranked[0].contributions["popularity"] > 0


def test_purchases_are_held_back_for_a_while_and_the_cart_is_not() -> None:
    log = [event(1, "purchase", days=20), event(1, "view", days=2), event(2, "add_to_cart", days=2)]
    given_ = [candidate(1, 0.9), candidate(2, 0.8), candidate(3, 0.1)]
    vectors = {"p1": AXES[1], "p2": AXES[2]}

    def shown(at: datetime, **weights: float) -> list[str]:
        return order(
            ranker(diversity=0, **weights).rank(build_profile("u", log, vectors, at), given_, context(at=at), CTX)
        )

    assert shown(NOW) == ["p2", "p3", "p1"]
    assert shown(NOW + timedelta(days=11)) == ["p1", "p2", "p3"]
    assert shown(NOW, hold_back_days=0) == ["p1", "p2", "p3"]
    held = ranker().rank(build_profile("u", log, vectors, NOW), given_, context(), CTX)[-1]
    assert held.contributions["bought"] == -2


def test_a_product_is_named_as_a_reason_only_for_what_is_like_it() -> None:
    bought = Product(sku="p1", title="Headphones", category="electronics/headphones")
    user = build_profile("u", [event(1, "purchase")], {"p1": AXES[1]}, NOW, products={"p1": bought})
    cosines = {"p7": 0.3, "p8": 0.3, "p9": 0.3, "p10": 0.6}
    vectors = {f"{sku}-v": c * AXES[1] + (1 - c * c) ** 0.5 * AXES[2] for sku, c in cosines.items()}

    class Near:
        def vectors(self, variants):
            return {variant: vectors[variant] for variant in variants}

    kinds = {7: "apparel/leggings", 8: "electronics/speaker", 9: "electronics/headphones", 10: "home/stand"}
    given_ = [candidate(i, 0.5, kind) for i, kind in kinds.items()]
    ranked = ranker(diversity=0).rank(user, given_, context(), Context(find=lambda kind, id: Near()))
    assert {item.candidate.sku: item.reasons for item in ranked} == {
        "p7": ("something unlike what you looked at so far",),
        "p8": ("from a department that you visit",),
        "p9": ("because you bought Headphones",),
        "p10": ("because you bought Headphones",),
    }


def test_a_handful_of_events_makes_no_bestseller() -> None:
    def share(log: list[Event]) -> float:
        fitted = ranker()
        fitted.fit(log, CTX)
        return fitted.rank(UserProfile(user="x"), [candidate(1)], context(), CTX)[0].contributions["popularity"]

    one = share([event(1, "view", days=0)])
    many = share([event(1, "view", f"u{n}", days=0) for n in range(190)])
    assert one == pytest.approx(0.3 / 11)
    assert many == pytest.approx(0.3 * 0.95)


def test_affinity_ignores_hidden_products_and_other_domains() -> None:
    def interest(category: str, weight: float) -> Interest:
        return Interest(sku=category, weight=weight, last_type="view", last_at=NOW, category=category)

    liked = [
        interest("home/mug", 2),
        interest("home/lamp", 1),
        interest("food/tea", 1),
        interest("beauty/lipstick", -4),
    ]
    assert Affinity(liked).of("home/mug") == 0.625
    assert Affinity(liked).of("food/tea") == 0.25
    assert Affinity(liked).of("beauty/lipstick") == Affinity(liked).of("") == Affinity([]).of("home/mug") == 0


# What others liked


def crowd(n: int = 30, seed: int = 0) -> list[Event]:
    """Users who like either even or odd products."""
    rng = np.random.default_rng(seed)
    return [
        event(int(2 * rng.integers(6) + user % 2), "view", f"u{user}", days=float(rng.uniform(1, 5)), n=step)
        for user in range(n)
        for step in range(5)
    ]


def test_what_others_liked_is_a_share_of_its_own() -> None:
    user = build_profile("u", [event(0, "view")], {}, NOW)
    given_ = [candidate(i) for i in range(1, 12)]
    with_, without = ranker(popularity=0, seen=0), ranker(popularity=0, seen=0, collaborative=0)
    for each in (with_, without):
        each.fit(crowd(), CTX)
    first = order(with_.rank(user, given_, context(), CTX))[:5]
    assert {int(sku[1:]) % 2 for sku in first} == {0}
    assert order(without.rank(user, given_, context(), CTX)) == sorted(f"p{i}" for i in range(1, 12))
    found, zh = (with_.rank(user, given_, context(locale=locale), CTX)[0] for locale in ("en", "zh"))
    assert found.reasons == ("others who liked p0 liked this too", "popular this week")
    assert zh.reasons[0] == "喜欢「p0」的人也喜欢这件商品"
    assert set(with_.propose(user, 5, context(), CTX)) == {"p2", "p4", "p6", "p8", "p10"}
    assert with_.propose(UserProfile(user="x"), 5, context(), CTX) == ()
    assert ranker().propose(user, 5, context(), CTX) == ()


@pytest.mark.parametrize(
    ("name", "settings"),
    [("item-knn", {}), ("item-knn", {"recency": {"step": 0.7}}), ("ease", {"l2": 5}), ("popular", {}), ("ials", {})],
)
def test_the_share_of_others_is_what_the_model_says(name, settings, tmp_path: Path) -> None:
    from prodgen_rank.models.preference import Preference
    from prodgen_rank.rankers.collaborative import score_history

    log = [event(i, "view", n=i, days=float(i + 1)) for i in (0, 3, 4, 7)]
    fitted = HybridRanker(
        Config(ranker=RankerConfig(model=name, collaborative=0.7), models={name: settings}), Context(state=tmp_path)
    )
    fitted.fit([*crowd(), *log], CTX)
    preference = Preference.load(tmp_path)
    user, skus = build_profile("u", log, {}, NOW), ["p1", "p2", "p11", "unknown"]
    expected = preference.scores(preference.history(user), skus, NOW.timestamp())
    found = score_history(preference, user, NOW.timestamp())
    assert np.allclose(found.scores(found.codes(skus)), expected, atol=1e-5)
    for n in (0, 1, 5, 99):
        for without in ((), ("p0", "p3", "other")):
            best = preference.best(preference.history(user), n, NOW.timestamp(), without)
            assert tuple(found.best(n, without)) == best
    ranked = fitted.rank(user, [candidate(i) for i in (1, 2, 11)], context(), CTX)
    assert {i.candidate.sku: i.contributions.get("collaborative", 0) for i in ranked} == pytest.approx(
        {sku: 0.7 * float(score) for sku, score in zip(skus, expected, strict=True) if sku != "unknown"}, abs=1e-5
    )


@pytest.mark.parametrize("recency", [{}, {"half_life_days": 5.0, "weighted": True}])
def test_what_the_model_says_of_a_past_holds_until_there_is_another_past(recency, tmp_path: Path, monkeypatch) -> None:
    from prodgen_rank.rankers import hybrid

    log = [event(i, "view", n=i, days=float(i + 1)) for i in (0, 3, 4, 7)]
    fitted = HybridRanker(
        Config(ranker=RankerConfig(model="item-knn"), models={"item-knn": {"recency": recency}}),
        Context(state=tmp_path),
    )
    fitted.fit([*crowd(), *log], CTX)
    asked, score = [], hybrid.score_history
    monkeypatch.setattr(hybrid, "score_history", lambda *given: asked.append(given) or score(*given))
    past, later = History("u", log, {}), RecommendationContext(at=NOW + timedelta(days=3), k=10)
    again = [
        fitted.rank(past.at(at.at), [candidate(i) for i in range(12)], at, CTX) for at in (context(), later, later)
    ]
    assert len(asked) == 1
    fresh = fitted.rank(build_profile("u", log, {}, later.at), [candidate(i) for i in range(12)], later, CTX)
    assert len(asked) == 2
    assert [item.candidate.sku for item in again[1]] == [item.candidate.sku for item in fresh]
    for one, other in zip(again[1], fresh, strict=True):
        assert one.contributions == pytest.approx(other.contributions)
        assert one.reasons == other.reasons


def test_a_profile_copied_with_other_interests_is_scored_by_these(tmp_path: Path) -> None:
    fitted = HybridRanker(Config(ranker=RankerConfig(model="item-knn")), Context(state=tmp_path))
    fitted.fit(crowd(), CTX)
    user = History("u", [event(0, "view", n=0, days=1.0), event(7, "view", n=1, days=2.0)], {}).at(NOW)
    other = user.model_copy(update={"interests": user.interests[:1]})

    def scores(user: UserProfile, ranker: HybridRanker) -> list[float]:
        return [item.score for item in ranker.rank(user, [candidate(i) for i in range(12)], context(), CTX)]

    expected = scores(other, HybridRanker(Config(ranker=RankerConfig(model="item-knn")), Context(state=tmp_path)))
    assert scores(user, fitted) != scores(other, fitted) == expected


def test_a_model_that_was_trained_is_fitted_again_as_it_was_trained(tmp_path: Path) -> None:
    from prodgen_rank.models.interactions import Interactions
    from prodgen_rank.models.preference import Preference

    Preference.fit("ease", Interactions.from_events(crowd()), CTX, {"l2": 7.0}, {"ndcg": 0.5}).save(tmp_path)
    ranker(tmp_path).fit(crowd(20), CTX)
    kept = Preference.load(tmp_path)
    assert (kept.name, kept.settings, kept.facts) == ("ease", {"l2": 7.0}, {"ndcg": 0.5})
    ranker(tmp_path).fit([], CTX)
    assert Preference.load(tmp_path) is None


def test_settings_come_from_the_workspace_where_training_left_them(tmp_path: Path) -> None:
    from prodgen_rank.models.interactions import Interactions
    from prodgen_rank.models.preference import Preference

    state = tmp_path / "state" / "rank-hybrid"
    other = Interactions.from_events([event(1, "view", user="somebody-else")])
    Preference.fit("ease", other, CTX, {"l2": 3.0}, {"ndcg": 0.5}).save(tmp_path / "training" / "rank")
    ranker(state).fit(crowd(20), CTX)
    kept = Preference.load(state)
    assert (kept.name, kept.settings) == ("ease", {"l2": 3.0})
    assert kept.skus == Interactions.from_events(crowd(20)).skus


def test_the_session_is_a_share_of_its_own_and_part_of_the_likeness() -> None:
    log = [event(1, "view", days=3), event(2, "view", days=0.005)]
    vectors = {"p1": AXES[1], "p2": AXES[2]}
    user = build_profile("u", log, vectors, NOW)
    given_ = [candidate(i, float(user.vector @ AXES[i % 6]), "") for i in (7, 8)]
    ranked = ranker(diversity=0).rank(user, given_, context(), WITH_INDEX)
    shares_ = {i.candidate.sku: i.contributions for i in ranked}
    assert shares_["p8"]["session"] == pytest.approx(user.session_share)
    assert shares_["p8"]["session"] + shares_["p8"]["similarity"] == pytest.approx(float(user.vector[2]))
    assert "session" not in shares_["p7"]


def test_the_page_that_is_open_helps_a_stranger() -> None:
    given_ = [candidate(1, category="home/mug"), candidate(2, category="home/lamp"), candidate(3, category="food/tea")]
    here = RecommendationContext(at=NOW, facts={"category": "home/lamp"})
    ranked = ranker().rank(UserProfile(user="x"), given_, here, CTX)
    assert [(i.candidate.sku, i.contributions) for i in ranked] == [
        ("p2", {"context": 0.2}),
        ("p1", {"context": 0.1}),
        ("p3", {}),
    ]
    assert ranked[0].reasons == ("from the department that you are looking at",)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 30), st.floats(0, 3), st.booleans())
def test_diversify_agrees_with_the_plain_loop(seed, n, k, weight, coarse) -> None:
    rng = np.random.default_rng(seed)
    relevance = rng.integers(0, 3, n) / 2 if coarse else rng.random(n)
    vectors = rng.standard_normal((n, 4)).astype(np.float32) * rng.integers(0, 3, (n, 1))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    order_, penalties = diversify(relevance.astype(np.float64), vectors.astype(np.float32), weight, k)
    nearest = np.zeros(n)
    for place in order_[:k]:
        marginal = relevance - weight * nearest
        left = [i for i in range(n) if i not in order_[: order_.index(place)]]
        assert marginal[place] >= max(marginal[i] for i in left) - 1e-5 * (1 + weight)
        assert penalties[place] == pytest.approx(weight * nearest[place], abs=1e-5 * (1 + weight))
        nearest = np.maximum(nearest, unit @ unit[place])
    assert sorted(order_) == list(range(n))
    rest = order_[k:]
    assert np.allclose(penalties[rest], weight * nearest[rest], atol=1e-5 * (1 + weight))
    tail = (relevance - penalties)[rest]
    assert (np.diff(tail) <= 1e-9).all()
