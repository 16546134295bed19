"""Usual shapes of a product's kind, laid onto the outline in its photo."""

from __future__ import annotations

import numpy as np
import pytest
from prodgen_render.config import Config
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import Built, model_from_photos
from prodgen_render.photo.frame import contract_frame
from prodgen_render.photo.measures import overlap
from prodgen_render.photo.moulds import mould_of
from prodgen_render.photo.warp import warp
from prodgen_render.rendering.views import render

from prodgen_sdk.types import Generated, Image, Product, View

SIZE = 128


def product(title: str, category: str, **attributes: str) -> Product:
    return Product(sku="p", title=title, category=category, attributes=attributes)


def seen(item: Product, seed: int = 77, size: int = 320) -> Image:
    return render(build_model(item, seed), [View()], size=size)[0].image


def pictures(built: Built, *views: View) -> list[Generated]:
    return render(built.model, views, size=SIZE)


def test_a_shirt_from_the_side_is_that_of_its_kind() -> None:
    item = product("Red T-shirt", "apparel/t-shirt")
    views = [View(azimuth=azimuth) for azimuth in (0, 60, 90)]
    truth = render(build_model(item, 77), views, size=SIZE)
    built = model_from_photos(seen(item), item)
    inflated = model_from_photos(seen(item), product("Red T-shirt", "apparel/t-shirt", photo_shape="sheet"))
    assert built.model.facts["depth_from"] == "kind"
    assert built.shape == "sheet"
    by_kind, by_outline = (
        [overlap(made.mask, true.mask) for made, true in zip(pictures(one, *views), truth, strict=True)]
        for one in (built, inflated)
    )
    assert by_kind[0] > 0.97
    assert by_kind[1] > max(0.95, by_outline[1])
    assert by_kind[2] > by_outline[2] + 0.01


def test_one_sees_the_inside_of_the_back_through_a_neck() -> None:
    item = product("White T-shirt", "apparel/t-shirt")
    built = model_from_photos(seen(item), item)
    [above] = pictures(built, View(elevation=50))
    rows = np.flatnonzero(above.mask.any(1))
    middle = above.image[rows[0] : rows[0] + len(rows) // 3, SIZE // 2 - 3 : SIZE // 2 + 3].mean((1, 2))
    chest = above.image[rows[0] + len(rows) // 2, SIZE // 2 - 3 : SIZE // 2 + 3].mean()
    assert middle.min() < chest - 25, "the hole of the neck is darker than cloth in the light"


def test_a_back_photo_is_on_the_back() -> None:
    item = product("Red T-shirt", "apparel/t-shirt")
    green = render(build_model(product("Green T-shirt", "apparel/t-shirt"), 77), [View(azimuth=180)], size=320)[0]
    built = model_from_photos(seen(item), item, green.image)
    front, back = pictures(built, View(), View(azimuth=180))
    colours = [one.image[one.mask].astype(float).mean(0) for one in (front, back)]
    assert built.model.facts["depth_from"] == "kind"
    assert colours[0][0] > colours[0][1] + 60
    assert colours[1][1] > colours[1][0] + 20


def test_no_face_is_on_the_back_of_a_bear() -> None:
    item = product("Brown teddy bear", "home/toy")
    built = model_from_photos(seen(item), item)
    front, back = pictures(built, View(), View(azimuth=180))
    assert built.model.facts["depth_from"] == "kind"
    rows = np.flatnonzero(front.mask.any(1))
    face = np.s_[rows[0] + len(rows) // 10 : rows[0] + len(rows) // 3, SIZE // 2 - 8 : SIZE // 2 + 8]
    spread = [float(one.image[face].mean(2).std()) for one in (front, back)]
    assert spread[1] < 0.4 * spread[0], "snout and eyes are those of the front"


def test_shoes_that_point_the_other_way_are_mirrored() -> None:
    item = product("White sneakers", "apparel/sneakers")
    photo = np.ascontiguousarray(seen(item)[:, ::-1])
    built = model_from_photos(photo, item)
    [made] = pictures(built, View())
    truth = render(build_model(item, 77), [View()], size=SIZE)[0].mask[:, ::-1]
    assert built.model.facts["depth_from"] == "kind"
    assert overlap(made.mask, truth) > 0.95


@pytest.mark.parametrize(
    ("title", "category", "attributes"),
    [
        ("?", "other/thing", {}),
        ("Red T-shirt", "apparel/t-shirt", {"photo_shape": "sheet"}),
        ("Office chair", "home/office-chair", {}),
    ],
    ids=["nothing named", "shape asked for", "another kind"],
)
def test_what_is_not_like_its_kind_keeps_its_outline(title: str, category: str, attributes: dict[str, str]) -> None:
    shirt = product("Red T-shirt", "apparel/t-shirt")
    built = model_from_photos(seen(shirt), product(title, category, **attributes), config=Config())
    assert built.model.facts["depth_from"] != "kind"


def test_a_pile_of_shirts_is_as_deep_as_it_is_and_not_one_shirt() -> None:
    rows, columns = np.mgrid[0:400, 0:400]
    photo = np.full((400, 400, 3), 255, np.uint8)
    for layer, colour in enumerate(((150, 30, 40), (90, 140, 190), (40, 70, 50))):
        within = (rows > 160 + 40 * layer) & (rows < 198 + 40 * layer) & (np.abs(columns - 200) < 110 + 6 * layer)
        photo[within] = colour
    one, pile = (model_from_photos(photo, product(f"{words}s", "other/thing")) for words in ("Shirt", "Folded shirt"))
    assert pile.shape == "relief"
    assert pile.model.facts["depth_from"] != "kind"
    depths = [float(np.ptp([built.model.bounds[k][1] for k in (0, 1)])) for built in (one, pile)]
    widths = [float(np.ptp([built.model.bounds[k][0] for k in (0, 1)])) for built in (one, pile)]
    assert depths[1] / widths[1] > 1.5 * depths[0] / widths[0]


def test_stated_depth_holds() -> None:
    item = product("Brown teddy bear", "home/toy")
    photo = seen(item)
    mask = photo.min(2) < 200
    frame = contract_frame(*mask.shape)
    assert frame is not None
    deep, flat = (mould_of(item, mask, frame, framed=True, turned=False, ratio=ratio) for ratio in (1.0, 0.5))
    assert deep is not None
    assert flat is not None
    depths = [np.ptp(np.concatenate([part.vertices for part in one.parts])[:, 1]) for one in (deep, flat)]
    assert depths[1] == pytest.approx(depths[0] / 2, rel=0.05)


def test_a_warp_lays_one_outline_on_another() -> None:
    y, x = np.mgrid[0:160, 0:160]
    source = (abs(x - 80) < 40) & (abs(y - 80) < 50)
    target = np.hypot((x - 84) / 50, (y - 78) / 60) < 1
    moved = warp(source, target)
    at = np.stack(np.nonzero(source)[::-1], -1)
    landed = np.zeros_like(target)
    to = np.round(at + moved[source]).astype(int)
    landed[to[:, 1], to[:, 0]] = True
    assert (landed & ~target).sum() < 0.02 * target.sum()
    edge = np.hypot((x - 84) / 50, (y - 78) / 60)
    assert edge[landed].max() > 0.93
    assert np.isfinite(moved).all()
