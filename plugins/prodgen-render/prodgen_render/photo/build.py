"""From photos to a textured model: cut out, fit each kind of body, choose, project, complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from prodgen_render.config import Config
from prodgen_render.families import family_of
from prodgen_render.model import Floats, Model3D, Part
from prodgen_render.photo.asked import asked_depth, asked_elevation, asked_shape, asked_sides
from prodgen_render.photo.choose import Choice
from prodgen_render.photo.cutout import Cutout, cut_out
from prodgen_render.photo.fits import Fits
from prodgen_render.photo.flat import flat_body
from prodgen_render.photo.frame import AWAY, PhotoCamera, frame_around, framed_by_contract
from prodgen_render.photo.kinds import Shape, Words, read_words
from prodgen_render.photo.lit import light_power
from prodgen_render.photo.moulded import moulded_parts
from prodgen_render.photo.moulds import mould_of
from prodgen_render.photo.plan import depth_of, plan_of
from prodgen_render.photo.refined import fitted_to
from prodgen_render.photo.relief import relief_parts
from prodgen_render.photo.revolved import Revolved
from prodgen_render.photo.solid import cuboid_parts, revolved_part
from prodgen_render.photo.texture import Shot, shots_of
from prodgen_render.photo.upright import held_upright, roll_of
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Image, Mask, Product, View

_METRES = 0.1
"""Radius of the model where nothing says how large the product is."""
_BROAD = 1.7
"""How many times as deep as they look thick handles of round things are: a hand holds them by a broad strip."""


@dataclass(frozen=True, eq=False)
class Built:
    """A model from photos.

    Args:
        model: its front towards -Y.
        source: the view that the front photo shows.
        shape: which kind of body it is, and `confidence` in that, 0 to 1.
        has_back: whether a photo of the back was used.
        warnings: about the photo and the fit, one sentence each.
    """

    model: Model3D
    source: View
    shape: Shape
    confidence: float
    has_back: bool
    warnings: tuple[str, ...]


def model_from_photos(front: Image, product: Product, back: Image | None = None, config: Config | None = None) -> Built:
    """The model that a product's photos tell of.

    Attributes of the product override what is found: `photo_shape` (revolution, cuboid, sheet, relief), `photo_elevation` (degrees
    that the camera looked down by), and `width` with `depth`, whose ratio counts.

    Args:
        front: RGB before a plain background, or RGBA.
        back: a photo of the other side, taken like the front one.

    Raises:
        InvalidImage: no product stands out from the background.
        InputError: an attribute that overrides is out of range.
    """
    config = config or Config()
    cutout = cut_out(front)
    behind = None if back is None else cut_out(back)
    body = _body(cutout, behind, product, config)
    warnings = list(cutout.warnings)
    if behind is not None:
        warnings += [f"back photo: {warning}" for warning in behind.warnings]
    if body.apart > 1:
        warnings.append(
            f"the photo shows {body.apart} things beside each other, all of which were taken for the product"
        )
    shape, confidence, camera = body.shape, body.confidence, body.camera
    if confidence < 0.6:
        warnings.append(f"the product's shape is a guess ({shape}): name it by the attribute photo_shape")
    facts: dict[str, Any] = {
        "shape": shape, "shape_confidence": confidence, "cutout_confidence": round(cutout.confidence, 3),
        "source_view": View(azimuth=camera.azimuth, elevation=camera.elevation).slug, "depth_from": body.known, "back_photo": behind is not None,
    }  # fmt: skip
    centre = None
    if body.frame is not None:
        # Where the frame's middle is, seen from the body's own origin.
        _, right, up, _ = camera.axes
        centre = ((body.frame.x - camera.x) * right - (body.frame.y - camera.y) * up) * AWAY / camera.focal
    model = _sized(Model3D(tuple(body.parts), facts), asked_sides(product, cutout.mask), centre)
    source = View(azimuth=camera.azimuth, elevation=float(np.clip(camera.elevation, -90, 90)))
    return Built(model, source, shape, round(confidence * cutout.confidence, 3), behind is not None, tuple(warnings))


@dataclass(frozen=True, eq=False)
class _Body:
    """What was made of a photo.

    Args:
        known: what told the depth.
        frame: the contract's, where the photo was found to be in it.
        apart: how many things that stand beside each other were taken for one.
    """

    shape: Shape
    confidence: float
    camera: PhotoCamera
    parts: list[Part]
    known: str
    frame: PhotoCamera | None
    apart: int


def _body(cutout: Cutout, behind: Cutout | None, product: Product, config: Config) -> _Body:
    """The usual shape of the product's kind, where its outline is like that, else the body that fits the outline best."""
    asked, elevation, ratio = asked_shape(product, config), asked_elevation(product), asked_depth(product, cutout.mask)
    tilt = elevation if elevation is not None else cutout.elevation or 0.0
    words, mask = read_words(product), cutout.mask
    apart = _things(mask)
    by_kind = None
    if asked is None and words.shape in ("sheet", "relief") and not words.piled:
        by_kind = _moulded(product, words, tilt, cutout, behind, config)
    if by_kind is not None:
        return by_kind
    fits = Fits(mask, words, elevation, ratio, cutout.elevation)
    if asked not in ("sheet", "relief") and words.shape not in ("sheet", "relief"):
        cutout, fits = _upright(cutout, fits)
    choice = fits.choice if asked is None else Choice(asked, 1.0, {})
    if choice.shape == "revolution" and fits.bodies:
        camera, parts, known, framed = _beside_each_other(fits, cutout, behind)
        apart = 1
    elif choice.shape == "revolution":
        camera, parts, known = _revolution(fits, cutout, behind)
        framed = fits.body_framed
    elif choice.shape == "cuboid":
        camera, parts, known = _cuboid(fits, cutout, behind)
        framed = fits.box_framed
    else:
        if asked is None and words.shape is None:
            by_kind = _moulded(product, words, tilt, cutout, behind, config)
        if by_kind is not None:
            return by_kind
        camera, parts, known = flat_body(choice.shape, fits, tilt, cutout, behind, config)
        framed = known.startswith("frame")
    return _Body(choice.shape, choice.confidence, camera, parts, known, fits.frame if framed else None, apart)


