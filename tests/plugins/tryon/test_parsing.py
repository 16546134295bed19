"""Labels of the parts of a body."""

import cv2
import numpy as np
import pytest
from prodgen_tryon.body.colours import tinted
from prodgen_tryon.body.hips import across_hands, below_forearms, old_hem
from prodgen_tryon.body.long_hair import follow
from prodgen_tryon.body.measures import beside_bare_arms
from prodgen_tryon.body.parsing import PARTS
from prodgen_tryon.body.places import places_of
from prodgen_tryon.body.skeleton import Skeleton, skeleton
from prodgen_tryon.body.sleeves import along_path, arm_path, find_sleeves
from prodgen_tryon.body.tidy import give_cuffs, give_islands, give_prints, give_rims, give_streaks
from prodgen_tryon.filters import tube


def test_small_islands_of_a_top_in_trousers_are_trousers():
    upper, lower = np.zeros((120, 60), np.float32), np.zeros((120, 60), np.float32)
    upper[10:60, 10:50] = 1
    lower[60:110, 10:50] = 1
    for row, column in ((80, 20), (90, 40)):
        upper[row : row + 3, column : column + 4] = 1
        lower[row : row + 3, column : column + 4] = 0
    upper[20:40, 54:58] = 1  # a sleeve apart from it, with no trousers around
    labels = {"upper": upper, "lower": lower}
    give_islands(labels, "upper", ("lower",))
    assert not labels["upper"][62:].any()
    assert (labels["lower"][60:110, 10:50] == 1).all()
    assert (labels["upper"][10:59, 10:50] == 1).all()
    assert (labels["upper"][20:40, 54:58] == 1).all()


def test_long_hair_is_followed_over_a_blouse_and_not_into_cloth_of_another_colour():
    points = {"shoulder_a": (100, 100), "shoulder_b": (200, 100), "hip_a": (110, 260), "hip_b": (190, 260)}
    frame = Skeleton({name: np.array(xy, float) for name, xy in points.items()}, {}, 100.0, "front")
    w, shape = frame.width, (300, 300)
    hair, strand, own = np.zeros(shape, bool), np.zeros(shape, bool), np.full(shape, 3.0, np.float32)
    x, y = frame.at(-0.25 * w, -0.1 * w).astype(int)
    wide = max(round(0.09 * w), 4)
    hair[y - 6 * wide : y, x - wide : x + 2 * wide] = True
    strand[y : round(y + 0.6 * w), x - wide : x + wide] = True
    own[hair | strand] = 0.2
    found = follow(hair, own, np.full(shape, 2.0, np.float32), np.ones(shape, bool), frame)
    assert (found & strand).sum() > 0.7 * strand.sum()
    assert not (found & ~cv2.dilate(strand.astype(np.uint8), np.ones((2 * wide + 1, 2 * wide + 1))).astype(bool)).any()
    assert not follow(hair, own, own, np.ones(shape, bool), frame).any()  # cloth has the colour of the hair


def test_threads_of_a_pattern_are_no_arm_and_the_edge_of_an_arm_behind_a_top_is_one(drawn):
    frame, shape = skeleton(drawn.joints()), (400, 300)
    labels = {name: np.zeros(shape, np.float32) for name in ("skin", "upper", "hands")}
    labels["upper"][100:220, 110:205] = 1
    labels["skin"][100:220, 205:210] = 1  # all that is seen of an arm
    labels["skin"][100:220, 70:100] = 1
    labels["upper"][160:163, 130:160], labels["skin"][160:163, 130:160] = 0, 1
    give_streaks(labels, np.maximum(labels["skin"], labels["upper"]), frame)
    assert labels["skin"][:, 115:195].max() == 0
    assert labels["upper"][160:163, 130:160].min() == 1
    assert labels["skin"][150:200, 206:209].min() == 1
    assert labels["skin"][102:218, 72:98].min() == 1


def test_a_print_is_no_hair_and_a_lock_of_hair_is_no_print():
    joints = {
        "eye_a": (94, 40), "eye_b": (106, 40), "mouth_a": (95, 54), "mouth_b": (105, 54), "ear_a": (86, 44), "ear_b": (114, 44),
        "shoulder_a": (60, 90), "shoulder_b": (140, 90), "hip_a": (70, 220), "hip_b": (130, 220),
    }  # fmt: skip
    frame = Skeleton({name: np.array(xy, float) for name, xy in joints.items()}, {}, 80.0, "front")
    image = np.full((260, 200, 3), (20, 20, 24), np.uint8)
    hair, upper = np.zeros((260, 200), np.float32), np.zeros((260, 200), np.float32)
    upper[85:230, 50:150] = 1
    places = {"head": (slice(14, 40), slice(80, 120)), "lock": (slice(100, 125), slice(60, 70)), "print": (slice(130, 160), slice(85, 125))}  # fmt: skip
    for name, place in places.items():
        hair[place], upper[place] = 1, 0
        image[place] = (240, 240, 240) if name == "print" else (110, 70, 45)
    labels = {"hair": hair, "upper": upper}
    give_prints(labels, image, frame)
    assert not labels["hair"][places["print"]].any()
    assert (labels["upper"][places["print"]] == 1).all()
    for name in ("head", "lock"):
        assert (labels["hair"][places[name]] == 1).all(), name


