"""Finds what would spoil a training set, and says what it was: missing, broken, tiny, empty and repeated pictures."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "cleaning.json"
REASONS = ("missing", "corrupt", "too_small", "near_empty", "duplicate", "no_words")
_SMALLEST = 48
"""Pixels of the shorter edge below which a picture is taken out."""


class Sieve:
    """Looks at one picture after the other.

    Args:
        near: pictures of *different* products whose hashes differ in at most so many of 64 bits count as the same; the first stays.
            Views of one product may look alike. None compares the bytes of the files alone.
    """

    def __init__(self, *, near: int | None = 3) -> None:
        self._near = near
        self._hashes: list[int] = []
        self._products: list[str] = []

    def sift(self, data: bytes, product: str) -> tuple[NDArray[np.uint8] | None, str]:
        """The picture of a file, RGB, and an empty reason; or None, and one of `REASONS` to take it out."""
        from prodgen_sdk import images

        if not data:
            return None, "missing"
        try:
            picture = images.load(data)
        except InvalidImage:
            return None, "corrupt"
        if min(picture.shape[:2]) < _SMALLEST:
            return None, "too_small"
        if _is_empty(picture):
            return None, "near_empty"
        exact = self._near is None
        bits = int.from_bytes(hashlib.sha256(data).digest()[:8], "big") if exact else perceptual_hash(picture)
        apart = np.bitwise_count(np.array(self._hashes, np.uint64) ^ np.uint64(bits))
        if any(self._products[place] != product for place in np.flatnonzero(apart <= (self._near or 0))):
            return None, "duplicate"
        self._hashes.append(bits)
        self._products.append(product)
        return picture, ""


def report_of(dropped: Sequence[tuple[str, str]], splits: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Counts by reason, pictures and products by split, and the first keys of each reason.

    Args:
        dropped: (key, reason) of each picture that was taken out.
        splits: the products of the pictures of each split.
    """
    counts = Counter(reason for _, reason in dropped)
    return {
        "kept": sum(map(len, splits.values())),
        "dropped": {reason: counts.get(reason, 0) for reason in REASONS},
        "pictures": {name: len(products) for name, products in splits.items()},
        "products": {name: len(set(products)) for name, products in splits.items()},
        "first": {reason: [key for key, why in dropped if why == reason][:20] for reason in REASONS},
    }


def tell(report: Mapping[str, Any], out: Path, ctx: Context) -> None:
    """Leaves a report in the run's folder, and says what was left out."""
    write_atomically(out / FILE, json.dumps(report, indent=1).encode())
    left_out = {reason: count for reason, count in report["dropped"].items() if count}
    if left_out:
        words = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in left_out.items())
        count = sum(left_out.values())
        ctx.logger.warning(
            "%d of %d images are left out (%s); see %s", count, report["kept"] + count, words, out / FILE
        )


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
