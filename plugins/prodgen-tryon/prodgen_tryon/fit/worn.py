"""What a person measures with a fitted top on, so that the next layer covers it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.silhouette import Limb
from prodgen_tryon.fit.parts import Part, TopFit
from prodgen_tryon.fit.sleeve import POINTS
from prodgen_tryon.sides import SIDES, SIGN

ROOM = 1.03  # of a layer over another one


def wearing(body: Measured, fitted: TopFit) -> Measured:
    """`body` with its sides and arms at least as wide as the top that was fitted."""
    frame = body.frame
    ring = frame.local(fitted.parts[0].shape)
    edges = dict(body.edges)
    for side in SIDES:
        sign = SIGN[side]
        own = ring[(ring[:, 0] * sign > 0.2 * frame.width) & (ring[:, 1] > 0.3 * frame.width)]
        own = own[np.argsort(own[:, 1], kind="stable")]
        if len(own) > 1:
            wide = np.interp(body.heights, own[:, 1], ROOM * own[:, 0] * sign, right=0.0)
            edges[side] = np.maximum(edges[side], wide)
    arms, names = dict(body.arms), {part.name for part in fitted.parts}
    for part in fitted.parts[1:]:
        for side in SIDES:
            if part.name == f"sleeve_{side}" and f"forearm_{side}" not in names:
                arms[side] = _sleeved(arms[side], part)
    return replace(body, edges=edges, arms=arms, bare={})


def _sleeved(limb: Limb, sleeve: Part) -> Limb:
    widths = []
    for points, sign, half in (
        (sleeve.target[:POINTS], 1.0, limb.outer),
        (sleeve.target[POINTS : 2 * POINTS], -1.0, limb.inner),
    ):
        nearest = ((points[:, None] - limb.centre[None]) ** 2).sum(-1).argmin(1)
        away = ((points - limb.centre[nearest]) * limb.normal[nearest]).sum(1) * sign
        order = np.argsort(limb.t[nearest], kind="stable")[1:]  # the first point is the shoulder or the armpit
        wide = np.interp(limb.t, limb.t[nearest][order], ROOM * away[order], right=0.0)
        widths.append(np.maximum(half, wide))
    return replace(limb, outer=widths[0], inner=widths[1])
