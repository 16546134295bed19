"""`prodgen train image-encoder`: the head of `image/mini`, from rendered views, by supervised contrastive learning.

Crops of one product, seen from different sides on different backgrounds, shall lie together, and crops of one family nearer
than others (Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, on both labels). The trunk stays as it is. All that
is random follows from the seed and the step, so that a run which was stopped goes on as if it never had been.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from prodgen_rank.encoders import weights
from prodgen_rank.encoders.crops import Crops, crops_of
from prodgen_rank.encoders.neighbours import same_family_share, same_product_first
from prodgen_rank.encoders.weights import Head
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError, MissingDependency
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report, Trainer

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

HELD_OUT = ("cap", "earbuds", "perfume", "skirt", "stool", "tin", "vase", "camera")


class Recipe(BaseModel):
    """How the head is trained.

    Args:
        copies: crops that are made of each view.
        held_out: families that are not trained on, for the figures.
        products: products in a batch, each with two crops.
        dimension: length of a vector.
        temperature: by which similarities are divided.
        family_weight: of the loss over families, against that over products.
        dropout: share of the features that are left out of a step.
        decay: weight decay (Loshchilov and Hutter, ICLR 2019).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    steps: Annotated[int, Field(ge=1)] = 800
    copies: Annotated[int, Field(ge=1)] = 3
    held_out: tuple[str, ...] = HELD_OUT
    products: Annotated[int, Field(ge=4)] = 128
    dimension: Annotated[int, Field(ge=8, le=1024)] = 128
    temperature: Annotated[float, Field(gt=0)] = 0.1
    family_weight: Annotated[float, Field(ge=0)] = 1.0
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    decay: Annotated[float, Field(ge=0)] = 0.05
    checkpoint_every: Annotated[int, Field(ge=1)] = 500


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
            import torch
        except ImportError:
            raise MissingDependency("Training needs torch.", hint="Run: pip install 'prodgen-rank[torch]'") from None
        recipe = validate(Recipe, config, where="options of train image-encoder")
        given = weights.read()
        _claim(recipe, out)
        crops = crops_of(data, given.trunk, recipe.copies, recipe.seed, out / "crops", ctx)
        known = (crops.splits == "train") & ~np.isin(crops.families, recipe.held_out)
        if len(set(crops.products[known])) < 4:
            raise InputError(f"{data} holds fewer than 4 products to train on.", hint="Render more products.")
        run = _Run(recipe, crops.take(known), out, torch)
        ctx.progress(run.step, recipe.steps, "steps")
        while run.step < recipe.steps:
            ctx.check()
            run.advance()
            ctx.progress(run.step, recipe.steps, "steps")
        head = run.head()
        figures = {"loss": run.loss, **_figures(head, crops.take(~known))}
        path = out / "mini.safetensors"
        weights.write(path, given.tensors, head, {"recipe": recipe.model_dump(mode="json"), "figures": figures})
        return Report(checkpoint=path, steps=run.step, figures=figures)


