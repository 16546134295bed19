"""Cut-out, keypoints and category on drawn garments."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prodgen_tryon.garment.contour import defects, outline, resample, without_notches
from prodgen_tryon.garment.cutout import cut_out
from prodgen_tryon.garment.guess import guess_category
from prodgen_tryon.garment.keypoints import top_shape
from prodgen_tryon.garment.legs import leg_shape
from prodgen_tryon.garment.seams import sleeve_edge
from prodgen_tryon.garment.stripes import close_stripes


def overlap(a, b):
    return (a & b).sum() / (a | b).sum()


@pytest.mark.parametrize(
    ("colour", "background", "texture"),
    [
        ((180, 40, 45), (255, 255, 255), 0), ((20, 20, 22), (255, 255, 255), 0), ((255, 255, 255), (238, 238, 236), 1),
        ((252, 252, 250), (243, 243, 243), 0), ((150, 150, 150), (240, 240, 240), 1), ((240, 240, 240), (120, 120, 120), 2),
        ((30, 60, 140), (150, 140, 120), 12), ((230, 200, 60), (60, 60, 60), 6),
    ],
)  # fmt: skip
def test_the_garment_is_told_from_its_background(drawn, colour, background, texture):
    picture, truth = drawn.garment(drawn.tee(), colour=colour, background=background, texture=texture)
    found = cut_out(picture)
    assert overlap(found.mask, truth) > 0.93
    assert not found.mask[:20].any()
    assert found.mask[250, 200]
    assert found.confidence > 0.3


def test_white_on_white_is_empty_rather_than_inverted(drawn):
    found = cut_out(np.full((200, 200, 3), 255, np.uint8))
    assert not found.mask.any()
    assert found.confidence == 0


@pytest.mark.parametrize(
    ("light", "dark", "background", "least"),
    [
        ((240, 240, 242), (40, 45, 90), (226, 226, 222), 0.93),  # white on light grey
        ((205, 215, 235), (140, 90, 30), (245, 245, 245), 0.98),  # light blue, of another hue than shadow
        ((250, 225, 225), (240, 120, 130), (226, 226, 222), 0.93),
        (
            (238, 238, 240),
            (40, 45, 90),
            (246, 246, 246),
            0.88,
        ),  # white on white: nothing but the dark stripes stands out
    ],
)
def test_light_stripes_are_cloth_to_the_outline(drawn, light, dark, background, least):
    ground = np.array(background) + np.random.default_rng(0).normal(0, 1, (400, 400, 3))
    _, truth = drawn.garment(drawn.tee())
    alpha = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 0.7)[..., None]
    stripes = np.where((np.arange(400) // 12 % 2 == 1)[:, None, None], light, dark)
    found = cut_out((ground * (1 - alpha) + stripes * alpha).clip(0, 255).astype(np.uint8)).mask
    assert overlap(found, truth) > least


def test_few_slits_and_holes_are_not_stripes():
    mask = np.zeros((200, 200), bool)
    mask[20:180, 50:150] = True
    for row in (60, 90, 120):
        mask[row : row + 5, 50:70] = False
    for row in range(30, 170, 12):
        mask[row : row + 5, 90:110] = False
    assert (close_stripes(mask) == mask).all()


def test_a_side_runs_across_its_notches():
    down = np.stack([np.full(101, 80.0), np.arange(101.0)], 1)
    notch = np.array([[x, y] for y in (50.0, 51.0) for x in range(60, 81)])
    side = np.vstack([down[:50], notch[:21][::-1], notch[21:], down[52:]])
    assert (without_notches(side, 1.0) == down).all()
    mirrored = without_notches(side * [-1, 1], -1.0)
    assert (mirrored == down * [-1, 1]).all()


def test_no_background_is_left_on_the_rim(drawn):
    picture, _ = drawn.garment(drawn.tee(), colour=(20, 30, 40))
    rgba = cut_out(picture).rgba
    seen = rgba[..., 3] > 20
    assert rgba[seen][:, :3].max() < 110


def test_transparency_is_trusted(drawn):
    picture, mask = drawn.garment(drawn.tee())
    rgba = np.dstack([picture, np.where(mask, 255, 0).astype(np.uint8)])
    assert (cut_out(rgba).rgba == rgba).all()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_photo_gives_an_empty_cut_out(value):
    assert not cut_out(np.full((64, 48, 3), value, np.uint8)).mask.any()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sleeve=st.floats(0.6, 1.4), length=st.floats(0.85, 1.15), scale=st.floats(0.6, 1.0), shift=st.integers(0, 30))
def test_points_of_a_tee(drawn, sleeve, length, scale, shift):
    points = drawn.tee(sleeve, length) * scale + shift
    _, mask = drawn.garment(points)
    shape = top_shape(mask)
    near = 16 * scale
    assert abs(shape.points["hem_a"] - points[6]).max() < near
    assert abs(shape.points["hem_b"] - points[5]).max() < near
    assert abs(shape.points["cuff_outer_b"] - points[2]).max() < near
    assert abs(shape.points["cuff_inner_b"] - points[3]).max() < near
    assert abs(shape.points["neck_b"] - points[0]).max() < near
    assert shape.points["armpit_a"][0] == pytest.approx(points[7][0], abs=near)
    mirrored = shape.points["armpit_a"][0] + shape.points["armpit_b"][0]
    assert mirrored == pytest.approx(2 * (200 * scale + shift), abs=near)
    for name, arc in shape.arcs.items():
        assert np.isfinite(arc).all(), name
        assert len(arc) >= 1, name


def test_a_top_without_sleeves(drawn):
    points = np.array(
        [
            (170, 60),
            (180, 60),
            (190, 110),
            (210, 110),
            (220, 60),
            (230, 60),
            (240, 130),
            (262, 150),
            (266, 330),
            (134, 330),
            (138, 150),
            (160, 130),
        ],
        float,
    )
    _, mask = drawn.garment(points)
    shape = top_shape(mask)
    assert shape.sleeve == 0
    assert "cuff_outer_a" not in shape.points
    assert guess_category(mask)[0] == "top"


def test_points_of_trousers(drawn):
    _, mask = drawn.garment(drawn.trousers())
    shape = leg_shape(mask)
    assert abs(shape.points["crotch"] - (200, 150)).max() < 8
    assert shape.points["waist_a"][0] == pytest.approx(140, abs=5)
    assert shape.points["outer_b"][0] == pytest.approx(275, abs=6)
    assert shape.inseam > 1.3
    assert (np.diff(shape.rows) > 0).all()
    assert (np.diff(shape.edges, axis=1) > -1).all()


def test_kinds_are_told_apart(drawn):
    skirt = np.array([(150, 60), (250, 60), (300, 300), (100, 300)], float)
    cases = {
        "top": drawn.tee(), "trousers": drawn.trousers(), "shorts": drawn.trousers(70.0), "skirt": skirt,
    }  # fmt: skip
    for kind, points in cases.items():
        assert guess_category(drawn.garment(points)[1])[0] == kind
    assert guess_category(np.zeros((100, 100), bool))[0] == "unknown"


def test_defects_of_a_notched_square():
    square = np.zeros((100, 100), bool)
    square[10:90, 10:90] = True
    square[10:50, 45:55] = False
    deepest = defects(outline(square))[0]
    assert deepest[3] == pytest.approx(40, abs=2)


def test_an_empty_mask_has_no_outline():
    with pytest.raises(ValueError, match="empty"):
        outline(np.zeros((10, 10), bool))


@given(n=st.integers(2, 40), seed=st.integers(0, 100))
def test_resampling_keeps_both_ends(n, seed):
    curve = np.random.default_rng(seed).random((12, 2)) * 100
    out = resample(curve, n)
    assert out.shape == (n, 2)
    assert np.allclose(out[[0, -1]], curve[[0, -1]])


@pytest.mark.parametrize("collar", ["round", "pointed"])
def test_the_front_of_the_neck_opening_lies_below_the_label(drawn, collar):
    outline = drawn.tee()
    outline = np.array([p for p in outline.tolist() if p not in ([180, 86], [200, 90], [220, 86])])
    picture, mask = drawn.garment(outline, colour=(70, 110, 170))
    u = np.linspace(-1, 1, 41)
    depth = 58 * (np.sqrt(1 - u**2) if collar == "round" else 1 - np.abs(u))
    front = np.stack([200 + 24 * u, 81 + depth], 1)
    inside = np.vstack([front, [[224, 81], [176, 81]]])
    cv2.fillPoly(picture, [np.round(inside).astype(np.int32)], (52, 84, 130))
    cv2.rectangle(picture, (191, 92), (209, 101), (245, 245, 245), -1)
    curve = top_shape(mask, picture).neckline
    middle = np.interp(200, curve[:, 0], curve[:, 1])
    assert middle == pytest.approx(81 + 58, abs=10)


@pytest.mark.parametrize("above", [0, 150])
def test_a_faint_seam_of_the_back_is_not_the_neckline_wherever_the_garment_lies(drawn, above):
    outline = np.array([p for p in drawn.tee().tolist() if p not in ([180, 86], [200, 90], [220, 86])])
    picture, mask = drawn.garment(outline, colour=(70, 110, 170))
    u = np.linspace(-1, 1, 41)
    seam = np.stack([200 + 24 * u, 81 + 6 * np.sqrt(1 - u**2)], 1)
    cv2.fillPoly(picture, [np.round(seam).astype(np.int32)], (64, 102, 160))
    picture, mask = (np.concatenate([part[:1].repeat(above, 0), part]) for part in (picture, mask))
    depth = top_shape(mask, picture).neckline[:, 1].max() - above - 81
    assert depth == pytest.approx(0.36 * 48, abs=2)  # that of a usual round neckline


def test_a_faint_outline_is_smooth(drawn):
    outline = drawn.tee()
    rng = np.random.default_rng(3)
    picture, mask = drawn.garment(outline, colour=(249, 249, 250), background=(238, 238, 236))
    picture = (picture + cv2.GaussianBlur(rng.normal(0, 6, picture.shape), (0, 0), 2)).clip(0, 255).astype(np.uint8)
    found = cut_out(picture)
    assert overlap(found.mask, mask) > 0.93
    lengths = []
    for one in (found.mask, mask):
        contours, _ = cv2.findContours(one.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        lengths.append(max(cv2.arcLength(c, True) for c in contours))
    assert lengths[0] < 1.06 * lengths[1]


def test_a_gap_beside_the_sleeve_of_a_white_garment_stays_open(drawn):
    half = [(240, 80), (300, 110), (300, 240), (262, 240), (256, 150), (250, 240), (250, 330)]
    outline = np.array(half + [(400 - x, y) for x, y in reversed(half)], float)
    picture, mask = drawn.garment(outline, colour=(249, 249, 250), background=(238, 238, 236))
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 4, picture.shape), (0, 0), 2)
    found = cut_out((picture + noise).clip(0, 255).astype(np.uint8)).mask
    for row in (200, 220, 235):
        gap = np.flatnonzero(~mask[row, 240:275]) + 240
        assert not found[row, gap].any()
        assert found[row, [240, 275]].all()


@pytest.mark.parametrize("bend", [0.0, 4.0, -5.0])
def test_the_edge_of_a_sleeve_that_lies_on_the_body_is_found_where_light_and_shade_meet(bend):
    rng = np.random.default_rng(3)
    image = np.full((200, 160, 3), 225.0)
    rows = np.arange(200)
    edge = 80 + bend * np.sin((rows - 40) / 120 * np.pi)
    image[np.arange(160)[None] < edge[:, None]] -= 14  # the shaded side of the sleeve
    image = (image + rng.normal(0, 1.5, image.shape)).clip(0, 255).astype(np.uint8)
    found = sleeve_edge(image, np.array([80.0, 160.0]), np.array([80.0, 40.0]), 100.0)
    assert found is not None
    middle = (found[:, 1] > 70) & (found[:, 1] < 140)
    assert np.abs(found[middle, 0] - edge[np.round(found[middle, 1]).astype(int)]).max() < 2
    assert np.allclose(found[0], [80, 160], atol=0.6)
    assert np.allclose(found[-1], [80, 40], atol=0.6)


def test_no_edge_of_a_sleeve_is_made_up_on_plain_cloth():
    noise = np.random.default_rng(5).normal(200, 2, (200, 160, 3)).clip(0, 255).astype(np.uint8)
    assert sleeve_edge(noise, np.array([80.0, 160.0]), np.array([80.0, 40.0]), 100.0) is None
    assert (
        sleeve_edge(noise, np.array([80.0, 44.0]), np.array([80.0, 40.0]), 100.0) is None
    )  # nor where there is hardly any