_CLEARER = 0.01
"""By how much more a box has to fit, or of how much more of an outline a turned body has to be, for a photo to count as tilted."""


def _upright(cutout: Cutout, fits: Fits) -> tuple[Cutout, Fits]:
    """What a camera that was held upright would have seen of a turned body or a box, where the photo clearly shows one that leans."""
    roll = 0.0 if fits.bodies else roll_of(cutout.mask)
    if roll == 0:
        return cutout, fits
    turned = held_upright(cutout, roll)
    other = Fits(turned.mask, fits.words, fits.elevation, fits.ratio, fits.shadow)
    shape, score = other.choice.shape, other.choice.scores[other.choice.shape]
    gain = score - fits.choice.scores[fits.choice.shape]
    if shape == "revolution" and gain > 0 and fits.body is not None and other.body is not None:
        gain = other.body.covers - fits.body.covers
    return (turned, other) if shape in ("revolution", "cuboid") and gain > _CLEARER else (cutout, fits)


def _moulded(
    product: Product, words: Words, tilt: float, cutout: Cutout, behind: Cutout | None, config: Config
) -> _Body | None:
    """The drawn shape of the product's kind on its outline, where words name one for sure and it is like it."""
    if family_of(product)[1]:
        return None
    frame = framed_by_contract(cutout.mask)
    camera = (frame or frame_around(cutout.mask)).but(elevation=tilt)
    cloth = words.shape == "sheet"
    mould = mould_of(
        product,
        cutout.mask,
        camera,
        framed=frame is not None,
        turned=not cloth,
        ratio=asked_depth(product, cutout.mask),
    )
    if mould is None:
        return None
    shots, same = shots_of(cutout, camera, behind), config.photo_back == "mirror"
    parts = moulded_parts(mould.parts, shots, cloth=cloth, same_behind=same)
    return _Body(words.shape or "relief", round(mould.overlap, 3), camera, parts, "kind", frame, _things(cutout.mask))


