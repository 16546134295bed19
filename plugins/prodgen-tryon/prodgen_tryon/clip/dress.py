"""Dresses a clip: one pass finds the poses, which are smoothed; a second one dresses frame after frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.types import Body, Image, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check
from prodgen_tryon.body.person import Person, analyse, crop_box, working_crop
from prodgen_tryon.clip.motion import steps
from prodgen_tryon.clip.one_euro import smooth_track
from prodgen_tryon.clip.steady import Steady
from prodgen_tryon.config import Config
from prodgen_tryon.filters import Box, Float, dilate
from prodgen_tryon.render import Dressed, Understand, dress, understood

BRIDGE_S = 0.3  # longest gap over which a picture is carried on
LEAST_TRUST = 0.6
SAMPLES = 6

Find = Callable[[Image], tuple[Body, Refusal | None]]


@dataclass(frozen=True)
class Tracked:
    """What the first pass found: a smoothed pose [33, 3] and a refusal or None for each frame, one crop for all, and a few frames."""

    poses: NDArray[np.float64]
    refusals: list[Refusal | None]
    box: Box
    samples: dict[int, Image]


def track(frames: Iterable[Image], rate: float, find: Find, ctx: Context) -> Tracked | None:
    """Poses of all frames, smoothed over time; None where there are no frames."""
    rows: list[NDArray[np.float64]] = []
    refusals: list[Refusal | None] = []
    boxes: list[Box] = []
    samples: dict[int, Image] = {}
    moved: list[NDArray[np.float64]] = []
    before: Image | None = None
    points = np.zeros((33, 2))
    stride = 1
    for number, frame in enumerate(frames):
        ctx.check()
        body, refusal = find(images.flatten(frame))
        refusals.append(refusal)
        rows.append(body.landmarks.astype(np.float64) if body.people else np.full((33, 3), np.nan))
        if refusal is None:
            boxes.append(crop_box(body, frame.shape))
            if number % stride == 0:
                samples[number] = frame
            if len(samples) > SAMPLES:  # spread over the clip, whose length is not known yet
                stride *= 2
                samples = {place: kept for place, kept in samples.items() if place % stride == 0}
        elif not body.people or body.confidence < 0.5:
            rows[-1] = np.full((33, 3), np.nan)
        points = rows[-1][:, :2] if np.isfinite(rows[-1]).all() else points
        known = before is not None and before.shape == frame.shape and points.any()
        moved.append(
            steps(before, images.flatten(frame), points) if known and before is not None else np.zeros((33, 2))
        )
        before = images.flatten(frame)
    if not rows:
        return None
    if not boxes:
        return Tracked(np.stack(rows), refusals, (0, 0, 0, 0), {})
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    box = (int(low[0]), int(low[1]), int(high[2]), int(high[3]))
    return Tracked(smooth_track(np.stack(rows), rate, np.stack(moved)), refusals, box, samples)


def dress_clip(
    frames: Iterable[Image],
    request: TryOnRequest,
    rate: float,
    find: Find,
    understand: Understand,
    config: Config,
    ctx: Context,
) -> Iterator[TryOn | Refusal]:
    """An answer for each frame, in order.

    A frame that is refused within `BRIDGE_S` of a dressed one carries that one's picture on, along with what moves, and says so in
    `facts["bridged"]`; others are refused. Pictures of a few frames are kept at a time.

    Args:
        frames: is iterated twice.
        find: the pose and person mask of a picture, and whether that is to be refused.
        understand: a garment for a person.
    """
    tracked = track(frames, rate, find, ctx)
    if tracked is None:
        return
    steady, last, gap = Steady(rate), _Last(), 0
    steady.begin(
        [_analysed(images.flatten(frame), n, tracked, find, config).measured for n, frame in tracked.samples.items()]
    )
    tracked.samples.clear()
    for number, frame in enumerate(frames):
        ctx.check()
        photo = images.flatten(frame)
        found: Dressed | Refusal | None = tracked.refusals[number]
        if found is None:
            person = _analysed(photo, number, tracked, find, config, steady)
            found = check.pose(person)
            if found is None:
                found = _dressed(request, photo, steady.person(person), understand, config)
        elif tracked.box[2]:
            steady.look(working_crop(photo, tracked.box, config.working_height)[0])
        if isinstance(found, Dressed):
            gap = 0
            steady.after(found.person)
            yield last.settle(found, steady)
            continue
        gap += 1
        bridged = last.carried(photo, tracked.box, steady, request.mask) if gap <= max(BRIDGE_S * rate, 1) else None
        yield bridged or found
        if bridged is None:
            last = _Last()


def _analysed(
    photo: Image, number: int, tracked: Tracked, find: Find, config: Config, steady: Steady | None = None
) -> Person:
    body, _ = find(photo)
    body = body.model_copy(update={"landmarks": tracked.poses[number].astype(np.float32)})
    adjust = None if steady is None else steady.parts
    return analyse(photo, body, config.working_height, box=tracked.box, adjust=adjust)


def _dressed(
    request: TryOnRequest, photo: Image, person: Person, understand: Understand, config: Config
) -> Dressed | Refusal:
    pieces = understood(request, person, understand)
    return pieces if isinstance(pieces, Refusal) else dress(request, photo, person, pieces, config)


class _Last:
    """The last dressed frame, inside the clip's crop."""

    def __init__(self) -> None:
        self._picture: Image | None = None
        self._mask: NDArray[np.bool_] = np.zeros((0, 0), bool)
        self._answer: TryOn | None = None

    def settle(self, found: Dressed, steady: Steady) -> TryOn:
        """The frame with made-up skin and scene averaged with the frame before; cloth is sharp and steady as it is."""
        answer, person = found.answer, found.person
        x, y = person.origin
        width, height = person.size
        box = (slice(y, y + height), slice(x, x + width))
        image, mask = answer.image, answer.edit_mask
        if steady.motion is not None and self._picture is not None and self._picture.shape[:2] == (height, width):
            moved = steady.motion.resized(width, height)
            cloth = np.zeros(person.image.shape[:2], np.float32)
            for composed in found.composed.values():
                cloth = np.maximum(cloth, composed.whole)
            # Near its edge the motion is that of the cloth or of what is behind it: averaging would smear the one into the other.
            away = 1 - cv2.resize(dilate(cloth, max(0.03 * person.width, 2)), (width, height))
            share = steady.share * moved.trust * away
            image = image.copy()
            crop = image[box].astype(np.float32)
            crop += (moved.carry(self._picture) - crop) * share[..., None]
            image[box] = np.where(mask[box][..., None], crop.round().clip(0, 255).astype(np.uint8), image[box])
            answer = answer.model_copy(update={"image": image})
        self._picture, self._mask, self._answer = image[box].copy(), mask[box].copy(), answer
        return answer

    def carried(self, photo: Image, box: Box, steady: Steady, allowed: NDArray[np.bool_] | None) -> TryOn | None:
        """The last picture moved along into a frame that could not be dressed, or None where the motion is not clear."""
        x0, y0, x1, y1 = box
        if self._answer is None or self._picture is None or steady.motion is None:
            return None
        moved = steady.motion.resized(x1 - x0, y1 - y0)
        mask = moved.carry(self._mask) > 0.5
        if not mask.any() or float(moved.trust[mask].mean()) < LEAST_TRUST:
            return None
        place = (slice(y0, y1), slice(x0, x1))
        if allowed is not None:
            mask &= allowed[place]
        image, whole = photo.copy(), np.zeros(photo.shape[:2], bool)
        crop: Float = moved.carry(self._picture)
        image[place][mask] = crop[mask].round().clip(0, 255).astype(np.uint8)
        whole[place] = mask
        self._picture, self._mask = image[place].copy(), mask
        facts = {**self._answer.facts, "bridged": True}
        update = {"image": image, "edit_mask": whole, "layers": (), "facts": facts}
        update["confidence"] = 0.8 * self._answer.confidence
        return self._answer.model_copy(update=update)
