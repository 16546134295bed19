"""Which of several designs is kept: the one that looks most like a true one of its kind, or the one that is drawn most clearly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from prodgen_mini.models.clarity import CHOOSY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_mini.models.reranker import Reranker

    Floats = NDArray[np.float32]

Way = Literal["alike", "clear"] | None
_VARIED, _SPARSE = "label", "speckle"
"""Labels are taken as they come, as the best of them are much alike; of speckles those that are all but bare would win."""


def kind_of(layout: str, pattern: str) -> str:
    """What artwork is: its pattern, or `label` or `screen`.

    >>> kind_of("tile", "dots"), kind_of("screen", "plain")
    ('dots', 'screen')
    """
    return layout if layout in ("label", "screen") else pattern


def way_of(layout: str, pattern: str, reranker: Reranker | None) -> Way:
    """How designs of a layout and pattern are chosen among; None where the first is taken."""
    kind = kind_of(layout, pattern)
    if reranker is not None and kind in reranker.kinds and kind not in (_VARIED, _SPARSE):
        return "alike"
    return "clear" if layout in CHOOSY else None


def most_alike(reranker: Reranker, art: Floats, kind: str) -> int:
    """Which of artwork float32 [n, 4, 128, 128] looks most like true artwork of a kind."""
    import torch

    with torch.inference_mode():
        device = next(reranker.parameters()).device
        return int(reranker.score(torch.from_numpy(art).to(device), kind).argmax())
