"""What waits in review, as one page to look at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from prodgen_sdk.cli.decisions import LONGEST_REASON, why
from prodgen_sdk.markup import PLAIN, Html, el, page, picture

if TYPE_CHECKING:
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Variant, View

_WIDTH = 320
_STEPS = {
    "in_review": {"approve": "approved", "reject": "rejected"},
    "approved": {"reject": "rejected"},
    "rejected": {"reopen": "in_review"},
}
"""What may be decided on images of a state: the word, and the state that comes of it."""


def review_page(studio: Studio, variants: Sequence[Variant], state: str, more: int) -> str:
    """The images under their products, each with its view, its reasons and the words that decide on it.

    Args:
        more: how many images of that state the page leaves out.
    """
    by_sku = sorted(variants, key=lambda variant: variant.sku)
    products = [
        _product(studio, sku, list(group), state) for sku, group in groupby(by_sku, key=lambda variant: variant.sku)
    ]
    are = "wait for review" if state == "in_review" else f"are {state}"
    words = [f"{len(variants)} images of {len(products)} products {are}."]
    words += [f"{more} more are left out."] if more else []
    top = (el("h1", "Review"), el("p", " ".join(words)), _how(state))
    return page("Review", PLAIN + _STYLE, *top, *products, _save() if _STEPS.get(state) else None, script=_SCRIPT)


def _how(state: str) -> Html:
    """The words that decide; a sku stands for images that wait or were rejected, not for those that are shown."""
    names = "VARIANT ..." if state == "approved" else "SKU or VARIANT ..."
    verbs = _STEPS.get(state, {})
    if not verbs:
        return el("p")
    commands = [el("code", f"prodgen review {verb} {names}") for verb in verbs]
    return el("p", "Decide below, or on the command line: ", commands, class_="how")


def _save() -> Html:
    """Shown where scripts run: they gather what was chosen."""
    then = el("span", "then ", el("code", "prodgen review apply decisions.jsonl --by NAME"))
    return el("footer", el("output"), el("button", "Save decisions.jsonl", id="save"), then, hidden=True)


def _product(studio: Studio, sku: str, variants: list[Variant], state: str) -> Html:
    product = studio.product(sku)
    title = el("h2", product.title, el("small", f"{sku} · {product.category}"), lang=product.locale)
    steps = _STEPS.get(state, {}).items() if len(variants) > 1 else ()
    all_of_it = [
        el("button", f"{verb} all", data_all=after, aria_label=f"{verb} all of {product.title}", hidden=True)
        for verb, after in steps
    ]
    tiles = [_tile(studio, variant, product.title, state) for variant in variants]
    return el("section", title, all_of_it, el("div", tiles, class_="tiles"))


def _tile(studio: Studio, variant: Variant, title: str, state: str) -> Html:
    from prodgen_sdk.errors import StoreError

    view = _in_words(variant.view)
    try:
        shown = picture(studio.image(variant), f"{title}, {view}", width=_WIDTH)
    except StoreError as error:
        shown = el("p", str(error), class_="lost")
    reasons = [el("li", reason) for reason in why(studio, variant)]
    return el(
        "figure",
        shown,
        el(
            "figcaption",
            el("b", view),
            variant.generator,
            el("code", variant.id),
            el("ul", reasons) if reasons else None,
            _choice(variant.id, f"{title}, {view}", _STEPS.get(state, {})),
        ),
        id=variant.id,
    )


def _in_words(view: View) -> str:
    """A view's name or, as most have none, from where the product is seen."""
    if view.name:
        return view.name
    height = f", {abs(view.elevation):g}° {'above' if view.elevation > 0 else 'below'}" if view.elevation else ""
    near = f", distance {view.distance:g}" if view.distance != 1 else ""
    return f"{view.azimuth:g}°{height}{near}"


def _choice(id: str, about: str, steps: dict[str, str]) -> Html | None:
    if not steps:
        return None
    options = {"later": "", **steps}
    choices = [
        el("label", el("input", type="radio", name=id, value=after, checked=not after), f" {verb}")
        for verb, after in options.items()
    ]
    reason = el("input", type="text", placeholder="reason", maxlength=LONGEST_REASON, aria_label="reason")
    return el("fieldset", choices, reason, aria_label=about, hidden=True)


_STYLE = """\
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; } h2 small { font-weight: normal; color: var(--dim); padding-left: .6rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 1fr)); gap: 18px 14px; } figure { margin: 0; max-width: 320px; }
img { display: block; border-radius: 6px; background: #fff; width: 100%; height: auto; box-sizing: border-box; border: 1px solid var(--soft); }
figcaption { font-size: 13px; color: var(--dim); padding-top: 4px; } figcaption b { display: block; color: var(--ink); }
ul { margin: 2px 0; padding-left: 1.1rem; color: var(--ink); } code { font-size: 12px; user-select: all; }
figcaption code { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (max-width: 600px) { h2 small { display: block; padding: 0; } }
.how { color: var(--dim); } .how code { color: var(--ink); display: inline-block; } .how code { background: var(--soft); border-radius: 4px; padding: 2px 6px; margin-right: 8px; } .lost { background: var(--soft); padding: 12px; border-radius: 6px; }
fieldset { border: 0; padding: 0; margin: 4px 0 0; color: var(--ink); } label { margin-right: 8px; } fieldset input[type=text] { width: 100%; box-sizing: border-box; margin-top: 2px; font: inherit; }
section > button { margin: 0 8px 8px 0; } figure:has(input[value=approved]:checked) img { outline: 3px solid #2e9e5b; } figure:has(input[value=rejected]:checked) img { outline: 3px solid #d04545; opacity: .6; } figure:has(input[value=in_review]:checked) img { outline: 3px solid #3a78d0; }
footer { position: sticky; bottom: 0; background: var(--soft); border-radius: 6px; padding: 10px 14px; margin-top: 2rem; } footer > * { margin-right: 14px; }
"""
_SCRIPT = """
const save = document.getElementById("save"), figures = [...document.querySelectorAll("figure")];
const decisions = () => figures.flatMap(figure => {
  const chosen = figure.querySelector("input:checked");
  const reason = figure.querySelector("input[type=text]");
  return chosen && chosen.value ? [{variant: figure.id, review: chosen.value, reason: reason.value.trim()}] : [];
});
const count = () => {
  const number = decisions().length;
  document.querySelector("output").textContent = `${number} of ${figures.length} decided`;
  save.disabled = number === 0;
};
if (save) {
  for (const hidden of document.querySelectorAll("[hidden]")) hidden.hidden = false;
  document.addEventListener("change", count);
  document.addEventListener("click", event => {
    const after = event.target.dataset.all;
    if (!after) return;
    for (const choice of event.target.closest("section").querySelectorAll(`input[value=${after}]`)) choice.checked = true;
    count();
  });
  save.addEventListener("click", () => {
    const text = decisions().map(decision => JSON.stringify(decision) + "\\n").join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type: "application/x-ndjson"}));
    link.download = "decisions.jsonl";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  count();
}
"""
"""Without it the page shows all the same; the words above then decide."""
