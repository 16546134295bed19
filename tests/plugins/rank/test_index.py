"""The index answers as a brute-force scan does, whatever was added, changed and removed before."""

from __future__ import annotations

import threading
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index.faiss_index import FaissIndex

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Facets, Filter, Remove, Upsert

CTX = Context()
CATEGORIES = ("home/mug", "home/mugs", "home/mug/travel", "home", "apparel/shirt")
TAGS = ("new", "sale", "eco")
SKUS = tuple(f"sku-{n}" for n in range(6))
PRICES = st.decimals(0, 20, places=2) | st.sampled_from([Decimal("9.9999"), Decimal("10"), Decimal("10.0001")])

facets = st.builds(
    Facets,
    category=st.sampled_from(CATEGORIES),
    price=st.none() | PRICES,
    tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
    on_sale=st.sampled_from([True, True, True, False]),
)


def filter_of(price_min, price_max, **rest) -> Filter:
    if price_min is not None and price_max is not None:
        price_min, price_max = sorted((price_min, price_max))
    return Filter(price_min=price_min, price_max=price_max, **rest)


filters = st.builds(
    filter_of,
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
    tags=st.lists(st.sampled_from((*TAGS, "none")), max_size=2).map(tuple),
    price_min=st.none() | PRICES | st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
    price_max=st.none() | PRICES | st.decimals(min_value=0, allow_nan=False, allow_infinity=False),
    skus=st.lists(st.sampled_from((*SKUS, "unknown")), max_size=4).map(tuple),
    exclude_skus=st.lists(st.sampled_from((*SKUS, "unknown")), max_size=2).map(tuple),
)
vectors = st.lists(st.integers(-3, 3), min_size=4, max_size=4).filter(any).map(lambda v: np.asarray(v, np.float32))
upserts = st.builds(
    Upsert, variant=st.integers(0, 15).map("v{}".format), sku=st.sampled_from(SKUS), vector=vectors, facets=facets
)
# Of a variant that there is, only the facets are new then.
reshelved = st.builds(
    lambda i, facets: Upsert(variant=f"v{i}", sku=SKUS[i % 6], vector=np.full(4, i + 1, np.float32), facets=facets),
    st.integers(0, 15),
    facets,
)
removes = st.builds(Remove, variant=st.integers(0, 15).map("v{}".format))
batches = st.lists(st.lists(upserts | reshelved | reshelved | removes, max_size=8), max_size=6)


def model_after(changes) -> dict[str, Upsert]:
    model: dict[str, Upsert] = {}
    for change in changes:
        if isinstance(change, Upsert):
            model[change.variant] = change
        else:
            model.pop(change.variant, None)
    return model


def brute_force(model: dict[str, Upsert], query, k: int, eligible: Filter):
    """The reference: a list of (sku, [(variant, score)]) by best score, then sku."""
    products: dict[str, list[tuple[float, str]]] = {}
    for change in model.values():
        if eligible.allows(change.sku, change.facets):
            score = float(np.einsum("ij,j->i", change.vector[None], query)[0])
            products.setdefault(change.sku, []).append((-score, change.variant))
    ordered = sorted(products.items(), key=lambda item: (min(item[1])[0], item[0]))
    return [(sku, [(variant, -score) for score, variant in sorted(found)]) for sku, found in ordered[:k]]


def answers(index: FaissIndex, query, k: int, eligible: Filter):
    found = index.search(np.asarray(query, np.float32)[None], k, eligible, CTX)[0]
    return [(c.sku, [(v.id, v.score) for v in c.variants]) for c in found]


