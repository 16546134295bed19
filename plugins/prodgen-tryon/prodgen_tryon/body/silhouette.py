"""Measures the dressed body along its limbs and torso: where the outline lies at each height."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float
from prodgen_tryon.sides import OTHER, SIDES, SIGN, Side

Curve = NDArray[np.float64]
STATIONS = 25  # along a limb
WIDEST_ARM = 2.0  # half width of bare skin on one side of the pose's line, for the usual one, that is still one arm's


@dataclass(frozen=True)
class Limb:
    """A limb as a ribbon: centre line, unit normals (pointing outwards) and half widths at equal steps along it.

    Args:
        centre: [n, 2].
        normal: [n, 2].
        outer, inner: half widths in pixels [n].
        t: parameter of each station, one unit a bone [n].
    """

    centre: Curve
    normal: Curve
    outer: NDArray[np.float64]
    inner: NDArray[np.float64]
    t: NDArray[np.float64]


def cast(mask: Float, origin: Curve, direction: Curve, reach: float) -> float:
    """Distance from `origin` along the unit `direction` to the first pixel below one half, at most `reach`."""
    return float(casts(mask, origin[None], direction[None], reach)[0])


def casts(mask: Float, origins: Curve, directions: Curve, reach: float) -> NDArray[np.float64]:
    """`cast` for several origins [n, 2], each in its own direction or all in one [n or 1, 2]."""
    steps = np.arange(0.0, reach + 0.5, 0.5)
    x, y = (np.round(origins[:, i, None] + directions[:, i, None] * steps).astype(int) for i in (0, 1))
    valid = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    outside = ~valid | (mask[np.where(valid, y, 0), np.where(valid, x, 0)] <= 0.5)
    return np.where(outside.any(1), steps[outside.argmax(1)], reach)


def smooth(values: NDArray[Any], window: int = 5) -> NDArray[np.float64]:
    """Moving median, then moving mean, along the first axis."""
    padded = np.pad(np.asarray(values, float), (window // 2, window // 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    middle = np.median(windows, axis=-1)
    padded = np.pad(middle, (window // 2, window // 2), mode="edge")
    result: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(padded, window).mean(-1)
    return result


def ribbon(path: Curve, outward: Curve) -> tuple[Curve, Curve, NDArray[np.float64]]:
    """Centre line with rounded joints, outward normals and parameters of a polyline [n, 2]."""
    t = np.linspace(0, len(path) - 1, STATIONS)
    index = np.minimum(t.astype(int), len(path) - 2)
    centre = path[index] + (path[index + 1] - path[index]) * (t - index)[:, None]
    tangent = np.gradient(centre, axis=0)
    tangent = np.stack([smooth(tangent[:, i], 5) for i in (0, 1)], 1)
    tangent /= np.maximum(np.hypot(*tangent.T)[:, None], 1e-6)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], 1)
    if (normal[: len(normal) // 2] @ outward).sum() < 0:
        normal = -normal
    return centre, normal, t


def arm(mask: Float, frame: Skeleton, side: Side) -> Limb:
    """The arm from the shoulder joint to the wrist.

    The outer width is measured. The inner width is measured where the arm is free of the body, and otherwise equal to the outer.
    """
    outward = frame.outward(side)
    path = frame.arm(side)
    bend = path[2] + 0.12 * (path[2] - path[1])
    centre, normal, t = ribbon(np.vstack([path[:2], bend]), outward)
    w = frame.width
    outer, inner = casts(mask, centre, normal, 0.34 * w), casts(mask, centre, -normal, 0.34 * w)
    outer = np.where(outer >= 0.33 * w, np.nan, outer)
    inner = np.where(inner >= 0.33 * w, np.nan, inner)
    typical = np.interp(t, [0, 0.4, 1, 2], np.array([0.19, 0.165, 0.145, 0.1]) * w)
    by_inner = np.where(np.isnan(inner), typical, np.minimum(inner, 1.3 * typical))
    outer = np.where(np.isnan(outer), by_inner, outer)
    inner = np.where(np.isnan(inner), np.minimum(outer, 1.25 * typical), inner)
    outer = np.clip(smooth(outer), 0.55 * typical, 1.9 * typical)
    inner = np.clip(smooth(inner), 0.55 * typical, 1.6 * typical)
    return Limb(centre, normal, outer, inner, t)


def bare_arm_seen(limb: Limb, skin: Float, covered: float, width: float) -> Limb:
    """The arm, wider where skin below a sleeve that ends at `covered` is: there its inner edge is seen before the body, too.

    Args:
        skin: [h, w], 0 to 1.
        width: the shoulders', in pixels.
    """
    usual = usual_arm(limb.t) * width
    outer, inner = (casts(skin, limb.centre, limb.normal * sign, 0.34 * width) for sign in (1.0, -1.0))
    seen = (limb.t > covered + 0.05) & (np.minimum(outer, inner) > 0) & (np.maximum(outer, inner) < WIDEST_ARM * usual)
    if not seen.any():
        return limb
    outer, inner = (
        np.maximum(smooth(np.where(seen, half, before)), before)
        for half, before in ((outer, limb.outer), (inner, limb.inner))
    )
    return replace(limb, outer=outer, inner=inner)


def usual_arm(t: NDArray[Any]) -> NDArray[np.float64]:
    """Half the usual width of a bare arm at places along it, in shoulder widths."""
    return np.asarray(np.interp(t, [0, 0.35, 0.95, 1.2, 1.6, 2, 2.4], [0.145, 0.125, 0.104, 0.106, 0.088, 0.07, 0.082]))


def bare_half(limb: Limb, covered: float, width: float) -> NDArray[np.float64]:
    """Half the width of the arm in a sleeve that ends at `covered`, in pixels [n]: usual, or by what is seen of the arm below."""
    usual = usual_arm(limb.t) * width
    seen = (limb.t > covered + 0.08) & (limb.t < 1.9)
    ratio = 1.1 if seen.sum() < 3 else float(np.median((limb.outer + limb.inner)[seen] / 2 / usual[seen]))
    return usual * float(np.clip(ratio, 0.85, 1.5))


def leg(mask: Float, frame: Skeleton, side: Side) -> Limb:
    """The leg from the hip joint to the ankle, measured on both sides where the legs are apart."""
    outward = frame.outward(side)
    centre, normal, t = ribbon(frame.leg(side), outward)
    w = frame.width
    other = frame.leg(OTHER[side])
    outer, inner = casts(mask, centre, normal, 0.6 * w), casts(mask, centre, -normal, 0.6 * w)
    typical = np.interp(t, [0, 0.4, 1, 2], np.array([0.36, 0.3, 0.22, 0.16]) * w)
    # Where the legs touch, the border between them is half way to the other leg's axis.
    half_way = np.array([_distance(c, other) / 2 for c in centre])
    inner = np.minimum(inner, np.maximum(half_way, 0.4 * typical))
    outer = np.where(outer >= 0.59 * w, typical, outer)
    outer, inner = (_as_above(widths, centre, mask.shape) for widths in (outer, inner))
    return Limb(
        centre,
        normal,
        np.clip(smooth(outer), 0.5 * typical, 2.2 * typical),
        np.clip(smooth(inner), 0.3 * typical, 2.0 * typical),
        t,
    )


def _as_above(widths: NDArray[np.float64], centre: Curve, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Widths [n] of a leg that leaves the picture: from there on as wide as it was last seen."""
    x, y = centre.T
    beyond = (y > shape[0] - 0.5 * widths - 2) | (x < 0) | (x > shape[1] - 1)
    first = int(beyond.argmax()) if beyond.any() else len(widths)
    if not 0 < first < len(widths):
        return widths
    return np.concatenate([widths[:first], np.full(len(widths) - first, widths[max(first - 2, 0) : first].mean())])


