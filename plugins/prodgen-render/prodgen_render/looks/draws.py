"""Random proportions that keep their names, so that a design can be drawn again from its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

import numpy as np


class Draws:
    """Draws from `rng`, each noted in `drawn` under a name of its own.

    Args:
        given: what some draws come to, by name, whatever the numbers say.
    """

    rng: np.random.Generator
    given: Mapping[str, float]
    drawn: dict[str, float]

    def uniform(self, low: float, high: float) -> float:
        """A random proportion."""
        return low + (high - low) * self._draw(f"{low:g} to {high:g}")

    def chance(self, share: float) -> bool:
        """True in `share` of all products."""
        return self._draw(f"below {share:g}") < share

    def choice(self, count: int) -> int:
        """One of `count` kinds."""
        chosen = int(self.rng.integers(count))
        self._record(f"one of {count}", (chosen + 0.5) / count)
        return chosen

    def _draw(self, what: str) -> float:
        return self._record(what, float(self.rng.random()))

    def _record(self, what: str, value: float) -> float:
        name = self._name(what)
        self.drawn[name] = value = self.given.get(name, value)
        return value

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter()

    def _name(self, what: str) -> str:
        self._times[what] += 1
        return f"{what} #{self._times[what]}"
