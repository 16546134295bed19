"""The approximate first stage: calibrated recall, exact scores, filters, and a new base built beside what is served."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.benchmarks import made_up
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index import faiss_index, rebuild
from prodgen_rank.index.exact import exact_scores, spans
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_rank.index.first_stage import factory_for, representatives

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, StoreError
from prodgen_sdk.types import Facets, Filter, Remove, Upsert

CTX = Context()
N, DIMENSION = 12_000, 48


@pytest.fixture(scope="module")
def vectors():
    return made_up.vectors(N, DIMENSION, "families")


@pytest.fixture(scope="module")
def index(vectors) -> FaissIndex:
    """Filled in parts, as the host does it; not to be changed."""
    return filled(vectors)


def filled(vectors, state: Path | None = None, **options) -> FaissIndex:
    made = FaissIndex(Config(index=IndexConfig(**options)), Context(state=state))
    for start in range(0, len(vectors), 3000):
        part = enumerate(vectors[start : start + 3000], start)
        made.apply([made_up.upsert(i, vector) for i, vector in part], 0, CTX)
    made.apply([], 1, CTX)
    return made


def found(index: FaissIndex, queries, k: int, eligible: Filter = Filter()) -> list[list[str]]:
    return [[c.sku for c in hits] for hits in index.search(queries, k, eligible, CTX)]


def test_the_factory_follows_the_size(index) -> None:
    stats = index.stats(CTX)
    assert (stats["factory"], stats["base"], stats["delta"]) == ("RR48,IVF1,PQ24x4fsr", N, 0)
    assert [plan["k"] for plan in stats["plans"]] == [10, 32]
    assert stats["plans"][0]["recall"] > 0.97
    assert factory_for(1_000_000, 511, "auto") == "RR512,IVF1024,PQ256x4fsr"
    assert factory_for(10**6, 512, "IVF4096,PQ64x4fsr,RFlat") == "IVF4096,PQ64x4fsr"


@pytest.mark.parametrize(
    ("distribution", "factory"), [("families", "PCAR64,IVF1,PQ32x4fsr"), ("gaussian", "RR128,IVF1,PQ64x4fsr")]
)
def test_codes_are_of_half_of_the_axes_where_these_hold_most(distribution, factory) -> None:
    # What all vectors have in common must not be taken off: inner products would be others.
    rows = made_up.vectors(9000, 128, distribution) + 0.1
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index, queries = filled(rows), made_up.queries(rows, 40)
    assert index.stats(CTX)["factory"] == factory
    assert made_up.recall(found(index, queries, 10), made_up.best_products(rows, queries, 10)) >= 0.99
    changed = made_up.vectors(3000, 128, distribution, seed=1)
    index.apply([made_up.upsert(i, vector) for i, vector in enumerate(changed)], 2, CTX)
    index.settle()
    assert index.stats(CTX)["factory"] == factory
    rows[:3000] = changed
    assert made_up.recall(found(index, queries, 10), made_up.best_products(rows, queries, 10)) >= 0.99


def test_below_exact_below_everything_is_scored(vectors) -> None:
    assert filled(vectors[:2000]).stats(CTX)["factory"] == "Flat"
    assert filled(vectors[:2000], exact_below=1999).stats(CTX)["factory"] != "Flat"


@pytest.mark.parametrize("name", made_up.FILTERS)
def test_recall_at_every_selectivity(index, vectors, name) -> None:
    eligible, queries = made_up.FILTERS[name], made_up.queries(vectors, 40)
    wanted = made_up.best_products(vectors, queries, 10, eligible)
    recall = made_up.recall(found(index, queries, 10, eligible), wanted)
    assert recall == 1 if name in ("_filter_1pct", "_filter_0.1pct", "_filter_10pct") else recall >= 0.98


def test_recall_under_a_filter_that_leaves_only_what_is_far_from_the_query(index, vectors) -> None:
    """The halves of the catalogue by product number are random; here the nearest half of it is excluded by name."""
    queries = made_up.queries(vectors, 10)
    for query in queries:
        near = np.argsort(-(vectors @ query))[: N // 4] // made_up.VARIANTS_A_PRODUCT
        eligible = Filter(exclude_skus=tuple(f"p{product}" for product in set(near.tolist())))
        wanted = made_up.best_products(vectors, query[None], 10, eligible)
        assert made_up.recall(found(index, query[None], 10, eligible), wanted) == 1


def test_all_variants_come_with_exact_scores_in_order(index, vectors) -> None:
    query = made_up.queries(vectors, 1)[0]
    for candidate in index.search(query[None], 10, Filter(), CTX)[0]:
        product = int(candidate.sku[1:])
        rows = range(product * 8, product * 8 + 8)
        scores = {f"v{row}": float(vectors[row] @ query) for row in rows}
        assert [v.id for v in candidate.variants] == sorted(scores, key=lambda v: -scores[v])
        assert [v.score for v in candidate.variants] == pytest.approx(sorted(scores.values(), reverse=True), abs=1e-5)
        assert candidate.model_validate(candidate.model_dump()).model_dump() == candidate.model_dump()
        assert candidate.category == f"home/family-{product % 50}"


def test_more_products_than_the_catalogue_has_and_none(index, vectors) -> None:
    queries = made_up.queries(vectors, 1)
    assert len(found(index, queries, 5000)[0]) == N // 8
    assert found(index, queries, 0) == [[]]
    assert found(index, np.zeros((1, DIMENSION), np.float32), 3) == [["p0", "p1", "p10"]]


@pytest.mark.parametrize("factory", ["HNSW16", "IVF16,Flat", "SQ8", "Flat", "IVF8,PQ24x4fsr,RFlat"])
def test_any_factory_string_gives_the_best_products(vectors, factory) -> None:
    index = filled(vectors[:4000], factory=factory)
    queries = made_up.queries(vectors[:4000], 30)
    for eligible in (Filter(), Filter(price_max=Decimal(300))):
        wanted = made_up.best_products(vectors[:4000], queries, 10, eligible)
        assert made_up.recall(found(index, queries, 10, eligible), wanted) >= (
            1 if factory in ("SQ8", "Flat") else 0.97
        )


def test_a_factory_that_faiss_does_not_know_is_refused_and_changes_nothing(vectors) -> None:
    index = FaissIndex(Config(index=IndexConfig(factory="Annoy7")), CTX)
    with pytest.raises(ConfigError, match="Annoy7"):
        index.apply([made_up.upsert(i, vectors[i]) for i in range(800)], 1, CTX)
    assert (index.sequence, index.stats(CTX)["variants"]) == (0, 0)


def test_too_few_products_for_a_first_stage_are_scanned(vectors) -> None:
    index = filled(vectors[:200], factory="IVF256,PQ24x4fs")
    assert index.stats(CTX)["factory"] == "Flat"
    assert len(found(index, vectors[:1], 25)[0]) == 25


@pytest.fixture(scope="module")
def scattered():
    """Variants that have little in common, so that a product's mean says nothing of them."""
    rows = made_up.vectors(N, DIMENSION, "families") + np.random.default_rng(1).normal(0, 0.2, (N, DIMENSION))
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("factory", ["auto", "RR48,IVF64,PQ24x4fsr"])
def test_codes_are_of_rows_where_a_mean_says_too_little(index, scattered, factory) -> None:
    apart = filled(scattered, factory=factory)
    assert (index.stats(CTX)["codes_of"], apart.stats(CTX)["codes_of"]) == ("products", "rows")
    queries = made_up.queries(scattered, 30)
    for eligible in made_up.FILTERS.values():
        wanted = made_up.best_products(scattered, queries, 10, eligible)
        assert made_up.recall(found(apart, queries, 10, eligible), wanted) >= 0.98


