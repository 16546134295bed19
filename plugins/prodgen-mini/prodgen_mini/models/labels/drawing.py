"""A label from what a network drew: what it is made of is found, part by part, and drawn anew.

A network says what a label is made of, where that lies and in which inks, but its edges are ragged, and a small picture is a blot of some
twenty pixels. Of each part what comes nearest by correlation, as in template matching (Lewis, 1995), is drawn, as fine as is asked for.
"""

from __future__ import annotations

import torch
from torch import Tensor

from prodgen_mini.models.labels.lines import SHAPES, line_bank, line_of
from prodgen_mini.models.labels.ornaments import Ornament, ornament_bank, ornament_of
from prodgen_mini.models.labels.panels import ground_of, panel_bank, panel_of
from prodgen_mini.models.labels.pictures import Picture, picture_bank, picture_of
from prodgen_mini.models.paint import lay
from prodgen_sdk.images.pictograms import NATURAL, things

_ALIKE = 0.75
"""Share of a label that has to be explained; networks' labels are from .79 on, others are something that is not known here."""


def prepare(size: int) -> None:
    """Makes, once a process, what labels of a size are compared with."""
    picture_bank()
    panel_bank(size)
    for shape in SHAPES:
        line_bank(size, shape)
    ornament_bank(size)


def labelled(
    shares: Tensor, finer: int = 1, subject: str = "", aspect: float = 0.0, inedible: bool = False
) -> Tensor | None:
    """A clean label [SHEETS, h finer, h finer] of shares [SHEETS, h, h]; None where it is no label of a kind that is known.

    Args:
        subject: of `things`: what the small picture shows, where there is one; empty leaves the one that comes nearest. A thing that is
            known by its colours has two sheets of its own, which come last, [SHEETS + 2, h finer, h finer].
        aspect: how wide the label is, in heights of it; 0 where that is not known.
        inedible: whether the picture that comes nearest is none of fruit and the like.
    """
    size = shares.shape[-1]
    ground = ground_of(shares)
    panel, around = panel_of(shares, ground)
    inside = panel.cover(size)
    seen = shares * inside
    seen[ground] += 1 - inside
    line = line_of(seen, panel, ground)
    if line is not None:
        panel = line.panel  # a line tells better than corners how wide a label is
        dashes = seen[line.ink] * line.near
        seen[line.ink] -= dashes
        seen[ground] += dashes
    is_split = panel.shape == "split"
    behind = around if is_split else ground
    picture = picture_of(shares if is_split else seen, behind, inedible)
    ornament = ornament_of(seen, ground)

    def drawn(fine: int, picture: Picture | None, ornament: tuple[Ornament, int] | None, own: int = 0) -> Tensor:
        sheets = torch.zeros(len(shares) + own, fine, fine)
        sheets[around] = 1
        lay(sheets, ground, panel.cover(fine))
        for ink, cover in picture.covers(fine) if picture else ():
            lay(sheets, ink, cover)
        if ornament is not None:
            lay(sheets, ornament[1], ornament[0].cover(fine))
        if line is not None:
            lay(sheets, line.ink, line.cover(fine))
        return sheets

    alike = float(torch.minimum(shares, drawn(size, picture, ornament)).sum(0).mean())
    if alike <= _ALIKE:
        return None
    own = 2 if subject in NATURAL else 0
    if own:
        inks = len(shares), len(shares) + 1
        picture = (picture or Picture.alone(behind)).showing(things()[subject], inks)
    elif picture and subject:
        picture = picture.showing(things()[subject])
    if aspect:
        picture = picture and picture.on(aspect)
        ornament = ornament and (ornament[0].on(aspect), ornament[1])
    return drawn(size * finer, picture, ornament, own)