def _things(mask: Mask) -> int:
    """How many things stand beside each other: what lies above something, such as a shade whose thin stem was lost, is part of it."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    spans = sorted((columns.start, columns.stop) for _, columns in ndimage.find_objects(labels))
    things: list[tuple[int, int]] = []
    for start, stop in spans:
        if things and min(stop, things[-1][1]) - start > min(stop - start, things[-1][1] - things[-1][0]) / 2:
            things[-1] = (things[-1][0], max(stop, things[-1][1]))
        else:
            things.append((start, stop))
    return len(things)


def _revolution(fits: Fits, cutout: Cutout, behind: Cutout | None) -> tuple[PhotoCamera, list[Part], str]:
    body = fits.body
    if body is None:
        raise InputError(
            "Nothing stands around an upright axis in the photo.", hint="Set photo_shape to relief, cuboid or auto."
        )
    body = fitted_to(body, fits.mask, fits.pieces)
    if fits.words.open and not _wide_above(body):
        body = body.opened
    hollow = fits.words.open and _wide_above(body)
    shots = shots_of(cutout, body.camera, behind, light_power(cutout, body))
    parts = [revolved_part(body, shots, hollow, fits.words.clear)]
    if fits.attached > 0.008:
        parts += _attached(fits.pieces, cutout, body.camera, _BROAD)
    return body.camera, parts, "symmetry" if body.squash == 1 else "outline"


def _wide_above(body: Revolved) -> bool:
    return bool(body.radius[-1] > 0.6 * body.radius.max())


def _beside_each_other(fits: Fits, cutout: Cutout, behind: Cutout | None) -> tuple[PhotoCamera, list[Part], str, bool]:
    """Several turned bodies that stand on one floor, and whether they fill the contract's frame."""
    camera = (fits.frame or fits.guess).but(elevation=fits.bodies[0][1].camera.elevation)
    parts: list[Part] = []
    for piece, body in fits.bodies:
        body = fitted_to(body, piece, np.zeros_like(piece))
        part = revolved_part(body, shots_of(cutout, body.camera, behind, light_power(cutout, body)))
        part = part.moved(x=(body.camera.x - camera.x) * AWAY / camera.focal)
        parts.append(_on_floor(part, camera, parts[0]) if parts else part)
    # The middle of them all is as far away as the photo's camera stands from it.
    away = float((Model3D(tuple(parts)).sphere[0] - camera.axes[0]) @ camera.axes[3])
    parts = [_nearer(part, camera, AWAY / away) for part in parts]
    centre, radius = Model3D(tuple(parts)).sphere
    framed = fits.frame is not None and abs(radius - 1) < 0.06 and float(np.abs(centre).max()) < 0.14
    return camera, parts, "symmetry", framed


_NEARER = 0.25
"""By how much of their distance things that stand beside each other are nearer or farther at most."""


def _on_floor(part: Part, camera: PhotoCamera, first: Part) -> Part:
    """As near as it has to be to stand where the first does."""
    height = camera.axes[0][2]
    foot, floor = (height - float(one.vertices[:, 2].min()) for one in (part, first))
    return part if foot < 1e-3 else _nearer(part, camera, float(np.clip(floor / foot, 1 - _NEARER, 1 + _NEARER)))


def _nearer(part: Part, camera: PhotoCamera, share: float) -> Part:
    """At this share of its distance and of its size: it looks as before."""
    return part.scaled(share).moved(*((1 - share) * camera.axes[0]))


def _attached(pieces: Mask, cutout: Cutout, camera: PhotoCamera, broad: float) -> list[Part]:
    """Handles and spouts: pieces in the plane of the axis, so many times as deep as they look thick."""
    from scipy import ndimage

    grown = ndimage.binary_dilation(pieces, iterations=max(2, round(0.01 * max(pieces.shape)))) & cutout.mask
    plan = plan_of(grown)
    if len(plan.faces) < 8:
        return []
    inner = np.quantile(plan.inner, 0.9) * AWAY / camera.focal
    half = depth_of(plan, camera, 2 * broad * float(inner), float(inner))
    return relief_parts(plan, camera, half, 0.0, Shot(cutout, camera), None, same_behind=True)


def _cuboid(fits: Fits, cutout: Cutout, behind: Cutout | None) -> tuple[PhotoCamera, list[Part], str]:
    box = fits.box
    known = "attributes" if fits.ratio is not None else "frame or outline" if box.depth_known else "prior"
    parts = cuboid_parts(box, shots_of(cutout, box.camera, behind), fits.words.printed)
    if fits.off_box.any():
        parts += _attached(fits.off_box, cutout, box.camera, 1.0)
    return box.camera, parts, known


def _sized(model: Model3D, sides: Mapping[int, float], centre: Floats | None) -> Model3D:
    """Scaled to the product's stated height, or width, or to a usual size.

    Args:
        centre: of the sphere of radius 1 that the photo was framed by, where it was the contract's.
    """
    low, high = model.bounds
    stated = [(axis, sides[axis]) for axis in (2, 0) if axis in sides]
    scale = stated[0][1] / max(float((high - low)[stated[0][0]]), 1e-6) if stated else _METRES
    framed = None if centre is None else ((centre * scale).astype(np.float32), float(scale))
    return Model3D(tuple(part.scaled(scale) for part in model.parts), model.facts, framed)
