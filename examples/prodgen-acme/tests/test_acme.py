"""What is acme's own: colours, materials, light, configuration, prices, and the hook."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from prodgen_acme import plugin

from prodgen_sdk.config import Config, PluginsConfig
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.host import Host
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    GenerationRequest,
    Interest,
    Product,
    RecommendationContext,
    UserProfile,
    parse_views,
)

NOW = datetime(2026, 1, 31, tzinfo=UTC)
PRICES = {"dear": 80, "cheap": 10, "double": 20, "free": None}


@pytest.fixture
def swatch(host_with):
    return host_with(plugin).get("generator", "acme/swatch")


def draw(swatch, views="front", **product):
    request = GenerationRequest(
        product=Product(sku="x", category="home/mug", **product), views=parse_views(views), size=128
    )
    return swatch.generate([request])[0]


@pytest.mark.parametrize(
    ("title", "colour", "material"),
    [
        ("Blue ceramic mug", "blue", "ceramic"),
        ("红色纯棉T恤", "red", "cotton"),
        ("Walnut tray, brown", "brown", "wood"),
        ("Covered jar", "unknown", "unknown"),
    ],
)
def test_words_become_colour_and_material(swatch, title, colour, material):
    (picture,) = draw(swatch, title=title)
    assert picture.facts == {"colour": colour, "material": material}


def test_the_swatch_has_the_colour(swatch):
    (picture,) = draw(swatch, title="T-shirt", attributes={"colour": "red", "material": "cotton"})
    red, green, blue = picture.image[picture.mask].mean(axis=0)
    assert red > 2 * green
    assert red > 2 * blue


def test_the_view_turns_the_light(swatch):
    left, right = draw(swatch, views="left,right", title="Blue ceramic mug")
    assert left.image[64, 30].sum() > left.image[64, 98].sum()
    assert right.image[64, 30].sum() < right.image[64, 98].sum()
    assert np.array_equal(left.mask, right.mask)


def test_configuration_is_checked():
    config = Config(plugins=PluginsConfig.model_validate({"acme": {"releif": 2}}))
    with pytest.raises(ConfigError, match="releif"):
        Host(config, strict=True).register(plugin, "acme")


def test_what_was_just_bought_is_left_out(host_with):
    candidates = [Candidate(sku=sku, variants=(CandidateVariant(id=f"{sku}-v0", score=1),)) for sku in "abc"]
    bought = [
        Interest(sku="a", weight=5, last_type="purchase", last_at=NOW - timedelta(days=3)),
        Interest(sku="b", weight=1, last_type="purchase", last_at=NOW - timedelta(days=90)),
        Interest(sku="c", weight=1, last_type="view", last_at=NOW),
    ]
    kept = host_with(plugin).chain(
        "filter_candidates",
        candidates,
        "candidates",
        user=UserProfile(user="ann", interests=tuple(bought)),
        context=RecommendationContext(at=NOW),
    )
    assert [candidate.sku for candidate in kept] == ["b", "c"]


def test_a_price_far_from_what_the_user_pays_costs_a_place(host_with):
    host = host_with(plugin)
    known = {sku: Product(sku=sku, title=sku, category="home/mug", price=price) for sku, price in PRICES.items()}
    host.products = lambda skus: {sku: known[sku] for sku in skus if sku in known}
    candidates = [Candidate(sku=sku, variants=(CandidateVariant(id=f"{sku}-v0", score=0.5),)) for sku in PRICES]
    paid = Interest(sku="cheap", weight=1, last_type="purchase", last_at=NOW)
    user = UserProfile(user="ann", vector=np.eye(4, dtype=np.float32)[0], interests=(paid,))
    ranked = host.get("ranker", "acme/purse").rank(user, candidates, RecommendationContext(at=NOW))
    assert [item.candidate.sku for item in ranked] == ["cheap", "free", "double", "dear"]
    assert ranked[2].contributions == {"similarity": 0.5, "price": pytest.approx(-0.1)}
