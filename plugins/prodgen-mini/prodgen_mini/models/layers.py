"""Building blocks: convolutions that wrap round at the edges, residual blocks, and a reader and a writer of latents.

Artwork may repeat over a surface, so every convolution sees the left edge beside the right one and the top beside the bottom.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv(inputs: int, outputs: int, side: int = 3, stride: int = 1) -> nn.Conv2d:
    """A convolution that wraps round."""
    return nn.Conv2d(inputs, outputs, side, stride, padding=side // 2, padding_mode="circular")


class Residual(nn.Module):
    """x + f(x), where f begins as zero; without normalisation, after R3GAN (Huang et al., NeurIPS 2024)."""

    def __init__(self, width: int, condition: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.first, self.second = conv(width, width), conv(width, width)
        self.modulate = nn.Linear(condition, 2 * width) if condition else None
        self.drop = nn.Dropout2d(dropout)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]
        if self.modulate is not None:
            nn.init.normal_(self.modulate.weight, std=0.02)
            nn.init.zeros_(self.modulate.bias)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """[n, width, h, w] and, where the block takes one, a condition [n, d] that scales and shifts what is in between."""
        inner = functional.leaky_relu(self.first(functional.leaky_relu(x, 0.2)), 0.2)
        if self.modulate is not None and condition is not None:
            scale, shift = self.modulate(condition)[:, :, None, None].chunk(2, 1)
            inner = inner * (1 + scale) + shift
        out: Tensor = x + self.second(self.drop(inner))
        return out


class Mlp(nn.Module):
    """Two layers with GELU."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


class Reader(nn.Module):
    """A map, a vector and a condition to one row of numbers.

    Args:
        channels, side: of the map; a side of 16 is folded into 8 x 8 cells of four times the channels.
        vector, condition: lengths of the others.
        width: channels at 8 x 8 cells.
        outputs: how many numbers it gives.
    """

    def __init__(
        self, channels: int, side: int, vector: int, condition: int, outputs: int, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.side, inner = side, width * 3 // 2
        if side == 16:
            self.enter = conv(4 * channels, width)
            self.fine = Residual(width, dropout=dropout)
            self.down = conv(width, inner, stride=2)
        else:
            self.enter = conv(channels, inner)
        self.coarse = Residual(inner, dropout=dropout)
        self.gather = conv(inner, inner, stride=2)
        self.beside = nn.Linear(vector + condition, 2 * width)
        self.leave = Mlp(4 * inner + 2 * width, 4 * width, outputs)

    def forward(self, maps: Tensor, vector: Tensor, condition: Tensor) -> Tensor:
        """[n, channels, side, side], [n, vector], [n, condition] to [n, outputs]."""
        if self.side == 16:
            x = self.down(self.fine(self.enter(functional.pixel_unshuffle(maps, 2))))
        else:
            x = self.enter(maps)
        x = self.gather(self.coarse(x))
        beside = functional.gelu(self.beside(torch.cat([vector, condition], 1)))
        out: Tensor = self.leave(torch.cat([x.flatten(1), beside], 1))
        return out


class Writer(nn.Module):
    """Noise and a condition to a map of 16 x 16 cells and a vector, coarse to fine.

    Args:
        noise, condition: lengths of what goes in; `channels`, `vector` of what comes out.
        width: channels at 8 x 8 cells.
    """

    def __init__(
        self, noise: int, condition: int, channels: int, vector: int, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        inner = 4 * width
        self.wide = width * 3 // 2
        self.enter = Mlp(noise + condition, inner, inner)
        self.start = nn.Linear(inner, self.wide * 16)
        self.at4 = Residual(self.wide, inner, dropout)
        self.coarse = conv(self.wide, channels)
        self.to8 = conv(self.wide + channels, width)
        self.at8 = nn.ModuleList([Residual(width, inner, dropout), Residual(width, inner)])
        self.fine = conv(width, 4 * channels)
        self.vector = Mlp(inner, inner, vector)

    def forward(self, noise: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[n, noise], [n, condition] to a coarse map [n, channels, 4, 4], the fine one [n, channels, 16, 16], a vector.

        The first stage draws the coarse map, the second reads it and adds what is finer, in the spirit of StackGAN
        (Zhang et al., ICCV 2017).
        """
        inner = functional.gelu(self.enter(torch.cat([noise, condition], 1)))
        x = self.at4(self.start(inner).unflatten(1, (self.wide, 4, 4)), inner)
        coarse = self.coarse(functional.leaky_relu(x, 0.2))
        x = self.to8(functional.interpolate(torch.cat([x, coarse], 1), scale_factor=2.0))
        for block in self.at8:
            x = block(x, inner)
        finer = functional.pixel_shuffle(self.fine(functional.leaky_relu(x, 0.2)), 2)
        return coarse, functional.interpolate(coarse, scale_factor=4.0) + finer, self.vector(inner)