def test_thin_hair_along_a_collar_is_the_collars_rim(drawn):
    frame = skeleton(drawn.joints())
    hair, upper = np.zeros((400, 300), np.float32), np.zeros((400, 300), np.float32)
    upper[100:220, 110:190] = 1
    hair[30:80, 128:172] = 1
    hair[80:140, 176:186] = 1  # a lock that falls over the shoulder
    hair[96:99, 112:130] = 1  # the rim beside the neck
    upper[hair > 0] = 0
    skin = np.zeros_like(upper)
    skin[110:200, 30:60] = 1  # a bare shoulder, with cloth along its outline
    upper[107:110, 30:60] = 1
    labels = {"hair": hair, "upper": upper, "skin": skin}
    give_rims(labels, np.maximum.reduce([hair, upper, skin]), frame)
    assert (labels["upper"][107:110, 32:58] == 0).all()
    assert (labels["skin"][107:110, 32:58] == 1).all()
    assert (labels["hair"][96:99, 112:130] == 0).all()
    assert (labels["upper"][96:99, 112:130] == 1).all()
    assert (labels["hair"][30:75, 128:172] == 1).all()
    assert (labels["hair"][100:135, 178:184] == 1).all()


def test_hips_go_on_behind_a_hand():
    lower, hands = np.zeros((50, 100), np.float32), np.zeros((50, 100), np.float32)
    lower[:, 10:80] = 1
    lower[20:40, 40:60] = 0
    hands[20:40, 40:60] = 1  # in front of the hip
    hands[0:10, 80:90] = 1  # beside it
    origins = np.array([[20.0, y] for y in (5, 15, 30)])
    found = across_hands(lower, hands, origins, np.array([1.0, 0.0]), 75.0)
    assert found == pytest.approx([60, 60, 60], abs=1.5)


def test_an_arm_before_the_waist_does_not_make_a_short_top_long(parser, drawn):
    frame = skeleton(drawn.joints())
    parts = {name: np.zeros((400, 300), np.float32) for name in PARTS}
    waist = round(float(frame.at(0, 0.7 * frame.torso)[1]))
    parts["lower"][waist:, 110:190] = 1
    hem, _, tucked, _ = old_hem(parts, frame)
    assert tucked
    arm = slice(waist - 5, waist + 12)
    parts["lower"][arm] = 0
    parts["skin"][arm, 100:200] = 1
    behind, _, tucked, _ = old_hem(parts, frame)
    assert tucked
    assert hem <= behind < hem + 20


def test_cloth_below_a_forearm_is_the_tops_only_where_a_hem_is_seen(drawn):
    frame = skeleton(drawn.joints())
    parts = {name: np.zeros((400, 300), np.float32) for name in PARTS}
    waist = round(float(frame.at(0, 0.7 * frame.torso)[1]))
    parts["upper"][100:260, 110:190] = 1
    parts["upper"][waist : waist + 12] = 0
    parts["skin"][waist : waist + 12, 100:200] = 1
    parts["lower"][260:, 110:190] = 1
    black = np.zeros((400, 300, 3), np.uint8)
    two = np.where(parts["lower"][..., None] > 0, np.uint8(90), black)
    long = below_forearms(parts, frame, two)
    assert (long["upper"] == parts["upper"]).all()
    alike = below_forearms(parts, frame, black)
    assert not alike["upper"][waist + 12 :].any()
    for column in range(110, 190):  # black over black with flowers: the border is where the flowers begin
        end = waist + 20 + column * 37 % 40
        parts["lower"][end:, column], parts["upper"][end:, column] = 1, 0
    guessed = below_forearms(parts, frame, two)
    assert not guessed["upper"][waist + 12 :].any()
    assert (guessed["lower"][waist + 12 :, 110:190] == 1).all()
    assert (guessed["upper"][:waist] == parts["upper"][:waist]).all()


def test_a_torso_beside_bare_arms_ends_where_its_cloth_ends(drawn):
    frame = skeleton(drawn.joints())
    w, heights = frame.width, np.linspace(5, 100, 20)
    parts = {name: np.zeros((400, 300), np.float32) for name in PARTS}
    half = round(0.42 * w)
    parts["upper"][80:240, 150 - half : 150 + half] = 1
    parts["skin"][80:240, 150 + half : 150 + half + 16] = 1
    edges = {side: np.full(20, 0.5 * w) for side in ("a", "b")}
    found = beside_bare_arms(edges, parts, frame, heights)
    assert np.allclose(found["b"], half, atol=1.5)
    assert np.allclose(found["a"], 0.5 * w)  # nothing bare is seen there


