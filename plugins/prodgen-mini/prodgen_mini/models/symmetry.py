"""What nearly repeats or mirrors itself is made to do so: the symmetry that a printed design has, and a network's only nearly.

Averaging over a group of symmetries is the orthogonal projection onto what has them, and takes away what a network put into one
repeat and not into the others. Which symmetries those are is seen in the power spectrum: what repeats n times has power at every
n-th wave alone. What is smoothed afterwards gets even edges by diffusion and a threshold (Merriman, Bence and Osher, 1992).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

import torch
from torch import Tensor

Symmetry = Literal["line", "dots", "checks", "label", "screen", "surface"]

_REPEATS = 0.6
"""Share of the power that a repeat has to explain."""
_STRONG = 0.03
"""Share of the power from which a wave is no accident, and has to be among those that a repeat keeps."""
_MIRRORS = 0.7
"""The same of what mirroring keeps; .5 is what unrelated halves have."""
_EDGES: dict[Symmetry, float] = {"line": 1, "dots": 2, "checks": 1, "label": 0.8, "screen": 10, "surface": 3}
"""By how many pixels edges are evened out: dots get rounder by more, and the colours of a screen run into each other."""
_LEVEL = 40.0
"""By how many pixels what runs down a surface, a gradient, is evened out across it: networks' mottle goes, slow waves stay."""
_TILES: dict[str, Symmetry] = {"stripes": "line", "dots": "dots", "checks": "checks"}
"""Flowers take turns and lie a little uneven, speckles by chance: they are no lattice."""
_MOST = 8
"""Repeats across a sheet; designs have up to eight."""


def symmetry_of(layout: str, pattern: str) -> Symmetry | None:
    """What artwork of a layout and pattern may have; None where nothing is looked for.

    >>> symmetry_of("tile", "stripes"), symmetry_of("label", "plain"), symmetry_of("tile", "speckle")
    ('line', 'label', None)
    """
    if layout in ("label", "screen", "surface"):
        return layout  # type: ignore[return-value]
    return _TILES.get(pattern) if layout == "tile" else None


def settled(sheets: Tensor, kind: Symmetry | None, *, roughly: bool = False) -> Tensor:
    """Sheets [n, SHEETS, h, h] of shares that add up to 1, with the symmetry that they nearly have, and even edges.

    Args:
        roughly: only what several designs have to be compared by: repeats, without mirror images, which take most of the time.
    """
    if kind is None:
        return sheets
    if kind in ("line", "dots", "checks"):
        return _tile(sheets, kind, mirrors=not roughly)
    if roughly:
        return sheets
    if kind == "label":
        sheets = _mirrored(sheets)
    down = _blur(_EDGES[kind], sheets.shape[-1]).to(sheets.device)
    across = _blur(_LEVEL, sheets.shape[-1]).to(sheets.device) if kind == "surface" else down
    smooth = down @ sheets @ across
    return _clean(smooth, sharp=kind not in ("surface", "screen"))


