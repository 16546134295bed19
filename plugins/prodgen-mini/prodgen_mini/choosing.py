"""Which of several designs is kept: one that surely is of the kind that was asked for, and is drawn clearly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from prodgen_mini.models.clarity import CHOOSY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_mini.models.reranker import Reranker

    Floats = NDArray[np.float32]

Way = Literal["alike", "clear", "lot"] | None
_SURE = 0.7
"""Probability from which a design counts as one of its kind."""
SPECKLE = "speckle"
"""The pattern whose spots are drawn anew, so that there is nothing to choose; see `models.grain`."""
_REDRAWN = ("dots", "floral")
"""Patterns that are drawn anew, however vague; see `models.dots` and `models.flowers`. The clearest of several are all of one kind, so the
first is taken that surely is a pattern of the kind."""
_VARIED = "label"
"""Labels are taken as they come, or by lot, as the best of them are much alike."""


def kind_of(layout: str, pattern: str) -> str:
    """What artwork is: its pattern, or `label` or `screen`.

    >>> kind_of("tile", "dots"), kind_of("screen", "plain")
    ('dots', 'screen')
    """
    return layout if layout in ("label", "screen") else pattern


def way_of(layout: str, pattern: str, reranker: Reranker | None) -> Way:
    """How designs of a layout and pattern are chosen among; None where the first is taken."""
    kind = kind_of(layout, pattern)
    if layout == "none" or kind == SPECKLE:
        return None
    if reranker is not None and kind in reranker.kinds and kind != _VARIED:
        return "alike"
    return "clear" if layout in CHOOSY and kind not in _REDRAWN else None


def best_of(reranker: Reranker, art: Floats, kind: str, vague: Floats | None = None) -> int:
    """Which of artwork float32 [n, 4, 128, 128] to keep: of those that are surely of a kind the clearest, or of what is drawn anew
    the first; or else the likeliest.

    Args:
        vague: [n], `clarity.vagueness` of what has borders to be clear along.
    """
    import numpy as np
    import torch

    with torch.inference_mode():
        device = next(reranker.parameters()).device
        likely = reranker.score(torch.from_numpy(art).to(device), kind).cpu().numpy()
    sure = likely > np.log(_SURE)
    if vague is None or not sure.any():
        return int(likely.argmax())
    return int(sure.argmax() if kind in _REDRAWN else np.where(sure, vague, np.inf).argmin())
