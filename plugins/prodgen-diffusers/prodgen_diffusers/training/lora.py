"""`prodgen train lora`: a LoRA on a hub text-to-image model, that `diffusers/text` then loads.

All that is random follows from the seed and the number of the step, so that a run that was killed goes on as if it had not been:
on a CPU to the bit.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pictures.photos import squared
from prodgen_diffusers.pipelines.loading import Loaded, load_pipeline
from prodgen_diffusers.pipelines.running import native_size
from prodgen_diffusers.training.data import Example, data_digest, read_examples, split
from prodgen_diffusers.training.families import Family, family_of
from prodgen_diffusers.training.learner import Encoded, LoraLearner
from prodgen_diffusers.training.options import LoraOptions
from prodgen_diffusers.training.schedule import number_of
from prodgen_diffusers.training.state import Run
from prodgen_diffusers.words import clean
from prodgen_sdk import images
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.training import Record

if TYPE_CHECKING:
    import torch

_ID = "diffusers/train-lora"
WEIGHTS = "pytorch_lora_weights.safetensors"


class LoraTrainer(Trainer):
    """Trains two small matrices beside each attention layer of a denoiser (LoRA, Hu et al., 2021); all else stays as it is."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config = config

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains, or goes on, or answers at once where `out` holds the finished run; `out` gets `log.jsonl` and `tensorboard/`.

        Args:
            config: see `LoraOptions`; a list may be written "to_q,to_v".
            data: see `data.read_examples`.

        Returns:
            The folder of the LoRA, and `loss_before`, `loss_after` (held-out pictures, the same noise) and `train_loss`.

        Raises:
            ConfigError: options, or a run of other options or data in `out`.
            InputError: the data.
            NotFinite: the loss is NaN; the last checkpoint stays.
        """
        options = self._options(config)
        examples = read_examples(data)
        run = Run(out, canonical_digest([options.model_dump(mode="json"), data_digest(examples)]))
        report = run.report()
        if report is not None:
            ctx.progress(report.steps, report.steps, "steps")
            return report
        return _train(options, examples, run, ctx)

    def _options(self, config: Mapping[str, Any]) -> LoraOptions:
        given = dict(config)
        if isinstance(given.get("targets"), str):
            given["targets"] = [word.strip() for word in given["targets"].split(",")]
        if not given.get("model") and self.config is not None and self.config.text is not None:
            text = self.config.text
            configured = {name: getattr(text, name) for name in ("model", "revision", "digest", "variant")}
            given = {**configured, **given, "model": configured["model"]}
        options = validate(LoraOptions, given, where="options of prodgen train lora")
        if not options.model:
            raise ConfigError(
                "No checkpoint to train on is named.", hint="Give -o model=FOLDER, or write [plugins.diffusers.text]."
            )
        return options


def _train(options: LoraOptions, examples: Sequence[Example], run: Run, ctx: Context) -> Report:
    training, held_out = split(examples, options.validation, options.seed)
    base = Pipeline.model_validate(
        {name: getattr(options, name) for name in ("model", "revision", "digest", "variant")}
    )
    loaded = load_pipeline(base, ctx, component=_ID, task="text")
    family = family_of(loaded.pipe)
    size = options.size or native_size(loaded.pipe, base)
    cell = 2 * int(loaded.pipe.vae_scale_factor)  # flow transformers see latents in cells of 2 x 2
    if family.flow and size % cell:
        raise ConfigError(
            f"{type(loaded.pipe).__name__} does not train on pictures of {size} pixels.",
            hint=f"Set `size` to a multiple of {cell}.",
        )
    inputs = _encode(loaded, family, [*training, *held_out], size, options.seed, ctx)
    empty = _conditions(loaded, family, "", size)
    for name in list(loaded.pipe.components):
        if name == "vae" or name.startswith("text_encoder"):  # not needed any more: room for the gradient
            loaded.pipe.register_modules(**{name: None})
    learner = LoraLearner(loaded, family, empty, options)
    figures = _learn(learner, inputs[: len(training)], inputs[len(training) :], run, ctx)
    folder = _save(loaded, family, learner.denoiser, run.folder)
    facts = {
        "options": options.model_dump(mode="json"),
        "size": size,
        "train": len(training),
        "held_out": len(held_out),
    }
    return run.finish(Report(checkpoint=folder, steps=options.steps, figures=figures), facts)


def _learn(
    learner: LoraLearner, seen: Sequence[Encoded], unseen: Sequence[Encoded], run: Run, ctx: Context
) -> dict[str, float]:
    """All steps that are left, with checkpoints in between; returns the report's figures."""
    before = learner.held_out_loss(unseen)
    done = learner.restore(run)
    if done:
        ctx.logger.info("going on after step %d", done)
    steps, every = learner.options.steps, learner.options.checkpoint_every
    started, noted = time.monotonic(), {"loss": float("nan")}
    with closing(Record(run.folder, done)) as record:
        for step in range(done + 1, steps + 1):
            ctx.check()
            noted = learner.update(step - 1, seen)
            record.figures(step, noted)
            if step % every == 0 and step < steps:
                if unseen:
                    record.figures(step, {"val_loss": learner.held_out_loss(unseen)})
                learner.save(run, step)
            ctx.progress(step, steps, "steps")
        learner.take_average()
        figures = {"train_loss": noted["loss"], "seconds": time.monotonic() - started}
        if unseen:
            after = learner.held_out_loss(unseen)
            record.figures(steps, {"val_loss": after})
            figures |= {"loss_before": before, "loss_after": after}
    return figures


def _encode(
    loaded: Loaded, family: Family, examples: Sequence[Example], size: int, seed: int, ctx: Context
) -> list[Encoded]:
    """Latents and conditions of each picture, on the CPU; afterwards VAE and text encoders are not needed."""
    found: list[Encoded] = []
    for place, example in enumerate(examples):
        ctx.check()
        picture = images.to_tensor([squared(images.load(example.picture), size)]) * 2 - 1
        latents = family.latents(loaded.pipe.vae, picture, ctx.torch_rng(number_of(seed, "picture", place)))
        found.append((latents, _conditions(loaded, family, clean(example.caption, loaded.pipe), size)))
    return found


def _conditions(loaded: Loaded, family: Family, caption: str, size: int) -> dict[str, torch.Tensor]:
    import torch

    with torch.no_grad():
        return {name: value.cpu() for name, value in family.encode(loaded.pipe, caption, size).items()}


def _save(loaded: Loaded, family: Family, denoiser: Any, out: Path) -> Path:
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft.utils import get_peft_model_state_dict

    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(denoiser))
    folder = out / "lora"
    loaded.pipe.save_lora_weights(folder, **{family.layers: layers}, weight_name=WEIGHTS, safe_serialization=True)
    return folder
