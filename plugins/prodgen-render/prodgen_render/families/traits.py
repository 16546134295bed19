"""What is known of each family without building it: its draws, its materials, and where artwork goes.

The table `traits.json` follows from the families' code; `python -m prodgen_render.families.traits` writes it anew (some minutes).
A draw that a family has learnt since is appended, and one that it no longer asks for keeps its place, so that assets made before stay
what they were: what they lack counts as 0.5.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image

from prodgen_render.looks.finishes import FINISH, KIN
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb
from prodgen_render.looks.prints import PRINTS
from prodgen_render.shapes.detail import detail
from prodgen_sdk.types import Layout, Product

TABLE = Path(__file__).with_name("traits.json")
TILED = ("stripes", "dots", "checks", "floral", "speckle", "motif")


@dataclass(frozen=True)
class Traits:
    """One family.

    Args:
        draws: names of its draws, as in `Look.drawn`; an asset's proportions are in this order.
        usual: the main material where the words name none that suits.
        suited: materials that it can be made of.
        layouts: layout by kind of pattern (plain, logo, tile, gradient), or by `kind/material` where that differs.
        aspect: width over height of what the artwork goes on, by layout.
    """

    draws: tuple[str, ...]
    usual: str
    suited: tuple[str, ...]
    layouts: Mapping[str, Layout]
    aspect: Mapping[str, float]

    def material(self, named: str) -> str:
        """The main material where the words name `named` (or nothing)."""
        return named if named in self.suited or KIN.get(named) in self.suited else self.usual

    def layout(self, pattern: str, material: str) -> Layout:
        """Where artwork goes on a product of this pattern and material."""
        kind = kind_of(pattern)
        return self.layouts.get(f"{kind}/{material}") or self.layouts[kind]


def kind_of(pattern: str) -> str:
    """Plain, logo, tile or gradient."""
    return "tile" if pattern in TILED or pattern in PRINTS else pattern if pattern in ("logo", "gradient") else "plain"


@cache
def traits_of(family: str) -> Traits:
    """The traits of a family by name."""
    row = _table()[family]
    return Traits(tuple(row["draws"]), row["usual"], tuple(row["suited"]), row["layouts"], row["aspect"])


@cache
def _table() -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(TABLE.read_text("utf-8")))


@dataclass(frozen=True, eq=False)
class _Watched(Look):
    """A look that notes what a family asks for instead of drawing it, and answers draws with one number where it has one."""

    answer: float | None = None
    asked: dict[str, Any] = field(default_factory=lambda: {"allowed": [], "art": []})

    def _draw(self, what: str) -> float:
        return super()._draw(what) if self.answer is None else self._record(what, self.answer)

    def choice(self, count: int) -> int:
        return super().choice(count) if self.answer is None else int(self._draw(f"one of {count}") * count)

    def pick(self, *allowed: str) -> str:
        self.asked["allowed"] += allowed
        return super().pick(*allowed)

    @property
    def label_pixels(self) -> int:
        return 200

    def surface(self, extent: tuple[float, float], shade: Srgb, period: float) -> Image.Image:
        self.asked["art"].append(("surface" if self.pattern_name == "gradient" else "tile", extent[0] / extent[1]))
        return Image.new("RGB", (8, 8), shade)

    def print(
        self, picture: Image.Image, area: tuple[int, int, int, int], base: Srgb, style: str, ink: Srgb | None, art: bool,
        words: str,
    ) -> None:  # fmt: skip
        if art:
            self.asked["art"].append(("label", (area[2] - area[0]) / max(1, area[3] - area[1])))

    def unasked(self, share: float) -> bool:
        return self.chance(share)

    def wallpaper(self, base: Srgb, width: int, height: int) -> Image.Image:
        self.asked["art"].append(("screen", width / height))
        return Image.new("RGB", (width, height), base)


def collect(name: str) -> dict[str, Any]:
    """The traits of one family, by building it with different words and draws."""
    seen = list(_builds(name))
    usual = next(material for named, _, _, material in seen if not named)
    suited = sorted({named for named, _, _, material in seen if named and named == material})
    # The usual model's draws as it asks for them, then what others ask for besides.
    draws: dict[str, None] = {}
    for _, _, look, _ in seen:
        draws.update(dict.fromkeys(look.drawn))
    layouts: dict[str, str] = {}
    aspects: dict[str, list[float]] = {}
    for named, pattern, look, _ in seen:
        key = kind_of(pattern) + (f"/{named}" if named in suited else "")
        found = look.asked["art"][0][0] if look.asked["art"] else "none"
        if layouts.get(key, "none") == "none":
            layouts[key] = found
        for layout, aspect in look.asked["art"][:1]:
            aspects.setdefault(layout, []).append(aspect)
    plain = {key: layout for key, layout in layouts.items() if "/" not in key}
    more = {key: layout for key, layout in layouts.items() if "/" in key and layout != plain[key.split("/")[0]]}
    return {
        "draws": list(draws),
        "usual": usual,
        "suited": suited,
        "layouts": plain | more,
        "aspect": {layout: round(float(np.median(values)), 3) for layout, values in sorted(aspects.items())},
    }


def _builds(name: str) -> Iterator[tuple[str, str, _Watched, str]]:
    """Named material, pattern, look and main material of each build."""
    from prodgen_render.families import FAMILIES

    family = FAMILIES[name]
    tried, waiting = set(), ["", "glass", "plastic", "steel", "wood", "leather", "kraft", "ceramic"]
    while waiting:
        named = waiting.pop(0)
        if named in tried:
            continue
        tried.add(named)
        for pattern in ("plain", "logo", "stripes", "gradient"):
            # Some words choose another model: a smart watch, shorts, a carton that is a box.
            titles = family.words if not named and pattern == "plain" else family.words[:1]
            answers = (0.02, 0.98) if pattern == "plain" or not named else (0.02,)
            for title, answer in product(titles, answers):
                words = {"pattern": pattern, "colour": "blue"} | ({"material": named} if named else {})
                category = f"{family.domain}/{family.name}"
                goods = Product(sku="t", title=title, category=category, attributes=words)
                look = _Watched(goods, np.random.default_rng(0), answer=answer)
                with detail(0.2):  # the shapes do not matter here
                    parts = family.build(look)
                material = look.noted.get("material") or parts[0].material.name
                if pattern == "plain":
                    waiting += [m for m in dict.fromkeys(look.asked["allowed"]) if m in FINISH and m not in tried]
                yield named, pattern, look, material
            if pattern == "plain" and named and material != named:
                break  # it does not suit: nothing else would differ


def main() -> None:
    """Writes the table."""
    from prodgen_render.families import FAMILIES
    from prodgen_sdk.files import write_atomically

    rows = []
    for name in FAMILIES:
        row = collect(name)
        known = _table().get(name, {}).get("draws", [])
        row["draws"] = [*known, *(draw for draw in row["draws"] if draw not in known)]
        rows.append(f"{json.dumps(name)}: {json.dumps(row)}")
        sys.stderr.write(f"{name}\n")
    write_atomically(TABLE, ("{\n" + ",\n".join(rows) + "\n}\n").encode())


if __name__ == "__main__":
    main()
