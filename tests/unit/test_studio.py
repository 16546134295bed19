import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    Config,
    ConfigError,
    Event,
    Filter,
    InputError,
    Media,
    NotFound,
    PluginError,
    Product,
    Refusal,
    Refused,
    Studio,
    TryOn,
    images,
    plugin,
)
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.specs import CompositorSpec, GeneratorSpec, PolicySpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import PatchCompositor
from prodgen_sdk.testing.fakes.pictures import SolidGenerator
from prodgen_sdk.testing.fakes.shop import UniformPolicy
from prodgen_sdk.types import Garment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mugs(number):
    return [
        Product(
            sku=f"mug-{n}",
            title=f"Mug number {n}",
            category="home/mug",
            price=10 + n,
            tags=("even",) if n % 2 == 0 else (),
        )
        for n in range(number)
    ]


@pytest.fixture
def studio(tmp_path):
    with Studio.create(tmp_path / "shop", host=fake_host(plugin)) as studio:
        yield studio


@pytest.fixture
def stocked(studio):
    studio.add_products(mugs(6))
    studio.generate([f"mug-{n}" for n in range(6)], views="orbit4", size=32)
    return studio


# Generation


def test_pictures_are_published_with_what_is_needed_to_make_them_again(studio):
    studio.add_products(mugs(1))
    made = studio.generate("mug-0", views="front,right", size=32)
    assert [picture.view.name for picture in made.pictures] == ["front", "right"]
    variant = made.variants[0]
    assert variant.review == "approved"
    assert variant.quality.keys() == {"brightness"}
    provenance = variant.provenance
    assert (provenance.generator, provenance.size, provenance.device) == ("fake/solid", 32, "cpu")
    assert "Mug number 0" in provenance.prompt
    again = studio.generate("mug-0", views="front,right", size=32, seed=None)
    assert all(picture.reused for picture in again.pictures)
    assert np.array_equal(studio.image(variant), made.pictures[0].image)


def test_the_same_work_is_found_and_only_new_views_are_made(studio):
    studio.add_products(mugs(2))
    first = studio.generate(["mug-0", "mug-1"], views="orbit4", size=32)
    second = studio.generate(["mug-0", "mug-1"], views="orbit8", size=32)
    assert sum(picture.reused for picture in second.pictures) == 8
    assert {v.id for v in first.variants} < {v.id for v in second.variants}
    assert studio.store.variants.count() == 16
    assert {picture.seed for picture in second.pictures if picture.sku == "mug-0"} == {first.pictures[0].seed}


@pytest.mark.parametrize(
    "other", [{"seed": 5}, {"size": 48}, {"scene": "gradient"}, {"negative": "handle"}, {"profile": "square"}]
)
def test_other_work_is_other_variants(studio, other):
    studio.add_products(mugs(1))
    one = studio.generate("mug-0", views="hero", size=32)
    two = studio.generate("mug-0", views="hero", **{"size": 32, **other})
    assert one.variants[0].id != two.variants[0].id


def test_a_price_change_does_not_make_pictures_again_but_a_title_change_does(studio):
    product = mugs(1)[0]
    studio.add_products([product])
    studio.generate("mug-0", views="hero", size=32)
    studio.add_products([product.model_copy(update={"price": Decimal(99), "stock": 3})])
    assert studio.generate("mug-0", views="hero", size=32).pictures[0].reused
    studio.add_products([product.model_copy(update={"title": "Teapot"})])
    assert not studio.generate("mug-0", views="hero", size=32).pictures[0].reused


def test_replicates_and_random_seeds_differ(studio):
    studio.add_products(mugs(1))
    made = studio.generate("mug-0", views="hero", size=32, replicates=3)
    assert len({picture.id for picture in made.pictures}) == 3
    assert len({picture.image.tobytes() for picture in made.pictures}) == 3
    random = [studio.generate("mug-0", views="hero", size=32, seed="random").pictures[0] for _ in range(2)]
    assert random[0].seed != random[1].seed


def test_pixels_do_not_depend_on_who_shares_the_batch():
    with Studio(host=fake_host()) as studio:
        alone = studio.generate(mugs(5)[3], views="orbit4", size=32, seed=1).pictures
        together = studio.generate(mugs(5), views="orbit4", size=32, seed=1).pictures[12:16]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(alone, together, strict=True))


