"""Products come in the size that their words state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.asset.generator import asset_of, model_of
from prodgen_render.families import FAMILIES
from prodgen_render.families.fitting import BAGS
from prodgen_render.model import Model3D
from prodgen_render.parametric import build_model
from prodgen_render.words.dimensions import Dimensions, dimensions_of
from prodgen_render.words.labels import name_on_label

from prodgen_sdk.types import Product


def product(title: str, category: str = "home/thing", **attributes: str) -> Product:
    return Product(sku="p", title=title, category=category, attributes=attributes)


def sides(model: Model3D) -> list[float]:
    """Width, depth and height in centimetres."""
    low, high = model.bounds
    return [round(float(side), 1) for side in 100 * (high - low)]


@pytest.mark.parametrize(
    ("title", "attributes", "along", "free"),
    [
        ("Oak table 180 x 90 x 75 cm", {}, {}, (1.8, 0.9, 0.75)),
        ("Table 180x90x75cm", {}, {}, (1.8, 0.9, 0.75)),
        ('Cushion 18" x 18"', {}, {}, (0.4572, 0.4572)),
        ("Rug 1,6 x 2,3 m", {}, {}, (1.6, 2.3)),
        ("Box W40 x D30 x H80 cm", {}, {0: 0.4, 1: 0.3, 2: 0.8}, ()),
        ("Shelf 40(W) x 30(D) x 80(H) cm", {}, {0: 0.4, 1: 0.3, 2: 0.8}, ()),
        ("书架 宽40×深30×高80cm", {}, {0: 0.4, 1: 0.3, 2: 0.8}, ()),
        ("花瓶 高30cm 直径12cm", {}, {1: 0.12, 2: 0.3}, ()),
        ("茶几 长80cm 宽40cm 高45cm", {}, {2: 0.45}, (0.8, 0.4)),
        ("Table", {"length": "180 cm", "width": "90", "height": "0.75 m"}, {2: 0.75}, (0.9, 1.8)),
        ("Vase", {"height_cm": "30", "width_mm": "120"}, {0: 0.12, 2: 0.3}, ()),
        ("Vase", {"Height": "30 cm", "Dimensions": "1 x 2 x 3"}, {2: 0.3}, ()),
        ("Box", {"dimensions": "H 30 cm, W 20 cm, D 10 cm"}, {0: 0.2, 1: 0.1, 2: 0.3}, ()),
        ("Box", {"尺寸": "60*40*30厘米"}, {}, (0.6, 0.4, 0.3)),
    ],
)
def test_sizes_are_read(
    title: str, attributes: dict[str, str], along: dict[int, float], free: tuple[float, ...]
) -> None:
    found = dimensions_of(product(title, **attributes))
    assert (dict(found.along), found.free) == (along, free)


@pytest.mark.parametrize(
    ("title", "attributes"),
    [
        ("TV 1920 x 1080", {}),
        ("Water 2 x 500 ml", {}),
        ("Jeans W32 L34", {}),
        ("USB cable 2 m", {}),
        ("Lego 4 x 4", {}),
        ("Candles, set of 4 x 30 cm", {}),
        ("Screen", {"size": "1920 x 1080"}),
        ("Vase", {"height": "tall", "width": "nan", "depth": "-4 cm"}),
        ("Vase", {"height": "99999 m"}),
        ("Vase", {"dimensions": "0 x 0 x 0 cm"}),
    ],
)
def test_what_is_no_size_of_the_product_is_not_read(title: str, attributes: dict[str, str]) -> None:
    assert not dimensions_of(product(title, **attributes))


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = dimensions_of(product("Vase", dimensions=text, height=text))
    assert all(1e-3 <= length <= 100 for length in (*found.along.values(), *found.free))


@pytest.mark.parametrize(
    ("title", "category", "expected"),
    [
        ("Oak dining table 180 x 90 x 75 cm", "home/table", [180, 90, 75]),
        ("Bookshelf W60 x D30 x H200 cm", "home/shelf", [60, 30, 200]),
        ("Fridge 60 x 65 x 185 cm", "electronics/refrigerator", [60, 65, 185]),
        ("Bookshelf speaker 18 x 22 x 30 cm", "electronics/speaker", [18, 22, 30]),
        ("收纳盒 60*40*30cm", "home/storage-box", [60, 40, 30]),
    ],
)
def test_a_product_has_the_sides_that_are_stated(title: str, category: str, expected: list[float]) -> None:
    for seed in (0, 3):
        model = build_model(product(title, category), seed)
        assert sides(model) == pytest.approx(expected, abs=0.11)
        assert "fallback" not in model.facts


@pytest.mark.parametrize(
    ("title", "category", "width", "height"),
    [
        ("Picture frame 50 x 70 cm", "home/picture-frame", 50, 70),
        ("Picture frame 70 x 50 cm", "home/picture-frame", 50, 70),
        ("Wall mirror 40 x 160 cm", "home/mirror", 40, 160),
        ("Lumbar cushion 30 x 60 cm", "home/cushion", 60, 30),
    ],
)
def test_two_lengths_are_those_of_the_front(title: str, category: str, width: float, height: float) -> None:
    found = sides(build_model(product(title, category), 3))
    assert (found[0], found[2]) == pytest.approx((width, height), abs=0.11)


def test_what_is_round_stays_round_and_takes_the_diameter() -> None:
    wide, deep, high = sides(build_model(product("Vase height 40 cm diameter 12 cm", "home/vase"), 3))
    assert (wide, deep, high) == pytest.approx((12, 12, 40), abs=0.11)


def test_one_length_gives_the_scale_alone() -> None:
    usual, tall = (sides(build_model(product("Sofa", "home/sofa", **said), 3)) for said in ({}, {"width": "240 cm"}))
    assert tall[0] == pytest.approx(240, abs=0.11)
    assert np.array(tall) / tall[0] == pytest.approx(np.array(usual) / usual[0], abs=0.002)


def test_a_bag_is_measured_without_its_handles() -> None:
    model = build_model(product("Canvas tote bag 30 x 42 cm", "apparel/tote-bag"), 3)
    body = model.parts[0].vertices
    assert 100 * (body.max(0) - body.min(0))[[0, 2]] == pytest.approx([30, 42], abs=0.1)
    assert sides(model)[2] > 50


def test_sides_that_the_shape_cannot_have_are_told_and_left() -> None:
    for title, category in (("Ceramic mug 300 x 10 x 8 cm", "home/mug"), ("Flat box 400 x 300 x 2 cm", "food/box")):
        model = build_model(product(title, category), 3)
        assert "are not the sides of the shape" in model.facts["fallback"]
        low, high = model.bounds
        assert (high - low).max() < 0.5


def test_garments_and_what_is_shown_folded_are_drawn_as_ever() -> None:
    for name, said in (("tshirt", "70 x 50 cm"), ("rug", "80 x 300 cm"), ("laptop", "30 x 21 x 1.5 cm")):
        category = f"{FAMILIES[name].domain}/{name}"
        plain, measured = (build_model(product("Thing", category, **a), 3) for a in ({}, {"dimensions": said}))
        assert sides(plain) == sides(measured)
    assert not {name for name in BAGS if name not in FAMILIES}


def test_an_asset_has_them_too_in_drafts_as_well() -> None:
    table = product("Oak table 180 x 90 x 75 cm", "home/table")
    asset = asset_of(table, 3)
    for share in (1.0, 0.35):
        assert sides(model_of(table, asset, share=share)) == pytest.approx([180, 90, 75], abs=0.11)
    without = asset_of(product("Oak table", "home/table"), 3)
    assert sides(model_of(table, without)) == pytest.approx([180, 90, 75], abs=0.11)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.8, 1.25), st.floats(0.8, 1.25), st.integers(0, 50))
def test_stated_sides_near_the_usual_ones_are_met(wide: float, deep: float, seed: int) -> None:
    usual = sides(build_model(product("Cabinet", "home/cabinet"), seed))
    asked = [usual[0] * wide, usual[1] * deep, usual[2]]
    said = dict(zip(("width", "depth", "height"), map("{:.1f} cm".format, asked), strict=True))
    assert sides(build_model(product("Cabinet", "home/cabinet", **said), seed)) == pytest.approx(asked, abs=0.15)


def test_sides_do_not_stand_on_labels() -> None:
    assert name_on_label("Green tea gift tin 12 x 8 x 8 cm") == "Green tea"
    assert name_on_label("Cola 6 x 330 ml") == "Cola"


def test_nothing_is_known_of_no_size() -> None:
    assert dimensions_of(product("Vase")) == Dimensions()
