"""Images as part of the page: scaled, WebP, as data: URIs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prodgen_sdk import markup
from prodgen_sdk.markup import Html
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import Image, Variant

Album = Callable[[str, int, str], Html]
"""(variant id, width in pixels, alternative text) -> the image's element."""


def album(studio: Studio, variants: dict[str, Variant]) -> Album:
    """Embeds published variants; each is read and scaled once a size."""

    @cache
    def picture(id: str, width: int, alt: str) -> Html:
        return markup.picture(studio.image(variants.get(id, id)), alt, width=width)

    return picture


def frame_of(photo: Image, others: list[Image]) -> tuple[slice, slice]:
    """The rows and columns in which any of `others` differs from the photo, with room for head, feet and arms around them.

    All images have the photo's size. Where nothing differs it is the whole photo.
    """
    import numpy as np

    height, width = photo.shape[:2]
    changed = np.zeros((height, width), bool)
    for other in others:
        changed |= (other[..., :3] != photo[..., :3]).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return slice(0, height), slice(0, width)
    above, below = int(rows[0]), int(rows[-1])
    tall = below - above
    top, bottom = max(0, above - int(0.28 * tall)), min(height, below + int(0.12 * tall))
    wide = max(int(columns[-1] - columns[0]) + int(0.2 * tall), (bottom - top) * 3 // 5)
    left = max(0, (int(columns[0]) + int(columns[-1]) - wide) // 2)
    return slice(top, bottom), slice(left, min(width, left + wide))
