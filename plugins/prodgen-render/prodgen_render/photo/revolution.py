"""Bottles, cans, jars, cups: the largest body of revolution that fits inside an outline.

Each height takes the widest ring whose picture stays inside the outline: the visual hull (Laurentini 1994) under the
assumption of an upright axis. Ends are cut flat at the widest ring that still reaches the outline's end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.photo.ends import Ends
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.revolved import Revolved, ring, seen_widths
from prodgen_sdk.types import Mask

ELEVATIONS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 38.0, 46.0)
_RINGS, _HALVINGS = 180, 13
_TIE = 0.003
_SYMMETRIC, _NEAR = 0.95, 0.02
"""Where the frame is the contract's: how symmetric an outline must be, and how near to the frame's sphere (in radii) a body is
believed without a search."""
UNTOLD = 0.75
"""Depth as a share of width where the ends of an outline are straight and tell none."""
_TALL = 1.9
"""What is this many times as high as wide may be a flat bottle; of what is lower, ends that tell nothing are those of something round."""
_DEPTHS = (0.88, 0.78, 0.7, 0.62, 0.54, 0.47, 0.4)


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
    shadow: float | None = None,
    ends: Ends | None = None,
) -> Revolved | None:
    """The body whose picture fits best; None where nothing stands around the axis.

    What is seen of elevation and of depth is how far the front of the lower end hangs down. So the highest elevation counts of
    those that fit and whose lower end curves as it should; and where even a level camera would have to see more of a curve, the
    section is an oval, the deepest that suits. Where the frame is the contract's, its sphere tells the two apart: a higher
    camera and a flatter body have the same outline, but not the same height. Of a body of known depth that frame, the outline, its
    ends and the shadow together tell the elevation.

    Args:
        camera: whose focal length and frame are taken as they are; the axis is found.
        elevation: of the camera, or None to find it.
        squash: depth as a share of width, or None to find it.
        framed: whether the body's bounding sphere is that of radius 1 about the origin.
        shadow: degrees that the camera looked down by, as the shadow has it.
        ends: what the outline's ends tell, where they can.
    """
    axis = mirror_axis(mask)
    widths = half_widths(mask, axis)
    rows = np.flatnonzero(widths > 0)
    if len(rows) < 8:
        return None
    camera = camera.but(x=axis)

    def at(angle: float, depth: float, rings: int) -> Revolved | None:
        return _fitted(mask, widths, rows, camera.but(elevation=angle), depth, rings)

    angles = ELEVATIONS if elevation is None else (elevation,)
    alone = framed and 2 * widths[rows].sum() >= _SYMMETRIC * mask.sum()
    told = elevation is None and (alone or shadow is not None)
    tall = len(rows) > _TALL * 2 * widths.max()
    if squash is None and ends is not None and (ends.round or not (ends.oval or ends.straight or tall)):
        squash = 1.0
    if told and squash is not None:
        return _by_all_signs(at, squash, alone, shadow, ends)
    found = _by_outline(mask, at, angles, elevation is None, squash)
    if found is not None and alone and off_frame(found) >= _NEAR:
        found = _by_frame(mask, at, angles, squash, found)
    if told and found is not None:
        return _by_all_signs(at, found.squash, alone, shadow, ends)
    return found


def _by_frame(
    mask: Mask,
    at: Callable[[float, float, int], Revolved | None],
    angles: Sequence[float],
    squash: float | None,
    found: Revolved,
) -> Revolved:
    """Of the bodies that have about the outline, that whose bounding sphere is the frame's; what was found if none is clearly nearer."""
    depths = (1.0, 0.88, 0.75, 0.62, 0.5) if squash is None else (squash,)
    others = [body for angle in angles for depth in depths if (body := at(angle, depth, _RINGS // 2)) is not None]
    others = [body for body in others if body.fit > found.fit - 2 * _TIE and _curves(mask, body)]
    nearest = min(others, key=off_frame, default=found)
    body = at(nearest.camera.elevation, nearest.squash, _RINGS) if nearest is not found else None
    return body if body is not None and off_frame(body) < off_frame(found) - _NEAR else found


def off_frame(body: Revolved) -> float:
    """By how much a body's bounding sphere misses that of radius 1 about the origin."""
    centre, radius = body.sphere
    return abs(radius - 1) + abs(float(centre[2]))


_UNFIT, _UNFRAMED, _UNSHADED, _LOWER = 0.003, 0.05, 4.0, 0.03
"""By how much fit, frame (in radii) and shadow (in degrees) are usually off; and what tells against each degree that a camera is
lower, for a low one sees a smaller body in any outline."""
_LEVEL = 7.0
"""A shadow that tells less than this is that of a photo taken level."""
_CERTAIN = 2


def _by_all_signs(
    at: Callable[[float, float, int], Revolved | None],
    squash: float,
    framed: bool,
    shadow: float | None,
    ends: Ends | None,
) -> Revolved | None:
    """The body at the elevation that outline, frame, ends and shadow tell: their mean, each weighed by what tells against it."""
    found = [body for angle in ELEVATIONS if (body := at(angle, squash, _RINGS // 2)) is not None]
    if not found:
        return None
    fit = np.array([body.fit for body in found])
    against = (fit.max() - fit) / _UNFIT
    if framed:
        against += np.array([off_frame(body) for body in found]) / _UNFRAMED
    tried = [body.camera.elevation for body in found]
    angle = np.arange(tried[0], tried[-1] + 0.25, 0.5)
    against = np.interp(angle, tried, against) - _LOWER * angle
    if ends is not None:
        against += ends.against(angle, squash)
    if shadow is not None:
        against += ((angle - (shadow if shadow > _LEVEL else 0)) / _UNSHADED) ** 2
    weight = np.exp(_CERTAIN * (against.min() - against))
    return at(round(float((weight * angle).sum() / weight.sum()), 1), squash, _RINGS)


def _by_outline(
    mask: Mask,
    at: Callable[[float, float, int], Revolved | None],
    angles: Sequence[float],
    tilted: bool,
    squash: float | None,
) -> Revolved | None:
    found = [body for angle in angles if (body := at(angle, squash or 1.0, _RINGS)) is not None]
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
        body = at(angles[0], depth, _RINGS)
        if body is not None and body.fit >= best - 2 * _TIE and _curves(mask, body):
            return body
    # Ends as straight as a long lens shows them: neither a circle nor a thin plate is likely.
    return at(angles[0], UNTOLD, _RINGS) or level


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
    seen = seen_widths(radius, height, camera, thickest, len(widths))
    wanted = np.maximum(widths, 0)
    fit = float(np.minimum(seen, wanted).sum() / max(np.maximum(seen, wanted).sum(), 1e-9))
    covers = float(2 * np.minimum(seen, wanted).sum() / mask.sum())
    return Revolved(camera, radius, height, squash, thickest, fit, covers)


def _widest(widths: Floats, height: Floats, camera: PhotoCamera, thickest: float) -> Floats:
    """The largest radius at each height whose ring is inside; -1 where not even the axis is."""
    limit = float(widths.max()) / camera.focal * AWAY * 1.2
    rows = np.arange(len(widths)) + 0.5
    slack = 0.75

    def inside(radius: Floats) -> Mask:
        x, y = ring(radius, height, camera, thickest)
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
    _, y = ring(np.maximum(radius, 0), height, camera, thickest)
    step = max(1.6, 0.006 * (bottom - top))
    lowest = alive[y[alive].max(1) >= min(bottom, float(y[alive].max())) - step]
    highest = alive[y[alive].min(1) <= max(top, float(y[alive].min())) + step]
    first = int(lowest[radius[lowest].argmax()])
    last = int(highest[radius[highest].argmax()])
    return first, last
