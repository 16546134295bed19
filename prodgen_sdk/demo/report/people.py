"""The section of the report about dressed people."""

from __future__ import annotations

from collections.abc import Mapping

from prodgen_sdk.demo.findings import Dressed, Findings, Look
from prodgen_sdk.demo.report.parts import meter, section, tile
from prodgen_sdk.demo.report.pictures import frame_of
from prodgen_sdk.markup import Html, el, picture
from prodgen_sdk.types import Product


def people_section(findings: Findings) -> Html:
    looks = [look for person in findings.people for look in person.looks]
    made = sum(look.image is not None for look in looks)
    first, later = (findings.figures.get(name) for name in ("tryon_first_s", "tryon_next_s"))
    pace = f" The first garment on a person took {first:.1f} s," if first is not None else ""
    pace += f" each further one {later:.1f} s." if first is not None and later is not None else ""
    lede = (
        f"{len(findings.people)} photos, every garment on every person: {made} images and {len(looks) - made} "
        f"refusals, all of them shown.{pace} Only the pixels of the clothes change; face, hands and background are "
        "those of the photo, bit for bit."
        if looks
        else "Nobody was dressed: " + " ".join(findings.notes)
    )
    people = [_person(person, findings) for person in findings.people]
    return section("tryon", 3, "Trying on", lede, *people)


def _person(person: Dressed, findings: Findings) -> Html:
    original = tile(
        picture(person.photo, f"{person.name}, as photographed", width=440), el("h3", person.name), "as photographed"
    )
    frame = frame_of(person.photo, [look.image for look in person.looks if look.image is not None])
    looks = [_look(person, look, findings.stock.products, frame) for look in person.looks]
    return el("article", original, el("div", looks, class_="looks"), class_="person")


def _look(person: Dressed, look: Look, products: Mapping[str, Product], frame: tuple[slice, slice]) -> Html:
    worn = [products[sku] for sku in look.skus]
    names = el("span", [el("span", product.text("en").title, class_="title") for product in worn], class_="worn")
    if look.image is None:
        reason, hint = (look.refusal.reason, look.refusal.what_to_do) if look.refusal else ("", "")
        return tile(
            el("div", el("strong", "Refused"), el("span", reason), el("span", hint, class_="quiet"), class_="refused"),
            names,
        )
    alt = f"{person.name} wearing {' and '.join(product.text('en').title for product in worn)}"
    stated = f"confidence {look.confidence:.2f}"
    return tile(
        picture(look.image[frame], alt, width=340),
        names,
        el("span", meter(look.confidence, stated), stated, class_="confidence"),
        *(el("span", warning, class_="warning") for warning in look.warnings),
    )
