"""Bottles, cans, jars, cups: the largest body of revolution that fits inside an outline.

Each height takes the widest ring whose picture stays inside the outline: the visual hull (Laurentini 1994) under the
assumption of an upright axis. Ends are cut flat at the widest ring that still reaches the outline's end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from prodgen_render.model import Floats, Ints, bounding_sphere
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

ELEVATIONS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 38.0, 46.0)
_RINGS, _ROUND, _HALVINGS = 180, 33, 13
_TIE = 0.003
_OVAL, _BLEND = 2.6, 8
_SYMMETRIC, _NEAR = 0.95, 0.02
"""Where the frame is the contract's: how symmetric an outline must be, and how near to the frame's sphere (in radii) a body is
believed without a search."""
_LOPSIDED = 0.07
UNTOLD = 0.75
"""Depth as a share of width where the ends of an outline are straight and tell none."""
_DEPTHS = (0.88, 0.78, 0.7, 0.62, 0.54, 0.47, 0.4)


@dataclass(frozen=True, eq=False)
class Revolved:
    """A body of revolution, or one that is flattened in depth, about an upright axis.

    Args:
        camera: that took the photo; its `x` is the axis.
        radius, height: of the rings, from the lowest to the highest [n].
        squash: greatest depth as a share of the greatest width.
        thickest: half the greatest depth; rings that are no wider than that are circles, as the neck of a flat bottle is.
        fit: intersection over union of its picture with the outline's symmetric part.
        covers: share of the outline that its picture covers.
        sides: factors on the half-width at the viewer's left and right of each ring [2, n], where the outline is not symmetric.
    """

    camera: PhotoCamera
    radius: Floats
    height: Floats
    squash: float
    thickest: float
    fit: float
    covers: float
    sides: Floats | None = None

    @property
    def sphere(self) -> tuple[Floats, float]:
        """Centre and radius of the bounding sphere."""
        around = np.arange(8) * np.pi / 4
        across, away = section(around[None], self.flatness(self.radius)[:, None])
        points = np.stack(
            np.broadcast_arrays(self.radius[:, None] * across, self.radius[:, None] * away, self.height[:, None]), -1
        )
        return bounding_sphere(points.reshape(-1, 3))

    def flatness(self, radius: Floats) -> Floats:
        """Depth as a share of width of rings."""
        return flatness(radius, self.thickest)

    def across(self, height: Floats, x: Floats) -> Floats:
        """Places across of points of symmetric rings at heights: each side as wide as the outline has it."""
        if self.sides is None:
            return x
        left, right = (np.interp(height, self.height, side) for side in self.sides)
        return np.asarray(x * np.where(x < 0, left, right))


def flatness(radius: Floats, thickest: float) -> Floats:
    """Depth as a share of width of rings that are at most so thick: a smooth minimum of 1 and `thickest / radius`."""
    if not np.isfinite(thickest):
        return np.ones_like(radius)
    return np.asarray((1 + (radius / thickest) ** _BLEND) ** (-1 / _BLEND))


def section(angle: Floats, flat: Floats) -> tuple[Floats, Floats]:
    """A cross-section of half-width 1: x and y at parameters from +x towards +y.

    A circle; flat ones are superellipses of a power up to `_OVAL`, for flat bottles have fuller sides than ellipses.
    """
    power = 2 / _power(flat)
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, flat * np.sign(s) * np.abs(s) ** power


def section_normal(angle: Floats, flat: Floats) -> tuple[Floats, Floats]:
    """Outward normals of `section`, not of unit length."""
    power = 2 - 2 / _power(flat)
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, np.sign(s) * np.abs(s) ** power / flat


def _power(flat: Floats) -> Floats:
    return np.asarray(2 + (_OVAL - 2) * np.clip((1 - np.asarray(flat)) / 0.15, 0, 1))


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
    mask: Mask,
    camera: PhotoCamera,
    elevation: float | None = None,
    squash: float | None = None,
    *,
    framed: bool = False,
) -> Revolved | None:
    """The body whose picture fits best; None where nothing stands around the axis.

    What is seen of elevation and of depth is how far the front of the lower end hangs down. So the highest elevation counts of
    those that fit and whose lower end curves as it should; and where even a level camera would have to see more of a curve, the
    section is an oval, the deepest that suits. Where the frame is the contract's, its sphere tells the two apart: a higher
    camera and a flatter body have the same outline, but not the same height.

    Args:
        camera: whose focal length and frame are taken as they are; the axis is found.
        elevation: of the camera, or None to find it.
        squash: depth as a share of width, or None to find it.
        framed: whether the body's bounding sphere is that of radius 1 about the origin.
    """
    axis = mirror_axis(mask)
    widths = half_widths(mask, axis)
    rows = np.flatnonzero(widths > 0)
    if len(rows) < 8:
        return None
    camera = camera.but(x=axis)

    def at(angle: float, depth: float, rings: int = _RINGS) -> Revolved | None:
        return _fitted(mask, widths, rows, camera.but(elevation=angle), depth, rings)

    angles = ELEVATIONS if elevation is None else (elevation,)
    found = _by_outline(mask, at, angles, elevation is None, squash)
    if found is None or not framed or off_frame(found) < _NEAR or 2 * widths[rows].sum() < _SYMMETRIC * mask.sum():
        return found
    depths = (1.0, 0.88, 0.75, 0.62, 0.5) if squash is None else (squash,)
    others = [body for angle in angles for depth in depths if (body := at(angle, depth, _RINGS // 2)) is not None]
    others = [body for body in others if body.fit > found.fit - 2 * _TIE and _curves(mask, body)]
    nearest = min(others, key=off_frame, default=found)
    body = at(nearest.camera.elevation, nearest.squash) if nearest is not found else None
    return body if body is not None and off_frame(body) < 0.6 * off_frame(found) else found


def off_frame(body: Revolved) -> float:
    """By how much a body's bounding sphere misses that of radius 1 about the origin."""
    centre, radius = body.sphere
    return abs(radius - 1) + abs(float(centre[2]))


