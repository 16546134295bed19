"""Which level answers, within which time, and what is said of it."""

import threading
import time
from datetime import UTC, datetime

import pytest

from prodgen_sdk import Config, DeadlineExceeded, Event, Filter, InputError, PluginError, Product, Studio
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.specs import PolicySpec, RankerSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.shop import BruteForceIndex, PopularRanker, UniformPolicy
from prodgen_sdk.types import Trace
from prodgen_sdk.types.rules import Block, Match, Rules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAMILIES = ("mug", "lamp", "chair")
PRODUCTS = [
    Product(sku=f"{family}-{n}", title=f"{family} {n}", category=f"home/{family}", price=n)
    for family in FAMILIES
    for n in range(4)
]


class Failing(PopularRanker):
    def rank(self, user, candidates, context, ctx):
        raise RuntimeError("boom")


class Slow(PopularRanker):
    gate = threading.Event()

    def rank(self, user, candidates, context, ctx):
        Slow.gate.wait(20)
        return super().rank(user, candidates, context, ctx)


class LatePolicy(UniformPolicy):
    gate = threading.Event()

    def choose(self, user, candidates, context, ctx):
        LatePolicy.gate.wait(20)
        return super().choose(user, candidates, context, ctx)


class FailingPolicy(UniformPolicy):
    def choose(self, user, candidates, context, ctx):
        raise ZeroDivisionError


@pytest.fixture
def shop(tmp_path):
    """Opens a stocked shop with some components and options of `[recommend]`."""
    opened = []

    def open_shop(*plugins, ranker=None, policy=None, **recommend):
        defaults = {}
        if ranker is not None:
            plugins += (plugin_of(RankerSpec(id="mine/ranker", summary="x"), ranker),)
            defaults["ranker"] = "mine/ranker"
        if policy is not None:
            plugins += (plugin_of(PolicySpec(id="mine/policy", summary="x"), policy),)
            defaults["policy"] = "mine/policy"
        config = Config.model_validate({"defaults": defaults, "recommend": recommend})
        studio = Studio.create(tmp_path / str(len(opened)), config=config, host=fake_host(*plugins, config=config))
        opened.append(studio)
        studio.add_products(PRODUCTS)
        studio.generate([p.sku for p in PRODUCTS], views="front,right", size=32)
        studio.record(
            [event(f"p{n}", "bob", "purchase", "lamp-1") for n in range(5)]
            + [event(f"v{n}", "bob", "view", "mug-2") for n in range(4)]
            + [event("v9", "bob", "view", "chair-3")]
        )
        return studio

    Slow.gate.clear()
    LatePolicy.gate.clear()
    yield open_shop
    Slow.gate.set()
    LatePolicy.gate.set()
    for studio in opened:
        studio.close()


def event(id, user, type, sku, **more):
    return Event(id=id, user=user, type=type, sku=sku, at=NOW, **more)


def test_a_ranker_that_fails_gives_way_to_the_users_department_and_then_to_what_is_popular(shop):
    studio = shop(ranker=Failing)
    studio.record([event("a", "ann", "view", "mug-0")])
    traces = []
    found = studio.recommend("ann", 4, at=NOW, trace=traces.append)
    assert [(r.sku, r.source) for r in found[:3]] == [("mug-2", "segment"), ("mug-0", "segment"), ("lamp-1", "popular")]
    assert found[0].reasons == ("popular in this department",)
    assert all(sum(r.contributions.values()) == pytest.approx(r.score) for r in found)
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert {r.propensity for r in found} == {0.5}
    assert {r.policy for r in found} == {"fake/uniform@uniform-1"}
    assert traces[0].notes == ("mine/ranker: PluginError",)
    assert traces[0].source == "segment"
    logged = studio.store.events.history("ann")
    assert [e.sku for e in logged if e.type == "impression"] == [r.sku for r in found]


def test_where_a_ranker_failed_is_told_to_its_author(shop, caplog):
    with caplog.at_level("DEBUG", logger="prodgen_sdk"), shop(ranker=Failing) as studio:
        studio.recommend("ann", 3, at=NOW)
    assert 'raise RuntimeError("boom")' in caplog.text


def test_without_fall_back_the_error_is_raised_and_nothing_is_logged(shop):
    studio = shop(ranker=Failing, fallback=False)
    with pytest.raises(PluginError, match="mine/ranker failed: RuntimeError: boom"):
        studio.recommend("ann", at=NOW)
    assert studio.store.events.count("ann") == 0


