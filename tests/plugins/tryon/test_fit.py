"""Where points of garments go: laws of sizes and styles, on a drawn person. Geometry alone, no picture is warped."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prodgen_tryon.body.measures import BESIDE_NECK, OUTLINE, measure
from prodgen_tryon.body.measures import CAP as ROUND_OF_SHOULDER
from prodgen_tryon.body.person import analyse
from prodgen_tryon.body.places import HAND
from prodgen_tryon.body.silhouette import bare_arm_seen
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.sleeves import folded
from prodgen_tryon.filters import tube
from prodgen_tryon.fit.folded import fold
from prodgen_tryon.fit.legs import fit_legs, fit_skirt
from prodgen_tryon.fit.scales import ARM_LENGTH
from prodgen_tryon.fit.shoulders import COLLARBONE, LEVEL, SUNK, WORN, neckline_target, rounded, shoulder_height
from prodgen_tryon.fit.sizes import Size
from prodgen_tryon.fit.sleeve import CAP, POINTS, armpit_height, rounded_cap, sleeve_end
from prodgen_tryon.fit.top import FRONT, TopOptions
from prodgen_tryon.fit.top import fit_top as fit_top_as
from prodgen_tryon.fit.worn import wearing
from prodgen_tryon.garment.keypoints import top_shape
from prodgen_tryon.garment.legs import leg_shape
from prodgen_tryon.picture.open_front import GAP, open_front
from prodgen_tryon.picture.outfit import order
from prodgen_tryon.picture.regions import beside_collar, front, held
from prodgen_tryon.sides import SIDES, SIGN

quick = settings(
    max_examples=15,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SKIRT = np.array([(150, 60), (250, 60), (300, 300), (100, 300)], float)
STATURE = 350.0


@pytest.fixture(scope="module")
def person(drawn):
    photo = drawn.photo()
    return analyse(photo.image, drawn.body(photo), 400)


@pytest.fixture(scope="module")
def shapes(drawn):
    return {
        "top": top_shape(drawn.garment(drawn.tee())[1]),
        "long": top_shape(drawn.garment(drawn.tee(sleeve=1.25, length=0.85))[1]),
        "trousers": leg_shape(drawn.garment(drawn.trousers())[1]),
        "shorts": leg_shape(drawn.garment(drawn.trousers(70.0))[1]),
        "skirt": leg_shape(drawn.garment(SKIRT)[1], True),
    }


def fit_top(shape, body, style="regular", **options):
    return fit_top_as(shape, body, TopOptions(style, **options))


def spans(part, frame, heights):
    """Width of a part on the body at each height below the shoulders, 0 where it does not reach."""
    ring = frame.local(np.vstack([part.shape, part.shape[:1]]))
    found = []
    for height in heights:
        above = ring[:-1, 1] <= height
        crossing = np.flatnonzero(above != (ring[1:, 1] <= height))
        a, b = ring[crossing], ring[crossing + 1]
        x = a[:, 0] + (b[:, 0] - a[:, 0]) * (height - a[:, 1]) / (b[:, 1] - a[:, 1])
        found.append(float(np.ptp(x)) if len(x) > 1 else 0.0)
    return np.array(found)


def lowest(fitted, frame):
    return max(float(frame.local(part.shape)[:, 1].max()) for part in fitted.parts)


@quick
@given(
    chest=st.floats(20, 90), more=st.floats(0, 40), length=st.floats(60, 190), shape=st.sampled_from(["top", "long"])
)
def test_a_larger_top_is_never_narrower(person, shapes, chest, more, length, shape):
    fits = [
        fit_top(shapes[shape], person.measured, size=Size({"chest": c}, {"length": length}, STATURE))
        for c in (chest, chest + more)
    ]
    heights = np.linspace(0.5 * person.width, fits[0].hem - 1, 12)
    small, large = (spans(fit.parts[0], person.frame, heights) for fit in fits)
    assert (large >= small - 1e-6).all()
    assert fits[0].hem == pytest.approx(fits[1].hem)


@quick
@given(
    length=st.floats(60, 220), more=st.floats(0, 60), dress=st.booleans(), tuck=st.sampled_from(["auto", "in", "out"])
)
def test_a_longer_top_is_never_shorter(person, shapes, length, more, dress, tuck):
    hems = [
        fit_top(
            shapes["top"], person.measured, dress=dress, tuck=tuck, size=Size({"chest": 40.0}, {"length": n}, STATURE)
        ).hem
        for n in (length, length + more)
    ]
    assert hems[1] >= hems[0]


@quick
@given(sleeve=st.floats(8, 90), more=st.floats(0, 60))
def test_a_longer_sleeve_is_never_shorter(person, shapes, sleeve, more):
    ends = [
        fit_top(shapes["long"], person.measured, size=Size({}, {"sleeve": n, "length": 140.0}, STATURE)).sleeve_ends
        for n in (sleeve, sleeve + more)
    ]
    assert all(ends[1][side] >= ends[0][side] - 1e-9 for side in SIDES)


@quick
@given(name=st.sampled_from(["waist", "hip", "hem"]), width=st.floats(25, 60), more=st.floats(0, 30))
def test_each_width_of_a_top_counts(person, shapes, name, width, more):
    small, large = (
        spans(
            fit_top(shapes["top"], person.measured, size=Size({"chest": 40.0, name: w}, {"length": 150.0}, STATURE)).parts[0],
            person.frame, np.linspace(40, 130, 10),
        )
        for w in (width, width + more)
    )  # fmt: skip
    assert (large >= small - 1e-6).all()


@quick
@given(
    waist=st.floats(25, 60), more=st.floats(0, 30), inseam=st.floats(40, 150), longer=st.floats(0, 60),
    hip=st.one_of(st.none(), st.floats(30, 80)), kind=st.sampled_from(["trousers", "shorts"]),
)  # fmt: skip
def test_laws_of_trousers(person, shapes, waist, more, inseam, longer, hip, kind):
    def fit(waist, inseam, hip=hip):
        widths = {"waist": waist} | ({} if hip is None else {"hip": hip})
        return fit_legs(shapes[kind], person.measured, person.legs, size=Size(widths, {"inseam": inseam}, STATURE))

    def widths(fitted):
        """Of both legs, at each station from the waist down."""
        return np.concatenate([np.hypot(*(part.shape - part.shape[::-1]).T) for part in fitted.parts])

    small = fit(waist, inseam)
    assert fit(waist, inseam + longer).end >= small.end
    # A pixel is left to the smoothing of outlines.
    assert (widths(fit(waist + more, inseam)) >= widths(small) - 1).all()
    if hip is not None:
        assert (widths(fit(waist, inseam, hip + more)) >= widths(small) - 1).all()


@quick
@given(waist=st.floats(25, 60), more=st.floats(0, 30), length=st.floats(40, 200), longer=st.floats(0, 60))
def test_laws_of_skirts(person, shapes, waist, more, length, longer):
    def fit(waist, length):
        size = Size({"waist": waist}, {"length": length}, STATURE)
        return fit_skirt(shapes["skirt"], person.measured, person.legs, size=size)

    heights = np.linspace(0, 1, 8) * 40 + fit(waist, length).waist + 2
    small, large = (spans(fit(w, length).parts[0], person.frame, heights) for w in (waist, waist + more))
    assert (large >= small - 1e-6).all()
    assert lowest(fit(waist, length + longer), person.frame) >= lowest(fit(waist, length), person.frame) - 1e-6


@pytest.mark.parametrize("kind", ["top", "long", "trousers", "skirt"])
def test_styles_are_ordered_and_seen(person, shapes, kind):
    found = []
    for style in ("tight", "regular", "loose"):
        if kind in ("top", "long"):
            fitted = fit_top(shapes[kind], person.measured, style)
        else:
            fitted = (fit_skirt if kind == "skirt" else fit_legs)(shapes[kind], person.measured, person.legs, style)
        heights = (
            np.linspace(0.5, 1.0, 6) * person.frame.torso
            if kind in ("top", "long")
            else np.linspace(1.3, 1.8, 6) * person.frame.torso
        )
        found.append(spans(fitted.parts[0], person.frame, heights))
    tight, regular, loose = found
    assert (tight <= regular + 1e-6).all()
    assert (regular <= loose + 1e-6).all()
    assert loose.max() > 1.08 * tight.max()


def test_a_real_size_is_as_wide_as_it_says(person, shapes):
    for chest in (50.0, 60.0, 70.0):
        fitted = fit_top(shapes["top"], person.measured, size=Size({"chest": chest}, {"length": 140.0}, STATURE))
        width = spans(fitted.parts[0], person.frame, [0.42 * person.width])[0]
        assert width == pytest.approx(0.75 * chest, rel=0.02) or width > 0.75 * chest


def test_what_is_not_measured_stays_as_it_was(person, shapes):
    plain = fit_top(shapes["top"], person.measured)
    assert fit_top(shapes["top"], person.measured, size=Size({"chest": 60.0}, {}, STATURE)).hem == plain.hem
    longer = fit_top(shapes["top"], person.measured, size=Size({}, {"length": 170.0}, STATURE))
    heights = np.linspace(0.5, 0.9, 5) * person.frame.torso
    assert spans(longer.parts[0], person.frame, heights) == pytest.approx(
        spans(plain.parts[0], person.frame, heights), rel=0.1
    )
    assert longer.sleeve_ends == plain.sleeve_ends


def test_letters_grow_in_length(person, shapes):
    hems = [
        fit_top(shapes["top"], person.measured, size=Size({"chest": 60.0}, {}, STATURE, growth=growth)).hem
        for growth in (0.94, 0.97, 1.0, 1.03, 1.06)
    ]
    assert hems == sorted(hems)
    assert hems[0] < hems[-1]


def test_tucked_in_reaches_under_the_waistband(person, shapes):
    inside = fit_top(shapes["top"], person.measured, tuck="in", waist=80.0)
    outside = fit_top(shapes["top"], person.measured, tuck="out", waist=80.0)
    assert inside.tucked
    assert not outside.tucked
    assert inside.hem > inside.waist
    assert outside.hem > 80.0
    assert not fit_top(shapes["top"], person.measured, dress=True, tuck="in").tucked


@pytest.mark.parametrize("outer", ["top", "long"])
def test_the_next_layer_covers_the_last_one(person, shapes, outer):
    inner = fit_top(shapes["long"], person.measured, "loose")
    body = wearing(person.measured, inner)
    over = fit_top(shapes[outer], body)
    heights = np.linspace(0.5 * person.width, 0.85 * min(inner.hem, over.hem), 8)
    assert (spans(over.parts[0], person.frame, heights) >= spans(inner.parts[0], person.frame, heights) - 0.5).all()
    for side in SIDES:
        assert (body.arms[side].outer >= person.measured.arms[side].outer).all()
        assert body.arms[side].outer.max() > 1.05 * person.measured.arms[side].outer.max()
        assert (body.edges[side] >= person.measured.edges[side]).all()


def test_an_open_front_opens_towards_the_hem(person, shapes):
    fitted = fit_top(shapes["long"], person.measured, snap_hem=False)
    panels, gap = open_front(fitted, shapes["long"], person.frame)
    local = person.frame.local(gap)
    widths = [float(np.ptp(local[[i, -1 - i], 0])) for i in range(len(local) // 2)]
    assert widths[-1] == pytest.approx(2 * GAP[1] * person.width, rel=0.1)
    assert widths[-1] > widths[1] > 0
    middle = (shapes["long"].points["hem_a"][0] + shapes["long"].points["hem_b"][0]) / 2
    assert panels[0].piece[:, 0].max() <= middle + 3
    assert panels[1].piece[:, 0].min() >= middle - 3


@given(st.lists(st.sampled_from(["top", "outerwear", "dress", "trousers", "skirt", "overall"]), min_size=1, max_size=6))
def test_layers_lie_in_the_order_of_the_request(categories):
    steps = order(categories)
    assert sorted(i for i, again in steps if not again) == list(range(len(categories)))
    # The last time that something is laid decides what covers it.
    last = {number: place for place, (number, _) in enumerate(steps)}
    for i, one in enumerate(categories):
        for j in range(i + 1, len(categories)):
            lower = [one in ("trousers", "skirt"), categories[j] in ("trousers", "skirt")]
            if lower != [True, True]:
                assert last[i] < last[j]
    out = order(categories, "out")
    assert not any(again for _, again in out)


@given(angle=st.floats(0, 180))
def test_an_arm_is_folded_when_it_comes_back(angle):
    bend = np.radians(angle)
    path = np.array(
        [[0.0, 0], [0, 100], [80 * np.sin(bend), 100 + 80 * np.cos(bend)], [90 * np.sin(bend), 100 + 90 * np.cos(bend)]]
    )
    if abs(angle - 80) > 2:
        assert folded(path) == (angle > 80)


@given(depth=st.floats(0, 80), more=st.floats(0.5, 40))
def test_necklines_are_foreshortened_and_keep_their_order(depth, more):
    points = {"shoulder_a": (100, 100), "shoulder_b": (200, 100), "hip_a": (110, 260), "hip_b": (190, 260)}
    frame = Skeleton({name: np.array(xy, float) for name, xy in points.items()}, {}, 100.0, "front")
    peaks = {"a": np.array([125.0, 80]), "b": np.array([175.0, 80])}

    def lowest(deep):
        u = np.linspace(-1, 1, 25)
        shape = SimpleNamespace(neckline=np.stack([50 * u, deep * (1 - u**2)], 1))
        return neckline_target(shape, peaks, 1.0, 0.0, 1.0, frame)[:, 1].max() - 80

    assert -1e-6 <= lowest(depth) <= depth + 1e-6
    assert lowest(depth) < lowest(depth + more)
    assert depth - lowest(depth) <= LEVEL * COLLARBONE * 100 + 1e-6


@pytest.mark.parametrize("shape", ["top", "long"])
@pytest.mark.parametrize("style", ["tight", "regular", "loose"])
def test_sleeves_fold_at_the_armpit_and_lie_beside_the_chest(person, shapes, shape, style):
    fitted = fit_top(shapes[shape], person.measured, style)
    w = person.width
    for side, part in zip(SIDES, fitted.parts[1:], strict=True):
        sign = SIGN[side]
        pit = person.frame.local(part.shape[-1:])[0]
        chest = person.frame.local(part.shape)
        chest = chest[(chest[:, 1] >= pit[1] - 1e-6) & (chest[:, 1] < pit[1] + 0.4 * w)]
        # Arms hang beside the body: below the armpit no sleeve bulges over the chest.
        assert (sign * chest[:, 0]).min() >= sign * pit[0] - 0.1 * w
        assert sign * pit[0] >= 0.35 * w


def test_trousers_end_where_those_end_that_are_worn(person, shapes):
    def hem(reach):
        measured = replace(person.measured, leg_ends=dict.fromkeys(SIDES, reach))
        return lowest(fit_legs(shapes["trousers"], measured, person.legs), person.frame)

    assert hem(1.0) == hem(2.0) < hem(2.2) < hem(2.4)


def test_a_garment_lies_on_bare_shoulders_and_not_under_them(person, shapes):
    def tip(lift, sleeve):
        seen = np.full(len(OUTLINE), 0.2 * person.width + lift)
        measured = replace(person.measured, outline=dict.fromkeys(SIDES, seen), sleeves=dict.fromkeys(SIDES, sleeve))
        return -person.frame.local(fit_top(shapes["top"], measured).parts[0].shape)[:, 1]

    w = person.width
    assert tip(0.1 * w, 0.0).max() > tip(0.0, 0.0).max()
    low, high, higher = (tip(lift, 1.0).max() for lift in (0.0, 0.2 * w, 0.4 * w))
    assert low < high == pytest.approx(higher)  # a thick sweater is a shoulder up to a point
    assert high - low < 2 * WORN * w


@quick
@given(lift=st.floats(-0.1, 0.2))
def test_a_top_on_the_shoulders_of_another_follows_what_is_seen_of_them(person, shapes, lift):
    w, across = person.width, 0.4 * person.width
    seen = np.full(len(OUTLINE), 0.15 * w + lift * w)
    measured = replace(person.measured, outline=dict.fromkeys(SIDES, seen), sleeves=dict.fromkeys(SIDES, 1.0))
    height = -shoulder_height(across, person.frame.local(measured.tips["a"][None])[0], measured, "a")
    plain = -shoulder_height(
        across,
        person.frame.local(measured.tips["a"][None])[0],
        replace(measured, outline=dict.fromkeys(SIDES, seen - 2 * w)),
        "a",
    )
    assert plain - SUNK * w - 1e-6 <= height <= plain + WORN * w + 1e-6
    if plain - 0.5 * SUNK * w < seen[0] < plain + WORN * w:
        assert height == pytest.approx(seen[0])


@quick
@given(share=st.floats(0.2, 0.6), lift=st.floats(0.0, 0.15))
def test_a_short_sleeve_is_measured_from_the_tip_of_the_shoulder(person, shapes, share, lift):
    body, shape, w = person.measured, shapes["top"], person.width
    limb = body.arms["a"]
    down = (limb.centre[6] - limb.centre[0]) / np.hypot(*(limb.centre[6] - limb.centre[0]))
    tip = limb.centre[0] - down * lift * w
    scale = share * ARM_LENGTH * w / (shape.sleeve * shape.width)
    stop, _ = sleeve_end(shape, body, "a", tip, scale, None)
    arm = np.hypot(*np.diff(limb.centre, axis=0).T).sum()
    assert stop + lift * w == pytest.approx(share * (arm + lift * w), rel=1e-6)


def test_the_armpit_of_a_short_sleeve_lies_above_its_end(person, shapes):
    for name in ("top", "long"):
        fitted = fit_top(shapes[name], person.measured)
        for part in fitted.parts[1:]:
            outline = person.frame.local(part.shape)
            assert (
                outline[-1, 1] < outline[len(outline) // 2, 1]
            )  # its last point is the armpit, the middle ones are the cuff
    usual = 0.42 * person.width
    heights = [armpit_height(person.measured, "a", stop * person.width, usual) for stop in (0.1, 0.3, 0.4, 1.0)]
    assert heights == sorted(heights)
    assert heights[-1] == usual > heights[0]


@quick
@given(seed=st.integers(0, 2**16))
def test_the_cap_of_a_sleeve_does_not_bend_inwards(seed):
    rng = np.random.default_rng(seed)
    outer = np.stack([rng.normal(0, 5, 9) - np.linspace(0, 20, 9), np.linspace(0, 90, 9)], 1)
    round_ = rounded_cap(outer, np.array([-1.0, 0.0]))
    chord = outer[CAP] - outer[0]
    across = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
    assert ((round_[: CAP + 1] - outer[0]) @ across).min() > -1e-9
    outside = (outer - outer[0]) @ across >= 0
    assert np.allclose(round_[outside], outer[outside])
    assert np.allclose(round_[CAP:], outer[CAP:])


@quick
@given(dip=st.floats(0.0, 0.1))
def test_a_curved_hem_covers_the_old_one_as_a_straight_one_does(person, shapes, dip):
    w, shape = person.width, shapes["top"]
    body = replace(person.measured, hem=1.6 * w, tucked=False)
    straight = shape.arcs["hem"]
    curve = 1 - np.linspace(-1, 1, len(straight)) ** 2
    scale = fit_top(shape, body).scale
    curved = replace(shape, arcs=shape.arcs | {"hem": straight + np.outer(curve, [0, dip * w / scale])})
    lows = [person.frame.local(fit_top(each, body).parts[0].shape)[:, 1].max() for each in (shape, curved)]
    assert abs(lows[1] - lows[0]) < 0.2 * dip * w + 1e-6


@quick
@given(turn=st.floats(-0.35, 0.35))
def test_a_turned_body_moves_the_middle_of_a_top_and_keeps_its_outline(person, shapes, turn):
    straight, turned = (fit_top(shapes["top"], replace(person.measured, turn=t)) for t in (0.0, turn))
    frame, w = person.frame, person.width
    moved = frame.local(turned.parts[0].target) - frame.local(straight.parts[0].target)
    assert np.allclose(moved[:, 1], 0, atol=1e-6)
    assert (moved[:, 0] * np.sign(turn) >= -1e-6).all()
    assert np.abs(moved[:, 0]).max() == pytest.approx(FRONT * w * abs(turn))
    ends = frame.local(turned.neckline)[[0, -1]] - frame.local(straight.neckline)[[0, -1]]
    assert np.allclose(ends, 0, atol=1e-6)
    sides = turned.parts[0].shape - straight.parts[0].shape
    assert np.abs(sides[np.abs(frame.local(straight.parts[0].shape)[:, 0]) > 0.45 * w]).max() < 1e-6


def test_a_wide_old_sleeve_does_not_make_the_new_one_wide(person, shapes):
    body, w = person.measured, person.width
    wide = replace(
        body,
        arms={s: replace(limb, outer=limb.outer + 0.2 * w) for s, limb in body.arms.items()},
        sleeves=dict.fromkeys(SIDES, 2.1),
    )
    layer = replace(wide, bare={})  # what is worn stays on, and is covered
    reach = []
    for each in (wide, layer):
        sleeve = fit_top(shapes["long"], each).parts[1]
        reach.append(np.abs(person.frame.local(sleeve.shape)[:, 0]).max())
    assert reach[0] < reach[1] - 0.05 * w


def test_an_open_jacket_says_nothing_of_the_length_of_the_next_top(person, shapes):
    body = person.measured
    own = fit_top(shapes["long"], replace(body, hem=None)).hem
    waist = own - 0.2 * body.frame.width
    assert fit_top(shapes["long"], replace(body, hem=waist, tucked=False)).hem < own - 0.15 * body.frame.width
    assert fit_top(shapes["long"], replace(body, hem=waist, tucked=False, open=True)).hem == own


def test_a_jacket_that_hangs_lower_at_its_sides_is_open(person):
    frame = person.frame
    across = frame.local(np.stack(np.meshgrid(*map(np.arange, person.image.shape[1::-1])), -1).reshape(-1, 2))
    middle, along = (values.reshape(person.image.shape[:2]) for values in across.T)
    for fronts, is_open in ((0.95 * frame.torso, False), (1.3 * frame.torso, True)):
        hem = np.where(np.abs(middle) < 0.18 * frame.width, 0.9 * frame.torso, fronts)
        lower = ((along > hem) & (person.parts["person"] > 0.5)).astype(np.float32)
        parts = person.parts | {"lower": lower, "upper": person.parts["person"] * (1 - lower)}
        assert measure(person.image, parts, frame).open is is_open


def test_a_top_goes_on_to_the_end_of_a_photo_that_shows_nothing_below_it(person, shapes):
    body = replace(person.measured, hem=None, tucked=False)
    own = fit_top(shapes["top"], body).hem
    assert fit_top(shapes["top"], replace(body, end=1.2 * own)).hem > 1.2 * own
    assert fit_top(shapes["top"], replace(body, end=2 * own)).hem == own
    assert fit_top(shapes["top"], replace(body, end=0.9 * own)).hem == own


def sharpest(line, outer):
    """The largest turn of an edge, degrees."""
    steps = np.diff(np.vstack([line, outer[1:]]), axis=0)
    angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return float(np.rad2deg(np.abs(np.diff(angles)).max()))


@quick
@given(steep=st.floats(60, 110), side=st.sampled_from(SIDES))
def test_a_shoulder_is_round_and_bare_skin_stays_covered(person, steep, side):
    body = replace(person.measured, caps={})
    frame, w, sign = body.frame, body.frame.width, SIGN[side]
    tip, down = frame.at(sign * 0.62 * w, -0.08 * w), np.deg2rad(steep)
    along = np.linspace(0.4, 0, 21)[:, None] * w
    line = tip - along * frame.outward(side)
    outer = tip + along[::-1] * (np.cos(down) * frame.outward(side) + np.sin(down) * frame.down)
    begin, end = rounded(line, outer, body, side)
    assert (begin[0] == line[0]).all()
    assert (end[-1] == outer[-1]).all()
    assert (begin[-1] == end[0]).all()
    assert sharpest(begin, end) < 0.6 * steep
    bare = replace(body, caps={side: np.full(len(ROUND_OF_SHOULDER), 0.2 * w)}, sleeves=dict.fromkeys(SIDES, 0.0))
    covering = rounded(line, outer, bare, side)[1][0]
    assert np.hypot(*(covering - frame[f"shoulder_{side}"])) >= 0.2 * w


def test_a_long_sleeve_on_a_bare_arm_ends_where_the_hand_begins(person, shapes):
    body = replace(person.measured, sleeves=dict.fromkeys(SIDES, 0.4))
    fitted = fit_top(replace(shapes["long"], sleeve=2.0), body)
    for sleeve, side in zip(fitted.parts[1:], SIDES, strict=True):
        arm, hand = body.frame.arm(side), body.frame.hand(side)
        bone = (arm[2] - arm[1]) / np.hypot(*(arm[2] - arm[1]))
        begins = float((arm[2] + (HAND - 2) * (hand - arm[2]) - arm[1]) @ bone)
        cuff = float(((sleeve.target[POINTS - 1] + sleeve.target[2 * POINTS - 1]) / 2 - arm[1]) @ bone)
        assert abs(cuff - begins) < 0.03 * body.frame.width
        assert fitted.sleeve_ends[side] == HAND


def test_an_arm_is_as_wide_as_its_skin_before_the_body(person):
    w, limb = person.width, person.measured.arms["b"]
    narrow = replace(limb, inner=np.full(len(limb.t), 0.08 * w), outer=np.full(len(limb.t), 0.1 * w))
    skin = tube(person.image.shape, limb.centre - 0.05 * w * limb.normal, np.full(len(limb.t), 0.12 * w))
    seen = bare_arm_seen(narrow, skin.astype(np.float32), 0.4, w)
    bare = (limb.t > 0.7) & (limb.t < 1.2)
    assert seen.inner[bare] == pytest.approx(0.17 * w, abs=0.03 * w)
    assert (seen.outer == narrow.outer).all()
    assert (bare_arm_seen(narrow, np.zeros_like(skin, np.float32), 0.4, w).inner == narrow.inner).all()


def test_skin_that_new_sleeves_hold_is_not_seen_beside_them(person, shapes):
    frame, w = person.frame, person.width
    body = replace(person.measured, sleeves=dict.fromkeys(SIDES, 0.0))
    fitted = fit_top(shapes["top"], body)
    bare = replace(person, parts=person.parts | {"skin": np.ones_like(person.parts["skin"])}, cache={})
    hidden = held(bare, fitted, np.zeros(person.image.shape[:2], np.float32))
    for side in SIDES:
        _, elbow, wrist = frame.arm(side)
        x, y = np.round(frame[f"shoulder_{side}"] + 0.1 * w * frame.outward(side)).astype(int)
        assert hidden[y, x] > 0.9
        for x, y in np.round([elbow + 0.3 * (wrist - elbow), wrist]).astype(int):
            assert hidden[y, x] == 0


def test_hair_covers_new_cloth_where_it_is_more_than_a_haze_over_the_old(person):
    empty = np.zeros_like(person.parts["upper"])
    none = dict.fromkeys(("person", "face", "hands"), empty)

    def alpha(hair, upper):
        parts = person.parts | none | {"hair": empty + hair, "upper": empty + upper}
        return float(front(replace(person, parts=parts, cache={})).max())

    assert alpha(0.3, 0.0) == pytest.approx(0.3)  # before the scene it is soft
    assert alpha(0.9, 0.1) == pytest.approx(0.9)
    assert alpha(0.3, 0.7) < 0.15
    shares = [alpha(hair, 1 - hair) for hair in np.linspace(0, 1, 11)]
    assert shares == sorted(shares)


@pytest.mark.parametrize("side", SIDES)
def test_a_sleeve_on_a_folded_arm_is_two_pieces(person, shapes, side):
    frame, w = person.frame, person.width
    shoulder, elbow, _ = frame.arm(side)
    wrist = shoulder + 0.3 * (elbow - shoulder) - 0.3 * w * frame.outward(side)
    body = replace(person.measured, frame=replace(frame, points=frame.points | {f"wrist_{side}": wrist}))
    whole = next(part for part in fit_top(shapes["long"], person.measured).parts if part.name == f"sleeve_{side}")
    upper, fore = (float(np.hypot(*step)) for step in (elbow - shoulder, wrist - elbow))
    pieces = fold(whole, POINTS, body, side, upper + fore, 1.0)
    assert [piece.name for piece in pieces] == [f"sleeve_{side}", f"forearm_{side}"]
    for piece, (begin, end) in zip(pieces, ((shoulder, elbow), (elbow, wrist)), strict=True):
        ring = piece.shape.astype(np.float32).reshape(-1, 1, 2)
        for share in (0.2, 0.5, 0.8, 1.0):
            x, y = begin + share * 0.99 * (end - begin)
            assert cv2.pointPolygonTest(ring, (float(x), float(y)), False) > 0
    assert fold(whole, POINTS, body, side, 0.7 * upper, 1.0) == (whole,)


def test_a_tucked_top_narrows_to_the_waistband(person, shapes):
    body = replace(person.measured, tucked=True, hem=1.2 * person.width, waist=1.2 * person.width)
    narrow = replace(body, hips={side: np.full(len(body.heights), 0.4 * person.width) for side in SIDES})
    at_waist, above = (
        spans(fit_top(shapes["top"], narrow).parts[0], person.frame, [height * person.width])[0]
        for height in (1.28, 1.05)
    )
    assert at_waist == pytest.approx(0.8 * person.width, rel=0.05)
    # Just above it cloth is as wide as before.
    assert above > 0.9 * person.width
    loose = fit_top(shapes["top"], replace(narrow, tucked=False))
    assert spans(loose.parts[0], person.frame, [1.05 * person.width])[0] == pytest.approx(above, rel=0.03)


def test_a_standing_collar_hides_the_neck_beside_it(person, shapes, drawn):
    outline = drawn.tee()
    outline[[0, -4]] = (222, 85), (178, 85)
    standing = top_shape(drawn.garment(np.vstack([[(222, 50)], outline[:-3], [(178, 50)]]))[1])
    w, rise = person.width, person.measured.rise
    skin = np.full(len(BESIDE_NECK), rise + 0.05 * w)
    body = replace(person.measured, slopes=dict.fromkeys(SIDES, skin))
    before, after = (fit_top(standing, measured) for measured in (person.measured, body))
    place = np.round(person.frame.at(-0.24 * w, -rise - 0.02 * w)).astype(int)
    for side in SIDES:
        usual, raised = (person.frame.local(fitted.collar[side]) for fitted in (before, after))
        assert raised[:, 1].min() < usual[:, 1].min() - 0.02 * w  # the cloth lies on the skin that is seen
        assert raised[-1] == pytest.approx(usual[-1], abs=0.02 * w)  # the shoulder's tip stays
    assert beside_collar(person, before)[place[1], place[0]] > 0.9
    assert not beside_collar(person, fit_top(shapes["top"], person.measured)).any()
