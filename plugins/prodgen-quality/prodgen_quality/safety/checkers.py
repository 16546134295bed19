"""The components `safety/terms` and `safety/image`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from prodgen_quality.config import ImageConfig, QualityConfig, TermsConfig
from prodgen_quality.safety.terms import Lists, find_terms, lists
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.interfaces import SafetyChecker, ScreenItem
from prodgen_sdk.types import Image, Verdict

if TYPE_CHECKING:
    from prodgen_sdk.types import Mask

SMALLEST = 16
_WORK = 256


class TermsChecker(SafetyChecker):
    """Words that a shop must not show (block) or should look at (review); reasons name the kind, never the word."""

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        own = config.terms if config else TermsConfig()
        self.lists: Lists = lists(own.blocked, own.review, own.allowed)

    def check(self, items: Sequence[ScreenItem], ctx: Context) -> Sequence[Verdict]:
        return [screen_text(item.text, self.lists) for item in items]


class ImageChecker(SafetyChecker):
    """A rough look without a classifier: it can ask for review and never blocks.

    Blind spots: it knows no shapes, so that violence, weapons, symbols and written words pass; nudity in black and white, in
    odd light or as a drawing passes, and so does a body that is small in the frame or, in a try-on, stands before a wall of its
    own colour; leather, wood, sand and cosmetics look like skin. A shop that takes pictures from
    strangers needs a trained classifier, as another plugin beside this one.
    """

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        self.config = config.image if config else ImageConfig()

    def check(self, items: Sequence[ScreenItem], ctx: Context) -> Sequence[Verdict]:
        verdicts = []
        for item in items:
            ctx.check()
            verdicts.append(
                Verdict(outcome="pass", checker="safety/image")
                if item.image is None
                else screen_image(item.image, self.config, item.purpose)
            )
        return verdicts


def screen_text(text: str, known: Lists | None = None) -> Verdict:
    """The verdict on a text.

    >>> screen_text("Nude lipstick shade 03").outcome
    'review'
    >>> screen_text("Cocktail dress with shiitake print").outcome
    'pass'
    """
    matches = find_terms(text, known)
    outcome: Literal["pass", "review", "block"] = matches[0].outcome if matches else "pass"
    verbs = {"block": "not allowed", "review": "to be looked at"}
    return Verdict(
        outcome=outcome,
        reasons=tuple(f"{match.category}: {verbs[match.outcome]}" for match in matches),
        checker="safety/terms",
    )


def screen_image(image: object, config: ImageConfig | None = None, purpose: str = "") -> Verdict:
    """The verdict on a picture, `pass` or `review`; what is no picture is for review.

    For the purpose `try-on` the limit is higher, as rooms are made of wood; in return the skin inside of the picture, which no
    floor or wall joins to the edge, has one of its own.
    """
    from prodgen_sdk import images

    config = config or ImageConfig()
    try:
        picture = images.check(image)
    except InvalidImage as error:
        return _review(f"not an image: {error.message}")
    rgb = images.flatten(picture)
    if min(rgb.shape[:2]) < SMALLEST:
        return _review(f"too small to be judged: {rgb.shape[1]} x {rgb.shape[0]}")
    if int(rgb.max()) - int(rgb.min()) <= 2:
        return _review("blank: one colour all over")
    from prodgen_quality.finishing.foreground import plain_background

    found = skin(rgb)
    plain = plain_background(picture) is not None
    limit = config.skin_plain if plain else config.skin_try_on if purpose == "try-on" else config.skin
    if purpose == "try-on" and (inside := float(apart_from_edges(found).mean())) > config.skin_inside:
        return _review(f"skin colours cover {inside:.0%} of the frame, apart from its edges")
    share = float(found.mean())
    if share > limit:
        return _review(f"skin colours cover {share:.0%} of the frame")
    return Verdict(outcome="pass", checker="safety/image")


def skin(rgb: Image) -> Mask:
    """Where a pixel has the chroma of skin: 133 <= Cr <= 173 and 77 <= Cb <= 127.

    D. Chai, K. N. Ngan: Face segmentation using skin-color map in videophone applications, IEEE Trans. CSVT 9(4), 1999. The
    band holds for light and dark skin in ordinary light, and for much else of that colour.
    """
    import numpy as np

    values = rgb.astype(np.float32)
    red, green, blue = values[..., 0], values[..., 1], values[..., 2]
    cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    return np.asarray((cr >= 133) & (cr <= 173) & (cb >= 77) & (cb <= 127))


def apart_from_edges(mask: Mask) -> Mask:
    """The regions of a mask [h, w] that are not joined to the top, left or right edge, at 256 pixels or fewer a side.

    Bridges thinner than about 1/64 of the shorter side join nothing. The lower edge does not count: a person is cut off there.
    """
    import numpy as np
    from scipy import ndimage

    step = max(1, -(-max(mask.shape) // _WORK))
    small = mask[::step, ::step]
    side = max(3, min(small.shape) // 64 | 1)
    # Beyond the frame all goes on, so that a region does not come off the edge by the opening.
    padded = np.pad(small, side, mode="edge")
    opened = ndimage.binary_opening(padded, np.ones((side, side), bool))[side:-side, side:-side]
    regions, _ = ndimage.label(opened)
    outer = np.unique(np.concatenate([regions[0], regions[:, 0], regions[:, -1]]))
    return np.asarray(opened & ~np.isin(regions, outer))


def _review(reason: str) -> Verdict:
    return Verdict(outcome="review", reasons=(reason,), checker="safety/image")
