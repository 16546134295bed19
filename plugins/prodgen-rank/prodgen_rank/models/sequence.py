"""What comes next in a sequence: self-attention over the products of a history, trained with sampled softmax."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.transitions import transitions
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
        learning_rate: of AdamW, after a rise over the first hundred steps.
        weight_decay: of the weights of the layers, not of the embeddings, whose length means nothing.
        max_epochs: after which training stops in any case.
        patience: epochs without a better ranking after which it stops.
        budget_minutes: after which the best so far is taken.
        held_back: at most so many users, and a tenth of all, have their last product held back to know when to stop.
        seed: the same seed, data, machine and number of threads give the same model.
    """

    name: ClassVar[str] = "sequence"

    def __init__(
        self,
        dimension: int = 64,
        layers: int = 1,
        heads: int = 1,
        reach: int = 50,
        dropout: float = 0.2,
        sharpness: float = 16.0,
        negatives: int = 512,
        batch: int = 128,
        learning_rate: float = 3e-3,
        weight_decay: float = 0.0,
        max_epochs: int = 40,
        patience: int = 3,
        budget_minutes: float = 15.0,
        held_back: int = 2000,
        seed: int = 0,
    ) -> None:
        self.dimension, self.layers, self.heads, self.reach = dimension, layers, heads, reach
        self.dropout, self.sharpness, self.negatives, self.batch = dropout, sharpness, negatives, batch
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.max_epochs, self.patience, self.budget_minutes = max_epochs, patience, budget_minutes
        self.held_back, self.seed = held_back, seed
        self._network: Network | None = None
        self._popularity = np.zeros(0, np.float32)

    def fit(self, data: Interactions, ctx: Context) -> Self:
        torch = _torch()
        self._popularity = np.bincount(data.items, data.weights, data.n_items).astype(np.float32)
        rng = ctx.rng(self.seed)
        known = [without_repeats(history.items) for history in data.histories()]
        sequences, asked = self._hold_back(known, rng)
        cuda = [ctx.device] if ctx.device.startswith("cuda") else []
        with torch.random.fork_rng(devices=cuda):
            torch.manual_seed(self.seed)
            self._network = self._new(data.n_items)
            start = spectral(_in_order(sequences, data.skus), self.dimension, rng, ctx)
            if start is not None:
                with torch.no_grad():
                    self._network.items.weight.copy_(torch.from_numpy(start))
            self._network.to(ctx.device)
            self._train(self._network, sequences, asked, rng, ctx)
        self._network.eval()
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        torch = _torch()
        network = self._trained()
        found = np.empty((len(histories), len(self._popularity)), np.float32)
        most = max(float(self._popularity.max(initial=0.0)), 1.0)
        found[:] = self._popularity / most
        sequences = [without_repeats(history.items) for history in histories]
        with torch.inference_mode():
            products = network.products()
            for rows in _batches(np.asarray([len(each) for each in sequences]), _AT_ONCE):
                told = self._last(network, [sequences[row] for row in rows])
                found[rows] = (told @ products.T).cpu().numpy()
        return found

    def arrays(self) -> Arrays:
        learnt = {name: each.cpu().numpy() for name, each in self._trained().state_dict().items()}
        return {"popularity": self._popularity, **learnt}

    def restore(self, arrays: Arrays) -> Self:
        torch = _torch()
        self._popularity = np.asarray(arrays["popularity"], np.float32)
        with torch.random.fork_rng(devices=[]):
            self._network = self._new(len(self._popularity))
        learnt = {name: torch.from_numpy(np.array(each)) for name, each in arrays.items() if name != "popularity"}
        self._network.load_state_dict(learnt)
        self._network.eval()
        return self

    def _new(self, n_items: int) -> Network:
        from prodgen_rank.models.sequence_network import Network

        return Network(n_items, self.dimension, self.layers, self.heads, self.reach, self.dropout, self.sharpness)

    def _trained(self) -> Network:
        if self._network is None:
            raise RuntimeError("The sequence model was neither fitted nor restored.")
        return self._network

    def _hold_back(self, known: list[Codes], rng: np.random.Generator) -> tuple[list[Codes], list[Codes]]:
        """The sequences to learn from, and those of some users, whole, whose last product is not among them."""
        users = np.asarray([row for row, each in enumerate(known) if len(each) > 2], np.int64)
        chosen = rng.choice(users, min(self.held_back, len(users) // 10), replace=False)
        asked = [known[row] for row in chosen]
        sequences = list(known)
        for row in chosen:
            sequences[row] = known[row][:-1]
        return [each[-self.reach - 1 :] for each in sequences if len(each) > 1], asked

    def _train(
        self, network: Network, sequences: list[Codes], asked: list[Codes], rng: np.random.Generator, ctx: Context
    ) -> None:
        torch = _torch()
        layers = [each for name, each in network.named_parameters() if name != "items.weight" and each.dim() > 1]
        others = [each for name, each in network.named_parameters() if name == "items.weight" or each.dim() < 2]
        optimizer = torch.optim.AdamW(
            [{"params": layers, "weight_decay": self.weight_decay}, {"params": others, "weight_decay": 0.0}],
            lr=self.learning_rate,
            betas=(0.9, 0.98),
        )
        rise = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 100))
        began, best, since = time.monotonic(), (-1.0, network.state_dict()), 0
        lengths = np.asarray([len(each) for each in sequences], np.int64)
        for epoch in range(self.max_epochs):
            network.train()
            batches = list(_batches(lengths, self.batch, rng))
            for row in rng.permutation(len(batches)):
                ctx.check()
                if time.monotonic() - began > 60 * self.budget_minutes:
                    break
                loss = self._loss(network, [sequences[each] for each in batches[row]], rng)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                rise.step()
            ctx.progress(epoch + 1, self.max_epochs, "epochs of the sequence model")
            if asked:
                found = self._gain(network, asked)
                ctx.logger.debug("epoch %d: gain %.4f of the products held back", epoch + 1, found)
                since = 0 if found > best[0] else since + 1
                if found > best[0]:
                    best = (found, copy.deepcopy(network.state_dict()))
            if since >= self.patience or time.monotonic() - began > 60 * self.budget_minutes:
                break
        if asked:
            network.load_state_dict(best[1])

    def _loss(self, network: Network, sequences: list[Codes], rng: np.random.Generator) -> Any:
        torch = _torch()
        from prodgen_rank.models.sequence_network import sampled_softmax

        device = network.items.weight.device
        codes, lengths = _padded(sequences)
        n = len(self._popularity)
        drawn = rng.integers(n, size=self.negatives) if self.negatives < n else None
        inside = np.flatnonzero(np.arange(1, codes.shape[1])[None] < lengths[:, None])
        wanted = torch.from_numpy(codes[:, 1:].reshape(-1)[inside]).to(device)
        told = network(torch.from_numpy(codes[:, :-1]).to(device)).flatten(0, 1)
        told = told.index_select(0, torch.from_numpy(inside).to(device))
        return sampled_softmax(told, wanted, network, None if drawn is None else torch.from_numpy(drawn).to(device))

    def _last(self, network: Network, sequences: list[Codes]) -> Any:
        """What the network says after the last product of each, float [batch, dimension]."""
        torch = _torch()
        device = network.items.weight.device
        codes, lengths = _padded([each[-self.reach :] for each in sequences])
        told = network(torch.from_numpy(codes).to(device))
        return told[torch.arange(len(codes), device=device), torch.from_numpy(lengths - 1).to(device)]

    def _gain(self, network: Network, asked: list[Codes]) -> float:
        """Mean of 1 / log2(1 + rank) of the last product among all that are not in the sequence: NDCG without a cut-off."""
        torch = _torch()
        network.eval()
        gains = []
        with torch.inference_mode():
            products = network.products()
            for rows in _batches(np.asarray([len(each) for each in asked]), _AT_ONCE):
                told = self._last(network, [asked[row][:-1] for row in rows])
                found = (told @ products.T).cpu().numpy()
                for scores, row in zip(found, rows, strict=True):
                    wanted = scores[asked[row][-1]]
                    scores[asked[row]] = -np.inf
                    gains.append(1 / np.log2(2 + np.count_nonzero(scores >= wanted)))
        return float(np.mean(gains))