def test_the_rim_of_a_hand_that_is_mixed_with_a_cuff_belongs_to_the_cuff():
    image = np.full((120, 80, 3), (225, 180, 150), np.uint8)
    image[:60] = (30, 30, 60)
    image[60:62] = (120, 100, 100)  # half cuff, half hand
    upper, hands = np.zeros((120, 80), np.float32), np.zeros((120, 80), np.float32)
    upper[10:60, 20:60] = 1
    hands[60:100, 20:60] = 1
    labels = {"upper": upper, "hands": hands, "skin": hands.copy()}
    frame = Skeleton({}, {}, 150.0, "front")
    give_cuffs(labels, image, frame)
    assert (labels["upper"][60:62, 21:59] == 1).all()
    assert not labels["hands"][60:62].any()
    assert not labels["skin"][60:62].any()
    assert (labels["hands"][62:100, 20:60] == 1).all()  # the hand itself is left alone


def test_a_hand_of_even_skin_keeps_its_rim():
    image = np.full((120, 80, 3), (225, 180, 150), np.uint8)
    image[:60] = (30, 30, 60)
    hands = np.zeros((120, 80), np.float32)
    hands[60:100, 20:60] = 1
    labels = {"upper": np.zeros_like(hands), "hands": hands.copy(), "skin": hands.copy()}
    labels["upper"][10:60, 20:60] = 1
    give_cuffs(labels, image, Skeleton({}, {}, 150.0, "front"))
    assert (labels["hands"] == hands).all()


def test_a_turned_body_keeps_its_measure_and_a_slender_one_its_own(drawn):
    faced = drawn.joints()
    frame, turned = skeleton(faced), faced.copy()
    turned[:, 0] = 150 + 0.7 * (faced[:, 0] - 150)
    assert skeleton(turned).width > 0.8 * frame.width  # and not .7
    slender = faced.copy()
    slender[:, 0] = 150 + 0.95 * (faced[:, 0] - 150)
    assert skeleton(slender).width == pytest.approx(np.hypot(*(slender[11] - slender[12])[:2]))


def test_a_hand_that_holds_the_other_arm_does_not_take_it_for_itself(drawn):
    faced = drawn.joints()
    frame = skeleton(faced)
    forearm = along_path(arm_path(frame, "a"), [1.35])[0]
    names = ["left_wrist", "left_index", "left_pinky", "left_thumb"]
    inwards = np.array([30.0, 18.0, 18.0, 18.0])
    held = drawn.joints(
        moved={name: (forearm[0] + away, forearm[1]) for name, away in zip(names, inwards, strict=True)}
    )
    photo = np.full((400, 300, 3), 128, np.float32)
    person = np.ones((400, 300), np.float32)

    def hands(joints):
        frame = skeleton(joints)
        return places_of(
            frame, (400, 300), find_sleeves(photo, person, frame, np.array([65.0, 15, 18])), {"a": 2.0, "b": 2.0}
        ).hands

    assert not hands(held)[round(forearm[1]), round(forearm[0]) - 2 : round(forearm[0]) + 3].any()
    assert hands(held)[round(forearm[1]), round(forearm[0]) + 22]  # its back is a hand
    for side in ("a", "b"):
        x, y = frame.hand(side).round().astype(int)
        assert hands(faced)[y, x]


@pytest.mark.parametrize(("arm", "end"), [((77, 9.5, 13.5), 0.0), ((80, 1, 14), 1.8), ((40, 0, -20), 1.8)])
def test_a_hand_that_is_redder_than_its_bare_arm_ends_no_sleeve(drawn, arm, end):
    frame = skeleton(drawn.joints())
    photo = np.full((400, 300, 3), arm, np.float32)
    for side in ("a", "b"):
        path = arm_path(frame, side, fingers=1)
        photo[tube((400, 300), along_path(path, np.linspace(1.95, 4, 12)), np.full(12, 0.15 * frame.width))] = (
            72,
            14.5,
            12,
        )
    found = find_sleeves(photo, np.ones((400, 300), np.float32), frame, np.array([65.0, 13, 15]))
    assert [found[side].end for side in ("a", "b")] == pytest.approx([end, end], abs=0.15)


def test_grey_cloth_among_samples_of_skin_is_no_skin():
    face = np.array([30.0, 20.0, 25.0], np.float32)
    palette = np.array([[28, 18, 22], [10, 9, 11], [7, 2, -1], [40, 3, 5]], np.float32)
    assert tinted(palette, face).tolist() == palette[:2].tolist()  # a beard's shadow is one
    grey = palette * [1, 0, 0]
    assert tinted(grey, face).tolist() == grey.tolist()
    assert tinted(None, face) is None
