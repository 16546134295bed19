"""How near a picture of a top is likely to come to a photo of the person in it, from three things that make it hard.

The weights were fitted (ridge regression, every person of equal weight) to round trips on true pairs, person -> another garment -> own
garment against the photo, and to dressing people in what they wear: the mean rank of region SSIM, colour difference and
correlation of gradients. `README.md` says how well it ranks the pictures of people who were left out of the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, to_lab

LOW, HIGH = 0.4, 0.95  # confidence in the least and the most likely picture
ROOM = 0.35  # how far confidence may lie above what faults leave of it
STEEPNESS = 1.2
FARTHEST = 3.0


@dataclass(frozen=True)
class Trait:
    """Something that makes a picture harder: its usual value and spread, and what one spread more of it costs."""

    usual: float
    spread: float
    cost: float

    def place(self, value: float) -> float:
        """Spreads above the usual value, at most `FARTHEST` either way: the fit says nothing of what lies beyond."""
        return float(np.clip((value - self.usual) / self.spread, -FARTHEST, FARTHEST))


TRAITS = {
    "busy": Trait(2.12, 0.54, 0.60),  # log(2 + standard deviation of the cloth's lightness): a pattern must fall right
    "covered": Trait(1.33, 0.91, 0.42),  # how far down the arms the old sleeves reach, in bones: their shape is a guess
    "in_front": Trait(0.0053, 0.0061, 0.27),  # share of the garment behind face, hair and hands
}


def traits(person: Person, cloth: Float, whole: Float) -> dict[str, float]:
    """The traits of a dressed top by name.

    Args:
        cloth: the garment as it lies on the person, float32 RGB [h, w, 3], 0 to 255.
        whole: its alpha, also where something is in front of it [h, w].
    """
    inside = whole[::2, ::2] > 0.8
    light = to_lab(cloth[::2, ::2].clip(0, 255).astype(np.uint8))[..., 0][inside]
    parts, laid = person.parts, whole > 0.5
    over = laid & (np.maximum(np.maximum(parts["hair"], parts["hands"]), parts["face"]) > 0.5)
    return {
        "busy": float(np.log(2 + light.std())) if light.size else TRAITS["busy"].usual,
        "covered": float(max(person.measured.sleeves.values())),
        "in_front": float(over.sum() / max(laid.sum(), 1)),
    }


def fidelity(found: dict[str, float]) -> float:
    """0 to 1: roughly the share of pictures, among those of the fit, that a picture with these traits is better than.

    >>> plain = {"busy": 1.6, "covered": 0.4, "in_front": 0.0}
    >>> round(fidelity(plain), 2), round(fidelity(plain | {"busy": 3.0, "covered": 2.2}), 2)
    (0.82, 0.2)
    """
    total = sum(TRAITS[name].cost * TRAITS[name].place(value) for name, value in found.items())
    return float(1 / (1 + np.exp(STEEPNESS * total)))


def trusted(likely: float, sound: float) -> float:
    """Confidence of a fidelity and of what `confidence.assess` left after faults; faults cap it."""
    return round(min(LOW + (HIGH - LOW) * likely, sound + ROOM), 3)
