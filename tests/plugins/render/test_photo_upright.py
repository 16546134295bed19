"""Reliefs of products that stand on a floor, photographed from above."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.measures import foreground_psnr, overlap
from prodgen_render.photo.plan import plan_of
from prodgen_render.photo.shadow import elevation_from_shadow
from prodgen_render.photo.sides import front_of, walls
from prodgen_render.rendering.views import render

from prodgen_sdk import images
from prodgen_sdk.types import Product, View

SKIRT = Product(sku="skirt", title="Blue pleated skirt", category="apparel/skirt")
BEANIE = Product(sku="beanie", title="Black beanie", category="apparel/beanie")
TABLE = Product(sku="table", title="Dark green table", category="home/table", attributes={"colour": "#3a3f20"})


def photo_of(product: Product, elevation: float, size: int = 320):
    return render(build_model(product, 27), [View(elevation=elevation)], size=size)[0]


@pytest.mark.parametrize(("elevation", "low", "high"), [(0.0, 0.0, 5.0), (15.0, 7.0, 24.0), (25.0, 14.0, 35.0)])
def test_the_shadow_tells_how_far_the_camera_looked_down(elevation, low, high):
    found = cut_out(photo_of(SKIRT, elevation).image).elevation
    assert found is not None
    assert low <= found <= high


def test_without_a_shadow_nothing_is_told():
    mask = np.zeros((100, 100), bool)
    mask[20:80, 30:70] = True
    assert elevation_from_shadow(np.zeros((100, 100, 3), np.float32), mask) is None
    everywhere = np.full((100, 100, 3), 0.2, np.float32)
    assert elevation_from_shadow(everywhere, mask) is None


def test_from_the_photos_own_side_the_picture_is_the_photo():
    true = photo_of(SKIRT, 15.0)
    built = model_from_photos(true.image, SKIRT)
    assert built.shape == "sheet"
    assert 7 < built.source.elevation < 24
    made = render(built.model, [View(elevation=15)], size=320)[0]
    assert overlap(made.mask, true.mask) > 0.96
    assert foreground_psnr(made.image, true.image, true.mask) > 26
    side_true, side = (
        render(m, [View(azimuth=90, elevation=15)], size=96)[0] for m in (build_model(SKIRT, 27), built.model)
    )
    assert overlap(side.mask, side_true.mask) > 0.6


def test_what_stands_has_a_foot():
    mask = np.zeros((120, 120), bool)
    mask[20:100, 40:80] = True
    plan = plan_of(mask)
    low, high = plan.pixel[:, 1] > 98.5, plan.pixel[:, 1] < 21.5
    middle = np.abs(plan.pixel[:, 0] - 60) < 4
    assert plan.inner[low & middle].min() > 14
    assert plan.inner[high & middle].max() < 2.5


def test_the_floor_between_the_legs_of_a_table_is_no_product():
    true = photo_of(TABLE, 15.0, 384)
    assert overlap(cut_out(true.image).mask, true.mask) > 0.85


PIXEL = 0.01
"""Edge of a pixel in radii."""


def step(size: int = 200) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[40:160, 30:120] = True
    mask[90:160, 120:170] = True
    return mask


@given(elevation=st.floats(5, 40), wall=st.floats(0.05, 0.5))
@settings(max_examples=30, deadline=None)
def test_the_front_and_its_tops_make_up_the_outline(elevation: float, wall: float):
    mask = step()
    camera = PhotoCamera(400.0, 100.0, 100.0, elevation=elevation)
    front, back = front_of(mask, camera, walls(mask, wall, PIXEL))
    assert (front <= mask).all()
    assert (front.any(0) == mask.any(0)).all()
    assert back.max() <= wall + 1e-6
    # On its way back the front passes over all of the outline, and over nothing else.
    rows, columns = np.nonzero(front)
    depth = back[rows, columns]
    rays, position = camera.rays(columns + 0.5, rows + 0.5), camera.axes[0]
    start = position - rays * ((depth + position[1]) / rays[:, 1])[:, None]
    swept = np.zeros_like(mask)
    for share in np.linspace(0, 1, 60):
        x, y, _ = camera.project(start + [0, 2, 0] * (depth * share)[:, None])
        swept[np.clip(y, 0, 199).astype(int), np.clip(x, 0, 199).astype(int)] = True
    assert overlap(swept, mask) > 0.96


@pytest.mark.parametrize("elevation", [8.0, 15.0, 25.0])
def test_a_relief_from_above_looks_like_its_photo(elevation: float):
    true = photo_of(BEANIE, elevation)
    attributes = {"photo_shape": "relief", "photo_elevation": elevation}
    built = model_from_photos(true.image, BEANIE.model_copy(update={"attributes": attributes}))
    made = render(built.model, [built.source], size=320)[0]
    assert overlap(made.mask, true.mask) > 0.97
    assert foreground_psnr(made.image, true.image, true.mask) > 25


def test_a_level_camera_sees_no_top():
    mask = step()
    front, _ = front_of(mask, PhotoCamera(400.0, 100.0, 100.0), walls(mask, 0.3, PIXEL))
    assert (front == mask).all()


def test_thin_parts_go_back_less_far():
    mask = np.zeros((200, 200), bool)
    mask[20:100, 60:140] = True
    mask[100:190, 98:102] = True
    back = walls(mask, 0.4, PIXEL)
    assert back[60, 100] == pytest.approx(0.4)
    assert back[150, 100] < 0.2
    # What it stands on may be deep.
    assert back[188, 100] == pytest.approx(0.4)


def test_no_part_of_what_is_upright_is_a_plank():
    mask = np.zeros((200, 200), bool)
    mask[10:190, 95:105] = True
    assert walls(mask, 0.4, PIXEL)[60, 100] < 0.1
    # What lies may be as deep as it is wide.
    assert walls(np.ascontiguousarray(mask.T), 0.4, PIXEL)[100, 60] == pytest.approx(0.4)


def test_a_spatula_is_no_deeper_than_it_is_wide():
    photo = np.full((320, 320, 3), 255, np.uint8)
    photo[30:220, 156:164] = photo[220:290, 138:182] = 40
    built = model_from_photos(photo, Product(sku="s", title="Spatula", category="other/spatula"))
    width, depth, height = np.subtract(*built.model.bounds[::-1])
    assert depth < width < height / 4


@pytest.mark.parametrize("share", [0.45, 0.6, 0.75])
def test_margins_around_a_product_make_it_no_deeper(share):
    rabbit, size = Product(sku="rabbit", title="Rabbit figurine", category="other/figurine"), 320
    photo = render(build_model(rabbit, 27), [View(elevation=8)], size=size)[0].image
    small = images.resize(photo, round(share * size), round(share * size))
    before = (size - len(small)) // 2
    wide = np.pad(small, ((before, size - len(small) - before),) * 2 + ((0, 0),), constant_values=255)
    built, other = (model_from_photos(image, rabbit).model for image in (photo, wide))
    (low, high), (other_low, other_high) = built.bounds, other.bounds
    assert np.allclose((other_high - other_low) / (high - low), 1, atol=0.12)
    seen, seen_other = (render(model, [View(azimuth=60)], size=96)[0].mask for model in (built, other))
    assert overlap(seen, seen_other) > 0.85
