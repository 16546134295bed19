"""Where a product's title and the attributes that its shop states say different things."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from prodgen_sdk.types import Attribute, Product
from prodgen_text.reading.attributes import CONFIDENT, Attributes, Found, Name
from prodgen_text.reading.extract import ALIASES, extract, rgb_of
from prodgen_text.reading.lexicon import Kind, find
from prodgen_text.reading.normalise import fold

_ANOTHER_COLOUR = 0.5
"""Distance in sRGB, each channel in [0, 1], from which two colours are not two shades of one."""
_RRGGBB = re.compile(r"#[0-9a-f]{6}")
_KINDS_OF_MATERIAL = (
    {"wood", "oak", "walnut", "beech", "pine", "acacia", "bamboo", "rattan"},
    {"metal", "steel", "stainless steel", "cast iron", "aluminium", "titanium", "brass", "copper", "sterling silver"},
    {"ceramic", "porcelain"},
    {"cotton", "linen", "canvas", "denim", "wool", "cashmere", "silk", "satin", "velvet", "fleece", "corduroy", "knit", "down", "polyester", "nylon", "chiffon", "lace", "modal", "jute"},
    {"leather", "faux leather", "suede"},
    {"plastic", "acrylic", "resin", "silicone", "rubber", "latex", "memory foam"},
)  # fmt: skip
"""Within a kind one word is often the weave, the blend or the general name of another: cotton denim, metal and steel."""
_BESIDE_ANOTHER = ("printed", "graphic", "embroidered", "quilted", "ribbed", "geometric")
"""Patterns that leave another one possible: ribbed and striped."""

_NONE = ("solid", "none")
"""How shops state that there is no pattern; in a title the bare words are about other things."""


def contradictions(product: Product) -> tuple[str, ...]:
    """One sentence for each of colour, material and pattern in which a title contradicts what is stated.

    Shades of one colour, kinds of one material, and the accent of a title are no contradiction; nor are words that the lexicons
    do not know.

    >>> contradictions(Product(sku="m", title="Red mug", category="home/mug", attributes={"colour": "navy", "material": "tin"}))
    ('The title says red, the attributes say navy: the attributes count.',)
    """
    given = {fold(name): value for name, value in product.attributes.items()}
    stated = {name: _words(given[alias]) for name in _CLASHES for alias in reversed(ALIASES[name]) if alias in given}
    if not stated:
        return ()
    titles = [product.title, *(text.title for text in product.translations.values())]
    read = [extract(title, category=product.category) for title in titles]
    found = []
    for name, words in stated.items():
        if said := next((said for title in read if (said := _CLASHES[name](title, words))), ""):
            found.append(f"The title says {said}, the attributes say {words}: the attributes count.")
    return tuple(found)


def _words(value: Attribute) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _other_colour(title: Attributes, stated: str) -> str:
    """The title's colour where none of those stated is near it or its accent."""
    said = [item for name in ("colour", "accent") if (item := _sure(title, name)) is not None and item.rgb]
    text = fold(stated)
    # A shade ("dark red") is a colour of all of the words, and a list of colours one of each.
    codes = [
        *_RRGGBB.findall(text),
        *(code for part in re.split(r"[,/&+、，和]| and ", text) if (code := rgb_of(part))),
    ]
    apart = [math.dist(_rgb(item.rgb or ""), _rgb(code)) > _ANOTHER_COLOUR for item in said for code in codes]
    return said[0].value if apart and all(apart) else ""


def _other_material(title: Attributes, stated: str) -> str:
    said, meant = _sure(title, "material"), _meant(stated, "material")
    if said is None or not meant:
        return ""
    near = {said.value}.union(*(kind for kind in _KINDS_OF_MATERIAL if said.value in kind))
    return "" if near & meant else said.value


def _other_pattern(title: Attributes, stated: str) -> str:
    said = _sure(title, "pattern")
    meant = {"solid"} if fold(stated) in _NONE else _meant(stated, "pattern")
    if said is None or not meant or said.value in _BESIDE_ANOTHER or meant.intersection(_BESIDE_ANOTHER):
        return ""
    return "" if said.value in meant else said.value


def _sure(title: Attributes, name: Name) -> Found | None:
    item = title.get(name)
    return item if item is not None and item.confidence >= CONFIDENT else None


def _meant(stated: str, kind: Kind) -> set[str]:
    return {term.value for hit in find(fold(stated)) if (term := hit.term(kind)) is not None}


def _rgb(code: str) -> tuple[float, ...]:
    return tuple(int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))


_CLASHES: dict[Name, Callable[[Attributes, str], str]] = {
    "colour": _other_colour,
    "material": _other_material,
    "pattern": _other_pattern,
}
"""What a title says that the stated words exclude, or an empty text."""
