"""Attention of MV-Adapter: beside each self-attention layer of the UNet, one across views and one on a reference picture.

After Huang et al., "MV-Adapter: Multi-view Consistent Image Generation Made Easy" (arXiv:2412.03632), section 4.2: the new layers
work in parallel to the frozen one on the same normalised input, and their outputs are added to its output.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import torch.nn.functional as F
from diffusers.models.attention_processor import AttnProcessor2_0
from torch import Tensor, nn

Across = Literal["row", "full"]


@dataclass
class MultiView:
    """What the layers of one UNet call share; passed as `cross_attention_kwargs={"multi_view": ...}`.

    Args:
        views: pictures of one product that lie next to each other in the batch.
        across: `row`, a pixel sees its row in all views (cameras of one elevation); `full`, all pixels of all views.
        scale: weight of the attention across views; 0 leaves it out.
        reference: for each layer the recorded input [products, tokens, width] of the reference pass; empty: none.
        reference_scale: weight of the attention on it.
        record: a dict into which each layer puts its input, or None.
    """

    views: int
    across: Across = "row"
    scale: float = 1.0
    reference: dict[str, Tensor] = field(default_factory=dict)
    reference_scale: float = 1.0
    record: dict[str, Tensor] | None = None


def across_views(query: Tensor, key: Tensor, value: Tensor, *, heads: int, views: int, rows: int) -> Tensor:
    """Attention of each token to the tokens of its band of rows in all views of its product.

    Args:
        query, key, value: [products x views, tokens, width], tokens by rows of a picture.
        rows: bands into which a picture falls; its height for attention by rows, 1 for all tokens of all views.

    Returns:
        [products x views, tokens, width].
    """
    pictures, tokens, width = query.shape
    products, columns = pictures // views, tokens // rows

    def banded(x: Tensor) -> Tensor:
        x = x.view(products, views, rows, columns, heads, -1).permute(0, 2, 4, 1, 3, 5)
        return x.reshape(products * rows, heads, views * columns, -1)

    out = F.scaled_dot_product_attention(banded(query), banded(key), banded(value))
    out = out.view(products, rows, heads, views, columns, -1).permute(0, 3, 1, 4, 2, 5)
    return out.reshape(pictures, tokens, width)


def on_reference(query: Tensor, key: Tensor, value: Tensor, *, heads: int, views: int) -> Tensor:
    """Attention of all views of a product to the tokens of its reference picture.

    Args:
        query: [products x views, tokens, width].
        key, value: [products, reference tokens, width].
    """
    pictures, tokens, width = query.shape

    def split(x: Tensor) -> Tensor:
        return x.reshape(pictures // views, -1, heads, width // heads).transpose(1, 2)

    out = F.scaled_dot_product_attention(split(query), split(key), split(value))
    return out.transpose(1, 2).reshape(pictures, tokens, width)


class MultiViewAttnProcessor(nn.Module):
    """A self-attention processor with the decoupled layers; its parameters are named as in the released weights.

    Args:
        name: of the processor in the UNet, the key of its reference.
        width: channels of the layer.
        reference: whether it has the layer for a reference picture.
    """

    def __init__(self, name: str, width: int, reference: bool) -> None:
        super().__init__()
        self.name = name
        self.plain = AttnProcessor2_0()
        for layer in ("mv", "ref") if reference else ("mv",):
            for part in ("q", "k", "v"):
                setattr(self, f"to_{part}_{layer}", nn.Linear(width, width, bias=False))
            setattr(self, f"to_out_{layer}", nn.ModuleList([nn.Linear(width, width), nn.Dropout(0.0)]))

    # Diffusers looks at the parameters of `__call__` to know what a processor understands.
    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        multi_view: MultiView | None = None,
    ) -> Tensor:
        out: Tensor = self.plain(attn, hidden_states, encoder_hidden_states, attention_mask, temb)
        if multi_view is None:
            return out
        if multi_view.record is not None:
            multi_view.record[self.name] = hidden_states
            return out
        heads, views = attn.heads, multi_view.views
        if multi_view.scale:
            rows = math.isqrt(hidden_states.shape[1]) if multi_view.across == "row" else 1
            seen = across_views(*self._project("mv", hidden_states, hidden_states), heads=heads, views=views, rows=rows)
            out = out + self._out("mv", seen) * multi_view.scale
        if multi_view.reference and multi_view.reference_scale:
            reference = multi_view.reference[self.name]
            seen = on_reference(*self._project("ref", hidden_states, reference), heads=heads, views=views)
            out = out + self._out("ref", seen) * multi_view.reference_scale
        return out

    def _project(self, layer: str, of: Tensor, on: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value = (getattr(self, f"to_{part}_{layer}") for part in ("q", "k", "v"))
        return query(of), key(on), value(on)

    def _out(self, layer: str, seen: Tensor) -> Tensor:
        linear, dropout = getattr(self, f"to_out_{layer}")
        out: Tensor = dropout(linear(seen))
        return out


class PlainAttnProcessor(AttnProcessor2_0):  # type: ignore[misc]
    """Diffusers' own attention for the text layers, which are handed `multi_view` too and have no use for it."""

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        multi_view: MultiView | None = None,
    ) -> Tensor:
        out: Tensor = super().__call__(attn, hidden_states, encoder_hidden_states, attention_mask, temb)
        return out
