"""The space in which the networks work: a design as a vector and a map, and what is asked of it as a condition.

A vector holds the proportions (as normal scores), the finish, the main and the second colour, the inks of the artwork and where it
begins. A map says where each ink lies (see `inks`). A condition holds what the words fix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_mini.inks import INKS, compose, legible, visible
from prodgen_mini.units import code_of, from_scores, normal_scores, rgb_of, scaled, unscaled
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import Finish, ProductAsset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LAYOUTS = ("none", "tile", "surface", "label", "screen")
FINISH = ("roughness", "metallic", "coat", "sheen", "transmission")
_MUCH = 0.3
"""Share of what the commonest ink covers from which an ink can be the one that words name."""

_PANEL = 0.3
"""Share of a label from which its widest ink is a panel that the rest stands on."""
_LEAF = np.array((86, 128, 82), np.float32) / 255
_LEAF_FADES, _LEAF_SEEN, _LEAF_DEEP = 0.25, 0.15, 0.55
"""The green of leaves on prints that were learnt from, how much of the main colour is in it, and from which difference to that it is
seen; else it is so much darker."""


@dataclass(frozen=True)
class Space:
    """Names and scales, kept with the codec's weights.

    Args:
        families: how many proportions each family has, by name.
        materials, patterns: the names in the order of their places in a condition.
        finish_mean, finish_scale: by which the five numbers of the finish are standardised.
    """

    families: Mapping[str, int]
    materials: tuple[str, ...]
    patterns: tuple[str, ...]
    finish_mean: tuple[float, ...]
    finish_scale: tuple[float, ...]

    @property
    def proportions(self) -> int:
        """Places for proportions in a vector."""
        return max(self.families.values(), default=0)

    @property
    def vector(self) -> int:
        """Length of a vector: proportions, finish, main colour, second colour, inks, where a repeat begins."""
        return self.proportions + len(FINISH) + 6 + 3 * INKS + 2

    @property
    def colour(self) -> slice:
        """Where the main colour stands in a vector."""
        start = self.proportions + len(FINISH)
        return slice(start, start + 3)

    @property
    def inks(self) -> slice:
        """Where the inks of the artwork stand in a vector."""
        return slice(self.vector - 2 - 3 * INKS, self.vector - 2)

    @property
    def condition(self) -> int:
        """Length of a condition: family, material, pattern, layout, and two colours with whether they are known."""
        return len(self.families) + len(self.materials) + len(self.patterns) + len(LAYOUTS) + 8

    def facts(self) -> dict[str, Any]:
        """JSON-ready; `of` reads it."""
        return {
            "families": dict(self.families), "materials": list(self.materials), "patterns": list(self.patterns),
            "finish_mean": list(self.finish_mean), "finish_scale": list(self.finish_scale),
        }  # fmt: skip

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Space:
        """Raises ConfigError where `facts` are none of a space."""
        try:
            numbers = [tuple(float(x) for x in facts[name]) for name in ("finish_mean", "finish_scale")]
            families = {str(name): int(count) for name, count in facts["families"].items()}
            return cls(families, tuple(facts["materials"]), tuple(facts["patterns"]), numbers[0], numbers[1])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ConfigError(
                "The weights hold no design space.", hint="Train them anew: prodgen train codec"
            ) from None

    def used(self, family: str) -> NDArray[np.bool_]:
        """Bool [vector]: which places count for a family."""
        places = np.ones(self.vector, bool)
        places[self.families.get(family, 0) : self.proportions] = False
        return places

    def vectors(
        self,
        proportions: Floats,
        used: NDArray[np.bool_],
        finish: Floats,
        palette: Floats,
        inks: Floats,
        moves: Floats,
    ) -> Floats:
        """float32 [n, vector] of proportions [n, p], finish [n, 5], palette [n, 2, 3], inks [n, INKS, 3] and moves [n, 2] of
        `inks.registered`, all in their own units; colours in [0, 1].
        """
        scores = np.where(used, normal_scores(proportions), 0)
        surface = (finish - np.array(self.finish_mean)) / np.array(self.finish_scale)
        colours = [scaled(each).reshape(len(each), -1) for each in (palette, inks)]
        rows: Floats = np.concatenate([scores, surface, *colours, math.sqrt(12) * moves], 1).astype(np.float32)
        return rows

    def condition_of(self, asset: ProductAsset) -> Floats:
        """float32 [condition] of what is known of a design before it is made; what the space does not know is left blank."""
        palette = np.array([[rgb_of(asset.colour), rgb_of(asset.accent)]], np.float32)
        known = np.array([[asset.colour is not None, asset.accent is not None]])
        names = ([asset.family], [asset.material], [asset.pattern], [asset.layout])
        row: Floats = self.conditions(*names, palette, known)[0]
        return row

    def conditions(
        self,
        families: Sequence[str],
        materials: Sequence[str],
        patterns: Sequence[str],
        layouts: Sequence[str],
        palette: Floats,
        known: NDArray[np.bool_],
    ) -> Floats:
        """float32 [n, condition]; palette [n, 2, 3] in [0, 1], known bool [n, 2]."""
        parts = [
            _one_hot(families, tuple(self.families)), _one_hot(materials, self.materials), _one_hot(patterns, self.patterns),
            _one_hot(layouts, LAYOUTS), (scaled(palette) * known[..., None]).reshape(len(palette), 6), known,
        ]  # fmt: skip
        return np.concatenate(parts, 1).astype(np.float32)

    def asset(self, sketch: ProductAsset, vector: Floats, artwork: NDArray[np.uint8] | None) -> ProductAsset:
        """The design of a vector [vector] and artwork; what the words fix stays as the sketch has it.

        A main colour that the words leave open stays open: then the material has a colour of its own.
        """
        count, places = len(sketch.proportions), self.proportions
        shares = [round(x, 4) for x in from_scores(vector[: min(count, self.families.get(sketch.family, 0))]).tolist()]
        surface = vector[places : places + 5] * np.array(self.finish_scale) + np.array(self.finish_mean)
        second = code_of(unscaled(vector[places + 8 : places + 11]))
        return sketch.model_copy(
            update={
                "proportions": (*shares, *sketch.proportions[len(shares) :]),
                "finish": _finish(sketch.finish, surface),
                "accent": sketch.accent or second,
                "artwork": artwork,
            }
        )

    def typical(self, sketch: ProductAsset, colour: NDArray[np.uint8], inks: Floats) -> Floats:
        """float32 [vector] of what is known of a product before it is designed: middle proportions, its material's finish, and the
        inks [INKS, 3] of its artwork.
        """
        surface = np.array([[getattr(sketch.finish, name) for name in FINISH]], np.float32)
        palette = np.array([[(colour / 255).tolist(), rgb_of(sketch.accent)]], np.float32)
        middle = np.full((1, self.proportions), 0.5, np.float32)
        nowhere = np.zeros((1, 2), np.float32)
        row: Floats = self.vectors(middle, np.ones_like(middle, bool), surface, palette, inks[None], nowhere)[0]
        return row

    def main_colour(self, vectors: Floats) -> Floats:
        """float32 [..., 3] in [0, 1]: the main colour that vectors [..., vector] hold."""
        return unscaled(vectors[..., self.colour])

    def printed_in(self, vector: Floats, sheets: Floats, colour: Floats) -> Floats:
        """A vector [vector] whose artwork is printed in a colour [3]: of the inks that cover much, the nearest one becomes it.

        Args:
            sheets: [n + 1, h, w] in [0, 1], the bare ground and the first n inks; others keep their colours.
        """
        covers = sheets[1:].mean((1, 2))
        much = covers >= _MUCH * covers.max()
        apart = self._apart(vector, colour)[: len(covers)]
        return self._with_ink(vector, int(np.where(much, apart, np.inf).argmin()), colour)

    def between(self, vector: Floats, first: Floats, second: Floats) -> Floats:
        """A vector [vector] whose inks are mixed from two colours [3]: each moves to the nearest such mixture.

        Checks that were learnt from are of the second colour and of half of it over the first, stripes and dots of the second; a
        network's inks stray to the side, and grey checks came out green.
        """
        way = second - first
        shares = np.clip((self.inks_of(vector) - first) @ way / max(float(way @ way), 1e-6), 0, 1)
        changed = vector.copy()
        changed[self.inks] = scaled(first + shares[:, None] * way).ravel()
        return changed

    def panelled(self, vector: Floats, sheets: Floats, colour: Floats, own: float) -> Floats:
        """A vector [vector] whose label stands on the product's own colour [3], where its panel, the widest ink, comes near that.

        Of the labels that were learnt from, 42 % have a panel of just that colour, and the others one far from it. Networks give
        what lies between the two; what is nearer than `own` is taken for the former.

        Args:
            sheets: [INKS + 1, h, w] in [0, 1].
            own: a distance in RGB; see `artwork.Habits`.
        """
        covers = sheets[1:].mean((1, 2))
        panel = int(covers.argmax())
        near = covers[panel] > _PANEL and self._apart(vector, colour)[panel] < own**2
        return self._with_ink(vector, panel, colour) if near else vector

    def leaved(self, vector: Floats, colour: Floats) -> Floats:
        """A vector [vector] whose last ink is the green of leaves on a colour [3]; for flowers, see `flowers.flowered`."""
        leaf = _LEAF + (colour - _LEAF) * _LEAF_FADES
        seen = float(np.abs(leaf - colour).max()) > _LEAF_SEEN
        return self._with_ink(vector, INKS - 1, np.asarray(leaf if seen else _LEAF_DEEP * leaf, np.float32))

    def seen(self, vector: Floats, sheets: Floats, ground: Floats, repeats: bool) -> Floats:
        """A vector [vector] whose inks are seen on a colour [3]: by `inks.visible` what repeats, by `inks.legible` a label."""
        inks = (visible if repeats else legible)(self.inks_of(vector), sheets, ground)
        changed = vector.copy()
        changed[self.inks] = scaled(inks).ravel()
        return changed

    def _apart(self, vector: Floats, colour: Floats) -> Floats:
        """Squared distances [INKS] of a vector's inks to a colour [3]."""
        return np.asarray(np.square(self.inks_of(vector) - colour).sum(1), np.float32)

    def inks_of(self, vectors: Floats) -> Floats:
        """float32 [..., INKS, 3] in [0, 1]: the inks that vectors [..., vector] hold."""
        return unscaled(vectors[..., self.inks]).reshape(*vectors.shape[:-1], INKS, 3)

    def _with_ink(self, vector: Floats, ink: int, colour: Floats) -> Floats:
        start = self.inks.start + 3 * ink
        changed = vector.copy()
        changed[start : start + 3] = scaled(colour)
        return changed

    def artwork(self, sheets: Floats, vectors: Floats, ground: Floats, repeats: NDArray[np.bool_]) -> Floats:
        """float32 [n, 4, h, w], as `art_of` has it: sheets in their inks, laid on the ground, what repeats where it begins.

        Args:
            sheets: [n, INKS + 1, h, w] in [0, 1]; vectors [n, vector]; ground [n, 3] in [0, 1]; repeats [n].
        """
        art = compose(sheets, self.inks_of(vectors), ground)
        pixels = np.round(vectors[:, -2:] / math.sqrt(12) * art.shape[-1]).astype(int)
        for row in np.flatnonzero(repeats):
            art[row] = np.roll(art[row], pixels[row], (1, 2))
        return art


def _finish(usual: Finish, numbers: Any) -> Finish:
    """A material's finish with the numbers [5] of a network where the material leaves them open.

    Whether it is a metal or lets light through the words say, and no product of one material has a coat or a sheen that others
    have not; the little that a network gives there is its noise, and a trace of glass made steel black.
    """
    found = {}
    for name, number in zip(FINISH, numbers, strict=True):
        fixed = getattr(usual, name)
        is_open = name == "roughness" or (name in ("coat", "sheen") and fixed > 0)
        found[name] = round(float(np.clip(number, 0, 2 if name == "sheen" else 1)), 4) if is_open else fixed
    return Finish(**found)


def _one_hot(names: Sequence[str], known: Sequence[str]) -> Floats:
    table = {name: place for place, name in enumerate(known)}
    rows = np.zeros((len(names), len(known)), np.float32)
    for row, name in zip(rows, names, strict=True):
        if name in table:
            row[table[name]] = 1
    return rows