def _tile(sheets: Tensor, kind: Symmetry, *, mirrors: bool) -> Tensor:
    waves = _repeated(torch.fft.rfft2(sheets), kind)
    if kind != "line" and mirrors:
        for image in (_transposed(waves), _mirror_image(waves), _upside_down(waves)):
            waves = _halved(waves, image)
    size = sheets.shape[-1]
    fall = _fall(_EDGES[kind], size).to(waves.device)
    return _clean(torch.fft.irfft2(waves * (fall[:, None] * fall[: size // 2 + 1])))


def _fall(flow: float, size: int) -> Tensor:
    """By what a blur by `flow` pixels weakens the waves, [size]."""
    return torch.exp(-2 * (torch.pi * flow) ** 2 * torch.fft.fftfreq(size).square())


@cache
def _blur(flow: float, size: int) -> Tensor:
    """The blur by `flow` pixels of a row that does not repeat but ends, as a symmetric matrix [size, size]."""
    rows = torch.eye(size)
    rows = torch.cat([rows, rows.flip(-1)], -1)  # so that opposite ends do not run into each other
    waves = torch.fft.rfft(rows) * _fall(flow, 2 * size)[: size + 1]
    blur: Tensor = torch.fft.irfft(waves)[:, :size].contiguous()
    return blur


def _clean(smooth: Tensor, *, sharp: bool = True) -> Tensor:
    """Shares that add up to 1, of smooth ones; with `sharp` edges about a pixel wide, as true ones are. Gradients and screens have no edge."""
    kept = smooth.clamp(1e-4, 1)
    if sharp:
        kept = (kept * kept.square()).square()
    clean: Tensor = kept / kept.sum(1, keepdim=True)
    return clean


def _repeated(waves: Tensor, kind: Symmetry) -> Tensor:
    """The spectrum [n, SHEETS, h, h // 2 + 1] of sheets made to repeat by the most symmetric group that explains enough and keeps
    what is strong.

    What a wrong group leaves out stands in few waves; what a network got wrong here and there is spread over many.
    """
    groups, twins = _groups(kind, waves.shape[-2]).to(waves.device), _twins(waves)
    power = (_power(waves) * twins).flatten(1)
    power[:, 0] = 0
    power = power * groups[(power @ groups.T).argmax(1)]  # of stripes, along the one direction that has most
    power = power / power.sum(1, keepdim=True).clamp(min=1e-9)
    strongest, places = (power.view(waves[:, 0].shape) / twins).flatten(1).topk(math.ceil(1 / _STRONG))
    lost = ((strongest[..., None] >= _STRONG) & (groups.T[places] == 0)).any(1)
    fits = (power @ groups.T >= _REPEATS) & ~lost
    chosen = fits.float().argmax(1)
    return waves * groups[chosen].view(-1, 1, *waves.shape[-2:])


def _power(waves: Tensor) -> Tensor:
    """Of all sheets together, [n, h, h // 2 + 1]."""
    parts = torch.view_as_real(waves)
    return parts.square().sum((1, -1))


def _twins(waves: Tensor) -> Tensor:
    """How many waves of the whole spectrum each of the half one [..., h, h // 2 + 1] stands for."""
    counts = torch.full(waves.shape[-1:], 2.0, device=waves.device)
    counts[0] = counts[-1] = 1
    return counts


def _mirrored(sheets: Tensor) -> Tensor:
    """Left and right made alike where they nearly are."""
    image = sheets.flip(-1)
    apart = sheets - sheets.mean((2, 3), keepdim=True)
    alike = (apart * apart.flip(-1)).sum((1, 2, 3)) / apart.square().sum((1, 2, 3)).clamp(min=1e-6)
    near = ((1 + alike) / 2 >= _MIRRORS).view(-1, 1, 1, 1)
    return torch.where(near, (sheets + image) / 2, sheets)


def _upside_down(waves: Tensor) -> Tensor:
    """The spectrum of the image with its rows reversed."""
    return waves.flip(-2).roll(1, -2)


def _mirror_image(waves: Tensor) -> Tensor:
    """The spectrum of the image with its columns reversed."""
    return _upside_down(waves).conj()


def _transposed(waves: Tensor) -> Tensor:
    """The spectrum of the image with rows for columns."""
    half = waves.shape[-1]
    # What stands in the other half of the spectrum is the conjugate of what lies opposite.
    below = _mirror_image(waves)[..., :half, 1 : half - 1].flip(-1)
    return torch.cat([waves[..., :half, :], below], -1).transpose(-1, -2)


def _halved(waves: Tensor, image: Tensor) -> Tensor:
    """The mean of a spectrum and that of a mirror image, laid where it fits best, if it fits."""
    size, half = waves.shape[-2:]
    shared = waves * image.conj()
    steady = shared[..., 0, 0].real.sum(1, keepdim=True)
    fits = torch.fft.irfft2(shared.sum(1)).flatten(1) * size**2 - steady
    power = (_power(waves) * _twins(waves)).flatten(1).sum(1) - waves[..., 0, 0].abs().square().sum(1)
    best, at = fits.max(1)
    turns = torch.fft.fftfreq(size, device=waves.device)
    down, across = (torch.exp(-2j * torch.pi * place[:, None] * turns) for place in (at // size, at % size))
    moved = image * (down[:, None, :, None] * across[:, None, None, :half])
    near = ((1 + best / power.clamp(min=1e-9)) / 2 >= _MIRRORS).view(-1, 1, 1, 1)
    return torch.where(near, (waves + moved) / 2, waves)


@cache
def _groups(kind: Symmetry, size: int) -> Tensor:
    """Float [groups, size * (size // 2 + 1)], 1 at the waves that a repeat keeps, from the most symmetric group to none."""
    counts = torch.fft.fftfreq(size, 1 / size).round().int()
    down, across = torch.meshgrid(counts, counts[: size // 2 + 1], indexing="ij")
    found = []
    if kind == "line":
        for a, b in ((1, 0), (0, 1), (1, 1), (1, -1)):
            along = (down * b == across * a, down * a + across * b)
            found += [along[0] & (along[1] % (n * (a * a + b * b)) == 0) for n in range(1, _MOST + 1)]
    else:
        for n in range(1, _MOST + 1):
            for m in range(1, _MOST + 1):
                whole = (down % n == 0) & (across % m == 0)
                found += [whole, whole & ((down // n + across // m) % 2 == 0)]
    groups = torch.stack(found).float()
    kept = (groups * _twins(groups)).sum((1, 2))
    return groups[kept.argsort(stable=True)].flatten(1)
