"""Attention across views against naive loops."""

from __future__ import annotations

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_diffusers.mv_adapter.attention import across_views, on_reference


def naive(query, key, value, heads):
    """softmax(q k / sqrt(d)) v for [tokens, width] of one head after the other, by the definition."""
    width = query.shape[1] // heads
    out = torch.zeros_like(query)
    for head in range(heads):
        part = slice(head * width, (head + 1) * width)
        for place in range(len(query)):
            weights = torch.softmax(key[:, part] @ query[place, part] / math.sqrt(width), 0)
            out[place, part] = weights @ value[:, part]
    return out


def tensors(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


@settings(deadline=None, max_examples=15)
@given(
    products=st.integers(1, 2),
    views=st.integers(1, 3),
    rows=st.sampled_from([1, 2, 3]),
    heads=st.sampled_from([1, 2]),
    seed=st.integers(0, 99),
)
def test_a_token_sees_its_row_in_all_views_of_its_product(products, views, rows, heads, seed):
    columns, width = 2, 4 * heads
    query, key, value = (tensors(seed + i, products * views, rows * columns, width) for i in range(3))
    out = across_views(query, key, value, heads=heads, views=views, rows=rows)
    for product in range(products):
        pictures = range(product * views, (product + 1) * views)
        for row in range(rows):
            band = slice(row * columns, (row + 1) * columns)
            keys = torch.cat([key[picture, band] for picture in pictures])
            values = torch.cat([value[picture, band] for picture in pictures])
            for picture in pictures:
                torch.testing.assert_close(out[picture, band], naive(query[picture, band], keys, values, heads))


def test_one_band_is_full_attention():
    query, key, value = (tensors(i, 3, 4, 8) for i in range(3))
    out = across_views(query, key, value, heads=2, views=3, rows=1)
    flat = naive(*(x.reshape(12, 8) for x in (query, key, value)), 2)
    torch.testing.assert_close(out.reshape(12, 8), flat)


def test_all_views_of_a_product_see_its_own_reference():
    query, key, value = tensors(1, 4, 5, 8), tensors(2, 2, 3, 8), tensors(3, 2, 3, 8)
    out = on_reference(query, key, value, heads=2, views=2)
    for picture in range(4):
        torch.testing.assert_close(out[picture], naive(query[picture], key[picture // 2], value[picture // 2], 2))


def test_equal_views_stay_equal():
    one = tensors(5, 1, 9, 8)
    query = one.repeat(3, 1, 1)
    out = across_views(query, query, query, heads=1, views=3, rows=3)
    torch.testing.assert_close(out[0], out[1])
    torch.testing.assert_close(out[0], across_views(one, one, one, heads=1, views=1, rows=3)[0])
