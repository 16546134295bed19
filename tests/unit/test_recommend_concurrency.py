"""Serving while everything changes: nothing that may not be shown comes out, and nothing breaks."""

import threading
import time
from datetime import UTC, datetime, timedelta

from prodgen_sdk import Config, Event, Filter, Product, Studio
from prodgen_sdk.testing.fakes import fake_host

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def product(n, **changes):
    return Product(sku=f"p-{n}", title=f"Thing {n}", category="home/mug", **{"price": 5, "stock": 3, **changes})


def stocked(folder, number, **recommend):
    config = Config.model_validate({"recommend": recommend})
    studio = Studio.create(folder, config=config, host=fake_host(config=config))
    studio.add_products([product(n) for n in range(number)])
    studio.generate([f"p-{n}" for n in range(number)], views="front,right", size=32)
    return studio


class Model:
    """What is certain of each product: its last change, and whether that allows it to be shown."""

    def __init__(self):
        self._changes = {}

    def begin(self, name):
        # Between begin and end either state may be seen.
        self._changes[name] = (self._changes.get(name, (0, True))[0] + 1, True)

    def end(self, name, allowed):
        self._changes[name] = (self._changes[name][0] + 1, allowed)

    def look(self):
        return dict(self._changes)

    @staticmethod
    def forbidden(before, after):
        """What was forbidden all the time between two looks."""
        return {name for name, state in before.items() if not state[1] and after.get(name) == state}


def hammer(work, threads, seconds=1.5):
    """Runs `work(n)` again and again on so many threads; the errors."""
    errors, ends = [], time.monotonic() + seconds

    def run(n):
        try:
            while time.monotonic() < ends:
                work(n)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return errors


def test_nothing_withdrawn_rejected_or_too_dear_is_shown_while_all_of_it_changes(tmp_path):
    model, served, lock = Model(), [], threading.Lock()
    with stocked(tmp_path, 6) as studio:
        variants = {v.id: v.sku for v in studio.store.variants.iterate()}
        some = [id for id, sku in variants.items() if sku == "p-3"][:1]
        numbers = {}

        def change(n):
            step = numbers[n] = numbers.get(n, 0) + 1
            good = step % 2 == 0
            if n == 0:
                _do("p-0", good, lambda: studio.add_products([product(0, withdrawn=not good)]))
            elif n == 1:
                _do("p-1", good, lambda: studio.add_products([product(1, stock=3 if good else 0)]))
            elif n == 2:
                _do("p-2", good, lambda: studio.add_products([product(2, price=5 if good else 50)]))
            else:
                _do(some[0], good, lambda: _review(good))
            time.sleep(0.002)

        def _do(name, good, call):
            model.begin(name)
            call()
            model.end(name, good)

        def _review(good):
            if good:
                studio.review(some[0], "in_review", by="test")
                studio.review(some[0], "approved", by="test")
            else:
                studio.review(some[0], "rejected", by="test")

        def serve(n):
            before = model.look()
            found = studio.recommend(f"user-{n}", 6, filter=Filter(price_max=10), budget_ms=None if n % 2 else 500)
            shown = {r.sku for r in found} | {r.variant for r in found}
            wrong = model.forbidden(before, model.look()) & shown
            assert not wrong, wrong
            assert all(variants[r.variant] == r.sku for r in found)
            # On a loaded machine the budget may be over before there is anything to fall back on.
            if n % 2:
                with lock:
                    served.append(len(found))

        def work(n):
            if n < 4:
                change(n)
            elif n < 7:
                serve(n)
            elif n == 7:
                at = datetime.now(UTC)
                studio.record([Event(id=str(at.timestamp()), user="user-5", type="view", sku="p-4", at=at)])
            else:
                studio.learn()
                time.sleep(0.05)

        assert hammer(work, 9) == []
        assert min(served) >= 2
        assert min(numbers.values()) >= 2
        assert studio.store.events.count() >= sum(served)
        studio.sync()
        assert studio.host.get("index").verify() == []


