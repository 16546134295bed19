import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Fit, Garment, PersonPhoto, Refusal, TryOn, TryOnRequest


def dress(compositor, ctx, person, *garments, **options):
    return compositor.compose([TryOnRequest(person=PersonPhoto(image=person), garments=garments, **options)], ctx)[0]


def test_the_torso_shows_the_new_garment(compositor, ctx, drawn):
    result = dress(compositor, ctx, drawn.person(), drawn.top())
    assert isinstance(result, TryOn), result
    middle = result.image[140:200, 135:165].reshape(-1, 3).astype(float).mean(0)
    assert middle[0] > 130
    assert middle[1] < 90
    assert result.confidence > 0.5
    assert result.facts["categories"] == ["top"]


def test_a_dark_photo_darkens_the_garment_and_no_other_one_does(compositor, ctx, drawn):
    def cloth(photo):
        result = dress(compositor, ctx, photo, drawn.top(colour=(235, 235, 235), background=(120, 120, 120)))
        assert isinstance(result, TryOn), result
        return result.image[140:200, 135:165].astype(float).mean()

    light = drawn.person(background=(245, 245, 245))
    usual, half = cloth(light), cloth((light * 0.5).astype(np.uint8))
    assert 0.45 < half / usual < 0.65
    spot = (light * 0.5).astype(np.uint8)
    spot[60:240, 4:30] = 250  # a lit window: the photo is not dark throughout, and a dark face is no shade
    assert cloth(spot) / usual == pytest.approx(1, abs=0.02)


