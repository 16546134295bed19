"""The two layers that answer, trained by AdamW (Loshchilov and Hutter, ICLR 2019) on what was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_quality.judge.training import Recipe


def learn_head(
    seen: NDArray[np.float16],
    truth: NDArray[np.int64],
    labels: Mapping[str, int],
    recipe: Recipe,
    step: Callable[[], None],
) -> dict[str, Any]:
    """Weights for `network.features` and `network.answers`.

    Args:
        seen: [copies, n, d]; an epoch takes each picture once, in a copy that is drawn.
        truth: places of labels [n, questions].
        step: called after each epoch.
    """
    import numpy as np
    import torch
    from torch.nn.functional import cross_entropy, dropout

    copies, n, size = seen.shape
    mean = seen[0].mean(axis=0, dtype=np.float32)
    scale = seen[0].std(axis=0, dtype=np.float32) + np.float32(1e-3)
    generator = torch.Generator().manual_seed(recipe.seed)

    def drawn(rows: int, columns: int) -> Any:
        return torch.nn.Parameter(torch.randn(rows, columns, generator=generator) * (2 / columns) ** 0.5)

    weight, bias = drawn(recipe.hidden, size), torch.nn.Parameter(torch.zeros(recipe.hidden))
    heads = {
        name: (drawn(count, recipe.hidden), torch.nn.Parameter(torch.zeros(count))) for name, count in labels.items()
    }
    every = [weight, bias, *(tensor for head in heads.values() for tensor in head)]
    optimiser = torch.optim.AdamW(every, recipe.learning_rate, weight_decay=recipe.decay)
    batches = -(-n // recipe.batch)
    torch.manual_seed(recipe.seed)
    for epoch in range(recipe.epochs):
        rng = np.random.default_rng([recipe.seed, 3, epoch])
        order, chosen = rng.permutation(n), rng.integers(0, copies, size=(n,))
        for place in range(batches):
            share = (epoch + place / batches) / recipe.epochs
            optimiser.param_groups[0]["lr"] = recipe.learning_rate * 0.5 * (1 + float(np.cos(np.pi * share)))
            rows = order[place * recipe.batch : (place + 1) * recipe.batch]
            x = torch.from_numpy((seen[chosen[rows], rows].astype(np.float32) - mean) / scale)
            hidden = torch.relu(dropout(x, recipe.dropout / 2) @ weight.T + bias)
            hidden = dropout(hidden, recipe.dropout)
            wanted = torch.from_numpy(truth[rows])
            losses = [
                cross_entropy(
                    hidden @ heads[name][0].T + heads[name][1], wanted[:, question], label_smoothing=recipe.smoothing
                )
                for question, name in enumerate(labels)
            ]
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        step()
    tensors = {"sight.mean": mean, "sight.scale": scale}
    tensors |= {"hidden.weight": weight.detach().numpy(), "hidden.bias": bias.detach().numpy()}
    for name, (matrix, offset) in heads.items():
        tensors |= {f"head.{name}.weight": matrix.detach().numpy(), f"head.{name}.bias": offset.detach().numpy()}
    return tensors
