"""Around what sees a person's photo: body parsers and compositors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prodgen_sdk import images, interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.types import Body, Image, PersonPhoto, Refusal, TryOn, TryOnRequest


class BoundBodyParser(Bound[interfaces.BodyParser]):
    @guarded
    def parse(self, photos: Sequence[PersonPhoto], ctx: Context | None = None) -> list[Body]:
        shown = [_private_view(photo) for photo in photos]
        bodies = self._batched(self.component.parse, shown, self._context(ctx))
        for photo, body in zip(photos, bodies, strict=True):
            frame = photo.image.shape[:2]
            self.expect(
                body.landmarks.shape == (33, 3), f"landmarks of shape {body.landmarks.shape} instead of (33, 3)"
            )
            shapes = {body.person.shape, *(part.shape for part in body.parts.values())}
            self.expect(shapes == {frame}, f"masks of shapes {shapes} for a photo of {frame}")
        return bodies


class BoundCompositor(Bound[interfaces.Compositor]):
    @guarded
    def compose(self, batch: Sequence[TryOnRequest], ctx: Context | None = None) -> list[TryOn | Refusal]:
        """Dresses people; guarantees that every pixel outside the edit mask is the photo's own."""
        for request in batch:
            self._takes(request)
        shown = [request.model_copy(update={"person": _private_view(request.person)}) for request in batch]
        answers = self._batched(self.component.compose, shown, self._context(ctx))
        for request, answer in zip(batch, answers, strict=True):
            self.expect(
                isinstance(answer, TryOn | Refusal), f"a {type(answer).__name__} instead of a try-on or a refusal"
            )
            if isinstance(answer, TryOn):
                self._check(request, answer)
        return [self._labelled(answer) for answer in answers]

    def compose_clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context | None = None
    ) -> Iterator[tuple[Image, TryOn | Refusal]]:
        """Each frame with its answer, under the same guarantees as `compose`; `frames` is iterated more than once."""
        context = self._context(ctx)
        answers = self._clip(_ReadOnly(frames), request, rate, context)
        for number, frame in enumerate(frames):
            context.check()
            answer = self._next(answers)
            self.expect(answer is not None, f"no answer to frame {number} of a clip")
            assert answer is not None
            if isinstance(answer, TryOn):
                self._check(request, answer, frame)
            yield frame, self._labelled(answer)

    @guarded
    def _clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context
    ) -> Iterator[TryOn | Refusal]:
        self._takes(request)
        shown = request.model_copy(update={"person": _private_view(request.person)})
        return iter(self.component.compose_clip(frames, shown, rate, ctx))

    @guarded
    def _next(self, answers: Iterator[TryOn | Refusal]) -> TryOn | Refusal | None:
        answer: TryOn | Refusal | None = next(answers, None)
        return answer

    @guarded
    def release(self, person: PersonPhoto) -> None:
        self.component.release(person)

    def _labelled(self, answer: TryOn | Refusal) -> TryOn | Refusal:
        assert isinstance(self.spec, CompositorSpec)
        if isinstance(answer, Refusal) or answer.digital_source:
            return answer
        return answer.model_copy(update={"digital_source": self.spec.digital_source})

    def _takes(self, request: TryOnRequest) -> None:
        assert isinstance(self.spec, CompositorSpec)
        if len(request.garments) > self.spec.max_garments:
            raise InputError(
                f"{self.id} puts on up to {self.spec.max_garments} garments at once, not {len(request.garments)}."
            )
        height, width = request.person.image.shape[:2]
        if request.mask is not None and request.mask.shape != (height, width):
            raise InputError(
                f"The mask is {request.mask.shape[1]} x {request.mask.shape[0]}, the photo {width} x {height} pixels.",
                hint="Give a mask of the photo's size.",
            )

    def _check(self, request: TryOnRequest, answer: TryOn, frame: Image | None = None) -> None:
        photo = request.person.image if frame is None else frame
        self.expect(
            answer.image.shape == photo.shape, f"an image of shape {answer.image.shape} of a photo of {photo.shape}"
        )
        self.expect(answer.image.dtype == photo.dtype, f"an image of {answer.image.dtype} instead of {photo.dtype}")
        self.expect(answer.edit_mask.shape == photo.shape[:2], "an edit mask of another size than the photo")
        self.expect(answer.edit_mask.dtype == bool, f"an edit mask of {answer.edit_mask.dtype} instead of bool")
        differs, kept = answer.image != photo, ~answer.edit_mask
        # Plane by plane: gathering the kept pixels takes five times as long.
        changed = any((differs[..., channel] & kept).any() for channel in range(differs.shape[2]))
        self.expect(not changed, "pixels outside the edit mask were changed")
        if request.mask is not None:
            self.expect(not (answer.edit_mask & ~request.mask).any(), "pixels outside the given mask were edited")


@dataclass(frozen=True)
class _ReadOnly:
    """Frames that a component may look at and not write to."""

    frames: Iterable[Image]

    def __iter__(self) -> Iterator[Image]:
        return map(images.read_only, self.frames)


def _private_view(person: PersonPhoto) -> PersonPhoto:
    return person.model_copy(update={"image": images.read_only(person.image)})
