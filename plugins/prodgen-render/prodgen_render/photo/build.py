"""From photos to a textured model: cut out, fit each kind of body, choose, project, complete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from prodgen_render.config import Config
from prodgen_render.model import Floats, Model3D, Part
from prodgen_render.photo.choose import SHAPES, Choice, Shape, Words, choose, holed, leftovers, read_words
from prodgen_render.photo.cuboid import DEPTH_PRIOR, Cuboid, fit_cuboid
from prodgen_render.photo.cutout import Cutout, cut_out
from prodgen_render.photo.frame import AWAY, PhotoCamera, contract_frame, frame_around
from prodgen_render.photo.relief import Plan, depth_of, placed, plan_of, relief_parts, upright
from prodgen_render.photo.revolution import Revolved, fit_revolution, fitted_to
from prodgen_render.photo.solid import cuboid_parts, revolved_part
from prodgen_render.photo.texture import Shot
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Image, Mask, Product, View

_BELIEVED = 0.25
"""How much of a depth is the frame's word where the product's kind has a usual one."""
_METRES = 0.1
"""Radius of the model where nothing says how large the product is."""


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
    shape = _asked_shape(product, config)
    elevation = _asked_elevation(product)
    ratio = _asked_depth(product)
    mask = cutout.mask
    words = read_words(product)
    fits = _Fits(mask, words, elevation, ratio)
    tilt = elevation if elevation is not None else cutout.elevation or 0.0
    choice = fits.choice if shape is None else Choice(shape, 1.0, {})
    warnings = list(cutout.warnings)
    behind = None if back is None else cut_out(back)
    if behind is not None:
        warnings += [f"back photo: {warning}" for warning in behind.warnings]
    if choice.shape == "revolution":
        camera, parts, known = _revolution(fits, cutout, behind)
        framed = fits.body_framed
    elif choice.shape == "cuboid":
        camera, parts, known = _cuboid(fits, cutout, behind)
        framed = fits.box_framed
    else:
        camera, parts, known = _flat(choice.shape, fits, tilt, cutout, behind, config)
        framed = known.startswith("frame")
    facts: dict[str, Any] = {
        "shape": choice.shape, "shape_confidence": choice.confidence, "cutout_confidence": round(cutout.confidence, 3),
        "source_view": View(azimuth=camera.azimuth, elevation=camera.elevation).slug, "depth_from": known, "back_photo": behind is not None,
    }  # fmt: skip
    confidence = round(choice.confidence * cutout.confidence, 3)
    if choice.confidence < 0.6:
        warnings.append(f"the product's shape is a guess ({choice.shape}): name it by the attribute photo_shape")
    centre = None
    if framed and fits.frame is not None:
        # Where the frame's middle is, seen from the body's own origin.
        _, right, up, _ = camera.axes
        centre = ((fits.frame.x - camera.x) * right - (fits.frame.y - camera.y) * up) * AWAY / camera.focal
    model = _sized(Model3D(tuple(parts), facts), product, centre)
    source = View(azimuth=camera.azimuth, elevation=float(np.clip(camera.elevation, -90, 90)))
    return Built(model, source, choice.shape, confidence, behind is not None, tuple(warnings))


class _Fits:
    """The bodies that were fitted to one outline, each once, and what the frame says."""

    def __init__(self, mask: Mask, words: Words, elevation: float | None, ratio: float | None) -> None:
        self.mask, self.words, self.elevation, self.ratio = mask, words, elevation, ratio
        frame = contract_frame(*mask.shape)
        self.frame = frame if frame is not None and _centred(mask) else None
        self.guess = frame_around(mask)
        self.body_framed = self.box_framed = False
        self.body = self._revolved()
        self.pieces, self.attached, self.slivers = np.zeros_like(mask), 0.0, 1.0
        if self.body is not None:
            self.pieces, self.attached, self.slivers = leftovers(mask, self.body)
        self.box = self._boxed()
        self.choice = choose(words, self.body, self.slivers, self.attached, self.box.fit, holed(mask))

    def _revolved(self) -> Revolved | None:
        """In the contract's frame, if the body fills it as it should; else in the frame that it makes for itself."""
        if self.frame is not None:
            body = self._squashed(self.frame, framed=True)
            if body is not None and abs(body.sphere[1] - 1) < 0.04 and abs(body.sphere[0][2]) < 0.14:
                self.body_framed = True
                return body
            pieces = 0.0 if body is None else leftovers(self.mask, body)[1]
            # With a handle the sphere is the whole product's.
            if body is not None and pieces > 0.02 and 0.7 < body.sphere[1] < 1.02:
                self.body_framed = True
                return body
        camera = self.guess
        found = None
        for _ in range(3):
            found = self._squashed(camera)
            if found is None:
                return None
            centre, radius = found.sphere
            if abs(radius - 1) < 0.01 and abs(centre[2]) < 0.01:
                break
            camera = found.camera.settled(centre, radius)
        return found

    def _squashed(self, camera: PhotoCamera, framed: bool = False) -> Revolved | None:
        return fit_revolution(self.mask, camera, self.elevation, 1.0 if self.words.round else self.ratio, framed=framed)

    def _boxed(self) -> Cuboid:
        prior = self.words.depth or DEPTH_PRIOR
        if self.frame is not None and self.ratio is None:
            box = fit_cuboid(self.mask, self.frame, framed=True, elevation=self.elevation, prior=prior)
            share = float(box.size[1] / box.size[0])
            if 0.04 < share < 1.7 and box.fit > 0.9:
                self.box_framed = True
                if abs(box.camera.azimuth) > 8:
                    return box
                # The frame tells depth by a small difference of large numbers: meet the prior half-way.
                believed = 0.45 if self.words.depth is None else _BELIEVED
                share = float(np.exp(believed * np.log(share) + (1 - believed) * np.log(prior)))
                return fit_cuboid(self.mask, self.frame, framed=True, depth=share, elevation=self.elevation)
        return fit_cuboid(self.mask, self.guess, framed=False, depth=self.ratio, elevation=self.elevation, prior=prior)


