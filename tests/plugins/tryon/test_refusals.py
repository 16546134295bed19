"""A table of photos that must be dressed and of photos that must be refused, and why."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.body import faces
from prodgen_tryon.body.litert import LitertBodyParser

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.types import LANDMARKS, Body, Garment, PersonPhoto, Refusal, TryOn, TryOnRequest

BEIGE = (214, 190, 165)  # a skin tone


def dress(compositor, ctx, photo, garment):
    return compositor.compose([TryOnRequest(person=PersonPhoto(image=photo), garments=(garment,))], ctx)[0]


def recoloured_face(photo, colour):
    """The drawn figure with its head painted over: a dummy."""
    out = photo.copy()
    cv2.ellipse(out, (150, 58), (24, 32), 0, 0, 360, colour, -1, cv2.LINE_AA)
    return out


def bluish(drawn):
    """The drawn figure before a white wall in light in which its skin looks grey."""
    photo = drawn.person(background=(235, 235, 235))
    return (photo * np.array([0.7, 0.89, 1.12])).clip(0, 255).astype(np.uint8)


def grey(photo):
    return np.repeat(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def hands_on_chest(parser):
    parser.moved = {
        "left_wrist": (120, 150), "right_wrist": (180, 155), "left_elbow": (195, 160), "right_elbow": (105, 160),
    }  # fmt: skip


def arms_leave_the_photo(parser):
    parser.moved = {
        "left_elbow": (280, 250), "right_elbow": (20, 250), "left_wrist": (330, 420), "right_wrist": (-30, 420),
    }  # fmt: skip


PHOTOS = {
    "as it is": (lambda drawn: drawn.person(), None, None),
    "black and white": (lambda drawn: grey(drawn.person()), None, None),
    "dark skin in little light": (lambda drawn: (drawn.person() * 0.35).astype(np.uint8), None, None),
    "warm light": (lambda drawn: (drawn.person() * np.array([1.0, 0.9, 0.65])).astype(np.uint8), None, None),
    "bluish light": (bluish, None, None),
    "nobody": (lambda drawn: np.full((400, 300, 3), 180, np.uint8), None, "no-person"),
    "three people": (lambda drawn: drawn.person(), lambda parser: setattr(parser, "people", 3), "several-people"),
    "white dummy": (lambda drawn: recoloured_face(drawn.person(), (235, 235, 235)), None, "no-face"),
    "black dummy": (lambda drawn: recoloured_face(drawn.person(), (35, 35, 36)), None, "no-face"),
    "clothes alone": (lambda drawn: recoloured_face(drawn.person(shirt=BEIGE), BEIGE), None, "no-face"),
    "beige top": (lambda drawn: drawn.person(shirt=BEIGE), None, None),
    "skin-coloured top": (lambda drawn: drawn.person(shirt=drawn.skin), None, None),
    "thumbnail": (lambda drawn: drawn.person((96, 72)), None, "too-small"),
    "from behind": (lambda drawn: drawn.person(), lambda parser: setattr(parser, "back", True), "back-view"),
    "arms crossed": (lambda drawn: drawn.person(), hands_on_chest, "arms-crossed"),
    "a selfie": (lambda drawn: drawn.person(), arms_leave_the_photo, "body-cut-off"),
    "head and shoulders": (lambda drawn: drawn.person()[:150], None, "body-cut-off"),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_photos(name, compositor, ctx, drawn, parser):
    make, prepare, code = PHOTOS[name]
    if name == "head and shoulders":
        # The joints stay where they are when all below the chest is cut away.
        parser.moved = {n: (x, y * 400 / 150) for n, (x, y, _) in zip(LANDMARKS, drawn.joints(), strict=True)}
    elif prepare is not None:
        prepare(parser)
    answer = dress(compositor, ctx, make(drawn), drawn.top())
    if code is None:
        assert isinstance(answer, TryOn), answer
    else:
        assert isinstance(answer, Refusal)
        assert answer.code == code
        assert answer.what_to_do


@pytest.mark.parametrize("category", ["auto", "top", "trousers"])
def test_a_garment_on_a_model_is_refused(compositor, ctx, drawn, category):
    model = drawn.person(shirt=(150, 30, 60), seed=4)
    answer = dress(compositor, ctx, drawn.person(), Garment(front=model, category=category))
    assert isinstance(answer, Refusal)
    assert answer.code == "garment-worn"
    assert "laid flat" in answer.what_to_do


def test_a_model_that_is_cut_out_already_is_the_callers_choice(compositor, ctx, drawn):
    picture, mask = drawn.garment(drawn.tee())
    rgba = np.dstack([picture, mask.astype(np.uint8) * 255])
    assert isinstance(dress(compositor, ctx, drawn.person(), Garment(front=rgba, category="top")), TryOn)


def test_trousers_are_no_top(compositor, ctx, drawn):
    front = drawn.garment(drawn.trousers())[0]
    answer = dress(compositor, ctx, drawn.person(), Garment(front=front, category="top"))
    assert isinstance(answer, Refusal)
    assert answer.code == "garment-not-recognised"
    assert "trousers" in answer.what_to_do
    assert isinstance(dress(compositor, ctx, drawn.person(), Garment(front=front, category="trousers")), TryOn)


def test_flat_clothes_that_look_like_a_body_are_not_worn(drawn):
    front = drawn.garment(drawn.tee(), colour=(20, 20, 25))[0]
    body = Body(
        landmarks=drawn.joints((400, 400)), person=np.ones((400, 400), np.float32), confidence=0.95, orientation="front"
    )
    assert not faces.is_worn(front, body)
    leather = np.full((400, 400, 3), (150, 100, 70), np.uint8)  # the colour of skin: a body is seen, but not surely
    assert faces.is_worn(leather, body)
    assert not faces.is_worn(leather, body.model_copy(update={"confidence": 0.7}))
    assert faces.is_worn(
        drawn.person(), body.model_copy(update={"landmarks": drawn.joints(), "person": np.ones((400, 300), np.float32)})
    )


def test_real_models_tell_people_from_things(pose_models):
    data = pytest.importorskip("skimage.data")
    parser = LitertBodyParser(None, Context(models_folder=lambda name: pose_models))
    woman, cat, coffee = (images.flatten(getattr(data, name)()) for name in ("astronaut", "chelsea", "coffee"))
    assert parser.parse_image(cat, parts=False).people == 0
    assert parser.parse_image(coffee, parts=False).people == 0
    body = parser.parse_image(woman, parts=False)
    assert body.people == 1
    assert faces.has_face(woman, body)
    assert faces.is_worn(woman, body)
    assert faces.has_face(grey(woman), body)


def test_skin_that_looks_grey_in_bluish_light_is_told_from_a_dummy_by_the_light(drawn, parser, ctx):
    photo = bluish(drawn)
    body = parser.parse([PersonPhoto(image=photo)], ctx)[0]
    assert faces.face_colour(photo, body)[0] < faces.LEAST_CHROMA
    assert faces.has_face(photo, body)
    white_light = recoloured_face(drawn.person(background=(235, 235, 235)), (170, 171, 172))
    assert not faces.has_face(white_light, body)
