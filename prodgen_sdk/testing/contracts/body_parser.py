"""What every body parser must keep."""

from __future__ import annotations

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import BodyParser
from prodgen_sdk.specs import BodyParserSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, Frozen, assert_count, needs_determinism
from prodgen_sdk.testing.samples import sample_blank_photo, sample_person
from prodgen_sdk.types import LANDMARKS, Array, Body, PersonPhoto


class BodyParserContract(ComponentContract):
    """Shapes, ranges, order and repeatability of a body parser.

    Override the fixture `photos` with real photos if the parser is trained on such: the default is a drawn figure.
    """

    kind = "body_parser"

    @pytest.fixture
    def photos(self) -> tuple[PersonPhoto, ...]:
        """Photos of one person each, of different sizes."""
        return (sample_person(), sample_person(240, 150))

    @pytest.fixture
    def empty_photo(self) -> PersonPhoto:
        """A photo in which there is nobody."""
        return sample_blank_photo()

    def test_shapes_and_ranges(
        self,
        component: BodyParser,
        photos: tuple[PersonPhoto, ...],
        empty_photo: PersonPhoto,
        spec: BodyParserSpec,
        ctx: Context,
    ) -> None:
        asked = (*photos, empty_photo)
        bodies = component.parse(asked, ctx)
        assert_count(bodies, asked, "Body")
        for photo, body in zip(asked, bodies, strict=True):
            shape = photo.image.shape[:2]
            assert body.landmarks.shape == (len(LANDMARKS), 3), (
                f"landmarks are [33, 3] (x, y, visibility), not {body.landmarks.shape}."
            )
            assert body.landmarks.dtype == np.float32, f"landmarks are float32, not {body.landmarks.dtype}."
            assert np.isfinite(body.landmarks).all(), (
                "A landmark is not finite. Give one that was not found visibility 0."
            )
            visibility = body.landmarks[:, 2]
            assert ((visibility >= 0) & (visibility <= 1)).all(), (
                "Visibility is 0 to 1. Apply the sigmoid if the model gives logits."
            )
            _assert_soft_mask(body.person, shape, "person")
            for name, part in body.parts.items():
                _assert_soft_mask(part, shape, f"parts[{name!r}]")
            undeclared = set(body.parts) - set(spec.parts)
            assert not undeclared, (
                f"The spec does not list the parts {sorted(undeclared)}. Add them to BodyParserSpec.parts."
            )

    def test_finds_the_person(self, component: BodyParser, photos: tuple[PersonPhoto, ...], ctx: Context) -> None:
        for body, photo in zip(component.parse(photos, ctx), photos, strict=True):
            assert body.people >= 1, (
                "No person was found. Override the fixture `photos` with photos that the parser can read."
            )
            assert body.confidence > 0, "A photo with a person must have a confidence above 0."
            height, width = photo.image.shape[:2]
            seen = body.landmarks[body.landmarks[:, 2] > 0.5]
            inside = (
                (seen[:, 0] > -width) & (seen[:, 0] < 2 * width) & (seen[:, 1] > -height) & (seen[:, 1] < 2 * height)
            )
            assert inside.all(), (
                "Visible landmarks lie far outside the photo. x and y are pixels of the photo as it was given."
            )
            assert seen[:, :2].max(initial=0) > 2, "Landmarks look like fractions of the photo. x and y are in pixels."

    def test_nobody(self, component: BodyParser, empty_photo: PersonPhoto, ctx: Context) -> None:
        (body,) = component.parse([empty_photo], ctx)
        assert (body.people, body.confidence) == (0, 0), (
            f"A photo without a person must have people=0 and confidence=0, not {body.people} and {body.confidence}."
        )

    def test_alone_as_in_a_batch(
        self,
        component: BodyParser,
        photos: tuple[PersonPhoto, ...],
        empty_photo: PersonPhoto,
        spec: BodyParserSpec,
        ctx: Context,
    ) -> None:
        needs_determinism(spec)
        asked = (photos[0], empty_photo, *photos[1:])
        together = component.parse(asked, ctx)
        for photo, body in zip(asked, together, strict=True):
            (alone,) = component.parse([photo], ctx)
            _assert_same(body, alone)

    def test_does_not_change_its_input(
        self, component: BodyParser, photos: tuple[PersonPhoto, ...], ctx: Context
    ) -> None:
        frozen = Frozen(**{f"photos[{place}].image": photo.image for place, photo in enumerate(photos)})
        component.parse(photos, ctx)
        frozen.assert_unchanged()


def _assert_soft_mask(mask: Array, shape: tuple[int, int], name: str) -> None:
    assert mask.shape == shape, f"{name} has the shape {mask.shape}; the photo has {shape}. Scale it back to the photo."
    assert mask.dtype == np.float32, f"{name} is float32 from 0 to 1, not {mask.dtype}."
    assert np.isfinite(mask).all(), f"{name} is not finite."
    assert mask.min() >= 0, f"{name} goes below 0, to {mask.min():.3g}. Clip it to 0..1."
    assert mask.max() <= 1, f"{name} goes above 1, to {mask.max():.3g}. Clip it to 0..1."


def _assert_same(body: Body, alone: Body) -> None:
    why = "A photo was parsed differently alone than in a batch. Keep the order, and no state between photos (no tracking)."
    assert (body.people, body.orientation, set(body.parts)) == (alone.people, alone.orientation, set(alone.parts)), why
    assert np.abs(body.landmarks - alone.landmarks).max() <= 0.5, why
    assert np.abs(body.person.astype(np.float32) - alone.person).max() <= 1 / 255, why
