"""`render/asset`: pictures of a product from its asset: the numbers, colours and artwork of a parametric family."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from prodgen_render.asset.look import AssetLook
from prodgen_render.drawing import Drawer
from prodgen_render.families import FAMILIES, family_of
from prodgen_render.families.traits import traits_of
from prodgen_render.looks.finishes import FINISH, OWN, code_of
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Model3D
from prodgen_render.parametric import look_of, model_with
from prodgen_render.rendering.quality import DRAFT, FINAL
from prodgen_render.shapes.detail import detail
from prodgen_render.words.reading import colours_of, material_of, pattern_of
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.interfaces import Renderer
from prodgen_sdk.types import AssetRequest, Finish, Generated, Product, ProductAsset

DRAFT_DETAIL = 0.35
"""Share of the resolution of meshes and surfaces in a draft."""
_ROUGH = 0.1
"""The same where nothing but colours is looked at."""


def sketch_of(product: Product) -> ProductAsset:
    """What the words fix of an asset; all proportions 0.5, no artwork.

    >>> sketch_of(Product(sku="m", title="蓝色陶瓷马克杯", category="home/mug")).colour
    '#2f62ad'
    """
    family, _ = family_of(product)
    traits = traits_of(family.name)
    colours = colours_of(product)
    material = traits.material(material_of(product))
    pattern = pattern_of(product) or "plain"
    return ProductAsset(
        family=family.name,
        proportions=(0.5,) * len(traits.draws),
        material=material,
        finish=Finish(**FINISH.get(material, {})),
        colour=colours[0][1] if colours else None,
        accent=colours[1][1] if len(colours) > 1 else None,
        pattern=pattern,
        layout=traits.layout(pattern, material),
    )


class _Unprinted(AssetLook):
    """A look that notes what a label would be printed on, unless that is a colour by chance."""

    @property
    def label_pixels(self) -> int:
        return 64

    def print(
        self, picture: Image.Image, area: tuple[int, int, int, int], base: Srgb, style: str, ink: Srgb | None, art: bool,
        words: str,
    ) -> None:  # fmt: skip
        if art and code_of(base) != self._drawn[0]:
            self.noted.setdefault("ground", code_of(base))


def _ground_of(product: Product, sketch: ProductAsset) -> str | None:
    """The colour that artwork is laid over where it is another than the main one: that of a package's label, or of a material that
    keeps its own; None where the design decides.
    """
    traits = traits_of(sketch.family)
    look = _Unprinted.of(product, sketch, traits.draws)
    if sketch.layout == "label" and traits.layouts["plain"] == "label":
        with detail(_ROUGH):
            FAMILIES[sketch.family].build(look)
        return look.noted.get("ground")
    if sketch.layout in ("tile", "surface") and sketch.colour is None and sketch.material in OWN:
        shown = 255 * to_srgb(look.plain(sketch.material).mean_colour)
        return code_of(shown.round().astype(int).tolist())
    return None


def asset_of(product: Product, seed: int = 0) -> ProductAsset:
    """The asset of what `render/parametric` draws of a product: the same shape, materials and colours, without its artwork."""
    family, look = look_of(product, seed)
    family.build(look)
    traits = traits_of(family.name)
    sketch = sketch_of(product)
    material = look.noted.get("material") or sketch.material
    return sketch.model_copy(
        update={
            "proportions": tuple(look.drawn.get(name, 0.5) for name in traits.draws),
            "material": material,
            "finish": Finish(**FINISH.get(material, {})),
            "colour": look.noted.get("colour"),
            "accent": look.noted.get("accent"),
            "layout": traits.layout(sketch.pattern, material),
        }
    )


def model_of(product: Product, asset: ProductAsset, *, share: float = 1.0) -> Model3D:
    """The model of an asset. `product` gives what is written on it, and what its words say that no number does.

    Args:
        share: of the resolution of meshes and of pictures on surfaces, for drafts.

    Raises:
        InputError: the asset has more proportions than its family.
    """
    family, traits = FAMILIES[asset.family], traits_of(asset.family)
    if len(asset.proportions) > len(traits.draws):
        raise InputError(
            f"The asset has {len(asset.proportions)} proportions; the family {asset.family} has {len(traits.draws)}.",
            hint="It was made for a newer version of prodgen-render: start from Renderer.sketch, or upgrade.",
        )
    chosen, fallback = family_of(product)
    return model_with(
        family, product, lambda given: AssetLook.of(product, asset, traits.draws, share, given),
        fallback if chosen is family else "", share,
    )  # fmt: skip


class AssetRenderer(Drawer, Renderer):
    """Draws assets with the ray tracer of this plugin."""

    def sketch(self, products: Sequence[Product], ctx: Context) -> Sequence[ProductAsset]:
        """What the words fix of each product."""
        return [
            sketch.model_copy(update={"ground": _ground_of(product, sketch)})
            for product, sketch in ((product, sketch_of(product)) for product in products)
        ]

    def draw(self, batch: Sequence[AssetRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request, with the product's mask."""

        def build(place: int) -> Model3D:
            asked = batch[place]
            return model_of(asked.request.product, asked.asset, share=DRAFT_DETAIL if asked.draft else 1.0)

        requests = [asked.request for asked in batch]
        return self.views(requests, build, ctx, lambda place: DRAFT if batch[place].draft else FINAL)
