"""What screening must hold whatever checkers, describers and generators do."""

from datetime import timedelta
from decimal import Decimal

import pytest

from prodgen_sdk import (
    Config,
    Product,
    Studio,
    TryOn,
)
from prodgen_sdk.specs import DescriberSpec, Needs
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.words import TitleDescriber
from prodgen_sdk.types import Verdict

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def test_a_checker_that_is_not_ready_means_review(tmp_path, checker):
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


def test_a_try_on_that_wants_a_look_says_so_and_is_not_kept(tmp_path, checker, dressed):
    def breaks(items):
        raise RuntimeError

    with Studio.create(tmp_path, host=fake_host(checker(breaks, checks=("image",)))) as studio:
        answer = studio.try_on(*dressed(), category="top", user="ann", retain=timedelta(days=1))
        assert isinstance(answer, TryOn)
        assert answer.screening.outcome == "review"
        assert studio.store.tryons.of("ann") == ()


def test_a_generators_warning_keeps_a_picture_from_being_approved_unseen(tmp_path, generator):
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
