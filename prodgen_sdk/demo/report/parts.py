"""Pieces that several sections share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prodgen_sdk.markup import Child, Html, el, join
from prodgen_sdk.types import Attribute, Locale, Product, View


def section(id: str, number: int, title: str, lede: Child, *children: Child) -> Html:
    """A numbered section with a heading and a paragraph that says what is to be seen."""
    heading = el("h2", el("span", number, class_="number", aria_hidden="true"), title, id=f"{id}-title")
    return el("section", heading, el("p", lede, class_="lede"), *children, id=id, aria_labelledby=f"{id}-title")


def titles(product: Product) -> Html:
    """Both titles; the product's own first."""
    other: Locale = "zh" if product.locale == "en" else "en"
    text = product.text(other).title
    second = el("span", text, class_="other-title", lang=other) if text != product.title else None
    return el("span", el("span", product.title, class_="title", lang=product.locale), second, class_="titles")


def tile(picture: Child, *caption: Child, class_: str = "tile") -> Html:
    """An image on its white card, with what there is to say of it."""
    return el("figure", el("div", picture, class_="card"), el("figcaption", *caption), class_=class_)


def price(product: Product) -> str:
    return f"{product.price:,.2f} {product.currency}" if product.price is not None else ""


def attributes(found: Mapping[str, Attribute]) -> dict[str, Html]:
    """Each attribute as text; `colour_rgb` and the like become a swatch beside the colour that they belong to."""
    return {
        name: join(_swatch(found.get(f"{name}_rgb")), ", ".join(value) if isinstance(value, tuple) else str(value))
        for name, value in found.items()
        if not name.endswith("_rgb")
    }


def _swatch(code: Attribute | None) -> Html | None:
    known = isinstance(code, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", code)
    return el("span", style=f"background:{code}", class_="swatch") if known else None


def number(value: float) -> str:
    """Three digits, without exponents.

    >>> number(1630.4), number(0.4613), number(0.0)
    ('1,630', '0.461', '0')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or not value else f"{value:.3g}" if abs(value) >= 0.001 else "< 0.001"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 or not share else f"{100 * share:.1f} %"


def meter(share: float, label: str) -> Html:
    """A bar from 0 to 1 with its meaning for those who do not see it."""
    width = f"width:{100 * min(max(share, 0), 1):.1f}%"
    return el("span", el("span", class_="fill", style=width), class_="meter", role="img", aria_label=label)


def view_words(view: View) -> str:
    """From where a view is taken, in words.

    >>> view_words(View(azimuth=45, elevation=15))
    'from the right front'
    """
    if view.elevation >= 70:
        return "from above"
    sides = ("front", "right front", "right", "right back", "back", "left back", "left", "left front")
    side = sides[round(view.azimuth / 45) % 8]
    return f"from the {side}"


def table(head: tuple[Child, ...], rows: Sequence[tuple[Child, ...]], caption: str) -> Html:
    """A table that scrolls by itself where it is too wide; the first cell of a row is its heading."""
    top = el("tr", [el("th", cell, scope="col") for cell in head])
    body = [el("tr", el("th", row[0], scope="row"), [el("td", cell) for cell in row[1:]]) for row in rows]
    return el(
        "div", el("table", el("caption", caption), el("thead", top), el("tbody", *body)), class_="scroll", tabindex=0
    )
