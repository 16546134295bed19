"""A studio that serves while others change the shop."""

import threading
from datetime import datetime, timedelta

import pytest

from prodgen_sdk import (
    Event,
    InputError,
    NotFound,
    Product,
    StoreError,
    Studio,
)
from prodgen_sdk.testing.fakes import fake_host


def products(number):
    return [Product(sku=f"p-{n}", title=f"Thing {n}", category="home/thing") for n in range(number)]


def shop_in(folder):
    studio = Studio.create(folder, host=fake_host())
    studio.add_products(products(3))
    studio.generate([f"p-{n}" for n in range(3)], views="hero", size=32)
    studio.sync()
    return studio


def test_a_server_sees_what_another_process_changed(tmp_path, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.serving.refresh.SECONDS_BETWEEN_REFRESHES", 0.0)
    with shop_in(tmp_path) as server, Studio.open(tmp_path, host=fake_host()) as other:
        assert server.similar(text="thing", k=3)[0].title.startswith("Thing")
        server.recommend("ann")
        other.add_products([p.model_copy(update={"title": f"Renamed {p.sku}"}) for p in products(3)])
        other.sync()
        assert server.similar(text="thing", k=3)[0].title.startswith("Renamed")
        bought = [
            Event(id=str(n), user=f"u{n}", type="purchase", sku="p-2", at=datetime(2026, 1, 1)) for n in range(50)
        ]
        other.record(bought)
        other.learn()
        assert server.recommend("newcomer", 3)[0].reasons == ("Popular with others",)


def test_concurrent_changes_do_not_disturb_serving(tmp_path):
    errors = []
    with shop_in(tmp_path) as studio:
        stop = threading.Event()

        def serve():
            while not stop.is_set():
                try:
                    assert {r.sku for r in studio.recommend("ann", 3, log=False)} == {"p-0", "p-1", "p-2"}
                except Exception as error:
                    errors.append(error)
                    return

        threads = [threading.Thread(target=serve) for _ in range(2)]
        for thread in threads:
            thread.start()
        for n in range(15):
            studio.add_products([p.model_copy(update={"title": f"{p.title} v{n}"}) for p in products(3)])
            studio.sync()
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []


def test_ordinary_slips_of_a_caller_are_input_errors(tmp_path, dressed):
    with shop_in(tmp_path) as studio:
        assert len(studio.recommend("ann", at=datetime(2026, 1, 2))) == 3
        for call in (
            lambda: studio.recommend(""),
            lambda: studio.recommend("u" * 300),
            lambda: studio.similar(text="x", k=-1),
            lambda: studio.try_on(*dressed(), user="ann", retain=timedelta.max),
            lambda: studio.try_on(*dressed(), user="ann", retain=timedelta(days=-1)),
        ):
            with pytest.raises(InputError):
                call()
        good = {"user": "ann", "type": "view", "sku": "p-1", "at": "2026-01-01T00:00:00Z"}
        events = [
            {**good, "id": "1"},
            {**good, "id": "2", "at": "0001-01-01T00:00:00+14:00"},
            {**good, "id": "3", "position": 2**70},
            {**good, "id": "4", "value": float("inf")},
        ]
        found = studio.record(events)
        assert (found.new, [place for place, _ in found.rejected]) == (1, [1, 2, 3])
        assert studio.add_products([{"sku": "new", "title": "New", "category": "home/mug"}, {"sku": "x"}]).added == 1


def test_an_interrupted_forget_is_finished_by_the_next(tmp_path, monkeypatch):
    with shop_in(tmp_path) as studio:
        studio.recommend("ann", at=datetime(2026, 1, 1))
        studio.learn()
        studio.recommender.learn()
        monkeypatch.setattr(
            type(studio.store), "forget_many", lambda self, users: (_ for _ in ()).throw(OSError("pulled"))
        )
        with pytest.raises(OSError, match="pulled"):
            studio.forget("ann")
        monkeypatch.undo()
        assert studio.forget("ann").complete
        with pytest.raises(NotFound):
            studio.forget("ann")


def test_a_state_folder_that_cannot_be_read_is_an_error_with_its_name(tmp_path):
    with shop_in(tmp_path) as studio:
        studio.learn()
        place = tmp_path / "state/learn.place"
        place.unlink()
        place.mkdir()
        with pytest.raises(StoreError, match=r"learn\.place cannot be read"):
            studio.learn()
