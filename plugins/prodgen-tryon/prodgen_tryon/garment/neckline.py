"""Finds the front edge of a top's neck opening, so that the inside of the collar can go behind the neck."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Contour, Point, to_lab
from prodgen_tryon.garment.contour import resample

USUAL = 0.36  # depth of a round neckline relative to its width


def neckline_curve(image: Image | None, mask: NDArray[np.bool_], neck_a: Point, neck_b: Point, width: float) -> Contour:
    """The front edge of the opening as a curve from `neck_a` to `neck_b` [25, 2].

    A family of round and pointed curves of growing depth is laid over the cloth; the one along which colour changes most
    wins. Inside of the collar lies another shade of the cloth, a label, or (where the opening is cut out) nothing.

    Args:
        image: RGB [h, w, 3]; without it a typical depth is taken.
        width: distance of the armpits, in pixels.
    """
    u = np.linspace(-1, 1, 25)
    chord = neck_a + (neck_b - neck_a) * ((u + 1) / 2)[:, None]
    span = float(np.hypot(*(neck_b - neck_a)))
    flat = chord.copy()
    # The outline itself sags between the two points where the opening is cut out.
    for i, (x, _) in enumerate(chord):
        column = np.flatnonzero(mask[:, int(np.clip(round(x), 0, mask.shape[1] - 1))])
        if len(column):
            flat[i, 1] = max(float(column[0]), flat[i, 1] - 0.02 * span)
    sag = float(flat[12, 1] - chord[12, 1])
    if sag > 0.22 * span:  # the opening is cut out: its outline is the front edge
        return flat
    # A folded collar is narrow at its top and opens deeper than it is wide.
    broad = float(np.ptp(np.flatnonzero(mask.any(0))))
    folded = span < 0.17 * broad
    unit = 0.22 * broad if folded else span
    closed = _is_turtleneck(mask)
    guess = 0.0 if closed else (0.5 * unit if folded else USUAL * span) / span
    fallback = chord + np.stack([np.zeros_like(u), guess * span * (1 - np.abs(u) ** 2)], 1)
    fallback[:, 1] = np.maximum(fallback[:, 1], flat[:, 1])
    if image is None or span < 6:
        return fallback
    # Only the cloth around the opening is looked at.
    origin, end = chord.min(0) - 0.4 * span - 12, chord.max(0) + np.array([0.4 * span, 1.6 * max(unit, span)]) + 12
    (x0, y0), (x1, y1) = np.maximum(origin, 0).astype(int), np.maximum(end, 1).astype(int)
    origin, window = np.array([x0, y0], float), (slice(y0, y1), slice(x0, x1))
    image, mask, chord = np.ascontiguousarray(image[window]), mask[window], chord - origin
    lab = cv2.GaussianBlur(to_lab(image), (0, 0), max(0.012 * span, 0.8))
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if not closed:
        sag = max(sag, _label_bottom(lab, mask, chord))
        found = _fitted(lab, inside, chord, sag, 1.3 * max(unit, 0.5 * span), width)
        if found is not None:
            found_curve: Contour = found[0] + origin
            return found_curve
    curve, strength = _strongest(lab, inside, chord, sag + 0.05 * span, unit)
    shallow = float((curve - chord)[:, 1].max()) < 0.2 * span and not closed  # then it is the seam of the back
    return curve + origin if strength > 1.0 and not shallow else fallback


def _strongest(
    lab: NDArray[np.float32], inside: NDArray[np.bool_], chord: Contour, least: float, unit: float
) -> tuple[Contour, float]:
    """The curve over the chord, at least `least` pixels deep, along which colour changes most, and by how much.

    Args:
        unit: width of the opening in pixels, of which depths are shares.
    """
    span = float(np.hypot(*(chord[-1] - chord[0])))
    step = np.array([0, max(0.035 * span, 1.5)])
    u = np.linspace(-1, 1, len(chord))
    best, best_score = chord, 0.0
    for power in (1.0, 1.4, 2.0, 2.6):
        for depth in np.linspace(0.06, 1.2, 44) * unit:
            if depth < least:
                continue
            curve = chord + np.stack([np.zeros_like(u), depth * (1 - np.abs(u) ** power)], 1)
            above, below = (_pixels(curve[3:-3] + shift, inside.shape) for shift in (-step, step))
            valid = inside[above] & inside[below]
            if valid.mean() < 0.6:
                continue
            difference = (lab[below] - lab[above])[valid]
            # The whole curve must be an edge of one kind, so a low quantile along the common direction counts.
            common = np.median(difference, axis=0)
            strength = float(np.linalg.norm(common))
            if strength < 0.5:
                continue
            score = float(np.quantile(difference @ (common / strength), 0.25)) - 2.0 * abs(depth / unit - 0.3)
            if score > best_score:
                best, best_score = curve, score
    return best, best_score


def _family(depths: NDArray[np.float64], half: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Right halves of openings about their middle [n, 16, 2], from the point at the neck down to the middle, and a cost of each [n].

    Superellipses from a pointed V to a square one, some of them wider than the distance of the two points: a folded collar is
    narrow at its top.
    """
    phi = np.linspace(0.0, np.pi / 2, 16)
    curves, costs = [], []
    for power in (2.0, 1.5, 1.0, 0.75):
        for bulge in (-0.12, 0.0, 0.15, 0.3):
            x = np.cos(phi) ** power + bulge * np.sin(2 * phi)
            y = np.sin(phi) ** power
            curves.append(np.stack(np.broadcast_arrays(x * half, np.outer(depths, y)), -1))
            costs += [0.5 * abs(bulge) + (0.1 if power == 0.75 else 0.0)] * len(depths)
    return np.concatenate(curves), np.array(costs)


