"""Renderers that break their contract, each in one way."""

import numpy as np
from harness import broken

from prodgen_sdk.testing.contracts import RendererContract
from prodgen_sdk.testing.fakes.pictures import BoxRenderer
from prodgen_sdk.types import Generated


class Edited(BoxRenderer):
    """The fake, with every image changed by `edit`; not validated, as `model_construct` in a plugin would be."""

    def draw(self, batch, ctx):
        made = super().draw(batch, ctx)
        return [[self._edited(a, p) for p in pictures] for a, pictures in zip(batch, made, strict=True)]

    def _edited(self, asked, picture):
        return Generated.model_construct(**{**vars(picture), **self.edit(asked, picture)})


class Sketched(BoxRenderer):
    def sketch(self, products, ctx):
        return [
            asset.model_copy(update=self.edit(place, asset))
            for place, asset in enumerate(super().sketch(products, ctx))
        ]


@broken(RendererContract, "families_of_the_spec", "one_sketch_a_product", families=())
class KnowsNoFamily(BoxRenderer):
    pass


@broken(RendererContract, "one_sketch_a_product")
class GuessesProportions(Sketched):
    def edit(self, place, asset):
        return {"proportions": (0.3,)}


@broken(RendererContract, "same_words_same_sketch")
class SketchesByPlace(Sketched):
    def edit(self, place, asset):
        return {"accent": f"#{place:06x}"}


@broken(RendererContract, "a_sketch_can_be_drawn")
class DrawsNothingWithoutArtwork(Edited):
    def edit(self, asked, picture):
        return {} if asked.asset.artwork is not None else {"image": np.full_like(picture.image, 255)}


@broken(RendererContract, "one_picture_a_view_in_order")
class SortsTheViews(BoxRenderer):
    def draw(self, batch, ctx):
        return [sorted(pictures, key=lambda p: p.view.azimuth, reverse=True) for pictures in super().draw(batch, ctx)]


@broken(RendererContract, "pictures")
class DraftsSmall(Edited):
    def edit(self, asked, picture):
        return {"image": picture.image[::2, ::2]} if asked.draft else {}


@broken(RendererContract, "transparent")
class KnowsNoAlpha(Edited):
    def edit(self, asked, picture):
        return {"image": np.ascontiguousarray(picture.image[..., :3])}


@broken(RendererContract, "the_asset_is_drawn")
class AlwaysBlue(BoxRenderer):
    def draw(self, batch, ctx):
        return super().draw(
            [a.model_copy(update={"asset": a.asset.model_copy(update={"colour": "#2f62ad"})}) for a in batch], ctx
        )


@broken(RendererContract, "wrong_number_of_proportions")
class TakesWhatComes(BoxRenderer):
    def draw(self, batch, ctx):
        return super().draw(
            [
                a.model_copy(update={"asset": a.asset.model_copy(update={"proportions": a.asset.proportions[:1]})})
                for a in batch
            ],
            ctx,
        )


@broken(RendererContract, "same_request_same_pixels")
class ShadesByPlace(BoxRenderer):
    def draw(self, batch, ctx):
        return [
            [Generated.model_construct(**{**vars(p), "image": p.image - np.uint8(9 * place)}) for p in pictures]
            for place, pictures in enumerate(super().draw(batch, ctx))
        ]


@broken(RendererContract, "does_not_change_its_input")
class DrawsOnTheArtwork(BoxRenderer):
    def draw(self, batch, ctx):
        made = super().draw(batch, ctx)
        for asked in batch:
            if asked.asset.artwork is not None:
                asked.asset.artwork[:2] = 7
        return made
