"""Whether designs are copies of what was trained on: how near the nearest training artwork is, beside how near it is to true held-out artwork."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from prodgen_mini.designs import Designs, read_designs
from prodgen_sdk.context import Context
from prodgen_sdk.distances import nearest
from prodgen_sdk.files import read_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

NEAR = 0.05
"""Share of true held-out designs that are as near to training as what counts as a near copy; designs that are no copies have it too."""
_PART = 2048


def small(art: Tensor) -> Any:
    """Artwork [n, 4, 128, 128] at 16 x 16 cells, as rows: what a copy shares with its original."""
    return torch.nn.functional.avg_pool2d(art, 8).flatten(1).numpy()


def small_of_split(data: Path, split: str, ctx: Context) -> Any:
    """`small` of all artwork of a split of a data set; no rows where the split has none."""
    count = sum(json.loads(line)["split"] == split for line in read_lines(data / "manifest.jsonl"))
    found = [np.zeros((0, 4 * 16 * 16), np.float32)]
    for start in range(0, count, _PART):
        ctx.check()
        part = read_designs(data, splits=(split,), start=start, limit=_PART)
        found += [small(art) for art in artworks(part.take(part.has_art))]
    return np.concatenate(found)


def artworks(designs: Designs) -> Iterator[Tensor]:
    """Artwork [m, 4, 128, 128], some designs at a time."""
    for rows in np.array_split(np.arange(len(designs)), max(1, -(-len(designs) // 256))):
        yield torch.from_numpy(designs.take(rows).art())


class Copies:
    """Measures designs for the products of true held-out artwork.

    Args:
        known: rows of `small` of all that was trained on.
        true: those of the true designs of the products that designs are made for.
    """

    def __init__(self, known: Any, true: Any) -> None:
        self._known = known
        self.held = nearest(true, known)

    def far(self, rows: Any) -> Floats:
        """Distances [n] of designs, rows of `small`, to the nearest training artwork."""
        return nearest(rows, self._known)

    def ratio(self, far: Floats) -> Floats:
        """Distances [n] over the median of those of true designs; 0 is a copy."""
        return np.asarray(far / np.maximum(np.median(self.held), 1e-6))

    def share(self, far: Floats, *, same: bool = True) -> tuple[float, float, float]:
        """Share of designs nearer to training than `NEAR` of the true held-out ones, and its 95 % interval.

        Args:
            far: [n], distances of designs.
            same: they are for the very products that the true ones are of, in their order: then both are drawn together.

        By the bootstrap over products, which draws the limit anew as well: it is as uncertain as what is held against it.
        """
        rng, shares = np.random.default_rng(0), []
        for _ in range(1000):
            drawn = rng.integers(0, len(self.held), len(self.held))
            ours = drawn if same else rng.integers(0, len(far), len(far))
            shares.append(_below(far[ours], self.held[drawn]))
        low, high = np.quantile(shares, (0.025, 0.975))
        return _below(far, self.held), float(low), float(high)


def _below(far: Floats, held: Floats) -> float:
    return float((far < np.quantile(held, NEAR)).mean())