def _fitted(
    lab: NDArray[np.float32], inside: NDArray[np.bool_], chord: Contour, sag: float, reach: float, width: float
) -> tuple[Contour, float] | None:
    """The curve of the family along which both halves of the cloth have an edge, and its strength; None where none has.

    An edge counts by the change of colour across it and by how much the strips on its two sides differ, which a seam's do not.
    A label or a fold is an edge along a part of a curve only, so low quantiles along the curve decide.
    """
    span = float(np.hypot(*(chord[-1] - chord[0])))
    depths = np.linspace(max(0.08 * span, sag + 0.05 * span), reach, 40)
    halves, costs = _family(depths, 0.5 * span)
    right = (chord[-1] - chord[0]) / span
    down = np.array([-right[1], right[0]])
    centre = chord.mean(0)
    tangent = np.gradient(halves, axis=1)
    normal = np.stack([tangent[..., 1], -tangent[..., 0]], -1)  # turned to the outside, away from the opening
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    normal *= np.where((normal * halves).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    step = max(0.02 * span, 1.0)
    offsets = np.array([-5.0, -3.0, -1.0, 1.0, 3.0, 5.0]) * step
    places = halves[:, 2:-1, None] + normal[:, 2:-1, None] * offsets[None, None, :, None]
    gains, contrasts, valid = [], [], np.ones(len(halves), bool)
    for sign in (-1.0, 1.0):
        world = centre + sign * places[..., :1] * right + places[..., 1:] * down
        x, y = (world[..., i].reshape(len(halves), -1).astype(np.float32) for i in (0, 1))
        colours = cv2.remap(lab, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).reshape(*places.shape[:3], 3)
        cloth = cv2.remap(inside.astype(np.float32), x, y, cv2.INTER_LINEAR, borderValue=0).reshape(places.shape[:3])
        near = np.linalg.norm(colours[:, :, 3] - colours[:, :, 2], axis=-1)
        apart = np.linalg.norm(colours[:, :, 3:].mean(2) - colours[:, :, :3].mean(2), axis=-1)
        covered = cloth[:, :, 1:5].min(-1) > 0.5
        gains.append((near + apart) * covered)
        contrasts.append(apart)
        valid &= covered.mean(1) > 0.6
    gain = np.sqrt(gains[0] * gains[1])
    low, middle = np.quantile(gain, (0.2, 0.5), axis=1)
    typical = float(np.median(middle[valid])) if valid.any() else 1.0
    score = np.maximum((low + 0.5 * middle) / (typical + 0.5) - costs, 0)
    # The seam of the back of the neck is an edge as well, above the front: openings are seldom that shallow.
    depth = halves[:, -1, 1] / width
    if span < 0.3 * width:  # a collar
        score *= np.clip(0.7 + depth, 0, 1)
    else:
        score *= np.clip(depth / 0.18, 0, 1) ** 2
    score -= 0.25 * halves[:, -1, 1] / reach
    score[~valid] = -np.inf
    best = int(score.argmax())
    strength = float(np.quantile(np.minimum(*contrasts)[best], 0.3))
    if not valid[best] or strength < 1.0:
        return None
    half = halves[best]
    local = np.vstack([half * [-1, 1], half[-2::-1]])
    local = resample(local, 25)
    curve: Contour = centre + local[:, :1] * right + local[:, 1:] * down
    return curve, strength


def _label_bottom(lab: NDArray[np.float32], mask: NDArray[np.bool_], chord: Contour) -> float:
    """How far below the chord a neck label reaches, 0 without one: a label lies inside of the opening.

    It is a centred, upright rectangle, wider than high, of one neutral colour that the cloth around it has not.
    """
    span = float(np.hypot(*(chord[-1] - chord[0])))
    x, y = chord.mean(0)
    x0, x1 = max(int(x - 0.45 * span), 0), int(x + 0.45 * span) + 1
    y0, y1 = max(int(y), 0), int(y + 1.1 * span) + 1
    window, covered = lab[y0:y1, x0:x1], mask[y0:y1, x0:x1]
    if covered.sum() < 50:
        return 0.0
    cloth = np.median(window[covered], axis=0)
    other = covered & (np.linalg.norm(window - cloth, axis=-1) > 14) & (np.hypot(window[..., 1], window[..., 2]) < 12)
    _, _, stats, centres = cv2.connectedComponentsWithStats(other.astype(np.uint8), connectivity=4)
    lowest = 0.0
    for (_, top, wide, high, area), centre in zip(stats[1:], centres[1:], strict=True):
        upright = 1.2 * high < wide < 6 * high and area > 0.6 * wide * high
        if upright and 0.15 * span < wide < 0.6 * span and abs(centre[0] + x0 - x) < 0.15 * span:
            lowest = max(lowest, float(y0 + top + high - y))
    return lowest


def _is_turtleneck(mask: NDArray[np.bool_]) -> bool:
    """Whether the top is a closed band: about as wide at its foot as at its top, and high for its width."""
    rows = np.flatnonzero(mask.any(1))
    upper = mask[rows[: max(len(rows) // 3, 1)]]
    spans = mask.shape[1] - upper.argmax(1) - upper[:, ::-1].argmax(1).astype(float)
    start = max(len(rows) // 60, 1)
    narrow = spans[start:] < 1.3 * spans[start : start + 3].max()
    height = len(narrow) if narrow.all() else int(narrow.argmin())
    return bool(height > 0.38 * spans[start])


def _pixels(points: Contour, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.round(points[:, 1]).astype(np.int64).clip(0, shape[0] - 1)
    columns = np.round(points[:, 0]).astype(np.int64).clip(0, shape[1] - 1)
    return rows, columns
