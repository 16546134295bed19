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
from prodgen_mini.inks import compose, separate
from prodgen_mini.models.codec import Codec, by_sheet, patches_of
from prodgen_mini.training.cleaning import clean
from prodgen_mini.training.grids import art_grid
from prodgen_mini.training.latents import seeded
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.training.augment import Augmentation, augment
from prodgen_sdk.training.examples import read_examples
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Count, Positive, Recipe, Share, Weight

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CodecRecipe(Augmentation, Recipe):
    """Options of `prodgen train codec`.

    Args:
        channels: numbers in a latent cell.
        width, depth: of the residual convolutions.
        examples: at most so many pieces of artwork are kept in memory.
        noise: standard deviation of what is added to latents, so that small errors of a model do little harm.
        pictures: unlabelled images to learn from too: JSON Lines, Parquet, a tar, or a folder of them. They are turned, cropped and
            coloured anew at each step.
    """

    steps: Count = 3000
    batch: Count = 16
    learning_rate: Positive = 3e-3
    ema: Share = 0.99
    validate_every: Count = 200
    channels: Annotated[int, Field(ge=1, le=64)] = 12
    width: Annotated[int, Field(ge=8, le=512)] = 64
    depth: Annotated[int, Field(ge=1, le=8)] = 2
    examples: Annotated[int, Field(ge=16)] = 12000
    noise: Weight = 0.1
    pictures: Path | None = None


class CodecTrainer(PartTrainer[CodecRecipe]):
    """Trains the codec; its space comes from the designs too."""

    part = "codec"
    recipe = CodecRecipe

    def prepare(self, recipe: CodecRecipe, designs: Designs, ctx: Context) -> Prepared:
        space = space_of(designs.of_split("train"))
        shown = designs.take(designs.has_art)
        settings = {"channels": recipe.channels, "width": recipe.width, "depth": recipe.depth}
        facts: dict[str, Any] = {"space": space.facts()}
        extra = None
        if recipe.pictures:
            cleaned = clean(read_examples(recipe.pictures), 128)
            if not cleaned.examples:
                reasons = ", ".join(sorted({reason for _, reason in cleaned.dropped}))
                raise InputError(f"{recipe.pictures} holds no image to learn from: all are {reasons}.")
            facts["pictures"] = cleaned.report()
            extra = cleaned.images[cleaned.splits == "train"]
        return Prepared(CodecObjective(shown, settings, recipe, extra), settings, facts)

    def finish(self, network: nn.Module, objective: Objective) -> None:
        assert isinstance(network, Codec)
        assert isinstance(objective, CodecObjective)
        with torch.no_grad():
            network.standardise(
                torch.cat(
                    [
                        network.raw(objective.batch(rows))
                        for rows in torch.split(torch.arange(min(objective.size, 1024)), 64)
                    ]
                )
            )


