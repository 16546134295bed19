"""The section `[plugins.rank]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.paths import ConfigPath, ConfigPathOrName

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=100)]
Spread = Annotated[float, Field(gt=0, le=10)]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IndexConfig(_Options):
    """`index/faiss`.

    Args:
        factory: how the base is searched: "auto", "Flat" (all rows, exact), "SQ8" (8-bit codes, then exactly what they leave
            in question: exact), or the faiss factory string of an approximate first stage, such as "HNSW32" or
            "IVF256,PQ256x4fs" (a refinement at its end is taken as said: rows are always scored exactly).
        exact_below: rows below which "auto" is "Flat".
        recall: pairs of a number of products and the share of the best ones that an approximate search for so many shall
            find, for rising numbers; it is calibrated when a base is built. A search for more looks as much further.
        delta_limit: changed rows after which a new base is built; None takes 1/32 of the base, at least 2048, at most 8192.
    """

    factory: Annotated[str, Field(min_length=1, max_length=100)] = "auto"
    exact_below: Annotated[int, Field(ge=1)] = 8192
    recall: tuple[tuple[Annotated[int, Field(ge=1, le=1000)], Annotated[float, Field(gt=0.5, lt=1)]], ...] = (
        (10, 0.995),
        (32, 0.98),
        (100, 0.95),
    )
    delta_limit: Annotated[int, Field(ge=1)] | None = None


class RankerConfig(_Options):
    """`rank/hybrid`: the weight of each share of the score.

    Args:
        similarity: of the cosine between the product's best variant and the user's vector, the part of the current session apart.
        collaborative: of what a fitted model of preference says, 0 for an average product and 1 for the best.
        popularity: of the decayed popularity, 0 to 1.
        category: of the user's affinity to the product's category, 0 to 1.
        context: of a product in the category that the request names (`facts["category"]`); half of it in the same domain.
        seen: taken off a product that the user has seen.
        hidden: taken off a product that the user has hidden.
        bought: taken off a product that the user bought less than `hold_back_days` ago.
        hold_back_days: for how long what was bought is held back; 0 turns it off. What lies in a cart is not held back.
        diversity: taken off, times the cosine to the nearest product placed above; 0 turns it off.
        half_life_days: after which an event counts half for popularity.
        popularity_prior: weight of events (a view is 1, a purchase 5) at which a product's popularity counts half of what it
            would with plenty of them, so that a handful of events does not make a bestseller.
        like_product: cosine from which "because you bought ..." is said of a product of another category.
        like_search: cosine from which "similar to what you searched for" is said.
        like_others: what one product of the history has to say, in the scale of `collaborative`, for "others who liked ...".
        popular_users: users in the last seven days from which a product is called popular.
        model: the model of preference that is fitted to the log, if `prodgen train rank` trained none; "" for none.
    """

    similarity: Weight = 1.0
    collaborative: Weight = 0.5
    popularity: Weight = 0.3
    category: Weight = 0.2
    context: Weight = 0.2
    seen: Weight = 0.1
    hidden: Weight = 2.0
    bought: Weight = 2.0
    hold_back_days: Annotated[float, Field(ge=0)] = 30.0
    diversity: Weight = 0.1
    half_life_days: Annotated[float, Field(gt=0)] = 14.0
    popularity_prior: Annotated[float, Field(ge=0)] = 10.0
    like_product: Annotated[float, Field(ge=-1, le=1)] = 0.5
    like_search: Annotated[float, Field(ge=-1, le=1)] = 0.2
    like_others: Annotated[float, Field(gt=0, le=1)] = 0.1
    popular_users: Annotated[int, Field(ge=1)] = 3
    model: str = "item-knn"


class PolicyConfig(_Options):
    """`policy/epsilon`.

    Args:
        epsilon: share of the choices that are uniform over the variants.
        prior_rate, prior_impressions: the click-through assumed before any feedback, and how many impressions it is worth.
        variant_impressions: impressions that the prior of a single variant is worth.
        front_bonus: by how much the prior of a front view is raised, relatively.
        quality_bonus: by how much the prior of a variant of quality 1 is raised over one of quality 0, relatively.
        quality_metrics: metrics in [0, 1], higher is better, whose mean is the quality.
        seed: changes all draws.
    """

    epsilon: Share = 0.1
    prior_rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    prior_impressions: Annotated[float, Field(gt=0)] = 50.0
    variant_impressions: Annotated[float, Field(gt=0)] = 20.0
    front_bonus: Share = 0.1
    quality_bonus: Share = 0.1
    quality_metrics: tuple[str, ...] = ()
    seed: int = 0


class LinearPolicyConfig(_Options):
    """`policy/lints` and `policy/linucb`. Effects and spreads are in log odds: 0.1 is about a tenth more clicks.

    Args:
        epsilon: share of the choices that are uniform over the variants.
        draws: how many models `policy/lints` draws from its posterior whenever it learnt; propensities are multiples of 1 / draws.
        exploration: by how much the spread of those draws is scaled; 1 is Thompson sampling by the book, 0 always the expected best.
        width: how many standard deviations `policy/linucb` adds to what it expects.
        prior_rate: the click-through assumed before any feedback.
        prior_effects: by how much a look is assumed to raise the log odds of a click, by name: `side:front` (quarter, side, back,
            above, detail), `background:white`, `light:soft`, `quality`, `likeness`, or in a circumstance, such as
            `side:back*category:apparel`.
        effect_spread: standard deviation that the effect of a look is assumed to have.
        group_spread, category_spread, fact_spread: that of how it differs between groups of users, categories, and facts of the
            request such as the device.
        product_spread, variant_spread: that of what a product, and a variant, does beyond its looks.
        group_users: after how many users they are put into groups by their vectors.
        half_life_days: after which feedback counts half; None for never.
        quality_metrics: metrics in [0, 1], higher is better, whose mean is the quality.
        seed: changes all draws.
    """

    epsilon: Share = 0.01
    draws: Annotated[int, Field(ge=1, le=4096)] = 128
    exploration: Annotated[float, Field(ge=0, le=10)] = 0.25
    width: Annotated[float, Field(ge=0, le=10)] = 0.25
    prior_rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    prior_effects: dict[str, Annotated[float, Field(ge=-10, le=10)]] = Field(
        default_factory=lambda: {"side:front": 0.1, "quality": 0.1}
    )
    effect_spread: Spread = 0.5
    group_spread: Spread = 0.7
    category_spread: Spread = 0.3
    fact_spread: Spread = 0.1
    product_spread: Spread = 0.5
    variant_spread: Spread = 0.1
    group_users: Annotated[int, Field(ge=8, le=10_000)] = 100
    half_life_days: Annotated[float, Field(gt=0)] | None = None
    quality_metrics: tuple[str, ...] = ("crispness",)
    seed: Annotated[int, Field(ge=0)] = 0


class MiniConfig(_Options):
    """`image/mini`.

    Args:
        weights: a safetensors file that `prodgen train image-encoder` wrote; None takes those of the package.
    """

    weights: ConfigPath | None = None


class HfImageConfig(_Options):
    """`image/hf`.

    Args:
        model: a hub id, or a local folder with config, preprocessor_config and safetensors weights.
        revision: commit or tag of a hub id; required for one, so that a re-run loads the same weights.
        pooling: `cls` (the class token) or `mean` (of all tokens) of the last layer; `auto` takes the projection of a CLIP-like
            model, else the model's own pooled output, else the class token.
        batch_size: images, or texts, that go through the model at once.
        text_prefix: words put before every query of a model that reads text, such as `a photo of `.
    """

    model: Annotated[ConfigPathOrName, Field(min_length=1)]
    revision: str | None = None
    pooling: Literal["auto", "cls", "mean"] = "auto"
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 16
    text_prefix: str = ""


class Config(_Options):
    """Options of all components of the distribution.

    Args:
        models: arguments of a model's constructor by its name (`ease`, `item-knn`, ...), for rankers that were not trained by
            `prodgen train rank`.
    """

    index: IndexConfig = IndexConfig()
    ranker: RankerConfig = RankerConfig()
    policy: PolicyConfig = PolicyConfig()
    linear: LinearPolicyConfig = LinearPolicyConfig()
    mini: MiniConfig = MiniConfig()
    hf: HfImageConfig | None = None
    models: dict[str, dict[str, Any]] = Field(default_factory=dict)
