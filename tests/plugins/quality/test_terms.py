import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_quality.config import QualityConfig
from prodgen_quality.safety.checkers import TermsChecker, screen_text
from prodgen_quality.safety.terms import lists

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import ScreenItem

BLOCKED = [
    "p0rn", "p o r n video", "P-O-R-N", "pоrn with a Cyrillic o", "ｐｏｒｎ", "p\u200bo\u00adrn", "p*rn", "poooorn", "pörn", "xxx video", "c0caine",
    "h3roin", "AK-47", "ak 47 poster", "AR-15", "sexy schoolgirl costume", "naked child", "cures cancer", "Nazi flag", "色 情 照片", "色*情", "色\u200b情",
    "毒品", "高仿包", "1:1复刻手表", "包治百病", "援交", "強姦", "A货包包", "仿真枪",
]  # fmt: skip
REVIEWED = [
    "Nude lipstick shade 03",
    "sexy red dress",
    "replica watch",
    "性感连衣裙",
    "pistol",
    "CBD oil",
    "大牌同款",
    "clinically proven cream",
]
INNOCENT = [
    "Cocktail dress", "Grapefruit soap from Essex", "Shiitake mushrooms, dried", "Assassin bug plush", "Unisex T-shirt", "Nude colour baby shoes", "Bath bomb set of 6",
    "Hot glue gun 60W", "Sussex cushion", "Kids' dress with dots", "Class A glass", "Analog wall clock", "The Pickwick Papers by Dickens", "Sizes S M L XL", "a b c alphabet puzzle",
    "Pussy willow wreath", "10 x 10 cm", "Black + white", "Bass guitar T-shirt", "Scunthorpe mug", "AAA batteries", "B5 notebook 4-in-1", "Penistone mug", "Weed killer spray",
    "Chicken breast fillets", "Breast pump", "Magic Bullet blender", "Gunmetal grey lamp", "G R A P E candy", "Torpedo level", "Method hand soap", "Cum laude frame", "Saint-Tropez tan",
    "蓝色情侣装", "白色情人节礼盒", "温柔热情色彩", "高仿真花束", "PVA货架", "天津大麻花", "多功能热风枪", "用做爱心便当盒", "进口交换机", "无毒品质保证", "少女心粉色杯子", "泡澡炸弹礼盒", "子弹头口红", "治愈系小夜灯", "双人弹性感应垃圾桶",
]  # fmt: skip


@pytest.mark.parametrize("text", BLOCKED)
def test_blocked_however_it_is_spelt(text):
    assert screen_text(text).outcome == "block"


@pytest.mark.parametrize("text", REVIEWED)
def test_sent_to_review(text):
    assert screen_text(text).outcome == "review"


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_titles_pass(text):
    assert screen_text(text).reasons == ()


WORDS = sorted(
    word
    for word, match in lists().english.items()
    if match.outcome == "block" and " " not in word and word.isalpha() and len(word) > 3
)
SEPARATORS = st.sampled_from([" ", ".", "-", "_", "*"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WORDS), SEPARATORS, st.sampled_from(["", "buy ", "good: "]))
def test_letters_set_apart_are_joined(word, separator, before):
    assert screen_text(before + separator.join(word)).outcome == "block"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WORDS), st.data())
def test_invisible_full_width_and_upper_case_letters_do_not_hide_a_word(word, data):
    place = data.draw(st.integers(1, len(word) - 1))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in word)
    for spelling in (word[:place] + "\u200d" + word[place:], wide, word.upper(), f"'{word}'!"):
        assert screen_text(f"a {spelling} b").outcome == "block", spelling


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WORDS), st.sampled_from("xqz"))
def test_a_word_inside_another_word_is_none(word, letter):
    assert screen_text(f"{letter}{word}{letter}").outcome == "pass"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_verdict(text):
    assert screen_text(text).outcome in ("pass", "review", "block")


def test_reasons_name_the_kind_and_never_the_word():
    for text in BLOCKED + REVIEWED:
        verdict = screen_text(text)
        assert verdict.reasons
        assert verdict.checker == "safety/terms"
        listed = {*lists().english, *lists().chinese}
        assert not any(text.casefold() in reason for reason in verdict.reasons)
        assert not any(
            word in listed for reason in verdict.reasons for word in reason.split(":")[0].split() if len(word) > 5
        )


def test_slurs_are_listed_as_digests():
    assert len(lists().digests) >= 8
    assert all(len(digest) == 24 for digest in lists().digests)


def test_a_shop_adds_words_and_takes_words_out():
    config = QualityConfig.model_validate(
        {"terms": {"blocked": ["acme widget", "竞品"], "review": ["bargain"], "allowed": ["sexy salad"]}}
    )
    checker = TermsChecker(config, Context())
    texts = ["ACME widgets", "某竞品同款", "a bargain", "Sexy salad bowl", "A mug"]
    outcomes = [verdict.outcome for verdict in checker.check([ScreenItem(text=text) for text in texts], Context())]
    assert outcomes == ["block", "block", "review", "pass", "pass"]
