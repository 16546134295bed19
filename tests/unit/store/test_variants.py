import math

import pytest

from prodgen_sdk.errors import InputError, NotFound, StoreError
from prodgen_sdk.store import TRANSITIONS


@pytest.fixture(autouse=True)
def _mug(store, product):
    store.products.put([product()])


def test_publish_stores_file_row_and_outbox_entry(store, variant):
    made, image = variant("v1", quality={"psnr": math.inf, "ssim": 0.5})
    assert store.variants.publish(made, image) == made
    assert store.variants.get("v1") == made
    assert store.variants.image("v1") == image
    assert [(change.variant, change.sku, change.kind) for change in store.outbox.changes()] == [
        ("v1", "mug-1", "upsert")
    ]


def test_publish_again_changes_nothing(store, variant):
    made, image = variant("v1")
    store.variants.publish(made, image)
    assert store.variants.publish(made.model_copy(update={"review": "rejected"}), image) == made
    assert store.outbox.last_sequence() == 1


def test_only_an_approved_variant_goes_to_the_outbox(store, variant):
    for review in ("draft", "in_review", "rejected"):
        store.variants.publish(*variant(review, review=review))
    assert store.outbox.changes() == ()


def test_publish_refuses_other_bytes_and_unknown_products(store, variant):
    made, image = variant("v1")
    with pytest.raises(InputError, match="do not match"):
        store.variants.publish(made, image + b"!")
    with pytest.raises(NotFound, match="ghost"):
        store.variants.publish(*variant("v2", sku="ghost"))
    assert store.variants.count() == 0


def test_a_failing_asset_store_leaves_no_row(store, variant, monkeypatch):
    def full(data, suffix=""):
        raise StoreError("No space left on device.")

    monkeypatch.setattr(store.assets, "put", full)
    with pytest.raises(StoreError):
        store.variants.publish(*variant("v1"))
    assert store.variants.count() == 0
    assert store.outbox.changes() == ()


def test_iterate_in_order_of_publication(store, product, variant):
    store.products.put([product("tee-1")])
    for id, sku, review in [("z", "mug-1", "approved"), ("a", "tee-1", "draft"), ("m", "mug-1", "draft")]:
        store.variants.publish(*variant(id, sku=sku, review=review))
    ids = lambda **wanted: [item.id for item in store.variants.iterate(**wanted)]  # noqa: E731
    assert ids() == ["z", "a", "m"]
    assert ids(sku="mug-1") == ["z", "m"]
    assert ids(review="draft") == ["a", "m"]
    assert ids(ids=["m", "z", "none"]) == ["z", "m"]
    assert ids(ids=["m", "z"], after="z") == ["m"]
    assert ids(after="z", limit=1) == ["a"]
    assert store.variants.count(review="draft", sku="tee-1") == 1
    assert store.variants.existing(["z", "none"]) == {"z"}
    with pytest.raises(NotFound):
        ids(after="none")


def test_servable_keeps_what_may_be_shown_now(store, product, variant):
    store.products.put([product("gone", withdrawn=True), product("out", stock=0)])
    for id, sku, review in [
        ("yes", "mug-1", "approved"),
        ("no", "mug-1", "rejected"),
        ("w", "gone", "approved"),
        ("o", "out", "approved"),
    ]:
        store.variants.publish(*variant(id, sku=sku, review=review))
    assert set(store.variants.servable(["yes", "no", "w", "o", "unknown"])) == {"yes"}
    assert set(store.variants.servable([])) == set()


@pytest.mark.parametrize("before", TRANSITIONS)
@pytest.mark.parametrize("after", TRANSITIONS)
def test_only_legal_steps_of_review(store, variant, before, after):
    made, image = variant("v1", review=before)
    store.variants.publish(made, image)
    start = store.outbox.last_sequence()
    if before == after:
        assert store.reviews.move("v1", after, by="ann") == made
    elif after not in TRANSITIONS[before]:
        with pytest.raises(InputError, match=f"cannot become {after}"):
            store.reviews.move("v1", after, by="ann")
    else:
        store.reviews.move("v1", after, by="ann", reason="looked at it")
        assert store.variants.get("v1").review == after
        (step,) = store.reviews.of("v1")
        assert (step.before, step.after, step.by, step.reason) == (before, after, "ann", "looked at it")
        kinds = [change.kind for change in store.outbox.changes(start)]
        assert kinds == (["upsert"] if after == "approved" else ["remove"] if before == "approved" else [])
        return
    assert store.variants.get("v1").review == before
    assert store.reviews.of("v1") == ()


def test_an_unknown_variant_names_its_neighbours(store, variant):
    store.variants.publish(*variant("abcdef"))
    with pytest.raises(NotFound, match="abcdef"):
        store.variants.get("abcdee")
    with pytest.raises(NotFound):
        store.reviews.move("nope", "approved", by="ann")


def test_a_lost_picture_file_is_healed_by_publishing_again(store, variant):
    for id in ("v1", "v2"):
        store.variants.publish(*variant(id))
    made, image = variant("v1")
    store.assets.delete(made.image.digest)
    assert store.variants.present(["v1", "v2", "none"]) == {"v2"}
    assert store.variants.publish(made, image) == made
    assert store.variants.present(["v1", "v2"]) == {"v1", "v2"}
    assert store.variants.image("v1") == image
    assert store.outbox.last_sequence() == 2


def test_publishing_another_picture_under_a_known_id_stores_no_file(store, variant):
    made, image = variant("v1")
    store.variants.publish(made, image)
    other, data = variant("v2")
    assert store.variants.publish(other.model_copy(update={"id": "v1"}), data) == made
    assert list(store.assets) == [made.image.digest]


def test_retire_takes_approved_variants_out_of_sight_together(store, variant):
    for id, review in [("a", "approved"), ("b", "draft"), ("c", "approved"), ("d", "approved")]:
        store.variants.publish(*variant(id, review=review))
    start = store.outbox.last_sequence()
    assert store.reviews.retire(["c", "b", "a", "none", "a"], "core", "superseded by d") == ("a", "c")
    assert [store.variants.get(id).review for id in "abcd"] == ["rejected", "draft", "rejected", "approved"]
    assert [(change.variant, change.kind) for change in store.outbox.changes(start)] == [
        ("a", "remove"),
        ("c", "remove"),
    ]
    (step,) = store.reviews.of("a")
    assert (step.before, step.after, step.by, step.reason) == ("approved", "rejected", "core", "superseded by d")
    assert set(store.variants.servable("acd")) == {"d"}
    assert store.reviews.retire(["a", "b", "c"], "core", "again") == ()
    assert len(store.reviews.of("a")) == 1
    assert store.reviews.retire([], "core", "") == ()


def test_a_retirement_that_fails_retires_nothing(store, variant, monkeypatch):
    for id in "ab":
        store.variants.publish(*variant(id))
    calls = []

    def fail(*args):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError

    monkeypatch.setattr("prodgen_sdk.store.variants.outbox.append", fail)
    with pytest.raises(RuntimeError):
        store.reviews.retire("ab", "core", "")
    assert store.variants.count(review="approved") == 2
    assert store.reviews.of("a") == ()


def test_many_ids_are_checked_at_once(store, variant):
    store.variants.publish(*variant("yes"))
    assert set(store.variants.servable([*(f"no-{number}" for number in range(12_000)), "yes", "quo\"te'"])) == {"yes"}
