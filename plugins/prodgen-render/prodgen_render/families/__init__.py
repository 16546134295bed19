"""The catalogue of parametric products: which families there are, by which words they are known, and what builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from prodgen_render.vocabulary import PACKAGES
from prodgen_render.words import attribute, mentions, words_of
from prodgen_sdk.types import Product

if TYPE_CHECKING:
    from prodgen_render.looks import Look
    from prodgen_render.model import Part


@dataclass(frozen=True)
class Family:
    """One kind of product.

    Args:
        domain: the first part of its category.
        words: how it is called, English and Chinese; the first match in category, type and title counts.
        builder: `module:function` that turns a `Look` into parts.
        near: what else comes nearest to this shape; drawn so, with a word of warning.
        kind_of: families that it is a special case of: a title that names it says more than a category that names one of these.
        learnt: whether data sets of made-up products hold it; those that are not are newer than the networks that ship.
    """

    name: str
    domain: str
    words: tuple[str, ...]
    builder: str
    near: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = ()
    learnt: bool = True

    def build(self, look: Look) -> list[Part]:
        """The parts of one product of this family."""
        module, _, function = self.builder.partition(":")
        build: Callable[[Look], list[Part]] = getattr(import_module(f"prodgen_render.families.{module}"), function)
        return build(look)


_ALL = (
    Family("tshirt", "apparel", ("t-shirt", "t shirt", "tshirt", "tee shirt", "tee", "tank top", "top", "t恤", "短袖", "打底衫", "上衣"), "tops:tshirt", ("polo", "polo shirt", "vest", "背心")),
    Family("sweater", "apparel", ("sweater", "sweatshirt", "pullover", "jumper", "毛衣", "针织衫"), "tops:sweater", ("cardigan", "开衫"), kind_of=("tshirt",)),
    Family("shirt", "apparel", ("shirt", "dress shirt", "button-down shirt", "flannel shirt", "oxford shirt", "blouse", "衬衫", "衬衣"), "shirts:shirt", kind_of=("tshirt",), learnt=False),
    Family("jacket", "apparel", ("jacket", "coat", "overcoat", "trench coat", "parka", "anorak", "windbreaker", "夹克", "外套", "大衣", "风衣"), "shirts:jacket", ("blazer", "西装"), learnt=False),
    Family("hoodie", "apparel", ("hoodie", "hooded sweatshirt", "hooded", "连帽卫衣", "卫衣", "帽衫"), "tops:hoodie", kind_of=("tshirt", "sweater")),
    Family("trousers", "apparel", ("trousers", "pants", "jeans", "shorts", "chinos", "leggings", "裤", "牛仔裤", "长裤", "短裤"), "dresses:trousers"),
    Family("dress", "apparel", ("dress", "gown", "连衣裙", "长裙", "裙"), "dresses:dress"),
    Family("skirt", "apparel", ("skirt", "miniskirt", "半身裙", "短裙", "百褶裙"), "dresses:skirt", kind_of=("dress",)),
    Family("sneakers", "apparel", ("sneakers", "sneaker", "trainers", "running shoe", "running shoes", "tennis shoe", "tennis shoes", "运动鞋", "跑鞋", "跑步鞋", "训练鞋", "休闲鞋", "板鞋", "帆布鞋", "球鞋"), "shoes:sneaker", ("shoes", "shoe", "boots", "boot", "loafers", "sandals", "heels", "slippers", "鞋", "靴")),
    Family("cap", "apparel", ("cap", "baseball cap", "棒球帽", "鸭舌帽", "帽"), "accessories:cap", ("hat", "visor")),
    Family("beanie", "apparel", ("beanie", "knit hat", "woolly hat", "毛线帽", "针织帽"), "accessories:beanie", kind_of=("cap",)),
    Family("tote-bag", "apparel", ("tote", "tote bag", "shopping bag", "bag", "托特包", "帆布包", "购物袋", "包"), "accessories:tote_bag", ("handbag", "backpack", "rucksack", "手提包", "背包", "双肩包")),
    Family("speaker", "electronics", ("speaker", "speakers", "loudspeaker", "soundbar", "音箱", "音响", "扬声器"), "audio:speaker"),
    Family("phone", "electronics", ("phone", "smartphone", "mobile", "手机"), "devices:phone"),
    Family("tablet", "electronics", ("tablet", "e-reader", "ereader", "平板电脑", "平板", "电子书阅读器"), "devices:tablet", kind_of=("laptop",)),
    Family("watch", "electronics", ("watch", "smartwatch", "smart watch", "wristwatch", "fitness tracker", "fitness band", "手表", "腕表", "智能手表", "手环"), "watches:watch"),
    Family("headphone-stand", "electronics", ("headphone stand", "headphone", "headphones", "headset", "耳机架", "头戴式耳机", "耳机"), "audio:headphone_stand"),
    Family("laptop", "electronics", ("laptop", "notebook", "computer", "笔记本电脑", "笔记本", "电脑"), "devices:laptop", ("monitor", "keyboard", "显示器", "键盘")),
    Family("camera", "electronics", ("camera", "相机", "照相机", "摄像机"), "devices:camera"),
    Family("earbuds", "electronics", ("earbuds", "earphones", "earbud", "无线耳机", "耳塞", "蓝牙耳机"), "audio:earbuds", kind_of=("headphone-stand",)),
    Family("bottle", "food", ("bottle", "juice", "wine", "water", "oil", "sauce", "flask", "beer", "瓶", "果汁", "葡萄酒", "红酒", "矿泉水", "酱油", "橄榄油", "啤酒"), "drinks:bottle"),
    Family("can", "food", ("can", "soda", "cola", "energy drink", "sparkling", "罐装", "汽水", "可乐", "易拉罐", "苏打"), "drinks:can"),
    Family("carton", "food", ("carton", "milk", "oat milk", "燕麦奶", "燕麦饮", "yogurt", "juice carton", "盒装", "牛奶", "酸奶", "纸盒", "豆奶"), "drinks:carton"),
    Family("box", "food", ("box", "biscuits", "cookies", "tea bags", "chocolate", "crackers", "盒", "饼干", "巧克力", "礼盒"), "groceries:folding_box"),
    Family("cereal-box", "food", ("cereal", "cereals", "granola", "muesli", "oats", "cornflakes", "麦片", "燕麦"), "groceries:cereal_box", kind_of=("carton", "box")),
    Family("jar", "food", ("jar", "honey", "jam", "pickles", "peanut butter", "marmalade", "spread", "蜂蜜", "果酱", "罐", "泡菜", "花生酱"), "groceries:jar"),
    Family("coffee-bag", "food", ("coffee bag", "coffee", "beans", "pouch", "snack", "chips", "nuts", "rice", "咖啡", "咖啡豆", "坚果", "零食", "薯片", "大米"), "groceries:coffee_bag"),
    Family("tin", "food", ("tin", "tea", "caddy", "茶", "茶叶", "茶罐"), "groceries:tin"),
    Family("mug", "home", ("mug", "cup", "teacup", "马克杯", "杯子", "咖啡杯", "茶杯", "杯"), "home_table:mug", ("tumbler", "drinking glass", "pitcher", "jug", "玻璃杯", "水壶")),
    Family("bowl", "home", ("bowl", "碗", "沙拉碗"), "home_table:bowl"),
    Family("plate", "home", ("plate", "dish", "saucer", "盘", "盘子", "碟"), "home_table:plate"),
    Family("vase", "home", ("vase", "花瓶"), "home_table:vase", ("pot", "planter", "花盆")),
    Family("candle", "home", ("candle", "蜡烛", "香薰蜡烛", "香薰"), "home_table:candle"),
    Family("lamp", "home", ("lamp", "light", "lantern", "台灯", "灯", "落地灯"), "furniture:lamp"),
    Family("chair", "home", ("chair", "armchair", "dining chair", "椅子", "椅", "餐椅"), "seating:chair", ("bench", "长凳", "长椅")),
    Family("stool", "home", ("stool", "ottoman", "凳子", "凳"), "seating:stool", kind_of=("chair",)),
    Family("table", "home", ("table", "desk", "coffee table", "桌子", "桌", "茶几", "书桌"), "furniture:table"),
    Family("sofa", "home", ("sofa", "couch", "loveseat", "沙发"), "seating:sofa"),
    Family("cushion", "home", ("cushion", "pillow", "throw pillow", "抱枕", "靠垫", "枕"), "seating:cushion"),
    Family("lipstick", "beauty", ("lipstick", "lip balm", "lip gloss", "口红", "唇膏", "唇釉"), "makeup:lipstick"),
    Family("perfume", "beauty", ("perfume", "fragrance", "eau de parfum", "eau de toilette", "cologne", "香水", "淡香水"), "makeup:perfume"),
    Family("cream-jar", "beauty", ("cream jar", "jar", "cream", "face cream", "moisturiser", "moisturizer", "balm", "mask", "powder", "面霜", "乳霜", "眼霜", "面膜", "粉饼", "霜"), "skincare:cream_jar"),
    Family("tube", "beauty", ("tube", "hand cream", "toothpaste", "cleanser", "sunscreen", "gel", "护手霜", "牙膏", "洗面奶", "防晒霜", "防晒", "洁面"), "skincare:tube_of_cream", kind_of=("cream-jar",)),
    Family("pump-bottle", "beauty", ("pump bottle", "pump", "bottle", "瓶", "lotion", "shampoo", "soap", "body wash", "conditioner", "乳液", "洗发水", "沐浴露", "洗手液", "护发素"), "skincare:pump_bottle"),
    Family("dropper-bottle", "beauty", ("dropper bottle", "dropper", "serum", "ampoule", "essence", "face oil", "facial oil", "滴管瓶", "精华液", "精华", "安瓶", "精油"), "skincare:dropper_bottle", kind_of=("pump-bottle",), learnt=False),
    Family("nail-polish", "beauty", ("nail polish", "nail varnish", "nail lacquer", "nail colour", "nail color", "指甲油", "美甲油"), "makeup:nail_polish", kind_of=("cream-jar",), learnt=False),
)  # fmt: skip
FAMILIES: dict[str, Family] = {family.name: family for family in _ALL}
LEARNT: dict[str, Family] = {family.name: family for family in _ALL if family.learnt}
"""The families of data sets."""


def family_of(product: Product) -> tuple[Family, str]:
    """The family of a product, and why it is a fallback (an empty text where it is none).

    The product's own domain comes first: its category's segments, then a `type` attribute, then title and tags. A segment that
    names a family of another domain counts where none of its own does (`home/bottle`), and other words of other domains last.
    Of a product that no word fits the box is drawn that it comes in: no picture of it, but no false one either.
    """
    own = [family for family in _ALL if family.domain == product.domain]
    segments = [segment.lower() for segment in reversed(product.category.split("/")[1:])]
    title = " | ".join([product.title, *(text.title for text in product.translations.values()), *product.tags]).lower()
    found = (
        _named(segments, own)
        or _first([segment.replace("-", " ") for segment in segments], own)
        or _named(segments, list(_ALL))
        or _first([attribute(product, "type", "类型", "kind"), title], own)
    )
    if found is not None:
        in_title = _best(title, own)
        return in_title if in_title is not None and _says_more(*in_title, found[0], title) else found
    for text, families in ((title, list(_ALL)), (words_of(product), own)):
        if (best := _best(text, families)) is not None:
            return best[0], best[1] or f"no model of {product.category!r} fits the words: drawn as a {best[0].name}"
    return FAMILIES[
        "box"
    ], f"no model of {product.category!r}: drawn as the box that it comes in (prodgen render families: what there is)"


def _says_more(family: Family, warning: str, categorys: Family, title: str) -> bool:
    """Whether a title that names a family says more than a category that names one: Beanie than hat, Backpack than bag."""
    if warning:
        return family is categorys and all(mentions(title, word) < 0 for word in family.words)
    return categorys.name in (family.name, *family.kind_of)


def _describes(text: str, end: int, family: Family, families: list[Family]) -> bool:
    """Whether what ends here stands right before the name of another family, and so describes that: a table lamp, 书桌灯."""
    start = end + (text[end : end + 1] in (" ", "-"))
    names = (word for other in families if other is not family for word in other.words if word not in PACKAGES)
    return any(text.startswith(word, start) and mentions(text[start:], word) == 0 for word in names)


def _named(segments: list[str], families: list[Family]) -> tuple[Family, str] | None:
    for segment in segments:
        for family in families:
            name = family.name.replace("-", "")
            if segment.replace("-", "") in (name, name + "s", name + "es"):
                return family, ""
    return None


def _first(texts: list[str], families: list[Family]) -> tuple[Family, str] | None:
    return next((found for text in texts if (found := _best(text, families)) is not None), None)


def _best(text: str, families: list[Family]) -> tuple[Family, str] | None:
    """The family with the longest word in the text; of equal ones that which stands last, where English puts the noun.

    With it comes a word of warning where the family is only the nearest shape.
    """
    found = [
        (len(word), at, family, word in family.near, word)
        for family in families
        for word in (*family.words, *family.near)
        if (at := mentions(text, word)) >= 0
    ]
    found = [item for item in found if not _describes(text, item[1] + item[0], item[2], families)]
    if not found:
        return None
    _, _, family, near, word = max(found, key=lambda item: item[:2])
    return family, f"there is no model of a {word!r}: drawn as the nearest shape, {family.name}" if near else ""
