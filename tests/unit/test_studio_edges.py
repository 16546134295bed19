"""What goes wrong around a studio, and what must hold all the same."""

import io
import os
import threading
import time
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    Config,
    ConfigError,
    Event,
    InputError,
    Media,
    NotFound,
    OutsideWorkspace,
    PluginError,
    Product,
    Studio,
    TryOn,
    images,
    plugin,
)
from prodgen_sdk.errors import Cancelled, DeadlineExceeded
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.interfaces import SafetyChecker
from prodgen_sdk.scheduler import Batcher, result
from prodgen_sdk.specs import CompositorSpec, DescriberSpec, GeneratorSpec, Needs, SafetySpec
from prodgen_sdk.testing.fakes import FakePlugin, fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import PatchCompositor
from prodgen_sdk.testing.fakes.pictures import SolidGenerator
from prodgen_sdk.testing.fakes.words import TitleDescriber
from prodgen_sdk.types import Verdict

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def generator(change=lambda pictures, batch, ctx: pictures, **spec):
    class Mine(SolidGenerator):
        def __init__(self, config, ctx):
            self.config = config

        def generate(self, batch, ctx):
            return change(super().generate(batch, ctx), batch, ctx)

    fields = {"id": "mine/gen", "summary": "x", "modes": ("text",), "min_size": 32} | spec
    return plugin_of(GeneratorSpec(**fields), Mine)


def checker(answer, **spec):
    class Mine(SafetyChecker):
        def check(self, items, ctx):
            return answer(items)

    return plugin_of(SafetySpec(id="mine/check", summary="x", **spec), lambda config, ctx: Mine())


def products(number):
    return [Product(sku=f"p-{n}", title=f"Thing {n}", category="home/thing") for n in range(number)]


# Configuration


def test_the_workspaces_configuration_holds_with_a_given_host(tmp_path):
    Studio.create(tmp_path, host=fake_host()).close()
    (tmp_path / "prodgen.toml").write_text("[review]\nauto_approve = false")
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.generate(MUG, views="hero", size=32).pictures[0].review == "in_review"


def test_a_given_configuration_holds_everywhere(tmp_path):
    config = Config.model_validate({"store": {"database": "sqlite:///other.db"}, "review": {"auto_approve": False}})
    with Studio.create(tmp_path, config=config, host=fake_host()) as studio:
        assert studio.generate(MUG, views="hero", size=32).pictures[0].review == "in_review"
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "prodgen.db").exists()


def test_a_typo_in_a_default_is_an_error_not_another_component():
    config = Config.model_validate({"defaults": {"generator": "fake/sold"}})
    with Studio(config=config, host=fake_host(config=config)) as studio, pytest.raises(NotFound, match="fake/solid"):
        studio.generate(MUG, views="hero", size=32)


def test_a_secret_that_is_not_set_fails_its_plugin_alone(tmp_path, monkeypatch):
    from pydantic import BaseModel, SecretStr

    class KeyConfig(BaseModel):
        key: SecretStr

    monkeypatch.delenv("PRODGEN_TEST_KEY", raising=False)
    (tmp_path / "prodgen.toml").write_text('[plugins.needy]\nkey = {env = "PRODGEN_TEST_KEY"}')
    from prodgen_sdk import Host
    from prodgen_sdk.config import load_config

    class Needy:
        @hookimpl
        def config_model(self):
            return KeyConfig

    config = load_config(tmp_path / "prodgen.toml")
    host = Host(config)
    assert host.register(Needy(), "needy").status == "failed"
    assert "PRODGEN_TEST_KEY" in host.plugins[0].error
    assert host.register(FakePlugin(), "fake").status == "loaded"
    monkeypatch.setenv("PRODGEN_TEST_KEY", "s3cret")
    host = Host(config)
    assert host.register(Needy(), "needy").status == "loaded"
    assert "s3cret" not in repr(config)


# Screening


def test_a_checker_that_is_not_ready_means_review(tmp_path):
    needs = Needs(modules=("no_such_module",))
    blocks = checker(lambda items: [Verdict(outcome="block") for _ in items], checks=("image",), needs=needs)
    with Studio.create(tmp_path, host=fake_host(blocks)) as studio:
        picture = studio.generate(MUG, views="hero", size=32).pictures[0]
    assert picture.review == "in_review"
    assert "not ready" in picture.screening.reasons[0]