def test_without_a_workspace_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Studio(host=fake_host()) as studio:
        made = studio.generate(mugs(1)[0], views="hero", size=32)
        assert made.variants == ()
        assert made.pictures[0].review == "approved"
        assert made.pictures[0].image.shape == (32, 32, 3)
        with pytest.raises(ConfigError, match="prodgen init"):
            studio.recommend("ann")
    assert list(tmp_path.iterdir()) == []


def failing(*skus, error=RuntimeError("boom")):
    class Failing(SolidGenerator):
        def generate(self, batch, ctx):
            if any(request.product.sku in skus for request in batch):
                raise error
            return super().generate(batch, ctx)

    spec = GeneratorSpec(id="mine/failing", summary="x", modes=("text",), min_size=32)
    return plugin_of(spec, Failing)


def test_a_product_that_fails_does_not_hold_up_the_others(tmp_path):
    with Studio.create(tmp_path, host=fake_host(failing("mug-2"))) as studio:
        studio.add_products(mugs(5))
        made = studio.generate([f"mug-{n}" for n in range(5)], views="hero", size=32, generator="mine/failing")
        assert [picture.sku for picture in made.pictures] == ["mug-0", "mug-1", "mug-3", "mug-4"]
        assert "boom" in made.failed["mug-2"]
        with pytest.raises(PluginError, match="boom"):
            studio.generate("mug-2", views="hero", size=32, generator="mine/failing")


def test_blocked_words_are_refused_before_anything_is_generated(studio):
    bad = Product(sku="bad", title="A forbidden thing", category="home/mug")
    studio.add_products([*mugs(1), bad])
    made = studio.generate(["mug-0", "bad"], views="hero", size=32)
    assert list(made.refused) == ["bad"]
    assert studio.store.variants.count(sku="bad") == 0
    with pytest.raises(Refused) as caught:
        studio.generate("bad", views="hero", size=32)
    assert caught.value.exit_code == 4


def test_dubious_words_wait_for_a_person_who_decides(studio):
    studio.add_products([Product(sku="odd", title="A dubious thing", category="home/mug")])
    variant = studio.generate("odd", views="hero", size=32).variants[0]
    assert variant.review == "in_review"
    assert studio.sync() == 0
    studio.review(variant.id, "approved", by="ann")
    assert studio.sync() == 1
    assert [r.sku for r in studio.recommend("bob")] == ["odd"]
    studio.review(variant.id, "rejected", by="ann", reason="no")
    assert studio.recommend("bob") == []
    with pytest.raises(InputError):
        studio.review(variant.id, "approved", by="ann")


def test_no_safety_checker_at_all_means_review(tmp_path):
    config = Config.model_validate({"defaults": {"safety_checkers": []}})
    with Studio.create(tmp_path, config=config, host=fake_host(config=config)) as studio:
        studio.add_products(mugs(1))
        assert studio.generate("mug-0", views="hero", size=32).pictures[0].review == "in_review"


def test_auto_approve_off_makes_everything_wait(tmp_path):
    config = Config.model_validate({"review": {"auto_approve": False}})
    with Studio.create(tmp_path, config=config, host=fake_host(config=config)) as studio:
        studio.add_products(mugs(1))
        assert studio.generate("mug-0", views="hero", size=32).pictures[0].review == "in_review"


def test_hooks_see_and_change_generation(tmp_path):
    seen = []

    class Hooks:
        @hookimpl
        def before_generation(self, request):
            return request.model_copy(update={"negative": "text"})

        @hookimpl
        def after_generation(self, request, pictures):
            seen.append((request.negative, len(pictures)))

        @hookimpl
        def on_generation_error(self, request, error):
            seen.append(type(error).__name__)

    with Studio.create(tmp_path, host=fake_host(Hooks(), failing("mug-1"))) as studio:
        studio.add_products(mugs(2))
        studio.generate(["mug-0", "mug-1"], views="orbit4", size=32, generator="mine/failing")
    assert seen == [("text", 4), "PluginError"]


