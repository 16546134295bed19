"""Assets: what the words fix, what a model keeps of its numbers, and pictures of both."""

import numpy as np
import pytest
from prodgen_render.asset.generator import AssetRenderer, asset_of, model_of, sketch_of
from prodgen_render.asset.made_up import made_up_asset, made_up_goods
from prodgen_render.datasets.made_up import made_up_product
from prodgen_render.families import FAMILIES, family_of
from prodgen_render.families.traits import collect, traits_of
from prodgen_render.parametric import build_model
from prodgen_render.rendering.quality import DRAFT
from prodgen_render.rendering.views import render
from prodgen_render.shapes.detail import detail
from prodgen_render.words.vocabulary import COLOURS

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Finish, Product, View

NAMES = sorted(FAMILIES)


def product_of(family: str, **attributes: str) -> Product:
    known = FAMILIES[family]
    return Product(
        sku=f"t-{family}",
        title=known.words[0],
        category=f"{known.domain}/{family}",
        attributes={"pattern": "plain", **attributes},
    )


def surfaces(model):
    return [
        (m.name, m.colour if m.texture is None else None, m.roughness, m.metallic, m.coat, m.sheen, m.transmission)
        for m in (part.material for part in model.parts)
    ]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_the_asset_of_a_model_gives_the_model(number):
    product = made_up_product(number)
    with detail(0.2):
        model = build_model(product, seed=number)
        again = model_of(product, asset_of(product, seed=number))
    assert len(again.parts) == len(model.parts)
    for ours, theirs in zip(again.parts, model.parts, strict=True):
        assert np.array_equal(ours.vertices, theirs.vertices)
        assert np.array_equal(ours.faces, theirs.faces)
    assert surfaces(again) == surfaces(model)
    assert again.facts == model.facts


@pytest.mark.parametrize("words", [{}, {"colour": "navy and white"}, {"material": "walnut"}, {"material": "steel"}])
@pytest.mark.parametrize("family", ["mug", "speaker", "lamp", "chair", "bottle", "candle"])
def test_whatever_the_words_name(family, words):
    product = product_of(family, **words)
    with detail(0.2):
        model, again = build_model(product, 5), model_of(product, asset_of(product, 5))
    assert all(
        np.array_equal(ours.vertices, theirs.vertices) for ours, theirs in zip(again.parts, model.parts, strict=True)
    )
    assert surfaces(again) == surfaces(model)


@pytest.mark.parametrize("family", ["mug", "lipstick", "cream-jar", "stool", "vase"])
def test_where_there_is_no_artwork_the_pictures_are_the_same(family):
    product = product_of(family, colour="teal")
    views = (View(azimuth=30, elevation=15),)
    (drawn,) = render(build_model(product, 3), views, size=48)
    (again,) = render(model_of(product, asset_of(product, 3)), views, size=48)
    assert np.array_equal(drawn.image, again.image)


@pytest.mark.parametrize("seed", range(4))
def test_a_square_in_a_tile_is_a_square_on_cloth(seed):
    product = product_of("dress", pattern="dots", colour="navy")
    square = np.zeros((128, 128, 4), np.uint8)
    square[32:96, 32:96] = 255
    asset = asset_of(product, seed).model_copy(update={"artwork": square, "layout": "tile"})
    printed = [part for part in model_of(product, asset).parts if part.material.texture is not None]
    assert printed
    for part in printed:
        pixels = part.material.texture.pixels
        seen = pixels[:, :, 0] > 0.5
        begins = [np.flatnonzero(np.diff(seen.any(axis=axis).astype(int)) > 0) for axis in (0, 1)]
        wide, high = (np.diff(places).mean() for places in begins)
        metres = (wide / pixels.shape[1] * part.uv_metres[0], high / pixels.shape[0] * part.uv_metres[1])
        assert metres[0] == pytest.approx(metres[1], rel=0.02)


