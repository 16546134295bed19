"""From a photo to a body: cut-out, fit, choice, colours, warnings."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.config import Config
from prodgen_render.model import Material, Model3D, Texture
from prodgen_render.photo.build import Built, model_from_photos
from prodgen_render.photo.complete import complete_rows
from prodgen_render.photo.cuboid import KnownOfBox, fit_cuboid
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import PhotoCamera, contract_frame
from prodgen_render.photo.generator import PhotoGenerator
from prodgen_render.photo.kinds import read_words
from prodgen_render.photo.measures import foreground_psnr, gradient_correlation, overlap
from prodgen_render.photo.revolution import fit_revolution, mirror_axis
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import box, revolve

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, InvalidImage
from prodgen_sdk.types import Generated, GenerationRequest, Image, Product, Scene, View

SIZE = 160
THING = Product(sku="x", title="?", category="other/thing")


def labelled(seed: int = 0) -> Texture:
    """Blue with a light label in the middle that has print on it."""
    pixels = np.full((96, 192, 3), (0.05, 0.12, 0.5), np.float32)
    pixels[24:72, 68:124] = (0.85, 0.8, 0.6)
    rng = np.random.default_rng(seed)
    for _ in range(14):
        y, x = rng.integers(26, 64), rng.integers(70, 114)
        pixels[y : y + 5, x : x + 9] = rng.random(3) * 0.6
    return Texture(pixels)


@cache
def can() -> Model3D:
    profile = np.array([(1e-4, 0), (0.03, 0), (0.033, 0.004), (0.033, 0.116), (0.03, 0.12), (1e-4, 0.12)])
    return Model3D((revolve(profile, Material("tin", (1, 1, 1), 0.5, texture=labelled())),))


@cache
def carton() -> Model3D:
    faces = box((0.1, 0.05, 0.14), 0.001, Material("paper", (0.05, 0.12, 0.5), 0.6))
    front = faces[0].but(material=Material("paper", (1, 1, 1), 0.6, texture=labelled(3)))
    return Model3D((front, *faces[1:]))


@cache
def seen(what: str, azimuth: float = 0, elevation: float = 0) -> Generated:
    model = {"can": can, "carton": carton}[what]()
    return render(model, [View(azimuth=azimuth, elevation=elevation)], size=SIZE)[0]


def views_of(photo: Image, *views: View, product: Product = THING, **more: Image) -> list[Generated]:
    references = {"front": photo, **more}
    request = GenerationRequest(product=product, views=views, references=references, size=SIZE)
    return list(PhotoGenerator(None, Context()).generate([request], Context())[0])


@cache
def built(what: str) -> Built:
    return model_from_photos(seen(what).image, THING)


@cache
def made_of(what: str) -> dict[float, Generated]:
    """By azimuth, what the generator makes of a front photo."""
    views = (View(), View(azimuth=40), View(azimuth=180))
    return {view.azimuth: item for view, item in zip(views, views_of(seen(what).image, *views), strict=True)}


# --- cut-out ---------------------------------------------------------------------------------------------------------


def disc(colour: tuple[int, int, int], ground: tuple[int, int, int], size: int = 160) -> tuple[Image, np.ndarray]:
    y, x = np.mgrid[0:size, 0:size] + 0.5
    mask = np.hypot(x - size / 2, y - size * 0.48) < size * 0.3
    return np.where(mask[..., None], np.array(colour, np.uint8), np.array(ground, np.uint8)), mask


@pytest.mark.parametrize("ground", [(255, 255, 255), (250, 249, 246), (128, 128, 128), (20, 20, 22), (200, 220, 240)])
@pytest.mark.parametrize("noise", [0, 3])
def test_cut_out_on_plain_backgrounds(ground: tuple[int, int, int], noise: int) -> None:
    picture, mask = disc((180, 40, 60), ground)
    if noise:
        scatter = np.random.default_rng(0).normal(0, noise, picture.shape)
        picture = (picture + scatter).round().clip(0, 255).astype(np.uint8)
    assert overlap(cut_out(picture).mask, mask) > 0.97


def test_cut_out_before_a_sweep_that_darkens() -> None:
    picture, mask = disc((60, 140, 60), (255, 255, 255))
    sweep = np.linspace(1.0, 0.8, picture.shape[0])[:, None, None]
    picture = np.where(mask[..., None], picture, picture * sweep).astype(np.uint8)
    found = cut_out(picture)
    assert overlap(found.mask, mask) > 0.97
    assert found.confidence > 0.8


def test_white_product_on_white_is_found_by_its_outline() -> None:
    size = 256
    y, x = np.mgrid[0:size, 0:size] + 0.5
    away = np.hypot(x - size / 2, y - size / 2) / (size * 0.3)
    shade = np.where(away < 1, 255 - 42 * np.clip(away - 0.55, 0, 1) / 0.45, 255)
    picture = np.repeat(shade[..., None], 3, 2).round().astype(np.uint8)
    assert overlap(cut_out(picture).mask, away < 1) > 0.96


def test_shadow_is_no_product() -> None:
    picture, mask = disc((190, 60, 30), (255, 255, 255), 256)
    y, x = np.mgrid[0:256, 0:256] + 0.5
    shadow = 1 - 0.35 * np.exp(-(((x - 150) / 60) ** 2) - ((y - 200) / 12) ** 2)
    picture = np.where(mask[..., None], picture, picture * shadow[..., None]).astype(np.uint8)
    assert overlap(cut_out(picture).mask, mask) > 0.96


def test_a_hole_stays_a_hole() -> None:
    picture, mask = disc((30, 90, 60), (255, 255, 255))
    y, x = np.mgrid[0:160, 0:160] + 0.5
    hole = np.hypot(x - 80, y - 77) < 18
    picture[hole] = 255
    assert overlap(cut_out(picture).mask, mask & ~hole) > 0.97


def test_alpha_is_taken_as_it_is() -> None:
    picture, mask = disc((255, 255, 255), (255, 255, 255))
    rgba = np.concatenate([picture, np.where(mask, 255, 0)[..., None].astype(np.uint8)], 2)
    found = cut_out(rgba)
    assert (found.mask == mask).all()
    assert found.confidence == 1


def test_colours_go_on_beyond_the_outline_without_the_background() -> None:
    picture, _mask = disc((180, 40, 60), (255, 255, 255))
    colour = cut_out(picture).colour
    assert np.allclose(colour, colour[80, 80], atol=1e-3)


@pytest.mark.parametrize(
    "picture", [np.full((64, 64, 3), 255, np.uint8), np.zeros((64, 64, 4), np.uint8), np.full((8, 8, 3), 9, np.uint8)]
)
def test_nothing_to_cut_out(picture: Image) -> None:
    with pytest.raises(InvalidImage):
        cut_out(picture)


def test_a_product_at_the_edge_is_said_to_be_cut_off() -> None:
    picture, _ = disc((180, 40, 60), (255, 255, 255))
    assert "bottom" in cut_out(picture[:110]).warnings[0]


# --- geometry --------------------------------------------------------------------------------------------------------


@given(st.floats(-180, 180), st.floats(-60, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_rays_go_through_the_points_that_are_seen_there(azimuth: float, elevation: float, seed: int) -> None:
    camera = PhotoCamera(400.0, 130.0, 120.0, azimuth, elevation)
    points = np.random.default_rng(seed).uniform(-1, 1, (20, 3))
    x, y, depth = camera.project(points)
    assert np.allclose(camera.axes[0] + camera.rays(x, y) * depth[:, None], points, atol=1e-9)


def test_the_photos_camera_is_the_renderers() -> None:
    from prodgen_render.rendering.camera import camera

    eye, mine = camera(View(azimuth=35, elevation=20), 200), contract_frame(200, 200)
    assert mine is not None
    mine = mine.but(azimuth=35.0, elevation=20.0)
    x, y = np.array([3.5, 120.5], np.float32), np.array([44.5, 180.5], np.float32)
    rays = mine.rays(x, y)
    assert np.allclose(eye.directions(x, y), rays / np.linalg.norm(rays, axis=-1, keepdims=True), atol=1e-5)
    assert np.allclose(eye.position, mine.axes[0], atol=1e-5)


@given(st.integers(30, 90), st.integers(8, 25))
@settings(max_examples=25, deadline=None)
def test_mirror_axis_of_a_symmetric_mask(middle: int, half: int) -> None:
    mask = np.zeros((40, 120), bool)
    mask[5:35, middle - half : middle + half] = True
    mask[10:20, middle - half - 3 : middle + half + 3] = True
    assert mirror_axis(mask) == pytest.approx(middle, abs=0.3)


def test_mirror_axis_is_not_moved_by_a_handle() -> None:
    mask = np.zeros((60, 140), bool)
    mask[5:55, 30:80] = True
    mask[15:45, 80:105] = True
    mask[22:38, 80:97] = False
    assert mirror_axis(mask) == pytest.approx(55, abs=0.6)


@pytest.mark.parametrize("elevation", [0.0, 15.0])
def test_revolution_finds_size_and_elevation_of_a_can(elevation: float) -> None:
    frame = contract_frame(SIZE, SIZE)
    assert frame is not None
    body = fit_revolution(seen("can", 0, elevation).mask, frame)
    assert body is not None
    assert body.camera.elevation == pytest.approx(elevation, abs=5.1)
    _, radius = can().sphere
    assert body.radius.max() == pytest.approx(0.033 / radius, rel=0.04)
    assert body.height[-1] - body.height[0] == pytest.approx(0.12 / radius, rel=0.05)
    assert body.squash == 1


@pytest.mark.parametrize(("azimuth", "elevation"), [(0.0, 0.0), (30.0, 20.0)])
def test_cuboid_finds_its_edges(azimuth: float, elevation: float) -> None:
    frame = contract_frame(SIZE, SIZE)
    assert frame is not None
    found = fit_cuboid(seen("carton", azimuth, elevation).mask, frame, KnownOfBox(framed=True))
    radius = carton().sphere[1]
    assert found.size[0] == pytest.approx(0.1 / radius, rel=0.06)
    assert found.size[2] == pytest.approx(0.14 / radius, rel=0.06)
    assert found.camera.azimuth == pytest.approx(azimuth, abs=5)
    if azimuth:
        assert found.size[1] == pytest.approx(0.05 / radius, rel=0.15)


def test_kinds_are_chosen_by_their_outline() -> None:
    assert built("can").shape == "revolution"
    assert built("carton").shape == "cuboid"


def test_words_say_what_a_product_is() -> None:
    assert read_words(Product(sku="a", title="Linen shirt", category="apparel/shirt")).shape == "sheet"
    assert read_words(Product(sku="a", title="mug", category="other/product")).open
    assert read_words(THING).shape is None


def test_attribute_and_configuration_override_the_kind() -> None:
    asked = THING.model_copy(update={"attributes": {"photo_shape": "relief"}})
    assert model_from_photos(seen("can").image, asked, config=Config(photo_shape="cuboid")).shape == "relief"
    assert model_from_photos(seen("can").image, THING, config=Config(photo_shape="cuboid")).shape == "cuboid"
    for wrong in ({"photo_shape": "ball"}, {"photo_elevation": "steep"}, {"photo_elevation": 89}):
        with pytest.raises(InputError, match="photo_"):
            model_from_photos(seen("can").image, THING.model_copy(update={"attributes": wrong}))


def test_stated_width_and_depth_count() -> None:
    sized = THING.model_copy(
        update={"attributes": {"photo_shape": "cuboid", "width": "10 cm", "depth": "25mm", "height": "14"}}
    )
    low, high = model_from_photos(seen("carton").image, sized).model.bounds
    width, depth, height = high - low
    assert depth / width == pytest.approx(0.25, rel=0.03)
    assert height == pytest.approx(0.14, rel=1e-3)


def test_of_sides_without_names_the_depth_is_the_one_that_the_photo_does_not_show() -> None:
    mask = seen("carton").mask
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    wide, high = 10.0, 10.0 * np.ptp(rows) / np.ptp(columns)
    box = THING.model_copy(update={"category": "food/carton"})
    for stated in (f"{wide:.1f} x 2.5 x {high:.1f} cm", f"{high:.1f} x {wide:.1f} x 2.5 cm"):
        said = box.model_copy(update={"attributes": {"photo_shape": "cuboid", "dimensions": stated}})
        low, top = model_from_photos(seen("carton").image, said).model.bounds
        assert (top - low)[1] / (top - low)[0] == pytest.approx(0.25, rel=0.05)
    others = box.model_copy(update={"attributes": {"photo_shape": "cuboid", "dimensions": "90 x 9 x 9 cm"}})
    low, top = model_from_photos(seen("carton").image, others).model.bounds
    assert (top - low)[1] / (top - low)[0] > 0.3  # sides of another outline do not count


# --- colours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("what", "least"), [("can", 26), ("carton", 25)])
def test_the_photos_own_view_is_the_photo(what: str, least: float) -> None:
    photo = seen(what)
    made = made_of(what)[0]
    assert overlap(made.mask, photo.mask) > 0.95
    inside = photo.mask & made.mask
    inside[:2] = False
    assert foreground_psnr(made.image, photo.image, inside) > least
    assert gradient_correlation(made.image, photo.image, photo.mask, inside=True) > 0.9
    # Colours are the photo's: no shift over the product as a whole.
    assert np.abs(made.image[inside].mean(0) - photo.image[inside].mean(0)).max() < 3


@pytest.mark.parametrize("what", ["can", "carton"])
def test_a_turned_view_is_nearer_to_the_truth_than_the_photo(what: str) -> None:
    photo, true = seen(what), seen(what, 40)
    made = made_of(what)[40]
    assert overlap(made.mask, true.mask) > 0.9
    copied = foreground_psnr(photo.image, true.image, true.mask)
    assert foreground_psnr(made.image, true.image, true.mask) > copied


def test_the_unseen_side_is_the_plain_material() -> None:
    made = made_of("can")[180]
    true = seen("can", 180)
    both = made.mask & true.mask
    assert np.abs(np.median(made.image[both], 0) - np.median(true.image[both], 0)).max() < 30
    assert "little of this side" in made.warnings[-1]
    assert made.facts["confidence"] < made_of("can")[0].facts["confidence"]


def test_a_photo_of_the_back_is_used() -> None:
    back = seen("carton", 180).image.copy()
    green = (np.abs(back.astype(int) - 255).max(2) > 60)[..., None]
    back = np.where(green, np.array([20, 150, 40], np.uint8), back)
    made = views_of(seen("carton").image, View(azimuth=180), back=back)[0]
    r, g, b = np.median(made.image[made.mask], axis=0)
    assert g > r + 80
    assert g > b + 60
    assert made.warnings == ()
    assert made.facts["back_photo"]


@given(st.integers(0, 10**6), st.floats(0.2, 0.9))
@settings(max_examples=15, deadline=None)
def test_completion_keeps_what_was_seen_and_stays_within_its_colours(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    colour = rng.random((40, 96, 3)).astype(np.float32)
    weight = np.zeros((40, 96), np.float32)
    weight[5:33, 10 : 10 + int(80 * share)] = 1
    filled = complete_rows(colour, weight)
    seen_before = weight > 0
    assert np.allclose(filled[seen_before], colour[seen_before], atol=1e-6)
    low, high = colour[seen_before].min(), colour[seen_before].max()
    assert filled.min() >= low - 1e-5
    assert filled.max() <= high + 1e-5


def test_transparent_photos_and_scenes() -> None:
    photo = seen("can")
    rgba = np.concatenate([photo.image, (photo.mask * 255).astype(np.uint8)[..., None]], 2)
    request = GenerationRequest(
        product=THING, views=(View(),), references={"front": rgba}, size=96, scene=Scene(background="transparent")
    )
    made = PhotoGenerator(None, Context()).generate([request], Context())[0][0]
    assert made.image.shape == (96, 96, 4)
    assert made.facts["cutout_confidence"] == 1


def test_without_a_photo() -> None:
    with pytest.raises(InputError, match="no front photo"):
        PhotoGenerator(None, Context()).generate([GenerationRequest(product=THING, views=(View(),))], Context())


@pytest.mark.parametrize("shape", [(300, 90), (90, 300)])
def test_photos_of_any_proportions(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 240, np.uint8)
    picture[20:-20, 20:-20] = (200, 30, 40)
    made = views_of(picture, View(), View(azimuth=90))
    assert all(item.mask.any() for item in made)
    wide, high = np.ptp(np.flatnonzero(made[0].mask.any(0))), np.ptp(np.flatnonzero(made[0].mask.any(1)))
    assert wide / high == pytest.approx((shape[1] - 40) / (shape[0] - 40), rel=0.06)
