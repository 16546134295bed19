"""`prodgen train lora`: a LoRA on a hub text-to-image model, that `diffusers/text` then loads.

All that is random follows from the seed and the number of the step, so that a run that was killed goes on as if it had not been:
on a CPU to the bit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pictures.photos import squared
from prodgen_diffusers.pipelines.loading import Loaded, load_pipeline
from prodgen_diffusers.pipelines.running import native_size
from prodgen_diffusers.training import state
from prodgen_diffusers.training.data import Example, data_digest, read_examples, split
from prodgen_diffusers.training.families import Family, encode_picture, family_of
from prodgen_diffusers.training.loss import flow_loss, noise_loss
from prodgen_diffusers.training.options import LoraOptions
from prodgen_diffusers.training.schedule import number_of, place_of, rate_of
from prodgen_diffusers.words import clean
from prodgen_sdk import images
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, NotFinite
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.training import Record

if TYPE_CHECKING:
    import torch

_ID = "diffusers/train-lora"
_VALIDATION_DRAWS = 4
WEIGHTS = "pytorch_lora_weights.safetensors"
Encoded = tuple["torch.Tensor", Mapping[str, "torch.Tensor"]]


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
        digest = canonical_digest([options.model_dump(mode="json"), data_digest(examples)])
        report = state.finished(out, digest)
        if report is not None:
            ctx.progress(report.steps, report.steps, "steps")
            return report
        return _train(options, examples, out, digest, ctx)

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


def _train(options: LoraOptions, examples: Sequence[Example], out: Path, digest: str, ctx: Context) -> Report:
    import torch

    training, held_out = split(examples, options.validation, options.seed)
    base = Pipeline.model_validate(
        {name: getattr(options, name) for name in ("model", "revision", "digest", "variant")}
    )
    loaded = load_pipeline(base, ctx, component=_ID, task="text")
    family = family_of(loaded.pipe)
    size = options.size or native_size(loaded.pipe, base)
    inputs = _encode(loaded, family, [*training, *held_out], size, options.seed, ctx)
    empty = _conditions(loaded, family, "", size)
    for name in list(loaded.pipe.components):
        if name == "vae" or name.startswith("text_encoder"):  # not needed any more: room for the gradient
            loaded.pipe.register_modules(**{name: None})
    seen, unseen = inputs[: len(training)], inputs[len(training) :]
    denoiser, weights = _with_lora(loaded, options)
    optimiser = torch.optim.AdamW(weights.values(), lr=options.learning_rate, weight_decay=options.weight_decay)
    average = {name: value.detach().clone() for name, value in weights.items()} if options.ema else {}
    before = _held_out_loss(denoiser, family, loaded, unseen, options)
    done = state.restore(out, digest, weights, optimiser, average, ctx.logger)
    started, noted = time.monotonic(), {"loss": float("nan")}
    with closing(Record(out, done)) as record:
        for step in range(done, options.steps):
            ctx.check()
            noted = _update(step, denoiser, family, loaded, seen, empty, weights, optimiser, options)
            record.figures(step + 1, noted)
            for name, value in average.items():
                value.lerp_(weights[name].detach(), 1 - min(options.ema, (1 + step) / (10 + step)))
            if (step + 1) % options.checkpoint_every == 0 and step + 1 < options.steps:
                if unseen:
                    record.figures(step + 1, {"val_loss": _held_out_loss(denoiser, family, loaded, unseen, options)})
                state.save(out, digest, step + 1, weights, optimiser, average)
            ctx.progress(step + 1, options.steps, "steps")
        for name, value in average.items():
            weights[name].data.copy_(value)
        figures = {"train_loss": noted["loss"], "seconds": time.monotonic() - started}
        if unseen:
            after = _held_out_loss(denoiser, family, loaded, unseen, options)
            record.figures(options.steps, {"val_loss": after})
            figures |= {"loss_before": before, "loss_after": after}
    folder = _save(loaded, family, denoiser, out)
    facts = {
        "options": options.model_dump(mode="json"),
        "size": size,
        "train": len(training),
        "held_out": len(held_out),
    }
    summary = {"digest": digest, "steps": options.steps, "figures": figures, "checkpoint": folder.name, **facts}
    write_atomically(out / state.RECORD, json.dumps(summary, indent=1).encode())
    state.clear(out)
    return Report(checkpoint=folder, steps=options.steps, figures=figures)


def _encode(
    loaded: Loaded, family: Family, examples: Sequence[Example], size: int, seed: int, ctx: Context
) -> list[Encoded]:
    """Latents and conditions of each picture, on the CPU; afterwards VAE and text encoders are not needed."""
    found: list[Encoded] = []
    for place, example in enumerate(examples):
        ctx.check()
        picture = images.to_tensor([squared(images.load(example.path), size)]) * 2 - 1
        latents = encode_picture(loaded.pipe.vae, picture, ctx.torch_rng(number_of(seed, "picture", place)))
        found.append((latents, _conditions(loaded, family, clean(example.caption, loaded.pipe), size)))
    return found


def _conditions(loaded: Loaded, family: Family, caption: str, size: int) -> dict[str, torch.Tensor]:
    import torch

    with torch.no_grad():
        return {name: value.cpu() for name, value in family.encode(loaded.pipe, caption, size).items()}


def _with_lora(loaded: Loaded, options: LoraOptions) -> tuple[Any, dict[str, Any]]:
    """The denoiser with fresh LoRA matrices in float32, the only weights that learn."""
    import torch
    from peft import LoraConfig

    denoiser = loaded.denoiser
    denoiser.requires_grad_(False)
    torch.manual_seed(options.seed)
    try:
        denoiser.add_adapter(
            LoraConfig(
                r=options.rank,
                lora_alpha=options.rank,
                init_lora_weights="gaussian",
                target_modules=list(options.targets),
            )
        )
    except ValueError as error:
        raise ConfigError(
            f"{type(denoiser).__name__} has no layers that end on {', '.join(options.targets)}.", hint="Set `targets`."
        ) from error
    if options.gradient_checkpointing:
        denoiser.enable_gradient_checkpointing()
    weights = {name: value for name, value in denoiser.named_parameters() if value.requires_grad}
    for value in weights.values():
        value.data = value.data.float()
    return denoiser, weights


def _update(
    step: int,
    denoiser: Any,
    family: Family,
    loaded: Loaded,
    seen: Sequence[Encoded],
    empty: Mapping[str, torch.Tensor],
    weights: Mapping[str, Any],
    optimiser: Any,
    options: LoraOptions,
) -> dict[str, float]:
    """One step of AdamW; returns the loss, the norm of its gradient, the learning rate and the seconds."""
    import torch

    started = time.perf_counter()

    rate = options.learning_rate * rate_of(step, options)
    for group in optimiser.param_groups:
        group["lr"] = rate
    denoiser.train()
    total = 0.0
    for part in range(options.accumulate):
        first = (step * options.accumulate + part) * options.batch
        chosen = [seen[place_of(first + place, len(seen), options.seed)] for place in range(options.batch)]
        generator = torch.Generator().manual_seed(number_of(options.seed, "step", step, part))
        dropped = torch.rand(len(chosen), generator=generator) < options.caption_dropout
        batch = [(latents, empty if drop else given) for (latents, given), drop in zip(chosen, dropped, strict=True)]
        loss = _loss(denoiser, family, loaded, batch, generator, options) / options.accumulate
        loss.backward()
        total += loss.item()
    norm = torch.nn.utils.clip_grad_norm_(list(weights.values()), options.clip)
    if not bool(torch.isfinite(norm)):
        raise NotFinite(
            f"The gradient is NaN or infinite at step {step + 1}.",
            hint="Set a lower learning_rate, or runtime.dtype to float32.",
        )
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return {"loss": total, "norm": float(norm), "rate": rate, "seconds": time.perf_counter() - started}


def _loss(
    denoiser: Any,
    family: Family,
    loaded: Loaded,
    batch: Sequence[Encoded],
    generator: torch.Generator,
    options: LoraOptions,
) -> Any:
    import torch
    from diffusers import DDPMScheduler

    device = loaded.device
    latents = torch.cat([latents for latents, _ in batch])
    noise = torch.randn(latents.shape, generator=generator).to(device)
    uniform = torch.rand(len(batch), generator=generator).to(device)
    given = {name: torch.cat([conditions[name] for _, conditions in batch]).to(device) for name in batch[0][1]}

    def predict(noisy: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        kind = device.partition(":")[0]
        half = loaded.dtype != "float32"
        with torch.autocast(kind, getattr(torch, loaded.dtype), enabled=half):
            return family.predict(denoiser, noisy.to(denoiser.dtype) if half else noisy, at, given)

    settings = loaded.pipe.scheduler.config
    if family.flow:
        return flow_loss(predict, latents.to(device), noise, uniform, settings.num_train_timesteps)
    return noise_loss(predict, latents.to(device), noise, uniform, DDPMScheduler.from_config(settings), options.min_snr)


def _held_out_loss(
    denoiser: Any, family: Family, loaded: Loaded, unseen: Sequence[Encoded], options: LoraOptions
) -> float:
    """Mean loss on held-out pictures, each at the same few steps with the same noise whenever it is measured."""
    import torch

    denoiser.eval()
    losses = []
    with torch.no_grad():
        for place, pair in enumerate(unseen):
            generator = torch.Generator().manual_seed(number_of(options.seed, "held out", place))
            losses += [
                float(_loss(denoiser, family, loaded, [pair], generator, options)) for _ in range(_VALIDATION_DRAWS)
            ]
    return sum(losses) / len(losses) if losses else float("nan")


def _save(loaded: Loaded, family: Family, denoiser: Any, out: Path) -> Path:
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft.utils import get_peft_model_state_dict

    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(denoiser))
    folder = out / "lora"
    loaded.pipe.save_lora_weights(folder, **{family.layers: layers}, weight_name=WEIGHTS, safe_serialization=True)
    return folder
