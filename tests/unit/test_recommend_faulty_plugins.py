"""Plugins that break their contract: somebody else answers, the fault names the component, and nothing wrong is shown or logged."""

import hashlib
import math
import sys
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from prodgen_sdk import Config, Event, PluginError, Product, Studio
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.specs import ImageEncoderSpec, IndexSpec, PolicySpec, RankerSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import GridImageEncoder
from prodgen_sdk.testing.fakes.shop import BruteForceIndex, PopularRanker, UniformPolicy
from prodgen_sdk.types import Candidate, CandidateVariant, Choice, LazyRanked, Ranked

GHOST = (CandidateVariant(id="ghost", score=1.0),)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRODUCTS = [Product(sku=f"mug-{n}", title=f"mug {n}", category="home/mug", price=n) for n in range(6)]
SOUND = {
    "ranker": (RankerSpec, PopularRanker),
    "policy": (PolicySpec, UniformPolicy),
    "index": (IndexSpec, BruteForceIndex),
}


def boom(*args):
    raise RuntimeError("boom")


def ranked(**wrong):
    """A `rank` whose answers were made around the validation."""
    sound = {"score": 1.0, "contributions": {}, "reasons": ()}
    return lambda self, user, candidates, *rest: [
        Ranked.model_construct(**{"candidate": candidate, **sound, **wrong}) for candidate in candidates
    ]


def chosen(**wrong):
    """The same of a `choose`."""
    return lambda self, user, candidates, *rest: [
        Choice.model_construct(**{"variant": c.variants[0].id, "propensity": 1.0, "memo": "", **wrong})
        for c in candidates
    ]


def found(sku, score=1.0, variants=True):
    """A `search` that finds one product, whatever is asked."""
    variants = (CandidateVariant(id="ghost", score=score),) if variants else ()
    candidate = Candidate.model_construct(sku=sku, variants=variants, category="", title="", vector=None)
    return lambda self, queries, *rest: [[candidate] for _ in queries]


@pytest.fixture
def shop(tmp_path):
    """Opens a stocked shop in which a component of some kind has some methods replaced."""
    opened = []

    def open_shop(kind, fallback=True, **methods):
        spec, sound = SOUND[kind]
        config = Config.model_validate({"defaults": {kind: f"mine/{kind}"}, "recommend": {"fallback": fallback}})
        plugin = plugin_of(spec(id=f"mine/{kind}", summary="x"), type("Faulty", (sound,), methods))
        studio = Studio.create(tmp_path / "shop", config=config, host=fake_host(plugin, config=config))
        opened.append(studio)
        studio.add_products(PRODUCTS)
        studio.generate([p.sku for p in PRODUCTS], views="front,right", size=32)
        studio.record([Event(id=f"e{n}", user="ann", type="view", sku=f"mug-{n}", at=NOW) for n in range(3)])
        return studio

    yield open_shop
    for studio in opened:
        studio.close()


def explained_later(explain):
    return lambda self, user, candidates, context, ctx: LazyRanked.many((c, c.score, explain) for c in candidates)


FAULTS = [
    ("ranker", {"rank": lambda *args: None}),
    ("ranker", {"rank": lambda *args: [1, 2]}),
    ("ranker", {"rank": ranked(score="high")}),
    ("ranker", {"rank": ranked(score=math.nan)}),
    ("ranker", {"rank": ranked(reasons=None)}),
    ("ranker", {"rank": ranked(contributions=None)}),
    ("ranker", {"rank": explained_later(lambda: 1 / 0)}),
    ("ranker", {"rank": explained_later(lambda: (None, None))}),
    ("ranker", {"rank": explained_later(lambda: ({"similarity": "high"}, ["new"]))}),
    ("ranker", {"rank": lambda self, *args: list(PopularRanker.rank(self, *args))[1:]}),
    ("ranker", {"rank": lambda self, *args: list(PopularRanker.rank(self, *args)) * 2}),
    ("ranker", {"propose": lambda *args: None}),
    ("ranker", {"propose": lambda *args: [7]}),
    ("policy", {"version": property(boom)}),
    ("policy", {"version": property(lambda self: "v" * 1000)}),
    ("policy", {"version": property(lambda self: "a\0b")}),
    ("policy", {"choose": lambda *args: None}),
    ("policy", {"choose": chosen(propensity=7.0)}),
    ("policy", {"choose": chosen(propensity=math.nan)}),
    ("policy", {"choose": chosen(variant=["a"])}),
    ("policy", {"choose": chosen(memo="\0")}),
    ("policy", {"choose": chosen(memo="m" * 10**5)}),
    ("index", {"search": lambda *args: None}),
    ("index", {"search": lambda *args: ["abc"]}),
    ("index", {"search": found("not-ours")}),
    ("index", {"search": found("mug-1")}),
    ("index", {"search": found("mug-1", score=math.nan)}),
    ("index", {"search": found("mug-1", variants=False)}),
    ("index", {"vectors": lambda *args: None}),
    ("index", {"vectors": lambda self, ids, ctx: {id: np.full(8, np.nan, np.float32) for id in ids}}),
    ("index", {"vectors": lambda self, ids, ctx: {id: np.ones(1 + n, np.float32) for n, id in enumerate(ids)}}),
    ("index", {"sequence": property(boom)}),
    ("index", {"sequence": property(lambda self: None)}),
]