def test_a_fall_back_obeys_filters_rules_hidden_products_and_stock(shop):
    studio = shop(ranker=Failing)
    studio.record([event("h", "ann", "hide", "mug-2")])
    studio.add_products([PRODUCTS[5].model_copy(update={"stock": 0})])  # lamp-1
    rules = Rules(block=(Block(name="no-chairs", where=Match(categories=("home/chair",))),))
    found = studio.recommend("ann", 10, at=NOW, filter=Filter(price_max=2), rules=rules)
    assert {r.sku for r in found} == {"mug-0", "mug-1", "lamp-0", "lamp-2"}


def test_a_hook_that_forbids_products_is_never_gone_around(shop):
    class Broken:
        @hookimpl
        def filter_candidates(self, candidates):
            raise RuntimeError("the list of recalled products cannot be read")

    with pytest.raises(PluginError, match="recalled"):
        shop(Broken()).recommend("ann", at=NOW)

    class NoMugs:
        @hookimpl
        def filter_candidates(self, candidates):
            return [c for c in candidates if not c.sku.startswith("mug")]

    found = shop(NoMugs(), ranker=Failing).recommend("ann", 12, at=NOW)
    assert len(found) == 8
    assert not [r.sku for r in found if r.sku.startswith("mug")]


def test_a_late_ranker_is_no_longer_waited_for(shop):
    studio = shop(ranker=Slow)
    studio.recommender.sync()
    started = time.monotonic()
    found = studio.recommend("ann", 3, at=NOW, budget_ms=1000)
    assert time.monotonic() - started < 10
    assert [r.source for r in found] == ["popular"] * 3
    assert found[0].sku == "lamp-1"
    assert studio.recommender.traces[-1].notes == ("prodgen: DeadlineExceeded",)
    Slow.gate.set()
    time.sleep(0.1)
    # What was given up leaves no trace in the log.
    assert studio.store.events.count("ann") == 3


def test_rankers_that_hang_do_not_take_all_threads(shop):
    studio = shop(ranker=Slow)
    Slow.gate.set()
    studio.recommend("ann", 2, at=NOW, log=False)
    Slow.gate.clear()
    for _ in range(200):
        try:
            answer = studio.recommend("ann", 2, at=NOW, budget_ms=60, log=False)
        except DeadlineExceeded:  # the machine stood still
            continue
        assert len(answer) == 2
        if studio.recommender.traces[-1].notes[0] == "prodgen: Busy":
            break
    else:
        pytest.fail("threads without end")
    Slow.gate.set()
    for _ in range(200):
        studio.recommend("ann", 2, at=NOW, budget_ms=20_000, log=False)
        if studio.recommender.traces[-1].notes == ():
            break
        time.sleep(0.02)
    assert studio.recommender.traces[-1].notes == ()


def test_a_database_that_hangs_does_not_hold_a_request_for_ever(shop, monkeypatch):
    studio = shop(ranker=Failing)
    studio.recommend("ann", 2, at=NOW, log=False)
    gate = threading.Event()
    monkeypatch.setattr(studio.store.products, "of", lambda skus: gate.wait(20))
    monkeypatch.setattr(studio.recommender._catalogue, "products", lambda skus: gate.wait(20))
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="The budget of 200 ms was spent at what is popular"):
        studio.recommend("eve", 2, at=NOW, budget_ms=200)
    assert time.monotonic() - started < 10
    gate.set()


def test_without_fall_back_a_spent_budget_is_an_error(shop):
    studio = shop(ranker=Slow, fallback=False, budget_ms=30)
    with pytest.raises(DeadlineExceeded, match="The budget of 30 ms was spent at the personal answer"):
        studio.recommend("ann", at=NOW)


@pytest.mark.parametrize(("policy", "budget"), [(FailingPolicy, None), (LatePolicy, 1500)])
def test_without_a_policy_the_first_picture_is_shown_for_certain(shop, policy, budget):
    studio = shop(policy=policy)
    studio.recommend("zoe", 1, at=NOW, log=False, budget_ms=budget)
    found = studio.recommend("ann", 3, at=NOW, budget_ms=budget)
    assert {r.propensity for r in found} == {1.0}
    assert {r.policy for r in found} == {"core/first"}
    assert len(found) == 3


def test_a_damaged_index_does_not_stop_the_service(shop, monkeypatch):
    studio = shop()
    studio.recommend("ann", at=NOW, log=False)
    monkeypatch.setattr(BruteForceIndex, "search", lambda *args: 1 / 0)
    assert [r.source for r in studio.recommend("ann", 3, at=NOW)] == ["popular"] * 3


