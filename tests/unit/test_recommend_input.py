"""Bad input and odd catalogues: a clear sentence or an empty answer, never a wrong one."""

import json
import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from prodgen_sdk import DeadlineExceeded, Event, Filter, InputError, Product, Studio, plugin
from prodgen_sdk.events import read_events
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types.rules import Promote, Rules

NOW = datetime.now(UTC)


def mugs(number, **changes):
    return [Product(sku=f"mug-{n}", title=f"Mug {n}", category="home/mug", price=n, **changes) for n in range(number)]


@pytest.fixture
def empty(tmp_path):
    with Studio.create(tmp_path / "shop", host=fake_host(plugin)) as studio:
        yield studio


@pytest.fixture
def stocked(empty):
    empty.add_products(mugs(3))
    empty.generate([f"mug-{n}" for n in range(3)], views="front,right", size=32)
    return empty


def test_an_empty_catalogue_has_an_empty_answer(empty):
    assert empty.recommend("ann") == []
    assert empty.similar(text="mug") == []
    assert empty.store.events.count() == 0
    empty.add_products(mugs(2))
    assert empty.recommend("ann", facts={"category": "home/mug"}) == []
    assert set(empty.warm_up()) == {
        "index_s", "encoders_s", "ranker_s", "policy_s", "catalogue_s", "request_s", "garbage_s",
    }  # fmt: skip


def test_no_stock_at_all_has_an_empty_answer(stocked):
    stocked.recommend("ann")
    stocked.add_products(mugs(3, stock=0))
    assert stocked.recommend("ann") == []
    assert stocked.similar(sku="mug-0") == []
    stocked.add_products(mugs(3, stock=1))
    assert len(stocked.recommend("ann")) == 3


def test_what_cannot_take_a_trace_is_refused_before_anything_is_logged(stocked):
    with pytest.raises(InputError, match=r"trace is 3\. Give a function"):
        stocked.recommend("ann", trace=3)
    assert stocked.store.events.count() == 0


@pytest.mark.parametrize("k", [0, -1, 1001, 10**9, 2.5, None])
def test_a_number_out_of_range_is_named(stocked, k):
    with pytest.raises(InputError, match=f"k is {k}; it must be a whole number from 1 to 1000"):
        stocked.recommend("ann", k)


def test_numbers_of_numpy_are_numbers(stocked):
    assert len(stocked.recommend("ann", np.int64(2))) == len(stocked.similar(sku="mug-0", k=np.int32(2))) == 2


def test_a_language_without_reasons_is_refused_and_a_region_is_cut_off(stocked):
    for call in (stocked.recommend, lambda user, locale: stocked.explain(user, "mug-0", locale=locale)):
        with pytest.raises(InputError, match=r"locale must be 'en' or 'zh'"):
            call("ann", locale="fr")
    first = Rules(promote=(Promote(name="first", position=1),))
    for tag, label in (("en", "promoted"), ("zh", "推广"), ("zh-CN", "推广"), ("EN_gb", "promoted")):
        assert stocked.recommend("ann", locale=tag, rules=first)[0].reasons[0] == label


def test_a_query_as_long_as_a_book_is_refused(stocked):
    assert stocked.similar(text="mug " * 250)
    with pytest.raises(InputError, match="The text has 1001 characters; it may have up to 1000"):
        stocked.similar(text="m" * 1001)


def test_more_than_there_are_gives_all_there_are(stocked):
    assert len(stocked.recommend("ann", 1000)) == 3


def test_a_filter_that_nothing_passes_has_an_empty_answer(stocked):
    for where in (
        Filter(categories=("home/nonsense",)),
        Filter(categories=("nonsense",)),
        Filter(skus=("mug-99",)),
        Filter(price_min=10, price_max=11),
        Filter(tags=("nope",)),
        Filter(exclude_skus=("mug-0", "mug-1", "mug-2")),
    ):
        assert stocked.recommend("ann", filter=where) == []
    assert [r.sku for r in stocked.recommend("ann", filter=Filter(skus=("mug-1", "gone")))] == ["mug-1"]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"price_min": "x"}, "filter: price_min must be "),
        ({"price_min": 10, "price_max": 1}, "price_min is 10 and price_max 1: no product is between them"),
        ({"price": 5}, "filter: price is not known"),
        ({"categories": "home"}, "filter: categories must be "),
        ("home", "filter must be a Filter or its fields in a dictionary, not a str"),
    ],
)
def test_a_malformed_filter_is_named_and_a_dictionary_is_one(stocked, where, said):
    for ask in (lambda: stocked.recommend("ann", filter=where), lambda: stocked.similar(text="mug", filter=where)):
        with pytest.raises(InputError, match=said):
            ask()
    assert [r.sku for r in stocked.recommend("ann", filter={"price_min": 2})] == ["mug-2"]
    assert [r.sku for r in stocked.similar(text="mug", filter={"skus": ["mug-1"]})] == ["mug-1"]


def test_malformed_rules_are_named_and_a_dictionary_is_some(stocked):
    with pytest.raises(InputError, match="rules: "):
        stocked.recommend("ann", rules={"block": [{"name": "everything"}]})
    block = {"name": "recalled", "where": {"skus": ["mug-0", "mug-1"]}}
    assert [r.sku for r in stocked.recommend("ann", rules={"block": [block]})] == ["mug-2"]


