"""A line's values -> a product, or one clear sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from prodgen_sdk import faults
from prodgen_sdk.errors import InvalidCatalogue
from prodgen_sdk.types import Product
from prodgen_sdk.types.product import CATEGORY, CURRENCY, NAME

_MUST_BE = {
    "sku": NAME.words,
    "category": CATEGORY.words,
    "currency": CURRENCY.words,
    "price": "a number from 0 with at most 10 digits before the point and 4 behind it",
    "stock": "a whole number from 0",
    "locale": "en or zh",
    "withdrawn": "true or false",
    "tags": "a list of words of up to 60 characters",
    "attributes": "text, a number, true, false or a list of texts, under a name",
    "media": "a list of objects with role and uri",
    "translations": "objects with title and description under en or zh",
}

_ELSEWHERE = {
    "sku": "id product_id item_id article_id 编号 商品编号 编码 商品编码 货号",
    "title": "name product_name label 名称 商品名称 品名 标题 商品标题",
    "description": "body summary text 描述 商品描述 详情 商品详情 简介",
    "category": "type product_type google_product_category 类目 分类 品类 类别 商品类目",
    "price": "价格 售价 单价",
    "currency": "币种 货币",
    "tags": "keywords labels 标签 关键词",
    "locale": "lang language 语言",
    "stock": "quantity inventory 库存 数量",
    "media": "image images image_url image_link img photo photos picture pictures mesh model 图片 主图 商品图片",
}
"""What other systems call the fields of a product."""


def to_product(values: Mapping[str, Any], line: int) -> Product:
    """The product that the values of one line describe; None is a value not given, among attributes too.

    Raises:
        InvalidCatalogue: with the line, the field and a reason.
    """
    for field, reason in _unusable(values, ""):
        raise reject(line, field, reason)
    try:
        return Product.model_validate(_given(values) | _given({"attributes": _given(values.get("attributes"))}))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)
    field = _field(wrong[0]["loc"])
    others = {_field(fault["loc"]) for fault in wrong} - {field}
    meant = next((name for name in sorted(others) if _meant(name) == field and name not in Product.model_fields), None)
    if wrong[0]["type"] == "missing" and meant:
        raise reject(line, field, f"is missing; it is called {field} here, not {meant}")
    more = f"; also wrong: {', '.join(sorted(others))}" if others else ""
    raise reject(line, field, _reason(field, wrong[0]) + more)


def _given(values: Any) -> Any:
    """A table without its nulls; anything else as it is."""
    return (
        {name: value for name, value in values.items() if value is not None} if isinstance(values, Mapping) else values
    )


def reject(line: int, field: str, reason: str) -> InvalidCatalogue:
    """The error of one line; `reason` goes on from the name of the field."""
    return InvalidCatalogue(f"Line {line}: {f'{field} ' if field else ''}{reason}.", line=line, field=field)


def _unusable(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Values that no product may hold anywhere: the field and the reason."""
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield field, "is not UTF-8 text; save the file as UTF-8"
        elif "\0" in value:
            yield field, "contains a NUL character"
    elif isinstance(value, float) and not math.isfinite(value):
        yield field, f"is {value}, which is no number"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            name = f"{field}.{key}" if field else str(key)
            for _, reason in _unusable(key, name):
                yield field, f"has a name that {reason}"
            yield from _unusable(item, name)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unusable(item, f"{field}[{index}]")


def _field(loc: tuple[int | str, ...]) -> str:
    # Below an attribute pydantic names the alternatives it tried; the reader wants the attribute.
    loc = loc[:2] if loc[0] == "attributes" else tuple(part for part in loc if part != "[key]")
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".")


def _reason(field: str, fault: Any) -> str:
    kind, top = fault["type"], re.split(r"[.\[]", field)[0]
    if kind == "missing":
        return f"is missing; it must be {_MUST_BE[field]}" if field in _MUST_BE else "is missing"
    if kind == "extra_forbidden":
        return f"is not a known field ({_instead(field) if field == top else 'leave it out'})"
    found = shortened(fault["input"])
    if kind == "string_type" and top not in ("tags", "attributes", "media"):
        return f"must be text, not {found}"
    if kind in ("string_too_long", "string_too_short", "too_long"):
        return faults.said(fault)
    if field in _MUST_BE or top in ("tags", "attributes"):
        meant = _path_of(fault["input"]) if field == "category" else ""
        return f"must be {_MUST_BE[top]}, not {found}{meant and f'; write {meant}'}"
    return f"{faults.said(fault)}, not {found}"


def _path_of(category: Any) -> str:
    """A category in other letters or with other signs between its parts, as it is written here; empty if it is none."""
    parts = re.split("[>/]", str(category).lower())
    path = "/".join(re.sub(r"[\W_]+", "-", part.strip(), flags=re.ASCII).strip("-") for part in parts)
    return path if re.fullmatch(CATEGORY.pattern, path) else ""


def column_for(name: str) -> str:
    """What a column is called here that another system calls `name`."""
    meant = _meant(name)
    return "media.front" if meant == "media" else meant or f"attributes.{name}"


def _meant(field: str) -> str | None:
    elsewhere = (name for name, words in _ELSEWHERE.items() if field.lower() in words.split())
    return next(elsewhere, None) or next(iter(get_close_matches(field, Product.model_fields, n=1)), None)


def _instead(field: str) -> str:
    """What to write for a field that products do not have."""
    meant = _meant(field)
    if meant == "media":
        return f'put it under media, as [{{"role": "front", "uri": "{field}/1.jpg"}}]'
    return f"did you mean {meant}?" if meant else f"put it under attributes.{field}"


def shortened(value: Any) -> str:
    """A value as it is written, on one line of at most 60 characters."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
