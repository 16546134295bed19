"""Pictures as part of the page: scaled, WebP, as data: URIs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache

from prodgen_sdk import images
from prodgen_sdk.demo.report.html import Html, el
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import Image, Variant

_QUALITY = 82

Album = Callable[[str, int, str], Html]
"""(variant id, width in pixels, alternative text) -> the picture's element."""


def embed(image: Image, width: int, alt: str) -> Html:
    """An `<img>` of at most `width` pixels across."""
    height, full = image.shape[:2]
    if full > width:
        height, full = max(1, round(height * width / full)), width
        image = images.resize(image, full, height)
    data = base64.b64encode(images.encode(image, "webp", quality=_QUALITY)).decode()
    source = f"data:image/webp;base64,{data}"
    return el("img", src=source, alt=alt, width=full, height=height, loading="lazy", decoding="async")


def album(studio: Studio, variants: dict[str, Variant]) -> Album:
    """Embeds published variants; each is read and scaled once a size."""

    @cache
    def picture(id: str, width: int, alt: str) -> Html:
        return embed(studio.image(variants.get(id, id)), width, alt)

    return picture


def frame_of(photo: Image, others: list[Image]) -> tuple[slice, slice]:
    """The rows and columns in which any of `others` differs from the photo, with room for head, feet and arms around them.

    All pictures have the photo's size. Where nothing differs it is the whole photo.
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
