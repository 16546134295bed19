import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_text.prompts import describe_subject, view_prompts

from prodgen_sdk.types import NAMED_VIEWS, VIEW_SETS, Product, View

CUSHION = Product(
    sku="c", title="Cushion", category="home/cushion",
    attributes={"colour": "red", "accent": "white", "pattern": "striped", "material": "cotton"},
)  # fmt: skip


def test_english():
    texts = [
        prompt.text
        for prompt in view_prompts(CUSHION, [*NAMED_VIEWS.values(), View(azimuth=135, elevation=30, distance=1.8)])
    ]
    light = ", studio product photo, soft even light, plain white background"
    subject = " of a red and white striped cotton cushion"
    assert texts == [
        f"Front view{subject}{light}",
        f"Right side view{subject}{light}",
        f"Back view{subject}{light}",
        f"Left side view{subject}{light}",
        f"Top-down view{subject}{light}",
        f"Close-up detail, front view{subject}{light}",
        f"Wide shot, rear three-quarter view from the right and slightly above{subject}{light}",
    ]


def test_chinese():
    texts = [
        prompt.text
        for prompt in view_prompts(CUSHION, [View(), View(azimuth=315, elevation=60), View(distance=0.5)], "zh")
    ]
    light = "影棚产品摄影，柔和均匀的光线，纯白背景"
    assert texts == [
        f"正面视角，红白条纹纯棉抱枕，{light}",
        f"左前方45度视角，高角度俯拍，红白条纹纯棉抱枕，{light}",
        f"近景特写，正面视角，红白条纹纯棉抱枕，{light}",
    ]


def test_every_view_of_the_pose_set_has_words_of_its_own():
    for locale in ("en", "zh"):
        texts = {prompt.text for prompt in view_prompts(CUSHION, VIEW_SETS["pose96"], locale)}
        assert len(texts) == 96


@pytest.mark.parametrize(
    ("category", "attributes", "english", "chinese"),
    [
        ("home/bottle", {"material": "不锈钢"}, "stainless steel water bottle", "不锈钢保温杯"),
        ("food/jar/jam", {"material": "glass"}, "glass jar of jam", "玻璃罐装果酱"),
        (
            "apparel/t-shirt",
            {"color": ("navy", "white"), "pattern": "striped"},
            "navy and white striped T-shirt",
            "藏青色与白色条纹T恤",
        ),
        ("beauty/lipstick", {"colour": "Acme Sunset"}, "Acme Sunset lipstick", "Acme Sunset的口红"),
        ("home/mug", {"accent": "red", "pattern": "dotted"}, "mug with a red dotted pattern", "带红色波点图案的马克杯"),
        ("other/unheard-of", {}, "unheard of", "Thing"),
    ],
)
def test_subjects(category, attributes, english, chinese):
    product = Product(sku="p", title="Thing", category=category, attributes=attributes)
    assert describe_subject(product, "en") == english
    assert describe_subject(product, "zh") == chinese


@settings(max_examples=80, deadline=None)
@given(st.floats(-720, 720), st.floats(-90, 90), st.floats(0.01, 50), st.sampled_from(["en", "zh"]))
def test_any_view_has_a_prompt(azimuth, elevation, distance, locale):
    (prompt,) = view_prompts(CUSHION, [View(azimuth=azimuth, elevation=elevation, distance=distance)], locale)
    assert prompt.locale == locale
    assert ("close-up" in prompt.text.lower() or "特写" in prompt.text) == (distance < 0.8)
