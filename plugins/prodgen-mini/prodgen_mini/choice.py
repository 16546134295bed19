"""How many designs are drawn for one, and which of them is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_mini.config import DesignerConfig
from prodgen_mini.space import Space

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Floats = NDArray[np.float32]

_REPEATED, _LABEL = "tile", "label"


def drawn(own: DesignerConfig, layout: str, coloured: bool) -> int:
    """How many designs are drawn for one product: several of a pattern that repeats, and of a label on a named colour.

    What covers a surface or a screen has soft edges of its own, and is taken as it comes.
    """
    if layout == _REPEATED:
        return own.candidates
    return own.labels if layout == _LABEL and coloured else 1


def kept(layout: str, sheets: Tensor, vectors: Tensor, ground: Floats, space: Space) -> int:
    """The place of the design that is kept: the cleanest pattern, or the label that shows most of the product's colour.

    Args:
        sheets: [n, SHEETS, h, w]; vectors [n, vector]; ground [3] in [0, 1].
    """
    from prodgen_mini.models.clarity import vagueness

    if len(sheets) == 1:
        return 0
    if layout == _REPEATED:
        return int(vagueness(sheets).argmin())
    shares = sheets.float().mean((2, 3)).cpu().numpy()
    return int(space.shown(shares, vectors.float().cpu().numpy(), ground).argmax())
