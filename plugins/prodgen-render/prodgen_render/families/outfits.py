"""A top and the trousers that are sold with it, as on one invisible mannequin."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_render.families.trousers import trousers
from prodgen_render.looks.look import Look
from prodgen_render.model import Part

_SUITS = (
    "suit", "tracksuit", "pyjama set", "pajama set", "pyjamas", "pajamas", "loungewear set", "two piece", "two-piece", "2 piece", "2-piece", "2 pieces",
    "three-piece", "3-piece suit", "套装", "两件套", "三件套", "睡衣", "西装套装",
)  # fmt: skip
_ALONE = ("suit jacket", "pyjama top", "pajama top", "睡衣上衣")
_TUCKED = 0.16
"""Metres from the hem of the top up to the waistband under it."""


def with_trousers(look: Look, top: Sequence[Part]) -> list[Part]:
    """The top, over trousers where the words say that they belong to it."""
    if not look.says(_SUITS) or look.says(_ALONE):
        return list(top)
    legs = trousers(look)
    waist = max(float(part.vertices[:, 2].max()) for part in legs)
    return [*(part.moved(z=waist - _TUCKED) for part in top), *legs]
