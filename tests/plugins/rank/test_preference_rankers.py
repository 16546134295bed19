"""The rankers that keep one model of preference: the SDK's contract, durability, and explanations that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.models.blend import Blend
from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.preference import FILE, Preference
from prodgen_rank.rankers import preference as rankers
from prodgen_rank.training import RankTrainer

from prodgen_sdk.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.errors import StoreError
from prodgen_sdk.testing.contracts import RankerContract
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Event,
    Facets,
    Interest,
    RecommendationContext,
    Upsert,
    UserProfile,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = RecommendationContext(at=NOW, k=5)
FACTORIES = (rankers.popular, rankers.item_knn, rankers.ease, rankers.ials, rankers.visual, rankers.blend)


class _Contract(RankerContract):
    plugin = plugin


class TestPopular(_Contract):
    id = "rank/popular"


class TestItemKnn(_Contract):
    id = "rank/item-knn"


class TestEase(_Contract):
    id = "rank/ease"


class TestIals(_Contract):
    id = "rank/ials"


class TestVisual(_Contract):
    id = "rank/visual"


class TestBlend(_Contract):
    id = "rank/blend"


def _event(user, sku, hours=0.0, type="view", variant=None):
    at = NOW - timedelta(hours=hours)
    return Event(id=f"{user}-{sku}-{hours}-{type}", user=user, type=type, sku=sku, variant=variant, at=at)


def _candidate(sku):
    return Candidate(sku=sku, variants=(CandidateVariant(id=f"{sku}-v", score=0.1),))


def _user(*skus, hidden=()):
    liked = [
        Interest(sku=sku, weight=1, last_type="view", last_at=NOW - timedelta(hours=n + 1))
        for n, sku in enumerate(skus)
    ]
    return UserProfile(
        user="me",
        interests=(*liked, *(Interest(sku=s, weight=-4, last_type="hide", last_at=NOW) for s in hidden)),
        seen=frozenset(skus),
    )


@pytest.fixture(scope="module")
def log():
    """Two tastes: who has one of a0 ... a5 has others of them, likewise b0 ... b5; a5 and b5 are rare."""
    rng = np.random.default_rng(0)
    events = []
    for n in range(60):
        taste = "ab"[n % 2]
        for place, item in enumerate(rng.choice(6, 4, replace=False, p=[0.2, 0.2, 0.2, 0.2, 0.15, 0.05])):
            events.append(_event(f"u{n}", f"{taste}{item}", hours=200 - place))
    return sorted(events, key=lambda event: event.at)


@pytest.mark.parametrize("factory", FACTORIES[1:], ids=lambda f: f.args[0])
def test_ranks_the_user_s_taste_first_and_says_why(factory, log, tmp_path):
    ranker = factory(None, Context(state=tmp_path))
    ranker.fit(log, Context())
    found = ranker.rank(_user("a0", "a1"), [_candidate(s) for s in ("b2", "a2", "b3", "a3", "new")], CONTEXT, Context())
    assert {item.candidate.sku for item in found[:2]} == {"a2", "a3"}
    assert all(item.reasons[0] in ("because you viewed a0", "because you viewed a1") for item in found[:2])
    assert next(item.score for item in found if item.candidate.sku == "new") == 0
    proposed = ranker.propose(_user("a0", "a1"), 3, CONTEXT, Context())
    assert len(proposed) == 3
    assert proposed[0][0] == "a"
    assert not {"a0", "a1"} & set(proposed)


@pytest.mark.parametrize("name", ["item-knn", "ease", "ials", "visual", "blend"])
def test_a_share_is_what_the_score_loses_without_its_cause(name, log):
    data = Interactions.from_events(log)
    settings = (
        {"recency": {"step": 0.7}} if name != "blend" else {"members": {"ease": {"recency": {"step": 0.7}}, "ials": {}}}
    )
    preference = Preference.fit(name, data, Context(), settings)
    user, now = _user("a0", "a1", "b2"), NOW.timestamp()
    history = preference.history(user)
    for sku in ("a2", "b3"):
        shares = preference.explain(history, sku, now)
        assert set(shares) <= {"a0", "a1", "b2"}
        for cause, share in shares.items():
            left = preference.history(_user(*(s for s in ("a0", "a1", "b2") if s != cause)))
            whole = preference.model.scores([history], now)[0]
            lost = _lost(preference.model, history, left, preference.codes[sku], now)
            assert share == pytest.approx(lost / (whole.max() - whole.mean()), abs=1e-4)
    assert preference.explain(history, "unknown", now) == {}


def _lost(model, history, left, item, now):
    """By how much a score falls; in a blend, where each member keeps the scale that it has for the whole history."""
    if not isinstance(model, Blend):
        return model.scores([history], now)[0, item] - model.scores([left], now)[0, item]
    return sum(
        model.weights[name] * _lost(member, history, left, item, now) / member.scores([history], now)[0].std()
        for name, member in model.members.items()
    )


def test_ease_and_knn_without_recency_fall_into_parts_that_sum_to_the_score(log):
    for name in ("ease", "item-knn"):
        preference = Preference.fit(name, Interactions.from_events(log), Context())
        history, now = preference.history(_user("a0", "a1", "b2")), NOW.timestamp()
        raw = preference.model.scores([history], now)[0]
        parts = preference.explain(history, "a2", now)
        assert sum(parts.values()) == pytest.approx(raw[preference.codes["a2"]] / (raw.max() - raw.mean()), rel=1e-4)


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda f: f.args[0])
def test_another_process_takes_up_what_was_fitted(factory, log, tmp_path):
    first, second = (factory(None, Context(state=tmp_path)) for _ in range(2))
    candidates = [_candidate(f"{taste}{n}") for taste in "ab" for n in range(6)]

    def ranked(ranker):
        return [(i.candidate.sku, i.score) for i in ranker.rank(_user("a0", "b1"), candidates, CONTEXT, Context())]

    assert [score for _, score in ranked(second)] == [0.0] * 12
    first.fit(log, Context())
    assert ranked(second) == ranked(first)
    assert len({score for _, score in ranked(second)}) > 1
    first.fit(log[:100], Context())
    assert ranked(second) == ranked(first)


def test_a_damaged_file_is_told(log, tmp_path):
    rankers.ease(None, Context(state=tmp_path)).fit(log, Context())
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    for place in (10, len(content) // 2, len(content) - 3):
        content[place] ^= 1
        path.write_bytes(bytes(content))
        with pytest.raises(StoreError, match="damaged"):
            rankers.ease(None, Context(state=tmp_path)).rank(_user("a0"), [_candidate("a1")], CONTEXT, Context())
        content[place] ^= 1


def test_hidden_products_come_last(log):
    ranker = rankers.ease(None, Context())
    ranker.fit(log, Context())
    found = ranker.rank(_user("a0", hidden=("a2",)), [_candidate(s) for s in ("a2", "b3", "a3")], CONTEXT, Context())
    assert found[-1].candidate.sku == "a2"
    assert found[-1].contributions["hidden"] == -2


def test_visual_places_a_product_that_nobody_had_by_its_picture(tmp_path):
    rng = np.random.default_rng(1)
    looks, host = {"a": rng.normal(size=8), "b": rng.normal(size=8)}, fake_host(plugin, config=Config())
    vectors = {f"{t}{n}": (looks[t] + 0.3 * rng.normal(size=8)).astype(np.float32) for t in "ab" for n in range(12)}
    facets = Facets(category="home/mug")
    rows = [Upsert(variant=f"{sku}-v", sku=sku, vector=vector, facets=facets) for sku, vector in vectors.items()]
    host.get("index").apply(rows, 1)
    bought = [[f"{'ab'[n % 2]}{item}" for item in rng.choice(8, 4, replace=False)] for n in range(60)]
    events = [_event(f"u{n}", sku, hours=place) for n, skus in enumerate(bought) for place, sku in enumerate(skus)]
    cold = [_candidate(f"{taste}{n}") for taste in "ba" for n in range(8, 12)]
    log = tmp_path / "sequences.txt"
    log.write_text("".join(f"u{n} {' '.join(skus)}\n" for n, skus in enumerate(bought)))
    trained = replace(host.context(), state=tmp_path / "trained")
    RankTrainer(None, trained).train({"model": "visual"}, log, tmp_path / "trained", trained)
    for ctx in (host.context(), trained):
        ranker = rankers.visual(None, ctx)
        if ctx is not trained:
            ranker.fit(events, ctx)
        found = [item.candidate.sku for item in ranker.rank(_user("a0", "a1"), cold, CONTEXT, ctx)]
        assert all(sku[0] == "a" for sku in found[:4])
    assert all(item.score == 0 for item in rankers.visual(None, Context()).rank(_user("a0"), cold, CONTEXT, Context()))


def test_a_product_without_a_cause_is_only_called_unlike_where_it_is_of_another_department():
    interest = Interest(sku="mug", category="home/mug", weight=1.0, last_type="view", last_at=NOW)
    user = UserProfile(user="me", interests=(interest,))
    kinds = {"lamp": "home/lamp", "tea": "food/tea"}
    lamp, tea = (_candidate(sku).model_copy(update={"category": kind}) for sku, kind in kinds.items())
    found = rankers.ials(None, Context()).rank(user, [lamp, tea], CONTEXT, Context())
    assert {item.candidate.sku: item.reasons[0] for item in found} == {
        "lamp": "from a department that you visit",
        "tea": "something unlike what you looked at so far",
    }


def test_visual_says_that_there_are_no_pictures_yet(caplog):
    host = fake_host(plugin, config=Config())
    rankers.visual(None, host.context()).fit([_event("u", "x")], host.context())
    assert "the index holds no images yet" in caplog.text


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda f: f.args[0])
def test_bad_logs(factory):
    me, candidates = _user("x"), [_candidate("x"), _candidate("y")]
    far = [_event("u", "x", hours=-(10**6)), _event("v", "y", hours=5 * 10**6), _event("v", "x", hours=0)]
    many = [_event("u", f"i{n % 1200}", hours=n / 50) for n in range(6000)]
    for events in ([], [_event("u", "x")], [_event("u", "x"), _event("v", "x")], far, many):
        ranker = factory(None, Context())
        ranker.fit(events, Context())
        for user in (me, UserProfile(user="new")):
            found = ranker.rank(user, candidates, CONTEXT, Context())
            assert len(found) == 2
            assert all(np.isfinite(item.score) for item in found)
        assert len(ranker.propose(me, 5, CONTEXT, Context())) <= 5
        assert list(ranker.propose(me, 0, CONTEXT, Context())) == []


class TestSequence(_Contract):
    """The rest of the sequence model's tests are in test_sequence.py."""

    id = "rank/sequence"
    config: ClassVar = {"models": {"sequence": {"dimension": 4, "max_epochs": 1, "batch": 8, "negatives": 4}}}

    @pytest.fixture(autouse=True)
    def needs_torch(self):
        pytest.importorskip("torch")
