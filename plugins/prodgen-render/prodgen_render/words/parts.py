"""What words say of a product's parts: "steel watch with a brown leather strap"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from prodgen_render.words.vocabulary import COLOURS, MATERIALS
from prodgen_sdk.types import Product

PARTS: dict[str, tuple[str, ...]] = {
    "sole": ("sole", "soles", "outsole", "鞋底", "大底"),
    "laces": ("laces", "shoelaces", "鞋带"),
    "legs": ("legs", "leg", "feet", "桌腿", "桌脚", "椅腿", "椅脚", "沙发脚", "凳脚", "支架", "腿"),
    "seat": ("seat", "坐垫", "座面", "坐面"),
    "handle": ("handle", "handles", "把手", "手柄", "杯把", "提手", "手提带", "柄"),
    "rim": ("rim", "rims", "edge", "口沿", "描边", "边"),
    "strap": ("strap", "straps", "watchband", "wristband", "表带", "腕带"),
    "lid": ("lid", "lids", "screw cap", "stopper", "瓶盖", "杯盖", "盖子", "盖"),
    "pump": ("pump head", "pump top", "泵头", "按压头"),
    "buttons": ("buttons", "纽扣", "扣子"),
    "case": ("casing", "管身", "外壳"),
    "shade": ("shade", "lampshade", "灯罩"),
    "base": ("base", "foot", "底座", "灯座"),
    "hat band": ("hat band", "hatband", "ribbon", "帽带", "丝带", "飘带"),
    "ribbon": ("ribbon", "ribbons", "丝带"),
    "dial": ("dial", "watch face", "表盘", "钟面"),
    "lens": ("lens", "lenses", "镜片"),
    "ear pads": ("ear pads", "ear cushions", "earpads", "耳罩", "耳垫"),
}
"""Parts that families draw apart where the words do."""
_PRODUCTS_TOO = {
    "lid": ("cap", "top", "cover"),
    "pump": ("pump", "dispenser"),
    "strap": ("band", "bracelet"),
    "case": ("case", "tube"),
}
"""Words that are a part only where they are joined to something: "soap with a black pump", but not "navy cap"."""
_ENDS = r"(?![a-z裤袜框])(?!\s(?!(?:and|or|with|for|in|on|of|by|to|from|size)\b|NEXT)[a-z])"
"""A part's name before another noun describes that: foot cream, seat cushion. NEXT is another part: blue dial brown strap."""


class PartWords(NamedTuple):
    """The colour (name, #rrggbb) and the material that a part is said to have; at least one of them."""

    colour: tuple[str, str] | None
    material: str


def part_words(product: Product, part: str) -> PartWords | None:
    """What title or description say of one of `PARTS`, or None.

    >>> part_words(Product(sku="w", title="Watch with brown leather strap", category="electronics/watch"), "strap")
    PartWords(colour=('brown', '#7b5237'), material='leather')
    """
    for text in (product.title.lower(), product.description.lower()):
        for pattern in _patterns(part, text):
            for found in pattern.finditer(text):
                if words := _read(found):
                    return words
    return None


def without_parts(product: Product) -> Product:
    """The product with what is said of its parts left out of its words, as it is not said of the product."""
    texts = {}
    for name in ("title", "description"):
        said = left = getattr(product, name).lower()
        for part in PARTS:
            for pattern in _patterns(part, left):
                left = pattern.sub(lambda found: " " if _read(found) else found[0], left)
        if left != said and left.strip():
            texts[name] = left
    return product.model_copy(update=texts) if texts else product


def _read(found: re.Match[str]) -> PartWords | None:
    colour = next((name for name, (_, words) in COLOURS.items() if found["colour"] in words), None)
    material = next((name for name, words in MATERIALS.items() if found["material"] in words), "")
    if colour is None and not material:
        return None
    return PartWords(None if colour is None else (colour, COLOURS[colour][0]), material)


def _patterns(part: str, text: str) -> list[re.Pattern[str]]:
    """Those of a part that a text may match: most name no part."""
    named = any(name in text for name in (*PARTS[part], *_PRODUCTS_TOO.get(part, ())))
    return _compiled(part) if named else []


@cache
def _compiled(part: str) -> list[re.Pattern[str]]:
    """A colour, a material or both before the name of a part; after "with" another word may stand between: red sport strap."""
    colours = _any(word for _, words in COLOURS.values() for word in words)
    materials = _any(word for words in MATERIALS.values() for word in words)
    look = rf"(?:(?P<colour>{colours})色?(?:[ -]tone)?[ -]?)?(?:(?P<material>{materials})[ -]?)?"
    names, more = PARTS[part], _PRODUCTS_TOO.get(part, ())
    others = _any(name for each in PARTS.values() for name in each)
    ends = _ENDS.replace("NEXT", rf"(?:(?:{colours}|{materials})[ -]){{1,3}}(?:{others})(?![a-z])")
    patterns = [
        re.compile(rf"(?<![a-z])with(?: an?)? {look}(?:{_any((*names, *more))})(?![a-z])"),
        re.compile(rf"(?<![a-z]){look}(?:{_any(names)}){ends}"),
        re.compile(rf"(?<![a-z])with(?: an?)? {look}[a-z]+ (?:{_any(names)}){ends}"),
    ]
    if more:
        patterns.append(re.compile(rf"(?:(?<![a-z])(?:and|in)(?: an?)? |[,&+] ?){look}(?:{_any(more)}){ends}"))
    return patterns


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