def test_a_filter_that_leaves_the_rows_of_few_lists(scattered) -> None:
    """Faiss probes lists by number: one that is not there would spoil the ranking of the others."""
    stage = filled(scattered, factory="IVF64,PQ24x4fsr").snapshot.base.stage
    left = np.zeros(N, np.bool_)
    left[np.argsort(-(scattered @ scattered[0]))[:600]] = True
    only = stage.only(left)
    assert only.probes < 60
    for query in made_up.queries(scattered, 10):
        answer = stage.nearest(query, 100, 64, only)
        best = np.argsort(-np.where(left, scattered @ query, -np.inf))[:10]
        assert left[answer].all()
        assert len(set(answer) & set(best)) >= 9


def test_rows_that_are_replaced_or_excluded_near_the_query_hide_nothing_else(scattered) -> None:
    index, query = filled(scattered, delta_limit=5000), scattered[0]
    order = np.argsort(-np.maximum.reduceat(scattered @ query, np.arange(0, N, 8))).tolist()
    gone, dropped, left = order[:60], order[60:120], order[120:130]
    index.apply([Remove(variant=f"v{8 * product + i}") for product in gone for i in range(8)], 2, CTX)
    eligible = Filter(exclude_skus=tuple(f"p{product}" for product in dropped))
    answer = found(index, query[None], 10, eligible)[0]
    assert len(set(answer) & {f"p{product}" for product in left}) >= 9


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_equals_brute_force_while_it_changes(data) -> None:
    """Random adds, replacements, removals and filters, with a first stage that looks at almost everything."""
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    options = IndexConfig(factory="IVF1,PQ4x4fs", recall=((4, 0.9999),), delta_limit=40)
    index, model = FaissIndex(Config(index=options), CTX), {}
    for sequence in range(1, data.draw(st.integers(2, 6))):
        changes = []
        for name in rng.integers(0, 900, data.draw(st.sampled_from([3, 30, 700]))).tolist():
            variant = f"v{name}"
            if rng.random() < 0.25:
                model.pop(variant, None)
                changes.append(Remove(variant=variant))
            else:
                facets = Facets(category="home/mug", price=Decimal(name % 10), on_sale=bool(rng.random() < 0.9))
                vector = rng.integers(-8, 9, 8).astype(np.float32) + np.float32(0.5)
                if variant in model and rng.random() < 0.5:
                    vector = model[variant].vector
                model[variant] = Upsert(variant=variant, sku=f"p{name // 3}", vector=vector, facets=facets)
                changes.append(model[variant])
        index.apply(changes, sequence, CTX)
    k = data.draw(st.sampled_from([1, 4, 400]))
    eligible = data.draw(st.sampled_from([Filter(), Filter(price_max=Decimal(2)), Filter(exclude_skus=("p1", "p2"))]))
    query = rng.integers(-8, 9, 8).astype(np.float32)
    best: dict[str, float] = {}
    shown: dict[str, dict[str, float]] = {}
    for change in model.values():
        if eligible.allows(change.sku, change.facets):
            score = float(change.vector @ query)
            best[change.sku] = max(score, best.get(change.sku, -np.inf))
            shown.setdefault(change.sku, {})[change.variant] = score
    answer = index.search(query[None], k, eligible, CTX)[0]
    assert [c.sku for c in answer] == sorted(best, key=lambda sku: (-best[sku], sku))[:k]
    assert {c.sku: {v.id: v.score for v in c.variants} for c in answer} == {c.sku: shown[c.sku] for c in answer}
    index.close()


