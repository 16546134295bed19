"""Pictograms: the words of a title choose them, and they are seen whole."""

import numpy as np
import pytest

from prodgen_sdk.images.colour import ink_on, luminance
from prodgen_sdk.images.pictograms import (
    FIRST,
    NATURAL,
    SECOND,
    cover,
    covers,
    in_one_ink,
    inks_of,
    pictogram_of,
    subject_of,
    things,
)
from prodgen_sdk.images.pictograms.subjects import THINGS, WARES


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Green tea", "tea"),
        ("绿茶", "tea"),
        ("Strawberry jam", "berry"),
        ("蓝莓果酱", "blueberry"),
        ("Cherry jam", "cherry"),
        ("Raspberry jam", "raspberry"),
        ("Blackcurrant jam", "blueberry"),
        ("Hoodie with heart logo", "heart"),
        ("Artichoke hearts", ""),
        ("Sesame oil", "oil"),
        ("香油", "oil"),
        ("Sparkling water, lime", "lime"),
        ("Sparkling water", "bubbles"),
        ("樱花身体乳", "blossom"),
        ("Spaghetti no. 5", "ear"),
        ("Tuna in olive oil", "fish"),
        ("金枪鱼罐头", "fish"),
        ("Olive oil", "olive"),
        ("橄榄油", "olive"),
        ("Dark roast coffee beans 500 g", "bean"),
        ("拿铁咖啡", "bean"),
        ("Hyaluronic face serum", "drop"),
        ("保湿精华液", "drop"),
        ("Orange juice", "citrus"),
        ("Lemon soda", "lemon"),
        ("Lime cordial", "lime"),
        ("Apricot juice", "apple"),
        ("Shampoo", "bubbles"),
        ("Rosemary shampoo", "sprig"),
        ("薰衣草沐浴露", "lavender"),
        ("Cherry blossom hand cream", "blossom"),
        ("Night cream", "moon"),
        ("防晒霜 SPF50", "sun"),
        ("Oat flakes", "ear"),
        ("Honey", "honeycomb"),
        ("Candle with lavender", "lavender"),
        ("Scented candle", "flame"),
        ("Cat food", "cat"),
        ("狗粮", "dog"),
        ("Dinosaur print hoodie", "dinosaur"),
        ("Pineapple chunks", "pineapple"),
        ("仙人掌", "cactus"),
        ("Manuka honey", "honeycomb"),
    ],
)
def test_the_words_choose(title: str, subject: str) -> None:
    assert subject_of(title) == subject


@pytest.mark.parametrize("title", ["", "Red tin", "Rose gold jar", "Steak", "Teal cup", "🙂", "ticket office"])
def test_words_that_name_no_such_thing_choose_nothing(title: str) -> None:
    assert subject_of(title) == ""


def test_a_long_title_is_read_at_once() -> None:
    assert subject_of("a" * 10_000) == ""
    assert subject_of("Tuna " + "x, " * 5_000) == "fish"


def test_every_subject_can_be_drawn_and_is_seen_whole() -> None:
    assert {name for name, _ in (*THINGS, *WARES)} <= set(things())
    for name, motif in things().items():
        for _, points in motif:
            assert np.abs(points).max() < 1.06, name


def test_with_one_ink_details_are_cut_out_and_what_stands_beside_is_kept() -> None:
    assert {ink for ink, _ in in_one_ink(things()["cherry"])} == {FIRST}
    assert {ink for ink, _ in in_one_ink(things()["fish"])} == {FIRST, SECOND}


def test_a_cover_has_ink_and_room_and_no_stairs() -> None:
    for name, motif in things().items():
        drawn = cover(motif, 48)
        assert drawn.shape == (48, 48)
        assert 0.1 < drawn.mean() / 255 < 0.75, name
        assert ((drawn > 0) & (drawn < 255)).any(), name
        assert not drawn[[0, -1]].any(), name
        assert not drawn[:, [0, -1]].any(), name


def test_eyes_and_seeds_let_the_ground_through() -> None:
    strawberry = pictogram_of("Strawberry jam")
    assert strawberry is not None
    seeds = [points.mean(0) for ink, points in in_one_ink(strawberry) if ink == SECOND]
    drawn = cover(strawberry, 100)
    for across, down in seeds:
        assert drawn[round(50 + 50 * down), round(50 + 50 * across)] < 128
    assert pictogram_of("Steak") is None


@pytest.mark.parametrize("name", sorted(things()))
def test_two_inks_cover_what_one_does(name: str) -> None:
    first, second = (each.astype(int) for each in covers(things()[name], 64))
    assert (first + second <= 258).all()
    assert first.max() >= 250
    assert (cover(things()[name], 64) <= first + second + 4).all()


@pytest.mark.parametrize(
    "ground", [(250, 247, 240), (195, 39, 43), (63, 138, 85), (31, 47, 85), (29, 29, 31), (240, 195, 60)]
)
@pytest.mark.parametrize("name", sorted(NATURAL))
def test_things_are_seen_on_any_ground_and_have_their_own_colours_where_they_are(
    name: str, ground: tuple[int, int, int]
) -> None:
    first, second = inks_of(name, ground)
    assert abs(luminance(first) - luminance(ground)) > 0.1
    assert first == NATURAL[name] or first == ink_on(ground)
    assert np.linalg.norm(np.subtract(first, second)) > 40
