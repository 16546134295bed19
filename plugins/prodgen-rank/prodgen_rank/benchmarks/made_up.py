"""A made-up catalogue of 8 variants a product, what users of it ask for, and how answers are timed and judged.

Two distributions of the products' vectors:

- `gaussian`: independent directions. In hundreds of dimensions all products are then about equally far from a query, so that its
  neighbours are a matter of chance: the worst case for an approximate index, and unlike any embedding of real products.
- `families`: products around families around a mean, with variances that fall as 1 / rank over rotated axes, as the spectrum
  of image and text embeddings does; about 30 dimensions carry most of the variance.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks.options import check_names, whole
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Facets, Filter, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

VARIANTS_A_PRODUCT = 8
DISTRIBUTIONS = ("families", "gaussian")
# A product's price is its number modulo 1000, so that a limit picks a share of the products.
FILTERS: Mapping[str, Filter] = {
    "": Filter(),
    "_filter_50pct": Filter(price_max=Decimal(499)),
    "_filter_10pct": Filter(price_max=Decimal(99)),
    "_filter_1pct": Filter(price_max=Decimal(9)),
    "_filter_0.1pct": Filter(price_max=Decimal(0)),
    "_seen_200": Filter(exclude_skus=tuple(f"p{i}" for i in range(200))),
}

_FAMILIES = 200
_SPREAD = 0.6  # of a product's variants around its own vector, relative to that vector's length
_CHUNK = 65_536


def numbers(options: Mapping[str, Any], least: int = 1, /, **defaults: int) -> list[int]:
    """The whole numbers that a benchmark was asked with, in the order of `defaults`.

    Raises:
        InputError: an option that is not in `defaults`, or one below `least`.
    """
    check_names(options, defaults)
    return [whole(options, name, default, least) for name, default in defaults.items()]


def chosen(options: Mapping[str, Any], **defaults: int | str) -> dict[str, Any]:
    """What a benchmark was asked with: whole numbers from 0 on, or words, as the defaults are.

    Raises:
        InputError: an option that is not in `defaults`, or one of another kind.
    """
    check_names(options, defaults)
    words = {name: str(options.get(name, value)) for name, value in defaults.items() if isinstance(value, str)}
    numeric = {name: int(value) for name, value in defaults.items() if not isinstance(value, str)}
    given = {name: value for name, value in options.items() if name not in words}
    return words | dict(zip(numeric, numbers(given, 0, **numeric), strict=True))


def products(n: int) -> int:
    """How many products `n` variants belong to."""
    return -(-n // VARIANTS_A_PRODUCT)


def vectors(n: int, dimension: int, distribution: str = "gaussian", seed: int = 0) -> Floats:
    """float32 [n, dimension] of length 1; row i is a variant of product i // 8."""
    if distribution not in DISTRIBUTIONS:
        raise InputError(f"There is no distribution {distribution!r}.", hint=f"Known are {', '.join(DISTRIBUTIONS)}.")
    rng = np.random.default_rng(seed)
    families = distribution == "families"
    spread = np.ones(dimension, np.float32)
    if families:
        spread = np.sqrt(1 / np.arange(1, dimension + 1, dtype=np.float32))
        spread *= np.sqrt(dimension) / np.linalg.norm(spread)
    centres = rng.standard_normal((products(n), dimension), dtype=np.float32)
    if families:
        of_family = rng.standard_normal((_FAMILIES, dimension), dtype=np.float32)
        centres += of_family[rng.integers(0, _FAMILIES, len(centres))]
        centres += rng.standard_normal(dimension, dtype=np.float32)
        centres *= spread
        turn = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0].astype(np.float32)
    rows = np.empty((n, dimension), np.float32)
    for start in range(0, n, _CHUNK):
        part = rows[start : start + _CHUNK]
        rng.standard_normal(out=part, dtype=np.float32)
        part *= np.float32(_SPREAD)
        if families:
            part *= spread
        part += centres[np.arange(start, start + len(part)) // VARIANTS_A_PRODUCT]
        if families:
            part[:] = part @ turn
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def queries(rows: Floats, n: int) -> Floats:
    """float32 [n, dimension] of length 1, each halfway between two variants, as a user's vector is."""
    rng = np.random.default_rng(1)
    return unit(rows[rng.integers(0, len(rows), n)] + rows[rng.integers(0, len(rows), n)])


def facets(product: int) -> Facets:
    """One of 50 categories, 1000 prices and 20 tags."""
    return Facets(category=f"home/family-{product % 50}", price=Decimal(product % 1000), tags=(f"tag-{product % 20}",))


def upsert(i: int, vector: Floats) -> Upsert:
    """Variant `v<i>` of the product `p<i // 8>`."""
    product = i // VARIANTS_A_PRODUCT
    return Upsert(variant=f"v{i}", sku=f"p{product}", vector=vector, facets=facets(product))


def percentiles(name: str, call: Callable[..., Any], *arguments: Iterable[Any]) -> dict[str, float]:
    """Wall-clock time of each call, one after another, the first three left out.

    What lives already is frozen for the garbage collector, as a long-running server does after its warm-up.
    """
    gc.collect()
    gc.freeze()
    seconds = []
    for given in zip(*arguments, strict=True):
        started = time.perf_counter()
        call(*given)
        seconds.append(time.perf_counter() - started)
    gc.unfreeze()
    steady = np.asarray(seconds[3:] if len(seconds) > 10 else seconds) * 1000
    return {f"{name}_p50_ms": float(np.percentile(steady, 50)), f"{name}_p99_ms": float(np.percentile(steady, 99))}


def best_products(rows: Floats, asked: Floats, k: int, eligible: Filter = Filter()) -> list[set[str]]:
    """For each query the skus of the k best eligible products, by brute force over all variants."""
    count = products(len(rows))
    allowed = np.asarray([eligible.allows(f"p{p}", facets(p)) for p in range(count)])
    wanted = min(k, int(allowed.sum()))
    starts = np.arange(0, len(rows), VARIANTS_A_PRODUCT)
    answers = []
    for query in asked:
        best = np.where(allowed, np.maximum.reduceat(rows @ query, starts), -np.inf)
        top = np.argsort(-best, kind="stable")[:wanted]
        answers.append({f"p{p}" for p in top.tolist()})
    return answers


def recall(found: Iterable[Iterable[str]], wanted: Iterable[set[str]]) -> float:
    """Share of the wanted products that were found, over all queries; 1 where none was wanted."""
    hits = total = 0
    for some, all_ in zip(found, wanted, strict=True):
        hits, total = hits + len(all_.intersection(some)), total + len(all_)
    return hits / total if total else 1.0
