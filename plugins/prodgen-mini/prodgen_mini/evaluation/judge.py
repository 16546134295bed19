"""A judge of artwork: a small classifier, trained apart from the generators, and the features that it sees."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.models.layers import conv

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_mini.designs import Designs

    Floats = NDArray[np.float32]

WIDTH = 64


class Judge(nn.Module):
    """Names the pattern and the drawn design of artwork at half size."""

    def __init__(self, patterns: int, styles: int) -> None:
        super().__init__()
        widths = (4, 24, 32, 48, WIDTH)
        self.layers = nn.ModuleList(conv(a, b, stride=2) for a, b in itertools.pairwise(widths))
        self.patterns, self.styles = nn.Linear(2 * WIDTH, patterns), nn.Linear(2 * WIDTH, styles)

    def features(self, art: Tensor) -> Tensor:
        """Artwork [n, 4, 128, 128] to [n, 128]: means and maxima of the last layer."""
        x = functional.avg_pool2d(art, 2)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.1)
        return torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)

    def forward(self, art: Tensor) -> tuple[Tensor, Tensor]:
        seen = functional.dropout(self.features(art), 0.2, self.training)
        return self.patterns(seen), self.styles(seen)


def train_judge(designs: Designs, *, steps: int = 500, seed: int = 0) -> tuple[Judge, list[str], list[str]]:
    """Trains a judge on designs with artwork.

    Returns:
        The judge, and the names of what it tells apart: patterns (with the layout where that is a label or a screen), and styles.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    kinds, styles = designs.kinds, designs.column("style")
    names, styles_known = sorted(set(kinds.tolist())), sorted(set(styles.tolist()))
    first = torch.tensor([names.index(kind) for kind in kinds.tolist()])
    second = torch.tensor([styles_known.index(style) for style in styles.tolist()])
    judge = Judge(len(names), len(styles_known))
    optimiser = torch.optim.AdamW(judge.parameters(), 3e-3, weight_decay=0.02)
    for step in range(steps):
        rows = rng.integers(0, len(designs), 48)
        art = torch.from_numpy(designs.take(rows).art())
        art = torch.cat([art[:, torch.randperm(3)], art[:, 3:]], 1)
        said, drawn = judge(art)
        loss = functional.cross_entropy(said, first[rows]) + functional.cross_entropy(drawn, second[rows])
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * (1 - step / steps)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return judge.eval(), names, styles_known


@torch.no_grad()
def look(judge: Judge, art: Tensor) -> tuple[Floats, NDArray[np.int64]]:
    """Features float32 [n, 128] and the place of the pattern that the judge names, of artwork [n, 4, 128, 128]."""
    features, named = [], []
    for part in torch.split(art, 128):
        seen = judge.features(part)
        features.append(seen)
        named.append(judge.patterns(seen).argmax(1))
    return torch.cat(features).numpy(), torch.cat(named).numpy()
