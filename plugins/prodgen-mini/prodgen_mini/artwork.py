"""From what a network gives to artwork: which of several designs is kept, its sheets put right, its inks laid on the ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prodgen_mini.choosing import SPECKLE, Way, best_of, kind_of, way_of
from prodgen_mini.inks import INKS, in_own_colours
from prodgen_mini.space import Space
from prodgen_mini.units import rgb_of
from prodgen_sdk.images.pictograms import subject_of
from prodgen_sdk.types import ARTWORK_SIZE

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from prodgen_mini.models.reranker import Reranker
    from prodgen_sdk.types import ProductAsset

    Floats = NDArray[np.float32]

_OF_TWO = ("checks", "dots", "gradient", "stripes")
"""Patterns of two colours and what lies between them; flowers and speckles have more."""
_PRINTED = ("tile", "surface")
"""Layouts whose artwork is printed in the second colour that the words name; a label has a ground and colours of its own."""
LABEL_WIDTHS = {
    "bottle": 0.72, "can": 0.62, "carton": 0.43, "box": 0.75, "cereal-box": 0.66, "jar": 1.9, "coffee-bag": 0.69, "tin": 1.23, "candle": 1.84, "perfume": 1.53,
    "cream-jar": 3.2, "tube": 0.46, "pump-bottle": 0.77, "dropper-bottle": 0.94, "mascara": 0.29, "spray-can": 0.53, "soap-bar": 1.8, "nail-polish": 1.55,
    "tub": 1.5, "tissues": 2.8, "book": 0.67, "batteries": 0.41, "tshirt": 1.44, "polo": 1.47, "baby-suit": 1.44, "sweater": 1.93, "cardigan": 1.93,
    "hoodie": 1.93, "shirt": 1.87, "jacket": 1.87, "blazer": 1.81, "vest": 1.13, "tote-bag": 1.09, "cap": 1.59, "mug": 1.87, "cushion": 1.2, "mouse-mat": 1.53,
}  # fmt: skip
"""Usual width of a family's label, in heights of it. What a network drew tells it only roughly, and a disc would come out oval."""


@dataclass(frozen=True)
class Habits:
    """What a network does with labels that true ones do not, fitted on training designs.

    Args:
        own: how near, in RGB, a panel has to come to the product's colour to have it; so as many have it as of true labels.
        shapes: how much a panel of a shape weighs where one of several labels is drawn by lot, 1 if it is not named; so each shape is as
            frequent as among true labels. Where none is named, the first label is taken.
    """

    own: float
    shapes: Mapping[str, float] = field(default_factory=dict)


HABITS: Mapping[str, Habits] = {
    "gan": Habits(0.42),
    "vae": Habits(0.42, {"oval": 2.7, "arch": 1.4, "split": 4.4}),
    "diffusion": Habits(0.22),
}


@dataclass(frozen=True, eq=False)
class Asked:
    """What artwork is asked for.

    Args:
        ground: [3] in [0, 1], the colour that it lies on; None where the network says what the material's is.
        second: [3], the second colour, if one is named.
        own: [3], the main colour, if one is named; a label may lie on paper.
        subject: what a label's small picture shows; empty where the network chooses, of what is no food where `inedible`.
        aspect: how wide the label is, in heights of it; 0 where that is not known.
    """

    layout: str
    pattern: str
    ground: Floats | None = None
    second: Floats | None = None
    own: Floats | None = None
    subject: str = ""
    inedible: bool = False
    aspect: float = 0.0

    @classmethod
    def of(cls, sketch: ProductAsset, title: str = "", domain: str = "") -> Asked:
        ground, second, own = (
            None if code is None else np.array(rgb_of(code), np.float32)
            for code in (sketch.ground or sketch.colour, sketch.accent, sketch.colour)
        )
        aspect = LABEL_WIDTHS.get(sketch.family, 0.0)
        return cls(sketch.layout, sketch.pattern, ground, second, own, subject_of(title), domain == "beauty", aspect)

    @property
    def repeats(self) -> bool:
        return self.layout == "tile"

    @property
    def moves(self) -> bool:
        """Whether the network says where a repeat begins: dots and flowers begin in the corner."""
        return self.repeats and self.pattern not in ("dots", "floral")


