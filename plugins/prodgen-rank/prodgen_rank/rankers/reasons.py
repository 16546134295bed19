"""Why a product is recommended, in words: only what the data show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodgen_sdk.types import Interest

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "click": "because you clicked on {what}",
        "view": "because you viewed {what}",
        "add_to_cart": "because you put {what} in your cart",
        "purchase": "because you bought {what}",
        "search": "similar to what you searched for: “{what}”",
        "again": "you looked at it before",
        "popular": "popular this week",
        "start": "a first pick, until we know what you like",
        "domain": "from a department that you visit",
        "other": "something unlike what you looked at so far",
    },
    "zh": {
        "click": "因为您点击过「{what}」",
        "view": "因为您浏览过「{what}」",
        "add_to_cart": "因为您把「{what}」加入过购物车",
        "purchase": "因为您购买过「{what}」",
        "search": "与您搜索的「{what}」相似",
        "again": "您看过这件商品",
        "popular": "本周热门",
        "start": "初次推荐，等待了解您的喜好",
        "domain": "来自您浏览过的品类",
        "other": "换个口味：与您看过的商品不同",
    },
}


def sentences(locale: str) -> Mapping[str, str]:
    """The sentences of a locale such as `zh-CN`; English for one that is not known."""
    return SENTENCES.get(locale.split("-")[0].split("_")[0].lower(), SENTENCES["en"])


def because(interest: Interest, words: Mapping[str, str]) -> str:
    """What the user did last with the product of an interest, in the sentences of a locale."""
    return words.get(interest.last_type, words["view"]).format(what=interest.title or interest.sku)


def strongest_in(category: str, interests: Sequence[Interest]) -> Interest | None:
    """The strongest liked interest of a category."""
    return next((i for i in interests if i.weight > 0 and category and i.category == category), None)


def visits(category: str, interests: Sequence[Interest]) -> bool:
    """Whether the user likes anything in the domain of a category."""
    domain = category.split("/")[0]
    return bool(domain) and any(i.weight > 0 and i.category.split("/")[0] == domain for i in interests)
