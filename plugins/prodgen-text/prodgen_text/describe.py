"""The component `text/describe`."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Describer
from prodgen_sdk.types import Description, Locale, Product, View
from prodgen_text.config import TextConfig
from prodgen_text.prompts import view_prompts
from prodgen_text.reading.contradictions import contradictions
from prodgen_text.reading.extract import found_attributes


class LexiconDescriber(Describer):
    """Attributes by lexicon and rules; prompts by templates over the completed product."""

    def __init__(self, config: TextConfig | None, ctx: Context) -> None:
        pass

    def describe(
        self, products: Sequence[Product], views: Sequence[View], locale: Locale | None, ctx: Context
    ) -> Sequence[Description]:
        return [_describe(product, views, locale) for product in products]


def _describe(product: Product, views: Sequence[View], locale: Locale | None) -> Description:
    found = found_attributes(product)
    complete = product.model_copy(update={"attributes": {**found, **product.attributes}})
    prompts = tuple(view_prompts(complete, views, locale))
    return Description(attributes=found, prompts=prompts, warnings=contradictions(product))
