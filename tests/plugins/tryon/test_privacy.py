"""A person's photo stays in memory, is gone with the session, and is kept and erased only as asked."""

import logging
from datetime import timedelta

import numpy as np
import pytest
from prodgen_tryon import plugin

from prodgen_sdk import Studio, images
from prodgen_sdk.config import Config, PluginsConfig
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types import Refusal, TryOn


@pytest.fixture
def studio(drawn, tmp_path):
    sections = PluginsConfig.model_validate({"tryon": {"body_parser": "body/drawn"}})
    config = Config(plugins=sections, defaults={"policy": "fake/uniform", "safety_checkers": ()})
    host = fake_host(drawn.Plugin(), config=config)
    host.register(plugin, "tryon")
    with Studio.create(tmp_path / "shop", config=config, host=host) as studio:
        yield studio


def garments_of(studio):
    """How many garments `tryon/warp` remembers."""
    component = studio.host.get("compositor", "tryon/warp")
    while not hasattr(component, "_pieces"):
        component = component.component
    return len(component._pieces._items)


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def remembered(studio):
    """How many people the compositors of this process remember."""
    total = 0
    for compositor in studio.host.built("compositor"):
        component = compositor
        while not hasattr(component, "_people"):
            component = component.component
        total += len(component._people._items)
    return total


def test_without_being_asked_nothing_is_written_logged_or_remembered(
    studio, drawn, tmp_path, caplog, capfd, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    before = files(tmp_path).keys()
    photo = drawn.person((240, 180))
    with studio.session(photo) as session:
        answer = session.try_on(drawn.top(), compositor="tryon/warp")
        assert isinstance(answer, TryOn), answer
        assert remembered(studio) == 1
    assert remembered(studio) == 0
    assert isinstance(studio.try_on(np.full_like(photo, 180), drawn.top(), compositor="tryon/warp"), Refusal)
    assert remembered(studio) == 0
    after = files(tmp_path)
    new = {path: data for path, data in after.items() if path not in before}
    assert all(path.suffix not in (".png", ".jpg", ".webp", ".npy") for path in new), sorted(new)
    secret = (images.encode(photo)[60:160], images.encode(answer.image)[60:160], photo.tobytes()[3000:3100])
    assert not [path for path, data in after.items() if any(piece in data for piece in secret)]
    printed = capfd.readouterr()
    said = " ".join(record.getMessage() for record in caplog.records) + printed.out + printed.err
    assert "array(" not in said
    assert "[[" not in said


def test_forget_erases_what_was_kept_of_one_person_and_of_nobody_else(studio, drawn, tmp_path):
    ann, bob = drawn.person((240, 180), seed=1), drawn.person((240, 180), seed=2)
    options = {"compositor": "tryon/warp", "retain": timedelta(days=2)}
    first = studio.try_on(ann, drawn.top(), user="ann", **options)
    more = studio.try_on_many(
        ann, [drawn.top(colour=(40, 60, 170)), drawn.top(colour=(30, 120, 60))], user="ann", **options
    )
    kept = studio.try_on(bob, drawn.top(), user="bob", **options)
    assert all(isinstance(answer, TryOn) for answer in (first, *more, kept))
    assert len(studio.store.tryons.of("ann")) == 3
    photo, pictures = images.encode(ann), [images.encode(answer.image) for answer in (first, *more)]

    def holding(piece):
        return [path for path, data in files(tmp_path).items() if piece in data]

    assert holding(photo[60:160])
    assert all(holding(picture[-160:-60]) for picture in pictures)
    erased = studio.forget("ann")
    assert erased.complete
    assert erased.erased["tryons"] == 3
    assert studio.store.tryons.of("ann") == ()
    assert not holding(photo[60:160])
    assert not any(holding(picture[-160:-60]) for picture in pictures)
    assert len(studio.store.tryons.of("bob")) == 1
    assert holding(images.encode(kept.image)[-160:-60])
    assert remembered(studio) == 0


def test_a_refused_photo_is_not_kept(studio, drawn):
    nobody = np.full((300, 200, 3), 180, np.uint8)
    answer = studio.try_on(nobody, drawn.top(), compositor="tryon/warp", user="ann", retain=timedelta(days=1))
    assert isinstance(answer, Refusal)
    assert studio.store.tryons.of("ann") == ()


def test_garments_that_people_bring_go_with_the_last_of_them_and_those_of_the_shop_stay(studio, drawn):
    ann, bob = (studio.session(drawn.person((240, 180), seed=seed)) for seed in (1, 2))
    own, shops = drawn.top(), drawn.top(colour=(40, 60, 170)).model_copy(update={"sku": "shirt-1"})
    for session, garment in ((ann, own), (bob, own), (ann, shops), (ann, drawn.top(colour=(30, 120, 60)))):
        assert isinstance(session.try_on(garment, compositor="tryon/warp"), TryOn)
    assert garments_of(studio) == 3
    ann.close()
    assert garments_of(studio) == 2
    bob.close()
    assert garments_of(studio) == 1