class CodecObjective(Objective):
    """Cross-entropy of the shares of inks in each pixel."""

    averaged = ("codec",)

    def __init__(
        self, designs: Designs, settings: Mapping[str, int], recipe: CodecRecipe, pictures: NDArray[np.uint8] | None
    ) -> None:
        train, held = designs.of_split("train"), designs.of_split("val")
        train = train.take(np.random.default_rng([recipe.seed, 5]).permutation(len(train))[: recipe.examples])
        held = held.take(np.arange(min(len(held), 128)))
        self._recipe = recipe
        self._sheets = torch.from_numpy(train.separated.sheets)
        self._tiles = torch.from_numpy(train.repeats)
        self._pictures = (
            torch.from_numpy(pictures)
            if pictures is not None and len(pictures)
            else torch.empty(0, 128, 128, 3, dtype=torch.uint8)
        )
        self.size = len(train) + len(self._pictures)
        self._held, self._held_inks = held.separated.sheets, held.separated.inks
        self._held_colours = held.ground.astype(np.float32) / np.float32(255)
        self._held_art = compose(self._held.astype(np.float32) / 255, self._held_inks, self._held_colours)
        codec = seeded(recipe.seed, lambda: Codec(**settings))
        patches = self.batch(torch.arange(min(self.size, 512))).permute(0, 2, 3, 1).flatten(0, 2)
        codec.begin(
            patches[torch.from_numpy(np.random.default_rng(recipe.seed).permutation(len(patches))[:20000])].numpy()
        )
        self.networks = {"codec": codec}

    def batch(self, rows: Tensor, noise: torch.Generator | None = None) -> Tensor:
        """Patches [n, 384, 16, 16] of some rows; what repeats is moved, and images are varied, where there is noise."""
        own = rows[rows < len(self._sheets)]
        sheets = [*self._sheets[own]]
        if noise is not None:
            shifts = torch.randint(0, 128, (len(own), 2), generator=noise).tolist()
            sheets = [
                sheet.roll(tuple(shift), (1, 2)) if tile else sheet
                for sheet, shift, tile in zip(sheets, shifts, self._tiles[own].tolist(), strict=True)
            ]
        seen = self._pictures[rows[rows >= len(self._sheets)] - len(self._sheets)]
        if noise is not None and len(seen):
            moved = augment(seen.float().permute(0, 3, 1, 2) / 255, noise, self._recipe).images
            seen = (moved * 255).round().byte().permute(0, 2, 3, 1)
        sheets += [torch.from_numpy(_separated(picture)) for picture in seen.numpy()]
        return patches_of(torch.stack(sheets)).float() / 255

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        codec, recipe = self.networks["codec"], self._recipe
        assert isinstance(codec, Codec)
        patches = self.batch(rows, noise).to(codec.mean.device)
        raw = codec.raw(patches)
        spread = raw.detach().std((0, 2, 3), keepdim=True)
        found = codec.draw(raw + recipe.noise * spread * torch.randn(raw.shape, generator=noise).to(raw.device))
        return self._misfit(found, patches), {}

    def _misfit(self, drawn: Tensor, patches: Tensor) -> Tensor:
        return functional.cross_entropy(by_sheet(drawn), by_sheet(patches))

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """`val_misplaced` is the share of ink that lies where it does not belong, `val_psnr` of the artwork in its colours."""
        codec = networks["codec"]
        assert isinstance(codec, Codec)
        loss, art, misplaced = [], [], []
        for first in range(0, len(self._held), 32):
            rows = slice(first, first + 32)
            held = torch.from_numpy(self._held[rows]).float().to(codec.mean.device) / 255
            patches = patches_of(held)
            loss.append(float(self._misfit(codec.draw(codec.raw(patches)), patches)))
            shares = codec.decode(codec.encode(held))
            misplaced.append(float((shares - held).abs().sum(1).mean() / 2))
            art.append(compose(shares.cpu().numpy(), self._held_inks[rows], self._held_colours[rows]))
        wrong = ((np.concatenate(art) - self._held_art)[:, :3] ** 2).mean((1, 2, 3))
        return {
            "val_loss": float(np.mean(loss)),
            "val_misplaced": float(np.mean(misplaced)),
            "val_psnr": float(np.mean(-10 * np.log10(np.maximum(wrong, 1e-6)))),
        }

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        codec = networks["codec"]
        assert isinstance(codec, Codec)
        rows = np.linspace(0, len(self._held) - 1, 12).astype(int)
        some = torch.from_numpy(self._held[rows]).float().to(codec.mean.device) / 255
        with torch.no_grad():
            drawn = codec.decode(codec.encode(some)).cpu().numpy()
        again = compose(drawn, self._held_inks[rows], self._held_colours[rows])
        both = torch.from_numpy(np.concatenate([self._held_art[rows], again]))
        sheet: NDArray[np.uint8] = art_grid(both, torch.from_numpy(self._held_colours[rows]).repeat(2, 1), len(rows))
        return sheet


def _separated(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sheets of an image [128, 128, 3], whose middle colour counts as the ground."""
    whole = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    return separate(whole, np.median(picture.reshape(-1, 3), 0).astype(np.uint8))[0]
