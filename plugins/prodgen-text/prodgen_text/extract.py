"""Attributes of a product from its title and description, in Chinese and English.

Longest matches against the lexicons, on whole words; then rules decide what a match is about: the head noun of the title
names the kind, words after "for" describe another thing, a denied word counts for nothing, and colour words that also name
a food or a scent count only where the kind of product excludes that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from prodgen_sdk.types import Locale, Product
from prodgen_text.attributes import CONFIDENT, Attributes, Found, Name
from prodgen_text.clauses import (
    Role,
    describes_package,
    describes_part,
    labelled,
    names_care_goods,
    negated,
    role,
    segments,
    touches,
)
from prodgen_text.colours import shade
from prodgen_text.lexicon import Hit, Kind, Term, colour_rgb, find
from prodgen_text.normalise import Normalised, fold, has_cjk, normalise
from prodgen_text.sizes import find_sizes

Source = Literal["title", "description"]
ALIASES: dict[str, tuple[str, ...]] = {
    "colour": ("colour", "color", "colours", "colors", "颜色"),
    "accent": ("accent", "colours", "colors", "secondary_colour", "secondary_color"),
    "material": ("material", "materials", "fabric", "材质", "面料"),
    "pattern": ("pattern", "图案"),
    "size": ("size", "capacity", "volume", "dimensions", "尺寸", "尺码", "容量"),
}
DESCRIPTION_READ = 2000
_BASE: dict[tuple[Source, Role], float] = {
    ("title", "main"): 0.9, ("title", "part"): 0.45, ("title", "target"): 0.3,
    ("description", "main"): 0.65, ("description", "part"): 0.3, ("description", "target"): 0.2,
}  # fmt: skip
_GENERIC_MATERIALS = ("wood", "metal", "steel", "plastic", "glass", "knit")
_TINTED_BEAUTY = ("lipstick", "nail-polish", "palette", "mascara")
_CONTAINED = re.compile(
    r"\bin an? (?:\S+ ){0,2}$|\bin (?:\S+ ){1,2}$|\d\s?(?:g|kg|ml|cl|l|oz|lb) $"  # "in a gold tin", "400 g tin"
)
_BY_WEIGHT = re.compile(r"\d (?:g|kg|oz|lb|ml|l|jin)$")
_OF = re.compile(r"\s*(?:色|的|small |large |big |bold |fine |thin |wide |小|大|细|宽)?\s*")
_JOINED = re.compile(r"\s*(?:and|&|/|\+|x|和|与|拼|配|色|-and-|-)?\s*(?:light |dark |pale |浅|深)?")


@dataclass(frozen=True)
class _Candidate:
    """One reading of a hit, with what speaks for it."""

    hit: Hit
    term: Term
    role: Role
    segment: int
    confidence: float


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
    hits = {source: _meaningful(text.text) for source, text in texts}
    kind = _category(texts, hits)
    known = category or (kind.value if kind and kind.confidence >= CONFIDENT else None)
    found: dict[Name, Found] = {"category": kind} if kind else {}
    for source, text in texts:
        for item in _attributes(text, source, hits[source], known):
            found.setdefault(item.name, item)
            if item.confidence > found[item.name].confidence:
                found[item.name] = item
    if "accent" in found and ("colour" not in found or found["accent"].source != found["colour"].source):
        del found["accent"]
    return Attributes(found=tuple(found.values()))


def fill(product: Product, minimum: float = CONFIDENT) -> Product:
    """The product with the attributes found in its words added; what it states itself is never changed.

    A colour that the product states by a known name gets its `colour_rgb`, if it has none.
    """
    found = found_attributes(product, minimum)
    return product.model_copy(update={"attributes": {**found, **product.attributes}}) if found else product


def found_attributes(
    product: Product, minimum: float = CONFIDENT
) -> dict[str, str | bool | int | float | tuple[str, ...]]:
    """Only what `fill` would add."""
    texts = [(product.title, product.description, product.locale)]
    texts += [(text.title, text.description, locale) for locale, text in product.translations.items()]
    given = {fold(name) for name in product.attributes}
    added: dict[str, str | bool | int | float | tuple[str, ...]] = {}
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
    ('#1f2a4d', '#6d1f2f')
    """
    text = fold(words)
    for hit in find(text):
        if (term := hit.term("colour")) is not None:
            return shade(text, hit, term.value)[1]
    return colour_rgb(text)


