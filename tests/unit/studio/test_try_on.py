"""Dressing people, and what becomes of their photos."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest

from prodgen_sdk import (
    InputError,
    Media,
    Product,
    Refusal,
    Refused,
    Studio,
    TryOn,
    images,
)
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import PatchCompositor
from prodgen_sdk.types import Garment


def test_a_person_is_dressed_from_pixels_files_bytes_and_skus(studio, tmp_path, mugs, dressed):
    person, garment = dressed()
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
    with pytest.raises(InputError, match=r"There is no product 'x{97}\.\.\.'\."):  # base64, say
        studio.try_on(person, "x" * 5000, category="top")


def test_a_session_knows_what_is_said_of_the_person(dressed):
    seen = []

    class Watching(PatchCompositor):
        def compose(self, batch, ctx):
            seen.extend(request.person for request in batch)
            return super().compose(batch, ctx)

    plugin = plugin_of(CompositorSpec(id="mine/watching", summary="x", categories=("top",)), Watching)
    person, garment = dressed()
    options = {"height_cm": 183, "measurements_cm": {"chest": 101}}
    with Studio(host=fake_host(plugin)) as studio:
        studio.try_on(person, garment, category="top", compositor="mine/watching", **options)
        with studio.session(person, **options) as session:
            session.try_on(garment, category="top", compositor="mine/watching")
    assert [(photo.height_cm, photo.measurements_cm) for photo in seen] == [(183, {"chest": 101})] * 2


def test_try_on_many_dresses_each_look_separately(studio, dressed):
    person, garment = dressed()
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


def test_a_refused_look_does_not_stop_the_others(dressed):
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

    person, garment = dressed()
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


def test_what_a_call_leaves_behind_after_its_session_ended_is_dropped_too(dressed):
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
    person, garment = dressed()
    with Studio(host=fake_host(plugin_of(spec, Keeping))) as studio, ThreadPoolExecutor(1) as pool:
        session = studio.session(person)
        call = pool.submit(session.try_on, garment, category="top", compositor="mine/keeping")
        assert begun.wait(10)
        session.close()
        ended.set()
        assert call.exception() is None
        assert kept == set()


def test_a_session_drops_the_photo_when_it_ends(tmp_path, dressed):
    released = []

    class Keeping(PatchCompositor):
        def release(self, person):
            released.append(person.image.shape)

    spec = CompositorSpec(id="mine/keeping", summary="x", categories=("top",))
    person, garment = dressed()
    with Studio(host=fake_host(plugin_of(spec, Keeping))) as studio:
        with studio.session(person) as session:
            assert isinstance(session.try_on(garment, category="top", compositor="mine/keeping"), TryOn)
            assert released == []
        assert released == [person.shape]
        with pytest.raises(InputError, match="ended"):
            session.try_on(garment)


def test_a_screened_picture_becomes_a_refusal(studio, dressed):
    person, garment = dressed()
    garment[10:50, 10:50] = (255, 0, 255)
    answer = studio.try_on(person, garment, category="top")
    assert isinstance(answer, Refusal)
    assert answer.code == "screened"


def test_photos_are_kept_only_when_asked_and_forgotten(studio, dressed):
    person, garment = dressed()
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


def test_a_photo_never_shows_in_a_representation(dressed):
    from prodgen_sdk import PersonPhoto
    from prodgen_sdk.types import TryOnRequest

    person, garment = dressed()
    request = TryOnRequest(person=PersonPhoto(image=person), garments=({"front": garment},))
    assert "private" in repr(request)
    assert "[[" not in repr(request)[: repr(request).index("garments")]
