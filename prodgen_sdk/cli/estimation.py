"""What `prodgen generate --estimate` prints, and the limit of cost that a run must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from prodgen_sdk.cli.output import table
from prodgen_sdk.terminal import duration, note

if TYPE_CHECKING:
    from prodgen_sdk.pipeline.estimate import Estimate, Share

_SOURCES = {"published": "published images", "trial": "a trial", "unknown": "not known"}


def to_json(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """All estimates of a call as one, JSON-ready."""
    from prodgen_sdk.pipeline.estimate import total

    shares = [share.model_dump() for estimate in estimates for share in estimate.shares]
    return {
        "products": sum(estimate.products for estimate in estimates),
        "pictures": sum(estimate.pictures for estimate in estimates),
        "found": sum(estimate.found for estimate in estimates),
        "to_make": sum(share["pictures"] for share in shares),
        "seconds": total([estimate.seconds for estimate in estimates]),
        "cost": total([estimate.cost for estimate in estimates]),
        "currency": estimates[0].currency if estimates else "",
        "shares": shares,
        "refused": {sku: list(reasons) for estimate in estimates for sku, reasons in estimate.refused.items()},
        "failed": {sku: why for estimate in estimates for sku, why in estimate.failed.items()},
    }


def show(estimates: Sequence[Estimate]) -> None:
    """A line per generator on standard output; the sums and what cannot be made on standard error."""
    report = to_json(estimates)
    rows = [_row(share, report["currency"]) for estimate in estimates for share in estimate.shares]
    if rows:
        table(("generator", "images", "s each", "known from", "time", "cost"), rows)
    made = f"{report['to_make']} of {report['pictures']} images of {report['products']} products are to be made"
    note(f"{made}; {report['found']} are there already.")
    note(f"Time: {duration(report['seconds'])}. Cost: {_money(report['cost'], report['currency'])}.")
    for sku, reasons in report["refused"].items():
        note(f"refused: {sku}: {'; '.join(reasons)}")
    for sku, why in report["failed"].items():
        note(f"failed: {sku}: {why}")


def keep_limit(estimates: Sequence[Estimate], limit: float) -> None:
    """Raises InputError if the work would cost more than the limit, or nobody knows what it costs."""
    from prodgen_sdk.errors import InputError

    report = to_json(estimates)
    if not report["to_make"]:
        return
    if report["cost"] is None:
        raise InputError(
            "There is a limit of cost, but no price is configured.",
            hint="Set costs.per_picture or costs.per_hour in prodgen.toml, or drop the limit.",
        )
    if report["cost"] > limit:
        raise InputError(
            f"This would cost {_money(report['cost'], report['currency'])}, and the limit is {limit:g}.",
            hint="Raise --max-cost or costs.limit, or ask for fewer products or views.",
        )


def _row(share: Share, currency: str) -> tuple[object, ...]:
    each = "" if share.seconds_per_picture is None else f"{share.seconds_per_picture:.3g}"
    known = _SOURCES[share.source]
    return (share.generator, share.pictures, each, known, duration(share.seconds), _money(share.cost, currency))


def _money(cost: float | None, currency: str) -> str:
    """An amount in words; of what is below a cent, two digits that count.

    >>> _money(12.345, "EUR"), _money(0.00207, "EUR")
    ('12.35 EUR', '0.0021 EUR')
    """
    if cost is None:
        return "no price is configured"
    return f"{cost:.2g} {currency}" if 0 < cost < 0.01 else f"{cost:.2f} {currency}"