def test_head_and_hands_and_scene_are_left_alone(compositor, ctx, drawn):
    photo = drawn.person()
    result = dress(compositor, ctx, photo, drawn.top())
    same = (result.image == photo).all(-1)
    assert same[40:75, 138:162].all(), "face"
    assert same[222:236, 84:92].all(), "hand"
    assert same[:, :40].all(), "scene at the left"
    assert same[300:].all(), "legs"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    box=st.tuples(st.integers(0, 150), st.integers(0, 150), st.integers(80, 300), st.integers(80, 400)),
    style=st.sampled_from(["tight", "regular", "loose"]),
)
def test_outside_of_the_masks_every_pixel_is_the_photos(compositor, ctx, drawn, colour, box, style):
    photo = drawn.person()
    mask = np.zeros(photo.shape[:2], bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    garment = drawn.top(colour=colour, background=(250, 250, 250))
    for allowed in (None, mask):
        result = dress(compositor, ctx, photo, garment, mask=allowed, fit=Fit(style=style))
        if isinstance(result, Refusal):
            continue
        assert result.image.shape == photo.shape
        assert result.edit_mask.shape == photo.shape[:2]
        changed = (result.image != photo).any(-1)
        assert not (changed & ~result.edit_mask).any()
        if allowed is not None:
            assert not (result.edit_mask & ~allowed).any()


@pytest.mark.parametrize("size", [(400, 300), (1600, 1200), (240, 180)])
def test_the_photo_keeps_its_size(compositor, ctx, drawn, size):
    photo = drawn.person(size)
    result = dress(compositor, ctx, photo, drawn.top())
    assert isinstance(result, TryOn), result
    assert result.image.shape == photo.shape
    changed = (result.image != photo).any(-1)
    assert changed.any()
    assert not (changed & ~result.edit_mask).any()
    assert all(layer.image.shape == (*size, 4) for layer in result.layers)


def test_a_second_garment_needs_no_second_analysis(compositor, ctx, drawn, parser):
    photo = drawn.person()
    first = dress(compositor, ctx, photo, drawn.top())
    other = dress(compositor, ctx, photo, drawn.top(colour=(40, 60, 170)))
    again = dress(compositor, ctx, photo, drawn.top())
    assert parser.calls == 1
    assert (first.image != other.image).any()
    assert (first.image == again.image).all()


def test_the_memory_of_people_is_bounded(compositor, ctx, drawn, parser):
    for seed in range(10):
        dress(compositor, ctx, drawn.person(seed=seed), drawn.top())
    assert parser.calls == 10
    dress(compositor, ctx, drawn.person(seed=9), drawn.top())
    assert parser.calls == 10
    dress(compositor, ctx, drawn.person(seed=0), drawn.top())
    assert parser.calls == 11


@pytest.mark.parametrize("category", ["trousers", "shorts", "skirt", "dress", "outerwear"])
def test_every_category_is_laid_on_its_place(compositor, ctx, drawn, category):
    outline = {
        "trousers": drawn.trousers(), "shorts": drawn.trousers(70.0), "dress": drawn.tee(length=1.15), "outerwear": drawn.tee(2.0),
        "skirt": np.array([(150, 60), (250, 60), (300, 300), (100, 300)], float),
    }[category]  # fmt: skip
    photo = drawn.person()
    front, _ = drawn.garment(outline)
    result = dress(compositor, ctx, photo, Garment(front=front, category=category))
    assert isinstance(result, TryOn), result
    spot = {"outerwear": (170, 150), "dress": (170, 150), "skirt": (250, 150)}.get(category, (250, 168))
    red = result.image[spot].astype(int)
    assert red[0] > red[1] + 50, red


def test_layers_follow_the_request(compositor, ctx, drawn):
    trousers = Garment(front=drawn.garment(drawn.trousers(), colour=(30, 140, 60))[0], category="trousers")
    result = dress(compositor, ctx, drawn.person(), drawn.top(), trousers)
    assert [layer.name for layer in result.layers] == ["0-top", "1-trousers"]
    leg, chest = result.image[290, 170].astype(int), result.image[150, 150].astype(int)
    assert leg[1] > leg[0] + 30
    assert chest[0] > chest[1] + 30


def test_from_behind_the_back_photo_is_used(compositor, ctx, drawn, parser):
    parser.back = True
    front = drawn.garment(drawn.tee())[0]
    back = drawn.garment(drawn.tee(), colour=(30, 140, 60))[0]
    without = dress(compositor, ctx, drawn.person(), Garment(front=front, category="top"))
    assert isinstance(without, Refusal)
    assert without.code == "back-view"
    result = dress(compositor, ctx, drawn.person(), Garment(front=front, back=back, category="top"))
    chest = result.image[160, 150].astype(int)
    assert chest[1] > chest[0] + 30


def test_refusals_say_why_and_what_would_help(compositor, ctx, drawn, parser):
    top = drawn.top()
    empty = np.full((400, 300, 3), 190, np.uint8)
    blank = Garment(front=np.full((300, 300, 3), 240, np.uint8))
    cases = {
        "no-person": dress(compositor, ctx, empty, top),
        "garment-not-cut-out": dress(compositor, ctx, drawn.person(), blank),
    }
    parser.people = 3
    cases["several-people"] = dress(compositor, ctx, drawn.person(seed=1), top)
    parser.people, parser.moved = (
        1,
        {"left_wrist": (120, 150), "right_wrist": (180, 155), "left_elbow": (195, 160), "right_elbow": (105, 160)},
    )
    cases["arms-crossed"] = dress(compositor, ctx, drawn.person(seed=2), top)
    parser.moved = {}
    trousers = Garment(front=drawn.garment(drawn.trousers())[0], category="trousers")
    cases["body-cut-off"] = _cut_off(compositor, ctx, drawn, parser, trousers)
    for code, refusal in cases.items():
        assert isinstance(refusal, Refusal), code
        assert refusal.code == code
        assert refusal.reason.endswith(".")
        assert refusal.what_to_do.endswith(".")


def _cut_off(compositor, ctx, drawn, parser, garment):
    half = drawn.person(seed=3)[:230]
    names = ("knee", "ankle", "heel", "foot_index")
    parser.moved = {f"{side}_{n}": (150, 520) for side in ("left", "right") for n in names}
    parser.moved |= {"left_hip": (168, 330), "right_hip": (132, 330)}
    result = dress(compositor, ctx, half, garment)
    parser.moved = {}
    return result


def test_noise_is_no_garment(compositor, ctx, drawn):
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    result = dress(compositor, ctx, drawn.person(), Garment(front=noise))
    assert isinstance(result, Refusal)


def test_a_mask_of_another_size_is_bad_input(compositor, ctx, drawn):
    with pytest.raises(InputError, match="mask"):
        dress(compositor, ctx, drawn.person(), drawn.top(), mask=np.ones((10, 10), bool))


def test_transparency_is_taken_as_the_cut_out(compositor, ctx, drawn):
    picture, mask = drawn.garment(drawn.tee(), background=(180, 42, 45))
    rgba = np.dstack([picture, np.where(mask, 255, 0).astype(np.uint8)])
    result = dress(compositor, ctx, drawn.person(), Garment(front=rgba, category="top"))
    assert isinstance(result, TryOn), result


def test_given_keypoints_win(compositor, ctx, drawn):
    front = drawn.garment(drawn.tee())[0]
    plain = dress(compositor, ctx, drawn.person(), Garment(front=front, category="top"))
    points = {"neck_a": (150.0, 86.0), "neck_b": (250.0, 86.0)}
    moved = dress(compositor, ctx, drawn.person(), Garment(front=front, category="top", keypoints=points))
    assert (plain.image != moved.image).any()


def test_a_small_garment_photo_is_enough(compositor, ctx, drawn):
    small = cv2.resize(drawn.garment(drawn.tee())[0], (96, 96), interpolation=cv2.INTER_AREA)
    assert isinstance(dress(compositor, ctx, drawn.person(), Garment(front=small, category="top")), TryOn)


def test_a_released_photo_is_forgotten_and_others_are_not(compositor, ctx, drawn, parser):
    one, other = drawn.person(seed=1), drawn.person(seed=2)
    for photo in (one, other):
        dress(compositor, ctx, photo, drawn.top())
    compositor.release(PersonPhoto(image=one.copy()))
    compositor.release(PersonPhoto(image=drawn.person(seed=3)))  # never seen
    assert len(compositor._people._items) == 1
    dress(compositor, ctx, other, drawn.top())
    assert parser.calls == 2
    dress(compositor, ctx, one, drawn.top())
    assert parser.calls == 3


def test_inputs_may_be_read_only_and_are_not_changed(compositor, ctx, drawn):
    mask = np.ones((400, 300), bool)
    rgba = np.dstack([drawn.garment(drawn.tee())[0], drawn.garment(drawn.tee())[1].astype(np.uint8) * 255])
    arrays = [drawn.person(), drawn.garment(drawn.tee())[0], rgba, drawn.garment(drawn.trousers())[0], mask]
    before = [array.copy() for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    photo, plain, clear, trousers, mask = arrays
    for front, category in ((plain, "top"), (clear, "outerwear"), (trousers, "trousers")):
        result = dress(compositor, ctx, photo, Garment(front=front, category=category), mask=mask)
        assert isinstance(result, TryOn), result
    assert all((a == b).all() for a, b in zip(arrays, before, strict=True))


def test_a_long_top_ends_at_the_crotch(compositor, ctx, drawn):
    front = drawn.garment(drawn.tee(length=1.2))[0]
    result = dress(compositor, ctx, drawn.person(), Garment(front=front, category="outerwear"))
    rows = np.flatnonzero(result.edit_mask[:, 130:170].any(1))
    assert rows.max() < 218 + 0.45 * 72
