"""Options of `prodgen train lora`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from prodgen_sdk.checkpoints.sources import Checkpoint

ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")


class LoraOptions(Checkpoint):
    """Options of a run. `model`, `revision`, `digest` and `variant` name the checkpoint; none takes that of `diffusers/text`.

    Args:
        rank: of the two matrices that are added to each layer; their scale is 1, as alpha equals the rank.
        targets: names of the layers, by their ends.
        size: edge in pixels of the training pictures; None takes the model's own.
        steps: updates of the weights, each of `batch` x `accumulate` pictures.
        batch: pictures that are worked on at once.
        accumulate: batches in one update.
        seed: of first weights, noise and what is held out.
        learning_rate: its peak, after `warmup` steps; it falls to zero along a cosine.
        warmup: steps in which the learning rate rises.
        weight_decay: of AdamW.
        clip: largest norm of the gradient.
        ema: decay of the average of the weights that is saved in their place; 0 saves the weights.
        caption_dropout: share of pictures that are shown without words, which keeps classifier-free guidance working.
        min_snr: gamma of the min-SNR weighting of noise prediction (Hang et al., 2023); 0 weighs all steps alike.
        validation: share of the products that are held out; their loss is measured before and after, with fixed noise.
        checkpoint_every: steps between checkpoints; the last two are kept.
        gradient_checkpointing: computes activations twice, for less memory.
    """

    model: str = ""
    rank: Annotated[int, Field(ge=1, le=512)] = 16
    targets: tuple[str, ...] = ATTENTION
    size: Annotated[int, Field(ge=8, le=2048)] | None = None
    steps: Annotated[int, Field(ge=1)] = 1000
    batch: Annotated[int, Field(ge=1, le=256)] = 1
    accumulate: Annotated[int, Field(ge=1, le=256)] = 1
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 1e-4
    warmup: Annotated[int, Field(ge=0)] = 50
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.01
    clip: Annotated[float, Field(gt=0)] = 1.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.0
    caption_dropout: Annotated[float, Field(ge=0, le=1)] = 0.1
    min_snr: Annotated[float, Field(ge=0)] = 5.0
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
    checkpoint_every: Annotated[int, Field(ge=1)] = 250
    gradient_checkpointing: bool = False
    seed: Annotated[int, Field(ge=0)] = 0
