"""Options of `prodgen train lora`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from prodgen_sdk.checkpoints.sources import Checkpoint
from prodgen_sdk.training.augment import Augmentation
from prodgen_sdk.training.recipe import Count, Positive, Recipe, Share, Whole

ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")


class LoraOptions(Augmentation, Recipe, Checkpoint):
    """Options of a run. `model`, `revision`, `digest` and `variant` name the checkpoint; none takes that of `diffusers/text`.

    Args:
        size: edge in pixels of the training images; None takes the model's own.
        validation: share of the products that are held out; their loss is measured with the same noise each time.
        batch: images in one update.
        precision: `auto` computes in the runtime's `dtype`; the LoRA itself is float32.
        ema: of the weights that are kept, the share that stays at each step (it is smaller in the first steps); 0 keeps the last.
        threads: of torch on a CPU; 0 leaves them as they are.
        dropout: share of what the LoRA reads that is left out in a step.
        rank: of the two matrices that are added to each layer; their scale is 1, as alpha equals the rank.
        targets: names of the layers, by their ends.
        caption_dropout: share of images that are shown without words, which keeps classifier-free guidance working.
        min_snr: gamma of the min-SNR weighting of noise prediction (Hang et al., 2023); 0 weighs all steps alike.
        gradient_checkpointing: computes activations twice, for less memory.
        copies: varied copies that are made of each training image, turned, cropped and coloured by `rotation`, `crop` and `colour`;
            0 makes none. What is varied is learnt: with large turns the model paints tilted products.
        flips: whether half of the copies are mirrored, of images whose `azimuth` is 0 or 180 alone: any other would show
            another side than its words say. Leave it off where images carry letters.
        sample_every: steps between grids of samples; 0 makes none.
        prompts: what is sampled, on the command line with `|` between; none takes captions of images, of held-out ones
            first, up to four.
        sample_steps, sample_guidance: of samples; None takes those of `diffusers/text` where it has this checkpoint, else the
            pipeline's default.
    """

    model: str = ""
    size: Annotated[int, Field(ge=8, le=2048)] | None = None
    validation: Share = 0.1
    steps: Count = 1000
    batch: Count = 1
    learning_rate: Positive = 1e-4
    betas: tuple[Share, Share] = (0.9, 0.999)
    floor: Annotated[float, Field(ge=0, le=1)] = 0.0
    ema: Share = 0.0
    validate_every: Count = 250
    checkpoint_every: Count = 250
    threads: Whole = 0
    rank: Annotated[int, Field(ge=1, le=512)] = 16
    targets: tuple[str, ...] = ATTENTION
    caption_dropout: Annotated[float, Field(ge=0, le=1)] = 0.1
    min_snr: Annotated[float, Field(ge=0)] = 5.0
    gradient_checkpointing: bool = False
    copies: Annotated[int, Field(ge=0, le=64)] = 0
    prompts: tuple[str, ...] = ()
    sample_steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    sample_guidance: Annotated[float, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _heard(self) -> LoraOptions:
        without = {
            "copies": ("rotation", "crop", "colour", "flips"),
            "sample_every": ("prompts", "sample_steps", "sample_guidance"),
        }
        for needed, names in without.items():
            given = [name for name in names if name in self.model_fields_set]
            if given and not getattr(self, needed):
                raise ValueError(f"{', '.join(given)} would change nothing while {needed} is 0")
        return self
