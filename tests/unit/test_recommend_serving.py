"""The parts around the path of a request, each by itself."""

import asyncio
import copy
import json
import sqlite3
import threading
import time
from datetime import UTC, datetime

import pytest

from prodgen_sdk import AsyncStudio, Busy, Config, DeadlineExceeded, Event, InputError, Product, StoreError, Studio, cli
from prodgen_sdk.benchmarks.serve import ServeBenchmark
from prodgen_sdk.context import Context
from prodgen_sdk.serving.background import Background
from prodgen_sdk.serving.impressions import ImpressionLog
from prodgen_sdk.serving.popular import Popular, segment_of
from prodgen_sdk.store import database, open_store
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Filter,
    FoundCandidate,
    LazyRanked,
    Ranked,
    Trace,
    VariantFacts,
    View,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(id, sku="mug", type="view", user="ann"):
    return Event(id=str(id), user=user, type=type, sku=sku, at=NOW)


def stocked(folder, number=3, **recommend):
    studio = Studio.create(folder, config=Config.model_validate({"recommend": recommend}), host=fake_host())
    studio.add_products([Product(sku=f"p-{n}", title=f"Thing {n}", category="home/mug") for n in range(number)])
    studio.generate([f"p-{n}" for n in range(number)], views="front,right", size=32)
    return studio


# Work beside the requests


def test_a_run_is_shared_and_a_failure_pauses():
    gate, runs = threading.Event(), []

    def work():
        runs.append(1)
        gate.wait(10)
        raise ValueError("no")

    background = Background(work, "test", pause=0.2)
    first = background.start()
    assert background.start() is first
    assert not first.wait(0.01)
    gate.set()
    assert first.wait(10)
    assert isinstance(first.error, ValueError)
    assert background.start() is first
    time.sleep(0.25)
    second = background.start()
    assert second is not first
    second.wait(10)
    assert runs == [1, 1]


@pytest.mark.parametrize(("error", "logged"), [(StoreError("the disk is gone"), 1), (InputError("no checkpoint"), 0)])
def test_a_failure_is_logged_unless_only_the_caller_can_mend_it(caplog, error, logged):
    def work():
        raise error

    run = Background(work, "test").start()
    assert run.wait(10)
    assert run.error is error
    assert caplog.text.count("test failed and is tried again") == logged


# Impressions


def test_the_background_loses_nothing_while_the_database_fails_for_a_moment():
    written, failures = [], [StoreError("locked"), StoreError("locked")]

    def append(events):
        if failures:
            raise failures.pop()
        written.extend(events)

    log = ImpressionLog(append, "background")
    log.put([event(1), event(2)])
    log.flush()
    assert [e.id for e in written] == ["1", "2"]
    assert log.lost == 0
    log.close()


def test_the_background_gives_up_in_the_end_and_says_how_many(monkeypatch, caplog):
    monkeypatch.setattr("prodgen_sdk.serving.impressions._SECONDS_BETWEEN_TRIES", 0.0)

    def append(events):
        raise StoreError("The disk is gone.")

    log = ImpressionLog(append, "background")
    log.put([event(1), event(2)])
    log.close()
    assert log.lost == 2
    assert "2 impressions could not be logged: The disk is gone." in caplog.text


