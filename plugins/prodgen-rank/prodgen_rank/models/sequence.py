"""What comes next in a sequence: self-attention over the products of a history, trained with sampled softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.models.sequence_network import Network

    Scores = NDArray[np.float32]
    Arrays = Mapping[str, NDArray[Any]]
    Codes = NDArray[np.int32]

_AT_ONCE = 512


class SequenceModel(PreferenceModel):
    """SASRec (Kang and McAuley, Self-attentive sequential recommendation, ICDM 2018) as sparse shops need it.

    What differs: sampled softmax in place of one negative (Klenitskiy and Vasilev, RecSys 2023), cosines in place of inner
    products (Hou et al., CORE, SIGIR 2022), and embeddings that start as the singular vectors of the transition counts, so
    that training begins with products that are alike near each other. Training stops when the held-back last products of
    some users no longer rise in the ranking. Who has no history is told what is popular.

    Args:
        dimension: of the embeddings, a multiple of `heads`.
        layers, heads: of attention.
        reach: how many products of a history are looked at, the last ones.
        dropout: share of values left out in training.
        sharpness: what a cosine of 1 is as a logit.
        negatives: products drawn for each batch; with fewer products than that, all are compared.
        batch: histories a step.
        learning_rate: of AdamW; it rises over the first hundred steps, then falls to nothing at the end of the epochs or the budget.
        weight_decay: of the weights of the layers, not of the embeddings, whose length means nothing.
        max_epochs: after which training stops in any case; an epoch goes over all histories, more than once where they make
            fewer than fifty steps.
        patience: epochs without a better ranking after which it stops.
        budget_minutes: after which the best so far is taken.
        held_back: at most so many users, and a tenth of all, have their last product held back to know when to stop.
        seed: the same seed, data, machine and number of threads give the same model.
    """

    name: ClassVar[str] = "sequence"

    def __init__(
        self,
        dimension: int = 128,
        layers: int = 1,
        heads: int = 1,
        reach: int = 50,
        dropout: float = 0.4,
        sharpness: float = 16.0,
        negatives: int = 512,
        batch: int = 128,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.0,
        max_epochs: int = 8,
        patience: int = 3,
        budget_minutes: float = 15.0,
        held_back: int = 3000,
        seed: int = 0,
    ) -> None:
        self.dimension, self.layers, self.heads, self.reach = dimension, layers, heads, reach
        self.dropout, self.sharpness, self.negatives, self.batch = dropout, sharpness, negatives, batch
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.max_epochs, self.patience, self.budget_minutes = max_epochs, patience, budget_minutes
        self.held_back, self.seed = held_back, seed
        self._learnt: tuple[Network, NDArray[np.float32]] | None = None

    def fit(self, data: Interactions, ctx: Context) -> Self:
        torch = _torch()
        from prodgen_rank.models import sequence_training as training

        rng = ctx.rng(self.seed)
        known = [without_repeats(history.items) for history in data.histories()]
        sequences, asked = training.hold_back(known, self.held_back, rng)
        with torch.random.fork_rng(devices=[ctx.device] if ctx.device.startswith("cuda") else []):
            torch.manual_seed(self.seed)
            network = self._new(data.n_items)
            start = training.spectral(sequences, data.n_items, self.dimension, rng, ctx)
            if start is not None:
                network.start_from(torch.from_numpy(start))
            network.to(ctx.device)
            training.train(
                network,
                sequences,
                asked,
                batch=self.batch,
                negatives=self.negatives,
                learning_rate=self.learning_rate,
                weight_decay=self.weight_decay,
                max_epochs=self.max_epochs,
                patience=self.patience,
                budget_minutes=self.budget_minutes,
                rng=rng,
                ctx=ctx,
            )
        self._learnt = network.eval(), np.bincount(data.items, data.weights, data.n_items).astype(np.float32)
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        torch = _torch()
        from prodgen_rank.models.sequence_network import batches

        network, popularity = self._known()
        found = np.empty((len(histories), len(popularity)), np.float32)
        found[:] = popularity / max(float(popularity.max(initial=0.0)), 1.0)
        sequences = [without_repeats(history.items) for history in histories]
        with torch.inference_mode():
            products = network.products()
            for rows in batches(sequences, _AT_ONCE):
                told = network.after([sequences[row] for row in rows])
                found[rows] = (told @ products.T).cpu().numpy()
        return found

    def arrays(self) -> Arrays:
        network, popularity = self._known()
        return {"popularity": popularity} | {name: each.cpu().numpy() for name, each in network.state_dict().items()}

    def restore(self, arrays: Arrays) -> Self:
        torch = _torch()
        popularity = np.asarray(arrays["popularity"], np.float32)
        with torch.random.fork_rng(devices=[]):
            network = self._new(len(popularity))
        network.load_state_dict(
            {name: torch.from_numpy(np.array(each)) for name, each in arrays.items() if name != "popularity"}
        )
        self._learnt = network.eval(), popularity
        return self

    def _new(self, n_items: int) -> Network:
        from prodgen_rank.models.sequence_network import Network

        return Network(n_items, self.dimension, self.layers, self.heads, self.reach, self.dropout, self.sharpness)

    def _known(self) -> tuple[Network, NDArray[np.float32]]:
        if self._learnt is None:
            raise RuntimeError("The sequence model was neither fitted nor restored.")
        return self._learnt


def without_repeats(items: Codes) -> Codes:
    """One of each run of the same product: looking at it, and at once putting it into the cart, is one step."""
    return items[np.concatenate(([True], items[1:] != items[:-1]))] if len(items) else items


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise MissingDependency(
            "The sequence model needs torch.", hint="Run: pip install 'prodgen-rank[torch]'"
        ) from error
    return torch