def test_a_run_can_be_cancelled_between_products_and_resumed(studio):
    studio.add_products(mugs(40))
    skus = [f"mug-{n}" for n in range(40)]
    with pytest.raises(Cancelled):
        studio.generate(skus, views="hero", size=32, cancelled=lambda: studio.store.variants.count() >= 3)
    kept = studio.store.variants.count()
    assert 3 <= kept < 40
    made = studio.generate(skus, views="hero", size=32)
    assert sum(picture.reused for picture in made.pictures) == kept
    assert studio.store.variants.count() == 40


def test_progress_counts_up(studio):
    studio.add_products(mugs(3))
    told = []
    studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32, progress=lambda d, t, w: told.append((d, t)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_requests_of_many_threads_are_batched_and_each_gets_its_own(tmp_path):
    sizes = []

    class Counting(SolidGenerator):
        def generate(self, batch, ctx):
            sizes.append(len(batch))
            return super().generate(batch, ctx)

    spec = GeneratorSpec(id="mine/counting", summary="x", modes=("text",), min_size=32)
    config = Config.model_validate({"scheduler": {"max_wait_ms": 100}})
    with Studio(config=config, host=fake_host(plugin_of(spec, Counting), config=config)) as studio:
        made = {}

        def ask(product):
            made[product.sku] = studio.generate(
                product, views="hero", size=32, seed=1, generator="mine/counting"
            ).pictures[0]

        threads = [threading.Thread(target=ask, args=(product,)) for product in mugs(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {sku: picture.sku for sku, picture in made.items()} == {f"mug-{n}": f"mug-{n}" for n in range(8)}
    assert max(sizes) > 1
    assert sum(sizes) == 8


def test_unknown_sku_and_generator(studio):
    studio.add_products(mugs(1))
    with pytest.raises(NotFound, match="mug-0"):
        studio.generate("mug-00")
    with pytest.raises(NotFound, match="fake/solid"):
        studio.generate("mug-0", generator="fake/solud")


def test_the_generator_gets_photos_only_if_it_uses_them(tmp_path):
    seen = []

    class Looking(Generator):
        def __init__(self, config, ctx):
            pass

        def generate(self, batch, ctx):
            seen.extend(sorted(request.references) for request in batch)
            return SolidGenerator(None, None).generate(batch, ctx)

    spec = GeneratorSpec(id="mine/looking", summary="x", modes=("photo",), min_size=32)
    images.save(np.full((40, 30, 3), 90, np.uint8), tmp_path / "front.png")
    product = mugs(1)[0].model_copy(update={"media": (Media(role="front", uri="front.png"),)})
    with Studio(host=fake_host(plugin_of(spec, Looking))) as studio:
        studio.generate(product, views="hero", size=32, generator="mine/looking", root=tmp_path)
        studio.generate(product, views="hero", size=32, generator="fake/solid", root="/nowhere")
    assert seen == [["front"]]


# The catalogue


def test_media_are_copied_into_the_workspace_and_published_as_variants(studio, tmp_path):
    photo = np.full((40, 20, 3), 250, np.uint8)
    photo[10:30, 5:15] = (200, 30, 40)
    images.save(photo, tmp_path / "in/front.png")
    lines = [
        {"sku": "a", "title": "A", "category": "home/mug", "media": [{"role": "front", "uri": "front.png"}]},
        {"sku": "b", "title": "B", "category": "home/mug", "media": [{"role": "front", "uri": "../prodgen.toml"}]},
        {"sku": "c", "title": "C", "category": "home/mug", "media": [{"role": "front", "uri": "list.jsonl"}]},
        {"sku": "d", "title": "D", "category": "home/mug"},
    ]
    catalogue = tmp_path / "in/list.jsonl"
    catalogue.write_text("\n".join(map(json.dumps, lines)))
    summary = studio.add_products(catalogue)
    assert (summary.added, [(r.line, r.field) for r in summary.rejected]) == (
        2,
        [(2, "media"), (3, "media[0].uri")],
    )
    (tmp_path / "in/front.png").unlink()
    made = studio.publish_photos(["a", "d"], size=40)
    assert [(p.sku, p.view.name, p.generator) for p in made.pictures] == [("a", "front", "catalogue/photo")]
    assert np.array_equal(made.pictures[0].image[:, 10:30], photo)


# Try-on


def person_and_garment():
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    return person, garment


def test_a_person_is_dressed_from_pixels_files_bytes_and_skus(studio, tmp_path):
    person, garment = person_and_garment()
    images.save(person, tmp_path / "p.png")
    images.save(garment, tmp_path / "g.png")
    tee = Product(sku="tee", title="Tee", category="apparel/t-shirt", media=(Media(role="front", uri="g.png"),))
    studio.add_products([tee], root=tmp_path)
    answers = [
        studio.try_on(person, garment, category="top"),
        studio.try_on(tmp_path / "p.png", str(tmp_path / "g.png"), category="top"),
        studio.try_on(images.encode(person), images.encode(garment), category="top"),
        studio.try_on(person, "tee"),
    ]
    for answer in answers:
        assert isinstance(answer, TryOn)
        assert np.array_equal(answer.image, answers[0].image)
        assert np.array_equal(answer.image[~answer.edit_mask], person[~answer.edit_mask])
    studio.add_products(mugs(1))
    with pytest.raises(InputError, match="nobody wears"):
        studio.try_on(person, "mug-0")


def test_try_on_many_dresses_each_look_separately(studio):
    person, garment = person_and_garment()
    looks = [garment, garment[:, :, ::-1].copy(), [garment, garment]]
    answers = studio.try_on_many(person, looks, category="top", fit="loose", seed=4)
    assert not np.array_equal(answers[0].image, answers[1].image)
    for look, answer in zip(looks, answers, strict=True):
        alone = studio.try_on(person, look, category="top", fit="loose", seed=4)
        assert np.array_equal(answer.image, alone.image)
        assert np.array_equal(answer.edit_mask, alone.edit_mask)
        assert answer.confidence == alone.confidence
    assert studio.try_on_many(person, []) == []
    with pytest.raises(TypeError):
        studio.try_on_many(person, looks, colour="red")
    with pytest.raises(InputError):
        studio.try_on_many(person, [garment, "nothing.png"])


def test_a_refused_look_does_not_stop_the_others():
    class Choosy(PatchCompositor):
        def compose(self, batch, ctx):
            no = Refusal(code="too-blue", reason="Too blue.", what_to_do="Choose another.")
            return [
                no if request.garments[0].sku == "blue" else super(Choosy, self).compose([request], ctx)[0]
                for request in batch
            ]

    class Veto:
        @hookimpl
        def register_compositors(self, register):
            register(CompositorSpec(id="mine/choosy", summary="x", categories=("top",), max_batch=2), Choosy)

        @hookimpl
        def before_try_on(self, request):
            if request.garments[0].sku == "hat":
                raise Refused("No hats today.", hint="Come on Monday.")

    person, garment = person_and_garment()
    looks = [Garment(front=garment, category="top", sku=sku) for sku in ("red", "blue", "hat", "green", "blue")]
    with Studio(host=fake_host(Veto())) as studio:
        answers = studio.try_on_many(person, looks, compositor="mine/choosy")
        with pytest.raises(Refused, match="No hats"):
            studio.try_on(person, looks[2], compositor="mine/choosy")
    assert [getattr(answer, "code", "dressed") for answer in answers] == [
        "dressed", "too-blue", "vetoed", "dressed", "too-blue",
    ]  # fmt: skip
    assert answers[2].reason.startswith("No hats today.")
    assert answers[2].what_to_do == "Come on Monday."


def test_what_a_call_leaves_behind_after_its_session_ended_is_dropped_too():
    kept, begun, ended = set(), threading.Event(), threading.Event()

    class Keeping(PatchCompositor):
        def compose(self, batch, ctx):
            begun.set()
            assert ended.wait(10)
            kept.update(images.pixel_digest(request.person.image) for request in batch)
            return super().compose(batch, ctx)

        def release(self, person):
            kept.discard(images.pixel_digest(person.image))

    spec = CompositorSpec(id="mine/keeping", summary="x", categories=("top",))
    person, garment = person_and_garment()
    with Studio(host=fake_host(plugin_of(spec, Keeping))) as studio, ThreadPoolExecutor(1) as pool:
        session = studio.session(person)
        call = pool.submit(session.try_on, garment, category="top", compositor="mine/keeping")
        assert begun.wait(10)
        session.close()
        ended.set()
        assert call.exception() is None
        assert kept == set()


def test_a_session_drops_the_photo_when_it_ends(tmp_path):
    released = []

    class Keeping(PatchCompositor):
        def release(self, person):
            released.append(person.image.shape)

    spec = CompositorSpec(id="mine/keeping", summary="x", categories=("top",))
    person, garment = person_and_garment()
    with Studio(host=fake_host(plugin_of(spec, Keeping))) as studio:
        with studio.session(person) as session:
            assert isinstance(session.try_on(garment, category="top", compositor="mine/keeping"), TryOn)
            assert released == []
        assert released == [person.shape]
        with pytest.raises(InputError, match="ended"):
            session.try_on(garment)


def test_a_screened_picture_becomes_a_refusal(studio):
    person, garment = person_and_garment()
    garment[10:50, 10:50] = (255, 0, 255)
    answer = studio.try_on(person, garment, category="top")
    assert isinstance(answer, Refusal)
    assert answer.code == "screened"


def test_photos_are_kept_only_when_asked_and_forgotten(studio):
    person, garment = person_and_garment()
    studio.try_on(person, garment, category="top")
    assert studio.store.tryons.of("ann") == ()
    with pytest.raises(InputError, match="how long"):
        studio.try_on(person, garment, category="top", user="ann")
    studio.try_on(person, garment, category="top", user="ann", retain=timedelta(days=1))
    kept = studio.store.tryons.of("ann")
    assert len(kept) == 1
    assert np.array_equal(images.load(studio.store.tryons.photo(kept[0].id)), person)
    erased = studio.forget("ann")
    assert erased.erased["tryons"] == 1
    assert erased.complete


def test_a_photo_never_shows_in_a_representation():
    from prodgen_sdk import PersonPhoto
    from prodgen_sdk.types import TryOnRequest

    person, garment = person_and_garment()
    request = TryOnRequest(person=PersonPhoto(image=person), garments=({"front": garment},))
    assert "private" in repr(request)
    assert "[[" not in repr(request)[: repr(request).index("garments")]


# Recommendation


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
    stocked.recommend("ann", 3, at=NOW, request_id="r1")
    assert stocked.store.events.count("ann") == 3
    stocked.recommend("ann", 3, log=False)
    assert stocked.store.events.count("ann") == 3


def test_filters_and_stock_are_obeyed_at_serve_time(stocked):
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


def test_similar_by_sku_text_and_picture(stocked):
    assert "mug-2" not in [s.sku for s in stocked.similar(sku="mug-2", k=10)]
    picture = stocked.image(next(stocked.variants("mug-3")))
    nearest = stocked.similar(image=picture, k=1)[0]
    assert nearest.sku == "mug-3"
    assert np.array_equal(stocked.image(nearest.variant), picture)
    with pytest.raises(InputError, match="Similar to what"):
        stocked.similar()
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


def test_a_filter_hook_removes_candidates_and_cannot_add_any(tmp_path):
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


def test_what_a_user_hid_is_not_shown_to_them_again(stocked):
    stocked.record([Event(id="1", user="ann", type="purchase", sku="mug-1", at=NOW)])
    stocked.record([Event(id="2", user="ann", type="hide", sku="mug-1", at=NOW + timedelta(seconds=1))])
    assert "mug-1" not in {r.sku for r in stocked.recommend("ann", 10, at=NOW + timedelta(minutes=1))}
    assert "mug-1" in {r.sku for r in stocked.recommend("bob", 10)}


def test_a_damaged_index_is_built_anew_from_the_database(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products(mugs(3))
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
        studio.sync()
        file = next(studio.workspace.state.rglob("index.json"))
    file.write_bytes(file.read_bytes().replace(b"mug-1", b"mug-7"))
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert {r.sku for r in studio.recommend("ann")} == {"mug-0", "mug-1", "mug-2"}
        assert studio.host.get("index").verify() == []


def test_a_policy_that_changes_meanwhile_is_asked_again(tmp_path):
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


def test_a_reopened_workspace_goes_on_where_it_was(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products(mugs(3))
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
        studio.record([Event(id="1", user="ann", type="purchase", sku="mug-2", at=NOW)])
        before = [(r.sku, r.variant) for r in studio.recommend("ann", at=NOW, deterministic=True)]
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.sync() == 0
        assert [(r.sku, r.variant) for r in studio.recommend("ann", at=NOW, deterministic=True)] == before


def test_an_index_of_other_encoders_is_built_anew(tmp_path):
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
