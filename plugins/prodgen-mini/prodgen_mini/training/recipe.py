"""The options that every training run has; each trainer adds its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

FILE = "recipe.json"


class Recipe(BaseModel):
    """How a run goes. All that is random in it follows from `seed` and the number of the step.

    Args:
        steps: updates of each network.
        batch: examples in one update, `accumulate` parts of which are worked on one after the other.
        decay: weight decay of AdamW (Loshchilov and Hutter, ICLR 2019), of matrices and kernels alone.
        warmup: steps in which the learning rate rises; after them it falls along a cosine to `floor` of itself.
        ema: of the weights that are kept, the share that stays at each step (it is smaller in the first steps).
        clip: largest norm of a gradient; 0 clips nothing.
        precision: `auto` computes in bfloat16 on a GPU that has it, else in float32.
        validate_every: steps between looks at the validation products; `patience` looks without a better one end the run, 0 never.
        sample_every: steps between pictures of what the model makes; 0 makes none.
        threads: of torch on a CPU; more or fewer change the last bits of the weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(ge=0)] = 0
    steps: Annotated[int, Field(ge=1)] = 1000
    batch: Annotated[int, Field(ge=1)] = 32
    accumulate: Annotated[int, Field(ge=1)] = 1
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    decay: Annotated[float, Field(ge=0)] = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    warmup: Annotated[int, Field(ge=0)] = 50
    floor: Annotated[float, Field(ge=0, le=1)] = 0.02
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.995
    clip: Annotated[float, Field(ge=0)] = 1.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    validate_every: Annotated[int, Field(ge=1)] = 100
    patience: Annotated[int, Field(ge=0)] = 0
    checkpoint_every: Annotated[int, Field(ge=1)] = 100
    sample_every: Annotated[int, Field(ge=0)] = 0
    threads: Annotated[int, Field(ge=0)] = 1

    def rate(self, step: int) -> float:
        """The learning rate of a step: a linear rise, then half a cosine.

        >>> Recipe(steps=100, warmup=10, learning_rate=1.0, floor=0.0).rate(9)
        1.0
        """
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * (self.floor + (1 - self.floor) * 0.5 * (1 + float(np.cos(np.pi * done))))


def claim(recipe: BaseModel, out: Path, **more: object) -> None:
    """Notes the resolved options in `out`, so that a run is not continued with other ones.

    Raises:
        ConfigError: `out` holds a run with other options, or of other data.
    """
    text = json.dumps({**recipe.model_dump(mode="json"), **more}, indent=1, sort_keys=True) + "\n"
    path = out / FILE
    if path.is_file():
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
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return ", ".join(f"{name} is {new.get(name)!r}, was {old.get(name)!r}" for name in names[:3])
