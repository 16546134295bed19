"""Says no when a good picture cannot be made, and what would help."""

from __future__ import annotations

import numpy as np

from prodgen_sdk.types import Body, Image, Refusal
from prodgen_tryon.faces import has_face, is_worn
from prodgen_tryon.filters import Float
from prodgen_tryon.person import Person
from prodgen_tryon.skeleton import SIDES, skeleton

UPRIGHT = "Take a photo from the front, standing, with the arms hanging a little away from the body."
NO_PERSON = Refusal(code="no-person", reason="No person was found in the photo.", what_to_do=UPRIGHT)
SEVERAL = Refusal(
    code="several-people",
    reason="Several people are in the photo.",
    what_to_do="Crop the photo so that it shows one person.",
)
NO_FACE = Refusal(
    code="no-face", reason="The figure in the photo has no person's face: it may be a mannequin, a drawing or clothes alone.",
    what_to_do=UPRIGHT,
)  # fmt: skip
ROTATED = Refusal(
    code="not-upright", reason="The person is not upright in the photo, which may be turned.",
    what_to_do="Turn the photo so that the head is at the top. " + UPRIGHT,
)  # fmt: skip
TOO_SMALL = Refusal(
    code="too-small",
    reason="The person is too small in the photo.",
    what_to_do="Use a photo in which the person is at least 250 pixels tall, or crop it around them before it is scaled down.",
)
WORN = Refusal(
    code="garment-worn", reason="The garment's photo shows it on a person.",
    what_to_do="Use a photo of the garment alone, laid flat or hanging, on a plain background.",
)  # fmt: skip
NO_BACK = Refusal(
    code="back-view", reason="The person is seen from behind, and there is no photo of the garment's back.",
    what_to_do="Add a photo of the garment's back, or take a photo of the person from the front.",
)  # fmt: skip
SIDE = Refusal(code="side-view", reason="The person is seen from the side.", what_to_do=UPRIGHT)
ARMS_CROSSED = Refusal(
    code="arms-crossed", reason="The arms lie across the chest and hide where the garment goes.", what_to_do=UPRIGHT
)
NOT_CUT_OUT = Refusal(
    code="garment-not-cut-out", reason="The garment could not be told from its background.",
    what_to_do="Use a photo of the garment alone on a plain background of another colour, or a PNG with transparency.",
)  # fmt: skip
NOT_RECOGNISED = Refusal(
    code="garment-not-recognised", reason="The shape of the garment was not understood.",
    what_to_do="Use a photo of the whole garment laid flat or hanging, seen straight from the front, and say its category.",
)  # fmt: skip
UNSURE = Refusal(
    code="not-good-enough", reason="The picture would not be good enough to judge the garment by.",
    what_to_do=UPRIGHT + " Use a photo of the garment laid flat on a plain background.",
)  # fmt: skip
NOT_COVERED = Refusal(
    code="not-covered", reason="The fitted garment would not cover the body.",
    what_to_do=UPRIGHT,
)  # fmt: skip


def unsupported(category: str) -> Refusal:
    """The refusal for a category that this compositor does not dress."""
    if category == "unknown":
        return NOT_RECOGNISED
    return Refusal(
        code="category-not-supported", reason=f"A garment of the category {category} cannot be fitted by warping.",
        what_to_do="Use a top, outerwear, trousers, shorts, a skirt, a dress or an overall.",
    )  # fmt: skip


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


def worn(found: Body, photo: Image) -> Refusal | None:
    """Whether a garment's photo shows the garment alone."""
    return WORN if is_worn(photo, found) else None


def pose(person: Person) -> Refusal | None:
    """Whether the arms leave the chest free."""
    frame, w = person.frame, person.width
    inside = 0
    for side in SIDES:
        sign = -1.0 if side == "a" else 1.0
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
            return _cut_off("from the head to below the chest, or down to the hips")
        if category != "top" and all(out(f"hip_{side}", 0.0) for side in SIDES):
            return _cut_off("from the shoulders to the hips")
        if all(out(f"elbow_{side}", 0.3) for side in SIDES):
            return _cut_off("with both arms")
    elif any(out(f"hip_{side}", 0.0) for side in SIDES) or all(out(f"knee_{side}", 0.0) for side in SIDES):
        return _cut_off("from the waist to the feet")
    if category == "dress" and all(out(f"knee_{side}", 0.3) for side in SIDES):
        return _cut_off("from the head to below the knees")
    return None


def _cut_off(what: str) -> Refusal:
    return Refusal(
        code="body-cut-off",
        reason="The photo cuts off a part of the body that this garment covers.",
        what_to_do=f"Take a photo that shows the person {what}.",
    )


def coverage(person: Person, category: str, alpha: Float) -> float:
    """Share of the places on the body that a garment of this category should cover and does, 0 to 1."""
    frame, w = person.frame, person.width
    height, width = alpha.shape
    if category in ("top", "outerwear", "dress"):
        spots = [frame.at(float(a) * w, float(s) * frame.torso) for a in (-0.25, 0, 0.25) for s in (0.4, 0.6, 0.75)]
    elif category == "skirt":
        spots = [frame.at(float(a) * w, frame.torso + 0.4 * w) for a in (-0.2, 0, 0.2)]
    else:
        down = 0.2 if category == "shorts" else 0.45
        spots = [frame.leg(side)[0] * (1 - down) + frame.leg(side)[1] * down for side in SIDES]
    hits = []
    for x, y in np.round(np.array(spots)).astype(int):
        inside = 0 <= x < width and 0 <= y < height
        if inside and all(person.parts[name][y, x] < 0.5 for name in ("hands", "hair", "skin")):
            hits.append(alpha[y, x] > 0.5)
    return float(np.mean(hits)) if hits else 1.0