def _by_outline(
    mask: Mask,
    at: Callable[[float, float], Revolved | None],
    angles: Sequence[float],
    tilted: bool,
    squash: float | None,
) -> Revolved | None:
    found = [body for angle in angles if (body := at(angle, squash or 1.0)) is not None]
    if not found:
        return None
    best = max(body.fit for body in found)
    if tilted:
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
    flat = float(body.flatness(body.radius[:1])[0])
    _, ends, _ = camera.project(np.array([[0.0, -flat * radius, height], [radius, 0.0, height]]))
    # Rounded lower edges flatten the curve; of a circle the fit takes that up in the radius of its lowest ring.
    share = 0.95 - 0.29 * min(1.0, (1 - flat) / 0.3)
    return seen >= share * float(ends[0] - ends[1])


def _fitted(mask: Mask, widths: Floats, rows: Ints, camera: PhotoCamera, squash: float, rings: int) -> Revolved | None:
    top, bottom = float(rows[0]), float(rows[-1] + 1)
    _, _, up, _ = camera.axes
    slant = max(float(up[2]), 0.2)
    widest = float(widths.max()) / camera.focal * AWAY
    thickest = np.inf if squash == 1 else squash * widest
    # Heights that could be seen between the outline's ends, with room for the depth of the rings.
    room = widest * (abs(np.sin(np.radians(camera.elevation))) + 0.25)
    highest = (camera.y - top) / camera.focal * AWAY / slant + room
    lowest = (camera.y - bottom) / camera.focal * AWAY / slant - room
    height = np.linspace(lowest, highest, rings)
    radius = _widest(widths, height, camera, thickest)
    kept = _cut(radius, height, camera, thickest, top, bottom)
    if kept is None:
        return None
    first, last = kept
    if last - first < 6:
        return None
    # Once more, with all the rings between the ends that were found.
    height = np.linspace(height[first], height[last], rings)
    radius = _widest(widths, height, camera, thickest)
    radius = np.maximum(radius, 0)
    if radius.max() <= 0:
        return None
    seen = _seen_widths(radius, height, camera, thickest, len(widths))
    wanted = np.maximum(widths, 0)
    fit = float(np.minimum(seen, wanted).sum() / max(np.maximum(seen, wanted).sum(), 1e-9))
    covers = float(2 * np.minimum(seen, wanted).sum() / mask.sum())
    return Revolved(camera, radius, height, squash, thickest, fit, covers)


def _ring(radius: Floats, height: Floats, camera: PhotoCamera, thickest: float) -> tuple[Floats, Floats]:
    """Pixel offsets from the axis and pixel rows of half of each ring, front to back [n, _ROUND]."""
    angle = np.linspace(0, np.pi, _ROUND)
    points = np.empty((len(radius), _ROUND, 3))
    across, away = section((angle - np.pi / 2)[None], flatness(radius, thickest)[:, None])
    points[..., 0] = radius[:, None] * across
    points[..., 1] = radius[:, None] * away
    points[..., 2] = height[:, None]
    x, y, _ = camera.project(points)
    return x - camera.x, y


