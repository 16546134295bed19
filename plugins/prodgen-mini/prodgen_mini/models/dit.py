"""A diffusion transformer over the latents of a design, trained as a rectified flow.

Peebles and Xie: Scalable Diffusion Models with Transformers (ICCV 2023), with adaLN-Zero; Liu et al.: Flow Straight and Fast
(ICLR 2023); classifier-free guidance after Ho and Salimans (2022).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

PATCH = 4
"""Latent cells along the edge of a token: 16 tokens hold the artwork, one the vector, one the condition."""


class Block(nn.Module):
    """Attention and a feed-forward layer, both scaled, shifted and gated by the condition."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU("tanh"), nn.Linear(4 * width, width))
        self.own = nn.Parameter(torch.zeros(6 * width))

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        """Tokens [n, t, width], modulation [n, 6 width] that all blocks share; each adds its own offset."""
        shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.own)[:, None].chunk(6, -1)
        q, k, v = (
            self.qkv(_plain(x) * (1 + scale1) + shift1).unflatten(-1, (3, self.heads, -1)).transpose(1, 3).unbind(2)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = x + gate1 * functional.dropout(self.out(mixed), self.dropout, self.training)
        out: Tensor = x + gate2 * self.feed(_plain(x) * (1 + scale2) + shift2)
        return out


class Dit(nn.Module):
    """Predicts the clean design from a noisy one.

    Args:
        channels: of a latent cell; `vector`, `condition`: lengths.
        width, depth, heads: of the transformer.
    """

    def __init__(
        self,
        channels: int,
        vector: int,
        condition: int,
        width: int = 192,
        depth: int = 4,
        heads: int = 6,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.channels, self.vector = channels, vector
        self.enter = nn.Linear(channels * PATCH * PATCH, width)
        self.enter_vector = nn.Linear(vector, width)
        self.places = nn.Parameter(torch.randn(17, width) * 0.02)
        self.condition = nn.Sequential(nn.Linear(condition, width), nn.SiLU(), nn.Linear(width, width))
        self.nothing = nn.Parameter(torch.zeros(width))
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.modulate = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.last = nn.Linear(width, 2 * width)
        self.leave, self.leave_vector = nn.Linear(width, channels * PATCH * PATCH), nn.Linear(width, vector)
        for layer in (self.modulate, self.last, self.leave, self.leave_vector):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self, maps: Tensor, vector: Tensor, time: Tensor, condition: Tensor, kept: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What the clean design is thought to be.

        Args:
            maps: [n, channels, 16, 16] at `time`; `vector` [n, vector] too.
            time: [n], 0 is noise, 1 is clean.
            condition: [n, condition].
            kept: bool [n], where the condition counts.
        """
        n = len(maps)
        tokens = functional.pixel_unshuffle(maps, PATCH).flatten(2).transpose(1, 2)
        # A condition and its own token: what the design shall be is read by attention too.
        said = torch.where(kept[:, None], self.condition(condition), self.nothing)
        x = torch.cat([self.enter(tokens), self.enter_vector(vector)[:, None]], 1) + self.places
        x = torch.cat([x, said[:, None]], 1)
        mood = functional.silu(said + self.time(_waves(time)))
        modulation = self.modulate(mood)
        for block in self.blocks:
            x = block(x, modulation)
        shift, scale = self.last(mood)[:, None].chunk(2, -1)
        x = _plain(x) * (1 + scale) + shift
        side = maps.shape[-1] // PATCH
        clean = functional.pixel_shuffle(self.leave(x[:, :-2]).transpose(1, 2).unflatten(2, (side, side)), PATCH)
        assert clean.shape[0] == n
        return clean, self.leave_vector(x[:, -2])


def _plain(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:])


def _waves(time: Tensor) -> Tensor:
    rates = torch.exp(torch.arange(32, device=time.device) * (-math.log(1000.0) / 31)) * 200
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
