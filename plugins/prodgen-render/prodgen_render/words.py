"""Reads family, colours, material, pattern and size out of a product's category, attributes and words (English, Chinese)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from prodgen_sdk.types import Product

COLOURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "white": ("#f4f3ef", ("white", "白")),
    "black": ("#1d1d1f", ("black", "黑")),
    "grey": ("#8b8d90", ("grey", "gray", "灰")),
    "silver": ("#c4c6c9", ("silver", "银")),
    "navy": ("#1f2f55", ("navy", "navy blue", "midnight blue", "藏青", "藏蓝", "深蓝", "海军蓝")),
    "sky": ("#8fbfe4", ("sky blue", "light blue", "天蓝", "浅蓝")),
    "teal": ("#1f7f86", ("teal", "turquoise", "cyan", "青")),
    "mint": ("#a5d9c0", ("mint", "薄荷")),
    "olive": ("#6d7043", ("olive", "khaki green", "军绿", "橄榄")),
    "wine": ("#6a1f2e", ("burgundy", "wine red", "maroon", "oxblood", "酒红", "枣红")),
    "coral": ("#ee7560", ("coral", "珊瑚")),
    "beige": ("#dcc9ad", ("beige", "sand", "米色", "杏色", "米白")),
    "cream": ("#f0e6d2", ("cream", "奶油", "奶白")),
    "khaki": ("#b49b72", ("khaki", "卡其")),
    "gold": ("#cfa650", ("gold", "金")),
    "rose gold": ("#d9a08f", ("rose gold", "玫瑰金")),
    "red": ("#c3272b", ("red", "红")),
    "pink": ("#eda5b6", ("pink", "粉")),
    "orange": ("#e9802c", ("orange", "橙", "橘")),
    "yellow": ("#f0c33c", ("yellow", "黄")),
    "green": ("#3f8a55", ("green", "绿")),
    "blue": ("#2f62ad", ("blue", "蓝")),
    "purple": ("#7a55a3", ("purple", "violet", "紫")),
    "lavender": ("#b9a6d9", ("lavender", "lilac", "淡紫")),
    "brown": ("#7b5237", ("brown", "chocolate", "棕", "褐", "咖啡色")),
    "natural": ("#c9a06c", ("natural", "原木", "原色")),
    "ivory": ("#f2ead6", ("ivory", "象牙")),
    "charcoal": ("#3b3d40", ("charcoal", "graphite", "space grey", "space gray", "炭灰", "石墨", "深空灰")),
    "taupe": ("#8c7d70", ("taupe", "灰褐", "灰棕")),
    "tan": ("#c19a6b", ("tan", "camel", "caramel", "驼色", "焦糖", "奶茶色")),
    "terracotta": ("#b85c3e", ("terracotta", "rust", "砖红", "陶土色", "赤陶")),
    "burnt orange": ("#bf5b23", ("burnt orange", "焦橙", "锈橙")),
    "mustard": ("#cf9f2e", ("mustard", "姜黄", "芥末黄")),
    "ochre": ("#b9792f", ("ochre", "ocher", "赭石", "赭色", "土黄")),
    "peach": ("#f4b393", ("peach", "apricot", "蜜桃")),
    "dusty pink": ("#c9929a", ("dusty pink", "dusty rose", "豆沙", "烟粉", "灰粉", "脏粉")),
    "magenta": ("#e5397f", ("magenta", "fuchsia", "hot pink", "玫红", "洋红")),
    "plum": ("#6a3a5b", ("plum", "aubergine", "茄紫")),
    "sage": ("#9caf88", ("sage", "鼠尾草", "灰绿", "豆沙绿")),
    "celadon": ("#acc6b1", ("celadon", "青瓷", "天青", "豆青")),
    "dark green": ("#1f4a36", ("dark green", "forest green", "bottle green", "墨绿", "森林绿")),
    "dusty blue": ("#7d97ad", ("dusty blue", "slate blue", "雾霾蓝", "灰蓝")),
    "royal blue": ("#2747b8", ("royal blue", "cobalt", "宝蓝", "克莱因蓝")),
    "indigo": ("#2f3b70", ("indigo", "靛蓝", "靛青")),
}
MATERIALS: dict[str, tuple[str, ...]] = {
    "porcelain": ("porcelain", "bone china", "骨瓷"),
    "stoneware": ("stoneware", "粗陶", "炻器"),
    "terracotta": ("terracotta", "earthenware", "红陶", "陶土"),
    "ceramic": ("ceramic", "陶瓷", "陶", "瓷"),
    "glass": ("glass", "crystal", "玻璃", "水晶"),
    "steel": ("stainless", "steel", "不锈钢", "钢"),
    "aluminium": ("aluminium", "aluminum", "铝"),
    "brass": ("brass", "黄铜"),
    "copper": ("copper", "紫铜", "铜"),
    "gold": ("gold-plated", "gold plated", "镀金"),
    "iron": ("cast iron", "iron", "铁"),
    "metal": ("metal", "alloy", "金属", "合金"),
    "walnut": ("walnut", "胡桃木"),
    "bamboo": ("bamboo", "竹"),
    "wood": ("wood", "oak", "beech", "pine", "橡木", "松木", "榉木", "实木", "木"),
    "marble": ("marble", "大理石"),
    "leather": ("leather", "皮革", "真皮", "皮"),
    "denim": ("denim", "牛仔", "丹宁"),
    "knit": ("knit", "knitted", "cable-knit", "针织", "毛线"),
    "wool": ("wool", "cashmere", "felt", "羊毛", "羊绒", "毛呢"),
    "velvet": ("velvet", "corduroy", "天鹅绒", "丝绒", "灯芯绒"),
    "silk": ("silk", "satin", "真丝", "丝绸", "缎"),
    "linen": ("linen", "亚麻", "麻"),
    "canvas": ("canvas", "帆布"),
    "cotton": ("cotton", "jersey", "纯棉", "棉"),
    "nylon": ("nylon", "polyester", "尼龙", "涤纶", "聚酯"),
    "kraft": ("kraft", "牛皮纸"),
    "paper": ("paper", "cardboard", "纸"),
    "rubber": ("rubber", "silicone", "橡胶", "硅胶"),
    "matte plastic": ("matte plastic", "matt plastic", "哑光塑料", "磨砂"),
    "plastic": ("plastic", "abs", "acrylic", "resin", "塑料", "树脂", "亚克力"),
}
PATTERNS: dict[str, tuple[str, ...]] = {
    "stripes": ("stripe", "stripes", "striped", "条纹"),
    "dots": ("dot", "dots", "dotted", "polka", "波点", "圆点"),
    "checks": ("check", "checks", "checked", "plaid", "tartan", "gingham", "格纹", "格子"),
    "floral": ("floral", "flower", "flowers", "flowered", "flowery", "botanical", "花卉", "碎花", "花朵", "印花"),
    "gradient": ("gradient", "ombre", "渐变"),
    "logo": ("logo", "label", "print", "printed", "slogan", "标签", "字母"),
    "speckle": ("speckle", "speckles", "speckled", "flecked", "斑点", "芝麻点"),
    "plain": ("plain", "solid colour", "solid color", "纯色", "素色"),
}
PARTS: dict[str, tuple[str, ...]] = {
    "sole": ("sole", "soles", "outsole", "鞋底", "大底"),
    "legs": ("legs", "leg", "feet", "桌腿", "桌脚", "椅腿", "椅脚", "沙发脚", "凳脚", "支架"),
    "handle": ("handle", "handles", "把手", "手柄", "杯把", "提手", "手提带"),
}
"""Parts that families colour apart where the words do: "white with green sole"."""
_LIGHT = 190
"""The least channel of a colour that would not be seen on white."""
_CODE = re.compile(r"#[0-9a-f]{6}")
_CJK = re.compile(r"[㐀-鿿]")


def words_of(product: Product) -> str:
    """Everything that is said about a product, lower case, attributes first."""
    said = [str(v) if not isinstance(v, tuple) else " ".join(v) for v in product.attributes.values()]
    texts = [product.title, *(text.title for text in product.translations.values())]
    return " | ".join([*said, *texts, *product.tags, product.description]).lower()


def mentions(text: str, word: str) -> int:
    """Where a word stands in lower-case text, or -1. English words must be whole; Chinese ones are found anywhere."""
    if _CJK.search(word):
        return text.find(word)
    found = re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text)
    return found.start() if found else -1


def _first(text: str, table: Mapping[str, tuple[str, ...]], count: int) -> list[str]:
    found: dict[str, tuple[int, int]] = {}
    taken: list[range] = []
    longest_first = sorted(
        ((word, name) for name, words in table.items() for word in words), key=lambda item: -len(item[0])
    )
    for word, name in longest_first:
        at = mentions(text, word)
        if at >= 0 and name not in found and not any(at in span for span in taken):
            found[name] = (at, -len(word))
            taken.append(range(at, at + len(word)))
    return sorted(found, key=lambda name: found[name])[:count]


def attribute(product: Product, *names: str) -> str:
    """The first of some attributes that is there, as lower-case text; keys are compared without case."""
    lowered = {key.lower(): value for key, value in product.attributes.items()}
    for name in names:
        if name in lowered:
            value = lowered[name]
            return (" ".join(value) if isinstance(value, tuple) else str(value)).lower()
    return ""


def _parse(
    product: Product, text: str, attributes: tuple[str, ...], table: Mapping[str, tuple[str, ...]], count: int = 1
) -> list[str]:
    named = attribute(product, *attributes)
    found = _first(named, table, count) if named else []
    title = " | ".join([product.title, *(t.title for t in product.translations.values()), *product.tags]).lower()
    for source in (title, text):
        found += [name for name in _first(source, table, count) if name not in found]
    return found[:count]


def colours_of(product: Product) -> list[tuple[str, str]]:
    """Up to three named colours, most important first, each (name, #rrggbb).

    The attributes `colour_rgb` and `accent_rgb` are taken as they are, and so is a colour attribute of `#rrggbb`.
    """
    product = _without_parts(product)
    named = attribute(product, "colour", "color", "colours", "colors", "颜色", "色")
    known = {name: words for name, (_, words) in COLOURS.items()}
    if product.domain == "beauty":  # there it is what the jar holds
        known["cream"] = tuple(word for word in known["cream"] if word != "cream")
    if _CODE.fullmatch(main := attribute(product, "colour_rgb")):
        names = _first(named, known, 3)
        found = [(names[0] if names else nearest_colour(main), main)]
        found += [
            (name, COLOURS[name][0]) for name in names[1:]
        ]  # what the shop lists comes before what was read out of words
        return _with_accent(found, product)
    if named.strip() in COLOURS:
        return _with_accent([(named.strip(), COLOURS[named.strip()][0])], product)
    if not named and attribute(product, "accent") and _CODE.fullmatch(second := attribute(product, "accent_rgb")):
        # Who read the words found no colour but the pattern's: "mug with red dots". It lies on white, a light one on grey.
        light = min(int(second[place : place + 2], 16) for place in (1, 3, 5)) > _LIGHT
        ground = "grey" if light else "white"
        return [(ground, COLOURS[ground][0]), (nearest_colour(second), second)]
    codes = [(code, code) for code in _CODE.findall(named)]
    names = _parse(
        product,
        words_of(product),
        ("colour", "color", "colours", "colors", "颜色", "色"),
        known,
        3,
    )
    return (codes + [(name, COLOURS[name][0]) for name in names])[:3]


@cache
def _part_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """A colour right before the name of a part."""
    colours = {word for _, words in COLOURS.values() for word in words}
    said, parts = ("|".join(sorted(map(re.escape, words), key=len, reverse=True)) for words in (colours, names))
    return re.compile(rf"(?<![a-z])(?P<colour>{said})色?[ -]?(?:tone[ -])?(?:{parts})(?![a-z])")


def part_colour(product: Product, part: str) -> tuple[str, str] | None:
    """The colour (name, #rrggbb) that title or description give to one of `PARTS`, or None.

    >>> part_colour(Product(sku="s", title="White sneakers with green sole", category="apparel/shoes"), "sole")
    ('green', '#3f8a55')
    """
    for text in (product.title.lower(), product.description.lower()):
        if found := _part_pattern(PARTS[part]).search(text):
            name = next(name for name, (_, words) in COLOURS.items() if found["colour"] in words)
            return name, COLOURS[name][0]
    return None


def _without_parts(product: Product) -> Product:
    """The product with the colours of its parts left out of its words, as they are not its own."""
    pattern = _part_pattern(tuple(dict.fromkeys(word for words in PARTS.values() for word in words)))
    texts = {
        name: left
        for name in ("title", "description")
        if (left := pattern.sub(" ", (said := getattr(product, name)).lower())) != said.lower() and left.strip()
    }
    return product.model_copy(update=texts) if texts else product


def _with_accent(found: list[tuple[str, str]], product: Product) -> list[tuple[str, str]]:
    """One colour, and the accent of the attribute that gives one."""
    if len(found) == 1 and _CODE.fullmatch(second := attribute(product, "accent_rgb")) and second != found[0][1]:
        found.append((nearest_colour(second), second))
    return found


def material_of(product: Product) -> str:
    """The name of the main material, or an empty text."""
    found = _parse(product, words_of(product), ("material", "fabric", "材质", "材料", "面料"), MATERIALS)
    return found[0] if found else ""


def pattern_of(product: Product) -> str:
    """The name of the pattern, or an empty text."""
    names = ("pattern", "print", "图案", "花纹")
    # The bare word is too often about the material: "solid oak".
    if attribute(product, *names) in ("solid", "none"):
        return "plain"
    found = _parse(product, words_of(product), names, PATTERNS)
    return found[0] if found else ""


def amount(product: Product, names: tuple[str, ...], units: Mapping[str, float]) -> float | None:
    """A quantity such as `350 ml` from an attribute or the title, in the base unit; None where none is given."""
    pattern = rf"(\d+(?:\.\d+)?)\s*({'|'.join(sorted(map(re.escape, units), key=len, reverse=True))})(?![a-z])"
    for text in (attribute(product, *names), product.title.lower()):
        found = re.search(pattern, text)
        if found:
            return float(found[1]) * units[found[2]]
    return None


def capacity_ml(product: Product) -> float | None:
    """Capacity in millilitres (a gram counts as one), or None."""
    units = {
        "ml": 1.0,
        "毫升": 1.0,
        "l": 1000.0,
        "升": 1000.0,
        "cl": 10.0,
        "oz": 29.6,
        "g": 1.0,
        "克": 1.0,
        "kg": 1000.0,
    }
    return amount(product, ("capacity", "volume", "size", "容量", "weight"), units)


def height_cm(product: Product) -> float | None:
    """Height in centimetres, or None."""
    return amount(product, ("height", "高度", "高"), {"cm": 1.0, "厘米": 1.0, "mm": 0.1, "m": 100.0, "in": 2.54})


def nearest_colour(code: str) -> str:
    """The name in `COLOURS` that comes closest to `#rrggbb` (weighted sRGB distance)."""
    channels = [int(code[i : i + 2], 16) for i in (1, 3, 5)]

    def distance(name: str) -> float:
        other = COLOURS[name][0]
        return sum(
            weight * (a - int(other[i : i + 2], 16)) ** 2
            for weight, a, i in zip((3, 4, 2), channels, (1, 3, 5), strict=True)
        )

    return min(COLOURS, key=distance)
