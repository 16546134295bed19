"""The demo's catalogue is what a shop would write, and every line of it is taken."""

from __future__ import annotations

from prodgen_sdk.catalogue import read_catalogue
from prodgen_sdk.demo.assets import DATA
from prodgen_sdk.demo.personas import PERSONAS, VISITOR
from prodgen_sdk.demo.plan import EIGHT_VIEWS, OUTFITS
from prodgen_sdk.types import DOMAINS, Product


def read(name: str) -> list[Product]:
    rows = list(read_catalogue(DATA / name))
    assert [row.error for row in rows if row.error] == []
    return [row.product for row in rows if row.product is not None]


SYNTHETIC = read("catalogue.jsonl") + read("arrivals.csv")
GARMENTS = read("garments.jsonl")
ALL = {product.sku: product for product in SYNTHETIC + GARMENTS}


def test_there_are_forty_products_without_the_garments_and_twelve_garments():
    assert len(SYNTHETIC) >= 40
    assert len(GARMENTS) == 12
    assert len(ALL) == len(SYNTHETIC) + len(GARMENTS)


def test_five_domains_and_both_languages():
    assert {product.domain for product in ALL.values()} == set(DOMAINS) - {"other"}
    assert {product.locale for product in ALL.values()} == {"en", "zh"}
    for product in ALL.values():
        other = "zh" if product.locale == "en" else "en"
        assert product.translations[other].title
        assert product.translations[other].description
        assert any("一" <= letter <= "鿿" for letter in product.text("zh").title)


def test_every_product_can_be_sold():
    for product in ALL.values():
        assert product.price
        assert product.currency == "USD"
        assert product.tags
        assert product.on_sale
        assert product.description


def test_some_products_say_their_colour_in_words_alone():
    assert sum("colour" not in product.attributes for product in SYNTHETIC) >= 10


def test_each_garment_has_a_front_and_a_back():
    for product in GARMENTS:
        assert [media.role for media in product.media] == ["front", "back"]


def test_eight_views_are_made_of_two_products_of_each_domain():
    domains = [ALL[sku].domain for sku in EIGHT_VIEWS]
    assert len(domains) == 10
    assert {domains.count(domain) for domain in domains} == {2}


def test_scripts_and_outfits_name_products_that_are_there():
    for persona in (*PERSONAS, VISITOR):
        named = {what for kind, what in persona.actions if kind != "search"}
        assert named <= ALL.keys()
    assert {sku for outfit in OUTFITS for sku in outfit} <= ALL.keys()
