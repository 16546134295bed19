"""Attributes of a product from its title and description, in Chinese and English.

Longest matches against the lexicons, on whole words; then rules decide what a match is about: the head noun of the title
names the kind, words after "for" describe another thing, a denied word counts for nothing, and colour words that also name
a food or a scent count only where the kind of product excludes that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prodgen_sdk.types import Attribute, Locale, Product
from prodgen_text.reading.attributes import CONFIDENT, Attributes, Found, Name
from prodgen_text.reading.belonging import own_and_accent
from prodgen_text.reading.candidates import Candidate, Source, candidates, gated, meaningful
from prodgen_text.reading.colours import shade
from prodgen_text.reading.heads import category_of
from prodgen_text.reading.lexicon import Hit, Kind, colour_rgb, find
from prodgen_text.reading.normalise import Normalised, fold, normalise
from prodgen_text.reading.sizes import find_sizes

ALIASES: dict[str, tuple[str, ...]] = {
    "colour": ("colour", "color", "colours", "colors", "颜色"),
    "accent": ("accent", "colours", "colors", "secondary_colour", "secondary_color"),
    "material": ("material", "materials", "fabric", "材质", "面料"),
    "pattern": ("pattern", "图案"),
    "size": ("size", "capacity", "volume", "dimensions", "尺寸", "尺码", "容量"),
}
DESCRIPTION_READ = 2000
_COLOURS: tuple[Name, Name] = ("colour", "accent")
_GENERIC_MATERIALS = ("wood", "metal", "steel", "plastic", "glass", "knit")
_BY_WEIGHT = re.compile(r"\d (?:g|kg|oz|lb|ml|l|jin)$")


def extract(
    title: str, description: str = "", locale: Locale | None = None, *, category: str | None = None
) -> Attributes:
    """Finds category, colour, accent colour, material, pattern and size.

    Args:
        description: its first 2,000 characters are read.
        locale: the language of the text, for the record: the rules go by its characters, as titles often mix both.
        category: the category if it is known; it decides what an ambiguous word can mean.

    >>> extract("Navy striped cotton T-shirt, size M").values()["colour"]
    'navy'
    >>> extract("Blueberry jam in a glass jar").get("colour") is None
    True
    >>> extract("藍色馬克杯 350毫升", locale="zh").category
    'home/mug'
    """
    texts: list[tuple[Source, Normalised]] = [
        ("title", normalise(title)),
        ("description", normalise(description[:DESCRIPTION_READ])),
    ]
    hits = {source: meaningful(text.text) for source, text in texts}
    kind = category_of(texts, hits)
    known = category or (kind.value if kind and kind.confidence >= CONFIDENT else None)
    head = kind.value if kind else None
    found: dict[Name, Found] = {"category": kind} if kind else {}
    for source, text in texts:
        for item in _attributes(text, source, hits[source], known, head):
            found.setdefault(item.name, item)
            if item.confidence > found[item.name].confidence:
                found[item.name] = item
    if (accent := found.get("accent")) is not None and (colour := found.get("colour")) is not None:
        elsewhere = accent.source == "description" and colour.source == "title"  # the second colour of another sentence
        if elsewhere or accent.value == colour.value:
            del found["accent"]
    return Attributes(found=tuple(found.values()))


def fill(product: Product, minimum: float = CONFIDENT) -> Product:
    """The product with the attributes found in its words added; what it states itself is never changed.

    A colour that the product states by a known name gets its `colour_rgb`, if it has none.
    """
    found = found_attributes(product, minimum)
    return product.model_copy(update={"attributes": {**found, **product.attributes}}) if found else product


def found_attributes(product: Product, minimum: float = CONFIDENT) -> dict[str, Attribute]:
    """Only what `fill` would add."""
    texts = [(product.title, product.description, product.locale)]
    texts += [(text.title, text.description, locale) for locale, text in product.translations.items()]
    given = {fold(name) for name in product.attributes}
    added: dict[str, Attribute] = {}
    for title, description, locale in texts:
        values = extract(title, description, locale, category=product.category).values(minimum)
        for name, value in values.items():
            base = name.removesuffix("_rgb")
            if given.isdisjoint(ALIASES[base]) and (name == base or added.get(base) == values[base]):
                added.setdefault(name, value)
    stated = next((product.attributes[name] for name in ALIASES["colour"] if name in product.attributes), None)
    stated = stated[0] if isinstance(stated, tuple) and stated else stated
    if isinstance(stated, str) and "colour_rgb" not in product.attributes and (rgb := rgb_of(stated)):
        added["colour_rgb"] = rgb
    return {name: value for name, value in added.items() if name not in product.attributes}


def rgb_of(words: str) -> str | None:
    """`#rrggbb` of a colour in words of either language, or None.

    >>> rgb_of("Navy Blue"), rgb_of("酒红色")
    ('#1f2f55', '#6a1f2e')
    """
    text = fold(words)
    for hit in find(text):
        if (term := hit.term("colour")) is not None:
            return shade(text, hit, term.value)[1]
    return colour_rgb(text)


def _attributes(
    text: Normalised, source: Source, hits: Sequence[Hit], category: str | None, head: str | None
) -> Iterator[Found]:
    def read(kind: Kind) -> list[Candidate]:
        return [gated(text.text, item, category) for item in candidates(text.text, source, hits, kind, head)]

    pair = own_and_accent(text.text, source, read("colour"), hits)
    for name, item in zip(_COLOURS, pair, strict=True):
        if item is not None:
            value, rgb, start = shade(text.text, item.hit, item.term.value)
            span = text.span(start, item.hit.end)
            yield Found(name=name, value=value, source=source, span=span, confidence=item.confidence, rgb=rgb)
    materials = read("material")
    if materials:
        best = max(item.confidence for item in materials)
        top = [item for item in materials if item.confidence == best]
        chosen = next((item for item in top if item.term.value not in _GENERIC_MATERIALS), top[0])
        yield _found(text, source, "material", chosen)
    if patterns := read("pattern"):
        yield _found(text, source, "pattern", max(patterns, key=lambda item: item.confidence))
    sizes = find_sizes(text.text)
    if (category or "").startswith("apparel/") and not (category or "").endswith(("bag", "backpack")):
        # "180 g cotton" is the weight of the cloth.
        sizes = [size for size in sizes if not _BY_WEIGHT.search(size.value)]
    for size in sizes[:1]:
        confidence = size.confidence * (1.0 if source == "title" else 0.75)
        yield Found(
            name="size", value=size.value, source=source, span=text.span(size.start, size.end), confidence=confidence
        )


def _found(text: Normalised, source: Source, name: Name, item: Candidate) -> Found:
    return Found(name=name, value=item.term.value, source=source, span=text.span(item.hit.start, item.hit.end), confidence=item.confidence)  # fmt: skip
