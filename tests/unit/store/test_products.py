import pytest
from sqlalchemy import event

from prodgen_sdk.errors import NotFound


def test_put_tells_what_became_of_each(store, product):
    assert store.products.put([product("a"), product("b")]) == {"a": "added", "b": "added"}
    changed = store.products.put([product("a"), product("b", title="Red mug"), product("c")])
    assert changed == {"a": "unchanged", "b": "updated", "c": "added"}
    assert store.products.get("b").title == "Red mug"


def test_a_price_written_with_more_zeros_is_the_same_price(store, product):
    store.products.put([product("a", price="9.5")])
    assert store.products.put([product("a", price="9.5000")]) == {"a": "unchanged"}


def test_the_later_of_two_with_one_sku_stays(store, product):
    assert store.products.put([product("a"), product("a", title="Later")]) == {"a": "added"}
    assert store.products.get("a").title == "Later"


def test_a_product_comes_back_as_it_was(store, product):
    original = product(
        "T.shirt_1", title="红色T恤 “x”", attributes={"n": 3, "f": 1.0, "b": True, "l": ("a", "b"), "s": "1"},
        price="0.0100", media=[{"role": "front", "uri": "a/b.png", "view": {"azimuth": 90}}], locale="zh",
        translations={"en": {"title": "Red T-shirt"}}, stock=0, withdrawn=True,
    )  # fmt: skip
    store.products.put([original])
    loaded = store.products.get("T.shirt_1")
    assert loaded == original
    assert [type(value) for value in loaded.attributes.values()] == [int, float, bool, tuple, str]


def test_a_title_that_would_be_refused_today_can_be_read_and_mended(store, product):
    store.products.put([product("a").model_copy(update={"title": "  "})])
    assert store.products.get("a").title == "  "
    assert [found.title for found in store.products.iterate()] == ["  "]
    assert store.products.put([product("a", title="Mug")]) == {"a": "updated"}
    assert store.products.get("a").title == "Mug"


def test_an_unknown_sku_names_its_neighbours(store, product):
    store.products.put([product("mug-blue"), product("tee-red")])
    with pytest.raises(NotFound, match="mug-blue"):
        store.products.get("mug-bleu")


def test_iterate_in_order_of_sku_on_every_database(store, product):
    skus = ["B", "a", "a-1", "a.1", "a1", "a_1", "b", "1"]
    store.products.put(product(sku) for sku in skus)
    assert [item.sku for item in store.products.iterate()] == sorted(skus)
    assert [item.sku for item in store.products.iterate(after="a-1", limit=3)] == sorted(skus)[
        sorted(skus).index("a-1") + 1 :
    ][:3]
    assert {sku: item.sku for sku, item in store.products.of(["b", "a", "none", "a"]).items()} == {"a": "a", "b": "b"}
    assert store.products.of([]) == {}


def test_iterate_pages_through_many(store, product):
    store.products.put(product(f"p{number:05}") for number in range(1201))
    assert [item.sku for item in store.products.iterate()] == [f"p{number:05}" for number in range(1201)]
    assert store.products.count() == 1201
    assert len(list(store.products.iterate(limit=550))) == 550
    assert len(store.products.of(f"p{number:05}" for number in range(0, 12_000, 2))) == 601


def test_a_category_holds_those_below_it_and_no_others(store, product):
    store.products.put(
        product(sku, category=category)
        for sku, category in {"a": "home/mug", "b": "home/mug/travel", "c": "home/mug-rack", "d": "food/mug"}.items()
    )
    assert [item.sku for item in store.products.iterate(category="home/mug")] == ["a", "b"]
    assert store.products.count("home") == 3
    assert store.products.count("hom") == 0


@pytest.mark.parametrize(
    "change",
    [{"price": "3"}, {"tags": ()}, {"category": "home/cup"}, {"stock": 0}, {"withdrawn": True}, {"title": "New"}],
)
def test_an_update_that_shows_puts_the_approved_variants_in_the_outbox(store, product, variant, change):
    store.products.put([product()])
    store.variants.publish(*variant("v1"))
    store.variants.publish(*variant("v2", review="in_review"))
    before = store.outbox.last_sequence()
    store.products.put([product(**change)])
    assert [(item.variant, item.kind) for item in store.outbox.changes(before)] == [("v1", "upsert")]


def test_a_count_in_stock_alone_does_not_touch_the_index(store, product, variant):
    store.products.put([product(stock=5)])
    store.variants.publish(*variant("v1"))
    before = store.outbox.last_sequence()
    assert store.products.put([product(stock=4)]) == {"mug-1": "updated"}
    assert store.outbox.changes(before) == ()


def test_a_change_of_many_products_goes_through_their_variants_alone(sqlite_store, product, variant):
    store, plans = sqlite_store, []
    skus = ["a", "b", "c"]
    store.products.put(map(product, skus))
    for sku in skus:
        store.variants.publish(*variant(f"v-{sku}", sku))

    def explain(connection, cursor, statement, parameters, context, many):
        if "FROM variants" in statement:
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in rows)

    event.listen(store.database.engine, "before_cursor_execute", explain)
    store.products.put(product(sku, price="3") for sku in skus)
    assert plans[0] == "SEARCH variants USING INDEX ix_variants_sku_review (sku=?)"
    assert [change.variant for change in store.outbox.changes(3)] == ["v-a", "v-b", "v-c"]
