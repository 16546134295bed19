"""Sheets and reliefs: how deep they are, and where the camera stood."""

from __future__ import annotations

import numpy as np

from prodgen_render.config import Config
from prodgen_render.model import Floats, Model3D, Part
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.depth import framed_depth
from prodgen_render.photo.fits import OFF, SPREAD, Fits, weighed
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.furniture import legged_parts
from prodgen_render.photo.kinds import Shape, Words
from prodgen_render.photo.legs import Legged, legged, seen_from, stood
from prodgen_render.photo.plan import Plan, depth_of, placed, plan_of
from prodgen_render.photo.relief import relief_parts
from prodgen_render.photo.sides import carried, front_of, walls
from prodgen_render.photo.stool import stool_parts
from prodgen_render.photo.texture import shots_of

_SHEET, _RELIEF, _ROUND = 0.24, 0.7, 0.9
"""Usual depths: of a sheet as a share of its width, of a relief as one of the geometric mean of width and height, and of what is curved all
around. Forty textured meshes of all sorts have a median of 0.72, and their logarithms scatter by 0.49; as shares of the width by 0.54."""
_UPRIGHT, _SLIM, _MOST_UPRIGHT = 1.2, 0.4, 1.5
"""Upright things are at most about this many times as deep as their thickest part is thick in the photo, and less the slimmer they are: a
spatula or a broom is no plank. What lies may be as deep as it is wide. Many photos are framed nearly as the contract does: what their frames tell of
upright things counts up to the third number of times that."""
_CIRCLE = 0.75**0.5
"""Depth as a share of the width of three feet at equal angles."""
_LEVEL = 0.01
"""Feet that end within this share of the photo's height stand in one row: those behind are hidden, and tell nothing of the camera."""
_DEEPEST = 2.0
"""Feet that would stand farther apart in depth than this, in radii, meet no floor."""
_DEPTHS = {"sheet": (0.04, 0.75), "relief": (0.1, 1.7)}


def flat_body(
    shape: Shape, fits: Fits, tilt: float, cutout: Cutout, behind: Cutout | None, config: Config
) -> tuple[PhotoCamera, list[Part], str]:
    """The camera, the parts, and what told the depth of a sheet or a relief.

    Args:
        tilt: degrees that the camera looked down by.
    """
    found = legged(cutout.mask) if shape == "relief" else None
    standing = None if found is None else _on_legs(found, fits, tilt, cutout)
    if standing is not None:
        return standing
    plan = plan_of(cutout.mask)
    low, high = _DEPTHS[shape]
    if fits.frame is not None and fits.ratio is None:
        frame = fits.frame.but(elevation=tilt)
        thickness = _framed_thickness(plan, frame, shape)
        extent = float(np.ptp(plan.pixel, axis=0).max()) * AWAY / frame.focal
        if thickness is not None and low < thickness / extent < high:
            wider, narrower = (_reach(plan, frame, thickness * factor, shape) for factor in (1.1, 1 / 1.1))
            gain = (wider - narrower) / (2 * np.log(1.1))
            usual = _usual(shape, plan, frame, fits.words)
            thickness = weighed(thickness, usual, gain, OFF["relief"], fits.words.depth is not None)
            if fits.words.depth is None and np.ptp(plan.pixel[:, 1]) > np.ptp(plan.pixel[:, 0]):
                thickness = min(thickness, _MOST_UPRIGHT * usual)
            return frame, _relief(plan, frame, thickness, shape, cutout, behind, config, fits.words.printed), "frame"
        if shape == "relief":
            thickness = _relief_depth(fits, frame, plan)
            return (
                frame,
                _relief(plan, frame, thickness, shape, cutout, behind, config, fits.words.printed),
                "frame and prior",
            )
        if abs(_reach(plan, frame, 0.01, shape) - 1) < _FILLS:
            # Framed as the contract does, but of a depth that its outline does not tell.
            return (
                frame,
                _relief(
                    plan,
                    frame,
                    _usual(shape, plan, frame, fits.words),
                    shape,
                    cutout,
                    behind,
                    config,
                    fits.words.printed,
                ),
                "frame and prior",
            )
    camera = fits.guess.but(elevation=tilt)
    for _ in range(3):
        width = float(np.ptp(plan.pixel[:, 0])) * AWAY / camera.focal
        share = _usual(shape, plan, camera, fits.words) if fits.ratio is None else fits.ratio * width
        points = _solid_points(plan, camera, share, shape)
        centre, radius = Model3D(
            (Part(points.astype(np.float32), plan.faces, points.astype(np.float32), points[:, :2].astype(np.float32)),)
        ).sphere
        camera = camera.settled(centre, radius)
    return (
        camera,
        _relief(plan, camera, share, shape, cutout, behind, config, fits.words.printed),
        "prior" if fits.ratio is None else "attributes",
    )


def _relief_depth(fits: Fits, frame: PhotoCamera, plan: Plan) -> float:
    """The depth of a relief in the contract's frame, in radii."""
    usual = _usual("relief", plan, frame, fits.words)
    width, height = np.ptp(plan.pixel, axis=0) * AWAY / frame.focal
    known = fits.words.depth is not None
    framed = framed_depth(fits.mask, frame, usual / float(width * height) ** 0.5, SPREAD[known])
    if known:
        return framed
    # The sphere around what is round touches its ends alone, however deep it is; and it is about as deep as it is thick across.
    alone = min(usual, _CUSHION["sheet"] * float(plan.inner.max()) * AWAY / frame.focal)
    return float(framed ** (1 - plan.curved) * alone**plan.curved)


