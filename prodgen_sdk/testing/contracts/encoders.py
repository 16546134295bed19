"""What every text encoder and image encoder must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.specs import ImageEncoderSpec, TextEncoderSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, Frozen, needs_determinism, one_by_one_and_at_once
from prodgen_sdk.testing.samples import sample_noise, sample_photo


class _EncoderContract(ComponentContract):
    """`tolerance`: how far a coordinate may move when the batch changes (padding and half precision)."""

    tolerance: ClassVar[float] = 1e-3

    def test_shape_dtype_and_length(
        self, component: Any, inputs: Sequence[Any], spec: TextEncoderSpec | ImageEncoderSpec, ctx: Context
    ) -> None:
        vectors = component.encode(inputs, ctx)
        assert isinstance(vectors, np.ndarray), (
            f"Return a numpy array, not {type(vectors).__name__} (tensor.float().cpu().numpy())."
        )
        assert vectors.dtype == np.float32, f"Vectors are float32, not {vectors.dtype}. Add .astype(np.float32)."
        assert vectors.ndim == 2, f"Return [n, dimension], not the shape {vectors.shape}."
        assert len(vectors) == len(inputs), (
            f"{len(inputs)} inputs gave {len(vectors)} vectors. Return one an input, in their order."
        )
        if spec.dimension is not None:
            assert vectors.shape[1] == spec.dimension, (
                f"The spec says dimension={spec.dimension}, the vectors have {vectors.shape[1]}."
            )

    def test_unit_length(self, component: Any, inputs: Sequence[Any], ctx: Context) -> None:
        vectors = component.encode(inputs, ctx)
        assert np.isfinite(vectors).all(), (
            "A vector is not finite. Guard the division when normalising (an empty input has length 0)."
        )
        lengths = np.linalg.norm(vectors, axis=1)
        assert np.abs(lengths - 1).max() < 1e-3, (
            f"Vectors must have length 1, found {lengths.round(3).tolist()}. Divide by the L2 norm."
        )

    def test_same_input_same_vector(
        self, component: Any, inputs: Sequence[Any], spec: TextEncoderSpec | ImageEncoderSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        first = component.encode(inputs, ctx)
        kept = np.array(first)
        second = component.encode(inputs, ctx)
        assert np.array_equal(kept, second), (
            "The same batch twice gave other vectors. Switch off dropout (model.eval()) and randomness."
        )
        component.encode(inputs[:1], ctx)
        assert np.array_equal(kept, first), (
            "A later call changed an earlier result. Return a fresh array, not a shared buffer."
        )

    def test_alone_as_in_a_batch(
        self, component: Any, inputs: Sequence[Any], spec: TextEncoderSpec | ImageEncoderSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        together = component.encode(inputs, ctx)
        alone = np.concatenate([component.encode([item], ctx) for item in inputs])
        worst = np.abs(together - alone).max()
        assert worst <= self.tolerance, (
            f"An input alone and in a batch differ by {worst:.3g}. Mask the padding; keep the order."
        )

    def test_several_threads_at_once(
        self, component: Any, inputs: Sequence[Any], spec: TextEncoderSpec | ImageEncoderSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        few = [*inputs[:4], *inputs[:4]]
        alone, at_once = one_by_one_and_at_once(lambda first: np.array(component.encode(few[first : first + 2], ctx)))
        worst = max(np.abs(one - other).max() for one, other in zip(alone, at_once, strict=True))
        assert worst <= self.tolerance, (
            f"From several threads at once a vector is off by {worst:.3g}. Keep what encode() works on in local variables, or lock it."
        )

    def test_inputs_are_told_apart(self, component: Any, inputs: Sequence[Any], ctx: Context) -> None:
        vectors = component.encode(inputs[:2], ctx)
        assert vectors[0] @ vectors[1] < 1 - 1e-4, "Two different inputs gave the same vector."


class TextEncoderContract(_EncoderContract):
    """Shape, length, order and repeatability of a text encoder.

    Override the fixture `inputs` (the first two texts must differ in meaning) and the attribute `tolerance` if need be.
    """

    kind = "text_encoder"

    @pytest.fixture
    def inputs(self) -> Sequence[str]:
        """Texts: English, Chinese, mixed, very long, odd characters, white space, none."""
        return [
            "Blue ceramic mug",
            "红色纯棉T恤",
            "Lamp 台灯 25 W",
            "a long description " * 400,
            "💡\x00\ud7ff\t—",
            "   ",
            "",
        ]

    def test_empty_text(self, component: Any, ctx: Context) -> None:
        vectors = component.encode([""], ctx)
        assert np.isfinite(vectors).all(), (
            "The empty text gave NaN or infinity. Any unit vector will do, such as the first axis."
        )
        assert abs(np.linalg.norm(vectors[0]) - 1) < 1e-3, (
            "The empty text gave a vector that is not of length 1. Any unit vector will do."
        )


class ImageEncoderContract(_EncoderContract):
    """Shape, length, order and repeatability of an image encoder.

    Override the fixture `inputs` (the first two images must differ) and the attribute `tolerance` if need be.
    """

    kind = "image_encoder"

    @pytest.fixture
    def inputs(self) -> Sequence[Any]:
        """Pictures: a ball, noise, another ball, all white, all black, a flat strip, one pixel; RGB."""
        white = np.full((40, 60, 3), 255, np.uint8)
        return [sample_photo(), sample_noise(), sample_photo((200, 40, 40)), white, white * 0, white[:3], white[:1, :1]]

    def test_transparent_picture(self, component: Any, ctx: Context) -> None:
        ball = sample_photo()
        rgba = np.dstack([ball, np.where((ball == 255).all(axis=2), 0, 255).astype(np.uint8)])
        vectors = component.encode([rgba, ball], ctx)
        assert vectors.shape[0] == 2, (
            "An RGBA image is an image, too: lay them on white with prodgen_sdk.images.flatten."
        )
        assert np.isfinite(vectors).all(), "An RGBA image gave NaN. Lay it on white with prodgen_sdk.images.flatten."

    def test_does_not_change_its_input(self, component: Any, inputs: Sequence[Any], ctx: Context) -> None:
        frozen = Frozen(**{f"images[{place}]": image for place, image in enumerate(inputs)})
        component.encode(inputs, ctx)
        frozen.assert_unchanged()

    def test_words_share_the_space_of_the_pictures(self, component: Any, inputs: Sequence[Any], ctx: Context) -> None:
        if not component.reads_text:
            pytest.skip("The encoder reads no text.")
        vectors = component.encode_texts(["red mug", "blue dress"], ctx)
        dimension = component.encode(inputs[:1], ctx).shape[1]
        assert vectors.shape == (2, dimension), (
            f"encode_texts() gave {vectors.shape} instead of (2, {dimension}): words must lie in the space of the images."
        )
        assert vectors.dtype == np.float32, f"Vectors are float32, not {vectors.dtype}. Add .astype(np.float32)."
        assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-3, (
            "Vectors must have length 1. Divide by the L2 norm."
        )
        assert np.abs(vectors[0] - vectors[1]).max() > 1e-6, "Two different texts have the same vector."
