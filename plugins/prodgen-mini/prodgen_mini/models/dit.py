"""A diffusion transformer over the codes of designs, trained as a rectified flow.

Peebles and Xie: Scalable Diffusion Models with Transformers (ICCV 2023), with adaLN-Zero; Liu et al.: Flow Straight and Fast
(ICLR 2023); classifier-free guidance after Ho and Salimans (2022).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


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
    """Predicts the clean code of a design from a noisy one.

    Args:
        code: numbers in a code; `condition`: numbers in a condition.
        width, depth, heads: of the transformer.
        group: numbers of the code in one token; the condition has a token too.

    Attributes:
        mean, scale: [code], by which codes are standardised.
    """

    def __init__(
        self,
        code: int,
        condition: int,
        width: int = 160,
        depth: int = 4,
        heads: int = 5,
        group: int = 8,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.code, self.group = code, group
        self.enter = nn.Linear(group, width)
        self.places = nn.Parameter(torch.randn(code // group, width) * 0.02)
        self.condition = nn.Sequential(nn.Linear(condition, width), nn.SiLU(), nn.Linear(width, width))
        self.nothing = nn.Parameter(torch.zeros(width))
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.modulate = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.last = nn.Linear(width, 2 * width)
        self.leave = nn.Parameter(torch.zeros(code // group, width, group))
        self.register_buffer("mean", torch.zeros(code))
        self.register_buffer("scale", torch.ones(code))
        self.mean: Tensor
        self.scale: Tensor
        for layer in (self.modulate, self.last):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, code: Tensor, time: Tensor, condition: Tensor, kept: Tensor) -> Tensor:
        """What the clean code is thought to be, [n, code].

        Args:
            code: [n, code], standardised, at `time`.
            time: [n], 0 is noise, 1 is clean.
            condition: [n, condition]; `kept` bool [n], where it counts.
        """
        said = torch.where(kept[:, None], self.condition(condition), self.nothing)
        x = self.enter(code.reshape(len(code), -1, self.group)) + self.places
        x = torch.cat([x, said[:, None]], 1)
        mood = functional.silu(said + self.time(_waves(time)))
        modulation = self.modulate(mood)
        for block in self.blocks:
            x = block(x, modulation)
        shift, scale = self.last(mood)[:, None].chunk(2, -1)
        x = _plain(x[:, :-1]) * (1 + scale) + shift
        return torch.einsum("ntw,twg->ntg", x, self.leave).flatten(1)


def _plain(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:])


def _waves(time: Tensor) -> Tensor:
    rates = torch.exp(torch.arange(32, device=time.device) * (-math.log(1000.0) / 31)) * 200
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
