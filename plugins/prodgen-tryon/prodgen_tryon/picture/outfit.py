"""Puts several garments on in their order: which lie over which, what is tucked in, and how large each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from prodgen_sdk.types import Closure, Garment, TryOnRequest
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float
from prodgen_tryon.fit.legs import fit_legs, fit_skirt
from prodgen_tryon.fit.overall import fit_overall
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.fit.sizes import Size, check_proportions, measures, size_of
from prodgen_tryon.fit.top import TopOptions, fit_top
from prodgen_tryon.fit.worn import wearing
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.garment.legs import LegShape
from prodgen_tryon.garment.overall import OverallShape
from prodgen_tryon.garment.piece import Piece
from prodgen_tryon.picture.compose_legs import compose_legs
from prodgen_tryon.picture.compose_overall import compose_overall
from prodgen_tryon.picture.compose_top import compose_top
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import over
from prodgen_tryon.picture.open_front import open_front
from prodgen_tryon.picture.regions import front

LOWER = ("trousers", "shorts", "skirt")


@dataclass
class Outfit:
    """A person who is being dressed, and what has been put on so far.

    Args:
        person, request: who is dressed, and how.
        keeps_top: outerwear is laid over what is worn instead of replacing it.
        picture: the working picture, float32 RGB.
        body: the person's measures with what was put on.
        legs: lower clothes of the request, with the height of their waistband.
        tops: how many garments cover the chest already.
    """

    person: Person
    request: TryOnRequest
    keeps_top: bool
    picture: Float = field(init=False)
    body: Measured = field(init=False)
    legs: Composed | None = None
    waist: float | None = None
    tops: int = 0
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.picture = self.person.image.astype(np.float32)
        self.body = self.person.measured


def order(categories: Sequence[str], tuck: str = "auto") -> list[tuple[int, bool]]:
    """Steps of dressing: a garment's number, and whether it is laid (again) over what was put on before it.

    Lower clothes come first, because a new top may show what the old one hid; those that were named after a top are laid once
    more over it, and under what was named after them. `tuck="out"` leaves tops over them.

    >>> order(["top", "trousers", "outerwear"])
    [(1, False), (0, False), (1, True), (2, False)]
    """
    lower = [i for i, category in enumerate(categories) if category in LOWER]
    steps = [(i, False) for i in lower]
    for i in range(len(categories)):
        if i not in lower:
            steps.append((i, False))
        elif tuck != "out" and any(j not in lower for j in range(i)):
            steps.append((i, True))
    return steps


def lay(outfit: Outfit, piece: Piece, garment: Garment) -> tuple[Composed, tuple[Part, ...]]:
    """Puts one garment on and remembers it in `outfit`."""
    shape, size = piece.shape, _size(outfit, piece, garment)
    if isinstance(shape, LegShape):
        composed, parts = _lay_legs(outfit, piece, shape, size)
    elif isinstance(shape, OverallShape):
        composed, parts = _lay_overall(outfit, piece, shape, size)
    else:
        composed, parts = _lay_top(outfit, piece, shape, size, garment.closure)
    outfit.picture = composed.image
    return composed, parts


def lay_again(outfit: Outfit, composed: Composed) -> None:
    """Lays lower clothes over the tops that were put on after them."""
    alpha = composed.whole * (1 - front(outfit.person))
    outfit.picture = over(outfit.picture, composed.cloth, alpha)


def _size(outfit: Outfit, piece: Piece, garment: Garment) -> Size | None:
    """The garment's size in pixels of the person's photo, where it is known and fits its photo."""
    person, wearer = outfit.person, outfit.request.person
    known = size_of(garment, piece.category, outfit.request.fit.size, wearer)
    if known is None:
        return None
    outfit.warnings += [w for w in known.warnings if w not in outfit.warnings]
    size = known.pixels(person.frame, person.image.shape, wearer.height_cm)
    photo = measures(piece.shape)
    if not size.knows(photo):
        return None
    check_proportions(size, photo)
    return size


def _lay_legs(outfit: Outfit, piece: Piece, shape: LegShape, size: Size | None) -> tuple[Composed, tuple[Part, ...]]:
    person = outfit.person
    fit = fit_skirt if piece.category == "skirt" else fit_legs
    fitted = fit(shape, person.measured, person.legs, outfit.request.fit.style, size=size)
    composed = compose_legs(person, outfit.picture, piece.cutout, fitted)
    outfit.legs, outfit.waist = composed, fitted.waist
    return composed, fitted.parts


def _lay_overall(
    outfit: Outfit, piece: Piece, shape: OverallShape, size: Size | None
) -> tuple[Composed, tuple[Part, ...]]:
    person = outfit.person
    if shape.bib is not None and not outfit.tops:
        outfit.warnings.append("The dungarees are worn over the top of the photo; add a top before them for another.")
    fitted = fit_overall(shape, person.measured, person.legs, outfit.request.fit.style, size=size)
    composed = compose_overall(person, outfit.picture, piece.cutout, fitted, top_worn=outfit.tops > 0)
    outfit.tops += 1
    return composed, fitted.parts


def _lay_top(
    outfit: Outfit, piece: Piece, shape: TopShape, size: Size | None, closure: Closure
) -> tuple[Composed, tuple[Part, ...]]:
    person, coat, dress = outfit.person, piece.category == "outerwear", piece.category == "dress"
    keep_top = outfit.keeps_top and coat
    body = replace(outfit.body, bare={}) if keep_top else outfit.body  # what is worn stays on
    fitted = fit_top(shape, body, _top_options(outfit, piece.category, size))
    if closure == "open" and coat and person.frame.facing != "back":
        panels, gap = open_front(fitted, shape, person.frame)
        fitted = replace(fitted, panels=panels, gap=gap)
    composed = compose_top(
        person,
        outfit.picture,
        piece.cutout,
        fitted,
        keep_top=keep_top,
        top_worn=outfit.tops > 0,
        dress=dress,
        legs=outfit.legs,
    )
    outfit.body = wearing(outfit.body, fitted)
    outfit.tops += 1
    return composed, fitted.parts


def _top_options(outfit: Outfit, category: str, size: Size | None) -> TopOptions:
    """How a top, a dress or a coat is worn over what was put on before; only the innermost top can be tucked in."""
    fit, innermost = outfit.request.fit, category == "top" and not outfit.tops
    return TopOptions(
        fit.style,
        dress=category == "dress",
        snap_hem=category == "top",
        size=size,
        tuck=fit.tuck if innermost else "auto",
        waist=outfit.waist,
    )
