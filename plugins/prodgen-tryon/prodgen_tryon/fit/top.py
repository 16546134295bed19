"""Where a top, a coat or a dress goes on a body: its torso, and the sleeves by `fit.sleeve`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import FitStyle, Tuck
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.fit.legs import lowest_ankle
from prodgen_tryon.fit.parts import Part, TopFit, segment
from prodgen_tryon.fit.scales import NATURAL, Scales, collar_height, junction, scales_of
from prodgen_tryon.fit.shoulders import Shoulder, neckline_target, pressed, shoulder_of
from prodgen_tryon.fit.sizes import Size
from prodgen_tryon.fit.sleeve import armpit_height, fit_sleeve, sleeve_end
from prodgen_tryon.garment.contour import resample
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIDES, SIGN, Side

HEM_BELOW_HIPS = 0.22  # the lowest hem of a top, in shoulder widths below the hip joints: about the crotch
LONGEST = 1.5  # the lowest hem of a top of a known length: above the knees
LENGTHENED = 1.4  # how much longer a top may be than it seems where the photo ends above the hips
WAIST = 0.82  # height of the waist, in torsos below the shoulders
SNAPPED = 0.005  # how far below the old hem the new one lies, in shoulder widths
GATHERED = 0.05  # over which height above the waist a tucked top narrows to it, in shoulder widths
TAIL = 0.12  # how far a curved hem may dip, in shoulder widths
FRONT = 0.45  # how far the chest lies before the shoulders' axis, in shoulder widths


@dataclass(frozen=True)
class TopOptions:
    """How a top is to be worn.

    Args:
        style: how loose it sits, where its size is not known.
        dress: it goes down over the legs.
        snap_hem: without a known length, end where the old top ended unless the lengths differ clearly.
        size: the garment's measurements; they count more than `style`.
        tuck: `auto` wears it as the old top was worn.
        waist: height below the shoulders at which new lower clothes begin, where there are some.
        hem_at: the ends of the hem on the body, where it is sewn to other cloth.
    """

    style: FitStyle = "regular"
    dress: bool = False
    snap_hem: bool = True
    size: Size | None = None
    tuck: Tuck = "auto"
    waist: float | None = None
    hem_at: Mapping[Side, Point] = field(default_factory=dict)


class _Fitting(NamedTuple):
    """What all steps of fitting one top share."""

    shape: TopShape
    body: Measured
    scales: Scales
    options: TopOptions

    def has_sleeve(self, side: Side) -> bool:
        return f"cuff_outer_{side}" in self.shape.points


class _Hem(NamedTuple):
    """Its height below the shoulders, whether it is tucked in, and the height of the waist, where that matters."""

    height: float
    tucked: bool
    waist: float | None


def fit_top(shape: TopShape, body: Measured, options: TopOptions = TopOptions()) -> TopFit:
    """Control points of torso and sleeves."""
    scales = scales_of(shape, body.frame.width, options.style, options.dress, options.size)
    top = _Fitting(shape, body, scales, options)
    shoulders = {side: _raised(top, side, shoulder_of(shape, body, side, scales)) for side in SIDES}
    hem = _hem(top)
    sewn = {side: body.frame.local(point[None])[0] for side, point in options.hem_at.items()}
    if sewn:
        hem = hem._replace(height=float(np.mean([end[1] for end in sewn.values()])))
    sides = {side: _side(top, side, shoulders[side].armpit, hem, sewn.get(side)) for side in SIDES}
    sleeves: list[Part] = []
    sleeve_ends = dict.fromkeys(SIDES, 0.0)
    for side in filter(top.has_sleeve, SIDES):
        pieces, sleeve_ends[side], shoulders[side] = fit_sleeve(shape, body, side, shoulders[side], scales)
        sleeves += pieces
    torso, neckline = _torso(top, shoulders, sides)
    collar = {side: shoulders[side].line for side in SIDES if junction(shape.arcs[f"shoulder_{side}"]) > 0}
    return TopFit((torso, *sleeves), neckline, hem.height, sleeve_ends, scales.across, hem.tucked, hem.waist, collar)


def _raised(top: _Fitting, side: Side, shoulder: Shoulder) -> Shoulder:
    """The armpit of a short sleeve lies above its end."""
    if not top.has_sleeve(side):
        return shoulder
    body, scales = top.body, top.scales
    across, usual = body.frame.local(shoulder.armpit[None])[0]
    stop, _ = sleeve_end(top.shape, body, side, shoulder.tip, scales.usual, scales.size)
    height = armpit_height(body, side, stop, float(usual))
    return shoulder._replace(armpit=body.frame.at(float(across), height))


def _hem(top: _Fitting) -> _Hem:
    """Worn as the old top was worn: tucked in, or as long unless the lengths differ clearly."""
    scales, options, w = top.scales, top.options, top.body.frame.width
    as_before = options.snap_hem and top.body.tucked
    tucked = as_before if options.tuck == "auto" else options.tuck == "in" and not options.dress
    hem = _own_hem(top) if tucked else _near_the_old_hem(top, _own_hem(top))
    waist = _waist(top)
    if tucked and waist is not None:  # no gap between a short top and the waistband
        hem = max(hem, waist + 0.15 * w)
    elif options.tuck == "out" and not scales.long and waist is not None:
        hem = max(hem, waist + 0.3 * w)
    return _Hem(max(hem, 0.7 * w), tucked, waist)


def _near_the_old_hem(top: _Fitting, hem: float) -> float:
    """A hem's height, or that of the top worn before where the two hardly differ."""
    body, scales, w = top.body, top.scales, top.body.frame.width
    grown = scales.size is not None and scales.size.growth is not None
    if not top.options.snap_hem or body.tucked or scales.long or grown:
        return hem
    if body.hem is None and hem < body.end < LENGTHENED * hem:
        return body.end + 0.1 * w  # nothing is seen of what would be below it
    if body.hem is not None and not body.open and -0.3 * w < hem - body.hem < 0.45 * w:
        return body.hem + SNAPPED * w - float(np.median(_dip(top)[2:-2]))
    return hem