@pytest.mark.parametrize("family", NAMES)
def test_every_family_has_its_traits(family):
    traits = traits_of(family)
    assert len(set(traits.draws)) == len(traits.draws)
    assert set(traits.layouts) >= {"plain", "logo", "tile", "gradient"}
    assert set(traits.aspect) >= set(traits.layouts.values()) - {"none"}


@pytest.mark.parametrize("family", ["tin", "candle", "phone"])
def test_the_table_of_traits_is_up_to_date(family):
    traits, found = traits_of(family), collect(family)
    assert set(traits.draws) == set(found["draws"])
    assert (traits.usual, list(traits.suited)) == (found["usual"], found["suited"])
    assert dict(traits.layouts) == found["layouts"]


@pytest.mark.parametrize("number", range(0, 84, 5))
def test_a_sketch_is_what_any_seed_has_in_common(number):
    product = made_up_product(number)
    sketch, first = sketch_of(product), made_up_asset(product, 1).asset
    assert (sketch.family, sketch.pattern, sketch.layout) == (first.family, first.pattern, first.layout)
    assert sketch.material == first.material
    assert sketch.colour == first.colour
    assert len(sketch.proportions) == len(first.proportions)
    assert sketch.family == family_of(product)[0].name


def test_a_made_up_product_of_walnut_is_as_brown_as_walnut_unless_its_words_say_otherwise():
    def colours(title: str) -> set[str | None]:
        return {
            made_up_asset(Product(sku="a", title=title, category="electronics/speaker"), n).asset.colour
            for n in range(5)
        }

    assert colours("Walnut speaker") == {None}
    assert len(colours("Plastic speaker")) > 1
    assert None not in colours("Blue walnut speaker")


def test_both_languages_sketch_alike():
    english = Product(sku="a", title="Navy striped wool sweater", category="apparel/sweater")
    chinese = Product(sku="b", title="藏青条纹羊毛毛衣", category="apparel/sweater", locale="zh")
    assert sketch_of(english).model_dump() == sketch_of(chinese).model_dump()


@pytest.mark.parametrize(
    ("title", "colour"),
    [
        ("蓝牙音箱 胡桃木 便携", None),
        ("蓝牙音箱 红色", COLOURS["red"][0]),
        ("蓝牙音箱 蓝色", COLOURS["blue"][0]),
        ("婴儿奶粉 罐装", None),
        ("粉色保温杯", COLOURS["pink"][0]),
        ("黑胡桃木餐桌", None),
        ("黑色胡桃木餐桌", COLOURS["black"][0]),
    ],
)
def test_a_colour_s_character_within_another_word_is_no_colour(title, colour):
    assert sketch_of(Product(sku="a", title=title, category="other/thing", locale="zh")).colour == colour


def test_a_given_colour_wins_where_the_words_name_none():
    product = product_of("mug")
    asset = sketch_of(product)
    assert asset.colour is None
    given = model_of(product, asset.model_copy(update={"colour": "#2f62ad"}))
    assert given.facts["rgb"] == "#2f62ad"
    wood = product_of("speaker", material="walnut")
    painted = model_of(wood, sketch_of(wood).model_copy(update={"colour": "#2f62ad"}))
    assert painted.facts["rgb"] == "#2f62ad"


def test_the_assets_pattern_counts_whatever_the_words_say():
    product = product_of("vase", colour="red", pattern="dots")
    plain = model_of(product, sketch_of(product).model_copy(update={"pattern": "plain", "layout": "none"}))
    assert plain.facts["pattern"] == "plain"
    assert plain.parts[0].material.texture is None


def test_the_finish_is_the_main_materials():
    product = product_of("mug", colour="red", material="ceramic")
    dull = Finish(roughness=0.9, coat=0.0)
    model = model_of(product, sketch_of(product).model_copy(update={"finish": dull}))
    assert {(p.material.roughness, p.material.coat) for p in model.parts if p.material.name == "ceramic"} == {
        (0.9, 0.0)
    }


