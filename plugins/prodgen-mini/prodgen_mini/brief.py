"""What is asked of a design: read out of a product by the renderer and the describer that are installed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_mini.space import LAYOUTS, Space
from prodgen_mini.units import rgb_of
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound, ProdgenError
from prodgen_sdk.images.colour import LUMINANCE, to_linear
from prodgen_sdk.types import GenerationRequest, Product, ProductAsset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RENDERER = "render/asset"
_PAPER = (246, 243, 236)
_PALE = 0.7
"""Relative luminance from which paper is not seen beside a colour: that of cream."""
_FADE = 0.72
"""How far a gradient goes from its colour to paper."""
_COLOURS = ("#c3272b", "#2f62ad", "#3f8a55", "#e9802c", "#f0c33c", "#7a55a3", "#1f7f86", "#eda5b6", "#1f2f55")
"""Of products that name none."""
_NO = re.compile(r"\b(?:no|not|without)\b|不要|没有|无", re.IGNORECASE)
"""What may stand before that which is unwanted."""
_UNLIKE = 0.35
"""How far in RGB they are from a colour that is unwanted."""


@dataclass(frozen=True, eq=False)
class Brief:
    """What the words of a product fix.

    Args:
        sketch: as the renderer reads them.
        condition: float32 [condition]; `negative` the same of what is unwanted, or None.
        warnings: what a person should know.
    """

    sketch: ProductAsset
    condition: Floats
    negative: Floats | None = None
    warnings: tuple[str, ...] = ()


def renderer_of(ctx: Context) -> Any:
    """The renderer that draws designs.

    Raises:
        NotFound: none is installed; the hint says how to add it.
    """
    try:
        return ctx.lookup("renderer", RENDERER)
    except NotFound:
        raise NotFound(
            "gan/mini, vae/mini and diffusion/mini make designs, and the renderer that draws them is missing.",
            hint="Run: pip install prodgen-render",
        ) from None


def briefs_of(
    requests: Sequence[GenerationRequest], space: Space, ctx: Context, *, part: str = "", negatives: bool = False
) -> list[Brief]:
    """One brief per request.

    Args:
        part: of the network that asks, so that one seed is not one colour of all.
        negatives: whether the condition of what must not be there is wanted, too.
    """
    products = [_described(request.product, ctx) for request in requests]
    renderer = renderer_of(ctx)
    sketches = renderer.sketch(products, ctx)
    briefs = []
    for request, product, read in zip(requests, products, sketches, strict=True):
        unwanted = None
        unwelcome = _NO.sub(" ", request.negative[:300]).strip()
        if any(map(str.isalnum, unwelcome)):
            (unwanted,) = renderer.sketch([Product(sku="negative", title=unwelcome, category=product.category)], ctx)
        sketch = _grounded(read, f"{part}|{request.seed}colour", unwanted)
        sketch = sketch if unwanted else with_second_colour(sketch)
        warnings = _warnings(sketch, space)
        if _is_unknown_print(sketch, space):
            sketch = sketch.model_copy(update={"layout": "none"})  # without artwork the renderer draws what it can
        condition = space.condition_of(as_learnt(sketch, product.category.split("/")[0], space))
        negative = None
        if negatives and unwanted:
            negative, clash = _negative(condition, sketch, unwanted, space)
            warnings += clash
        briefs.append(Brief(sketch, condition, negative, warnings))
    return briefs


def _grounded(sketch: ProductAsset, lot: str, unwanted: ProductAsset | None) -> ProductAsset:
    """With a colour, drawn by lot, that artwork is laid over where nothing names one: a network that is told none gives a muddy one."""
    if sketch.layout == "none" or sketch.colour or sketch.ground:
        return sketch
    avoided = np.array(rgb_of(unwanted.colour if unwanted else None))
    free = [code for code in _COLOURS if np.linalg.norm(np.array(rgb_of(code)) - avoided) > _UNLIKE]
    drawn = int.from_bytes(sha256(lot.encode()).digest()[:8], "big") % len(free)
    return sketch.model_copy(update={"ground": free[drawn]})


def with_second_colour(sketch: ProductAsset) -> ProductAsset:
    """One named colour goes with paper, as in the renderer: a pattern lies on it or fades into it, and other parts are of it.

    The networks' own second colours lie between those that they saw: a sky blue gradient ended in black, and a beige carton had a
    grey gable, where made-up products have a white one.

    >>> with_second_colour(ProductAsset(family="mug", proportions=(), pattern="stripes", layout="tile", colour="#c3272b")).accent
    '#f6f3ec'
    """
    main = sketch.colour or sketch.ground
    if main is None or sketch.accent is not None or sketch.layout == "screen":
        return sketch
    colour = np.array(rgb_of(main))
    if to_linear(colour) @ LUMINANCE >= _PALE:
        return sketch
    share = _FADE if sketch.pattern == "gradient" else 1
    second = (255 * colour * (1 - share) + np.array(_PAPER) * share).round().astype(int)
    return sketch.model_copy(update={"accent": "#" + "".join(f"{value:02x}" for value in second)})


def as_learnt(sketch: ProductAsset, domain: str, space: Space) -> ProductAsset:
    """The nearest of what the weights have seen: for a combination that they have not, networks draw blots where the words go.

    Labels and screens of any pattern are asked for as plain ones, or ones with a logo, and a family that came after the training as
    one that was there and whose artwork is of the same kind.
    """
    pattern = sketch.pattern
    if sketch.layout in ("label", "screen") and pattern != "logo":
        pattern = "plain"
    kin, usual = _kin_of(sketch.layout, pattern, domain)
    family = sketch.family if sketch.family in space.families else kin
    material = sketch.material if sketch.material in space.materials else usual
    if sketch.layout == "screen" and family == kin:
        material = usual
    colour = sketch.colour or sketch.ground
    return sketch.model_copy(update={"pattern": pattern, "family": family, "material": material, "colour": colour})


def _kin_of(layout: str, pattern: str, domain: str) -> tuple[str, str]:
    """A family that was learnt from with artwork of a layout, pattern and domain, and its material; cloth has prints, never plain labels."""
    if layout == "screen":
        return "tablet", "aluminium"
    if layout in ("label", "none") and (
        domain in ("food", "beauty", "electronics") or (layout, pattern) == ("label", "plain")
    ):
        return "bottle", "glass"
    return "sweater", "cotton"


def _described(product: Product, ctx: Context) -> Product:
    """With the attributes that the describer finds in its words; what the product states itself is never changed."""
    try:
        (found,) = ctx.lookup("describer").describe([product], (), product.locale, ctx)
    except ProdgenError:
        return product  # none is installed: the renderer reads words too
    return product.model_copy(update={"attributes": {**found.attributes, **product.attributes}})


def _warnings(sketch: ProductAsset, space: Space) -> tuple[str, ...]:
    """What the weights do not know."""
    warnings = []
    if sketch.family not in space.families:
        warnings.append(f"The weights know no family {sketch.family!r}: its proportions are drawn by chance.")
    elif space.families[sketch.family] > len(sketch.proportions):  # those that it has gained since come last
        warnings.append(f"The renderer's {sketch.family} has changed since the weights were trained.")
    if _is_unknown_print(sketch, space):
        warnings.append(f"The weights know no pattern {sketch.pattern!r}: the renderer draws its own.")
    return tuple(warnings)


def _is_unknown_print(sketch: ProductAsset, space: Space) -> bool:
    return sketch.pattern not in space.patterns and sketch.layout == "tile"


def _negative(
    condition: Floats, wanted: ProductAsset, unwanted: ProductAsset, space: Space
) -> tuple[Floats, tuple[str, ...]]:
    """The condition with what the unwanted words name in place of what was asked; what they do not name stays out of it."""
    other = condition.copy()
    sizes = (len(space.families), len(space.materials), len(space.patterns), len(LAYOUTS))
    starts = np.cumsum((0, *sizes))
    clash: list[str] = []
    if unwanted.pattern != "plain" and unwanted.pattern in space.patterns:
        other[starts[2] : starts[3]] = 0
        other[starts[2] + space.patterns.index(unwanted.pattern)] = 1
        if unwanted.pattern == wanted.pattern:
            clash.append(f"The pattern {wanted.pattern} is both asked for and unwanted: it was asked for.")
    else:
        other[starts[2] : starts[3]] = 0
    if unwanted.colour is not None:
        both = unwanted.model_copy(update={"accent": unwanted.colour})
        other[-8:] = space.condition_of(both)[-8:]
        if unwanted.colour == wanted.colour:
            clash.append(f"The colour {wanted.colour} is both asked for and unwanted: it was asked for.")
    return other, tuple(clash)
