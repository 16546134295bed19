"""Reads family, colours, material and pattern out of a product's category, attributes and words (English, Chinese)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodgen_render.looks.finishes import FABRICS, USUAL
from prodgen_render.words.parts import without_parts
from prodgen_render.words.vocabulary import (
    ALL_OVER_WORDS,
    ANY_PRINT,
    COLOURS,
    FINER,
    FOLIAGE,
    MANY_COLOURS,
    MATERIALS,
    MOTIFS,
    NOT_COLOURS,
    NOT_MATERIALS,
    OF_DENIM,
    ONE_PRINT,
    PATTERNS,
    PRINT_COLOURS,
    PRINTED_ALL_OVER,
    RAINBOW_WORDS,
    STRIPES,
    UNDRAWN,
    USUAL_PRINTS,
    WARES,
)
from prodgen_sdk.images.pictograms import subject_of
from prodgen_sdk.types import Product

_COLOUR_NAMES = ("colour", "color", "colours", "colors", "颜色", "色")
_PRINT_OF = re.compile(
    r"(?P<of>(?:[a-z'-]+ ){0,2}[a-z'-]+)[ -](?:all[- ]?over )?(?:prints?|printed|patterns?|patterned|motifs?)(?![a-z])"
    r"|(?P<of_zh>[\u4e00-\u9fff]{1,5}?)满?(?:印花|图案|花纹|满印)|卡通(?P<cartoon>[\u4e00-\u9fff]{1,3})"
    r"|\b(?:mug|cup|case|cover|cushion|pillow|t-shirt|tee|sweatshirt|hoodie|tote|tote bag|towel|apron|socks|umbrella|blanket|bib|cap) with (?:[a-z'-]+ ){0,3}(?P<shown>[a-z'-]+)(?=\s*(?:$|[,|(]))"
    r"|\b(?P<animal>cat|dog|bear|bunny|rabbit|panda|dinosaur|butterfly|bee) (?:mug|phone case|cushion|tote)(?![a-z])"
    r"|(?P<animal_zh>[猫狗熊兔]|恐龙|樱桃|草莓|柠檬|蝴蝶)(?:咪|子|狗)?(?:马克杯|手机壳|帆布包|抱枕|t恤)"
    r"|\b(?P<childish>dinosaurs?|bears?|bunny|butterfly|rockets?|whales?) (?:t-shirts?|tees?|tops?|py?jamas|pajamas|socks|sleepsuit|romper|hoodie|jumper|sweatshirt|swimsuit)(?![a-z])"
)
"""What is said of a print: "with pineapple print", 草莓印花, 卡通恐龙, "mug with cat", 猫咪马克杯, "dinosaur pyjamas"."""
_NO_THINGS = frozenset(
    word for words in (*PATTERNS.values(), *(known for _, known in COLOURS.values())) for word in words
).difference(MOTIFS)
_LIGHT = 190
"""The least channel of a colour that would not be seen on white."""
_PATTERN_NAMES = ("pattern", "print", "图案", "花纹")
_SLEEVES = {
    "long": ("long sleeve", "long sleeves", "long sleeved", "long-sleeve", "long-sleeved", "长袖"),
    "short": ("short sleeve", "short sleeves", "short sleeved", "short-sleeve", "short-sleeved", "短袖"),
    "no": ("sleeveless", "tank top", "vest top", "ribbed vest", "无袖", "背心", "吊带"),
}
_CODE = re.compile(r"#[0-9a-f]{6}")
_CJK = re.compile(r"[㐀-鿿]")
_NOT_COLOURS, _NOT_MATERIALS = (
    re.compile("|".join(sorted(words, key=len, reverse=True)), re.IGNORECASE) for words in (NOT_COLOURS, NOT_MATERIALS)
)
_ABSENT = re.compile(
    r"\b(?:no|not|non|without)[\s-]+(?:(?:a|an|any|all[\s-]over)\s+)?[a-z]+(?:\s+(?:or|nor)\s+[a-z]+)?|\b[a-z]+[\s-]free\b|\bunprinted\b"
    r"|(?:无|没有|不带|不含)任?何?(?:"
    + "|".join(word for words in PATTERNS.values() for word in words if not word.isascii())
    + ")",
    re.IGNORECASE,
)
"""What is said not to be there."""
_CERAMICS = ("stoneware", "porcelain", "terracotta")
"""Kinds of ceramic: a title that names one says more than an attribute that names the other."""
_HELD = {
    "food": ("cream", "natural", "champagne", "vanilla", "rose", "wine"),
    "beauty": ("cream", "natural", "vanilla"),
    "electronics": ("espresso", "mocha", "wine"),
    "home": ("wine",),
}
"""Words of colours that are about what things hold or make, by domain."""


def words_of(product: Product) -> str:
    """Everything that is said about a product, lower case, attributes first."""
    said = [str(v) if not isinstance(v, tuple) else " ".join(v) for v in product.attributes.values()]
    texts = [product.title, *(text.title for text in product.translations.values())]
    return " | ".join([*said, *texts, *product.tags, product.description]).lower()


def mentions(text: str, word: str) -> int:
    """Where a word stands in lower-case text, or -1. English words must be whole; Chinese ones are found anywhere."""
    if word not in text or _CJK.search(word):
        return text.find(word)
    found = re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text)
    return found.start() if found else -1


def _first(text: str, table: Mapping[str, tuple[str, ...]], count: int) -> list[str]:
    found: dict[str, tuple[int, int]] = {}
    taken: list[range] = []
    there = ((word, name) for name, words in table.items() for word in words if word in text)
    for word, name in sorted(there, key=lambda item: -len(item[0])):
        at = mentions(text, word)
        if at >= 0 and name not in found and not any(at in span for span in taken):
            found[name] = (at, -len(word))
            taken.append(range(at, at + len(word)))
    return sorted(found, key=lambda name: found[name])[:count]


def attribute(product: Product, *names: str) -> str:
    """The first of some attributes that is there, as lower-case text; keys are compared without case."""
    lowered = {key.lower(): value for key, value in product.attributes.items()}
    for name in names:
        if name in lowered:
            value = lowered[name]
            return (" ".join(value) if isinstance(value, tuple) else str(value)).lower()
    return ""


def _parse(
    product: Product, text: str, attributes: tuple[str, ...], table: Mapping[str, tuple[str, ...]], count: int = 1
) -> list[str]:
    named = attribute(product, *attributes)
    found = _first(named, table, count) if named else []
    title = " | ".join([product.title, *(t.title for t in product.translations.values()), *product.tags]).lower()
    for source in (title, text):
        found += [name for name in _first(source, table, count) if name not in found]
    return found[:count]


def colours_of(product: Product) -> list[tuple[str, str]]:
    """Up to three named colours, most important first, each (name, #rrggbb).

    The attributes `colour_rgb` and `accent_rgb` are taken as they are, and so is a colour attribute of `#rrggbb`.

    >>> colours_of(Product(sku="s", title="蓝牙音箱 胡桃木", category="electronics/speaker"))
    []
    """
    said = _without(_NOT_COLOURS, without_parts(_without(_ABSENT, product)))
    given = [] if many_colours_of(product) else _given_colours(said)
    found = given or _said_colours(said, product.title)[:3]
    return [(name, _dyed(name, code, material_of(product))) for name, code in found]


def _dyed(name: str, code: str, material: str) -> str:
    """What a colour by name is on a material: denim has blues of its own, and natural is what a cloth is undyed."""
    if code != COLOURS.get(name, ("",))[0]:
        return code
    if material == "denim":
        return OF_DENIM.get(name, code)
    return USUAL.get(material, code) if name == "natural" and material in FABRICS else code


def _known_colours(domain: str) -> dict[str, tuple[str, ...]]:
    """The words of each colour; those of `_HELD` are about what is in a package."""
    held = _HELD.get(domain, ())
    return {name: tuple(word for word in words if word not in held) for name, (_, words) in COLOURS.items()}


def _given_colours(product: Product) -> list[tuple[str, str]]:
    """The colours of a product whose attributes say them, or none."""
    named = attribute(product, *_COLOUR_NAMES)
    if _CODE.fullmatch(main := attribute(product, "colour_rgb")):
        first, *more = _first(named, _known_colours(product.domain), 3) or [nearest_colour(main)]
        # What the shop lists comes before what was read out of words.
        return _with_accent([(first, main), *((name, COLOURS[name][0]) for name in more)], product)
    if (name := named.strip()) in COLOURS:
        return _with_accent([(name, COLOURS[name][0])], product)
    if not named and attribute(product, "accent") and _CODE.fullmatch(second := attribute(product, "accent_rgb")):
        # Who read the words found no colour but the pattern's: "mug with red dots". It lies on white, a light one on grey.
        light = min(int(second[place : place + 2], 16) for place in (1, 3, 5)) > _LIGHT
        ground = "grey" if light else "white"
        return [(ground, COLOURS[ground][0]), (nearest_colour(second), second)]
    return []


def _said_colours(product: Product, title: str) -> list[tuple[str, str]]:
    """The colours of a product by its words; `title` is the whole of it, with names in which a colour is none."""
    known = _known_colours(product.domain)
    codes = [(code, code) for code in _CODE.findall(attribute(product, *_COLOUR_NAMES))]
    names = _parse(product, words_of(product), _COLOUR_NAMES, known, 3)
    # 小金条口红 正红色: what is called a colour is one.
    names.sort(key=lambda name: not any(f"{word}色" in product.title for word in known[name] if _CJK.search(word)))
    if not codes and not names:
        of_ware = next((colours for ware, colours in WARES.items() if ware in title.lower()), ())
        names = list(of_ware or PRINT_COLOURS.get(pattern_of(product), ()))
    return [*codes, *((name, COLOURS[name][0]) for name in names)]


def _without(names: re.Pattern[str], product: Product) -> Product:
    """The product with names left out in which the word of a colour or a material is none."""
    title, description = (names.sub(" ", text) for text in (product.title, product.description))
    tags = tuple(names.sub(" ", tag) for tag in product.tags)
    return product.model_copy(update={"title": title, "description": description, "tags": tags})


def _with_accent(found: list[tuple[str, str]], product: Product) -> list[tuple[str, str]]:
    """One colour, and the accent of the attribute that gives one."""
    if len(found) == 1 and _CODE.fullmatch(second := attribute(product, "accent_rgb")) and second != found[0][1]:
        found.append((nearest_colour(second), second))
    return found


def material_of(product: Product) -> str:
    """The name of the main material, or an empty text."""
    product = _without(_NOT_MATERIALS, without_parts(product))
    wares = product.domain in ("food", "beauty")
    known = {name: words for name, words in MATERIALS.items() if not (wares and name in (*FABRICS, "leather"))}
    found = _parse(product, words_of(product), ("material", "fabric", "材质", "材料", "面料"), known)
    finer = (
        _first(product.title.lower(), {name: MATERIALS[name] for name in _CERAMICS}, 1) if found == ["ceramic"] else []
    )
    return next(iter(finer or found), "")


def pattern_of(product: Product) -> str:
    """The name of the pattern, or an empty text.

    >>> pattern_of(Product(sku="t", title="White T-shirt without print", category="apparel/t-shirt"))
    ''
    """
    product = _without(_ABSENT, product)
    # The bare word is too often about the material: "solid oak".
    if attribute(product, *_PATTERN_NAMES) in ("solid", "none"):
        return "plain"
    if motif := motif_of(product):
        shown = _first(
            product.title.lower(), {"all over": ALL_OVER_WORDS, "one": ONE_PRINT, "many": PRINTED_ALL_OVER}, 3
        )
        return "motif" if "all over" in shown or shown == ["many"] or motif in FOLIAGE else "logo"
    kind = {name: PATTERNS[name] for name in FINER.get(attribute(product, *_PATTERN_NAMES), ())}
    found = _first(product.title.lower(), kind, 1) or _parse(product, words_of(product), _PATTERN_NAMES, PATTERNS)
    if found in ([], ["logo"]):
        if undrawn_pattern(product):
            return "plain" if found else ""  # a snake print is none of letters
        if _first(_said_of_pattern(product), {"any": ANY_PRINT}, 1):
            usual = _first(product.title.lower(), USUAL_PRINTS, 1)
            # A cushion may show the thing that its title names; a dress shows none.
            found = found if usual == ["geometric"] and found and subject_of(product.title) else usual or found
    if not found and product.domain in ("apparel", "home") and _first(product.title.lower(), {"any": RAINBOW_WORDS}, 1):
        return "stripes"
    return found[0] if found else ""


def many_colours_of(product: Product) -> str:
    """`rainbow` or `many` where the words name more colours than two together, else an empty text."""
    said = f"{product.title} | {attribute(product, *_COLOUR_NAMES)}".lower()
    return next(iter(_first(said, {"rainbow": RAINBOW_WORDS, "many": MANY_COLOURS}, 1)), "")


def motif_of(product: Product) -> str:
    """The thing of `MOTIFS` that a title says is printed, or an empty text.

    >>> motif_of(Product(sku="d", title="Dress with lemon print", category="apparel/dress"))
    'lemon'
    """
    for found in _PRINT_OF.finditer(product.title[:400].lower()):
        said = next(text for text in found.groups() if text)
        # An orange floral print shows flowers, and an olive green one need not show olives.
        described = said.split()[-1] in _NO_THINGS
        if not described and (subject := subject_of(said)) in MOTIFS:
            return subject
    return ""


def stripes_lie(product: Product) -> bool | None:
    """Whether its title says that stripes go from side to side, or that they do not; None where it says neither.

    >>> stripes_lie(Product(sku="t", title="Breton top", category="apparel/t-shirt"))
    True
    """
    said = _first(product.title.lower(), STRIPES, 1)
    return said == ["lying"] if said else None


def undrawn_pattern(product: Product) -> str:
    """The name of a pattern that the words ask for and that no renderer of this plugin draws, or an empty text.

    >>> undrawn_pattern(Product(sku="b", title="Snakeskin belt", category="apparel/belt"))
    'snake skin'
    """
    return next(iter(_first(_said_of_pattern(product), UNDRAWN, 1)), "")


def _said_of_pattern(product: Product) -> str:
    return " | ".join((attribute(product, *_PATTERN_NAMES), product.title, *product.tags)).lower()


def sleeves_of(product: Product) -> str:
    """Whether its words give a garment `long`, `short` or `no` sleeves; an empty text where they say nothing.

    >>> sleeves_of(Product(sku="t", title="长袖T恤", category="apparel/t-shirt"))
    'long'
    """
    return next(iter(_first(words_of(product), _SLEEVES, 1)), "")


def nearest_colour(code: str) -> str:
    """The name in `COLOURS` that comes closest to `#rrggbb` (weighted sRGB distance)."""
    channels = [int(code[i : i + 2], 16) for i in (1, 3, 5)]

    def distance(name: str) -> float:
        other = COLOURS[name][0]
        return sum(
            weight * (a - int(other[i : i + 2], 16)) ** 2
            for weight, a, i in zip((3, 4, 2), channels, (1, 3, 5), strict=True)
        )

    return min(COLOURS, key=distance)
