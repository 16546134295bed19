"""What `policy/lints` and `policy/linucb` share: the posterior of a memory, and how feedback becomes memory."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import LinearPolicyConfig
from prodgen_rank.policies.features import CIRCUMSTANCES, GROUP, LAYOUT, LOOKS, bare_looks, parse_memo
from prodgen_rank.policies.groups import Groups, find_groups
from prodgen_rank.policies.knowledge import Knowledge, Tally, merge, tally
from prodgen_rank.policies.laplace import logistic, most_likely
from prodgen_rank.policies.linear import Moments, Posterior, Prior, fit
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import Feedback

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]
    Single = NDArray[np.float32]

NOISE_ROWS = 1021
_NONE = (0.0, 0.0)
_RATE_SPREAD = 1.5
_SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True)
class Model:
    """The posterior of a memory, ready for requests.

    Args:
        version: names memory and configuration.
        effects: W of each drawn model, float32 [Q, P, draws].
        expected: W of the expected one, float32 [Q, P, 1].
        noise: normal draws that variants take as their own, by a hash of their id, float32 [NOISE_ROWS, draws].
        factor: the posterior's, float32 [d, d].
    """

    version: str
    knowledge: Knowledge
    effects: Single
    expected: Single
    factor: Single
    noise: Single

    def beyond(
        self, variants: Sequence[str], skus: Sequence[str], sizes: Places, config: LinearPolicyConfig
    ) -> tuple[Single, Single]:
        """What each variant does beyond its looks and its product: expected value and precision, in log odds, [n] each.

        One step of Newton's method for the product's own share, then one for the variant's, both shrunk by their priors.

        Args:
            variants: ids [n].
            skus, sizes: of the products that they belong to, in order, and how many variants each has [c].
        """
        own, whole = _table(self.knowledge.variants, variants), _table(self.knowledge.products, skus)
        shared = whole[:, 1] / (whole[:, 0] + np.float32(config.product_spread**-2))
        precision = own[:, 0] + np.float32(config.variant_spread**-2)
        return (own[:, 1] - own[:, 0] * np.repeat(shared, sizes)) / precision, precision

    def own_noise(self, hashes: NDArray[np.int64]) -> Single:
        """Normal draws of each variant, [n, draws], by the hash of its id [n]."""
        taken: Single = self.noise[hashes % NOISE_ROWS]
        return taken


def build_model(knowledge: Knowledge, config: LinearPolicyConfig, draws: int) -> Model:
    """Fits the regression and draws `draws` models from its posterior; the same memory and configuration give the same."""
    named = hashlib.sha256((config.model_dump_json() + knowledge.digest).encode()).hexdigest()
    rng = np.random.default_rng([config.seed, int(named[:16], 16)])
    posterior = fit(knowledge.moments, prior_of(config))
    normal = rng.standard_normal((len(LAYOUT.pairs), draws))
    theta = posterior.mean[:, None] + config.exploration * (posterior.factor @ normal)
    return Model(
        version=named[:12],
        knowledge=knowledge,
        effects=np.ascontiguousarray(LAYOUT.matrix(theta.T).transpose(2, 1, 0)),
        expected=LAYOUT.matrix(posterior.mean).T[:, :, None].copy(),
        factor=posterior.factor.astype(np.float32),
        noise=config.exploration * rng.standard_normal((NOISE_ROWS, draws), np.float32),
    )


def prior_of(config: LinearPolicyConfig) -> Prior:
    """The prior that the configuration describes, for noise of variance 1 (see `learnt`).

    Raises:
        ConfigError: an effect is named that there is not.
    """
    places = {name: place for place, name in enumerate(LAYOUT.names)}
    mean = np.zeros(len(places))
    spread = np.array([_spread(CIRCUMSTANCES[column], config) for column in LAYOUT.columns])
    mean[places["any"]] = np.log(config.prior_rate / (1 - config.prior_rate))
    spread[places["any"]] = _RATE_SPREAD
    for name, effect in config.prior_effects.items():
        if name not in places:
            raise ConfigError(
                f"prior_effects: there is no effect {name!r}.", hint=f"Known are {', '.join(list(places)[:40])}, ..."
            )
        mean[places[name]] = effect
    return Prior(mean, spread**-2.0, shape=2.0, rate=1.0)


def _spread(circumstance: str, config: LinearPolicyConfig) -> float:
    by_kind = {"category": config.category_spread, "group": config.group_spread, "fact": config.fact_spread}
    return by_kind.get(circumstance.partition(":")[0], config.effect_spread)


_SAID = attrgetter("sku", "user", "reward", "at", "memo")


def learnt(knowledge: Knowledge, feedback: Sequence[Feedback], config: LinearPolicyConfig) -> Knowledge:
    """The memory with some feedback added; the order of the feedback plays no part.

    The log odds of a click are linear in the features. Each batch of feedback is brought into the form of a linear regression at
    the most likely effects, all earlier feedback being their prior (Laplace's approximation): reward y becomes the observation
    x . theta + (y - p) / w with variance 1 / w, w = p (1 - p). These observations then add up like any others. Source: Bishop, 4.3.3 and 4.5;
    Chapelle and Li, An Empirical Evaluation of Thompson Sampling, NIPS 2011.
    """
    ordered = _ordered(feedback)
    days = np.asarray([item.at.timestamp() / _SECONDS_A_DAY for item in ordered])
    newest, half_life = max(knowledge.at, float(days.max())), config.half_life_days
    age_weights = np.ones(len(ordered)) if half_life is None else 2.0 ** ((days - newest) / half_life)
    before = _grouped(knowledge.decayed(newest, half_life), ordered, config)
    features = LAYOUT.features(*_seen(ordered, before.groups))
    rewards = np.asarray([item.reward for item in ordered])
    posterior = fit(before.moments, prior_of(config))
    moments, expected = _laplace(posterior, features, rewards, age_weights)
    information = (age_weights * expected * (1 - expected)).tolist()
    residuals = (age_weights * (rewards - expected)).tolist()
    rows = list(zip(ordered, information, residuals, strict=True))
    variants = tally((item.variant, weight, residual) for item, weight, residual in rows)
    products = tally((item.sku, weight, residual) for item, weight, residual in rows)
    return merge(before, Knowledge(moments, variants, products, before.groups, at=newest), half_life)


def _ordered(feedback: Sequence[Feedback]) -> list[Feedback]:
    """An order that follows from what the feedback says alone.

    Variant by variant: one sort of all would keep the interpreter from requests for some 20 ms, as comparing does not yield.
    """
    by_variant: defaultdict[str, list[Feedback]] = defaultdict(list)
    for item in feedback:
        by_variant[item.variant].append(item)
    parts = (sorted(by_variant[variant], key=_SAID) for variant in sorted(by_variant))
    return list(chain.from_iterable(parts))


def _laplace(before: Posterior, features: Floats, rewards: Floats, weights: Floats) -> tuple[Moments, Floats]:
    """The batch as observations of a linear regression, and the rewards that are then expected."""
    linear = most_likely(features @ before.factor, features @ before.mean, rewards, weights)
    expected, spread = logistic(linear)
    return Moments.of(features, linear + (rewards - expected) / spread, weights * spread), expected


def _grouped(knowledge: Knowledge, feedback: Sequence[Feedback], config: LinearPolicyConfig) -> Knowledge:
    """Puts users into groups as soon as enough of them were seen."""
    if knowledge.groups:
        return knowledge
    sketches = dict(knowledge.sketches)
    for item in feedback:
        found = parse_memo(item.memo) if item.memo else None
        user = hashlib.sha256(item.user.encode()).hexdigest()[:16]
        if found is not None and found[2] is not None:
            sketch = found[2].astype(np.float32)
            sketches[user] = min(sketch, sketches.get(user, sketch), key=lambda s: s.tobytes())
    if len(sketches) < config.group_users:
        return replace(knowledge, sketches=sketches)
    return replace(knowledge, groups=find_groups(sketches), sketches={})


def _seen(feedback: Sequence[Feedback], groups: Groups | None) -> tuple[Floats, Floats]:
    """The looks [n, P] and circumstances [n, Q] that the policy saw; without its memo, those of the view alone."""
    looks = np.zeros((len(feedback), len(LOOKS)))
    circumstances = np.zeros((len(feedback), len(CIRCUMSTANCES)))
    sketches: dict[int, Floats] = {}
    for row, item in enumerate(feedback):
        found = parse_memo(item.memo) if item.memo else None
        if found is None:
            looks[row], circumstances[row, 0] = bare_looks(item.view), 1.0
            continue
        looks[row], circumstances[row], sketch = found
        if sketch is not None:
            sketches[row] = sketch
    if groups is not None and sketches:
        circumstances[list(sketches), GROUP] = groups.shares(np.stack(list(sketches.values())).astype(np.float32))
    return looks, circumstances


def _table(tallies: Mapping[str, Tally], keys: Sequence[str]) -> Single:
    if not tallies:
        return np.zeros((len(keys), 2), np.float32)
    flat = np.fromiter(chain.from_iterable([tallies.get(key, _NONE) for key in keys]), np.float32, 2 * len(keys))
    return flat.reshape(-1, 2)
