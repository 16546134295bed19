"""How much the demo does: the full job, and a quick one for tests."""

from __future__ import annotations

from dataclasses import dataclass

EIGHT_VIEWS = (
    "tee-stripe-navy", "tote-canvas-natural",
    "speaker-walnut", "headphones-black",
    "jam-strawberry", "oat-drink",
    "mug-blue-stripe", "chair-oak",
    "lipstick-red", "serum-vitamin-c",
)  # fmt: skip
"""Two products of each domain."""

OUTFITS = (
    ("tee-white-plain", "jacket-denim-light"),
    ("shirt-oxford-blue", "jacket-leather-brown"),
)
"""Garments worn together, innermost first."""


@dataclass(frozen=True)
class Plan:
    """Sizes in pixels; `days` of the shop are replayed with so many `passers` by each department a day, and `probes`
    requests are timed.
    """

    orbit_skus: tuple[str, ...] = EIGHT_VIEWS
    orbit_size: int = 512
    few_views: str = "0:15:1,45:15:1"
    few_size: int = 320
    garments: int = 12
    people: int = 4
    outfits: tuple[tuple[str, ...], ...] = OUTFITS
    days: int = 14
    passers: int = 6
    shown: int = 8
    probes: int = 400


FULL = Plan()
QUICK = Plan(
    orbit_skus=EIGHT_VIEWS[::5],
    orbit_size=96,
    few_views="0:15:1,45:15:1",
    few_size=64,
    garments=2,
    people=1,
    outfits=OUTFITS[:1],
    days=2,
    passers=1,
    probes=20,
)
