"""`prodgen train diffusion`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.codec import Codec
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.flow import sample
from prodgen_mini.training.gan import samples
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.trainers import Latents, ModelRecipe, PartTrainer, codec_for, train_and_val
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class DiffusionRecipe(ModelRecipe):
    """Options of `prodgen train diffusion`.

    Args:
        width, depth, heads: of the transformer.
        forget: share of the examples whose condition is left out, for classifier-free guidance.
        uniform: share of the times that are drawn evenly; the others lie more in the middle (logit-normal).
        vector_weight: of the vector's error, against the map's.
    """

    steps: int = 12000
    batch: int = 32
    learning_rate: float = 1.5e-3
    ema: float = 0.997
    width: int = Field(default=192, ge=16, le=1024)
    depth: Annotated[int, Field(ge=1, le=48)] = 4
    heads: Annotated[int, Field(ge=1, le=32)] = 6
    forget: Annotated[float, Field(ge=0, lt=1)] = 0.1
    uniform: Annotated[float, Field(ge=0, le=1)] = 0.4
    vector_weight: Annotated[float, Field(ge=0)] = 0.3


class DiffusionTrainer(PartTrainer[DiffusionRecipe]):
    part = "diffusion"
    recipe = DiffusionRecipe

    def prepare(
        self, recipe: DiffusionRecipe, designs: Designs, ctx: Context
    ) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        codec, space, digest = codec_for(recipe)
        settings = {
            "channels": len(codec.mean), "vector": space.vector, "condition": space.condition,
            "width": recipe.width, "depth": recipe.depth, "heads": recipe.heads,
        }  # fmt: skip
        train, held = train_and_val(designs, codec, space, recipe)
        return DiffusionObjective(train, held, codec, settings, recipe), settings, {"codec": digest}


class DiffusionObjective(Objective):
    """The velocity error of a rectified flow whose network predicts the clean design."""

    averaged = ("diffusion",)

    def __init__(
        self, train: Latents, held: Latents, codec: Codec, settings: Mapping[str, Any], recipe: DiffusionRecipe
    ) -> None:
        self._train, self._held, self._codec, self._recipe = train, held, codec, recipe
        self.size = len(train)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self.networks = {"diffusion": Dit(**settings, dropout=recipe.dropout)}

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        recipe = self._recipe
        parts = self._train.draw(rows, noise)
        even = torch.rand(len(rows), generator=noise)
        middle = torch.sigmoid(torch.randn(len(rows), generator=noise))
        time = torch.where(torch.rand(len(rows), generator=noise) < recipe.uniform, even, middle)
        kept = torch.rand(len(rows), generator=noise) >= recipe.forget
        map_error, vector_error = self._errors(self.networks["diffusion"], parts, time, kept, noise)
        loss = map_error + recipe.vector_weight * vector_error
        return loss, {"map": map_error.detach(), "vector": vector_error.detach()}

    def _errors(
        self, dit: nn.Module, parts: tuple[Tensor, ...], time: Tensor, kept: Tensor, noise: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        device = next(dit.parameters()).device
        maps, vector, condition, counted, art = (part.to(device) for part in parts)
        start, first = (torch.randn(part.shape, generator=noise).to(device) for part in (maps, vector))
        time, kept = time.to(device), kept.to(device)
        t, s = time[:, None, None, None], time[:, None]
        clean, numbers = dit(start + t * (maps - start), first + s * (vector - first), time, condition, kept)
        # The velocity's error is that of the clean design over (1 - t); the square of it would look at the last steps alone.
        weight = 1 / (1 - time).clamp(min=0.1)
        each = (clean - maps).square().mean((1, 2, 3)) * weight * art
        wrong = ((numbers - vector).square() * counted).sum(1) / counted.sum(1).clamp(min=1) * weight
        return each.sum() / art.sum().clamp(min=1), wrong.mean()

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        dit, held, noise = networks["diffusion"], self._held, torch.Generator().manual_seed(7)
        assert isinstance(dit, Dit)
        parts = (held.maps, held.vectors, held.conditions, held.counted, held.has_art)
        time = (torch.arange(len(held)) + 0.5) / len(held)
        time = time[torch.randperm(len(held), generator=noise)]
        map_error, vector_error = self._errors(dit, parts, time, torch.ones(len(held), dtype=torch.bool), noise)
        loss = float(map_error + self._recipe.vector_weight * vector_error)
        return {"val_loss": loss, "val_map": float(map_error), "val_vector": float(vector_error)}

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        dit = networks["diffusion"]
        assert isinstance(dit, Dit)

        def make(condition: Tensor, seed: int) -> Tensor:
            return sample(dit, condition, torch.Generator().manual_seed(seed), steps=8, guidance=1.5)[0]

        return samples(make, self._held, self._codec, next(dit.parameters()).device)
