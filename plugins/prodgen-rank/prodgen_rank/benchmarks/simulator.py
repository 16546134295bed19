"""A shop with known click probabilities, for measuring variant policies: 500 products with 8 pictures each.

The utility of a picture for a user is the sum of what everybody likes, what the user's segment likes, what suits the product's category, a little of
both together, the picture's quality, the product's appeal, and something of the picture's own; its click probability is the
logistic function of that. Looks are the side, the background, the light and the style. What a policy is given is what the SDK gives:
candidates with view, background, light, style, quality and likeness, a user's vector made of the pictures they liked before, their
interests, the device, and the vectors of pictures from an index. Segments and probabilities are not among it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.distances import unit
from prodgen_sdk.types import Candidate, CandidateVariant, Interest, UserProfile, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]
    Single = NDArray[np.float32]

START = datetime(2026, 1, 1, tzinfo=UTC)
DOMAINS = ("apparel", "electronics", "food", "home", "beauty")
DEVICES = ("mobile", "tablet", "desktop")
VIEWS = (
    View(),
    View(azimuth=45, elevation=15),
    View(azimuth=315, elevation=15),
    View(azimuth=90),
    View(azimuth=270),
    View(azimuth=180),
    View(elevation=90),
    View(distance=0.6),
)
SIDE_OF_VIEW = (0, 1, 1, 2, 2, 3, 4, 5)
"""Front, quarter, side, back, above, detail: users like or dislike these, left and right alike."""
BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")
LIGHTS = ("studio", "soft", "dramatic")
STYLES = ("", "minimal", "rustic", "festive")
SIZES = (6, len(BACKGROUNDS), len(LIGHTS), len(STYLES))


@dataclass(frozen=True)
class Setting:
    """How large the shop is, and how much each part of the utility varies (standard deviations of log odds)."""

    products: int = 500
    variants: int = 8
    users: int = 2000
    segments: int = 6
    dimension: int = 64
    cold_share: float = 0.03
    liked_before: int = 60
    odds: float = -3.2
    everybody: float = 0.2
    segment: float = 1.0
    category: float = 0.3
    both: float = 0.1
    quality: float = 0.3
    appeal: float = 0.3
    own: float = 0.1


@dataclass(frozen=True)
class Shop:
    """A drawn world.

    Args:
        clicks: P(click) by segment, product and variant, float64 [segments, products, variants].
        looks: which side, background, light and style each variant has [products, variants, 4]; `views` which view.
        quality: 0 to 1 [products, variants].
        vectors: float32 [products, variants, dimension], each of length 1.
        domains: of each product, place in DOMAINS [products].
        preference: P(category) by segment [segments, domains].
        segments: of each user [users].
        profiles, devices: of each user.
    """

    clicks: Floats
    looks: Places
    views: Places
    quality: Floats
    vectors: Single
    domains: Places
    preference: Floats
    segments: Places
    profiles: list[UserProfile]
    devices: list[str]

    def best_single(self) -> Places:
        """The variant of each product that is best if all users see the same one [products]."""
        weights = self.preference[:, self.domains] * np.bincount(self.segments, minlength=len(self.preference))[:, None]
        chosen: Places = np.einsum("sp,spv->pv", weights, self.clicks).argmax(axis=1)
        return chosen

    def candidates(self, user: int, products: Sequence[int]) -> list[Candidate]:
        """Some products as the index and the store describe them to a policy, with their likeness to the user's vector."""
        vector = self.profiles[user].vector
        found = []
        for p in products:
            likeness = self.vectors[p] @ vector if vector is not None else np.zeros(len(self.vectors[p]))
            variants = tuple(self._variant(p, int(v), float(likeness[v])) for v in np.argsort(-likeness, kind="stable"))
            found.append(Candidate(sku=f"p{p}", category=f"{DOMAINS[self.domains[p]]}/family", variants=variants))
        return found

    def _variant(self, p: int, v: int, likeness: float) -> CandidateVariant:
        _, background, light, style = self.looks[p, v]
        return CandidateVariant(
            id=f"p{p}-{v}",
            score=likeness,
            view=VIEWS[self.views[p, v]],
            background=BACKGROUNDS[background],
            light=LIGHTS[light],
            style=STYLES[style],
            quality={"crispness": float(self.quality[p, v])},
        )


class ShopIndex:
    """The vectors of the shop's pictures, as a policy looks them up."""

    def __init__(self, shop: Shop) -> None:
        self._vectors = shop.vectors

    def vectors(self, variants: Sequence[str]) -> Mapping[str, Single]:
        """float32 [dimension] by variant id."""
        places = ((id, id[1:].split("-")) for id in variants)
        return {id: self._vectors[int(product), int(variant)] for id, (product, variant) in places}


