"""How much work goes into a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """How much work goes into a picture.

    Args:
        largest: a picture is drawn at most so large, and enlarged to the size that was asked for.
        floor: cells across the table of light on the floor, and how many directions of dome and key light it is made of;
            None takes what suits the size.
        traced: whether shadows and reflections on the product are traced; without, all of it is lit nearly alike.
        edge_samples: rays through each pixel in which something changes, up to 8.
    """

    largest: int = 4096
    floor: tuple[int, int, int] | None = None
    traced: bool = True
    edge_samples: int = 8


FINAL = Quality()
DRAFT = Quality(largest=96, floor=(16, 24, 8), traced=False, edge_samples=4)
