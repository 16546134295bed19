"""`prodgen tryon`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import typer

from prodgen_sdk.cli.garments import category_of, for_each, garment_of, one_of, overrides_of
from prodgen_sdk.cli.output import JSON, emit, find_studio
from prodgen_sdk.errors import InputError
from prodgen_sdk.terminal import note, progress

if TYPE_CHECKING:
    from pathlib import Path

    from prodgen_sdk.types import DressedClip, Refusal, TryOn


def add_to(app: typer.Typer) -> None:
    app.command("tryon")(tryon)


def tryon(
    ctx: typer.Context,
    person: str = typer.Option(
        ...,
        metavar="FILE",
        help="The person's photo, or a clip: a video, an animation or a folder of frames. It is not kept.",
    ),
    garment: list[str] = typer.Option(
        ..., metavar="FILE|SKU", help="A garment's photo or sku; repeat for several, innermost first."
    ),
    out: str = typer.Option(
        ...,
        metavar="FILE|DIR",
        help="Where the dressed image goes (.png, .jpg, .webp); with --each, a folder. "
        "A clip: .mp4, .webm, .mkv (lossless), .gif, or a folder of PNG files.",
    ),
    each: bool = typer.Option(False, "--each", help="Put on each garment alone, one image per garment."),
    category: list[str] = typer.Option(
        [],
        help="auto, top, outerwear, trousers, shorts, skirt, dress, overall, hat, glasses, bag, scarf, or a word such as shirt; "
        "once for all garments, or once for each.",
    ),
    fit: str = typer.Option("", help="tight, regular or loose."),
    size: str = typer.Option("", help="A size of the garment's chart, a letter, or W32/L34."),
    tuck: str = typer.Option("", help="Whether tops are tucked in: auto, in or out."),
    closure: list[str] = typer.Option([], help="Outerwear: auto, open or closed; once for all, or once for each."),
    height: float | None = typer.Option(None, metavar="CM", help="The person's height. Default: 170."),
    measurements: list[str] = typer.Option(
        [],
        metavar="K=CM,...",
        help="The garment's measurements, such as chest=104,length=70; once for each garment, - for none.",
    ),
    mask: str = typer.Option("", metavar="FILE", help="White where the image may change."),
    keypoints: list[str] = typer.Option(
        [],
        metavar="FILE",
        help="JSON: point name to x and y, in pixels of the garment's photo; once for each garment, - for none.",
    ),
    back: list[str] = typer.Option(
        [], metavar="FILE", help="The garment's back photo; once for each garment, - for none."
    ),
    compositor: str = typer.Option("", metavar="ID", help="Default: the configured one."),
    gaps: str = typer.Option(
        "refuse", help="If frames cannot be dressed: refuse the clip, or keep or cut those frames."
    ),
    rate: float | None = typer.Option(None, metavar="FPS", help="Frames per second, if the clip does not say."),
    mask_out: str = typer.Option("", metavar="FILE", help="File for the edit mask."),
    as_json: bool = JSON,
) -> None:
    """Dress a person's photo in garments. Exit code 4 if that is refused, 3 if only some looks are."""
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.clips import is_clip
    from prodgen_sdk.types import Fit

    moving = is_clip(person)
    if not moving and (rate is not None or gaps != "refuse"):
        raise InputError("--gaps and --rate are for a clip.", hint=f"{person} is a photo: leave them out.")
    if each and moving:
        raise InputError("--each is for a photo.", hint="Dress a clip in one look at a time.")
    _check_targets(out, mask_out, one_picture=not (each or moving), folder=each)
    with find_studio(ctx) as studio:
        kinds = [category_of(kind) for kind in for_each("--category", category, len(garment), common="auto")]
        said = zip(
            for_each("--measurements", measurements, len(garment)),
            for_each("--keypoints", keypoints, len(garment)),
            for_each("--back", back, len(garment)),
            for_each("--closure", closure, len(garment), common=""),
            strict=True,
        )
        overrides = [overrides_of(*words) for words in said]
        garments = [garment_of(studio, *one) for one in zip(garment, kinds, overrides, strict=True)]
        options: dict[str, Any] = {
            "category": kinds[0] if len(set(kinds)) == 1 else "auto",
            "fit": Fit(
                style=one_of("fit", fit or "regular", "FitStyle"),
                size=size or None,
                tuck=one_of("tuck", tuck or "auto", "Tuck"),
            ),
            "height_cm": height,
            "mask": images.load(mask).max(axis=2) > 127 if mask else None,
            "compositor": compositor or None,
        }
        if moving:
            with progress("dressing") as tell:
                clip = studio.try_on_clip(
                    person, garments, out, rate=rate, gaps=cast(Any, gaps), progress=tell, **options
                )
            _tell_clip(clip, out, as_json)
        elif each:
            _write_each(studio.try_on_many(person, garments, **options), garment, Path(out), as_json)
        else:
            _write_one(studio.try_on(person, garments, **options), out, mask_out, as_json)


