"""The job itself: every step in order, what was measured, and the report."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prodgen_sdk.context import Progress
from prodgen_sdk.demo.assets import Inputs, lay_out
from prodgen_sdk.demo.dressing import dress
from prodgen_sdk.demo.findings import Dressed, Environment, Findings, Gallery, Stock, Trade
from prodgen_sdk.demo.picturing import picture
from prodgen_sdk.demo.plan import FULL, QUICK
from prodgen_sdk.demo.shopping import trade
from prodgen_sdk.demo.stocking import stock_up
from prodgen_sdk.files import check_writable, write_atomically
from prodgen_sdk.host import Host
from prodgen_sdk.specs import Kind
from prodgen_sdk.studio import Studio
from prodgen_sdk.threads import cores

_USED: tuple[Kind, ...] = (
    "describer", "text_encoder", "image_encoder", "generator", "compositor", "body_parser", "index", "ranker", "policy",
)  # fmt: skip


@dataclass(frozen=True)
class DemoResult:
    """Where the report lies, what was measured (units in the names), what could not be done, and how long it took."""

    index: Path
    figures: dict[str, float]
    notes: tuple[str, ...]
    seconds: float


def run_demo(
    out: Path, *, host: Host | None = None, progress: Progress = lambda done, total, what: None, quick: bool = False
) -> DemoResult:
    """Runs the main job in the folder `out` and writes `index.html` and `report.json` there.

    Catalogue -> images -> publication -> try-on -> events -> recommendation -> report. What an earlier run in the same
    folder made is found again, so that a killed run goes on where it was. The photos of garments and people come from the
    package `openvto`; without it these parts are left out and the result says so.

    Args:
        host: the plugins to use; by default all that are installed.
        progress: called with (done, total, step).
        quick: few and small images, for tests.

    Raises:
        InputError: `out` cannot be used.
        ProdgenError: no image could be made at all.
    """
    from prodgen_sdk.demo.report.page import write_report

    started = time.perf_counter()
    check_writable(out)
    plan = QUICK if quick else FULL
    earlier = _earlier_figures(out)
    progress(0, 1, "Loading the catalogue")
    inputs = lay_out(out / "catalogue")
    with Studio.create(out / "workspace", host=host) as studio:
        stock = stock_up(studio, inputs.catalogues)
        progress(1, 1, "Loading the catalogue")
        gallery, pace = picture(studio, stock.products, plan, progress)
        people, dressed_in, problem = dress(studio, inputs.people, stock.products, plan, out / "tryon", progress)
        told, timings = trade(studio, stock.products, gallery.variants, inputs.people, plan, progress)
        measured = pace | dressed_in | timings | _counts(stock, gallery, people, told)
        figures = {**earlier, **measured, "total_s": time.perf_counter() - started}
        notes = _notes(inputs, problem, gallery)
        findings = Findings(
            stock,
            gallery,
            people,
            told,
            environment(studio.host),
            figures,
            frozenset(earlier.keys() - measured.keys() - {"total_s"}),
            notes,
        )
        progress(0, 1, "Writing the report")
        index = write_report(studio, findings, out / "index.html")
    seconds = time.perf_counter() - started
    figures["total_s"] = seconds
    write_atomically(out / "report.json", _json(findings, figures))
    progress(1, 1, "Writing the report")
    return DemoResult(index, figures, notes, seconds)


def environment(host: Host) -> Environment:
    """The software and the kind of machine; no names of hosts, users or folders."""
    distributions = {record.distribution: record.version for record in host.plugins if record.distribution}
    used: dict[str, str] = {kind: host.default(kind) for kind in _USED if host.default(kind) in host.registry.ids(kind)}
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=cores(),
        device=host.context().device,
        distributions=distributions,
        components=used,
    )


def _counts(stock: Stock, gallery: Gallery, people: tuple[Dressed, ...], told: Trade) -> dict[str, float]:
    looks = [look for person in people for look in person.looks]
    fresh = [picture for picture in gallery.pictures if not picture.reused]
    counts = {
        "products": len(stock.products),
        "rejected_lines": stock.rejected,
        "pictures": len(gallery.pictures),
        "pictures_made_now": len(fresh),
        "pictures_approved": sum(picture.review == "approved" for picture in gallery.pictures),
        "products_without_picture": len(gallery.missing),
        "tryons": sum(look.image is not None for look in looks),
        "tryons_made_now": sum(not look.reused for look in looks),
        "tryon_refusals": sum(look.refusal is not None for look in looks),
        "impressions": sum(shown for shown, _ in told.clicks_by_day),
        "clicks": sum(clicks for _, clicks in told.clicks_by_day),
    }
    figures = {name: float(value) for name, value in counts.items()}
    rates = {
        "click_rate": figures["clicks"] / max(figures["impressions"], 1),
        "click_rate_at_random": told.clicks_at_random,
    }
    return figures | rates


def _notes(inputs: Inputs, problem: str, gallery: Gallery) -> tuple[str, ...]:
    reasons: dict[str, list[str]] = {}
    for sku, why in gallery.missing.items():
        reasons.setdefault(why.replace(sku, "the product"), []).append(sku)
    missing = [f"No image of {', '.join(skus)}: {why}" for why, skus in reasons.items()]
    return tuple(filter(None, (inputs.note, problem, *missing)))


def _earlier_figures(out: Path) -> dict[str, float]:
    try:
        figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
        return {str(name): float(value) for name, value in figures.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _json(findings: Findings, figures: Mapping[str, float]) -> bytes:
    trade_ = findings.trade
    report: dict[str, Any] = {
        "figures": {name: round(value, 4) for name, value in figures.items()},
        "measured_earlier": sorted(findings.earlier),
        "notes": findings.notes,
        "environment": vars(findings.environment),
        "tryons": [
            {
                "person": person.name,
                "garments": look.skus,
                "confidence": round(look.confidence, 3),
                "warnings": look.warnings,
                "refusal": look.refusal.model_dump() if look.refusal else None,
                "seconds": round(look.seconds, 3),
            }
            for person in findings.people
            for look in person.looks
        ],
        "recommendations": {
            visit.persona.user: [item.model_dump(mode="json") for item in visit.after] for visit in trade_.visits
        },
        "forgotten": trade_.erased.model_dump() if trade_.erased else None,
    }
    return json.dumps(report, ensure_ascii=False, indent=1).encode()
