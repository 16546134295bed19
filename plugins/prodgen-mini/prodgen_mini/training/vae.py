"""`prodgen train vae`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.vae import Vae
from prodgen_mini.training.latents import LatentObjective, ModelRecipe, Seen, Task, seeded, task_of
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_sdk.context import Context
from prodgen_sdk.training.recipe import Count, Positive, Share, Weight, Whole


class VaeRecipe(ModelRecipe):
    """Options of `prodgen train vae`.

    Args:
        code: numbers in a code.
        beta: weight of the divergence.
        anneal: steps after which `beta` is reached.
        vector_weight: of the vector's error, against the map's.
        seen: of how many designs of a batch the artwork is drawn, and compared where the inks lie.
    """

    steps: Count = 3000
    learning_rate: Positive = 2e-3
    ema: Share = 0.999
    code: Annotated[int, Field(ge=2, le=1024)] = 192
    beta: Weight = 1e-4
    anneal: Whole = 600
    vector_weight: Weight = 2.0
    seen: Whole = 96


class VaeTrainer(PartTrainer[VaeRecipe]):
    part = "vae"
    recipe = VaeRecipe

    def prepare(self, recipe: VaeRecipe, designs: Designs, ctx: Context) -> Prepared:
        task = task_of(recipe, designs, ctx)
        settings = {**task.sizes, "code": recipe.code, "width": recipe.width}
        return Prepared(VaeObjective(task, settings, recipe), settings, {"codec": task.digest})


class VaeObjective(LatentObjective):
    """The evidence lower bound with a Gaussian of fixed width, weights for map and vector, and a learnt prior."""

    averaged = ("vae",)

    def __init__(self, task: Task, settings: Mapping[str, Any], recipe: VaeRecipe) -> None:
        super().__init__(task, {"vae": seeded(recipe.seed, lambda: Vae(**settings, dropout=recipe.dropout))})
        self._recipe = recipe
        self._weights = task.codec.scale / task.codec.scale.mean()

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        vae, recipe = self.networks["vae"], self._recipe
        assert isinstance(vae, Vae)
        device = next(vae.parameters()).device
        seen = self.task.train.draw(rows, noise, device)
        mean, spread = _read(vae, seen)
        code = mean + (0.5 * spread).exp() * torch.randn(mean.shape, generator=noise).to(device)
        drawn, numbers = vae.decode(code, seen.conditions)
        map_error, vector_error = errors(drawn, numbers, seen, self._weights.to(device))
        kl = vae.divergence(code, mean, spread, seen.conditions).mean()
        beta = recipe.beta * min(1.0, (step + 1) / max(1, recipe.anneal))
        misplaced = self._misplaced(drawn, seen.maps, seen.art)
        notes = {"map": map_error, "vector": vector_error, "kl": kl, "misplaced": misplaced}
        loss = map_error + recipe.vector_weight * vector_error + beta * kl + misplaced
        return loss, {k: v.detach() for k, v in notes.items()}

    def _misplaced(self, drawn: Tensor, maps: Tensor, art: Tensor) -> Tensor:
        """Divergence of the inks' shares from the true ones, in nats a pixel, over the first designs with artwork."""
        rows = art.nonzero()[: self._recipe.seen, 0]
        if not len(rows):
            return drawn.new_zeros(())
        codec = self.task.codec.to(drawn.device)
        with torch.no_grad():
            true = codec.logits(maps[rows]).log_softmax(1)
        found = codec.logits(drawn[rows]).log_softmax(1)
        return (true.exp() * (true - found)).sum(1).mean()

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        vae = networks["vae"]
        assert isinstance(vae, Vae)
        device = next(vae.parameters()).device
        seen = self.task.held.all(device)
        mean, spread = _read(vae, seen)
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3)).to(device)
        kl = float(vae.divergence(mean + (0.5 * spread).exp() * noise, mean, spread, seen.conditions).mean())
        drawn, numbers = vae.decode(mean, seen.conditions)
        map_error, vector_error = errors(drawn, numbers, seen, self._weights.to(device))
        parts = zip(*(torch.split(part, 64) for part in (drawn, seen.maps, seen.art)), strict=True)
        misplaced = float(torch.stack([self._misplaced(*rows) for rows in parts]).mean())
        bound = map_error + self._recipe.vector_weight * vector_error + self._recipe.beta * kl + misplaced
        return {
            "val_loss": float(bound),
            "val_misplaced": misplaced,
            "val_map": float(map_error),
            "val_vector": float(vector_error),
            "val_kl": kl,
        }

    def invent(self, network: nn.Module, condition: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        assert isinstance(network, Vae)
        drawn = torch.randn(len(condition), network.code, generator=noise)
        return network.invent(drawn.to(condition.device), condition)

    def again(self, network: nn.Module, seen: Seen) -> list[tuple[Tensor, Tensor]]:
        assert isinstance(network, Vae)
        return [network.decode(_read(network, seen)[0], seen.conditions)]


def _read(vae: Vae, seen: Seen) -> tuple[Tensor, Tensor]:
    return vae.encode(seen.maps * seen.cover, seen.vectors * seen.counted, seen.conditions)


def errors(drawn: Tensor, numbers: Tensor, seen: Seen, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean squared errors of maps, where there is art, and of the places of vectors that count.

    Args:
        weights: of the channels of a map; those that hold more of the image count more.
    """
    each = ((drawn - seen.maps).square() * weights[:, None, None]).mean((1, 2, 3))
    wrong = (numbers - seen.vectors).square() * seen.counted
    return (each * seen.art).sum() / seen.art.sum().clamp(min=1), wrong.sum() / seen.counted.sum().clamp(min=1)
