"""What a product's words say about its body: which kind it is, whether it is round or open, how deep its kind usually is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from prodgen_render.families import FAMILIES, family_of
from prodgen_render.words.reading import material_of, mentions, words_of
from prodgen_sdk.types import Product

Shape = Literal["revolution", "cuboid", "sheet", "relief"]
SHAPES: tuple[Shape, ...] = ("revolution", "cuboid", "sheet", "relief")

_FAMILIES: dict[str, Shape] = {
    **dict.fromkeys(("bottle", "can", "jar", "mug", "bowl", "plate", "vase", "candle", "lamp", "lipstick", "cream-jar", "pump-bottle", "dropper-bottle", "nail-polish", "mascara", "spray-can", "glass", "travel-mug", "pot"), "revolution"),
    **dict.fromkeys(("box", "cereal-box", "carton", "phone", "tablet"), "cuboid"),
    **dict.fromkeys(("tshirt", "sweater", "hoodie", "shirt", "jacket", "trousers", "dress", "skirt", "tote-bag", "coffee-bag", "cushion", "polo", "cardigan", "jumpsuit"), "sheet"),
    **dict.fromkeys(("sneakers", "chair", "stool", "table", "sofa", "camera", "headphone-stand", "earbuds", "watch", "cap", "armchair", "office-chair", "boot", "court-shoe", "sandal", "backpack", "handbag", "keyboard", "bean-bag"), "relief"),
}  # fmt: skip
_USUALLY: dict[str, Shape | None] = {
    "beanie": "revolution",
    "tin": "revolution",
    "speaker": "cuboid",
    "perfume": "cuboid",
    "laptop": "relief",
    "tube": None,
}
"""What families mostly are that `shape_of_family` says nothing of. Of families in neither table nothing is known."""
_ROUND = (
    "can",
    "jar",
    "mug",
    "bowl",
    "plate",
    "vase",
    "candle",
    "lipstick",
    "cream-jar",
    "lamp",
    "beanie",
    "tin",
    "mascara",
    "spray-can",
    "glass",
    "travel-mug",
)
_OPEN = ("mug", "bowl", "plate")
_BACKED = ("chair", "armchair", "office-chair")
_ROUND_SEATS = ("stool",)
_ROUND_BOTTLES = re.compile(
    r"\b(wine|beer|champagne|whisk(e)?y|vodka|gin|rum|olive oil|soda|cola|juice|milk|water)\b|玻璃|葡萄酒|红酒|白酒|啤酒|香槟|威士忌|橄榄油|汽水|可乐|果汁|牛奶|矿泉水"
)
"""Bottles of these are hardly ever flat."""
_DEPTHS = {
    "phone": 0.11, "tablet": 0.05, "cereal-box": 0.32, "carton": 1.0, "tshirt": 0.3, "sweater": 0.28, "hoodie": 0.32, "shirt": 0.3, "jacket": 0.34, "trousers": 0.5, "jumpsuit": 0.5, "dress": 0.65, "skirt": 0.7,
    "beanie": 1.0, "cap": 1.3, "tote-bag": 0.4, "coffee-bag": 0.46, "cushion": 0.36, "sneakers": 0.33, "boot": 0.33, "court-shoe": 0.33, "sandal": 0.33, "polo": 0.3, "cardigan": 0.28, "backpack": 0.55, "handbag": 0.4,
    "chair": 1.0, "armchair": 1.0, "office-chair": 1.0, "stool": 1.0, "table": 0.6, "sofa": 0.42,
    "camera": 0.65, "earbuds": 0.7, "headphone-stand": 0.57, "speaker": 0.9,
}  # fmt: skip
"""Usual depths as shares of the width, as the products hang or stand."""
_PRINTED = ("box", "cereal-box", "carton", "tin")


def shape_of_family(name: str) -> Shape | None:
    """The kind of body that suits a family of `families`, if one is sure to."""
    return _FAMILIES.get(name)


@dataclass(frozen=True)
class Words:
    """What a product's words say about its body.

    Args:
        shape: None where they say nothing.
        round: whether its section is a circle for certain.
        open: whether one can look into it from above.
        depth: usual depth as a share of the width, where its kind has one.
        backed: whether what rises above its seat is a back.
        round_seat: whether its seat is a disc.
        printed: whether its unseen sides are likely to have print of their own, as packages have, or colours that its front does not tell.
        clear: whether it is of glass, whose edge shows what is behind it.
        piled: whether it is a pile of things, which does not have the shape of one of them.
    """

    shape: Shape | None = None
    round: bool = False
    open: bool = False
    depth: float | None = None
    backed: bool = False
    round_seat: bool = False
    printed: bool = True
    clear: bool = False
    piled: bool = False


_ROUND_THING = Words("revolution", round=True)
_THINGS: tuple[tuple[tuple[str, ...], Words], ...] = (
    (("ball", "football", "basketball", "baseball", "softball", "volleyball", "足球", "篮球", "排球", "网球", "棒球"), _ROUND_THING),
    (("wine glass", "beer glass", "shot glass", "goblet", "tumbler", "thermos", "shaker", "pepper mill", "bucket", "barrel", "保温杯", "水桶", "酒杯"), _ROUND_THING),
    (("kettle", "teapot", "saucepan", "light bulb", "水壶", "茶壶", "灯泡"), _ROUND_THING),
    (("book", "paperback", "hardcover", "书"), Words("cuboid", depth=0.17)),
    (("brick", "wood block", "砖"), Words("cuboid", depth=0.5)),
    (("cube", "dice", "魔方", "骰子"), Words("cuboid", depth=1.0)),
    (("suitcase", "行李箱", "拉杆箱"), Words("cuboid", depth=0.45)),
    (("toaster", "烤面包机"), Words("cuboid", depth=0.55)),
    (("microwave", "微波炉"), Words("cuboid", depth=0.75)),
    (("radio", "收音机"), Words("cuboid", depth=0.35)),
    (("wallet", "钱包"), Words("relief", depth=0.2)),
    (("drill", "电钻", "hair dryer", "hairdryer", "吹风机"), Words("relief", depth=0.35)),
    (("hammer", "锤子"), Words("relief", depth=0.28)),
    (("padlock", "挂锁"), Words("relief", depth=0.45)),
    (("teddy", "teddy bear", "plush toy", "毛绒玩具"), Words("relief", depth=0.8)),
    (("toy car", "toy truck", "toy bus", "玩具车"), Words("relief", depth=0.42)),
    (("figurine", "statue", "doll", "手办", "玩偶"), Words("relief", depth=0.6)),
    (("controller", "gamepad", "手柄"), Words("relief", depth=0.65)),
    (("steam iron", "电熨斗"), Words("relief", depth=0.45)),
    (("helmet", "头盔"), Words("relief", depth=1.2)),
    (("bean bag", "beanbag", "pouf", "懒人沙发"), Words("relief", depth=1.0)),
    (("coffee maker", "coffee machine", "espresso machine", "咖啡机"), Words("relief")),
    (("alarm clock", "wall clock", "闹钟", "挂钟"), Words("relief", depth=0.3)),
    (("washing machine", "washer", "dryer", "dishwasher", "洗衣机", "烘干机", "洗碗机"), Words("cuboid", depth=0.95)),
    (("fridge", "refrigerator", "freezer", "冰箱", "冰柜"), Words("cuboid", depth=0.9)),
    (("oven", "烤箱"), Words("cuboid", depth=0.85)),
    (("printer", "projector", "打印机", "投影仪"), Words("cuboid", depth=0.8)),
    (("amplifier", "dvd player", "game console", "功放", "游戏机"), Words("cuboid", depth=0.75)),
    (("aquarium", "fish tank", "鱼缸"), Words("cuboid", depth=0.5)),
    (("water heater", "热水器"), Words("cuboid", depth=0.75)),
    (("bedside table", "nightstand", "床头柜"), Words("cuboid", depth=0.85)),
    (("wardrobe", "dresser", "sideboard", "chest of drawers", "衣柜", "餐边柜", "斗柜"), Words("cuboid", depth=0.45)),
    (("bookcase", "bookshelf", "shoe cabinet", "书柜", "书架", "鞋柜"), Words("cuboid", depth=0.4)),
    (("cabinet", "cupboard", "柜子", "橱柜"), Words("cuboid", depth=0.6)),
    (("filing cabinet", "locker", "文件柜", "储物柜"), Words("cuboid", depth=1.2)),
    (("tv stand", "tv cabinet", "电视柜"), Words("cuboid", depth=0.3)),
    (("television", "tv", "monitor", "电视", "电视机", "显示器"), Words("relief", depth=0.15)),
    (("radiator", "暖气片"), Words("relief", depth=0.12)),
    (("bench", "长椅"), Words("relief", depth=0.4, backed=True)),
    (("oven mitts", "oven mitt", "oven gloves", "mittens", "gloves", "手套"), Words("sheet", depth=0.3)),
    (("water cooler", "water dispenser", "饮水机"), Words("cuboid", depth=0.95)),
    (("moka pot", "摩卡壶"), Words("relief", depth=1.0)),
    (("cream cheese", "desk caddy", "table football", "奶油奶酪", "桌上足球"), Words()),
    (("rice cooker", "deep fryer", "air fryer", "电饭煲", "空气炸锅"), Words("relief", depth=1.0)),
)  # fmt: skip
"""Things that are no family, and their depth as a share of the width, from the outer sizes that they are mostly sold in and from the
side that shops mostly show: a drill and a toy car from their long side."""


def read_words(product: Product) -> Words:
    """What a product's words say: a category that names a kind, else what its title calls it, else what it is nearest to.

    >>> read_words(Product(sku="m", title="Red mug", category="home/mug"))
    Words(shape='revolution', round=True, open=True, depth=None, backed=False, round_seat=False, printed=False, clear=False, piled=False)
    >>> read_words(Product(sku="c", title="Coffee can with a blue lid", category="other/thing")).round
    True
    >>> read_words(Product(sku="p", title="Laminated padlock", category="other/thing"))
    Words(shape='relief', round=False, open=False, depth=0.45, backed=False, round_seat=False, printed=True, clear=False, piled=False)
    >>> read_words(Product(sku="o", title="Oven mitts", category="other/thing")).shape
    'sheet'
    >>> read_words(Product(sku="s", title="Stack of sweaters", category="other/thing")).piled
    True
    >>> read_words(Product(sku="x", title="?", category="other/thing")).shape is None
    True
    """
    words = _one_thing(product)
    if words.shape == "sheet" and _PILES.search(product.title.lower()):
        return replace(words, shape="relief", depth=None, piled=True)
    return words


_PILES = re.compile(r"\b(stack|pile) of\b|\bstacked\b|\bfolded (?!jeans|pants|trousers|shorts)[\w-]+s\b|叠放|一叠|一摞")
"""Words for several pieces of cloth on top of each other: their side is seen, as that of no single piece is."""


def _one_thing(product: Product) -> Words:
    """What words say of a product, or of one of those that it is a pile of."""
    kind, unsure = family_of(Product(sku=product.sku, title="?", category=product.category))
    named = None if not unsure and _is_known(kind.name) else _noun(product)
    if isinstance(named, Words):
        return named
    family, fallback = family_of(product)
    name = named or family.name
    nothing, nearest = fallback.startswith("no model") and "fits the words" not in fallback, "nearest" in fallback
    if (nothing and named is None) or not _is_known(name):
        return Words()
    return Words(
        _FAMILIES.get(name, _USUALLY.get(name)),
        name in _ROUND or (name == "bottle" and _round_bottle(product)),
        name in _OPEN and not nearest,
        _DEPTHS.get(name),
        name in _BACKED,
        name in _ROUND_SEATS,
        name in _PRINTED,
        name == "glass" or (name == "bottle" and _round_bottle(product)),
    )


def _is_known(family: str) -> bool:
    return family in _FAMILIES or family in _USUALLY


def _noun(product: Product) -> str | Words | None:
    """What a title calls its product: a family's name, or what is known of another thing.

    English and Chinese put the noun last: a coffee mug is a mug, 果汁盒 a box. What follows "with" or "of" says what it has.
    """
    for title in (product.title, *(text.title for text in product.translations.values())):
        head = _BESIDES.split(title.lower(), maxsplit=1)[0]
        found: list[tuple[int, bool, int, str | Words]] = []
        for known, words in _nouns():
            sure = isinstance(known, Words) or _is_known(known)
            found += [(at + len(word), sure, len(word), known) for word in words if (at := mentions(head, word)) >= 0]
        if found:
            return max(found, key=lambda item: item[:3])[3]
    return None


_BESIDES = re.compile(r",|，|\(|（|\||/| - | with | for | of | in ")


def _nouns() -> Iterator[tuple[str | Words, tuple[str, ...]]]:
    for words, known in _THINGS:
        yield known, words
    for family in FAMILIES.values():
        yield family.name, (*family.words, *family.near)


def _round_bottle(product: Product) -> bool:
    return material_of(product) == "glass" or _ROUND_BOTTLES.search(words_of(product)) is not None
