import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_text.reading.extract import extract, fill, rgb_of
from prodgen_text.reading.normalise import load_table

from prodgen_sdk.types import Product

NAMES = ("category", "colour", "accent", "material", "pattern", "size")
HERE = Path(__file__).parent


def found(title: str, description: str = "") -> dict[str, str | None]:
    result = extract(title, description)
    kind = result.get("category")
    values = {name: value for name, value in result.values().items() if not name.endswith("_rgb")}
    return {"category": "/".join(kind.value.split("/")[:2]) if kind and kind.confidence >= 0.5 else None, **values}


def figures(file: str) -> tuple[float, float]:
    """Precision and recall over all attributes of all titles of a file."""
    right = wrong = missed = 0
    for line in (HERE / file).read_text("utf-8").splitlines():
        row = json.loads(line)
        got = found(row["title"])
        for name in NAMES:
            wanted, have = row.get(name), got.get(name)
            right += wanted is not None and wanted == have
            wrong += have is not None and wanted != have
            missed += wanted is not None and wanted != have
    return right / (right + wrong), right / (right + missed)


def test_held_out_titles():
    """71 titles written after the rules, by their author: 0.951 and 0.962 at first sight, 0.962 and 0.962 now.

    No rule was changed for one of these titles; leave it so, and put a title that a rule is made for into development.jsonl.
    """
    precision, recall = figures("held_out.jsonl")
    assert precision >= 0.94
    assert recall >= 0.95


def test_titles_that_the_rules_were_made_with():
    precision, recall = figures("development.jsonl")
    assert precision >= 0.97
    assert recall >= 0.97


@pytest.mark.parametrize(
    ("title", "name", "value"),
    [
        ("Blueberry jam", "colour", None),
        ("Olive wood salad servers", "colour", None),
        ("机械键盘 红轴 白色", "colour", "white"),
        ("Lemon print dress", "colour", None),
        ("Lemon print dress, navy", "colour", "navy"),
        ("Orange print dress", "colour", "orange"),
        ("不锈钢保温杯", "material", "stainless steel"),
        ("ins风渐变色 手机壳", "pattern", "gradient"),
        ("Ombre leggings", "pattern", "gradient"),
        ("Ceramic planter, speckled white", "pattern", "speckled"),
        ("Fleece zip-up hoodie", "material", "fleece"),
        ("Fleece hoodie with metal zip", "material", "fleece"),
        ("Phone case for Samsung S24 white", "colour", "white"),
        ("Cashmere beanie oatmeal", "category", "apparel/hat"),
        ("玻璃花瓶 琥珀色", "colour", "amber"),
        ("咖啡滤杯 陶瓷", "category", "home/teapot"),
        ("波点吊带连衣裙 黑白", "category", "apparel/dress"),
        ("牛皮 腰带 棕色 针扣", "colour", "brown"),
        ("Retinol night cream 50 ml glass jar", "category", "beauty/jar"),
        ("Large glass storage jar", "category", "home/jar"),
        ("Bench in solid oiled oak", "pattern", None),
        ("Solid oiled oak bench with solid brass feet", "pattern", None),
        ("焦橙抱枕", "colour", "burnt orange"),
        ("豆沙抱枕", "colour", "dusty pink"),
        ("豆沙月饼", "colour", None),
        ("姜黄抱枕", "colour", "mustard yellow"),
        ("姜黄粉 100g", "colour", None),
        ("卡其长裤", "colour", "khaki"),
        ("Celadon bowl", "colour", "celadon green"),
        ("青瓷碗", "material", "porcelain"),
        ("Taupe sofa", "colour", "taupe"),
        ("Red-and-white striped cushion", "pattern", "striped"),
        ("Mug, cobalt blue with white dots", "accent", "white"),
        ("Mug, cobalt blue with white dots", "colour", "blue"),
        ("白色波点藏青连衣裙", "colour", "navy"),
        ("白色波点藏青连衣裙", "accent", "white"),
        ("White striped shirt", "colour", "white"),
        ("Red-and-white striped cushion", "accent", "white"),
        ("新疆红枣", "colour", None),
        ("白衬衫", "colour", "white"),
        ("黑白条纹围巾", "accent", "white"),
        ("蓝牙音箱", "colour", None),
        ("Orange juice 1L", "colour", None),
        ("Orange T-shirt", "colour", "orange"),
        ("Rose gold watch", "colour", "rose gold"),
        ("Face cream with green tea", "colour", None),
        ("Leather-free tote bag", "material", None),
        ("Mug, no plastic", "material", None),
        ("无塑料杯子", "material", None),
        ("非真皮手提包", "material", None),
        ("Leather cleaner spray", "material", None),
        ("Faux leather jacket", "material", "faux leather"),
        ("仿皮夹克", "material", "faux leather"),
        ("Honey in a red tin", "colour", "red"),
        ("Stand for black headphones", "colour", None),
        ("White mug with gold rim", "colour", "white"),
        ("Dark blue cotton shirt", "colour", "dark blue"),
        ("浅蓝色衬衫", "colour", "light blue"),
        ("Coffee table, walnut", "category", "home/table"),
        ("Mug rack", "category", "home/shelf"),
        ("Phone case", "category", "electronics/phone-case"),
        ("手机支架", "category", "electronics/phone-stand"),
        ("5G smartphone", "size", None),
        ("White noise machine", "colour", None),
        ("亚麻灯罩陶瓷台灯", "material", "ceramic"),
        ("Peeled plum tomatoes, 400 g tin", "category", None),
        ("Heavy T-shirt, 180 g cotton", "size", None),
        ("Button-down shirt", "material", None),
    ],
)
def test_compounds_negation_and_context(title, name, value):
    assert found(title).get(name) == value


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("Cushion 45x45cm", "45 x 45 cm"), ("Box 30 × 20 × 10 cm", "30 x 20 x 10 cm"), ("Bottle 0.5L", "0.5 l"), ("水杯 350毫升", "350 ml"),
        ("Jam 12 oz", "12 oz"), ("T-shirt XL", "XL"), ("T-shirt, size m", "M"), ("Dress (S)", "S"), ("运动鞋 42码", "42"), ("T恤 均码", "one size"),
        ("Shoes EU 42.5", "EU 42.5"), ("Queen size quilt", "queen"), ("Jeans W32 L34", "W32 L34"), ("6.7-inch phone", "6.7 in"), ("Galaxy S phone", None), ("M&M candy", None),
    ],
)  # fmt: skip
def test_sizes(title, size):
    assert found(title).get("size") == size


