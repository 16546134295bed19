"""The benchmarks of kills, damage and updates: small runs of them, and that their checks can fail."""

from __future__ import annotations

import numpy as np
from prodgen_rank.benchmarks import made_up
from prodgen_rank.benchmarks.crash import CONFIG, CrashBenchmark, Replay, batch, ctx_at
from prodgen_rank.benchmarks.index import IndexBenchmark
from prodgen_rank.benchmarks.updates import History, UpdatesBenchmark
from prodgen_rank.index.faiss_index import FaissIndex

from prodgen_sdk.context import Context
from prodgen_sdk.testing.contracts.base import assert_json
from prodgen_sdk.types import Candidate, CandidateVariant, Filter

CTX = Context()


def test_kills_and_flipped_bytes() -> None:
    figures = CrashBenchmark(None, CTX).run({"n": 2, "flips": 12}, CTX)
    assert (figures["kills"], figures["failures"], figures["undetected"]) == (2, 0, 0)
    assert "stage.faiss" in figures["flipped_files"]
    assert figures["flipped_bytes"] >= 7 * 12 - 12


def test_a_base_that_others_built_is_followed(tmp_path) -> None:
    """Two instances on one folder, each of which builds bases in the background."""
    instances = [FaissIndex(CONFIG, ctx_at(tmp_path)) for _ in range(2)]
    replay = Replay()
    for step in range(1, 61):
        instances[step % 2].apply(batch(step), step, CTX)
    for index in (*instances, FaissIndex(CONFIG, ctx_at(tmp_path))):
        index.settle()
        assert index.sequence == 60
        names = [f"v{name}" for name in range(1000)]
        held = {name: vector.tobytes() for name, vector in index.vectors(names, CTX).items()}
        assert held == replay.upto(60)
        assert index.verify(CTX) == []
    assert instances[0].stats(CTX)["generation"] > 5


def test_the_check_of_answers_sees_what_is_stale_wrong_or_missing() -> None:
    vectors = made_up.vectors(16, 8, "families")
    history, query = History(vectors), vectors[3]

    def wrong(scores: dict[int, float], first: int, last: int, sku: str = "p0") -> int:
        variants = tuple(CandidateVariant(id=f"v{i}", score=score) for i, score in scores.items())
        return history.wrong([Candidate(sku=sku, variants=variants)], query, first, last)

    right = {i: float(vectors[i] @ query) for i in range(8)}
    assert wrong(right, 1, 1) == 0
    assert wrong({**right, 2: right[2] + 0.01}, 1, 1) == 1
    assert wrong({i: right[i] for i in range(1, 8)}, 1, 1) == 1
    assert wrong(right, 1, 1, sku="p1") >= 8
    history.note(2, 2, vectors[9])
    changed = {**right, 2: float(vectors[9] @ query)}
    assert wrong(right, 1, 2) == wrong(changed, 1, 2) == wrong(changed, 2, 2) == 0
    assert wrong(right, 2, 2) == 1
    history.note(2, 3, None)
    gone = {i: right[i] for i in range(8) if i != 2}
    assert wrong(gone, 3, 3) == 0
    assert wrong(changed, 3, 3) == wrong(gone, 2, 2) == 1


def test_benchmarks_give_flat_figures() -> None:
    updates = UpdatesBenchmark(None, CTX).run({"n": 400, "dimension": 16, "seconds": 1}, CTX)
    assert_json(updates, where="run()")
    assert updates["wrong"] == 0
    assert updates["updates"] > 10
    search = IndexBenchmark(None, CTX).run({"n": 8800, "dimension": 48, "queries": 12, "others": 1}, CTX)
    assert_json(search, where="run()")
    assert search["recall_at_10_filter_0.1pct"] == 1
    assert search["factory"] == "RR48,IVF1,PQ24x4fsr"
    assert search["faiss_flat_recall_at_10"] > 0.5
    assert search["ratio_to_same_structure"] > 0


def test_made_up_catalogues() -> None:
    for distribution in made_up.DISTRIBUTIONS:
        rows = made_up.vectors(100, 24, distribution)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        assert np.array_equal(rows, made_up.vectors(100, 24, distribution))
        own = np.einsum("ij,ij->i", rows[:-1:2], rows[1::2]).mean()
        assert own > np.einsum("ij,ij->i", rows[:50], rows[50:]).mean() + 0.2
    wanted = made_up.best_products(rows, rows[:2], 3, Filter(exclude_skus=("p0",)))
    assert all(len(skus) == 3 and "p0" not in skus for skus in wanted)
    assert made_up.recall([["p1", "p2"]], [{"p1", "p3"}]) == 0.5
