"""The reads of the path of a recommendation, on both databases."""

from decimal import Decimal

from prodgen_sdk.types import Facets


def test_what_may_be_shown_comes_with_its_facets(store, product, variant):
    store.products.put([product(), product("cup", category="home/cup", price=None, tags=()), product("gone", stock=0)])
    for id, sku, review in (
        ("a", "mug-1", "approved"),
        ("b", "mug-1", "in_review"),
        ("c", "cup", "approved"),
        ("d", "gone", "approved"),
    ):
        made, image = variant(id, sku, review=review, quality={"sharp": 0.5})
        store.variants.publish(made, image)
    assert store.variants.servable(["a", "b", "c", "d", "e"]) == {
        "a": ("mug-1", Facets(category="home/mug", price=Decimal("9.5"), tags=("gift",))),
        "c": ("cup", Facets(category="home/cup")),
    }
    assert store.variants.approved_of(["mug-1", "cup", "none"], 5) == {"mug-1": ["a"], "cup": ["c"]}
    assert store.products.categories(["mug-1", "cup", "none"]) == {"mug-1": "home/mug", "cup": "home/cup"}
    found = store.variants.documents(["a", "e"])
    assert list(found) == ["a"]
    assert (found["a"]["sku"], found["a"]["quality"]) == ("mug-1", {"sharp": 0.5})
