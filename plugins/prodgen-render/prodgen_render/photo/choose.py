"""Which kind of body a product is: what its words say, weighed against how well each kind fits the outline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from prodgen_render.families import family_of
from prodgen_render.photo.revolution import UNTOLD
from prodgen_render.photo.revolved import Revolved
from prodgen_render.words import material_of, words_of
from prodgen_sdk.types import Mask, Product

Shape = Literal["revolution", "cuboid", "sheet", "relief"]
SHAPES: tuple[Shape, ...] = ("revolution", "cuboid", "sheet", "relief")

_FAMILIES: dict[str, Shape] = {
    **dict.fromkeys(("bottle", "can", "jar", "mug", "bowl", "plate", "vase", "candle", "lamp", "lipstick", "cream-jar", "pump-bottle"), "revolution"),
    **dict.fromkeys(("box", "cereal-box", "carton", "phone", "tablet"), "cuboid"),
    **dict.fromkeys(("tshirt", "sweater", "hoodie", "trousers", "dress", "skirt", "tote-bag", "coffee-bag", "cushion"), "sheet"),
    **dict.fromkeys(("sneakers", "chair", "stool", "table", "sofa", "camera", "headphone-stand", "earbuds", "watch", "cap"), "relief"),
}  # fmt: skip
_USUALLY: dict[str, Shape] = {
    "beanie": "revolution",
    "tin": "revolution",
    "speaker": "cuboid",
    "perfume": "cuboid",
    "laptop": "relief",
}
"""What families mostly are that `shape_of_family` says nothing of."""
_ROUND = ("can", "jar", "mug", "bowl", "plate", "vase", "candle", "lipstick", "cream-jar", "lamp", "beanie", "tin")
_OPEN = ("mug", "bowl", "plate")
_BACKED = ("chair",)
_ROUND_SEATS = ("stool",)
_ROUND_BOTTLES = re.compile(
    r"\b(wine|beer|champagne|whisk(e)?y|vodka|gin|rum|olive oil|soda|cola|juice|milk|water)\b|玻璃|葡萄酒|红酒|白酒|啤酒|香槟|威士忌|橄榄油|汽水|可乐|果汁|牛奶|矿泉水"
)
"""Bottles of these are hardly ever flat."""
_DEPTHS = {
    "phone": 0.11, "tablet": 0.05, "cereal-box": 0.32, "carton": 1.0, "tshirt": 0.3, "sweater": 0.28, "hoodie": 0.32, "trousers": 0.5, "dress": 0.65, "skirt": 0.7,
    "beanie": 1.0, "cap": 1.3, "tote-bag": 0.4, "coffee-bag": 0.46, "cushion": 0.36, "sneakers": 0.33, "chair": 1.0, "stool": 1.0, "table": 0.6, "sofa": 0.42,
    "camera": 0.65, "earbuds": 0.7, "headphone-stand": 0.57, "speaker": 0.9,
}  # fmt: skip
"""Usual depths as shares of the width, as the products hang or stand."""
_WORD, _AGAINST = 0.05, 0.02
_UNKNOWN = 0.955
"""What a body has to fit by to be preferred to a relief, where words say nothing."""


def shape_of_family(name: str) -> Shape | None:
    """The kind of body that suits a family of `families`, if one is sure to."""
    return _FAMILIES.get(name)


@dataclass(frozen=True)
class Words:
    """What a product's words say about its body.

    Args:
        shape: None where they say nothing.
        round: whether its section is a circle for certain.
        open: whether one can look into it from above.
        depth: usual depth as a share of the width, where its kind has one.
        backed: whether what rises above its seat is a back.
        round_seat: whether its seat is a disc.
    """

    shape: Shape | None = None
    round: bool = False
    open: bool = False
    depth: float | None = None
    backed: bool = False
    round_seat: bool = False


def read_words(product: Product) -> Words:
    """What a product's words say.

    >>> read_words(Product(sku="m", title="Red mug", category="home/mug"))
    Words(shape='revolution', round=True, open=True, depth=None, backed=False, round_seat=False)
    >>> read_words(Product(sku="x", title="?", category="other/thing")).shape is None
    True
    """
    family, fallback = family_of(product)
    nothing, nearest = fallback.startswith("no model") and "fits the words" not in fallback, "nearest" in fallback
    if nothing:
        return Words()
    return Words(
        _FAMILIES.get(family.name, _USUALLY.get(family.name)),
        family.name in _ROUND or (family.name == "bottle" and _round_bottle(product)),
        family.name in _OPEN and not nearest,
        _DEPTHS.get(family.name),
        family.name in _BACKED,
        family.name in _ROUND_SEATS,
    )


def _round_bottle(product: Product) -> bool:
    return material_of(product) == "glass" or _ROUND_BOTTLES.search(words_of(product)) is not None


@dataclass(frozen=True)
class Choice:
    """The kind that was chosen, how sure that is (0 to 1), and the score of each kind."""

    shape: Shape
    confidence: float
    scores: dict[str, float]


def choose(
    words: Words, body: Revolved | None, slivers: float, attached: float, box_fit: float, holed: bool = False
) -> Choice:
    """Weighs the kinds.

    Args:
        body: the body of revolution that was fitted, if one could be.
        slivers: share of the outline that it leaves out in thin strips: the outline is not symmetric after all.
        attached: share that it leaves out in pieces: handles.
        box_fit: intersection over union of the cuboid.
        holed: whether one can look through the product somewhere, as through a handle.
    """
    # Without a reason to expect a handle, what stands off is a sign that the product is not round.
    handled = holed or words.shape == "revolution"
    scores = {
        "revolution": 0.0 if body is None else min(body.fit, 1 - slivers) - (0.25 if handled else 1.0) * attached,
        "cuboid": box_fit,
        "relief": _UNKNOWN,
        "sheet": _UNKNOWN - 0.01,
    }
    if body is not None and words.shape is None:
        # Hardly any depth in the outline's ends: they are straight, as those of boxes are.
        scores["revolution"] -= 0.02 if body.squash == UNTOLD else 0.03 * max(0.0, 0.7 - body.squash)
    if words.shape is not None:
        for name in scores:
            scores[name] += _WORD if name == words.shape else -_AGAINST
        if words.shape == "sheet":
            # A folded shirt is as rectangular as a box, and a symmetric one as a vase.
            scores["sheet"] += 0.05
    best = max(SHAPES, key=lambda name: scores[name])
    second = max(value for name, value in scores.items() if name != best)
    margin = scores[best] - second
    sure = 1 / (1 + np.exp(-(margin - 0.005) / 0.012))
    if best in ("relief", "sheet"):
        sure = 0.75 * sure if words.shape is None else 0.9 * sure
    return Choice(
        best, round(float(np.clip(sure, 0.05, 0.99)), 3), {name: round(value, 4) for name, value in scores.items()}
    )


def leftovers(mask: Mask, body: Revolved) -> tuple[Mask, float, float]:
    """What a body leaves out of an outline: the pieces (handles, spouts), their share, and the share of thin strips."""
    from scipy import ndimage

    from prodgen_render.photo.revolved import picture_of

    rest = mask & ~picture_of(body, mask.shape)
    size = max(2, round(0.012 * max(np.ptp(np.flatnonzero(mask.any(1))), np.ptp(np.flatnonzero(mask.any(0))))))
    core = ndimage.binary_erosion(rest, iterations=size)
    pieces = ndimage.binary_propagation(core, mask=rest)
    labels, count = ndimage.label(pieces)
    if count:
        areas = np.bincount(labels.reshape(-1))[1:]
        pieces = np.isin(labels, np.flatnonzero(areas > 0.008 * mask.sum()) + 1)
    total = float(mask.sum())
    return pieces, float(pieces.sum()) / total, float((rest & ~pieces).sum()) / total


def holed(mask: Mask) -> bool:
    """Whether background shows through the product."""
    from scipy import ndimage

    return float((ndimage.binary_fill_holes(mask) & ~mask).sum()) > 0.008 * float(mask.sum())
