"""The sides that a photo does not show: where their colours come from."""

from __future__ import annotations

import numpy as np
from prodgen_render.model import Model3D
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.plan import depth_of, placed, plan_of
from prodgen_render.photo.texture import Shot
from prodgen_render.photo.wall import sides_of, wall_parts
from prodgen_render.rendering.views import render

from prodgen_sdk.types import Image, Product, View


def two_discs() -> Image:
    picture = np.full((120, 120, 3), 255, np.uint8)
    y, x = np.mgrid[0:120, 0:120]
    for middle in (35, 85):
        picture[(x - middle) ** 2 + (y - 60) ** 2 < 18**2] = (180, 30, 40)
    return picture


def test_the_colours_of_a_wall_go_around_one_rim_after_the_other() -> None:
    cutout = cut_out(two_discs())
    camera = PhotoCamera(300.0, 60.0, 60.0)
    plan = plan_of(cutout.mask)
    points = placed(plan, camera, depth_of(plan, camera, 0.2, 0.1), 0.3)
    across = np.interp(points[:, 0], (points[:, 0].min(), points[:, 0].max()), (0, 1)).astype(np.float32)
    colour = np.repeat(across[:, None], 3, 1)
    [wall] = wall_parts(plan, camera, points, points * [1, -1, 1], Shot(cutout, camera), colour, colour, colour)
    assert wall.material.texture is not None
    steps = np.abs(np.diff(wall.material.texture.pixels[0, :, 0]))
    assert np.count_nonzero(steps > 0.1) == 1


def test_a_wall_passes_from_the_fronts_colour_over_others_to_the_backs() -> None:
    cutout = cut_out(two_discs())
    camera = PhotoCamera(300.0, 60.0, 60.0)
    plan = plan_of(cutout.mask)
    points = placed(plan, camera, depth_of(plan, camera, 0.2, 0.1), 0.3)
    near, between, far = (np.full((len(points), 3), value, np.float32) for value in (0.2, 0.8, 0.5))
    [wall] = wall_parts(plan, camera, points, points * [1, -1, 1], Shot(cutout, camera), near, between, far)
    assert wall.material.texture is not None
    strip = wall.material.texture.pixels
    assert strip.shape[1] == len(plan.rim)
    middle = len(strip) // 2
    assert (np.diff(strip[: middle + 1, 0, 0]) >= 0).all()
    assert (np.diff(strip[middle:, 0, 0]) <= 0).all()
    assert abs(float(strip[0].mean()) - 0.2) < 0.15
    assert abs(float(strip[middle].mean()) - 0.8) < 0.01
    assert abs(float(strip[-1].mean()) - 0.5) < 0.08
    # v is high in front, where row 0 of the texture is.
    front = wall.vertices[:, 1] < 0
    assert wall.uv[front, 1].min() > wall.uv[~front, 1].max()


def test_a_wall_around_a_disc_is_lit_as_a_round_one_and_that_around_a_square_keeps_its_corners() -> None:
    y, x = np.mgrid[0:120, 0:120]
    camera = PhotoCamera(300.0, 60.0, 60.0)
    facing = {}
    for name, mask in (
        ("disc", (x - 60) ** 2 + (y - 60) ** 2 < 40**2),
        ("square", np.maximum(abs(x - 60), abs(y - 60)) < 40),
    ):
        plan = plan_of(mask)
        points = placed(plan, camera, np.zeros(len(plan.pixel)), 0.3)
        rim, sides = sides_of(plan, points)
        outwards = points[rim[:, 0]] * [1, 0, 1]
        outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
        facing[name] = (sides[0] * outwards).sum(-1), np.abs(sides).max(-1)
    assert facing["disc"][0].min() > 0.98
    # Nearly all of a square's sides face along an axis, however near to a corner.
    assert np.mean(facing["square"][1] > 0.98) > 0.9