@pytest.mark.parametrize(
    "product",
    [
        MUG.model_copy(update={"attributes": {"print": "forbidden"}}),
        MUG.model_copy(update={"tags": ("forbidden",)}),
        Product.model_validate(
            {**MUG.model_dump(), "translations": {"zh": {"title": "杯", "description": "forbidden"}}}
        ),
    ],
)
def test_all_words_of_a_product_are_screened(tmp_path, product):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        assert list(studio.generate([product], views="hero", size=32).refused) == ["mug"]
        assert list(studio.generate([MUG], views="hero", size=32, negative="forbidden").refused) == ["mug"]


def dressed():
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    return person, garment


def test_a_try_on_that_wants_a_look_says_so_and_is_not_kept(tmp_path):
    def breaks(items):
        raise RuntimeError

    with Studio.create(tmp_path, host=fake_host(checker(breaks, checks=("image",)))) as studio:
        answer = studio.try_on(*dressed(), category="top", user="ann", retain=timedelta(days=1))
        assert isinstance(answer, TryOn)
        assert answer.screening.outcome == "review"
        assert studio.store.tryons.of("ann") == ()


def test_a_generators_warning_keeps_a_picture_from_being_approved_unseen(tmp_path):
    def warn(pictures, batch, ctx):
        return [[p.model_copy(update={"warnings": ("drawn as a speaker",)}) for p in row] for row in pictures]

    with Studio.create(tmp_path, host=fake_host(generator(warn))) as studio:
        picture = studio.generate(MUG, views="hero", size=32, generator="mine/gen").pictures[0]
        again = studio.generate(MUG, views="hero", size=32, generator="mine/gen").pictures[0]
        (waiting,) = studio.variants(review="in_review")
    assert (picture.review, picture.shortcomings) == ("in_review", ("drawn as a speaker",))
    assert again.reused
    assert again.shortcomings == waiting.shortcomings == picture.shortcomings


def test_what_a_describer_warns_of_is_said_of_every_picture(tmp_path):
    class Doubts(TitleDescriber):
        def describe(self, products, views, locale, ctx):
            found = super().describe(products, views, locale, ctx)
            return [description.model_copy(update={"warnings": ("red or blue?",)}) for description in found]

    host = fake_host(plugin_of(DescriberSpec(id="mine/doubts", summary="x"), Doubts))
    config = Config.model_validate({"defaults": {"describer": "mine/doubts"}})
    with Studio.create(tmp_path, config=config, host=host) as studio:
        made = studio.generate(MUG, views="front,back", size=32)
    assert [(p.review, p.shortcomings) for p in made.pictures] == [("in_review", ("red or blue?",))] * 2


# Photos


def test_a_compositor_cannot_touch_the_photo(tmp_path):
    class Scribbles(PatchCompositor):
        def compose(self, batch, ctx):
            batch[0].person.image[:] = 7
            return super().compose(batch, ctx)

    spec = CompositorSpec(id="mine/scribbles", summary="x", categories=("top",))
    person, garment = dressed()
    before = person.copy()
    with Studio(host=fake_host(plugin_of(spec, Scribbles))) as studio, pytest.raises(PluginError, match="read-only"):
        studio.try_on(person, garment, category="top", compositor="mine/scribbles")
    assert np.array_equal(person, before)


def test_nothing_of_a_photo_is_kept_after_a_single_try_on():
    kept = set()

    class Keeping(PatchCompositor):
        def compose(self, batch, ctx):
            kept.update(images.pixel_digest(request.person.image) for request in batch)
            return super().compose(batch, ctx)

        def release(self, person):
            kept.discard(images.pixel_digest(person.image))

    spec = CompositorSpec(id="mine/keeping", summary="x", categories=("top",))
    person, garment = dressed()
    other = person[::-1].copy()
    with Studio(host=fake_host(plugin_of(spec, Keeping))) as studio:
        with studio.session(other) as session:
            session.try_on(garment, category="top", compositor="mine/keeping")
            studio.try_on(person, garment, category="top", compositor="mine/keeping")
            assert kept == {images.pixel_digest(other)}
        assert kept == set()


