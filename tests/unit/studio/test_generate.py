"""From products to published images."""

import json
import threading
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    Config,
    ConfigError,
    InputError,
    Media,
    NotFound,
    PluginError,
    Studio,
    View,
    images,
)
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.metadata import read_metadata
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator


def test_pictures_are_published_with_what_is_needed_to_make_them_again(studio, mugs):
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


@pytest.mark.parametrize("views", ["front,right", ["front", "right"], [View(), "right", "front"], ["front,right"]])
def test_views_are_named_in_one_text_or_a_list(studio, mugs, views):
    studio.add_products(mugs(1))
    made = studio.generate("mug-0", views=views, size=32)
    assert sorted(picture.view.name for picture in made.pictures) == ["front", "right"]


@pytest.mark.parametrize("products", [None, 5, {"sku": "mug-0"}, ["mug-0", {"sku": "mug-1"}]])
def test_what_is_no_product_is_told(studio, mugs, products):
    studio.add_products(mugs(1))
    for call in (studio.generate, studio.publish_photos):
        with pytest.raises(InputError, match=r"A product is a sku or a Product, not (NoneType|int|dict)"):
            call(products, size=32)
    with pytest.raises(InputError, match="A view is a name or a View, not 5"):
        studio.generate("mug-0", views=5, size=32)


def test_the_same_work_is_found_and_only_new_views_are_made(studio, mugs):
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
def test_other_work_is_other_variants(studio, other, mugs):
    studio.add_products(mugs(1))
    one = studio.generate("mug-0", views="hero", size=32)
    two = studio.generate("mug-0", views="hero", **{"size": 32, **other})
    assert one.variants[0].id != two.variants[0].id


def test_a_price_change_does_not_make_pictures_again_but_a_title_change_does(studio, mugs):
    product = mugs(1)[0]
    studio.add_products([product])
    studio.generate("mug-0", views="hero", size=32)
    studio.add_products([product.model_copy(update={"price": Decimal(99), "stock": 3})])
    assert studio.generate("mug-0", views="hero", size=32).pictures[0].reused
    studio.add_products([product.model_copy(update={"title": "Teapot"})])
    assert not studio.generate("mug-0", views="hero", size=32).pictures[0].reused


def test_pictures_are_saved_by_sku_and_view(studio, mugs, tmp_path):
    made = studio.generate(mugs(2), views="front,45:20:1", size=32, replicates=2)
    paths = made.save(tmp_path / "out")
    names = ("front.png", "az45_el20_d1.png", "front_r1.png", "az45_el20_d1_r1.png")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in paths] == [
        f"mug-{n}/{name}" for n in range(2) for name in names
    ]
    for picture, path in zip(made.pictures, paths, strict=True):
        assert np.array_equal(images.load(path), picture.image)
        assert read_metadata(path.read_bytes()).digital_source == picture.metadata.digital_source


def test_replicates_and_random_seeds_differ(studio, mugs):
    studio.add_products(mugs(1))
    made = studio.generate("mug-0", views="hero", size=32, replicates=3)
    assert len({picture.id for picture in made.pictures}) == 3
    assert len({picture.image.tobytes() for picture in made.pictures}) == 3
    random = [studio.generate("mug-0", views="hero", size=32, seed="random").pictures[0] for _ in range(2)]
    assert random[0].seed != random[1].seed


def test_pixels_do_not_depend_on_who_shares_the_batch(mugs):
    with Studio(host=fake_host()) as studio:
        alone = studio.generate(mugs(5)[3], views="orbit4", size=32, seed=1).pictures
        together = studio.generate(mugs(5), views="orbit4", size=32, seed=1).pictures[12:16]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(alone, together, strict=True))


def test_without_a_workspace_nothing_is_kept(tmp_path, monkeypatch, mugs):
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


def test_a_product_that_fails_does_not_hold_up_the_others(tmp_path, mugs):
    with Studio.create(tmp_path, host=fake_host(failing("mug-2"))) as studio:
        studio.add_products(mugs(5))
        made = studio.generate([f"mug-{n}" for n in range(5)], views="hero", size=32, generator="mine/failing")
        assert [picture.sku for picture in made.pictures] == ["mug-0", "mug-1", "mug-3", "mug-4"]
        assert "boom" in made.failed["mug-2"]
        with pytest.raises(PluginError, match="boom"):
            studio.generate("mug-2", views="hero", size=32, generator="mine/failing")


def test_hooks_see_and_change_generation(tmp_path, mugs):
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


def test_a_run_can_be_cancelled_between_products_and_resumed(studio, mugs):
    studio.add_products(mugs(40))
    skus = [f"mug-{n}" for n in range(40)]
    with pytest.raises(Cancelled):
        studio.generate(skus, views="hero", size=32, cancelled=lambda: studio.store.variants.count() >= 3)
    kept = studio.store.variants.count()
    assert 3 <= kept < 40
    made = studio.generate(skus, views="hero", size=32)
    assert sum(picture.reused for picture in made.pictures) == kept
    assert studio.store.variants.count() == 40


def test_progress_counts_up(studio, mugs):
    studio.add_products(mugs(3))
    told = []
    studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32, progress=lambda d, t, w: told.append((d, t)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_requests_of_many_threads_are_batched_and_each_gets_its_own(tmp_path, mugs):
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


def test_unknown_sku_and_generator(studio, mugs):
    studio.add_products(mugs(1))
    with pytest.raises(NotFound, match="mug-0"):
        studio.generate("mug-00")
    with pytest.raises(NotFound, match="fake/solid"):
        studio.generate("mug-0", generator="fake/solud")


@pytest.mark.parametrize("wrong", [{"profile": "sqare"}, {"profile": "\ud800"}, {"generator": "fake/solit"}])
def test_what_is_wrong_for_every_product_is_told_before_any_is_made(mugs, wrong):
    made = []

    class Counting(SolidGenerator):
        def generate(self, batch, ctx):
            made.extend(batch)
            return super().generate(batch, ctx)

    spec = GeneratorSpec(id="mine/counting", summary="x", modes=("text",), min_size=32)
    options = {"generator": "mine/counting", "views": "hero", "size": 32, **wrong}
    with Studio(host=fake_host(plugin_of(spec, Counting))) as studio, pytest.raises(NotFound):
        studio.generate(mugs(2), **options)
    assert made == []


def test_the_generator_gets_photos_only_if_it_uses_them(tmp_path, mugs):
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
        away = product.model_copy(update={"media": (Media(role="front", uri="https://shop.example/front.png"),)})
        with pytest.raises(InputError, match=r"front\.png is no path\. Save the file"):
            studio.generate(away, views="hero", size=32, generator="mine/looking", root=tmp_path)
    assert seen == [["front"]]


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


def test_arguments_that_do_not_exist_are_told_by_the_name_of_the_method_that_was_called(studio, mugs):
    with pytest.raises(TypeError, match=r"Studio\.generate\(\) got an .* argument 'veiws'\. Did you mean 'views'\?"):
        studio.generate(mugs(1), veiws="front")
    with pytest.raises(TypeError, match=r"Studio\.estimate\(\) missing a required argument: 'products'"):
        studio.estimate(size=32)
    with pytest.raises(TypeError, match=r"Studio\.recommend\(\) .*'filters'\. Did you mean 'filter'\?"):
        studio.recommend("ann", filters=None)
