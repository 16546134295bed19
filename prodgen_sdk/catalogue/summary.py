"""What came of adding a catalogue."""

from __future__ import annotations

from prodgen_sdk.errors import InvalidCatalogue
from prodgen_sdk.types import Model


class Rejection(Model):
    """A line that was not taken, and why; `field` is empty where the whole line is at fault."""

    line: int
    field: str = ""
    reason: str

    @classmethod
    def of(cls, error: InvalidCatalogue) -> Rejection:
        return cls(line=error.line or 0, field=error.field, reason=str(error))


class Summary(Model):
    """How many products were added, updated and left as they were, and which lines were rejected."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()

    def __str__(self) -> str:
        counts = f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged"
        return f"{counts}, {len(self.rejected)} rejected"