def test_a_new_base_is_built_beside_what_is_served(vectors, tmp_path, monkeypatch) -> None:
    index = filled(vectors, tmp_path, delta_limit=100)
    go, entered, real = threading.Event(), threading.Event(), rebuild.compacted

    def slow(*arguments, **options):
        entered.set()
        assert go.wait(30)
        return real(*arguments, **options)

    monkeypatch.setattr(rebuild, "compacted", slow)
    # Still like the other variants of their products: the first stage knows a product by its mean.
    turned = made_up.vectors(N, DIMENSION, "families") + np.float32(0.01)
    for sequence in range(2, 103):
        index.apply([made_up.upsert(sequence, turned[sequence])], sequence, CTX)
    assert entered.wait(30)
    generation = index.stats(CTX)["generation"]
    assert index.stats(CTX)["rebuild"] == "running"
    # Changes that come while it is built: replaced again, removed, added; all of them are seen at once and afterwards.
    index.apply([made_up.upsert(5, vectors[5]), Remove(variant="v6")], 103, CTX)
    index.apply([made_up.upsert(N, vectors[0])], 104, CTX)

    def check(at: FaissIndex) -> None:
        held = at.vectors(["v5", "v6", "v7", f"v{N}", "v11000"], CTX)
        assert set(held) == {"v5", "v7", f"v{N}", "v11000"}
        assert np.array_equal(held["v5"], vectors[5])
        assert np.array_equal(held["v7"], turned[7])
        assert at.sequence == 104
        assert found(at, turned[7][None], 1) == [["p0"]]
        assert found(at, vectors[[0]], 2) == [["p0", f"p{N // 8}"]]

    check(index)
    go.set()
    index.settle()
    stats = index.stats(CTX)
    assert (stats["generation"], stats["rebuild"]) == (generation + 1, "none")
    assert stats["delta"] < 10
    check(index)
    again = FaissIndex(Config(index=IndexConfig(delta_limit=100)), Context(state=tmp_path))
    check(again)
    assert again.verify(CTX) == []
    assert not list(tmp_path.glob(".building-*"))


