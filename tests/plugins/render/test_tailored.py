"""Blazer, vests and hats: what sets them apart from their neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from prodgen_render.model import Floats, Model3D
from prodgen_render.parametric import build_model
from prodgen_render.rendering.views import silhouettes

from prodgen_sdk.types import Product, View


def built(title: str, category: str, seed: int = 1) -> Model3D:
    return build_model(Product(sku="t", title=title, category=category), seed)


def corners(model: Model3D) -> Floats:
    return np.concatenate([part.vertices for part in model.parts])


def width_at(model: Model3D, share: float) -> int:
    """Pixels across at a share of the way up, from the front."""
    (mask,) = silhouettes(model, [View()], 128)
    rows = np.flatnonzero(mask.any(1))
    return int(mask[rows[-1] - round(share * (len(rows) - 1))].sum())


def test_a_blazer_opens_deeper_than_a_jacket() -> None:
    """How far down cloth is missing in the middle of the front."""

    def depth(model: Model3D) -> float:
        front = model.parts[0].vertices
        middle = front[np.abs(front[:, 0]) < 0.012]
        return float(front[:, 2].max() - middle[middle[:, 1] < 0][:, 2].max())

    assert depth(built("Navy wool blazer", "apparel/blazer")) > 0.22
    assert depth(built("Navy wool jacket", "apparel/jacket")) < 0.10


def test_lapels_wear_the_pattern_of_the_cloth() -> None:
    model = built("Houndstooth blazer", "apparel/blazer")
    printed = [part for part in model.parts if part.material.texture is not None]
    assert len(printed) == 5  # front, back, two lapels, collar


def test_a_double_breasted_blazer_has_six_buttons() -> None:
    buttons = {
        title: sum(part.material.name == "plastic" for part in built(title, "apparel/blazer").parts)
        for title in ("Grey blazer", "Grey double-breasted blazer", "双排扣西装 灰色")
    }
    assert list(buttons.values()) == [2, 6, 6]


@pytest.mark.parametrize("title", ["Suit vest", "Puffer vest", "Knit sweater vest"])
def test_a_vest_has_no_sleeves(title: str) -> None:
    vest, jacket = built(title, "apparel/vest"), built("Wool jacket", "apparel/jacket")
    assert np.ptp(corners(vest)[:, 0]) < 0.75 * np.ptp(corners(jacket)[:, 0])


@pytest.mark.parametrize("title", ["Denim bucket hat", "Straw sun hat", "Brown felt fedora", "草帽", "渔夫帽"])
def test_a_hat_is_widest_at_its_brim(title: str) -> None:
    model = built(title, "apparel/hat")
    assert width_at(model, 0.15) > 1.25 * width_at(model, 0.75)


def test_a_straw_hat_is_wider_than_a_bucket_hat() -> None:
    straw, bucket = built("Straw hat", "apparel/hat"), built("Bucket hat", "apparel/hat")
    assert np.ptp(corners(straw)[:, 0]) > 1.2 * np.ptp(corners(bucket)[:, 0])


def test_headphones_stand_without_a_stand() -> None:
    alone, hung = built("Black headphones", "electronics/audio"), built("Headphone stand", "electronics/audio")
    assert alone.facts["family"] == "headphones"
    assert np.ptp(corners(alone)[:, 2]) < 0.8 * np.ptp(corners(hung)[:, 2])
