"""After events are erased everything that was learnt is, byte for byte, what it would be if they had never come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from prodgen_rank import plugin

from prodgen_sdk import Config, Event, InputError, NotFound, Product, Studio
from prodgen_sdk.config import DefaultsConfig, RuntimeConfig
from prodgen_sdk.testing.fakes import fake_host

AT = datetime(2026, 1, 10, tzinfo=UTC)
SECRET = "ann-who-wants-to-be-forgotten"
POLICIES = ("policy/epsilon", "policy/lints")
SKUS = [f"p{i}" for i in range(4)]


def opened(folder: Path, policy: str, **recommend: object) -> Studio:
    defaults = DefaultsConfig(
        policy=policy, generator="fake/solid", text_encoder="fake/words", image_encoder="fake/colours"
    )
    config = Config(runtime=RuntimeConfig(device="cpu"), defaults=defaults, recommend=recommend)
    studio = Studio.create(folder, config=config, host=fake_host(plugin, config=config))
    studio.add_products([Product(sku=sku, title=f"Thing {sku}", category="home/mug") for sku in SKUS])
    studio.generate(SKUS, views="front,back", size=32)
    return studio


def log(studio: Studio) -> list[Event]:
    """What three users were shown and did; the variants are the same in each workspace."""
    rng = np.random.default_rng(3)
    variants = {sku: sorted(v.id for v in studio.store.variants.iterate(sku=sku)) for sku in SKUS}
    events = []
    for n in range(60):
        user, sku = ("bob", SECRET, "cy")[n % 3], SKUS[int(rng.integers(4))]
        at = AT + timedelta(minutes=40 * n)
        variant = variants[sku][int(rng.integers(2))]
        events.append(
            Event(
                id=f"i{n}",
                user=user,
                type="impression",
                sku=sku,
                variant=variant,
                request_id=f"r{n}",
                position=0,
                propensity=0.5,
                policy="p@1",
                offered=tuple(variants[sku]),
                at=at,
            )
        )
        if rng.random() < 0.4:
            kind = ("click", "purchase", "view")[int(rng.integers(3))]
            after = at + timedelta(minutes=2)
            events.append(
                Event(id=f"a{n}", user=user, type=kind, sku=sku, variant=variant, request_id=f"r{n}", at=after)
            )
        if rng.random() < 0.2:
            events.append(
                Event(
                    id=f"s{n}", user=user, type="search", query=f"{user} looks for mugs", at=at + timedelta(minutes=1)
                )
            )
    return events


def learnt(studio: Studio) -> dict[str, bytes]:
    """Every file of what rankers and policies keep."""
    state = studio.workspace.state
    return {
        str(path.relative_to(state)): path.read_bytes()
        for path in sorted(state.rglob("*"))
        if path.is_file()
        and path.suffix != ".lock"
        and path.relative_to(state).parts[0].startswith(("rank-", "policy-"))
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_state_is_that_of_a_log_which_never_had_the_user(tmp_path, policy):
    with opened(tmp_path / "a", policy) as studio, opened(tmp_path / "b", policy) as never:
        studio.recommender.sync()
        events = log(studio)
        assert studio.record(events).rejected == ()
        studio.learn()
        before = learnt(studio)
        never.record([event for event in events if event.user != SECRET])
        never.learn()
        assert before != learnt(never)
        erased = studio.forget(SECRET)
        assert erased.complete
        assert erased.erased["events"] == sum(event.user == SECRET for event in events)
        found, expected = learnt(studio), learnt(never)
        assert {"rank-hybrid/trends.json", "rank-hybrid/preference.npz"} <= set(found)
        assert any(name.startswith("policy-") for name in found)
        assert found == expected
        one, other = (
            s.recommend("bob", 4, at=AT + timedelta(days=9), request_id="x", log=False) for s in (studio, never)
        )
        assert [(r.sku, r.score, r.propensity) for r in one] == [(r.sku, r.score, r.propensity) for r in other]


def test_of_two_that_learn_at_once_one_tells_the_policy(tmp_path, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.pipeline.learn._CHUNK", 5)
    with opened(tmp_path / "a", "policy/lints") as studio, opened(tmp_path / "b", "policy/lints") as alone:
        events = log(studio)
        studio.record(events)
        alone.record(events)
        told = alone.learn()["impressions"]
        host = fake_host(plugin, config=studio.config)
        with Studio.open(tmp_path / "a", config=studio.config, host=host) as other, ThreadPoolExecutor(2) as pool:
            both = [run.result()["impressions"] for run in [pool.submit(studio.learn), pool.submit(other.learn)]]
        assert sorted(both) == [0, told]
        assert learnt(studio) == learnt(alone)


def test_what_was_logged_while_a_user_was_forgotten_is_erased_too(tmp_path, monkeypatch):
    with opened(tmp_path / "a", "policy/lints") as studio, opened(tmp_path / "b", "policy/lints") as never:
        studio.recommender.sync()
        events, fit = log(studio), studio.recommender._learning._ranker.fit
        late = [e for e in events if e.user == SECRET][-4:]
        studio.record([event for event in events if event not in late])
        studio.learn()
        # Requests that were under way when the first part was over.
        monkeypatch.setattr(
            studio.recommender._learning._ranker,
            "fit",
            lambda *args: (studio.store.events.append(late), late.clear(), fit(*args)),
        )
        erased = studio.forget(SECRET)
        assert erased.complete
        assert erased.erased["events"] == sum(event.user == SECRET for event in events)
        assert studio.store.events.count(SECRET) == 0
        never.record([event for event in events if event.user != SECRET])
        never.learn()
        assert learnt(studio) == learnt(never)


def test_many_users_are_forgotten_at_once(tmp_path):
    with opened(tmp_path / "a", "policy/lints") as studio, opened(tmp_path / "b", "policy/lints") as never:
        studio.recommender.sync()
        events = log(studio)
        studio.record(events)
        studio.learn()
        proofs = studio.forget_many(["bob", "nobody", SECRET, "bob"])
        assert [(proof.user, proof.complete) for proof in proofs] == [("bob", True), ("nobody", True), (SECRET, True)]
        assert [proof.erased["events"] > 0 for proof in proofs] == [True, False, True]
        never.record([event for event in events if event.user == "cy"])
        never.learn()
        assert learnt(studio) == learnt(never)
        assert studio.forget_many([]) == []
        with pytest.raises(NotFound, match="Nothing is known of any of these 2 users"):
            studio.forget_many(["bob", "nobody"])


@pytest.mark.parametrize("types", [None, ["impression", "click"]])
def test_after_pruning_state_is_that_of_the_log_that_is_left(tmp_path, types):
    with opened(tmp_path / "a", "policy/lints") as studio, opened(tmp_path / "b", "policy/lints") as never:
        studio.recommender.sync()
        events, end = log(studio), AT + timedelta(days=1)
        studio.record(events)
        studio.learn()
        pruned = studio.prune_events(timedelta(hours=12), types=types, at=end)
        kept = [e for e in events if e.at >= end - timedelta(hours=12) or (types and e.type not in types)]
        assert 0 < pruned == len(events) - len(kept)
        assert list(studio.store.events.log_by_time()) == sorted(kept, key=lambda event: event.at)
        never.record(kept)
        never.learn()
        assert learnt(studio) == learnt(never)
        assert studio.prune_events(timedelta(hours=12), types=types, at=end) == 0


def test_impressions_that_may_be_answered_still_are_kept(tmp_path):
    with opened(tmp_path, "policy/lints", attribution_minutes=90) as studio:
        with pytest.raises(InputError, match="Events are kept for 1:30:00 at least"):
            studio.prune_events(timedelta(minutes=89))
        assert studio.prune_events(timedelta(minutes=90)) == 0


def test_no_file_and_nothing_in_memory_names_the_user(tmp_path):
    def holding() -> list[str]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return [path.name for path in files if SECRET.encode() in path.read_bytes()]

    with opened(tmp_path, "policy/lints", log="background", traces=50) as studio:
        studio.recommender.sync()
        studio.record(log(studio))
        for n in range(3):
            shown = studio.recommend(SECRET, 4, request_id=f"q{n}")
            studio.record(
                [
                    {
                        "id": f"{SECRET}-{n}",
                        "user": SECRET,
                        "type": "click",
                        "sku": r.sku,
                        "at": datetime.now(UTC).isoformat(),
                    }
                    for r in shown[:1]
                ]
            )
        studio.learn()
        assert holding()
        assert len(studio.recommender.traces) == 3
        # Shown a moment before: the impressions may still wait in a queue when the user is forgotten.
        studio.recommend(SECRET, 4, request_id="last")
        assert studio.forget(SECRET).complete
        assert holding() == []
        assert studio.store.events.count(SECRET) == 0
        again = studio.recommender.profile(SECRET, datetime.now(UTC))
        assert (again.vector, again.interests, again.seen) == (None, (), frozenset())
        assert SECRET not in repr(list(studio.recommender.traces))
    assert holding() == []