def _on_legs(found: Legged, fits: Fits, tilt: float, cutout: Cutout) -> tuple[PhotoCamera, list[Part], str] | None:
    """Furniture: feet tell the depth, or, where its kind has a usual one, the camera's elevation; None where they meet no floor."""
    camera, apart = (fits.frame or fits.guess).but(elevation=tilt), None
    share = fits.words.depth if fits.ratio is None else fits.ratio
    if share is not None:
        if fits.words.round_seat and fits.ratio is None:
            # Feet in a circle: an odd number of them is less deep than wide.
            share = _CIRCLE if len(found.legs) == 3 else 1.0
        middles = [float(leg.middle[0]) for leg in found.legs]
        apart = share * (max(middles) - min(middles)) * AWAY / camera.focal
    feet = [float(leg.row[0]) for leg in found.legs]
    if apart is not None and fits.elevation is None and max(feet) - min(feet) > _LEVEL * len(cutout.mask):
        camera = seen_from(found.legs, camera, apart)
    if float(np.ptp(stood(found.legs, camera)[1])) > _DEEPEST:
        return None
    if fits.words.round_seat:
        parts = stool_parts(found, camera, cutout)
    else:
        parts = legged_parts(found, camera, cutout, fits.words.backed, apart)
    return camera, parts, "prior" if fits.frame is None else "frame and feet"


def _usual(shape: Shape, plan: Plan, camera: PhotoCamera, words: Words) -> float:
    """The depth of most products of this kind, else of this shape, in radii."""
    width, height = (float(edge) * AWAY / camera.focal for edge in np.ptp(plan.pixel, axis=0))
    if words.depth is not None:
        return words.depth * width
    across = 2 * float(plan.inner.max()) * AWAY / camera.focal
    if shape == "relief":
        usual = (_RELIEF + (_ROUND - _RELIEF) * plan.curved) * (width * height) ** 0.5
        return float(min(usual, _UPRIGHT * across * (width / height) ** _SLIM) if height > width else usual)
    return min(_SHEET * width, 0.85 * across)


_FILLS = 0.08
"""A flat outline that reaches as far as the contract's sphere does, within this share, is framed as the contract does."""
_WALL = 0.6
"""Share of the depth of a deep body that stands upright along its outline."""


_CUSHION: dict[Shape, float] = {"sheet": 2.2, "relief": 0.9}
"""How many times the largest distance to the outline what is like a cushion is deep at most."""
_BLOCK = 2.3
"""From how many times that distance on the sides are as upright as they get."""


def _profile(plan: Plan, camera: PhotoCamera, thickness: float, shape: Shape) -> tuple[Floats, float]:
    """Half the depth at each vertex, and half that of the wall.

    What is a good deal less deep than it is thick across is rounded like a cushion; what is deeper has more and more of sides, unless its
    outline is curved all around.
    """
    inner = float(plan.inner.max()) * AWAY / camera.focal
    cushion = max(_CUSHION[shape], _CUSHION["sheet"] * plan.curved)
    share = np.clip((thickness / inner - cushion) / (_BLOCK - cushion), 0, 1)
    wall = _WALL * 0.5 * thickness * float(share)
    soft = thickness - 2 * wall
    return depth_of(plan, camera, soft, min(inner, max(0.6 * soft, inner * plan.curved))), wall


def _solid_points(plan: Plan, camera: PhotoCamera, thickness: float, shape: Shape) -> Floats:
    half, wall = _profile(plan, camera, thickness, shape)
    points = _lowered(placed(plan, camera, half, wall), camera, wall)
    return np.concatenate([points, points * [1, -1, 1]])


def _lowered(points: Floats, camera: PhotoCamera, wall: float) -> Floats:
    """Points [n, 3] of the front, lowered about as far as `front_of` does."""
    low, high = float(points[:, 2].min()), float(points[:, 2].max())
    seen = 2 * wall * np.tan(np.radians(np.clip(camera.elevation, 0, 60)))
    share = max(0.4, 1 - seen / max(high - low, 1e-6))
    return np.asarray(points * [1, 1, share] + [0, 0, low * (1 - share)])


def _reach(plan: Plan, frame: PhotoCamera, thickness: float, shape: Shape) -> float:
    return float(np.linalg.norm(_solid_points(plan, frame, thickness, shape), axis=1).max())


def _framed_thickness(plan: Plan, frame: PhotoCamera, shape: Shape) -> float | None:
    """The depth with which the relief fills the contract's frame; None where it is too large without any."""
    low, high = 0.0, 2.0
    if _reach(plan, frame, 0.01, shape) > 1.01:
        return None
    for _ in range(16):
        middle = (low + high) / 2
        if _reach(plan, frame, middle, shape) <= 1:
            low = middle
        else:
            high = middle
    return low


def _relief(
    plan: Plan,
    camera: PhotoCamera,
    thickness: float,
    shape: Shape,
    cutout: Cutout,
    behind: Cutout | None,
    config: Config,
    printed: bool,
) -> list[Part]:
    _, wall = _profile(plan, camera, thickness, shape)
    front, back = front_of(cutout.mask, camera, walls(cutout.mask, wall, AWAY / camera.focal))
    plan = plan_of(front)
    half, _ = _profile(plan, camera, thickness, shape)
    columns, rows = (np.clip(plan.pixel[:, k].astype(int), 0, front.shape[1 - k] - 1) for k in (0, 1))
    sides = carried(back, front)[rows, columns]
    shots = shots_of(cutout, camera, behind)
    other = shots[1] if len(shots) > 1 else None
    same = config.photo_back == "mirror"
    return relief_parts(
        plan,
        camera,
        half,
        sides,
        shots[0],
        other,
        same_behind=same,
        printed=printed,
        cloth=shape == "sheet" and not printed,
    )
