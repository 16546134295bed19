"""`render/parametric`: pictures of a product from its words alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from prodgen_render.drawing import Drawer
from prodgen_render.families import Family, family_of
from prodgen_render.families.children import grown
from prodgen_render.families.fitting import fit_of, fitted, sides_of
from prodgen_render.families.several import several
from prodgen_render.looks.finishes import code_of
from prodgen_render.looks.look import Look
from prodgen_render.model import Model3D, Part
from prodgen_render.shapes.detail import detail
from prodgen_render.words.pieces import in_colours, pieces_of
from prodgen_render.words.reading import nearest_colour, undrawn_pattern
from prodgen_sdk.context import Context
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest, Product


def build_model(product: Product, seed: int = 0) -> Model3D:
    """The parametric model of a product.

    The family comes from category and words, materials, colours and pattern from attributes and words; the seed draws
    proportions and whatever the words leave open; where the words state how large it is, it gets these sides. Equal arguments give equal models.

    Returns:
        A model in metres; `facts` name family, material, colour, pattern, size_cm (width, depth and height), and why it is a fallback where it is one.

    >>> build_model(Product(sku="m", title="Red ceramic mug", category="home/mug"), seed=3).facts["family"]
    'mug'
    """
    family, fallback = family_of(product)
    return model_with(family, product, partial(_look, family, product, seed), fallback)


def look_of(product: Product, seed: int) -> tuple[Family, Look]:
    """The family of a product, and the look with which it is built."""
    family, _ = family_of(product)
    fit = fit_of(family, product, partial(_look, family, product, seed))
    return family, _look(family, product, seed, fit.draws if fit else {})


def model_with(
    family: Family,
    product: Product,
    look_with: Callable[[Mapping[str, float]], Look],
    fallback: str = "",
    share: float = 1.0,
) -> Model3D:
    """The model of a product, at the size that its words state.

    Args:
        look_with: a new look of the product, with some of its draws given.
        fallback: why it is of another family, if it is.
        share: of the resolution of meshes, for drafts.
    """
    fit = fit_of(family, product, look_with)
    look = look_with(fit.draws if fit else {})
    with detail(share):
        parts, note = tuple(grown(family.name, product, family.build(look))), ""
    if fit:
        parts, note = fitted(family, parts, fit)
    return Model3D(parts, facts_of(family, look, parts, [text for text in (fallback, note) if text]))


def _look(family: Family, product: Product, seed: int, given: Mapping[str, float]) -> Look:
    digest = hashlib.sha256(f"{seed}|{family.name}".encode()).digest()
    return Look(product, np.random.default_rng(int.from_bytes(digest[:8], "big")), given)


def facts_of(family: Family, look: Look, parts: Sequence[Part], notes: Sequence[str]) -> dict[str, Any]:
    """What is known of a model that was built with a look."""
    drawn = to_srgb(parts[0].material.mean_colour) * 255
    pattern = look.pattern_name if look.pattern_name == "logo" else look.noted.get("pattern", "plain")
    rgb = look.noted.get("rgb") or code_of(drawn.round().astype(int).tolist())
    facts: dict[str, Any] = {
        "family": family.name,
        "material": look.noted.get("material") or parts[0].material.name,
        "colour": look.colour_name or ("multicolour" if look.inks and pattern != "plain" else nearest_colour(rgb)),
        "rgb": rgb,
        "pattern": pattern,
        "size_cm": [round(100 * side, 1) for side in sides_of(family, parts).tolist()],
    }
    notes = list(notes)
    if instead := look.noted.get("instead"):
        notes.append(f"the shape {family.name!r} has no such kind: drawn as {instead}")
    if lacking := undrawn_pattern(look.product):
        notes.append(f"there is no pattern {lacking!r}: drawn {pattern}")
    if look.pattern_name != pattern:
        notes.append(f"the shape {family.name!r} takes no pattern: drawn {pattern}, not {look.pattern_name}")
    if notes:
        facts["fallback"] = "; ".join(notes)
    return facts


class ParametricGenerator(Drawer, Generator):
    """Draws a parametric model of each product."""

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request, with the product's mask."""

        def build(place: int) -> Model3D:
            product = batch[place].product
            count, seed = pieces_of(product), batch[place].seed
            model, *others = (build_model(each, seed) for each in in_colours(product, count))
            return several(model, count, others)

        return self.views(batch, build, ctx)
