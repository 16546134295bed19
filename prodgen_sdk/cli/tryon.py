"""`prodgen tryon`."""

from __future__ import annotations

from typing import Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, note


def add_to(app: typer.Typer) -> None:
    app.command("tryon")(tryon)


def tryon(
    ctx: typer.Context,
    person: str = typer.Option(..., metavar="FILE", help="The person's photo. It is not kept."),
    garment: list[str] = typer.Option(
        ..., metavar="FILE|SKU", help="A garment's photo or sku; several in layering order, innermost first."
    ),
    out: str = typer.Option(..., metavar="FILE", help="Where the dressed picture goes (.png, .jpg, .webp)."),
    category: str = typer.Option(
        "auto", help="auto, top, outerwear, trousers, shorts, skirt, dress, overall, hat, glasses, bag, scarf."
    ),
    fit: str = typer.Option("", help="tight, regular or loose."),
    size: str = typer.Option("", help="A size that the garment's measurements know."),
    height: float = typer.Option(0.0, metavar="CM", help="The person's height."),
    measurements: str = typer.Option(
        "", metavar="K=CM,...", help="The garment's measurements, such as chest=104,length=70."
    ),
    mask: str = typer.Option("", metavar="FILE", help="White where the picture may change."),
    keypoints: str = typer.Option("", metavar="FILE", help="JSON: point name to [x, y] in the garment's photo."),
    back: str = typer.Option("", metavar="FILE", help="The back photo of the (single) garment."),
    compositor: str = typer.Option("", metavar="ID"),
    mask_out: str = typer.Option("", metavar="FILE", help="Where the edit mask goes."),
    as_json: bool = JSON,
) -> None:
    """Dress a person's photo in a garment. Exit code 4 with the reason if it cannot be done well."""
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.files import check_writable
    from prodgen_sdk.types import Fit, Refusal

    for target in filter(None, (out, mask_out)):
        images.check_ending(target)
        check_writable(Path(target).parent)
    with find_studio(ctx) as studio:
        single = _overrides(measurements, keypoints, back)
        garments = [_garment(studio, item, category, single if len(garment) == 1 else {}) for item in garment]
        answer = studio.try_on(
            person,
            garments,
            category=_category(category),
            fit=Fit(style=_fit(fit), size=size or None),
            height_cm=height or None,
            mask=images.load(mask).max(axis=2) > 127 if mask else None,
            compositor=compositor or None,
        )
    if isinstance(answer, Refusal):
        emit(as_json, {"refused": answer}, lambda: note(f"refused: {answer.reason} {answer.what_to_do}"))
        raise typer.Exit(4)
    images.save(answer.image, out)
    if mask_out:
        import numpy as np

        grey = answer.edit_mask.astype(np.uint8) * 255
        images.save(np.repeat(grey[..., None], 3, axis=2), mask_out)
    report = {"out": out, "confidence": round(answer.confidence, 3), "warnings": answer.warnings}
    report |= {"screening": answer.screening, "facts": answer.facts}

    def show() -> None:
        note(f"{out} is written, confidence {answer.confidence:.2f}")
        for warning in answer.warnings:
            note(f"  {warning}")
        if answer.screening is not None and answer.screening.outcome == "review":
            note(f"  screening wants a look: {'; '.join(answer.screening.reasons)}")

    emit(as_json, report, show)


def _overrides(measurements: str, keypoints: str, back: str) -> dict[str, Any]:
    from prodgen_sdk import images

    found: dict[str, Any] = {}
    if measurements:
        found["measurements_cm"] = _measurements(measurements)
    if keypoints:
        found["keypoints"] = _keypoints(keypoints)
    if back:
        found["back"] = images.load(back)
    return found


def _garment(studio: Any, item: str, category: str, overrides: dict[str, Any]) -> Any:
    """A file's garment with what was said of it, or a sku's product, of which nothing may be said."""
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import Garment, build

    if Path(item).is_file() or studio.workspace is None:
        return build(Garment, front=images.load(item), category=_category(category), **overrides)
    if overrides:
        raise InputError(f"{item} is a sku; its measurements, keypoints and back photo come from the catalogue.")
    return studio.product(item)


def _category(text: str) -> Any:
    return _one_of("category", text, "GarmentCategory")


def _fit(text: str) -> Any:
    return _one_of("fit", text or "regular", "FitStyle")


def _one_of(what: str, text: str, literal: str) -> Any:
    from typing import get_args

    from prodgen_sdk import types
    from prodgen_sdk.errors import NotFound

    known = get_args(getattr(types, literal))
    if text not in known:
        raise NotFound.of(what, text, known, hint=f"Known: {', '.join(known)}.")
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
