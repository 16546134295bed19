"""Photos of turned bodies and boxes from a camera that was not held upright."""

import numpy as np
import pytest
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.upright import roll_of
from prodgen_render.rendering.views import render
from scipy import ndimage

from prodgen_sdk.types import Product, View

MUG = Product(sku="mug", title="Red ceramic mug", category="home/mug")
BOX = Product(sku="box", title="Cereal box", category="food/cereal")


def photo_of(product, azimuth, tilt, size=320):
    photo = render(build_model(product, 5), [View(azimuth=azimuth, elevation=10)], size=size)[0].image
    if tilt == 0:
        return photo
    turned = [ndimage.rotate(channel.astype(float), tilt, reshape=False, order=1, cval=255) for channel in photo.T]
    return np.stack(turned).round().clip(0, 255).astype(np.uint8).T


@pytest.mark.parametrize("tilt", [3, -4])
@pytest.mark.parametrize(("product", "azimuth", "shape"), [(MUG, 20, "revolution"), (BOX, 25, "cuboid")])
def test_a_tilted_photo_gives_the_upright_product(product, azimuth, shape, tilt):
    upright, tilted = (model_from_photos(photo_of(product, azimuth, angle), product) for angle in (0, tilt))
    assert tilted.shape == upright.shape == shape
    view = [View(azimuth=upright.source.azimuth + 60, elevation=10)]
    a, b = (render(built.model, view, size=160)[0].mask for built in (upright, tilted))
    assert (a & b).sum() > 0.93 * (a | b).sum()


@pytest.mark.parametrize("angle", [-8, -3, 3, 8])
def test_a_handle_does_not_hide_by_how_much_a_mug_leans(angle):
    y, x = np.mgrid[0:240, 0:240] - 120.0
    leaning = np.deg2rad(angle)
    x, y = x * np.cos(leaning) + y * np.sin(leaning), y * np.cos(leaning) - x * np.sin(leaning)
    handle = (abs(np.hypot(x - 45, y) - 30) < 6) & (x > 40)
    assert roll_of(((abs(x) < 45) & (abs(y) < 60)) | handle) == pytest.approx(angle, abs=0.6)


def test_what_hardly_leans_or_has_no_axis_is_left_as_it_is():
    y, x = np.mgrid[0:240, 0:240] - 120.0
    assert roll_of((abs(x + 0.015 * y) < 45) & (abs(y) < 80)) == 0
    assert roll_of((abs(y) < 60) & (x > -60) & (x < 0.9 * y + 40)) == 0
    assert roll_of(np.zeros((40, 40), bool)) == 0
