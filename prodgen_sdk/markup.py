"""Markup from small functions. Text is escaped unless it is markup already, so what a shop writes cannot break the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from prodgen_sdk import images
from prodgen_sdk.metadata import Metadata
from prodgen_sdk.types import Image

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_SCRIPT = "; script-src 'sha256-{}'"
"""Of all scripts, the one with this digest: none that gets into the page in another way."""
_VOID = {"img", "meta", "br", "input"}
_QUALITY = 82
PLAIN = """
:root { --ink: #1c1c1e; --paper: #fff; --soft: #f1f1f3; --dim: #6a6a70; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #161618; --soft: #26262a; --dim: #a0a0a8; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem; }
h1 { font-size: 1.4rem; }
@media (max-width: 600px) { body { margin: 1rem; } }
"""
"""The style of a plain page, light or dark as its reader likes it, to go on from."""


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
    """Children one after the other; None is left out.

    >>> join(el("b", "1"), None, " < 2")
    '<b>1</b> &lt; 2'
    """
    return Html("".join(_child(child) for child in children))


def picture(image: Image, alt: str, *, width: int | None = None, metadata: Metadata | None = None) -> Html:
    """An `<img>` that holds its image, WebP, of at most `width` pixels across."""
    height, full = image.shape[:2]
    if width is not None and full > width:
        height, full = max(1, round(height * width / full)), width
        image = images.resize(image, full, height)
    data = base64.b64encode(images.encode(image, "webp", quality=_QUALITY, metadata=metadata)).decode()
    source = f"data:image/webp;base64,{data}"
    return el("img", src=source, alt=alt, width=full, height=height, loading="lazy", decoding="async")


def page(title: str, style: str, *body: Child, script: str = "") -> str:
    """A whole HTML file that asks nothing of anybody when it is opened: its style is in it, and its images are `picture`.

    Args:
        script: JavaScript to run once the body is there; no other script runs.

    >>> page("Mugs", "p { color: red }", el("p", "blue")).startswith("<!doctype html>")
    True
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = _POLICY + (_SCRIPT.format(digest) if script else "")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", Html(style)),
    )
    last = el("script", Html(script)) if script else None
    return f"<!doctype html>\n{el('html', head, el('body', *body, last), lang='en')}\n"


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
