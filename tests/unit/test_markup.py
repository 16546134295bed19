"""What a shop writes cannot become markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.markup import Html, el, join, page, picture


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


def test_a_page_holds_its_pictures_and_asks_for_nothing():
    import re

    import numpy as np

    shown = picture(np.zeros((40, 90, 3), np.uint8), 'a "wide" one', width=30)
    whole = page("<Mugs>", "p { color: red }", shown)
    assert 'width="30" height="13"' in whole
    assert "<title>&lt;Mugs&gt;</title>" in whole
    assert "default-src &#x27;none&#x27;" in whole
    assert not re.findall(r"(?:src|href)=\"(?!data:)", whole)


def test_only_the_pages_own_script_may_run():
    import base64
    import hashlib

    script = "document.title = 'it ran';"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#x27;sha256-{digest}&#x27;" in page("Mugs", "", script=script)
    assert f"<script>{script}</script></body>" in page("Mugs", "", script=script)
    assert "script" not in page("Mugs", "")
