"""How many of a thing a title sells together."""

from __future__ import annotations

import re

from prodgen_render.words.reading import colours_of
from prodgen_sdk.types import Product

MOST = 6
"""More of a thing come in a case, of which one is shown."""
_HANZI = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_NUMBER = rf"(?<![\d.])(\d+|[{''.join(_HANZI)}])"
_UNIT = r"(?:g|kg|ml|cl|l|oz|克|千克|毫升|升|斤)"
_MEASURE = "[个只支条瓶罐盒袋块包把盏枚听桶提卷组]"
_SAID = re.compile(
    rf"\b(?:set|pack|bundle|case) of {_NUMBER}\b|{_NUMBER}[ -]?(?:packs?|pk|pcs)\b|{_NUMBER} ?[x×] ?[\d.]+ ?{_UNIT}\b"
    rf"|\d ?{_UNIT} ?[*x×] ?{_NUMBER}(?![\d.])|[*x×] ?{_NUMBER} ?{_MEASURE}|{_NUMBER} ?{_MEASURE}装|(?<=\s){_NUMBER}[个只支条瓶把盏](?=\s|$)"
)
_ASSORTED = re.compile(r"\b(?:assorted|mixed|different|various) colou?rs\b|, assorted\b|混色|各色|多色混装|颜色各异")
_SET = ("#d03438", "#3470ba", "#f4c842", "#4c9e60", "#ec822e", "#7c54a4")
"""What colours a set has whose words say no more than that they differ."""
_COLOUR_KEYS = ("colour", "color", "colours", "colors", "颜色", "色", "colour_rgb", "accent", "accent_rgb")
_PAIR = re.compile(r"^pair of |\bset of two\b|\btwin pack\b|, (?:1 )?pair$|一对$|一对(?=\s)|(?<=\s)2 pieces$")
_BESIDES = re.compile(r" (?:with|incl\w*|for) ")


def pieces_of(product: Product) -> int:
    """How many of a thing are sold together, up to `MOST`; 1 where the title says nothing, or more.

    What comes with it is not counted, nor garments, of which one is shown.

    >>> [pieces_of(Product(sku="m", title=t, category="home/mug")) for t in ("Mugs, set of 4", "香皂 100g*3块", "马克杯 两只装", "Mug")]
    [4, 3, 2, 1]
    >>> pieces_of(Product(sku="w", title="矿泉水 550ml*24瓶", category="food/water"))
    1
    """
    if product.domain == "apparel":
        return 1
    said = _BESIDES.split(product.title.lower())[0]
    if _PAIR.search(said):
        return 2
    if found := _SAID.search(said):
        number = next(group for group in found.groups() if group)
        count = _HANZI.get(number) or int(number)
        return count if 1 <= count <= MOST else 1
    return 1


def in_colours(product: Product, count: int) -> list[Product]:
    """A product of so many pieces in each of the colours that these have; alone where they are alike.

    They differ where as many colours are named as there are pieces, three or more, or where the words say that they do.

    >>> mugs = Product(sku="m", title="Mugs red/blue/green, set of 3", category="home/mug")
    >>> [each.attributes["colour_rgb"] for each in in_colours(mugs, 3)]
    ['#c3272b', '#2f62ad', '#3f8a55']
    """
    told = {key: value for key, value in product.attributes.items() if key.lower() not in _COLOUR_KEYS}
    codes = [code for _, code in colours_of(product.model_copy(update={"attributes": told}))]
    if product.domain != "food" and _ASSORTED.search(product.title.lower()):
        codes = list(_SET[:count])
    if count < 3 or len(codes) != count:
        return [product]
    return [product.model_copy(update={"attributes": {**told, "colour_rgb": code}}) for code in codes]
