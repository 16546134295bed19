"""Where a top, a coat or a dress goes on a body: its torso, and the sleeves by `fit.sleeve`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import FitStyle
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.fit.legs import lowest_ankle
from prodgen_tryon.fit.parts import Part, TopFit, Tuck, segment
from prodgen_tryon.fit.scales import NATURAL, Scales, collar_height, scales_of
from prodgen_tryon.fit.shoulders import Shoulder, neckline_target, pressed, shoulder_of
from prodgen_tryon.fit.sizes import Size
from prodgen_tryon.fit.sleeve import armpit_height, fit_sleeve, sleeve_end
from prodgen_tryon.garment.contour import resample
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIDES, SIGN, Side

HEM_BELOW_HIPS = 0.22  # the lowest hem of a top, in shoulder widths below the hip joints: about the crotch
LONGEST = 1.5  # the lowest hem of a top of a known length: above the knees
WAIST = 0.82  # height of the waist, in torsos below the shoulders
SLEEVE = 1.25  # how much larger than usual the sleeves of a garment of a known size may be
SNAPPED = 0.005  # how far below the old hem the new one lies, in shoulder widths
TAIL = 0.12  # how far a curved hem may dip, in shoulder widths
FRONT = 0.45  # how far the chest lies before the shoulders' axis, in shoulder widths


def fit_top(
    shape: TopShape,
    body: Measured,
    style: FitStyle = "regular",
    dress: bool = False,
    snap_hem: bool = True,
    *,
    size: Size | None = None,
    tuck: Tuck = "auto",
    waist: float | None = None,
    hem_at: dict[Side, Contour] | None = None,
) -> TopFit:
    """Control points of torso and sleeves.

    Args:
        snap_hem: without a known length, end where the old top ended unless the lengths differ clearly.
        size: the garment's measurements; they count more than `style`.
        tuck: `auto` wears it as the old top was worn.
        waist: height below the shoulders at which new lower clothes begin, where there are some.
        hem_at: the ends of the hem on the body, where it is sewn to other cloth.
    """
    frame = body.frame
    scales = scales_of(shape, frame.width, style, dress, size)
    shoulders = {side: _raised(shape, body, side, shoulder_of(shape, body, side, scales), scales) for side in SIDES}
    hem, tucked, waist = _hem(shape, body, scales, dress, snap_hem, tuck, waist)
    ends = {} if hem_at is None else {side: frame.local(point[None])[0] for side, point in hem_at.items()}
    if ends:
        hem = float(np.mean([end[1] for end in ends.values()]))
    sides = {
        side: _side(shape, body, side, scales, dress, shoulders[side].armpit, hem, ends.get(side)) for side in SIDES
    }
    torso, neckline = _torso(shape, body, scales, shoulders, sides)
    parts, sleeve_ends = [torso], {}
    for side in SIDES:
        if f"cuff_outer_{side}" in shape.points:
            tip, armpit = shoulders[side].tip, shoulders[side].armpit
            widest = min(scales.across, SLEEVE * scales.usual)
            sleeve, sleeve_ends[side] = fit_sleeve(shape, body, side, tip, armpit, widest, scales.ease, size)
            parts.append(sleeve)
        else:
            sleeve_ends[side] = 0.0
    return TopFit(tuple(parts), neckline, hem, sleeve_ends, scales.across, tucked, waist)


def _raised(shape: TopShape, body: Measured, side: Side, shoulder: Shoulder, scales: Scales) -> Shoulder:
    """The armpit of a short sleeve lies above its end."""
    if f"cuff_outer_{side}" not in shape.points:
        return shoulder
    across, usual = body.frame.local(shoulder.armpit[None])[0]
    stop, _ = sleeve_end(shape, body, side, shoulder.tip, scales.usual, scales.size)
    height = armpit_height(body, side, stop, float(usual))
    return shoulder._replace(armpit=body.frame.at(float(across), height))


def _hem(
    shape: TopShape, body: Measured, scales: Scales, dress: bool, snap: bool, tuck: Tuck, waist: float | None
) -> tuple[float, bool, float | None]:
    """Height of the hem below the shoulders, whether it is tucked in, and the height of the waist, where it matters."""
    frame, w = body.frame, body.frame.width
    top_y = (shape.points["neck_a"][1] + shape.points["neck_b"][1]) / 2 + collar_height(shape)
    hem_y = (shape.points["hem_a"][1] + shape.points["hem_b"][1]) / 2
    hem = (hem_y - top_y) * scales.along - body.rise
    if dress:
        hem = min(hem, lowest_ankle(frame))
    else:
        hem = min(hem, frame.torso + (LONGEST if scales.long else HEM_BELOW_HIPS) * w)
    # Worn as the old top was worn: tucked in, or as long unless the lengths differ clearly.
    tucked = snap and body.tucked if tuck == "auto" else tuck == "in" and not dress
    snap = snap and not scales.long and (scales.size is None or scales.size.growth is None) and not tucked
    if snap and not body.tucked and body.hem is not None and -0.3 * w < hem - body.hem < 0.45 * w:
        hem = body.hem + SNAPPED * w - float(np.median(_dip(shape, scales, w)[2:-2]))
    if tuck != "auto" or waist is not None:
        seen = body.waist if body.waist is not None and body.tucked else WAIST * frame.torso
        waist = seen if waist is None else waist + 0.02 * w
    if tucked and waist is not None:  # no gap between a short top and the waistband
        hem = max(hem, waist + 0.15 * w)
    elif tuck == "out" and not scales.long and waist is not None:
        hem = max(hem, waist + 0.3 * w)
    return max(hem, 0.7 * w), tucked, waist


def _dip(shape: TopShape, scales: Scales, width: float) -> NDArray[np.float64]:
    """How far a curved hem lies below the straight line between its corners, pixels [9]."""
    seam = resample(shape.arcs["hem"], 9)
    return np.clip((seam - segment(seam[0], seam[-1], 9))[:, 1] * scales.across, -TAIL * width, TAIL * width)


class _Line(NamedTuple):
    """The same points on the garment and on the body."""

    source: Contour
    target: Contour


def _side(
    shape: TopShape,
    body: Measured,
    side: Side,
    scales: Scales,
    dress: bool,
    armpit: Point,
    hem: float,
    end: Point | None,
) -> _Line:
    """From the armpit down to the hem; `end` is where that is sewn to other cloth, across and along."""
    frame, ease = body.frame, scales.ease
    sign = SIGN[side]
    arc = resample(shape.arcs[f"side_{side}"], 9)
    heights = np.linspace(float(frame.local(armpit[None])[0, 1]), hem, 9)
    widths = np.abs(arc[:, 0] - (shape.points["armpit_a"][0] + shape.points["armpit_b"][0]) / 2)
    wanted = NATURAL * scales.across * widths * ease.factor
    if scales.size is not None and scales.wide:
        wanted *= _profile(scales.photo, scales.size, scales.across, heights, frame.torso)
    edge = np.interp(heights, body.heights, body.edges[side])
    most = ease.high + (0.25 if dress else 0.0) * np.linspace(0, 1, 9) * 4
    flare = np.clip(wanted, ease.low * edge, most * edge)
    if end is not None:
        sewn = abs(float(end[0]))
        flare = flare * np.interp(heights, [heights[3], hem], [1.0, sewn / max(float(flare[-1]), 1e-6)])
    target = np.array([frame.at(sign * float(f), float(h)) for f, h in zip(flare, heights, strict=True)])
    target[0] = armpit
    return _Line(arc, target)


def _torso(
    shape: TopShape,
    body: Measured,
    scales: Scales,
    shoulders: dict[Side, Shoulder],
    sides: dict[Side, _Line],
) -> tuple[Part, Contour]:
    """The torso, and the front edge of its opening on the body."""
    frame, w = body.frame, body.frame.width
    a, b = sides["a"], sides["b"]
    # The middle of the front, or of a back, lies before the shoulders' axis.
    ahead = frame.right * FRONT * w * body.turn
    seam = resample(shape.arcs["hem"], 9)
    hem = _Line(seam, segment(a.target[-1], b.target[-1], 9) + np.outer(_dip(shape, scales, w), frame.down))
    hem = hem._replace(target=hem.target + np.outer(1 - np.linspace(-1, 1, 9) ** 2, ahead))
    peaks = {side: shoulders[side].line[0] for side in SIDES}
    stand, left = collar_height(shape) * scales.neck, pressed(shape, body, scales)
    neckline = neckline_target(shape, peaks, scales.neck, stand, left, frame)
    neckline = neckline + np.outer(1 - np.linspace(-1, 1, len(neckline)) ** 2, ahead)
    lines = []
    for side in SIDES:
        upper, beside = shoulders[side], sides[side]
        armhole = _Line(segment(upper.seam[-1], beside.source[0])[1:-1], segment(upper.tip, upper.armpit)[1:-1])
        lines += [_Line(upper.seam, upper.line), beside, armhole]
    lines += [
        _Line(hem.source[1:-1], hem.target[1:-1]),
        _Line(shape.neckline[4:-4:4], neckline[4:-4:4]),
        _Line((a.source + b.source)[2:-1:2] / 2, (a.target + b.target)[2:-1:2] / 2 + ahead),
    ]
    above = segment(shoulders["a"].seam[0], shoulders["b"].seam[0], 5) - [0, 0.2 * shape.width]
    across = segment(shoulders["a"].line[0], shoulders["b"].line[0], 5)
    torso = Part(
        "torso",
        np.vstack([line.source for line in lines]),
        np.vstack([line.target for line in lines]),
        _ring(above, {side: shoulders[side].seam for side in SIDES}, {s: sides[s].source for s in SIDES}, hem.source),
        _ring(across, {side: shoulders[side].line for side in SIDES}, {s: sides[s].target for s in SIDES}, hem.target),
    )
    return torso, neckline


def _ring(opening: Contour, upper: dict[Side, Contour], sides: dict[Side, Contour], hem: Contour) -> Contour:
    """The closed outline of the torso."""
    pieces = [
        opening,
        upper["b"],
        sides["b"][:1],
        sides["b"],
        hem[::-1],
        sides["a"][::-1],
        sides["a"][:1],
        upper["a"][::-1],
    ]
    return np.vstack(pieces)


def _profile(
    photo: dict[str, float], size: Size, scale: float, heights: NDArray[np.float64], torso: float
) -> NDArray[np.float64]:
    """Factors [n] on a side's widths at these heights, so that the waist, hips and hem have their own measurements."""
    places, factors = [heights[0]], [1.0]
    for name, height in (("waist", WAIST * torso), ("hip", 1.02 * torso), ("hem", float(heights[-1]))):
        if name in size.widths and photo[name] > 0 and places[-1] < height <= heights[-1]:
            places.append(height)
            factors.append(size.widths[name] / (photo[name] * scale))
    return np.interp(heights, places, factors)
