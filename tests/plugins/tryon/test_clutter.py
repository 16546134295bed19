"""Garment photos as shops make them: in a frame, under a banner, on a hanger, folded."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.garment.clutter import drop_banner, drop_hook
from prodgen_tryon.garment.cutout import cut_out
from prodgen_tryon.garment.piece import understand

from prodgen_sdk.types import Garment, Refusal


def framed(picture):
    padded = np.full((480, 480, 3), (250, 245, 235), np.uint8)
    padded[40:440, 40:440] = picture
    return padded, (slice(40, 440), slice(40, 440))


def bannered(picture):
    out = picture.copy()
    cv2.rectangle(out, (0, 365), (400, 400), (200, 30, 40), -1)
    cv2.putText(out, "SALE -50%", (60, 390), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)
    return out, (slice(0, 400), slice(0, 400))


def hung(picture):
    out = picture.copy()
    cv2.ellipse(out, (200, 66), (9, 12), 0, 180, 450, (90, 90, 90), 3)
    cv2.line(out, (200, 78), (200, 92), (90, 90, 90), 3)
    return out, (slice(0, 400), slice(0, 400))


@pytest.mark.parametrize("around", [framed, bannered, hung])
@pytest.mark.parametrize("colour", [(180, 40, 45), (30, 32, 40)])
def test_what_lies_around_a_garment_is_left_out(drawn, around, colour):
    picture, mask = drawn.garment(drawn.tee(), colour=colour, background=(232, 232, 230))
    photo, place = around(picture)
    truth = np.zeros(photo.shape[:2], bool)
    truth[place] = mask
    found = cut_out(photo).mask
    overlap = (found & truth).sum() / (found | truth).sum()
    assert overlap > 0.93
    assert not isinstance(understand(photo, Garment(front=photo, category="top")), Refusal)


@pytest.mark.parametrize("category", ["auto", "top", "trousers"])
def test_folded_cloth_is_refused_and_a_straight_skirt_is_not(drawn, category):
    square = np.array([(120, 120), (280, 120), (280, 290), (120, 290)], float)
    folded = drawn.garment(square)[0]
    answer = understand(folded, Garment(front=folded, category=category))
    assert isinstance(answer, Refusal)
    assert answer.code == "garment-not-recognised"
    assert not isinstance(understand(folded, Garment(front=folded, category="skirt")), Refusal)


def test_straps_are_no_hook_and_a_garment_from_edge_to_edge_no_banner():
    mask = np.zeros((300, 300), bool)
    mask[100:280, 80:220] = True
    with_straps = mask.copy()
    with_straps[60:100, 100:106] = with_straps[60:100, 194:200] = True
    assert (drop_hook(with_straps) == with_straps).all()
    hooked = mask.copy()
    hooked[60:100, 148:152] = True
    assert (drop_hook(hooked)[:98].sum()) == 0
    wide = np.zeros((300, 300), bool)
    wide[20:280] = True
    assert (drop_banner(wide) == wide).all()
