"""Reads how large a product is, and how much it holds, out of its attributes and its title (English, Chinese)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from prodgen_render.words.reading import attribute
from prodgen_sdk.types import Product

_UNITS = {
    "mm": 0.001, "毫米": 0.001, "cm": 0.01, "厘米": 0.01, "公分": 0.01, "dm": 0.1, "m": 1.0, "米": 1.0,
    "in": 0.0254, "inch": 0.0254, "inches": 0.0254, "英寸": 0.0254, '"': 0.0254, "″": 0.0254, "ft": 0.3048, "feet": 0.3048,
}  # fmt: skip
_AXES = {
    "width": 0, "w": 0, "wide": 0, "宽度": 0, "宽": 0, "面宽": 0,
    "depth": 1, "d": 1, "deep": 1, "thickness": 1, "thick": 1, "深度": 1, "深": 1, "进深": 1, "厚度": 1, "厚": 1,
    "height": 2, "h": 2, "high": 2, "tall": 2, "高度": 2, "高": 2,
    "diameter": 1, "直径": 1, "length": None, "l": None, "long": None, "长度": None, "长": None,
}  # fmt: skip
_DIAMETERS = ("diameter", "直径")
_WHOLE = ("dimensions", "dimension", "product dimensions", "size", "measurements", "尺寸", "规格", "产品尺寸", "大小")
_MAYBE_NOT_LENGTHS = ("size", "规格", "大小")


def _either(names: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_NUMBER = r"(?<![\d.,])(?P<number>\d{1,5}(?:[.,]\d{1,3})?)"
_UNIT, _AXIS = f"(?P<unit>{_either(_UNITS)})", f"(?P<axis>{_either(_AXES)})"
_END = r"(?![\d.]|(?!x)[a-z])"
_AXIS_FIRST = re.compile(rf"(?<![a-z]){_AXIS}\s*[:：=]?\s*{_NUMBER}\s*{_UNIT}?{_END}")
_AXIS_LAST = re.compile(rf"{_NUMBER}\s*{_UNIT}?\s*(?:\(?{_AXIS}\)?\s*(?P<late>{_either(_UNITS)})?)?{_END}")
_BETWEEN = re.compile(r"\s*[x×*✕,，/]?\s*")
_COUNT = re.compile(r"\b(?:pack|set|box|case) of $")
_START = re.compile(rf"(?<![a-z])(?:{_either(_AXES)})|(?<![\d.,])\d")


@dataclass(frozen=True)
class Dimensions:
    """How large a product is said to be, in metres.

    Args:
        along: what is said of its width (0), its depth (1) and its height (2), by axis.
        free: lengths of which nothing says along which axis they are, in the order in which they stand.
        round: whether a diameter is given: width and depth are alike, but for a handle.
    """

    along: Mapping[int, float] = field(default_factory=dict)
    free: tuple[float, ...] = ()
    round: bool = False

    def __len__(self) -> int:
        return len(self.along) + len(self.free)


def dimensions_of(product: Product) -> Dimensions:
    """What attributes say of a product's size (`width`, `height`, `dimensions` ..., 高度, 尺寸 ...), or else its title.

    A number without a unit counts as centimetres, but in a title and in what may be a size of another kind.

    >>> dimensions_of(Product(sku="t", title="Oak table 180 x 90 x 75 cm", category="home/table")).free
    (1.8, 0.9, 0.75)
    >>> dimensions_of(Product(sku="v", title="花瓶", category="home/vase", attributes={"高度": "30厘米"})).along
    {2: 0.3}
    """
    said = {key.lower().replace("_", " ").strip(): str(value).lower() for key, value in product.attributes.items()}
    found = [length for name in _AXES for length in _of_attribute(name, said) if len(name) > 1 or not name.isascii()]
    for name in _WHOLE:
        if not found and name in said:
            found = _run(said[name], None if name in _MAYBE_NOT_LENGTHS else "cm")
    found = found or _run(product.title.lower(), None)
    return _sorted(found)


class _Length(NamedTuple):
    """A number as it stands in a text: the name of its axis and its unit, or empty texts."""

    axis: str
    number: float
    unit: str
    end: int

    def metres(self, unit: str) -> float:
        return round(self.number * _UNITS[self.unit or unit], 6)


def _length(text: str, at: int) -> _Length | None:
    """The length that stands at a place."""
    match = _AXIS_FIRST.match(text, at) or _AXIS_LAST.match(text, at)
    if match is None:
        return None
    said = match.groupdict()
    unit = said["unit"] or said.get("late") or ""
    return _Length(said["axis"] or "", float(said["number"].replace(",", ".")), unit, match.end())


def _of_attribute(name: str, said: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for key, unit in ((name, "cm"), *((f"{name} {unit}", unit) for unit in _UNITS)):
        value = said.get(key, "").strip()
        length = _length(value, 0)
        if length and length.end == len(value) and _plausible(length.metres(unit)):
            yield name, length.metres(unit)


def _run(text: str, default: str | None) -> list[tuple[str, float]]:
    """The first two or three lengths that stand side by side in lower-case text, each with the name of its axis or an empty text."""
    for start in (found.start() for found in _START.finditer(text)):
        if _COUNT.search(text[:start]):
            continue  # "set of 4 x 30 cm candles" counts them first
        items: list[_Length] = []
        at = start
        while len(items) < 3 and (item := _length(text, at)):
            items.append(item)
            between = _BETWEEN.match(text, item.end)
            if between is None or not (between[0].strip() in ("x", "×", "*", "✕") or item.axis):
                break
            at = between.end()
        unit = next((item.unit for item in reversed(items) if item.unit), default)
        if len(items) > 1 and unit and all(_plausible(item.metres(unit)) for item in items):
            return [(item.axis, item.metres(unit)) for item in items]
    return []


def _plausible(metres: float) -> bool:
    return 1e-3 <= metres <= 100


def _sorted(found: list[tuple[str, float]]) -> Dimensions:
    names = {name for name, _ in found}
    deep = any(_AXES.get(name) == 1 for name in names)
    long = any(name and _AXES[name] is None for name in names)
    along: dict[int, float] = {}
    free: list[float] = []
    for name, length in found:
        axis = _AXES.get(name)
        # Beside a length, a width is the shorter of two sides: which of them faces the front is not said.
        if axis is None or axis in along or (axis == 0 and long and not deep):
            free.append(length)
        else:
            along[axis] = length
    return Dimensions(along, tuple(free), any(name in _DIAMETERS for name in names))


def amount(product: Product, names: tuple[str, ...], units: Mapping[str, float]) -> float | None:
    """A quantity such as `350 ml` from an attribute or the title, in the base unit; None where none is given."""
    pattern = rf"(\d+(?:\.\d+)?)\s*({'|'.join(sorted(map(re.escape, units), key=len, reverse=True))})(?![a-z])"
    for text in (attribute(product, *names), product.title.lower()):
        found = re.search(pattern, text)
        if found:
            return float(found[1]) * units[found[2]]
    return None


def capacity_ml(product: Product) -> float | None:
    """Capacity in millilitres (a gram counts as one), or None."""
    units = {
        "ml": 1.0,
        "毫升": 1.0,
        "l": 1000.0,
        "升": 1000.0,
        "cl": 10.0,
        "oz": 29.6,
        "g": 1.0,
        "克": 1.0,
        "kg": 1000.0,
    }
    return amount(product, ("capacity", "volume", "size", "容量", "weight"), units)


def height_cm(product: Product) -> float | None:
    """Height in centimetres, or None."""
    return amount(product, ("height", "高度", "高"), {"cm": 1.0, "厘米": 1.0, "mm": 0.1, "m": 100.0, "in": 2.54})
