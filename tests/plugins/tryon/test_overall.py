"""Dungarees and jumpsuits: told apart, measured, fitted, and laid over what is worn."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.body.person import analyse
from prodgen_tryon.fit.overall import fit_overall
from prodgen_tryon.fit.sizes import Size, measures
from prodgen_tryon.garment.guess import guess_category
from prodgen_tryon.garment.overall import overall_shape
from prodgen_tryon.garment.piece import understand
from prodgen_tryon.sides import SIDES

from prodgen_sdk.types import Fit, Garment, PersonPhoto, TryOn, TryOnRequest

BLUE, RED = (50, 70, 180), (180, 40, 45)
DUNGAREES = np.array(
    [(150, 170), (165, 100), (235, 100), (250, 170), (262, 385), (208, 385), (202, 245), (198, 245), (192, 385), (138, 385)],
    np.float64,
)  # fmt: skip
STRAPS = [
    np.array([(160, 20), (172, 20), (180, 104), (166, 104)]),
    np.array([(228, 20), (240, 20), (234, 104), (220, 104)]),
]
JUMPSUIT = np.array(
    [(180, 30), (188, 36), (212, 36), (220, 30), (250, 40), (285, 90), (268, 104), (246, 80), (240, 160), (256, 380), (206, 380), (202, 240), (198, 240),
     (194, 380), (144, 380), (160, 160), (154, 80), (132, 104), (115, 90), (150, 40)],
    np.float64,
)  # fmt: skip


def flat(drawn, outline, straps=(), colour=BLUE):
    picture, mask = drawn.garment(outline, colour=colour)
    mask = mask.astype(np.uint8)
    for strap in straps:
        cv2.fillPoly(picture, [strap.astype(np.int32)], colour)
        cv2.fillPoly(mask, [strap.astype(np.int32)], 1)
    return picture, mask.astype(bool)


@pytest.fixture
def dungarees(drawn):
    return flat(drawn, DUNGAREES, STRAPS)


@pytest.fixture
def jumpsuit(drawn):
    return flat(drawn, JUMPSUIT)


def test_both_are_overalls(dungarees, jumpsuit):
    assert guess_category(dungarees[1])[0] == "overall"
    assert guess_category(jumpsuit[1])[0] == "overall"
    assert understand(dungarees[0], Garment(front=dungarees[0])).category == "overall"


def test_points_of_dungarees(dungarees):
    shape = overall_shape(dungarees[1])
    assert shape.top is None
    assert shape.bib.rows[0] == pytest.approx(100, abs=4)
    assert shape.bib.rows[-1] == pytest.approx(170, abs=10)
    assert shape.legs.points["crotch"] == pytest.approx([200, 245], abs=6)
    assert set(shape.bib.straps) == {"a", "b"}
    for side, x in (("a", 160), ("b", 240)):
        strap = shape.bib.straps[side]
        assert strap[0, 0] == pytest.approx([x, 20], abs=4)
        assert np.abs(strap[:, 0, 0] - strap[:, 1, 0]).mean() == pytest.approx(13, abs=4)
    assert shape.confidence > 0.9


def test_points_of_a_jumpsuit(jumpsuit):
    shape = overall_shape(jumpsuit[1])
    assert shape.bib is None
    assert shape.top.points["cuff_outer_b"] == pytest.approx([285, 90], abs=8)
    assert shape.top.points["hem_a"][1] == pytest.approx(shape.legs.rows[0], abs=4)
    assert 130 < shape.legs.rows[0] < 215
    found = measures(shape)
    assert found["length"] == pytest.approx(350, rel=0.06)
    assert {"chest", "sleeve", "waist", "hip", "inseam"} <= set(found)


def test_dungarees_that_are_called_trousers_begin_at_the_waist(dungarees):
    picture, _ = dungarees
    whole, cut = (understand(picture, Garment(front=picture, category=kind)) for kind in ("overall", "trousers"))
    assert np.allclose(cut.shape.rows, whole.shape.legs.rows)
    assert cut.shape.rows[0] > 140  # the straps and the bib are above
    assert "bib" in cut.warnings[0]


def test_a_mask_without_legs_is_not_understood(drawn):
    picture, mask = drawn.garment(drawn.tee())
    assert overall_shape(mask).confidence < 0.25
    assert understand(picture, Garment(front=picture, category="overall")).code == "garment-not-recognised"


def test_dungarees_hang_from_the_shoulders(dungarees, drawn, parser, ctx):
    photo = drawn.photo()
    person = analyse(photo.image, parser.parse([photo], ctx)[0], 400)
    fitted = fit_overall(overall_shape(dungarees[1]), person.measured, person.legs)
    frame, w = person.frame, person.width
    parts = {part.name: frame.local(part.shape) for part in fitted.parts}
    assert set(parts) == {"leg_a", "leg_b", "strap_a", "strap_b", "bib"}
    for side, sign in zip(SIDES, (-1, 1), strict=True):
        strap = parts[f"strap_{side}"]
        assert -0.3 * w < strap[:, 1].min() < 0.05 * w
        assert (strap[:, 0] * sign > 0).all()
        assert strap[:, 1].max() > parts["bib"][:, 1].min()
    bib = parts["bib"]
    lowest = bib[bib[:, 1] > bib[:, 1].max() - 1, 0]
    waist = np.concatenate([parts[f"leg_{side}"][:1, 0] for side in SIDES])
    assert lowest.min() == pytest.approx(waist.min(), abs=1)
    assert lowest.max() == pytest.approx(waist.max(), abs=1)


@pytest.mark.parametrize("kind", ["dungarees", "jumpsuit"])
def test_overalls_have_sizes(request, drawn, parser, ctx, kind):
    shape = overall_shape(request.getfixturevalue(kind)[1])
    photo = drawn.photo()
    person = analyse(photo.image, parser.parse([photo], ctx)[0], 400)
    found = []
    for hip, length in ((80.0, 200.0), (110.0, 200.0), (110.0, 260.0)):
        size = Size({"hip": hip}, {"length": length}, 350.0)
        fitted = fit_overall(shape, person.measured, person.legs, size=size)
        local = np.vstack([person.frame.local(part.shape) for part in fitted.legs.parts])
        found.append((float(np.ptp(local[:, 0])), fitted.legs.end))
    (narrow, short), (wide, same), (_, long) = found
    assert wide > 1.1 * narrow
    assert short == same < long


def test_a_top_is_seen_beside_the_bib(compositor, ctx, drawn, dungarees):
    photo = drawn.person()
    top = Garment(front=drawn.garment(drawn.tee(), colour=RED)[0], category="top")
    overall = Garment(front=dungarees[0], category="overall")
    for garments, beside in (((overall,), drawn.person()[150, 122]), ((top, overall), np.array(RED))):
        request = TryOnRequest(person=PersonPhoto(image=photo), garments=garments, fit=Fit())
        result = compositor.compose([request], ctx)[0]
        assert isinstance(result, TryOn), result
        for y, x in ((178, 150), (260, 168)):  # bib, leg
            r, _, b = result.image[y, x].astype(int)
            assert b > r + 50
        assert np.abs(result.image[150, 122].astype(int) - beside).max() < 60
        assert (result.image[40:75, 138:162] == photo[40:75, 138:162]).all()
        assert not ((result.image != photo).any(-1) & ~result.edit_mask).any()
        assert ("over the top of the photo" in " ".join(result.warnings)) == (len(garments) == 1)


def test_a_jumpsuit_replaces_everything(compositor, ctx, drawn, jumpsuit):
    photo = drawn.person()
    request = TryOnRequest(person=PersonPhoto(image=photo), garments=(Garment(front=jumpsuit[0]),))
    result = compositor.compose([request], ctx)[0]
    assert isinstance(result, TryOn), result
    assert result.facts["categories"] == ["overall"]
    for y, x in ((150, 150), (205, 140), (260, 168), (320, 170)):
        r, _, b = result.image[y, x].astype(int)
        assert b > r + 50, (y, x)
