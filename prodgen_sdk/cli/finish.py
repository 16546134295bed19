"""`prodgen finish`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, nothing_done, table
from prodgen_sdk.terminal import note, progress

if TYPE_CHECKING:
    from prodgen_sdk.bound import BoundFinisher
    from prodgen_sdk.interfaces import Finished
    from prodgen_sdk.metadata import Metadata
    from prodgen_sdk.types import Image

_OPAQUE = (".jpg", ".jpeg")
_ENDINGS = {"png": ".png", "jpeg": ".jpg", "jpg": ".jpg", "webp": ".webp", "avif": ".avif"}


def add_to(app: typer.Typer) -> None:
    app.command("finish")(finish)


def finish(
    ctx: typer.Context,
    files: list[str] = typer.Argument(..., metavar="IMAGE", help="Images."),
    out: str = typer.Option(
        ...,
        metavar="DIR",
        help="Writes DIR/<name>.<format>, or DIR/<folder>/<name>.<format> for images of several folders.",
    ),
    profile: str = typer.Option(
        "marketplace",
        help="A profile of the finisher, with changes as NAME,key=value,...; an unknown one lists the choices.",
    ),
    aspect: str = typer.Option("", metavar="W:H", help="Such as 1:1, 4:5, 2:3 or 1.91:1."),
    size: str = typer.Option("", metavar="N", help="The longer side in pixels."),
    fill: str = typer.Option(
        "", metavar="0..1", help="How much of the frame the product fills. Default: the product is not moved."
    ),
    background: str = typer.Option("", metavar="white|#rrggbb|gradient|transparent|keep|FILE", help="The background."),
    shadow: str = typer.Option("", metavar="keep|none|contact|reflection", help="The shadow below the product."),
    denoise: str = typer.Option("", metavar="0..1", help="How strongly noise is removed."),
    sharpen: str = typer.Option("", metavar="0..1", help="How strongly the image is sharpened."),
    format: str = typer.Option("", metavar="png|jpeg|webp|avif", help="Default: the format of each image, else png."),
    quality: int = typer.Option(92, min=1, max=100, help="For jpeg, webp and avif."),
    generated: bool = typer.Option(
        False, "--generated", help="Label the images as made by a trained model (IPTC DigitalSourceType)."
    ),
    as_json: bool = JSON,
) -> None:
    """Prepare images for a channel: crop, centre, background, shadow, size, format. Metadata is kept, except for the location.

    Exit code 3 if some of the images could not be finished.
    """
    from prodgen_sdk import images
    from prodgen_sdk.errors import PartlyDone, ProdgenError
    from prodgen_sdk.files import check_writable

    folder = check_writable(out)
    wanted = _profile(
        profile,
        aspect=aspect,
        size=size,
        fill=fill,
        background=background,
        shadow=shadow,
        denoise=denoise,
        sharpen=sharpen,
    )
    chosen = _format(format)
    targets = _targets(files, folder, chosen)
    taken = {target for _, target in targets}
    done: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    with find_studio(ctx) as studio, progress("finishing") as tell:
        finisher = studio.host.get("finisher")
        finisher.accept(wanted)
        for number, (file, target) in enumerate(targets, 1):
            try:
                finished = _finish_one(finisher, Path(file), wanted)
                metadata = _metadata(Path(file), generated)
                place = target if chosen else _holding(finished.image, target, taken)
                images.save(finished.image, place, quality=quality, metadata=metadata)
                done.append(_row(file, place, finished))
            except ProdgenError as error:
                failed[file] = str(error)
            tell(number, len(targets), file)
    if failed and not done:
        raise nothing_done(failed)
    rows = [(row["file"], row["out"], f"{row['width']} x {row['height']}", "; ".join(row["notes"])) for row in done]
    emit(as_json, {"finished": done, "failed": failed}, lambda: table(("image", "finished", "size", "notes"), rows))
    if failed:
        raise PartlyDone("Some images could not be finished.", failed)
    if not as_json:
        note(f"{len(done)} of {len(targets)} images are in {folder}")


def _finish_one(finisher: BoundFinisher, file: Path, profile: str) -> Finished:
    from prodgen_sdk import images

    picture = images.load(file, alpha=True)
    if (picture[..., 3] == 255).all():
        picture = picture[..., :3].copy()
    (finished,) = finisher.finish([picture], profile)
    return finished


def _metadata(file: Path, generated: bool) -> Metadata:
    from prodgen_sdk.metadata import read_metadata

    found = read_metadata(file.read_bytes())
    return found.labelled("trainedAlgorithmicMedia") if generated else found


def _row(file: str, out: Path, finished: Finished) -> dict[str, Any]:
    from prodgen_sdk import images

    height, width = finished.image.shape[:2]
    notes = list(finished.notes)
    if images.is_animated(Path(file)):
        notes.append("the first frame of an animation")
    if _is_transparent(finished.image) and out.suffix in _OPAQUE:
        notes.append("JPEG holds no transparency: white lies behind the product")
    return {"file": file, "out": str(out), "width": width, "height": height, "notes": notes}


def _holding(image: Image, target: Path, taken: set[Path]) -> Path:
    """Where an image goes whose format nobody chose: a transparent one is no JPEG.

    Raises:
        InputError: another image goes there.
    """
    from prodgen_sdk.errors import InputError

    if target.suffix not in _OPAQUE or not _is_transparent(image):
        return target
    place = target.with_suffix(".png")
    if place in taken:
        raise InputError(
            f"{target.name} is transparent and would become {place}, as another does.", hint="Finish them apart."
        )
    taken.add(place)
    return place


def _is_transparent(image: Image) -> bool:
    return image.shape[2] == 4 and bool((image[..., 3] < 255).any())


def _profile(name: str, **changes: str) -> str:
    """The profile's name with what the options change of it."""
    from prodgen_sdk.errors import InputError

    background = changes["background"]
    if background and Path(background).suffix:
        if not Path(background).is_file():
            raise InputError(
                f"There is no file {background} to lie behind the product.", hint="Name an image that exists."
            )
        changes |= {"background": "image", "image": background}
    for key, value in changes.items():
        if "," in value or "=" in value:
            raise InputError(f"--{key} {value!r} may hold neither a comma nor an equals sign.")
    return ",".join([name, *(f"{key}={value}" for key, value in changes.items() if value)])