def test_a_base_that_fails_is_reported_and_nothing_is_lost(vectors, tmp_path, monkeypatch) -> None:
    index = filled(vectors[:4000], tmp_path, delta_limit=20)

    def broken(*arguments, **options):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(rebuild, "compacted", broken)
    for sequence in range(2, 40):
        index.apply([made_up.upsert(sequence, -vectors[sequence])], sequence, CTX)
    index.settle()
    assert "disk is full" in index.stats(CTX)["rebuild"]
    assert found(index, -vectors[[7]], 1) == [["p0"]]
    monkeypatch.undo()
    for sequence in range(40, 140):
        index.apply([made_up.upsert(sequence, -vectors[sequence])], sequence, CTX)
    index.settle()
    assert index.stats(CTX)["rebuild"] == "none"
    assert index.stats(CTX)["delta"] <= 4 * 20


def test_close_gives_up_a_base_and_keeps_what_was_applied(vectors, tmp_path) -> None:
    index = filled(vectors[:4000], tmp_path, delta_limit=20)
    for sequence in range(2, 30):
        index.apply([Remove(variant=f"v{sequence}")], sequence, CTX)
    index.close()
    again = FaissIndex(Config(index=IndexConfig(delta_limit=20)), Context(state=tmp_path))
    assert (again.sequence, again.stats(CTX)["variants"]) == (29, 4000 - 28)


def test_an_overfull_delta_waits(vectors, monkeypatch) -> None:
    index = filled(vectors[:4000], delta_limit=10)
    real = rebuild.compacted
    monkeypatch.setattr(rebuild, "compacted", lambda *a, **o: (time.sleep(0.3), real(*a, **o))[1])
    largest = 0
    for sequence in range(2, 200):
        index.apply([made_up.upsert(sequence, vectors[sequence])], sequence, CTX)
        largest = max(largest, index.snapshot.changed)
    assert largest <= 10 * faiss_index._OVERFULL + 1
    index.close()


