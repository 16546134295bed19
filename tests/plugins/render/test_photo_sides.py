"""The sides that a photo does not show: where their colours come from."""

from __future__ import annotations

import numpy as np
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.plan import depth_of, placed, plan_of
from prodgen_render.photo.texture import Shot
from prodgen_render.photo.wall import _in_order, wall_parts
from prodgen_render.rendering import render

from prodgen_sdk.types import Image, Product, View


def two_discs() -> Image:
    picture = np.full((120, 120, 3), 255, np.uint8)
    y, x = np.mgrid[0:120, 0:120]
    for middle in (35, 85):
        picture[(x - middle) ** 2 + (y - 60) ** 2 < 18**2] = (180, 30, 40)
    return picture


def test_edges_of_a_rim_follow_each_other_in_closed_loops() -> None:
    rim = plan_of(cut_out(two_discs()).mask).rim
    ordered = _in_order(rim)
    assert sorted(map(tuple, ordered.tolist())) == sorted(map(tuple, rim.tolist()))
    breaks = np.flatnonzero(ordered[:-1, 1] != ordered[1:, 0])
    assert len(breaks) == 1
    ends = [*(breaks + 1), len(ordered)]
    assert [int(ordered[a, 0]) for a in (0, *(breaks + 1))] == [int(ordered[b - 1, 1]) for b in ends]


def test_a_wall_passes_from_the_fronts_colour_to_the_backs() -> None:
    cutout = cut_out(two_discs())
    camera = PhotoCamera(300.0, 60.0, 60.0)
    plan = plan_of(cutout.mask)
    points = placed(plan, camera, depth_of(plan, camera, 0.2, 0.1), 0.3)
    near, far = (np.full((len(points), 3), value, np.float32) for value in (0.2, 0.8))
    [wall] = wall_parts(plan, camera, points, points * [1, -1, 1], Shot(cutout, camera), near, far)
    assert wall.material.texture is not None
    strip = wall.material.texture.pixels
    assert strip.shape[1] == len(plan.rim)
    assert (np.diff(strip[:, 0, 0]) >= 0).all()
    assert abs(float(strip[0].mean()) - 0.2) < 0.15
    assert abs(float(strip[-1].mean()) - 0.8) < 0.01
    # v is high in front, where row 0 of the texture is.
    front = wall.vertices[:, 1] < 0
    assert wall.uv[front, 1].min() > wall.uv[~front, 1].max()


def printed_box() -> Image:
    picture = np.full((160, 160, 3), 255, np.uint8)
    picture[30:130, 45:115] = (190, 40, 50)
    picture[50:110, 55:105] = (250, 240, 230)
    return picture


def test_sides_that_may_be_printed_are_nearer_to_the_mean_colour() -> None:
    front = printed_box()
    inside = front[30:130, 45:115].reshape(-1, 3).astype(float)
    away = {}
    for category in ("food/box", "electronics/phone"):
        model = model_from_photos(front, Product(sku="x", title="Thing", category=category)).model
        picture = render(model, [View(azimuth=180)], size=96)[0]
        shown = picture.image[picture.mask].astype(float)
        away[category] = float(np.abs(np.median(shown, axis=0) - inside.mean(0)).mean())
    assert away["food/box"] < 0.6 * away["electronics/phone"]
