import numpy as np
import pytest
from prodgen_quality.safety import ImageChecker, screen_image, skin

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import ScreenItem


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.full((64, 64, 3), 255, np.uint8), "blank"),
        (np.zeros((64, 64, 4), np.uint8), "blank"),
        (np.zeros((4, 4, 3), np.uint8), "too small"),
        (np.zeros((64, 64, 3), np.float32), "not a picture"),
        (b"bytes", "not a picture"),
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


def test_it_never_blocks_and_an_item_without_a_picture_is_not_its_business():
    verdicts = ImageChecker(None, Context()).check([ScreenItem(text="words")], Context())
    assert [verdict.outcome for verdict in verdicts] == ["pass"]