def test_searches_go_on_while_bases_are_swapped(vectors) -> None:
    """No answer ever lacks one of the variants that always exist, or holds one twice."""
    index = filled(vectors[:4000], delta_limit=60)
    done, failures = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            for candidate in index.search(vectors[:1], 10, Filter(), CTX)[0]:
                product = int(candidate.sku[1:])
                if {v.id for v in candidate.variants} != {f"v{product * 8 + i}" for i in range(8)}:
                    failures.append(candidate)
                if len(candidate.variants) != 8:
                    failures.append(candidate)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    before = index.stats(CTX)["generation"]
    rng = np.random.default_rng(0)
    for sequence in range(2, 400):
        variant = int(rng.integers(4000))
        index.apply([made_up.upsert(variant, vectors[variant] * np.float32(1 + sequence / 1000))], sequence, CTX)
    index.settle()
    done.set()
    for reader in readers:
        reader.join()
    assert index.stats(CTX)["generation"] > before
    assert not failures


def test_exact_scores_do_not_depend_on_the_place() -> None:
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.standard_normal((1, 513), np.float32), 9, axis=0)
    query = rng.standard_normal(513, np.float32)
    scores = exact_scores(vectors, np.arange(9)[::-1].copy(), query)
    assert len(set(scores.tolist())) == 1
    assert scores[0] == pytest.approx(float(vectors[0].astype(np.float64) @ query), abs=1e-4)
    numbers, begins = spans(np.array([3, 3, 9]), np.array([5, 3, 10]))
    assert numbers.tolist() == [3, 4, 9]
    assert begins.tolist() == [0, 2, 2]


def test_a_new_base_keeps_the_plans_while_they_reach_the_recall_and_makes_new_ones_when_not(vectors) -> None:
    index = filled(vectors, delta_limit=200)
    before = index.stats(CTX)
    index.apply([made_up.upsert(i, vectors[i + 300]) for i in range(201)], 2, CTX)
    index.settle()
    after = index.stats(CTX)
    assert after["generation"] > before["generation"]
    assert _efforts(after) == _efforts(before) != []
    assert all(plan["recall"] >= 0.97 for plan in after["plans"])

    scattered = np.random.default_rng(5).standard_normal((N, DIMENSION)).astype(np.float32)
    scattered /= np.linalg.norm(scattered, axis=1, keepdims=True)
    index.apply([made_up.upsert(i, vector) for i, vector in enumerate(scattered)], 3, CTX)
    index.settle()
    queries = made_up.queries(scattered, 30)
    wanted = made_up.best_products(scattered, queries, 10, Filter())
    assert made_up.recall(found(index, queries, 10), wanted) >= 0.97
    assert _efforts(index.stats(CTX)) != _efforts(before)


def test_a_new_base_takes_over_what_did_not_change(vectors, tmp_path) -> None:
    index = filled(vectors, tmp_path, delta_limit=200)
    rng = np.random.default_rng(3)
    changes = [Remove(variant=f"v{i}") for i in (*range(16), 4001)]
    changes += [made_up.upsert(i, vectors[i - N]) for i in range(N, N + 60)]
    changes += [made_up.upsert(i, vectors[(i * 7) % N]) for i in rng.integers(0, N, 190).tolist()]
    for sequence, change in enumerate(changes, 2):
        index.apply([change], sequence, CTX)
    index.settle()
    base = index.snapshot.base
    assert len(base) == N + 43
    assert index.stats(CTX)["rebuild"] == "none"
    assert np.array_equal(base.means, representatives(base.vectors, base.starts))
    assert 200 <= base.stage.changed < 0.1 * N

    again = FaissIndex(Config(index=IndexConfig(delta_limit=200)), Context(state=tmp_path))
    assert again.snapshot.base.stage.changed == base.stage.changed
    again.apply([made_up.upsert(i, vectors[i + 500]) for i in range(1100)], 1000, CTX)
    assert again.snapshot.base.stage.changed == 0, "after a tenth the recall is measured again"


def _efforts(stats) -> list[tuple[int, ...]]:
    return [(plan["k"], plan["effort"], plan["look"], plan["keep"]) for plan in stats["plans"]]
