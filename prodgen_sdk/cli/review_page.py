"""What waits in review, as one page to look at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from prodgen_sdk.markup import Html, el, page, picture

if TYPE_CHECKING:
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Variant

_WIDTH = 220


def review_page(studio: Studio, variants: Sequence[Variant], state: str, more: int) -> str:
    """The pictures under their products, each with its view, its reasons and the words that decide on it.

    Args:
        more: how many pictures of that state the page leaves out.
    """
    by_sku = sorted(variants, key=lambda variant: variant.sku)
    products = [_product(studio, sku, list(group)) for sku, group in groupby(by_sku, key=lambda variant: variant.sku)]
    are = "wait for review" if state == "in_review" else f"are {state}"
    words = [f"{len(variants)} pictures of {len(products)} products {are}."]
    words += [f"{more} more are left out."] if more else []
    return page("Review", _STYLE, el("h1", "Review"), el("p", " ".join(words)), _how(state), *products)


def _how(state: str) -> Html:
    """The words that decide; a sku stands for pictures that wait or were rejected, not for those that are shown."""
    names = "VARIANT ..." if state == "approved" else "SKU or VARIANT ..."
    verbs = {"in_review": ("approve", "reject"), "approved": ("reject",), "rejected": ("reopen",)}.get(state, ())
    return el("p", [el("code", f"prodgen review {verb} {names}") for verb in verbs], class_="how")


def _product(studio: Studio, sku: str, variants: list[Variant]) -> Html:
    product = studio.product(sku)
    title = el("h2", product.title, el("small", f"{sku} · {product.category}"), lang=product.locale)
    return el("section", title, el("div", [_tile(studio, variant) for variant in variants], class_="tiles"))


def _tile(studio: Studio, variant: Variant) -> Html:
    from prodgen_sdk.errors import StoreError

    try:
        shown = picture(studio.image(variant), f"{variant.sku}, {variant.view.slug}", width=_WIDTH)
    except StoreError as error:
        shown = el("p", str(error), class_="lost")
    steps = studio.store.reviews.of(variant.id)[-1:]
    decided = [f"{step.after} by {step.by}{f': {step.reason}' if step.reason else ''}" for step in steps]
    why = [el("li", reason) for reason in (*variant.screening.reasons, *variant.shortcomings, *decided)]
    return el(
        "figure",
        shown,
        el(
            "figcaption",
            el("b", variant.view.slug),
            f" {variant.generator}",
            el("ul", why) if why else None,
            el("code", variant.id),
        ),
    )


_STYLE = """
:root { --ink: #1c1c1e; --paper: #fff; --soft: #f1f1f3; --dim: #6a6a70; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #161618; --soft: #26262a; --dim: #a0a0a8; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; } h2 small { font-weight: normal; color: var(--dim); padding-left: .6rem; }
.tiles { display: flex; flex-wrap: wrap; gap: 14px; } figure { margin: 0; width: 220px; }
img { display: block; border-radius: 6px; background: #fff; max-width: 100%; height: auto; }
figcaption { font-size: 13px; color: var(--dim); padding-top: 4px; } figcaption b { color: var(--ink); }
ul { margin: 2px 0; padding-left: 1.1rem; color: var(--ink); } figcaption code { display: block; } code { font-size: 12px; overflow-wrap: anywhere; user-select: all; }
.how code { background: var(--soft); border-radius: 4px; padding: 2px 6px; margin-right: 8px; } .lost { background: var(--soft); padding: 12px; border-radius: 6px; }
"""
