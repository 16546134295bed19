"""What is measured of a generator, as functions of pictures, features and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from prodgen_quality import fidelity
from prodgen_quality.finishing.foreground import foreground
from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Features = NDArray[np.float32]

_ALIKE = 4.0  # of 255


def product_fidelity(picture: Image, truth: Image, mask: Mask) -> tuple[float, float]:
    """PSNR in dB and SSIM over the pixels where either picture shows the product; `mask` is the truth's."""
    shown = foreground(picture)
    where = mask if shown is None else mask | shown
    if not where.any():
        where = ~where
    return fidelity.psnr(picture, truth, where), fidelity.ssim(picture, truth, where)


def alike(pictures: Sequence[Image], masks: Sequence[Mask]) -> NDArray[np.bool_]:
    """Which views of a product look the same, bool [n, n]: their mean difference over the product is at most 4 of 255.

    What is round looks the same from all sides: which one is seen cannot be said.
    """
    import numpy as np

    from prodgen_sdk import images

    flat = np.stack([images.flatten(picture) for picture in pictures]).astype(np.float32)
    found = np.eye(len(flat), dtype=bool)
    for a, b in combinations(range(len(flat)), 2):
        where = masks[a] | masks[b]
        found[a, b] = found[b, a] = bool(np.abs(flat[a] - flat[b])[where].mean() <= _ALIKE) if where.any() else True
    return found


def agreement(answers: Mapping[str, Sequence[str]]) -> float:
    """Share of pairs of views of one product that get the same answer, mean over the questions; 1 for a single view."""
    shares = []
    for given in answers.values():
        pairs = list(combinations(given, 2))
        shares.append(sum(a == b for a, b in pairs) / len(pairs) if pairs else 1.0)
    return sum(shares) / len(shares)


def view_colour_error(pictures: Sequence[Image]) -> float:
    """Mean CIEDE2000 difference between the mean colours of the product in two views of it; 0 for a single view.

    Low for what agrees, and for what is smeared: read it beside the accuracy of the pattern.
    """
    import numpy as np
    from skimage.color import deltaE_ciede2000, rgb2lab

    from prodgen_sdk import images

    means = []
    for picture in pictures:
        mask = foreground(picture)
        rgb = images.flatten(picture)
        pixels = rgb[mask] if mask is not None and mask.any() else rgb.reshape(-1, 3)
        means.append(rgb2lab(pixels[None] / 255.0)[0].mean(axis=0))
    pairs = list(combinations(np.asarray(means), 2))
    return float(np.mean([deltaE_ciede2000(a, b) for a, b in pairs])) if pairs else 0.0
