"""`prodgen recommend`, `similar`, `learn` and `forget`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import typer

from prodgen_sdk.cli.output import JSON, emit, open_studio, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from decimal import Decimal

    from prodgen_sdk.pipeline.explain import Cause
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Locale, Recommendation, Trace

_CAUSES = 5
_K = typer.Option(10, "-k", min=1, max=1000, help="How many products.")
_FILTER = typer.Option(
    [],
    "--filter",
    metavar="KEY=VALUE",
    help="category=home, tag=new, price=10..50, sku=a or exclude=b. May be repeated: one of several tags, or of several categories, is enough.",
)


def add_to(app: typer.Typer) -> None:
    for command in (recommend, similar, learn, forget):
        app.command(command.__name__)(command)


def recommend(
    ctx: typer.Context,
    user: str = typer.Argument(..., metavar="USER", help="The user's id."),
    k: int = _K,
    filters: list[str] = _FILTER,
    deterministic: bool = typer.Option(False, "--deterministic", help="Choose images without exploration."),
    log: bool = typer.Option(True, "--log/--no-log", help="Log the impressions, or not."),
    explain: bool = typer.Option(
        False, "--explain", help="Show what each score consists of, and how it changes without each cause."
    ),
    budget: float | None = typer.Option(
        None,
        "--budget",
        metavar="MS",
        min=0.001,
        help="Time budget in milliseconds; if it is spent, popular products are shown.",
    ),
    locale: str = typer.Option("en", metavar="en|zh", help="The language of reasons and titles."),
    trace: bool = typer.Option(False, "--trace", help="Show how the request was answered, stage by stage."),
    as_json: bool = JSON,
) -> None:
    """Recommend products to a user, each with the image to show and the reasons."""
    traces: list[Trace] = []
    language = cast("Locale", locale)  # which `Studio.recommend` checks
    with open_studio(ctx) as studio:
        found = studio.recommend(
            user,
            k,
            filter=_filter(filters),
            deterministic=deterministic,
            log=log,
            budget_ms=budget,
            locale=language,
            trace=traces.append,
        )
        explained = {r.sku: studio.explain(user, r.sku, locale=language).causes for r in found} if explain else {}
        titles = {r.sku: studio.product(r.sku).text(language).title for r in found}
        views = {r.variant: studio.store.variants.get(r.variant).view.slug for r in found}
        nothing = "" if found else _why_nothing(studio)
    rows = [
        (
            r.position + 1,
            r.sku,
            titles[r.sku],
            views[r.variant],
            f"{r.score:.3f}",
            f"{r.propensity:.3f}",
            "; ".join(r.reasons),
        )
        for r in found
    ]

    def show() -> None:
        if nothing:
            note(nothing)
        else:
            table(("", "sku", "title", "image", "score", "propensity", "why"), rows)
        if explain and rows:
            typer.echo()
            table(("sku", "what", "share"), [row for r in found for row in _shares(r, explained[r.sku])])
        for item in traces if trace else ():
            typer.echo()
            table(("trace", "value"), list(_trace_rows(item)))

    answer = [{**r.model_dump(), "causes": explained[r.sku]} for r in found] if explain else found
    emit(as_json, {"recommendations": answer, "trace": traces[0]} if trace else answer, show)


def _why_nothing(studio: Studio) -> str:
    if studio.store.variants.count(review="approved"):
        why = "no approved image is of a product on sale that passes the filter."
    elif waiting := studio.store.variants.count(review="in_review"):
        why = f"no image is approved, {waiting} wait for review: prodgen review page shows them, prodgen review approve decides."
    elif studio.store.products.count():
        why = "there are no images. Make some with prodgen generate or prodgen catalog publish-photos."
    else:
        why = "there are no products. Add some with prodgen catalog add."
    return f"Nothing can be shown: {why}"


def _trace_rows(trace: Trace) -> Iterator[tuple[str, str]]:
    yield "request", trace.request_id
    yield "source", trace.source
    yield from ((f"{stage}, ms", f"{took:.2f}") for stage, took in trace.stages.items())
    yield "all, ms", f"{trace.milliseconds:.2f}"
    yield from ((name, str(number)) for name, number in trace.counts.items())
    yield from ((f"version of {name}", version) for name, version in trace.versions.items())
    yield from (("note", text) for text in trace.notes)


def _shares(item: Recommendation, causes: Sequence[Cause]) -> Iterator[tuple[str, str, str]]:
    """What a score is the sum of, and by how much it would differ without each of the first causes."""
    for name, share in item.contributions.items():
        yield item.sku, name, f"{share:+.3f}"
    for cause in causes[:_CAUSES]:
        named = cause.title or cause.what
        what = f"“{named}”" if cause.kind == "search" else named
        yield item.sku, f"without {what}", f"{-cause.share:+.3f}"


def similar(
    ctx: typer.Context,
    sku: str = typer.Argument("", metavar="SKU", help="Products like this one."),
    image: str = typer.Option("", metavar="FILE", help="Products like this image."),
    text: str = typer.Option("", metavar="WORDS", help="Products that these words describe."),
    k: int = _K,
    filters: list[str] = _FILTER,
    as_json: bool = JSON,
) -> None:
    """Find products that are similar to a product, an image or a text."""
    with open_studio(ctx) as studio:
        found = studio.similar(sku=sku or None, image=image or None, text=text or None, k=k, filter=_filter(filters))
        nothing = "" if found else _why_nothing(studio)
    rows = [(item.sku, item.title, f"{item.score:.3f}", item.variant) for item in found]
    emit(as_json, found, lambda: note(nothing) if nothing else table(("sku", "title", "score", "variant"), rows))


def learn(ctx: typer.Context, as_json: bool = JSON) -> None:
    """Fit the ranker to the event log, and update the variant policy with the feedback on its impressions."""
    with open_studio(ctx) as studio:
        told = studio.learn()
        events, minutes = studio.store.events.count(), studio.config.recommend.attribution_minutes
    emit(
        as_json,
        {**told, "events": events},
        lambda: note(
            f"The ranker was fitted to {events} events, the policy was told of {told['impressions']} impressions "
            f"that were shown more than {minutes:g} minutes ago"
        ),
    )


def forget(
    ctx: typer.Context,
    users: list[str] = typer.Argument(..., metavar="USER", help="The users' ids."),
    as_json: bool = JSON,
) -> None:
    """Erase everything about users, and look again to prove it. Several users take no longer than one."""
    with open_studio(ctx) as studio:
        proofs = studio.forget_many(users)
    rows = [
        (proof.user, name, proof.erased.get(name, 0), proof.remaining.get(name, 0))
        for proof in proofs
        for name in dict.fromkeys([*proof.erased, *proof.remaining])
    ]
    told = [{**proof.model_dump(), "complete": proof.complete} for proof in proofs]
    header = ("user", "what", "erased", "still there")
    if len(proofs) == 1:
        emit(as_json, told[0], lambda: table(header[1:], [row[1:] for row in rows]))
    else:
        emit(as_json, told, lambda: table(header, rows))
    if not all(proof.complete for proof in proofs):
        raise typer.Exit(1)


def _filter(parts: list[str]) -> Any:
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import Filter
    from prodgen_sdk.types.base import given

    lists = {"category": "categories", "tag": "tags", "sku": "skus", "exclude": "exclude_skus"}
    fields: dict[str, Any] = {}
    for part in parts:
        key, _, value = part.partition("=")
        if key in lists and value:
            fields.setdefault(lists[key], []).append(value)
        elif key == "price" and ".." in value:
            low, high = (_bound(part, text) for text in value.split("..", 1))
            fields |= {"price_min": low, "price_max": high}
        else:
            raise InputError(
                f"--filter {part!r} is not understood.", hint="Use category=, tag=, price=LOW..HIGH, sku= or exclude=."
            )
    return given(Filter, fields, "--filter")


def _bound(part: str, text: str) -> Decimal | None:
    from decimal import Decimal, InvalidOperation

    from prodgen_sdk.errors import InputError

    try:
        bound = Decimal(text) if text else None
    except InvalidOperation:
        bound = Decimal("nan")
    if bound is not None and not bound.is_finite():
        raise InputError(f"--filter {part!r}: a bound is not a number.")
    return bound