def test_a_compositor_that_cannot_release_does_not_keep_others_from_it():
    released = []

    class Stuck(PatchCompositor):
        def release(self, person):
            raise RuntimeError("stuck")

    class Releasing(PatchCompositor):
        def release(self, person):
            released.append(1)

    specs = [CompositorSpec(id=f"mine/{name}", summary="x", categories=("top",)) for name in ("a-stuck", "b")]
    person, garment = dressed()
    host = fake_host(plugin_of(specs[0], Stuck), plugin_of(specs[1], Releasing))
    with Studio(host=host) as studio:
        session = studio.session(person)
        for spec in specs:
            session.try_on(garment, category="top", compositor=spec.id)
        with pytest.raises(PluginError, match="stuck"):
            session.close()
    assert released == [1]


# Media and products


def test_a_file_uri_of_an_api_user_reads_nothing(tmp_path):
    spy = []

    def look(pictures, batch, ctx):
        spy.extend(request.mesh for request in batch)
        return pictures

    bad = MUG.model_copy(update={"media": (Media(role="mesh", uri="file:/etc/passwd"),)})
    with Studio.create(tmp_path, host=fake_host(generator(look, modes=("mesh",)))) as studio:
        with pytest.raises(InputError):
            studio.generate(bad, views="hero", size=32, generator="mine/gen")
        studio.add_products([MUG])
        with pytest.raises((InputError, OutsideWorkspace)):
            studio.generate(bad, views="hero", size=32, generator="mine/gen")
    assert spy == []


