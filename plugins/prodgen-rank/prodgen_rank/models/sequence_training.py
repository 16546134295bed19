"""How the network of the sequence model learns: where it starts, what it is told, and when it stops."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.sequence_network import Network, batches, padded, sampled_softmax
from prodgen_rank.models.transitions import transitions
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]

_AT_ONCE = 512
_RISE = 100
_EPOCH = 50  # steps at least: a small shop is gone over several times before the ranking is looked at


def hold_back(known: list[Codes], most: int, rng: np.random.Generator) -> tuple[list[Codes], list[Codes]]:
    """What to learn from, and the whole sequences of some users whose last product is not among it.

    Args:
        most: how many users are held back at most; never more than a tenth.
    """
    users = np.asarray([row for row, each in enumerate(known) if len(each) > 2], np.int64)
    chosen = rng.choice(users, min(most, len(users) // 10), replace=False)
    kept = list(known)
    for row in chosen:
        kept[row] = known[row][:-1]
    return [each for each in kept if len(each) > 1], [known[row] for row in chosen]


def spectral(
    sequences: list[Codes], n_items: int, dimension: int, rng: np.random.Generator, ctx: Context
) -> NDArray[np.float32] | None:
    """Vectors of length 1, float32 [n_items, dimension], near for products taken up near each other; None if too few.

    The leading singular vectors of the symmetric, normalised transition counts, times the roots of their values, turned at
    random so that no coordinate is special. Products without neighbours point anywhere.
    """
    from scipy.sparse import diags, identity
    from scipy.sparse.linalg import svds

    if n_items <= dimension + 1:
        return None
    counted = transitions(_as_interactions(sequences, n_items), 0.8, 10, ctx)
    counted = counted + counted.T
    scale = diags(1 / np.sqrt(np.maximum(np.asarray(counted.sum(axis=1)).ravel(), 1e-3)))
    near = (scale @ counted @ scale + identity(n_items)).tocsr()
    vectors, values, _ = svds(near, k=dimension, v0=np.ones(n_items))
    turned, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
    found = vectors * np.sqrt(values) @ turned
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    lost = lengths[:, 0] < 1e-9
    found[lost] = rng.standard_normal((int(lost.sum()), dimension))
    lengths[lost] = np.linalg.norm(found[lost], axis=1, keepdims=True)
    return np.ascontiguousarray(found / lengths, np.float32)


def train(
    network: Network,
    sequences: list[Codes],
    asked: list[Codes],
    *,
    batch: int,
    negatives: int,
    learning_rate: float,
    weight_decay: float,
    max_epochs: int,
    patience: int,
    budget_minutes: float,
    rng: np.random.Generator,
    ctx: Context,
) -> None:
    """Trains in place and leaves the epoch that ranked the last products of `asked` best, or the last epoch without any."""
    sequences = [each[-network.reach - 1 :] for each in sequences]
    optimizer = _optimizer(network, learning_rate, weight_decay)
    began, budget, since, step = time.monotonic(), 60 * budget_minutes, 0, 0
    best = -1.0, network.state_dict()
    passes = -(-_EPOCH * batch // max(len(sequences), batch))
    steps = max_epochs * passes * -(-len(sequences) // batch)
    for epoch in range(max_epochs if sequences else 0):
        network.train()
        parts = [part for _ in range(passes) for part in batches(sequences, batch, rng)]
        for part in rng.permutation(len(parts)):
            ctx.check()
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * min(1.0, (step + 1) / _RISE) * (1 - step / steps)
            loss = _loss(network, [sequences[row] for row in parts[part]], negatives, rng)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            step += 1
            if step >= steps or time.monotonic() - began > budget:
                break
        # The rate falls to nothing within the budget; where there is time to spare, nothing depends on the clock.
        steps = min(steps, int(step * budget / max(time.monotonic() - began, 1e-9)))
        ctx.progress(epoch + 1, max_epochs, "epochs of the sequence model")
        if asked:
            found = ndcg(network, asked)
            ctx.logger.debug("epoch %d: NDCG@10 %.4f of the products held back", epoch + 1, found)
            since = 0 if found > best[0] else since + 1
            if found > best[0]:
                best = found, copy.deepcopy(network.state_dict())
        if since >= patience or step >= steps:
            break
    if asked:
        network.load_state_dict(best[1])


def ndcg(network: Network, asked: list[Codes], k: int = 10) -> float:
    """NDCG@k of the last product of each sequence, among all that are not in the rest of it."""
    network.eval()
    total = 0.0
    with torch.inference_mode():
        products = network.products()
        for rows in batches(asked, _AT_ONCE):
            told = network.after([asked[row][:-1] for row in rows])
            for scores, row in zip((told @ products.T).cpu().numpy(), rows, strict=True):
                wanted = scores[asked[row][-1]]
                scores[asked[row]] = -np.inf
                rank = np.count_nonzero(scores >= wanted)
                total += 1 / np.log2(2 + rank) if rank < k else 0.0
    return total / len(asked)


def _optimizer(network: Network, learning_rate: float, weight_decay: float) -> Any:
    named = list(network.named_parameters())
    decayed = [each for name, each in named if name != "items.weight" and each.dim() > 1]
    others = [each for name, each in named if name == "items.weight" or each.dim() < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, learning_rate, betas=(0.9, 0.98), fused=network.device.type in ("cpu", "cuda"))


def _loss(network: Network, sequences: list[Codes], negatives: int, rng: np.random.Generator) -> Tensor:
    codes, lengths = padded(sequences)
    n = network.items.num_embeddings
    drawn = rng.integers(n, size=negatives) if negatives < n else np.arange(n)
    # Each product is looked up once, whether it was seen, came next or was drawn: the embeddings have one gradient, not three.
    used, rows = np.unique(np.concatenate((codes.ravel(), drawn)), return_inverse=True)
    inside = np.flatnonzero(np.arange(1, codes.shape[1])[None] < lengths[:, None])
    known, placed, kept = (torch.from_numpy(each).to(network.device) for each in (used, rows, inside))
    products = network.products(known)
    placed, others = placed[: codes.size].view(codes.shape), placed[codes.size :]
    given = products.index_select(0, placed[:, :-1].flatten()).view(len(codes), codes.shape[1] - 1, -1)
    told = network.following(given).flatten(0, 1).index_select(0, kept)
    return sampled_softmax(told, placed[:, 1:].flatten().index_select(0, kept), products, others, n)


def _as_interactions(sequences: list[Codes], n_items: int) -> Interactions:
    """All counting the same, the place being the time."""
    users = np.repeat(np.arange(len(sequences), dtype=np.int32), [len(each) for each in sequences])
    items = np.concatenate(sequences) if sequences else np.zeros(0, np.int32)
    times = np.arange(len(items), dtype=np.float64)
    return Interactions(users, items, np.ones(len(items), np.float32), times, ("",) * n_items, len(sequences))
