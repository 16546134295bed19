"""Sections of the report about what is recommended, why, and by which image."""

from __future__ import annotations

from collections.abc import Mapping

from prodgen_sdk.demo.findings import Findings, Neighbours, Visit
from prodgen_sdk.demo.report.parts import meter, percent, section, table, tile, titles, view_words
from prodgen_sdk.demo.report.pictures import Album
from prodgen_sdk.markup import Child, Html, el
from prodgen_sdk.types import Product, Recommendation, Variant

_STORED = {"tryons": "try-ons kept", "tryon_files": "their images", "states": "learnt states"}
_VERBS = {
    "search": "searched",
    "view": "looked at",
    "add_to_cart": "put in the cart",
    "purchase": "bought",
    "hide": "hid",
    "click": "clicked",
}


def recommendations_section(findings: Findings, album: Album) -> Html:
    trade = findings.trade
    shown = sum(day[0] for day in trade.clicks_by_day)
    lede = (
        f"Five visitors with tastes of their own, {len(trade.clicks_by_day)} days, {shown} products shown. Their clicks come "
        "from a fixed script, so that each run tells the same story; what the shop makes of them does not. Each product "
        "comes with the image to show it by, and with the shares that its score is made of."
    )
    visits = [_visit(visit, findings, album) for visit in (*trade.visits, trade.stranger)]
    return section("recommend", 4, "What to show to whom", lede, _days(findings), *visits)


def _days(findings: Findings) -> Html:
    days, chance = findings.trade.clicks_by_day, findings.trade.clicks_at_random
    rates = [clicks / max(shown, 1) for shown, clicks in days]
    top = max([*rates, chance, 0.01])
    bars = [el("span", style=f"height:{100 * rate / top:.0f}%", class_="bar") for rate in rates]
    line = el("span", f"at random {percent(chance)}", style=f"bottom:{100 * chance / top:.1f}%", class_="line")
    words = (
        f"Share of the products shown that were clicked, day 1 to day {len(days)}: "
        f"{percent(findings.figures['click_rate'])} over all. Products and images drawn at random would have earned "
        f"{percent(chance)}."
    )
    return el(
        "figure", el("div", bars, line, class_="days", aria_hidden="true"), el("figcaption", words), class_="chart"
    )


def _visit(visit: Visit, findings: Findings, album: Album) -> Html:
    products, variants = findings.stock.products, findings.gallery.variants
    deeds = [
        el(
            "li",
            el("span", f"{_VERBS[kind]} ", class_="quiet"),
            el("q", what) if kind == "search" else products[what].text(visit.persona.locale).title,
        )
        for kind, what in visit.did
    ]
    head = el(
        "div",
        el("h3", visit.persona.user.capitalize()),
        el("p", visit.persona.about),
        el("ul", deeds, class_="chips") if deeds else None,
        el("p", f"{visit.impressions} products shown, {visit.clicks} clicked", class_="quiet")
        if visit.impressions
        else None,
        class_="words",
    )
    before, end = (
        [tile(_picture(item, products, album, 120), class_="tile bare") for item in items]
        for items in (visit.before, visit.at_the_end)
    )
    after = [_card(item, products, variants, album, visit.persona.locale) for item in visit.after]
    shelves = el(
        "div",
        el("h4", "Before, when only others were known", class_="quiet") if before else None,
        el("div", before, class_="shelf tiny") if before else None,
        el("h4", "After this visit", class_="quiet") if before else None,
        el("div", after, class_="shelf"),
        el("h4", f"After {len(findings.trade.clicks_by_day)} days", class_="quiet") if end else None,
        el("div", end, class_="shelf tiny") if end else None,
    )
    return el("article", head, shelves, class_="visit")


def _picture(item: Recommendation, products: Mapping[str, Product], album: Album, width: int) -> Html:
    return album(item.variant, width, products[item.sku].title)


def _card(
    item: Recommendation, products: Mapping[str, Product], variants: Mapping[str, Variant], album: Album, locale: str
) -> Html:
    largest = max((abs(share) for share in item.contributions.values()), default=1.0) or 1.0
    shares: list[Child] = []
    for name, share in sorted(item.contributions.items(), key=lambda entry: -abs(entry[1])):
        words = f"{name} {share:+.2f}"
        bar = el("span", meter(abs(share) / largest, words), class_="against" if share < 0 else None)
        shares.append(el("li", el("span", name.replace("_", " ")), bar, el("span", f"{share:+.2f}", class_="value")))
    view = view_words(variants[item.variant].view) if item.variant in variants else ""
    return tile(
        _picture(item, products, album, 260),
        titles(products[item.sku]),
        *(el("span", reason, class_="reason", lang=locale) for reason in item.reasons),
        el("ul", shares, class_="shares"),
        el("span", f"shown {view}, chance {percent(item.propensity)}", class_="quiet"),
    )


def policy_section(findings: Findings, album: Album) -> Html:
    trade, variants = findings.trade, findings.gallery.variants
    product = findings.stock.products[trade.picture_of]
    lede = (
        "A product has several images, and which one sells it is learnt from the clicks of these visitors and of everybody "
        f"else who browsed the departments. Here is {product.text('en').title}, asked for {trade.draws} times before and "
        "after. The policy states the chance of each choice as it makes it; counting says whether that was true."
    )
    rows: list[tuple[Child, ...]] = []
    for share in trade.shares:
        view = view_words(variants[share.variant].view) if share.variant in variants else ""
        picture = el("span", album(share.variant, 96, f"{product.title}, seen {view}"), view, class_="with-picture")
        row = [
            el("span", meter(value, percent(value)), percent(value), class_="confidence")
            for value in (share.counted_before, share.stated, share.counted)
        ]
        rows.append((picture, *row))
    head = ("Image", "Chosen before", "Stated after", "Chosen after")
    return section("policy", 5, "Which image to show", lede, table(head, rows, "Chance of each image"))


def similar_section(findings: Findings, album: Album) -> Html:
    lede = (
        "The nearest products to a product, to words in either language, and to an image, in one joint space. The built-in "
        "encoders compare letters, colours and outlines; they do not know what words mean."
    )
    rows = [_neighbours(item, findings.stock.products, album) for item in findings.trade.neighbours]
    return section("similar", 6, "What is like it", lede, *rows)


def _neighbours(item: Neighbours, products: Mapping[str, Product], album: Album) -> Html:
    asked = el("q", item.question) if item.kind == "words" else item.question
    head = el("div", el("p", f"Like {item.kind}", class_="quiet"), el("h3", asked), class_="words")
    found = [
        tile(
            album(near.variant, 200, products[near.sku].title),
            titles(products[near.sku]),
            el("span", f"similarity {near.score:.2f}", class_="quiet"),
        )
        for near in item.found
    ]
    return el("article", head, el("div", found, class_="shelf"), class_="visit")


def forget_section(findings: Findings) -> Html:
    erased = findings.trade.erased
    if erased is None:
        return section("forget", 7, "Forgetting", "The visitor was not known, so there was nothing to forget.")
    lede = f"{erased.user!r} asked to be forgotten. What was found was erased, then the store was searched again: " + (
        "nothing is left." if erased.complete else "something is left!"
    )
    names = list(dict.fromkeys([*erased.erased, *erased.remaining]))
    rows: list[tuple[Child, ...]] = [
        (_STORED.get(name, name.replace("_", " ")), erased.erased.get(name, "–"), erased.remaining.get(name, "–"))
        for name in names
    ]
    return section("forget", 7, "Forgetting", lede, table(("What", "Erased", "Left"), rows, "The proof"))
