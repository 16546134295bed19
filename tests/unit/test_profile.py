"""Profiles depend on the set of events and the time, not on how the events arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.profile import (
    MAX_INTERESTS,
    MAX_QUERIES,
    MAX_SESSION,
    History,
    build_profile,
    decayed_weight,
    in_order,
    popularity,
)
from prodgen_sdk.types import Event, Product, trusted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VECTORS = {f"p{i}": v for i, v in enumerate(np.random.default_rng(0).standard_normal((5, 8)).astype(np.float32))}


def event(id: str, kind: str, sku: str | None = "p0", days: float = 0.0, **fields) -> Event:
    return Event(id=id, user="u", type=kind, sku=sku, at=NOW - timedelta(days=days), **fields)


def lasting(log, vectors, **more):
    """The vector of what a user did, without the session."""
    return build_profile("u", log, vectors, NOW, session_share=0, **more).vector


events = st.lists(
    st.builds(
        event,
        st.integers(0, 30).map(str),
        st.sampled_from(["view", "click", "purchase", "hide", "impression"]),
        st.sampled_from([*VECTORS, "unknown"]),
        st.floats(-5, 400),
    ),
    max_size=25,
    unique_by=lambda e: e.id,
)


@given(events, st.randoms())
def test_order_and_repetition_of_arrival_play_no_part(log, random) -> None:
    shuffled = log * 2
    random.shuffle(shuffled)
    one, other = (build_profile("u", batch, VECTORS, NOW) for batch in (log, shuffled))
    assert (one.vector is None) == (other.vector is None)
    assert one.vector is None or (one.vector == other.vector).all()
    assert one.interests == other.interests
    assert one.seen == other.seen
    assert popularity(log, NOW) == popularity(shuffled, NOW)


@given(events)
def test_vector_is_a_unit_vector_or_none(log) -> None:
    vector = lasting(log, VECTORS)
    if vector is not None:
        assert vector.dtype == np.float32
        assert abs(np.linalg.norm(vector) - 1) < 1e-5


@given(events, st.floats(0, 1))
def test_the_session_draws_the_vector_towards_itself(log, share) -> None:
    long, both = (build_profile("u", log, VECTORS, NOW, session_share=s) for s in (0.0, share))
    assert long.session_share == 0
    assert both.session == long.session
    if both.session_vector is not None and long.vector is not None and both.session_share:
        assert abs(np.linalg.norm(both.vector) - 1) < 1e-5
        assert both.vector @ both.session_vector >= long.vector @ both.session_vector - 1e-5
        rest = both.vector - both.session_share * both.session_vector
        length = np.linalg.norm(rest)
        assert length < 1e-5 or np.allclose(rest / length, long.vector, atol=1e-4 / length)


@given(events)
def test_a_vector_stays_what_it_is_until_something_is_done(log) -> None:
    history = History("u", log, VECTORS, session_share=0)
    newest = max((event.at for event in log), default=NOW)
    first, later = (history.at(newest + timedelta(days=days)) for days in (0, 77))
    np.testing.assert_array_equal(first.vector, later.vector)
    assert {i.sku for i in first.interests} == {i.sku for i in later.interests}
    weights = {i.sku: abs(i.weight) for i in first.interests}
    assert all(abs(i.weight) <= weights[i.sku] for i in later.interests)


@given(events, st.floats(0, 100), st.floats(-100, 0))
def test_a_past_stays_the_same_while_all_of_it_fades(log, later, before) -> None:
    history, last = History("u", log, VECTORS), max((e.at for e in log), default=NOW)
    at = last + timedelta(days=later)
    one, other = history.at(last), history.at(at)
    assert one.past is other.past
    assert [i.sku for i in one.interests] == [i.sku for i in other.interests]
    for profile, when in ((other, at), (history.at(last + timedelta(days=before)), last + timedelta(days=before))):
        weights = {i.sku: i.weight for i in profile.interests}
        totals = {sku: sum(decayed_weight(e, when) for e in in_order(log) if e.sku == sku) for sku in weights}
        assert weights == pytest.approx(totals, rel=1e-9, abs=1e-12)


def test_a_session_is_what_was_done_without_a_pause() -> None:
    minutes = 1 / 1440
    log = [
        event("1", "view", "p0", days=100 * minutes),
        event("2", "view", "p1", days=50 * minutes),
        event("3", "add_to_cart", "p2", days=25 * minutes),
        event("4", "impression", "p4", days=20 * minutes),
        event("5", "view", "p1", days=10 * minutes),
    ]
    profile = build_profile("u", log, VECTORS, NOW)
    assert (profile.session, profile.session_events) == (("p1", "p2"), 3)
    expected = 2 * VECTORS["p1"].astype(np.float64) + 3 * VECTORS["p2"]
    assert np.allclose(profile.session_vector, expected / np.linalg.norm(expected), atol=1e-6)
    blend = 0.5 * 3 / 6
    mixed = (1 - blend) * lasting(log, VECTORS).astype(np.float64) + blend * profile.session_vector
    assert np.allclose(profile.vector, mixed / np.linalg.norm(mixed), atol=1e-6)
    assert profile.session_share == pytest.approx(blend / np.linalg.norm(mixed))
    assert build_profile("u", log, VECTORS, NOW, session_minutes=60).session_events == 4
    over = build_profile("u", log, VECTORS, NOW + timedelta(minutes=21))
    assert (over.session, over.session_vector, over.session_share) == ((), None, 0)


def test_a_session_alone_is_the_vector_of_who_hid_all_else() -> None:
    log = [event("1", "hide", "p0", days=1), event("2", "view", "p1")]
    assert build_profile("u", log[:1], VECTORS, NOW).vector is None
    assert np.allclose(
        build_profile("u", log, {"p1": VECTORS["p1"]}, NOW).vector, VECTORS["p1"] / np.linalg.norm(VECTORS["p1"])
    )


def test_hidden_products_push_away_and_searches_pull() -> None:
    log = [event("1", "view", "p1"), event("2", "view", "p2", days=3), event("3", "hide", "p2", days=2)]
    asked = event("4", "search", None, days=3, query="mug")
    towards = VECTORS["p2"] / np.linalg.norm(VECTORS["p2"])
    with_hide, without = (lasting(part, VECTORS) for part in (log, log[:2]))
    assert with_hide @ towards < without @ towards
    pulled = lasting([*log, asked], VECTORS, query_vectors={"mug": VECTORS["p3"]})
    assert pulled @ VECTORS["p3"] > with_hide @ VECTORS["p3"]


def test_a_hundred_thousand_events_are_no_trouble() -> None:
    at = [NOW - timedelta(minutes=n) for n in range(100_000)]
    kinds = ("view", "click", "hide", "purchase", "search")
    one = event("0", "view").__dict__
    rows = (
        {
            **one,
            "id": str(n),
            "type": kinds[n % 5],
            "sku": None if n % 5 == 4 else f"s{n % 997}",
            "query": "q" * 900 if n % 5 == 4 else None,
            "at": at[n],
        }
        for n in range(100_000)
    )
    log = trusted(Event, rows, set(one))
    profile = build_profile("u", log, {}, NOW)
    assert len(profile.session) == MAX_SESSION
    assert profile.session_events == 100_000
    assert len(profile.interests) <= 997
    assert profile.queries == ("q" * 900,)


def test_weights_and_half_life() -> None:
    log = [event("1", "purchase", "p1", days=14), event("2", "view", "p2")]
    expected = 2.5 * VECTORS["p1"].astype(np.float64) + VECTORS["p2"]
    found = lasting(log, VECTORS, half_life_days=14)
    assert found is not None
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-6)
    assert [(i.sku, i.weight) for i in build_profile("u", log, {}, NOW, 14).interests] == [("p1", 2.5), ("p2", 1.0)]


def test_ancient_and_future_events() -> None:
    ancient = lasting([event("1", "view", "p1", days=36_500)], VECTORS)
    ahead = lasting([event("1", "view", "p1", days=-36_500)], VECTORS)
    assert ancient is not None
    assert ahead is not None
    assert np.allclose(ancient, ahead)
    assert popularity([event("1", "view", "p1", days=-36_500)], NOW) == {"p1": 1.0}


def test_cold_starts() -> None:
    assert lasting([], VECTORS) is None
    assert lasting([event("1", "impression"), event("2", "view", "unknown")], VECTORS) is None
    assert lasting([event("1", "hide")], VECTORS) is None
    assert lasting([event("1", "view"), event("2", "hide", days=14)], VECTORS, weights={"view": 1, "hide": -2}) is None


def test_variant_and_query_vectors_count() -> None:
    variant = lasting([event("1", "view", "p1", variant="p2")], VECTORS)
    assert variant is not None
    assert np.allclose(variant, VECTORS["p2"] / np.linalg.norm(VECTORS["p2"]))
    asked = lasting([event("1", "search", None, query="mug")], {}, query_vectors={"mug": VECTORS["p3"]})
    assert asked is not None
    assert np.allclose(asked, VECTORS["p3"] / np.linalg.norm(VECTORS["p3"]))


def test_profile_says_what_is_known() -> None:
    log = [
        event("1", "view", "p1"),
        event("2", "hide", "p2"),
        event("3", "impression", "p3"),
        event("4", "search", None, days=1, query="mug"),
        event("5", "search", None, query="lamp"),
        event("6", "view", "p4").model_copy(update={"user": "other"}),
    ]
    products = {"p1": Product(sku="p1", title="Mug", category="home/mug", translations={"zh": {"title": "杯子"}})}
    profile = build_profile(
        "u", log, VECTORS, NOW, products=products, query_vectors={"mug": VECTORS["p0"]}, locale="zh"
    )
    assert profile.seen == {"p1", "p2", "p3"}
    assert profile.queries == ("lamp", "mug")
    assert [(i.sku, i.title, i.category) for i in profile.interests] == [("p1", "杯子", "home/mug"), ("p2", "", "")]
    assert set(profile.interest_vectors) == {"p1", "p2"}
    assert set(profile.query_vectors) == {"mug"}


def test_a_long_history_is_cut_but_hidden_products_stay() -> None:
    log = [event(f"v{i}", "view", f"s{i}", days=i / 100) for i in range(200)]
    log += [event(f"h{i}", "hide", f"h{i}") for i in range(3)]
    log += [event(f"q{i}", "search", None, query=f"q{i}") for i in range(30)]
    profile = build_profile("u", log, {}, NOW)
    assert len(profile.interests) == MAX_INTERESTS + 3
    assert len(profile.queries) == MAX_QUERIES


def test_popularity_is_sorted_and_never_negative() -> None:
    log = [event("1", "view", "p1"), event("2", "view", "p0"), event("3", "hide", "p2"), event("4", "purchase", "p3")]
    assert list(popularity(log, NOW).items()) == [("p3", 5.0), ("p0", 1.0), ("p1", 1.0), ("p2", 0.0)]
