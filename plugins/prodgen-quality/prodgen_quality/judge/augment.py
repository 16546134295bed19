"""Changes of pictures that leave the answers as they are, or that are said to have changed some: mirrors the pose, hues the colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

_MIRRORED = 0.25
_RECOLOURED = 0.25


def disguised(ink: Tensor, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
    """Some pictures mirrored, some with their channels in another order, float32 [n, 3, h, w].

    Returns:
        The pictures, and by question those of which it cannot be asked any more, bool [n].
    """
    import numpy as np
    import torch

    n = len(ink)
    mirrored = torch.from_numpy(rng.random(n) < _MIRRORED)
    ink = torch.where(mirrored[:, None, None, None], ink.flip(3), ink)
    recoloured = rng.random(n) < _RECOLOURED
    order = rng.permuted(np.tile(np.arange(3), (n, 1)), axis=1)
    order[~recoloured] = np.arange(3)
    return ink[torch.arange(n)[:, None], torch.from_numpy(order)], {
        "pose": mirrored, "colour": torch.from_numpy(recoloured), "material": torch.from_numpy(recoloured),
    }  # fmt: skip


def augmented(ink: Tensor, rng: np.random.Generator) -> Tensor:
    """Moved, scaled, a little stronger or weaker, some blurred or noisy: as many pictures, float32 [n, 3, h, w], paper is 0.

    Generators blur and shimmer; a judge that never saw that would punish it twice. Scale and blur are those of a whole batch.
    """
    import numpy as np
    import torch
    from torch.nn.functional import interpolate

    n, _, size, _ = ink.shape
    if rng.random() < 0.3:  # as a generator of fewer pixels would draw it
        small = int(rng.integers(size // 2, size))
        ink = interpolate(ink, (small, small), mode="bilinear", antialias=True)
    side = round(size * rng.uniform(0.85, 1.12)) if rng.random() < 0.8 else size
    if side != ink.shape[-1]:
        ink = interpolate(ink, (side, side), mode="bilinear", antialias=True)
    reach = 4 + abs(size - side) // 2
    border = max(0, size - side) + reach
    wide = ink.new_zeros((n, 3, side + 2 * border, side + 2 * border))
    wide[:, :, border : border + side, border : border + side] = ink
    start = border - (size - side) // 2 + rng.integers(-reach, reach + 1, (n, 2))
    moved = torch.stack(
        [one[:, top : top + size, left : left + size] for one, (top, left) in zip(wide, start.tolist(), strict=True)]
    )
    strength = torch.from_numpy(rng.uniform(0.92, 1.08, (n, 1, 1, 1)).astype("float32"))
    moved = moved * strength
    noisy = np.flatnonzero(rng.random(n) < 0.25)
    deviation = torch.from_numpy(rng.uniform(0, 0.06, (len(noisy), 1, 1, 1)).astype("float32"))
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    moved[noisy] += deviation * torch.randn((len(noisy), 3, size, size), generator=generator)
    return moved
