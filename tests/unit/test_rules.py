"""Business rules keep what they promise, or say that they could not."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.config import Config, validate
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.pipeline.rules import arrange, forbidden, wanted
from prodgen_sdk.studio import Studio
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.testing.fakes.shop import UniformPolicy
from prodgen_sdk.types import Candidate, CandidateVariant, Filter, Interest, Product, Ranked, UserProfile
from prodgen_sdk.types.rules import Block, Boost, Bought, Cap, Match, Promote, Rules, Share

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CATEGORIES = ("home/mug", "home/lamp", "apparel/shirt")
PRODUCTS = {
    f"p{i}": Product(
        sku=f"p{i}",
        title=f"P{i}",
        category=CATEGORIES[i % 3],
        tags=("new",) if i % 4 == 0 else (),
        price=Decimal(i),
        stock=i % 5 or None,
    )
    for i in range(12)
}
ANN = UserProfile(user="ann")


def ranked(*numbers: int) -> list[Ranked]:
    """Products in this order, with falling scores."""
    return [
        Ranked(
            candidate=Candidate(sku=f"p{i}", variants=(CandidateVariant(id=f"v{i}", score=0.1),)),
            score=1 - place / 4,
            contributions={"similarity": 1 - place / 4},
            reasons=("why",),
        )
        for place, i in enumerate(numbers)
    ]


def shown(rules: Rules, *numbers: int, k: int = 4, user: UserProfile = ANN, **options):
    return arrange(rules, ranked(*numbers), PRODUCTS, user, k=k, at=NOW, **options)


def skus(slate) -> list[int]:
    return [int(item.candidate.sku[1:]) for item in slate.ranked]


def test_without_rules_nothing_changes():
    order = ranked(3, 1, 2, 0)
    slate = arrange(Rules(), order, PRODUCTS, ANN, k=3, at=NOW)
    assert slate.ranked == order[:3]
    assert all(a is b for a, b in zip(slate.ranked, order, strict=False))
    assert slate.notes == ()
    assert shown(Rules()).ranked == []


def test_what_is_blocked_is_gone():
    rules = Rules(
        block=(
            Block(name="no-shirts", where=Match(categories=("apparel",))),
            Block(name="dear", where=Match(price_min=9)),
            Block(name="one", where=Match(skus=("p4",)), users=("ann",)),
        )
    )
    assert skus(shown(rules.now("ann", NOW), *range(12), k=12)) == [0, 1, 3, 6, 7]
    assert skus(shown(rules.now("bob", NOW), *range(12), k=12)) == [0, 1, 3, 4, 6, 7]
    everything = Rules(block=(Block(name="mallory", users=("mallory",)),))
    assert skus(shown(everything.now("mallory", NOW), 1, 2)) == []
    assert skus(shown(everything.now("ann", NOW), 1, 2)) == [1, 2]


def test_what_was_bought_lately_is_held_back_or_its_whole_category():
    def bought(sku: str, days: float) -> Interest:
        at = NOW - timedelta(days=days)
        return Interest(sku=sku, weight=1, last_type="view", last_at=NOW, bought_at=at, category=PRODUCTS[sku].category)

    user = UserProfile(user="ann", interests=(bought("p0", 5), bought("p1", 40)))
    same = Rules(bought=(Bought(name="again", days=30),))
    assert forbidden(same, user, NOW, PRODUCTS) == {"p0"}
    kind = Rules(bought=(Bought(name="kind", days=60, same="category", where=Match(categories=("home/mug",))),))
    assert forbidden(kind, user, NOW, PRODUCTS) == {"p0", "p3", "p6", "p9"}
    assert skus(shown(same, 0, 1, 2, user=user)) == [1, 2]


def test_a_boost_states_its_share_and_reorders():
    rules = Rules(
        boost=(
            Boost(name="new", where=Match(tags=("new",)), add=0.6),
            Boost(name="scarce", where=Match(stock_max=2), factor=0.5),
        )
    )
    slate = shown(rules, 1, 2, 3, 4)
    assert skus(slate) == [4, 1, 3, 2]
    assert {item.candidate.sku: dict(item.contributions) for item in slate.ranked} == {
        "p4": {"similarity": 0.25, "rule:new": 0.6},
        "p3": {"similarity": 0.5},
        "p1": {"similarity": 1.0, "rule:scarce": -0.5},
        "p2": {"similarity": 0.75, "rule:scarce": -0.375},
    }
    assert Boost(name="x", factor=1.5).change(-2) == 1


def test_a_cap_defers_and_gives_way_when_nothing_else_is_left():
    rules = Rules(cap=(Cap(name="mix", at_most=1),))
    assert skus(shown(rules, 0, 3, 6, 1, 4, 2, k=3)) == [0, 1, 2]
    short = shown(rules, 0, 3, 1, k=3)
    assert skus(short) == [0, 1, 3]
    assert short.notes == ("mix: nothing else was left",)
    domain = Rules(cap=(Cap(name="mix", at_most=2, per="domain", first=3),))
    assert skus(shown(domain, 0, 1, 3, 4, 2, k=5)) == [0, 1, 2, 3, 4]
    new = Rules(cap=(Cap(name="few-new", at_most=1, per="all", where=Match(tags=("new",))),))
    assert skus(shown(new, 0, 4, 8, 1, 2, k=3)) == [0, 1, 2]


def test_a_share_is_kept_where_every_product_breaks_a_cap():
    rules = Rules(
        cap=(Cap(name="none", at_most=0),),
        share=(Share(name="shirts", at_least=1.0, first=1, where=Match(categories=("apparel",))),),
    )
    slate = shown(rules, *range(12), k=1)
    assert PRODUCTS[slate.ranked[0].candidate.sku].category.startswith("apparel")
    assert slate.notes == ("none: nothing else was left",)


def test_a_share_is_kept_at_the_last_moment_and_said_where_it_cannot_be():
    rules = Rules(share=(Share(name="shirts", at_least=0.5, where=Match(categories=("apparel",))),))
    slate = shown(rules, 0, 1, 3, 2, 4, 5)
    assert skus(slate) == [0, 1, 2, 5]
    assert slate.ranked[3].contributions == {"similarity": -0.25, "rule:shirts": 0.0}
    few = shown(rules, 0, 1, 3, 2, 4)
    assert skus(few) == [0, 1, 2, 3]
    assert few.notes == ("shirts: there are not enough such products",)


def test_a_promotion_takes_its_place_with_a_label():
    rules = Rules(promote=(Promote(name="spring", position=2, places=2, where=Match(tags=("new",))),))
    slate = shown(rules, 1, 2, 3, 4, 0)
    assert skus(slate) == [1, 4, 0, 2]
    assert slate.ranked[1].reasons == ("promoted", "why")
    assert slate.ranked[1].contributions == {"similarity": 0.25, "rule:spring": 0.0}
    assert shown(rules, 1, 4, locale="zh").ranked[1].reasons[0] == "推广"
    own = Rules(promote=(Promote(name="x", position=1, label="Ad"),))
    assert shown(own, 1).ranked[0].reasons == ("Ad", "why")
    none = shown(rules, 1, 2, 3)
    assert skus(none) == [1, 2, 3]
    assert none.notes == ("spring: there is nothing left to promote",)
    assert wanted(rules, Filter(categories=("home",))) == [Filter(categories=("home",), tags=("new",))]


def test_rules_hold_from_start_to_end():
    rule = Block(name="week", where=Match(tags=("new",)), starts=NOW, ends=NOW + timedelta(days=7))
    held = [rule.holds_for("ann", NOW + timedelta(days=d)) for d in (-0.001, 0, 6.999, 7)]
    assert held == [False, True, True, False]
    assert Rules(block=(rule,)).now("ann", NOW + timedelta(days=8)) == Rules()


matches = st.builds(
    Match,
    categories=st.sampled_from([(), ("home",), ("home/mug",), ("apparel",)]),
    tags=st.sampled_from([(), ("new",)]),
    price_max=st.none() | st.integers(0, 12).map(Decimal),
)
rule_sets = st.builds(
    Rules,
    block=st.lists(
        st.builds(Block, name=st.just("block"), where=matches.filter(lambda m: not m.is_empty)), max_size=1
    ).map(tuple),
    boost=st.lists(
        st.builds(Boost, name=st.just("boost"), where=matches, add=st.floats(0.1, 1), factor=st.floats(0, 2)),
        max_size=1,
    ).map(tuple),
    cap=st.lists(
        st.builds(
            Cap,
            name=st.just("cap"),
            where=matches,
            per=st.sampled_from(["category", "domain", "all"]),
            at_most=st.integers(0, 3),
            first=st.integers(1, 8),
        ),
        max_size=1,
    ).map(tuple),
    share=st.lists(
        st.builds(Share, name=st.just("share"), where=matches, at_least=st.floats(0.01, 1), first=st.integers(1, 8)),
        max_size=1,
    ).map(tuple),
    promote=st.lists(
        st.builds(Promote, name=st.just("promo"), where=matches, position=st.integers(1, 5), places=st.integers(1, 3)),
        max_size=1,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(rule_sets, st.permutations(range(12)), st.integers(1, 12))
def test_each_rule_is_kept_or_its_name_stands_in_the_notes(rules, numbers, k):
    slate = shown(rules, *numbers, k=k)
    found = [PRODUCTS[item.candidate.sku] for item in slate.ranked]
    broken = {note.split(":")[0] for note in slate.notes}
    free = [p for p in PRODUCTS.values() if not any(rule.where.holds(p) for rule in rules.block)]
    assert len(found) == len({p.sku for p in found}) == min(k, len(free))
    assert {p.sku for p in found} <= {p.sku for p in free}
    for item in slate.ranked:
        assert item.score == pytest.approx(sum(item.contributions.values()))
    promoted = {item.candidate.sku for item in slate.ranked if "rule:promo" in item.contributions}
    for cap in rules.cap:
        counts = Counter(cap.group(p) for p in found[: cap.first] if cap.where.holds(p) and p.sku not in promoted)
        assert "cap" in broken or max(counts.values(), default=0) <= cap.at_most
    for share in rules.share:
        window = found[: min(share.first, len(found))]
        owed = math.ceil(share.at_least * len(window) - 1e-9)
        # Promoted places come first: where they take too many, the share cannot be kept, and says so.
        assert "share" in broken or promoted or sum(share.where.holds(p) for p in window) >= owed
    for promo in rules.promote:
        places = found[promo.position - 1 : promo.position - 1 + promo.places]
        assert "promo" in broken or all(promo.where.holds(p) for p in places)
    assert skus(shown(rules, *numbers, k=k)) == [int(p.sku[1:]) for p in found]
    if not rules.all():
        assert [int(p.sku[1:]) for p in found] == list(numbers)[:k]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"cap": [{"name": "x"}]}, "at_most"),
        ({"cap": [{"name": "a b", "at_most": 1}]}, "name"),
        ({"block": [{"name": "all"}]}, "everything for everybody"),
        ({"boost": [{"name": "x"}]}, "changes nothing"),
        ({"promote": [{"name": "x", "position": 0}]}, "position"),
        ({"promote": [{"name": "x", "position": 1}], "cap": [{"name": "x", "at_most": 1}]}, "'x'"),
        (
            {"bought": [{"name": "x", "days": 1, "starts": "2026-02-01T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}]},
            "ends",
        ),
        ({"share": [{"name": "x", "at_least": 1.5}]}, "at_least"),
        ({"block": [{"name": "x", "where": {"price_min": 5, "price_max": 1}}]}, "no product is between them"),
        ({"block": [{"name": "x", "where": {"stock_min": 5, "stock_max": 4}}]}, "stock_min is 5 and stock_max 4"),
        ({"capp": []}, "capp"),
    ],
)
def test_a_bad_rule_in_the_configuration_is_named(table, message):
    with pytest.raises(ConfigError, match=r"recommend\.rules.*" + message):
        validate(Config, {"recommend": {"rules": table}}, where="prodgen.toml")


# In a workspace


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with Studio.create(tmp_path_factory.mktemp("shop"), host=fake_host()) as studio:
        studio.add_products(product.model_copy(update={"stock": None}) for product in PRODUCTS.values())
        studio.generate(list(PRODUCTS), views="hero", size=32)
        yield studio


def answer(studio, rules=None, k=4, **options):
    return [int(r.sku[1:]) for r in studio.recommend("ann", k, rules=rules, log=False, **options)]


def test_what_a_rule_forbids_is_never_explored(studio, monkeypatch):
    asked: set[str] = set()
    choose = UniformPolicy.choose

    def watched(self, user, candidates, context, ctx):
        asked.update(candidate.sku for candidate in candidates)
        return choose(self, user, candidates, context, ctx)

    monkeypatch.setattr(UniformPolicy, "choose", watched)
    rules = Rules(block=(Block(name="no-home", where=Match(categories=("home",))),))
    assert set(answer(studio, rules, k=12)) == {2, 5, 8, 11}
    assert asked == {"p2", "p5", "p8", "p11"}


def test_the_trace_says_which_rule_was_not_kept(studio):
    traces = []
    rules = Rules(share=(Share(name="gold", at_least=0.5, where=Match(tags=("gold",))),))
    studio.recommend("ann", 4, rules=rules, log=False, trace=traces.append)
    assert "gold: there are not enough such products" in traces[0].notes


def test_a_promoted_product_is_fetched_although_nothing_else_found_it(studio, monkeypatch):
    monkeypatch.setattr(studio.recommender, "_config", studio.config.recommend.model_copy(update={"candidates": 1}))
    first = answer(studio, k=1)
    other = next(i for i in range(12) if i not in answer(studio, k=2))
    rules = Rules(promote=(Promote(name="ad", position=1, where=Match(skus=(f"p{other}",))),))
    assert answer(studio, rules, k=1) == [other]
    assert first != [other]
    eligible = Filter(exclude_skus=(f"p{other}",))
    assert answer(studio, rules, k=1, filter=eligible) == first
    kind = PRODUCTS[f"p{other}"].category
    elsewhere = next(category for category in CATEGORIES if category != kind)
    assert other not in answer(studio, rules, k=4, filter=Filter(categories=(elsewhere,)))


def test_a_product_that_went_out_of_stock_leaves_no_hole_in_what_rules_arrange(studio, monkeypatch):
    rules = Rules(
        cap=(Cap(name="mix", at_most=1, first=3),),
        promote=(Promote(name="ad", position=3, where=Match(tags=("new",))),),
    )
    before = answer(studio, rules)
    gone = {f"p{before[0]}", f"p{before[2]}"}
    check = type(studio.store.variants).servable
    monkeypatch.setattr(
        type(studio.store.variants),
        "servable",
        lambda self, ids: {id: found for id, found in check(self, ids).items() if found[0] not in gone},
    )
    # As in the moment between a change and its arrival in the index.
    monkeypatch.setattr("prodgen_sdk.serving.catalogue.Catalogue.changed_since", lambda self, mark: PRODUCTS)
    after = answer(studio, rules)
    assert len(after) == 4
    assert not gone & {f"p{i}" for i in after}
    assert "new" in PRODUCTS[f"p{after[2]}"].tags
    assert PRODUCTS[f"p{after[0]}"].category != PRODUCTS[f"p{after[1]}"].category


def test_rules_of_the_configuration_apply_unless_others_are_given(tmp_path):
    (tmp_path / "prodgen.toml").write_text(
        """
        [[recommend.rules.block]]
        name = "no-shirts"
        where = { categories = ["apparel"], price_min = 4.5 }

        [[recommend.rules.promote]]
        name = "last"
        position = 1
        where = { skus = ["p1"] }
        starts = 2026-01-01T00:00:00Z
        """
    )
    with Studio.open(tmp_path, host=fake_host()) as studio:
        studio.add_products(PRODUCTS[f"p{i}"].model_copy(update={"stock": None}) for i in range(6))
        studio.generate([f"p{i}" for i in range(6)], views="hero", size=32)
        found = answer(studio, k=6, at=NOW)
        assert found[0] == 1
        assert set(found) == {0, 1, 2, 3, 4}
        assert set(answer(studio, Rules(), k=6)) == set(range(6))
