"""The agnostic mask: what it covers, what it never covers, and that it tells nothing of the old sleeves."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prodgen_tryon.diffusion.frame import Frame, frame_around, padded, put_back, take
from prodgen_tryon.diffusion.mask import CATEGORIES, agnostic_mask, parts_of

from prodgen_sdk.types import PersonPhoto


@pytest.fixture
def masked(parser):
    def mask(photo, category="top", style="regular"):
        (body,) = parser.parse([PersonPhoto(image=photo)], None)
        return agnostic_mask(body, parts_of(photo, body), category, style)

    return mask


def limb(drawn, a, b, t):
    """A pixel (y, x) at the share `t` of the way between two joints of the drawn figure."""
    from prodgen_sdk.types import LANDMARKS

    points = drawn.joints()
    start, end = points[LANDMARKS.index(a), :2], points[LANDMARKS.index(b), :2]
    x, y = np.round(start + t * (end - start)).astype(int)
    return y, x


def test_it_does_not_tell_how_long_the_old_sleeves_were(masked, drawn):
    masks = [masked(drawn.person(sleeve=sleeve)) for sleeve in (0.0, 0.3, 0.55, 1.0)]
    for other in masks[1:]:
        union, both = (masks[0] | other).sum(), (masks[0] & other).sum()
        assert both / union > 0.985, "the region is that of the limbs, whatever was worn on them"
    for mask in masks:
        for side in ("left", "right"):
            for t in (0.1, 0.5, 0.9):
                assert mask[limb(drawn, f"{side}_shoulder", f"{side}_elbow", t)], "the whole upper arm"
                assert mask[limb(drawn, f"{side}_elbow", f"{side}_wrist", t * 0.9)], "the forearm down to the wrist"


def test_a_mask_that_follows_the_cloth_would_tell(parser, drawn):
    """The measure of the test above sees a leak: the parsed old top differs from sleeve to sleeve."""
    tops = []
    for sleeve in (0.0, 1.0):
        photo = drawn.person(sleeve=sleeve)
        (body,) = parser.parse([PersonPhoto(image=photo)], None)
        tops.append(parts_of(photo, body)["upper"] > 0.5)
    assert (tops[0] & tops[1]).sum() / (tops[0] | tops[1]).sum() < 0.95


@pytest.mark.parametrize("category", CATEGORIES)
def test_face_and_hands_are_never_in_it(masked, drawn, category):
    for style in ("tight", "regular", "loose"):
        mask = masked(drawn.person(), category, style)
        assert mask.any()
        assert not mask[45:78, 140:161].any(), "face"
        for side in ("left", "right"):
            assert not mask[limb(drawn, f"{side}_wrist", f"{side}_index", 0.7)], "hand"


def test_upper_and_lower_clothes_leave_each_other(masked, drawn):
    top, trousers = masked(drawn.person(), "top"), masked(drawn.person(), "trousers")
    dress = masked(drawn.person(), "dress")
    assert top[150, 150]
    assert not top[310:].any()
    assert trousers[limb(drawn, "left_knee", "left_ankle", 0.5)]
    assert not trousers[:180].any()
    assert not trousers[374:].any(), "the toes"
    assert not trousers[330, 150], "between the legs lies the scene"
    assert dress[150, 150]
    assert dress[330, 150], "a skirt hangs between the legs"


@settings(max_examples=40, deadline=None)
@given(
    box=st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40)),
    ratio=st.sampled_from([0.5, 0.75, 1.0, 1.5]), feather=st.sampled_from([None, 0.5, 4.0]), seed=st.integers(0, 9),
)  # fmt: skip
def test_outside_of_the_mask_every_pixel_is_the_photos(box, ratio, feather, seed):
    rng = np.random.default_rng(seed)
    photo = rng.integers(0, 256, (80, 90, 3), dtype=np.uint8)
    mask = np.zeros((80, 90), bool)
    mask[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = (
        rng.random((80, 90))[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] < 0.8
    )
    if not mask.any():
        return
    frame = frame_around(mask, ratio)
    painted = rng.integers(0, 256, (64, max(round(64 * ratio), 1), 3), dtype=np.uint8)
    image, edit = put_back(photo, painted, frame, mask, feather)
    assert (edit == mask).all(), "the frame holds the whole mask"
    assert (image[~edit] == photo[~edit]).all()
    taken = take(photo, frame, (painted.shape[1], 64))
    assert taken.shape == painted.shape


def test_a_picture_of_the_frames_size_is_taken_over_exactly():
    photo = np.zeros((40, 30, 3), np.uint8)
    painted = np.random.default_rng(1).integers(0, 256, (20, 15, 3), dtype=np.uint8)
    mask = np.zeros((40, 30), bool)
    mask[12:28, 7:20] = True
    image, _ = put_back(photo, painted, Frame(6, 10, 15, 20), mask, feather=1.0)
    assert (image[12:28, 7:20] == painted[2:18, 1:14]).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90))
def test_a_garment_is_shown_whole_on_white(height, width):
    out = padded(np.zeros((height, width, 3), np.uint8), (48, 64))
    assert out.shape == (64, 48, 3)
    ys, xs = np.nonzero(out[..., 0] < 128)
    assert np.ptp(ys) + 1 == 64 or np.ptp(xs) + 1 == 48
    assert out[0, 0, 0] == 255 or out[-1, -1, 0] in (0, 255)
