"""Signs that stand for much: suns, flowers, drops, waves and the like."""

from __future__ import annotations

import numpy as np

from prodgen_sdk.images.pictograms.outlines import FIRST, SECOND, Motif, Outline, around, band, disc, petal, polygon

_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)


def sun(rays: int) -> Motif:
    return (*(petal(FIRST, angle, 0.8, 0.2, 0.055) for angle in around(rays)), disc(SECOND, 0, 0, 0.4))


def flower(petals: int) -> Motif:
    return (*(petal(FIRST, angle, 0.55, 0.42, 1.5 / petals) for angle in around(petals)), disc(SECOND, 0, 0, 0.26))


def hills() -> Motif:
    return (
        disc(SECOND, 0.3, -0.35, 0.3),
        polygon(FIRST, (-1, 0.8), (-0.35, -0.35), (0.3, 0.8)),
        polygon(FIRST, (-0.3, 0.8), (0.4, 0.0), (1, 0.8)),
    )


def drop() -> Motif:
    body = np.stack([0.62 * np.sin(_ROUND) * np.sin(_ROUND / 2) ** 1.5, -0.85 * np.cos(_ROUND)], 1)
    return Outline(FIRST, body), disc(SECOND, 0.12, 0.42, 0.2)


def rings(count: int) -> Motif:
    return tuple(disc(k % 2, 0, 0, 0.95 - 0.9 * k / count) for k in range(count))


def diamond() -> Motif:
    return tuple(
        polygon(k % 2, (0, -reach), (0.75 * reach, 0), (0, reach), (-0.75 * reach, 0))
        for k, reach in enumerate((0.95, 0.6, 0.3))
    )


def star(points: int) -> Motif:
    angles, reach = around(2 * points), np.where(np.arange(2 * points) % 2, 0.45, 0.95)
    return (Outline(FIRST, np.stack([reach * np.sin(angles), -reach * np.cos(angles)], 1)),)


def waves() -> Motif:
    across = np.linspace(-1, 1, 40)
    tops = (0.5 * k - 0.6 + 0.16 * np.sin(5 * across + k) for k in range(3))
    return tuple(Outline(k % 2, band(across, top, top + 0.24)) for k, top in enumerate(tops))
