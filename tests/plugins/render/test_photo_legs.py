"""Furniture: legs seen one by one, and the floor seen between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.furniture import legged_parts
from prodgen_render.photo.legs import Leg, legged, seen_from, stood
from prodgen_render.photo.measures import overlap
from prodgen_render.rendering.views import render

from prodgen_sdk.types import Product, View


def feet(camera: PhotoCamera, places: np.ndarray) -> tuple[Leg, ...]:
    x, y, _ = camera.project(places)
    return tuple(Leg(np.array([row]), np.array([at]), np.array([3.0])) for row, at in zip(y, x, strict=True))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 35), st.floats(0.2, 0.7), st.floats(-0.8, -0.4), st.floats(0.1, 0.6))
def test_feet_are_as_far_away_as_they_meet_the_floor(
    elevation: float, half: float, floor: float, across: float
) -> None:
    camera = PhotoCamera(900.0, 256.0, 256.0, elevation=elevation)
    places = np.array([[x, y, floor] for x in (-across, across) for y in (-half, half)])
    legs = feet(camera, places)
    found, depth = stood(legs, camera)
    assert found == pytest.approx(floor, abs=1e-3)
    assert depth == pytest.approx(places[:, 1], abs=1e-3)
    again = seen_from(legs, camera.but(elevation=0.0), 2 * half)
    assert again.elevation == pytest.approx(elevation, abs=0.1)


def standing(legs: tuple[int, ...], width: int = 6, floor: int = 160) -> np.ndarray:
    mask = np.zeros((200, 200), bool)
    mask[60:80, 30:170] = True
    for at in legs:
        mask[80:floor, at : at + width] = True
    return mask


def test_legs_are_found_and_mirrored() -> None:
    found = legged(standing((40, 154)))
    assert found is not None
    assert len(found.legs) == 2
    assert sorted(round(float(leg.middle[0])) for leg in found.legs) == [43, 157]
    assert found.top[60:80, 30:170].mean() > 0.95
    assert not found.top[90:].any()
    one_sided = legged(standing((40,)))
    assert one_sided is not None
    assert sorted(round(float(leg.middle[0])) for leg in one_sided.legs) == [43, 157]


@pytest.mark.parametrize("mask", [standing((), 6), standing((70,), 60), np.ones((64, 64), bool)])
def test_what_stands_on_no_legs_has_none(mask: np.ndarray) -> None:
    assert legged(mask) is None


@pytest.mark.parametrize("floor", range(130, 190, 12))
@pytest.mark.parametrize("kind", ["stool", "table"])
def test_feet_that_are_all_level_tell_no_depth_and_break_nothing(kind: str, floor: int) -> None:
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[standing((40, 154), floor=floor)] = (120, 70, 30)
    built = model_from_photos(photo, Product(sku="a", title=f"Wooden {kind}", category=f"home/{kind}"))
    assert all(np.isfinite(part.vertices).all() and len(part.faces) for part in built.model.parts)


def test_behind_two_level_feet_stand_two_more_that_they_hide() -> None:
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[standing((40, 154))] = (120, 70, 30)
    cutout = cut_out(photo)
    found = legged(cutout.mask)
    assert found is not None
    camera = PhotoCamera(370.0, 100.0, 100.0)
    legs = legged_parts(found, camera, cutout, backed=False, usual=0.6)[:4]
    places = np.array([(part.vertices.min(0) + part.vertices.max(0)) / 2 for part in legs])
    assert sorted(places[:, 1].round(2)) == pytest.approx([-0.3, -0.3, 0.3, 0.3], abs=0.02)
    x, _, _ = camera.project(places)
    assert sorted(x) == pytest.approx([43, 43, 157, 157], abs=1.5)
    # They stand on one floor, and have the wood's colour, not that of the ground beside them.
    assert np.ptp([part.vertices[:, 2].min() for part in legs]) < 1e-4
    assert all(part.material.texture is not None and part.material.texture.pixels.max() < 0.3 for part in legs)


def test_the_gap_between_two_legs_is_no_leg() -> None:
    photo = np.full((400, 400, 3), 255, np.uint8)
    photo[120:160, 60:340] = photo[160:330, 80:92] = photo[160:330, 95:107] = (40, 70, 40)
    mask = cut_out(photo).mask
    assert not mask[180:320, 93:94].any()
    assert mask[180:320, 82:90].all()


def test_feet_above_the_horizon_meet_no_floor() -> None:
    mask = np.zeros((240, 240), bool)
    mask[20:35, 60:180] = mask[35:70, 66:72] = mask[35:60, 168:174] = True
    alpha = np.where(mask, 255, 0).astype(np.uint8)
    photo = np.dstack([np.full((240, 240, 3), 90, np.uint8), alpha])
    asked = Product(sku="x", title="?", category="other/thing", attributes={"photo_shape": "relief"})
    assert render(model_from_photos(photo, asked).model, [View(azimuth=30)], size=64)[0].mask.any()


@pytest.mark.parametrize("elevation", [0.0, 15.0])
def test_a_table_is_no_extruded_outline(elevation: float) -> None:
    product = Product(sku="table", title="Dark green table", category="home/table", attributes={"colour": "#3a3f20"})
    truth = build_model(product, 27)
    views = [View(azimuth=azimuth, elevation=elevation) for azimuth in (0, 30, 60)]
    true = render(truth, views, size=160)
    photo = render(truth, views[:1], size=320)[0].image
    made = render(model_from_photos(photo, product).model, views, size=160)
    assert overlap(made[0].mask, true[0].mask) > 0.7
    for at in (1, 2):
        assert overlap(made[at].mask, true[at].mask) > 0.45
        assert not (made[at].mask & ~true[at].mask).sum() > 0.6 * true[at].mask.sum()


def test_the_floor_between_the_feet_is_no_product() -> None:
    picture = np.full((256, 256, 3), 255, np.float32)
    product = np.zeros((256, 256), bool)
    product[70:150, 50:206] = True
    product[150:180, 50:66] = product[150:180, 190:206] = True
    # A patch of shade between the feet, dark under the product and fading towards the viewer.
    fade = np.clip(1 - (np.arange(256) - 150) / 34, 0, 1) ** 1.2 * 0.3
    shade = np.where(np.arange(256) >= 150, fade, 0)[:, None] * np.ones(256)
    shade[:, :50] = shade[:, 206:] = 0
    picture *= (1 - shade)[..., None]
    picture[product] = (40, 110, 160)
    assert overlap(cut_out(picture.astype(np.uint8)).mask, product) > 0.95


def test_a_pale_margin_is_no_shadow_though_one_lies_beside_it() -> None:
    y, x = (np.mgrid[0:512, 0:512] + 0.5) / 2
    shade = 1 - 0.2 * np.exp(-(((x - 190) / 40) ** 2) - ((y - 196) / 9) ** 2)
    picture = np.repeat(255 * shade[..., None], 3, 2)
    box = (np.abs(x - 128) < 60) & (np.abs(y - 128) < 70)
    print_ = (np.abs(x - 128) < 48) & (np.abs(y - 122) < 58)
    picture[box] = 236
    picture[print_] = (90, 60, 130)
    assert overlap(cut_out(picture.astype(np.uint8)).mask, box) > 0.85


def test_a_round_stool_is_a_disc_on_legs_that_lean_towards_its_axis() -> None:
    stool = Product(sku="stool", title="Green wooden stool", category="home/stool", attributes={"colour": "#2f7a4a"})
    true = build_model(stool, 31)
    built = model_from_photos(render(true, [View()], size=384)[0].image, stool)
    views = [View(azimuth=azimuth) for azimuth in (30, 90, 180)]
    for made, wanted in zip(render(built.model, views, size=96), render(true, views, size=96), strict=True):
        assert overlap(made.mask, wanted.mask) > 0.65
    feet = [part.vertices[part.vertices[:, 2].argmin()] for part in built.model.parts[:3]]
    tops = [part.vertices[part.vertices[:, 2].argmax()] for part in built.model.parts[:3]]
    assert np.mean([np.hypot(*foot[:2]) for foot in feet]) > 1.2 * np.mean([np.hypot(*top[:2]) for top in tops])
