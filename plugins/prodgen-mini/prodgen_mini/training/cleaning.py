"""Takes out what would spoil a training set, and says what it was: broken, tiny, empty and repeated pictures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.training.examples import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

REASONS = ("corrupt", "too_small", "near_empty", "duplicate")


def split_of(product: str) -> str:
    """`train` (90 %), `val` (5 %) or `test` (5 %), by the product alone; the same rule as `prodgen render dataset`.

    >>> split_of("made-000000") == split_of("made-000000")
    True
    """
    share = int.from_bytes(hashlib.sha256(product.encode()).digest()[:4], "big") / 2**32
    return "train" if share < 0.9 else "val" if share < 0.95 else "test"


@dataclass
class Cleaned:
    """What is left, and what was taken out.

    Args:
        images: uint8 [n, size, size, 3], the picture in the middle of a white square.
        dropped: (key, reason) of each that was taken out.
    """

    images: NDArray[np.uint8]
    examples: list[Example] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def splits(self) -> NDArray[np.str_]:
        """`train`, `val` or `test` of each, by its product."""
        return np.array([split_of(example.product) for example in self.examples], dtype=np.str_)

    def report(self) -> dict[str, Any]:
        """Counts by reason, products and pictures by split, and the first keys of each reason."""
        counts = Counter(reason for _, reason in self.dropped)
        return {
            "kept": len(self.examples),
            "dropped": {reason: counts.get(reason, 0) for reason in REASONS},
            "pictures": dict(Counter(self.splits.tolist())),
            "products": dict(Counter(split_of(product) for product in {e.product for e in self.examples})),
            "first": {reason: [key for key, why in self.dropped if why == reason][:20] for reason in REASONS},
        }


def clean(examples: Iterable[Example], size: int, *, smallest: int = 48, near: int = 3) -> Cleaned:
    """Decodes pictures and keeps the usable ones.

    Args:
        size: edge of what is kept, in pixels.
        smallest: a picture with a shorter edge below this is taken out.
        near: pictures of *different* products whose hashes differ in at most so many of 64 bits count as the same; the first stays.
            Views of one product may look alike.
    """
    from prodgen_sdk import images

    kept: list[NDArray[np.uint8]] = []
    cleaned = Cleaned(np.empty((0, size, size, 3), np.uint8))
    hashes: list[int] = []
    for example in examples:
        try:
            picture = images.load(example.data) if example.data else None
        except InvalidImage:
            picture = None
        reason, bits = "", 0
        if picture is None:
            reason = "corrupt"
        elif min(picture.shape[:2]) < smallest:
            reason = "too_small"
        elif _is_empty(picture):
            reason = "near_empty"
        else:
            bits = perceptual_hash(picture)
            apart = np.bitwise_count(np.array(hashes, np.uint64) ^ np.uint64(bits))
            if any(cleaned.examples[place].product != example.product for place in np.flatnonzero(apart <= near)):
                reason = "duplicate"
        if reason or picture is None:
            cleaned.dropped.append((example.key, reason))
            continue
        kept.append(square(picture, size))
        hashes.append(bits)
        cleaned.examples.append(example)
    if kept:
        cleaned.images = np.stack(kept)
    return cleaned


def _is_empty(picture: NDArray[np.uint8]) -> bool:
    """Whether less than one pixel in two hundred differs from the picture's commonest tone."""
    grey = picture.mean(2)
    return bool((np.abs(grey - np.median(grey)) > 6).mean() < 0.005)


def perceptual_hash(picture: NDArray[np.uint8]) -> int:
    """64 bits that change little with size and light: whether each cell of a 9 x 8 picture is brighter than its right neighbour
    (the difference hash of N. Krawetz, 2013).
    """
    from PIL import Image

    small = np.asarray(Image.fromarray(picture).convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (small[:, :-1] > small[:, 1:]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def square(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The whole picture in the middle of a white square."""
    from PIL import Image

    height, width = picture.shape[:2]
    scale = size / max(height, width)
    small = Image.fromarray(picture).resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS
    )
    sheet = Image.new("RGB", (size, size), (255, 255, 255))
    sheet.paste(small, ((size - small.width) // 2, (size - small.height) // 2))
    return np.asarray(sheet)