def test_an_empty_log_and_a_failing_ranker_still_give_products(tmp_path):
    config = Config.model_validate({"defaults": {"ranker": "mine/ranker"}})
    host = fake_host(plugin_of(RankerSpec(id="mine/ranker", summary="x"), Failing), config=config)
    with Studio.create(tmp_path, config=config, host=host) as studio:
        assert studio.recommend("ann") == []
        studio.add_products(PRODUCTS)
        studio.generate([p.sku for p in PRODUCTS[:3]], views="hero", size=32)
        assert {r.sku for r in studio.recommend("ann")} == {"mug-0", "mug-1", "mug-2"}
        assert {r.sku for r in studio.recommend("ann", filter=Filter(categories=("home/mug",), price_min=1))} == {
            "mug-1",
            "mug-2",
        }


def test_a_fall_back_looks_beyond_the_products_without_pictures(shop):
    studio = shop(ranker=Failing)
    studio.add_products([Product(sku=f"a-{n:04}", title="Bowl", category="home/bowl") for n in range(450)])
    studio.add_products([Product(sku="z-bowl", title="Bowl", category="home/bowl", price=5)])
    studio.generate(["z-bowl"], views="front", size=32)
    found = studio.recommend("eve", 3, filter=Filter(categories=("home/bowl",)), at=NOW)
    assert [r.sku for r in found] == ["z-bowl"]


def test_the_open_page_decides_for_somebody_unknown(shop):
    studio = shop()
    found = studio.recommend("new", 3, at=NOW, facts={"category": "home/chair"})
    assert [(r.sku[:5], r.source) for r in found] == [("chair", "segment")] * 3
    mixed = studio.recommend("newer", 6, at=NOW, facts={"category": "home/chair"})
    assert sorted(r.source for r in mixed) == ["popular"] * 2 + ["segment"] * 4
    assert {r.source for r in studio.recommend("newest", 3, at=NOW)} == {"popular"}
    studio.record([event("a", "ann", "purchase", "mug-0")])
    assert {r.source for r in studio.recommend("ann", 3, at=NOW, facts={"category": "home/chair"})} == {"personal"}


def test_what_the_ranker_proposes_is_among_the_candidates_if_it_may_be_shown(shop):
    class Proposes(PopularRanker):
        def propose(self, user, n, context, ctx):
            return ["chair-3", "gone", "chair-2", "chair-2", "lamp-0"]

        def rank(self, user, candidates, context, ctx):
            seen.append([candidate.sku for candidate in candidates])
            return super().rank(user, candidates, context, ctx)

    seen = []
    studio = shop(ranker=Proposes, candidates=5)
    studio.record([event("a", "ann", "purchase", "mug-0"), event("b", "ann", "hide", "chair-2")])
    studio.recommend("ann", 2, at=NOW, filter=Filter(categories=("home/mug", "home/chair")))
    assert "chair-3" in seen[-1]
    assert not {"chair-2", "lamp-0", "gone"} & set(seen[-1])
    assert len(set(seen[-1])) == len(seen[-1]) <= 6


def test_a_trace_tells_stages_counts_and_versions_and_nobodys_name(shop):
    studio = shop(traces=2)
    kept = []
    studio.recommend("ann", 2, at=NOW, request_id="r1", trace=kept.append)
    (trace,) = kept
    assert isinstance(trace, Trace)
    assert list(trace.stages) == [
        "wait", "sync", "refresh", "profile", "propose", "search", "filter", "rank", "rules", "describe", "choose", "hooks", "log",
    ]  # fmt: skip
    assert sum(trace.stages.values()) <= trace.milliseconds + 1e-6
    assert trace.counts["shown"] == 2
    assert trace.versions["policy"] == "fake/uniform@uniform-1"
    assert trace.versions["index"] == str(studio.store.outbox.last_sequence())
    assert "ann" not in trace.model_dump_json()
    studio.recommend("ann", 2, at=NOW, request_id="r2")
    studio.recommend("bob", 2, at=NOW, request_id="r3")
    assert [t.request_id for t in studio.recommender.traces] == ["r2", "r3"]
    assert studio.recommender.traces[0].user == trace.user != studio.recommender.traces[1].user
    studio.forget("ann")
    assert [t.request_id for t in studio.recommender.traces] == ["r3"]


def test_a_budget_must_be_one(shop):
    with pytest.raises(InputError, match="A budget of 0 ms is none"):
        shop().recommend("ann", budget_ms=0)
