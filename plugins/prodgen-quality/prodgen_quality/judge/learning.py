"""The judge's network in torch, and its training by AdamW (Loshchilov and Hutter, ICLR 2019).

Layers are normalised by batches (Ioffe and Szegedy, ICML 2015); rare labels count more, by the root of how rare they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout

from prodgen_quality.judge.augment import augmented, disguised
from prodgen_quality.judge.network import LAYERS, LOOKING, MAPS, PIXEL, PIXEL_STEP, SEEN
from prodgen_sdk.training import checkpoint as checkpoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_quality.judge.training import Recipe
_UNASKED = -1
_NONE = torch.tensor(False)


class Network(nn.Module):
    """As `network.features` and `network.answers`, to be trained. Pictures are float32 [n, 3, 128, 128], paper is 0."""

    def __init__(self, labels: Mapping[str, int], hidden: int, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.layers = nn.ModuleDict(
            {
                layer.name: nn.Sequential(
                    nn.Conv2d(layer.before, layer.after, 3, layer.stride, 1, bias=False), nn.BatchNorm2d(layer.after)
                )
                for layer in LAYERS
            }
        )
        at = {layer.name: layer.after for layer in LAYERS}
        self.maps = nn.Conv2d(at[LOOKING], MAPS, 1)
        self.pixel = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))
            for before, after in zip((3, *PIXEL[:-1]), PIXEL, strict=True)
        )
        self.hidden = nn.Sequential(nn.Linear(SEEN, hidden, bias=False), nn.BatchNorm1d(hidden))
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, count) for name, count in labels.items()})

    def forward(self, ink: Tensor) -> dict[str, Tensor]:
        x, seen, maps = ink, [], ink
        for layer in LAYERS:
            y = torch.relu(self.layers[layer.name](x))
            x = x + y if layer.stride == 1 else y
            if layer.texture:
                seen += [x.mean((2, 3)), x.amax((2, 3))]
            if layer.name == LOOKING:
                maps = self.maps(x)
        # Places before channels, as numpy lays them.
        seen += [self._colours(ink, maps), x.permute(0, 2, 3, 1).flatten(1)]
        found = torch.relu(self.hidden(dropout(torch.cat(seen, 1), self.rate / 2, self.training)))
        found = dropout(found, self.rate, self.training)
        return {name: head(found) for name, head in self.heads.items()}

    def _colours(self, ink: Tensor, maps: Tensor) -> Tensor:
        first = PIXEL_STEP // 2
        pixels = ink[:, :, first::PIXEL_STEP, first::PIXEL_STEP]
        for layer in self.pixel:
            pixels = torch.relu(layer(pixels))
        cells = nn.functional.avg_pool2d(pixels, pixels.shape[-1] // maps.shape[-1]).flatten(2)
        pooled = torch.einsum("nmp,nup->nmu", maps.flatten(2).softmax(2), cells)
        return torch.cat([cells.mean(2), pooled.flatten(1)], 1)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The weights for `network.features`: matrices [in, out], normalisation folded in."""
        found: dict[str, NDArray[np.float32]] = {}
        folded: dict[str, Any] = dict(self.layers.items())
        folded |= {"hidden": self.hidden} | {f"pixel.{n}": part for n, part in enumerate(self.pixel)}
        for name, (linear, norm) in folded.items():
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            found[f"{name}.weight"] = _matrix(linear.weight.flatten(1) * scale[:, None])
            found[f"{name}.bias"] = (norm.bias - norm.running_mean * scale).detach().numpy()
        plain: dict[str, Any] = {"maps": self.maps} | {f"head.{name}": head for name, head in self.heads.items()}
        for name, linear in plain.items():
            found[f"{name}.weight"] = _matrix(linear.weight.flatten(1))
            found[f"{name}.bias"] = linear.bias.detach().numpy()
        return found


def learn(
    pictures: NDArray[np.uint8],
    truth: NDArray[np.int64],
    labels: Mapping[str, int],
    recipe: Recipe,
    checkpoint: Path,
    step: Callable[[int], None],
) -> dict[str, NDArray[np.float32]]:
    """Weights for `network.features` and `network.answers`.

    Args:
        pictures: uint8 [n, 128, 128, 3].
        truth: places of labels [n, questions].
        checkpoint: written after each epoch; a run that finds one goes on from there, to the same weights.
        step: called after each epoch with how many are done, and once before with how many were.
    """
    torch.manual_seed(recipe.seed)
    network = Network(labels, recipe.hidden, recipe.dropout)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.decay)
    weights = [_weights(truth[:, place], count) for place, count in enumerate(labels.values())]
    batches = max(1, len(pictures) // recipe.batch)
    state = checkpoints.load(checkpoint, {"judge": network}, {}, {"judge": optimiser})
    step(state.step)
    for epoch in range(state.step, recipe.epochs):
        rng = np.random.default_rng([recipe.seed, epoch])
        torch.manual_seed(int(rng.integers(2**31)))
        for place, rows in enumerate(np.array_split(rng.permutation(len(pictures)), batches)):
            optimiser.param_groups[0]["lr"] = recipe.learning_rate * _rate((epoch + place / batches) / recipe.epochs)
            ink = (255 - torch.from_numpy(pictures[rows]).permute(0, 3, 1, 2).float()) / 128
            ink, unasked = disguised(augmented(ink, rng), rng)
            said = network(ink.contiguous(memory_format=torch.channels_last))
            wanted = torch.from_numpy(truth[rows])
            losses = []
            for question, (name, answered) in enumerate(said.items()):
                right = wanted[:, question].masked_fill(unasked.get(name, _NONE), _UNASKED)
                loss = cross_entropy(
                    answered,
                    right,
                    weights[question],
                    ignore_index=_UNASKED,
                    label_smoothing=recipe.smoothing,
                    reduction="sum",
                )
                losses.append(loss / len(rows))
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        state.step = epoch + 1
        checkpoints.save(checkpoint, state, {"judge": network}, {}, {"judge": optimiser})
        step(epoch + 1)
    return network.eval().tensors()


def _rate(share: float) -> float:
    """Of the learning rate, after a share of all steps: up for a tenth, then down along a cosine."""
    return share / 0.1 if share < 0.1 else 0.5 * (1 + float(np.cos(np.pi * (share - 0.1) / 0.9)))


def _weights(places: NDArray[np.int64], count: int) -> Tensor:
    """What each label counts: by the root of its rarity, 1 on average over the pictures."""
    often = np.bincount(places, minlength=count)
    rarity = 1 / np.sqrt(np.maximum(often, 1))
    return torch.from_numpy((rarity * often.sum() / max(1e-9, (rarity * often).sum())).astype(np.float32))


def _matrix(weight: Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = weight.T.contiguous().detach().numpy()
    return found
