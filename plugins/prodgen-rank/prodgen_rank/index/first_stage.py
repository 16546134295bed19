"""The approximate first stage: which rows or products are near a query, judged by short codes.

There is one code a product, of the mean of its variants, or one a row where variants differ so much that their mean says too
little (see `calibrate.rows_pay`): these are the units. Faiss ranks the codes of the lists that are nearest to the query; the
first units are then scored exactly. How many lists and units that must be is measured when a base is built.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.index.rows import Pause, RowNumbers
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ONE_LIST = 50_000  # units from which `auto` divides them into lists
_TRAIN = 16_384
_A_LIST = 64
_FEWEST = 64
_ADD = 512
_HALVED_FROM = 128
_HELD = 0.85
_MEAN = 32  # products; numpy keeps the interpreter to itself for each part


@dataclass(frozen=True)
class Plan:
    """How to find the `k` best products of a query of length 1.

    Args:
        effort: lists to probe (IVF) or efSearch (HNSW).
        look: units that are scored.
        effort_filtered, look_filtered: the same under a filter, of the lists and units that it leaves.
        keep: products whose rows are scored, where the units are products.
        recall, recall_filtered: measured on other queries than those that the plan was made with.
    """

    k: int
    effort: int
    look: int
    effort_filtered: int
    look_filtered: int
    keep: int
    recall: float
    recall_filtered: float


class Only(NamedTuple):
    """The units that a filter leaves, as faiss takes them.

    Args:
        units: bits, the lowest first.
        lists: bits of the lists that hold any of them.
        probes: how many lists that is.
    """

    units: NDArray[np.uint8]
    lists: NDArray[np.uint8]
    probes: int


@dataclass(frozen=True)
class FirstStage:
    """A faiss index of a base's units.

    Args:
        factory: faiss's words for it.
        of_rows: whether the units are rows, and not products.
        trained_on: units when it was trained.
        plans: for rising k.
        changed: rows that have changed since the recall of the plans was measured.
    """

    factory: str
    index: Any
    of_rows: bool
    trained_on: int
    plans: tuple[Plan, ...] = ()
    changed: int = 0

    @property
    def filters(self) -> bool:
        """Whether the ranking can be limited to some units without losing the near ones of them."""
        return self._ivf is not None

    @cached_property
    def _ivf(self) -> Any:
        return _ivf(self.index)

    def described(self) -> dict[str, Any]:
        """JSON-ready facts, from which `restored` makes it again with faiss's file."""
        plans = [asdict(plan) for plan in self.plans]
        return {
            "factory": self.factory,
            "of_rows": self.of_rows,
            "trained_on": self.trained_on,
            "plans": plans,
            "changed": self.changed,
        }

    def plan(self, k: int) -> Plan | None:
        """The plan for at least k products, or None where a scan of everything is as good."""
        fitting = next((plan for plan in self.plans if plan.k >= k), None)
        if fitting is None and self.plans:
            last, times = self.plans[-1], -(-k // self.plans[-1].k)
            look, filtered, keep = (times * number for number in (last.look, last.look_filtered, last.keep))
            fitting = replace(last, k=k, look=look, look_filtered=filtered, keep=keep)
        return fitting

    def efforts(self) -> list[int]:
        """The efforts that are worth a try, rising."""
        if self.filters:
            halves = 2 ** np.arange(0, np.log2(self._ivf.nlist), 0.5)
            return sorted({*halves.round().astype(int).tolist(), int(self._ivf.nlist)})
        return [64, 128, 256, 512, 1024, 2048] if hasattr(self.index, "hnsw") else [1]

    def ranked(self, effort: int) -> int:
        """About how many codes are ranked."""
        if self.filters:
            return int(self.index.ntotal * effort / self._ivf.nlist)
        return effort if hasattr(self.index, "hnsw") else int(self.index.ntotal)

    def only(self, units: NDArray[np.bool_]) -> Only | None:
        """Some units as a limit of the ranking; None where `filters` is false."""
        if not self.filters:
            return None
        lists = np.zeros(self._ivf.nlist, np.bool_)
        lists[self._list_of[units]] = True
        bits = [np.packbits(some, bitorder="little") for some in (units, lists)]
        return Only(bits[0], bits[1], int(np.count_nonzero(lists)))

    @cached_property
    def _list_of(self) -> NDArray[np.int32]:
        import faiss

        lists = np.empty(self.index.ntotal, np.int32)
        inverted = self._ivf.invlists
        for number in range(self._ivf.nlist):
            if size := inverted.list_size(number):
                lists[faiss.rev_swig_ptr(inverted.get_ids(number), size)] = number
        return lists

    def nearest(self, query: Floats, look: int, effort: int, only: Only | None = None) -> RowNumbers:
        """The `look` units that seem best for a query, best first, or fewer where there are no more."""
        import faiss

        faiss.omp_set_num_threads(1)
        parameters: Any = None
        if self.filters:
            chosen: dict[str, Any] = {"nprobe": min(effort, self._ivf.nlist)}
            if only is not None:
                # Faiss adds these keyword arguments at run time, unknown to its stubs; the bits must outlive the search.
                lists = faiss.IDSelectorBitmap(only.lists)  # type: ignore[call-arg,arg-type]
                chosen["quantizer_params"] = faiss.SearchParameters(sel=lists)  # type: ignore[call-arg]
                # A list too many would be one that is not there, whose distance spoils the scale of the others'.
                chosen["nprobe"] = min(effort, only.probes)
                chosen["sel"] = faiss.IDSelectorBitmap(only.units)  # type: ignore[call-arg,arg-type]
            parameters = faiss.SearchParametersIVF(**chosen)
            if hasattr(self.index, "chain"):
                parameters = faiss.SearchParametersPreTransform(index_params=parameters)  # type: ignore[call-arg]
        elif hasattr(self.index, "hnsw"):
            parameters = faiss.SearchParametersHNSW(efSearch=max(effort, look))  # type: ignore[attr-defined]
        asked = padded(query[None], self.index.d)
        units: RowNumbers = self.index.search(asked, min(look, self.index.ntotal), params=parameters)[1][0]
        return units[units >= 0]


def _ivf(index: Any) -> Any:
    """The part of inverted lists of an index, or None."""
    import faiss

    try:
        return faiss.downcast_index(faiss.extract_index_ivf(index))
    except RuntimeError:
        return None


def train(factory: str, vectors: Floats, *, of_rows: bool) -> FirstStage | None:
    """A first stage that holds nothing yet, or None where there are too few units to train it with.

    Args:
        vectors: of the units, float32 [n, dimension].

    Raises:
        ConfigError: faiss does not know these words, or not for this dimension.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    n, dimension = vectors.shape
    try:
        index: Any = faiss.index_factory(dimension + dimension % 2, factory, faiss.METRIC_INNER_PRODUCT)
        lists = _ivf(index)
        coded = index if lists is None else lists
        # Enough for centroids that serve as a first guess; the defaults take ten times as long.
        trained = [(coded.pq.cp, coded.pq.ksub, 256)] if hasattr(coded, "pq") else []
        trained += [(lists.cp, lists.nlist, _A_LIST)] if lists is not None else []
        if n < max([_FEWEST, *(4 * centroids for _, centroids, _ in trained)]):
            return None
        for clustering, _, points in trained:
            clustering.niter, clustering.min_points_per_centroid, clustering.max_points_per_centroid = 10, 1, points
        sample = max(_TRAIN, _A_LIST * lists.nlist if lists is not None else 0)
        chosen = np.sort(np.random.default_rng(0).permutation(n)[:sample])
        shown = padded(vectors[chosen], index.d)
        _train_axes(index, shown)
        index.train(shown)
    except RuntimeError as error:
        reason = str(error).splitlines()[0].rsplit(": ", 1)[-1]
        raise ConfigError(
            f"plugins.rank.index.factory: faiss makes no index from {factory!r} for vectors of {dimension} dimensions "
            f"({reason}).",
            hint='Use "auto", or a word that `faiss.index_factory` takes, such as "HNSW32".',
        ) from None
    return FirstStage(factory, index, of_rows, n)


def _train_axes(index: Any, vectors: Floats) -> None:
    """Trains a PCA before an index without moving the origin: inner products would not survive that."""
    import faiss

    axes = faiss.downcast_VectorTransform(index.chain.at(0)) if hasattr(index, "chain") else None
    if isinstance(axes, faiss.PCAMatrix):
        some = vectors[:: max(1, len(vectors) // _TRAIN)]
        axes.train(np.concatenate([some, -some]))


def filled(stage: FirstStage, vectors: Floats, changed: int, pause: Pause) -> FirstStage:
    """A stage that was trained the same, with these vectors; its plans are of the old ones, so many rows ago."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.clone_index(stage.index)
    index.reset()
    for start in range(0, len(vectors), _ADD):
        index.add(padded(vectors[start : start + _ADD], index.d))
        pause()
    return replace(stage, index=index, changed=stage.changed + changed)


def restored(described: dict[str, Any] | None, path: Path) -> FirstStage | None:
    """The stage that `described` and the faiss file at `path` tell of; the file must have been verified."""
    if described is None:
        return None
    import faiss

    plans = tuple(Plan(**plan) for plan in described["plans"])
    index = faiss.read_index(str(path))
    facts = {name: described[name] for name in ("factory", "of_rows", "trained_on", "changed")}
    return FirstStage(index=index, plans=plans, **facts)


def representatives(vectors: Floats, starts: NDArray[np.int64], pause: Pause | None = None) -> Floats:
    """The mean of each product's rows, float32 [products, dimension]."""
    products = len(starts) - 1
    means = np.empty((products, vectors.shape[1]), np.float32)
    for first in range(0, products, _MEAN):
        last = min(first + _MEAN, products)
        begin = starts[first]
        part = vectors[begin : starts[last]]
        np.add.reduceat(part, starts[first:last] - begin, axis=0, out=means[first:last])
        if pause is not None:
            pause()
    means /= np.diff(starts)[:, None]
    return means


def factory_for(units: int, dimension: int, asked: str, *, halved: bool = False) -> str:
    """What `auto` means for so many units: 2 bits a dimension; anything else is taken as it is.

    Args:
        halved: only codes the half of the axes along which the units vary most; see `half_will_do`.

    >>> factory_for(100_000, 512, "auto")
    'RR512,IVF256,PQ256x4fsr'
    >>> factory_for(100_000, 512, "auto", halved=True)
    'PCAR256,IVF256,PQ128x4fsr'
    """
    if asked != "auto":
        return re.sub(r",R(efine)?(Flat|\(.*\))$", "", asked)
    lists = 1 if units < ONE_LIST else 2 ** round(np.log2(np.sqrt(units)))
    coded = dimension // 4 * 2 if halved else dimension + dimension % 2
    # Turned at random, as codes of equal length waste bits on dimensions that hardly vary.
    return f"{'PCAR' if halved else 'RR'}{coded},IVF{lists},PQ{coded // 2}x4fsr"


def half_will_do(vectors: Floats) -> bool:
    """Whether half of the axes hold nearly all differences, as with most embeddings: what the others say is lost in the codes' own error."""
    n, dimension = vectors.shape
    if dimension < _HALVED_FROM:
        return False
    some = vectors[:: max(1, n // _TRAIN)]
    held = np.linalg.eigvalsh(np.cov(some, rowvar=False))
    return bool(held[-(dimension // 4 * 2) :].sum() >= _HELD * held.sum())


def padded(vectors: Floats, dimension: int) -> Floats:
    """With zeros behind, so that the dimension is the index's, which is even."""
    missing = dimension - vectors.shape[1]
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors)
