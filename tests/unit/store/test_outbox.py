import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodgen_sdk.store import open_store


def test_changes_in_order_and_in_pages(store, product, variant):
    store.products.put([product()])
    for number in range(5):
        store.variants.publish(*variant(f"v{number}"))
    assert [change.variant for change in store.outbox.changes(limit=2)] == ["v0", "v1"]
    assert [change.sequence for change in store.outbox.changes(2)] == [3, 4, 5]
    assert store.outbox.last_sequence() == 5
    assert store.outbox.changes(5) == ()


def test_a_sequence_is_never_given_twice(store, product, variant):
    store.products.put([product()])
    store.variants.publish(*variant("v1"))
    store.reviews.move("v1", "rejected", by="ann")
    store.outbox.trim(before=100)
    assert store.outbox.last_sequence() == 2
    store.variants.publish(*variant("v2"))
    assert [change.sequence for change in store.outbox.changes(2)] == [3]


def replay(changes):
    index = set()
    for change in changes:
        (index.add if change.kind == "upsert" else index.discard)(change.variant)
    return index


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12), cut=st.integers(0, 15))
def test_a_trimmed_outbox_still_builds_the_same_index(tmp_path_factory, product, variant, steps, cut):
    with open_store(tmp_path_factory.mktemp("outbox") / "store.db") as store:
        store.products.put([product()])
        for number, approve in steps:
            id = f"v{number}"
            store.variants.publish(*variant(id, review="in_review"))
            state = store.variants.get(id).review
            if state == "rejected":
                store.reviews.move(id, "in_review", by="ann")
            store.reviews.move(id, "approved" if approve else "rejected", by="ann")
        approved = {item.id for item in store.variants.iterate(review="approved")}
        assert replay(store.outbox.changes()) == approved
        behind = replay(change for change in store.outbox.changes() if change.sequence < cut)
        store.outbox.trim(before=cut)
        assert replay(store.outbox.changes()) == approved
        for change in store.outbox.changes(cut - 1):
            (behind.add if change.kind == "upsert" else behind.discard)(change.variant)
        assert behind == approved


def test_a_trim_drops_what_was_superseded(store, product, variant):
    store.products.put([product()])
    store.variants.publish(*variant("v1"))
    for price in ("1", "2", "3"):
        store.products.put([product(price=price)])
    assert store.outbox.trim(before=store.outbox.last_sequence()) == 3
    assert [change.variant for change in store.outbox.changes()] == ["v1"]


@pytest.mark.parametrize("before", [0, 1])
def test_a_trim_of_nothing(store, before):
    assert store.outbox.trim(before) == 0
    assert store.outbox.last_sequence() == 0


def test_skus_since(store, product, variant):
    store.products.put([product("a"), product("b")])
    store.variants.publish(*variant("v1", sku="a"))
    store.variants.publish(*variant("v2", sku="b"))
    store.reviews.move("v2", "rejected", by="ann")
    assert store.outbox.skus_since(0) == {"a", "b"}
    assert store.outbox.skus_since(1) == {"b"}
    assert store.outbox.skus_since(store.outbox.last_sequence()) == set()


def test_the_last_sequence_sees_what_others_commit(url, tmp_path, product, variant, event):
    with open_store(url, tmp_path / "assets") as store, open_store(url, tmp_path / "assets") as other:
        assert (store.outbox.last_sequence(), store.events.last_sequence()) == (0, 0)
        other.products.put([product()])
        for number in range(1, 4):
            other.variants.publish(*variant(f"v{number}"))
            other.events.record([event(f"e{number}")], durable=False)
            assert (store.outbox.last_sequence(), store.events.last_sequence()) == (number, number)
