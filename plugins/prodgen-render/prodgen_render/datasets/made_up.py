"""Made-up products, for data sets and demonstrations: each family with materials, colours and patterns that suit it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from prodgen_render.families import LEARNT, Family
from prodgen_sdk.types import Product

_WARES = ("ceramic", "porcelain")
_WOODS = ("wood", "walnut", "bamboo")
_MATERIALS: dict[str, tuple[str, ...]] = {
    "mug": (*_WARES, "steel", "bamboo"), "bowl": (*_WARES, "wood", "copper"), "plate": _WARES, "vase": (*_WARES, "glass", "marble", "copper"),
    "lamp": ("ceramic", "brass", "marble", "walnut"), "chair": ("wood", "walnut", "velvet", "leather", "plastic", "linen"), "stool": (*_WOODS, "velvet"),
    "table": (*_WOODS, "marble"), "sofa": ("linen", "velvet", "leather", "wool"), "cushion": ("linen", "cotton", "velvet", "knit"), "candle": ("glass", "ceramic"),
    "bottle": ("glass", "plastic", "steel"), "box": ("paper", "kraft"), "coffee-bag": ("matte plastic", "kraft"), "tshirt": ("cotton", "linen"),
    "sweater": ("knit", "wool", "cotton"), "trousers": ("denim", "cotton", "linen"), "dress": ("cotton", "silk", "linen", "velvet"), "cap": ("cotton", "denim", "wool"),
    "beanie": ("knit", "wool"), "tote-bag": ("canvas", "cotton", "denim", "leather"), "speaker": ("walnut", "wood", "matte plastic"), "headphone-stand": ("walnut", "bamboo", "aluminium"),
    "cream-jar": ("porcelain", "glass"), "pump-bottle": ("plastic", "glass", "ceramic"),
}  # fmt: skip
_PATTERNED = (
    "mug",
    "bowl",
    "plate",
    "vase",
    "cushion",
    "tshirt",
    "sweater",
    "dress",
    "tote-bag",
    "cap",
    "trousers",
    "beanie",
    "sofa",
    "chair",
    # Of those that are not learnt:
    "shirt",
    "jacket",
    "polo",
    "cardigan",
    "backpack",
    "scarf",
    "socks",
    "gloves",
    "swimsuit",
    "bikini",
    "underpants",
    "bra",
    "tie",
    "umbrella",
    "curtain",
    "bedding",
    "towel",
    "rug",
    "armchair",
    "device-case",
)
_PATTERNS = ("plain", "plain", "stripes", "dots", "checks", "floral", "gradient", "logo")
_COLOURS = (
    "white",
    "black",
    "grey",
    "navy",
    "sky",
    "teal",
    "mint",
    "olive",
    "wine",
    "coral",
    "beige",
    "red",
    "pink",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "lavender",
    "brown",
)
_CHINESE = {
    "white": "白色", "black": "黑色", "grey": "灰色", "navy": "藏青", "sky": "天蓝", "teal": "青色", "mint": "薄荷绿", "olive": "军绿", "wine": "酒红", "coral": "珊瑚红",
    "beige": "米色", "red": "红色", "pink": "粉色", "orange": "橙色", "yellow": "黄色", "green": "绿色", "blue": "蓝色", "purple": "紫色", "lavender": "淡紫", "brown": "棕色",
}  # fmt: skip
_MAKERS = (
    ("Morning Sun", "晨光"),
    ("Harbour", "海港"),
    ("Northfield", "北野"),
    ("Little Oak", "小橡"),
    ("Lumen", "流明"),
    ("Tidal", "潮汐"),
    ("Fern & Co", "蕨叶"),
    ("Paper Moon", "纸月"),
)


def made_up_product(number: int, seed: int = 0, families: Mapping[str, Family] = LEARNT) -> Product:
    """A made-up product: families take turns, everything else is drawn from `seed` and `number`.

    >>> made_up_product(3).sku
    'made-000003'
    """
    rng = np.random.default_rng([seed, number])
    names = sorted(families)
    family = families[names[number % len(names)]]
    colour = str(rng.choice(_COLOURS))
    attributes: dict[str, str] = {"colour": colour}
    materials = _MATERIALS.get(family.name)
    if materials:
        attributes["material"] = str(rng.choice(materials))
    pattern = str(rng.choice(_PATTERNS)) if family.name in _PATTERNED else "plain"
    attributes["pattern"] = pattern
    english, chinese = _MAKERS[int(rng.integers(len(_MAKERS)))]
    word = family.name.replace("-", " ")
    if rng.random() < 0.5:
        title = f"{english} {colour} {word}"
        return Product(
            sku=f"made-{number:06d}", title=title, category=f"{family.domain}/{family.name}", attributes=attributes
        )
    hanzi = next(w for w in family.words if not w.isascii())
    title = f"{chinese}{_CHINESE[colour]}{hanzi}"
    return Product(
        sku=f"made-{number:06d}",
        title=title,
        category=f"{family.domain}/{family.name}",
        attributes=attributes,
        locale="zh",
    )
