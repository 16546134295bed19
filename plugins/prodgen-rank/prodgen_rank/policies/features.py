"""What the linear policies look at: the looks of a variant times the circumstances of a request.

`looks` [P] describes a variant (angle, background, light, style, quality, likeness, place in the embedding), `circumstances` [Q] a user and a
product's category. The model's features are those products `looks_i * circumstances_j` that `Layout.pairs` names, so that a
score is `looks' W circumstances` with a matrix W that is mostly empty.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.epsilon import quality
from prodgen_sdk.types import OwnFacts, UserProfile, VariantFacts, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Single = NDArray[np.float32]

SIDES = ("front", "quarter", "side", "back", "above", "detail")
BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")
LIGHTS = ("studio", "soft", "dramatic")
DOMAINS = ("apparel", "electronics", "food", "home", "beauty", "other")
STYLES = 6
FACTS = 6
PLACES = 4
SKETCH = 64
"""Dimensions to which a variant's vector (its place) and a user's vector (its sketch) are projected."""
GROUPS = 8
"""Into how many groups users are put by their vectors."""


def _names(kind: str, values: Sequence[str] | int) -> tuple[str, ...]:
    return tuple(f"{kind}:{value}" for value in (range(values) if isinstance(values, int) else values))


_KINDS = (
    *_names("side", SIDES),
    *_names("background", BACKGROUNDS),
    *_names("light", LIGHTS),
    *_names("style", STYLES),
)
_PLACES, _GROUPS = _names("place", PLACES), _names("group", GROUPS)
_DOMAINS, _FACTS = _names("category", DOMAINS), _names("fact", FACTS)
LOOKS = ("any", *_KINDS, "turned", "raised", "near", "quality", "likeness", *_PLACES)
CIRCUMSTANCES = ("always", "warm", "affinity", *_DOMAINS, *_GROUPS, *_FACTS)
_LOOK = {name: place for place, name in enumerate(LOOKS)}
_CIRCUMSTANCE = {name: place for place, name in enumerate(CIRCUMSTANCES)}
_CROSSED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (LOOKS, ("always",)),
    (("any",), ("warm", "affinity", *_DOMAINS, *_GROUPS, *_FACTS)),
    (_KINDS, (*_DOMAINS, *_GROUPS, *_FACTS)),
    (("likeness",), ("warm",)),
    (_PLACES, _GROUPS),
)


def pair_name(look: str, circumstance: str) -> str:
    """What the effect of a look in a circumstance is called: `side:front`, or `side:front*category:home`.

    >>> pair_name("quality", "always")
    'quality'
    """
    return look if circumstance == "always" else f"{look}*{circumstance}"


@dataclass(frozen=True)
class Layout:
    """Which products of looks and circumstances are features, in which order."""

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """(place in LOOKS, place in CIRCUMSTANCES) of each feature."""
        found = {(_LOOK[a], _CIRCUMSTANCE[c]): None for looks, when in _CROSSED for a in looks for c in when}
        return tuple(sorted(found))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each feature."""
        return tuple(pair_name(LOOKS[p], CIRCUMSTANCES[q]) for p, q in self.pairs)

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """The look of each feature."""
        return np.asarray([p for p, _ in self.pairs])

    @cached_property
    def columns(self) -> NDArray[np.intp]:
        """The circumstance of each feature."""
        return np.asarray([q for _, q in self.pairs])

    @cached_property
    def tag(self) -> str:
        """Changes whenever features would mean something else."""
        return hashlib.sha256("\n".join((*LOOKS, *CIRCUMSTANCES, *self.names)).encode()).hexdigest()[:8]

    def features(self, looks: Floats, circumstances: Floats) -> Floats:
        """The features [n, d] of looks [n, P] in circumstances [n, Q]."""
        crossed: Floats = looks[:, self.rows] * circumstances[:, self.columns]
        return crossed

    def matrix(self, theta: Floats) -> Single:
        """Effects [..., d] as W [..., P, Q], float32."""
        whole = np.zeros((*theta.shape[:-1], len(LOOKS), len(CIRCUMSTANCES)), np.float32)
        whole[..., self.rows, self.columns] = theta
        return whole


LAYOUT = Layout()


def side_looks(view: View | None) -> dict[str, float]:
    """What a view alone tells of a variant's looks; nothing for an unknown view.

    >>> side_looks(View(azimuth=315, elevation=15))["side:quarter"]
    1.0
    """
    if view is None:
        return {}
    turned = min(view.azimuth, 360 - view.azimuth)
    if abs(view.elevation) >= 60:
        side = "above"
    elif view.distance < 0.8:
        side = "detail"
    else:
        side = SIDES[0 if turned < 22.5 else 1 if turned < 67.5 else 2 if turned <= 112.5 else 3]
    return {
        f"side:{side}": 1.0,
        "turned": float(np.sin(np.radians(view.azimuth))),
        "raised": view.elevation / 90,
        "near": float(np.clip(np.log2(view.distance), -1, 1)),
    }


def look_rows(facts: Sequence[VariantFacts | OwnFacts], metrics: Sequence[str]) -> Single:
    """All looks of some variants that stay what they are: [n, P] without likeness and place, which are 0."""
    rows = np.array([_scene_row(known.view, known.background, known.light, known.style) for known in facts])
    rows[:, _QUALITY] = [quality(known, metrics) for known in facts]
    return rows


