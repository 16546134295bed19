"""`prodgen train lora`: a LoRA on a hub text-to-image model, that `diffusers/text` then loads.

All that is random follows from the seed and the number of the step, so that a run that was killed goes on as if it had not been:
on a CPU to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pipelines.loading import Loaded, load_pipeline
from prodgen_diffusers.pipelines.running import Job, native_size
from prodgen_diffusers.training.data import Example, data_digest, read_examples, split
from prodgen_diffusers.training.families import Family, family_of
from prodgen_diffusers.training.loss import shift_of
from prodgen_diffusers.training.options import LoraOptions
from prodgen_diffusers.words import clean
from prodgen_sdk import images
from prodgen_sdk.checkpoints.measuring import free
from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.checkpoints.placing import place
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.training import checkpoint
from prodgen_sdk.training.augment import augment
from prodgen_sdk.training.checkpoint import State
from prodgen_sdk.training.cleaning import Sieve, report_of, tell
from prodgen_sdk.training.loop import fit, seed_of
from prodgen_sdk.training.parallel import Parallel
from prodgen_sdk.training.recipe import claim

if TYPE_CHECKING:
    import torch

    from prodgen_diffusers.training.objective import Encoded
    from prodgen_diffusers.training.sampling import Sampler

_ID = "diffusers/train-lora"
_NAMED = ("model", "revision", "digest", "variant")
_HINTS = {
    "missing": "Names of files are relative to the folder of metadata.jsonl.",
    "no_words": "Give each image a `text` or `caption`.",
}
WEIGHTS = "pytorch_lora_weights.safetensors"


class LoraTrainer(Trainer):
    """Trains two small matrices beside each attention layer of a denoiser (LoRA, Hu et al., 2021); all else stays as it is."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config = config

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains, or goes on, or answers at once where `out` holds the finished run; `out` gets what `fit` writes, and `lora/`.

        Args:
            config: see `LoraOptions`; a list may be written "to_q,to_v".
            data: see `data.read_examples`.

        Returns:
            The folder of the LoRA of the best validation, and `val_before`, `val_loss`, `best_val_loss` (held-out pictures, the same
            noise) and `train_loss`.

        Raises:
            ConfigError: options, or a run of other options or data in `out`.
            InputError: the data.
            NotFinite: the loss is NaN; the last checkpoint stays.
        """
        options = self._options(config)
        examples = read_examples(data)
        claim(options, out, part="lora", data=data_digest(examples))
        state = checkpoint.finished(out / checkpoint.FILE, options.steps)
        if state is None:
            state = _train(options, self._sampled_as(options), examples, out, ctx)
        else:
            ctx.progress(state.step, options.steps, "steps")
        figures = {"train_loss": state.last["loss"], **state.figures()}
        return Report(checkpoint=out / "lora", steps=state.step, figures=figures)

    def _options(self, config: Mapping[str, Any]) -> LoraOptions:
        given = dict(config)
        for name, mark in (("targets", ","), ("prompts", "|")):
            if isinstance(given.get(name), str):
                given[name] = [word.strip() for word in given[name].split(mark)]
        if not given.get("model") and self.config is not None and self.config.text is not None:
            configured = {name: getattr(self.config.text, name) for name in _NAMED}
            given = {**configured, **given, "model": configured["model"]}
        options = validate(LoraOptions, given, where="options of prodgen train lora")
        if not options.model:
            raise ConfigError(
                "No checkpoint to train on is named.", hint="Give -o model=FOLDER, or write [plugins.diffusers.text]."
            )
        return options

    def _sampled_as(self, options: LoraOptions) -> Pipeline:
        """How samples are painted: as `diffusers/text` is configured, where it has this checkpoint."""
        text = self.config.text if self.config is not None else None
        usual = text if text is not None and text.model == options.model else Pipeline(model=options.model)
        steps, guidance = options.sample_steps or usual.steps, options.sample_guidance
        guidance = usual.guidance if guidance is None else guidance
        return Pipeline(model=options.model, steps=steps, guidance=guidance, arguments=usual.arguments, batch=1)


def _train(options: LoraOptions, sampled: Pipeline, examples: Sequence[Example], out: Path, ctx: Context) -> State:
    from prodgen_diffusers.training.objective import LoraObjective

    training, held_out = split(_usable(examples, out, options, ctx), options.validation, options.seed)
    ctx = replace(ctx, device=Parallel(ctx.device).device)
    loaded = _load(options, ctx)
    pipe = loaded.pipe
    family = family_of(pipe)
    size = options.size or native_size(pipe, Pipeline(model=options.model))
    cell = 2 * int(pipe.vae_scale_factor)  # flow transformers see latents in cells of 2 x 2
    if family.flow and size % cell:
        raise ConfigError(
            f"{type(pipe).__name__} does not train on images of {size} pixels.",
            hint=f"Set `size` to a multiple of {cell}.",
        )
    captions = ["", *(clean(example.caption, pipe) for example in (*training, *held_out))]
    said = {caption: _conditions(loaded, family, caption, size) for caption in dict.fromkeys(captions)}
    sampler = _sampler(loaded, [*held_out, *training], sampled, size, options, ctx)
    _drop(loaded, "text_encoder")
    place(pipe.vae, loaded.device, component=_ID)
    still = options.model_copy(update={"copies": 0})
    seen, unseen = (
        [one for example in part for one in encoded(loaded, family, example, said, size, how, ctx)]
        for part, how in ((training, options), (held_out, still))
    )
    if sampler is None:
        _drop(loaded, "vae")
    place(pipe, loaded.device, component=_ID)
    shift = shift_of(pipe.scheduler.config, (size // cell) ** 2)
    objective = LoraObjective(loaded, family, seen, unseen, said[""], options, shift, sampler)

    def improved(averages: Mapping[str, Any], state: State) -> None:
        layers = {family.layers: objective.state_dict(averages["lora"])}
        pipe.save_lora_weights(out / "lora", weight_name=WEIGHTS, safe_serialization=True, **layers)

    # The objective itself knows which part of it computes in half precision.
    return fit(objective, options.model_copy(update={"precision": "float32"}), out, ctx, improved=improved)


def _load(options: LoraOptions, ctx: Context) -> Loaded:
    """The checkpoint in memory; the parts take turns on a GPU, as those of large models do not fit there together."""
    dtype = "auto" if options.precision == "auto" else options.precision
    offload = "none" if ctx.device == "cpu" else "model"
    named = {name: getattr(options, name) for name in _NAMED}
    base = Pipeline.model_validate(named | {"dtype": dtype, "offload": offload})
    return load_pipeline(base, ctx, component=_ID, task="text")


def _drop(loaded: Loaded, start: str) -> None:
    """Forgets the parts whose names start so, and that parts take turns on the device."""
    loaded.pipe.remove_all_hooks()
    loaded.pipe.register_modules(**{name: None for name in loaded.pipe.components if name.startswith(start)})
    free(loaded.device)


def _usable(examples: Sequence[Example], out: Path, options: LoraOptions, ctx: Context) -> list[Example]:
    """Those of the examples that are worth learning from; the others are told, and listed in `cleaning.json`."""
    sieve = Sieve(near=None)  # colours of one product, photographed alike, are no duplicates
    reasons = [sieve.sift(example.data, example.product)[1] if example.caption else "no_words" for example in examples]
    usable = [example for example, reason in zip(examples, reasons, strict=True) if not reason]
    if not usable:
        found = ", ".join(reason.replace("_", " ") for reason in sorted(set(reasons)))
        raise InputError(f"There is no image to learn from: all are {found}.", hint=_HINTS.get(reasons[0], ""))
    dropped = [(example.key, reason) for example, reason in zip(examples, reasons, strict=True) if reason]
    parts = zip(("train", "val"), split(usable, options.validation, options.seed), strict=True)
    tell(report_of(dropped, {name: [example.product for example in part] for name, part in parts}), out, ctx)
    return usable


def encoded(
    loaded: Loaded,
    family: Family,
    example: Example,
    said: Mapping[str, dict[str, torch.Tensor]],
    size: int,
    options: LoraOptions,
    ctx: Context,
) -> list[Encoded]:
    """Latents and conditions, on the CPU, of a picture and its varied copies; afterwards the VAE is not needed.

    Args:
        said: conditions by caption.
    """
    import torch

    picture = images.to_tensor([images.squared(images.load(example.picture), size)])
    given = said[clean(example.caption, loaded.pipe)]
    mirrored = options.flips and example.azimuth is not None and example.azimuth % 180 == 0
    how = options.model_copy(update={"flips": mirrored})
    found: list[Encoded] = []
    for copy in range(1 + options.copies):
        ctx.check()
        seed = seed_of(options.seed, "picture", example.digest, copy)
        shown, told = picture, given
        if copy:
            shown, windows, _ = augment(picture, torch.Generator().manual_seed(seed), how)
            told = family.cropped(given, windows[0].tolist(), size)
        found.append((family.latents(loaded.pipe.vae, shown * 2 - 1, ctx.torch_rng(seed)), told))
    return found


def _conditions(loaded: Loaded, family: Family, caption: str, size: int) -> dict[str, torch.Tensor]:
    import torch

    with quiet(), torch.no_grad():
        return {name: value.cpu() for name, value in family.encode(loaded.pipe, caption, size).items()}


def _sampler(
    loaded: Loaded, examples: Sequence[Example], config: Pipeline, size: int, options: LoraOptions, ctx: Context
) -> Sampler | None:
    """Paints the wanted prompts, or the captions of the first pictures that differ in them."""
    from prodgen_diffusers.training.sampling import MOST, Sampler

    if not options.sample_every:
        return None
    shown = list({example.caption: example for example in reversed(examples)}.values())[-MOST:][::-1]
    prompts = options.prompts or tuple(example.caption for example in shown)
    true = [] if options.prompts else [images.squared(images.load(example.picture), size) for example in shown]
    jobs = [
        Job(clean(prompt, loaded.pipe), seed_of(options.seed, "sample", place) % 2**32)
        for place, prompt in enumerate(prompts)
    ]
    return Sampler(loaded, jobs, config, size, true, ctx)