def _centred(mask: Mask) -> bool:
    """Whether the product is about in the middle of the photo, and not larger than the contract draws it."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    away = [
        abs(line[0] + line[-1] + 1 - size) / 2 / size
        for line, size in ((rows, mask.shape[0]), (columns, mask.shape[1]))
    ]
    extent = max(len(rows) / mask.shape[0], len(columns) / mask.shape[1])
    return bool(max(away) < 0.13 and 0.25 < extent < 0.9)


def _behind_camera(camera: PhotoCamera, front: Mask, back: Mask) -> PhotoCamera:
    """The camera of a back photo, by laying the boxes around the two outlines over each other."""

    def box(mask: Mask) -> tuple[float, float, float]:
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        return (
            (columns[0] + columns[-1] + 1) / 2,
            (rows[0] + rows[-1] + 1) / 2,
            float(np.sqrt(len(rows) * len(columns))),
        )

    (fx, fy, fs), (bx, by, bs) = box(front), box(back)
    scale = bs / fs
    return PhotoCamera(
        camera.focal * scale,
        bx - (camera.x - fx) * scale,
        by + (camera.y - fy) * scale,
        camera.azimuth + 180,
        camera.elevation,
    )


def _shots(cutout: Cutout, camera: PhotoCamera, behind: Cutout | None) -> list[Shot]:
    shots = [Shot(cutout, camera)]
    if behind is not None:
        shots.append(Shot(behind, _behind_camera(camera, cutout.mask, behind.mask)))
    return shots


def _revolution(fits: _Fits, cutout: Cutout, behind: Cutout | None) -> tuple[PhotoCamera, list[Part], str]:
    body = fits.body
    if body is None:
        raise InputError(
            "Nothing stands around an upright axis in the photo.", hint="Set photo_shape to relief, cuboid or auto."
        )
    body = fitted_to(body, fits.mask, fits.pieces)
    hollow = fits.words.open and body.radius[-1] > 0.6 * body.radius.max()
    parts = [revolved_part(body, _shots(cutout, body.camera, behind), hollow)]
    if fits.attached > 0.008:
        parts += _attached(fits, cutout, body)
    return body.camera, parts, "symmetry" if body.squash == 1 else "outline"


def _attached(fits: _Fits, cutout: Cutout, body: Revolved) -> list[Part]:
    """Handles and spouts: flat pieces in the plane of the axis, about as thick as they are wide."""
    from scipy import ndimage

    grown = ndimage.binary_dilation(fits.pieces, iterations=max(2, round(0.01 * max(fits.mask.shape)))) & fits.mask
    plan = plan_of(grown)
    if len(plan.faces) < 8:
        return []
    inner = np.quantile(plan.inner, 0.9) * AWAY / body.camera.focal
    half = depth_of(plan, body.camera, 2 * float(inner), float(inner))
    return relief_parts(plan, body.camera, half, 0.0, Shot(cutout, body.camera), None, same_behind=True)


def _cuboid(fits: _Fits, cutout: Cutout, behind: Cutout | None) -> tuple[PhotoCamera, list[Part], str]:
    box = fits.box
    known = "attributes" if fits.ratio is not None else "frame or outline" if box.depth_known else "prior"
    return box.camera, cuboid_parts(box, _shots(cutout, box.camera, behind)), known


_PRIOR_DEPTH = {"sheet": 0.24, "relief": 0.45}
_DEPTHS = {"sheet": (0.04, 0.75), "relief": (0.1, 1.7)}


def _flat(
    shape: Shape, fits: _Fits, tilt: float, cutout: Cutout, behind: Cutout | None, config: Config
) -> tuple[PhotoCamera, list[Part], str]:
    plan = plan_of(cutout.mask)
    low, high = _DEPTHS[shape]
    if fits.frame is not None and fits.ratio is None:
        frame = fits.frame.but(elevation=tilt)
        thickness = _framed_thickness(plan, frame)
        extent = float(np.ptp(plan.pixel, axis=0).max()) * AWAY / frame.focal
        if thickness is not None and low < thickness / extent < high:
            if fits.words.depth is not None:
                # The frame tells depth by a small difference of large numbers: what is usual tells more.
                usual = _usual(shape, plan, frame, fits.words)
                thickness = float(np.exp(_BELIEVED * np.log(thickness) + (1 - _BELIEVED) * np.log(usual)))
            return frame, _relief(plan, frame, thickness, cutout, behind, config), "frame"
        if abs(_reach(plan, frame, 0.01) - 1) < _FILLS:
            # Framed as the contract does, but of a depth that its outline does not tell.
            return (
                frame,
                _relief(plan, frame, _usual(shape, plan, frame, fits.words), cutout, behind, config),
                "frame and prior",
            )
    camera = fits.guess.but(elevation=tilt)
    for _ in range(3):
        width = float(np.ptp(plan.pixel[:, 0])) * AWAY / camera.focal
        share = _usual(shape, plan, camera, fits.words) if fits.ratio is None else fits.ratio * width
        points = _solid_points(plan, camera, share)
        centre, radius = Model3D(
            (Part(points.astype(np.float32), plan.faces, points.astype(np.float32), points[:, :2].astype(np.float32)),)
        ).sphere
        camera = camera.settled(centre, radius)
    return (
        camera,
        _relief(plan, camera, share, cutout, behind, config),
        "prior" if fits.ratio is None else "attributes",
    )


def _usual(shape: Shape, plan: Plan, camera: PhotoCamera, words: Words) -> float:
    """The depth of most products of this kind, else of this shape, in radii."""
    width, inner = (float(pixels) * AWAY / camera.focal for pixels in (np.ptp(plan.pixel[:, 0]), plan.inner.max()))
    return words.depth * width if words.depth is not None else min(_PRIOR_DEPTH[shape] * width, 1.7 * inner)


_FILLS = 0.08
"""A flat outline that reaches as far as the contract's sphere does, within this share, is framed as the contract does."""
_WALL = 0.5
"""Share of the depth of a deep body that stands upright along its outline."""