class _Run:
    """The head under training, with the optimiser's state; both are kept in one file."""

    def __init__(self, recipe: Recipe, crops: Crops, out: Path, torch: Any) -> None:
        self.recipe, self.torch, self.path = recipe, torch, out / "checkpoint.safetensors"
        self.step, self.loss = 0, 0.0
        self.mean, self.scale = crops.features.mean(0), crops.features.std(0) + 1e-3
        self.inputs = (crops.features - self.mean) / self.scale
        _, self.products = np.unique(crops.products, return_inverse=True)
        _, self.families = np.unique(crops.families, return_inverse=True)
        self.rows = [np.flatnonzero(self.products == number) for number in range(self.products.max() + 1)]
        self.views = crops.views
        first = np.random.default_rng([recipe.seed, 1]).normal(0, 1, (self.inputs.shape[1], recipe.dimension))
        self.weight = torch.nn.Parameter(torch.tensor(first / np.sqrt(len(first)), dtype=torch.float32))
        self.optimiser = torch.optim.AdamW([self.weight], recipe.learning_rate, weight_decay=recipe.decay)
        self._resume()

    def advance(self) -> None:
        """One step; every so many, a checkpoint."""
        torch, recipe = self.torch, self.recipe
        rng = np.random.default_rng([recipe.seed, 2, self.step])
        rows = self._batch(rng)
        kept = (rng.random((len(rows), self.inputs.shape[1])) >= recipe.dropout) / (1 - recipe.dropout)
        inputs = torch.from_numpy((self.inputs[rows] * kept).astype(np.float32))
        rate = recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * self.step / recipe.steps))
        self.optimiser.param_groups[0]["lr"] = float(rate)
        vectors = torch.nn.functional.normalize(inputs @ self.weight, dim=1)
        loss = contrast(vectors, torch.from_numpy(self.products[rows]), recipe.temperature)
        if recipe.family_weight:
            families = torch.from_numpy(self.families[rows])
            loss = loss + recipe.family_weight * contrast(vectors, families, recipe.temperature)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.step, self.loss = self.step + 1, float(loss.detach())
        if self.step % recipe.checkpoint_every == 0 or self.step == recipe.steps:
            self._save()

    def head(self) -> Head:
        return Head(self.mean, self.scale, self.weight.detach().numpy().copy())

    def _batch(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Two crops of each of some products, of two views where there are two."""
        chosen = rng.permutation(len(self.rows))[: self.recipe.products]
        pairs = []
        for number in chosen:
            rows = self.rows[number]
            first = rng.choice(rows)
            others = rows[self.views[rows] != self.views[first]]
            pairs += [first, rng.choice(others if len(others) else rows)]
        return np.asarray(pairs)

    def _save(self) -> None:
        from safetensors.numpy import save

        state = self.optimiser.state[self.weight]
        tensors = {
            "weight": self.weight.detach().numpy(),
            "first": state["exp_avg"].numpy(),
            "second": state["exp_avg_sq"].numpy(),
        }
        facts = {"step": str(self.step), "loss": repr(self.loss)}
        write_atomically(self.path, save({name: np.ascontiguousarray(value) for name, value in tensors.items()}, facts))

    def _resume(self) -> None:
        if not self.path.is_file():
            return
        from safetensors import SafetensorError, safe_open

        torch = self.torch
        try:
            with safe_open(self.path, "pt") as file:
                facts = file.metadata() or {}
                kept = {name: file.get_tensor(name) for name in ("weight", "first", "second")}
                self.step, self.loss = int(facts["step"]), float(facts["loss"])
            self.weight.data.copy_(kept["weight"])
        except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
            raise ConfigError(
                f"The checkpoint {self.path} cannot be read: {error}.", hint="Delete it to start again."
            ) from None
        self.optimiser.state[self.weight] = {
            "step": torch.tensor(float(self.step)),
            "exp_avg": kept["first"],
            "exp_avg_sq": kept["second"],
        }


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


def _figures(head: Head, crops: Crops) -> dict[str, float]:
    """What can be said of crops that were not trained on; nothing where no product has another view, no family enough products."""
    if not len(crops.features):
        return {}
    vectors = _embedded(head, crops.features)
    shares = {
        "val_same_product": same_product_first(vectors, crops.products, crops.views),
        "val_same_family": same_family_share(vectors, crops.products, crops.families),
    }
    return {name: share.mean().item() for name, share in shares.items() if len(share)}


def _embedded(head: Head, features: NDArray[np.float32]) -> NDArray[np.float32]:
    vectors = ((features - head.mean) / head.scale) @ head.weight
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def _claim(recipe: Recipe, out: Path) -> None:
    """Notes the recipe in `out`, so that a run is not continued with another one."""
    text = json.dumps(recipe.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"
    path = out / "recipe.json"
    if path.is_file():
        if path.read_text("utf-8") != text:
            raise ConfigError(
                f"{out} holds a run with other options.", hint="Choose another folder, or repeat its options."
            )
        return
    write_atomically(path, text.encode())
