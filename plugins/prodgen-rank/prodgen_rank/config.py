"""The section `[plugins.rank]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=100)]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IndexConfig(_Options):
    """`index/faiss`.

    Args:
        quantise_from: rows from which the base is scanned by 8-bit codes first (the answer stays exact).
        delta_limit: changed rows after which a new generation is written; None takes the larger of 2048 and 1/32 of the base.
    """

    quantise_from: Annotated[int, Field(ge=1)] = 4096
    delta_limit: Annotated[int, Field(ge=1)] | None = None


class RankerConfig(_Options):
    """`rank/hybrid`: the weight of each share of the score.

    Args:
        similarity: of the cosine between the product's best variant and the user's vector.
        popularity: of the decayed popularity, 0 to 1.
        category: of the user's affinity to the product's category, 0 to 1.
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
        popular_users: users in the last seven days from which a product is called popular.
    """

    similarity: Weight = 1.0
    popularity: Weight = 0.3
    category: Weight = 0.2
    seen: Weight = 0.1
    hidden: Weight = 2.0
    bought: Weight = 2.0
    hold_back_days: Annotated[float, Field(ge=0)] = 30.0
    diversity: Weight = 0.1
    half_life_days: Annotated[float, Field(gt=0)] = 14.0
    popularity_prior: Annotated[float, Field(ge=0)] = 10.0
    like_product: Annotated[float, Field(ge=-1, le=1)] = 0.5
    like_search: Annotated[float, Field(ge=-1, le=1)] = 0.2
    popular_users: Annotated[int, Field(ge=1)] = 3


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


class Config(_Options):
    """Options of all components of the distribution."""

    index: IndexConfig = IndexConfig()
    ranker: RankerConfig = RankerConfig()
    policy: PolicyConfig = PolicyConfig()
