"""What `policy/lints` and `policy/linucb` share: the posterior of a memory, and how feedback becomes memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import LinearPolicyConfig
from prodgen_rank.policies.features import CIRCUMSTANCES, LAYOUT, bare_looks, parse_memo
from prodgen_rank.policies.knowledge import Knowledge, Tally, merge, tally
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


@dataclass(frozen=True)
class Model:
    """The posterior of a memory, ready for requests.

    Args:
        version: names memory and configuration.
        effects: W of each drawn model, float32 [Q, P, draws].
        expected: W of the expected one, float32 [Q, P, 1].
        deviations: standard deviation of the noise in each draw, float32 [draws].
        noise: standard normal draws that variants take as their own, by a hash of their id, float32 [NOISE_ROWS, draws].
        factor: the posterior's, float32 [d, d].
    """

    version: str
    knowledge: Knowledge
    posterior: Posterior
    effects: Single
    expected: Single
    deviations: Single
    noise: Single
    factor: Single

    def beyond(
        self, variants: Sequence[str], skus: Sequence[str], sizes: Places, config: LinearPolicyConfig
    ) -> tuple[Single, Single]:
        """What each variant does beyond its looks and its product: the expected value, and the impressions known of it, [n] each.

        A product's own rate is taken off first, shrunk by the impressions that its prior is worth; so is then the variant's.

        Args:
            variants: ids [n].
            skus, sizes: of the products that they belong to, in order, and how many variants each has [c].
        """
        own, whole = _table(self.knowledge.variants, variants), _table(self.knowledge.products, skus)
        shared = whole[:, 1] / (whole[:, 0] + np.float32(config.product_impressions))
        known = own[:, 0] + np.float32(config.variant_impressions)
        return (own[:, 1] - own[:, 0] * np.repeat(shared, sizes)) / known, known

    def own_noise(self, variants: Sequence[str]) -> Single:
        """Standard normal draws of each variant, [n, draws]."""
        taken: Single = self.noise[[zlib.crc32(variant.encode()) % NOISE_ROWS for variant in variants]]
        return taken


def build_model(knowledge: Knowledge, config: LinearPolicyConfig, draws: int) -> Model:
    """Fits the regression and draws `draws` models from its posterior; the same memory and configuration give the same."""
    named = hashlib.sha256((config.model_dump_json() + knowledge.digest).encode()).hexdigest()
    rng = np.random.default_rng([config.seed, int(named[:16], 16)])
    posterior = fit(knowledge.moments, prior_of(config))
    deviations = np.sqrt(posterior.draw_variance(rng, draws))
    normal = rng.standard_normal((len(LAYOUT.pairs), draws))
    theta = posterior.mean[:, None] + deviations * (posterior.factor @ normal)
    return Model(
        version=named[:12],
        knowledge=knowledge,
        posterior=posterior,
        effects=np.ascontiguousarray(LAYOUT.matrix(theta.T).transpose(2, 1, 0)),
        expected=LAYOUT.matrix(posterior.mean).T[:, :, None].copy(),
        deviations=deviations.astype(np.float32),
        noise=rng.standard_normal((NOISE_ROWS, draws), np.float32),
        factor=posterior.factor.astype(np.float32),
    )


def prior_of(config: LinearPolicyConfig) -> Prior:
    """The prior that the configuration describes.

    Raises:
        ConfigError: an effect is named that there is not.
    """
    places = {name: place for place, name in enumerate(LAYOUT.names)}
    mean = np.zeros(len(places))
    mean[places["any"]] = config.prior_rate
    for name, effect in config.prior_effects.items():
        if name not in places:
            raise ConfigError(
                f"prior_effects: there is no effect {name!r}.", hint=f"Known are {', '.join(list(places)[:40])}, ..."
            )
        mean[places[name]] = effect
    strength = np.where(LAYOUT.columns == 0, config.effect_impressions, config.crossed_impressions)
    shape = config.prior_impressions / 2
    variance = config.prior_rate * (1 - config.prior_rate)
    return Prior(mean, strength, shape, variance * (shape - 1))


def learnt(knowledge: Knowledge, feedback: Sequence[Feedback], config: LinearPolicyConfig) -> Knowledge:
    """The memory with some feedback added; the order of the feedback plays no part.

    What a product and a variant do beyond their looks is measured against the regression that has seen this feedback.
    """
    ordered = sorted(feedback, key=lambda f: (f.variant, f.sku, f.reward, f.at, f.memo))
    days = np.asarray([_days(item.at) for item in ordered])
    newest = max(knowledge.at, float(days.max()))
    half_life = config.half_life_days
    weights = np.ones(len(ordered)) if half_life is None else 2.0 ** ((days - newest) / half_life)
    looks, circumstances = (np.stack(rows) for rows in zip(*map(_seen, ordered), strict=True))
    features, rewards = LAYOUT.features(looks, circumstances), np.asarray([item.reward for item in ordered])
    moments = Moments.of(features, rewards, None if half_life is None else weights)
    before = knowledge.decayed(newest, half_life)
    expected = features @ fit(before.moments.plus(moments), prior_of(config)).mean
    residuals = (rewards - expected).tolist()
    rows = list(zip(ordered, weights.tolist(), residuals, strict=True))
    variants = tally((item.variant, weight, residual) for item, weight, residual in rows)
    products = tally((item.sku, weight, residual) for item, weight, residual in rows)
    return merge(before, Knowledge(moments, variants, products, newest), half_life)


def _seen(item: Feedback) -> tuple[Floats, Floats]:
    """The features that the policy saw; without its memo, those of the view alone."""
    found = parse_memo(item.memo) if item.memo else None
    if found is not None:
        return found
    circumstances = np.zeros(len(CIRCUMSTANCES))
    circumstances[0] = 1.0
    return bare_looks(item.view), circumstances


def _table(tallies: Mapping[str, Tally], keys: Sequence[str]) -> Single:
    flat = np.fromiter(chain.from_iterable([tallies.get(key, _NONE) for key in keys]), np.float32, 2 * len(keys))
    return flat.reshape(-1, 2)


def _days(at: datetime) -> float:
    return at.timestamp() / 86_400
