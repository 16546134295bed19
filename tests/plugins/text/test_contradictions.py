import json
from pathlib import Path

import pytest
from prodgen_text.reading.contradictions import contradictions
from prodgen_text.reading.extract import fill

from prodgen_sdk import Product
from prodgen_sdk.types import Text


def product(title, category="home/mug", **attributes):
    return Product(sku="a", title=title, category=category, attributes=attributes)


@pytest.mark.parametrize(
    ("title", "category", "attributes", "said", "stated"),
    [
        ("Red mug", "home/mug", {"colour": "blue"}, "red", "blue"),
        ("红色马克杯", "home/mug", {"颜色": "蓝色"}, "red", "蓝色"),
        ("Red wool scarf", "apparel/scarf", {"Color": "#2040c0"}, "red", "#2040c0"),
        ("Black cap", "apparel/cap", {"colors": ("white", "pink")}, "black", "white, pink"),
        ("Steel mug", "home/mug", {"material": "glass"}, "steel", "glass"),
        ("胡桃木餐桌", "home/table", {"材质": "大理石"}, "walnut", "大理石"),
        ("Floral mug", "home/mug", {"pattern": "stripes"}, "floral", "stripes"),
        ("Striped mug", "home/mug", {"pattern": "solid"}, "striped", "solid"),
    ],
)
def test_what_is_stated_against_the_title_is_named(title, category, attributes, said, stated):
    assert contradictions(product(title, category, **attributes)) == (
        f"The title says {said}, the attributes say {stated}: the attributes count.",
    )


@pytest.mark.parametrize(
    ("title", "category", "attributes"),
    [
        ("Deep blue mug", "home/mug", {"colour": "blue"}),
        ("深红色陶瓷马克杯", "home/mug", {"colour": "红色", "material": "陶瓷"}),
        ("Black and red cap", "apparel/cap", {"color": "red"}),
        ("Black cap", "apparel/cap", {"colors": ("white", "black")}),
        ("Navy dress", "apparel/dress", {"colour": "dark blue / white"}),
        ("Oak table", "home/table", {"material": "wood"}),
        ("Denim jacket", "apparel/jacket", {"material": "100% cotton"}),
        ("Ribbed striped sweater", "apparel/sweater", {"pattern": "ribbed"}),
        ("Strawberry red jam", "food/jam", {"colour": "green lid"}),
        ("Watch with red strap", "electronics/watch", {"colour": "silver"}),
        ("Red mug", "home/mug", {"colour": "signature no. 7"}),
        ("Red mug", "home/mug", {"colour": 3, "material": True}),
        ("帆布托特包 印花字母", "apparel/bag", {}),
    ],
)
def test_shades_kinds_and_unknown_words_are_no_contradiction(title, category, attributes):
    assert contradictions(product(title, category, **attributes)) == ()


def test_translations_are_titles_too():
    goods = product("Cup no. 5", colour="blue").model_copy(update={"translations": {"zh": Text(title="红色杯子")}})
    assert contradictions(goods) == ("The title says red, the attributes say blue: the attributes count.",)


def test_what_a_title_itself_says_never_contradicts_it():
    texts = (Path(__file__).with_name(f"{name}.jsonl").read_text("utf-8") for name in ("marketplace", "held_out"))
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    for number, row in enumerate(rows):
        goods = fill(Product(sku=f"p{number}", title=row["title"], category="other/thing"))
        assert contradictions(goods) == (), goods.title
