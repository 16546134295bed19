import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk import InputError, Scene, View
from prodgen_sdk.types import FILL_AT_DISTANCE_ONE, FOV_DEGREES, NAMED_VIEWS, VIEW_SETS, parse_views, unit_distance

angles = st.floats(-720, 720, allow_nan=False)
elevations = st.floats(-90, 90, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "towards"),
    [("front", (0, -1, 0)), ("right", (1, 0, 0)), ("back", (0, 1, 0)), ("left", (-1, 0, 0)), ("top", (0, 0, 1))],
)
def test_named_views_look_from_where_their_name_says(name, towards):
    position = NAMED_VIEWS[name].camera_position()
    length = math.dist(position, (0, 0, 0))
    assert [p / length for p in position] == pytest.approx(towards, abs=1e-12)


@given(angles, elevations, st.floats(0.1, 10), st.floats(0.01, 100))
def test_the_camera_keeps_its_distance(azimuth, elevation, distance, radius):
    view = View(azimuth=azimuth, elevation=elevation, distance=distance)
    centre = (1.0, -2.0, 3.0)
    away = math.dist(view.camera_position(centre, radius), centre)
    assert away == pytest.approx(distance * unit_distance(radius), rel=1e-9)


@given(st.floats(0.01, 100))
def test_distance_one_fills_85_percent_of_the_frame(radius):
    half = math.asin(radius / unit_distance(radius))
    assert math.tan(half) / math.tan(math.radians(FOV_DEGREES / 2)) == pytest.approx(FILL_AT_DISTANCE_ONE)


@given(angles)
def test_azimuth_is_taken_modulo_360(azimuth):
    assert 0 <= View(azimuth=azimuth).azimuth < 360
    assert math.cos(math.radians(View(azimuth=azimuth).azimuth)) == pytest.approx(
        math.cos(math.radians(azimuth)), abs=1e-9
    )


@given(st.integers(0, 359), st.integers(-90, 90), st.sampled_from([0.6, 1, 1.8]))
def test_a_view_written_as_numbers_is_read_back(azimuth, elevation, distance):
    assert View.parse(f"{azimuth}:{elevation}:{distance}") == View(
        azimuth=azimuth, elevation=elevation, distance=distance
    )


def test_sets_hold_what_the_vocabulary_says():
    assert len(VIEW_SETS["orbit8"]) == 8
    assert {view.elevation for view in VIEW_SETS["orbit4"]} == {15}
    assert len(set(VIEW_SETS["pose96"])) == 96
    assert [view.name for view in VIEW_SETS["marketplace"]] == ["front", "back", "left", "right", "top", "detail"]


def test_repeated_views_are_dropped():
    assert parse_views("front, hero, 0:0:1") == (NAMED_VIEWS["front"],)


@pytest.mark.parametrize("text", ["", ",", "frnt", "1:2:3:4", "0:91", "0:0:0", "0:0:-1", "a:b", "0:0:1e9"])
def test_a_bad_view_is_refused(text):
    with pytest.raises(InputError):
        parse_views(text)


def test_a_misspelled_view_suggests_its_neighbour():
    with pytest.raises(InputError, match="Did you mean front"):
        parse_views("frnt")


def test_slugs_are_fit_for_files_and_distinct():
    slugs = [view.slug for views in VIEW_SETS.values() for view in set(views)]
    assert all(slug.replace("_", "").replace("-", "").replace(".", "").isalnum() for slug in slugs)
    assert len({view.slug for view in VIEW_SETS["pose96"]}) == 96


@pytest.mark.parametrize("text", ["pink", "#12345", "white,sun", "light=neon"])
def test_a_bad_scene_is_refused(text):
    with pytest.raises(InputError, match="Scene"):
        Scene.parse(text)


def test_scenes_are_read():
    assert Scene.parse("gradient,#102030,no-shadow,light=soft") == Scene(
        background="gradient", colour="#102030", shadow=False, light="soft"
    )


@pytest.mark.parametrize(
    ("text", "background", "style"),
    [
        ("style=on a table", "white", "on a table"),
        ("#ffeedd, no-shadow, style=on marble, in morning light", "colour", "on marble, in morning light"),
        ("white", "white", ""),
    ],
)
def test_a_style_is_what_follows_its_name(text, background, style):
    scene = Scene.parse(text)
    assert (scene.background, scene.style) == (background, style)
