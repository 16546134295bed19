"""The network of the sequence model: embeddings of products through causal self-attention, torch throughout."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]


class Block(nn.Module):
    """Attention over what came before, then a feed-forward layer; each normalised at its entry and added to the stream.

    How far apart two places are enters as a learned bias of each head (Shaw et al., Self-attention with relative position
    representations, NAACL 2018, reduced to a scalar), so the same history means the same wherever it is padded.
    """

    def __init__(self, dimension: int, heads: int, reach: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.before_attention, self.before_forward = nn.LayerNorm(dimension), nn.LayerNorm(dimension)
        self.queries_keys_values = nn.Linear(dimension, 3 * dimension)
        self.mix = nn.Linear(dimension, dimension)
        self.widen, self.narrow = nn.Linear(dimension, 4 * dimension), nn.Linear(4 * dimension, dimension)
        self.distance = nn.Parameter(torch.zeros(heads, reach))

    def forward(self, stream: Tensor, apart: Tensor) -> Tensor:
        """From float [batch, length, dimension] to the same; `apart` is int64 [length, length], below 0 for what comes later."""
        batch, length, dimension = stream.shape
        parts = self.queries_keys_values(self.before_attention(stream)).view(batch, length, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        bias = self.distance[:, apart.clamp(min=0)].masked_fill(apart < 0, -torch.inf)
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=bias[None], dropout_p=self.dropout if self.training else 0.0
        )
        attended = self.mix(attended.transpose(1, 2).reshape(batch, length, dimension))
        stream = stream + self._drop(attended)
        widened = functional.gelu(self.widen(self.before_forward(stream)))
        return stream + self._drop(self.narrow(self._drop(widened)))

    def _drop(self, values: Tensor) -> Tensor:
        return functional.dropout(values, self.dropout, self.training)


class Network(nn.Module):
    """Says at each place of a sequence which product comes next, as a vector to compare with those of the products.

    Both have length 1, so that a logit is `sharpness` times their cosine: what is popular cannot win by a long vector, which
    on sparse data is worth more than the layers are (Hou et al., CORE, SIGIR 2022). Sequences start at the left and are
    padded at the right, where nothing looks at the padding.
    """

    def __init__(
        self, n_items: int, dimension: int, layers: int, heads: int, reach: int, dropout: float, sharpness: float
    ) -> None:
        super().__init__()
        self.reach, self.dropout, self.sharpness = reach, dropout, sharpness
        self.items = nn.Embedding(n_items, dimension)
        self.blocks = nn.ModuleList(Block(dimension, heads, reach, dropout) for _ in range(layers))
        self.last = nn.LayerNorm(dimension)
        nn.init.normal_(self.items.weight)
        for module in self.blocks.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.08)
                nn.init.zeros_(module.bias)

    @property
    def device(self) -> torch.device:
        return self.items.weight.device

    def start_from(self, vectors: Tensor) -> None:
        """Float [n_items, dimension]: where the embeddings of the products begin."""
        with torch.no_grad():
            self.items.weight.copy_(vectors)

    def products(self, codes: Tensor | None = None) -> Tensor:
        """Vectors of length 1, float [*codes.shape, dimension]; of all products without `codes`."""
        return functional.normalize(self.items.weight if codes is None else self.items(codes), dim=-1)

    def forward(self, codes: Tensor) -> Tensor:
        """From int64 [batch, length], length at most `reach`, to float [batch, length, dimension], of length `sharpness`."""
        return self.following(self.products(codes))

    def following(self, vectors: Tensor) -> Tensor:
        """The same from the vectors of the products, float [batch, length, dimension]."""
        places = torch.arange(vectors.shape[1], device=vectors.device)
        apart = places[:, None] - places[None]
        stream = vectors * self.items.embedding_dim**0.5
        stream = functional.dropout(stream, self.dropout, self.training)
        for block in self.blocks:
            stream = block(stream, apart)
        return functional.normalize(self.last(stream), dim=-1) * self.sharpness

    def after(self, sequences: list[Codes]) -> Tensor:
        """What comes next after each of the sequences, none empty, float [n, dimension]; only the last of a long one are read."""
        codes, lengths = padded([each[-self.reach :] for each in sequences])
        told = self(torch.from_numpy(codes).to(self.device))
        rows = torch.arange(len(codes), device=self.device)
        return cast("Tensor", told[rows, torch.from_numpy(lengths - 1).to(self.device)])


def batches(sequences: list[Codes], size: int, rng: np.random.Generator | None = None) -> Iterator[NDArray[np.int64]]:
    """Rows of like length, shortest first, at most `size` at a time; empty sequences are left out.

    Args:
        rng: changes which sequences of equal length come together.
    """
    lengths = np.asarray([len(each) for each in sequences], np.int64)
    ties = np.arange(len(lengths)) if rng is None else rng.random(len(lengths))
    order = np.lexsort((ties, lengths))
    order = order[lengths[order] > 0]
    for start in range(0, len(order), size):
        yield order[start : start + size]


def padded(sequences: list[Codes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes, int64 [n, longest], 0 at the right where a sequence has ended; and the lengths, int64 [n]."""
    lengths = np.asarray([len(each) for each in sequences], np.int64)
    codes = np.zeros((len(sequences), int(lengths.max())), np.int64)
    codes[np.arange(codes.shape[1])[None] < lengths[:, None]] = np.concatenate(sequences)
    return codes, lengths


def sampled_softmax(told: Tensor, wanted: Tensor, products: Tensor, drawn: Tensor, n_items: int) -> Tensor:
    """Mean cross-entropy of the product that came, against products drawn uniformly from all.

    The drawn stand for all others, so their logits are raised by log((n_items - 1) / drawn) (Jean et al., On using very
    large target vocabulary, ACL 2015; in SASRec: Klenitskiy and Vasilev, Turning dross into gold loss, RecSys 2023). One
    draw serves the whole batch; where it hits the product that came, it does not count. With all products drawn, nothing is
    raised and this is the full softmax.

    Args:
        told: float [n, dimension], what the network says at each place.
        wanted: int64 [n], what came next there, as a row of `products`.
        products: float [some, dimension], vectors of products.
        drawn: int64 [negatives], rows of `products`.
    """
    right = (told * products.index_select(0, wanted)).sum(dim=1, keepdim=True)
    stand_for = (n_items - 1) / min(len(drawn), n_items - 1)
    others = told @ products.index_select(0, drawn).T + math.log(stand_for)
    others = others.masked_fill(drawn[None] == wanted[:, None], -torch.inf)
    return functional.cross_entropy(torch.cat((right, others), dim=1), torch.zeros_like(wanted))
