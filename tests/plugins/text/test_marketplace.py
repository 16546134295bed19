"""Titles as marketplaces have them: long, with brand, units, emoji, model numbers and several colours."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_text.reading.extract import extract
from prodgen_text.reading.lexicon import lexicon

ROWS = [json.loads(line) for line in Path(__file__).with_name("marketplace.jsonl").read_text("utf-8").splitlines()]


def is_right(name: str, got: str, wanted: list[str]) -> bool:
    """Whether an answer is one of those wanted, none where none is; a kind may be finer, and a colour have a shade."""
    if not wanted:
        return got in ("", "solid")
    return any(
        got == one
        or (name == "category" and got.startswith(f"{one}/"))
        or (name == "colour" and got.endswith(f" {one}"))
        for one in wanted
    )


def test_marketplace_titles():
    """150 titles in three lots of 50, all four answers right; what can be argued about is left out of a row.

    With the rules as they were: .86, .86, .74. The rules were mended for the first lot, and had .88 of each of the others at first
    sight; since then they have been mended for these too.
    """
    right = 0
    for row in ROWS:
        found = extract(row["title"])
        have = {**found.values(), "category": found.category}
        right += all(is_right(name, str(have.get(name) or ""), row[name]) for name in row if name != "title")
    assert right / len(ROWS) >= 0.97


@pytest.mark.parametrize(
    ("title", "name", "value"),
    [
        ("Fleece jacket", "material", "fleece"),
        ("帆布鞋 42码", "material", "canvas"),
        ("Knit cuffed beanie", "material", "knit"),
        ("Mug, 240W heater, ceramic", "material", "ceramic"),
        ("米白底黑字帆布包", "colour", "off-white"),
        ("Smartwatch, colourful AMOLED display, pink", "colour", "pink"),
        ("马克杯带盖带勺 陶瓷咖啡杯", "material", "ceramic"),
        ("Keyboard with red switches", "colour", None),
    ],
)
def test_whose_a_word_is(title, name, value):
    assert extract(title).values().get(name) == value


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Phone case with stand, clear", "electronics/phone-case"),
        ("Defender case for iPhone 15, black", "electronics/phone-case"),
        ("Smartphone bumper, black", "electronics/phone-case"),
        ("Smartphone with case, black", "electronics/phone"),
        ("Tablet sleeve, 11 inch", None),
        ("Smart watch band, 42 mm", None),
        ("智能手表 钛金属 棕色真皮表带", "electronics/watch"),
        ("平板电脑保护套", None),
        ("Sparkling water, lime, 12 fl oz cans", "food/can/drink"),
        ("可乐 500ml*12瓶", "food/bottle/drink"),
        ("可乐 330ml", "food/can/drink"),
        ("Candle large jar, vanilla", "home/candle"),
        ("Storage jar, glass", "home/jar"),
    ],
)
def test_what_it_is(title, kind):
    assert extract(title).category == kind


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted({*lexicon().words, *lexicon().characters})))
def test_a_kind_is_made_of_the_material_that_its_name_begins_with(word):
    terms = {term.kind: term.value for table in (lexicon().words, lexicon().characters) for term in table.get(word, ())}
    if {"category", "material"} <= set(terms):
        assert any(
            word.startswith(name) and any(term.value == terms["material"] for term in found)
            for table in (lexicon().words, lexicon().characters)
            for name, found in table.items()
            if any(term.kind == "material" for term in found)
        )