@pytest.mark.parametrize(("kind", "methods"), FAULTS, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(FAULTS)])
def test_somebody_else_answers_and_the_fault_names_the_component(shop, kind, methods):
    studio = shop(kind, **methods)
    traces = []
    answer = studio.recommend("ann", 4, at=NOW, trace=traces.append)
    assert len(answer) == 4
    assert traces[0].notes == (f"mine/{kind}: PluginError",)
    published = {variant.id for variant in studio.store.variants.iterate()}
    assert {item.variant for item in answer} <= published
    assert all(item.model_dump_json() for item in answer)
    logged = [event for event in studio.store.events.history("ann") if event.type == "impression"]
    assert [event.variant for event in logged] == [item.variant for item in answer]
    assert all(0 < event.propensity <= 1 for event in logged)


def test_without_fall_back_the_fault_is_told(shop):
    studio = shop("index", fallback=False, search=found("not-ours"))
    with pytest.raises(
        PluginError, match="mine/index broke its contract: it found not-ours, which is not in the catalogue"
    ):
        studio.recommend("ann", 4, at=NOW)


def test_a_ranker_that_hides_products_is_told_so(shop):
    studio = shop("ranker", fallback=False, rank=lambda self, *args: list(PopularRanker.rank(self, *args))[2:])
    with pytest.raises(
        PluginError, match="mine/ranker broke its contract: 2 of 6 candidates are missing: a ranker orders"
    ):
        studio.recommend("ann", 4, at=NOW)


@pytest.mark.parametrize(
    ("kind", "methods", "reason"),
    [
        (
            "ranker",
            {"rank": lambda self, user, candidates, *_: [c.sku for c in candidates]},
            "a str instead of a Ranked",
        ),
        (
            "policy",
            {"choose": lambda self, user, candidates, *_: ["a" for _ in candidates]},
            "a str instead of a Choice",
        ),
    ],
)
def test_answers_of_the_wrong_type_are_named(shop, kind, methods, reason):
    with pytest.raises(PluginError, match=f"mine/{kind} broke its contract: {reason}"):
        shop(kind, fallback=False, **methods).recommend("ann", 4, at=NOW)


def test_a_ranker_may_answer_with_an_iterator(shop):
    studio = shop("ranker", rank=lambda *args: iter(PopularRanker.rank(*args)))
    traces = []
    assert len(studio.recommend("ann", 4, at=NOW, trace=traces.append)) == 4
    assert traces[0].notes == ()


def test_a_ranker_explains_what_is_shown(shop):
    asked = []

    def rank(self, user, candidates, context, ctx):
        def explained(sku):
            asked.append(sku)
            return {"similarity": 1.0}, (f"it is {sku}",)

        return LazyRanked.many((c, 1.0, partial(explained, c.sku)) for c in sorted(candidates, key=lambda c: c.sku))

    studio = shop("ranker", rank=rank)
    answer = studio.recommend("ann", 2, at=NOW)
    assert [item.reasons for item in answer] == [(f"it is {item.sku}",) for item in answer]
    assert sorted(asked) == [item.sku for item in answer]
    assert type(studio.recommend("ann", 2, at=NOW)[0].contributions) is dict


def test_a_ranker_has_no_say_in_which_pictures_there_are(shop):
    copies = lambda self, user, candidates, *rest: [  # noqa: E731
        Ranked(candidate=Candidate(sku=candidate.sku, variants=GHOST), score=1.0) for candidate in candidates
    ]
    answer = shop("ranker", rank=copies).recommend("ann", 4, at=NOW)
    assert len(answer) == 4
    assert "ghost" not in {item.variant for item in answer}


def test_a_picture_that_cannot_be_read_is_left_out_and_the_others_are_served(shop):
    studio = shop("ranker")
    variant = next(studio.store.variants.iterate())
    broken = b"\x89PNG\r\n\x1a\nno image"
    image = variant.image.model_copy(update={"digest": hashlib.sha256(broken).hexdigest()})
    published = variant.model_copy(update={"id": "broken", "image": image})
    studio.store.variants.publish(published, broken)
    answer = studio.recommend("ann", 6, at=NOW)
    assert len(answer) == 6
    assert "broken" not in {item.variant for item in answer}


