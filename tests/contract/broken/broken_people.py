"""Body parsers and compositors that break their contracts, each in one way."""

import numpy as np
from harness import broken

from prodgen_sdk.testing.contracts import BodyParserContract, CompositorContract
from prodgen_sdk.testing.fakes.people import OutlineBodyParser, PatchCompositor
from prodgen_sdk.types import Refusal, TryOn


class EditedBody(OutlineBodyParser):
    def parse(self, photos, ctx):
        return [
            body.model_copy(update=self.edit(photo, body))
            for photo, body in zip(photos, super().parse(photos, ctx), strict=True)
        ]


@broken(BodyParserContract, "shapes_and_ranges")
class ForgetsALandmark(EditedBody):
    def edit(self, photo, body):
        return {"landmarks": body.landmarks[:32]}


@broken(BodyParserContract, "finds_the_person")
class GivesFractions(EditedBody):
    def edit(self, photo, body):
        height, width = photo.image.shape[:2]
        return {"landmarks": body.landmarks / np.array([width, height, 1], np.float32)}


@broken(BodyParserContract, "shapes_and_ranges")
class GivesLogits(EditedBody):
    def edit(self, photo, body):
        return {"landmarks": body.landmarks + np.array([0, 0, 4], np.float32)}


@broken(BodyParserContract, "shapes_and_ranges")
class KeepsTheModelsSize(EditedBody):
    def edit(self, photo, body):
        return {"parts": {"upper": body.parts["upper"][::2, ::2]}}


@broken(BodyParserContract, "shapes_and_ranges")
class HasAHardMask(EditedBody):
    def edit(self, photo, body):
        return {"person": body.person > 0.5}


@broken(BodyParserContract, "shapes_and_ranges")
class NamesAnUndeclaredPart(EditedBody):
    def edit(self, photo, body):
        return {"parts": {**body.parts, "tail": body.person}}


@broken(BodyParserContract, "nobody")
class SeesGhosts(EditedBody):
    def edit(self, photo, body):
        return {"people": 1, "confidence": max(body.confidence, 0.3)}


@broken(BodyParserContract, "finds_the_person")
class SeesNobody(EditedBody):
    def edit(self, photo, body):
        return {"people": 0, "confidence": 0.0}


@broken(BodyParserContract, "alone_as_in_a_batch")
class TracksBetweenPhotos(OutlineBodyParser):
    def parse(self, photos, ctx):
        bodies = super().parse(photos, ctx)
        first = bodies[0].landmarks
        return [b.model_copy(update={"landmarks": (b.landmarks + first) / 2}) if b.people else b for b in bodies]


@broken(BodyParserContract, "does_not_change_its_input", "alone_as_in_a_batch")
class DrawsTheSkeleton(EditedBody):
    def edit(self, photo, body):
        photo.image[5, 5] = 0
        return {}


class EditedTryOn(PatchCompositor):
    def compose(self, batch, ctx):
        results = zip(batch, super().compose(batch, ctx), strict=True)
        return [self._edited(r, t) if isinstance(t, TryOn) else t for r, t in results]

    def _edited(self, request, result):
        return TryOn.model_construct(**{**vars(result), **self.edit(request, result)})


@broken(
    CompositorContract,
    "outside_the_edit_mask_nothing_changes",
    "the_request_mask_is_respected",
    "a_clip_gives_an_answer_a_frame",
)
class LeaksOnePixel(EditedTryOn):
    def edit(self, request, result):
        image = result.image.copy()
        y, x = np.argwhere(~result.edit_mask)[-1]
        image[y, x] ^= 1
        return {"image": image}


@broken(CompositorContract, "outside_the_edit_mask_nothing_changes", "a_clip_gives_an_answer_a_frame")
class FeathersOutwards(EditedTryOn):
    def edit(self, request, result):
        mask = result.edit_mask.copy()
        mask[:, : mask.shape[1] // 2] = False
        return {"edit_mask": mask}


@broken(CompositorContract, "the_request_mask_is_respected")
class IgnoresTheMask(PatchCompositor):
    def compose(self, batch, ctx):
        return super().compose([request.model_copy(update={"mask": None}) for request in batch], ctx)


@broken(
    CompositorContract,
    "dresses_the_person",
    "size_and_shapes",
    "outside_the_edit_mask_nothing_changes",
    "the_request_mask_is_respected",
    "a_clip_gives_an_answer_a_frame",
)
class ScalesThePhoto(EditedTryOn):
    def edit(self, request, result):
        return {"image": result.image[::2, ::2].copy()}


@broken(CompositorContract, "size_and_shapes")
class GivesRgbLayers(EditedTryOn):
    def edit(self, request, result):
        return {"layers": tuple(layer.model_copy(update={"image": layer.image[..., :3]}) for layer in result.layers)}


@broken(CompositorContract, "dresses_the_person")
class ChangesNothing(EditedTryOn):
    def edit(self, request, result):
        return {"image": request.person.image.copy()}


@broken(CompositorContract, "does_not_change_its_input", "the_request_mask_is_respected")
class PaintsOnThePhoto(EditedTryOn):
    def edit(self, request, result):
        if request.mask is not None:
            request.person.image[0, 0] = 0
        return {}


@broken(CompositorContract, "does_not_change_its_input")
class NarrowsTheCallersMask(EditedTryOn):
    def edit(self, request, result):
        if request.mask is not None:
            request.mask[0] = False
        return {}


@broken(CompositorContract, "same_request_same_pixels", "alone_as_in_a_batch")
class AddsFreshNoise(EditedTryOn):
    def edit(self, request, result):
        image = result.image.copy()
        image[result.edit_mask] = np.random.default_rng().integers(0, 90, 3)
        return {"image": image}


@broken(CompositorContract, "alone_as_in_a_batch")
class DependsOnTheBatch(PatchCompositor):
    def compose(self, batch, ctx):
        garment = batch[0].garments[0]
        dark = garment.model_copy(update={"front": garment.front // 2})
        return super().compose(
            [r.model_copy(update={"garments": (dark,)}) if len(batch) > 1 else r for r in batch], ctx
        )


@broken(CompositorContract, "refuses_a_photo_of_nobody")
class DressesNobody(PatchCompositor):
    def compose(self, batch, ctx):
        dressed = super().compose(batch, ctx)
        good = next((result for result in dressed if isinstance(result, TryOn)), None)
        return [good or result if isinstance(result, Refusal) else result for result in dressed]


@broken(CompositorContract, "refuses_a_photo_of_nobody")
class RefusesTheWholeBatch(PatchCompositor):
    def compose(self, batch, ctx):
        dressed = super().compose(batch, ctx)
        refusal = next((result for result in dressed if not isinstance(result, TryOn)), None)
        return [refusal] * len(batch) if refusal else dressed


@broken(CompositorContract, "refuses_a_photo_of_nobody")
class RefusesWithoutAWord(PatchCompositor):
    def compose(self, batch, ctx):
        dressed = super().compose(batch, ctx)
        return [r if isinstance(r, TryOn) else r.model_copy(update={"what_to_do": ""}) for r in dressed]


@broken(CompositorContract, "layers_of_garments", max_garments=2)
class TakesFewerThanItSays(PatchCompositor):
    def compose(self, batch, ctx):
        results = super().compose(batch, ctx)
        refusal = Refusal(code="layers", reason="One garment at a time.", what_to_do="Take one off.")
        return [refusal if len(r.garments) > 1 else result for r, result in zip(batch, results, strict=True)]


@broken(CompositorContract, "categories_of_the_spec", categories=("top", "spacesuit"))
class DressesAstronauts(PatchCompositor):
    pass
