"""Methods that take what another one takes, so that its arguments are described once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def arguments_of(
    described: Callable[Concatenate[Any, P], object],
) -> Callable[[Callable[..., T]], Callable[Concatenate[Any, P], T]]:
    """Gives a method the arguments of another one: for type checkers, for `help` and for `inspect.signature`.

    >>> class Shop:
    ...     def price(self, sku, *, pieces=1): ...
    ...     @arguments_of(price)
    ...     def tax(self, *args, **options): ...
    >>> print(inspect.signature(Shop.tax))
    (self, sku, *, pieces=1)
    """

    def give(method: Callable[..., T]) -> Callable[Concatenate[Any, P], T]:
        returned = inspect.signature(method).return_annotation
        method.__signature__ = inspect.signature(described).replace(return_annotation=returned)  # type: ignore[attr-defined]
        return method

    return give
