"""A fitted model with its catalogue, as rankers use it: by sku, in one scale, explained, and kept in a file.

```
preference = Preference.load(folder)                 # None where nothing was kept; read anew when another process kept one
history = preference.history(user)                   # of a UserProfile: the liked interests that the model knows
scores = preference.scores(history, skus, now)       # float32 [len(skus)]: 1 the best of the catalogue, 0 an average product
shares = preference.explain(history, "mug", now)     # {sku of the history: what it adds to the score of the mug}
skus = preference.best(history, 100, now, without=user.seen)
```

An unknown product scores 0. A user without a history is given what is popular. What an explanation says is so by construction:
a share is the score less what it would be without that product in the history.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.explain import without_each
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.popularity import Popularity
from prodgen_rank.models.registry import make
from prodgen_rank.models.visual import Visual
from prodgen_sdk.context import Context
from prodgen_sdk.errors import StoreError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.types import UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE = "preference.npz"
MAX_HISTORY = 1000
_FORMAT = 1
_ANEW = "Delete it, then run what made it: prodgen learn, or prodgen train rank."


@dataclass(frozen=True)
class Preference:
    """Who likes what, by sku.

    Args:
        name: of the model, as in `models.registry`.
        settings: arguments of its constructor.
        model: fitted.
        popular: the same for everyone, for users without a history.
        skus: what the model knows, by code.
        facts: what is known of the fit, JSON-ready.
    """

    name: str
    settings: Mapping[str, Any]
    model: PreferenceModel
    popular: Popularity
    skus: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        name: str,
        data: Interactions,
        ctx: Context,
        settings: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        vectors: Mapping[str, Floats] | None = None,
    ) -> Preference:
        """Fits a model to interactions, of each user the newest `MAX_HISTORY`.

        Args:
            vectors: of products' pictures, by sku, for a model that looks at them.
        """
        given = dict(settings or {})
        data = data.newest(MAX_HISTORY)
        model = make(name, given).given(vectors or {}).fit(data, ctx)
        return cls(name, given, model, Popularity().fit(data, ctx), data.skus, dict(facts or {}))

    @cached_property
    def codes(self) -> Mapping[str, int]:
        return {sku: code for code, sku in enumerate(self.skus)}

    def history(self, user: UserProfile) -> History:
        """The user's liked interests that the model knows, oldest first."""
        codes = self.codes
        liked = [
            (interest.last_at.timestamp(), interest.sku, code, interest.weight)
            for interest in user.interests
            if interest.weight > 0 and (code := codes.get(interest.sku)) is not None
        ]
        times, _, items, weights = zip(*sorted(liked), strict=True) if liked else ((), (), (), ())
        return History(np.array(items, np.int32), np.array(weights, np.float32), np.array(times, np.float64))

    def scores(
        self, history: History, skus: Sequence[str], now: float, vectors: Mapping[str, Floats] | None = None
    ) -> Floats:
        """float32 [len(skus)]: 1 for the best product that the model knows, 0 for an average or unknown one.

        Args:
            vectors: of unknown products' pictures, by sku; a model that looks at pictures scores these products too.
        """
        everything, mean, length = self._scaled(history, now)
        found = [everything[self.codes[sku]] if sku in self.codes else 0.0 for sku in skus]
        if vectors and isinstance(self.model, Visual) and len(history):
            cold = [place for place, sku in enumerate(skus) if sku not in self.codes and sku in vectors]
            if cold:
                raw = self.model.scores_of_vectors(history, np.stack([vectors[skus[place]] for place in cold]), now)
                for place, score in zip(cold, (raw - mean) / length, strict=True):
                    found[place] = score
        return np.asarray(found, np.float32)

    def explain(self, history: History, sku: str, now: float) -> dict[str, float]:
        """What each product of the history adds to the score of `sku`, by falling share; empty if one of both is unknown."""
        return self.shares(history, [sku], now)[0]

    def shares(self, history: History, skus: Sequence[str], now: float) -> list[dict[str, float]]:
        """`explain` of several products at once."""
        known = [sku for sku in skus if sku in self.codes]
        if not (known and len(history)):
            return [{} for _ in skus]
        items = np.asarray([self.codes[sku] for sku in known])
        raw, _, length = self._scaled(history, now, raw=True)
        added = (raw[items] - without_each(self.model, history, items, now)) / length
        names = [self.skus[item] for item in history.items]
        found = {}
        for column, sku in enumerate(known):
            order = np.argsort(-added[:, column], kind="stable")
            found[sku] = {names[row]: float(added[row, column]) for row in order if added[row, column]}
        return [found.get(sku, {}) for sku in skus]

    def best(self, history: History, n: int, now: float, without: Collection[str] = ()) -> tuple[str, ...]:
        """The n highest products of the catalogue, less some."""
        everything, _, _ = self._scaled(history, now)
        order = np.lexsort((np.arange(len(everything)), -everything))
        left = (self.skus[code] for code in order if self.skus[code] not in without)
        return tuple(sku for sku, _ in zip(left, range(max(n, 0)), strict=False))

    def _scaled(self, history: History, now: float, raw: bool = False) -> tuple[Floats, float, float]:
        """The scores of all products (as the model gives them if `raw`), what they average, and what the best is above that."""
        if not self.skus:
            return np.zeros(0, np.float32), 0.0, 1.0
        model = self.model if len(history) else self.popular
        found = np.nan_to_num(model.scores([history], now)[0])
        mean = float(found.mean())
        length = float(found.max()) - mean
        length = length if length > 1e-12 else 1.0
        return (found if raw else ((found - mean) / length).astype(np.float32)), mean, length

    def save(self, folder: Path) -> Path:
        """Writes one file, whole or not at all.

        Raises:
            StoreError: the disk is full or not writable; what was kept before stays.
        """
        meta = {
            "format": _FORMAT,
            "name": self.name,
            "settings": self.settings,
            "skus": self.skus,
            "facts": self.facts,
        }
        arrays = {f"model/{key}": array for key, array in self.model.arrays().items()}
        arrays |= {f"popular/{key}": array for key, array in self.popular.arrays().items()}
        body = io.BytesIO()
        np.savez(body, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), **arrays)  # type: ignore[arg-type]
        content = body.getbuffer()
        return write_atomically(folder / FILE, hashlib.sha256(content).hexdigest().encode() + b"\n" + bytes(content))

    @classmethod
    def load(cls, folder: Path | None) -> Preference | None:
        """What was kept last in a folder by any process; None if nothing was.

        Raises:
            StoreError: the file is damaged.
        """
        path = os.path.join(folder, FILE) if folder else None  # noqa: PTH118 - a Path costs more than all else here
        mark = _mark(path)
        if path is None or mark is None:
            return None
        with _LOCK:
            kept = _READ.get(path)
            if kept is None or kept[0] != mark:
                kept = _READ[path] = (mark, cls._read(Path(path)))
            return kept[1]

    @classmethod
    def _read(cls, path: Path) -> Preference:
        checksum, _, body = path.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            raise StoreError(f"{path} is damaged.", hint=_ANEW)
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            meta = json.loads(arrays["meta"].tobytes())
            parts = {key: arrays[key] for key in arrays.files if key != "meta"}
        if meta["format"] != _FORMAT:
            raise StoreError(f"{path} is of another version.", hint=_ANEW)
        model = make(meta["name"], meta["settings"]).restore(_under("model/", parts))
        popular = Popularity().restore(_under("popular/", parts))
        return cls(meta["name"], meta["settings"], model, popular, tuple(meta["skus"]), meta["facts"])


_LOCK = threading.Lock()
_READ: dict[str, tuple[tuple[int, int], Preference]] = {}


def _under(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}


def _mark(path: str | None) -> tuple[int, int] | None:
    try:
        found = os.stat(path) if path else None  # noqa: PTH116
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_mtime_ns) if found else None
