"""Whose a colour is: the product's, its pattern's or a part's."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_text.reading.extract import extract, found_attributes

from prodgen_sdk.types import Product

HERE = Path(__file__).parent
NAMES = ("colour", "accent", "pattern")


def read(title: str, description: str = "") -> dict[str, str]:
    values = extract(title, description).values()
    return {name: values[name] for name in NAMES if name in values}


def share_right(file: str) -> float:
    rows = [json.loads(line) for line in (HERE / file).read_text("utf-8").splitlines()]
    return sum(read(row.pop("title")) == row for row in rows) / len(rows)


def test_held_out_titles():
    """47 titles of all five domains, all three answers right. Written together with those below, before the rules: .787 then.

    No rule was changed for one of these titles; leave it so, and put a title that a rule is made for into the other file.
    """
    assert share_right("whose_colour.jsonl") >= 0.93


def test_titles_that_the_rules_were_made_with():
    assert share_right("whose_colour_development.jsonl") == 1


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Red striped shirt", {"colour": "red", "pattern": "striped"}),
        ("Red stripes shirt", {"colour": "red", "pattern": "striped"}),
        ("Shirt with red stripes", {"accent": "red", "pattern": "striped"}),
        ("Mug with red and white stripes", {"colour": "red", "accent": "white", "pattern": "striped"}),
        ("Blue shirt with white collar and red stripes", {"colour": "blue", "accent": "red", "pattern": "striped"}),
        ("白底红色条纹衬衫", {"colour": "white", "accent": "red", "pattern": "striped"}),
        ("鞋底黑色运动鞋", {"colour": "black"}),
        ("Green cap", {"colour": "green"}),
        ("Soy sauce, green cap", {}),
        ("Chocolate box", {}),
        ("Tea in an orange box", {"colour": "orange"}),
        ("Kettle, Red Dot Award winner", {}),
        ("红点设计奖水壶", {}),
        ("Vase with dried flowers", {}),
    ],
)
def test_nouns_take_a_colour_and_adjectives_leave_it(title, expected):
    assert read(title) == expected


def test_the_second_colour_of_a_description_is_no_second_colour_of_the_title():
    assert read("Blue mug", "There is a red one with white dots too.").get("accent") is None
    assert read("Mug with red dots", "White ceramic.") == {"accent": "red", "colour": "white", "pattern": "dotted"}


def test_a_pattern_of_a_known_colour_is_filled_in_without_a_colour_of_the_product():
    found = found_attributes(Product(sku="m", title="Mug with red dots", category="home/mug"))
    assert found == {"accent": "red", "accent_rgb": "#c3272b", "pattern": "dotted"}


COLOURS = st.sampled_from(["red", "white", "navy", "green", "yellow", "black", "purple"])
CHINESE = st.sampled_from(["红色", "白色", "黑色", "绿色", "黄色", "紫色", "藏青色"])
PATTERNS = st.sampled_from(
    [("stripes", "striped", "条纹"), ("polka dots", "dotted", "波点"), ("dots", "dotted", "圆点")]
)
GOODS = st.sampled_from(
    [("mug", "马克杯"), ("shirt", "衬衫"), ("cushion", "抱枕"), ("phone case", "手机壳"), ("dress", "连衣裙")]
)
NEUTRAL = st.sampled_from(["", "350 ml", "new season", "gift for her", "limited", "2 pcs", "free shipping", "handmade"])


@settings(max_examples=60, deadline=None)
@given(COLOURS, COLOURS, PATTERNS, GOODS, NEUTRAL, NEUTRAL)
def test_neutral_words_and_their_order_change_nothing(own, other, pattern, goods, before, after):
    plain = read(f"{own} {goods[0]} with {other} {pattern[0]}")
    assert plain == {"colour": own, "pattern": pattern[1]} | ({"accent": other} if other != own else {})
    for words in (
        f"{before}, {own} {goods[0]} with {other} {pattern[0]}, {after}",
        f"{own} {goods[0]} with {other} {pattern[0]}, {after}, {before}",
        f"{goods[0]} with {other} {pattern[0]}, {own}, {after}",
        f"{goods[0]}, {other} {pattern[0]} on {own}, {before}",
    ):
        assert read(words) == plain, words


@settings(max_examples=60, deadline=None)
@given(CHINESE, CHINESE, PATTERNS, GOODS, st.sampled_from(["新款", "350毫升", "送礼", "正品", "2024"]))
def test_neutral_words_and_their_order_change_nothing_in_chinese(own, other, pattern, goods, neutral):
    plain = read(f"{own}{goods[1]} {other}{pattern[2]}")
    assert plain.get("colour") == read(own + goods[1])["colour"]
    for words in (
        f"{own}{goods[1]} {other}{pattern[2]} {neutral}",
        f"{neutral} {own}{goods[1]} {other}{pattern[2]}",
        f"带{other}{pattern[2]}的{own}{goods[1]}",
        f"{own}底{other}{pattern[2]}{goods[1]}",
    ):
        assert read(words) == plain, words


@settings(max_examples=40, deadline=None)
@given(COLOURS, COLOURS, GOODS, st.sampled_from(["handle", "lid", "rim", "zip", "laces"]))
def test_a_part_has_its_own_colour(own, other, goods, part):
    assert read(f"{goods[0]} with {other} {part}") == {}
    assert read(f"{own} {goods[0]} with {other} {part}") == {"colour": own}
    assert read(f"{own} {goods[0]}, {other} {part}") == {"colour": own}
