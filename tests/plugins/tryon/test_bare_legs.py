"""People in shorts: bare legs are skin, and what is put on lies over them."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.body.bare_legs import COVERED, find_bare_legs
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.filters import to_lab

from prodgen_sdk.types import Fit, Garment, PersonPhoto, TryOn, TryOnRequest

KNEE, RED, SKIRT = 288, (180, 40, 45), [(150, 60), (250, 60), (300, 360), (100, 360)]


def in_shorts(drawn, end=262, skin=None):
    """The drawn figure with bare legs from the row `end` on."""
    photo = drawn.person()
    for x, ankle in ((168, 172), (132, 128)):
        legs = np.array([[x + (ankle - x) * (end - 218) // 140, end], [ankle, 350]], np.int32)
        cv2.polylines(photo, [legs.reshape(-1, 1, 2)], False, skin or drawn.skin, 22, cv2.LINE_AA)
        cv2.rectangle(photo, (x - 16, end - 14), (x + 16, end), (50, 60, 100), -1)
    return photo


def found(drawn, parser, photo):
    body = parser.parse([PersonPhoto(image=photo)], None)[0]
    frame, lab = skeleton(body.landmarks), to_lab(photo)
    face = np.median(lab[50:66, 145:155].reshape(-1, 3), axis=0)
    return body, find_bare_legs(lab, body.person, frame, face)


@pytest.mark.parametrize("end", [250, 275])
def test_legs_are_bare_from_where_the_shorts_end(drawn, parser, end):
    body, ends = found(drawn, parser, photo := in_shorts(drawn, end))
    assert ends["a"] == pytest.approx((end - 218) / (KNEE - 218), abs=0.12)
    parts = parse_parts(photo, body.person, skeleton(body.landmarks))
    assert parts["skin"][310, 171] > 0.8
    assert parts["lower"][310, 171] < 0.2
    assert parts["lower"][236, 168] > 0.8


def test_trousers_are_no_bare_legs(drawn, parser):
    assert set(found(drawn, parser, drawn.person())[1].values()) == {COVERED}
    one = in_shorts(drawn)
    one[:, :150] = drawn.person()[:, :150]  # one leg says nothing
    assert set(found(drawn, parser, one)[1].values()) == {COVERED}


@pytest.mark.parametrize("category", ["trousers", "skirt"])
def test_what_is_put_on_hides_bare_legs_and_hangs_over_the_shoes(compositor, ctx, drawn, category):
    outline = drawn.trousers() if category == "trousers" else np.array(SKIRT)
    garment = Garment(front=drawn.garment(outline, colour=RED)[0], category=category)
    request = TryOnRequest(person=PersonPhoto(image=in_shorts(drawn)), garments=(garment,), fit=Fit())
    result = compositor.compose([request], ctx)[0]
    assert isinstance(result, TryOn), result
    for row in (260, 290, 320):
        assert result.image[row, 169].argmax() == 0, row
        assert int(result.image[row, 169, 1]) < 90, (row, result.image[row, 169])
    assert (result.image[372:376] == in_shorts(drawn)[372:376]).mean() > 0.9, "the floor and the toes stay"
