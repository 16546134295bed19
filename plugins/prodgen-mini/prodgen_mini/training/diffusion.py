"""`prodgen train diffusion`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.codec import Codec
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.flow import sample
from prodgen_mini.models.vae import Vae
from prodgen_mini.training.gan import samples
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.trainers import Latents, ModelRecipe, PartTrainer, codec_for, train_and_val
from prodgen_mini.weights import load_vae
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class DiffusionRecipe(ModelRecipe):
    """Options of `prodgen train diffusion`.

    Args:
        vae: weights of the VAE whose codes are generated; those of the package by default.
        width, depth, heads: of the transformer; `group`: numbers of the code in a token.
        forget: share of the examples whose condition is left out, for classifier-free guidance.
        uniform: share of the times that are drawn evenly; the others lie more in the middle (logit-normal).
    """

    steps: int = 2500
    batch: int = 512
    learning_rate: float = 1.5e-3
    warmup: int = 200
    ema: float = 0.9995
    precision: Literal["auto", "float32", "bfloat16"] = "float32"
    validate_every: int = 500
    vae: Path | None = None
    width: int = Field(default=192, ge=16, le=1024)
    depth: Annotated[int, Field(ge=1, le=48)] = 6
    heads: Annotated[int, Field(ge=1, le=32)] = 6
    group: Annotated[int, Field(ge=1, le=64)] = 8
    forget: Annotated[float, Field(ge=0, lt=1)] = 0.1
    uniform: Annotated[float, Field(ge=0, le=1)] = 0.4


class DiffusionTrainer(PartTrainer[DiffusionRecipe]):
    part = "diffusion"
    recipe = DiffusionRecipe

    def prepare(
        self, recipe: DiffusionRecipe, designs: Designs, ctx: Context
    ) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        codec, space, digest = codec_for(recipe, ctx)
        vae, vae_digest = load_vae(digest, recipe.vae)
        vae.to(ctx.device)
        settings = {
            "code": vae.code, "condition": space.condition, "width": recipe.width, "depth": recipe.depth, "heads": recipe.heads,
            "group": recipe.group,
        }  # fmt: skip
        if vae.code % recipe.group or recipe.width % recipe.heads:
            raise ConfigError(
                f"A code of {vae.code} in groups of {recipe.group}, a width of {recipe.width} in {recipe.heads} heads: one leaves a rest.",
                hint="Choose a group that divides the code, and heads that divide the width.",
            )
        train, held = train_and_val(designs, codec, space, recipe)
        objective = DiffusionObjective(train, held, codec, vae, settings, recipe)
        return objective, settings, {"codec": digest, "vae": vae_digest}


class DiffusionObjective(Objective):
    """The velocity error of a rectified flow over the codes of a VAE, whose network predicts the clean code."""

    averaged = ("diffusion",)

    def __init__(
        self,
        train: Latents,
        held: Latents,
        codec: Codec,
        vae: Vae,
        settings: Mapping[str, Any],
        recipe: DiffusionRecipe,
    ) -> None:
        self._train, self._held, self._codec, self._vae, self._recipe = train, held, codec, vae, recipe
        self.size = len(train)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            dit = Dit(**settings, dropout=recipe.dropout)
        some = torch.arange(min(self.size, 1024))
        codes, _ = self._codes(train.draw(some, torch.Generator().manual_seed(recipe.seed)))
        dit.mean.copy_(codes.mean(0))
        dit.scale.copy_(codes.std(0).clamp(min=1e-3))
        self.networks = {"diffusion": dit}

    def _codes(self, parts: tuple[Tensor, ...], noise: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Codes of designs as the VAE has them, drawn from its posterior where there is noise, and the conditions."""
        device = next(self._vae.parameters()).device
        maps, vector, condition, counted, art = (part.to(device) for part in parts)
        with torch.no_grad():
            mean, spread = self._vae.encode(maps * art[:, None, None, None], vector * counted, condition)
        if noise is not None:
            mean = mean + (0.5 * spread).exp() * torch.randn(mean.shape, generator=noise).to(device)
        return mean, condition

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        recipe = self._recipe
        codes, condition = self._codes(self._train.draw(rows, noise), noise)
        even = torch.rand(len(rows), generator=noise)
        middle = torch.sigmoid(torch.randn(len(rows), generator=noise))
        time = torch.where(torch.rand(len(rows), generator=noise) < recipe.uniform, even, middle)
        kept = torch.rand(len(rows), generator=noise) >= recipe.forget
        return self._error(self.networks["diffusion"], codes, condition, time, kept, noise), {}

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
        held, noise = self._held, torch.Generator().manual_seed(7)
        parts = (held.maps, held.vectors, held.conditions, held.counted, held.has_art)
        codes, condition = self._codes(parts)
        time = (torch.arange(len(held)) + 0.5) / len(held)
        time = time[torch.randperm(len(held), generator=noise)]
        kept = torch.ones(len(held), dtype=torch.bool)
        return {"val_loss": float(self._error(networks["diffusion"], codes, condition, time, kept, noise))}

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        dit = networks["diffusion"]
        assert isinstance(dit, Dit)

        def make(condition: Tensor, seed: int) -> tuple[Tensor, Tensor]:
            codes = sample(dit, condition, torch.Generator().manual_seed(seed), steps=8, guidance=2.5)
            return self._vae.decode(codes, condition)

        return samples(make, self._held, self._codec, dit.mean.device)
