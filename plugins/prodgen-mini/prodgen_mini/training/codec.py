"""`prodgen train codec`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.designs import Designs, space_of
from prodgen_mini.models.codec import Codec
from prodgen_mini.training.augment import augment
from prodgen_mini.training.cleaning import clean
from prodgen_mini.training.objective import Objective
from prodgen_mini.training.pictures import read_examples
from prodgen_mini.training.recipe import Recipe
from prodgen_mini.training.trainers import PartTrainer, art_grid
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CodecRecipe(Recipe):
    """Options of `prodgen train codec`.

    Args:
        channels: numbers in a latent cell.
        width, depth: of the residual convolutions.
        examples: at most so many pieces of artwork are kept in memory.
        noise: standard deviation of what is added to latents, so that small errors of a model do little harm.
        edges: weight of the loss on differences between neighbouring pixels.
        pictures: unlabelled pictures to learn from too: JSON Lines, Parquet, a tar, or a folder of them.
    """

    steps: int = 2400
    batch: int = 8
    learning_rate: float = 2e-3
    channels: Annotated[int, Field(ge=1, le=64)] = 12
    width: Annotated[int, Field(ge=8, le=512)] = 48
    depth: Annotated[int, Field(ge=1, le=8)] = 2
    examples: Annotated[int, Field(ge=16)] = 5000
    noise: Annotated[float, Field(ge=0)] = 0.1
    edges: Annotated[float, Field(ge=0)] = 1.0
    pictures: Path | None = None


class CodecTrainer(PartTrainer[CodecRecipe]):
    """Trains the codec; its space comes from the designs too."""

    part = "codec"
    recipe = CodecRecipe

    def prepare(
        self, recipe: CodecRecipe, designs: Designs, ctx: Context
    ) -> tuple[Objective, dict[str, Any], dict[str, Any]]:
        space = space_of(designs.of_split("train"))
        shown = designs.take(designs.has_art)
        settings = {"channels": recipe.channels, "width": recipe.width, "depth": recipe.depth}
        facts: dict[str, Any] = {"space": space.facts()}
        extra = None
        if recipe.pictures:
            cleaned = clean(read_examples(recipe.pictures), 128)
            facts["pictures"] = cleaned.report()
            extra = cleaned.images[cleaned.splits == "train"]
        return CodecObjective(shown, settings, recipe, extra), settings, facts

    def finish(self, network: nn.Module, objective: Objective) -> None:
        assert isinstance(network, Codec)
        assert isinstance(objective, CodecObjective)
        with torch.no_grad():
            network.standardise(
                torch.cat(
                    [
                        network.raw(objective.batch(rows)[0])
                        for rows in torch.split(torch.arange(min(objective.size, 1024)), 64)
                    ]
                )
            )


class CodecObjective(Objective):
    """Absolute error of pixels and of their differences."""

    averaged = ("codec",)

    def __init__(
        self, designs: Designs, settings: Mapping[str, int], recipe: CodecRecipe, pictures: NDArray[np.uint8] | None
    ) -> None:
        train, held = designs.of_split("train"), designs.of_split("val")
        train = train.take(np.random.default_rng([recipe.seed, 5]).permutation(len(train))[: recipe.examples])
        self._recipe = recipe
        self._art, self._colours = torch.from_numpy(train.artwork), torch.from_numpy(train.ground)
        self._tiles = torch.from_numpy(train.column("layout") == "tile")
        self._pictures = (
            torch.from_numpy(pictures)
            if pictures is not None and len(pictures)
            else torch.empty(0, 128, 128, 3, dtype=torch.uint8)
        )
        self.size = len(train) + len(self._pictures)
        self._held = torch.from_numpy(held.take(np.arange(min(len(held), 128))).art())
        self._held_colours = torch.from_numpy(held.ground[:128] / 255).float()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            codec = Codec(**settings)
        some = self.batch(torch.arange(min(self.size, 512)))[0]
        patches = functional.pixel_unshuffle(some, 8).permute(0, 2, 3, 1).flatten(0, 2)
        codec.begin(
            patches[torch.from_numpy(np.random.default_rng(recipe.seed).permutation(len(patches))[:20000])].numpy()
        )
        self.networks = {"codec": codec}

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Artwork [n, 4, 128, 128] of some rows, and whether each repeats."""
        own = rows[rows < len(self._art)]
        values = self._art[own].float().permute(0, 3, 1, 2) / 255
        values[:, :3] -= self._colours[own].float()[:, :, None, None] / 255
        seen = self._pictures[rows[rows >= len(self._art)] - len(self._art)].float().permute(0, 3, 1, 2) / 255
        ground = seen.median(2).values.median(2).values if len(seen) else torch.zeros(0, 3)
        covered = torch.cat([seen - ground[:, :, None, None], torch.ones(len(seen), 1, 128, 128)], 1)
        return torch.cat([values, covered]), torch.cat([self._tiles[own], torch.zeros(len(seen), dtype=torch.bool)])

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        codec, recipe = self.networks["codec"], self._recipe
        assert isinstance(codec, Codec)
        art, tiles = self.batch(rows)
        plain = len(rows) - int((rows >= len(self._art)).sum())
        if plain < len(art):
            moved, _ = augment(art[plain:, :3] * 0.5 + 0.5, noise)
            art[plain:, :3] = moved * 2 - 1
        shifts = torch.randint(0, 128, (len(art), 2), generator=noise).tolist()
        order = torch.randperm(3, generator=noise)  # another hue is another example
        art = torch.stack(
            [a.roll(tuple(s), (1, 2)) if t else a for a, s, t in zip(art, shifts, tiles.tolist(), strict=True)]
        )
        art = torch.cat([art[:, order], art[:, 3:]], 1).to(codec.mean.device)
        raw = codec.raw(art)
        spread = raw.detach().std((0, 2, 3), keepdim=True)
        found = codec.draw(raw + recipe.noise * spread * torch.randn(raw.shape, generator=noise).to(raw.device))
        wrong = (found - art).abs().mean()
        edges = (found.diff(dim=2) - art.diff(dim=2)).abs().mean() + (found.diff(dim=3) - art.diff(dim=3)).abs().mean()
        return wrong + recipe.edges * edges, {"pixels": wrong.detach(), "edges": edges.detach()}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        codec = networks["codec"]
        assert isinstance(codec, Codec)
        held = self._held.to(codec.mean.device)
        found = codec.draw(codec.raw(held))
        wrong = float((found - held)[:, :3].square().mean())
        return {"val_loss": float((found - held).abs().mean()), "val_psnr": float(-10 * np.log10(max(wrong, 1e-10)))}

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        codec = networks["codec"]
        assert isinstance(codec, Codec)
        with torch.no_grad():
            some = self._held[:8].to(codec.mean.device)
            both = torch.cat([some, codec.draw(codec.raw(some))]).cpu()
        sheet: NDArray[np.uint8] = art_grid(both, self._held_colours[:8].repeat(2, 1), 8)
        return sheet
