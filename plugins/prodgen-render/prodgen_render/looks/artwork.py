"""Label artwork: the product's own title, set like a package front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from prodgen_render.looks.lettering import title_margin, write, write_title
from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix
from prodgen_sdk.images.pictograms import NATURAL, cover, covers, inks_of, signs, things

if TYPE_CHECKING:
    import numpy as np

    from prodgen_sdk.images.pictograms import Motif

STYLES = ("panel", "bare", "band", "emblem")
_SEEN = 80
"""How far the colour of an emblem is from its ground, in sRGB levels, to be seen."""


def draw_label(
    picture: Image.Image,
    box: tuple[int, int, int, int],
    title: str,
    detail: str,
    domain: str,
    base: Srgb,
    accent: Srgb,
    rng: np.random.Generator,
    *,
    style: str = "",
    ink: Srgb | None = None,
    subject: str = "",
) -> None:
    """Draws a label into a box (left, top, right, bottom) of a picture. It says nothing that the product does not.

    Args:
        title: the large letters; may be empty.
        detail: a small line below, such as the capacity; may be empty.
        base, accent: colours of the package.
        style: panel (a paper label), bare (print on the surface), band (all round the package) or emblem; empty draws one.
        ink: colour of the letters; None chooses one that reads well.
        subject: what an emblem shows, of `pictograms.things`; empty draws one that says nothing. Without words it fills the label.
    """
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) < 8:
        return
    style = style or str(rng.choice(STYLES))
    margin = 0.07 * min(width, height)
    ground = _draw_ground(picture, box, style, base, accent, 0.6 * margin)
    letters = ink or ink_for(ground)
    second = mix(letters, ground, 0.35)
    trim = accent if abs(brightness(accent) - brightness(ground)) > 0.12 else second
    emblem = _emblem(style, subject, title, domain, width / height, rng)
    emblem_height = 0.0
    if emblem:
        emblem_height = height * (0.36 if _portrait(width, height) else 0.3) if title else min(width, height) * 0.8
        size = max(1, round(emblem_height * 0.9))
        place = round((box[0] + box[2] - size) / 2), round(box[1] + margin * 1.5 + emblem_height * 0.05)
        plain = _emblem_colour(ground, base, trim)
        if subject in NATURAL:
            stamps = zip(covers(emblem, size), inks_of(subject, ground, plain), strict=True)
        else:
            stamps = zip([cover(emblem, size)], [plain], strict=True)
        for stamp, colour in stamps:
            picture.paste(colour, place, Image.fromarray(stamp))
    _set_words(picture, box, title, detail, box[1] + margin * 1.3 + emblem_height, letters, second, trim)


def _portrait(width: float, height: float) -> bool:
    return height > width * 1.1


def _emblem(style: str, subject: str, title: str, domain: str, aspect: float, rng: np.random.Generator) -> Motif | None:
    """The picture on a label that is `aspect` heights wide; None where it has none."""
    low = style == "band" or (style == "bare" and aspect >= 1 / 0.7)
    if not low and subject in things():
        return things()[subject]
    wanted = style in ("panel", "emblem") and (not title or domain in ("food", "beauty", "other"))
    return _neutral_emblem(domain, rng) if wanted else None


def _set_words(
    picture: Image.Image, box: tuple[int, int, int, int], title: str, detail: str, top: float, letters: Srgb, second: Srgb, trim: Srgb
) -> None:  # fmt: skip
    """The title from `top` down, a rule below it, and the detail below that."""
    left, _, right, bottom = box
    width, height = right - left, bottom - box[1]
    margin = 0.07 * min(width, height)
    side = max(margin * 1.6, title_margin(width, height))
    room = (left + side, top, right - side, bottom - margin - height * 0.2)
    if not title:
        return
    filled = write_title(picture, title, room, letters)
    rule, middle = filled[3] + height * 0.02, (left + right) / 2
    line = [middle - width * 0.13, rule, middle + width * 0.13, rule + max(1, height * 0.012)]
    ImageDraw.Draw(picture).rectangle(line, fill=trim)
    if detail:
        below = rule + height * 0.03, right - margin * 2, min(bottom - margin, rule + height * 0.13)
        write(picture, [detail], (left + margin * 2, *below), second)


def _draw_ground(
    picture: Image.Image, box: tuple[int, int, int, int], style: str, base: Srgb, accent: Srgb, inset: float
) -> Srgb:
    """What a style lays under the words, and its colour."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    draw = ImageDraw.Draw(picture)
    if style == "panel":
        ground = (250, 247, 240) if brightness(base) < 0.6 else mix(accent, (20, 20, 24), 0.15)
        draw.rounded_rectangle(box, radius=0.04 * min(width, height), fill=ground)
        draw.rounded_rectangle(
            [left + inset, top + inset, right - inset, bottom - inset],
            radius=0.02 * min(width, height),
            outline=accent if abs(brightness(accent) - brightness(ground)) > 0.15 else ink_for(ground),
            width=max(1, round(height * 0.008)),
        )
        return ground
    if style == "band":
        ground = accent if abs(brightness(accent) - brightness(base)) > 0.08 else mix(base, ink_for(base), 0.85)
        draw.rectangle([0, top, picture.width, bottom], fill=ground)
        line = max(1, round(height * 0.02))
        for y in (top + 2 * line, bottom - 3 * line):
            draw.rectangle([0, y, picture.width, y + line], fill=mix(ground, ink_for(ground), 0.7))
        return ground
    return base


def _neutral_emblem(domain: str, rng: np.random.Generator) -> Motif:
    """An emblem that says nothing, for a title that names no thing."""
    if domain == "food":
        return things()["sprig"]
    return (signs.rings(3), signs.sun(8), signs.diamond())[int(rng.integers(3))]


def _emblem_colour(ground: Srgb, base: Srgb, trim: Srgb) -> Srgb:
    """The package's own colour where it is seen on the ground; else that of lines, or an ink that reads."""
    if abs(brightness(base) - brightness(ground)) > 0.25:
        return base
    return trim if math.dist(trim, ground) > _SEEN else ink_for(ground)
