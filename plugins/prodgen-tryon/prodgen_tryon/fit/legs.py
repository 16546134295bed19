"""Where trousers, shorts and skirts go on a body: every leg is a ribbon that is laid on the leg's own ribbon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import FitStyle
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.silhouette import Limb, smooth
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.fit.parts import Ease, Part, between_edges
from prodgen_tryon.fit.scales import MEASURED, NATURAL
from prodgen_tryon.fit.sizes import Size, measures
from prodgen_tryon.garment.legs import LegShape
from prodgen_tryon.sides import SIDES, SIGN, Side

EASE = {"tight": Ease(0.88, 1.0, 0.85), "regular": Ease(0.97, 1.15), "loose": Ease(1.08, 1.4, 1.2)}
CROTCH_TO_ANKLE = 0.43  # in heights of the person
ANKLE = 2.06  # where long trousers end on a leg, or where those end that are worn
LEG_LENGTH = 2.5  # crotch to ankle, in shoulder widths


@dataclass(frozen=True)
class LegFit:
    """Fitted parts in drawing order (the far leg first), how far down they reach (1 knee, 2 ankle), and the waist's height."""

    parts: tuple[Part, ...]
    end: float
    waist: float


class _Plan(NamedTuple):
    """What both legs share.

    Args:
        waist, crotch: heights below the shoulders, in pixels.
        end: how far down the legs they reach (1 knee, 2 ankle).
        scale: body pixels for one garment pixel across.
        widen: factors on the widths of the stations [n].
        sized: whether the width is that of a known size.
    """

    waist: float
    crotch: float
    end: float
    ease: Ease
    scale: float
    widen: NDArray[np.float64]
    sized: bool


def fit_legs(
    shape: LegShape, body: Measured, legs: dict[Side, Limb], style: FitStyle = "regular", *, size: Size | None = None
) -> LegFit:
    """Control points of two legs; above the crotch both share the middle line.

    Args:
        size: the garment's measurements; they count more than `style`.
    """
    plan, middle = _plan(shape, body, style, size), _centre_line(body, legs)
    parts = tuple(_fit_leg(shape, body, legs[side], side, plan, middle) for side in SIDES)
    return LegFit(parts, plan.end, plan.waist)


def _plan(shape: LegShape, body: Measured, style: FitStyle, size: Size | None) -> _Plan:
    w, photo = body.frame.width, measures(shape)
    waist = _waist(body, 0.8)
    scale, ease, widen = _width_scale(shape, body, waist), EASE[style], np.ones(len(shape.rows))
    wide, long = (None, None) if size is None else (size.across(photo), size.along(photo))
    end = ANKLE
    if size is not None and long is not None:
        below = size.lengths.get("inseam", photo.get("inseam", 0.0) * long)
        end = float(np.clip(2.0 * below / (CROTCH_TO_ANKLE * size.stature), 0.2, 2.1))
    elif shape.inseam < 1.25:  # shorts: the natural length on the body
        end = float(np.clip(shape.inseam * shape.waist * scale / (LEG_LENGTH * w) * 2, 0.25, 1.9))
    if size is not None and wide is not None:
        ease, scale, widen = MEASURED, wide, _profile(shape, size, wide)
    return _Plan(waist, body.frame.torso + 0.3 * w, end, ease, scale, widen, wide is not None)


def _fit_leg(
    shape: LegShape, body: Measured, limb: Limb, side: Side, plan: _Plan, middle: Callable[[float], float]
) -> Part:
    """One leg: stations above the crotch lie between the hip and the `middle` line, those below on the leg."""
    columns = (0, 1) if side == "a" else (3, 2)
    source_outer, source_inner = (np.stack([shape.edges[:, column], shape.rows], 1) for column in columns)
    widths = NATURAL * plan.scale * np.abs(source_outer[:, 0] - source_inner[:, 0]) * plan.widen * plan.ease.factor
    hip = _t_at(limb, body.frame, plan.crotch)
    reach = max(plan.end, body.leg_ends.get(side, 0.0) + 0.03) if plan.end == ANKLE else plan.end
    ends = [
        _across_hip(body, side, plan, middle, width, share + 1)
        if share <= 0
        else _across_leg(limb, plan.ease, width / 2, hip + (reach - hip) * share)
        for width, share in zip(widths, _from_crotch(shape), strict=True)
    ]
    outer, inner = (_evened(np.array(edge)) for edge in zip(*ends, strict=True))
    keep = slice(None, None, 2)
    source, target = (
        np.vstack([a[keep], b[keep], ((a + b) / 2)[::4], a[-1:], b[-1:]])
        for a, b in ((source_outer, source_inner), (outer, inner))
    )
    piece = between_edges(source_outer, source_inner, 0.06 * shape.waist)
    return Part(f"leg_{side}", _unique(source), _unique(target), piece, np.vstack([outer, inner[::-1]]))