def test_generating_a_known_product_does_not_overwrite_it(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([MUG])
        studio.generate(Product(sku="mug", title="Mug", category="home/mug"), views="hero", size=32)
        assert studio.product("mug") == MUG


def test_an_unknown_product_is_added_with_its_photos(tmp_path):
    images.save(np.full((40, 30, 3), 90, np.uint8), tmp_path / "in/f.png")
    product = MUG.model_copy(update={"stock": None, "media": (Media(role="front", uri="f.png"),)})
    with Studio.create(tmp_path / "ws", host=fake_host(plugin)) as studio:
        studio.generate(product, views="hero", size=32, generator="fake/solid", root=tmp_path / "in")
        assert studio.product("mug").media[0].uri.startswith("asset:")
        assert len(studio.publish_photos(["mug"], size=32).pictures) == 1


def test_an_obj_is_kept_with_its_materials_and_textures(tmp_path):
    seen = []

    def look(pictures, batch, ctx):
        for request in batch:
            seen.append(sorted(path.name for path in request.mesh.parent.iterdir()))
        return pictures

    source = tmp_path / "in"
    source.mkdir()
    (source / "cube.obj").write_text("mtllib cube.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (source / "cube.mtl").write_text("newmtl a\nmap_Kd -s 1 1 1 skin.png\nbump missing.png\n")
    images.save(np.zeros((4, 4, 3), np.uint8), source / "skin.png")
    (source / "evil.obj").write_text("mtllib ../../etc/passwd\nv 0 0 0\n")
    mesh = {"title": "T", "category": "home/thing"}
    rows = [
        {**mesh, "sku": "a", "media": [{"role": "mesh", "uri": "cube.obj"}]},
        {**mesh, "sku": "b", "media": [{"role": "mesh", "uri": "evil.obj"}]},
    ]
    with Studio.create(tmp_path / "ws", host=fake_host(generator(look, modes=("mesh",)))) as studio:
        summary = studio.add_products(rows, root=source)
        assert (summary.added, len(summary.rejected)) == (1, 1)
        assert "outside" in summary.rejected[0].reason
        again = studio.add_products(rows[:1], root=source)
        assert again.unchanged == 1
        for file in source.iterdir():
            file.unlink()
        studio.generate("a", views="hero", size=32, generator="mine/gen")
        archive = studio.store.assets.get(studio.product("a").media[0].uri.removeprefix("asset:"))
        assert zipfile.is_zipfile(io.BytesIO(archive))
    assert seen == [["cube.mtl", "mesh.obj", "skin.png"]]


# Identity


def test_the_recorded_seed_makes_the_picture_again(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        for seed in ("random", None, 7):
            first = studio.generate(MUG, views="hero", size=32, seed=seed).pictures[0]
            again = studio.generate(MUG, views="hero", size=32, seed=first.seed).pictures[0]
            assert again.reused
            assert again.id == first.id
        assert first.variant.seed == 7


def test_another_configuration_of_the_plugin_is_other_work(tmp_path):
    from pydantic import BaseModel

    class Level(BaseModel):
        level: int = 0

    def paint(pictures, batch, ctx):
        return pictures

    seen = []
    for level in (10, 240, 10):
        mine = generator(paint)
        mine.config_model = hookimpl(lambda: Level)
        config = Config.model_validate({"plugins": {mine.__name__: {"level": level}}})
        with Studio.create(tmp_path, config=config, host=fake_host(mine, config=config)) as studio:
            picture = studio.generate(MUG, views="hero", size=32, generator="mine/gen").pictures[0]
            seen.append((picture.id, picture.reused))
    assert seen[0][0] == seen[2][0] != seen[1][0]
    assert [reused for _, reused in seen] == [False, False, True]


def test_a_picture_whose_file_is_lost_is_made_again_and_healed(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([MUG.model_copy(update={"stock": 5})])
        variant = studio.generate("mug", views="hero", size=32).variants[0]
        studio.store.assets.delete(variant.image.digest)
        assert studio.recommend("ann") == []
        again = studio.generate("mug", views="hero", size=32).pictures[0]
        assert (again.id, again.reused) == (variant.id, False)
        assert studio.image(variant).shape == (32, 32, 3)


def test_a_new_picture_takes_the_place_of_one_that_shows_the_product_as_it_was(tmp_path):
    red = Product(sku="mug", title="Red mug", category="home/mug")
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([red])
        old = studio.generate("mug", views="front,back", size=32).variants
        studio.add_products([red.model_copy(update={"title": "Blue mug"})])
        new = studio.generate("mug", views="front", size=32).variants[0]
        approved = {variant.id for variant in studio.variants(review="approved")}
        assert approved == {new.id, old[1].id}
        assert studio.generate("mug", views="front", size=32).variants[0].review == "approved"


# Failures


def numpy_facts(pictures, batch, ctx):
    for row, request in zip(pictures, batch, strict=True):
        for picture in row:
            picture.facts["value"] = np.float32(1) if request.product.sku == "p-1" else 1.0
    return pictures


@pytest.mark.parametrize("kind", ["facts", "describer", "hook", "exit"])
def test_one_bad_product_never_stops_a_run(tmp_path, kind):
    from prodgen_sdk.testing.fakes.words import TitleDescriber

    class Describes(TitleDescriber):
        def describe(self, items, views, locale, ctx):
            return None if items[0].sku == "p-1" else super().describe(items, views, locale, ctx)

    class Hook:
        @hookimpl
        def before_generation(self, request):
            return {"sku": 1} if request.product.sku == "p-1" else None

    def leaves(pictures, batch, ctx):
        if any(request.product.sku == "p-1" for request in batch):
            raise SystemExit(0)
        return pictures

    plugins = {
        "facts": [generator(numpy_facts)],
        "describer": [generator(), plugin_of(DescriberSpec(id="mine/describes", summary="x"), Describes)],
        "hook": [generator(), Hook()],
        "exit": [generator(leaves)],
    }[kind]
    config = Config.model_validate(
        {"defaults": {"describer": "mine/describes" if kind == "describer" else "fake/title"}}
    )
    with Studio.create(tmp_path, config=config, host=fake_host(*plugins, config=config)) as studio:
        made = studio.generate(products(3), views="hero", size=32, generator="mine/gen")
        assert [picture.sku for picture in made.pictures] == ["p-0", "p-2"]
        assert isinstance(made.errors["p-1"], PluginError)
        with pytest.raises(PluginError):
            studio.generate("p-1", views="hero", size=32, generator="mine/gen")


@pytest.mark.parametrize("how", ["cancelled", "timeout", "closed"])
def test_cancellation_and_time_budget_reach_the_generator(how):
    stopped = []

    def slow(pictures, batch, ctx):
        for _ in range(500):
            time.sleep(0.01)
            try:
                ctx.check()
            except (Cancelled, DeadlineExceeded) as error:
                stopped.append(type(error).__name__)
                raise
        return pictures

    started = time.monotonic()
    studio = Studio(host=fake_host(generator(slow)))
    if how == "closed":
        threading.Timer(0.2, studio.close).start()
    options = {
        "cancelled": {"cancelled": lambda: time.monotonic() > started + 0.2},
        "timeout": {"timeout": 0.2},
        "closed": {},
    }[how]
    with pytest.raises((Cancelled, DeadlineExceeded)):
        studio.generate(MUG, views="hero", size=32, generator="mine/gen", **options)
    assert time.monotonic() - started < 4.5
    while not stopped and time.monotonic() - started < 4.5:  # nobody waits for the generator, but it is told as well
        time.sleep(0.01)
    assert len(stopped) == 1
    studio.close()


def test_a_slow_generator_does_not_hold_up_another():
    def slow(pictures, batch, ctx):
        time.sleep(3.0)
        return pictures

    with Studio(host=fake_host(generator(slow))) as studio:
        thread = threading.Thread(
            target=studio.generate, args=(MUG,), kwargs={"views": "hero", "size": 32, "generator": "mine/gen"}
        )
        thread.start()
        time.sleep(0.1)
        started = time.monotonic()
        studio.generate(products(1)[0], views="hero", size=32, generator="fake/solid")
        assert time.monotonic() - started < 2.0
        thread.join()


@pytest.mark.parametrize("seed", ["abc", -1, 2**63, 1.5, True])
def test_a_bad_seed_is_an_input_error(seed):
    with Studio(host=fake_host()) as studio, pytest.raises(InputError, match="seed"):
        studio.generate(MUG, views="hero", size=32, seed=seed)


# Serving


def stocked(folder):
    studio = Studio.create(folder, host=fake_host())
    studio.add_products(products(3))
    studio.generate([f"p-{n}" for n in range(3)], views="hero", size=32)
    studio.sync()
    return studio


def test_a_server_sees_what_another_process_changed(tmp_path, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.serving.refresh.SECONDS_BETWEEN_REFRESHES", 0.0)
    with stocked(tmp_path) as server, Studio.open(tmp_path, host=fake_host()) as other:
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
    with stocked(tmp_path) as studio:
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


def test_ordinary_slips_of_a_caller_are_input_errors(tmp_path):
    with stocked(tmp_path) as studio:
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
    with stocked(tmp_path) as studio:
        studio.recommend("ann", at=datetime(2026, 1, 1))
        studio.learn()
        studio.recommender.learn()
        monkeypatch.setattr(type(studio.store), "forget_many", lambda self, users: (_ for _ in ()).throw(OSError("pulled")))
        with pytest.raises(OSError, match="pulled"):
            studio.forget("ann")
        monkeypatch.undo()
        assert studio.forget("ann").complete
        with pytest.raises(NotFound):
            studio.forget("ann")


# Lifecycle


def test_a_host_serves_one_workspace_and_is_closed_by_whoever_made_it(tmp_path):
    closed = []

    class Closing(SolidGenerator):
        def close(self):
            closed.append(1)

    host = fake_host(plugin_of(GeneratorSpec(id="mine/gen", summary="x", modes=("text",), min_size=32), Closing))
    with Studio.create(tmp_path / "a", host=host) as studio:
        studio.generate(MUG, views="hero", size=32, generator="mine/gen")
        with pytest.raises(ConfigError, match="another workspace"):
            Studio.create(tmp_path / "b", host=host)
    assert closed == []
    host.close()
    assert closed == [1]


def test_a_closed_studio_refuses_work_and_can_be_closed_again(tmp_path):
    studio = Studio.create(tmp_path, host=fake_host())
    studio.close()
    studio.close()
    with pytest.raises(InputError, match="closed"):
        studio.generate(MUG, views="hero", size=32)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_batcher_works_on_in_a_forked_process():
    with Batcher(lambda batch: [item * 2 for item in batch]) as batcher:
        assert result(batcher.submit(1)) == 2
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if batcher.submit(21).result(timeout=5) == 42 else 1)
            except BaseException:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert result(batcher.submit(2)) == 4
