from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.errors import InputError
from prodgen_sdk.store import open_store
from prodgen_sdk.types import Event

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(id, type="view", user="ann", minutes=0, sku="mug"):
    return Event(id=str(id), user=user, type=type, sku=sku, at=NOW + timedelta(minutes=minutes))


def agrees(store, recent, limit):
    assert recent.events == store.events.history("ann", limit, impressions=False)
    assert recent.skus_shown == store.events.shown("ann")


def test_what_is_followed_is_what_is_read_anew(tmp_path_factory):
    kinds = st.sampled_from(["view", "purchase", "impression", "hide"])
    rows = st.tuples(kinds, st.integers(-50, 50), st.sampled_from(["ann", "bob"]), st.sampled_from("abc"))

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.lists(rows, max_size=6), max_size=5), st.integers(1, 4))
    def check(batches, limit):
        with open_store(tmp_path_factory.mktemp("s") / "store.db") as store:
            known = store.recent("ann", limit)
            number = 0
            for batch in batches:
                for type, minutes, user, sku in batch:
                    number += 1
                    store.events.record([event(number, type, user, minutes, sku)], durable=False)
                known = store.recent("ann", limit, known)
                agrees(store, known, limit)

    check()


def test_nothing_new_is_the_same_object_and_other_users_are_not_news(store):
    store.events.record([event(1)])
    known = store.recent("ann", 5)
    store.events.record([event(2, user="bob")])
    assert store.recent("ann", 5, known) is known


def test_what_was_erased_is_not_remembered(store):
    store.events.record([event(1), event(2, "impression")])
    known = store.recent("ann", 5)
    store.forget("ann")
    assert store.recent("ann", 5, known).events == ()
    store.events.record([event(3, sku="cup")])
    assert [e.sku for e in store.recent("ann", 5, known).events] == ["cup"]


def test_a_long_absence_is_read_anew(store):
    store.events.record([event(0)])
    known = store.recent("ann", 3)
    store.events.record([event(n, minutes=n) for n in range(1, 2100)], durable=False)
    agrees(store, store.recent("ann", 3, known), 3)


def test_appended_events_are_those_that_were_recorded(store):
    shown = [
        event(n, "impression").model_copy(update={"offered": ("a", "b"), "memo": "m", "position": n}) for n in range(3)
    ]
    store.events.append(shown)
    store.events.append([shown[1], event(9)])
    assert store.events.history("ann") == (*shown, event(9))
    with pytest.raises(InputError, match="no text may hold"):
        store.events.append([event(10), event(11).model_copy(update={"memo": "\0"})])
    assert store.events.count() == 4


def test_counts_go_on_where_they_were(store):
    store.events.record([event(1), event(2), event(3, "purchase"), event(4, "impression"), event(5, sku=None)])
    first = list(store.events.counts())
    assert {row[1:] for row in first} == {("mug", "view", 2), ("mug", "purchase", 1)}
    last = max(row[0] for row in first)
    store.events.record([event(6, sku="cup")])
    assert [row[1:] for row in store.events.counts(last)] == [("cup", "view", 1)]
