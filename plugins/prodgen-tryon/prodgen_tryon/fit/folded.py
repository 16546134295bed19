"""A sleeve on an arm that is folded at the elbow: two pieces, of which the forearm's lies over the upper arm's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.silhouette import usual_arm
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.parts import Part, segment
from prodgen_tryon.garment.contour import distances
from prodgen_tryon.sides import Side

STATIONS = 5  # along each bone
ELBOW = 0.11  # how far each piece reaches around the elbow, in shoulder widths
ROUND = np.array([[0.6, 0.8], [1.0, 0.45]])  # places on the way there, and what is left of its width
LEAST, MOST = 1.12, 1.45  # width of the sleeve for the arm's own


@dataclass(frozen=True)
class _Bones:
    """The two straight pieces of an arm: where they begin [2, 2], their unit directions and outward normals [2, 2], the upper one's length in pixels."""

    begin: Contour
    along: Contour
    normal: Contour
    upper: float


def fold(sleeve: Part, edges: int, body: Measured, side: Side, stop: float, scale: float) -> tuple[Part, ...]:
    """A sleeve that was fitted to the arm as one piece as two, or as it is where it ends above the elbow.

    Args:
        edges: how many of its first control points are its outer edge, and how many after them its inner one.
        stop: where it ends, in pixels along the arm.
        scale: of the cloth, body pixels for one of the garment's.
    """
    bones = _bones(body.frame, side)
    reach = ELBOW * body.frame.width
    if stop < bones.upper + 2 * reach:
        return (sleeve,)
    outer, inner = sleeve.source[:edges], sleeve.source[edges : 2 * edges]
    around = reach * ROUND[:, 0]
    upper = np.concatenate([np.linspace(0.0, bones.upper, STATIONS), bones.upper + around])
    fore = np.concatenate([bones.upper - around[::-1], np.linspace(bones.upper, stop, STATIONS)])
    pieces = []
    for bone, places in enumerate((upper, fore)):
        sources = [_at(edge, places / stop) for edge in (outer, inner)]
        centre = bones.begin[bone] + np.outer(places - bone * bones.upper, bones.along[bone])
        flat = scale * np.hypot(*(sources[0] - sources[1]).T) / 2
        half = _half_widths(body, side, flat, places, bones)
        half *= np.concatenate([ROUND[::-1, 1], np.ones(STATIONS)] if bone else [np.ones(STATIONS), ROUND[:, 1]])
        targets = [centre + sign * half[:, None] * bones.normal[bone] for sign in (1.0, -1.0)]
        if bone == 0:  # it leaves the body as it did
            targets[0][0], targets[1][0] = sleeve.target[0], sleeve.target[edges]
        pieces.append((sources, targets))
    return tuple(
        _piece(f"{name}_{side}", *ends, sleeve.beside if name == "sleeve" else None)
        for name, ends in zip(("sleeve", "forearm"), pieces, strict=True)
    )


def _bones(frame: Skeleton, side: Side) -> _Bones:
    joints = frame.arm(side)
    steps = np.diff(joints, axis=0)
    lengths = np.maximum(np.hypot(*steps.T), 1e-6)
    along = steps / lengths[:, None]
    normal = np.stack([along[:, 1], -along[:, 0]], 1)
    outwards = float(normal[0] @ frame.outward(side))
    return _Bones(joints[:2], along, normal if outwards >= 0 else -normal, float(lengths[0]))


def _half_widths(
    body: Measured, side: Side, flat: NDArray[np.float64], places: NDArray[np.float64], bones: _Bones
) -> NDArray[np.float64]:
    """Half the width of a sleeve at places along the arm, in pixels [n]; `flat` of it is half its cloth's.

    The arm is as wide as usual, or as what is seen of it bare: no other width can be told where it lies before itself.
    """
    limb, w = body.arms[side], body.frame.width
    fore = max(float(distances(limb.centre)[-1]) - bones.upper, 1.0)
    t = np.where(places < bones.upper, places / bones.upper, 1 + (places - bones.upper) / fore)
    own = usual_arm(t) * w
    bare = np.maximum(np.interp(t, limb.t, limb.outer), np.interp(t, limb.t, limb.inner))
    seen = (t > max(body.sleeves[side], 1.0)) & (bare < MOST * own)
    own = np.where(seen, np.maximum(own, bare), own)
    return np.clip(flat, LEAST * own, MOST * own)


def _at(edge: Contour, shares: NDArray[np.float64]) -> Contour:
    """Points of an edge [n, 2] at shares of its length."""
    along = distances(edge)
    return np.stack([np.interp(shares * along[-1], along, edge[:, i]) for i in (0, 1)], 1)


def _piece(name: str, sources: list[Contour], targets: list[Contour], beside: Contour | None) -> Part:
    ends = [[segment(edges[0][i], edges[1][i])[1:-1] for i in (0, -1)] for edges in (sources, targets)]
    middles = [((edges[0] + edges[1]) / 2)[1:-1] for edges in (sources, targets)]
    source, target = (
        np.vstack([*edges, *end, middle]) for edges, end, middle in zip((sources, targets), ends, middles, strict=True)
    )
    piece, shape = (np.vstack([edges[0], edges[1][::-1]]) for edges in (sources, targets))
    return Part(name, source, target, piece, shape, beside)
