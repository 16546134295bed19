"""Names of colours, materials, patterns and kinds of product in either language."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from prodgen_sdk.types import Locale, Product
from prodgen_text.reading.extract import extract
from prodgen_text.reading.lexicon import find
from prodgen_text.reading.normalise import fold, has_cjk, load_table

_TABLES = {"colour": "colours", "material": "materials", "pattern": "patterns", "category": "categories"}


@lru_cache(maxsize=4096)
def _word(kind: str, value: str, locale: Locale) -> str | None:
    entry = load_table(_TABLES[kind]).get(value)
    if entry is None:
        return None
    if locale == "zh":
        names = [str(name) for name in entry["zh"]]
        full = next((name for name in names if name.endswith("色")), names[0])  # 藏青色 reads better than 藏青
        return full if kind == "colour" else names[0]
    return value if kind != "category" else str(entry.get("name") or entry["en"][0])


def in_words(kind: Literal["colour", "material", "pattern"], value: str, locale: Locale) -> str:
    """An attribute's value in a language; a value that the lexicon does not know stays as it is.

    >>> in_words("colour", "light blue", "zh"), in_words("material", "不锈钢", "en")
    ('天蓝色', 'stainless steel')
    """
    if not value or (known := _word(kind, value, locale)):
        return known if value and known else ""
    text = fold(value)
    if known := _word(kind, text, locale):
        return known
    if has_cjk(text) == (locale == "zh"):
        return value
    shade, _, base = text.partition(" ")
    if locale == "zh" and shade in ("light", "dark") and (known := _word(kind, base, locale)):
        return ("浅" if shade == "light" else "深") + known
    for hit in find(text):
        if (term := hit.term(kind)) is not None:
            return _word(kind, term.value, locale) or value
    return value


def named(product: Product, locale: Locale) -> str:
    """The kind of product: as the title in that language says it, or else by the category, the most precise that is known.

    >>> named(Product(sku="m", title="Blue coffee mug", category="home/mug"), "en")
    'coffee mug'
    """
    parts = product.category.split("/")
    if locale == product.locale or locale in product.translations:
        title = product.text(locale).title
        kind = extract(title, locale=locale).get("category")
        if kind is not None and kind.value.split("/")[:2] == parts[:2]:
            said = title[slice(*kind.span)]
            informal = fold(said) in ("tee", "tshirt", "t shirt")
            return (_word("category", kind.value, locale) or said) if informal else _cased(said)
    for count in range(len(parts), 1, -1):
        if known := _word("category", "/".join(parts[:count]), locale):
            return known
    return product.text(locale).title if locale == "zh" else parts[-1].replace("-", " ")


def _cased(words: str) -> str:
    """In lower case, but for words that are written otherwise, such as T-shirt."""
    return " ".join(word if word[:2].upper() == "T-" or word.isupper() else word.lower() for word in words.split())