@settings(max_examples=100, deadline=None)
@given(batches, filters, vectors, st.integers(1, 8), st.sampled_from(["Flat", "SQ8"]), st.sampled_from([1, 3, None]))
def test_equals_brute_force_after_any_changes(batches, eligible, query, k, factory, delta_limit) -> None:
    index = FaissIndex(Config(index=IndexConfig(factory=factory, delta_limit=delta_limit)), CTX)
    for sequence, batch in enumerate(batches, 1):
        index.apply(batch, sequence, CTX)
    model = model_after(change for batch in batches for change in batch)
    assert answers(index, query, k, eligible) == brute_force(model, query, k, eligible)
    assert index.stats(CTX)["variants"] == len(model)
    assert {v: vector.tolist() for v, vector in index.vectors([*model, "unknown"], CTX).items()} == {
        v: change.vector.tolist() for v, change in model.items()
    }


def catalogue(n: int, dimension: int, seed: int = 0, spread: float = 0.6) -> list[Upsert]:
    """n variants, 8 a product, that lie near their product's vector."""
    rng = np.random.default_rng(seed)
    products = rng.standard_normal((n // 8 + 1, dimension))
    rows = products[np.arange(n) // 8] + spread * rng.standard_normal((n, dimension))
    # On a grid, so that sums of products are exact in float32 in whatever order they are added.
    rows = np.rint(16 * rows).astype(np.float32) / 16
    return [
        Upsert(
            variant=f"v{i}",
            sku=f"p{i // 8}",
            vector=rows[i],
            facets=Facets(
                category=CATEGORIES[i // 8 % 5],
                price=Decimal(i // 8 % 1000),
                tags=("rare",) if i // 8 % 200 == 0 else ("common",),
            ),
        )
        for i in range(n)
    ]


def test_quantised_scan_is_exact_at_every_selectivity() -> None:
    changes = catalogue(8000, 32)
    index = FaissIndex(Config(index=IndexConfig(factory="SQ8")), CTX)
    index.apply(changes, 1, CTX)
    moved = [c.model_copy(update={"vector": np.roll(c.vector, 1)}) for c in changes[:900]]
    index.apply([*moved, *(Remove(variant=f"v{i}") for i in range(3000, 3600))], 2, CTX)
    assert index.stats(CTX)["delta"] == 900
    assert index.stats(CTX)["factory"] == "SQ8"
    model = model_after([*changes, *moved, *(Remove(variant=f"v{i}") for i in range(3000, 3600))])
    queries = np.rint(16 * np.random.default_rng(1).standard_normal((5, 32))).astype(np.float32) / 16
    for eligible in (
        Filter(),
        Filter(price_max=Decimal(700)),
        Filter(categories=("home/mug",)),
        Filter(tags=("rare",)),
        Filter(exclude_skus=tuple(f"p{i}" for i in range(0, 1000, 2))),
        Filter(price_min=Decimal(5000)),
    ):
        for query in (*queries, changes[3].vector, np.zeros(32, np.float32)):
            for k in (1, 10, 200):
                assert answers(index, query, k, eligible) == brute_force(model, query, k, eligible)


def test_repeating_a_call_changes_nothing() -> None:
    index, (first, second, *_) = FaissIndex(None, CTX), catalogue(8, 4)
    index.apply([first], 3, CTX)
    index.apply([second], 3, CTX)
    index.apply([Remove(variant=first.variant)], 2, CTX)
    assert index.sequence == 3
    assert set(index.vectors(["v0", "v1"], CTX)) == {"v0"}


def test_sequence_moves_without_changes_and_reset_forgets() -> None:
    index = FaissIndex(None, CTX)
    assert (index.sequence, answers(index, [1, 0], 3, Filter())) == (0, [])
    index.apply([], 7, CTX)
    assert index.sequence == 7
    index.apply(catalogue(8, 4), 8, CTX)
    index.reset(CTX)
    assert (index.sequence, index.stats(CTX)["variants"]) == (0, 0)
    index.apply(catalogue(8, 6), 1, CTX)
    assert index.stats(CTX)["dimension"] == 6


def test_an_index_is_filled_in_parts_at_sequence_0() -> None:
    index, changes = FaissIndex(None, CTX), catalogue(16, 4)
    for part in (changes[:8], changes[8:], changes[8:]):
        index.apply(part, 0, CTX)
    assert (index.sequence, index.stats(CTX)["variants"]) == (0, 16)
    index.apply([], 9, CTX)
    index.apply([Remove(variant="v0")], 0, CTX)
    assert (index.sequence, index.stats(CTX)["variants"]) == (9, 16)


def test_bad_input_is_refused_and_changes_nothing() -> None:
    index, changes = FaissIndex(None, CTX), catalogue(8, 4)
    index.apply(changes, 1, CTX)
    for bad in (
        changes[0].model_copy(update={"vector": np.ones(5, np.float32)}),
        changes[0].model_copy(update={"vector": np.zeros(4, np.float32)}),
        changes[0].model_copy(update={"facets": Facets(category="home/mug", price=Decimal("1.00001"))}),
    ):
        with pytest.raises(InputError):
            index.apply([Remove(variant="v1"), bad], 2, CTX)
    assert index.sequence == 1
    assert set(index.vectors(["v0", "v1"], CTX)) == {"v0", "v1"}
    with pytest.raises(InputError, match="negative"):
        index.apply(changes, -1, CTX)
    with pytest.raises(InputError, match="shape"):
        index.search(np.ones((1, 5), np.float32), 3, Filter(), CTX)
    with pytest.raises(InputError, match="shape"):
        index.search(np.ones(4, np.float32), 3, Filter(), CTX)
    with pytest.raises(InputError, match="finite"):
        index.search(np.full((1, 4), np.nan, np.float32), 3, Filter(), CTX)
    with pytest.raises(InputError, match="negative"):
        index.search(np.ones((1, 4), np.float32), -1, Filter(), CTX)
    assert index.search(np.ones((2, 4), np.float32), 0, Filter(), CTX) == [[], []]


def torn(index: FaissIndex, state, steps: int, read) -> list:
    """What `read` finds wrong in three threads, while each state is written after the other."""
    done, found = threading.Event(), []

    def reads() -> None:
        while not done.is_set():
            found.extend(read())

    index.apply(state(1), 1, CTX)
    readers = [threading.Thread(target=reads) for _ in range(3)]
    for reader in readers:
        reader.start()
    for step in range(2, steps):
        index.apply(state(step), step, CTX)
    done.set()
    for reader in readers:
        reader.join()
    return found


def test_searches_see_whole_states_while_a_writer_changes_them() -> None:
    """Each state holds every product with both of its variants at one and the same vector."""
    rng, dimension = np.random.default_rng(0), 16
    index = FaissIndex(Config(index=IndexConfig(factory="SQ8", delta_limit=60)), CTX)

    def state(step: int) -> list[Upsert]:
        vector = rng.standard_normal(dimension).astype(np.float32)
        facets = Facets(category="home/mug", price=Decimal(step))
        return [
            Upsert(variant=f"p{p}-{side}", sku=f"p{p}", vector=vector, facets=facets)
            for p in range(10)
            for side in "ab"
        ]

    def read():
        found = answers(index, np.ones(dimension, np.float32), 20, Filter())
        scores = {score for _, variants in found for _, score in variants}
        if [len(variants) for _, variants in found] != [2] * 10 or len(scores) != 1:
            yield found

    assert not torn(index, state, 300, read)


def test_searches_see_whole_states_while_a_writer_changes_facets() -> None:
    """Each state has all products in one category."""
    index, rows = FaissIndex(Config(index=IndexConfig(factory="SQ8")), CTX), catalogue(800, 16)

    def state(step: int) -> list[Upsert]:
        facets = Facets(category=CATEGORIES[step % 5], price=Decimal(step))
        return [row.model_copy(update={"facets": facets}) for row in rows]

    def read():
        for eligible in (Filter(), Filter(price_min=Decimal(1))):
            found = index.search(np.ones((1, 16), np.float32), 20, eligible, CTX)[0]
            if len(found) != 20 or len({candidate.category for candidate in found}) != 1:
                yield found

    assert not torn(index, state, 60, read)
    assert index.stats(CTX)["delta"] == 0
