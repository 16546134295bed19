"""A conditional variational autoencoder of designs (Kingma and Welling 2014; Sohn et al. 2015) with a learnt prior."""

from __future__ import annotations

import math

from torch import Tensor, nn

from prodgen_mini.models.layers import Reader, Writer
from prodgen_mini.models.prior import Prior


class Vae(nn.Module):
    """Latents and vector of a design, given its condition, to a code and back.

    Args:
        channels: of a latent cell; `vector`, `condition`: lengths.
        code: numbers in a code.
    """

    def __init__(
        self, channels: int, vector: int, condition: int, code: int = 96, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.code = code
        self.reader = Reader(channels, 16, vector, condition, 2 * code, width, dropout)
        self.writer = Writer(code, condition, channels, vector, width, dropout)
        self.prior = Prior(code, condition, 2 * width)

    def encode(self, maps: Tensor, vector: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of the code, each [n, code]."""
        mean, spread = self.reader(maps, vector, condition).chunk(2, 1)
        return mean, spread.clamp(-10, 4)

    def decode(self, code: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Latents [n, channels, 16, 16] and vector of a code."""
        _, fine, vector = self.writer(code, condition)
        return fine, vector

    def divergence(self, code: Tensor, mean: Tensor, spread: Tensor, condition: Tensor) -> Tensor:
        """Nats [n] by which the posterior says more than the prior, estimated from one code of each posterior."""
        own = -0.5 * ((code - mean).square() * (-spread).exp() + spread + math.log(2 * math.pi)).sum(1)
        return own - self.prior.likelihood(code, condition)

    def invent(self, noise: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Latents and vector of a new design, from standard normal noise [n, code]."""
        return self.decode(self.prior.draw(noise, condition), condition)
