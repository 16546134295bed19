"""Every reason for which a photo is not dressed, with what would help. Codes are stable; sentences may change."""

from __future__ import annotations

from prodgen_sdk.types import Refusal

UPRIGHT = "Take a photo from the front, standing, with the arms hanging a little away from the body."
NO_PERSON = Refusal(
    code="no-person",
    reason="No person was found in the photo.",
    what_to_do="Take a sharp photo in good light, from the front, standing, with the arms hanging a little away from the body.",
)
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
    what_to_do="Use a photo of the whole garment alone, at least 100 pixels high, on a plain background of another colour, or a PNG with transparency.",
)  # fmt: skip
NOT_RECOGNISED = Refusal(
    code="garment-not-recognised", reason="The shape of the garment was not understood.",
    what_to_do="Use a photo of the whole garment laid flat or hanging, seen straight from the front, and say its category.",
)  # fmt: skip
NO_TOP = Refusal(
    code="garment-not-recognised", reason="The garment looks like trousers, and its category is top.",
    what_to_do="Say that its category is trousers, or give the keypoints of the top.",
)  # fmt: skip
UNSURE = Refusal(
    code="not-good-enough", reason="The result would not be good enough to judge the garment by.",
    what_to_do=UPRIGHT + " Use a photo of the garment laid flat on a plain background.",
)  # fmt: skip
NOT_COVERED = Refusal(
    code="not-covered", reason="The fitted garment would not cover the body.",
    what_to_do=UPRIGHT,
)  # fmt: skip
HEAD_CUT_OFF = Refusal(
    code="body-cut-off", reason="The photo cuts off the head.",
    what_to_do="Take a photo that shows the whole head with some room above it.",
)  # fmt: skip
NECK_CUT_OFF = Refusal(
    code="body-cut-off", reason="The photo cuts off the neck or the shoulders.",
    what_to_do="Take a photo that shows head, neck and both shoulders.",
)  # fmt: skip
HEAD_TURNED = Refusal(
    code="head-turned", reason="The head is turned to the side.",
    what_to_do="Take a photo in which the person looks into the camera.",
)  # fmt: skip
FROM_BEHIND = Refusal(
    code="back-view", reason="Glasses cannot be seen from behind.", what_to_do="Take a photo of the person's face."
)
NO_CARRYING = Refusal(
    code="hand-hidden", reason="Neither a hanging hand nor a free shoulder is in the photo to carry the bag.",
    what_to_do="Take a photo from the front with the arms hanging down and the hands in sight.",
)  # fmt: skip
ONE_GARMENT = Refusal(
    code="one-garment", reason="Only one garment can be painted at a time.",
    what_to_do="Put the garments on one after the other, each on the last result.",
)  # fmt: skip
SAY_CATEGORY = Refusal(
    code="garment-not-recognised", reason="What kind of garment it is was not understood.",
    what_to_do="Say its category, such as top or dress.",
)  # fmt: skip
NOTHING_TO_PAINT = Refusal(
    code="nothing-to-paint", reason="The given mask leaves nothing that could be painted.",
    what_to_do="Give a mask that covers the garment's place, or none.",
)  # fmt: skip


def cut_off(what: str) -> Refusal:
    """The photo must show `what`, such as "from the waist to the feet"."""
    return Refusal(
        code="body-cut-off",
        reason="The photo cuts off a part of the body that this garment covers.",
        what_to_do=f"Take a photo that shows the person {what}.",
    )


def no_room(category: str) -> Refusal:
    """An accessory would reach beyond the photo."""
    return Refusal(
        code="body-cut-off", reason=f"A part of the {category} would lie outside of the photo.",
        what_to_do="Take a photo with more room around the person.",
    )  # fmt: skip


def unsupported(category: str, how: str = "fitted by warping") -> Refusal:
    """A category that a compositor does not dress."""
    if category == "unknown":
        return NOT_RECOGNISED
    return Refusal(
        code="category-not-supported", reason=f"A garment of the category {category} cannot be {how}.",
        what_to_do="Use a top, outerwear, trousers, shorts, a skirt, a dress or an overall.",
    )  # fmt: skip
