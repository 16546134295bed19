"""Markup from small functions. Text is escaped unless it is markup already, so what a shop writes cannot break the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_VOID = {"img", "meta", "br"}


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"


def el(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element; a trailing underscore is cut from an attribute's name, and others become hyphens.

    >>> el("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    >>> el("p", el("b", "bold"), " & plain")
    '<p><b>bold</b> &amp; plain</p>'
    """
    start = name + "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{start}>") if name in _VOID else Html(f"<{start}>{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Children one after the other; None is left out."""
    return Html("".join(_child(child) for child in children))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return escape(str(child))
    return "".join(_child(item) for item in child)


def _attribute(key: str, value: str | int | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
