"""The descriptor tells products apart and hardly sees their background, place or size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from prodgen_rank.encoders.descriptor import ImageDescriptor, describe
from prodgen_rank.encoders.foreground import cut_out
from prodgen_rank.plugin import DESCRIPTOR_DIMENSION

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.types import Image

RED, BLUE, BLACK = (190, 30, 40), (30, 60, 180), (25, 25, 28)


def picture(
    colour=RED, shape: str = "mug", background=(255, 255, 255), size: int = 256, scale: float = 1.0, at=(0.5, 0.5)
) -> Image:
    """A mug or a bottle, drawn with numpy, with a lighter stripe."""
    y, x = (np.mgrid[0:size, 0:size] / size - np.asarray(at)[::-1, None, None]) / scale
    if shape == "mug":
        body = (abs(x) < 0.18) & (abs(y) < 0.2)
        handle = (np.hypot(x - 0.2, y) < 0.12) & (np.hypot(x - 0.2, y) > 0.07)
        mask = body | handle
    else:
        mask = (abs(x) < np.where(y < -0.15, 0.04, 0.1)) & (abs(y) < 0.35)
    image = np.empty((size, size, 3), np.uint8)
    image[:] = background
    image[mask] = colour
    image[mask & (abs(y - 0.1) < 0.03)] = np.minimum(np.asarray(colour) + 60, 255)
    return image


def alike(a: Image, b: Image) -> float:
    return float(describe(a) @ describe(b))


@pytest.mark.parametrize("background", [(240, 240, 240), (0, 0, 0), (120, 200, 150), (250, 220, 180)])
def test_background_hardly_counts(background) -> None:
    assert alike(picture(), picture(background=background)) > 0.95


def test_graded_and_transparent_backgrounds_hardly_count() -> None:
    graded, plain = picture(), picture()
    y, x = np.mgrid[0:256, 0:256]
    outside = (plain == 255).all(axis=-1)
    graded[outside] = np.stack([255 - x * 0.3, 240 - y * 0.2, 230 - x * 0.1], -1)[outside]
    assert alike(plain, graded) > 0.95
    cut_out = np.dstack([plain, np.where(outside, 0, 255).astype(np.uint8)])
    assert alike(plain, cut_out) > 0.95


def test_place_and_size_hardly_count() -> None:
    assert alike(picture(), picture(scale=0.6, at=(0.3, 0.65))) > 0.95
    assert alike(picture(), picture(size=700)) > 0.97


def test_colour_and_shape_count() -> None:
    same = alike(picture(), picture(background=(235, 235, 230)))
    assert alike(picture(), picture(BLUE)) < same - 0.2
    assert alike(picture(), picture(shape="bottle")) < same - 0.2
    assert alike(picture(BLACK), picture(BLUE, "bottle")) < 0.6


def test_a_black_product_of_another_kind_is_farther_than_one_of_its_kind_in_another_colour() -> None:
    black = picture(BLACK)
    assert alike(black, picture(BLUE)) > alike(black, picture(BLACK, "bottle")) + 0.1
    assert alike(black, picture((235, 232, 225), background=(120, 130, 160))) > alike(black, picture(BLACK, "bottle"))


def test_the_product_is_found() -> None:
    _, cover = cut_out(picture(background=(200, 220, 210))).scaled(64)
    assert cover[32, 20] == 1
    assert cover[2, 32] == 0
    assert 0.4 < cover.mean() < 0.75


@settings(max_examples=40, deadline=None)
@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])),
        elements=st.integers(0, 255),
    )
)
def test_any_picture_has_a_unit_vector(image) -> None:
    vectors = ImageDescriptor(None, Context()).encode([image, image], Context())
    assert vectors.shape == (2, DESCRIPTOR_DIMENSION)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors[0] == vectors[1]).all()


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1), (2, 3000), (7, 900), (1, 1)])
def test_strips_keep_their_colour(shape) -> None:
    red, blue = (np.full((*shape, 3), colour, np.uint8) for colour in (RED, BLUE))
    assert np.isfinite(describe(red)).all()
    assert alike(red, red) > alike(red, blue) + 0.05


def test_no_pictures_and_wrong_pictures() -> None:
    encoder = ImageDescriptor(None, Context())
    assert encoder.encode([], Context()).shape == (0, DESCRIPTOR_DIMENSION)
    with pytest.raises(InvalidImage, match="uint8"):
        encoder.encode([np.zeros((8, 8, 3), np.float32)], Context())
