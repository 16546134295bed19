"""Models as JSON text in a column."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel

_M = TypeVar("_M", bound=BaseModel)


def dump(model: BaseModel) -> str:
    """JSON in which infinite numbers survive (a PSNR may be one), unlike in `model_dump_json`."""
    return json.dumps(model.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))


def trusted(model: type[_M], values: dict[str, Any], fields: set[str]) -> _M:
    """An instance of values that were validated before they were stored.

    The same as `model_construct` with a value for every field, which goes through them one by one: that takes longer than
    to validate them again.

    Args:
        values: becomes the instance's own.
        fields: the names in `values`.
    """
    made = model.__new__(model)
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", fields),
        ("__pydantic_extra__", None),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(made, name, value)
    return made
