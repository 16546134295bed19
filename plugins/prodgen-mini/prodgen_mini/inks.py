"""Artwork as a printer sees it: a few inks, and how much of each lies where.

Printed and woven artwork has few colours. Taken apart into inks and their sheets, its shapes no longer depend on its colours: the
networks learn shapes from sheets, and colours as numbers of the vector. Every pixel is mixed from two inks, which is what soft edges
and gradients are made of; the bare ground counts as an ink.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.images.pictograms import inks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

INKS = 5
"""Inks beside the bare ground; five leave an error of 40 to 60 dB on made-up artwork."""
_COVER = 0.5
"""Weight of the cover beside red, green and blue: an opaque ink in the colour of the ground is an ink too."""
_MOST = 0.09
"""Squared errors count up to this, so that a few strange pixels get no ink of their own."""

_SEEN, _SMALL = 0.002, 0.2
"""From which to which share of a label an ink draws small things."""
_PATTERN = 0.03
"""Share of a pattern from which an ink makes it seen."""
_BESIDE = 0.2
"""Of what touches an ink most, the share from which something else counts as around it, too."""
_LEGIBLE = 0.35
"""How far such an ink is from what is around it, in colours weighed as they are seen; the way from black to white is 1.73."""
_WEIGHTS = np.sqrt(3 * np.array([0.299, 0.587, 0.114]))
"""Of red, green and blue, by their shares of luma (ITU-R BT.601)."""


def separate(
    artwork: NDArray[np.uint8], ground: NDArray[np.uint8], *, enough: float = 4e-4
) -> tuple[NDArray[np.uint8], Floats]:
    """Takes artwork apart.

    Args:
        artwork: uint8 [h, w, 4], colour as it looks on the ground, and cover.
        ground: uint8 [3], the colour that it lies on.
        enough: mean squared error at which no further ink is looked for.

    Returns:
        Sheets uint8 [INKS + 1, h, w] that add up to 255, the bare ground first, then the inks from the commonest to the rarest;
        and the inks [n, 3] in [0, 1], at most INKS of them.

    Inks are added one by one, each the colour where those that are there explain least; then all are fitted by least squares.
    """
    height, width = artwork.shape[:2]
    packed = np.ascontiguousarray(artwork).view(np.uint32).ravel()
    kinds, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    pixels = kinds.view(np.uint8).reshape(-1, 4)
    points = pixels / 255.0 * (1, 1, 1, _COVER)
    coarse = (pixels[:, :3] // 16).astype(np.int64) @ (256, 16, 1) + 4096 * (pixels[:, 3] > 127)
    opaque = pixels[:, 3] > 127
    mix = _Mix(points, np.append(ground / 255.0, 0.0))
    while len(mix.inks) <= INKS and float(mix.error @ counts) > enough * counts.sum():
        missed = np.where(opaque, np.minimum(mix.error, _MOST) * counts, 0)
        among = coarse == np.bincount(coarse, missed).argmax()
        if missed[among].max(initial=0) <= 0:
            break
        mix.add(points[np.where(among, missed, -1).argmax()])
    inks = mix.inks
    if len(inks) > 1:
        for _ in range(2):
            shares = mix.shares()
            inks = _fitted(inks, shares, points, counts)
            mix = _Mix(points, inks[0])
            for ink in inks[1:]:
                mix.add(ink)
    shares = mix.shares()
    order = np.argsort(-(shares[:, 1:].T @ counts), kind="stable") + 1
    sheets = np.zeros((INKS + 1, height * width), np.uint8)
    sheets[1 : len(inks)] = np.round(255 * shares[:, order].T)[:, places]
    sheets[0] = 255 - sheets[1:].sum(0)
    return sheets.reshape(-1, height, width), inks[order, :3]


def compose(sheets: Floats, inks: Floats, ground: Floats) -> Floats:
    """Lays inks on the ground: the inverse of `separate`.

    Args:
        sheets: [..., INKS + 1, h, w] in [0, 1].
        inks: [..., INKS, 3] and `ground` [..., 3] in [0, 1].

    Returns:
        [..., 4, h, w]: the difference from the ground, and the cover.
    """
    apart = inks - ground[..., None, :]
    colour = np.einsum("...khw,...kc->...chw", sheets[..., 1:, :, :], apart)
    return np.concatenate([colour, 1 - sheets[..., :1, :, :]], -3).astype(np.float32)


def registered(sheets: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Floats]:
    """Moves what repeats so that its strongest waves begin at the corner: where a pattern begins is no part of what it looks like.

    Args:
        sheets: uint8 [INKS + 1, n, n] that fit together at their edges.

    Returns:
        The sheets, rolled by whole pixels, and by which shares of an edge [2], down and across, in [-0.5, 0.5): rolling them back
        by it gives what was there.

    Two waves that are not parallel fix both directions; where there is one alone, the sheets move along it. Where several moves do
    so equally well, the other strong waves decide, and then the shortest.
    """
    edge = sheets.shape[1]
    spectrum = np.fft.fft2(sheets[0].astype(np.float64))
    power = np.abs(spectrum) ** 2
    power[0, 0] = power[edge // 2 :] = power[0, edge // 2 :] = 0  # of each pair of opposite waves, one
    order = np.argsort(-power, axis=None, kind="stable")[:12]
    strong = order[power.flat[order] > max(0.01 * power.flat[order[0]], 1e3)]
    if not len(strong):
        return sheets, np.zeros(2)
    down, across = strong // edge, strong % edge
    waves = np.stack([down, np.where(across >= edge // 2, across - edge, across)], 1).astype(np.float64)
    heights, turns = np.abs(spectrum.flat[strong]), np.angle(spectrum.flat[strong]) / (2 * np.pi)
    apart = np.flatnonzero((waves[:, 0] * waves[0, 1] != waves[:, 1] * waves[0, 0]) & (heights > 0.22 * heights[0]))
    steps = np.arange(-8, 9)
    if len(apart):
        pair = [0, int(apart[0])]
        whole = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
        moves = (whole - turns[pair]) @ np.linalg.inv(waves[pair]).T
    else:
        moves = ((steps - turns[0]) / float(waves[0] @ waves[0]))[:, None] * waves[0]
    fit = (np.cos(2 * np.pi * (turns + moves @ waves.T)) @ heights) / heights.sum() - 0.02 * np.hypot(*moves.T)
    pixels = np.round(moves[fit.argmax()] * edge).astype(int)
    return np.roll(sheets, -pixels, (1, 2)), pixels / edge


def legible(inks: Floats, sheets: Floats, ground: Floats) -> Floats:
    """Inks [INKS, 3] of a label of which small things are seen: what hardly differs from what is around it becomes darker, or lighter.

    Args:
        sheets: [INKS + 1, h, w] in [0, 1], the bare ground first.
        ground: [3] in [0, 1].
    """
    covers = sheets.mean((1, 2))
    colours = np.concatenate([ground[None], inks]).astype(np.float64)
    for ink in np.flatnonzero((covers > _SEEN) & (covers < _SMALL)):
        if ink:
            near = _touching(sheets, sheets[ink])
            near[ink] = 0
            colours[ink] = _apart_from(colours[ink], colours[near >= _BESIDE * near.max()])
    return colours[1:].astype(inks.dtype)


def in_own_colours(art: Floats, subject: str, sheets: Floats, own: Floats, inks: Floats, ground: Floats) -> Floats:
    """Artwork [4, h, w], as `compose` has it, and on it a thing in the colours by which it is known, where these are seen.

    Args:
        subject: of `pictograms.things`.
        sheets, inks, ground: as for `legible`.
        own: [2, h, w] in [0, 1], where its first and its second colour lie.
    """
    around = int(_touching(sheets, own.sum(0)).argmax())
    r, g, b = np.round(255 * (inks[around - 1] if around else ground)).astype(int).tolist()
    colours = np.array(inks_of(subject, (r, g, b)), np.float32) / 255
    found = art.copy()
    found[:3] += np.einsum("khw,kc->chw", own, colours - ground)
    return found


def _touching(sheets: Floats, thing: Floats) -> Floats:
    """How much each of sheets [n, h, w] has of what is beside a thing [h, w]: [n]."""
    reach = max(1, sheets.shape[-1] // 64)
    beside = sum(np.roll(thing, reach * way, axis) for way in (-1, 1) for axis in (0, 1))
    return np.asarray(np.einsum("khw,hw->k", sheets, beside))


def visible(inks: Floats, sheets: Floats, ground: Floats) -> Floats:
    """Inks [INKS, 3] of a pattern that is seen: where none of them differs from the ground, the widest becomes darker, or lighter."""
    covers = sheets[1:].mean((1, 2))
    apart = np.linalg.norm((inks - ground) * _WEIGHTS, axis=1)
    if (apart[covers > _PATTERN] >= _LEGIBLE).any():
        return inks
    changed, widest = inks.copy(), int(covers.argmax())
    changed[widest] = _apart_from(inks[widest], ground[None])
    return changed


def _apart_from(colour: Floats, around: Floats) -> Floats:
    """A colour [3], or the next one on its way to black or white that can be told from all around it, [n, 3]; else the farthest."""
    ends = (0.0, 1.0) if around.mean() > 0.5 else (1.0, 0.0)
    ways = np.stack([colour + share * (end - colour) for share in np.linspace(0, 1, 21) for end in ends])
    far = np.linalg.norm((ways[:, None] - around) * _WEIGHTS, axis=2).min(1)
    found: Floats = ways[np.argmax(far >= min(_LEGIBLE, far.max()))]
    return found


class _Mix:
    """Of each point the two inks that come nearest when they are mixed."""

    def __init__(self, points: Floats, ground: Floats) -> None:
        self.points, self.inks = points, np.array([ground])
        self.error = ((points - ground) ** 2).sum(1)
        self.first, self.second = np.zeros(len(points), np.int64), np.zeros(len(points), np.int64)
        self.share = np.zeros(len(points))

    def add(self, ink: Floats) -> None:
        self.inks = np.concatenate([self.inks, ink[None]])
        new = len(self.inks) - 1
        for old in range(new):
            way = self.inks[new] - self.inks[old]
            share = np.clip((self.points - self.inks[old]) @ way / max(float(way @ way), 1e-9), 0, 1)
            error = ((self.points - self.inks[old] - share[:, None] * way) ** 2).sum(1)
            # Where two pairs do equally well, the purer mix.
            better = error + 1e-5 * share * (1 - share) < self.error + 1e-5 * self.share * (1 - self.share)
            self.error[better], self.share[better] = error[better], share[better]
            self.first[better], self.second[better] = old, new

    def shares(self) -> Floats:
        found = np.zeros((len(self.points), len(self.inks)))
        rows = np.arange(len(self.points))
        found[rows, self.first] = 1 - self.share
        found[rows, self.second] += self.share
        return found


def _fitted(inks: Floats, shares: Floats, points: Floats, counts: NDArray[np.int64]) -> Floats:
    """Least squares over the inks' colours for given shares, drawn a little towards where they were; ground and covers stay."""
    weighted = shares[:, 1:] * counts[:, None]
    ridge = 1e-3 * counts.sum()
    rest = points - shares[:, :1] * inks[0]
    matrix = weighted.T @ shares[:, 1:] + ridge * np.eye(len(inks) - 1)
    moved = np.linalg.solve(matrix, weighted.T @ rest + ridge * inks[1:])
    return np.concatenate([inks[:1], np.column_stack([moved[:, :3].clip(0, 1), inks[1:, 3]])])