def test_tops_have_colours_only_where_the_photo_shows_them() -> None:
    """A ball has no flat top: what is drawn behind its upper rim lies outside its outline."""
    y, x = np.mgrid[0:160, 0:160]
    camera = PhotoCamera(400.0, 80.0, 80.0, elevation=15.0)
    box = (abs(x - 80) < 50) & (abs(y - 80) < 40)
    parts = {}
    for name, seen, front in (("box", box, box & (y > 60)), ("disc", *[(x - 80) ** 2 + (y - 80) ** 2 < 45**2] * 2)):
        picture = np.full((160, 160, 3), 255, np.uint8)
        picture[seen] = (40, 90, 160)
        plan = plan_of(front)
        points = placed(plan, camera, np.zeros(len(plan.pixel)), 0.3)
        colours = [np.full((len(points), 3), 0.5, np.float32)] * 3
        parts[name] = wall_parts(plan, camera, points, points * [1, -1, 1], Shot(cut_out(picture), camera), *colours)
    assert len(parts["box"]) == 2
    assert len(parts["disc"]) == 1


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


def garment_photo(size: int = 640) -> tuple[Image, np.ndarray]:
    """A blue garment on light grey, sharpened and compressed, with a shadow below: picture and true mask."""
    from io import BytesIO

    import PIL.Image
    from scipy import ndimage

    y, x = np.mgrid[0:size, 0:size] / size
    body = (abs(x - 0.5) < 0.2) & (abs(y - 0.5) < 0.33) | (abs(x - 0.5) < 0.36) & (y > 0.17) & (y < 0.36)
    shade = ndimage.gaussian_filter(np.roll(body, round(0.012 * size), 0).astype(float), 0.005 * size)
    noise = np.random.default_rng(3).normal(0, 1, (size, size))
    cloth = np.array([70, 100, 160]) + 14 * ndimage.gaussian_filter(noise, 3)[..., None] * 6
    photo = np.array([232, 233, 229]) * (1 - 0.25 * shade[..., None])
    photo = np.where(body[..., None], cloth, photo)
    photo = ndimage.gaussian_filter(photo, (0.8, 0.8, 0))
    photo += 0.9 * (photo - ndimage.gaussian_filter(photo, (4, 4, 0)))
    file = BytesIO()
    PIL.Image.fromarray(photo.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=70)
    return np.array(PIL.Image.open(file)), body


def test_halos_and_rims_of_shadows_are_no_garment() -> None:
    photo, true = garment_photo()
    mask = cut_out(photo).mask
    assert (mask & ~true).sum() < 0.025 * true.sum()
    assert (true & ~mask).sum() < 0.02 * true.sum()


def test_the_back_of_glass_has_the_colour_of_what_is_in_it() -> None:
    oil = Product(sku="x", title="Olive oil bottle", category="food/bottle")
    model = build_model(oil, 5)
    front = render(model, [View()], size=320)[0].image

    def saturation_behind(model: Model3D) -> float:
        back = render(model, [View(azimuth=180)], size=96)[0]
        return float(np.median(np.ptp(back.image[back.mask].astype(float), axis=1)))

    true = saturation_behind(model)
    for words in (oil, oil.model_copy(update={"title": "Bottle"})):
        assert saturation_behind(model_from_photos(front, words).model) > 0.8 * true


def test_a_pattern_all_over_cloth_is_on_its_back_and_a_print_is_not() -> None:
    shirt = Product(sku="s", title="T-shirt", category="apparel/t-shirt")
    y, x = np.mgrid[0:240, 0:240]
    cloth = ((abs(x - 120) < 55) & (y > 50) & (y < 200)) | ((abs(x - 120) < 95) & (y > 50) & (y < 95))
    plain = np.where(cloth[..., None], np.array([40, 60, 150]), 255).astype(np.uint8)
    striped, printed = plain.copy(), plain.copy()
    striped[cloth & (y // 8 % 2 == 0)] = (235, 235, 235)
    printed[(abs(x - 120) < 7) & (abs(y - 120) < 7)] = (235, 235, 235)

    def range_behind(photo: Image) -> float:
        back = render(model_from_photos(photo, shirt).model, [View(azimuth=180)], size=160)[0]
        rows = np.flatnonzero(back.mask[:, 80])
        chest = slice(rows[0] + len(rows) // 3, rows[0] + 2 * len(rows) // 3)
        return float(np.ptp(back.image[chest, 72:88].mean((1, 2))))

    assert range_behind(striped) > 60
    assert range_behind(printed) < 20
