"""Says of several designs which looks most like a true one of the kind that was asked for.

A classifier of artwork with one class for each kind of true design and one more for all that networks made, as the discriminator of
Salimans et al., Improved Techniques for Training GANs (NeurIPS 2016), has it. Drawing several and keeping the best by such a network is
what Azadi et al. (Discriminator Rejection Sampling, ICLR 2019) do.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.models.layers import conv

_WIDTHS = (4, 24, 32, 48, 64)


class Reranker(nn.Module):
    """Names the kind of artwork at half size: one of `kinds`, or made by a network.

    Args:
        kinds: patterns, `label` and `screen`; see `designs.Designs.kinds`.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self.kinds = tuple(kinds)
        self.layers = nn.ModuleList(conv(a, b, stride=2) for a, b in itertools.pairwise(_WIDTHS))
        self.named = nn.Linear(2 * _WIDTHS[-1], len(self.kinds) + 1)

    def forward(self, art: Tensor) -> Tensor:
        """Logits [n, kinds + 1] of artwork [n, 4, 64, 64], as `units.art_of` has it at half size; the last is that of made ones."""
        x = art
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.1)
        found: Tensor = self.named(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
        return found

    def score(self, art: Tensor, kind: str) -> Tensor:
        """Logarithm of the probability [n] that artwork [n, 4, 128, 128] is of a kind, among all kinds of true artwork.

        What the last class holds is left out: where it counted, kinds were named right less often.
        """
        found: Tensor = self(functional.avg_pool2d(art, 2))[:, :-1].log_softmax(1)[:, self.kinds.index(kind)]
        return found
