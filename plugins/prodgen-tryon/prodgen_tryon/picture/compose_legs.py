"""Puts fitted trousers, shorts or a skirt into the picture."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, blur, dilate
from prodgen_tryon.fit.legs import LegFit
from prodgen_tryon.garment.cutout import Cutout
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import over, warp_part
from prodgen_tryon.picture.regions import below_hem, front, legs_below
from prodgen_tryon.picture.relight import relight
from prodgen_tryon.picture.skin.arm_width import arm_region


def compose_legs(person: Person, image: Float, garment: Cutout, fitted: LegFit) -> Composed:
    """Lays fitted trousers, shorts or a skirt on the picture; the top that is worn stays in front of the waist."""
    size, parts, w = image.shape[:2], person.parts, person.width
    widest = max(float(np.ptp(part.source, axis=0).max()) for part in fitted.parts)
    layers = [warp_part(garment.rgba, part, size, 0.008 * widest) for part in fitted.parts]
    alpha = np.maximum.reduce([layer[..., 3] for layer in layers])
    gone = blur(np.clip(2 * dilate(parts["lower"], max(0.02 * w, 1.5)), 0, 1), 0.8)
    under = underlay.background(person)
    if fitted.end < 2.0:
        legs, legs_alpha = underlay.bare_legs(person)
        under = over(under, legs, legs_alpha)
    feet: Float = np.clip(2 * np.minimum(parts["feet"], parts["person"]) - 0.6, 0, 1)  # the ground beside them is none
    top = np.clip(2.5 * parts["upper"] - 1, 0, 1)  # where the parts are in doubt, the old waistband must go
    arms = parts["skin"] * arm_region(person) * (parts["lower"] < 0.3)
    feet = feet * (parts["lower"] < 0.5) * (1 - alpha)  # what is long hangs over the shoes
    guard = np.clip(np.maximum.reduce([front(person), top, feet, arms, legs_below(person, alpha)]), 0, 1)
    visible = below_hem(person)
    layers = [np.dstack([layer[..., :3], layer[..., 3] * visible]) for layer in layers]
    canvas = over(image, under, gone * (1 - guard))
    cloth = canvas
    for layer in layers:
        lit = relight(person, layer[..., :3], layer[..., 3])
        canvas = over(canvas, lit, layer[..., 3])
        cloth = over(cloth, lit, layer[..., 3])
    # A top that hangs over the waist throws a little shadow on the cloth below.
    above = blur(parts["upper"], 0.03 * w)
    canvas = canvas * (1 - 0.35 * above * alpha)[..., None]
    canvas = over(canvas, image, guard)
    return Composed(canvas.astype(np.float32), (alpha * (1 - guard)).astype(np.float32), cloth, alpha)
