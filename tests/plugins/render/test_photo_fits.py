"""Outlines to a fraction of a pixel, boxes with handles, and the frame of what is not all body."""

from __future__ import annotations

import numpy as np
from prodgen_render.model import Material, Model3D
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.choose import evenly, thin_pieces
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.fits import Fits
from prodgen_render.photo.kinds import Words
from prodgen_render.photo.measures import overlap
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import box, refine, revolve, tube
from scipy import ndimage

from prodgen_sdk.types import Product, View

PLAIN = Material("plastic", (0.2, 0.35, 0.6), 0.5)
UNKNOWN = Product(sku="x", title="?", category="other/thing")
SIZE = 320
Y, X = np.mgrid[0:SIZE, 0:SIZE] + 0.5


def case_with_handle() -> Model3D:
    arch = np.linspace(0, np.pi, 25)
    path = np.stack([0.28 * np.cos(arch), np.zeros(25), 1.0 + 0.2 * np.sin(arch)], -1)
    return Model3D((*box((1.4, 0.35, 1.0), 0.02, PLAIN), tube(path, 0.03, PLAIN)))


def test_pixels_that_are_half_product_are_told_by_their_light_not_by_their_code():
    fine = 8
    y, x = (np.mgrid[0 : SIZE * fine, 0 : SIZE * fine] + 0.5) / fine
    covered = (np.hypot(x - 160.3, y - 159.7) < 90).reshape(SIZE, fine, SIZE, fine).mean((1, 3))
    # A camera adds light: dark product and bright background mix in linear colours, and only then become sRGB.
    light = 0.93 + (0.02 - 0.93) * covered
    code = np.where(light < 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    photo = np.repeat(np.round(code * 255).astype(np.uint8)[..., None], 3, 2)
    found = cut_out(photo).mask
    offset = (found.sum() - covered.sum()) / (2 * np.pi * 90)
    assert abs(offset) < 0.3


def test_the_edge_of_a_pale_box_before_white_stops_its_shadow():
    photo = np.full((SIZE, SIZE), 250.0)
    shade = ndimage.gaussian_filter(((abs(X - 160) < 110) & (abs(Y - 225) < 14)).astype(float), 12)
    photo -= 12 * shade
    product = (abs(X - 160) < 90) & (abs(Y - 160) < 60)
    photo[product] = 226
    photo[(abs(X - 160) < 60) & (abs(Y - 130) < 8)] = 40
    found = cut_out(np.repeat(np.round(photo).astype(np.uint8)[..., None], 3, 2)).mask
    assert overlap(found, product) > 0.95


def test_a_box_with_a_handle_is_a_box_and_keeps_its_handle():
    true = render(case_with_handle(), [View(), View(azimuth=30)], size=SIZE)
    built = model_from_photos(true[0].image, UNKNOWN)
    assert built.shape == "cuboid"
    low, high = built.model.bounds
    assert (high - low)[1] < 0.5 * (high - low)[0], "the frame is that of box and handle, and says nothing of depth"
    ours = render(built.model, [View(), View(azimuth=30)], size=SIZE)
    assert overlap(ours[0].mask, true[0].mask) > 0.95
    lid = np.flatnonzero(true[0].mask.sum(1) > 150)[0]
    handle = true[0].mask & (lid - 4 > Y)
    assert handle.sum() > 100
    assert (ours[0].mask & handle).sum() > 0.8 * handle.sum()


def test_a_box_that_lies_is_deeper_than_one_that_stands():
    words = Words("cuboid")
    lying, standing = ((abs(X - 160) < a) & (abs(Y - 160) < b) for a, b in ((110, 13), (60, 90)))
    depths = [box.size[1] / box.size[0] for box in (Fits(mask, words, 0.0, None).box for mask in (lying, standing))]
    assert depths[0] > 0.3
    assert depths[1] < 0.6


def test_a_worn_box_is_as_deep_wherever_its_outline_falls_among_the_pixels():
    def worn(shift):
        past = np.hypot(np.maximum(abs(X - 160 - shift) - 75, 0), np.maximum(abs(Y - 160) - 100, 0))
        return past < 8

    depths = [
        box.size[1] / box.size[0] for box in (Fits(worn(shift), Words("cuboid"), None, None).box for shift in (0, 0.8))
    ]
    assert abs(depths[0] - depths[1]) < 0.02


def test_corners_of_a_box_are_no_pieces_of_their_own():
    assert not thin_pieces((abs(X - 160) < 110) & (abs(Y - 160) < 25)).any()


def test_what_stands_in_a_holder_leaves_it_where_the_photo_has_it():
    profile = refine(np.array([(1e-4, 0), (0.35, 0), (0.35, 0.8), (1e-4, 0.8)]), 0.05)
    pen = tube(np.array([[0.0, 0, 0.7], [0.5, 0, 1.5]]), 0.05, PLAIN)
    true = render(Model3D((revolve(profile, PLAIN), pen)), [View()], size=SIZE)[0]
    product = Product(sku="p", title="Mug", category="home/mug")
    ours = render(model_from_photos(true.image, product).model, [View()], size=SIZE)[0]
    assert overlap(ours.mask, true.mask) > 0.9


def test_what_words_call_a_box_is_never_turned():
    rounded = ((X - 160) / 100) ** 4 + ((Y - 160) / 80) ** 4 < 1
    assert Fits(rounded, Words("cuboid"), None, None).choice.shape == "relief"


def test_thin_things_that_are_missed_by_a_pixel_fit_as_well_as_square_ones():
    square, strip = (abs(X - 160) < 100) & (abs(Y - 160) < 100), (abs(X - 160) < 100) & (abs(Y - 160) < 12)

    def missed_by_a_pixel(mask):
        return overlap(ndimage.binary_erosion(mask), mask)

    assert missed_by_a_pixel(square) - missed_by_a_pixel(strip) > 0.05
    assert abs(evenly(missed_by_a_pixel(square), square) - evenly(missed_by_a_pixel(strip), strip)) < 0.01


def test_a_thin_strip_that_tapers_is_no_box():
    strip = (abs(X - 160) < 120) & (Y < 166) & (154 + np.where(X < 120, 0, 6 * (X - 120) / 160) < Y)
    built = Fits(strip, Words(), None, None).choice
    assert built.shape != "cuboid"
