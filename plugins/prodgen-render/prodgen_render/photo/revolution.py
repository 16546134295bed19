"""Bottles, cans, jars, cups: the largest body of revolution that fits inside an outline.

Each height takes the widest ring whose picture stays inside the outline: the visual hull (Laurentini 1994) under the
assumption of an upright axis. Ends are cut flat at the widest ring that still reaches the outline's end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

ELEVATIONS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 38.0, 46.0)
_RINGS, _ROUND, _HALVINGS = 180, 33, 13
_TIE = 0.003
_OVAL = 2.6
UNTOLD = 0.75
"""Depth as a share of width where the ends of an outline are straight and tell none."""
_DEPTHS = (0.88, 0.78, 0.7, 0.62, 0.54, 0.47, 0.4)


@dataclass(frozen=True, eq=False)
class Revolved:
    """A body of revolution (squashed in depth) about an upright axis.

    Args:
        camera: that took the photo; its `x` is the axis.
        radius, height: of the rings, from the lowest to the highest [n].
        squash: depth as a share of width.
        fit: intersection over union of its picture with the outline's symmetric part.
        covers: share of the outline that its picture covers.
    """

    camera: PhotoCamera
    radius: Floats
    height: Floats
    squash: float
    fit: float
    covers: float

    @property
    def sphere(self) -> tuple[Floats, float]:
        """Centre and radius of the bounding sphere."""
        low, high = float(self.height[0]), float(self.height[-1])
        middle = np.linspace(low, high, 65)
        reach = np.hypot(self.radius[:, None], self.height[:, None] - middle).max(0)
        best = int(reach.argmin())
        return np.array([0.0, 0.0, middle[best]]), float(reach[best])

    def turned_to(self, camera: PhotoCamera) -> Revolved:
        """The same with another camera."""
        return Revolved(camera, self.radius, self.height, self.squash, self.fit, self.covers)


def section(angle: Floats, squash: float) -> tuple[Floats, Floats]:
    """A cross-section of half-width 1: x and y at parameters from +x towards +y.

    A circle; squashed ones are superellipses of power `_OVAL`, for flat bottles have fuller sides than ellipses.
    """
    power = 1.0 if squash == 1 else 2 / _OVAL
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, squash * np.sign(s) * np.abs(s) ** power


def section_normal(angle: Floats, squash: float) -> tuple[Floats, Floats]:
    """Outward normals of `section`, not of unit length."""
    power = 1.0 if squash == 1 else 2 - 2 / _OVAL
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, np.sign(s) * np.abs(s) ** power / squash


def mirror_axis(mask: Mask) -> float:
    """The column (in pixels) about which the mask agrees best with its mirror image, by the area of their overlap."""
    columns = np.flatnonzero(mask.any(0))
    rows = np.flatnonzero(mask.any(1))
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    step = max(1, part.shape[0] // 160)
    part = part[::step]
    width = part.shape[1]
    padded = np.fft.rfft(part, 2 * width, axis=1)
    # The correlation of the mask with its mirror image, for all mirror lines at once.
    overlap = np.fft.irfft((padded * padded).sum(0), 2 * width)
    best = int(overlap[: 2 * width - 1].argmax())
    near = overlap[np.clip([best - 1, best, best + 1], 0, 2 * width - 2)].astype(np.float64)
    bend = near[0] - 2 * near[1] + near[2]
    shift = 0.0 if bend >= 0 else float(np.clip(0.5 * (near[0] - near[2]) / bend, -0.5, 0.5))
    return float(columns[0] + (best + shift + 1) / 2)


def half_widths(mask: Mask, axis: float) -> Floats:
    """For each row, how far (in pixels) the piece around the axis reaches on its shorter side; -1 where there is none."""
    height, width = mask.shape
    at = int(np.clip(np.floor(axis), 0, width - 1))
    out = np.full(height, -1.0)
    for row in np.flatnonzero(mask[:, at]):
        line = mask[row]
        gaps_left, gaps_right = np.flatnonzero(~line[:at]), np.flatnonzero(~line[at:])
        left = gaps_left[-1] + 1 if len(gaps_left) else 0
        right = at + gaps_right[0] if len(gaps_right) else width
        out[row] = max(0.0, min(axis - left, right - axis))
    return out


def fit_revolution(
    mask: Mask, camera: PhotoCamera, elevation: float | None = None, squash: float | None = None
) -> Revolved | None:
    """The body whose picture fits best; None where nothing stands around the axis.

    What is seen of elevation and of depth is how far the front of the lower end hangs down. So the highest elevation counts of
    those that fit and whose lower end curves as it should; and where even a level camera would have to see more of a curve, the
    section is an ellipse, the deepest that suits.

    Args:
        camera: whose focal length and frame are taken as they are; the axis is found.
        elevation: of the camera, or None to find it.
        squash: depth as a share of width, or None to find it.
    """
    axis = mirror_axis(mask)
    widths = half_widths(mask, axis)
    rows = np.flatnonzero(widths > 0)
    if len(rows) < 8:
        return None
    camera = camera.but(x=axis)

    def at(angle: float, depth: float) -> Revolved | None:
        return _fitted(mask, widths, rows, camera.but(elevation=angle), depth)

    angles = ELEVATIONS if elevation is None else (elevation,)
    found = [body for angle in angles if (body := at(angle, squash or 1.0)) is not None]
    if not found:
        return None
    best = max(body.fit for body in found)
    if elevation is None:
        suited = [body for body in found if body.fit >= best - _TIE and _curves(mask, body)]
        if suited:
            return max(suited, key=lambda body: body.camera.elevation)
    level = found[0]
    if squash is not None or _curves(mask, level):
        return level
    for depth in _DEPTHS:
        body = at(angles[0], depth)
        if body is not None and body.fit >= best - 2 * _TIE and _curves(mask, body):
            return body
    # Ends as straight as a long lens shows them: neither a circle nor a thin plate is likely.
    return at(angles[0], UNTOLD) or level


def _curves(mask: Mask, body: Revolved) -> bool:
    """Whether the outline's lower end hangs down in the middle as far as the body's lowest ring does."""
    camera, radius, height = body.camera, float(body.radius[0]), float(body.height[0])
    pixels = radius / AWAY * camera.focal
    columns = np.arange(int(camera.x - 0.85 * pixels), int(camera.x + 0.85 * pixels) + 1)
    columns = columns[(columns >= 0) & (columns < mask.shape[1])]
    columns = columns[mask[:, columns].any(0)]
    if len(columns) < 12 or radius < 0.25 * body.radius.max():
        return camera.elevation == 0
    edge = (mask.shape[0] - mask[::-1, columns].argmax(0)).astype(np.float64)
    x = (columns + 0.5 - camera.x) / pixels
    terms = np.stack([np.ones_like(x), x, np.sqrt(np.maximum(1 - x * x, 0))], -1)
    seen = float(np.linalg.lstsq(terms, edge, rcond=None)[0][2])
    _, ends, _ = camera.project(np.array([[0.0, -body.squash * radius, height], [radius, 0.0, height]]))
    # Rounded lower edges flatten the curve; of a circle the fit takes that up in the radius of its lowest ring.
    share = 0.95 - 0.29 * min(1.0, (1 - body.squash) / 0.3)
    return seen >= share * float(ends[0] - ends[1])


def _fitted(mask: Mask, widths: Floats, rows: Ints, camera: PhotoCamera, squash: float) -> Revolved | None:
    top, bottom = float(rows[0]), float(rows[-1] + 1)
    _, _, up, _ = camera.axes
    slant = max(float(up[2]), 0.2)
    # Heights that could be seen between the outline's ends, with room for the depth of the rings.
    room = float(widths.max()) / camera.focal * AWAY * (abs(np.sin(np.radians(camera.elevation))) + 0.25)
    highest = (camera.y - top) / camera.focal * AWAY / slant + room
    lowest = (camera.y - bottom) / camera.focal * AWAY / slant - room
    height = np.linspace(lowest, highest, _RINGS)
    radius = _widest(widths, height, camera, squash)
    kept = _cut(radius, height, camera, squash, top, bottom)
    if kept is None:
        return None
    first, last = kept
    if last - first < 6:
        return None
    # Once more, with all the rings between the ends that were found.
    height = np.linspace(height[first], height[last], _RINGS)
    radius = _widest(widths, height, camera, squash)
    radius = np.maximum(radius, 0)
    if radius.max() <= 0:
        return None
    seen = _seen_widths(radius, height, camera, squash, len(widths))
    wanted = np.maximum(widths, 0)
    fit = float(np.minimum(seen, wanted).sum() / max(np.maximum(seen, wanted).sum(), 1e-9))
    covers = float(2 * np.minimum(seen, wanted).sum() / mask.sum())
    return Revolved(camera, radius, height, squash, fit, covers)


def _ring(radius: Floats, height: Floats, camera: PhotoCamera, squash: float) -> tuple[Floats, Floats]:
    """Pixel offsets from the axis and pixel rows of half of each ring, front to back [n, _ROUND]."""
    angle = np.linspace(0, np.pi, _ROUND)
    points = np.empty((len(radius), _ROUND, 3))
    across, away = section(angle - np.pi / 2, squash)
    points[..., 0] = radius[:, None] * across
    points[..., 1] = radius[:, None] * away
    points[..., 2] = height[:, None]
    x, y, _ = camera.project(points)
    return x - camera.x, y


def _widest(widths: Floats, height: Floats, camera: PhotoCamera, squash: float) -> Floats:
    """The largest radius at each height whose ring is inside; -1 where not even the axis is."""
    limit = float(widths.max()) / camera.focal * AWAY * 1.2
    rows = np.arange(len(widths)) + 0.5
    slack = 0.75

    def inside(radius: Floats) -> Mask:
        x, y = _ring(radius, height, camera, squash)
        return np.asarray((x <= np.interp(y, rows, widths, left=-1, right=-1) + slack).all(1))

    low, high = np.zeros(len(height)), np.full(len(height), limit)
    alive = inside(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = inside(middle)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return np.where(alive, low, -1.0)


def _cut(
    radius: Floats, height: Floats, camera: PhotoCamera, squash: float, top: float, bottom: float
) -> tuple[int, int] | None:
    """The lowest and the highest ring: the widest ones that reach the outline's ends."""
    alive = np.flatnonzero(radius > 0)
    if len(alive) < 6:
        return None
    _, y = _ring(np.maximum(radius, 0), height, camera, squash)
    step = max(1.6, 0.006 * (bottom - top))
    lowest = alive[y[alive].max(1) >= min(bottom, float(y[alive].max())) - step]
    highest = alive[y[alive].min(1) <= max(top, float(y[alive].min())) + step]
    first = int(lowest[radius[lowest].argmax()])
    last = int(highest[radius[highest].argmax()])
    return first, last


def _seen_widths(radius: Floats, height: Floats, camera: PhotoCamera, squash: float, rows: int) -> Floats:
    """Half the width of the body's picture in each row, in pixels."""
    fine = np.linspace(height[0], height[-1], 3 * len(height))
    x, y = _ring(np.interp(fine, height, radius), fine, camera, squash)
    out = np.zeros(rows)
    # Between two points of a ring the picture is straight; a few steps on it leave no row out.
    for share in (0.0, 0.25, 0.5, 0.75):
        px = x[:, :-1] + (x[:, 1:] - x[:, :-1]) * share
        py = y[:, :-1] + (y[:, 1:] - y[:, :-1]) * share
        row = np.clip(py.astype(int), 0, rows - 1)
        np.maximum.at(out, row.reshape(-1), px.reshape(-1))
    return out


def picture_of(body: Revolved, shape: tuple[int, ...]) -> Mask:
    """Where the body is in the photo, bool [h, w]."""
    widths = _seen_widths(body.radius, body.height, body.camera, body.squash, shape[0])
    columns = np.arange(shape[1]) + 0.5
    return np.asarray(np.abs(columns - body.camera.x) <= widths[:, None])
