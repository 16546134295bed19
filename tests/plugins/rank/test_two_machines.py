"""Machines that share a database, each with a folder of its own for what is learnt."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from prodgen_sdk import Config, Event, Product, Studio
from prodgen_sdk.pipeline import learn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def machines(tmp_path):
    """Two studios on one database and one folder of pictures."""
    config = {"store": {"database": f"sqlite:///{tmp_path}/shared.db", "assets": str(tmp_path / "assets")}}
    config["defaults"] = {"generator": "render/parametric"}
    one, other = (Studio.create(tmp_path / name, config=Config.model_validate(config)) for name in ("one", "other"))
    with one, other:
        one.add_products([Product(sku=f"mug-{n}", title="Mug", category="home/mug") for n in range(2)])
        one.generate(["mug-0", "mug-1"], views="front,right", size=64)
        yield one, other


def _use(studio, user, click=True):
    for pick in studio.recommend(user, 2, at=NOW, request_id=f"r-{user}"):
        if click:
            answer = {"sku": pick.sku, "variant": pick.variant, "request_id": pick.request_id}
            studio.record([Event(id=f"c-{user}-{pick.sku}", user=user, type="click", at=NOW, **answer)])


def _version(studio):
    return studio.host.get("policy").version


def test_each_learns_all_of_the_log_once(machines):
    one, other = machines
    _use(one, "ann")
    assert one.learn(at=LATER)["impressions"] == 2
    assert other.learn(at=LATER)["impressions"] == 2
    assert _version(one) == _version(other)
    assert one.learn(at=LATER)["impressions"] == 0
    _use(other, "bob")
    assert (other.learn(at=LATER)["impressions"], one.learn(at=LATER)["impressions"]) == (2, 2)
    assert _version(one) == _version(other)


def test_a_mark_of_an_older_version_is_gone_on_from(machines):
    one, _ = machines
    _use(one, "ann", click=False)
    assert one.learn(at=LATER)["impressions"] == 2
    states = one.store.states
    (key,) = (name for name in states.keys("core/learn") if "/mark/" in name)
    told = json.loads(states.get("core/learn", key))["told"]
    states.put("core/learn", key, str(told).encode())
    assert one.learn(at=LATER)["impressions"] == 0
    assert json.loads(states.get("core/learn", key))["told"] == told


def test_answers_that_come_in_after_one_has_learnt_count_as_if_they_had_come_in_time(machines):
    one, other = machines
    _use(one, "ann", click=False)
    assert one.learn(at=LATER)["impressions"] == 2
    before = _version(one)
    shown = [event for event in one.store.events.history("ann") if event.type == "impression"]
    click = {"user": "ann", "type": "click", "at": NOW + timedelta(minutes=5)}
    one.record(Event(id=f"c-{e.sku}", sku=e.sku, variant=e.variant, request_id=e.request_id, **click) for e in shown)
    assert (one.learn(at=LATER)["impressions"], other.learn(at=LATER)["impressions"]) == (2, 2)
    assert before != _version(one) == _version(other)
    assert (one.learn(at=LATER)["impressions"], other.learn(at=LATER)["impressions"]) == (0, 0)


def test_who_is_forgotten_on_one_is_forgotten_by_the_next_learning_of_the_other(machines, tmp_path):
    one, other = machines
    _use(one, "ann")
    for studio in machines:
        studio.learn(at=LATER)
    before = _version(other)
    _use(one, "bob", click=False)
    for studio in machines:
        studio.learn(at=LATER)
    assert _version(other) != before
    one.forget("bob")
    other.learn(at=LATER)
    assert _version(other) == before


def test_a_folder_that_was_lost_is_learnt_anew(machines, tmp_path):
    one, _ = machines
    _use(one, "ann")
    one.learn(at=LATER)
    known = _version(one)
    one.close()
    (tmp_path / "one/state").rename(tmp_path / "gone")
    with Studio.open(tmp_path / "one", config=one.config) as again:
        assert again.learn(at=LATER)["impressions"] == 2
        assert _version(again) == known


def test_a_machine_that_is_gone_leaves_nothing_and_one_that_comes_back_learns_anew(machines, monkeypatch):
    one, other = machines
    _use(one, "ann")
    for studio in machines:
        studio.learn(at=LATER)
    names = one.store.states.keys("core/learn")
    assert len([name for name in names if "/mark/" in name]) == 2

    monkeypatch.setattr(learn, "_KEPT", timedelta(0))
    one.forget("ann")
    (place,) = {name.rpartition("/")[2] for name in one.store.states.keys("core/learn") if "policy/" in name}
    assert place == (one.workspace.folder / "state/learn.place").read_text()
    assert other.learn(at=LATER)["impressions"] == 0
    assert _version(other) == _version(one)


def test_a_machine_that_learns_for_the_first_time_does_not_keep_what_another_erases_meanwhile(machines, monkeypatch):
    one, other = machines
    _use(one, "ann")
    one.learn(at=LATER)
    policy = other.host.get("policy")
    relearn = policy.relearn

    def relearn_late(feedback):
        some = list(feedback)
        one.forget("ann")
        relearn(some)

    monkeypatch.setattr(policy, "relearn", relearn_late)
    other.learn(at=LATER)
    monkeypatch.undo()
    assert _version(other) != _version(one)
    other.learn(at=LATER)
    assert _version(other) == _version(one)