def _profile(plan: Plan, camera: PhotoCamera, thickness: float) -> tuple[Floats, float]:
    """Half the depth at each vertex, and half that of the wall.

    What is no deeper than it is thick across is rounded like a cushion; what is deeper must have sides.
    """
    inner = float(plan.inner.max()) * AWAY / camera.focal
    wall = _WALL * 0.5 * thickness if thickness > 2.2 * inner else 0.0
    soft = thickness - 2 * wall
    return depth_of(plan, camera, soft, min(inner, 0.6 * soft)), wall


def _solid_points(plan: Plan, camera: PhotoCamera, thickness: float) -> Floats:
    points = upright(placed(plan, camera, *(shape := _profile(plan, camera, thickness))), camera, shape[1])
    return np.concatenate([points, points * [1, -1, 1]])


def _reach(plan: Plan, frame: PhotoCamera, thickness: float) -> float:
    return float(np.linalg.norm(_solid_points(plan, frame, thickness), axis=1).max())


def _framed_thickness(plan: Plan, frame: PhotoCamera) -> float | None:
    """The depth with which the relief fills the contract's frame; None where it is too large without any."""
    low, high = 0.0, 2.0
    if _reach(plan, frame, 0.01) > 1.01:
        return None
    for _ in range(16):
        middle = (low + high) / 2
        if _reach(plan, frame, middle) <= 1:
            low = middle
        else:
            high = middle
    return low


