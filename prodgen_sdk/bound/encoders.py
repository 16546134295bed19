"""Around what makes vectors: encoders of texts and of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images, interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors


class BoundTextEncoder(Bound[interfaces.TextEncoder]):
    @guarded
    def encode(self, texts: Sequence[str], ctx: Context | None = None) -> Vectors:
        return _unit_rows(self, self._batched(self.component.encode, texts, self._context(ctx)))


class BoundImageEncoder(Bound[interfaces.ImageEncoder]):
    @guarded
    def encode(self, pictures: Sequence[Image], ctx: Context | None = None) -> Vectors:
        shown = [images.read_only(images.check(picture)) for picture in pictures]
        return _unit_rows(self, self._batched(self.component.encode, shown, self._context(ctx)))

    @property
    def reads_text(self) -> bool:
        return self.component.reads_text

    @guarded
    def encode_texts(self, texts: Sequence[str], ctx: Context | None = None) -> Vectors:
        return _unit_rows(self, self._batched(self.component.encode_texts, texts, self._context(ctx)))


def _unit_rows(bound: Bound[Any], rows: Sequence[Any]) -> Vectors:
    import numpy as np

    wanted = getattr(bound.spec, "dimension", None)
    if not rows:
        return np.zeros((0, wanted or 0), np.float32)
    vectors = np.stack(rows)
    bound.expect(
        vectors.dtype == np.float32 and vectors.ndim == 2 and vectors.shape[1] == (wanted or vectors.shape[1]),
        f"vectors of {vectors.dtype} {list(vectors.shape)} instead of float32 [n, {wanted or 'dimension'}]",
    )
    lengths = np.linalg.norm(vectors, axis=1)
    bound.expect(bool(np.isfinite(lengths).all()), "vectors with numbers that are NaN or infinite")
    bound.expect(
        bool((np.abs(lengths - 1) < 1e-3).all()),
        f"vectors of length {lengths.min():.3f} to {lengths.max():.3f} instead of 1",
    )
    return vectors