def test_other_draws_for_other_proportions():
    product = product_of("vase", colour="red")
    sketch = sketch_of(product)
    low, high = (
        model_of(product, sketch.model_copy(update={"proportions": (value,) * len(sketch.proportions)}))
        for value in (0.0, 1.0)
    )
    assert high.bounds[1][2] > low.bounds[1][2]


def test_a_foreign_number_of_proportions_is_refused():
    product = product_of("mug")
    with pytest.raises(InputError, match="30 proportions; the family mug has"):
        model_of(product, sketch_of(product).model_copy(update={"proportions": (0.5,) * 30}))


def test_missing_proportions_count_as_the_middle():
    product = product_of("vase", colour="red")
    sketch = sketch_of(product)
    short = sketch.model_copy(update={"proportions": sketch.proportions[:1]})
    ours, theirs = model_of(product, short), model_of(product, sketch)
    assert np.array_equal(ours.parts[0].vertices, theirs.parts[0].vertices)


def test_a_draft_looks_like_the_picture():
    product = made_up_goods(1)
    asset = made_up_asset(product, 4).asset
    views = (View(azimuth=20, elevation=15),)
    (draft,) = render(model_of(product, asset, share=0.35), views, size=128, quality=DRAFT)
    (final,) = render(model_of(product, asset), views, size=128)
    assert draft.image.shape == final.image.shape == (128, 128, 3)
    both = draft.mask & final.mask
    assert both.sum() / (draft.mask | final.mask).sum() > 0.93
    error = (draft.image.astype(float) - final.image)[both]
    assert 10 * np.log10(255**2 / (error**2).mean()) > 20


@pytest.mark.parametrize(
    ("title", "category", "ground"),
    [
        ("Strawberry jam", "food/jar", "#faf6ec"),
        ("Green pesto", "food/jar", "#faf6ec"),
        ("Night cream", "beauty/cream-jar", "#f4f3ef"),
        ("Dark roast coffee beans", "food/coffee-bag", "#7a502e"),
        ("Red lemon soda", "food/can", "#c3272b"),
        ("Cola", "food/can", None),
        ("T-shirt", "apparel/t-shirt", None),
        ("Cotton striped T-shirt", "apparel/t-shirt", None),
        ("Leather bag with flowers", "apparel/bag", "#7d4f2e"),
        ("Red leather bag with flowers", "apparel/bag", None),
    ],
)
def test_a_sketch_knows_what_its_label_is_printed_on_unless_the_design_decides(title, category, ground):
    (sketch,) = AssetRenderer().sketch([Product(sku="l", title=title, category=category)], Context())
    assert sketch.ground == ground


def test_a_product_that_nothing_gives_a_colour_has_that_of_its_artwork():
    product = Product(sku="c", title="Cola", category="food/can")
    sketch = sketch_of(product)
    with detail(0.2):
        facts = model_of(product, sketch.model_copy(update={"ground": "#1f7f86"})).facts
        assert facts["colour"] == "teal"
        named = sketch.model_copy(update={"ground": "#1f7f86", "colour": "#c3272b"})
        assert model_of(product, named).facts["colour"] == "red"


@pytest.mark.parametrize(
    ("title", "category", "colour"),
    [
        ("Cotton striped T-shirt", "apparel/t-shirt", "teal"),
        ("Dotted phone case", "electronics/phone-case", "teal"),
        ("Striped oak tray", "home/tray", ""),
        ("Red striped mug", "home/mug", "red"),
    ],
)
def test_patterned_goods_have_the_colour_of_their_design_unless_words_or_material_give_one(title, category, colour):
    product = Product(sku="p", title=title, category=category)
    with detail(0.2):
        facts = model_of(product, sketch_of(product).model_copy(update={"ground": "#1f7f86"})).facts
    assert facts["colour"] == colour or (not colour and facts["colour"] != "teal")
