from dataclasses import replace

import numpy as np
import pytest
from prodgen_render.model import Model3D
from prodgen_render.parametric import build_model
from prodgen_render.rendering.lights import lighting
from prodgen_render.rendering.quality import DRAFT, FINAL, Quality
from prodgen_render.rendering.views import render, silhouettes

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Product, Scene, View

VIEW = View(azimuth=30, elevation=15)


@pytest.fixture(scope="module")
def mug() -> Model3D:
    return build_model(Product(sku="m", title="Red mug", category="home/mug"), 3)


def test_equal_requests_give_equal_pixels(mug: Model3D) -> None:
    again = build_model(Product(sku="m", title="Red mug", category="home/mug"), 3)
    first, second = render(mug, [VIEW], size=96, seed=5)[0], render(again, [VIEW], size=96, seed=5)[0]
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.mask, second.mask)


@pytest.mark.parametrize("quality", [FINAL, DRAFT])
@pytest.mark.parametrize("material", ["ceramic", "glass"])
def test_a_view_is_the_same_alone_and_among_others(material: str, quality: Quality) -> None:
    # More than are drawn at once, some from below, where there is no floor.
    views = [View(elevation=-40), *(View(azimuth=40 * k, elevation=10 * k, distance=1 + k / 9) for k in range(9))]
    striped = Product(sku="m", title="Red striped mug", category="home/mug", attributes={"material": material})
    model = build_model(striped, 3)
    for view, among in zip(views, render(model, views, size=64, quality=quality), strict=True):
        alone = render(model, [view], size=64, quality=quality)[0]
        assert np.array_equal(among.image, alone.image)
        assert np.array_equal(among.mask, alone.mask)


def test_seed_changes_only_noise(mug: Model3D) -> None:
    first, second = (render(mug, [VIEW], size=96, seed=s)[0].image.astype(int) for s in (1, 2))
    assert np.abs(first - second).mean() < 2


def test_white_is_exactly_white_around_and_the_shadow_is_soft(mug: Model3D) -> None:
    picture = render(mug, [VIEW], size=160)[0]
    border = np.concatenate([picture.image[0], picture.image[:, 0], picture.image[:, -1], picture.image[-1]])
    assert (border == 255).all()
    shadow = picture.image[~picture.mask].min(1)
    assert shadow.min() < 225
    assert len(np.unique(shadow)) > 20


def test_without_shadow_everything_around_is_white(mug: Model3D) -> None:
    from PIL import Image, ImageFilter

    picture = render(mug, [VIEW], Scene(shadow=False), size=96)[0]
    near = np.asarray(Image.fromarray(picture.mask.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(5))) > 0
    assert (picture.image[~near] == 255).all()


def test_transparent_has_alpha_of_product_and_shadow(mug: Model3D) -> None:
    picture = render(mug, [VIEW], Scene(background="transparent"), size=96)[0]
    assert picture.image.shape == (96, 96, 4)
    alpha = picture.image[..., 3]
    assert alpha[0, 0] == 0
    assert np.median(alpha[picture.mask]) == 255
    assert ((alpha > 0) & (alpha < 200) & ~picture.mask).sum() > 50
    bare = render(mug, [VIEW], Scene(background="transparent", shadow=False), size=96)[0].image[..., 3]
    assert (bare[~picture.mask] < 140).all()


def test_transparent_laid_on_white_looks_like_white(mug: Model3D) -> None:
    from prodgen_sdk.images import flatten

    clear = flatten(render(mug, [VIEW], Scene(background="transparent"), size=96)[0].image).astype(int)
    white = render(mug, [VIEW], size=96)[0].image.astype(int)
    assert np.abs(clear - white).mean() < 0.6


@pytest.mark.parametrize("background", ["colour", "gradient"])
def test_coloured_backgrounds(mug: Model3D, background: str) -> None:
    scene = Scene.model_validate({"background": background, "colour": "#336699"})
    picture = render(mug, [VIEW], scene, size=96)[0].image
    assert picture[0, 0] == pytest.approx([0x33, 0x66, 0x99], abs=1)
    assert picture[-1, 0] == pytest.approx([0x33, 0x66, 0x99] if background == "colour" else [255, 255, 255], abs=2)


def test_background_picture(mug: Model3D) -> None:
    behind = np.zeros((50, 120, 3), np.uint8)
    behind[..., 2] = 200
    picture = render(mug, [VIEW], Scene(background="image"), size=96, background=behind)[0].image
    assert picture[0, 0] == pytest.approx([0, 0, 200], abs=1)
    with pytest.raises(InputError, match="background"):
        render(mug, [VIEW], Scene(background="image"), size=96)


@pytest.mark.parametrize("light", ["studio", "soft", "dramatic"])
def test_lights_differ_and_expose_well(mug: Model3D, light: str) -> None:
    picture = render(mug, [VIEW], Scene.model_validate({"light": light}), size=96)[0]
    assert 25 < picture.image[picture.mask].mean() < 220


def test_glass_shows_what_lies_behind() -> None:
    vase = build_model(
        Product(sku="v", title="Clear glass vase", category="home/vase", attributes={"material": "glass"}), 1
    )
    picture = render(vase, [VIEW], Scene(background="colour", colour="#2040ff", shadow=False), size=96)[0]
    seen = picture.image[picture.mask].astype(int)
    assert (seen[:, 2] - seen[:, 0]).mean() > 30


def test_a_trace_of_glass_leaves_metal_bright() -> None:
    steel = build_model(Product(sku="v", title="Steel vase", category="home/vase", attributes={"material": "steel"}), 1)
    parts = tuple(replace(part, material=part.material.but(transmission=0.02)) for part in steel.parts)
    scene = Scene(shadow=False)
    solid, traced = (render(model, [VIEW], scene, size=96)[0] for model in (steel, replace(steel, parts=parts)))
    assert np.abs(solid.image[solid.mask].mean(0) - traced.image[solid.mask].mean(0)).max() < 12


def test_silhouettes_are_the_masks_but_for_edges(mug: Model3D) -> None:
    views = [VIEW, View(elevation=-40)]
    for mask, picture in zip(silhouettes(mug, views, 96), render(mug, views, size=96), strict=True):
        assert (mask != picture.mask).mean() < 0.01


@pytest.mark.parametrize("size", [32, 333])
def test_any_size(mug: Model3D, size: int) -> None:
    picture = render(mug, [VIEW], size=size)[0]
    assert picture.image.shape == (size, size, 3)
    assert picture.mask.shape == (size, size)
    assert picture.mask.any()


def test_the_white_sweep_brightens_metal_and_veils_nothing_else() -> None:
    light = lighting("studio")
    down, rough = np.array([[0, -0.8, -0.6]], np.float32), np.array([0.3], np.float32)
    assert light.reflected(down, rough, metal=True)[0, 0] > 0.9
    assert light.reflected(down, rough)[0, 0] < 0.8
