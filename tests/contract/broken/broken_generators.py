"""Generators that break their contract, each in one way."""

import numpy as np
from harness import broken

from prodgen_sdk.specs import Needs
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.testing.fakes.pictures import SolidGenerator
from prodgen_sdk.types import Generated


class Edited(SolidGenerator):
    """The fake, with every image changed by `edit`; not validated, as `model_construct` in a plugin would be."""

    def generate(self, batch, ctx):
        made = super().generate(batch, ctx)
        return [[self._edited(r, p) for p in pictures] for r, pictures in zip(batch, made, strict=True)]

    def _edited(self, request, picture):
        return Generated.model_construct(**{**vars(picture), **self.edit(request, picture)})


@broken(
    GeneratorContract,
    "one_picture_a_view_in_order",
    "size_and_dtype",
    "mask_and_facts",
    "same_seed_same_pixels",
    "alone_as_in_a_batch",
)
class ForgetsTheLastRequest(SolidGenerator):
    def generate(self, batch, ctx):
        return super().generate(batch, ctx)[: max(1, len(batch) - 1)]


@broken(GeneratorContract, "one_picture_a_view_in_order", "view_alone_as_in_a_set")
class SortsTheViews(SolidGenerator):
    def generate(self, batch, ctx):
        return [
            sorted(pictures, key=lambda p: p.view.azimuth, reverse=True) for pictures in super().generate(batch, ctx)
        ]


@broken(GeneratorContract, "alone_as_in_a_batch")
class SeedsByPlaceInTheBatch(SolidGenerator):
    def generate(self, batch, ctx):
        return super().generate([r.model_copy(update={"seed": place}) for place, r in enumerate(batch)], ctx)


@broken(GeneratorContract, "view_alone_as_in_a_set")
class SeedsByPlaceOfTheView(SolidGenerator):
    def _picture(self, request, view, ctx):
        seed = request.seed % 1000 + request.views.index(view)
        return super()._picture(request.model_copy(update={"seed": seed}), view, ctx)


@broken(GeneratorContract, "same_seed_same_pixels", "alone_as_in_a_batch", "view_alone_as_in_a_set")
class DrawsFromTheClock(SolidGenerator):
    def _picture(self, request, view, ctx):
        seed = int(np.random.default_rng().integers(2**31))
        return super()._picture(request.model_copy(update={"seed": seed}), view, ctx)


@broken(GeneratorContract, deterministic=False)
class SaysThatItIsRandom(DrawsFromTheClock):
    """No failure: a spec with deterministic=False promises no repeatability."""


@broken(GeneratorContract, "another_seed_is_allowed")
class SpoilsBigSeeds(Edited):
    def edit(self, request, picture):
        return {"image": picture.image[:8]} if request.seed > 2**32 else {}


@broken(GeneratorContract, "smallest_size")
class PromisesTooSmallASize(Edited):
    def edit(self, request, picture):
        image = np.pad(picture.image, ((0, 8), (0, 8), (0, 0)), "edge")
        return {"image": image} if request.size < 64 else {}


@broken(GeneratorContract, "size_and_dtype", "smallest_size", "another_seed_is_allowed", "mask_and_facts")
class DoublesTheSize(Edited):
    def edit(self, request, picture):
        return {"image": picture.image.repeat(2, axis=0).repeat(2, axis=1)}


@broken(GeneratorContract, "size_and_dtype", "the_product_is_visible", "background", "strange_product")
class GivesFloats(Edited):
    def edit(self, request, picture):
        return {"image": picture.image.astype(np.float32) / 255}


@broken(
    GeneratorContract,
    "size_and_dtype",
    "smallest_size",
    "another_seed_is_allowed",
    "background",
    "mask_and_facts",
    "strange_product",
)
class GivesChannelsFirst(Edited):
    def edit(self, request, picture):
        return {"image": picture.image.transpose(2, 0, 1)}


@broken(GeneratorContract, "background")
class AlmostWhite(Edited):
    def edit(self, request, picture):
        return {"image": np.minimum(picture.image, 254)} if request.scene.background == "white" else {}


