"""Words for each view of a product, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prodgen_sdk.types import Locale, Product, View, ViewPrompt
from prodgen_text.reading.extract import ALIASES
from prodgen_text.reading.naming import in_words, named
from prodgen_text.reading.normalise import fold, has_cjk

CLOSE, WIDE = 0.8, 1.4
_SIDES_EN = (
    "front view", "front three-quarter view from the right", "right side view", "rear three-quarter view from the right",
    "back view", "rear three-quarter view from the left", "left side view", "front three-quarter view from the left",
)  # fmt: skip
_SIDES_ZH = (
    "正面视角", "右前方45度视角", "右侧面视角", "右后方45度视角", "背面视角", "左后方45度视角", "左侧面视角", "左前方45度视角",
)  # fmt: skip
_UNPATTERNED = ("solid", "plain", "none", "纯色", "素色")
_PACKAGES = {
    "jar": ("jar", "罐"), "tube": ("tube", "管"), "bottle": ("bottle", "瓶"), "can": ("can", "罐"), "carton": ("carton", "盒"),
    "bag": ("bag", "袋"), "box": ("box", "盒"),
}  # fmt: skip
_PAIRS = (
    "jeans", "trousers", "shorts", "socks", "shoes", "gloves", "glasses", "headphones", "sneakers", "boots", "sunglasses",
)  # fmt: skip
_UNCOUNTABLE = (
    "coffee", "tea", "honey", "jam", "bedding", "cookware", "cutlery", "glassware", "jewellery", "milk", "stationery", "pyjamas",
)  # fmt: skip
_STUDIO = {
    "en": "studio product photo, soft even light, plain white background",
    "zh": "影棚产品摄影，柔和均匀的光线，纯白背景",
}


def view_prompts(product: Product, views: Sequence[View], locale: Locale | None = None) -> list[ViewPrompt]:
    """One prompt per view: what the product is, from where it is seen, how near, and in which light.

    Args:
        locale: language of the prompts; None takes the product's own.

    >>> mug = Product(sku="m", title="Mug", category="home/mug", attributes={"colour": "blue", "material": "ceramic"})
    >>> view_prompts(mug, [View(azimuth=180)])[0].text
    'Back view of a blue ceramic mug, studio product photo, soft even light, plain white background'
    """
    language: Locale = locale or product.locale
    subject = describe_subject(product, language)
    return [ViewPrompt(view=view, text=_prompt(subject, view, language), locale=language) for view in views]


def describe_subject(product: Product, locale: Locale) -> str:
    """Colour, pattern, material and kind in natural order: "red and white striped cotton cushion", "红白条纹纯棉抱枕"."""
    colours = _joined([in_words("colour", name, locale) for name in _colours(product)], locale)
    pattern, material = _first(product, "pattern"), in_words("material", _first(product, "material"), locale)
    pattern = "" if pattern in _UNPATTERNED else in_words("pattern", pattern, locale)
    kind = named(product, locale)
    if pattern and colours and not _value(product, "colour"):  # the pattern's colour, and none of the product
        printed = f"{colours}{pattern}" if locale == "zh" else f"{colours} {pattern}"
        kind = f"带{printed}图案的{kind}" if locale == "zh" else f"{kind} with {_article(printed)} pattern"
        colours = pattern = ""
    said = fold(kind)
    repeated = 2 if locale == "zh" else None  # 牛仔布 says no more than 牛仔裤
    parts = [part for part in (colours, pattern, material) if part and fold(part)[:repeated] not in said]
    package = _PACKAGES.get(product.family) if product.domain in ("food", "beauty") else None
    if package and package[0] not in said and package[1] not in said:
        kind = f"{package[0]} of {kind}" if locale == "en" else f"{package[1]}装{kind}"
    if locale == "zh":
        return "".join([*(part if has_cjk(part) else f"{part}的" for part in parts), kind])
    return " ".join([*parts, kind])


def _value(product: Product, name: str) -> str | tuple[str, ...]:
    value = next((product.attributes[key] for key in ALIASES[name] if key in product.attributes), "")
    return value if isinstance(value, str | tuple) else ""


def _first(product: Product, name: str) -> str:
    value = _value(product, name)
    return value if isinstance(value, str) else next(iter(value), "")


def _colours(product: Product) -> list[str]:
    """At most two colours: those that one attribute lists, or the colour and its accent."""
    listed = _value(product, "colour")
    names = listed[:2] if isinstance(listed, tuple) else (listed, _first(product, "accent"))
    return [name for name in names if name]


def _joined(colours: Sequence[str], locale: Locale) -> str:
    if locale == "en":
        return " and ".join(colours)
    if len(colours) == 2 and all(len(colour) == 2 and colour[0] in "红黑白蓝绿黄紫灰粉橙" for colour in colours):
        return "".join(colour[0] for colour in colours)
    return "与".join(colours)


def _prompt(subject: str, view: View, locale: Locale) -> str:
    framing = _distance(view, locale) + _angle(view, locale)
    if locale == "zh":
        return f"{framing}，{subject}，{_STUDIO['zh']}"
    text = f"{framing} of {_article(subject)}, {_STUDIO['en']}"
    return text[:1].upper() + text[1:]


def _distance(view: View, locale: Locale) -> str:
    if view.distance < CLOSE:
        return "close-up detail, " if locale == "en" else "近景特写，"
    if view.distance > WIDE:
        return "wide shot, " if locale == "en" else "远景，"
    return ""


def _angle(view: View, locale: Locale) -> str:
    """The side that is seen, by the nearest eighth of a turn, and the height of the eye."""
    if view.elevation >= 75:
        return "top-down view" if locale == "en" else "俯视顶部视角"
    if view.elevation <= -75:
        return "bottom view" if locale == "en" else "底部仰视视角"
    side = (_SIDES_EN if locale == "en" else _SIDES_ZH)[round(view.azimuth / 45) % 8]
    height = (
        ("high above", "高角度俯拍") if view.elevation >= 45
        else ("slightly above", "略微俯拍") if view.elevation >= 10
        else ("below", "仰拍") if view.elevation <= -10
        else ("", "")
    )  # fmt: skip
    if not height[0]:
        return side
    if locale == "zh":
        return f"{side}，{height[1]}"
    return f"{side} {'and' if ' from ' in side else 'from'} {height[0]}"


def _article(subject: str) -> str:
    """The words with what English puts before them: "a mug", "an apron", "a pair of jeans", "coffee"."""
    first, last = subject.split(" ", 1)[0].lower(), re.split(r"[\s-]", subject.lower())[-1]
    if last in _PAIRS:
        return f"a pair of {subject}"
    if last in _UNCOUNTABLE:
        return subject
    return f"{'an' if re.match(r'[aeio]|u(?!ni|se)', first) else 'a'} {subject}"
