"""Legs without cloth."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.body.silhouette import Limb
from prodgen_tryon.filters import Float
from prodgen_tryon.picture.skin.ribbon import ribbon, rounded
from prodgen_tryon.picture.skin.tones import body_tone, grain, light_side


def bare_leg(person: Person, limb: Limb) -> tuple[Float, Float]:
    """A leg without cloth from the hip to below the ankle: colours and alpha."""
    image, w = person.image.astype(np.float32), person.width
    typical = np.interp(
        limb.t, [0, 0.5, 0.95, 1.05, 1.35, 1.7, 2], np.array([0.27, 0.23, 0.165, 0.155, 0.165, 0.12, 0.095]) * w
    )
    outer, inner = np.minimum(typical, limb.outer * 0.96), np.minimum(typical, limb.inner * 0.96)
    # Shoes begin below the ankle.
    below = np.array([0.07, 0.14, 0.21])
    down = limb.centre[-1] - limb.centre[-3]
    down = down / max(float(np.hypot(*down)), 1e-6) * w
    centre = np.vstack([limb.centre, limb.centre[-1] + np.outer(below, down)])
    normal, t = np.vstack([limb.normal, np.repeat(limb.normal[-1:], 3, 0)]), np.concatenate([limb.t, 2 + below])
    outer, inner = (np.concatenate([width, np.full(3, width[-1])]) for width in (outer, inner))
    drawn = ribbon(person.image.shape, centre, normal, t, outer, inner)
    knee = np.exp(-(((drawn.along - 1) / 0.1) ** 2)) * np.exp(-((drawn.across / 0.6) ** 2))
    shin = np.exp(-(((drawn.along - 1.45) / 0.3) ** 2)) * np.exp(-((drawn.across / 0.3) ** 2))
    shade = rounded(drawn.across, 0.6 * light_side(person), 0.24) - 0.05 * knee + 0.02 * shin
    colours = image.copy()
    texture = grain(person)[drawn.ys, drawn.xs]
    colours[drawn.ys, drawn.xs] = np.clip(body_tone(person) * (shade * texture)[:, None], 0, 255)
    return colours.astype(np.float32), drawn.alpha
