"""Colours by which things are known, in sRGB levels, and in which of them a pictogram is seen on a ground."""

from __future__ import annotations

import math

from prodgen_sdk.images.colour import Levels, ink_on, luminance

NATURAL: dict[str, Levels] = {
    **dict.fromkeys(("apple", "berry", "cherry", "chili", "heart", "rose", "tomato"), (190, 45, 50)),
    **dict.fromkeys(("leaf", "olive", "pea", "sprig", "tea"), (78, 122, 62)),
    **dict.fromkeys(("citrus", "flame", "honeycomb", "sun"), (232, 152, 36)),
    **dict.fromkeys(("almond", "bean", "cocoa"), (122, 80, 46)),
    "ear": (188, 138, 66),
    **dict.fromkeys(("banana", "bee", "lemon", "pineapple"), (236, 190, 56)),
    **dict.fromkeys(("mushroom", "watermelon"), (206, 58, 62)),
    **dict.fromkeys(("cactus", "dinosaur", "palm"), (70, 128, 78)),
    **dict.fromkeys(("bear", "dog", "rabbit"), (150, 108, 72)),
    "blueberry": (70, 82, 150),
    "lime": (140, 178, 62),
    "oil": (206, 152, 40),
    "raspberry": (186, 44, 92),
    "blossom": (226, 122, 156),
    "bird": (60, 120, 140),
    "butterfly": (214, 110, 60),
    "whale": (52, 110, 158),
    **dict.fromkeys(("bubbles", "drop", "fish", "snowflake", "tooth", "waves"), (52, 110, 158)),
    **dict.fromkeys(("grapes", "lavender", "moon"), (104, 78, 150)),
}
"""Of the first ink."""
_ON_FIRST: dict[str, Levels] = {
    **dict.fromkeys(("cactus", "car", "rocket"), (196, 106, 66)),
    "banana": (120, 84, 40),
    "bee": (40, 34, 34),
    "butterfly": (60, 40, 36),
    "citrus": (252, 240, 214),
    **dict.fromkeys(("lemon", "lime"), (254, 246, 206)),
    "blossom": (246, 214, 96),
    "mushroom": (246, 236, 216),
}
"""Of the second ink, where it lies on the first."""
_BESIDE: dict[str, Levels] = {
    **dict.fromkeys(("apple", "berry", "cherry", "chili", "grapes", "pineapple", "raspberry", "rose", "tomato", "watermelon"), (86, 138, 70)),
    "olive": (104, 78, 84),
}  # fmt: skip
"""Of the second ink, where it lies beside the first: leaves, stalks, olives."""
_LIGHTER = 0.1
"""By how much luminance a thing differs from its ground, to be seen from afar."""
_SEEN = 60
"""How far colours lie apart, in sRGB levels, that are told from each other where they meet."""


def inks_of(subject: str, ground: Levels, other: Levels | None = None) -> tuple[Levels, Levels]:
    """The two inks of a pictogram on a ground: the thing's own colours where they are seen there.

    Args:
        subject: of `things`.
        other: the colour of a thing that has none of its own, or whose own is not seen on the ground; None is dark or light ink.

    >>> inks_of("cherry", (246, 243, 236), (31, 47, 85))
    ((190, 45, 50), (86, 138, 70))
    >>> inks_of("cherry", (190, 45, 50), (246, 243, 236))[0]
    (246, 243, 236)
    """
    other = other or ink_on(ground)
    own = NATURAL.get(subject, other)
    first = own if abs(luminance(own) - luminance(ground)) > _LIGHTER else other
    if beside := _BESIDE.get(subject):
        return first, beside if math.dist(beside, ground) > _SEEN else _between(first, ground)
    if over := _ON_FIRST.get(subject):
        return first, over if math.dist(over, first) > _SEEN else _between(first, ground, 0.75)
    return first, ground if math.dist(ground, first) > _SEEN else _between(first, (255, 255, 255), 0.8)


def _between(a: Levels, b: Levels, share: float = 0.5) -> Levels:
    red, green, blue = (round(x + share * (y - x)) for x, y in zip(a, b, strict=True))
    return red, green, blue
