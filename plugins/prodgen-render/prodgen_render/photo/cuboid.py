"""Boxes and cartons: the cuboid whose outline fits that of the photo, one face or three of them in view.

The convex outline is compared as a function of direction from its centre, by least squares over yaw, elevation and the three edge
lengths. A frontal photo leaves depth open: then the frame decides where it is the contract's (the bounding sphere fills 85 %
of it), and a prior where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

DEPTH_PRIOR = 0.38
"""Depth of an unknown box as a share of its width; cartons and packages on shelves lie between 0.2 and 0.7."""
_DIRECTIONS = 80
_LEAST_CONVEX = 0.9
_DOUBTFUL, _GOOD = 0.87, 0.98
_SHADED, _BELOW, _STEEP, _ABOVE = 0.05, 0.03, 40.0, 0.1
"""What tells against each degree that the camera is off what the shadow says, below the product, and above what is usual."""
_LOWEST, _HIGHEST = -5.0, 60.0
"""Degrees between which photos of boxes are taken, unless somebody says otherwise: what looks like one from below tapers, and like one from
above is a plate or a tray."""
_STRAIGHT, _AS_GOOD = 3.0, 0.005
"""Degrees within which a photo was taken level and from straight in front, unless the outline is missed by so much more: worn edges turn a
box by a degree or two, and with it its print."""
_ASTRAY = 30.0
"""Degrees by which no camera is above what its shadow tells."""
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64) / 2


@dataclass(frozen=True, eq=False)
class Cuboid:
    """A box about the origin, its front towards -Y.

    Args:
        size: width, depth and height.
        camera: that took the photo; its azimuth is 0 for a frontal one.
        fit: intersection over union of its outline with the photo's.
        depth_known: whether the outline, or the frame, told the depth.
    """

    size: Floats
    camera: PhotoCamera
    fit: float
    depth_known: bool


def fit_cuboid(
    mask: Mask,
    camera: PhotoCamera,
    *,
    framed: bool,
    depth: float | None = None,
    exact: bool = False,
    elevation: float | None = None,
    prior: float = DEPTH_PRIOR,
    shadow: float | None = None,
    azimuth: float | None = None,
) -> Cuboid:
    """The cuboid that fits best.

    Args:
        camera: the contract's (`framed`), whose focal length and centre hold; else a first guess.
        depth: as a share of the width, where it is known from elsewhere, and whether it holds however well the outline suits another.
        elevation, azimuth: of the camera, where they are known.
        prior: what depth is likely, as a share of the width.
        shadow: degrees that the camera looked down by, as the shadow has it.
    """
    from scipy import optimize

    outline, centre = _outline(mask)
    filled = _overlap(outline, mask)
    if filled < _LEAST_CONVEX and depth is None:
        # No box looks like that: spare the search.
        extent = np.ptp(outline, axis=0) / camera.focal * AWAY
        return Cuboid(np.array([extent[0], extent[0] * DEPTH_PRIOR, extent[1]]), camera, filled, False)
    wanted = _reach(outline, centre)
    scale = float(wanted.mean())
    width = np.ptp(outline[:, 0]) / camera.focal * AWAY * 0.95
    height = np.ptp(outline[:, 1]) / camera.focal * AWAY * 0.95
    prior = prior if depth is None else depth

    def unpack(values: Floats) -> tuple[Floats, PhotoCamera]:
        size = np.exp(values[:3])
        if exact and depth is not None:
            size[1] = size[0] * depth
        seen = camera.but(
            azimuth=float(values[3]) * 30 if azimuth is None else azimuth,
            elevation=float(values[4]) * 30 if elevation is None else elevation,
            focal=camera.focal * float(np.exp(values[5])), x=camera.x + float(values[6]) * scale, y=camera.y + float(values[7]) * scale,
        )  # fmt: skip
        return size, seen

    def misfit(values: Floats) -> Floats:
        size, seen = unpack(values)
        reach = _reach(_picture(size, seen), centre)
        share = float(np.exp(values[1] - values[0]))
        gauge = float(np.linalg.norm(size)) / 2 - 1
        tilt = float(values[4]) * 30
        penalties = [
            gauge * (60 if not framed else 8 if depth is None else 0),
            (np.log(share / prior)) * (0.12 if depth is None else 6),
            values[3] * 0.06,
            (tilt - elevation) * 0.06
            if elevation is not None
            else tilt * 0.003
            if shadow is None
            else (tilt - shadow) * _SHADED,
            0.0 if elevation is not None else max(0.0, -tilt) * _BELOW + max(0.0, tilt - _STEEP) * _ABOVE,
            values[5] * (200 if framed else 0.01),
            values[6] * (200 if framed else 0.02),
            values[7] * (200 if framed else 0.02),
        ]
        return np.concatenate([(reach - wanted) / scale * 10, penalties])

    best: tuple[float, Floats] | None = None
    # In the contract's frame the sphere leaves that much room for the depth.
    room = max(4 - float(width) ** 2 - float(height) ** 2, 0.0) ** 0.5 if framed and depth is None else 0.0
    start_depth = np.log(max(float(width) * prior, room, 1e-3))
    for turn in (0.0, -32.0, 32.0) if azimuth is None else (azimuth,):
        if best is not None and not _DOUBTFUL < _overlap(_picture(*unpack(best[1])), mask) < _GOOD:
            # It is one, or nothing like one: other starts would not change that.
            break
        for angle in (4.0, 24.0) if elevation is None else (elevation,):
            start = np.array([np.log(width), start_depth, np.log(height), turn / 30, angle / 30, 0.0, 0.0, 0.0])
            if not framed:
                start[6:] = (centre - [camera.x, camera.y]) / scale
            found = optimize.least_squares(misfit, start, method="trf", loss="soft_l1", f_scale=0.2, max_nfev=40)
            # A frontal answer is believed unless another one is clearly better.
            cost = float(found.cost) * (1.0 if abs(turn) < 1 else 1.15) + 1e-4
            if best is None or cost < best[0]:
                best = cost, found.x
    assert best is not None
    values = best[1]
    size, seen = unpack(values)
    highest = _HIGHEST if shadow is None else min(_HIGHEST, shadow + _ASTRAY)
    fit = _overlap(_picture(size, seen), mask) if elevation is not None or _LOWEST < seen.elevation < highest else 0.0
    frontal = azimuth is None and abs(seen.azimuth) < _STRAIGHT
    level = elevation is None and not shadow and abs(seen.elevation) < _STRAIGHT
    if frontal or level:
        straight = fit_cuboid(
            mask, camera, framed=framed, depth=depth, exact=exact, elevation=0.0 if level else elevation, prior=prior,
            shadow=shadow, azimuth=0.0 if frontal else azimuth,
        )  # fmt: skip
        if straight.fit > fit - _AS_GOOD:
            return straight
    turned = abs(seen.azimuth) > 8 or abs(seen.elevation) > 12
    size, seen = _front_first(size, seen)
    return Cuboid(size, seen, fit, framed or turned or depth is not None)


def _front_first(size: Floats, camera: PhotoCamera) -> tuple[Floats, PhotoCamera]:
    """Turns the box so that the side that the camera sees most of is its front."""
    azimuth, (width, depth, height) = (camera.azimuth + 180) % 360 - 180, size
    if abs(azimuth) <= 45:
        return size, camera.but(azimuth=azimuth)
    turn = -90 if azimuth > 0 else 90
    return np.array([depth, width, height]), camera.but(azimuth=azimuth + turn)


def _picture(size: Floats, camera: PhotoCamera) -> Floats:
    """The outline [n, 2] of a box in the photo."""
    x, y, _ = camera.project(_CORNERS * size)
    return _hull(np.stack([x, y], -1))


def _outline(mask: Mask) -> tuple[Floats, Floats]:
    """The convex hull [n, 2] of a mask in pixels, and its centre."""
    rows = np.flatnonzero(mask.any(1))
    left = mask[rows].argmax(1)
    right = mask.shape[1] - mask[rows][:, ::-1].argmax(1)
    points = np.concatenate([np.stack([x, y], -1) for x in (left, right) for y in (rows, rows + 1)]).astype(np.float64)
    hull = _hull(points)
    return hull, _centroid(hull)


def _hull(points: Floats) -> Floats:
    """The convex hull of points [n, 2] (Andrew 1979), counter-clockwise in a frame with y up."""
    order = np.lexsort((points[:, 1], points[:, 0]))
    lists: list[list[Floats]] = []
    for sequence in (points[order], points[order][::-1]):
        chain: list[Floats] = []
        for p in sequence:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2], chain[-1]
                if (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0:
                    break
                chain.pop()
            chain.append(p)
        lists.append(chain[:-1])
    return np.array(lists[0] + lists[1])


def _centroid(polygon: Floats) -> Floats:
    following = np.roll(polygon, -1, 0)
    cross = polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0]
    return np.asarray(((polygon + following) * cross[:, None]).sum(0) / (3 * cross.sum()))


def _reach(polygon: Floats, centre: Floats) -> Floats:
    """Distance from the centre to a convex polygon's edge in each of `_DIRECTIONS` directions."""
    angle = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    ray = np.stack([np.cos(angle), np.sin(angle)], -1)
    start = polygon - centre
    edge = np.roll(start, -1, 0) - start
    normal = np.stack([edge[:, 1], -edge[:, 0]], -1)
    offset = (normal * start).sum(1)
    along = ray @ normal.T
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(along > 1e-9, offset / np.maximum(along, 1e-9), np.inf)
    return np.asarray(np.clip(reach.min(1), 0, 1e6))


def _overlap(polygon: Floats, mask: Mask) -> float:
    """Intersection over union of a polygon and a mask."""
    from PIL import Image, ImageDraw

    canvas = Image.new("1", (mask.shape[1], mask.shape[0]))
    ImageDraw.Draw(canvas).polygon([(float(x) - 0.5, float(y) - 0.5) for x, y in polygon], fill=1)
    drawn = np.asarray(canvas)
    return float((drawn & mask).sum() / max((drawn | mask).sum(), 1))
