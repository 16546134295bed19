"""Photos as people take them: shadows on a wall, a second thing beside the product, nothing plain behind it."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cutout import cut_out
from prodgen_render.rendering.views import render
from scipy import ndimage

from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.cutout import matting
from prodgen_sdk.images.cutout.ground import ground_of
from prodgen_sdk.types import Product, Scene, View

SIZE = 360
Y, X = np.mgrid[0:SIZE, 0:SIZE]
BOX = (abs(X - 170) < 70) & (abs(Y - 180) < 90)
UNKNOWN = Product(sku="x", title="?", category="other/thing")


def painted(mask, colour, photo=None):
    photo = np.full((SIZE, SIZE, 3), 245, np.uint8) if photo is None else photo
    return np.where(mask[..., None], np.array(colour, np.uint8), photo)


def test_a_shadow_on_the_wall_beside_a_product_in_colour_is_none_of_it():
    thrown = np.roll(BOX, (10, 26), (0, 1)).astype(float)
    shade = 1 - 0.45 * ndimage.gaussian_filter(thrown, 9)
    photo = painted(BOX, (190, 60, 30), (245 * shade[..., None] * np.ones(3)).astype(np.uint8))
    found = cut_out(photo)
    assert (found.mask & BOX).sum() / (found.mask | BOX).sum() > 0.97


def test_grey_edges_of_a_product_in_colour_stay():
    rim = BOX & (abs(Y - 96) < 5)
    photo = painted(rim, (150, 150, 152), painted(BOX, (30, 90, 190)))
    found = cut_out(photo)
    assert (found.mask & BOX).sum() / (found.mask | BOX).sum() > 0.97


@pytest.mark.parametrize("colour", [(40, 40, 42), (90, 50, 30), (90, 130, 190)])
def test_the_dark_rim_below_what_lies_flat_is_its_shadow(colour):
    away = ndimage.distance_transform_edt(~np.roll(BOX, (3, 0), (0, 1)))
    shade = np.where(away > 0, 1 - 0.6 * np.clip(1 - away / 14, 0, 1), 1)
    photo = painted(BOX, colour, (245 * shade[..., None] * np.ones(3)).astype(np.uint8))
    found, whole = cut_out(np.kron(photo, np.ones((2, 2, 1), np.uint8))).mask, np.kron(BOX, np.ones((2, 2), bool))
    assert (found & whole).sum() / (found | whole).sum() > 0.97


def test_white_soles_before_white_are_cut_out_with_their_shoes():
    model = build_model(Product(sku="s", title="Red sneakers with white soles", category="apparel/sneakers"), 3)
    (shown,) = render(model, [View(azimuth=60, elevation=15)], Scene(background="white"), 480)
    found = matting.cut_out(shown.image).alpha > 0.5
    assert (found & shown.mask).sum() / (found | shown.mask).sum() > 0.95
    assert (shown.mask & ~found).sum() < 0.02 * shown.mask.sum()


@pytest.mark.parametrize("sole", [235, 222])
def test_a_pale_sole_above_its_shadow_stays(sole):
    whole, lower = BOX, BOX & (Y > 250)
    away = ndimage.distance_transform_edt(~np.roll(whole, (3, 0), (0, 1)))
    shade = np.where(Y > 240, 1 - 0.5 * np.clip(1 - away / 12, 0, 1), 1)
    photo = painted(whole, (160, 30, 30), (252 * shade[..., None] * np.ones(3)).astype(np.uint8))
    photo = painted(lower, (sole,) * 3, photo)
    found, whole = cut_out(np.kron(photo, np.ones((2, 2, 1), np.uint8))).mask, np.kron(whole, np.ones((2, 2), bool))
    assert (found & whole).sum() / (found | whole).sum() > 0.94


def test_a_second_thing_beside_the_product_is_told():
    tag = (abs(X - 310) < 25) & (abs(Y - 250) < 18)
    photo = painted(tag, (250, 220, 0), painted(BOX, (30, 90, 190)))
    assert any("2 things" in warning for warning in model_from_photos(photo, UNKNOWN).warnings)
    alone = model_from_photos(painted(BOX, (30, 90, 190)), UNKNOWN)
    assert not any("things" in warning for warning in alone.warnings)


def test_a_thing_in_two_pieces_above_each_other_is_one():
    photo = np.full((300, 300, 3), 255, np.uint8)
    photo[40:120, 90:210] = photo[150:260, 110:190] = (60, 90, 160)
    assert not any("things" in warning for warning in model_from_photos(photo, UNKNOWN).warnings)
    photo[150:260, 110:190], photo[150:260, 215:290] = 255, (60, 90, 160)
    assert any("2 things" in warning for warning in model_from_photos(photo, UNKNOWN).warnings)


def test_a_white_band_across_a_package_is_of_it():
    photo = np.full((300, 300, 3), 255, np.uint8)
    photo[60:140, 50:250] = photo[165:230, 54:248] = (60, 160, 90)
    assert cut_out(photo).mask[140:165, 60:240].all()
    # What is narrower, or thinner than the gap, is a thing of its own.
    photo[165:230, 54:120] = 255
    assert not cut_out(photo).mask[145:160].any()
    photo[:] = 255
    photo[100:110, 50:250] = photo[150:160, 50:250] = (60, 160, 90)
    assert not cut_out(photo).mask[115:145].any()


def test_a_picture_full_of_things_is_refused():
    rng = np.random.default_rng(3)
    blobs = np.stack([ndimage.gaussian_filter(rng.normal(size=(SIZE, SIZE)), 14) for _ in range(3)], -1)
    photo = np.clip(128 + 60 * blobs / blobs.std(), 0, 255).astype(np.uint8)
    with pytest.raises(InvalidImage, match=r"no product can be told|No product stands out") as caught:
        cut_out(photo)
    assert "plain background" in str(caught.value.hint)


def test_an_outline_that_hardly_differs_from_the_background_is_told():
    photo = np.full((SIZE, SIZE, 3), 240, np.uint8)
    photo = painted(BOX, (228, 228, 229), photo)
    photo = painted(BOX & (Y < 110), (40, 60, 160), photo)
    assert any("hardly differs" in warning for warning in cut_out(photo).warnings)


def test_a_white_bobble_above_a_product_in_colour_stays():
    y, x = np.mgrid[0:512, 0:512]
    hat = (abs(x - 256) < 110) & (abs(y - 320) < 100)
    bobble = (x - 256) ** 2 + (y - 185) ** 2 < 45**2
    photo = np.full((512, 512, 3), 255, np.uint8)
    photo[bobble] = 224
    photo[hat] = (120, 30, 60)
    found = cut_out(photo).mask
    assert (found & bobble & ~hat).sum() > 0.9 * (bobble & ~hat).sum()


@pytest.mark.parametrize(("title", "category"), [("Black table lamp", "home/lamp"), ("White box", "home/box")])
def test_pale_shades_and_boxes_are_no_shadows(title, category):
    model = build_model(Product(sku="x", title=title, category=category), 0)
    truth = render(model, [View()], size=384)[0]
    found = cut_out(truth.image).mask
    assert (found & truth.mask).sum() / (found | truth.mask).sum() > 0.97


def ring_on(ground, paint):
    """A ring in a colour before a ground, in whose shade the ground inside is darker towards the lower edge."""
    away = np.hypot(X - 180, Y - 180)
    ring = (away < 120) & (away > 70)
    shade = np.where(away <= 70, 0.92 - 0.0008 * (Y - 180), 1.0)[..., None]
    photo = (np.full((SIZE, SIZE, 3), ground) * shade).round().astype(np.uint8)
    return ring, painted(ring, paint, photo)


def test_a_hole_in_shade_before_a_ground_in_colour_is_one():
    ring, photo = ring_on((207, 200, 187), (40, 70, 160))
    found = cut_out(photo).mask
    assert (found & ring).sum() / (found | ring).sum() > 0.97


def test_a_white_plate_in_a_coloured_rim_is_no_hole():
    ring, photo = ring_on((255, 255, 255), (40, 70, 160))
    plate = ndimage.binary_fill_holes(ring)
    found = cut_out(photo).mask
    assert (found & plate).sum() / (found | plate).sum() > 0.97


def jpeg(photo, quality):
    file = io.BytesIO()
    PIL.Image.fromarray(photo).save(file, "JPEG", quality=quality)
    return np.asarray(PIL.Image.open(file))


@pytest.mark.parametrize("ground", [(255, 255, 255), (243, 240, 234)])
@pytest.mark.parametrize(("quality", "noise"), [(92, 0.0), (80, 0.0), (85, 2.5)])
def test_the_hole_of_a_handle_stays_open_in_a_compressed_photo(ground, quality, noise):
    away = np.hypot(X - 180, Y - 180)
    ring = (away < 120) & (away > 70)
    grain = ndimage.gaussian_filter(np.random.default_rng(5).normal(size=(SIZE, SIZE, 3)), (0.7, 0.7, 0))
    photo = painted(ring, (190, 30, 30), np.full((SIZE, SIZE, 3), ground, np.uint8)) + grain / grain.std() * noise
    found = cut_out(jpeg(np.clip(photo, 0, 255).round().astype(np.uint8), quality)).mask
    assert (found & ring).sum() / (found | ring).sum() > 0.97


def test_a_white_product_that_gets_grey_towards_its_edge_is_no_hole_in_a_compressed_photo():
    shade = ndimage.gaussian_filter(BOX.astype(float), 6)
    seam = BOX & ~ndimage.binary_erosion(BOX, iterations=4)
    cloth = painted(BOX, (255, 255, 255), np.full((SIZE, SIZE, 3), 255, np.uint8)).astype(float)
    cloth -= np.where(BOX, 22 * np.clip(1.6 - 1.6 * shade, 0, 1), 0)[..., None] + 6 * seam[..., None]
    found = cut_out(jpeg(np.clip(cloth, 0, 255).round().astype(np.uint8), 85)).mask
    assert (found & BOX).sum() / (found | BOX).sum() > 0.9


@pytest.mark.parametrize("noise", [2.5, 5.0])
def test_noise_and_compression_hide_no_shadow_and_are_none(noise):
    grain = ndimage.gaussian_filter(np.random.default_rng(5).normal(size=(SIZE, SIZE, 3)), (0.7, 0.7, 0))
    floor = np.clip(1 - np.hypot((X - 170) / 110, (Y - 268) / 26), 0, 1)
    for shade, expected in ((0.0, (0.0, 0.0)), (0.5, (6.0, 16.0))):
        photo = painted(BOX, (60, 110, 170), (243 * (1 - shade * floor[..., None]) * np.ones(3)).astype(np.uint8))
        noisy = np.clip(photo + grain / grain.std() * noise, 0, 255).round().astype(np.uint8)
        found = cut_out(jpeg(noisy, 85)).elevation or 0.0
        clean = cut_out(photo).elevation or 0.0
        assert found == pytest.approx(clean, abs=2.5)
        assert expected[0] <= clean <= expected[1]


def test_a_product_of_few_pixels_is_told():
    photo = np.full((48, 48, 3), 255, np.uint8)
    photo[6:42, 12:36] = (60, 110, 170)
    assert any("only 36 pixels" in warning for warning in cut_out(photo).warnings)
    assert not any("pixels" in warning for warning in cut_out(np.kron(photo, np.ones((2, 2, 1), np.uint8))).warnings)


def test_a_ground_that_is_brighter_in_its_middle_is_told_around_the_product():
    lamp = 0.62 + 0.2 * np.exp(-(np.hypot(X - 180, Y - 150) ** 2) / (2 * 110**2))
    grain = np.random.default_rng(3).normal(size=(SIZE, SIZE, 3)) * 1.5
    ground = np.repeat(lamp[..., None] * 255, 3, axis=2) + grain
    photo = painted(BOX, (150, 60, 40), np.clip(ground, 0, 255).round().astype(np.uint8))
    under, _ = ground_of(photo.astype(np.float32) / 255)
    around = ndimage.binary_dilation(BOX, iterations=40) & ~BOX
    assert np.quantile(np.abs(under[around] - lamp[around][:, None]), 0.95) < 0.01


def test_a_shadow_is_no_background():
    floor = np.clip(1 - np.hypot((X - 170) / 110, (Y - 268) / 26), 0, 1)
    photo = painted(BOX, (60, 110, 170), (243 * (1 - 0.4 * floor[..., None]) * np.ones(3)).astype(np.uint8))
    under, _ = ground_of(photo.astype(np.float32) / 255)
    assert np.abs(under - 243 / 255).max() < 0.006


@pytest.mark.parametrize(("title", "category"), [("White T-shirt", "apparel/t-shirt"), ("White polo", "apparel/polo")])
def test_the_body_of_a_white_garment_before_off_white_is_no_shadow(title, category):
    product = Product(sku="w", title=title, category=category)
    drawn = render(build_model(product, 5), [View()], size=640)[0]
    shade = np.where(drawn.mask[..., None], 1, np.clip(drawn.image / 255.0, 0, 1))
    ground = np.array([243, 240, 234]) * (1 - 0.036 * np.linspace(0, 1, 640))[:, None, None]
    photo = np.where(drawn.mask[..., None], drawn.image, ground * shade)
    photo = photo + np.random.default_rng(3).normal(scale=2, size=photo.shape)
    found = cut_out(jpeg(photo.clip(0, 255).astype(np.uint8), 88)).mask
    assert (found & drawn.mask).sum() > 0.75 * (found | drawn.mask).sum()
