"""From words to materials: what a product is made of, its colours, its pattern and its label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from prodgen_render.looks import many, motifs, patterns, prints
from prodgen_render.looks.artwork import draw_label
from prodgen_render.looks.colouring import WHITE, Colouring
from prodgen_render.looks.finishes import FINISH, KIN, METALLIC, OWN, USUAL, made_of, srgb
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Material
from prodgen_render.words.dimensions import capacity_ml, height_cm
from prodgen_render.words.labels import letters_in, quoted_in
from prodgen_render.words.parts import part_words
from prodgen_render.words.reading import (
    attribute,
    mentions,
    motif_of,
    stripes_lie,
    words_of,
)
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.images.pictograms import subject_of
from prodgen_sdk.types import Product

_SEASON = re.compile("[春夏秋冬]+(?:季|装|天|款)|[春夏秋冬]{2,}")
"""When a thing is worn shows nothing of its print."""


@dataclass(frozen=True, eq=False)
class Look(Colouring):
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

    def says(self, words: Sequence[str]) -> bool:
        """Whether any of some words stands in what is said of the product."""
        text = words_of(self.product)
        return any(mentions(text, word) >= 0 for word in words)

    @property
    def clear(self) -> bool:
        """Whether the words say that one looks through it."""
        return self.says(("clear", "transparent", "see-through", "透明"))

    def film(self) -> Material:
        """Thin plastic that one looks through, as the main material."""
        return self.plain("glass", self.note((243, 247, 249), "plastic")).but(roughness=0.22, transmission=0.8)

    @property
    def woven(self) -> bool:
        """Whether the words say that it is of strands: straw, rattan, wicker."""
        return self.says(("straw", "raffia", "rattan", "wicker", "seagrass", "woven", "藤编", "草编", "编织"))

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

    def part_colour(self, name: str, default: Srgb) -> Srgb:
        """The colour that the words give a part, or a default."""
        said = part_words(self.product, name)
        return srgb(said.colour[1]) if said and said.colour else default

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
            ground = base if self._named else WHITE
            return many.draw_many(self.pattern_name, width, height, ground, self.inks, self.rng, repeat)
        accent = self.accent(base)
        if self.pattern_name in prints.PRINTS:
            return prints.draw_print(self.pattern_name, width, height, base, accent, self.rng, repeat)
        lying = stripes_lie(self.product)
        return patterns.draw_pattern(self.pattern_name, width, height, base, accent, self.rng, repeat, lying=lying)

    def words_on(self, material: str) -> str:
        """What is written on a label of a material: a package's name; on clothes and wares what they are quoted to say, letters, or their brand."""
        if self.product.domain in ("food", "beauty", "other") or material == "paper":
            return self.title_words
        title = self.product.title
        return quoted_in(title) or letters_in(title) or attribute(self.product, "brand", "品牌").title()[:40]

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
            subject=""
            if quoted_in(self.product.title)
            else motif_of(self.product) or subject_of(_SEASON.sub("", self.title_words)),
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
