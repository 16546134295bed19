"""The whole page, in one file that asks nothing of anybody."""

from __future__ import annotations

from pathlib import Path

from prodgen_sdk.demo.findings import Findings
from prodgen_sdk.demo.report.catalogue import catalogue_section, pictures_section
from prodgen_sdk.demo.report.numbers import headline, numbers_section, origins_section
from prodgen_sdk.demo.report.people import people_section
from prodgen_sdk.demo.report.pictures import Album, album
from prodgen_sdk.demo.report.shop import forget_section, policy_section, recommendations_section, similar_section
from prodgen_sdk.files import write_atomically
from prodgen_sdk.markup import Html, el, page
from prodgen_sdk.studio import Studio

_TITLE = "A shop, from catalogue to recommendation"
_STYLE = Path(__file__).with_name("style.css")


def write_report(studio: Studio, findings: Findings, path: Path) -> Path:
    """Writes the page; images are embedded, and nothing is fetched when it is opened."""
    pictures = album(studio, dict(findings.gallery.variants))
    sections = [
        catalogue_section(findings, pictures),
        pictures_section(findings, pictures),
        people_section(findings),
        recommendations_section(findings, pictures),
        policy_section(findings, pictures),
        similar_section(findings, pictures),
        forget_section(findings),
        numbers_section(findings, studio.host),
        origins_section(findings),
    ]
    header = _header(findings, pictures)
    whole = page(f"{_TITLE} · prodgen demo", _STYLE.read_text("utf-8"), header, el("main", *sections))
    return write_atomically(path, whole.encode())


def _header(findings: Findings, pictures: Album) -> Html:
    heroes = []
    domains: set[str] = set()
    for sku, group in findings.gallery.orbits.items():
        product = findings.stock.products[sku]
        if product.domain not in domains:
            domains.add(product.domain)
            turned = next((p for p in group if p.view.azimuth == 45), group[0])
            heroes.append(el("div", pictures(turned.id, 420, product.title), class_="card"))
    figures = [el("div", el("dt", words), el("dd", value)) for value, words in headline(findings)]
    notes = [el("p", note, class_="note") for note in findings.notes]
    links = (
        ("catalogue", "Catalogue"), ("pictures", "Images"), ("tryon", "Try-on"), ("recommend", "Recommendations"),
        ("policy", "Which image"), ("similar", "Similar"), ("forget", "Forgetting"), ("numbers", "Figures"),
        ("origins", "What is real"),
    )  # fmt: skip
    return el(
        "header",
        el("p", "prodgen demo", class_="eyebrow"),
        el("h1", _TITLE),
        el(
            "p",
            "One run of the main job on the built-in components: products become images, people try clothes on, and "
            "visitors are shown what suits them, by the image that suits it.",
            class_="lede",
        ),
        el("dl", *figures, class_="headline"),
        el("div", *heroes, class_="heroes"),
        *notes,
        el("nav", [el("a", words, href=f"#{id}") for id, words in links], aria_label="Sections"),
    )
