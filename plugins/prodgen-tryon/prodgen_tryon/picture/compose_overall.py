"""Puts fitted dungarees or a jumpsuit into the picture."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, blur, dilate, polygon, tube
from prodgen_tryon.fit.overall import OverallFit
from prodgen_tryon.garment.cutout import Cutout
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.compose_top import compose_top
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import over, warp_part
from prodgen_tryon.picture.regions import front
from prodgen_tryon.picture.relight import relight
from prodgen_tryon.sides import SIDES


def compose_overall(
    person: Person, image: Float, garment: Cutout, fitted: OverallFit, *, top_worn: bool = False
) -> Composed:
    """Lays dungarees over the top that is worn, or a jumpsuit instead of everything that is worn.

    Args:
        image: the picture so far, float32 [h, w, 3].
        top_worn: a top of this request lies in the picture already.
    """
    size, parts, w = image.shape[:2], person.parts, person.width
    bare = fitted.legs.end < 2.0
    cloth_alpha = np.zeros(size, np.float32)
    arms = _arms(person)
    if fitted.top is not None:
        worn = compose_top(person, image, garment, fitted.top, top_worn=top_worn, dress=True)
        canvas, cloth, cloth_alpha = worn.image, worn.cloth, worn.whole
        ahead = worn.image
    else:
        # Only what hangs over the hips goes; the bib leaves the top to be seen.
        worn_top = parts["upper"]
        if top_worn:
            worn_top = np.maximum(worn_top, (np.abs(image - person.image).max(-1) > 6).astype(np.float32))
        hanging = worn_top * np.clip((person.along - fitted.legs.waist) / (0.04 * w), 0, 1)
        gone = np.clip(dilate(np.maximum(parts["lower"], hanging), max(0.02 * w, 1.5)), 0, 1)
        under = underlay.background(person)
        if bare:
            under = over(under, *underlay.bare_legs(person))
        canvas = over(image, under, gone * (1 - arms) * (1 - front(person)))
        cloth, ahead = canvas, image
    wide = max(float(np.ptp(part.source, axis=0).max()) for part in fitted.legs.parts)
    for part in (*fitted.bib[:-1], *fitted.legs.parts, *fitted.bib[-1:]):
        layer = warp_part(garment.rgba, part, size, 0.008 * wide)
        alpha = layer[..., 3]
        if part.name.startswith("strap"):  # ends where the shoulder does
            alpha = alpha * np.clip(blur(parts["person"], 1.0) * 2 - 0.6, 0, 1)
        lit = relight(person, layer[..., :3], alpha)
        shadow = 0.25 * blur(alpha, 0.02 * w) * (1 - alpha) * (1 - cloth_alpha) * (parts["person"] > 0.5)
        canvas = over(canvas * (1 - shadow[..., None]), lit, alpha)
        cloth, cloth_alpha = over(cloth, lit, alpha), np.maximum(cloth_alpha, alpha)
    guard = np.maximum(front(person), parts["feet"] * (parts["lower"] < 0.5) * (1 - cloth_alpha))
    canvas = over(canvas, ahead, arms * (1 - guard))
    canvas = over(canvas, person.image.astype(np.float32), guard)
    seen = cloth_alpha * (1 - guard)
    if fitted.top is None:
        seen = seen * (1 - arms)
    return Composed(canvas.astype(np.float32), seen.astype(np.float32), cloth.astype(np.float32), cloth_alpha)


def _arms(person: Person) -> Float:
    """Both arms from above the elbow down, sleeves included, alpha: they hang in front of what is worn on the hips."""
    shape = person.image.shape
    total = np.zeros(shape[:2], bool)
    for side in SIDES:
        limb = person.measured.arms[side]
        lower = limb.t > 0.6
        outer = limb.centre + limb.normal * (1.15 * limb.outer + 2)[:, None]
        inner = limb.centre - limb.normal * limb.inner[:, None]
        total |= polygon(shape, np.vstack([outer[lower], inner[lower][::-1]]))
        path = np.vstack([limb.centre[-1:], person.frame.hand(side)])
        total |= tube(shape, path, np.full(2, 0.09 * person.width))
    return blur(total.astype(np.float32), 1.0) * person.parts["person"]
