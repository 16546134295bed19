"""Photos and files of callers: nothing else is read, changed or kept."""

import io
import threading
import zipfile
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    InputError,
    Media,
    OutsideWorkspace,
    PluginError,
    Product,
    Studio,
    images,
    plugin,
)
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import PatchCompositor
from prodgen_sdk.testing.fakes.pictures import BrightnessEvaluator

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def test_a_compositor_cannot_touch_the_photo(tmp_path, dressed):
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


def test_nothing_of_a_photo_is_kept_after_a_single_try_on(dressed):
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


def test_a_compositor_that_cannot_release_does_not_keep_others_from_it(dressed):
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


def test_a_file_uri_of_an_api_user_reads_nothing(tmp_path, generator):
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


def test_photos_are_published_beside_each_other_and_come_out_in_order(tmp_path, monkeypatch):
    class Meets(BrightnessEvaluator):
        both = threading.Barrier(2)

        def evaluate(self, images, references, ctx):
            if not Meets.both.broken and not met:
                Meets.both.wait(10)
                met.append(1)
            return super().evaluate(images, references, ctx)

    met: list[int] = []
    monkeypatch.setattr("prodgen_sdk.production.cores", lambda: 2)
    monkeypatch.setattr("prodgen_sdk.testing.fakes.pictures.BrightnessEvaluator", Meets)
    for n in range(20):
        images.save(np.full((10, 10, 3), 10 * n, np.uint8), tmp_path / f"{n}.png")
    products = [
        MUG.model_copy(update={"sku": f"mug-{n:02}", "media": (Media(role="front", uri=f"{n}.png"),)})
        for n in range(20)
    ]
    told = []
    with Studio.create(tmp_path / "ws", host=fake_host(plugin)) as studio:
        studio.add_products(products, root=tmp_path)
        made = studio.publish_photos([p.sku for p in products], size=32, progress=lambda *done: told.append(done))
        assert [p.sku for p in made.pictures] == [p.sku for p in products]
        assert [int(p.image[0, 0, 0]) for p in made.pictures] == [10 * n for n in range(20)]
    assert told == [(8, 20, "products"), (16, 20, "products"), (20, 20, "products")]
    assert met


def test_an_obj_is_kept_with_its_materials_and_textures(tmp_path, generator):
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
