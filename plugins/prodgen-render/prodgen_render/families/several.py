"""Several of a thing that are sold together, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from prodgen_render.model import Model3D, Part

_TOGETHER = (
    "batteries",
    "bed",
    "bedding",
    "building-blocks",
    "cooking-tool",
    "curtain",
    "cutlery",
    "dumbbell",
    "fruit",
    "garden-tool",
    "makeup-brush",
    "pen",
    "shelf",
    "towel",
)
"""What one model shows all of, or a pile."""
_GAP = 1.1
_THIN = 0.35
"""The depth of a thing, as a share of its width, below which none would be seen behind another."""
_ROWS = {4: (2, 2), 5: (2, 3), 6: (3, 3)}
"""How many stand in front, and how many behind."""


def several(model: Model3D, count: int, others: Sequence[Model3D] = ()) -> Model3D:
    """A model of so many of a thing, with the fact `pieces`; other facts stay those of one.

    Args:
        others: the same thing in other colours, that take turns with it.

    >>> from prodgen_render.parametric import build_model
    >>> from prodgen_sdk.types import Product
    >>> mug = build_model(Product(sku="m", title="Red mug", category="home/mug"))
    >>> len(several(mug, 3).parts) == 3 * len(mug.parts), several(mug, 3).facts["pieces"]
    (True, 3)
    """
    if count == 1 or model.facts["family"] in _TOGETHER:
        return model
    low, high = model.bounds
    width, depth, _ = (float(side) * _GAP for side in high - low)
    rows = _ROWS.get(count, (count,)) if depth > _THIN * width else (count,)
    parts: list[Part] = []
    kinds = cycle((model, *others))
    for row, number in enumerate(rows):
        # Who stands behind is seen between those in front.
        aside = (row - 0.5) * 0.5 * (len(rows) - 1) * (rows[0] == rows[-1])
        for x in np.arange(number) - (number - 1) / 2 + aside:
            parts += [part.moved(x=float(x) * width, y=row * depth) for part in next(kinds).parts]
    return Model3D(tuple(parts), {**model.facts, "pieces": count})