@pytest.mark.parametrize("length", [math.nan, 0.0])
def test_an_image_that_the_encoder_fails_on_is_left_out_and_the_others_are_indexed(tmp_path, caplog, length):
    chosen: list[np.ndarray] = []
    broken: list[bool] = []

    class Encoder(GridImageEncoder):
        def encode(self, images, ctx):
            vectors = np.array(super().encode(images, ctx))
            for row, image in enumerate(images):
                if broken or any(np.array_equal(image, other) for other in chosen):
                    vectors[row] *= length
            return vectors

    config = Config.model_validate({"defaults": {"image_encoder": "mine/grid"}})
    plugin = plugin_of(ImageEncoderSpec(id="mine/grid", summary="x", dimension=32), Encoder)
    with Studio.create(tmp_path / "shop", config=config, host=fake_host(plugin, config=config)) as studio:
        studio.add_products(PRODUCTS[:3])
        studio.generate(["mug-0", "mug-1"], views="front", size=32)
        chosen[:] = [studio.image(next(studio.variants("mug-1")))]
        assert [pick.sku for pick in studio.recommend("ann", 3)] == ["mug-0"]
        assert "1 of 2 images cannot be indexed" in caplog.text
        caplog.clear()
        # One that comes alone holds up nothing either.
        chosen.append(studio.image(studio.generate(["mug-2"], views="front", size=32).variants[0]))
        studio.add_products([PRODUCTS[0].model_copy(update={"title": "Another name"})])
        assert [pick.sku for pick in studio.recommend("ann", 3)] == ["mug-0"]
        assert "1 of 2 images cannot be indexed" in caplog.text
        broken.append(True)
        studio.generate(["mug-2"], views="back", size=32)
        assert [pick.sku for pick in studio.recommend("ann", 3)] == ["mug-0"]
        assert "sync failed and is tried again: mine/grid broke its contract" in caplog.text
        broken.clear()
        chosen.clear()
        studio.recommender.rebuild()
        assert {pick.sku for pick in studio.recommend("ann", 3)} == {"mug-0", "mug-1", "mug-2"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda candidates: [None], "products that were not candidates"),
        (lambda candidates: "mugs", "products that were not candidates"),
        (lambda candidates: [*candidates, candidates[0]], "repeated some"),
        (lambda candidates: [Candidate(sku="x", variants=candidates[0].variants)], "products that were not candidates"),
        (lambda candidates: [candidates[0].model_copy(update={"variants": GHOST})], "variants of mug-"),
        (lambda candidates: sys.exit(1), "failed: SystemExit"),
    ],
)
def test_a_hook_may_only_take_away(shop, wrong, words):
    class Hook:
        @hookimpl
        def filter_candidates(self, candidates):
            return wrong(candidates)

    studio = shop("ranker")
    studio.host.register(Hook(), "hook")
    with pytest.raises(PluginError, match=rf"hook\.filter_candidates .*{words}"):
        studio.recommend("ann", 4, at=NOW)


def test_a_hook_may_take_variants_away(shop):
    class Hook:
        @hookimpl
        def filter_candidates(self, candidates):
            return [c.model_copy(update={"variants": c.variants[:1]}) for c in candidates[:2]]

    studio = shop("ranker")
    studio.host.register(Hook(), "hook")
    assert {item.propensity for item in studio.recommend("ann", 4, at=NOW)} == {1.0}


def test_a_ranker_is_given_the_events_that_it_learns_from(shop):
    given = []
    studio = shop("ranker", learns_from=("purchase", "hide"), fit=lambda self, log, ctx: given.append(list(log)))
    kinds = ("purchase", "click", "hide", "purchase")
    studio.record([Event(id=f"f{n}", user="ann", type=kind, sku="mug-1", at=NOW) for n, kind in enumerate(kinds)])
    studio.learn(at=NOW)
    assert [event.id for event in given[-1]] == ["f0", "f2", "f3"]


def test_a_ranker_that_learns_from_unknown_events_is_told_so(shop):
    with pytest.raises(PluginError, match=r"mine/ranker broke its contract: it learns from \['applause'\]"):
        shop("ranker", learns_from=("purchase", "applause")).learn(at=NOW)


def test_a_policy_that_leaves_out_feedback_as_it_relearns_is_told_so(shop):
    studio = shop("policy", relearn=lambda self, parts, ctx: None)
    studio.recommend("bob", 2, at=NOW)
    with pytest.raises(PluginError, match="mine/policy broke its contract: it did not relearn from all"):
        studio.forget("ann")
    assert studio.recommender._learning.is_unfinished
