import numpy as np
import pytest
from prodgen_quality.safety.checkers import ImageChecker, screen_image, skin

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import ScreenItem


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.full((64, 64, 3), 255, np.uint8), "blank"),
        (np.zeros((64, 64, 4), np.uint8), "blank"),
        (np.zeros((4, 4, 3), np.uint8), "too small"),
        (np.zeros((64, 64, 3), np.float32), "not an image"),
        (b"bytes", "not an image"),
    ],
)
def test_what_is_no_proper_picture_is_for_review(image, reason):
    verdict = screen_image(image)
    assert verdict.outcome == "review"
    assert reason in verdict.reasons[0]


@pytest.mark.parametrize("tone", [(241, 194, 160), (198, 134, 100), (141, 85, 56), (92, 58, 42)])
def test_light_and_dark_skin_have_the_colour_of_skin(tone):
    assert skin(np.full((4, 4, 3), tone, np.uint8)).all()


def test_a_photo_full_of_skin_is_for_review_and_a_beige_product_on_white_is_not():
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (80, 80, 3), dtype=np.uint8)
    photo[:, 5:75] = (198, 134, 100)
    assert "skin colours" in screen_image(photo).reasons[0]
    product = np.full((80, 80, 3), 255, np.uint8)
    product[15:65, 15:65] = (198, 134, 100)
    assert screen_image(product).outcome == "pass"


def _room(tone: tuple[int, int, int]) -> np.ndarray:
    """A dressed person in a grey room with a floor and side walls of one colour, which cover 60 % of the frame."""
    rng = np.random.default_rng(2)
    room = rng.integers(90, 110, (120, 90, 3)).astype(np.uint8)
    boards = (np.array(tone) * rng.uniform(0.75, 1.2, (120, 90, 1))).astype(np.uint8)
    wood = np.ones((120, 90), bool)
    wood[:44, 12:78] = False
    room[wood] = boards[wood]
    room[30:110, 35:55] = (40, 60, 120)
    return room


def test_a_wooden_room_around_a_dressed_person_is_no_reason_in_a_try_on():
    room = _room((170, 120, 84))
    assert 0.55 < skin(room).mean() < 0.75
    assert screen_image(room, purpose="try-on").outcome == "pass"
    assert screen_image(room).outcome == "review"


@pytest.mark.parametrize("tone", [(241, 194, 160), (198, 134, 100), (141, 85, 56), (92, 58, 42)])
def test_a_large_body_of_skin_inside_a_try_on_is_for_review(tone):
    photo = np.random.default_rng(3).integers(120, 140, (120, 90, 3)).astype(np.uint8)
    photo[10:120, 22:66] = tone
    assert skin(photo).mean() < 0.55
    assert "apart from its edges" in screen_image(photo, purpose="try-on").reasons[0]
    photo[5:, 3:87] = tone
    photo[50:60] = (20, 40, 90)
    assert screen_image(photo, purpose="try-on").outcome == "review"


def test_a_checker_hands_the_purpose_on():
    room = _room((170, 120, 84))
    items = [ScreenItem(image=room, purpose="try-on"), ScreenItem(image=room, purpose="home")]
    assert [verdict.outcome for verdict in ImageChecker(None, Context()).check(items, Context())] == ["pass", "review"]


def test_photos_of_dressed_people_pass_as_try_ons():
    from importlib.metadata import PackageNotFoundError, distribution

    from prodgen_sdk.images import load

    try:
        files = distribution("openvto").files or ()
    except PackageNotFoundError:
        pytest.skip("the photos come with the package openvto")
    people = [file for file in files if file.suffix in (".jpg", ".png") and "people" in file.parts]
    assert len(people) >= 8
    for file in people:
        assert screen_image(load(str(file.locate())), purpose="try-on").outcome == "pass", file.name


def test_it_never_blocks_and_an_item_without_a_picture_is_not_its_business():
    verdicts = ImageChecker(None, Context()).check([ScreenItem(text="words")], Context())
    assert [verdict.outcome for verdict in verdicts] == ["pass"]
