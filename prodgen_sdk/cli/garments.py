"""Garments from the words of `prodgen tryon`: files or skus, and what was said of each."""

from __future__ import annotations

from typing import Any


def for_each(option: str, values: list[str], count: int, common: str | None = None) -> list[str]:
    """One value per garment; where `common` is the default, a single value counts for all."""
    from prodgen_sdk.errors import InputError

    if not values:
        return [common or ""] * count
    if common is not None and len(values) == 1:
        return values * count
    if len(values) != count:
        raise InputError(
            f"{option} is given {len(values)} times for {count} garments.",
            hint="Give it once for each, in their order" + ("." if common is not None else ", - where there is none."),
        )
    return ["" if value == "-" else value for value in values]


def overrides_of(measurements: str, keypoints: str, back: str, closure: str) -> dict[str, Any]:
    """What was said of one garment, as the fields of a `Garment`; empty words say nothing."""
    from prodgen_sdk import images

    found: dict[str, Any] = {}
    if measurements:
        found["measurements_cm"] = _measurements(measurements)
    if keypoints:
        found["keypoints"] = _keypoints(keypoints)
    if back:
        found["back"] = images.load(back)
    if closure:
        found["closure"] = one_of("closure", closure, "Closure")
    return found


def garment_of(studio: Any, item: str, category: Any, overrides: dict[str, Any]) -> Any:
    """A file's garment with what was said of it, or a sku's product, of which nothing may be said."""
    from prodgen_sdk import images
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.session import product_named
    from prodgen_sdk.types import Garment, build

    product = product_named(item, studio.product if studio.workspace is not None else None)
    if product is None:
        return build(Garment, front=images.load(item), category=category, **overrides)
    if overrides:
        raise InputError(
            f"{item} is a sku; its measurements, keypoints, closure and back photo come from the catalogue."
        )
    return product


def category_of(text: str) -> Any:
    """The garment category of that name, or the one that a catalogue's word (`shirt`, `jeans`) stands for; raises NotFound."""
    from prodgen_sdk.pipeline.try_on import garment_category

    meant = garment_category(f"apparel/{text.lower()}")
    return meant if meant != "auto" else one_of("category", text, "GarmentCategory")


def one_of(what: str, text: str, literal: str) -> Any:
    """The word, if the type of that name in `prodgen_sdk.types` has it; raises NotFound."""
    from typing import get_args

    from prodgen_sdk import types
    from prodgen_sdk.errors import NotFound

    known = get_args(getattr(types, literal))
    if text not in known:
        raise NotFound.of(what, text, known)
    return text


def _measurements(text: str) -> dict[str, float]:
    from prodgen_sdk.errors import InputError

    found = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"--measurements: {part!r} is not NAME=CM.", hint="Write chest=104,length=70.")
    return found


def _keypoints(path: str) -> dict[str, tuple[float, float]]:
    import json
    from pathlib import Path

    from prodgen_sdk.errors import InputError

    try:
        raw = json.loads(Path(path).read_text("utf-8"))
        return {str(name): (float(point[0]), float(point[1])) for name, point in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise InputError(
            f"{path} holds no keypoints ({error}).", hint='Write {"left_shoulder": [120, 80], ...}.'
        ) from None
