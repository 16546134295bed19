"""From words to materials: what a product is made of, its colours, its pattern and its label."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from prodgen_render import patterns
from prodgen_render.artwork import draw_label
from prodgen_render.label_words import name_on_label, quoted_in
from prodgen_render.model import Material, Rgb, to_linear, to_srgb
from prodgen_render.parts import part_words
from prodgen_render.patterns import Srgb
from prodgen_render.words import attribute, capacity_ml, colours_of, height_cm, material_of, pattern_of
from prodgen_sdk.types import Product

FABRICS = ("cotton", "linen", "canvas", "denim", "knit", "wool", "velvet", "silk", "nylon")
METALS = {
    "steel": (0.66, 0.66, 0.67), "metal": (0.62, 0.62, 0.63), "aluminium": (0.78, 0.79, 0.80), "brass": (0.80, 0.60, 0.26),
    "copper": (0.84, 0.45, 0.31), "gold": (0.90, 0.66, 0.28),
}  # fmt: skip
FINISH: dict[str, dict[str, float]] = {
    "glass": {"roughness": 0.08, "transmission": 0.96},
    "porcelain": {"roughness": 0.4, "coat": 1.0},
    "ceramic": {"roughness": 0.5, "coat": 0.8},
    "stoneware": {"roughness": 0.7, "coat": 0.15},
    "terracotta": {"roughness": 0.85},
    "steel": {"roughness": 0.32, "metallic": 1.0},
    "metal": {"roughness": 0.3, "metallic": 1.0},
    "aluminium": {"roughness": 0.4, "metallic": 1.0},
    "brass": {"roughness": 0.28, "metallic": 1.0},
    "copper": {"roughness": 0.28, "metallic": 1.0},
    "gold": {"roughness": 0.2, "metallic": 1.0},
    "iron": {"roughness": 0.6, "metallic": 0.2},
    "walnut": {"roughness": 0.55, "coat": 0.15},
    "bamboo": {"roughness": 0.55, "coat": 0.15},
    "wood": {"roughness": 0.55, "coat": 0.15},
    "marble": {"roughness": 0.35, "coat": 0.6},
    "leather": {"roughness": 0.5, "coat": 0.1},
    "denim": {"roughness": 0.95, "sheen": 0.3},
    "knit": {"roughness": 1.0, "sheen": 0.6},
    "wool": {"roughness": 1.0, "sheen": 0.8},
    "velvet": {"roughness": 0.9, "sheen": 1.6},
    "silk": {"roughness": 0.42, "sheen": 0.5},
    "linen": {"roughness": 0.95, "sheen": 0.2},
    "canvas": {"roughness": 0.95, "sheen": 0.2},
    "cotton": {"roughness": 0.95, "sheen": 0.35},
    "nylon": {"roughness": 0.55, "sheen": 0.2},
    "kraft": {"roughness": 0.85},
    "paper": {"roughness": 0.6},
    "rubber": {"roughness": 0.75},
    "matte plastic": {"roughness": 0.6},
    "plastic": {"roughness": 0.38, "coat": 0.35},
    "lacquer": {"roughness": 0.3, "coat": 1.0},
}
_BASE: dict[str, str] = {
    "wood": "#c79a66", "walnut": "#7a5236", "bamboo": "#dcb878", "kraft": "#c19a6b", "leather": "#7d4f2e", "denim": "#3d557c",
    "marble": "#f1efec", "iron": "#2c2d2f", "linen": "#d9ccb4", "canvas": "#e9dfca", "stoneware": "#cdc0aa", "terracotta": "#b8654a",
    "ceramic": "#ebe6da", "porcelain": "#f6f4ef", "cotton": "#efebe1", "wool": "#d5cbb9", "knit": "#dbd0bc", "silk": "#ecdfcb",
    "rubber": "#2a2a2c",
}  # fmt: skip
"""What a material usually looks like; a product whose words name it and no colour gets this one."""
OWN = (*METALS, "wood", "walnut", "bamboo", "kraft", "leather", "marble", "iron", "denim", "glass")
"""Materials that keep a colour of their own where the words name none."""
_WHITE: Srgb = (246, 243, 236)
_PALE = 0.7
"""Luminance from which white would not be seen beside a colour: that of cream and white."""
METALLIC = ("gold", "silver", "rose gold")
"""Colours that are metals where a thing can be of metal."""
_PALETTE = (
    "#c3272b",
    "#2f62ad",
    "#3f8a55",
    "#e9802c",
    "#f0c33c",
    "#7a55a3",
    "#1f7f86",
    "#eda5b6",
    "#1f2f55",
    "#f4f3ef",
    "#1d1d1f",
    "#dcc9ad",
)


def srgb(code: str) -> Srgb:
    """`#rrggbb` as three integers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def linear(colour: Srgb) -> Rgb:
    """Linear RGB of an 8-bit sRGB colour."""
    r, g, b = to_linear(np.array(colour) / 255).tolist()
    return r, g, b