def _from_crotch(shape: LegShape) -> NDArray[np.float64]:
    """Where each station lies: -1 at the waist, 0 at the crotch, 1 at the hem [n]."""
    rows = shape.rows
    crotch = float(shape.points["crotch"][1]) if "crotch" in shape.points else float(rows[0])
    above, below = (rows - rows[0]) / max(crotch - rows[0], 1) - 1, (rows - crotch) / max(rows[-1] - crotch, 1)
    return np.asarray(np.where(rows <= crotch, above, below))


def _across_hip(
    body: Measured, side: Side, plan: _Plan, middle: Callable[[float], float], width: float, share: float
) -> tuple[Point, Point]:
    """Outer and inner end of a station above the crotch, `share` of the way down to it from the waist."""
    along = plan.waist + (plan.crotch - plan.waist) * share
    edge = float(np.interp(along, body.heights, body.hips[side]))
    # The waistband lies on the waist; only cloth of a known size stands off the hips.
    most = float(np.interp(share, [0, 0.6], [1.1, plan.ease.high])) if plan.sized else min(plan.ease.high, 1.06)
    across = float(np.clip(width, plan.ease.low * edge, most * edge))
    return body.frame.at(SIGN[side] * across, along), body.frame.at(middle(along), along)


def _across_leg(limb: Limb, ease: Ease, half: float, t: float) -> tuple[Point, Point]:
    """Outer and inner end of a station on the leg, `half` as wide as wanted, at a parameter of the limb."""
    centre, normal, outer, inner = _station(limb, t)
    out, into = (float(np.clip(half, ease.low * own, ease.high * own)) for own in (outer, inner))
    return centre + normal * out, centre - normal * into


def _evened(edge: Contour) -> Contour:
    """An edge [n, 2] smoothed between its ends."""
    result: Contour = np.stack([smooth(edge[:, i], 3) for i in (0, 1)], 1)
    result[[0, -1]] = edge[[0, -1]]
    return result


def fit_skirt(
    shape: LegShape, body: Measured, legs: dict[Side, Limb], style: FitStyle = "regular", *, size: Size | None = None
) -> LegFit:
    """Control points of a skirt: one piece from the waist, as long as its proportion or its size says."""
    frame, w = body.frame, body.frame.width
    ease = EASE[style]
    waist = _waist(body, 0.74)
    scale = _width_scale(shape, body, waist)
    length = (shape.rows[-1] - shape.rows[0]) * scale
    shortest, longest = 0.8 * w, lowest_ankle(frame) - waist
    widen = np.ones(len(shape.rows))
    if size is not None:
        photo = measures(shape)
        wide, long = size.across(photo), size.along(photo)
        if long is not None:
            length, shortest = (shape.rows[-1] - shape.rows[0]) * long, 0.5 * w
        else:
            length *= size.growth or 1.0
        if wide is not None:
            ease, scale = MEASURED, wide
            widen = _profile(shape, size, scale)
    length = float(np.clip(length, shortest, max(longest, shortest)))
    low, high = ease.low, ease.high
    middle = (shape.points["waist_a"][0] + shape.points["waist_b"][0]) / 2
    sources, targets, sides = [], [], {}
    heights = waist + length * (shape.rows - shape.rows[0]) / max(shape.rows[-1] - shape.rows[0], 1)
    for side in SIDES:
        sign, column = SIGN[side], 0 if side == "a" else 3
        source = np.stack([shape.edges[:, column], shape.rows], 1)
        natural = NATURAL * scale * np.abs(source[:, 0] - middle) * widen * ease.factor
        edge = np.interp(heights, body.heights, body.hips[side])
        hips = np.array(
            [max(float(e), float((frame.local(legs[side].centre[:3])[:, 0] * sign).max()) + 0.1 * w) for e in edge]
        )
        across = np.where(
            heights < frame.torso + 0.35 * w, np.clip(natural, low * edge, high * edge), np.maximum(natural, 0.9 * hips)
        )
        across = smooth(across, 3)
        target = np.array([frame.at(sign * float(a), float(h)) for a, h in zip(across, heights, strict=True)])
        sides[side] = source, target
        sources.append(source)
        targets.append(target)
    sources.append((sides["a"][0] + sides["b"][0])[::3] / 2)
    targets.append((sides["a"][1] + sides["b"][1])[::3] / 2)
    piece = between_edges(sides["a"][0], sides["b"][0], 0.08 * shape.waist)
    part = Part("skirt", np.vstack(sources), np.vstack(targets), piece, np.vstack([sides["a"][1], sides["b"][1][::-1]]))
    end = float(np.clip((waist + length - frame.torso) / (1.35 * w), 0.1, 2.0))
    return LegFit((part,), end, waist)


