"""`prodgen train reranker`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.designs import Designs
from prodgen_mini.models.gan import Generator
from prodgen_mini.models.reranker import Reranker
from prodgen_mini.models.vae import Vae
from prodgen_mini.training.latents import Latents, ModelRecipe, Task, seeded, task_of
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_mini.weights import check_pin, load_vae, read
from prodgen_sdk.context import Context
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Count, Positive, Share, Weight, Whole


class RerankerRecipe(ModelRecipe):
    """Options of `prodgen train reranker`.

    Args:
        designs: how many training designs with artwork are used, at most.
        vae, gan: weights of the models whose designs it learns to tell from true ones; those of the package by default.
    """

    steps: Count = 1200
    batch: Count = 128
    learning_rate: Positive = 3e-3
    decay: Weight = 0.02
    warmup: Whole = 30
    ema: Share = 0.99
    validate_every: Count = 100
    designs: Annotated[int, Field(ge=2)] = 4_000
    vae: Path | None = None
    gan: Path | None = None


class RerankerTrainer(PartTrainer[RerankerRecipe]):
    part = "reranker"
    recipe = RerankerRecipe

    def prepare(self, recipe: RerankerRecipe, designs: Designs, ctx: Context) -> Prepared:
        shown = designs.take(designs.has_art)
        kinds = sorted(set(shown.of_split("train").kinds.tolist()))
        halves = []
        for name, most in (("train", recipe.designs), ("val", 400)):
            half = shown.of_split(name)
            halves.append(half.take(np.flatnonzero(np.isin(half.kinds, kinds))[:most]))
        used = designs.take(np.isin(designs.column("sku"), np.concatenate([half.column("sku") for half in halves])))
        task = task_of(recipe, used, ctx)
        vae, _ = load_vae(task.digest, recipe.vae)
        found = read("gan", recipe.gan)
        check_pin(found, task.digest)
        gan = found.into(Generator(**found.settings))
        assert isinstance(gan, Generator)
        vae, gan = vae.to(ctx.device), gan.to(ctx.device)
        shown_both = [
            pictures_of(task, latents, half, gan, vae, kinds, seed)
            for seed, latents, half in zip((recipe.seed, 7), (task.train, task.held), halves, strict=True)
        ]
        return Prepared(
            RerankerObjective(shown_both[0], shown_both[1], kinds, recipe), {"kinds": kinds}, {"codec": task.digest}
        )


class RerankerObjective(Objective):
    """Cross-entropy of the kinds of true designs, as the codec draws them, and of the designs of GAN and VAE for the same words."""

    averaged = ("reranker",)

    def __init__(self, train: Pictures, held: Pictures, kinds: list[str], recipe: RerankerRecipe) -> None:
        self.networks: dict[str, nn.Module] = {"reranker": seeded(recipe.seed, lambda: Reranker(kinds))}
        self.size, self._train, self._held = len(train.kinds), train, held

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        network = self.networks[name]
        device = next(network.parameters()).device
        art = self._train.art[rows].to(device).float() / 127
        art = torch.cat([art[:, torch.randperm(3, generator=noise)], art[:, 3:]], 1)
        across, down = (int(n) for n in torch.randint(art.shape[-1], (2,), generator=noise))
        moved = torch.where(
            self._train.repeats[rows, None, None, None].to(device), art.roll((down, across), (2, 3)), art
        )
        kinds = self._train.kinds[rows].to(device)
        said = network(moved)
        return functional.cross_entropy(said, kinds), {"right": (said.argmax(1) == kinds).float().mean()}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        device = next(networks["reranker"].parameters()).device
        said = torch.cat(
            [networks["reranker"](art.to(device).float() / 127) for art in torch.split(self._held.art, 64)]
        ).cpu()
        right, made = (said.argmax(1) == self._held.kinds).float(), self._held.kinds == said.shape[1] - 1
        return {
            "val_loss": float(functional.cross_entropy(said, self._held.kinds)),
            "val_named": float(right[~made].mean()),
            "val_found_out": float(right[made].mean()),
        }


@dataclass(frozen=True, eq=False)
class Pictures:
    """True designs and made ones: int8 [n, 4, 64, 64], 127 times `units.art_of` at half size, whether each repeats, and its class."""

    art: Tensor
    repeats: Tensor
    kinds: Tensor


@torch.no_grad()
def pictures_of(
    task: Task, latents: Latents, designs: Designs, gan: Generator, vae: Vae, kinds: list[str], seed: int
) -> Pictures:
    """Designs as the codec draws them, and for the words of each one that GAN or VAE, by turns, makes."""
    noise, device = torch.Generator().manual_seed(seed), task.codec.mean.device
    ground = designs.ground.astype(np.float32) / 255
    true: list[Tensor] = []
    made: list[Tensor] = []
    for rows in torch.split(torch.arange(len(designs)), 32):
        seen = latents.draw(rows, noise, device)
        drawn = torch.randn(len(rows), max(gan.noise, vae.code), generator=noise).to(device)
        even = rows.to(device) % 2 == 0
        (_, ours, numbers), (theirs, others) = (
            gan(drawn[:, : gan.noise], seen.conditions),
            vae.invent(drawn[:, : vae.code], seen.conditions),
        )
        own = (torch.where(even[:, None, None, None], ours, theirs), torch.where(even[:, None], numbers, others))
        for kept, (maps, vectors) in ((true, (seen.maps, seen.vectors)), (made, own)):
            sheets = task.codec.decode(maps).cpu().numpy()
            art = task.space.artwork(sheets, vectors.cpu().numpy(), ground[rows], designs.repeats[rows.numpy()])
            kept.append((functional.avg_pool2d(torch.from_numpy(art), 2) * 127).round().to(torch.int8))
    known = torch.tensor([kinds.index(kind) for kind in designs.kinds.tolist()])
    repeats = torch.from_numpy(designs.repeats)
    return Pictures(torch.cat(true + made), repeats.repeat(2), torch.cat([known, torch.full_like(known, len(kinds))]))
