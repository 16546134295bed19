"""What a component gets with every call: device, random numbers, a logger, a deadline, and access to what it needs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.errors import Cancelled, DeadlineExceeded, MissingDependency, NotFound

if TYPE_CHECKING:
    import numpy as np
    import torch

    from prodgen_sdk.specs import Kind
    from prodgen_sdk.types import Product

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what)."""


def no_progress(done: int, total: int, what: str) -> None:
    """Tells nobody."""


def _never() -> bool:
    return False


def _no_lookup(kind: str, id: str | None) -> Any:
    raise NotFound(f"No {kind} can be looked up here.", hint="Open a Studio, or give the context a lookup.")


def _no_models(name: str) -> Path:
    raise MissingDependency(f"The model {name!r} is not at hand.", hint=f"Run: prodgen models pull {name}")


def _no_ids(kind: str) -> list[str]:
    return []


def no_products(skus: Iterable[str]) -> Mapping[str, Product]:
    """Knows none."""
    return {}


@dataclass(frozen=True)
class Context:
    """Passed by the host to every call of a component; `Context()` is enough to call one by hand.

    Args:
        device: a torch device string: `cpu`, `cuda:0`, `mps`.
        dtype: `float32`, `float16` or `bfloat16`.
        logger: never log users' photos or words.
        deadline: `time.monotonic()` value after which the result is useless, or None.
        state: the component's own folder, which outlives the process; None without a workspace.
        progress: call it with (done, total, what) during anything longer than a second.
        cancelled: whether the caller has given up; `check` calls it.
        models_folder, find, known, find_products: the host's; `models`, `lookup`, `ids` and `products` ask them.

    >>> bool(Context().rng(7).integers(10) == Context().rng(7).integers(10))
    True
    """

    device: str = "cpu"
    dtype: str = "float32"
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("prodgen_sdk.plugin"))
    deadline: float | None = None
    state: Path | None = None
    progress: Progress = no_progress
    cancelled: Callable[[], bool] = _never
    models_folder: Callable[[str], Path] = _no_models
    find: Callable[[Kind, str | None], Any] = _no_lookup
    known: Callable[[Kind], list[str]] = _no_ids
    find_products: Callable[[Iterable[str]], Mapping[str, Product]] = no_products

    def rng(self, seed: int) -> np.random.Generator:
        """A numpy generator for this seed."""
        import numpy as np

        return np.random.default_rng(seed)

    def torch_rng(self, seed: int) -> torch.Generator:
        """A torch generator for this seed, always on the CPU, so that noise does not depend on the device."""
        import torch

        return torch.Generator("cpu").manual_seed(seed % 2**63)

    def models(self, name: str) -> Path:
        """The folder with the files of the model `name`; raises MissingDependency with the command that downloads them."""
        return self.models_folder(name)

    def lookup(self, kind: Kind, id: str | None = None) -> Any:
        """Another component, wrapped by the host; None takes the configured default of that kind."""
        return self.find(kind, id)

    def ids(self, kind: Kind) -> list[str]:
        """The ids of all registered components of a kind; `lookup` tells whether one can be built."""
        return self.known(kind)

    def products(self, skus: Iterable[str]) -> Mapping[str, Product]:
        """Those of the products that the workspace's catalogue knows, by sku, with title, price, stock and attributes.

        They come from a warm cache; ask for everything that a call needs at once. Without a workspace no product is known.
        """
        return self.find_products(skus)

    def check(self) -> None:
        """Raises Cancelled or DeadlineExceeded; call it between steps of long work."""
        if self.cancelled():
            raise Cancelled("The work was cancelled.")
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineExceeded("The time budget is spent.")
