"""Where dungarees and jumpsuits go on a body: legs as trousers have them, joined at the waist to a bib with straps or to a top."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from prodgen_sdk.types import FitStyle
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.silhouette import Limb
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.legs import LegFit, fit_legs
from prodgen_tryon.fit.parts import Part, TopFit, between_edges
from prodgen_tryon.fit.shoulders import shoulder_height
from prodgen_tryon.fit.sizes import Size, measures
from prodgen_tryon.fit.top import TopOptions, fit_top
from prodgen_tryon.garment.overall import Bib, OverallShape
from prodgen_tryon.sides import SIDES, SIGN, Side

BIB = (0.2, 0.5)  # least and most height of a bib's upper edge, in torsos below the shoulders


@dataclass(frozen=True)
class OverallFit:
    """Fitted parts: legs, and either straps and bib in drawing order, or a top."""

    legs: LegFit
    bib: tuple[Part, ...]
    top: TopFit | None

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.legs.parts, *self.bib, *(self.top.parts if self.top is not None else ()))


def fit_overall(
    shape: OverallShape,
    body: Measured,
    legs: dict[Side, Limb],
    style: FitStyle = "regular",
    *,
    size: Size | None = None,
) -> OverallFit:
    """Control points of dungarees or a jumpsuit; see `fit_legs` and `fit_top`."""
    size = None if size is None else _of_legs(shape, size)
    lower = fit_legs(shape.legs, body, legs, style, size=size)
    corners: dict[Side, Contour] = {side: _part(lower, side).shape[0] for side in SIDES}
    if shape.bib is not None:
        return OverallFit(lower, _fit_bib(shape.bib, body, corners, lower.waist), None)
    assert shape.top is not None
    upper = fit_top(shape.top, body, TopOptions(style, dress=True, size=size, hem_at=corners))
    return OverallFit(lower, (), upper)


def _of_legs(shape: OverallShape, size: Size) -> Size:
    """The same size with an inseam in place of the whole length, of which each part would take all."""
    lengths, photo = dict(size.lengths), measures(shape)
    whole = lengths.pop("length", None)
    if whole is not None and photo.get("inseam"):
        lengths.setdefault("inseam", whole * photo["inseam"] / photo["length"])
    return replace(size, lengths=lengths)


def _part(lower: LegFit, side: Side) -> Part:
    return next(part for part in lower.parts if part.name == f"leg_{side}")


def _fit_bib(bib: Bib, body: Measured, corners: dict[Side, Contour], waist: float) -> tuple[Part, ...]:
    """The bib stands on the waistband with the proportions of its photo; straps run from its corners over the shoulders."""
    frame = body.frame
    middle = float(bib.edges[-1].mean())
    halves = {"a": middle - bib.edges[:, 0], "b": bib.edges[:, 1] - middle}
    local = {side: frame.local(corners[side][None])[0] for side in SIDES}
    scale = sum(abs(float(local[side][0])) for side in SIDES) / max(float(np.ptp(bib.edges[-1])), 1.0)
    tall = float(bib.rows[-1] - bib.rows[0])
    upper = float(np.clip(waist - tall * scale, BIB[0] * frame.torso, BIB[1] * frame.torso))
    heights = waist - (bib.rows[-1] - bib.rows) / max(tall, 1.0) * (waist - upper)
    sources, targets, edges = [], [], {}
    for side in SIDES:
        sign = SIGN[side]
        column = 0 if side == "a" else 1
        factor = abs(float(local[side][0])) / max(float(halves[side][-1]), 1.0)
        most = np.interp(heights, body.heights, body.edges[side])
        across = np.minimum(halves[side] * factor, np.append(0.95 * most[:-1], np.inf))
        source = np.stack([bib.edges[:, column], bib.rows], 1)
        target = np.array([frame.at(sign * float(a), float(h)) for a, h in zip(across, heights, strict=True)])
        edges[side] = source, target
        sources.append(source)
        targets.append(target)
    sources.append((edges["a"][0] + edges["b"][0])[::2] / 2)
    targets.append((edges["a"][1] + edges["b"][1])[::2] / 2)
    piece = between_edges(edges["a"][0], edges["b"][0], 0.03 * tall)
    parts = []
    for side in SIDES:
        if side in bib.straps:
            parts.append(_fit_strap(bib.straps[side], body, side, edges[side][1][0], scale))
    ring = np.vstack([edges["a"][1], edges["b"][1][::-1]])
    parts.append(Part("bib", np.vstack(sources), np.vstack(targets), piece, ring))
    return tuple(parts)


def _fit_strap(strap: Contour, body: Measured, side: Side, corner: Contour, scale: float) -> Part:
    """A ribbon from the top of the shoulder down to the bib's corner, and a little under it."""
    frame, w = body.frame, body.frame.width
    sign = SIGN[side]
    width = float(np.clip(np.median(np.abs(strap[:, 0, 0] - strap[:, 1, 0])) * scale, 0.07 * w, 0.2 * w))
    tip = frame.local(body.tips[side][None])[0]
    low = frame.local(corner[None])[0]
    foot = np.array([abs(float(low[0])) - 0.55 * width, float(low[1]) + 0.35 * width])
    across = float(np.clip(max(foot[0], 0.25 * w), 0.25 * w, 0.34 * w))
    head = np.array([across, shoulder_height(across, tip, body, side) - 0.01 * w])
    share = np.linspace(0, 1, len(strap))[:, None]
    line = head + (foot - head) * share
    half = np.array([0.5 * width, 0.0])
    outer, inner = line + half, line - half

    def world(points: Contour) -> Contour:
        return np.array([frame.at(sign * float(x), float(y)) for x, y in points])

    source = np.vstack([strap[:, 0], strap[:, 1]])
    target = np.vstack([world(outer), world(inner)])
    piece = np.vstack([strap[:, 0], strap[::-1, 1]])
    return Part(f"strap_{side}", source, target, piece, np.vstack([world(outer), world(inner)[::-1]]))
