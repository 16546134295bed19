import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_tryon.body.measures import OUTLINE
from prodgen_tryon.body.person import analyse
from prodgen_tryon.clip.motion import motion, steps
from prodgen_tryon.clip.one_euro import one_euro, smooth_track
from prodgen_tryon.clip.steady import Steady
from prodgen_tryon.sides import SIDES

from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import PersonPhoto, Refusal, TryOn, TryOnRequest

NOBODY = np.full((400, 300, 3), (200, 205, 210), np.uint8)


def naive_one_euro(values, rate, slowest, speed, of_speed):
    """Casiez et al.'s pseudo code, one number at a time."""
    out, last, slope = [], None, 0.0
    for value in values:
        if last is None:
            last = value
        else:
            a = 1 / (1 + (1 / (2 * np.pi * of_speed)) * rate)
            slope = a * (value - last) * rate + (1 - a) * slope
            a = 1 / (1 + (1 / (2 * np.pi * (slowest + speed * abs(slope)))) * rate)
            last = a * value + (1 - a) * last
        out.append(last)
    return out


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40), st.floats(5, 60), st.floats(0.2, 5), st.floats(0, 5))
def test_the_filter_is_casiez(values, rate, slowest, speed):
    expected = naive_one_euro(values, rate, slowest, speed, 1.0)
    found = one_euro(np.array(values)[:, None], rate, slowest, speed)[:, 0]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(-40, 40))
def test_a_track_gets_calmer_and_does_not_lag(seed, speed):
    """A pose that moves evenly, with jitter: less jitter, and no delay in the middle of the clip."""
    rng, times = np.random.default_rng(seed), np.arange(50) / 25
    pose = rng.uniform(0, 300, (33, 3))
    pose[:, 2] = 1
    true = pose[None] + np.array([speed, 0.5 * speed, 0]) * times[:, None, None]
    noisy = true + rng.normal(0, 1.5, true.shape) * [1, 1, 0]
    smooth = smooth_track(noisy, 25)
    middle = slice(12, 38)
    jitter = [np.diff(track[middle, :, :2] - true[middle, :, :2], axis=0).std() for track in (noisy, smooth)]
    assert jitter[1] < 0.5 * jitter[0]
    assert abs((smooth - true)[middle, :, 0].mean()) < 0.6


def test_motion_that_is_seen_is_followed_without_lag(drawn):
    rng = np.random.default_rng(2)
    shifts = np.cumsum(rng.normal(0, 6, (12, 2)).round(), axis=0)
    pose = np.dstack([rng.uniform(40, 200, (1, 33)), rng.uniform(40, 200, (1, 33)), np.ones((1, 33))])
    true = np.repeat(pose, 12, axis=0)
    true[..., :2] += shifts[:, None]
    noisy = true + rng.normal(0, 1.5, true.shape) * [1, 1, 0]
    seen = np.repeat(np.diff(shifts, axis=0, prepend=shifts[:1])[:, None], 33, axis=1)
    lagging, following = (np.abs(smooth_track(noisy, 25, s) - true).mean() for s in (None, seen))
    assert following < 0.7
    assert following < 0.4 * lagging
    base = drawn.person()
    moved = np.roll(base, (4, -6), (0, 1))
    found = steps(base, moved, np.array([[145.0, 160.0]]))
    np.testing.assert_allclose(found, [[-6, 4]], atol=0.6)


def test_gaps_of_a_track_are_bridged_and_ends_held():
    track = np.zeros((6, 33, 3))
    track[:, :, 0] = np.arange(6)[:, None] * 2.0 + np.arange(33)
    track[[0, 3]] = np.nan
    smooth = smooth_track(track, 25)
    assert np.isfinite(smooth).all()
    assert smooth[3, 5, 0] == pytest.approx(11, abs=1.5)
    assert np.isnan(smooth_track(np.full((3, 33, 3), np.nan), 25)).all()


def test_motion_follows_a_shift_and_trusts_what_only_moved(drawn):
    before = drawn.person()
    after = np.roll(before, (3, 5), (0, 1))
    after[300:380, 20:80] = (0, 250, 0)  # something new
    found = motion(before, after)
    cloth = (slice(130, 210), slice(125, 175))
    assert np.median(found.x[cloth] - np.arange(125, 175)) == pytest.approx(-5, abs=0.6)
    assert np.median(found.y[cloth] - np.arange(130, 210)[:, None]) == pytest.approx(-3, abs=0.6)
    assert found.trust[cloth].mean() > 0.8
    assert found.trust[320:360, 35:65].mean() < 0.3
    carried = found.carry(before)
    assert np.abs(carried[cloth] - after[cloth]).mean() < 4


@pytest.fixture
def shaky(drawn, parser):
    """A photo that is shifted by known steps, seen by a parser whose joints tremble."""
    shifts = [(0, 0), (2, 1), (4, 1), (5, 2)]
    base = drawn.person()
    frames = []
    for number, (x, y) in enumerate(shifts):
        frame = np.roll(base, (y, x), (0, 1)).astype(np.int16)
        noise = np.random.default_rng(number).normal(0, 2, base.shape)
        frames.append((frame + noise).clip(0, 255).astype(np.uint8))
    rng = np.random.default_rng(5)
    inner = parser._one

    def one(image):
        match = [n for n, frame in enumerate(frames) if frame.shape == image.shape and (frame == image).all()]
        body = inner(image)
        if match:
            points = body.landmarks.copy()
            points[:, :2] += np.array(shifts[match[0]]) + rng.normal(0, 2.5, (33, 2))
            body = body.model_copy(update={"landmarks": points})
        return body

    parser._one = one
    return frames, shifts


