import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_tryon.body import pose
from prodgen_tryon.body.litert import LitertBodyParser
from prodgen_tryon.warp import WarpCompositor

from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.types import LANDMARKS, PersonPhoto, TryOn, TryOnRequest


def test_anchors_are_the_centres_of_the_cells():
    anchors = pose.anchors()
    assert anchors.shape == (28 * 28 * 2 + 14 * 14 * 2 + 7 * 7 * 6, 2)
    assert np.allclose(anchors[0], anchors[1])
    assert np.allclose(anchors[0], 0.5 / 28)
    assert np.allclose(anchors[2], (1.5 / 28, 0.5 / 28))
    assert np.allclose(anchors[-1], 6.5 / 7)


def test_decoding_finds_what_was_encoded():
    anchors = pose.anchors()
    boxes, logits = np.zeros((2254, 12), np.float32), np.full((2254, 1), -20, np.float32)
    for index, (hip, top) in {
        1700: ((100, 120), (100, 40)),
        1701: ((101, 120), (100, 41)),
        30: ((30, 30), (30, 10)),
    }.items():
        boxes[index, 4:8] = np.array([*hip, *top]) - np.tile(anchors[index] * 224, 2)
        logits[index] = 5 if index == 1700 else 3
    people = pose.decode(boxes, logits, scale=0.5, offset=(10.0, 0.0))
    assert len(people) == 2, "two answers for one person are one"
    assert people[0].centre == pytest.approx((180, 240))
    assert people[0].radius == pytest.approx(160)
    assert people[0].score > people[1].score


@given(scale=st.floats(0.2, 3), depth=st.floats(-300, 300), back=st.booleans())
def test_a_body_whose_right_side_in_the_picture_is_farther_away_is_turned_to_the_right(scale, depth, back):
    raw = np.zeros((39, 5))
    right, left = ((12, 24), (11, 23)) if back else ((11, 23), (12, 24))
    for side, x, z in ((right, 160, depth), (left, 96, 0)):
        raw[list(side), 0], raw[list(side), 2] = x * scale, z * scale
    turn = pose.turned(raw.reshape(-1))
    assert turn == pytest.approx(np.clip(pose.DEPTH * depth / 64, -pose.MOST_TURNED, pose.MOST_TURNED))


def test_an_upright_body_gives_an_upright_square():
    region = pose.region_of((50, 80), (50, 30))
    assert region.rotation == pytest.approx(0)
    assert region.edge == pytest.approx(125)


@given(
    x=st.floats(-100, 400),
    y=st.floats(-100, 400),
    edge=st.floats(10, 800),
    rotation=st.floats(-3, 3),
    u=st.floats(0, 256),
    v=st.floats(0, 256),
)
def test_crop_and_photo_coordinates_are_inverse(x, y, edge, rotation, u, v):
    matrix = pose.Region(x, y, edge, rotation).to_photo(256)
    photo = matrix[:, :2] @ (u, v) + matrix[:, 2]
    back = np.linalg.solve(matrix[:, :2], photo - matrix[:, 2])
    assert np.allclose(back, (u, v), atol=1e-4)
    assert math.isclose(abs(np.linalg.det(matrix[:, :2])), (edge / 256) ** 2, rel_tol=1e-6)


def test_letterbox_keeps_the_proportions():
    square, scale, offset = pose.letterbox(np.full((400, 200, 3), 255, np.uint8))
    assert square.shape == (224, 224, 3)
    assert scale == 0.56
    assert offset == (56.0, 0.0)
    assert square.min() == -1
    assert square[:, 60:160].min() == 1


def test_the_mask_lies_where_the_region_is():
    logits = np.full((256, 256), 10, np.float32)
    mask = pose.mask_in_photo(logits, pose.Region(50, 60, 40, 0.0), (100, 120))
    assert mask[60, 50] > 0.99
    assert mask[60, 90] == 0
    assert mask.shape == (100, 120)


def test_missing_models_name_the_command(tmp_path):
    with pytest.raises(MissingDependency, match="prodgen models pull pose"):
        LitertBodyParser(None, Context())
    with pytest.raises(MissingDependency, match="prodgen models pull pose"):
        LitertBodyParser(None, Context(models_folder=lambda name: tmp_path))


def test_nobody_is_found_in_an_empty_photo(pose_models):
    parser = LitertBodyParser(None, Context(models_folder=lambda name: pose_models))
    noise = np.random.default_rng(0).integers(0, 255, (300, 200, 3), dtype=np.uint8)
    for picture in (np.full((300, 200, 3), 120, np.uint8), noise):
        body = parser.parse([PersonPhoto(image=picture)], Context())[0]
        assert body.people == 0
        assert body.person.shape == (300, 200)


def test_the_models_read_a_drawn_figure(pose_models, drawn):
    parser = LitertBodyParser(None, Context(models_folder=lambda name: pose_models))
    size = (800, 600)
    body = parser.parse([drawn.photo(size)], Context())[0]
    assert body.people == 1
    assert body.orientation == "front"
    for name in ("left_shoulder", "right_shoulder", "left_elbow", "right_wrist", "left_hip", "right_knee"):
        index = LANDMARKS.index(name)
        distance = np.hypot(*(body.landmarks[index, :2] - drawn.joints(size)[index, :2]))
        assert distance < 0.06 * size[0], name
    assert body.parts["upper"][300, 300] > 0.5
    assert body.parts["lower"][600, 260] > 0.5
    assert body.parts["face"][120, 300] > 0.5
    assert body.person[20:60, 20:60].max() < 0.1


def test_a_second_person_close_beside_the_first_is_counted(pose_models, drawn):
    """The detector alone takes the two for one."""
    wall, beside = (200, 205, 210), 230
    photo = np.full((800, 900, 3), wall, np.uint8)
    photo[:, :600] = drawn.person((800, 600))
    other = drawn.person((800, 600), shirt=(150, 60, 60))
    seen = np.abs(other.astype(int) - wall).max(-1) > 25
    photo[:, beside : beside + 600][seen] = other[seen]
    parser = LitertBodyParser(None, Context(models_folder=lambda name: pose_models))
    assert parser.parse([PersonPhoto(image=photo)], Context())[0].people == 2


def test_a_photo_is_dressed_with_the_real_models(pose_models, drawn):
    ctx = Context(models_folder=lambda name: pose_models)
    compositor = WarpCompositor(None, ctx)
    for size in ((800, 600), (1500, 1125)):
        photo = drawn.photo(size)
        result = compositor.compose([TryOnRequest(person=photo, garments=(drawn.top(),))], ctx)[0]
        assert isinstance(result, TryOn), result
        chest = result.image[int(0.4 * size[0]), size[1] // 2].astype(int)
        assert chest[0] > chest[1] + 50
        assert (result.image == photo.image).all(-1)[~result.edit_mask].all()
