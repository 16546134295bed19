"""The report of `prodgen generate`: what was made, refused and failed, as JSON, as a table and as an exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.cli.output import jsonable, note_reasons, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodgen_sdk.pipeline.produce import Picture
    from prodgen_sdk.pipeline.run import GenerationResult

NAME = "result.json"
_REASONS_SHOWN = 3


@dataclass
class Report:
    """Grows with each part of a run; the images go to `folder` at once, so that none is held in memory."""

    folder: Path | None = None
    pictures: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    seconds: float = 0.0
    published: bool = False

    def add(self, result: GenerationResult) -> None:
        """Writes the images and notes all else."""
        for picture in result.pictures:
            file = f"{folder_of(picture.sku, NAME)}/{picture.file_name}"
            if self.folder is not None:
                picture.save(self.folder / file)
            self.pictures.append(_row(picture, file))
            self.published |= picture.variant is not None
        self.refused |= {sku: list(reasons) for sku, reasons in result.refused.items()}
        self.errors |= result.errors
        self.seconds += result.seconds

    def write(self) -> None:
        """Writes result.json into the folder, if there is one."""
        import json

        from prodgen_sdk.files import write_atomically

        if self.folder is not None:
            text = json.dumps(jsonable(self.to_json()), ensure_ascii=False, indent=2)
            write_atomically(self.folder / NAME, text.encode())

    def to_json(self) -> dict[str, Any]:
        return {
            "variants": self.pictures,
            "refused": self.refused,
            "failed": {sku: str(error) for sku, error in self.errors.items()},
            "seconds": round(self.seconds, 3),
        }

    @property
    def exit_code(self) -> int:
        """0 all done, 3 partly; of nothing at all: 1 for a fault of ours, else 2 for bad input, else 4 for refusals."""
        if not self.errors and not self.refused:
            return 0
        if self.pictures:
            return 3
        codes = {getattr(error, "exit_code", 1) for error in self.errors.values()}
        return 4 if not codes else 2 if codes == {2} else 1

    def show(self) -> None:
        """A line per product on standard output; what did not go well on standard error."""
        by_sku: dict[str, list[dict[str, Any]]] = {}
        for picture in self.pictures:
            by_sku.setdefault(picture["sku"], []).append(picture)
        if by_sku:
            columns = ("sku", "images", "reused", "review", "seconds")
            table(columns, [_summary(sku, pictures) for sku, pictures in by_sku.items()])
        for state in ("in_review", "rejected"):
            note_reasons(_doubts(by_sku, state), f"{state}: ")
        note_reasons(((sku, "; ".join(reasons)) for sku, reasons in self.refused.items()), "refused: ")
        note_reasons(((sku, " ".join(str(error).split())) for sku, error in self.errors.items()), "failed: ")
        if self.published and any(p["review"] == "in_review" for p in self.pictures):
            note(
                "What is in_review waits for a person: prodgen review page shows it, prodgen review approve SKU decides"
            )
        if self.folder is not None and by_sku:
            note(f"The images are in {self.folder}")


def folder_of(sku: str, *taken: str) -> str:
    """The name of a sku's folder: the sku, with a `_` before it (which no sku begins with) if the name is taken."""
    return f"_{sku}" if sku.lower() in taken else sku


def _row(picture: Picture, file: str) -> dict[str, Any]:
    return {
        "id": picture.id,
        "sku": picture.sku,
        "view": picture.view,
        "file": file,
        "generator": picture.generator,
        "seed": picture.seed,
        "review": picture.review,
        "screening": picture.screening,
        "scores": picture.quality,
        "shortcomings": picture.shortcomings,
        "facts": picture.facts,
        "seconds": round(picture.seconds, 4),
        "reused": picture.reused,
    }


def _summary(sku: str, pictures: list[dict[str, Any]]) -> tuple[object, ...]:
    """A product's row of the table."""
    reused = sum(p["reused"] for p in pictures)
    seconds = sum(p["seconds"] for p in pictures if not p["reused"])
    states = ", ".join(sorted({p["review"] for p in pictures}))
    return sku, len(pictures), reused, states, f"{seconds:.2f}"


def _doubts(by_sku: dict[str, list[dict[str, Any]]], state: str) -> Iterator[tuple[str, str]]:
    """What the table does not say of the images in a state: each product with how many, if not all, and why."""
    for sku, pictures in by_sku.items():
        found = [p for p in pictures if p["review"] == state]
        some = f"{len(found)} of {len(pictures)}" if len(found) < len(pictures) else ""
        if found and (told := ": ".join(filter(None, (some, _why(found))))):
            yield sku, told


def _why(pictures: list[dict[str, Any]]) -> str:
    """The different reasons why images are not approved, in the order in which they occur."""
    reasons = list(dict.fromkeys(r for p in pictures for r in (*p["screening"].reasons, *p["shortcomings"])))
    more = f"; and {len(reasons) - _REASONS_SHOWN} more" if len(reasons) > _REASONS_SHOWN else ""
    return "; ".join(reason.rstrip(".") for reason in reasons[:_REASONS_SHOWN]) + more
