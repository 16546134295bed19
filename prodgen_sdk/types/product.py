"""Products and their media."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from prodgen_sdk.types.base import Form, Model
from prodgen_sdk.types.view import View

DOMAINS = ("apparel", "electronics", "food", "home", "beauty", "other")

NAME = Form(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
)
CATEGORY = Form(
    rf"^({'|'.join(DOMAINS)})(/[a-z0-9][a-z0-9-]*)+$",
    f"domain/family, such as home/mug, in small letters, digits and dashes, the domain one of {', '.join(DOMAINS)}",
)
CURRENCY = Form(r"^[A-Z]{3}$", "three capital letters, such as USD")
Sku = Annotated[str, NAME]
Category = Annotated[str, CATEGORY, Field(description="domain/family[/...], such as home/mug", max_length=120)]
Locale = Literal["en", "zh"]


STORED = {"stored": True}
"""Validation context of what a workspace holds already: it was accepted once, and must stay readable to be mended."""


def _seen(title: str, info: ValidationInfo) -> str:
    # Spaces, control characters and zero-width ones show nothing, and say nothing of which product it is.
    if info.context != STORED and not any(category(character)[0] in "LNPS" for character in title):
        raise ValueError("must have a character that can be seen")
    return title


Title = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_seen)]
Attribute = str | bool | int | Annotated[float, Field(allow_inf_nan=False)] | tuple[str, ...]
MediaRole = Literal["front", "back", "flat", "worn", "mesh", "detail"]


class Media(Model):
    """A file that shows the product.

    Args:
        role: what it shows: the front, back or a detail, the product laid flat or worn; or `mesh`, a GLB or OBJ file.
        uri: a path relative to the catalogue file, or `asset:<digest>` once stored.
        view: from where the photo was taken, if it is known.

    >>> Media(role="front", uri="photos/mug-1.jpg").role
    'front'
    """

    role: MediaRole
    uri: Annotated[str, Field(min_length=1, max_length=1024)]
    view: View | None = None


class Text(Model):
    """A title and description in one language."""

    title: Title
    description: Annotated[str, Field(max_length=10_000)] = ""


class Product(Model):
    """One article of a shop.

    Args:
        sku: its unique id, up to 64 letters, digits, dots, dashes and underscores.
        title, description: in the language of `locale`.
        attributes: any facts, such as `colour` or `material`: text, numbers, true or false, or lists of texts.
        price: in `currency`, an ISO 4217 code; None if unknown.
        tags: words to filter by.
        media: photos and meshes.
        translations: title and description in other languages.
        stock: how many are left; None if stock is not tracked. A product with stock 0 is never shown.
        withdrawn: taken off sale, so that it is never shown.

    >>> Product(sku="mug-1", title="Blue mug", category="home/mug").text("zh").title
    'Blue mug'
    """

    sku: Sku
    title: Title
    description: Annotated[str, Field(max_length=10_000)] = ""
    category: Category
    attributes: dict[str, Attribute] = Field(default_factory=dict, max_length=100)
    price: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)] | None = None
    currency: Annotated[str, CURRENCY] = "USD"
    tags: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = ()
    media: tuple[Media, ...] = ()
    locale: Locale = "en"
    translations: dict[Locale, Text] = Field(default_factory=dict)
    stock: Annotated[int, Field(ge=0)] | None = None
    withdrawn: bool = False

    @field_validator("price", mode="before")
    @classmethod
    def _price_from_float(cls, value: Any) -> Any:
        # A JSON number such as 12.9 arrives as a binary float; its shortest decimal form is what the shop wrote.
        return repr(value) if isinstance(value, float) else value

    @property
    def domain(self) -> str:
        return self.category.split("/")[0]

    @property
    def family(self) -> str:
        return self.category.split("/")[1]

    @property
    def on_sale(self) -> bool:
        """Whether the product may be shown at all."""
        return not self.withdrawn and self.stock != 0

    def text(self, locale: Locale) -> Text:
        """Title and description in `locale`, or in the product's own language where there is no translation."""
        return self.translations.get(locale) or Text(title=self.title, description=self.description)

    def words(self) -> str:
        """All its words, a line each: titles and descriptions in all languages, category, tags and attributes."""
        texts = [Text(title=self.title, description=self.description), *self.translations.values()]
        lines = [line for text in texts for line in (text.title, text.description)]
        lines += [self.category.replace("/", " "), *self.tags]
        for name, value in self.attributes.items():
            lines.append(f"{name} {' '.join(value) if isinstance(value, tuple) else value}")
        return "\n".join(filter(None, lines))

    def content(self) -> dict[str, Any]:
        """What an image of the product depends on, JSON-ready: everything but price, stock and the like."""
        return self.model_dump(mode="json", exclude={"price", "currency", "stock", "withdrawn"})
