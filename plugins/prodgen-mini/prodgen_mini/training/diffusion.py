"""`prodgen train diffusion`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.config import DiffusionConfig
from prodgen_mini.designs import Designs
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.flow import sample
from prodgen_mini.models.vae import Vae
from prodgen_mini.training.latents import LatentObjective, ModelRecipe, Seen, Task, seeded, task_of
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_mini.weights import load_vae
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.training.recipe import Count, Positive, Share


class DiffusionRecipe(ModelRecipe):
    """Options of `prodgen train diffusion`.

    Args:
        vae: weights of the VAE whose codes are generated; those of the package by default.
        width, depth, heads: of the transformer.
        group: numbers of the code in a token.
        forget: share of the examples whose condition is left out, for classifier-free guidance.
        uniform: share of the times that are drawn evenly; the others lie more in the middle (logit-normal).
    """

    steps: Count = 3000
    learning_rate: Positive = 1.5e-3
    ema: Share = 0.9995
    vae: Path | None = None
    width: int = Field(default=192, ge=16, le=1024)
    depth: Annotated[int, Field(ge=1, le=48)] = 6
    heads: Annotated[int, Field(ge=1, le=32)] = 6
    group: Annotated[int, Field(ge=1, le=64)] = 8
    forget: Share = 0.1
    uniform: Annotated[float, Field(ge=0, le=1)] = 0.4


class DiffusionTrainer(PartTrainer[DiffusionRecipe]):
    part = "diffusion"
    recipe = DiffusionRecipe

    def prepare(self, recipe: DiffusionRecipe, designs: Designs, ctx: Context) -> Prepared:
        task = task_of(recipe, designs, ctx)
        vae, vae_digest = load_vae(task.digest, recipe.vae)
        settings = {
            "code": vae.code, "condition": task.space.condition, "width": recipe.width, "depth": recipe.depth, "heads": recipe.heads,
            "group": recipe.group,
        }  # fmt: skip
        if vae.code % recipe.group or recipe.width % recipe.heads:
            raise ConfigError(
                f"A code of {vae.code} in groups of {recipe.group}, a width of {recipe.width} in {recipe.heads} heads: one leaves a rest.",
                hint="Choose a group that divides the code, and heads that divide the width.",
            )
        objective = DiffusionObjective(task, vae.to(ctx.device), settings, recipe)
        return Prepared(objective, settings, {"codec": task.digest, "vae": vae_digest})


class DiffusionObjective(LatentObjective):
    """The velocity error of a rectified flow over the codes of a VAE, whose network predicts the clean code."""

    averaged = ("diffusion",)

    def __init__(self, task: Task, vae: Vae, settings: Mapping[str, Any], recipe: DiffusionRecipe) -> None:
        self._vae, self._recipe = vae, recipe
        dit = seeded(recipe.seed, lambda: Dit(**settings, dropout=recipe.dropout))
        super().__init__(task, {"diffusion": dit})
        some, noise = torch.arange(min(self.size, 1024)), torch.Generator().manual_seed(recipe.seed)
        codes = self._codes(task.train.draw(some, noise, self._device))
        dit.mean.copy_(codes.mean(0))
        dit.scale.copy_(codes.std(0).clamp(min=1e-3))

    @property
    def _device(self) -> torch.device:
        return next(self._vae.parameters()).device

    def _codes(self, seen: Seen, noise: torch.Generator | None = None) -> Tensor:
        """Codes of designs as the VAE has them, drawn from its posterior where there is noise."""
        with torch.no_grad():
            mean, spread = self._vae.encode(seen.maps * seen.cover, seen.vectors * seen.counted, seen.conditions)
        if noise is not None:
            mean = mean + (0.5 * spread).exp() * torch.randn(mean.shape, generator=noise).to(self._device)
        return mean

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        recipe = self._recipe
        seen = self.task.train.draw(rows, noise, self._device)
        codes = self._codes(seen, noise)
        even = torch.rand(len(rows), generator=noise)
        middle = torch.sigmoid(torch.randn(len(rows), generator=noise))
        time = torch.where(torch.rand(len(rows), generator=noise) < recipe.uniform, even, middle)
        kept = torch.rand(len(rows), generator=noise) >= recipe.forget
        return self._error(self.networks["diffusion"], codes, seen.conditions, time, kept, noise), {}

    def _error(
        self, dit: nn.Module, codes: Tensor, condition: Tensor, time: Tensor, kept: Tensor, noise: torch.Generator
    ) -> Tensor:
        assert isinstance(dit, Dit)
        device = dit.mean.device
        start = torch.randn(codes.shape, generator=noise).to(device)
        codes, condition, time, kept = (part.to(device) for part in (codes, condition, time, kept))
        codes = (codes - dit.mean) / dit.scale
        clean = dit(start + time[:, None] * (codes - start), time, condition, kept)
        # The velocity's error is that of the clean code over (1 - t); the square of it would look at the last steps alone.
        wrong: Tensor = (clean - codes).square().mean(1) / (1 - time).clamp(min=0.1)
        return wrong.mean()

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        count, noise = len(self.task.held), torch.Generator().manual_seed(7)
        seen = self.task.held.all(self._device)
        time = (torch.arange(count) + 0.5) / count
        time = time[torch.randperm(count, generator=noise)]
        kept = torch.ones(count, dtype=torch.bool)
        error = self._error(networks["diffusion"], self._codes(seen), seen.conditions, time, kept, noise)
        return {"val_loss": float(error)}

    def invent(self, network: nn.Module, condition: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        assert isinstance(network, Dit)
        usual = DiffusionConfig()  # as whoever generates with it will
        code = sample(network, condition, noise, steps=usual.steps, guidance=usual.guidance, guided=usual.guided)
        return self._vae.decode(code, condition)