def test_what_is_no_list_of_events_is_told_how_to_be_one(stocked):
    event = {"id": "1", "user": "ann", "type": "view", "sku": "mug-1", "at": NOW.isoformat()}
    for events, kind in (("events.jsonl", "str"), (event, "dict"), (None, "NoneType"), (5, "int")):
        with pytest.raises(InputError, match=f"as a list, not as a {kind}. A file is read by prodgen_sdk.events"):
            stocked.record(events)
    assert stocked.record([event]).new == 1


@pytest.mark.parametrize(
    ("circumstances", "said"),
    [
        ({"facts": "home/mug"}, "facts must be a table of names and values"),
        ({"facts": {"category": ["home"]}}, "facts.category must be text"),
        ({"budget_ms": "50"}, "A budget of '50' ms is none"),
        ({"request_id": 5}, "request_id must be text"),
        ({"request_id": "a\0", "budget_ms": 50}, "request_id holds a character that no text may hold"),
    ],
)
def test_malformed_circumstances_are_named(stocked, circumstances, said):
    with pytest.raises(InputError, match=said):
        stocked.recommend("ann", **circumstances)


@pytest.mark.parametrize("budget", [math.inf, 1e30])
def test_a_budget_may_be_longer_than_anybody_waits(stocked, budget):
    assert [r.sku for r in stocked.recommend("ann", budget_ms=budget)] == [r.sku for r in stocked.recommend("ann")]


def test_a_time_before_all_time_prunes_nothing_and_is_told(stocked):
    with pytest.raises(InputError, match="No event is 999999999 days"):
        stocked.prune_events(timedelta.max)


@pytest.mark.parametrize("user", ["", "u" * 201, 5, None])
def test_a_user_without_a_proper_name_is_refused(stocked, user):
    with pytest.raises(InputError, match="1 to 200 characters"):
        stocked.recommend(user)


@pytest.mark.parametrize("user", ["\ud800", "a\0b"])
def test_a_user_whose_name_no_database_holds_is_refused(stocked, user):
    for ask in (lambda: stocked.recommend(user), lambda: stocked.recommend(user, log=False, budget_ms=50)):
        with pytest.raises(InputError, match="A user has a name of 1 to 200 characters, without NUL"):
            ask()


def test_times_far_off_do_not_break_an_answer(stocked):
    stocked.store.events.record(
        [
            Event(id="1", user="ann", type="view", sku="mug-1", at=NOW - timedelta(days=365 * 200)),
            Event(id="2", user="ann", type="view", sku="mug-2", at=NOW + timedelta(days=365 * 200)),
        ]
    )
    for at in (NOW, datetime(1, 1, 1), datetime(9999, 12, 31, tzinfo=UTC)):
        assert len(stocked.recommend("ann", 3, at=at, log=False)) == 3


@pytest.mark.parametrize("at", [datetime(1, 1, 1), datetime(1970, 1, 21), NOW + timedelta(days=2), datetime.max])
def test_no_impression_is_logged_at_a_time_that_no_event_may_have(stocked, at):
    with pytest.raises(InputError, match="at lies"):
        stocked.recommend("ann", at=at)
    assert stocked.store.events.count() == 0


def test_an_event_too_large_or_not_a_number_is_rejected_alone(stocked, tmp_path):
    good = {"user": "ann", "type": "view", "sku": "mug-1", "at": NOW.isoformat()}
    events = [
        {**good, "id": "1"},
        {**good, "id": "2", "type": "search", "sku": None, "query": "x" * 10_000_000},
        {**good, "id": "3", "value": math.nan},
        {**good, "id": "4", "more": {"a": "x" * 10_000_000}},
        {**good, "id": "5" * 10_000_000},
        {**good, "id": "6"},
    ]
    found = stocked.record(events)
    assert (found.new, [place for place, _ in found.rejected]) == (2, [1, 2, 3, 4])
    reasons = dict(found.rejected)
    assert all(len(reason) < 300 for reason in reasons.values())
    assert reasons[2].startswith("value")
    lines = tmp_path / "events.jsonl"
    lines.write_text("\n".join(json.dumps({**event, "id": event["id"] + "b"}) for event in events))
    rows = list(read_events(lines))
    assert [row.event is not None for row in rows] == [True, False, False, False, False, True]
    assert all(len(row.reason) < 300 for row in rows)


def test_somebody_with_100000_events_is_answered_from_the_last_ones(stocked):
    events = [
        Event(id=f"{n}", user="ann", type="view", sku=f"mug-{n % 3}", at=NOW - timedelta(seconds=n))
        for n in range(20_000)
    ]
    stocked.store.events.append(events)
    profile = stocked.recommender.profile("ann", NOW)
    assert sum(interest.weight for interest in profile.interests) == pytest.approx(200, rel=0.01)
    stocked.record([Event(id="h", user="ann", type="hide", sku="mug-0", at=NOW)])
    assert {r.sku for r in stocked.recommend("ann", 3, at=NOW)} == {"mug-1", "mug-2"}


def test_a_request_id_cannot_forge_a_line_of_the_log(stocked, caplog):
    stocked.warm_up()
    with suppress(DeadlineExceeded):
        stocked.recommend("ann", request_id="r\n2026-01-01 ERROR forged", budget_ms=1e-9)
    assert caplog.messages
    assert not [message for message in caplog.messages if "\n" in message]