@dataclass(frozen=True, eq=False)
class Artist:
    """Makes artwork of designs.

    Args:
        habits: of the network whose designs it makes artwork of.
        reranker: by which GAN and VAE choose; diffusion has none.
    """

    space: Space
    habits: Habits
    reranker: Reranker | None

    def prepare(self) -> None:
        """Makes, once a process, what designs are compared with, so that the first of them need not wait for it."""
        from prodgen_mini.models.flowers import flower_bank
        from prodgen_mini.models.labels.drawing import prepare

        flower_bank()
        prepare(ARTWORK_SIZE)

    def way(self, asked: Asked) -> Way:
        """How designs are chosen among; None where the first is taken."""
        if asked.layout == "label" and self.habits.shapes:
            return "lot"
        return way_of(asked.layout, asked.pattern, self.reranker)

    def choose(self, asked: Asked, logits: Tensor, vectors: Tensor, noise: torch.Generator) -> int:
        """Which to keep of several designs: `Codec.sheets` of each [n, SHEETS, 128, 128], and vectors [n, vector].

        Args:
            noise: draws where one is taken by lot.
        """
        from prodgen_mini.models.clarity import vagueness
        from prodgen_mini.models.codec import shares_of
        from prodgen_mini.models.symmetry import settled, symmetry_of

        way = self.way(asked)
        if way is None or len(logits) == 1:
            return 0
        if way == "lot":
            return self._drawn(shares_of(logits), noise)
        shares = settled(shares_of(logits), symmetry_of(asked.layout, asked.pattern), roughly=True)
        vague = vagueness(shares)
        if self.reranker is None or way == "clear":
            return int(vague.argmin())
        each = zip(shares.float().cpu().numpy(), vectors.float().cpu().numpy(), strict=True)
        arts = np.stack([self.ink(asked, vector, one)[1] for one, vector in each])
        kind = kind_of(asked.layout, asked.pattern)
        return best_of(self.reranker, arts, kind, vague.float().cpu().numpy() if asked.repeats else None)

    def _drawn(self, shares: Tensor, noise: torch.Generator) -> int:
        """One of several labels, by lot, those of a shape that the network draws too seldom the more often.

        Sampling importance resampling (Rubin, 1987).
        """
        import torch

        from prodgen_mini.models.labels.panels import ground_of, panel_of

        shapes = [panel_of(label, ground_of(label))[0].shape for label in shares.float().cpu()]
        weights = torch.tensor([self.habits.shapes.get(shape, 1.0) for shape in shapes])
        return int(torch.multinomial(weights, 1, generator=noise))

    def draw(self, asked: Asked, logits: Tensor, noise: torch.Generator, finer: int = 1) -> Tensor:
        """Shares of the inks [SHEETS, 128 finer, 128 finer] of `Codec.sheets` of one design [1, SHEETS, 128, 128]; more for `labelled`.

        Args:
            noise: lays out what has its places by chance.
        """
        from prodgen_mini.models.codec import enlarged, shares_of
        from prodgen_mini.models.dots import dotted
        from prodgen_mini.models.flowers import flowered
        from prodgen_mini.models.grain import speckled
        from prodgen_mini.models.labels.drawing import labelled
        from prodgen_mini.models.symmetry import settled, symmetry_of

        if asked.repeats and asked.pattern == SPECKLE:
            return speckled(shares_of(logits)[0], noise, finer)
        if asked.repeats and asked.pattern == "floral":
            return flowered(shares_of(logits)[0].float().cpu(), finer)
        if asked.repeats and asked.pattern == "dots":
            clean = dotted(shares_of(logits)[0].float().cpu(), finer)
            if clean is not None:
                return clean
        if asked.layout == "label":
            clean = labelled(shares_of(logits)[0].float().cpu(), finer, asked.subject, asked.aspect, asked.inedible)
            if clean is not None:
                return clean
        symmetry = symmetry_of(asked.layout, asked.pattern)
        if symmetry is None:
            return shares_of(logits, finer)[0]
        return enlarged(settled(shares_of(logits), symmetry), finer)[0]

    def ground(self, asked: Asked, vector: Floats) -> Floats:
        """The colour [3] that artwork is laid over."""
        return self.space.main_colour(vector) if asked.ground is None else asked.ground

    def ink(self, asked: Asked, vector: Floats, shares: Floats) -> tuple[Floats, Floats]:
        """A vector [vector] with its inks put right, and the artwork float32 [4, h, w] of shares [SHEETS, h, w] in these.

        More sheets are of the thing that a label shows; see `labelled`.
        """
        shares, own = shares[: INKS + 1], shares[INKS + 1 :]
        ground = self.ground(asked, vector)
        has_leaves = asked.repeats and asked.pattern == "floral"
        if has_leaves:
            vector = self.space.leaved(vector, ground)
        if asked.second is not None and asked.layout in _PRINTED:
            vector = self.space.printed_in(vector, shares[:-1] if has_leaves else shares, asked.second)
            if asked.pattern in _OF_TWO:
                vector = self.space.between(vector, ground, asked.second)
        if asked.layout == "label":
            vector = self.space.panelled(vector, shares, ground if asked.own is None else asked.own, self.habits.own)
        if asked.layout == "label" or (asked.repeats and asked.pattern != SPECKLE and asked.second is None):
            vector = self.space.seen(vector, shares, ground, asked.repeats)
        (art,) = self.space.artwork(shares[None], vector[None], ground[None], np.array([asked.moves]))
        if len(own):
            art = in_own_colours(art, asked.subject, shares, own, self.space.inks_of(vector), ground)
        return vector, art
