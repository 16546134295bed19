"""Fakes that read words: a describer, a text encoder and a safety checker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Describer, SafetyChecker, ScreenItem, TextEncoder
from prodgen_sdk.types import Description, Locale, Product, Verdict, View, ViewPrompt

MAGENTA = (255, 0, 255)


class TitleDescriber(Describer):
    """The title, and from where the product is seen."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def describe(
        self, products: Sequence[Product], views: Sequence[View], locale: Locale | None, ctx: Context
    ) -> Sequence[Description]:
        described = []
        for product in products:
            language = locale or product.locale
            title = product.text(language).title
            prompts = tuple(ViewPrompt(view=view, text=f"{title}, {view.slug}", locale=language) for view in views)
            described.append(Description(prompts=prompts))
        return described


class HashTextEncoder(TextEncoder):
    """Adds a fixed random direction for every word: texts that share words are near each other."""

    dimension = 32

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def encode(self, texts: Sequence[str], ctx: Context) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split() or [""]:
                digest = hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()
                row += np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
            row /= np.linalg.norm(row)
        return vectors


class WordChecker(SafetyChecker):
    """Blocks the word `forbidden`, and images with a pixel of pure magenta; `dubious` wants a look."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def check(self, items: Sequence[ScreenItem], ctx: Context) -> Sequence[Verdict]:
        return [self._verdict(item) for item in items]

    def _verdict(self, item: ScreenItem) -> Verdict:
        if "forbidden" in item.text.lower():
            return Verdict(outcome="block", reasons=("The text says 'forbidden'.",))
        if item.image is not None and (item.image[..., :3] == MAGENTA).all(axis=2).any():
            return Verdict(outcome="block", reasons=("The image has a magenta pixel.",))
        if "dubious" in item.text.lower():
            return Verdict(outcome="review", reasons=("The text says 'dubious'.",))
        return Verdict(outcome="pass")