@lru_cache(maxsize=4096)
def _scene_row(view: View | None, background: str | None, light: str | None, style: str) -> Single:
    """What is the same for all variants of a view and a scene; not to be changed."""
    row = np.zeros(len(LOOKS), np.float32)
    row[0] = 1.0
    known = side_looks(view)
    if background in BACKGROUNDS:
        known[f"background:{background}"] = 1.0
    if light in LIGHTS:
        known[f"light:{light}"] = 1.0
    if style:
        known |= {f"style:{bucket}": _HALF for bucket in _buckets(style, STYLES)}
    for name, value in known.items():
        row[_LOOK[name]] = value
    return row


def user_row(user: UserProfile, facts: Mapping[str, str | float]) -> Single:
    """The circumstances [Q] that all products of a request share, without the user's group."""
    row = np.zeros(len(CIRCUMSTANCES), np.float32)
    row[0] = 1.0
    row[_CIRCUMSTANCE["warm"]] = user.vector is not None
    for name, value in facts.items():
        text, size = (f"{name}={value}", 1.0) if isinstance(value, str) else (name, value / (1 + abs(value)))
        for bucket in _buckets(text, FACTS):
            row[_FIRST_FACT + bucket] += _HALF * size
    return row


def affinities(user: UserProfile) -> dict[str, float]:
    """The share of a user's liking by category's domain; they sum to 1, or there are none."""
    totals: dict[str, float] = {}
    for category, weight in [(i.category, i.weight) for i in user.interests if i.weight > 0 and i.category]:
        domain = domain_of(category)
        totals[domain] = totals.get(domain, 0.0) + weight
    whole = sum(totals.values())
    return {domain: weight / whole for domain, weight in totals.items()}


@lru_cache(maxsize=4096)
def domain_of(category: str) -> str:
    """The part of a category before the first slash; `other` for one that is not known.

    >>> domain_of("home/mug")
    'home'
    """
    domain = category.partition("/")[0]
    return domain if domain in DOMAINS else "other"


def projection(dimension: int, to: int, seed: int) -> Single:
    """A random map [dimension, to] under which a random unit vector has coordinates of variance 1; the same for the same seed."""
    drawn = np.random.default_rng([seed, dimension]).standard_normal((dimension, to))
    # Orthogonal columns, so that no direction counts twice; more columns than dimensions stay as they are drawn.
    basis = np.linalg.qr(drawn)[0] if to <= dimension else drawn / np.sqrt(dimension)
    scaled: Single = (basis * np.sqrt(dimension)).astype(np.float32)
    return scaled


def memos(looks: Single, circumstances: Single, sketch: Single | None) -> list[str]:
    """What is needed to learn from each of some variants, as texts `layout.base64`, half precision.

    Args:
        looks, circumstances: of each variant [n, P] and [n, Q].
        sketch: of the user [SKETCH], or None for a cold start.
    """
    packed = np.concatenate([looks, circumstances], axis=1).astype("<f2").tobytes()
    user = b"" if sketch is None else sketch.astype("<f2").tobytes()
    size, tag = len(packed) // max(1, len(looks)), LAYOUT.tag
    rows = [packed[start : start + size] + user for start in range(0, len(packed), size)]
    return [f"{tag}.{binascii.b2a_base64(row, newline=False).decode()}" for row in rows]


def parse_memo(text: str) -> tuple[Floats, Floats, Floats | None] | None:
    """(looks, circumstances, sketch or None) of a memo; None for one of another layout, of another policy, or damaged."""
    tag, _, packed = text.partition(".")
    if tag != LAYOUT.tag:
        return None
    try:
        row = np.frombuffer(base64.b64decode(packed, validate=True), "<f2").astype(np.float64)
    except (binascii.Error, ValueError):
        return None
    wide, whole = len(LOOKS), len(LOOKS) + len(CIRCUMSTANCES)
    if len(row) not in (whole, whole + SKETCH) or not np.isfinite(row).all():
        return None
    return row[:wide], row[wide:whole], row[whole:] if len(row) > whole else None


def bare_looks(view: View | None) -> Floats:
    """The looks [P] of a variant of which only the view is known."""
    row = np.zeros(len(LOOKS))
    row[0] = 1.0
    for name, value in side_looks(view).items():
        row[_LOOK[name]] = value
    return row


def _buckets(text: str, buckets: int) -> tuple[int, int]:
    """Two places by the hash of a text: two texts seldom share both (Svenstrup et al., Hash Embeddings, NIPS 2017)."""
    hashed = hashlib.sha256(text.strip().lower().encode()).digest()
    first = hashed[0] % buckets
    return first, (first + 1 + hashed[1] % (buckets - 1)) % buckets


_HALF = 0.5**0.5
_QUALITY = _LOOK["quality"]
_FIRST_FACT = _CIRCUMSTANCE["fact:0"]
LIKENESS, FIRST_PLACE = _LOOK["likeness"], _LOOK["place:0"]
"""Both kinds of looks that are measured within a product are the last columns, likeness first."""
AFFINITY, FIRST_DOMAIN = _CIRCUMSTANCE["affinity"], _CIRCUMSTANCE["category:apparel"]
GROUP = slice(_CIRCUMSTANCE["group:0"], _CIRCUMSTANCE["group:0"] + GROUPS)
