"""Keeps what is found in one frame of a clip in line with the frames before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.person import Person
from prodgen_tryon.clip.motion import Motion, motion
from prodgen_tryon.filters import Float, dilate
from prodgen_tryon.picture.shading import shading
from prodgen_tryon.picture.underlay import background

FIXED = ("hem", "waist", "rise", "sleeves", "tucked", "open", "end")
LEAST_SEEN = 60  # points of the scene by which its motion is told
MEMORY_S = 0.2  # time constant with which older frames count


class Steady:
    """The memory of one clip: masks, light, scene, measures and picture of the last frame; all crops have one size.

    Args:
        rate: frames a second.

    `share` is how much the frame before counts where it is trusted, `motion` how it got to this one.
    """

    def __init__(self, rate: float) -> None:
        self.share = math.exp(-1 / (rate * MEMORY_S))
        self._crop: Image | None = None
        self._parts: dict[str, Float] = {}
        self._shading: Float | None = None
        self._scene: Float | None = None
        self._lower: tuple[Float, Float] | None = None
        self._measures: dict[str, Any] = {}
        self._fixed: dict[str, Any] = {}
        self.motion: Motion | None = None

    def begin(self, several: Sequence[Measured]) -> None:
        """Fixes what does not change in a clip, such as where the old top ends and whether it is tucked in, by frames spread over it."""
        tables = [_in_body_units(measured) for measured in several]
        for name in FIXED if tables else ():
            values = [table[name] for table in tables if table[name] is not None]
            if len(values) * 2 <= len(tables):
                self._fixed[name] = None
            elif name == "sleeves":
                self._fixed[name] = {side: float(np.median([v[side] for v in values])) for side in values[0]}
            else:
                self._fixed[name] = float(np.median(values))

    def look(self, crop: Image) -> None:
        """Finds the motion from the frame before to this crop."""
        same = self._crop is not None and self._crop.shape == crop.shape
        self.motion = motion(self._crop, crop) if same and self._crop is not None else None
        self._crop = crop

    def parts(self, crop: Image, parts: dict[str, Float]) -> dict[str, Float]:
        """Part masks averaged with those of the frames before, where what they show has only moved."""
        self.look(crop)
        if self.motion is not None and self._parts.keys() == parts.keys():
            share = self.share * self.motion.trust
            parts = {
                name: (mask + (self.motion.carry(self._parts[name]) - mask) * share).astype(np.float32)
                for name, mask in parts.items()
            }
        self._parts = parts
        return parts

    def person(self, person: Person) -> Person:
        """The person with steadied measures, light and scene."""
        person = replace(person, measured=self._measured(person.measured))
        light = shading(person)
        if self.motion is not None and self._shading is not None:
            share = self.share * self.motion.trust
            light = light + (self.motion.carry(self._shading) - light) * share
            person.cache["shading"] = light.astype(np.float32)
        self._shading = light
        self._scene = self._background(person)
        person.cache["background"] = self._scene
        if self.motion is not None and self._lower is not None:
            # The lower clothes under the old top move with it.
            colours, alpha = (self.motion.carry(values) for values in self._lower)
            seen = (person.parts["lower"] > 0.85)[..., None]
            person.cache["lower_clothes"] = np.where(seen, person.image.astype(np.float32), colours), alpha
        return person

    def after(self, person: Person) -> None:
        """Remembers what was made up while the person was dressed."""
        self._lower = person.cache.get("lower_clothes")

    def _background(self, person: Person) -> Float:
        """The scene behind the person: that of the frame before, moved as the scene around the person moves.

        So it is made up once, and neither differs from frame to frame nor takes its time again.
        """
        if self._scene is None or self.motion is None or self._scene.shape != person.image.shape:
            return background(person)
        outside = ~dilate(person.parts["person"] > 0.06, max(0.02 * person.width, 2))
        matrix = _moved_scene(self.motion, outside)
        if matrix is None:
            return background(person)
        height, width = outside.shape
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        plate = cv2.warpAffine(self._scene, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.GaussianBlur(outside.astype(np.float32), (0, 0), 1.5)[..., None] * outside[..., None]
        scene: Float = (plate + (person.image - plate) * soft).astype(np.float32)
        return scene

    def _measured(self, measured: Measured) -> Measured:
        """Measures in the body's own units: fixed, or averaged over time."""
        w, torso = measured.frame.width, max(measured.frame.torso, 1e-6)
        found = _in_body_units(measured)
        means = {name: self._mean(self._measures.get(name), value) for name, value in found.items()}
        before = self._measures.get("outline") or found["outline"]
        for side, line in found["outline"].items():  # a shoulder that was, or is, hidden has no mean
            means["outline"][side] = np.where(np.minimum(line, before[side]) < -0.5, line, means["outline"][side])
        self._measures = steady = means | self._fixed
        return replace(
            measured,
            hem=None if steady["hem"] is None else steady["hem"] * torso,
            waist=None if steady["waist"] is None else steady["waist"] * torso,
            end=math.inf if steady["end"] is None else steady["end"] * torso,
            rise=steady["rise"] * w,
            sleeves=steady["sleeves"],
            edges={side: values * w for side, values in steady["edges"].items()},
            hips={side: values * w for side, values in steady["hips"].items()},
            outline={side: values * w for side, values in steady["outline"].items()},
            caps={side: values * w for side, values in steady["caps"].items()},
            slopes={side: values * w for side, values in steady["slopes"].items()},
            tips={side: measured.frame.at(*(place * w)) for side, place in steady["tips"].items()},
            tucked=steady["tucked"] > 0.5,
            open=steady["open"] > 0.5,
            arms={
                side: replace(limb, outer=steady["outer"][side] * w, inner=steady["inner"][side] * w)
                for side, limb in measured.arms.items()
            },
            bare={side: values * w for side, values in steady["bare"].items()},
        )

    def _mean(self, before: Any, now: Any) -> Any:
        if before is None or now is None:
            return now if before is None else before
        if isinstance(now, dict):
            return {name: self._mean(before.get(name), value) for name, value in now.items()}
        if isinstance(now, np.ndarray) and now.shape != before.shape:
            return now
        return before * self.share + now * (1 - self.share)


