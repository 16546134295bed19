"""Photo and garments -> a dressed photo, or an honest refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from prodgen_sdk.bound import BoundCompositor
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, Refused
from prodgen_sdk.host import Host
from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.pipeline.screen import Checker, screen
from prodgen_sdk.types import Garment, GarmentCategory, Image, Media, Product, Refusal, TryOn, TryOnRequest

_FAMILIES: dict[GarmentCategory, tuple[str, ...]] = {
    "outerwear": ("outerwear", "jacket", "coat", "blazer", "cardigan", "vest", "parka"),
    "top": (
        "top",
        "shirt",
        "t-shirt",
        "tshirt",
        "tee",
        "hoodie",
        "sweater",
        "sweatshirt",
        "polo",
        "blouse",
        "knitwear",
    ),
    "shorts": ("shorts",),
    "trousers": ("trousers", "pants", "jeans", "leggings", "chinos", "bottom", "bottoms"),
    "skirt": ("skirt",),
    "dress": ("dress", "gown"),
    "overall": ("overall", "overalls", "jumpsuit", "romper"),
    "hat": ("hat", "cap", "beanie"),
    "glasses": ("glasses", "sunglasses"),
    "bag": ("bag", "tote", "tote-bag", "backpack", "handbag"),
    "scarf": ("scarf", "shawl"),
}


def garment_category(category: str) -> GarmentCategory:
    """The kind of garment that a product category names, from its last part to its first; `auto` if it says nothing.

    >>> garment_category("apparel/tops/t-shirt")
    'top'
    """
    for part in reversed(category.split("/")[1:]):
        for kind, words in _FAMILIES.items():
            if part in words or part.removesuffix("s") in words:
                return kind
    return "auto"


def garment_of(product: Product, load: Callable[[Media], Image]) -> Garment:
    """The garment that a product's front (or flat) and back photos show.

    Raises:
        InputError: it is no apparel, or has no front photo.
    """
    if product.domain != "apparel":
        raise InputError(
            f"{product.sku} is {product.category}, which nobody wears.", hint="Name a product of the domain apparel."
        )
    by_role = {media.role: media for media in reversed(product.media)}
    front = by_role.get("front") or by_role.get("flat")
    if front is None:
        raise InputError(f"{product.sku} has no front photo.", hint="Add media with the role front or flat.")
    return Garment(
        front=load(front),
        back=load(by_role["back"]) if "back" in by_role else None,
        category=garment_category(product.category),
        measurements_cm=_measurements(product),
        sku=product.sku,
    )


def _measurements(product: Product) -> dict[str, float]:
    found = {name.removesuffix("_cm"): value for name, value in product.attributes.items() if name.endswith("_cm")}
    numbers = {
        name: value for name, value in found.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return {name: float(value) for name, value in numbers.items() if 0 < value < 400}


def try_on(
    requests: Sequence[TryOnRequest],
    compositor: BoundCompositor,
    host: Host,
    *,
    checkers: Sequence[Checker] = (),
    ctx: Context | None = None,
    vetoes: Literal["raise", "refuse"] = "raise",
) -> list[TryOn | Refusal]:
    """Dresses people: hooks, compositor, screening of what came out.

    An image that screening blocks becomes a refusal; what it says of any other is in `TryOn.screening`. A hook that refuses
    a request stops them all, or with `vetoes="refuse"` that one alone.
    """
    prepared = [_prepared(request, host, vetoes) for request in requests]
    composed = iter(compositor.compose([request for request in prepared if isinstance(request, TryOnRequest)], ctx))
    answers: list[TryOn | Refusal] = []
    for request in prepared:
        if isinstance(request, Refusal):
            answers.append(request)
            continue
        answers.append(_screened(next(composed), checkers, ctx))
        host.notify("after_try_on", request=request, result=answers[-1])
    return answers


def _prepared(request: TryOnRequest, host: Host, vetoes: str) -> TryOnRequest | Refusal:
    try:
        prepared: TryOnRequest = host.chain("before_try_on", request, "request")
    except Refused as error:
        if vetoes == "raise":
            raise
        return Refusal(code="vetoed", reason=str(error), what_to_do=error.hint or "Choose another garment or photo.")
    return prepared


def _screened(answer: TryOn | Refusal, checkers: Sequence[Checker], ctx: Context | None) -> TryOn | Refusal:
    if isinstance(answer, Refusal):
        return answer
    screening = screen([ScreenItem(image=answer.image, purpose="try-on")], checkers, required=(), ctx=ctx)[0]
    if screening.outcome == "block":
        return Refusal(code="screened", reason="; ".join(screening.reasons), what_to_do="Use another photo or garment.")
    return answer.model_copy(update={"screening": screening})