def _own_hem(top: _Fitting) -> float:
    """Height of the hem below the shoulders by the garment's own length."""
    points, scales, frame = top.shape.points, top.scales, top.body.frame
    top_y = (points["neck_a"][1] + points["neck_b"][1]) / 2 + collar_height(top.shape)
    hem_y = (points["hem_a"][1] + points["hem_b"][1]) / 2
    hem = (hem_y - top_y) * scales.along - top.body.rise
    if top.options.dress:
        return float(min(hem, lowest_ankle(frame)))
    return float(min(hem, frame.torso + (LONGEST if scales.long else HEM_BELOW_HIPS) * frame.width))


def _waist(top: _Fitting) -> float | None:
    """Height below the shoulders at which lower clothes begin; None where nobody asks for it."""
    body, options = top.body, top.options
    if options.waist is not None:
        return options.waist + 0.02 * body.frame.width
    if options.tuck == "auto":
        return None
    return body.waist if body.waist is not None and body.tucked else WAIST * body.frame.torso


def _dip(top: _Fitting) -> NDArray[np.float64]:
    """How far a curved hem lies below the straight line between its corners, pixels [9]."""
    seam, most = resample(top.shape.arcs["hem"], 9), TAIL * top.body.frame.width
    return np.clip((seam - segment(seam[0], seam[-1], 9))[:, 1] * top.scales.across, -most, most)


class _Line(NamedTuple):
    """The same points on the garment and on the body."""

    source: Contour
    target: Contour


def _side(top: _Fitting, side: Side, armpit: Point, hem: _Hem, end: Point | None) -> _Line:
    """From the armpit down to the hem; `end` is where that is sewn to other cloth, across and along."""
    shape, body, scales = top.shape, top.body, top.scales
    frame, ease, sign = body.frame, scales.ease, SIGN[side]
    arc = resample(shape.arcs[f"side_{side}"], 9)
    heights = np.linspace(float(frame.local(armpit[None])[0, 1]), hem.height, 9)
    widths = np.abs(arc[:, 0] - (shape.points["armpit_a"][0] + shape.points["armpit_b"][0]) / 2)
    wanted = NATURAL * scales.across * widths * ease.factor
    if scales.size is not None and scales.wide:
        wanted *= _profile(scales.photo, scales.size, scales.across, heights, frame.torso)
    edge = np.interp(heights, body.heights, body.edges[side])
    most = ease.high + (0.25 if top.options.dress else 0.0) * np.linspace(0, 1, 9) * 4
    flare = np.clip(wanted, ease.low * edge, most * edge)
    if end is not None:
        sewn = abs(float(end[0]))
        flare = flare * np.interp(heights, [heights[3], hem.height], [1.0, sewn / max(float(flare[-1]), 1e-6)])
    waist = body.waist if hem.waist is None else hem.waist
    if hem.tucked and waist is not None:  # it goes into the waistband
        share = np.clip((heights - waist) / (GATHERED * frame.width) + 1, 0, 1)
        flare += share * np.minimum(np.interp(heights, body.heights, body.hips[side]) - flare, 0)
    target = np.array([frame.at(sign * float(f), float(h)) for f, h in zip(flare, heights, strict=True)])
    target[0] = armpit
    return _Line(arc, target)


def _torso(top: _Fitting, shoulders: dict[Side, Shoulder], sides: dict[Side, _Line]) -> tuple[Part, Contour]:
    """The torso, and the front edge of its opening on the body."""
    shape, body, scales = top.shape, top.body, top.scales
    frame, w = body.frame, body.frame.width
    a, b = sides["a"], sides["b"]
    # The middle of the front, or of a back, lies before the shoulders' axis.
    ahead = frame.right * FRONT * w * body.turn
    seam = resample(shape.arcs["hem"], 9)
    hem = _Line(seam, segment(a.target[-1], b.target[-1], 9) + np.outer(_dip(top), frame.down))
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
