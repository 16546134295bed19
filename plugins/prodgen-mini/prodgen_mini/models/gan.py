"""A generator of designs in two stages and its critics, with the loss of R3GAN.

Huang, Gokaslan, Kuleshov, Tompkin: The GAN is dead; long live the GAN! A Modern Baseline GAN (NeurIPS 2024): a relativistic
pairing loss with zero-centred gradient penalties on real (R1, Mescheder et al. 2018) and on generated (R2) examples.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.models.layers import Reader, Writer
from prodgen_mini.models.prior import Prior


class Generator(nn.Module):
    """Noise and a condition to a coarse map, a fine map and a vector: the mapping and the decoder of the VAE; see `Writer`."""

    def __init__(
        self, channels: int, vector: int, condition: int, noise: int = 96, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.noise = noise
        self.prior = Prior(noise, condition, 2 * width)
        self.writer = Writer(noise, condition, channels, vector, width, dropout)

    def forward(self, noise: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out: tuple[Tensor, Tensor, Tensor] = self.writer(self.prior.draw(noise, condition), condition)
        return out


class Critic(nn.Module):
    """One critic per stage: of the coarse map, and of the fine map; both see vector and condition. Scores are added.

    Attributes:
        rate_factors: it learns faster than the generator (Heusel et al., NeurIPS 2017), which begins as one that can draw already.
    """

    rate_factors: ClassVar[dict[str, float]] = {"": 5.0}

    def __init__(self, channels: int, vector: int, condition: int, width: int = 64) -> None:
        super().__init__()
        self.coarse = Reader(channels, 4, vector, condition, 1, width)
        self.fine = Reader(channels, 16, vector, condition, 1, width)

    def forward(self, coarse: Tensor, fine: Tensor, vector: Tensor, condition: Tensor) -> Tensor:
        """Scores [n, 2], the coarse map's and the fine map's."""
        return torch.cat([self.coarse(coarse, vector, condition), self.fine(fine, vector, condition)], 1)


def pair_loss(better: Tensor, worse: Tensor) -> Tensor:
    """Mean of softplus(worse - better): what the critic pays for real over generated, and the generator the other way round."""
    return functional.softplus(worse - better).mean()


def penalty(scores: Tensor, inputs: tuple[Tensor, ...]) -> Tensor:
    """Mean squared norm of the gradient of the scores by the inputs, which must require gradients."""
    gradients = torch.autograd.grad(scores.sum(), inputs, create_graph=True)
    return sum((g.flatten(1).square().sum(1).mean() for g in gradients), torch.zeros(()))
