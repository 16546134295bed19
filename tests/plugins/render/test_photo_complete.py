"""Colours of unseen surface, and the light that a photo was taken in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from prodgen_render.model import Material, Model3D
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.complete import Ends, complete_rows
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.legs import legged
from prodgen_render.photo.revolved import Revolved
from prodgen_render.photo.shadow import elevation_from_shadow
from prodgen_render.photo.solid import revolved_part
from prodgen_render.photo.texture import SHADING, Shot
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import revolve

from prodgen_sdk.types import Generated, Product, View

_GROUND, _PRINT = (0.6, 0.6, 0.3), (0.1, 0.4, 0.1)


def _half_seen() -> tuple[np.ndarray, np.ndarray]:
    colour = np.tile(np.array(_GROUND, np.float32), (256, 96, 1))
    weight = np.zeros((256, 96), np.float32)
    weight[:, 24:72] = 1
    return colour, weight


def test_print_that_reaches_the_edge_of_what_is_seen_makes_no_band() -> None:
    colour, weight = _half_seen()
    colour[100:140, 60:72] = _PRINT
    filled = complete_rows(colour, weight)
    assert np.abs(filled[:, 80:] - _GROUND).max() < 0.06
    assert np.allclose(filled[120, 65], _PRINT)


def test_a_stripe_all_around_goes_on() -> None:
    colour, weight = _half_seen()
    colour[100:140, 24:72] = _PRINT
    filled = complete_rows(colour, weight)
    assert np.abs(filled[110:130, :] - _PRINT).max() < 1e-3
    assert np.abs(filled[:80, :] - _GROUND).max() < 1e-3


def test_what_is_seen_passes_into_what_is_made_up_without_an_edge() -> None:
    colour, weight = _half_seen()
    colour[:, 68:72] = (0.3, 0.3, 0.15)
    filled = complete_rows(colour, weight, ends=Ends(skipped=0.1, band=0.1))
    assert np.abs(np.diff(filled[128, 71:90, 0])).max() < 0.15
    assert abs(filled[128, 90, 0] - 0.6) < 0.02


def _can(azimuth: float = 0) -> Generated:
    profile = np.array([(1e-4, 0), (0.03, 0), (0.033, 0.004), (0.033, 0.116), (0.03, 0.12), (1e-4, 0.12)])
    can = Model3D((revolve(profile, Material("clay", (0.3, 0.25, 0.2), 0.9)),))
    return render(can, [View(azimuth=azimuth)], size=256)[0]


_PRODUCT = Product(sku="c", title="Clay can", category="food/can")


@pytest.mark.parametrize("flat", [True, False])
def test_the_power_of_the_light_is_told_by_the_sides_of_a_turned_body(flat: bool) -> None:
    item = _can()
    photo = item.image.copy()
    if flat:
        # The same can in light from everywhere.
        photo[item.mask] = np.median(photo[item.mask], axis=0)
    power = model_from_photos(photo, _PRODUCT).model.parts[0].material.photographed
    assert power is not None
    assert power < SHADING if flat else 0.6 < power <= 1


def test_a_turned_body_is_lit_from_the_same_side_when_it_has_turned() -> None:
    made, true = (
        item.image.astype(float)
        for item in (
            render(model_from_photos(_can().image, _PRODUCT).model, [View(azimuth=180)], size=256)[0],
            _can(180),
        )
    )
    assert np.abs(made[100:160, 100:156] - true[100:160, 100:156]).mean() < 5


def test_outlines_lose_their_steps_and_keep_their_rims() -> None:
    height = np.arange(180)
    true = 40 + 0.05 * height
    true[90:] += 8
    steps = np.round(true)
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[10:190, 60:140] = (180, 30, 40)
    camera = PhotoCamera(400.0, 100.0, 100.0)
    pixel = AWAY / camera.focal
    body = Revolved(camera, steps * pixel, height * pixel, 1.0, np.inf, 1.0, 1.0)
    vertices = revolved_part(body, [Shot(cut_out(photo), camera)]).vertices / pixel
    rings = [vertices[np.abs(vertices[:, 2] - z) < 0.01] for z in height]
    smooth = np.array([np.hypot(ring[:, 0], ring[:, 1]).max() for ring in rings])
    assert np.abs(smooth - steps).max() <= 0.5 + 1e-4
    assert np.abs(np.diff(smooth, 2))[5:80].max() < 0.3 * np.abs(np.diff(steps, 2))[5:80].max()
    assert smooth[91] - smooth[88] > 6


def test_a_bottle_with_a_hose_does_not_stand_on_legs() -> None:
    y, x = np.mgrid[0:400, 0:400]
    body = (abs(x - 200) < 45) & (y > 90) & (y < 360)
    head = (abs(x - 200) < 100) & (y > 50) & (y <= 90)
    hose = (abs(x - 108) < 6) & (y > 60) & (y < 340)
    assert legged(body | head | hose) is None
    table = ((abs(x - 200) < 100) & (y > 120) & (y <= 150)) | ((abs(abs(x - 200) - 90) < 6) & (y > 150) & (y < 360))
    assert legged(table) is not None


def test_pale_parts_that_the_mask_misses_are_no_shadow() -> None:
    y, x = np.mgrid[0:200, 0:200]
    product = (abs(x - 100) < 70) & (abs(y - 110) < 30)
    floor = np.where((abs(x - 100) < 80) & (y > 141) & (y < 145), np.float32(0.1), np.float32(0))
    laces = np.where((abs(x - 100) < 5) & (y > 60) & (y < 78), np.float32(0.5), np.float32(0))
    alone, beside_laces = (np.repeat(dark[..., None], 3, 2) for dark in (floor, floor + laces))
    assert elevation_from_shadow(alone, product) == elevation_from_shadow(beside_laces, product)


def test_a_cup_is_open_although_the_camera_is_taken_for_a_lower_one() -> None:
    radius = np.append(np.linspace(0.5, 0.7, 90), 0.7 * np.sqrt(1 - np.linspace(0, 0.8, 10) ** 2))
    height = np.append(np.linspace(-0.6, 0.5, 90), 0.5 + 0.06 * np.linspace(0.1, 1, 10))
    body = Revolved(PhotoCamera(400.0, 128.0, 128.0), radius, height, 1.0, np.inf, 1.0, 1.0)
    assert body.opened.radius[-1] == pytest.approx(0.7)
    assert body.opened.height[-1] == pytest.approx(0.5)
    knob = np.append(radius, np.full(40, 0.1))
    lidded = replace(body, radius=knob, height=np.append(height, 0.56 + np.linspace(0.01, 0.3, 40)))
    assert lidded.opened is lidded
