"""What laying a garment gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_tryon.filters import Float


@dataclass(frozen=True)
class Composed:
    """A working picture after one garment: float32 RGB, the cloth's visible alpha, the cloth alone, and its whole alpha.

    `gap` is where an open front shows what is worn inside.
    """

    image: Float
    alpha: Float
    cloth: Float
    whole: Float
    gap: Float | None = None

    @property
    def covered(self) -> Float:
        """`alpha` and the gap of an open front."""
        return self.alpha if self.gap is None else np.maximum(self.alpha, self.gap)
