"""Scored rows as the candidates that the host takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.rows import RowNumbers, Rows
from prodgen_sdk.types import Candidate, CandidateVariant, trusted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_VARIANT: dict[str, Any] = dict(CandidateVariant(id="", score=0.0))
_CANDIDATE: dict[str, Any] = {name: field.get_default() for name, field in Candidate.model_fields.items()}
_GIVEN = ({"id", "score"}, {"sku", "variants", "category"})


def candidates(rows: Rows, found: RowNumbers, scores: Floats) -> list[Candidate]:
    """One candidate for each run of rows of a product, in their order; its variants best first, then by id."""
    if not len(found):
        return []
    codes = rows.sku[found]
    run = np.cumsum(np.concatenate([[0], codes[1:] != codes[:-1]]))
    order = np.lexsort((-scores, run))
    found, scores, run = found[order], scores[order], run[order]
    names = list(map(rows.variants.__getitem__, found.tolist()))
    ends = np.flatnonzero(np.concatenate([run[1:] != run[:-1], [True]])) + 1
    if np.any((scores[1:] == scores[:-1]) & (run[1:] == run[:-1])):
        names = _by_name_where_equal(names, scores, run)
    described = [{**_VARIANT, "id": name, "score": score} for name, score in zip(names, scores.tolist(), strict=True)]
    variants = trusted(CandidateVariant, described, _GIVEN[0])
    skus, categories = rows.skus.values, rows.categories.values
    shown = []
    starts = np.concatenate([[0], ends[:-1]])
    first = found[starts]
    of_each = (starts.tolist(), ends.tolist(), rows.sku[first].tolist(), rows.category[first].tolist())
    for start, end, sku, category in zip(*of_each, strict=True):
        given = {"sku": skus[sku], "variants": tuple(variants[start:end]), "category": categories[category]}
        shown.append({**_CANDIDATE, **given})
    return trusted(Candidate, shown, _GIVEN[1])


def _by_name_where_equal(names: list[str], scores: Floats, run: NDArray[np.int64]) -> list[str]:
    ordered = sorted(zip(run.tolist(), (-scores).tolist(), names, strict=True))
    return [name for _, _, name in ordered]
