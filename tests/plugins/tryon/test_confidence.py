import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_tryon import confidence
from prodgen_tryon.confidence import BEST, SIGNS, assess, smoothness, stretch, symmetry
from prodgen_tryon.fit import Part
from prodgen_tryon.keypoints import top_shape

from prodgen_sdk.types import PersonPhoto, Refusal, TryOnRequest

SQUARE = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)


@given(values=st.fixed_dictionaries({name: st.floats(0, 2) for name in SIGNS}))
def test_confidence_stays_in_range_and_weak_signs_are_named(values):
    sure, warnings = assess(values)
    assert 0 <= sure <= BEST
    weak = [name for name, value in values.items() if SIGNS[name].mark(value) < 0.5]
    assert warnings == tuple(SIGNS[name].warning for name in weak)


@given(name=st.sampled_from(sorted(SIGNS)), a=st.floats(0, 1), b=st.floats(0, 1))
def test_a_worse_sign_never_raises_confidence(name, a, b):
    sign = SIGNS[name]
    better, worse = (max(a, b), min(a, b)) if sign.good > sign.bad else (min(a, b), max(a, b))
    assert assess({name: better})[0] >= assess({name: worse})[0]


def test_scaling_is_no_stretch_and_shear_is():
    grid = np.stack(np.meshgrid(np.linspace(0, 100, 5), np.linspace(0, 100, 5)), -1).reshape(-1, 2)
    part = Part("torso", grid, grid * 0.4 + 7, SQUARE, SQUARE * 0.4 + 7)
    assert stretch(part) == pytest.approx(0, abs=0.02)
    squeezed = Part("torso", grid, grid * [0.3, 1.0], SQUARE, SQUARE * [0.3, 1.0])
    assert stretch(squeezed) > 0.5


def test_a_ragged_outline_is_noticed():
    disc = np.zeros((300, 300), np.uint8)
    cv2.circle(disc, (150, 150), 100, 1, -1)
    ragged = disc.copy()
    rng = np.random.default_rng(0)
    for angle in rng.uniform(0, 2 * np.pi, 120):
        x, y = 150 + 100 * np.array([np.cos(angle), np.sin(angle)])
        cv2.circle(ragged, (round(x), round(y)), 4, int(rng.integers(2)), -1)
    assert smoothness(disc > 0) > 0.9
    assert smoothness(ragged > 0) < smoothness(disc > 0) - 0.2


def test_a_lopsided_garment_is_noticed(drawn):
    outline = drawn.tee()
    lopsided = outline.copy()
    lopsided[2:4] += (60, 70)  # one sleeve is much longer
    even, odd = (symmetry(top_shape(drawn.garment(points)[1])) for points in (outline, lopsided))
    assert even > 0.95
    assert odd < even - 0.1


def test_an_arm_over_the_chest_lowers_confidence(compositor, ctx, drawn, parser):
    photo, top = PersonPhoto(image=drawn.person()), drawn.top()
    plain = compositor.compose([TryOnRequest(person=photo, garments=(top,))], ctx)[0]
    compositor.release(photo)
    parser.moved = {"left_wrist": (140, 190), "left_elbow": (195, 170)}
    covered = compositor.compose([TryOnRequest(person=photo, garments=(top,))], ctx)[0]
    assert covered.confidence < plain.confidence - 0.1
    assert SIGNS["arms"].warning in covered.warnings
    assert SIGNS["arms"].warning not in plain.warnings


def test_a_picture_below_the_least_is_refused(compositor, ctx, drawn, monkeypatch):
    monkeypatch.setattr("prodgen_tryon.render.assess", lambda signs: (confidence.LEAST - 0.01, ()))
    request = TryOnRequest(person=PersonPhoto(image=drawn.person()), garments=(drawn.top(),))
    result = compositor.compose([request], ctx)[0]
    assert isinstance(result, Refusal)
    assert result.code == "not-good-enough"
