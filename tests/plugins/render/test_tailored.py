"""Garments and hats as their words cut them: what sets them apart from their neighbours."""

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


@pytest.mark.parametrize(
    ("title", "category"),
    [("Bodycon dress", "apparel/dress"), ("Denim pencil skirt", "apparel/skirt"), ("包臀裙", "apparel/skirt")],
)
def test_a_narrow_skirt_is_not_wider_at_its_hem(title: str, category: str) -> None:
    model = built(title, category)
    assert width_at(model, 0.03) <= width_at(model, 0.4)


@pytest.mark.parametrize(
    ("title", "plain"), [("Black turtleneck sweater", "Black sweater"), ("黑色高领毛衣", "黑色毛衣")]
)
def test_a_high_collar_stands_above_the_shoulders(title: str, plain: str) -> None:
    high, low = (corners(built(words, "apparel/sweater"))[:, 2].max() for words in (title, plain))
    assert 0.03 < high - low < 0.09


def test_a_cropped_top_ends_above_its_wrists() -> None:
    """From the front, how far below the middle of the body the lowest sleeve hangs, as a share of the height."""
    gaps = {}
    for title in ("Cropped sweater", "Long sleeve sweater"):
        (mask,) = silhouettes(built(title, "apparel/sweater"), [View()], 128)
        rows = np.flatnonzero(mask.any(1))
        body = np.flatnonzero(mask[:, 60:68].any(1))
        gaps[title] = (rows[-1] - body[-1]) / len(rows)
    assert gaps["Cropped sweater"] > 0.1 > 0.05 > gaps["Long sleeve sweater"]


@pytest.mark.parametrize(("title", "zips"), [("Navy hoodie", 0), ("Navy full zip hoodie", 1), ("拉链卫衣 藏蓝", 1)])
def test_a_hoodie_has_a_zip_where_words_say_so(title: str, zips: int) -> None:
    assert sum(part.material.name == "steel" for part in built(title, "apparel/hoodie").parts) == zips


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