def _check_targets(out: str, mask_out: str, *, one_picture: bool, folder: bool) -> None:
    """Refuses before any work what could not be written after it."""
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.files import check_writable

    if mask_out and not one_picture:
        raise InputError("--mask-out takes the mask of one image.", hint="Leave it out; --each writes masks beside.")
    for target in (out, mask_out) if one_picture else ():
        if target:
            images.check_ending(target)
            check_writable(Path(target).parent)
    if folder:
        check_writable(out)


def _refused(refusal: Refusal, as_json: bool) -> typer.Exit:
    """Says why and how it could be done; to be raised."""
    emit(as_json, {"refused": refusal}, lambda: note(f"refused: {refusal.reason} {refusal.what_to_do}"))
    return typer.Exit(4)


def _write_one(answer: TryOn | Refusal, out: str, mask_out: str, as_json: bool) -> None:
    from prodgen_sdk import images
    from prodgen_sdk.types import Refusal

    if isinstance(answer, Refusal):
        raise _refused(answer, as_json)
    images.save(answer.image, out, metadata=answer.metadata)
    if mask_out:
        _save_mask(answer, mask_out)

    def show() -> None:
        note(f"{out} is written, confidence {answer.confidence:.2f}")
        for warning in answer.warnings:
            note(f"  {warning}")
        if answer.screening is not None and answer.screening.outcome == "review":
            note(f"  screening wants a look: {'; '.join(answer.screening.reasons)}")

    emit(as_json, {"out": out, **_report(answer)}, show)


def _write_each(answers: list[TryOn | Refusal], names: list[str], folder: Path, as_json: bool) -> None:
    """An image and its mask for each garment that could be put on, and `result.json` with what was said of all."""
    import json
    from pathlib import Path

    from prodgen_sdk import images
    from prodgen_sdk.cli.output import jsonable
    from prodgen_sdk.files import write_atomically
    from prodgen_sdk.types import TryOn

    looks: list[dict[str, Any]] = []
    for number, (answer, name) in enumerate(zip(answers, names, strict=True)):
        look: dict[str, Any] = {"garment": name}
        if isinstance(answer, TryOn):
            stem = f"{number:02}-{Path(name).stem}"
            images.save(answer.image, folder / f"{stem}.png", metadata=answer.metadata)
            _save_mask(answer, folder / f"{stem}-mask.png")
            look |= {"out": str(folder / f"{stem}.png"), **_report(answer)}
        else:
            look["refused"] = answer
        looks.append(look)
    report = {"looks": looks, "refused": sum("refused" in look for look in looks)}
    text = json.dumps(jsonable(report), ensure_ascii=False, indent=2)
    write_atomically(folder / "result.json", text.encode())

    def show() -> None:
        for look in looks:
            if "refused" in look:
                note(f"{look['garment']}: refused: {look['refused'].reason} {look['refused'].what_to_do}")
            else:
                note(f"{look['out']} is written, confidence {look['confidence']:.2f}")

    emit(as_json, report, show)
    if report["refused"]:
        raise typer.Exit(4 if report["refused"] == len(looks) else 3)


def _tell_clip(answer: DressedClip | Refusal, out: str, as_json: bool) -> None:
    from prodgen_sdk.types import Refusal

    if isinstance(answer, Refusal):
        raise _refused(answer, as_json)

    def show() -> None:
        note(
            f"{out} is written: {answer.dressed} of {answer.frames} frames dressed, confidence {answer.confidence:.2f}"
        )
        for gap in answer.gaps:
            note(f"  {gap.first / answer.rate:.1f} to {(gap.last + 1) / answer.rate:.1f} s: {gap.refusal.reason}")
        for warning in answer.warnings:
            note(f"  {warning}")

    emit(as_json, {"out": out, **answer.model_dump()}, show)
    if answer.gaps:
        raise typer.Exit(3)


def _report(answer: TryOn) -> dict[str, Any]:
    return {
        "confidence": round(answer.confidence, 3),
        "warnings": answer.warnings,
        "screening": answer.screening,
        "facts": answer.facts,
    }


def _save_mask(answer: TryOn, path: str | Path) -> None:
    import numpy as np

    from prodgen_sdk import images

    grey = answer.edit_mask.astype(np.uint8) * 255
    images.save(np.repeat(grey[..., None], 3, axis=2), path)
