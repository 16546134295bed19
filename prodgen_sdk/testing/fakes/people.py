"""Fakes that look at people: a body parser and a compositor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import BodyParser, Compositor
from prodgen_sdk.types import LANDMARKS, Body, Garment, Image, Layer, Mask, PersonPhoto, Refusal, TryOn, TryOnRequest

NOBODY = Refusal(
    code="no-person",
    reason="There is nobody in the photo.",
    what_to_do="Take a photo of one person, standing, from the front.",
)


STANDING = {
    "nose": (0.0, 0.08), "eye": (0.04, 0.06), "ear": (0.1, 0.07), "mouth": (0.03, 0.11),
    "shoulder": (0.3, 0.2), "elbow": (0.43, 0.36), "wrist": (0.43, 0.51), "pinky": (0.45, 0.53), "index": (0.43, 0.53), "thumb": (0.41, 0.52),
    "hip": (0.16, 0.53), "knee": (0.16, 0.74), "ankle": (0.16, 0.95), "heel": (0.16, 0.98), "foot": (0.18, 0.99),
}  # fmt: skip
"""Where a standing person's left landmarks are, as shares of the outline's box: aside of its middle, and down."""


class OutlineBodyParser(BodyParser):
    """Whatever differs from the top left pixel is one person, who stands as `sample_person` does: limbs lie where its box says."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> Sequence[Body]:
        return [self._body(photo.image) for photo in photos]

    def _body(self, image: Image) -> Body:
        person = _outline(image)
        landmarks = np.zeros((len(LANDMARKS), 3), np.float32)
        found = bool(person.any())
        if found:
            top, bottom, left, right = _box(person)
            for place, (aside, down) in enumerate(map(_where, LANDMARKS)):
                landmarks[place] = (left + right) / 2 + aside * (right - left), top + down * (bottom - top), 0.9
        upper, lower = _halves(person)
        return Body(
            landmarks=landmarks,
            person=person.astype(np.float32),
            parts={"upper": upper.astype(np.float32), "lower": lower.astype(np.float32)},
            orientation="front" if found else "unknown",
            people=int(found),
            confidence=0.9 if found else 0.0,
        )


class PatchCompositor(Compositor):
    """Paints the outline's upper half in the mean colour of the innermost garment, then of the next, further in."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> Sequence[TryOn | Refusal]:
        return [self._compose(request) for request in batch]

    def _compose(self, request: TryOnRequest) -> TryOn | Refusal:
        photo = request.person.image
        outline = _outline(photo)
        if not outline.any():
            return NOBODY
        edit_mask = np.zeros(photo.shape[:2], bool)
        picture, layers = photo.copy(), []
        for place, garment in enumerate(request.garments):
            area = _halves(outline)[0]
            area[: place * 4] = False
            if request.mask is not None:
                area &= request.mask
            colour = _mean_colour(garment)
            picture[area, :3] = colour
            edit_mask |= area
            layer = np.zeros((*area.shape, 4), np.uint8)
            layer[area] = (*colour, 255)
            layers.append(Layer(name=garment.sku or garment.category, image=layer))
        return TryOn(image=picture, edit_mask=edit_mask, layers=tuple(layers), confidence=0.5)


def _where(landmark: str) -> tuple[float, float]:
    words = landmark.split("_")
    aside, down = next(STANDING[word] for word in words if word in STANDING)
    return (-aside if "right" in words else aside), down  # the person's own right is at the image's left


def _outline(image: Image) -> Mask:
    return np.asarray((image != image[0, 0]).any(axis=2))


def _box(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def _halves(mask: Mask) -> tuple[Mask, Mask]:
    upper = mask.copy()
    if mask.any():
        top, bottom, _, _ = _box(mask)
        upper[(top + bottom) // 2 :] = False
    return upper, mask & ~upper


def _mean_colour(garment: Garment) -> tuple[int, int, int]:
    front = images.flatten(garment.front)
    cloth = front[(front < 250).any(axis=2)]
    red, green, blue = (cloth if len(cloth) else front.reshape(-1, 3)).mean(axis=0).round().astype(int).tolist()
    return red, green, blue
