"""A fitted body moved onto the outline itself: its ends and each of its sides, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prodgen_render.photo.frame import AWAY
from prodgen_render.photo.revolved import Revolved, ring, seen_widths
from prodgen_sdk.types import Mask

_LOPSIDED, _PIXELS = 0.07, 1.5
"""How far a side may be off that of a symmetric body: as a share of its half-width, and in pixels, which are much of a thin stem."""


def fitted_to(body: Revolved, mask: Mask, pieces: Mask) -> Revolved:
    """The body with its ends, and each of its sides, where the outline has them to a fraction of a pixel.

    Args:
        pieces: what stands off the body: rows that have some of it on a side tell nothing of that side.
    """
    from scipy import ndimage

    body = _between_ends(body, mask)
    camera, fine = body.camera, 4
    near = camera.but(focal=camera.focal * fine, x=camera.x * fine, y=camera.y * fine)
    widths = seen_widths(body.radius, body.height, near, body.thickest, fine * len(mask), 24)
    met = np.flatnonzero(widths)
    # At the camera's height rings are lines, and some fine rows lie between two of them.
    widths[met[0] : met[-1]] = np.interp(np.arange(met[0], met[-1]), met, widths[met])
    seen = widths.reshape(-1, fine).mean(1) / fine
    rows = np.flatnonzero(seen > 3)
    if len(rows) < 8:
        return body
    _, y, _ = camera.project(np.stack([body.radius, np.zeros_like(body.radius), body.height], -1))
    middle = int(np.clip(camera.x, 0, mask.shape[1] - 1))
    sides = []
    for left in (True, False):
        ratio = np.ones(len(rows))
        for place, row in enumerate(rows):
            line, off = (m[row, : middle + 1][::-1] if left else m[row, middle:] for m in (mask, pieces))
            if off.any() or not line[0]:
                continue
            reach = len(line) if line.all() else int(line.argmin())
            edge = middle + 1 - reach if left else middle + reach
            room = max(_LOPSIDED, _PIXELS / seen[row])
            ratio[place] = np.clip(abs(edge - camera.x) / seen[row], 1 - room, 1 + room)
        calm = ndimage.gaussian_filter1d(ndimage.median_filter(ratio, 5, mode="nearest"), 1.5, mode="nearest")
        sides.append(np.interp(y, rows + 0.5, calm))
    # What both sides are off is the ring's own radius, in depth as well.
    both = np.mean(sides, axis=0)
    return replace(body, radius=body.radius * both, sides=np.stack(sides) / both)


def _between_ends(body: Revolved, mask: Mask) -> Revolved:
    rows = np.flatnonzero(mask[:, int(np.clip(body.camera.x, 0, mask.shape[1] - 1))])
    if not len(rows):
        return body
    _, y = ring(body.radius, body.height, body.camera, body.thickest)
    radii = AWAY / body.camera.focal / max(float(body.camera.axes[2][2]), 0.2)
    most = 0.02 * float(body.height[-1] - body.height[0])
    up, down = (
        float(np.clip((seen - wanted) * radii, -most, most))
        for seen, wanted in ((float(y.min()), rows[0]), (float(y.max()), rows[-1] + 1))
    )
    share = (body.height - body.height[0]) / (body.height[-1] - body.height[0])
    return replace(body, height=body.height + down + (up - down) * share)