def test_another_process_is_not_overlooked(tmp_path):
    with stocked(tmp_path, 4) as studio, Studio.open(tmp_path, host=fake_host()) as other:
        assert len(studio.recommend("ann", 4)) == 4
        for n in range(3):
            other.add_products([product(n, withdrawn=True)])
            assert len(studio.recommend("ann", 4)) == 3 - n
            assert len(other.recommend("ann", 4)) == 3 - n
        other.record([Event(id="1", user="ann", type="hide", sku="p-3", at=datetime.now(UTC))])
        assert studio.recommend("ann", 4) == []
        other.forget("ann")
        assert [r.sku for r in studio.recommend("ann", 4)] == ["p-3"]


def test_an_index_that_lags_behind_is_checked_against_the_database(tmp_path, monkeypatch):
    with stocked(tmp_path, 4) as studio:
        studio.recommend("ann", 4)
        monkeypatch.setattr("prodgen_sdk.serving.catalogue.Catalogue.catch_up", lambda self, *args: False)
        studio.add_products([product(0, stock=0), product(1, price=99)])
        variant = next(studio.variants("p-2"))
        studio.review(variant.id, "rejected", by="test")
        traces = []
        found = studio.recommend("ann", 4, filter=Filter(price_max=10), trace=traces.append)
        assert {r.sku for r in found} == {"p-2", "p-3"}
        assert variant.id not in {r.variant for r in found}
        assert traces[0].counts["checked"] == 6
        offered = [
            e.offered
            for e in studio.store.events.history("ann")
            if e.sku == "p-2" and e.request_id == found[0].request_id
        ]
        assert [len(ids) for ids in offered] == [1]


def test_a_sync_between_search_and_answer_does_not_vouch_for_what_was_found_before_it(tmp_path, monkeypatch):
    with stocked(tmp_path, 3) as studio:
        studio.recommend("ann", 3)
        studio.add_products([product(0, withdrawn=True)])
        monkeypatch.setattr("prodgen_sdk.serving.catalogue.Catalogue.catch_up", lambda self, *args: False)
        index = type(studio.host.get("index").component)
        search, stale = index.search, []

        def search_then_sync(self, *args):
            found = search(self, *args)
            stale.extend(candidate.sku for candidate in found[0])
            studio.sync()
            return found

        monkeypatch.setattr(index, "search", search_then_sync)
        assert {r.sku for r in studio.recommend("ann", 3)} == {"p-1", "p-2"}
        assert "p-0" in stale


def test_a_sync_that_fails_does_not_stop_the_service(tmp_path, monkeypatch):
    with stocked(tmp_path, 3) as studio:
        studio.recommend("ann", 3)
        monkeypatch.setattr(type(studio.host.get("index").component), "apply", lambda *args: 1 / 0)
        studio.add_products([product(0, withdrawn=True)])
        assert {r.sku for r in studio.recommend("ann", 3)} == {"p-1", "p-2"}
        assert {r.source for r in studio.recommend("eve", 3)} == {"popular"}


def test_sixteen_threads_start_a_studio_at_once(tmp_path):
    stocked(tmp_path, 5).close()
    with Studio.open(tmp_path, host=fake_host()) as studio:
        found = []
        assert hammer(lambda n: found.append(len(studio.recommend(f"user-{n}", 5, log=False))), 16, seconds=0.3) == []
        assert set(found) == {5}
        assert studio.recommender.traces[-1].notes == ()


def test_impressions_of_the_background_are_all_there_in_the_end(tmp_path):
    with stocked(tmp_path, 3, log="background") as studio:
        asked = []
        assert hammer(lambda n: asked.append(studio.recommend(f"user-{n}", 3, at=NOW)), 4, seconds=0.5) == []
        assert studio.learn(at=NOW + timedelta(days=1)) == {"impressions": 3 * len(asked)}
        studio.recommend("ann", 3, at=NOW)
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.store.events.count() == 3 * len(asked) + 3
