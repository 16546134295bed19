"""Sections of the report about products and their images."""

from __future__ import annotations

from prodgen_sdk.demo.findings import Findings, Gallery, Reading, Stock
from prodgen_sdk.demo.report.parts import attributes, number, price, section, table, tile, titles, view_words
from prodgen_sdk.demo.report.pictures import Album
from prodgen_sdk.markup import Child, Html, el, join
from prodgen_sdk.pipeline.produce import Picture
from prodgen_sdk.types import Product

_EXAMPLES = 4


def catalogue_section(findings: Findings, album: Album) -> Html:
    stock, gallery = findings.stock, findings.gallery
    domains = ", ".join(f"{count} {domain}" for domain, count in stock.domains.most_common())
    lede = (
        f"{len(stock.products)} products from {len(stock.loads)} files, in English and Chinese: {domains}. "
        f"{stock.rejected} lines were rejected."
    )
    files = [
        (name, summary.added, summary.updated, summary.unchanged, len(summary.rejected))
        for name, summary in stock.loads.items()
    ]
    loads = table(("File", "Added", "Updated", "Unchanged", "Rejected"), files, "What loading each file gave")
    wall = el("div", [_wall_tile(product, gallery, album) for product in stock.products.values()], class_="wall")
    return section("catalogue", 1, "The catalogue", lede, wall, el("div", loads, _readings(stock), class_="columns"))


def _wall_tile(product: Product, gallery: Gallery, album: Album) -> Html:
    best = _best(gallery.orbits.get(product.sku) or gallery.others.get(product.sku, ()))
    shown: Child = album(best.id, 200, product.title) if best is not None else el("span", "no image", class_="none")
    return tile(shown, titles(product), el("span", price(product), class_="quiet"), class_="tile small")


def _best(pictures: tuple[Picture, ...]) -> Picture | None:
    """A photo's front, or the three-quarter view of what was generated."""
    turned = [p for p in pictures if p.view.azimuth in (45, 315)]
    approved = [p for p in (*turned[:1], *pictures) if p.review == "approved"]
    return next(iter([*approved, *pictures]), None)


def _readings(stock: Stock) -> Html | None:
    """Products whose words say more than their attributes."""
    telling = sorted(stock.readings.values(), key=lambda reading: -len(attributes(reading.found).keys() - {"accent"}))
    chosen = _one_a_domain([reading for reading in telling if reading.found])
    if not chosen:
        return None
    items = [
        (
            titles(reading.product),
            el("span", reading.product.description, lang=reading.product.locale, class_="quiet"),
            el(
                "ul",
                [el("li", f"{name}: ", value) for name, value in attributes(reading.found).items()],
                class_="chips",
            ),
        )
        for reading in chosen
    ]
    return table(("Product", "What its words say", "What was read out of them"), items, "Attributes nobody typed in")


def _one_a_domain(readings: list[Reading]) -> list[Reading]:
    first: dict[str, Reading] = {}
    for reading in readings:
        first.setdefault(reading.product.domain, reading)
    return list(first.values())[:_EXAMPLES]


def pictures_section(findings: Findings, album: Album) -> Html:
    gallery, figures = findings.gallery, findings.figures
    pace = next((value for name, value in figures.items() if name.startswith("seconds_per_view")), None)
    speed = f", in {pace:.2f} s an image from words to stored file" if pace is not None else ""
    lede = (
        f"{len(gallery.orbits)} products of five domains, each seen from eight sides{speed}. Every image was described, "
        "generated, measured, screened and published; nothing was retouched or left out."
    )
    orbits = [_orbit(findings.stock, sku, pictures, album) for sku, pictures in gallery.orbits.items()]
    return section("pictures", 2, "Eight sides of a product", lede, *orbits)


def _orbit(stock: Stock, sku: str, pictures: tuple[Picture, ...], album: Album) -> Html:
    product = stock.products[sku]
    reading = stock.readings.get(sku)
    found = reading.found if reading is not None else {}
    facts = [
        join(el("dt", name), el("dd", value, el("span", " from the words", class_="quiet") if name in found else None))
        for name, value in attributes({**product.attributes, **found}).items()
    ]
    prompt = pictures[0].variant.provenance.prompt if pictures[0].variant is not None else ""
    states = sorted({picture.review.replace("_", " ") for picture in pictures})
    words = el(
        "div",
        el("h3", titles(product)),
        el("p", f"{product.category} · {price(product)}", class_="quiet"),
        el("dl", *facts, class_="facts"),
        el("p", el("q", prompt, lang=product.locale), class_="prompt") if prompt else None,
        el("details", el("summary", f"{', '.join(states)}; the figures", class_="quiet"), _quality(pictures)),
        class_="words",
    )
    views = [
        tile(
            album(picture.id, 320, f"{product.title}, seen {view_words(picture.view)}"),
            f"{picture.view.azimuth:g}°",
            el("span", "; ".join(picture.shortcomings), class_="warning") if picture.shortcomings else None,
            class_="tile bare",
        )
        for picture in pictures
    ]
    return el("article", words, el("div", views, class_="views"), class_="orbit")


def _quality(pictures: tuple[Picture, ...]) -> Html:
    means = {name: sum(p.quality.get(name, 0.0) for p in pictures) / len(pictures) for name in pictures[0].quality}
    pairs = [join(el("dt", name.replace("_", " ")), el("dd", number(value))) for name, value in means.items()]
    return el("dl", *pairs, class_="facts")