@dataclass(frozen=True)
class Traffic:
    """Who asks for what, and how eager they are: equal for all policies that are compared.

    Args:
        users: of each request [requests].
        products: of each request [requests, products a request].
        luck: a picture is clicked where this is below its probability [requests, products a request].
    """

    users: Places
    products: Places
    luck: Floats


def open_shop(seed: int, setting: Setting = Setting()) -> Shop:
    """Draws a world."""
    rng = np.random.default_rng([seed, 1])
    s, p, v, d = setting.segments, setting.products, setting.variants, len(DOMAINS)
    domains = rng.integers(0, d, p)
    views = rng.integers(0, len(VIEWS), (p, v))
    looks = np.stack([np.asarray(SIDE_OF_VIEW)[views], *(rng.integers(0, size, (p, v)) for size in SIZES[1:])], axis=2)
    quality = rng.uniform(0.4, 1.0, (p, v))
    utility = np.zeros((s, p, v))
    for kind, size in enumerate(SIZES):
        liked = (
            rng.normal(0, setting.everybody, (1, 1, size))
            + rng.normal(0, setting.segment, (s, 1, size))
            + rng.normal(0, setting.category, (1, d, size))
            + rng.normal(0, setting.both, (s, d, size))
        )
        utility += liked[np.arange(s)[:, None, None], domains[:, None], looks[..., kind]]
    utility += setting.odds + setting.quality * (quality - 0.7) / 0.3
    utility += rng.normal(0, setting.appeal, (p, 1)) + rng.normal(0, setting.own, (p, v))
    clicks = 1 / (1 + np.exp(-utility))
    preference = 0.6 * rng.dirichlet(np.ones(d), s) + 0.4 / d
    vectors = _embed(rng, domains, looks, setting.dimension)
    segments = rng.integers(0, s, setting.users)
    devices = rng.dirichlet(np.ones(len(DEVICES)), s)
    shop = Shop(clicks, looks, views, quality, vectors, domains, preference, segments, [], [])
    for user, segment in enumerate(segments):
        shop.profiles.append(_profile(rng, shop, user, segment, setting))
        shop.devices.append(DEVICES[rng.choice(len(DEVICES), p=devices[segment])])
    return shop


def draw_traffic(shop: Shop, seed: int, requests: int, products: int = 10) -> Traffic:
    """Users at random; products of the categories that their segment prefers."""
    rng = np.random.default_rng([seed, 2])
    users = rng.integers(0, len(shop.segments), requests)
    share = shop.preference[:, shop.domains] / np.bincount(shop.domains, minlength=len(DOMAINS))[shop.domains]
    # The largest of log(p) + Gumbel noise are a draw without replacement.
    noise = rng.gumbel(size=(requests, len(shop.domains)))
    asked = np.argsort(-(np.log(share)[shop.segments[users]] + noise), axis=1)[:, :products]
    return Traffic(users, asked, rng.random(asked.shape))


def _embed(rng: np.random.Generator, domains: Places, looks: Places, dimension: int) -> Single:
    """Vectors in which the product is plain to see, its category and the looks of the picture less so."""
    categories = unit(rng.normal(size=(len(DOMAINS), dimension)))
    content = unit(categories[domains] + 0.8 * unit(rng.normal(size=(len(domains), dimension))))
    seen = sum(unit(rng.normal(size=(size, dimension)))[looks[..., kind]] for kind, size in enumerate(SIZES))
    noise = unit(rng.normal(size=(*looks.shape[:2], dimension)))
    vectors: Single = unit(content[:, None] + 0.5 * seen + 0.3 * noise).astype(np.float32)
    return vectors


def _profile(rng: np.random.Generator, shop: Shop, user: int, segment: int, setting: Setting) -> UserProfile:
    """A user after some days in the shop: pictures were seen at random and liked by their click probability."""
    if rng.random() < setting.cold_share:
        return UserProfile(user=f"u{user}")
    share = shop.preference[segment, shop.domains]
    products = rng.choice(len(shop.domains), setting.liked_before, p=share / share.sum())
    odds = shop.clicks[segment, products]
    variants = [rng.choice(len(row), p=row / row.sum()) for row in odds]
    interests = tuple(
        Interest(
            sku=f"p{p}",
            weight=1.0,
            last_type="click",
            last_at=START - timedelta(days=1),
            category=f"{DOMAINS[shop.domains[p]]}/family",
        )
        for p in dict.fromkeys(products.tolist())
    )
    vector = unit(shop.vectors[products, variants].mean(axis=0))
    return UserProfile(user=f"u{user}", vector=vector.astype(np.float32), interests=interests)
