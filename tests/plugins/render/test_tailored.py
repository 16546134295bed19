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


@pytest.mark.parametrize(
    ("title", "plain", "category"),
    [
        ("V-neck T-shirt", "T-shirt", "apparel/t-shirt"),
        ("V领毛衣", "毛衣", "apparel/sweater"),
        ("V-neck midi dress", "Midi dress", "apparel/dress"),
    ],
)
def test_a_v_neck_is_cut_deeper_in_front(title: str, plain: str, category: str) -> None:
    """The height of the cloth in the middle of the front, below the top."""
    depth = {}
    for words in (title, plain):
        points = corners(built(words, category))
        middle = points[(np.abs(points[:, 0]) < 0.006) & (points[:, 1] < -0.02)]
        depth[words] = points[:, 2].max() - middle[:, 2].max()
    assert depth[title] > depth[plain] + 0.03


def test_a_dress_on_straps_bares_the_shoulders() -> None:
    strapped, plain = built("Spaghetti strap maxi dress", "apparel/dress"), built("Maxi dress", "apparel/dress")
    assert width_at(strapped, 0.96) > 0.1
    seen = [silhouettes(model, [View()], 256)[0] for model in (strapped, plain)]
    rows = [mask[np.flatnonzero(mask.any(1))[0] + 12] for mask in seen]
    assert rows[0].sum() < 0.5 * rows[1].sum()


def test_a_standing_collar_has_no_leaf_on_the_chest() -> None:
    stand, folded = (
        corners(built(f"Linen shirt{words}", "apparel/shirt"))[:, 1].min() for words in (", grandad collar", "")
    )
    assert stand >= folded


def test_a_double_breasted_coat_has_two_rows_of_buttons() -> None:
    def rows(title: str) -> int:
        parts = built(title, "apparel/jacket").parts
        middles = [part.vertices.mean(0) for part in parts if np.ptp(part.vertices, 0).max() < 0.025]
        return len({round(float(x), 2) for x, y, _ in middles if y < 0})

    assert rows("Double breasted wool coat") == 2
    assert rows("Wool coat") == 1


@pytest.mark.parametrize(("title", "bobble"), [("Orange beanie", False), ("Orange bobble beanie", True)])
def test_a_beanie_has_a_bobble_where_words_say_so(title: str, bobble: bool) -> None:
    for seed in range(4):
        assert (len(built(title, "apparel/beanie", seed).parts) == 4) is bobble


def test_a_bucket_hat_against_the_sun_is_of_cloth() -> None:
    assert built("渔夫帽 遮阳帽 黑色", "apparel/hat").facts["material"] == "cotton"


def test_lenses_have_a_colour_of_their_own() -> None:
    model = built("Aviator sunglasses, gold frame, green lenses", "apparel/glasses")
    assert model.facts["colour"] == "gold"
    (lens,) = {part.material.colour for part in model.parts if part.material.name == "lens"}
    assert lens[1] > 1.5 * max(lens[0], lens[2])


@pytest.mark.parametrize(
    ("title", "category"), [("Clear dome umbrella", "apparel/umbrella"), ("透明收纳箱", "home/storage-box")]
)
def test_clear_things_are_looked_through(title: str, category: str) -> None:
    assert built(title, category).parts[0].material.transmission > 0.5


def test_a_headset_has_a_microphone_before_the_mouth() -> None:
    spoken, heard = (built(title, "electronics/headphones") for title in ("Gaming headset", "Headphones"))
    assert corners(spoken)[:, 1].min() < corners(heard)[:, 1].min() - 0.03


@pytest.mark.parametrize(
    ("title", "plain", "category"),
    [
        ("Puff sleeve blouse", "Blouse", "apparel/shirt"),
        ("泡泡袖连衣裙", "短袖连衣裙", "apparel/dress"),
        ("Midi dress with bell sleeves, short sleeved", "Midi dress, short sleeved", "apparel/dress"),
    ],
)
def test_full_sleeves_are_wider_than_straight_ones(title: str, plain: str, category: str) -> None:
    """How deep the sleeves are from front to back, beside the body."""
    full, straight = (corners(built(words, category)) for words in (title, plain))

    def deepest_at_arm(points: Floats) -> float:
        beside = points[(np.abs(points[:, 0]) > 0.2) & (points[:, 2] > 0.7 * points[:, 2].max())]
        return float(np.ptp(beside[:, 1]))

    assert deepest_at_arm(full) > 1.2 * deepest_at_arm(straight)


def test_a_jumpsuit_has_two_legs_and_a_top() -> None:
    long, short, trousers = (
        corners(built(title, "apparel/women")) for title in ("Black jumpsuit", "Black playsuit", "Black trousers")
    )
    assert np.ptp(long[:, 2]) > 1.3 * np.ptp(trousers[:, 2])
    assert np.ptp(short[:, 2]) < 0.7 * np.ptp(long[:, 2])
    for legs in (long, short):
        assert np.abs(legs[legs[:, 2] < 0.05][:, 0]).min() > 0.01


def test_dungarees_have_a_bib_between_bare_sides() -> None:
    cloth = corners(built("Denim dungarees", "apparel/women"))
    above = cloth[cloth[:, 2] > 0.8 * cloth[:, 2].max()]
    trousers = cloth[cloth[:, 2] < 0.6 * cloth[:, 2].max()]
    assert np.abs(above[:, 0]).max() < 0.7 * np.abs(trousers[:, 0]).max()


def test_a_strapless_dress_ends_at_the_bust() -> None:
    tops = [corners(built(title, "apparel/dress"))[:, 2].max() for title in ("Strapless dress", "Dress")]
    assert tops[0] < tops[1] - 0.1
