"""What every vector index must keep: exact filters, distinct products, idempotent and durable changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.interfaces import VectorIndex
from prodgen_sdk.testing.contracts.base import ComponentContract, assert_json, one_by_one_and_at_once
from prodgen_sdk.types import Candidate, Facets, Filter, IndexChange, Remove, Upsert

FILTERS = (
    Filter(),
    Filter(categories=("home",)),
    Filter(categories=("home/mug", "food")),
    Filter(tags=("gift",)),
    Filter(price_min=Decimal(20)),
    Filter(price_max=Decimal(40)),
    Filter(price_min=Decimal(20), price_max=Decimal(40), tags=("gift", "sale")),
    Filter(skus=("p3", "p4", "unknown")),
    Filter(exclude_skus=("p1", "p2", "p5")),
    Filter(categories=("beauty",)),
)


class VectorIndexContract(ComponentContract):
    """Search, filters, changes, durability and integrity of a vector index, against brute force.

    Attributes:
        dimension: length of the test vectors.
        score_tolerance: how far a score may be from the exact dot product (for quantised vectors).
    """

    kind = "index"
    dimension: ClassVar[int] = 16
    score_tolerance: ClassVar[float] = 0.01

    @pytest.fixture
    def upserts(self) -> list[Upsert]:
        """24 variants of 8 products; p6 is off sale, p7 has no price."""
        rng = np.random.default_rng(5)
        categories = ("home/mug", "home/lamp", "food/tea", "apparel/shirt")
        changes = []
        for product in range(8):
            facets = Facets(
                category=categories[product % 4],
                price=None if product == 7 else Decimal(product * 10),
                tags=("gift",) if product % 2 else ("sale", "new"),
                on_sale=product != 6,
            )
            for variant in range(3):
                vector = rng.normal(size=self.dimension).astype(np.float32)
                vector /= np.linalg.norm(vector)
                changes.append(
                    Upsert(variant=f"p{product}-v{variant}", sku=f"p{product}", vector=vector, facets=facets)
                )
        return changes

    @pytest.fixture
    def queries(self) -> NDArray[np.float32]:
        """Four unit vectors."""
        vectors = np.random.default_rng(6).normal(size=(4, self.dimension)).astype(np.float32)
        return unit(vectors).astype(np.float32)

    @pytest.fixture
    def filled(self, component: VectorIndex, upserts: list[Upsert], ctx: Context) -> VectorIndex:
        """The index with all variants applied, at sequence 24."""
        component.apply(upserts, 24, ctx)
        return component

    def test_empty(self, component: VectorIndex, queries: NDArray[np.float32], ctx: Context) -> None:
        assert component.sequence == 0, f"A new index has applied nothing: its sequence is 0, not {component.sequence}."
        found = component.search(queries, 5, Filter(), ctx)
        assert [list(hits) for hits in found] == [[]] * len(queries), (
            "An empty index answers each query with no candidates."
        )

    def test_several_threads_at_once(self, filled: VectorIndex, queries: NDArray[np.float32], ctx: Context) -> None:
        def found(number: int) -> list[tuple[str, float]]:
            (hits,) = filled.search(queries[number : number + 1], 5, Filter(), ctx)
            return [(hit.sku, hit.score) for hit in hits]

        alone, at_once = one_by_one_and_at_once(found)
        assert at_once == alone, (
            "From several threads at once search() gave other answers. Keep what it works on in local variables, or lock it."
        )

    def test_equals_brute_force(
        self, filled: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        for k in (1, 3, 50):
            for eligible in FILTERS:
                found = filled.search(queries, k, eligible, ctx)
                assert len(found) == len(queries), (
                    f"{len(queries)} queries gave {len(found)} lists. Return one a query, in their order."
                )
                for query, hits in zip(queries, found, strict=True):
                    self._assert_exact(hits, query, k, eligible, upserts)

    def _assert_exact(
        self, hits: Sequence[Candidate], query: NDArray[np.float32], k: int, eligible: Filter, upserts: Sequence[Upsert]
    ) -> None:
        truth: dict[str, dict[str, float]] = {}
        for change in upserts:
            if eligible.allows(change.sku, change.facets):
                truth.setdefault(change.sku, {})[change.variant] = float(change.vector @ query)
        best = sorted((max(scores.values()) for scores in truth.values()), reverse=True)
        asked = f"k={k}, {eligible.model_dump(exclude_defaults=True) or 'no filter'}"
        skus = [hit.sku for hit in hits]
        assert len(set(skus)) == len(skus), (
            f"{asked}: a product came twice: {skus}. Group the variants of a product before cutting at k."
        )
        wrong = set(skus) - set(truth)
        assert not wrong, f"{asked}: {sorted(wrong)} must not be shown. Filter.allows(sku, facets) is the reference."
        assert len(skus) == min(k, len(truth)), (
            f"{asked}: {len(skus)} products of {len(truth)} eligible ones. Filter before cutting at k, not after."
        )
        for place, hit in enumerate(hits):
            scores = truth[hit.sku]
            ids = [variant.id for variant in hit.variants]
            assert sorted(ids) == sorted(scores), (
                f"{asked}: {hit.sku} came with {ids}; all its variants {sorted(scores)} are wanted."
            )
            off = max(abs(variant.score - scores[variant.id]) for variant in hit.variants)
            assert off <= self.score_tolerance, (
                f"{asked}: a score of {hit.sku} is off by {off:.3g}. A score is the dot product."
            )
            given = [variant.score for variant in hit.variants]
            assert given == sorted(given, reverse=True), f"{asked}: the variants of {hit.sku} are not best first."
            assert hit.score >= best[place] - self.score_tolerance, (
                f"{asked}: place {place} should score {best[place]:.3f}, not {hit.score:.3f}."
            )

    def test_sequence(self, filled: VectorIndex, ctx: Context) -> None:
        assert filled.sequence == 24, f"After apply(..., 24) the sequence is 24, not {filled.sequence}."
        filled.apply([], 25, ctx)
        assert filled.sequence == 25, (
            "apply([], 25) changes nothing but the sequence: events that do not concern the index advance it too."
        )

    def test_apply_twice(
        self, filled: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        before = _answer(filled, queries, ctx)
        filled.apply(upserts, 24, ctx)
        assert _answer(filled, queries, ctx) == before, (
            "Applying the same changes again changed the answers. An Upsert replaces."
        )
        assert filled.stats(ctx)["variants"] == len(upserts), "Applying the same changes again stored variants twice."

    def test_upsert_replaces(
        self, filled: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        off_sale = upserts[3].facets.model_copy(update={"on_sale": False})
        changes = [
            Upsert(variant=u.variant, sku=u.sku, vector=u.vector, facets=off_sale) for u in upserts if u.sku == "p1"
        ]
        moved = Upsert(variant="p0-v0", sku="p0", vector=queries[0], facets=upserts[0].facets)
        filled.apply([*changes, moved], 25, ctx)
        kept = [u for u in upserts if u.sku != "p1" and u.variant != "p0-v0"]
        self._assert_exact(filled.search(queries[:1], 50, Filter(), ctx)[0], queries[0], 50, Filter(), [*kept, moved])

    def test_changes_apply_in_order(
        self, filled: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        changes: list[IndexChange] = [Remove(variant="p0-v0"), upserts[0], upserts[1], Remove(variant="p0-v1")]
        filled.apply(changes, 25, ctx)
        known = filled.vectors(["p0-v0", "p0-v1"], ctx)
        assert set(known) == {"p0-v0"}, (
            f"Remove, then Upsert keeps p0-v0; Upsert, then Remove drops p0-v1. Found {sorted(known)}."
        )

    def test_remove(
        self, filled: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        gone = [Remove(variant=f"p2-v{n}") for n in range(3)]
        filled.apply([Remove(variant="never-seen"), *gone, Remove(variant="p3-v1")], 25, ctx)
        kept = [u for u in upserts if u.sku != "p2" and u.variant != "p3-v1"]
        for query, hits in zip(queries, filled.search(queries, 50, Filter(), ctx), strict=True):
            self._assert_exact(hits, query, 50, Filter(), kept)
        assert filled.sequence == 25, "Removing an unknown variant is no error, and the sequence still advances."

    def test_vectors(self, filled: VectorIndex, upserts: list[Upsert], ctx: Context) -> None:
        known = filled.vectors(["p0-v0", "never-seen", "p6-v2"], ctx)
        assert set(known) == {"p0-v0", "p6-v2"}, (
            f"vectors() gives every stored variant and leaves unknown ones out, not {sorted(known)}."
        )
        off = np.abs(known["p0-v0"] - upserts[0].vector).max()
        assert off <= self.score_tolerance, f"The stored vector differs from the given one by {off:.3g}."

    def test_survives_a_restart(
        self, filled: VectorIndex, make_component: Callable[[], VectorIndex], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        filled.apply([Remove(variant="p3-v0")], 25, ctx)
        before = _answer(filled, queries, ctx)
        again = make_component()
        assert again.sequence == 25, (
            f"Reopened, the index is at {again.sequence}, not 25. Write the sequence together with the changes."
        )
        assert _answer(again, queries, ctx) == before, (
            "Reopened, the index answers differently. apply() returns when its changes are durable."
        )

    def test_reset(
        self, filled: VectorIndex, make_component: Callable[[], VectorIndex], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        filled.reset(ctx)
        for index in (filled, make_component()):
            assert index.sequence == 0, f"After reset() the sequence is 0, not {index.sequence}, also in a new process."
            assert not any(index.search(queries, 5, Filter(), ctx)), "reset() forgets everything, also on the disk."

    def test_stats(self, filled: VectorIndex, ctx: Context) -> None:
        stats = dict(filled.stats(ctx))
        assert_json(stats, where="stats()")
        wanted = {"variants": 24, "products": 8, "dimension": self.dimension, "sequence": 24}
        assert {key: stats.get(key) for key in wanted} == wanted, f"stats() says {stats}; it must say {wanted}."

    def test_does_not_keep_or_change_arrays(
        self, component: VectorIndex, upserts: list[Upsert], queries: NDArray[np.float32], ctx: Context
    ) -> None:
        asked = queries.copy()
        component.apply(upserts, 24, ctx)
        before = _answer(component, queries, ctx)
        assert np.array_equal(asked, queries), "search() changed the queries in place."
        for change in upserts:
            change.vector[:] = 0
        assert _answer(component, asked, ctx) == before, (
            "The index kept a reference to the caller's vectors. Copy them in apply()."
        )

    def test_verify_finds_a_flipped_byte(
        self, filled: VectorIndex, make_component: Callable[[], VectorIndex], ctx: Context
    ) -> None:
        assert list(filled.verify(ctx)) == [], "verify() complains about a healthy index."
        files = [
            path for path in (ctx.state.rglob("*") if ctx.state else ()) if path.is_file() and path.stat().st_size > 64
        ]
        if not files:
            pytest.skip("the index keeps no files in ctx.state")
        largest = max(files, key=lambda path: path.stat().st_size)
        data = bytearray(largest.read_bytes())
        data[len(data) // 2] ^= 0x10
        largest.write_bytes(bytes(data))
        try:
            problems = make_component().verify(ctx)
        except ProdgenError:
            return
        assert problems, (
            f"A byte of {largest.name} was flipped and verify() found nothing. Keep a checksum of every file."
        )


def _answer(index: VectorIndex, queries: NDArray[np.float32], ctx: Context) -> list[list[tuple[str, list[str]]]]:
    found = index.search(queries, 50, Filter(), ctx)
    return [[(hit.sku, [variant.id for variant in hit.variants]) for hit in hits] for hits in found]
