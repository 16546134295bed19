"""Measurements in centimetres: what is accepted, what is refused, and what they mean in pixels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.fit.letters import LETTERS
from prodgen_tryon.fit.sizes import Size, check_proportions, measures, size_of, stature
from prodgen_tryon.garment.keypoints import top_shape
from prodgen_tryon.garment.legs import leg_shape

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Garment, PersonPhoto

PIXELS = np.zeros((8, 8, 3), np.uint8)


def known(measurements, category="top", size=None, height=175, body=None):
    person = PersonPhoto(image=PIXELS, height_cm=height, measurements_cm=body or {})
    return size_of(Garment(front=PIXELS, measurements_cm=measurements), category, size, person)


def test_girths_become_flat_widths_and_lengths_stay():
    cm = known({"chest": 104, "waist_width": 50, "length": 70})
    assert cm.widths == {"chest": 52, "waist": 50}
    assert cm.lengths == {"length": 70}
    assert cm.warnings == ()


def test_a_garment_without_measurements_has_no_size():
    assert known({}) is None


@pytest.mark.parametrize(
    ("measurements", "category", "message"),
    [
        ({"chest": 20}, "top", "chest of 20 cm cannot be worn by a person of 175 cm"),
        ({"chest": 52}, "top", "chest of 52 cm"),
        ({"length": 200}, "top", "length of 200 cm"),
        ({"length": 10}, "trousers", "length of 10 cm"),
        ({"chest": 104, "chest_width": 40}, "top", "contradict each other"),
        ({"inseam": 80, "length": 78}, "trousers", "inseam of 80 cm does not fit"),
        ({"M:chest": 104, "L:chest": 110}, "top", "no measurements for size XL"),
    ],
)
def test_what_cannot_be_is_an_error(measurements, category, message):
    with pytest.raises(InputError, match=message):
        known(measurements, category, "XL" if "M:chest" in measurements else None)


def test_a_flat_width_given_as_a_girth_is_told():
    with pytest.raises(InputError) as caught:
        known({"chest": 52})
    assert "chest_width" in caught.value.hint


def test_a_small_child_wears_small_clothes():
    assert known({"chest": 58, "length": 38}, height=95).widths["chest"] == 29


def test_measurements_of_the_size_come_first():
    chart = {"M:chest": 104, "L:chest": 112, "length": 70}
    assert known(chart, size="l").widths["chest"] == 56
    assert known(chart, size="M").lengths == {"length": 70}
    assert known({"chest": 100}, size="M").widths["chest"] == 50


@pytest.mark.parametrize("category", ["top", "outerwear", "dress", "trousers", "shorts", "skirt", "overall"])
def test_letters_grow(category):
    found = [known({}, category, letter) for letter in LETTERS]
    for smaller, larger in pairwise(found):
        assert all(larger.widths[name] > smaller.widths[name] for name in smaller.widths)
        assert larger.growth > smaller.growth
    assert "general table" in found[0].warnings[0]


def test_waist_and_inseam_in_inches():
    cm = known({}, "trousers", "W32/L34")
    assert cm.widths["waist"] == pytest.approx(32 * 2.54 / 2)
    assert cm.lengths["inseam"] == pytest.approx(34 * 2.54)
    assert known({}, "trousers", "32").lengths == {}


@pytest.mark.parametrize(("size", "category"), [("huge", "top"), ("W32/L34", "top"), ("38", "dress")])
def test_unknown_sizes_are_told(size, category):
    with pytest.raises(InputError, match=f"size {size} is not known"):
        known({}, category, size)


def test_what_is_guessed_is_said():
    assert "170 cm was assumed" in known({"chest": 104}, height=None).warnings[0]
    assert "chst" in known({"chst": 104, "chest": 100}).warnings[0]
    assert "tighter" in known({"chest": 90}, body={"chest": 100}).warnings[0]


def test_the_scale_follows_the_height(drawn):
    frame = skeleton(drawn.joints())
    tall = stature(frame, (400, 300))
    assert 300 < tall < 400  # the drawn figure stands from y 25 to 366
    cm = known({"chest": 100, "length": 70})
    size = cm.pixels(frame, (400, 300), 175)
    assert size.widths["chest"] == pytest.approx(50 * tall / 175)
    assert cm.pixels(frame, (400, 300), 190).widths["chest"] < size.widths["chest"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scale=st.floats(0.3, 3))
def test_the_scale_of_a_photo_is_that_of_the_person(drawn, scale):
    shape = (400, 300)
    frame = skeleton(drawn.joints())
    other = skeleton(drawn.joints((round(400 * scale), round(300 * scale))))
    large = stature(other, (round(400 * scale), round(300 * scale)))
    assert large / stature(frame, shape) == pytest.approx(round(400 * scale) / 400, rel=0.02)


def test_an_upper_body_is_enough(drawn):
    frame = skeleton(drawn.joints())
    assert stature(frame, (240, 300)) == pytest.approx(stature(frame, (400, 300)), rel=0.12)


def test_a_photo_is_measured(drawn):
    tee = measures(top_shape(drawn.garment(drawn.tee())[1]))
    assert tee["chest"] == pytest.approx(152, abs=8)
    assert tee["length"] == pytest.approx(260, abs=12)
    assert tee["sleeve"] == pytest.approx(96, abs=14)
    trousers = measures(leg_shape(drawn.garment(drawn.trousers())[1]))
    assert trousers["waist"] == pytest.approx(120, abs=6)
    assert trousers["inseam"] == pytest.approx(190, abs=10)
    assert trousers["leg_hem"] == pytest.approx(60, abs=6)
    skirt = measures(leg_shape(drawn.garment(np.array([(150, 60), (250, 60), (300, 300), (100, 300)], float))[1], True))
    assert skirt["hem"] > skirt["hip"] > skirt["waist"]


def test_both_scales():
    photo = {"chest": 200.0, "length": 300.0}
    wide, long = Size({"chest": 100.0}, {}, 700), Size({}, {"length": 180.0}, 700)
    assert (wide.across(photo), wide.along(photo)) == (0.5, None)
    assert (long.across(photo), long.along(photo)) == (None, 0.6)
    assert not Size({"thigh": 1.0}, {}, 700).knows(photo)


def test_measurements_of_another_garment_are_told():
    photo = {"chest": 200.0, "length": 300.0}
    check_proportions(Size({"chest": 100.0}, {"length": 190.0}, 700), photo)
    with pytest.raises(InputError, match="contradict the garment's photo"):
        check_proportions(Size({"chest": 100.0}, {"length": 60.0}, 700), photo)
    with pytest.raises(InputError, match="no sleeves"):
        check_proportions(Size({}, {"sleeve": 60.0}, 700), photo)
