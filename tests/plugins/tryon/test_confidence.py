from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_tryon import confidence
from prodgen_tryon.body.person import analyse
from prodgen_tryon.check import coverage
from prodgen_tryon.confidence import BEST, SIGNS, assess, smoothness, stretch, symmetry
from prodgen_tryon.fidelity import HIGH, LOW, ROOM, TRAITS, fidelity, traits, trusted
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.garment.keypoints import top_shape

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


@given(values=st.fixed_dictionaries({name: st.floats(0, 5) for name in TRAITS}), name=st.sampled_from(sorted(TRAITS)))
def test_fidelity_falls_with_each_trait(values, name):
    harder = values | {name: values[name] + TRAITS[name].spread}
    assert 0 <= fidelity(harder) <= fidelity(values) <= 1


@given(likely=st.floats(0, 1), sound=st.floats(0, BEST))
def test_faults_cap_confidence(likely, sound):
    sure = trusted(likely, sound)
    assert min(LOW, ROOM) <= sure <= HIGH
    assert sure <= sound + ROOM + 0.001
    assert trusted(1.0, sound) >= sure


def test_patterns_and_hands_in_front_are_hard(compositor, ctx, drawn):
    dressed = compositor.explain(TryOnRequest(person=PersonPhoto(image=drawn.person()), garments=(drawn.top(),)), ctx)
    person, done = dressed.person, dressed.composed[0]
    plain = traits(person, done.cloth, done.whole)
    stripes = done.cloth * (1 - 0.6 * (np.arange(done.cloth.shape[0]) // 8 % 2))[:, None, None].astype(np.float32)
    assert traits(person, stripes, done.whole)["busy"] > plain["busy"] + 0.5
    person.parts["hands"][: person.image.shape[0] // 2] = 1
    assert traits(person, done.cloth, done.whole)["in_front"] > plain["in_front"] + 0.1


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
    assert covered.confidence < plain.confidence
    assert SIGNS["arms"].warning in covered.warnings
    assert SIGNS["arms"].warning not in plain.warnings


def test_a_picture_below_the_least_is_refused(compositor, ctx, drawn, monkeypatch):
    monkeypatch.setattr("prodgen_tryon.render.assess", lambda signs: (confidence.LEAST - 0.01, ()))
    request = TryOnRequest(person=PersonPhoto(image=drawn.person()), garments=(drawn.top(),))
    result = compositor.compose([request], ctx)[0]
    assert isinstance(result, Refusal)
    assert result.code == "not-good-enough"


@pytest.mark.parametrize(("tucked", "covered"), [(True, 1.0), (False, 2 / 3)])
def test_a_tucked_top_need_not_cover_a_high_waistband(drawn, tucked, covered):
    photo = drawn.photo()
    person = analyse(photo.image, drawn.body(photo), 400)
    below = (person.along > 0.68 * person.frame.torso).astype(np.float32)
    parts = dict.fromkeys(person.parts, np.zeros_like(below)) | {"lower": below, "upper": 1 - below}
    worn = replace(person, parts=parts, measured=replace(person.measured, tucked=tucked), cache={})
    assert coverage(worn, "top", 1 - below) == pytest.approx(covered)
