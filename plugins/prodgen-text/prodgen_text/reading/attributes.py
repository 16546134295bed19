"""What was found in a product's words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from prodgen_sdk.types import Attribute, Model

Name = Literal["category", "colour", "accent", "material", "pattern", "size"]
CONFIDENT = 0.5


class Found(Model):
    """One attribute and where it stands.

    Args:
        value: in the project's vocabulary (English): `navy`, `stainless steel`, `home/mug`, `350 ml`.
        source: which text it was read from.
        span: half-open range of characters of that text as it was given.
        confidence: 0 to 1; a rule's estimate, not a calibrated probability.
        rgb: of a colour, `#rrggbb`.
    """

    name: Name
    value: str
    source: Literal["title", "description"]
    span: tuple[int, int]
    confidence: Annotated[float, Field(ge=0, le=1)]
    rgb: str | None = None


class Attributes(Model):
    """All that was found, at most one of each name."""

    found: tuple[Found, ...] = ()

    def get(self, name: Name) -> Found | None:
        return next((item for item in self.found if item.name == name), None)

    @property
    def category(self) -> str | None:
        item = self.get("category")
        return item.value if item else None

    def values(self, minimum: float = CONFIDENT) -> dict[str, Attribute]:
        """As product attributes: `colour`, `colour_rgb`, `accent`, `accent_rgb`, `material`, `pattern`, `size`."""
        values: dict[str, Attribute] = {}
        for item in self.found:
            if item.name != "category" and item.confidence >= minimum:
                values[item.name] = item.value
                if item.rgb:
                    values[f"{item.name}_rgb"] = item.rgb
        return values
