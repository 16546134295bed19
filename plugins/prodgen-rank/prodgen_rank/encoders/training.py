"""`prodgen train image-encoder`: the head of `image/mini`, from rendered views, by supervised contrastive learning.

Crops of one product, seen from different sides on different backgrounds, shall lie together, and crops of one family nearer
than others (Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, on both labels). The trunk stays as it is. All that
is random follows from the seed and the step, so that a run which was stopped goes on as if it never had been.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from prodgen_rank.encoders import weights
from prodgen_rank.encoders.crops import Crops, crops_of
from prodgen_rank.encoders.neighbours import same_family_share, same_product_first
from prodgen_rank.encoders.weights import Head
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import InputError, MissingDependency
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.training import recipe as options
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Count, Positive, Share, Weight, Whole, claim

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from prodgen_sdk.training.checkpoint import State

HELD_OUT = ("cap", "earbuds", "perfume", "skirt", "stool", "tin", "vase", "camera")


class Recipe(options.Recipe):
    """How the head is trained.

    Args:
        copies: crops that are made of each view.
        held_out: families that are not trained on, for the figures.
        batch: products in a batch, each with two crops.
        dimension: length of a vector.
        temperature: by which similarities are divided.
        family_weight: of the loss over families, against that over products.
        dropout: share of the features that are left out of a step.
    """

    steps: Count = 800
    copies: Count = 3
    held_out: tuple[str, ...] = HELD_OUT
    batch: Annotated[int, Field(ge=4)] = 128
    dimension: Annotated[int, Field(ge=8, le=1024)] = 128
    temperature: Positive = 0.1
    family_weight: Weight = 1.0
    dropout: Share = 0.2
    learning_rate: Positive = 2e-3
    warmup: Whole = 0
    floor: Share = 0.0
    betas: tuple[Share, Share] = (0.9, 0.999)
    decay: Weight = 0.05
    ema: Share = 0.0
    clip: Weight = 0.0
    checkpoint_every: Count = 500


class MiniTrainer(Trainer):
    """Trains a head over the trunk that comes with the package."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from one rendered data set, or a folder of several, into `out`.

        Returns:
            Where the weights lie, and of products and families that were not trained on the share whose other view comes first
            (`val_same_product`) and of the three nearest the share of the same family (`val_same_family`).

        Raises:
            InputError: there are no data, or too few products.
            ConfigError: an option is wrong, or `out` holds a run with other options.
            MissingDependency: torch is not installed.
        """
        try:
            import torch  # noqa: F401
        except ImportError:
            raise MissingDependency("Training needs torch.", hint="Run: pip install 'prodgen-rank[torch]'") from None
        from prodgen_sdk.training.loop import fit

        recipe = validate(Recipe, config, where="options of train image-encoder")
        given = weights.read()
        claim(recipe, out)
        crops = crops_of(data, given.trunk, recipe.copies, recipe.seed, out / "crops", ctx)
        known = (crops.splits == "train") & ~np.isin(crops.families, recipe.held_out)
        if len(set(crops.products[known])) < 4:
            raise InputError(f"{data} holds fewer than 4 products to train on.", hint="Render more products.")
        objective, path = HeadObjective(recipe, crops.take(known), crops.take(~known)), out / "mini.safetensors"

        def improved(averages: Mapping[str, nn.Module], state: State) -> None:
            facts = {"recipe": recipe.model_dump(mode="json"), "figures": _told(state)}
            weights.write(path, given.tensors, objective.head(averages), facts)

        state = fit(objective, recipe, out, ctx, improved=improved)
        return Report(checkpoint=path, steps=state.step, figures=_told(state))


def _told(state: State) -> dict[str, float]:
    return {name: value for name, value in state.last.items() if name == "loss" or name.startswith("val_")}


class HeadObjective(Objective):
    """The supervised contrastive loss over products and over families of crops."""

    averaged = ("head",)

    def __init__(self, recipe: Recipe, crops: Crops, held: Crops) -> None:
        import torch

        self._recipe, self._held, self._views = recipe, held, crops.views
        self._mean, self._scale = crops.features.mean(0), crops.features.std(0) + 1e-3
        self._inputs = (crops.features - self._mean) / self._scale
        _, self._products = np.unique(crops.products, return_inverse=True)
        _, self._families = np.unique(crops.families, return_inverse=True)
        self._crops = [np.flatnonzero(self._products == number) for number in range(self._products.max() + 1)]
        self.size = len(self._crops)
        features = self._inputs.shape[1]
        first = np.random.default_rng([recipe.seed, 1]).normal(0, 1, (features, recipe.dimension)) / features**0.5
        linear = torch.nn.Linear(features, recipe.dimension, bias=False)
        linear.weight.data = torch.tensor(first.T, dtype=torch.float32)
        self.networks: dict[str, nn.Module] = {"head": linear}

    def loss(
        self, name: str, rows: torch.Tensor, noise: torch.Generator, step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Of two crops of each of some products, `rows`."""
        import torch

        recipe, network = self._recipe, self.networks[name]
        device = next(network.parameters()).device
        rng = np.random.default_rng(noise.initial_seed())
        pairs = np.concatenate([self._pair(int(number), rng) for number in rows])
        kept = (rng.random((len(pairs), self._inputs.shape[1])) >= recipe.dropout) / (1 - recipe.dropout)
        inputs = torch.from_numpy((self._inputs[pairs] * kept).astype(np.float32)).to(device)
        vectors = torch.nn.functional.normalize(network(inputs), dim=1)
        products, families = (torch.from_numpy(of[pairs]).to(device) for of in (self._products, self._families))
        loss = contrast(vectors, products, recipe.temperature)
        if recipe.family_weight:
            loss = loss + recipe.family_weight * contrast(vectors, families, recipe.temperature)
        return loss, {}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """What can be said of crops that were not trained on; nothing where no product has another view, no family enough products."""
        held = self._held
        if not len(held.features):
            return {}
        vectors = _embedded(self.head(networks), held.features)
        shares = {
            "val_same_product": same_product_first(vectors, held.products, held.views),
            "val_same_family": same_family_share(vectors, held.products, held.families),
        }
        return {name: share.mean().item() for name, share in shares.items() if len(share)}

    def head(self, networks: Mapping[str, nn.Module]) -> Head:
        """What was learnt, from one of this objective's networks or their averages."""
        weight = next(networks["head"].parameters())
        return Head(self._mean, self._scale, weight.detach().cpu().numpy().T.copy())

    def _pair(self, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Two crops of a product, of two views where there are two."""
        rows = self._crops[number]
        first = rng.choice(rows)
        others = rows[self._views[rows] != self._views[first]]
        return np.asarray([first, rng.choice(others if len(others) else rows)])


def contrast(vectors: torch.Tensor, labels: torch.Tensor, temperature: float) -> torch.Tensor:
    """The supervised contrastive loss (its form L_out) of unit vectors [n, d] with labels [n].

    Rows without another of their label count nothing; at least one must have one.
    """
    import torch

    apart = torch.eye(len(vectors), dtype=torch.bool)
    logits = (vectors @ vectors.T / temperature).masked_fill(apart, -torch.inf)
    chances = torch.log_softmax(logits, dim=1).masked_fill(apart, 0)
    alike = (labels[:, None] == labels[None]) & ~apart
    counts = alike.sum(1)
    each = -(chances * alike).sum(1) / counts.clamp(min=1)
    return each[counts > 0].mean()


def _embedded(head: Head, features: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit(((features - head.mean) / head.scale) @ head.weight)