def _format(name: str) -> str:
    """The ending of a format's files; empty for that of each image."""
    from prodgen_sdk.errors import InputError

    if name and name.lower() not in _ENDINGS:
        raise InputError(f"There is no format {name!r}.", hint="Use png, jpeg, webp or avif.")
    return _ENDINGS.get(name.lower(), "")


def _targets(files: list[str], folder: Path, ending: str) -> list[tuple[str, Path]]:
    """Where each image goes; two that would go to one place are an error.

    Images of several folders, as `prodgen generate` and `catalog export` write them, keep theirs below the one they share:
    the folder says whose image it is.
    """
    from prodgen_sdk.errors import InputError

    # Without "..", which would lead out of the folder again.
    sources = [Path(os.path.abspath(file)) for file in dict.fromkeys(files)]  # noqa: PTH100 - resolve() follows links
    shared = os.path.commonpath([source.parent for source in sources])
    places = [source.relative_to(shared) for source in sources]
    found: dict[Path, str] = {}
    for file, source, place in zip(dict.fromkeys(files), sources, places, strict=True):
        own = source.suffix.lower()
        target = folder / place.with_suffix(ending or (own if own[1:] in _ENDINGS else ".png"))
        if target in found:
            raise InputError(
                f"{found[target]} and {file} would both become {place.stem}{target.suffix}.", hint="Finish them apart."
            )
        if target.resolve() == source.resolve():
            raise InputError(f"{file} would overwrite itself.", hint="Name another folder with --out.")
        found[target] = file
    return [(file, target) for target, file in found.items()]
