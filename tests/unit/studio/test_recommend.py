"""From events to what is shown, and forgetting."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    Config,
    Event,
    Filter,
    InputError,
    NotFound,
    PluginError,
    Studio,
)
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.specs import PolicySpec, RankerSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.shop import UniformPolicy
from prodgen_sdk.types import Ranked

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_products_come_with_variant_propensity_and_logged_impressions(stocked):
    found = stocked.recommend("ann", 3, at=NOW, request_id="r1")
    assert len({r.sku for r in found}) == 3
    assert [r.position for r in found] == [0, 1, 2]
    for r in found:
        assert stocked.store.variants.get(r.variant).sku == r.sku
        assert r.propensity == pytest.approx(1 / 4)
        assert sum(r.contributions.values()) == pytest.approx(r.score)
    logged = stocked.store.events.history("ann")
    assert [(e.type, e.sku, e.variant, e.propensity, e.position) for e in logged] == [
        ("impression", r.sku, r.variant, r.propensity, r.position) for r in found
    ]
    # Ids of one request lie side by side in the log's index.
    assert len({e.id for e in logged}) == 3
    assert len({e.id[:-4] for e in logged}) == 1
    stocked.recommend("ann", 3, at=NOW, request_id="r1")
    assert stocked.store.events.count("ann") == 3
    stocked.recommend("bob", 3, at=NOW, request_id="r1")
    assert stocked.store.events.count("bob") == 3
    stocked.recommend("ann", 3, log=False)
    assert stocked.store.events.count("ann") == 3


def test_filters_and_stock_are_obeyed_at_serve_time(stocked, mugs):
    assert {r.sku for r in stocked.recommend("ann", 10, filter=Filter(tags=("even",)))} == {"mug-0", "mug-2", "mug-4"}
    assert {r.sku for r in stocked.recommend("ann", 10, filter=Filter(price_max="11"))} == {"mug-0", "mug-1"}
    stocked.add_products([mugs(1)[0].model_copy(update={"stock": 0})])
    assert "mug-0" not in {r.sku for r in stocked.recommend("ann", 10)}
    stocked.add_products([mugs(2)[1].model_copy(update={"withdrawn": True})])
    assert "mug-1" not in {r.sku for r in stocked.recommend("ann", 10)}
    assert "mug-1" not in {s.sku for s in stocked.similar(text="mug", k=10)}


def test_events_move_a_user_towards_what_was_looked_at(stocked):
    stocked.record([Event(id=f"e{n}", user="ann", type="purchase", sku="mug-4", at=NOW) for n in range(3)])
    stocked.learn()
    assert stocked.recommend("ann", 6, at=NOW)[0].sku == "mug-4"
    profile = stocked.recommender.profile("ann", NOW)
    assert profile.interests[0].sku == "mug-4"
    assert np.linalg.norm(profile.vector) == pytest.approx(1, abs=1e-5)


def test_bad_events_are_named_and_the_rest_is_kept(stocked):
    good = {"id": "1", "user": "ann", "type": "view", "sku": "mug-1", "at": NOW.isoformat()}
    found = stocked.record(
        [good, good, {"id": "2"}, {**good, "id": "3", "sku": "nope"}, {**good, "id": "4", "type": "stare"}]
    )
    assert (found.new, found.known) == (1, 1)
    assert [place for place, _ in found.rejected] == [2, 3, 4]
    assert stocked.store.events.count() == 1


def test_events_of_variants_that_there_are_not_are_recorded_and_named(stocked):
    good = {"user": "ann", "type": "click", "sku": "mug-1", "at": NOW.isoformat()}
    variant = next(stocked.variants("mug-1")).id
    log = [{**good, "id": "1", "variant": variant}, {**good, "id": "2", "variant": "mug-1-front"}, {**good, "id": "3"}]
    found = stocked.record(log)
    assert (found.new, found.rejected, found.unknown_variants) == (3, (), ((1, "mug-1-front"),))
    assert stocked.record(log).unknown_variants == ((1, "mug-1-front"),)


def test_similar_by_sku_text_and_picture(stocked):
    assert "mug-2" not in [s.sku for s in stocked.similar(sku="mug-2", k=10)]
    picture = stocked.image(next(stocked.variants("mug-3")))
    nearest = stocked.similar(image=picture, k=1)[0]
    assert nearest.sku == "mug-3"
    assert np.array_equal(stocked.image(nearest.variant), picture)
    for nothing in (None, "", "  "):
        with pytest.raises(InputError, match="There is nothing to compare with"):
            stocked.similar(text=nothing)
    with pytest.raises(NotFound):
        stocked.similar(sku="nope")


def test_forget_erases_everything_derived_and_proves_it(stocked):
    stocked.recommend("ann", 3, at=NOW)
    stocked.record([Event(id="1", user="ann", type="view", sku="mug-1", at=NOW)])
    stocked.recommend("bob", 3, at=NOW)
    stocked.learn(at=NOW + timedelta(days=2))
    erased = stocked.forget("ann")
    assert erased.erased["events"] == 4
    assert erased.complete
    assert stocked.store.events.count("bob") == 3
    assert stocked.recommender.profile("ann", NOW).vector is None
    with pytest.raises(NotFound, match="Nothing is known"):
        stocked.forget("ann")


def test_the_policy_is_told_each_impression_once_and_only_after_its_window(stocked):
    stocked.recommend("ann", 3, at=NOW)
    assert stocked.learn(at=NOW + timedelta(minutes=5)) == {"impressions": 0}
    assert stocked.learn(at=NOW + timedelta(hours=2)) == {"impressions": 3}
    assert stocked.learn(at=NOW + timedelta(hours=2)) == {"impressions": 0}


def test_a_filter_hook_removes_candidates_and_cannot_add_any(tmp_path, mugs):
    class NoOdd:
        @hookimpl
        def filter_candidates(self, candidates):
            return [c for c in candidates if int(c.sku[-1]) % 2 == 0]

    class Adds:
        @hookimpl
        def filter_candidates(self, candidates):
            return [*candidates, candidates[0].model_copy(update={"sku": "smuggled"})]

    for number, (hooks, expected) in enumerate([(NoOdd(), {"mug-0", "mug-2"}), (Adds(), None)]):
        with Studio.create(tmp_path / str(number), host=fake_host(hooks)) as studio:
            studio.add_products(mugs(4))
            studio.generate([f"mug-{n}" for n in range(4)], views="hero", size=32)
            if expected is None:
                with pytest.raises(PluginError, match="not candidates"):
                    studio.recommend("ann")
            else:
                assert {r.sku for r in studio.recommend("ann")} == expected


def test_hooks_and_rankers_can_ask_what_the_catalogue_knows_of_products(tmp_path, mugs):
    class Dearest(Ranker):
        def rank(self, user, candidates, context, ctx):
            known = ctx.products([*(c.sku for c in candidates), "unknown"])
            assert "unknown" not in known
            ranked = [Ranked(candidate=c, score=float(known[c.sku].price), contributions={}) for c in candidates]
            return sorted(ranked, key=lambda item: -item.score)

        def fit(self, log, ctx):
            pass

    class Plugin:
        @hookimpl
        def register_rankers(self, register):
            register(RankerSpec(id="own/dearest", summary="The dearest first."), lambda config, ctx: Dearest())

        @hookimpl
        def filter_candidates(self, candidates, products):
            known = products([c.sku for c in candidates])
            return [c for c in candidates if known[c.sku].stock != 1]

    config = Config.model_validate({"defaults": {"ranker": "own/dearest"}, "runtime": {"device": "cpu"}})
    host = fake_host(Plugin(), config=config)
    with Studio.create(tmp_path / "shop", config=config, host=host) as studio:
        several = [m.model_copy(update={"price": Decimal(n), "stock": n}) for n, m in enumerate(mugs(4), 1)]
        studio.add_products(several)
        studio.generate([m.sku for m in several], views="hero", size=32)
        assert [r.sku for r in studio.recommend("ann")] == ["mug-3", "mug-2", "mug-1"]
        studio.add_products([several[1].model_copy(update={"price": Decimal(99)})])
        assert [r.sku for r in studio.recommend("ann")] == ["mug-1", "mug-3", "mug-2"]


def test_what_a_user_hid_is_not_shown_to_them_again(stocked):
    stocked.record([Event(id="1", user="ann", type="purchase", sku="mug-1", at=NOW)])
    stocked.record([Event(id="2", user="ann", type="hide", sku="mug-1", at=NOW + timedelta(seconds=1))])
    assert "mug-1" not in {r.sku for r in stocked.recommend("ann", 10, at=NOW + timedelta(minutes=1))}
    assert "mug-1" in {r.sku for r in stocked.recommend("bob", 10)}


def test_a_damaged_index_is_built_anew_from_the_database(tmp_path, mugs):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products(mugs(3))
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
        studio.sync()
        file = next(studio.workspace.state.rglob("index.json"))
    file.write_bytes(file.read_bytes().replace(b"mug-1", b"mug-7"))
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert {r.sku for r in studio.recommend("ann")} == {"mug-0", "mug-1", "mug-2"}
        assert studio.host.get("index").verify() == []


def test_a_policy_that_changes_meanwhile_is_asked_again(tmp_path, mugs):
    class Restless(UniformPolicy):
        asked = 0

        @property
        def version(self):
            return str(min(Restless.asked, 2))

        def choose(self, user, candidates, context, ctx):
            Restless.asked += 1
            return super().choose(user, candidates, context, ctx)

    spec = PolicySpec(id="mine/restless", summary="x")
    config = Config.model_validate({"defaults": {"policy": "mine/restless"}})
    host = fake_host(plugin_of(spec, Restless), config=config)
    with Studio.create(tmp_path, config=config, host=host) as studio:
        studio.add_products(mugs(1))
        studio.generate("mug-0", views="hero", size=32)
        assert studio.recommend("ann")[0].policy == "mine/restless@2"
        assert Restless.asked == 3


def test_a_reopened_workspace_goes_on_where_it_was(tmp_path, mugs):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products(mugs(3))
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
        studio.record([Event(id="1", user="ann", type="purchase", sku="mug-2", at=NOW)])
        before = [(r.sku, r.variant) for r in studio.recommend("ann", at=NOW, deterministic=True)]
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.sync() == 0
        assert [(r.sku, r.variant) for r in studio.recommend("ann", at=NOW, deterministic=True)] == before


def test_an_index_of_other_encoders_is_built_anew(tmp_path, mugs):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products(mugs(3))
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
        studio.sync()
    config = Config.model_validate({"recommend": {"text_share": 0.1}})
    with Studio.open(tmp_path, config=config, host=fake_host(config=config)) as studio:
        assert studio.sync() == 3
        assert studio.sync() == 0


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_k_is_checked(stocked, k):
    with pytest.raises(InputError, match="k is"):
        stocked.recommend("ann", k)