def _meaningful(text: str) -> list[Hit]:
    """Hits that are no decoys; one Chinese character alone counts only beside another hit."""
    hits = find(text)
    plain = [hit for hit in hits if not any(term.kind == "decoy" for term in hit.terms)]

    def stands(hit: Hit) -> bool:
        if hit.end - hit.start > 1 or not has_cjk(hit.surface):
            return True
        modified = text[hit.start - 1 : hit.start] in tuple("浅深淡暗纯") or text[hit.end : hit.end + 1] == "色"
        at_end = hit.term("category") is not None and (hit.end == len(text) or not has_cjk(text[hit.end]))
        return modified or at_end or touches(hit, plain)

    return [hit for hit in plain if stands(hit)]


def _candidates(text: str, source: Source, hits: Sequence[Hit], kind: Kind) -> Iterator[_Candidate]:
    ranges = segments(text)
    labels = labelled(text)
    for hit in hits:
        term = hit.term(kind)
        number = next((index for index, (start, end) in enumerate(ranges) if start <= hit.start < end), None)
        if term is None or number is None or negated(text, ranges[number], hit):
            continue
        if kind != "colour" and re.match("色|味|口味|香型|款", text[hit.end :]):
            continue  # 胡桃木色 is a colour and 白茶味 a scent
        part = _role(text, ranges[number], hit, kind)
        label = labels.get(kind)
        stated = label is not None and label[0] <= hit.start < label[1]
        yield _Candidate(hit, term, "main" if stated else part, number, 0.98 if stated else _BASE[source, part])


def _role(text: str, segment: tuple[int, int], hit: Hit, kind: Kind) -> Role:
    """The role of a hit's clause, but for what only one kind of word does."""
    part = role(text, segment, hit.start)
    if kind == "pattern" and part == "part":
        return "main"  # "with floral print"
    if part == "main" and kind == "category" and _CONTAINED.search(text[: hit.start]):
        return "part"
    if part == "main" and kind in ("colour", "material") and describes_part(text, hit):
        return "part"
    return part


def _category(texts: Sequence[tuple[Source, Normalised]], hits: dict[Source, list[Hit]]) -> Found | None:
    """The head noun: the last kind named in the first part of the title that names one, before any "for" or "with"."""
    for source, text in texts:
        candidates = list(_candidates(text.text, source, hits[source], "category"))
        main = [item for item in candidates if item.role == "main"]
        pool = main or candidates
        if pool:
            first = min(item.segment for item in pool)
            in_segment = [item for item in pool if item.segment == first]
            # A description runs on, so that its first kind is the subject. In a title the head noun comes last; a Chinese
            # one goes on with synonyms, so that there the first head counts.
            last = source == "title" and main and not has_cjk(in_segment[0].hit.surface)
            chosen = in_segment[-1] if last else _head(in_segment)
            return Found(
                name="category",
                value=chosen.term.value,
                source=source,
                span=text.span(chosen.hit.start, chosen.hit.end),
                confidence=chosen.confidence if main else min(chosen.confidence, 0.4),
            )
    return None


def _head(candidates: Sequence[_Candidate]) -> _Candidate:
    """The first kind, or where others follow without a gap the last of these: phone + stand is a stand."""
    head = candidates[0]
    for item in candidates[1:]:
        if item.hit.start != head.hit.end:
            break
        head = item
    return head


