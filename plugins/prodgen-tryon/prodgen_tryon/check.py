"""Says no when a good picture cannot be made, and what would help."""

from __future__ import annotations

import numpy as np

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Body, Image, Mask, Refusal
from prodgen_tryon.body.faces import has_face
from prodgen_tryon.body.person import Person
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.filters import Float, tube
from prodgen_tryon.refusals import (
    ARMS_CROSSED,
    NO_FACE,
    NO_PERSON,
    ROTATED,
    SEVERAL,
    SIDE,
    TOO_SMALL,
    cut_off,
)
from prodgen_tryon.sides import SIDES, SIGN

EDGE = 0.25  # shoulder widths from the photo's edge within which an elbow says nothing of its arm
FOREARM = 0.12  # half the width of a forearm, with a little around it, in shoulder widths
LEAST_WIDTH = 20.0  # shoulder width in pixels below which nothing can be judged


def body(found: Body, photo: Image) -> Refusal | None:
    """Whether there is exactly one person, well enough seen, in the photo uint8 RGB [h, w, 3]."""
    if found.people == 0 or found.confidence < 0.5:
        return NO_PERSON
    if found.people > 1:
        return SEVERAL
    frame = skeleton(found.landmarks)
    if frame.down[1] < 0.64:  # leaning by more than 50 degrees
        return ROTATED
    if frame.width < LEAST_WIDTH:
        return TOO_SMALL
    if not has_face(photo, found):
        return NO_FACE
    if found.orientation == "side":
        return SIDE
    return None


def mask(allowed: Mask | None, photo: Image) -> None:
    """Raises InputError where a caller's mask has not the photo's size."""
    if allowed is not None and allowed.shape != photo.shape[:2]:
        raise InputError(
            f"The mask is {allowed.shape[1]} x {allowed.shape[0]} and the photo {photo.shape[1]} x {photo.shape[0]} pixels.",
            hint="Give a mask of the photo's size.",
        )


def pose(person: Person) -> Refusal | None:
    """Whether the arms leave the chest free."""
    frame, w = person.frame, person.width
    inside = 0
    for side in SIDES:
        sign = SIGN[side]
        wrist, elbow = frame.local(np.stack([frame[f"wrist_{side}"], frame[f"elbow_{side}"]]))
        across = -sign * wrist[0]  # positive: on the other side of the axis
        chest = 0.05 * w < wrist[1] < 0.62 * frame.torso
        if chest and across > 0.1 * w and abs(elbow[0]) < 0.95 * w and elbow[1] > 0.1 * w:
            inside += 1
    return ARMS_CROSSED if inside == 2 else None


def reach(person: Person, category: str) -> Refusal | None:
    """Whether the photo shows the part of the body that the garment needs."""
    frame, (height, width) = person.frame, person.image.shape[:2]

    def out(name: str, slack: float) -> bool:
        x, y = frame[name]
        limit = slack * person.width
        return bool(x < -limit or y < -limit or x > width + limit or y > height + limit)

    if category in ("top", "outerwear", "dress"):
        chest = frame.at(0.0, 0.6 * frame.torso)
        shown = 0 <= chest[0] < width and 0 <= chest[1] < height
        if any(out(f"shoulder_{side}", 0.05) for side in SIDES) or not shown:
            return cut_off("from the head to below the chest, or down to the hips")
        if category != "top" and all(out(f"hip_{side}", 0.0) for side in SIDES):
            return cut_off("from the shoulders to the hips")
        if all(
            out(f"elbow_{side}", 0.3) or (out(f"elbow_{side}", -EDGE) and out(f"wrist_{side}", 0.0)) for side in SIDES
        ):
            return cut_off("with both arms")
    elif any(out(f"hip_{side}", 0.0) for side in SIDES) or all(out(f"knee_{side}", 0.0) for side in SIDES):
        return cut_off("from the waist to the feet")
    if category == "dress" and all(out(f"knee_{side}", 0.3) for side in SIDES):
        return cut_off("from the head to below the knees")
    return None


def coverage(person: Person, category: str, alpha: Float) -> float:
    """Share of the places on the body that a garment of this category should cover and does, 0 to 1; an arm may lie in front of any."""
    frame, w = person.frame, person.width
    height, width = alpha.shape
    if category in ("top", "outerwear", "dress"):
        spots = [frame.at(float(a) * w, float(s) * frame.torso) for a in (-0.25, 0, 0.25) for s in (0.4, 0.6, 0.75)]
    elif category == "skirt":
        spots = [frame.at(float(a) * w, frame.torso + 0.4 * w) for a in (-0.2, 0, 0.2)]
    else:
        down = 0.2 if category == "shorts" else 0.45
        spots = [frame.leg(side)[0] * (1 - down) + frame.leg(side)[1] * down for side in SIDES]
    arms = np.zeros(alpha.shape, bool)
    for side in SIDES:
        arms |= tube(alpha.shape, np.vstack([frame.arm(side)[1:], frame.hand(side)]), np.full(3, FOREARM * w))
    bare = ("hands", "hair", "skin") if category in ("top", "outerwear", "dress") else ("hands", "hair")
    if category == "top" and person.measured.tucked:  # it ends in the waistband, however high that is
        bare = (*bare, "lower")
    hits = []
    for x, y in np.round(np.array(spots)).astype(int):
        inside = 0 <= x < width and 0 <= y < height and not arms[y, x]
        if inside and all(person.parts[name][y, x] < 0.5 for name in bare):
            hits.append(alpha[y, x] > 0.5)
    return float(np.mean(hits)) if hits else 1.0
