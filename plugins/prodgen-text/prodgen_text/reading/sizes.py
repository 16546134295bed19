"""Sizes in words and figures: garment sizes, volumes, weights, lengths and dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"(?<![\d.,])(\d{1,4}(?:[.,]\d{1,3})?)"
_UNITS: dict[str, str] = {
    "ml": "ml", "毫升": "ml", "cl": "cl", "l": "l", "升": "l", "liter": "l", "litre": "l", "liters": "l", "litres": "l",
    "fl oz": "fl oz", "fl. oz": "fl oz", "oz": "oz", "ounce": "oz", "ounces": "oz", "盎司": "oz",
    "g": "g", "克": "g", "gram": "g", "grams": "g", "kg": "kg", "公斤": "kg", "千克": "kg", "斤": "jin", "lb": "lb", "lbs": "lb",
    "mm": "mm", "毫米": "mm", "cm": "cm", "厘米": "cm", "公分": "cm", "m": "m", "米": "m",
    "inch": "in", "inches": "in", '"': "in", "″": "in", "英寸": "in", "寸": "in", "in": "in", "ft": "ft", "feet": "ft",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_END = r"(?![a-z0-9])"
_DIMENSIONS = re.compile(
    rf"{_NUMBER}\s*(?:{_UNIT})?\s*[x×*]\s*(\d{{1,4}}(?:\.\d+)?)(?:\s*(?:{_UNIT})?\s*[x×*]\s*(\d{{1,4}}(?:\.\d+)?))?\s*-?({_UNIT}){_END}"
)
_QUANTITY = re.compile(rf"{_NUMBER}\s*-?\s*({_UNIT}){_END}")
_LETTERS = r"(?:xxs|xs|s|m|l|xl|xxl|xxxl|[2-6]xl|one size|os)"
_LABELLED = re.compile(rf"\bsize\s*[:\-]?\s*((?:eu|us|uk)?\s?\d{{1,2}}(?:\.5)?|{_LETTERS}){_END}")
_REGION = re.compile(rf"(?<![a-z0-9])((?:eu|us|uk)\s?\d{{1,2}}(?:\.5)?){_END}")
_LETTER_ALONE = re.compile(rf"(?:(?<=[(,/])\s*|(?<=\s-\s))({_LETTERS})(?=\s*(?:[),/]|$))")
_LETTER_CLEAR = re.compile(
    rf"(?<![a-z0-9&'-])(xxs|xs|xl|xxl|xxxl|[2-6]xl|one size){_END}(?!\s?-?\s?(?:screen|display))"
)
_CHINESE = re.compile(rf"({_LETTERS}|\d{{2}}(?:\.5)?)\s*码|均码|(?:特|加)?大号|中号|小号|迷你款")
_WORDS = {"均码": "one size", "特大号": "extra large", "加大号": "extra large", "大号": "large", "中号": "medium", "小号": "small", "迷你款": "mini"}  # fmt: skip
_WAIST = re.compile(r"\bw?(\d{2})w?\s*[x/]?\s*l(\d{2})\b|\b(\d{2})w\s*[x/]?\s*(\d{2})l\b")
_BEDS = re.compile(r"\b(twin|full|queen|king|california king)\s+size\b")


@dataclass(frozen=True)
class Size:
    """A size found at `text[start:end]`, in one way of writing: `350 ml`, `30 x 40 cm`, `XL`, `EU 42`."""

    start: int
    end: int
    value: str
    confidence: float


def find_sizes(text: str) -> list[Size]:
    """Sizes in a folded text, the surest first, then by place.

    >>> find_sizes("water bottle 500ml")[0].value
    '500 ml'
    """
    found = sorted(_candidates(text), key=lambda size: (-size.confidence, size.start))
    kept: list[Size] = []
    for size in found:
        if all(size.end <= other.start or other.end <= size.start for other in kept):
            kept.append(size)
    return kept


def _candidates(text: str) -> Iterator[Size]:
    for match in _DIMENSIONS.finditer(text):
        numbers = " x ".join(_plain(part) for part in match.groups()[:3] if part)
        yield Size(*match.span(), f"{numbers} {_UNITS[match[4]]}", 0.95)
    for match in _QUANTITY.finditer(text):
        unit = _UNITS[match[2]]
        # A bare "g" after a small number is a network (5G), a bare "m" or "in" often no size at all.
        unsure = (unit == "g" and match[1] in ("2", "3", "4", "5", "6")) or match[2] in ("m", "in", "米", "寸")
        if not (unit == "g" and unsure):
            yield Size(*match.span(), f"{_plain(match[1])} {unit}", 0.7 if unsure else 0.9)
    for pattern, confidence in ((_LABELLED, 0.95), (_REGION, 0.85), (_LETTER_ALONE, 0.8), (_LETTER_CLEAR, 0.85)):
        for match in pattern.finditer(text):
            yield Size(*match.span(1), _letter(match[1]), confidence)
    for match in _CHINESE.finditer(text):
        yield Size(*match.span(), _WORDS.get(match[0]) or _letter(match[1] or match[0]), 0.9)
    for match in _WAIST.finditer(text):
        yield Size(*match.span(), f"W{match[1] or match[3]} L{match[2] or match[4]}", 0.97)
    for match in _BEDS.finditer(text):
        yield Size(*match.span(), match[1], 0.9)


def _plain(number: str) -> str:
    return number.replace(",", ".").removesuffix(".0")


def _letter(text: str) -> str:
    if text in ("one size", "os"):
        return "one size"
    region = re.fullmatch(r"(eu|us|uk)\s?(\d.*)", text)
    return f"{region[1].upper()} {region[2]}" if region else text.upper()
