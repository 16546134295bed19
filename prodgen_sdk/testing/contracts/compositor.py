"""What every compositor must keep: above all, that nothing outside the edit mask changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.testing.contracts.base import (
    ComponentContract,
    Frozen,
    assert_count,
    assert_image,
    assert_json,
    assert_same_pixels,
    needs_determinism,
)
from prodgen_sdk.testing.samples import sample_blank_photo, sample_garment, sample_person
from prodgen_sdk.types import Array, GarmentCategory, PersonPhoto, Refusal, TryOn, TryOnRequest


class CompositorContract(ComponentContract):
    """Pixel identity, masks, sizes, refusals and repeatability of a compositor.

    Override the fixture `requests` with real photos if the compositor needs such (the default person is drawn). A body
    parser that it looks up comes from the plugin itself or from `companions`.
    """

    kind = "compositor"

    @pytest.fixture
    def requests(self) -> tuple[TryOnRequest, ...]:
        """Requests that can be dressed; the photos differ in size."""
        people = (sample_person(), sample_person(240, 150))
        return tuple(TryOnRequest(person=person, garments=(sample_garment(),), seed=3) for person in people)

    @pytest.fixture
    def unusable(self, requests: tuple[TryOnRequest, ...]) -> PersonPhoto:
        """A photo that cannot be dressed: there is nobody in it."""
        return sample_blank_photo()

    def test_categories_of_the_spec(self, spec: CompositorSpec) -> None:
        known = set(get_args(GarmentCategory)) - {"auto"}
        assert spec.categories, "List in `categories` the garments that it can put on."
        assert set(spec.categories) <= known, (
            f"Unknown categories {set(spec.categories) - known}; known are {sorted(known)}."
        )
        assert 1 <= spec.max_garments <= 8, "max_garments is 1 to 8."

    def test_dresses_the_person(self, component: Compositor, requests: tuple[TryOnRequest, ...], ctx: Context) -> None:
        results = component.compose(requests, ctx)
        assert_count(results, requests, "TryOn or Refusal")
        for request, result in zip(requests, results, strict=True):
            assert isinstance(result, TryOn), (
                f"Refused ({result}). Override the fixture `requests` with a photo and a garment that it can use."
            )
            changed = _changed(request.person.image, result.image)
            assert changed.any(), "The image is the person's photo, unchanged. Refuse rather than return it."

    def test_size_and_shapes(self, component: Compositor, requests: tuple[TryOnRequest, ...], ctx: Context) -> None:
        for request, result in _dressed(component, requests, ctx):
            assert_image(result.image, where="TryOn.image")
            shape = request.person.image.shape
            assert result.image.shape == shape, (
                f"The image is {result.image.shape}; it must have the photo's shape {shape}."
            )
            assert result.edit_mask.shape == shape[:2], (
                f"edit_mask is {result.edit_mask.shape}; the photo is {shape[:2]}."
            )
            assert_json(result.facts, where="TryOn.facts")
            for layer in result.layers:
                assert layer.image.shape == (*shape[:2], 4), (
                    f"The layer {layer.name!r} must be RGBA of the photo's size, not {layer.image.shape}."
                )

    def test_outside_the_edit_mask_nothing_changes(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], ctx: Context
    ) -> None:
        for request, result in _dressed(component, requests, ctx):
            leaked = _changed(request.person.image, result.image) & ~result.edit_mask
            assert not leaked.any(), (
                f"{leaked.sum()} pixels outside edit_mask changed. Paste with numpy.where(edit_mask[..., None], new, photo) as the last step; "
                "soft edges belong inside the mask."
            )

    def test_the_request_mask_is_respected(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], ctx: Context
    ) -> None:
        for request, free in _dressed(component, requests, ctx):
            columns = np.flatnonzero(free.edit_mask.any(axis=0))
            mask = free.edit_mask.copy()
            mask[:, int(columns.mean()) :] = False
            (result,) = component.compose([request.model_copy(update={"mask": mask})], ctx)
            if isinstance(result, Refusal):
                continue
            leaked = _changed(request.person.image, result.image) & ~(mask & result.edit_mask)
            assert not leaked.any(), (
                f"{leaked.sum()} pixels outside request.mask changed. It names the only pixels that may change: "
                "intersect your own mask with it."
            )

    def test_refuses_a_photo_of_nobody(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], unusable: PersonPhoto, ctx: Context
    ) -> None:
        batch = [requests[0], requests[0].model_copy(update={"person": unusable}), requests[-1]]
        results = component.compose(batch, ctx)
        assert_count(results, batch, "TryOn or Refusal")
        refusal = results[1]
        assert isinstance(refusal, Refusal), (
            "Nobody is in the photo: return a Refusal for it, and go on with the rest of the batch."
        )
        assert refusal.reason.strip(), "Refusal.reason tells the person why, in a sentence."
        assert refusal.what_to_do.strip(), "Refusal.what_to_do tells the person which photo would help."
        for place in (0, 2):
            assert isinstance(results[place], TryOn), (
                "One photo that cannot be dressed must not spoil the others of the batch."
            )

    def test_alone_as_in_a_batch(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], spec: CompositorSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        for request, result in _dressed(component, requests, ctx):
            (alone,) = component.compose([request], ctx)
            assert isinstance(alone, TryOn), "A request was dressed in a batch and refused alone."
            why = "A request gave other pixels alone than in a batch. Draw random numbers from request.seed; keep no state."
            assert_same_pixels(result.image, alone.image, tolerance=1, why=why)

    def test_same_request_same_pixels(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], spec: CompositorSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        first, second = component.compose(requests, ctx), component.compose(requests, ctx)
        for a, b in zip(first, second, strict=True):
            if isinstance(a, TryOn) and isinstance(b, TryOn):
                why = "The same batch twice gave other pixels. Draw random numbers from request.seed alone."
                assert_same_pixels(a.image, b.image, tolerance=0, why=why)

    def test_layers_of_garments(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], spec: CompositorSpec, ctx: Context
    ) -> None:
        if spec.max_garments == 1:
            pytest.skip("the spec says max_garments=1, and the host refuses more")
        two = requests[0].model_copy(update={"garments": requests[0].garments * 2})
        (result,) = component.compose([two], ctx)
        assert isinstance(result, TryOn), (
            f"The spec says max_garments={spec.max_garments}, but two garments were refused: {result.reason}"
        )

    def test_a_clip_gives_an_answer_a_frame(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], unusable: PersonPhoto, ctx: Context
    ) -> None:
        request, nobody = requests[0], np.ascontiguousarray(unusable.image[:1, :1])
        photo = request.person.image
        moved = np.roll(photo, 1, axis=1)
        frames = [photo, moved, np.broadcast_to(nobody, photo.shape).copy()]
        frozen = Frozen(**{f"frame {place}": frame for place, frame in enumerate(frames)})
        answers = list(component.compose_clip(frames, request, 1.0, ctx))
        frozen.assert_unchanged()
        assert_count(answers, frames, "TryOn or Refusal")
        assert isinstance(answers[-1], Refusal), "At one frame a second, nobody in the last frame: refuse that frame."
        for frame, answer in zip(frames[:2], answers, strict=False):
            assert isinstance(answer, TryOn), "A clip of a photo that can be dressed was refused."
            leaked = _changed(frame, answer.image) & ~answer.edit_mask
            assert not leaked.any(), f"{leaked.sum()} pixels of a frame changed outside of its edit_mask."

    def test_does_not_change_its_input(
        self, component: Compositor, requests: tuple[TryOnRequest, ...], ctx: Context
    ) -> None:
        for request in requests:
            mask = np.ones(request.person.image.shape[:2], bool)
            garments = {f"garments[{place}].front": garment.front for place, garment in enumerate(request.garments)}
            frozen = Frozen(photo=request.person.image, mask=mask, **garments)
            (result,) = component.compose([request.model_copy(update={"mask": mask})], ctx)
            frozen.assert_unchanged()
            if isinstance(result, TryOn):
                frozen.assert_not_shared(result.image)
                frozen.assert_not_shared(result.edit_mask)


def _dressed(component: Compositor, requests: Sequence[TryOnRequest], ctx: Context) -> list[tuple[TryOnRequest, TryOn]]:
    results = zip(requests, component.compose(requests, ctx), strict=True)
    dressed = [(request, result) for request, result in results if isinstance(result, TryOn)]
    assert dressed, (
        "Every request was refused. Override the fixture `requests` with a photo and a garment that it can use."
    )
    return dressed


def _changed(before: Array, after: Array) -> Array:
    if before.shape != after.shape:
        raise AssertionError(f"The image is {after.shape}; it must have the photo's shape {before.shape}.")
    return np.asarray((before != after).any(axis=2))