@dataclass(frozen=True, eq=False)
class Look:
    """What the words say of a product's surface; families ask it for materials.

    Args:
        rng: the product's own random numbers; families draw from it in a fixed order.
    """

    product: Product
    rng: np.random.Generator
    noted: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)
    """What the family drew, in [0, 1]. A draw is named after its range and how often that was drawn before, so that it keeps
    its name where others are skipped."""

    @cached_property
    def _named(self) -> list[tuple[str, str]]:
        return colours_of(self.product)

    @cached_property
    def colour_name(self) -> str:
        """Name of the main colour, or an empty text where the words name none."""
        return self._named[0][0] if self._named else ""

    @property
    def own_colour(self) -> bool:
        """Whether materials with a colour of their own keep it: nothing names another."""
        return not self._named

    @cached_property
    def material_name(self) -> str:
        """Name of the main material, or an empty text."""
        return material_of(self.product)

    @cached_property
    def pattern_name(self) -> str:
        """Name of the pattern; plain where the words name none."""
        return pattern_of(self.product) or "plain"

    def colour(self, default: str | None = None) -> Srgb:
        """The main colour; without one the material's own, then `default`, then one drawn from a palette."""
        code = self._named[0][1] if self._named else _BASE.get(self.material_name) or default
        if code is None or self._named:
            code = code or self._drawn[0]
            self.noted.setdefault("colour", code)
        return self.note(srgb(code))

    def accent(self, base: Srgb, default: str | None = None) -> Srgb:
        """The second colour, or one that goes with `base`."""
        if default and len(self._named) < 2:
            return srgb(default)
        accent = srgb(self._named[1][1]) if len(self._named) > 1 else self._chosen_accent(base)
        self.noted.setdefault("accent", "#{:02x}{:02x}{:02x}".format(*accent))
        return accent

    def _chosen_accent(self, base: Srgb) -> Srgb:
        light = patterns.brightness(base)
        if self.pattern_name == "gradient":
            return patterns.mix(base, (255, 255, 255) if light < 0.6 else self._drawn_srgb, 0.72)
        return _WHITE if light < _PALE else self._drawn_srgb

    @cached_property
    def _drawn(self) -> tuple[str, str]:
        draw = np.random.default_rng(int(self.rng.integers(2**31)))
        first, second = draw.permutation(len(_PALETTE) - 3)[:2]
        return _PALETTE[first], _PALETTE[second]

    @property
    def _drawn_srgb(self) -> Srgb:
        return srgb(self._drawn[1])

    def pick(self, *allowed: str) -> str:
        """The named material if it suits the part, or the first of `allowed`."""
        return self.material_name if self.material_name in allowed else allowed[0]

    def uniform(self, low: float, high: float) -> float:
        """A random proportion."""
        return low + (high - low) * self._draw(f"{low:g} to {high:g}")

    def chance(self, share: float) -> bool:
        """True in `share` of all products."""
        return self._draw(f"below {share:g}") < share

    def choice(self, count: int) -> int:
        """One of `count` kinds."""
        chosen = int(self.rng.integers(count))
        self._record(f"one of {count}", (chosen + 0.5) / count)
        return chosen

    def _draw(self, what: str) -> float:
        return self._record(what, float(self.rng.random()))

    def _record(self, what: str, value: float) -> float:
        self.drawn[self._name(what)] = value
        return value

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter()

    def _name(self, what: str) -> str:
        self._times[what] += 1
        return f"{what} #{self._times[what]}"

    def tallness(self, typical_ml: float = 0, typical_cm: float = 0) -> float:
        """How much taller than usual the words make it, 0.75 to 1.4; 1 where they say nothing."""
        ml, cm = capacity_ml(self.product), height_cm(self.product)
        if typical_cm and cm:
            return float(np.clip((cm / typical_cm) ** 0.5, 0.75, 1.4))
        return float(np.clip((ml / typical_ml) ** 0.33, 0.75, 1.4)) if typical_ml and ml else 1.0

    def part(self, name: str, material: Material, *, metal: bool = False) -> Material:
        """A part's material: the colour and the material that the words give this part (see `parts.PARTS`), else its own.

        Args:
            metal: whether gold and silver are metals here.
        """
        said = part_words(self.product, name)
        if said is None or (said.colour is None and said.material == material.name and material.name not in OWN):
            return material
        made_of, colour = said.material, said.colour
        if not made_of and metal and colour is not None and colour[0] in METALLIC:
            made_of, colour = ("brass", None) if colour[0] == "gold" else ("metal", colour)
        if not made_of:
            # Metal of another colour is painted.
            made_of = "lacquer" if material.metallic else material.name if material.name in FINISH else "plastic"
        return self.plain(made_of, None if colour is None else srgb(colour[1]))

    def note(self, colour: Srgb, material: str = "") -> Srgb:
        """Remembers what the product's main surface became: the first that a family asks for."""
        self.noted.setdefault("rgb", "#{:02x}{:02x}{:02x}".format(*colour))
        if material:
            self.noted.setdefault("material", material)
        return colour

    def solid(self, *allowed: str, default: str | None = None) -> Material:
        """The main material in the main colour, without pattern; materials with a colour of their own keep it."""
        name = self.pick(*allowed)
        own = name in OWN or (name in _BASE and name == self.material_name)
        if own and self.own_colour and not (name == "glass" and default):
            material = self.plain(name)
            self.note(tuple(round(255 * float(c)) for c in to_srgb(material.mean_colour)), name)  # type: ignore[arg-type]
            return material
        colour = self.colour(default)
        self.noted.setdefault("material", name)
        return self.plain(name, colour)

    def plain(self, name: str, colour: Srgb | str | None = None) -> Material:
        """A material without pattern; metals and woods have their own colour unless one is given."""
        code = srgb(colour) if isinstance(colour, str) else colour
        finish = self.finish(name)
        if name == "glass":
            tint = code or (238, 246, 244)
            return Material("glass", linear(patterns.mix(tint, (255, 255, 255), 0.25)), **finish)  # type: ignore[arg-type]
        bump = patterns.relief(name)
        if name in METALS:
            base = (
                METALS[name]
                if code is None
                else tuple(0.25 * m * 1.0 + 0.75 * c for m, c in zip(METALS[name], linear(code), strict=True))
            )
            return Material(name, base, bump=bump, **finish)  # type: ignore[arg-type]
        code = code or srgb(_BASE.get(name, "#e8e6e1"))
        if name in ("wood", "walnut", "bamboo"):
            return Material(name, (1, 1, 1), texture=patterns.wood(code), **finish)  # type: ignore[arg-type]
        if name == "marble":
            return Material(name, (1, 1, 1), texture=patterns.marble(code), **finish)  # type: ignore[arg-type]
        return Material(name, linear(code), bump=bump, **finish)  # type: ignore[arg-type]

    def finish(self, name: str) -> dict[str, float]:
        """How a material takes the light: fields of `Material` that differ from 0."""
        return FINISH[name]

    def main(
        self, *allowed: str, extent: tuple[float, float] = (0.25, 0.1), default: str | None = None, period: float = 0.03
    ) -> Material:
        """The material of the main body, with the product's colour and pattern.

        Args:
            allowed: materials that suit the body, the usual one first.
            extent: metres that the UV square covers.
            default: colour where the words name none.
            period: metres of one period of a pattern.
        """
        material = self.solid(*allowed, default=default)
        if self.pattern_name in ("plain", "logo") or material.name == "glass":
            return material
        picture = self.surface(extent, srgb(self.noted["rgb"]), period)
        return material.but(colour=(1.0, 1.0, 1.0), texture=patterns.texture(picture))

    def surface(self, extent: tuple[float, float], shade: Srgb, period: float) -> Image.Image:
        """The pattern over the whole of a main surface; arguments as for `main`."""
        width, height = pixels(extent)
        return patterns.draw_pattern(
            self.pattern_name, width, height, shade, self.accent(shade), self.rng, max(2, extent[0] / period)
        )

    @cached_property
    def title_words(self) -> str:
        """The product's name as it goes on a package."""
        return name_on_label(self.product.title)

    def words_on(self, material: str) -> str:
        """What is written on a label of a material: a package's name; on clothes and wares what they are quoted to say, or their brand."""
        if self.product.domain in ("food", "beauty", "other") or material == "paper":
            return self.title_words
        return quoted_in(self.product.title) or attribute(self.product, "brand", "品牌").title()[:40]

    def label(
        self,
        name: str,
        extent: tuple[float, float],
        base: Srgb,
        box: tuple[float, float, float, float],
        *,
        style: str = "",
        ink: Srgb | None = None,
        note: bool = True,
        art: bool = True,
    ) -> Material:
        """A material of one colour with the product's label printed on it.

        Args:
            name: the material under the print.
            extent: metres that the UV square covers.
            base: colour around the label.
            box: where the label is: u from, v from, u to, v to, all in [0, 1], v up.
            style: see `artwork.STYLES`; empty draws one.
            note: whether this is the product's main surface.
            art: whether an asset's artwork belongs here; the sides of a box have lettering only.
        """
        width, height = pixels(extent, self.label_pixels)
        if note:
            self.note(base, name)
        if self.pattern_name in ("plain", "logo"):
            picture = Image.new("RGB", (width, height), base)
        else:
            picture = patterns.draw_pattern(
                self.pattern_name, width, height, base, self.accent(base), self.rng, max(3, extent[0] / 0.03)
            )
        area = (
            round(box[0] * width),
            round((1 - box[3]) * height),
            round(box[2] * width),
            round((1 - box[1]) * height),
        )
        self.print(picture, area, base, style, ink, art, self.words_on(name))
        return self.plain(name, base).but(colour=(1.0, 1.0, 1.0), texture=patterns.texture(picture))

    @property
    def label_pixels(self) -> int:
        """Pixels on the longer edge of a surface that has a label."""
        return 900

    @property
    def label_detail(self) -> str:
        """The small line of a label: how much is in it."""
        return attribute(self.product, "capacity", "volume", "net_weight", "weight", "容量", "净含量", "规格")

    def print(
        self, picture: Image.Image, area: tuple[int, int, int, int], base: Srgb, style: str, ink: Srgb | None, art: bool,
        words: str,
    ) -> None:  # fmt: skip
        """Draws the label with some words, or none, into an area (left, top, right, bottom) of a picture."""
        del art
        draw_label(
            picture,
            area,
            words,
            self.label_detail if words else "",
            self.product.domain,
            base,
            self.accent(base),
            self.rng,
            style=style,
            ink=ink,
        )

    def wallpaper(self, base: Srgb, width: int, height: int) -> Image.Image:
        """What a screen shows behind its windows."""
        return patterns.clouds(base, width, height, self.rng)


def pixels(extent: tuple[float, float], longest: int = 768) -> tuple[int, int]:
    scale = longest / max(extent)
    return max(64, round(extent[0] * scale)), max(64, round(extent[1] * scale))
