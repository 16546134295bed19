"""`prodgen train gan`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini import weights
from prodgen_mini.designs import Designs
from prodgen_mini.models.gan import Critic, Generator, pair_loss, penalty
from prodgen_mini.training.latents import LatentObjective, Latents, ModelRecipe, Task, seeded, task_of
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Count, Positive, Share, Weight, Whole


class GanRecipe(ModelRecipe):
    """Options of `prodgen train gan`.

    Args:
        noise: numbers that a design is drawn from.
        gamma: weight of both gradient penalties; it falls to a tenth over the run.
        lazy: the penalties are worked out every so many steps, with as much more weight (Karras et al. 2020).
        begin: weights of a VAE of the same codec, with `code` equal to `noise` and an equal `width`: the generator begins as its decoder. None begins from nothing.
    """

    steps: Count = 500
    batch: Count = 256
    learning_rate: Positive = 2e-4
    warmup: Whole = 100
    validate_every: Count = 250
    betas: tuple[Share, Share] = (0.0, 0.99)
    decay: Weight = 0.0
    clip: Weight = 10.0
    ema: Share = 0.998
    noise: Annotated[int, Field(ge=2, le=1024)] = 192
    gamma: Weight = 1.0
    lazy: Count = 4
    begin: Path | None = None


class GanTrainer(PartTrainer[GanRecipe]):
    part = "gan"
    recipe = GanRecipe

    def prepare(self, recipe: GanRecipe, designs: Designs, ctx: Context) -> Prepared:
        task = task_of(recipe, designs, ctx)
        settings = {**task.sizes, "noise": recipe.noise, "width": recipe.width}
        return Prepared(GanObjective(task, settings, recipe), settings, {"codec": task.digest})

    def start(self, recipe: GanRecipe, objective: Objective) -> dict[str, dict[str, Tensor]]:
        if recipe.begin is None:
            return {}
        assert isinstance(objective, GanObjective)
        found = weights.read("vae", recipe.begin)
        weights.check_pin(found, objective.task.digest)
        if (found.settings["code"], found.settings["width"]) != (recipe.noise, recipe.width):
            raise ConfigError(
                f"The VAE {recipe.begin} has a code of {found.settings['code']} and a width of {found.settings['width']}, "
                f"the GAN a noise of {recipe.noise} and a width of {recipe.width}.",
                hint="Give the GAN the VAE's sizes: -o noise=CODE -o width=WIDTH.",
            )
        kept = ("writer.", "prior.")
        return {"generator": {name: value for name, value in found.tensors.items() if name.startswith(kept)}}


class GanObjective(LatentObjective):
    """Alternating updates: the critic on real against generated, then the generator, both on pairs of one condition."""

    averaged = ("generator",)

    def __init__(self, task: Task, settings: Mapping[str, Any], recipe: GanRecipe) -> None:
        def networks() -> dict[str, nn.Module]:
            critic = Critic(**task.sizes, width=recipe.width)
            return {"critic": critic, "generator": Generator(**settings, dropout=recipe.dropout)}

        super().__init__(task, seeded(recipe.seed, networks))
        self._recipe = recipe

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        critic, generator = self.networks["critic"], self.networks["generator"]
        assert isinstance(critic, Critic)
        assert isinstance(generator, Generator)
        device = next(generator.parameters()).device
        seen = self.task.train.draw(rows, noise, device)
        cover, counted, condition = seen.cover, seen.counted, seen.conditions
        code = torch.randn(len(rows), generator.noise, generator=noise).to(device)
        real = (functional.avg_pool2d(seen.maps, 4) * cover, seen.maps * cover, seen.vectors * counted)
        if name == "generator":
            coarse, fine, numbers = generator(code, condition)
            made = critic(coarse * cover, fine * cover, numbers * counted, condition)
            with torch.no_grad():
                true = critic(*real, condition)
            loss = pair_loss(made, true)
            return loss, {}
        with torch.no_grad():
            coarse, fine, numbers = generator(code, condition)
        fake = (coarse * cover, fine * cover, numbers * counted)
        due = step % self._recipe.lazy == 0
        real_in, fake_in = (tuple(part.detach().requires_grad_(due) for part in parts) for parts in (real, fake))
        true, made = critic(*real_in, condition), critic(*fake_in, condition)
        loss = pair_loss(true, made)
        notes = {"pair": loss.detach(), "gap": (true - made).mean().detach()}
        if due:
            gamma = self._recipe.gamma * (1 - 0.9 * min(1.0, step / self._recipe.steps)) * self._recipe.lazy
            r1, r2 = penalty(true, real_in), penalty(made, fake_in)
            loss = loss + 0.5 * gamma * (r1 + r2)
            notes |= {"r1": r1.detach(), "r2": r2.detach()}
        return loss, notes

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """`val_loss` is how far the generated designs are from the held-out ones as sets; see `set_distance`."""
        generator = networks["generator"]
        assert isinstance(generator, Generator)
        held = self.task.held
        conditions = held.conditions.to(next(generator.parameters()).device)
        fine, numbers = self.invent(generator, conditions, torch.Generator().manual_seed(5))
        return design_figures(fine.cpu(), numbers.cpu(), held)

    def invent(self, network: nn.Module, condition: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        assert isinstance(network, Generator)
        drawn = torch.randn(len(condition), network.noise, generator=noise)
        _, fine, numbers = network(drawn.to(condition.device), condition)
        return fine, numbers


def design_figures(maps: Tensor, numbers: Tensor, held: Latents) -> dict[str, float]:
    """How generated designs of the validation products compare with the true ones: `val_loss` and its parts.

    Of the maps with art, the distance of the sets with their conditions; of the main colour, a tenth of the root mean square error.
    """
    shown = held.has_art > 0
    far = set_distance(
        _summary(maps[shown], held.conditions[shown]), _summary(held.maps[shown], held.conditions[shown])
    )
    wrong = (numbers - held.vectors)[:, held.space.colour].square().mean().sqrt()
    spread = (numbers * held.counted).std(0).mean() / (held.vectors * held.counted).std(0).mean()
    return {
        "val_loss": far + 0.1 * float(wrong),  # the main colour is seen only where none was asked for
        "val_distance": far,
        "val_colour": float(wrong),
        "val_spread": float(spread),
    }


def _summary(maps: Tensor, conditions: Tensor) -> Tensor:
    """Fixed random convolutions of the maps, their mean and spread over cells, beside the condition."""
    generator = torch.Generator().manual_seed(20)
    kernels = torch.randn(96, maps.shape[1], 3, 3, generator=generator) / (9 * maps.shape[1]) ** 0.5
    seen = functional.conv2d(functional.pad(maps, (1, 1, 1, 1), mode="circular"), kernels).relu().flatten(2)
    return torch.cat([seen.mean(2), seen.std(2), conditions * 0.5], 1)


def set_distance(first: Tensor, second: Tensor) -> float:
    """Energy distance of two sets of vectors (Szekely and Rizzo 2013): 0 where they have one distribution."""
    across = torch.cdist(first, second).mean()
    inside = torch.cdist(first, first).sum() / (len(first) * (len(first) - 1)) + torch.cdist(second, second).sum() / (
        len(second) * (len(second) - 1)
    )
    return float(2 * across - inside)
