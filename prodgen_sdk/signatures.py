"""Methods that take what another one takes, so that its arguments are described once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def arguments_of(
    described: Callable[Concatenate[Any, P], object],
) -> Callable[[Callable[..., T]], Callable[Concatenate[Any, P], T]]:
    """Gives a method the arguments of another one: for type checkers, `help`, `inspect.signature` and errors.

    >>> class Shop:
    ...     def price(self, sku, *, pieces=1): ...
    ...     @arguments_of(price)
    ...     def tax(self, *args, **options): return self.price(*args, **options)
    >>> print(inspect.signature(Shop.tax))
    (self, sku, *, pieces=1)
    >>> Shop().tax("mug-1", peices=2)
    Traceback (most recent call last):
    TypeError: Shop.tax() got an unexpected keyword argument 'peices'. Did you mean 'pieces'?
    """

    def give(method: Callable[..., T]) -> Callable[Concatenate[Any, P], T]:
        returned = inspect.signature(method).return_annotation
        signature = inspect.signature(described).replace(return_annotation=returned)

        @wraps(method)
        def call(*args: Any, **options: Any) -> T:
            try:
                return method(*args, **options)
            except TypeError:
                _check(method.__qualname__, signature, args, options)
                raise

        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return give


def _check(name: str, signature: inspect.Signature, args: Iterable[Any], options: dict[str, Any]) -> None:
    """Raises TypeError, which names the method that was called, for arguments that it does not take."""
    try:
        signature.bind(*args, **options)
    except TypeError as error:
        unknown = next((option for option in options if option not in signature.parameters), "")
        near = get_close_matches(unknown, signature.parameters, n=1)
        hint = f". Did you mean {near[0]!r}?" if near else ""
        raise TypeError(f"{name}() {error}{hint}") from None
