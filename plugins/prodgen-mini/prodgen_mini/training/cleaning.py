"""The usable pictures of a source, decoded, and their splits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.training.cleaning import Sieve, report_of
from prodgen_sdk.training.examples import Example, split_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        """See `report_of`."""
        splits: dict[str, list[str]] = {}
        for example in self.examples:
            splits.setdefault(split_of(example.product), []).append(example.product)
        return report_of(self.dropped, splits)


def clean(examples: Iterable[Example], size: int) -> Cleaned:
    """Decodes pictures and keeps the usable ones, `size` pixels wide and high."""
    kept: list[NDArray[np.uint8]] = []
    cleaned = Cleaned(np.empty((0, size, size, 3), np.uint8))
    sieve = Sieve()
    for example in examples:
        picture, reason = sieve.sift(example.data, example.product)
        if picture is None:
            cleaned.dropped.append((example.key, reason))
            continue
        kept.append(images.squared(picture, size, (255, 255, 255)))
        cleaned.examples.append(example)
    if kept:
        cleaned.images = np.stack(kept)
    return cleaned
