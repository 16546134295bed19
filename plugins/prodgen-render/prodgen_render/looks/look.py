"""From words to materials: what a product is made of, its colours, its pattern and its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from prodgen_render.looks import many, motifs, patterns, prints
from prodgen_render.looks.artwork import NATURAL, draw_label
from prodgen_render.looks.draws import Draws
from prodgen_render.looks.finishes import FINISH, KIN, METALLIC, OWN, USUAL, code_of, made_of, srgb
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Material, to_srgb
from prodgen_render.words.labels import name_on_label, quoted_in
from prodgen_render.words.parts import part_words
from prodgen_render.words.reading import (
    attribute,
    capacity_ml,
    colours_of,
    height_cm,
    many_colours_of,
    material_of,
    mentions,
    motif_of,
    pattern_of,
    words_of,
)
from prodgen_sdk.images.pictograms import subject_of
from prodgen_sdk.types import Product

_WHITE: Srgb = (246, 243, 236)
_PALE = 0.7
"""Luminance from which white would not be seen beside a colour: that of cream and white."""
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


@dataclass(frozen=True, eq=False)
class Look(Draws):
    """What the words say of a product's surface; families ask it for materials.

    Args:
        rng: the product's own random numbers; families draw from it in a fixed order.
    """

    product: Product
    rng: np.random.Generator
    given: Mapping[str, float] = field(default_factory=dict)
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

    @property
    def two_coloured(self) -> bool:
        """Whether the words name a second colour."""
        return len(self._named) > 1

    @cached_property
    def material_name(self) -> str:
        """Name of the main material, or an empty text."""
        return material_of(self.product)

    @cached_property
    def pattern_name(self) -> str:
        """Name of the pattern; plain where the words name none, and quote nothing that is printed."""
        return pattern_of(self.product) or ("logo" if quoted_in(self.product.title) else "plain")

    def colour(self, default: str | None = None) -> Srgb:
        """The main colour; without one the material's own, then `default`, that of the food, and one drawn from a palette."""
        code = self._named[0][1] if self._named else USUAL.get(self.material_name) or default or self._of_food
        if code is None or self._named:
            code = code or self._drawn[0]
            self.noted.setdefault("colour", code)
        return self.note(srgb(code))

    @cached_property
    def _of_food(self) -> str | None:
        """The colour by which a food is known: that of its package, where nothing names one."""
        known = NATURAL.get(subject_of(self.title_words)) if self.product.domain == "food" else None
        return known and code_of(known)

    def accent(self, base: Srgb, default: str | None = None) -> Srgb:
        """The second colour, or one that goes with `base`."""
        if default and not self.two_coloured:
            return srgb(default)
        accent = srgb(self._named[1][1]) if self.two_coloured else self._chosen_accent(base)
        self.noted.setdefault("accent", code_of(accent))
        return accent

    def _chosen_accent(self, base: Srgb) -> Srgb:
        light = patterns.brightness(base)
        if self.pattern_name == "gradient":
            return patterns.mix(base, (255, 255, 255) if light < 0.6 else self._drawn_srgb, 0.72)
        return _WHITE if light < _PALE else self._drawn_srgb

    @cached_property
    def inks(self) -> tuple[Srgb, ...]:
        """The colours of a product of many; none where the words name no such thing."""
        return {"rainbow": many.RAINBOW, "many": many.MUTED}.get(many_colours_of(self.product), ())

    @cached_property
    def _drawn(self) -> tuple[str, str]:
        draw = np.random.default_rng(int(self.rng.integers(2**31)))
        first, second = draw.permutation(len(_PALETTE) - 3)[:2]
        return (code_of(self.inks[-2]), code_of(self.inks[1])) if self.inks else (_PALETTE[first], _PALETTE[second])

    @property
    def _drawn_srgb(self) -> Srgb:
        return srgb(self._drawn[1])

    def says(self, words: Sequence[str]) -> bool:
        """Whether any of some words stands in what is said of the product."""
        text = words_of(self.product)
        return any(mentions(text, word) >= 0 for word in words)

    def pick(self, *allowed: str) -> str:
        """The named material if it suits the part, or the first of `allowed`."""
        name = self.material_name
        return name if name in allowed or KIN.get(name) in allowed else allowed[0]

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
        self.noted.setdefault("rgb", code_of(colour))
        if material:
            self.noted.setdefault("material", material)
        return colour

    def solid(self, *allowed: str, default: str | None = None) -> Material:
        """The main material in the main colour, without pattern; materials with a colour of their own keep it."""
        name = self.pick(*allowed)
        own = name in OWN or (name in USUAL and name == self.material_name)
        if own and self.own_colour and not (name == "glass" and default):
            material = self.plain(name)
            self.note(tuple(round(255 * float(c)) for c in to_srgb(material.mean_colour)), name)  # type: ignore[arg-type]
            return material
        colour = self.colour(default)
        self.noted.setdefault("material", name)
        return self.plain(name, colour)

    def plain(self, name: str, colour: Srgb | str | None = None) -> Material:
        """A material without pattern; metals and woods have their own colour unless one is given."""
        return made_of(name, srgb(colour) if isinstance(colour, str) else colour, self.finish(name))

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
        self.noted["pattern"] = self.pattern_name
        picture = self.surface(extent, srgb(self.noted["rgb"]), period)
        return material.but(colour=(1.0, 1.0, 1.0), texture=patterns.texture(picture))

    def surface(self, extent: tuple[float, float], shade: Srgb, period: float) -> Image.Image:
        """The pattern over the whole of a main surface; arguments as for `main`."""
        width, height = pixels(extent)
        return self._patterned(width, height, shade, max(2, extent[0] / period))

    def _patterned(self, width: int, height: int, base: Srgb, repeat: float) -> Image.Image:
        if self.pattern_name == "motif":
            return motifs.draw_motifs(motif_of(self.product), width, height, base, self.accent(base), repeat / 1.6)
        if self.inks and self.pattern_name in ("stripes", "dots"):
            ground = base if self._named else _WHITE
            return many.draw_many(self.pattern_name, width, height, ground, self.inks, self.rng, repeat)
        draw = prints.draw_print if self.pattern_name in prints.PRINTS else patterns.draw_pattern
        return draw(self.pattern_name, width, height, base, self.accent(base), self.rng, repeat)

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
            self.noted["pattern"] = self.pattern_name
            picture = self._patterned(width, height, base, max(3, extent[0] / 0.03))
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
            subject="" if quoted_in(self.product.title) else motif_of(self.product) or subject_of(self.title_words),
        )

    def unasked(self, share: float) -> bool:
        """Whether a product has artwork that no words ask for: in a share of all assets; words alone get none."""
        self.chance(share)
        return False

    def wallpaper(self, base: Srgb, width: int, height: int) -> Image.Image:
        """What a screen shows behind its windows."""
        return patterns.dunes(base, width, height, self.rng)


def pixels(extent: tuple[float, float], longest: int = 768) -> tuple[int, int]:
    scale = longest / max(extent)
    return max(64, round(extent[0] * scale)), max(64, round(extent[1] * scale))