def without_repeats(items: Codes) -> Codes:
    """One of each run of the same product: looking at it, and at once putting it into the cart, is one step."""
    return items[np.concatenate(([True], items[1:] != items[:-1]))] if len(items) else items


def spectral(data: Interactions, dimension: int, rng: np.random.Generator, ctx: Context) -> Scores | None:
    """float32 [n_items, dimension], of length 1: near for products that are taken up near each other; None if too few.

    The leading singular vectors of the symmetric, normalised transition counts, times the roots of their values, turned at
    random so that no coordinate is special. Products without neighbours point anywhere.
    """
    from scipy.sparse import diags, identity
    from scipy.sparse.linalg import svds

    n = data.n_items
    if n <= dimension + 1:
        return None
    counted = transitions(data, 0.8, 10, ctx)
    counted = counted + counted.T
    scale = diags(1 / np.sqrt(np.maximum(np.asarray(counted.sum(axis=1)).ravel(), 1e-3)))
    near = (scale @ counted @ scale + identity(n)).tocsr()
    vectors, values, _ = svds(near, k=dimension, v0=np.ones(n))
    turned, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
    found = vectors * np.sqrt(values) @ turned
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    lost = lengths[:, 0] < 1e-9
    found[lost] = rng.standard_normal((int(lost.sum()), dimension))
    lengths[lost] = np.linalg.norm(found[lost], axis=1, keepdims=True)
    return np.ascontiguousarray(found / lengths, np.float32)


def _batches(
    lengths: NDArray[np.int64], size: int, rng: np.random.Generator | None = None
) -> Iterator[NDArray[np.int64]]:
    """Rows of like length, at most `size` at a time; empty ones are left out."""
    ties = np.arange(len(lengths)) if rng is None else rng.random(len(lengths))
    order = np.lexsort((ties, lengths))
    order = order[lengths[order] > 0]
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _in_order(sequences: list[Codes], skus: tuple[str, ...]) -> Interactions:
    """Sequences as interactions that all count the same."""
    users = np.repeat(np.arange(len(sequences), dtype=np.int32), [len(each) for each in sequences])
    items = np.concatenate(sequences) if sequences else np.zeros(0, np.int32)
    return Interactions(
        users, items, np.ones(len(items), np.float32), np.arange(len(items), dtype=np.float64), skus, len(sequences)
    )


def _padded(sequences: list[Codes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """int64 [n, longest], 0 at the right where a sequence has ended; and the lengths."""
    lengths = np.asarray([len(each) for each in sequences], np.int64)
    codes = np.zeros((len(sequences), int(lengths.max())), np.int64)
    codes[np.arange(codes.shape[1])[None] < lengths[:, None]] = np.concatenate(sequences)
    return codes, lengths


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise MissingDependency(
            "The sequence model needs torch.", hint="Run: pip install 'prodgen-rank[torch]'"
        ) from error
    return torch
