"""What a product's words say about its body, and how far they count against its frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_render.photo.fits import weighed
from prodgen_render.photo.kinds import read_words

from prodgen_sdk.types import Product


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Coffee mug", "revolution"),
        ("Chips can", "revolution"),
        ("Juice box", "cuboid"),
        ("Box of chocolate mugs", "cuboid"),
        ("Red mug for tea, in a box", "revolution"),
        ("Soccer ball", "revolution"),
        ("Baseball cap", "relief"),
        ("Rubik's cube", "cuboid"),
        ("Hooded jacket", "sheet"),
        ("Black jumpsuit", "sheet"),
        ("Padlock", "relief"),
        ("Bean bag", "relief"),
        ("Coffee maker", "relief"),
        ("Washing machine", "cuboid"),
        ("Oak bedside table", "cuboid"),
        ("Rice cooker", "relief"),
        ("55 inch television", "relief"),
        ("Hair dryer", "relief"),
        ("床头柜", "cuboid"),
        ("果汁盒", "cuboid"),
        ("咖啡杯", "revolution"),
        ("棒球帽", "relief"),
        ("Something new", None),
    ],
)
def test_a_title_is_read_by_its_noun(title: str, shape: str | None) -> None:
    assert read_words(Product(sku="x", title=title, category="other/product")).shape == shape


def test_a_category_that_names_a_kind_counts_before_the_title() -> None:
    bag = read_words(Product(sku="x", title="Coffee cup blend", category="food/coffee-bag"))
    assert bag == read_words(Product(sku="x", title="Beans", category="food/coffee-bag"))


def test_packages_are_printed_all_round_and_devices_are_not() -> None:
    assert read_words(Product(sku="x", title="Crackers", category="food/box")).printed
    assert not read_words(Product(sku="x", title="Phone", category="electronics/phone")).printed
    assert read_words(Product(sku="x", title="Thing", category="other/thing")).printed


lengths = st.floats(0.02, 4.0)


@given(framed=lengths, usual=lengths, gain=st.floats(0, 2), off=st.floats(0.01, 0.2), known=st.booleans())
def test_a_weighed_depth_lies_between_what_frame_and_kind_say(
    framed: float, usual: float, gain: float, off: float, known: bool
) -> None:
    low, high = sorted((framed, usual))
    assert low * (1 - 1e-6) <= weighed(framed, usual, gain, off, known) <= high * (1 + 1e-6)


def test_a_frame_counts_as_it_tells() -> None:
    depths = [weighed(1.0, 0.3, gain, 0.035, True) for gain in (0.0, 0.05, 0.2, 0.8)]
    assert depths == sorted(depths)
    assert depths[0] == pytest.approx(0.3)
    assert depths[-1] > 0.95
    assert weighed(1.0, 0.3, 0.1, 0.035, False) > weighed(1.0, 0.3, 0.1, 0.035, True)
