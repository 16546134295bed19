import numpy as np
import pytest
from prodgen_render.model import Material, Model3D
from prodgen_render.rendering.camera import camera
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import box

from prodgen_sdk.types import FILL_AT_DISTANCE_ONE, NAMED_VIEWS, VIEW_SETS, Scene, View

# A cube whose sides are painted: front red, back green, left (the viewer's, -X) blue, right yellow, top white, bottom black.
PAINT = {
    "front": (0.6, 0.02, 0.02),
    "back": (0.02, 0.5, 0.02),
    "left": (0.02, 0.02, 0.6),
    "right": (0.7, 0.6, 0.02),
    "top": (0.8, 0.8, 0.8),
    "bottom": (0.02, 0.02, 0.02),
}


@pytest.fixture(scope="module")
def cube() -> Model3D:
    faces = box((0.1, 0.1, 0.1), 0.002, Material(), cells=3)
    painted = zip(faces, PAINT.values(), strict=True)
    return Model3D(tuple(part.but(material=Material(colour=c, roughness=1.0)) for part, c in painted))


@pytest.mark.parametrize("side", ["front", "right", "back", "left", "top"])
def test_named_views_show_their_side(cube: Model3D, side: str) -> None:
    picture = render(cube, [NAMED_VIEWS[side]], size=64)[0]
    seen = picture.image[picture.mask].mean(0) / 255
    wanted = np.array(PAINT[side])
    assert np.argmax(seen) == np.argmax(wanted) or side == "top"
    assert np.corrcoef(seen, wanted)[0, 1] > 0.9 or side == "top"
    if side == "top":
        assert seen.min() > 0.6


def test_below_shows_the_bottom_and_no_floor(cube: Model3D) -> None:
    picture = render(cube, [View(elevation=-90)], size=64)[0]
    assert picture.image[picture.mask].mean() < 80
    assert (picture.image[~picture.mask] == 255).mean() > 0.9


def test_azimuth_45_shows_front_at_the_left_and_right_side_at_the_right(cube: Model3D) -> None:
    picture = render(cube, [View(azimuth=45)], size=64)[0].image.astype(int)
    left, right = picture[32, 22], picture[32, 42]
    assert left[0] > left[1] + 60
    assert right[0] > right[2] + 60
    assert right[1] > right[2] + 60


def test_top_has_the_front_below(cube: Model3D) -> None:
    eye = camera(NAMED_VIEWS["top"], 64)
    assert eye.up == pytest.approx([0, 1, 0], abs=1e-6)
    assert eye.right == pytest.approx([1, 0, 0], abs=1e-6)


@pytest.mark.parametrize("view", VIEW_SETS["pose96"][::7])
def test_camera_is_the_contracts(view: View) -> None:
    eye = camera(view, 64)
    assert eye.position == pytest.approx(view.camera_position(), abs=1e-4)
    assert np.linalg.norm(np.cross(eye.ahead, eye.position)) < 1e-4
    assert float(eye.ahead @ eye.position) < 0
    assert float(eye.right @ eye.up) == pytest.approx(0, abs=1e-6)
    middle = eye.directions(np.array([32.0], np.float32), np.array([32.0], np.float32))[0]
    assert middle == pytest.approx(eye.ahead, abs=1e-5)


def test_bounding_sphere_fills_85_percent() -> None:
    from prodgen_render.shapes.geometry import revolve

    angle = np.linspace(0.001, np.pi - 0.001, 60)
    ball = Model3D((revolve(np.stack([np.sin(angle), -np.cos(angle)], -1), Material()),))
    for view in (View(), View(azimuth=70, elevation=40)):
        mask = render(ball, [view], Scene(shadow=False), size=200)[0].mask
        assert np.ptp(np.flatnonzero(mask.any(0))) / 200 == pytest.approx(FILL_AT_DISTANCE_ONE, abs=0.02)
        assert np.ptp(np.flatnonzero(mask.any(1))) / 200 == pytest.approx(FILL_AT_DISTANCE_ONE, abs=0.02)
    far = render(ball, [View(distance=2)], Scene(shadow=False), size=200)[0].mask
    assert np.ptp(np.flatnonzero(far.any(0))) / 200 == pytest.approx(FILL_AT_DISTANCE_ONE / 2, abs=0.03)
