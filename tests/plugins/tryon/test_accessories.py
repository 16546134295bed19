import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_tryon.accessories.anchors import head, turned
from prodgen_tryon.accessories.fit import fit_glasses
from prodgen_tryon.accessories.placement import Placement
from prodgen_tryon.accessories.see_through import cut_out_thin, with_holes
from prodgen_tryon.accessories.shape import accessory_shape
from prodgen_tryon.body.skeleton import skeleton

from prodgen_sdk.types import Garment, PersonPhoto, Refusal, TryOn, TryOnRequest

BLUE = (40, 60, 170)


def plain(height, width):
    return np.full((height, width, 3), 250, np.uint8)


def hat():
    picture = plain(300, 400)
    cv2.ellipse(picture, (200, 210), (150, 140), 0, 180, 360, BLUE, -1, cv2.LINE_AA)
    return picture


def glasses(lens=None):
    picture = plain(120, 300)
    for x in (85, 215):
        if lens:
            cv2.ellipse(picture, (x, 60), (50, 40), 0, 0, 360, lens, -1, cv2.LINE_AA)
        cv2.ellipse(picture, (x, 60), (50, 40), 0, 0, 360, (30, 20, 20), 8, cv2.LINE_AA)
    cv2.line(picture, (135, 52), (165, 52), (30, 20, 20), 8, cv2.LINE_AA)
    return picture


def bag(handle=60):
    picture = plain(400, 300)
    cv2.rectangle(picture, (60, 200), (240, 380), BLUE, -1)
    cv2.rectangle(picture, (110, 200 - handle), (190, 205), BLUE, 12)
    return picture


def strip():
    picture = plain(120, 700)
    picture[40:90, 20:680] = BLUE
    return picture


PICTURES = {"hat": hat, "glasses": glasses, "bag": bag, "scarf": strip}


def dress(compositor, ctx, photo, category, picture=None, **options):
    garment = Garment(front=PICTURES[category]() if picture is None else picture, category=category, **options)
    return compositor.compose([TryOnRequest(person=PersonPhoto(image=photo), garments=(garment,))], ctx)[0]


def rows_and_columns(result, photo):
    ys, xs = np.nonzero((result.image != photo).any(-1))
    return ys.min(), ys.max(), xs.min(), xs.max()


@pytest.mark.parametrize(
    ("category", "where"),
    [
        ("hat", (5, 55, 120, 180)),
        ("glasses", (44, 72, 126, 174)),
        ("bag", (215, 345, 20, 280)),
        ("scarf", (78, 250, 115, 185)),
    ],
)
def test_each_lies_in_its_place_and_nowhere_else(compositor, ctx, drawn, category, where):
    photo = drawn.person()
    result = dress(compositor, ctx, photo, category)
    assert isinstance(result, TryOn), result
    top, bottom, left, right = rows_and_columns(result, photo)
    assert where[0] <= top, (top, bottom, left, right)
    assert bottom <= where[1], (top, bottom, left, right)
    assert where[2] <= left, (top, bottom, left, right)
    assert right <= where[3], (top, bottom, left, right)
    assert ((result.image != photo).any(-1) <= result.edit_mask).all()
    assert result.layers[0].name == f"0-{category}"
    assert result.edit_mask.mean() < 0.15
    assert 0.5 < result.confidence <= 0.95


def test_the_face_is_covered_by_the_accessory_alone(compositor, ctx, drawn):
    photo = drawn.person()
    for category in ("hat", "glasses", "scarf"):
        result = dress(compositor, ctx, photo, category)
        face = np.zeros(photo.shape[:2], bool)
        face[62:82, 138:162] = True
        bare = face & (result.layers[0].image[..., 3] == 0)
        assert (result.image[bare] == photo[bare]).all()


def test_hands_stay_in_front_of_a_bag(compositor, ctx, drawn):
    photo = drawn.person()
    result = dress(compositor, ctx, photo, "bag")
    side = "left" if result.edit_mask[:, :150].sum() > result.edit_mask[:, 150:].sum() else "right"
    hand = (slice(222, 230), slice(84, 90) if side == "left" else slice(210, 216))
    assert (result.image[hand] == photo[hand]).all()


