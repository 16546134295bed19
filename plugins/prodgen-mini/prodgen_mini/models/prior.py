"""A prior of codes, given the condition: a normalising flow of affine couplings.

Dinh, Sohl-Dickstein, Bengio: Density estimation using Real NVP (ICLR 2017); as the prior of a VAE, Chen et al.: Variational Lossy
Autoencoder (ICLR 2017). With a fixed normal prior, codes that no design has are as likely as those of designs, and come out as mush.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from prodgen_mini.models.layers import Trunk


class Prior(nn.Module):
    """Turns codes into normal noise and back; each layer moves and scales one half of the numbers by what the other half is.

    Args:
        code, condition: lengths; `depth` layers, `width` of their networks.
    """

    def __init__(self, code: int, condition: int, width: int = 128, depth: int = 6) -> None:
        super().__init__()
        kept = code // 2
        self.layers = nn.ModuleList(_Coupling(kept, code - kept, condition, width) for _ in range(depth))
        self.first = nn.Linear(condition, 2 * code)
        nn.init.zeros_(self.first.weight)
        nn.init.zeros_(self.first.bias)

    def likelihood(self, code: Tensor, condition: Tensor) -> Tensor:
        """Logarithm of the density [n] of codes [n, code]."""
        shift, scale = self._own(condition)
        x, total = (code - shift) * (-scale).exp(), -scale.sum(1)
        for layer in self.layers:
            x, grown = layer(x, condition)
            x, total = x.flip(1), total + grown
        return total - 0.5 * (x.square() + math.log(2 * math.pi)).sum(1)

    def draw(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Codes [n, code] from standard normal noise of that shape: the inverse."""
        x = noise
        for layer in reversed(self.layers):
            assert isinstance(layer, _Coupling)
            x = layer.inverse(x.flip(1), condition)
        shift, scale = self._own(condition)
        return x * scale.exp() + shift

    def _own(self, condition: Tensor) -> tuple[Tensor, Tensor]:
        shift, scale = self.first(condition).chunk(2, 1)
        return shift, 2 * torch.tanh(scale / 2)


class _Coupling(nn.Module):
    def __init__(self, kept: int, moved: int, condition: int, width: int) -> None:
        super().__init__()
        self.kept = kept
        self.trunk = Trunk(kept + condition, width, 1)
        self.leave = nn.Linear(width, 2 * moved)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        kept, moved = x[:, : self.kept], x[:, self.kept :]
        shift, scale = self._by(kept, condition)
        return torch.cat([kept, (moved - shift) * (-scale).exp()], 1), -scale.sum(1)

    def inverse(self, x: Tensor, condition: Tensor) -> Tensor:
        kept, moved = x[:, : self.kept], x[:, self.kept :]
        shift, scale = self._by(kept, condition)
        return torch.cat([kept, moved * scale.exp() + shift], 1)

    def _by(self, kept: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        shift, scale = self.leave(self.trunk(torch.cat([kept, condition], 1))).chunk(2, 1)
        return shift, 2 * torch.tanh(scale / 2)
