"""Garments for children: smaller, and wider for their length."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prodgen_render.model import Part
from prodgen_render.words.reading import mentions
from prodgen_sdk.types import Product

_WORN = (
    "blazer", "cardigan", "dress", "hoodie", "jacket", "jumpsuit", "polo", "shirt", "skirt", "sweater", "swimsuit", "trousers", "tshirt", "underpants", "vest",
)  # fmt: skip
_CHILDS = (
    "kids", "kid's", "kids'", "children", "children's", "child", "boys", "boys'", "boy's", "girls", "girls'", "girl's", "toddler", "infant", "baby", "儿童", "男童", "女童",
    "小童", "中大童", "童装", "宝宝", "婴儿", "男孩", "女孩", "小学生",
)  # fmt: skip
_GROWN_UPS = (
    "women", "women's", "womens", "men", "men's", "mens", "ladies", "adult", "adults", "maternity", "女士", "女装", "男士", "男装", "成人", "孕妇",
)  # fmt: skip
"""Who wears it where a child is named as well: a band, a print, or one who is to be born."""
_NO_CHILDS = re.compile(r"\bbaby[ -]?(?:blue|pink|yellow|green|lilac|purple|alpaca|cashmere|merino|doll)|婴儿[蓝粉]")
"""Colours, wools and cuts that are named after babies."""
_WIDE, _LONG = 0.66, 0.58
"""A child's sides, as shares of a grown-up's: at 116 cm a chest of 60 cm, against 92 cm at 176 cm."""


def grown(family: str, product: Product, parts: Sequence[Part]) -> list[Part]:
    """The parts of a garment at the size of who wears it."""
    title = _NO_CHILDS.sub(" ", product.title.lower())

    def is_for(wearers: Sequence[str]) -> bool:
        return any(mentions(title, word) >= 0 for word in wearers)

    if family not in _WORN or not is_for(_CHILDS) or is_for(_GROWN_UPS):
        return list(parts)
    return [part.scaled(_WIDE, _WIDE, _LONG) for part in parts]
