"""What the trainers of codec, VAE, GAN and diffusion model share: data, run, export."""

from __future__ import annotations

import copy
import hashlib
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import numpy as np
from pydantic import Field

from prodgen_mini import weights
from prodgen_mini.designs import Designs, read_designs
from prodgen_mini.training.checkpoint import State
from prodgen_mini.training.loop import fit
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.recipe import Recipe, claim
from prodgen_mini.weights import Part, load_codec
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import file_digest
from prodgen_sdk.interfaces import Report, Trainer

if TYPE_CHECKING:
    import torch
    from torch import nn

    from prodgen_mini.models.codec import Codec
    from prodgen_mini.space import Space

R = TypeVar("R", bound=Recipe)
_PATHS = ("codec", "vae", "begin", "base")


class PartTrainer(Trainer, Generic[R]):
    """Trains one part from a data set of designs.

    Attributes:
        part: what is trained; `recipe` its options.
    """

    part: ClassVar[Part]
    recipe: ClassVar[type[Recipe]]

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from designs in `data` into `out`; `out/<part>.safetensors` are the best weights so far.

        Raises:
            InputError: `data` holds no designs, or too few.
            ConfigError: an option is wrong, or `out` holds a run with other options.
        """
        recipe = validate(self.recipe, config, where=f"options of train {self.part}")
        claim(recipe, out, part=self.part, data=digest_of(data))
        designs = read_designs(data, splits=("train", "val"))
        if min(int((designs.column("split") == name).sum()) for name in ("train", "val")) < 2:
            raise InputError(f"{data} holds too few designs to train and to validate on.", hint="Make more of them.")
        objective, settings, facts = self.prepare(recipe, designs, ctx)  # type: ignore[arg-type]
        kept, path = objective.averaged[0], out / f"{self.part}.safetensors"
        # Without its paths: other weights are pinned by their digests, and equal runs give equal files wherever they lie.
        options = {k: v for k, v in recipe.model_dump(mode="json").items() if k not in _PATHS}
        notes = {**facts, "recipe": options, "data": digest_of(data)}

        def improved(averages: Mapping[str, nn.Module], state: State) -> None:
            network = copy.deepcopy(averages[kept]).cpu()
            self.finish(network, objective)
            figures = figures_of(state)
            self.export(path, network, settings, {**notes, "figures": figures, "steps": state.step})

        start = self.start(recipe, objective)  # type: ignore[arg-type]
        state = fit(objective, recipe, out, ctx, start=start, improved=improved)
        return Report(checkpoint=path, steps=state.step, figures=figures_of(state))

    @abstractmethod
    def prepare(self, recipe: R, designs: Designs, ctx: Context) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        """The objective, the settings of the network that is kept, and facts to write beside its weights."""

    def start(self, recipe: R, objective: Objective) -> dict[str, dict[str, torch.Tensor]]:
        """Weights that a fresh run begins with, by network."""
        return {}

    def export(self, path: Path, network: nn.Module, settings: dict[str, Any], facts: dict[str, Any]) -> None:
        """Writes the weights to use."""
        weights.write(path, self.part, network, settings, facts)

    def finish(self, network: nn.Module, objective: Objective) -> None:
        """A last touch before the weights are written."""


def figures_of(state: State) -> dict[str, float]:
    """The figures of the last validation, and the best one."""
    last = {k: v for k, v in state.last.items() if math.isfinite(v) and k.startswith("val_")}
    return last | {"best_step": float(state.best_step), "best_val_loss": state.best}


class ModelRecipe(Recipe):
    """Options of the models over latents.

    Args:
        codec: weights of the codec; those of the package by default.
        width: channels of the finest blocks.
        bare: share of the designs without artwork that are trained on; they teach proportions alone.
        tell_colour: share of the examples that are told the main colour.
        tell_accent: share of the examples that are told the second colour; the others must find one.
    """

    codec: Path | None = None
    width: int = Field(default=48, ge=8, le=1024)
    bare: float = Field(default=0.35, gt=0, le=1)
    tell_colour: float = Field(default=0.95, ge=0, le=1)
    tell_accent: float = Field(default=0.4, ge=0, le=1)


class Latents:
    """Designs as the models see them: latents, vectors and conditions in memory.

    Args:
        codec: encodes the artwork once, where it lies.
    """

    def __init__(self, designs: Designs, codec: Codec, space: Space, recipe: ModelRecipe) -> None:
        import torch

        self.recipe, self.space = recipe, space
        shown, device = designs.has_art, codec.mean.device
        self.maps = torch.zeros(len(designs), len(codec.mean), 16, 16)
        with torch.no_grad():
            for rows in np.array_split(np.flatnonzero(shown), max(1, int(shown.sum()) // 64)):
                if len(rows):
                    sheets = torch.from_numpy(designs.separated.sheets[rows]).to(device)
                    self.maps[rows] = codec.encode(sheets.float() / 255).cpu()
        self.vectors = torch.from_numpy(designs.vectors(space))
        self.counted = torch.from_numpy(designs.counted(space)).float()
        self.conditions = torch.from_numpy(designs.conditions(space))
        self.has_art = torch.from_numpy(shown).float()

    def __len__(self) -> int:
        return len(self.maps)

    def draw(self, rows: torch.Tensor, noise: torch.Generator) -> tuple[torch.Tensor, ...]:
        """Maps, vectors, conditions, which places of the vector count, and whether there is art, of some rows, varied."""
        import torch

        conditions = self.conditions[rows].clone()
        shares = torch.tensor([self.recipe.tell_colour, self.recipe.tell_accent])
        told = torch.rand(len(rows), 2, generator=noise) < shares
        conditions[:, -8:-2] *= told.repeat_interleave(3, 1)
        conditions[:, -2:] *= told
        return self.maps[rows], self.vectors[rows], conditions, self.counted[rows], self.has_art[rows]


def train_and_val(designs: Designs, codec: Codec, space: Space, recipe: ModelRecipe) -> tuple[Latents, Latents]:
    """Latents of the training and the validation designs."""
    draw = np.random.default_rng([recipe.seed, 17]).random(len(designs))
    kept = designs.has_art | (draw < recipe.bare) | (designs.column("split") != "train")
    chosen = designs.take(kept)
    return Latents(chosen.of_split("train"), codec, space, recipe), Latents(
        chosen.of_split("val"), codec, space, recipe
    )


def codec_for(recipe: ModelRecipe, ctx: Context) -> tuple[Codec, Space, str]:
    """The codec that a model is trained with, on the device."""
    codec, space, digest = load_codec(recipe.codec)
    return codec.to(ctx.device), space, digest


def digest_of(data: Path) -> str:
    """Names a data set by its plan and manifest."""
    total = hashlib.sha256()
    for name in ("dataset.json", "manifest.jsonl"):
        if (data / name).is_file():
            total.update(file_digest(data / name).encode())
    return total.hexdigest()


def art_grid(art: torch.Tensor, colours: torch.Tensor, columns: int) -> Any:
    """Artwork [n, 4, 128, 128] on main colours [n, 3] in [0, 1] as a grid of pictures."""
    from prodgen_mini.training.record import grid

    shown = (art[:, :3] + colours[:, :, None, None]).clamp(0, 1)
    return grid((shown * 255).round().byte().permute(0, 2, 3, 1).numpy(), columns)


def shown_rows(held: Latents, count: int = 12) -> torch.Tensor:
    """Rows with artwork, spread over the products."""
    import torch

    rows = held.has_art.nonzero()[:, 0]
    return rows[torch.linspace(0, len(rows) - 1, min(count, len(rows))).long()]


def design_grid(
    rows: Sequence[tuple[torch.Tensor, torch.Tensor]], condition: torch.Tensor, codec: Codec, space: Space
) -> Any:
    """The artwork of rows of maps [n, channels, 16, 16] with their vectors, on the asked colours, as a grid of pictures."""
    import torch

    colours = condition[:, -8:-5].cpu() / 12**0.5 + 0.5
    nowhere = np.zeros(len(condition), bool)
    with torch.no_grad():
        art = [
            torch.from_numpy(
                space.artwork(
                    codec.decode(maps.to(codec.mean.device)).cpu().numpy(),
                    vectors.cpu().numpy(),
                    colours.numpy(),
                    nowhere,
                )
            )
            for maps, vectors in rows
        ]
    return art_grid(torch.cat(art), colours.repeat(len(rows), 1), len(condition))
