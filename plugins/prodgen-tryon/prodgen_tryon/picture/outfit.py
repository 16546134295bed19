"""Puts several garments on in their order: which lie over which, what is tucked in, and how large each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prodgen_sdk.types import Garment, TryOnRequest
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float
from prodgen_tryon.fit.legs import fit_legs, fit_skirt
from prodgen_tryon.fit.overall import fit_overall
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.fit.sizes import Size, check_proportions, measures, size_of
from prodgen_tryon.fit.top import fit_top
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
    """What has been put on so far.

    Args:
        picture: the working picture, float32 RGB.
        legs: lower clothes of the request, with the height of their waistband.
        tops: how many garments cover the chest already.
        body: the person's measures with them on.
    """

    picture: Float
    legs: Composed | None = None
    waist: float | None = None
    tops: int = 0
    body: Measured | None = None
    warnings: list[str] = field(default_factory=list)


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


def lay(
    outfit: Outfit, person: Person, piece: Piece, garment: Garment, request: TryOnRequest, keep_top: bool
) -> tuple[Composed, tuple[Part, ...]]:
    """Puts one garment on and remembers it in `outfit`.

    Args:
        keep_top: outerwear is laid over what is worn instead of replacing it.
    """
    size = _size(outfit, person, piece, garment, request)
    if isinstance(piece.shape, LegShape):
        composed, parts = _lay_legs(outfit, person, piece, piece.shape, request, size)
    elif isinstance(piece.shape, OverallShape):
        if piece.shape.bib is not None and not outfit.tops:
            outfit.warnings.append(
                "The dungarees are worn over the top of the photo; add a top before them for another."
            )
        fitted = fit_overall(piece.shape, person.measured, person.legs, request.fit.style, size=size)
        composed = compose_overall(person, outfit.picture, piece.cutout, fitted, top_worn=outfit.tops > 0)
        parts, outfit.tops = fitted.parts, outfit.tops + 1
    else:
        composed, parts = _lay_top(outfit, person, piece, piece.shape, garment, request, size, keep_top)
        outfit.tops += 1
    outfit.picture = composed.image
    return composed, parts


def lay_again(outfit: Outfit, person: Person, composed: Composed) -> None:
    """Lays lower clothes over the tops that were put on after them."""
    alpha = composed.whole * (1 - front(person))
    outfit.picture = over(outfit.picture, composed.cloth, alpha)


def _size(outfit: Outfit, person: Person, piece: Piece, garment: Garment, request: TryOnRequest) -> Size | None:
    known = size_of(garment, piece.category, request.fit.size, request.person)
    if known is None:
        return None
    outfit.warnings += [w for w in known.warnings if w not in outfit.warnings]
    size = known.pixels(person.frame, person.image.shape, request.person.height_cm)
    photo = measures(piece.shape)
    if not size.knows(photo):
        return None
    check_proportions(size, photo)
    return size


def _lay_legs(
    outfit: Outfit, person: Person, piece: Piece, shape: LegShape, request: TryOnRequest, size: Size | None
) -> tuple[Composed, tuple[Part, ...]]:
    fit = fit_skirt if piece.category == "skirt" else fit_legs
    fitted = fit(shape, person.measured, person.legs, request.fit.style, size=size)
    composed = compose_legs(person, outfit.picture, piece.cutout, fitted)
    outfit.legs, outfit.waist = composed, fitted.waist
    return composed, fitted.parts


def _lay_top(
    outfit: Outfit,
    person: Person,
    piece: Piece,
    shape: TopShape,
    garment: Garment,
    request: TryOnRequest,
    size: Size | None,
    keep_top: bool,
) -> tuple[Composed, tuple[Part, ...]]:
    dress, top = piece.category == "dress", piece.category == "top"
    body = outfit.body or person.measured
    if keep_top and piece.category == "outerwear":  # what is worn stays on
        body = replace(body, bare={})
    fitted = fit_top(
        shape,
        body,
        request.fit.style,
        dress=dress,
        snap_hem=top,
        size=size,
        tuck=request.fit.tuck if top and not outfit.tops else "auto",
        waist=outfit.waist,
    )
    if garment.closure == "open" and piece.category == "outerwear" and person.frame.facing != "back":
        panels, gap = open_front(fitted, shape, person.frame)
        fitted = replace(fitted, panels=panels, gap=gap)
    composed = compose_top(
        person,
        outfit.picture,
        piece.cutout,
        fitted,
        keep_top=keep_top and piece.category == "outerwear",
        top_worn=outfit.tops > 0,
        dress=dress,
        legs=outfit.legs,
    )
    outfit.body = wearing(outfit.body or person.measured, fitted)
    return composed, fitted.parts
