"""The compositor `tryon/hybrid`: cloth by warping, and one gentle pass of a model over what warping does not do well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.images.colour import LUMINANCE
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import Image, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job, configured
from prodgen_tryon.diffusion.config import Hybrid
from prodgen_tryon.diffusion.frame import Frame, frame_around, put_back, take
from prodgen_tryon.diffusion.inpaint import load_inpainter
from prodgen_tryon.filters import Float, blur, blur_inside, dilate, erode, to_lab

WARP = "tryon/warp"
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Zones:
    """What the pass may do where, bool [h, w] of the photo; the three do not overlap.

    Args:
        repaint: seams and made-up skin: the model's pixels are taken.
        folds: plain cloth: the model's light is taken, the cloth keeps its colour.
        prints: nothing is taken.
    """

    repaint: Mask
    folds: Mask
    prints: Mask


class HybridCompositor(Compositor):
    """`tryon/warp` dresses the photo; the pass changes nothing outside of its edit mask, and no print."""

    id = "tryon/hybrid"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()
        section: Hybrid = configured(self._config.hybrid, "hybrid", self.id)
        self._section = section
        self.size = (section.width, section.height)
        self._inpainter = load_inpainter(section, ctx, accept=self._config.accept_noncommercial, component=self.id)
        self.digest = self._inpainter.digest
        self._warp: Compositor | None = None

    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> list[TryOn | Refusal]:
        self._warp = ctx.lookup("compositor", WARP)
        results: list[TryOn | Refusal] = list(self._warp.compose(batch, ctx))
        todo = [
            (place, _job(batch[place], result, self._section))
            for place, result in enumerate(results)
            if isinstance(result, TryOn)
        ]
        for start in range(0, len(todo), self._section.batch):
            ctx.check()
            part = todo[start : start + self._section.batch]
            painted = self._inpainter.paint([job for _, (job, _, _) in part], ctx)
            for (place, (_, frame, zones)), picture in zip(part, painted, strict=True):
                results[place] = self._refined(results[place], picture, frame, zones)  # type: ignore[arg-type]
        return results

    def release(self, person: PersonPhoto) -> None:
        if self._warp is not None:
            self._warp.release(person)

    def _refined(self, warped: TryOn, painted: Image, frame: Frame, zones: Zones) -> TryOn:
        image = refine(warped.image, painted, frame, zones, self._section.folds)
        licences = {"licences": list(self._inpainter.licences), "refined_share": round(float(zones.repaint.mean()), 4)}
        return warped.model_copy(update={"image": image, "facts": {**warped.facts, **licences}})


def _job(request: TryOnRequest, warped: TryOn, section: Hybrid) -> tuple[Job, Frame, Zones]:
    size = (section.width, section.height)
    zones = find_zones(warped, section.print_contrast)
    frame = frame_around(warped.edit_mask, size[0] / size[1])
    touched = take(zones.repaint | zones.folds, frame, size, nearest=True)
    garment = images.flatten(request.garments[-1].front)
    small = images.resize(garment, *size) if garment.shape[1::-1] != size else garment
    category = str(warped.facts.get("categories", ["garment"])[-1])
    return Job(take(warped.image, frame, size), touched, small, garment, category, request.seed), frame, zones


def find_zones(warped: TryOn, contrast: float) -> Zones:
    """Splits the edit mask of a warped picture.

    Args:
        contrast: see `Hybrid.print_contrast`.
    """
    edit = warped.edit_mask
    cloth = np.zeros(edit.shape, np.float32)
    for layer in warped.layers:
        cloth = np.maximum(cloth, layer.image[..., 3].astype(np.float32) / 255)
    height = max(int(np.ptp(np.nonzero(edit)[0])) + 1, 1) if edit.any() else 1
    seam = max(0.012 * height, 1.5)
    inside = cloth > 0.5
    inner = erode(inside, seam) & edit
    prints = find_prints(warped.image, inside & edit, contrast, seam)
    band = dilate(inside, seam) & ~inner
    repaint = edit & (band | ~inside) & ~prints
    return Zones(repaint, inner & ~prints, prints & edit)


def find_prints(image: Image, cloth: Mask, contrast: float, reach: float) -> Mask:
    """Where the cloth shows something: pixels that differ in colour from the cloth around them, and what lies close to them.

    Folds change lightness smoothly, prints change it, or the hue, within a few pixels: chroma counts in full against a
    wide mean, lightness against a narrow one.
    """
    if not cloth.any():
        return np.zeros_like(cloth)
    lab = to_lab(image)
    weight = cloth.astype(np.float32)
    # The mean of what is near the cloth's main colour: a large print would draw a mean of all towards itself.
    middle = np.median(lab[cloth][:, 1:], axis=0)
    plain = weight * (np.linalg.norm(lab[..., 1:] - middle, axis=-1) < 2 * contrast)
    near = blur(plain, 6 * reach)[..., None] > 0.02
    wide = np.where(near, blur_inside(lab[..., 1:], plain, 6 * reach), middle)
    narrow = blur_inside(lab[..., 0], weight, max(reach, 1.0))
    hue = np.linalg.norm(lab[..., 1:] - wide, axis=-1)
    light = np.abs(lab[..., 0] - narrow)
    found = (np.maximum(hue, light) > contrast) & erode(cloth, 0.5 * reach)
    speck = found & (blur(found.astype(np.float32), max(reach / 2, 1.0)) > 0.1)
    result: Mask = dilate(speck, reach) & cloth
    return result


def refine(warped: Image, painted: Image, frame: Frame, zones: Zones, folds: float) -> Image:
    """The warped picture with the pass laid on it: pixels in `zones.repaint`, light in `zones.folds`, nothing elsewhere.

    Args:
        painted: what the model made of the frame, uint8 RGB of any size.
        folds: how much of the light is taken, 0 to 1.
    """
    out, _ = put_back(warped, painted, frame, zones.repaint)
    if folds > 0 and zones.folds.any():
        whole, _ = put_back(warped, painted, frame, np.ones(warped.shape[:2], bool), feather=1.0)
        weight = zones.folds.astype(np.float32)
        sigma = max(0.004 * frame.height, 1.0)
        before, after = (blur_inside(_luminance(picture), weight, sigma) for picture in (warped, whole))
        # Only what varies: the cloth's mean lightness is its colour, and stays.
        level = max(float(before[zones.folds].mean()), 1.0) / max(float(after[zones.folds].mean()), 1.0)
        ratio = np.clip(level * (after + 2) / (before + 2), 0.75, 1.3)
        depth = cv2.distanceTransform(np.pad(zones.folds, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
        strength = folds * np.clip(depth / (2 * sigma), 0, 1)
        shaded = warped.astype(np.float32) * (1 + (ratio - 1) * strength)[..., None]
        out[zones.folds] = shaded.round().clip(0, 255).astype(np.uint8)[zones.folds]
    return out


def _luminance(picture: Image) -> Float:
    grey: Float = picture.astype(np.float32) @ np.array(LUMINANCE, np.float32)
    return grey
