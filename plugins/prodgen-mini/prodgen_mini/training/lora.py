"""`prodgen train lora-mini`: a low-rank addition to `diffusion/mini`, from a few designs of one kind, by peft."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import torch
from pydantic import Field

from prodgen_mini import weights
from prodgen_mini.designs import Designs
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.lora import FORMAT, LAYERS
from prodgen_mini.training.diffusion import DiffusionObjective, DiffusionRecipe
from prodgen_mini.training.latents import task_of
from prodgen_mini.training.trainers import PartTrainer, Prepared
from prodgen_mini.weights import check_pin, load_vae
from prodgen_sdk.checkpoints.weights import write_weights
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError, MissingDependency
from prodgen_sdk.training.recipe import Count, Positive, Share, Weight

if TYPE_CHECKING:
    from torch import nn


class LoraRecipe(DiffusionRecipe):
    """Options of `prodgen train lora-mini`.

    Args:
        base: weights of diffusion/mini; those of the package by default.
        where: which designs of the data set: `family=mug`, `style=band`, or several with a comma; all by default.
        rank: of the additions.
        alpha: over `rank` it is their scale.
    """

    steps: Count = 300
    validate_every: Count = 50
    batch: Count = 16
    learning_rate: Positive = 1e-3
    decay: Weight = 0.0
    forget: Share = 0.05
    base: Path | None = None
    where: str = ""
    rank: Annotated[int, Field(ge=1, le=64)] = 4
    alpha: Positive = 8.0


class LoraTrainer(PartTrainer[LoraRecipe]):
    part = "lora"
    recipe = LoraRecipe

    def prepare(self, recipe: LoraRecipe, designs: Designs, ctx: Context) -> Prepared:
        try:
            from peft import LoraConfig, get_peft_model
        except ImportError:
            raise MissingDependency("A LoRA needs peft.", hint="Run: pip install 'prodgen-mini[lora]'") from None
        base = weights.read("diffusion", recipe.base)
        chosen = designs.take(_chosen(designs, recipe.where))
        train, held = ((chosen.column("split") == name).sum() for name in ("train", "val"))
        if train < 2 or not held:
            raise InputError(
                f"{recipe.where!r} leaves {train} designs to train on and {held} to validate on.",
                hint="Make more of them: prodgen render assets --out DIR --products N",
            )
        task = task_of(recipe, chosen, ctx)
        check_pin(base, task.digest)
        vae, vae_digest = load_vae(task.digest, recipe.vae)
        check_pin(base, vae_digest, "vae")
        objective = DiffusionObjective(task, vae.to(ctx.device), base.settings, recipe)
        network = objective.networks["diffusion"]
        network.load_state_dict(dict(base.tensors))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            config = LoraConfig(
                r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=recipe.dropout, target_modules=list(LAYERS)
            )
            get_peft_model(network, config)
        return Prepared(objective, {"scale": recipe.alpha / recipe.rank}, {"base": base.digest, "codec": task.digest})

    def export(self, path: Path, network: nn.Module, settings: dict[str, Any], facts: dict[str, Any]) -> None:
        assert isinstance(network, Dit)
        tensors = {}
        for name, value in network.state_dict().items():
            for side, ours in (("lora_A", "down"), ("lora_B", "up")):
                if f".{side}.default.weight" in name:
                    tensors[name.replace(f".{side}.default.weight", f".{ours}")] = value.half().cpu().numpy()
        write_weights(path, tensors, {"format": FORMAT, **settings, **facts})


def _chosen(designs: Designs, where: str) -> Any:
    wanted = np.ones(len(designs), bool)
    for term in filter(None, (part.strip() for part in where.split(","))):
        key, equals, value = term.partition("=")
        if not equals or not any(key in line for line in designs.lines[:1]):
            known: Mapping[str, Any] = designs.lines[0]
            raise ConfigError(f"{term!r} names no column.", hint=f"Columns are {', '.join(sorted(known))}.")
        there = designs.column(key)
        if value not in there:
            raise InputError(f"No design has {term}.", hint=f"There are {', '.join(sorted(set(there.tolist()))[:20])}.")
        wanted &= there == value
    if not wanted.any():
        raise InputError(f"No design is all of {where}.", hint="Leave a term out.")
    return wanted