def test_over_a_garment_the_layers_follow_the_request(compositor, ctx, drawn):
    photo = drawn.person()
    scarf = Garment(front=strip(), category="scarf")
    request = TryOnRequest(person=PersonPhoto(image=photo), garments=(scarf, drawn.top()))
    result = compositor.compose([request], ctx)[0]
    assert [layer.name for layer in result.layers] == ["0-scarf", "1-top"]
    tail = np.argwhere(result.layers[0].image[130:180, :, 3] > 250)
    assert len(tail) > 50
    y, x = tail[len(tail) // 2]
    assert result.image[130 + y, x, 2] > result.image[130 + y, x, 0] + 60


def test_a_mask_restricts_them(compositor, ctx, drawn):
    photo = drawn.person()
    mask = np.zeros(photo.shape[:2], bool)
    mask[:, :150] = True
    garment = Garment(front=hat(), category="hat")
    request = TryOnRequest(person=PersonPhoto(image=photo), garments=(garment,), mask=mask)
    result = compositor.compose([request], ctx)[0]
    assert not (result.edit_mask & ~mask).any()
    assert result.edit_mask.any()


def test_refusals(compositor, ctx, drawn, parser):
    cut = drawn.person()[45:].copy()
    parser.moved = {}
    assert dress(compositor, ctx, drawn.person(seed=8), "glasses", np.full((100, 200, 3), 240, np.uint8)).code == (
        "garment-not-cut-out"
    )
    names = ["nose", *(f"{side}_{name}" for side in ("left", "right") for name in ("eye_outer", "ear"))]
    points = {name: tuple(drawn.joints()[_index(name), :2]) for name in names}
    parser.moved = {name: (x, y - 45) for name, (x, y) in points.items()} | {
        f"{side}_{name}": (150, 8) for side in ("left", "right") for name in ("eye", "eye_inner")
    }
    refused = dress(compositor, ctx, cut, "hat")
    assert isinstance(refused, Refusal)
    assert refused.code == "body-cut-off"
    parser.moved = {"nose": (132, 62), "left_ear": (152, 60), "left_eye_outer": (143, 56), "right_ear": (133, 60)}
    assert dress(compositor, ctx, drawn.person(seed=9), "glasses").code == "head-turned"
    parser.moved = {
        f"{side}_{name}": (150 + sign * 40, 130)
        for side, sign in (("left", 1), ("right", -1))
        for name in ("wrist", "index", "pinky", "thumb")
    }
    assert dress(compositor, ctx, drawn.person(seed=10), "bag").code == "hand-hidden"
    parser.moved, parser.back = {}, True
    assert dress(compositor, ctx, drawn.person(seed=11), "glasses", back=glasses()).code == "back-view"


def _index(name):
    from prodgen_sdk.types import LANDMARKS

    return LANDMARKS.index(name)


def test_clear_lenses_are_looked_through_and_tinted_ones_half():
    clear, tinted, dark = (cut_out_thin(glasses(lens)).rgba for lens in (None, (225, 225, 240), (40, 40, 60)))
    assert clear[60, 85, 3] == 0
    assert clear[60, 36, 3] > 200
    assert 60 < tinted[60, 85, 3] < 250
    assert dark[60, 85, 3] == 255
    assert clear[5, 5, 3] == 0


def test_background_shows_between_bag_and_handle():
    cutout, holes = with_holes(bag())
    assert holes[170, 150]
    assert cutout.rgba[170, 150, 3] == 0
    assert cutout.rgba[300, 150, 3] > 250


def test_a_long_handle_goes_over_the_shoulder():
    assert accessory_shape(bag(150), "bag")[1].long_handle
    assert not accessory_shape(bag(40), "bag")[1].long_handle


def test_given_points_win_and_a_size_is_kept(compositor, ctx, drawn):
    _, shape = accessory_shape(hat(), "hat", {"bottom": (200.0, 180.0), "elbow": (1.0, 1.0)})
    assert shape.points["bottom"] == (200.0, 180.0)
    assert "elbow" not in shape.points
    photo = drawn.person()
    small, large = (
        dress(compositor, ctx, photo, "bag", measurements_cm={"width": cm}).edit_mask.sum() for cm in (15.0, 30.0)
    )
    assert 3 < large / small < 5


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 6.28),
    st.tuples(*[st.floats(0.2, 3)] * 3),
    st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=1, max_size=6),
)
def test_a_placement_and_its_inverse(angle, scales, points):
    right = np.array([np.cos(angle), np.sin(angle)])
    placement = Placement((20.0, 30.0), np.array([5.0, 7.0]), right, np.array([-right[1], right[0]]), *scales)
    points = np.array(points)
    np.testing.assert_allclose(placement.to_source(placement.to_photo(points)), points, atol=1e-6)


def test_glasses_turn_with_the_face(drawn):
    frame = skeleton(drawn.joints())
    _, shape = accessory_shape(glasses(), "glasses")
    straight = fit_glasses(frame, shape)
    assert straight.left_scale == pytest.approx(straight.right_scale, rel=0.05)
    aside = skeleton(drawn.joints(moved={"left_eye_outer": (158, 56), "left_eye_inner": (153, 55)}))
    assert fit_glasses(aside, shape).right_scale < 0.9 * fit_glasses(aside, shape).left_scale
    assert turned(aside) < turned(frame)
    assert head(frame).up[1] < -0.9