def _attributes(text: Normalised, source: Source, hits: Sequence[Hit], category: str | None) -> Iterator[Found]:
    yield from _colours(text, source, hits, category)
    materials = [_gated(text.text, item, category) for item in _candidates(text.text, source, hits, "material")]
    if materials:
        best = max(item.confidence for item in materials)
        top = [item for item in materials if item.confidence == best]
        chosen = next((item for item in top if item.term.value not in _GENERIC_MATERIALS), top[0])
        yield _found(text, source, "material", chosen)
    patterns = [_gated(text.text, item, category) for item in _candidates(text.text, source, hits, "pattern")]
    if patterns:
        yield _found(text, source, "pattern", max(patterns, key=lambda item: item.confidence))
    sizes = find_sizes(text.text)
    if (category or "").startswith("apparel/") and not (category or "").endswith(("bag", "backpack")):
        sizes = [
            size for size in sizes if not _BY_WEIGHT.search(size.value)
        ]  # "180 g cotton" is the weight of the cloth
    for size in sizes[:1]:
        confidence = size.confidence * (1.0 if source == "title" else 0.75)
        yield Found(
            name="size", value=size.value, source=source, span=text.span(size.start, size.end), confidence=confidence
        )


def _found(text: Normalised, source: Source, name: Name, item: _Candidate) -> Found:
    return Found(name=name, value=item.term.value, source=source, span=text.span(item.hit.start, item.hit.end), confidence=item.confidence)  # fmt: skip


def _colours(text: Normalised, source: Source, hits: Sequence[Hit], category: str | None) -> Iterator[Found]:
    """The first colour of the highest confidence that is not a pattern's ("white dots"), and a second one that is, or that is
    joined to it ("red and white").
    """
    candidates = [_gated(text.text, item, category) for item in _candidates(text.text, source, hits, "colour")]
    if not candidates:
        return
    patterns = [hit.start for hit in hits if hit.term("pattern") is not None]
    of_pattern = {
        item.hit.start
        for item in candidates
        if any(item.hit.end <= start and _OF.fullmatch(text.text[item.hit.end : start]) for start in patterns)
    }
    first = max(candidates, key=lambda item: (item.confidence, item.hit.start not in of_pattern))
    pair: list[tuple[Name, _Candidate]] = [("colour", first)]
    for item in candidates:
        between = text.text[first.hit.end : item.hit.start]
        joined = item.hit.start >= first.hit.end and _JOINED.fullmatch(between)
        if item.term.value == first.term.value:
            continue
        if item.hit.start in of_pattern and item.role == "part":
            item = replace(item, confidence=item.confidence * _BASE[source, "main"] / _BASE[source, "part"])
        if joined or item.hit.start in of_pattern:
            pair.append(("accent", item))
            break
    for name, item in pair:
        value, rgb, start = shade(text.text, item.hit, item.term.value)
        yield Found(name=name, value=value, source=source, span=text.span(start, item.hit.end), confidence=item.confidence, rgb=rgb)  # fmt: skip


def _gated(text: str, item: _Candidate, category: str | None) -> _Candidate:
    """The candidate with less confidence where the kind of product gives its word another meaning."""
    if item.confidence > 0.95:
        return item
    domain, _, rest = (category or "").partition("/")
    family = rest.split("/")[0]
    factor = 1.0
    if item.term.kind == "material" and names_care_goods(text, item.hit):
        factor = 0.2
    elif domain == "food" or (domain == "beauty" and item.term.kind == "material" and family != "brush"):
        factor = 1.0 if describes_package(text, item.hit) else 0.3
    elif (
        domain == "beauty" and item.term.kind == "colour" and family not in _TINTED_BEAUTY
    ):  # colours are flowers and fruit there: "pink grapefruit"
        factor = 1.0 if describes_package(text, item.hit) else 0.3 if item.term.ambiguous else 0.5
    elif item.term.ambiguous:
        factor = 0.5 if category is None else 0.85
        if item.hit.term("category") is not None and category is None:
            factor = 0.2
    return _Candidate(item.hit, item.term, item.role, item.segment, item.confidence * factor)
