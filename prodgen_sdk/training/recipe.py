"""The options that every training run has; each trainer adds its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

FILE = "recipe.json"
_FIRST = ("part", "data")  # what explains the most

# Trainers give other defaults by these types: a field that a subclass annotates anew loses the limits it had.
Count = Annotated[int, Field(ge=1)]
Whole = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Precision = Literal["auto", "float32", "bfloat16"]


class Recipe(BaseModel):
    """How a run goes. All that is random in it follows from `seed` and the number of the step.

    Args:
        seed: of first weights, batches and noise.
        steps: updates of each network.
        batch: examples in one update.
        accumulate: parts of a batch that are worked on one after the other, for less memory.
        learning_rate: its peak, after `warmup` steps; from there it falls along a cosine.
        decay: weight decay of AdamW (Loshchilov and Hutter, ICLR 2019), of matrices and kernels alone.
        betas: of AdamW: how slowly the means of gradients and of their squares move.
        warmup: steps in which the learning rate rises.
        floor: share of the peak that the learning rate has in the end.
        dropout: share of the numbers within the network that are left out in a step.
        ema: of the weights that are kept, the share that stays at each step (it is smaller in the first steps).
        clip: largest norm of a gradient; 0 clips nothing.
        precision: `auto` computes in bfloat16 on a GPU that has it, else in float32.
        validate_every: steps between looks at the validation products.
        patience: looks without a better one that end the run; 0 never ends it early.
        checkpoint_every: steps between checkpoints; what a kill costs at most.
        sample_every: steps between images of what the model makes; 0 makes none.
        threads: of torch on a CPU; more or fewer change the last bits of the weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Whole = 0
    steps: Count = 1000
    batch: Count = 32
    accumulate: Count = 1
    learning_rate: Positive = 1e-3
    decay: Weight = 0.01
    betas: tuple[Share, Share] = (0.9, 0.98)
    warmup: Whole = 50
    floor: Annotated[float, Field(ge=0, le=1)] = 0.02
    dropout: Share = 0.0
    ema: Share = 0.995
    clip: Weight = 1.0
    precision: Precision = "auto"
    validate_every: Count = 100
    patience: Whole = 0
    checkpoint_every: Count = 100
    sample_every: Whole = 0
    threads: Whole = 1

    def rate(self, step: int) -> float:
        """The learning rate of a step: a linear rise, then half a cosine.

        >>> Recipe(steps=100, warmup=10, learning_rate=1.0, floor=0.0).rate(9)
        1.0
        """
        import numpy as np

        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * (self.floor + (1 - self.floor) * 0.5 * (1 + float(np.cos(np.pi * done))))


def claim(recipe: BaseModel, out: Path, **more: object) -> None:
    """Notes the resolved options in `out`, so that a run is not continued with other ones; before its first weights it has none to lose.

    Raises:
        ConfigError: `out` holds a run with other options, or of other data.
    """
    text = json.dumps({**recipe.model_dump(mode="json"), **more}, indent=1, sort_keys=True) + "\n"
    path = out / FILE
    if path.is_file() and any(out.glob("*.safetensors")):
        found = path.read_text("utf-8")
        if found != text:
            raise ConfigError(
                f"{out} holds a run with other options: {_difference(found, text)}.",
                hint="Choose another folder, or repeat its options.",
            )
        return
    write_atomically(path, text.encode())


def _difference(found: str, wanted: str) -> str:
    try:
        old, new = json.loads(found), json.loads(wanted)
    except ValueError:
        return f"{FILE} cannot be read"
    names = [name for name in {*old, *new} if old.get(name) != new.get(name)]
    names.sort(key=lambda name: (name not in _FIRST, name))
    return ", ".join(
        "the data are not the same" if name == "data" else f"{name} is {new.get(name)!r}, was {old.get(name)!r}"
        for name in names[:3]
    )