def _widest(widths: Floats, height: Floats, camera: PhotoCamera, thickest: float) -> Floats:
    """The largest radius at each height whose ring is inside; -1 where not even the axis is."""
    limit = float(widths.max()) / camera.focal * AWAY * 1.2
    rows = np.arange(len(widths)) + 0.5
    slack = 0.75

    def inside(radius: Floats) -> Mask:
        x, y = _ring(radius, height, camera, thickest)
        return np.asarray((x <= np.interp(y, rows, widths, left=-1, right=-1) + slack).all(1))

    low, high = np.zeros(len(height)), np.full(len(height), limit)
    alive = inside(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = inside(middle)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return np.where(alive, low, -1.0)


def _cut(
    radius: Floats, height: Floats, camera: PhotoCamera, thickest: float, top: float, bottom: float
) -> tuple[int, int] | None:
    """The lowest and the highest ring: the widest ones that reach the outline's ends."""
    alive = np.flatnonzero(radius > 0)
    if len(alive) < 6:
        return None
    _, y = _ring(np.maximum(radius, 0), height, camera, thickest)
    step = max(1.6, 0.006 * (bottom - top))
    lowest = alive[y[alive].max(1) >= min(bottom, float(y[alive].max())) - step]
    highest = alive[y[alive].min(1) <= max(top, float(y[alive].min())) + step]
    first = int(lowest[radius[lowest].argmax()])
    last = int(highest[radius[highest].argmax()])
    return first, last


def _seen_widths(radius: Floats, height: Floats, camera: PhotoCamera, thickest: float, rows: int) -> Floats:
    """Half the width of the body's picture in each row, in pixels."""
    fine = np.linspace(height[0], height[-1], 3 * len(height))
    x, y = _ring(np.interp(fine, height, radius), fine, camera, thickest)
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
    widths = _seen_widths(body.radius, body.height, body.camera, body.thickest, shape[0])
    columns = np.arange(shape[1]) + 0.5
    return np.asarray(np.abs(columns - body.camera.x) <= widths[:, None])


def fitted_to(body: Revolved, mask: Mask, pieces: Mask) -> Revolved:
    """The body with its ends, and each of its sides, where the outline has them to a fraction of a pixel.

    Args:
        pieces: what stands off the body: rows that have some of it on a side tell nothing of that side.
    """
    from scipy import ndimage

    body = _between_ends(body, mask)
    camera, fine = body.camera, 4
    near = camera.but(focal=camera.focal * fine, x=camera.x * fine, y=camera.y * fine)
    widths = _seen_widths(body.radius, body.height, near, body.thickest, fine * len(mask))
    met = np.flatnonzero(widths)
    # At the camera's height rings are lines, and some fine rows lie between two of them.
    widths[met[0] : met[-1]] = np.interp(np.arange(met[0], met[-1]), met, widths[met])
    seen = widths.reshape(-1, fine).mean(1) / fine
    rows = np.flatnonzero(seen > 3)
    if len(rows) < 8:
        return body
    _, y, _ = camera.project(np.stack([body.radius, np.zeros_like(body.radius), body.height], -1))
    middle = int(np.clip(camera.x, 0, mask.shape[1] - 1))
    sides = []
    for left in (True, False):
        ratio = np.ones(len(rows))
        for place, row in enumerate(rows):
            line, off = (m[row, : middle + 1][::-1] if left else m[row, middle:] for m in (mask, pieces))
            if off.any() or not line[0]:
                continue
            reach = len(line) if line.all() else int(line.argmin())
            edge = middle + 1 - reach if left else middle + reach
            ratio[place] = np.clip(abs(edge - camera.x) / seen[row], 1 - _LOPSIDED, 1 + _LOPSIDED)
        calm = ndimage.gaussian_filter1d(ndimage.median_filter(ratio, 5, mode="nearest"), 1.5, mode="nearest")
        sides.append(np.interp(y, rows + 0.5, calm))
    return replace(body, sides=np.stack(sides))


def _between_ends(body: Revolved, mask: Mask) -> Revolved:
    rows = np.flatnonzero(mask[:, int(np.clip(body.camera.x, 0, mask.shape[1] - 1))])
    if not len(rows):
        return body
    _, y = _ring(body.radius, body.height, body.camera, body.thickest)
    radii = AWAY / body.camera.focal / max(float(body.camera.axes[2][2]), 0.2)
    most = 0.02 * float(body.height[-1] - body.height[0])
    up, down = (
        float(np.clip((seen - wanted) * radii, -most, most))
        for seen, wanted in ((float(y.min()), rows[0]), (float(y.max()), rows[-1] + 1))
    )
    share = (body.height - body.height[0]) / (body.height[-1] - body.height[0])
    return replace(body, height=body.height + down + (up - down) * share)