def test_spans_point_into_the_text_as_it_was_given():
    title = "½ off ＲＥＤ 馬克杯"
    result = extract(title)
    start, end = result.get("colour").span
    assert title[start:end] == "ＲＥＤ"
    start, end = result.get("category").span
    assert title[start:end] == "馬克杯"


def test_the_title_is_believed_before_the_description():
    result = extract("Blue mug", "Also sold in red. Material: bone china. Holds 350 ml.")
    assert result.values() == {"colour": "blue", "colour_rgb": "#2f62ad", "material": "porcelain", "size": "350 ml"}
    assert result.get("material").confidence > result.get("colour").confidence  # a label is surest
    assert result.get("material").source == "description"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_is_read_without_fuss(title, description):
    for item in extract(title, description).found:
        start, end = item.span
        assert 0 <= start < end <= len({"title": title, "description": description}[item.source])
        assert 0 <= item.confidence <= 1


def test_fill_never_changes_what_is_given():
    product = Product(
        sku="m",
        title="Red ceramic mug 350 ml",
        category="home/mug",
        attributes={"colour": "Navy", "capacity": "0.4 l", "dishwasher": True},
    )
    filled = fill(product)
    assert filled.attributes == {
        "colour": "Navy",
        "capacity": "0.4 l",
        "dishwasher": True,
        "material": "ceramic",
        "colour_rgb": "#1f2f55",
    }
    assert filled.category == "home/mug"
    american = fill(product.model_copy(update={"attributes": {"Color": "teal"}}))
    assert "colour" not in american.attributes
    assert fill(filled) == filled


def test_fill_reads_translations_too():
    product = Product.model_validate(
        {"sku": "m", "title": "Mug", "category": "home/mug", "translations": {"zh": {"title": "蓝色陶瓷马克杯"}}}
    )
    assert fill(product).attributes == {"colour": "blue", "colour_rgb": "#2f62ad", "material": "ceramic"}


def test_rgb_of_words():
    assert rgb_of("Light Blue") == "#8fbfe4"
    assert rgb_of("深紫色") not in (None, rgb_of("紫色"))
    assert rgb_of("no colour at all") is None


def test_only_the_beginning_of_a_long_description_is_read():
    assert extract("Mug", "x " * 1000 + "red").get("colour") is None
    assert extract("Mug", "red " * 2500).values()["colour"] == "red"


def test_a_colour_is_the_same_one_to_who_reads_it_and_to_who_draws_it():
    from prodgen_render.words.vocabulary import COLOURS

    read = load_table("colours")
    assert {name: read[name]["rgb"] for name in COLOURS if name in read} == {
        name: rgb for name, (rgb, _) in COLOURS.items() if name in read
    }
