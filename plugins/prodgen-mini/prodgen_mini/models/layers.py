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


class Trunk(nn.Module):
    """A row of numbers through residual layers, x + f(x), where f begins as zero."""

    def __init__(self, inputs: int, width: int, depth: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.enter = nn.Linear(inputs, width)
        self.layers = nn.ModuleList(Mlp(width, width, width) for _ in range(depth))
        self.drop = nn.Dropout(dropout)
        for layer in self.layers:
            for parameter in layer.get_submodule("layers.2").parameters():
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """[n, inputs] to [n, width]."""
        x = functional.gelu(self.enter(x))
        for layer in self.layers:
            x = x + self.drop(layer(functional.layer_norm(x, x.shape[-1:])))
        return x


class Reader(nn.Module):
    """A map, a vector and a condition to one row of numbers.

    Args:
        channels, side: of the map; a side of 16 is folded into 8 x 8 cells of four times the channels.
        vector, condition: lengths of the others.
        width: channels of the convolutions.
        outputs: how many numbers it gives.
    """

    def __init__(
        self, channels: int, side: int, vector: int, condition: int, outputs: int, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.side = side
        self.enter = conv(4 * channels if side == 16 else channels, width)
        self.blocks = nn.ModuleList([Residual(width, dropout=dropout), Residual(width, dropout=dropout)])
        self.shrink = nn.Conv2d(width, width // 2, 1)
        cells = 64 if side == 16 else side * side
        self.trunk = Trunk(cells * (width // 2) + vector + condition, 6 * width, 2, dropout)
        self.leave = nn.Linear(6 * width, outputs)

    def forward(self, maps: Tensor, vector: Tensor, condition: Tensor) -> Tensor:
        """[n, channels, side, side], [n, vector], [n, condition] to [n, outputs]."""
        x = self.enter(functional.pixel_unshuffle(maps, 2) if self.side == 16 else maps)
        for block in self.blocks:
            x = block(x)
        x = functional.leaky_relu(self.shrink(functional.leaky_relu(x, 0.2)), 0.2)
        out: Tensor = self.leave(self.trunk(torch.cat([x.flatten(1), vector, condition], 1)))
        return out


class Writer(nn.Module):
    """Noise and a condition to a map of 16 x 16 cells and a vector, coarse to fine.

    Args:
        noise, condition: lengths of what goes in; `channels`, `vector` of what comes out.
        width: channels at 16 x 16 cells; a third as many are laid out straight from the numbers, so that what has a place or a period
            has not to be painted cell by cell.
    """

    def __init__(
        self, noise: int, condition: int, channels: int, vector: int, width: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        inner, self.laid = 8 * width, width // 3
        self.channels = channels
        self.trunk = Trunk(noise + condition, inner, 3, dropout)
        self.coarse = nn.Linear(inner, channels * 16)
        self.lay = nn.Linear(inner, self.laid * 256)
        self.enter = conv(self.laid + channels, width)
        self.blocks = nn.ModuleList([Residual(width, inner, dropout), Residual(width, inner)])
        self.fine = conv(width, channels)
        self.vector = nn.Linear(inner, vector)

    def forward(self, noise: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[n, noise], [n, condition] to a coarse map [n, channels, 4, 4], the fine one [n, channels, 16, 16], a vector.

        The first stage draws the coarse map, the second reads it and adds what is finer, in the spirit of StackGAN
        (Zhang et al., ICCV 2017).
        """
        inner = self.trunk(torch.cat([noise, condition], 1))
        coarse = self.coarse(inner).unflatten(1, (self.channels, 4, 4))
        wide = functional.interpolate(coarse, scale_factor=4.0)
        x = self.enter(torch.cat([self.lay(inner).unflatten(1, (self.laid, 16, 16)), wide], 1))
        for block in self.blocks:
            x = block(x, inner)
        return coarse, wide + self.fine(functional.leaky_relu(x, 0.2)), self.vector(inner)