def lowest_ankle(frame: Skeleton) -> float:
    """How far below the shoulders the lower ankle is, in pixels: cloth that is longer would lie on the floor."""
    return max(float(frame.local(frame.leg(side))[2, 1]) for side in SIDES)


def _profile(shape: LegShape, size: Size, scale: float) -> NDArray[np.float64]:
    """Factors [n] on the widths of the stations, so that waist, hips, thighs and hem have their own measurements."""
    photo, rows = measures(shape), shape.rows
    top, bottom = float(rows[0]), float(rows[-1])
    if "crotch" in shape.points:
        crotch = float(shape.points["crotch"][1])
        places = {"waist": top, "hip": top + 0.7 * (crotch - top), "thigh": crotch + 0.05 * (bottom - crotch), "leg_hem": bottom}  # fmt: skip
    else:
        places = {"waist": top, "hip": top + 0.35 * (bottom - top), "hem": bottom}
    known = [name for name in places if name in size.widths and photo.get(name)]
    if not known:
        return np.ones(len(rows))
    factors = [size.widths[name] / (photo[name] * scale) for name in known]
    return np.interp(rows, [places[name] for name in known], factors)


def _waist(body: Measured, share: float) -> float:
    """Height of the waistband: at a share of the torso, or where lower clothes that are worn already begin."""
    usual = share * body.frame.torso
    if body.waist is None or body.waist > usual:
        return usual
    return max(body.waist - 0.03 * body.frame.width, 0.55 * body.frame.torso)


def _width_scale(shape: LegShape, body: Measured, waist: float) -> float:
    """Body pixels for one garment pixel across: the waistband goes around the waist."""
    around = sum(float(np.interp(waist, body.heights, body.hips[side])) for side in SIDES)
    return around / 0.85 / max(shape.waist, 1.0)


def _t_at(limb: Limb, frame: Skeleton, height: float) -> float:
    """Parameter of the station of a leg that lies at a height below the shoulders."""
    local = frame.local(limb.centre)[:, 1]
    return float(np.interp(height, local, limb.t)) if local[-1] > local[0] else 0.3


def _station(limb: Limb, t: float) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    def at(values: NDArray[np.float64]) -> float:
        return float(np.interp(t, limb.t, values))

    centre = np.array([at(limb.centre[:, 0]), at(limb.centre[:, 1])])
    if t > limb.t[-1]:  # a little beyond the ankle
        centre = centre + (limb.centre[-1] - limb.centre[-3]) * (t - limb.t[-1]) / (limb.t[-1] - limb.t[-3])
    normal = np.array([at(limb.normal[:, 0]), at(limb.normal[:, 1])])
    return centre, normal, at(limb.outer), at(limb.inner)


def _centre_line(body: Measured, legs: dict[Side, Limb]) -> Callable[[float], float]:
    """Where the middle seam lies beside the axis at a height."""
    inner = [body.frame.local((legs[s].centre - legs[s].normal * legs[s].inner[:, None])[4:6]) for s in SIDES]
    end = float(np.mean([points[:, 0].mean() for points in inner]))
    top, bottom = 0.8 * body.frame.torso, body.frame.torso + 0.3 * body.frame.width

    def at(along: float) -> float:
        return end * float(np.clip((along - top) / max(bottom - top, 1e-6), 0, 1))

    return at


def _unique(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Control points moved apart by a hundredth of a pixel where two fall together, so that the spline stays well posed."""
    return points + np.linspace(0, 0.01, len(points))[:, None]
