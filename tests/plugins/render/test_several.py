"""Sets and packs: as many as the title says."""

import pytest
from prodgen_render.families.several import several
from prodgen_render.parametric import ParametricGenerator, build_model
from prodgen_render.words.pieces import in_colours, pieces_of

from prodgen_sdk.context import Context
from prodgen_sdk.types import GenerationRequest, Product, View


def product(title: str, category: str = "home/other") -> Product:
    return Product(sku="p", title=title, category=category)


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Dinner plates, set of 4", 4),
        ("Smart bulb E27 3-Pack", 3),
        ("Pair of bedside lamps", 2),
        ("Baked beans 415g (Pack of 6)", 6),
        ("Tuna chunks 4 x 145g", 4),
        ("Ground coffee 250 g x 4", 4),
        ("豆豉辣椒酱 280g*2瓶", 2),
        ("餐盘 8英寸 4只装", 4),
        ("玻璃杯 六只装", 6),
        ("双层玻璃杯 350ml 两只", 2),
        ("Type-C快充线 3条装", 3),
        ("矿泉水 550ml*24瓶", 1),
        ("Photo frame 4 x 6 inch", 1),
        ("Rug 2 x 3 m", 1),
        ("地毯 2*3米", 1),
        ("Controller with 2-pack of grips", 1),
        ("6-slice toaster", 1),
    ],
)
def test_a_title_counts(title: str, count: int) -> None:
    assert pieces_of(product(title)) == count


def test_of_garments_one_is_shown() -> None:
    assert pieces_of(product("T-shirts, 3-pack", "apparel/t-shirt")) == 1


@pytest.mark.parametrize("title", ["Ceramic mug", "Photo frame", "Dining chair"])
@pytest.mark.parametrize("count", range(2, 7))
def test_pieces_stand_apart_on_one_floor(title: str, count: int) -> None:
    one = build_model(product(title))
    together = several(one, count)
    each = len(one.parts)
    boxes = []
    for k in range(count):
        parts = together.parts[k * each : (k + 1) * each]
        low, high = type(one)(parts).bounds
        boxes.append((low, high))
        assert low[2] == pytest.approx(one.bounds[0][2])
    for k, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:k]:
            assert ((high <= other_low) | (other_high <= low))[:2].any()
    assert together.facts == {**one.facts, "pieces": count}


def test_a_pile_stays_one_pile() -> None:
    towels = build_model(product("Bath towels", "home/towel"))
    assert several(towels, 4) is towels


@pytest.mark.parametrize(
    ("title", "colours"),
    [
        ("Mugs red/blue/green, set of 3", 3),
        ("Mugs, assorted colours, set of 4", 4),
        ("White mugs, set of 3", 1),
        ("Black and gold mugs, set of 2", 1),
        ("Red, blue and green mug", 1),
    ],
)
def test_pieces_of_a_set_have_the_colours_that_words_give_them(title: str, colours: int) -> None:
    item = product(title, "home/mug")
    named = Product(**{**item.model_dump(), "attributes": {"colour": ("red", "blue"), "colour_rgb": "#c3272b"}})
    for each in (item, named):
        models = [build_model(piece, 1) for piece in in_colours(each, pieces_of(each))]
        assert len({model.facts["rgb"] for model in models}) == len(models) == colours
    together = several(models[0], 6, models[1:])
    assert len({part.material.colour for part in together.parts}) >= colours


def test_the_generator_draws_them() -> None:
    ctx = Context()
    asked = [
        GenerationRequest(product=product(title, "home/mug"), views=[View()], size=48)
        for title in ("Mug", "Mugs, set of 2")
    ]
    one, two = (pictures[0] for pictures in ParametricGenerator().generate(asked, ctx))
    assert two.facts["pieces"] == 2
    assert "pieces" not in one.facts