def _distance(point: Curve, path: Curve) -> float:
    best = np.inf
    for a, b in pairwise(path):
        along = b - a
        fraction = np.clip((point - a) @ along / max(along @ along, 1e-9), 0, 1)
        best = min(best, float(np.hypot(*(a + fraction * along - point))))
    return best


def torso_edges(
    mask: Float, frame: Skeleton, arms: dict[Side, Limb], along: NDArray[Any]
) -> dict[Side, NDArray[np.float64]]:
    """Distance of the body's side from its axis, at each height `along` (pixels below the shoulders).

    Where an arm hides the side, it is taken from what is typical for the body, and no wider than the arm's inner edge allows.
    """
    w = frame.width
    heights = np.array([0, 0.3, 0.6, 1.0, 1.3], float) * frame.torso
    typical = np.interp(along, heights, np.array([0.56, 0.57, 0.53, 0.58, 0.6]) * w)
    result: dict[Side, NDArray[np.float64]] = {}
    for side in SIDES:
        sign = SIGN[side]
        limb = arms[side]
        places = frame.local(limb.centre)
        edge = np.zeros(len(along))
        spine = frame.shoulders + frame.down * np.asarray(along)[:, None]
        seen = casts(mask, spine, frame.right[None] * sign, 1.4 * w)
        for i, (height, measured) in enumerate(zip(along, seen, strict=True)):
            near = np.abs(places[:, 1] - height) < 0.08 * w
            bound = np.inf
            if near.any():
                inner_edge = (places[near, 0] * sign - limb.inner[near]).min()
                if measured > inner_edge + 0.02 * w:
                    bound = inner_edge + 0.06 * w
            hidden = bound < np.inf
            edge[i] = np.clip(min(bound, typical[i] * 1.12), 0.85 * typical[i], None) if hidden else measured
        result[side] = np.clip(smooth(edge), 0.75 * typical, 1.7 * typical)
    return result