def _relief(
    plan: Plan, camera: PhotoCamera, thickness: float, cutout: Cutout, behind: Cutout | None, config: Config
) -> list[Part]:
    half, wall = _profile(plan, camera, thickness)
    shots = _shots(cutout, camera, behind)
    back = shots[1] if len(shots) > 1 else None
    return relief_parts(plan, camera, half, wall, shots[0], back, same_behind=config.photo_back == "mirror")


def _sized(model: Model3D, product: Product, centre: Floats | None) -> Model3D:
    """Scaled to the product's stated height, or to a usual size.

    Args:
        centre: of the sphere of radius 1 that the photo was framed by, where it was the contract's.
    """
    low, high = model.bounds
    height = _length(product, ("height", "高度", "高"))
    scale = _METRES if height is None else height / max(float(high[2] - low[2]), 1e-6)
    framed = None if centre is None else ((centre * scale).astype(np.float32), float(scale))
    return Model3D(tuple(part.scaled(scale) for part in model.parts), model.facts, framed)


_UNITS = {
    "mm": 0.001,
    "毫米": 0.001,
    "cm": 0.01,
    "厘米": 0.01,
    "m": 1.0,
    "米": 1.0,
    "in": 0.0254,
    "inch": 0.0254,
    '"': 0.0254,
}


def _length(product: Product, names: tuple[str, ...]) -> float | None:
    """A stated length in metres."""
    for key, value in product.attributes.items():
        if key.lower() in names:
            match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m|inch|in|\"|毫米|厘米|米)?\s*", str(value))
            if match:
                number = float(match[1].replace(",", ".")) * _UNITS[match[2] or "cm"]
                return number if 1e-4 < number < 100 else None
    return None


def _asked_depth(product: Product) -> float | None:
    width, depth = (
        _length(product, ("width", "宽度", "宽")),
        _length(product, ("depth", "thickness", "深度", "厚度", "厚", "深")),
    )
    if width is None or depth is None:
        return None
    return float(np.clip(depth / width, 0.01, 8))


def _asked_shape(product: Product, config: Config) -> Shape | None:
    asked = str(product.attributes.get("photo_shape", config.photo_shape)).strip().lower()
    if asked == "auto":
        return None
    for shape in SHAPES:
        if shape == asked:
            return shape
    raise InputError(f"{product.sku}: there is no photo_shape {asked!r}.", hint=f"Use auto, {', '.join(SHAPES)}.")


def _asked_elevation(product: Product) -> float | None:
    if "photo_elevation" not in product.attributes:
        return None
    text = str(product.attributes["photo_elevation"])
    try:
        angle = float(text)
    except ValueError:
        angle = float("nan")
    if not -5 <= angle <= 60:
        raise InputError(
            f"{product.sku}: photo_elevation is {text!r}.",
            hint="Give degrees that the camera looked down by, -5 to 60.",
        )
    return angle
