"""Screening: what is refused, what waits for a person."""

import pytest

from prodgen_sdk import (
    Config,
    InputError,
    Product,
    Refused,
    Studio,
)
from prodgen_sdk.testing.fakes import fake_host


def test_blocked_words_are_refused_before_anything_is_generated(studio, mugs):
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


def test_no_safety_checker_at_all_means_review(tmp_path, mugs):
    config = Config.model_validate({"defaults": {"safety_checkers": []}})
    with Studio.create(tmp_path, config=config, host=fake_host(config=config)) as studio:
        studio.add_products(mugs(1))
        assert studio.generate("mug-0", views="hero", size=32).pictures[0].review == "in_review"


def test_auto_approve_off_makes_everything_wait(tmp_path, mugs):
    config = Config.model_validate({"review": {"auto_approve": False}})
    with Studio.create(tmp_path, config=config, host=fake_host(config=config)) as studio:
        studio.add_products(mugs(1))
        assert studio.generate("mug-0", views="hero", size=32).pictures[0].review == "in_review"
