"""Photos to measure with."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Image

Pair = tuple[Image, Image]


def read_pairs(folder: Path) -> list[Pair]:
    """(person, garment) of every pair in a folder, in the order of the names.

    Raises:
        InputError: the folder holds no pair.
    """
    found = []
    for place in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []:
        files = [sorted(place.glob(f"{name}.*")) for name in ("person", "garment")]
        if all(files):
            found.append((images.load(files[0][0]), images.load(files[1][0])))
    if not found:
        raise InputError(f"{folder} holds no pairs.", hint="Each pair is a folder with person.jpg and garment.jpg.")
    return found


def installed_photos() -> list[Pair]:
    """People and tops of the package openvto, which do not belong together; raises InputError where it is not installed."""
    spec = importlib.util.find_spec("openvto")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            "There are no photos to measure with.",
            hint="Name a folder with --pairs DIR, or run: pip install --no-deps openvto==0.1.7",
        )
    assets = Path(spec.submodule_search_locations[0]) / "assets"
    people = [images.load(path) for path in sorted(assets.glob("people/*_posture.jpg"))]
    garments = [images.load(path) for path in sorted(assets.glob("clothes/shirts/*_front.jpg"))]
    return list(zip(people, garments, strict=False))


def fitted(picture: Image, width: int, height: int) -> Image:
    """The picture scaled into a box, in its own proportions."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    return images.resize(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))
