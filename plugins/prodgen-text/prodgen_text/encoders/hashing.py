"""Texts as vectors by feature hashing: nothing to train, nothing to download, the same on every machine.

K. Weinberger, A. Dasgupta, J. Langford, A. Smola, J. Attenberg: Feature Hashing for Large Scale Multitask Learning, ICML 2009:
each feature adds its weight, with a sign of its own, to one of a fixed number of places; the signs make collisions cancel on average.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import TextEncoder
from prodgen_text.config import HashConfig, TextConfig
from prodgen_text.reading.lexicon import LATIN_WORD, find, lexicon_digest
from prodgen_text.reading.normalise import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.uint64]

GRAMS = (2, 3, 4)
CHUNK = 2048
GRAM_WEIGHT, WORD_WEIGHT, CONCEPT_WEIGHT = 0.25, 0.6, 2.0
_PRIME = np.uint64(0x100000001B3)


class HashEncoder(TextEncoder):
    """`text/hash`."""

    def __init__(self, config: TextConfig | None, ctx: Context) -> None:
        self.config = config.hash if config else HashConfig()

    @property
    def dimension(self) -> int:
        return self.config.dimension

    @property
    def digest(self) -> str:
        """Names the lexicon: vectors of before and after a change of its words are not to be compared."""
        return lexicon_digest() if self.config.concepts else ""

    def encode(self, texts: Sequence[str], ctx: Context) -> NDArray[np.float32]:
        rows = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), CHUNK):
            ctx.check()
            rows[start : start + CHUNK] = hash_texts(
                texts[start : start + CHUNK], self.dimension, concepts=self.config.concepts
            )
        return rows


def hash_texts(texts: Sequence[str], dimension: int = 512, *, concepts: bool = True) -> NDArray[np.float32]:
    """float32 [n, dimension], each row of length 1.

    Features are the Latin words, the character 2- to 4-grams and, with `concepts`, the meanings that the lexicon knows (colours,
    materials, patterns, kinds of product), which are the same in both languages. The weight of a feature grows with the
    logarithm of its count in the text. A text without features gives the first unit vector.

    >>> a, b, c = hash_texts(["蓝色马克杯", "blue mug", "red sofa"])
    >>> bool(a @ b > 0.5 > a @ c)
    True
    """
    folded = [f" {' '.join(fold(text).split())} " for text in texts]
    sums = np.zeros(len(texts) * dimension)
    _add(sums, dimension, *_character_grams(folded), GRAM_WEIGHT)
    _add(sums, dimension, *_hashed([list(_words(text)) for text in folded]), WORD_WEIGHT)
    if concepts:
        _add(sums, dimension, *_hashed([list(_concepts(text)) for text in folded]), CONCEPT_WEIGHT)
    rows = sums.reshape(len(texts), dimension)
    lengths = np.linalg.norm(rows, axis=1)
    rows[lengths == 0, 0] = 1.0
    return np.asarray(rows / np.where(lengths == 0, 1.0, lengths)[:, None], np.float32)


def _add(sums: NDArray[np.float64], dimension: int, owners: NDArray[np.int64], hashes: Integers, weight: float) -> None:
    """Adds each distinct (text, feature) once, with sublinear weight: 1 + ln(count)."""
    if not len(hashes):
        return
    order = np.lexsort((hashes, owners))
    owners, hashes = owners[order], hashes[order]
    starts = np.flatnonzero(np.r_[True, (owners[1:] != owners[:-1]) | (hashes[1:] != hashes[:-1])])
    counts = np.diff(np.r_[starts, len(hashes)])
    owners, hashes = owners[starts], hashes[starts]
    signs = np.where(hashes >> np.uint64(63), 1.0, -1.0)
    places = owners * dimension + (hashes % np.uint64(dimension)).astype(np.int64)
    sums += np.bincount(places, weight * signs * (1.0 + np.log(counts)), minlength=len(sums))


def _character_grams(texts: Sequence[str]) -> tuple[NDArray[np.int64], Integers]:
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    who: list[NDArray[np.int64]] = []
    what: list[Integers] = []
    for length in GRAMS:
        count = max(0, len(codes) - length + 1)
        hashes = np.full(count, length, np.uint64)
        for offset in range(length):
            hashes = hashes * _PRIME + codes[offset : offset + count]
        whole = owners[:count] == owners[length - 1 : length - 1 + count]
        if length == 2:  # two blanks say nothing
            whole &= (codes[:count] != 32) | (codes[1 : 1 + count] != 32)
        who.append(owners[:count][whole])
        what.append(_mix(hashes[whole]))
    return np.concatenate(who), np.concatenate(what)


def _mix(values: Integers) -> Integers:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): spreads every input bit over all output bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=2**17)
def _hash(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _hashed(features: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], Integers]:
    owners = np.repeat(np.arange(len(features)), [len(row) for row in features])
    return owners, np.fromiter((_hash(feature) for row in features for feature in row), np.uint64, len(owners))


def _words(text: str) -> Iterator[str]:
    words = LATIN_WORD.findall(text)
    for word in words:
        yield f"word {word}"
    for pair in itertools.pairwise(words):
        yield f"pair {' '.join(pair)}"


def _concepts(text: str) -> Iterator[str]:
    for hit in find(text, whole_words=False):
        for term in hit.terms:
            if term.kind == "decoy" or (term.ambiguous and len(hit.terms) > 1):
                continue
            yield f"{term.kind} {term.value}"
            if term.kind == "colour" and " " in term.value:
                yield f"colour {term.value.split()[-1]}"
            if term.kind == "category" and term.value.count("/") > 1:
                yield f"category {'/'.join(term.value.split('/')[:2])}"
