"""Words and images -> the vectors that the index holds.

A variant's vector joins its product's text vector and its image's vector, each weighted by the square root of its share, so
that the inner product of two vectors is the weighted mean of the two similarities. A query by text or image alone leaves
the other part zero; unless the image encoder reads text, as CLIP does: then words ask both parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prodgen_sdk import runtime
from prodgen_sdk.bound import BoundImageEncoder, BoundTextEncoder
from prodgen_sdk.distances import unit
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors


class Embedder:
    """Joins a text encoder and an image encoder into one vector space.

    Args:
        text_share: 0 to 1, how much the text counts against the image.
    """

    def __init__(self, text: BoundTextEncoder, image: BoundImageEncoder, text_share: float) -> None:
        self._text = text
        self._image = image
        self._share = text_share
        self._sizes: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """Changes when vectors of before can no longer be compared with those of now."""
        return runtime.canonical_digest([self._text.identity, self._image.identity, self._share])[:16]

    @property
    def picture_key(self) -> str:
        """Changes when the image encoder does."""
        return runtime.canonical_digest(self._image.identity)[:16]

    @property
    def sizes(self) -> tuple[int, int]:
        """Dimensions of the text part and of the image part."""
        if self._sizes is None:
            import numpy as np

            probe = np.full((32, 32, 3), 255, np.uint8)
            self._sizes = (self._text.encode(["probe"]).shape[1], self._image.encode([probe]).shape[1])
        return self._sizes

    @property
    def dimension(self) -> int:
        return sum(self.sizes)

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Text vectors [n, text dimension]."""
        return self._text.encode(texts)

    def pictures(self, pictures: Sequence[Image]) -> Vectors:
        """Image vectors [n, image dimension]."""
        return self._image.encode(pictures)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Joined vectors [n, dimension] of what was searched for."""
        words = self.texts(texts)
        seen = self._image.encode_texts(texts) if self._image.reads_text else [None] * len(texts)
        return self.join(list(zip(words, seen, strict=True)))

    def join(self, pairs: Sequence[tuple[Vectors | None, Vectors | None]]) -> Vectors:
        """Vectors [n, dimension] of length 1 (of 0, where there is nothing), each from a text vector, an image vector, or both."""
        import numpy as np

        size, joined = self.sizes[0], np.zeros((len(pairs), self.dimension), np.float32)
        for row, (text, picture) in zip(joined, pairs, strict=True):
            if text is not None:
                row[:size] = text * np.sqrt(self._share)
            if picture is not None:
                row[size:] = picture * np.sqrt(1 - self._share)
        return unit(joined)


def mean_vectors(variants_of: Mapping[str, Sequence[str]], vectors: Mapping[str, Vectors]) -> dict[str, Vectors]:
    """The vector of each product: the normalised mean of its variants' vectors."""
    import numpy as np

    found: dict[str, Vectors] = {}
    for sku, ids in variants_of.items():
        own = [vectors[id] for id in ids if id in vectors]
        if own:
            total = np.stack(own).sum(axis=0)
            found[sku] = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return found
