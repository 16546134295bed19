"""What the models over latents share: their options, the designs as they see them, and what they are trained on and judged by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from prodgen_mini.designs import Designs
from prodgen_mini.models.codec import Codec
from prodgen_mini.space import Space
from prodgen_mini.training.grids import design_grid
from prodgen_mini.weights import load_codec
from prodgen_sdk.context import Context
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Count, Precision, Recipe, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


class ModelRecipe(Recipe):
    """Options of the models over latents.

    Args:
        codec: weights of the codec; those of the package by default.
        width: channels of the finest blocks.
        bare: share of the designs without artwork that are trained on; they teach proportions alone.
        tell_colour: share of the examples that are told the main colour.
        tell_accent: share of the examples that are told the second colour; the others must find one.
    """

    batch: Count = 512
    warmup: Whole = 200
    precision: Precision = "float32"
    validate_every: Count = 500
    codec: Path | None = None
    width: int = Field(default=48, ge=8, le=1024)
    bare: float = Field(default=0.35, gt=0, le=1)
    tell_colour: float = Field(default=0.95, ge=0, le=1)
    tell_accent: float = Field(default=0.4, ge=0, le=1)


@dataclass(frozen=True)
class Seen:
    """Some designs on the device, one row each.

    Args:
        maps: [n, channels, 16, 16], vectors [n, vector], conditions [n, condition].
        counted: [n, vector], 1 for places of the vector that mean something; art [n], 1 where there is artwork.
    """

    maps: Tensor
    vectors: Tensor
    conditions: Tensor
    counted: Tensor
    art: Tensor

    @property
    def cover(self) -> Tensor:
        """[n, 1, 1, 1]: what maps are multiplied by, so that those without artwork are empty."""
        return self.art[:, None, None, None]


class Latents:
    """Designs as the models see them: latents, vectors and conditions in memory.

    Args:
        codec: encodes the artwork once, where it lies.
    """

    def __init__(self, designs: Designs, codec: Codec, space: Space, recipe: ModelRecipe) -> None:
        self.recipe, self.space = recipe, space
        shown, device = designs.has_art, codec.mean.device
        self.maps = torch.zeros(len(designs), len(codec.mean), 16, 16)
        with torch.no_grad():
            for rows in np.array_split(np.flatnonzero(shown), max(1, int(shown.sum()) // 64)):
                if len(rows):
                    sheets = torch.from_numpy(designs.separated.sheets[rows]).to(device)
                    self.maps[rows] = codec.encode(sheets.float() / 255).cpu()
        self.vectors = torch.from_numpy(designs.vectors(space))
        self.counted = torch.from_numpy(designs.counted()).float()
        self.conditions = torch.from_numpy(designs.conditions(space))
        self.has_art = torch.from_numpy(shown).float()

    def __len__(self) -> int:
        return len(self.maps)

    def draw(self, rows: Tensor, noise: torch.Generator, device: torch.device | str) -> Seen:
        """Some rows, whose conditions tell the colours of some of them alone."""
        conditions = self.conditions[rows].clone()
        shares = torch.tensor([self.recipe.tell_colour, self.recipe.tell_accent])
        told = torch.rand(len(rows), 2, generator=noise) < shares
        conditions[:, -8:-2] *= told.repeat_interleave(3, 1)
        conditions[:, -2:] *= told
        parts = (self.maps[rows], self.vectors[rows], conditions, self.counted[rows], self.has_art[rows])
        return Seen(*(part.to(device) for part in parts))

    def all(self, device: torch.device | str) -> Seen:
        """Every row, as it is."""
        parts = (self.maps, self.vectors, self.conditions, self.counted, self.has_art)
        return Seen(*(part.to(device) for part in parts))

    def some(self, device: torch.device | str, count: int = 12) -> Seen:
        """Rows with artwork, spread over the products, to be looked at."""
        rows = self.has_art.nonzero()[:, 0]
        rows = rows[torch.linspace(0, len(rows) - 1, min(count, len(rows))).long()]
        seen = self.all("cpu")
        return Seen(*(getattr(seen, name)[rows].to(device) for name in Seen.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Task:
    """What a model is trained on and judged by, with the codec (on the device) and its digest."""

    codec: Codec
    space: Space
    digest: str
    train: Latents
    held: Latents

    @property
    def sizes(self) -> dict[str, int]:
        """Lengths that networks over maps and vectors are made with."""
        return {"channels": len(self.codec.mean), "vector": self.space.vector, "condition": self.space.condition}


def task_of(recipe: ModelRecipe, designs: Designs, ctx: Context) -> Task:
    """Latents of the training and the validation designs, by the codec that the recipe names."""
    codec, space, digest = load_codec(recipe.codec)
    codec.to(ctx.device)
    draw = np.random.default_rng([recipe.seed, 17]).random(len(designs))
    kept = designs.has_art | (draw < recipe.bare) | (designs.column("split") != "train")
    chosen = designs.take(kept)
    train, held = (Latents(chosen.of_split(name), codec, space, recipe) for name in ("train", "val"))
    return Task(codec, space, digest, train, held)


class LatentObjective(Objective):
    """An objective over a task; the first of `averaged` is the network that designs.

    Attributes:
        task: train, held and codec.
    """

    def __init__(self, task: Task, networks: Mapping[str, nn.Module]) -> None:
        self.task, self.networks, self.size = task, dict(networks), len(task.train)

    @abstractmethod
    def invent(self, network: nn.Module, condition: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        """Maps and vectors of new designs, of conditions on the device."""

    def again(self, network: nn.Module, seen: Seen) -> list[tuple[Tensor, Tensor]]:
        """Reconstructions to be shown, where a network makes any."""
        return []

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        """True artwork of validation products, and below each what is made of it, then three new designs."""
        network = networks[self.averaged[0]]
        seen = self.task.held.some(self.task.codec.mean.device)
        with torch.no_grad():
            fresh = [self.invent(network, seen.conditions, torch.Generator().manual_seed(seed)) for seed in range(3)]
            rows: list[Any] = [(seen.maps, seen.vectors), *self.again(network, seen), *fresh]
            sheet: NDArray[np.uint8] = design_grid(rows, seen.conditions, self.task.codec, self.task.space)
        return sheet


def seeded(seed: int, make: Callable[[], T]) -> T:
    """What `make` gives with torch's own random numbers begun at a seed; afterwards they go on as if nothing had been drawn."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()
