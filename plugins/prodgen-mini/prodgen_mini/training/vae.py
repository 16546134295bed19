"""`prodgen train vae`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.codec import Codec
from prodgen_mini.models.vae import Vae
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.trainers import (
    Latents,
    ModelRecipe,
    PartTrainer,
    codec_for,
    design_grid,
    shown_rows,
    train_and_val,
)
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VaeRecipe(ModelRecipe):
    """Options of `prodgen train vae`.

    Args:
        code: numbers in a code.
        beta: weight of the divergence, reached after `anneal` steps.
        vector_weight: of the vector's error, against the map's.
        seen: of how many designs of a batch the artwork is drawn, and compared where the inks lie.
    """

    steps: int = 3000
    batch: int = 512
    learning_rate: float = 2e-3
    warmup: int = 200
    ema: float = 0.999
    precision: Literal["auto", "float32", "bfloat16"] = "float32"
    validate_every: int = 500
    code: Annotated[int, Field(ge=2, le=1024)] = 192
    beta: Annotated[float, Field(ge=0)] = 1e-4
    anneal: Annotated[int, Field(ge=0)] = 600
    vector_weight: Annotated[float, Field(ge=0)] = 2.0
    seen: Annotated[int, Field(ge=0)] = 96


class VaeTrainer(PartTrainer[VaeRecipe]):
    part = "vae"
    recipe = VaeRecipe

    def prepare(
        self, recipe: VaeRecipe, designs: Designs, ctx: Context
    ) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        codec, space, digest = codec_for(recipe, ctx)
        settings = {
            "channels": len(codec.mean), "vector": space.vector, "condition": space.condition, "code": recipe.code, "width": recipe.width,
        }  # fmt: skip
        train, held = train_and_val(designs, codec, space, recipe)
        return VaeObjective(train, held, codec, settings, recipe), settings, {"codec": digest}


class VaeObjective(Objective):
    """The evidence lower bound with a Gaussian of fixed width, weights for map and vector, and a learnt prior."""

    averaged = ("vae",)

    def __init__(
        self, train: Latents, held: Latents, codec: Codec, settings: Mapping[str, Any], recipe: VaeRecipe
    ) -> None:
        self._train, self._held, self._codec, self._recipe = train, held, codec, recipe
        self.size = len(train)
        self._codec.requires_grad_(False)
        self._weights = codec.scale / codec.scale.mean()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self.networks = {"vae": Vae(**settings, dropout=recipe.dropout)}

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        vae, recipe = self.networks["vae"], self._recipe
        assert isinstance(vae, Vae)
        device = next(vae.parameters()).device
        maps, vector, condition, counted, art = (part.to(device) for part in self._train.draw(rows, noise))
        mean, spread = vae.encode(maps * art[:, None, None, None], vector * counted, condition)
        code = mean + (0.5 * spread).exp() * torch.randn(mean.shape, generator=noise).to(device)
        drawn, numbers = vae.decode(code, condition)
        map_error, vector_error = errors(drawn, numbers, maps, vector, counted, art, self._weights.to(device))
        kl = vae.divergence(code, mean, spread, condition).mean()
        beta = recipe.beta * min(1.0, (step + 1) / max(1, recipe.anneal))
        misplaced = self._misplaced(drawn, maps, art)
        notes = {"map": map_error, "vector": vector_error, "kl": kl, "misplaced": misplaced}
        loss = map_error + recipe.vector_weight * vector_error + beta * kl + misplaced
        return loss, {k: v.detach() for k, v in notes.items()}

    def _misplaced(self, drawn: Tensor, maps: Tensor, art: Tensor) -> Tensor:
        """Divergence of the inks' shares from the true ones, in nats a pixel, over the first designs with artwork."""
        rows = art.nonzero()[: self._recipe.seen, 0]
        if not len(rows):
            return drawn.new_zeros(())
        codec = self._codec.to(drawn.device)
        with torch.no_grad():
            true = codec.logits(maps[rows]).log_softmax(1)
        found = codec.logits(drawn[rows]).log_softmax(1)
        return (true.exp() * (true - found)).sum(1).mean()

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        vae = networks["vae"]
        assert isinstance(vae, Vae)
        held, device = self._held, next(vae.parameters()).device
        maps, vector, condition, counted, art = (
            part.to(device) for part in (held.maps, held.vectors, held.conditions, held.counted, held.has_art)
        )
        mean, spread = vae.encode(maps * art[:, None, None, None], vector * counted, condition)
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3)).to(device)
        kl = float(vae.divergence(mean + (0.5 * spread).exp() * noise, mean, spread, condition).mean())
        drawn, numbers = vae.decode(mean, condition)
        map_error, vector_error = errors(drawn, numbers, maps, vector, counted, art, self._weights.to(device))
        parts = [
            self._misplaced(*rows) for rows in zip(*(torch.split(part, 64) for part in (drawn, maps, art)), strict=True)
        ]
        misplaced = float(torch.stack(parts).mean())
        bound = map_error + self._recipe.vector_weight * vector_error + self._recipe.beta * kl + misplaced
        return {
            "val_loss": float(bound),
            "val_misplaced": misplaced,
            "val_map": float(map_error),
            "val_vector": float(vector_error),
            "val_kl": kl,
        }

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        vae = networks["vae"]
        assert isinstance(vae, Vae)
        held, device = self._held, next(vae.parameters()).device
        rows = shown_rows(held)
        maps, vector, condition, counted = (
            part[rows].to(device) for part in (held.maps, held.vectors, held.conditions, held.counted)
        )
        noise = torch.randn(3, len(rows), vae.code, generator=torch.Generator().manual_seed(1)).to(device)
        with torch.no_grad():
            again = vae.decode(vae.encode(maps, vector * counted, condition)[0], condition)
            fresh = [vae.invent(one, condition) for one in noise]
        sheet: NDArray[np.uint8] = design_grid([(maps, vector), again, *fresh], condition, self._codec, held.space)
        return sheet


def errors(
    drawn: Tensor, numbers: Tensor, maps: Tensor, vector: Tensor, counted: Tensor, art: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """Mean squared errors of maps, where there is art, and of the places of vectors that count.

    Args:
        weights: of the channels of a map; those that hold more of the picture count more.
    """
    each = ((drawn - maps).square() * weights[:, None, None]).mean((1, 2, 3))
    wrong = (numbers - vector).square() * counted
    return (each * art).sum() / art.sum().clamp(min=1), wrong.sum() / counted.sum().clamp(min=1)
