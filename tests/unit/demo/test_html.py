"""What a shop writes cannot become markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.demo.report.html import Html, el, join
from prodgen_sdk.demo.report.parts import attributes, number


@given(st.text())
def test_text_and_attributes_are_escaped(text: str):
    page = el("p", text, title=text)
    inside = page.removeprefix('<p title="').removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count('"') == 1
    assert inside.count(">") == 1


def test_markup_is_kept_and_nothing_is_left_out():
    assert join(el("b", "<"), None, ["a", el("br")], 3) == "<b>&lt;</b>a<br>3"


def test_true_stands_alone_and_false_is_left_out():
    assert el("details", open=True, hidden=False, class_=None) == "<details open></details>"


def test_joined_text_is_plain_text_again_when_it_is_no_markup():
    assert el("p", Html("<i>") + "<script>") == "<p>&lt;i&gt;&lt;script&gt;</p>"


def test_only_a_colour_code_becomes_a_style():
    found = attributes({"colour": "red", "colour_rgb": "red;background:url(x)"})
    assert found == {"colour": "red"}
    assert 'style="background:#ff0000"' in attributes({"colour": "red", "colour_rgb": "#ff0000"})["colour"]


def test_numbers_have_three_digits():
    assert [number(value) for value in (1630.4, 0.46134, 0, 12.34, 0.00001)] == [
        "1,630",
        "0.461",
        "0",
        "12.3",
        "< 0.001",
    ]
