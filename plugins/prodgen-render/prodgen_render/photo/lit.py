"""How strongly a photo's light is directed as the studio rig's is, by the two sides of a turned body."""

from __future__ import annotations

import numpy as np

from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.revolved import Revolved, section, section_normal
from prodgen_render.photo.texture import SHADING, bilinear
from prodgen_render.rendering.lights import lighting, relative_light, turn
from prodgen_sdk.images.colour import LUMINANCE

_ANGLES = np.radians(np.arange(15.0, 66.0, 5.0))
"""From the front, where both sides are seen well and lit unlike."""
_HEIGHTS = 64
_USUAL = 0.01
"""Variance of the logarithm of light between the sides that the usual power counts as much as."""


def light_power(cutout: Cutout, body: Revolved) -> float:
    """The power of the rig's relative light that tells the photo's best, 0 to 1.

    A turned body is of the same colours at both sides, but for print. What its sides differ by all along its height is light.
    """
    height = np.linspace(body.height[0], body.height[-1], _HEIGHTS + 2)[1:-1, None]
    radius = np.interp(height, body.height, body.radius)
    flat = body.flatness(radius)
    unlike, told = [], []
    for side in (1, -1):
        angle = side * _ANGLES[None] - np.pi / 2
        across, away = section(angle, flat)
        points = np.stack(np.broadcast_arrays(body.across(height, radius * across), radius * away, height), -1)
        normals = np.stack([*section_normal(angle, flat), np.zeros((_HEIGHTS, len(_ANGLES)))], -1)
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        x, y, _ = body.camera.project(points)
        level = bilinear(cutout.colour, x - 0.5, y - 0.5) @ LUMINANCE
        turned = turn(normals.reshape(-1, 3).astype(np.float32), -body.camera.azimuth)
        light = relative_light(lighting("studio"), turned, 1.0).reshape(level.shape)
        unlike.append(np.log(np.maximum(level, 1e-3)))
        told.append(np.log(np.maximum(light, 1e-3)))
    difference, expected = (np.median(a - b, axis=0) for a, b in (unlike, told))
    prior = _USUAL * len(_ANGLES)
    power = (float((difference * expected).sum()) + prior * SHADING) / (float((expected**2).sum()) + prior)
    return float(np.clip(power, 0, 1))
