"""What pydantic found wrong with a value, in the words of the one who gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "set_type": "must be a list",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "datetime_type": "must be a time such as 2026-01-15T10:00:00Z",
    "datetime_parsing": "must be a time such as 2026-01-15T10:00:00Z",
    "datetime_from_date_parsing": "must be a time such as 2026-01-15T10:00:00Z",
}
_MEMBERS = (("str",), ("int",), ("float",), ("bool",))
_BEGINNINGS = {
    "Input should be ": "must be ",
    "String should ": "must ",
    "Value should ": "must ",
    "Tuple should ": "must ",
    "List should ": "must ",
    "Dictionary should ": "must ",
    "Decimal input should ": "must ",
    "Value error, ": "",
    "Assertion failed, ": "",
}


def said(fault: ErrorDetails) -> str:
    """What is wrong, to go on from the name of the field.

    >>> from pydantic import TypeAdapter, ValidationError
    >>> try:
    ...     TypeAdapter(int).validate_python("many")
    ... except ValidationError as error:
    ...     said(error.errors()[0])
    'must be a whole number'
    """
    if fault["type"] in _KINDS:
        return _KINDS[fault["type"]]
    message = fault["msg"].replace(" after validation", "").removesuffix(", not more")
    if fault["type"] == "too_long" and isinstance(fault["input"], str):
        message = message.replace(" items", " characters")  # of text whose form was checked before
    for beginning, ours in _BEGINNINGS.items():
        if message.startswith(beginning):
            return ours + message.removeprefix(beginning)
    return message


def sentence(fault: ErrorDetails) -> str:
    """The field and what is wrong with it, without a full stop.

    >>> from pydantic import ValidationError
    >>> from prodgen_sdk.types import View
    >>> try:
    ...     View(elevation=91)
    ... except ValidationError as error:
    ...     sentence(error.errors()[0])
    'elevation must be less than or equal to 90'
    """
    # pydantic goes on from the field with the member of a union that did not fit.
    field = fault["loc"][:-1] if fault["loc"][-1:] in _MEMBERS else fault["loc"]
    return " ".join(filter(None, (".".join(map(str, field)), said(fault))))


def advice(fault: ErrorDetails, model: type[BaseModel]) -> str:
    """For a field that `model` does not have, the one that was meant and all there are; else nothing."""
    if fault["type"] != "extra_forbidden":
        return ""
    known = _fields(model, fault["loc"][:-1])
    near = get_close_matches(str(fault["loc"][-1]), known, n=1, cutoff=0.6)
    meant = f"Did you mean {near[0]}?" if near else ""
    return " ".join(filter(None, (meant, f"Known keys: {', '.join(known)}." if known else "")))


def _fields(model: type[BaseModel], path: Sequence[Any]) -> list[str]:
    """The names of the fields of the model that stands at `path` below `model`; none if it cannot be told."""
    for part in path:
        if isinstance(part, int):  # a place in a list
            continue
        field = model.model_fields.get(str(part))
        inner = next(_models([field.annotation]), None) if field is not None else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _models(annotations: Iterable[Any]) -> Iterator[type[BaseModel]]:
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            yield from _models(get_args(annotation))
