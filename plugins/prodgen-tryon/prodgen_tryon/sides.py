"""The two sides of a body or a garment, named by where they lie in the picture: `a` at its left, `b` at its right."""

from __future__ import annotations

from typing import Literal

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
OTHER: dict[Side, Side] = {"a": "b", "b": "a"}
SIGN: dict[Side, float] = {"a": -1.0, "b": 1.0}
"""Of distances across the body: they grow from side a to side b."""
