"""What all trainers of the parts share: data, run, export."""

from __future__ import annotations

import copy
import hashlib
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from prodgen_mini import weights
from prodgen_mini.designs import Designs, read_designs
from prodgen_mini.weights import Part
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import file_digest
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.training import cleaning
from prodgen_sdk.training.checkpoint import State
from prodgen_sdk.training.loop import fit
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Recipe, claim

if TYPE_CHECKING:
    import torch
    from torch import nn

R = TypeVar("R", bound=Recipe)
_PATHS = ("codec", "vae", "gan", "begin", "base")


class Prepared(NamedTuple):
    """What is learnt, the settings of the network that is kept, and facts to write beside its weights."""

    objective: Objective
    settings: dict[str, Any]
    facts: dict[str, Any]


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
        if "pictures" in facts:
            cleaning.tell(facts["pictures"], out, ctx)
        kept, path = objective.averaged[0], out / f"{self.part}.safetensors"
        # Without its paths: other weights are pinned by their digests, and equal runs give equal files wherever they lie.
        options = {k: v for k, v in recipe.model_dump(mode="json").items() if k not in _PATHS}
        notes = {**facts, "recipe": options, "data": digest_of(data)}

        def improved(averages: Mapping[str, nn.Module], state: State) -> None:
            network = copy.deepcopy(averages[kept]).cpu()
            self.finish(network, objective)
            figures = state.figures()
            self.export(path, network, settings, {**notes, "figures": figures, "steps": state.step})

        start = self.start(recipe, objective)  # type: ignore[arg-type]
        state = fit(objective, recipe, out, ctx, start=start, improved=improved)
        return Report(checkpoint=path, steps=state.step, figures=state.figures())

    @abstractmethod
    def prepare(self, recipe: R, designs: Designs, ctx: Context) -> Prepared:
        """What a run needs."""

    def start(self, recipe: R, objective: Objective) -> dict[str, dict[str, torch.Tensor]]:
        """Weights that a fresh run begins with, by network."""
        return {}

    def export(self, path: Path, network: nn.Module, settings: dict[str, Any], facts: dict[str, Any]) -> None:
        """Writes the weights to use."""
        weights.write(path, self.part, network, settings, facts)

    def finish(self, network: nn.Module, objective: Objective) -> None:
        """A last touch before the weights are written."""


def digest_of(data: Path) -> str:
    """Names a data set by its plan and manifest."""
    total = hashlib.sha256()
    for name in ("dataset.json", "manifest.jsonl"):
        if (data / name).is_file():
            total.update(file_digest(data / name).encode())
    return total.hexdigest()
