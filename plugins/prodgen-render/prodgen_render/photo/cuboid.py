"""Boxes and cartons: the cuboid whose outline fits that of the photo, one face or three of them in view.

The convex outline is compared as a function of direction from its centre, by least squares over yaw, elevation and the three edge
lengths. A frontal photo leaves depth open: then the frame decides where it is the contract's (the bounding sphere fills 85 %
of it), and a prior where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
_STRAIGHT, _AS_GOOD = 3.0, 0.02
"""Degrees within which a photo was taken level and from straight in front, unless the outline is missed by so much more: worn edges turn a
box by a degree or two, and with it its print, and a pixel more or less then decides how deep it is."""
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


@dataclass(frozen=True)
class KnownOfBox:
    """What is known of a box and its photo besides the outline.

    Args:
        framed: whether the camera is the contract's, whose focal length and centre hold; else it is a first guess.
        depth: as a share of the width, where it is known from elsewhere.
        exact: whether that depth holds however well the outline suits another.
        prior: what depth is likely, as a share of the width.
        elevation, azimuth: of the camera, where they are known.
        shadow: degrees that the camera looked down by, as the shadow has it.
    """

    framed: bool
    depth: float | None = None
    exact: bool = False
    prior: float = DEPTH_PRIOR
    elevation: float | None = None
    azimuth: float | None = None
    shadow: float | None = None

    @property
    def likely_depth(self) -> float:
        """As a share of the width."""
        return self.prior if self.depth is None else self.depth

    def allows(self, elevation: float) -> bool:
        """Whether photos of boxes are taken from such an elevation."""
        highest = _HIGHEST if self.shadow is None else min(_HIGHEST, self.shadow + _ASTRAY)
        return self.elevation is not None or _LOWEST < elevation < highest


def fit_cuboid(mask: Mask, camera: PhotoCamera, known: KnownOfBox) -> Cuboid:
    """The cuboid that fits best."""
    outline, centre = _outline(mask)
    filled = _overlap(outline, mask)
    if filled < _LEAST_CONVEX and known.depth is None:
        # No box looks like that: spare the search.
        extent = np.ptp(outline, axis=0) / camera.focal * AWAY
        return Cuboid(np.array([extent[0], extent[0] * DEPTH_PRIOR, extent[1]]), camera, filled, False)
    search = _Search(mask, outline, centre, camera, known)
    best = search.best()
    size, seen = search.box(best)
    fit = search.fit(best) if known.allows(seen.elevation) else 0.0
    frontal = known.azimuth is None and abs(seen.azimuth) < _STRAIGHT
    level = known.elevation is None and not known.shadow and abs(seen.elevation) < _STRAIGHT
    if frontal or level:
        azimuth, elevation = 0.0 if frontal else known.azimuth, 0.0 if level else known.elevation
        straight = fit_cuboid(mask, camera, replace(known, azimuth=azimuth, elevation=elevation))
        if straight.fit > fit - _AS_GOOD:
            return straight
    turned = abs(seen.azimuth) > 8 or abs(seen.elevation) > 12
    size, seen = _front_first(size, seen)
    return Cuboid(size, seen, fit, known.framed or turned or known.depth is not None)


class _Search:
    """The search for the box of one outline.

    A point of the search is [8]: logarithms of width, depth and height, azimuth and elevation in 30 degrees, the logarithm of a factor on
    the camera's focal length, and where the centre is beside the camera's, as a share of the outline's mean reach.
    """

    def __init__(self, mask: Mask, outline: Floats, centre: Floats, camera: PhotoCamera, known: KnownOfBox) -> None:
        self.mask, self.centre, self.camera, self.known = mask, centre, camera, known
        self.wanted = _reach(outline, centre)
        self.scale = float(self.wanted.mean())
        self.width, self.height = np.ptp(outline, axis=0) / camera.focal * AWAY * 0.95

    def box(self, point: Floats) -> tuple[Floats, PhotoCamera]:
        """The size of the box and the camera that takes it."""
        known, camera, size = self.known, self.camera, np.exp(point[:3])
        if known.exact and known.depth is not None:
            size[1] = size[0] * known.depth
        return size, camera.but(
            azimuth=float(point[3]) * 30 if known.azimuth is None else known.azimuth,
            elevation=float(point[4]) * 30 if known.elevation is None else known.elevation,
            focal=camera.focal * float(np.exp(point[5])),
            x=camera.x + float(point[6]) * self.scale,
            y=camera.y + float(point[7]) * self.scale,
        )

    def fit(self, point: Floats) -> float:
        """Intersection over union of the box's outline with the photo's."""
        return _overlap(_picture(*self.box(point)), self.mask)

    def misfit(self, point: Floats) -> Floats:
        """Where the outline is missed in each direction, and what makes the point unlikely."""
        known, (size, seen) = self.known, self.box(point)
        missed = (_reach(_picture(size, seen), self.centre) - self.wanted) / self.scale * 10
        share = float(np.exp(point[1] - point[0]))
        gauge = float(np.linalg.norm(size)) / 2 - 1
        unlikely = [
            gauge * (60 if not known.framed else 8 if known.depth is None else 0),
            np.log(share / known.likely_depth) * (0.12 if known.depth is None else 6),
            point[3] * 0.06,
            *self._tilt(float(point[4]) * 30),
            point[5] * (200 if known.framed else 0.01),
            point[6] * (200 if known.framed else 0.02),
            point[7] * (200 if known.framed else 0.02),
        ]
        return np.concatenate([missed, unlikely])

    def _tilt(self, elevation: float) -> tuple[float, float]:
        known = self.known
        if known.elevation is not None:
            return (elevation - known.elevation) * 0.06, 0.0
        unusual = max(0.0, -elevation) * _BELOW + max(0.0, elevation - _STEEP) * _ABOVE
        if known.shadow is None:
            return elevation * 0.003, unusual
        return (elevation - known.shadow) * _SHADED, unusual

    def best(self) -> Floats:
        """The best point from several starts."""
        from scipy import optimize

        known = self.known
        best: tuple[float, Floats] | None = None
        for turn in (0.0, -32.0, 32.0) if known.azimuth is None else (known.azimuth,):
            if best is not None and not _DOUBTFUL < self.fit(best[1]) < _GOOD:
                # It is one, or nothing like one: other starts would not change that.
                break
            for tilt in (4.0, 24.0) if known.elevation is None else (known.elevation,):
                start = self._start(turn, tilt)
                found = optimize.least_squares(
                    self.misfit, start, method="trf", loss="soft_l1", f_scale=0.2, max_nfev=40
                )
                # A frontal answer is believed unless another one is clearly better.
                cost = float(found.cost) * (1.0 if abs(turn) < 1 else 1.15) + 1e-4
                if best is None or cost < best[0]:
                    best = cost, found.x
        assert best is not None
        return best[1]

    def _start(self, turn: float, tilt: float) -> Floats:
        known, width, height = self.known, float(self.width), float(self.height)
        # In the contract's frame the sphere leaves that much room for the depth.
        room = max(4 - width**2 - height**2, 0.0) ** 0.5 if known.framed and known.depth is None else 0.0
        depth = max(width * known.likely_depth, room, 1e-3)
        start = np.array([*np.log([width, depth, height]), turn / 30, tilt / 30, 0.0, 0.0, 0.0])
        if not known.framed:
            start[6:] = (self.centre - [self.camera.x, self.camera.y]) / self.scale
        return start


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
