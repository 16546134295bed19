"""What the gentle pass may change of a warped picture: seams and skin, the light of plain cloth, and no print."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.diffusion.frame import frame_around
from prodgen_tryon.diffusion.hybrid import find_zones, refine
from prodgen_tryon.filters import to_lab

from prodgen_sdk.types import Layer, TryOn

CLOTH, LOGO = (60, 90, 150), (240, 230, 60)


@pytest.fixture
def warped():
    """Cloth with smooth folds and a logo over a scene; around the cloth some made-up skin."""
    rng = np.random.default_rng(0)
    image = (np.full((240, 180, 3), (190, 180, 170)) + rng.normal(0, 2, (240, 180, 3))).astype(np.uint8)
    mask = np.zeros((240, 180), np.uint8)
    cv2.rectangle(mask, (50, 60), (130, 180), 255, -1)
    fold = 1 + 0.12 * np.sin(np.arange(180) / 14)[None, :, None]
    cloth = (
        (np.array(CLOTH) * fold * np.ones((240, 1, 1)) + rng.normal(0, 1.5, (240, 180, 3)))
        .clip(0, 255)
        .astype(np.uint8)
    )
    cv2.putText(cloth, "LOGO", (62, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.7, LOGO, 2, cv2.LINE_AA)
    image[mask > 0] = cloth[mask > 0]
    image[185:200, 60:120] = (220, 170, 140)
    edit = np.zeros((240, 180), bool)
    edit[56:202, 46:134] = True
    layer = Layer(name="0-top", image=np.dstack([cloth, mask]))
    return TryOn(image=image, edit_mask=edit, layers=(layer,), confidence=0.8), mask > 0


def test_zones_share_the_edit_mask_and_find_the_logo(warped):
    result, cloth = warped
    zones = find_zones(result, 9.0)
    assert (zones.repaint.astype(int) + zones.folds + zones.prints == result.edit_mask).all()
    logo = (result.image == LOGO).all(-1)
    assert zones.prints[logo].all()
    assert zones.prints.sum() < 0.35 * cloth.sum(), "folds are no print"
    assert zones.folds[160, 90]
    assert zones.repaint[190, 90], "made-up skin"
    assert zones.repaint[120, 50], "the seam at the side"


def test_prints_and_the_outside_stay_and_cloth_keeps_its_colour(warped):
    result, _ = warped
    zones = find_zones(result, 9.0)
    frame = frame_around(result.edit_mask, 0.75)
    painted = np.random.default_rng(5).integers(0, 256, (128, 96, 3), dtype=np.uint8)
    image = refine(result.image, painted, frame, zones, folds=0.7)
    same = (image == result.image).all(-1)
    assert same[zones.prints].all()
    assert same[~result.edit_mask].all()
    assert not same[zones.repaint].all()
    before, after = to_lab(result.image)[zones.folds], to_lab(image)[zones.folds]
    assert np.abs(before[:, 0] - after[:, 0]).max() > 1, "the light changed"
    hue = np.degrees(np.arctan2(after[:, 2], after[:, 1]) - np.arctan2(before[:, 2], before[:, 1]))
    assert np.median(np.abs(hue)) < 1.5
    assert abs(before[:, 0].mean() - after[:, 0].mean()) < 1.5, "and on the whole it stayed as light"


def test_a_pass_that_changes_nothing_changes_nothing(warped):
    result, _ = warped
    zones = find_zones(result, 9.0)
    frame = frame_around(result.edit_mask, 0.75)
    painted = result.image[frame.y : frame.y + frame.height, frame.x : frame.x + frame.width]
    assert painted.shape == (frame.height, frame.width, 3)
    difference = np.abs(refine(result.image, painted, frame, zones, 1.0).astype(int) - result.image)
    assert difference.max() <= 1


def test_without_folds_only_seams_and_skin_change(warped):
    result, _ = warped
    zones = find_zones(result, 9.0)
    painted = np.zeros((128, 96, 3), np.uint8)
    image = refine(result.image, painted, frame_around(result.edit_mask, 0.75), zones, 0.0)
    changed = (image != result.image).any(-1)
    assert (changed <= zones.repaint).all()
