"""`prodgen train vae`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.codec import Codec
from prodgen_mini.models.vae import Vae, divergence
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.trainers import Latents, ModelRecipe, PartTrainer, art_grid, codec_for, train_and_val
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VaeRecipe(ModelRecipe):
    """Options of `prodgen train vae`.

    Args:
        code: numbers in a code.
        beta: weight of the divergence, reached after `anneal` steps.
        free: nats of each number of the code that cost nothing.
        vector_weight: of the vector's error, against the map's.
    """

    steps: int = 4000
    batch: int = 64
    learning_rate: float = 1.5e-3
    code: Annotated[int, Field(ge=2, le=1024)] = 96
    beta: Annotated[float, Field(ge=0)] = 1e-3
    anneal: Annotated[int, Field(ge=0)] = 1000
    free: Annotated[float, Field(ge=0)] = 0.1
    vector_weight: Annotated[float, Field(ge=0)] = 0.5


class VaeTrainer(PartTrainer[VaeRecipe]):
    part = "vae"
    recipe = VaeRecipe

    def prepare(
        self, recipe: VaeRecipe, designs: Designs, ctx: Context
    ) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        codec, space, digest = codec_for(recipe)
        settings = {
            "channels": len(codec.mean), "vector": space.vector, "condition": space.condition, "code": recipe.code, "width": recipe.width,
        }  # fmt: skip
        train, held = train_and_val(designs, codec, space, recipe)
        return VaeObjective(train, held, codec, settings, recipe), settings, {"codec": digest}


class VaeObjective(Objective):
    """The evidence lower bound with a Gaussian of fixed width, weights for map and vector, and free bits."""

    averaged = ("vae",)

    def __init__(
        self, train: Latents, held: Latents, codec: Codec, settings: Mapping[str, Any], recipe: VaeRecipe
    ) -> None:
        self._train, self._held, self._codec, self._recipe = train, held, codec, recipe
        self.size = len(train)
        self._weights = codec.scale / codec.scale.mean()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self.networks = {"vae": Vae(**settings, dropout=recipe.dropout)}

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        vae, recipe = self.networks["vae"], self._recipe
        assert isinstance(vae, Vae)
        device = next(vae.parameters()).device
        maps, vector, condition, counted, art = (part.to(device) for part in self._train.draw(rows, noise))
        mean, spread = vae.encode(maps * art[:, None, None, None], vector, condition)
        code = mean + (0.5 * spread).exp() * torch.randn(mean.shape, generator=noise).to(device)
        drawn, numbers = vae.decode(code, condition)
        map_error, vector_error = errors(drawn, numbers, maps, vector, counted, art, self._weights.to(device))
        kl = divergence(mean, spread, recipe.free)
        beta = recipe.beta * min(1.0, (step + 1) / max(1, recipe.anneal))
        exact = divergence(mean, spread, 0.0)
        notes = {"map": map_error, "vector": vector_error, "kl": exact}
        return map_error + recipe.vector_weight * vector_error + beta * kl, {k: v.detach() for k, v in notes.items()}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        vae = networks["vae"]
        assert isinstance(vae, Vae)
        held, device = self._held, next(vae.parameters()).device
        maps, vector, condition, counted, art = (
            part.to(device) for part in (held.maps, held.vectors, held.conditions, held.counted, held.has_art)
        )
        mean, spread = vae.encode(maps * art[:, None, None, None], vector, condition)
        drawn, numbers = vae.decode(mean, condition)
        map_error, vector_error = errors(drawn, numbers, maps, vector, counted, art, self._weights.to(device))
        kl = divergence(mean, spread, 0.0)
        bound = map_error + self._recipe.vector_weight * vector_error + self._recipe.beta * kl
        return {
            "val_loss": float(bound),
            "val_map": float(map_error),
            "val_vector": float(vector_error),
            "val_kl": float(kl),
        }

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        vae = networks["vae"]
        assert isinstance(vae, Vae)
        held, device = self._held, next(vae.parameters()).device
        rows = held.has_art.nonzero()[:10, 0]
        maps, vector, condition = (part[rows].to(device) for part in (held.maps, held.vectors, held.conditions))
        with torch.no_grad():
            again = vae.decode(vae.encode(maps, vector, condition)[0], condition)[0]
            code = torch.randn(3, len(rows), vae.code, generator=torch.Generator().manual_seed(1)).to(device)
            fresh = [vae.decode(one, condition)[0] for one in code]
            art = self._codec.decode(torch.cat([maps, again, *fresh]).cpu())
        colours = condition[:, -8:-5].cpu() / 12**0.5 + 0.5
        sheet: NDArray[np.uint8] = art_grid(art, colours.repeat(5, 1), len(rows))
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