def _in_body_units(measured: Measured) -> dict[str, Any]:
    w, torso = measured.frame.width, max(measured.frame.torso, 1e-6)
    return {
        "hem": None if measured.hem is None else measured.hem / torso,
        "waist": None if measured.waist is None else measured.waist / torso,
        "rise": measured.rise / w,
        "sleeves": dict(measured.sleeves),
        "edges": {side: values / w for side, values in measured.edges.items()},
        "hips": {side: values / w for side, values in measured.hips.items()},
        "outline": {side: values / w for side, values in measured.outline.items()},
        "caps": {side: values / w for side, values in measured.caps.items()},
        "slopes": {side: values / w for side, values in measured.slopes.items()},
        "outer": {side: limb.outer / w for side, limb in measured.arms.items()},
        "inner": {side: limb.inner / w for side, limb in measured.arms.items()},
        "bare": {side: values / w for side, values in measured.bare.items()},
        "tips": {side: measured.frame.local(tip[None])[0] / w for side, tip in measured.tips.items()},
        "tucked": float(measured.tucked),
        "open": float(measured.open),
        "end": None if math.isinf(measured.end) else measured.end / torso,
    }


def _moved_scene(moved: Motion, outside: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The similarity [2, 3] that takes pixels of this frame's scene to the one before, or None where too little of it is seen."""
    ys, xs = np.nonzero(outside[::12, ::12] & (moved.trust[::12, ::12] > 0.6))
    if len(xs) < LEAST_SEEN:
        return None
    here = np.stack([xs, ys], 1).astype(np.float32) * 12
    rows, columns = ys * 12, xs * 12
    there = np.stack([moved.x[rows, columns], moved.y[rows, columns]], 1)
    cv2.setRNGSeed(7)
    matrix, inliers = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=1.5)
    return matrix if matrix is not None and inliers.mean() > 0.5 else None