@broken(GeneratorContract, "background")
class NeverTransparent(Edited):
    def edit(self, request, picture):
        return {"image": picture.image[..., :3].copy()}


@broken(GeneratorContract, "background")
class OpaqueRgba(Edited):
    def edit(self, request, picture):
        image = picture.image.copy()
        image[..., 3:] = 255
        return {"image": image}


@broken(GeneratorContract, "background")
class IgnoresTheColour(Edited):
    def edit(self, request, picture):
        image = picture.image.copy()
        image[~picture.mask] = 255
        return {"image": image} if request.scene.background == "colour" else {}


@broken(GeneratorContract, "background")
class TurnsTheGradient(Edited):
    def edit(self, request, picture):
        return {"image": picture.image[::-1].copy()} if request.scene.background == "gradient" else {}


@broken(GeneratorContract, "the_product_is_visible")
class PaintsWhiteOnWhite(Edited):
    def edit(self, request, picture):
        return {"image": np.full_like(picture.image, 255)} if request.scene.background == "white" else {}


@broken(GeneratorContract, "mask_and_facts")
class GivesNumpyFacts(Edited):
    def edit(self, request, picture):
        return {"facts": {"depth": np.float32(1)}}


@broken(GeneratorContract, "mask_and_facts")
class GivesAnEmptyMask(Edited):
    def edit(self, request, picture):
        return {"mask": np.zeros_like(picture.mask)}


@broken(GeneratorContract, "mask_and_facts")
class GivesASoftMask(Edited):
    def edit(self, request, picture):
        return {"mask": picture.mask.astype(np.float32)}


@broken(GeneratorContract, "does_not_change_its_input")
class EditsTheProduct(Edited):
    def edit(self, request, picture):
        request.product.attributes["family"] = "box"
        return {}


@broken(GeneratorContract, "does_not_change_its_input", modes=("photo",))
class EditsThePhoto(Edited):
    def edit(self, request, picture):
        request.references["front"][0, 0] = 0
        return {}


@broken(GeneratorContract, "does_not_change_its_input", modes=("photo",), backgrounds=("white",))
class ReturnsThePhoto(Edited):
    def edit(self, request, picture):
        photo = request.references["front"]
        return {"image": photo} if photo.shape == picture.image.shape else {}


@broken(GeneratorContract, "strange_product")
class KnowsThreeColours(Edited):
    def edit(self, request, picture):
        return {"facts": {"colour": {"blue": 1, "red": 2, "black": 3}[request.product.attributes["colour"]]}}


@broken(GeneratorContract, "modes_and_sizes_of_the_spec", modes=("text",), backgrounds=("white", "beach"))
class ClaimsABeach(SolidGenerator):
    pass


@broken(
    GeneratorContract, "needs_can_be_met", needs=Needs(modules=("opencv-python",), install="pip install opencv-python")
)
class NeedsADistribution(SolidGenerator):
    pass


@broken(GeneratorContract, "needs_can_be_met", needs=Needs(modules=("numpy",)))
class DoesNotSayHowToInstall(SolidGenerator):
    pass


@broken(GeneratorContract, "spec_is_well_formed", summary="Two\nlines.")
class WritesTwoLines(SolidGenerator):
    pass


@broken(GeneratorContract, "spec_is_well_formed", licence="")
class HasNoLicence(SolidGenerator):
    pass


@broken(
    GeneratorContract,
    "one_picture_a_view_in_order",
    "size_and_dtype",
    "smallest_size",
    "the_product_is_visible",
    "mask_and_facts",
    "background",
    "same_seed_same_pixels",
    "another_seed_is_allowed",
    "alone_as_in_a_batch",
    "view_alone_as_in_a_set",
    "does_not_change_its_input",
    "strange_product",
)
class GivesPixelsAlone(SolidGenerator):
    def generate(self, batch, ctx):
        return [[picture.image for picture in pictures] for pictures in super().generate(batch, ctx)]
