"""A conditional variational autoencoder of designs (Kingma and Welling 2014; Sohn et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from prodgen_mini.models.layers import Reader, Writer


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

    def encode(self, maps: Tensor, vector: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of the code, each [n, code]."""
        mean, spread = self.reader(maps, vector, condition).chunk(2, 1)
        return mean, spread.clamp(-10, 4)

    def decode(self, code: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Latents [n, channels, 16, 16] and vector of a code."""
        _, fine, vector = self.writer(code, condition)
        return fine, vector


def divergence(mean: Tensor, spread: Tensor, free: float) -> Tensor:
    """KL divergence of each number of a code from the standard normal, averaged over examples, at least `free` nats each, summed.

    Free bits (Kingma et al., NeurIPS 2016, appendix C.8) keep the code from being ignored: below `free` there is nothing to gain.
    """
    each = 0.5 * (mean.square() + spread.exp() - 1 - spread).mean(0)
    return torch.clamp(each, min=free).sum()
