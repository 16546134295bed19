"""Decides where every point of a garment goes on a body. Pure geometry: points in, points out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import FitStyle
from prodgen_tryon.body.measures import OUTLINE, Measured
from prodgen_tryon.body.skeleton import SIDES, Side, Skeleton, chin
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.parts import Ease, Part, TopFit, Tuck, segment
from prodgen_tryon.fit.sizes import DRAPE, Size, measures
from prodgen_tryon.fit.sleeve import ARM_LENGTH, fit_sleeve, long_sleeved
from prodgen_tryon.garment.contour import resample
from prodgen_tryon.garment.keypoints import TopShape

TOP_LENGTH = 1.8  # neck to hem of a common top, in shoulder widths
HEM_BELOW_HIPS = 0.22  # the lowest hem of a top, in shoulder widths below the hip joints: about the crotch
LONGEST = 1.5  # the lowest hem of a top of a known length: above the knees
WAIST = 0.82  # height of the waist, in torsos below the shoulders
NECK, SLEEVE = 1.08, 1.25  # how much larger than usual necks and sleeves of a garment of a known size may be
LEVEL, COLLARBONE = (
    0.8,
    0.16,
)  # share of a neckline's depth that is not seen near its ends, and how far down that goes, in shoulder widths
BARE = 0.14  # how far above the usual line a shoulder that is seen bare may lie, in shoulder widths
SLANT = 0.45  # how much of a slant of the shoulders the foot of the neck shares
TAIL = 0.12  # how far a curved hem may dip, in shoulder widths
FRONT = 0.45  # how far the chest lies before the shoulders' axis, in shoulder widths
NATURAL = 0.85  # how wide cloth of an unknown size looks on the body, for its width laid flat


EASE = {"tight": Ease(0.9, 1.0, 0.88), "regular": Ease(1.0, 1.16), "loose": Ease(1.12, 1.6, 1.3)}
MEASURED = Ease(0.9, 2.0, DRAPE / NATURAL)  # a real size decides; cloth is never narrower than the body


def garment_scale(shape: TopShape, width: float, dress: bool = False) -> float:
    """Body pixels for one garment pixel along the body.

    Long sleeves tell the scale by the length of the arm. Without them a common length is assumed, pulled towards what the
    garment's own proportion says.
    """
    top = (shape.points["neck_a"][1] + shape.points["neck_b"][1]) / 2
    bottom = (shape.points["hem_a"][1] + shape.points["hem_b"][1]) / 2
    tall = max(bottom - _collar(shape) - top, 1.0)
    if dress:
        return width * 1.3 / max(shape.width, 1.0)
    if long_sleeved(shape):
        by_sleeve = ARM_LENGTH * width / max(shape.sleeve * shape.width, 1.0)
        return float(np.clip(by_sleeve, 1.6 * width / tall, 2.5 * width / tall))
    ratio = tall / max(shape.width, 1.0) * 1.35
    return float(TOP_LENGTH * width * np.clip(ratio / TOP_LENGTH, 0.5, 1.6) ** 0.25 / tall)


def _collar(shape: TopShape) -> float:
    """Height of a standing collar in garment pixels."""
    rises = []
    for side in SIDES:
        arc = shape.arcs[f"shoulder_{side}"]
        rises.append(float(arc[_junction(arc), 1] - arc[0, 1]))
    return max(float(np.mean(rises)), 0.0)


def _junction(arc: Contour) -> int:
    """Where a collar meets the shoulder: the point of the arc farthest below the straight line from its peak to its tip."""
    if len(arc) < 4:
        return 0
    line = arc[-1] - arc[0]
    size = max(float(np.hypot(*line)), 1e-6)
    below = (
        np.abs(line[0])
        / size
        * (arc[:, 1] - arc[0, 1] - line[1] / (line[0] if abs(line[0]) > 1e-6 else 1e-6) * (arc[:, 0] - arc[0, 0]))
    )
    index = int(below.argmax())
    return index if below[index] > 0.07 * size else 0


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
    frame, w = body.frame, body.frame.width
    usual = scale = along = garment_scale(shape, w, dress)
    ease = EASE[style]
    photo = measures(shape)
    wide, long = (None, None) if size is None else (size.across(photo), size.along(photo))
    if size is not None:
        along = long or usual * (size.growth or 1.0)
    if wide is not None:
        scale, ease = wide, MEASURED
    neck = min(scale, NECK * usual)  # necks grow less than chests
    middle = (shape.points["neck_a"][0] + shape.points["neck_b"][0]) / 2
    low, high = ease.low, ease.high
    natural = NATURAL * scale * shape.width / 2 * ease.factor

    neck_half = float(np.clip((shape.points["neck_b"][0] - shape.points["neck_a"][0]) / 2 * neck, 0.19 * w, 0.36 * w))
    tips, armpits, shoulder_targets, shoulder_sources = {}, {}, {}, {}
    peaks: dict[Side, Contour] = {}
    stand = _collar(shape) * neck
    room = -body.rise - float(frame.local(chin(frame)[None])[0, 1])  # from the foot of the neck to the chin
    pressed = float(np.clip(room / max(stand, 1e-6), 0.35, 1.0))
    for side in SIDES:
        sign = -1.0 if side == "a" else 1.0
        tip = frame.local(body.tips[side][None])[0]
        reach = float(np.interp(0.42 * w, body.heights, body.edges[side]))
        arc = shape.arcs[f"shoulder_{side}"]
        corner = _junction(arc)
        tip_across = abs(tip[0])
        if f"cuff_outer_{side}" not in shape.points:  # a strap ends on the shoulder, not at its tip
            strap = abs(float(arc[-1, 0]) - middle) * neck
            tip_across = float(np.clip(strap, neck_half + 0.06 * w, tip_across))
        tips[side] = frame.at(sign * tip_across, shoulder_height(tip_across, tip, body, side))
        armpits[side] = frame.at(sign * float(np.clip(natural, low * reach, high * reach)), 0.42 * w)
        across_scale = (
            min(scale, tip_across / max(abs(float(arc[-1, 0]) - middle), 1.0))
            if f"cuff_outer_{side}" in shape.points
            else scale
        )
        base = float(
            np.clip(abs(arc[corner, 0] - middle) * across_scale, 0.17 * w, min(0.4 * w, tip_across - 0.05 * w))
        )
        seam = resample(arc[corner:], 6)
        across = base + (tip_across - base) * np.abs(seam[:, 0] - seam[0, 0]) / max(abs(seam[-1, 0] - seam[0, 0]), 1e-6)
        line = np.array([frame.at(sign * a, shoulder_height(float(a), tip, body, side)) for a in across])
        if corner > 0:
            rising = resample(arc[: corner + 1], 4)[:-1]
            lean = np.clip(np.abs(rising[:, 0] - middle) * neck, 0.16 * w, base + 0.1 * w)
            lift = (arc[corner, 1] - rising[:, 1]) * neck * pressed
            collar = line[0] + np.outer(lean - base, frame.right * sign) - np.outer(lift, frame.down)
            seam, line = np.vstack([rising, seam]), np.vstack([collar, line])
        shoulder_sources[side], shoulder_targets[side] = seam, line
        peaks[side] = line[0]

    neckline = _neckline_target(shape, peaks, neck, stand, pressed, frame)
    top_y = (shape.points["neck_a"][1] + shape.points["neck_b"][1]) / 2 + _collar(shape)
    hem_mid = (shape.points["hem_a"] + shape.points["hem_b"]) / 2
    hem = (hem_mid[1] - top_y) * along - body.rise
    if long is not None:
        ankles = max(float(frame.local(frame.leg(side))[2, 1]) for side in SIDES)
        hem = min(hem, ankles if dress else frame.torso + LONGEST * w)
    elif not dress:
        hem = min(hem, frame.torso + HEM_BELOW_HIPS * w)
    # Worn as the old top was worn: tucked in, or as long unless the lengths differ clearly.
    tucked = snap_hem and body.tucked if tuck == "auto" else tuck == "in" and not dress
    snap = snap_hem and long is None and (size is None or size.growth is None) and not tucked
    if snap and not body.tucked and body.hem is not None and -0.3 * w < hem - body.hem < 0.45 * w:
        hem = body.hem + 0.03 * w
    if tuck != "auto" or waist is not None:
        seen = body.waist if body.waist is not None and body.tucked else WAIST * frame.torso
        waist = seen if waist is None else waist + 0.02 * w
    if tucked and waist is not None:  # no gap between a short top and the waistband
        hem = max(hem, waist + 0.15 * w)
    elif tuck == "out" and long is None and waist is not None:
        hem = max(hem, waist + 0.3 * w)
    hem = max(hem, 0.7 * w)
    ends_at = {} if hem_at is None else {side: frame.local(point[None])[0] for side, point in hem_at.items()}
    if ends_at:
        hem = float(np.mean([end[1] for end in ends_at.values()]))

    sources, targets = [], []
    side_sources, side_targets = {}, {}
    for side in SIDES:
        sign = -1.0 if side == "a" else 1.0
        arc = resample(shape.arcs[f"side_{side}"], 9)
        heights = np.linspace(0.42 * w, hem, 9)
        widths = np.abs(arc[:, 0] - (shape.points["armpit_a"][0] + shape.points["armpit_b"][0]) / 2)
        wanted = NATURAL * scale * widths * ease.factor
        if size is not None and wide is not None:
            wanted *= _profile(photo, size, scale, heights, frame.torso)
        edge = np.interp(heights, body.heights, body.edges[side])
        most = high + (0.25 if dress else 0.0) * np.linspace(0, 1, 9) * 4
        flare = np.clip(wanted, low * edge, most * edge)
        if side in ends_at:
            sewn = abs(float(ends_at[side][0]))
            flare = flare * np.interp(heights, [heights[3], hem], [1.0, sewn / max(float(flare[-1]), 1e-6)])
        side_sources[side] = arc
        side_targets[side] = np.array(
            [frame.at(sign * float(f), float(h)) for f, h in zip(flare, heights, strict=True)]
        )
        side_targets[side][0] = armpits[side]
        sources += [shoulder_sources[side], arc, segment(shoulder_sources[side][-1], arc[0])[1:-1]]
        targets += [shoulder_targets[side], side_targets[side], segment(tips[side], armpits[side])[1:-1]]
    hem_source = resample(shape.arcs["hem"], 9)
    hem_chord = segment(hem_source[0], hem_source[-1], 9)
    hem_target = segment(side_targets["a"][-1], side_targets["b"][-1], 9) + np.outer(
        np.clip((hem_source - hem_chord)[:, 1] * scale, -TAIL * w, TAIL * w), frame.down
    )
    ahead = (
        frame.right * FRONT * w * body.turn
    )  # the middle of the front, or of a back, lies before the shoulders' axis
    hem_target = hem_target + np.outer(1 - np.linspace(-1, 1, 9) ** 2, ahead)
    neckline = neckline + np.outer(1 - np.linspace(-1, 1, len(neckline)) ** 2, ahead)
    sources += [hem_source[1:-1], shape.neckline[4:-4:4]]
    targets += [hem_target[1:-1], neckline[4:-4:4]]
    sources.append((side_sources["a"] + side_sources["b"])[2:-1:2] / 2)
    targets.append((side_targets["a"] + side_targets["b"])[2:-1:2] / 2 + ahead)

    def ring(
        upper: dict[Side, Contour],
        pits: dict[Side, Contour],
        sides: dict[Side, Contour],
        bottom: Contour,
        opening: Contour,
    ) -> Contour:
        return np.vstack(
            [
                opening,
                upper["b"],
                pits["b"][None],
                sides["b"],
                bottom[::-1],
                sides["a"][::-1],
                pits["a"][None],
                upper["a"][::-1],
            ]
        )

    chord = segment(shoulder_sources["a"][0], shoulder_sources["b"][0], 5) - [0, 0.2 * shape.width]
    torso = Part(
        "torso",
        np.vstack(sources),
        np.vstack(targets),
        ring(shoulder_sources, {s: side_sources[s][0] for s in SIDES}, side_sources, hem_source, chord),
        ring(shoulder_targets, armpits, side_targets, hem_target, segment(peaks["a"], peaks["b"], 5)),
    )
    parts, ends = [torso], {}
    for side in SIDES:
        if f"cuff_outer_{side}" in shape.points:
            sleeve, ends[side] = fit_sleeve(
                shape, body, side, tips[side], armpits[side], min(scale, SLEEVE * usual), ease, size
            )
            parts.append(sleeve)
        else:
            ends[side] = 0.0
    return TopFit(tuple(parts), neckline, hem, ends, scale, tucked, waist)


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


def shoulder_height(across: float, tip: Contour, body: Measured, side: Side) -> float:
    """Height (negative is up) of the shoulder's upper line at a distance from the axis: from the neck's foot to the tip, or on the bare skin that is seen above it."""
    w = body.frame.width
    base, outer = 0.25 * w, abs(float(tip[0]))
    level = float(np.mean([body.frame.local(point[None])[0, 1] for point in body.tips.values()]))
    foot = -body.rise + SLANT * (float(tip[1]) - level)
    line = float(np.interp(across, [0.14 * w, base, outer], [foot - 0.05 * w, foot, float(tip[1])]))
    if side not in body.outline or body.sleeves[side] >= 0.15:  # cloth is thick, and lies away from the body
        return line
    seen = float(np.interp(across / w, OUTLINE, body.outline[side]))
    most = w * float(np.interp(across / w, OUTLINE[:2], [0.0, BARE]))
    return line - float(np.clip(seen + line, 0.0, most))


def _neckline_target(
    shape: TopShape, peaks: dict[Side, Contour], scale: float, stand: float, pressed: float, frame: Skeleton
) -> Contour:
    """The opening's front edge on the body; `pressed` of a collar's height `stand` is left below the chin."""
    curve = shape.neckline
    across = curve[-1] - curve[0]
    share = (curve - curve[0]) @ across / max(float(across @ across), 1e-6)
    chord = curve[0] + np.outer(share, across)
    depth = (curve - chord)[:, 1] * scale
    depth = np.minimum(depth - (1 - pressed) * np.clip(depth, 0, stand), 0.9 * frame.width)
    # Seen from the front the cloth beside the neck is foreshortened: it lies on the shoulders, nearly level.
    lying = np.maximum(depth - stand * pressed, 0) / (COLLARBONE * frame.width)
    depth = depth - LEVEL * COLLARBONE * frame.width * (1 - np.exp(-lying))
    line = peaks["a"] + np.outer(share, peaks["b"] - peaks["a"])
    result: Contour = line + np.outer(depth, frame.down)
    return result