def flicker(answers, shifts):
    """Mean change from frame to frame of what was edited, after the known motion is taken away."""
    back = [np.roll(a.image.astype(float), (-y, -x), (0, 1)) for a, (x, y) in zip(answers, shifts, strict=True)]
    masks = [np.roll(a.edit_mask, (-y, -x), (0, 1)) for a, (x, y) in zip(answers, shifts, strict=True)]
    region = np.mean(masks, axis=0) > 0.2
    return np.mean([np.abs(cv2.blur(b - a, (3, 3)))[region].mean() for a, b in itertools.pairwise(back)])


def test_a_clip_is_steadier_than_its_frames_alone(compositor, ctx, drawn, shaky):
    frames, shifts = shaky
    request = TryOnRequest(person=PersonPhoto(image=frames[0]), garments=(drawn.top(),))
    steady = list(compositor.compose_clip(frames, request, 25.0, ctx))
    alone = list(Compositor.compose_clip(compositor, frames, request, 25.0, ctx))
    assert all(isinstance(answer, TryOn) for answer in [*steady, *alone])
    assert flicker(steady, shifts) < 0.6 * flicker(alone, shifts)
    for frame, answer in zip(frames, steady, strict=True):
        assert ((answer.image != frame).any(-1) <= answer.edit_mask).all()
        assert not answer.facts.get("bridged")
    middle = steady[-1].image[150:200, 145:165].reshape(-1, 3).mean(0)
    assert middle[0] > 130 > middle[1] + 30


def test_a_short_gap_is_bridged_and_a_long_one_is_not(compositor, ctx, drawn, parser):
    photo = drawn.person()
    frames = [photo, photo.copy(), photo.copy(), NOBODY, NOBODY]
    inner, calls = parser._one, []

    def one(image):
        calls.append(1)
        body = inner(image)
        return body.model_copy(update={"people": 0, "confidence": 0.0}) if image is frames[2] else body

    parser._one = one
    mask = np.ones(photo.shape[:2], bool)
    mask[:, 150:] = False
    request = TryOnRequest(person=PersonPhoto(image=photo), garments=(drawn.top(),), mask=mask)
    answers = list(compositor.compose_clip(frames, request, 5.0, ctx))
    assert [type(answer) for answer in answers] == [TryOn, TryOn, TryOn, Refusal, Refusal]
    bridged = answers[2]
    assert bridged.facts["bridged"]
    assert bridged.confidence < answers[1].confidence
    assert np.abs(bridged.image.astype(int) - answers[1].image).mean() < 1.5
    assert not (bridged.edit_mask & ~mask).any()
    assert answers[3].code == "no-person"


def test_a_clip_of_nobody_is_refused_frame_by_frame(compositor, ctx, drawn):
    request = TryOnRequest(person=PersonPhoto(image=NOBODY), garments=(drawn.top(),))
    answers = list(compositor.compose_clip([NOBODY] * 3, request, 25.0, ctx))
    assert [answer.code for answer in answers] == ["no-person"] * 3
    assert list(compositor.compose_clip([], request, 25.0, ctx)) == []


def test_shoulders_that_are_seen_are_steadied_and_hidden_ones_are_not_mixed_in(parser, drawn, ctx):
    photo = drawn.photo()
    person = analyse(photo.image, parser.parse([photo], ctx)[0], 400)
    w, steady, found = person.width, Steady(25.0), []
    for height in (0.15, 0.25, -1.0, 0.2):
        outline = dict.fromkeys(SIDES, np.full(len(OUTLINE), height * w))
        worn = replace(person, measured=replace(person.measured, outline=outline))
        found.append(float(steady.person(worn).measured.outline["a"][0] / w))
    assert found[0] == pytest.approx(0.15)
    assert found[1] == pytest.approx(0.15 * steady.share + 0.25 * (1 - steady.share))
    assert found[2:] == pytest.approx([-1.0, 0.2])


def test_the_tips_of_shoulders_are_steadied_where_they_are_on_the_body(parser, drawn, ctx):
    photo = drawn.photo()
    person = analyse(photo.image, parser.parse([photo], ctx)[0], 400)
    steady, first, moved = Steady(25.0), person.measured.tips["a"], np.array([0.0, 9.0])
    away = replace(person, measured=replace(person.measured, tips=person.measured.tips | {"a": first + moved}))
    assert steady.person(person).measured.tips["a"] == pytest.approx(first)
    assert steady.person(away).measured.tips["a"] == pytest.approx(first + moved * (1 - steady.share))


def test_the_width_of_arms_is_steadied(parser, drawn, ctx):
    photo = drawn.photo()
    person = analyse(photo.image, parser.parse([photo], ctx)[0], 400)
    steady, limbs = Steady(25.0), person.measured.arms
    wide = {side: replace(limb, outer=limb.outer + 8, inner=limb.inner + 4) for side, limb in limbs.items()}
    steady.person(person)
    found = steady.person(replace(person, measured=replace(person.measured, arms=wide))).measured.arms
    for side in SIDES:
        assert found[side].outer == pytest.approx(limbs[side].outer + 8 * (1 - steady.share))
        assert found[side].inner == pytest.approx(limbs[side].inner + 4 * (1 - steady.share))
        assert found[side].centre == pytest.approx(limbs[side].centre)