@pytest.mark.parametrize(("budget", "fault"), [(300, "DeadlineExceeded"), (None, "StoreError")])
def test_a_locked_database_costs_no_answer_and_no_impression(tmp_path, monkeypatch, budget, fault):
    monkeypatch.setattr("prodgen_sdk.store.connections.BUSY_SECONDS", 0.1)
    with stocked(tmp_path) as studio:
        studio.recommend("ann", 2, at=NOW, request_id="r1")
        other = sqlite3.connect(tmp_path / "prodgen.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started, traces = time.monotonic(), []
        answer = studio.recommend("ann", 2, at=NOW, request_id="r2", budget_ms=budget, trace=traces.append)
        assert time.monotonic() - started < 5
        assert len(answer) == 2
        assert traces[0].notes == (f"prodgen: {fault}",)
        other.execute("ROLLBACK")
    with Studio.open(tmp_path, host=fake_host()) as studio:
        logged = [(e.request_id, e.variant) for e in studio.store.events.history("ann") if e.type == "impression"]
        assert logged[-2:] == [("r2", item.variant) for item in answer]
        assert len(logged) == 4


def test_answers_go_on_while_others_hold_the_database_and_every_impression_is_logged_in_the_end(tmp_path):
    with stocked(tmp_path) as studio:
        studio.recommend("ann", 2, at=NOW, request_id="r0")
        other = sqlite3.connect(tmp_path / "prodgen.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started, traces = time.monotonic(), []
        for n in range(1, 40):
            assert len(studio.recommend("ann", 2, at=NOW, request_id=f"r{n}", trace=traces.append)) == 2
        assert time.monotonic() - started < 10  # a quarter of a second each would be as long
        assert [trace.notes for trace in traces] == [("prodgen: StoreError",)] + [("prodgen: Busy",)] * 38
        assert studio.health().impressions_waiting == 78
        other.execute("ROLLBACK")
        studio.recommender._log.flush()
        assert studio.store.events.count("ann") == 80
        assert studio.recommend("ann", 2, at=NOW, trace=traces.append)
        assert traces[-1].notes == ()


def test_without_fall_back_a_locked_database_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.store.connections.BUSY_SECONDS", 0.1)
    with stocked(tmp_path, fallback=False) as studio:
        studio.recommend("ann", 2, at=NOW)
        other = sqlite3.connect(tmp_path / "prodgen.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            studio.recommend("ann", 2, at=NOW)
        with pytest.raises(DeadlineExceeded, match="The budget of 300 ms was spent at the log of impressions"):
            studio.recommend("ann", 2, at=NOW, budget_ms=300)
        other.execute("ROLLBACK")


def test_what_is_to_be_logged_later_is_lost_and_counted_where_there_is_no_room(caplog):
    gate, written = threading.Event(), []

    def append(events):
        gate.wait(10)
        written.extend(events)

    log = ImpressionLog(append, "sync", room=2)
    assert log.put([event(1), event(2)], patience=0.01) is False
    while log._waiting:
        time.sleep(0.001)
    log.later([event(3), event(4)])
    log.later([event(5)])
    assert log.lost == 1
    assert "1 impressions could not be logged: too many wait already" in caplog.text
    gate.set()
    assert log.put([event(6)], patience=10) is True
    log.close()
    assert [e.id for e in written] == ["1", "2", "3", "4", "6"]


def test_a_full_queue_holds_up_whoever_brings_more(monkeypatch):
    monkeypatch.setattr("prodgen_sdk.serving.impressions._PATIENCE", 0.05)
    gate, written = threading.Event(), []

    def append(events):
        gate.wait(10)
        written.extend(events)

    log = ImpressionLog(append, "background", room=3)
    log.put([event(1)])
    while log._waiting:
        time.sleep(0.001)
    log.put([event(2), event(3), event(4)])
    with pytest.raises(Busy, match="3 impressions wait"):
        log.put([event(5)])
    gate.set()
    log.put([event(6)])
    log.close()
    assert [e.id for e in written] == ["1", "2", "3", "4", "6"]
    log.put([event(7)])
    assert written[-1].id == "7"


# What is popular


def test_charts_follow_the_log_and_count_anew_what_may_have_been_erased(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        store.products.put(
            [
                Product(sku="mug", title="Mug", category="home/mug"),
                Product(sku="lamp", title="Lamp", category="home/lamp"),
                Product(sku="tea", title="Tea", category="food/tea/green"),
            ]
        )
        popular = Popular(store)
        assert popular.look(1).overall == ()
        store.events.record([event(1), event(2, "lamp", "purchase", "bob"), event(3, "tea", "impression")])
        charts = popular.look(1)
        assert charts.overall == ("lamp", "mug")
        assert charts.by_category["home"] == ("lamp", "mug")
        assert charts.by_category["home/mug"] == ("mug",)
        assert charts.weights == {"lamp": 1.0, "mug": 0.2}
        store.events.record([event(4, "tea", "purchase"), event(5, "tea", "purchase"), event(6, "gone", "purchase")])
        charts = popular.look(1)
        assert charts.overall == ("tea", "gone", "lamp", "mug")
        assert charts == Popular(store).look(1)
        assert segment_of(charts, ["food/tea/black", "home"]) == ("tea",)
        assert segment_of(charts, ["beauty/soap"]) == ()
        store.forget("bob")
        assert popular.look(1).overall == ("tea", "gone", "lamp", "mug")
        assert popular.look(2).overall == ("tea", "gone", "mug")


# asyncio


def test_calls_of_asyncio_are_bounded_and_those_that_wait_can_be_cancelled(tmp_path):
    gate, asked = threading.Event(), []

    async def go():
        async with AsyncStudio(stocked(tmp_path), serving=2, waiting=2) as studio:
            await studio.warm_up()

            def recommend(user, k=10, **options):
                gate.wait(10)
                asked.append(user)
                return []

            studio.studio.recommend = recommend
            tasks = [asyncio.create_task(studio.recommend(f"user-{n}")) for n in range(4)]
            await asyncio.sleep(0.05)
            with pytest.raises(Busy, match="2 calls wait already"):
                await studio.recommend("one-more")
            assert len(await studio.variants()) == 6
            tasks[3].cancel()
            with pytest.raises(asyncio.CancelledError):
                await tasks[3]
            gate.set()
            await asyncio.gather(*tasks[:3])
            assert await studio.recommend("later") == []

    asyncio.run(go())
    assert sorted(asked) == ["later", "user-0", "user-1", "user-2"]


# Start and stop


def test_what_is_warm_answers_without_reading_the_catalogue(tmp_path, monkeypatch):
    stocked(tmp_path).close()
    with Studio.open(tmp_path, host=fake_host()) as studio:
        took = studio.warm_up()
        assert all(seconds >= 0 for seconds in took.values())
        assert studio.store.events.count() == 0
        for name in ("iterate", "documents"):
            monkeypatch.setattr(type(studio.store.variants), name, None)
        monkeypatch.setattr(type(studio.store.products), "iterate", None)
        assert len(studio.recommend("ann", 3)) == 3


def test_a_policy_is_shown_the_catalogue_at_warm_up_even_if_it_fails(tmp_path, monkeypatch):
    stocked(tmp_path).close()
    with Studio.open(tmp_path, host=fake_host()) as studio:
        shown = []

        def prepare(candidates, ctx):
            shown.extend((c.sku, v.view.azimuth) for c in candidates for v in c.variants)
            raise ValueError("no")

        monkeypatch.setattr(studio.host.get("policy").component, "prepare", prepare, raising=False)
        studio.warm_up()
        assert sorted(shown) == [(f"p-{n}", azimuth) for n in range(3) for azimuth in (0, 90)]


def test_facts_of_pictures_are_read_anew_when_their_product_changes(tmp_path):
    with stocked(tmp_path) as studio:
        catalogue = studio.recommender._catalogue
        studio.sync()
        ids = studio.store.variants.approved_of(["p-1"], 9)["p-1"]
        before = catalogue.facts(ids)
        assert all(catalogue.facts(ids)[id] is before[id] for id in ids)
        studio.add_products([studio.store.products.get("p-1").model_copy(update={"title": "Another name"})])
        studio.sync()
        assert all(catalogue.facts(ids)[id] is not before[id] for id in ids)


def test_what_is_known_of_a_user_follows_the_catalogue(tmp_path):
    with stocked(tmp_path) as studio:
        studio.record([Event(id="1", user="ann", type="view", sku="p-1", at=NOW)])
        recommender = studio.recommender
        studio.recommend("ann", 2, at=NOW)
        before = recommender.profile("ann", NOW)
        assert recommender.profile("ann", NOW).vector is before.vector
        other = studio.store.products.get("p-2").model_copy(update={"title": "Another name"})
        studio.add_products([other])
        assert studio.sync() == 1
        assert recommender.profile("ann", NOW).vector is before.vector
        renamed = studio.store.products.get("p-1").model_copy(update={"title": "Another name", "category": "home/jug"})
        studio.add_products([renamed])
        studio.recommend("ann", 2, at=NOW)
        (interest,) = recommender.profile("ann", NOW).interests
        assert (interest.title, interest.category) == ("Another name", "home/jug")
        studio.record([Event(id="2", user="ann", type="view", sku="p-0", at=NOW)])
        assert {i.sku for i in recommender.profile("ann", NOW).interests} == {"p-0", "p-1"}


def test_a_catalogue_knows_which_products_are_the_same(tmp_path, monkeypatch):
    with stocked(tmp_path) as studio:
        catalogue = studio.recommender._catalogue
        studio.sync()
        before = catalogue.version

        def rename(*numbers):
            studio.add_products([Product(sku=f"p-{n}", title=f"{time.time()}", category="home/mug") for n in numbers])
            studio.sync()

        rename(1)
        assert [catalogue.is_same([f"p-{n}"], before) for n in range(3)] == [True, False, True]
        assert catalogue.is_same(["p-0", "p-1"], catalogue.version)
        monkeypatch.setattr("prodgen_sdk.serving.catalogue._PRODUCTS", 2)
        rename(1, 2)  # too many to be noted
        assert not catalogue.is_same(["p-0"], before)
        before = catalogue.version
        studio.recommender.rebuild()
        assert not catalogue.is_same(["p-0"], before)


def test_an_index_that_is_built_anew_takes_in_what_is_on_the_disk(tmp_path, monkeypatch):
    with stocked(tmp_path) as studio:
        studio.sync()
        index, done = studio.host.get("index").component, []
        apply = index.apply
        monkeypatch.setattr(index, "apply", lambda *arguments: (done.append("index"), apply(*arguments)))
        monkeypatch.setattr(database, "_to_disk", lambda handle: done.append("disk"))
        studio.recommender.rebuild()
        assert done[:2] == ["disk", "index"]


def test_another_process_that_learnt_is_followed_without_an_echo(tmp_path, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.serving.refresh.SECONDS_BETWEEN_REFRESHES", 0.0)
    with stocked(tmp_path) as studio, Studio.open(tmp_path, host=fake_host()) as other:
        marks = set()
        for n in range(4):
            for one in (studio, other):
                one.recommend(f"user-{n}", 1, log=False)
                marks.add(one.recommender._refresher.fit)
        assert len(marks) == 1


def test_the_command_prints_how_a_request_was_answered(tmp_path, monkeypatch, capsys):
    stocked(tmp_path).close()

    def discover(config=None, *, state=None, **more):
        host = fake_host(config=config)
        host.state = state
        return host

    monkeypatch.setattr("prodgen_sdk.host.Host.discover", discover)

    def run(*words):
        monkeypatch.setattr("sys.argv", ["prodgen", "-w", str(tmp_path), "recommend", "ann", "--trace", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert not stop.value.code
        return capsys.readouterr().out

    shown = run()
    for words in ("source", "popular", "rank, ms", "version of policy"):
        assert words in shown
    answer = json.loads(run("--json", "--budget", "60000"))
    assert len(answer["recommendations"]) == 3
    assert answer["trace"]["counts"]["shown"] == 3


# The benchmark


@pytest.mark.parametrize("wrong", [{"n": 0}, {"dimension": 7}, {"speed": 1}, {"k": "ten"}])
def test_the_benchmark_names_an_option_that_does_not_fit(wrong):
    with pytest.raises(InputError):
        ServeBenchmark().run(wrong, Context())


def test_the_benchmark_goes_through_all_of_it(monkeypatch):
    # With the fakes instead of what is installed: what is measured is the same, but not how long it takes.
    monkeypatch.setattr("prodgen_sdk.host.Host.discover", lambda config=None, **more: fake_host(config=config))
    options = {"n": 160, "dimension": 16, "requests": 20, "users": 4, "history": 500, "updates": 50, "seconds": 1}
    monkeypatch.setattr("prodgen_sdk.benchmarks.serve._Run._raw_faiss", lambda self, users: {"faiss_flat_p50_ms": 1.0})
    figures = ServeBenchmark().run(options, Context())
    assert figures["recall_at_10"] == figures["recall_at_10_filter_1pct"] == 1
    assert figures["wrong_while_updating"] == 0
    assert figures["requests_while_updating"] > 0
    assert figures["log_p50_ms"] > 0
    assert figures["recommend_p50_ms"] <= figures["recommend_p99_ms"]
    assert figures["updates_per_s"] > 1


# A shop that changes all the time


def test_nobody_waits_for_the_index_where_changes_come_all_the_time_and_nothing_wrong_is_shown(tmp_path, monkeypatch):
    with stocked(tmp_path) as studio:
        assert {r.sku for r in studio.recommend("ann")} == {"p-0", "p-1", "p-2"}
        catalogue, waits = studio.recommender._catalogue, []
        started = catalogue._syncing.start

        def start():
            run = started()
            monkeypatch.setattr(run, "wait", lambda seconds=None: waits.append(seconds))
            return run

        monkeypatch.setattr(catalogue._syncing, "start", start)
        catalogue._synced.extend([time.monotonic()] * 10)
        studio.store.products.put([Product(sku="p-1", title="Thing 1", category="home/mug", withdrawn=True)])
        assert {r.sku for r in studio.recommend("ann")} == {"p-0", "p-2"}
        catalogue._synced.extend([time.monotonic() - 10] * 10)  # a sync may take long
        studio.store.products.put([Product(sku="p-2", title="Thing 2", category="home/mug", withdrawn=True)])
        assert {r.sku for r in studio.recommend("ann")} == {"p-0"}
        assert waits == []
        catalogue._busy_until = 0.0
        studio.store.products.put([Product(sku="p-2", title="Thing 2", category="home/mug")])
        studio.recommend("ann")
        assert len(waits) == 1


@pytest.mark.parametrize("fallback", [True, False])
def test_the_first_products_of_a_catalogue_are_shown_before_they_are_in_the_index(tmp_path, fallback):
    with stocked(tmp_path, 0, fallback=fallback) as studio:
        traces: list[Trace] = []
        assert studio.recommend("ann", trace=traces.append) == []
        with studio.recommender._catalogue._lock:  # the index cannot take in anything
            studio.add_products([Product(sku="p-0", title="Thing 0", category="home/mug")])
            studio.generate(["p-0"], views="hero", size=32)
            shown = [(r.sku, r.source) for r in studio.recommend("ann", trace=traces.append)]
        assert shown == ([("p-0", "popular")] if fallback else [])
        assert [trace.notes for trace in traces] == [(), ("core/index: behind",) if fallback else ()]


# What is found again


def searched(monkeypatch, studio):
    """The filters of the searches from now on."""
    index, filters = studio.host.get("index").component, []
    search = index.search

    def noted(queries, k, eligible, ctx):
        filters.append(eligible)
        return search(queries, k, eligible, ctx)

    monkeypatch.setattr(index, "search", noted)
    return filters


def test_the_nearest_are_searched_for_again_only_after_something_has_happened(tmp_path, monkeypatch):
    with stocked(tmp_path, 5) as studio:
        studio.record([event(1, "p-1")])
        filters, page = searched(monkeypatch, studio), lambda k=3, **more: studio.recommend("ann", k, at=NOW, **more)
        everything = [r.sku for r in page(5)]
        assert filters[0].skus == ()
        filters.clear()
        assert [r.sku for r in page(5)] == everything
        assert [set(where.skus) for where in filters] == [set(everything)]
        for change in (
            lambda: studio.record([event(2, "p-2")]),
            lambda: studio.add_products([Product(sku="p-3", title="Another name", category="home/mug")]),
        ):
            change()
            filters.clear()
            page()
            assert filters[0].skus == ()
        filters.clear()
        page(filter=Filter(exclude_skus=("p-4",)))
        assert filters[0].skus == ()
        studio.forget("ann")
        assert studio.recommender._answering._personal._nearest.get("ann") is None


def test_what_was_found_again_may_still_be_shown(tmp_path):
    with stocked(tmp_path, 4) as studio:
        studio.record([event(1, "p-1")])
        assert {r.sku for r in studio.recommend("ann", at=NOW)} == {"p-0", "p-1", "p-2", "p-3"}
        studio.store.products.put([Product(sku="p-2", title="Thing 2", category="home/mug", withdrawn=True)])
        assert {r.sku for r in studio.recommend("ann", at=NOW)} == {"p-0", "p-1", "p-3"}
        assert {r.sku for r in studio.recommend("ann", at=NOW)} == {"p-0", "p-1", "p-3"}


# What is made when somebody looks at it


def test_a_lazily_ranked_candidate_is_like_one_that_was_explained_at_once():
    mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=0.5),))

    def lazy():
        return LazyRanked.many([(mug, 0.5, lambda: ({"similarity": 0.5}, ("new",)))])[0]

    plain = Ranked(candidate=mug, score=0.5, contributions={"similarity": 0.5}, reasons=("new",))
    assert lazy().model_dump() == plain.model_dump()
    assert json.loads(lazy().model_dump_json()) == json.loads(plain.model_dump_json())
    assert dict(lazy()) == dict(plain)
    assert repr(lazy()).replace("LazyRanked", "Ranked") == repr(plain)
    moved = lazy().model_copy(update={"score": 1.0, "contributions": {}})
    assert (moved.score, moved.contributions, moved.reasons) == (1.0, {}, ("new",))
    assert copy.deepcopy(lazy()).reasons == ("new",)


def test_a_described_candidate_is_like_one_that_was_made_at_once():
    facts = VariantFacts(view=View(azimuth=90), background="white", light="soft", style="", quality={"sharpness": 0.5})
    known = {"category": "home/mug", "title": "A mug"}
    picture = CandidateVariant(id="a", score=0.75, **dict(facts))
    mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=0.75),))
    (found,) = FoundCandidate.described([(mug, *known.values(), [facts])])
    plain = Candidate(sku="mug", variants=(picture,), vector=None, **known)
    assert (found.score, found.facts, plain.facts) == (0.75, [facts], [tuple(dict(facts).values())])
    assert found.model_dump() == plain.model_dump()
    assert found.variants[0].model_fields_set == picture.model_fields_set


def test_a_found_candidate_is_like_one_that_was_made_at_once():
    asked = []

    def scored():
        asked.append(1)
        return [("b", 0.75), ("a", 0.5)]

    (found,) = FoundCandidate.many([("mug", "home/mug", 0.75, None, scored)])
    plain = Candidate(
        sku="mug",
        category="home/mug",
        variants=(CandidateVariant(id="b", score=0.75), CandidateVariant(id="a", score=0.5)),
    )
    assert found.score == plain.score
    assert not asked
    assert found.model_dump() == plain.model_dump()
    assert json.loads(found.model_dump_json()) == json.loads(plain.model_dump_json())
    assert found.variants is found.variants
    assert list(found.scored) == list(plain.scored)
    assert asked == [1]
    moved = found.model_copy(update={"title": "Mug"})
    assert (moved.title, [v.id for v in moved.variants]) == ("Mug", ["b", "a"])
    assert [v.id for v in copy.deepcopy(found).variants] == ["b", "a"]
    assert repr(found).replace("FoundCandidate", "Candidate") == repr(plain)
    with pytest.raises(AttributeError):
        _ = found.price
