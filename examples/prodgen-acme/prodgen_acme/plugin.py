"""What prodgen finds: hook implementations and specs. Nothing heavy is imported here."""

from collections.abc import Sequence
from datetime import timedelta

from prodgen_acme.config import Config
from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import GeneratorSpec, RankerSpec
from prodgen_sdk.types import Candidate, RecommendationContext, UserProfile

PAUSE = timedelta(days=30)


@hookimpl
def config_model() -> type[Config]:
    return Config


@hookimpl
def register_generators(register: Register) -> None:
    register(
        GeneratorSpec(
            id="acme/swatch",
            summary="A swatch of the product's material in its colour; the view is where the light comes from",
            modes=("attributes", "text"),
            min_size=64,
            max_size=2048,
            digital_source="algorithmicMedia",
        ),
        "prodgen_acme.swatch:SwatchGenerator",
    )


@hookimpl
def register_rankers(register: Register) -> None:
    register(
        RankerSpec(id="acme/purse", summary="What is like the user's taste, at prices that the user pays"),
        "prodgen_acme.ranker:PurseRanker",
    )


@hookimpl
def filter_candidates(
    user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext
) -> Sequence[Candidate]:
    """Leaves out what the user bought in the last thirty days."""
    recent = {i.sku for i in user.interests if i.last_type == "purchase" and context.at - i.last_at < PAUSE}
    return [candidate for candidate in candidates if candidate.sku not in recent]
