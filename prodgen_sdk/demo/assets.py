"""Where the demo's photos come from, and laying them out beside the catalogue."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DATA = Path(__file__).parent / "data"
PACKAGE = "openvto"
INSTALL = f"pip install --no-deps {PACKAGE}==0.1.7"
CREDIT = "Photos of garments and people: OpenVTO by Prompt Haus, MIT licence."


@dataclass(frozen=True)
class Inputs:
    """The catalogue files with their photos in one folder, and the people to dress; `note` says what is missing."""

    catalogues: tuple[Path, ...]
    people: tuple[Path, ...]
    note: str = ""


def lay_out(folder: Path) -> Inputs:
    """Copies catalogue files and photos into `folder`, so that every media path stays inside it.

    Without the package of photos the garments and people are left out, and `note` says how to get them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = ["catalogue.jsonl", "arrivals.csv"]
    source = photos_folder()
    people: tuple[Path, ...] = ()
    note = f"The photos of garments and people are not installed. Run: {INSTALL}"
    if source is not None:
        names.append("garments.jsonl")
        for photo in sorted((source / "clothes").glob("*/*.jpg")):
            _copy(photo, folder / "photos" / "clothes" / photo.parent.name / photo.name)
        people = tuple(sorted((source / "people").glob("*_posture.jpg")))
        note = ""
    return Inputs(tuple(_copy(DATA / name, folder / name) for name in names), people, note)


def photos_folder() -> Path | None:
    """The folder of the package's images, found without importing it, or None."""
    spec = find_spec(PACKAGE)
    folders = [Path(place) / "assets" for place in (spec.submodule_search_locations or ())] if spec is not None else []
    return next((folder for folder in folders if (folder / "clothes").is_dir()), None)


def _copy(source: Path, target: Path) -> Path:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target
