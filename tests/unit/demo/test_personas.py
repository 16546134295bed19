"""Visitors act by their script, the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prodgen_sdk.demo.personas import CURIOSITY, Persona, answers, appeal, clicks_at_random, first_day
from prodgen_sdk.types import Product, Recommendation, View

AT = datetime(2026, 3, 3, tzinfo=UTC)
MUG = Product(sku="mug", title="Mug", category="home/mug", tags=("tea",))
PHONE = Product(sku="phone", title="Phone", category="electronics/phone")
PRODUCTS = {"mug": MUG, "phone": PHONE}
LOVER = Persona("ada", "Loves mugs.", "en", {"home/mug": 1.0}, (("search", "mug"), ("view", "mug"), ("view", "gone")))


def shown(sku: str, request: str) -> Recommendation:
    return Recommendation(
        sku=sku, variant=f"{sku}-v", score=1, propensity=1, reasons=(), request_id=request, position=0
    )


def clicks(sku: str, view: View, times: int = 400) -> int:
    found = [list(answers(LOVER, [shown(sku, f"r{n}")], PRODUCTS, {f"{sku}-v": view}, AT)) for n in range(times)]
    return sum(any(event.type == "click" for event in events) for events in found)


def test_the_first_day_leaves_out_products_that_are_not_in_the_shop():
    assert [(event.type, event.sku, event.query) for event in first_day(LOVER, frozenset({"mug"}))] == [
        ("search", None, "mug"),
        ("view", "mug", None),
    ]


def test_answers_are_the_same_every_time_and_name_what_they_answer():
    item = shown("mug", "r1")
    first, again = (list(answers(LOVER, [item], PRODUCTS, {"mug-v": View(azimuth=45)}, AT)) for _ in range(2))
    assert first == again
    assert first[0].type == "click"
    assert (first[0].sku, first[0].variant, first[0].request_id) == ("mug", "mug-v", "r1")


def test_likes_and_telling_pictures_are_clicked_more():
    assert clicks("mug", View(azimuth=45)) == 400
    assert clicks("mug", View(azimuth=45)) > clicks("mug", View()) > clicks("mug", View(azimuth=180)) > 0
    assert clicks("phone", View(azimuth=45)) < 0.1 * 400


def test_interest_is_the_largest_of_category_and_tags():
    taste = {"home": 0.2, "tea": 0.6}
    assert Persona("u", "", "en", taste).interest(MUG) == 0.6
    assert Persona("u", "", "en", taste).interest(PHONE) == CURIOSITY


def test_appeal_is_a_share_and_symmetric():
    for azimuth in range(0, 360, 15):
        assert 0 < appeal(View(azimuth=azimuth)) <= 1
        assert appeal(View(azimuth=azimuth)) == appeal(View(azimuth=-azimuth))
    assert 0 < appeal(None) < 1


def test_clicks_at_random_is_a_mean_over_products_and_pictures():
    views = {"phone": [View(azimuth=45), View(azimuth=180)]}
    assert 0 < clicks_at_random(PRODUCTS, views) < clicks_at_random(PRODUCTS, {"phone": [View(azimuth=45)]})
    assert clicks_at_random(PRODUCTS, {}) == pytest.approx(0)
