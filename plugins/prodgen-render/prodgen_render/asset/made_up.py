"""Made-up products as assets: shape, finish, colours and artwork drawn from a seed, without building a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.asset.art import accents_for, draw_artwork, quiet_accents
from prodgen_render.asset.generator import sketch_of
from prodgen_render.datasets.made_up import made_up_product
from prodgen_render.families.traits import traits_of
from prodgen_render.looks.finishes import FABRICS, METALS, OWN, code_of, srgb
from prodgen_render.looks.patterns import Srgb
from prodgen_render.words.reading import nearest_colour
from prodgen_sdk.types import Finish, Product, ProductAsset

_WARES = ("mug", "bowl", "plate", "vase")


@dataclass(frozen=True, eq=False)
class MadeUp:
    """A made-up product, its asset, and the name of its artwork's design."""

    product: Product
    asset: ProductAsset
    style: str


def made_up_goods(number: int, seed: int = 0) -> Product:
    """The product of a number, as `made_up_product` has it, with a shade of its own that its attributes state in sRGB.

    Some state the second colour too, and some wares are speckled.
    """
    product = made_up_product(number, seed)
    rng = np.random.default_rng([seed, number, 1])
    attributes = dict(product.attributes)
    named = srgb(sketch_of(product).colour or "#808080")
    shade = _near(named, str(attributes["colour"]), rng)
    attributes["colour_rgb"] = code_of(shade)
    if rng.random() < 0.3:
        attributes["accent_rgb"] = code_of(accents_for(shade, rng, 1)[0])
    if product.family in _WARES and attributes["pattern"] == "plain" and rng.random() < 0.3:
        attributes["pattern"] = "speckle"
    return product.model_copy(update={"attributes": attributes})


def made_up_asset(product: Product, seed: int) -> MadeUp:
    """An asset of a product; what its words leave open is drawn from the seed, but walnut and the like look as they do.

    Args:
        seed: 0 or more; another one gives another product of the same words.
    """
    rng = np.random.default_rng([seed, 7])
    sketch = sketch_of(product)
    traits = traits_of(sketch.family)
    proportions = rng.random(len(traits.draws)).astype(np.float32)
    colour = srgb(sketch.colour) if sketch.colour else accents_for((128, 128, 128), rng, 1)[0]
    accents = quiet_accents(colour, rng, 3)
    if sketch.accent is not None:
        accents[0] = srgb(sketch.accent)
    aspect = traits.aspect.get(sketch.layout, 1.0)
    artwork, style = draw_artwork(sketch.layout, sketch.pattern, colour, accents, product.domain, rng, aspect)
    asset = sketch.model_copy(
        update={
            "proportions": tuple(float(value) for value in proportions),
            "finish": _varied(sketch.finish, sketch.material, rng),
            "colour": None if sketch.colour is None and sketch.material in OWN else code_of(colour),
            "accent": code_of(accents[0]),
            "artwork": artwork,
        }
    )
    return MadeUp(product, asset, style)


def _varied(finish: Finish, material: str, rng: np.random.Generator) -> Finish:
    """The finish of one product among others of its material: duller or shinier, glazed more or less."""
    roughness = float(np.clip(finish.roughness * rng.uniform(0.75, 1.3), 0.05, 1.0))
    coat, sheen = finish.coat, finish.sheen
    if material in FABRICS:
        sheen = min(2.0, sheen * float(rng.uniform(0.6, 1.5)))
    elif material not in METALS:
        coat = float(np.clip(coat * rng.uniform(0.4, 1.4), 0, 1))
    return finish.model_copy(
        update={"roughness": round(roughness, 4), "coat": round(coat, 4), "sheen": round(sheen, 4)}
    )


def _near(colour: Srgb, name: str, rng: np.random.Generator) -> Srgb:
    """A shade that still has the colour's name."""
    for reach in (22, 14, 8):
        shade = np.clip(np.add(colour, rng.normal(0, reach, 3) * 0.5 + rng.normal(0, reach)), 4, 251).round()
        code: Srgb = tuple(int(v) for v in shade)  # type: ignore[assignment]
        if nearest_colour(code_of(code)) == name:
            return code
    return colour
