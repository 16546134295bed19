"""Fakes that recommend: a vector index, a ranker and a variant policy."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.context import Context
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Ranker, VariantPolicy, VectorIndex
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Choice,
    Event,
    Facets,
    Feedback,
    Filter,
    IndexChange,
    Ranked,
    RecommendationContext,
    Upsert,
    UserProfile,
)


class BruteForceIndex(VectorIndex):
    """All dot products, over one JSON file with its checksum."""

    def __init__(self, config: Any, ctx: Context) -> None:
        self._path = ctx.state / "index.json" if ctx.state else None
        self._stored: dict[str, Upsert] = {}
        self._sequence = 0
        if self._path and self._path.exists() and not self.verify(ctx):
            content = json.loads(json.loads(self._path.read_bytes())["content"])
            self._sequence = content["sequence"]
            self._stored = {row["variant"]: _from_json(row) for row in content["rows"]}

    @property
    def sequence(self) -> int:
        return self._sequence

    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context) -> None:
        for change in changes:
            if isinstance(change, Upsert):
                self._stored[change.variant] = change.model_copy(update={"vector": change.vector.copy()})
            else:
                self._stored.pop(change.variant, None)
        self._sequence = sequence
        self._save()

    def search(
        self, queries: NDArray[np.float32], k_products: int, eligible: Filter, ctx: Context
    ) -> Sequence[Sequence[Candidate]]:
        return [self._search(query, k_products, eligible) for query in queries]

    def _search(self, query: NDArray[np.float32], k_products: int, eligible: Filter) -> list[Candidate]:
        found: dict[str, list[CandidateVariant]] = {}
        for item in self._stored.values():
            if eligible.allows(item.sku, item.facets):
                score = float(item.vector @ query)
                found.setdefault(item.sku, []).append(CandidateVariant(id=item.variant, score=score))
        candidates = [
            Candidate(sku=sku, variants=tuple(sorted(variants, key=lambda v: (-v.score, v.id))))
            for sku, variants in found.items()
        ]
        return sorted(candidates, key=lambda c: (-c.score, c.sku))[:k_products]

    def vectors(self, variants: Sequence[str], ctx: Context) -> Mapping[str, NDArray[np.float32]]:
        return {id: self._stored[id].vector.copy() for id in variants if id in self._stored}

    def reset(self, ctx: Context) -> None:
        self._stored, self._sequence = {}, 0
        self._save()

    def stats(self, ctx: Context) -> Mapping[str, Any]:
        rows = list(self._stored.values())
        dimension = len(rows[0].vector) if rows else 0
        products = len({row.sku for row in rows})
        return {
            "variants": len(rows),
            "products": products,
            "dimension": dimension,
            "sequence": self._sequence,
            "bytes": len(rows) * dimension * 4,
        }

    def verify(self, ctx: Context) -> Sequence[str]:
        if self._path is None or not self._path.exists():
            return []
        try:
            file = json.loads(self._path.read_bytes())
            healthy = hashlib.sha256(file["content"].encode()).hexdigest() == file["sha256"]
        except (ValueError, KeyError, TypeError):
            healthy = False
        return [] if healthy else [f"{self._path.name} is damaged: its checksum does not hold."]

    def _save(self) -> None:
        if self._path is None:
            return
        content = json.dumps({"sequence": self._sequence, "rows": [_to_json(item) for item in self._stored.values()]})
        file = {"content": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}
        write_atomically(self._path, json.dumps(file).encode())


def _to_json(item: Upsert) -> dict[str, Any]:
    return {
        "variant": item.variant,
        "sku": item.sku,
        "vector": item.vector.tolist(),
        "facets": item.facets.model_dump(mode="json"),
    }


def _from_json(row: Mapping[str, Any]) -> Upsert:
    vector = np.asarray(row["vector"], np.float32)
    return Upsert(variant=row["variant"], sku=row["sku"], vector=vector, facets=Facets.model_validate(row["facets"]))


class PopularRanker(Ranker):
    """Similarity plus a tenth of the share of all events."""

    def __init__(self, config: Any, ctx: Context) -> None:
        self._events: Counter[str] = Counter()

    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Ranked]:
        total = max(sum(self._events.values()), 1)
        ranked = []
        for candidate in candidates:
            shares = {"similarity": candidate.score, "popularity": 0.1 * self._events[candidate.sku] / total}
            reasons = ("Popular with others",) if shares["popularity"] else ()
            score = sum(shares.values())
            ranked.append(Ranked(candidate=candidate, score=score, contributions=shares, reasons=reasons))
        return sorted(ranked, key=lambda item: (-item.score, item.candidate.sku))

    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        self._events = Counter(event.sku for event in log if event.sku and event.type not in ("impression", "hide"))


class UniformPolicy(VariantPolicy):
    """Every variant alike; the greedy choice is the first. There is nothing to learn."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    @property
    def version(self) -> str:
        return "uniform-1"

    def choose(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Choice]:
        if context.deterministic:
            return [Choice(variant=candidate.variants[0].id, propensity=1.0) for candidate in candidates]
        seed = int.from_bytes(hashlib.sha256(context.request_id.encode()).digest()[:8], "big")
        rng = ctx.rng(seed)
        return [
            Choice(
                variant=candidate.variants[rng.integers(len(candidate.variants))].id,
                propensity=1 / len(candidate.variants),
            )
            for candidate in candidates
        ]

    def update(self, feedback: Sequence[Feedback], ctx: Context) -> None:
        pass

    def reset(self, ctx: Context) -> None:
        pass
