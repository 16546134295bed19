"""The colours of a product: those that its words name, and what is drawn where they name none."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from prodgen_render.looks import many, patterns
from prodgen_render.looks.draws import Draws
from prodgen_render.looks.finishes import USUAL, code_of, srgb
from prodgen_render.looks.patterns import Srgb
from prodgen_render.words.labels import name_on_label, quoted_in
from prodgen_render.words.reading import colours_of, many_colours_of, material_of, pattern_of
from prodgen_sdk.images.pictograms import NATURAL, subject_of
from prodgen_sdk.types import Product

WHITE: Srgb = (246, 243, 236)
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


class Colouring(Draws):
    """A product's colours; what of them was asked for is in `noted`."""

    product: Product
    noted: dict[str, str]

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

    @cached_property
    def title_words(self) -> str:
        """The product's name as it goes on a package."""
        return name_on_label(self.product.title)

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
        return WHITE if light < _PALE else self._drawn_srgb

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

    def note(self, colour: Srgb, material: str = "") -> Srgb:
        """Remembers what the product's main surface became: the first that a family asks for."""
        self.noted.setdefault("rgb", code_of(colour))
        if material:
            self.noted.setdefault("material", material)
        return colour
