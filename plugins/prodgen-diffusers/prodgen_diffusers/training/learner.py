"""The LoRA matrices of a denoiser while they learn: with their optimiser and moving average, updated, measured, saved and restored."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.pipelines.loading import Loaded
from prodgen_diffusers.training.families import Family
from prodgen_diffusers.training.loss import flow_loss, noise_loss
from prodgen_diffusers.training.options import LoraOptions
from prodgen_diffusers.training.schedule import number_of, place_of, rate_of
from prodgen_diffusers.training.state import Run
from prodgen_sdk.errors import ConfigError, NotFinite

if TYPE_CHECKING:
    import torch

_VALIDATION_DRAWS = 4
Conditions = Mapping[str, "torch.Tensor"]
Encoded = tuple["torch.Tensor", Conditions]
"""A picture as it is learnt from: latents [1, c, h, w], and what its caption says to the denoiser."""


class LoraLearner:
    """Fresh matrices in float32 in a pipeline's denoiser, of whose weights they alone learn.

    Args:
        empty: the conditions of no caption, which some pictures of each step get.

    Raises:
        ConfigError: the denoiser has no layers of the wanted names.
    """

    def __init__(self, loaded: Loaded, family: Family, empty: Conditions, options: LoraOptions) -> None:
        import torch

        self.denoiser, self.weights = _with_lora(loaded, options)
        self.options = options
        self._loaded, self._family, self._empty = loaded, family, empty
        self._optimiser = torch.optim.AdamW(
            self.weights.values(), lr=options.learning_rate, weight_decay=options.weight_decay
        )
        # Small gradients are zero in float16: the loss is scaled up before they are computed (Micikevicius et al., 2018).
        device = loaded.device.partition(":")[0]
        self._scaler = torch.amp.GradScaler(device, enabled=loaded.dtype == "float16")
        self._average = {name: value.detach().clone() for name, value in self.weights.items()} if options.ema else {}

    def update(self, step: int, seen: Sequence[Encoded]) -> dict[str, float]:
        """One step of AdamW on pictures that follow from its number; returns the loss, the norm of its gradient, the learning rate
        and the seconds.

        Raises:
            NotFinite: the gradient is NaN or infinite.
        """
        import torch

        started, options = time.perf_counter(), self.options
        rate = options.learning_rate * rate_of(step, options)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self.denoiser.train()
        total = sum(self._backward(step, part, seen) for part in range(options.accumulate))
        self._scaler.unscale_(self._optimiser)
        norm = torch.nn.utils.clip_grad_norm_(list(self.weights.values()), options.clip)
        # A scale that was too large is halved, and its step left out; at 1 it is not the scale.
        if not bool(torch.isfinite(norm)) and self._scaler.get_scale() <= 1:
            raise NotFinite(
                f"The gradient is NaN or infinite at step {step + 1}.",
                hint="Set a lower learning_rate, or runtime.dtype to float32.",
            )
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self._optimiser.zero_grad(set_to_none=True)
        for name, value in self._average.items():
            value.lerp_(self.weights[name].detach(), 1 - min(options.ema, (1 + step) / (10 + step)))
        return {"loss": total, "norm": float(norm), "rate": rate, "seconds": time.perf_counter() - started}

    def _backward(self, step: int, part: int, seen: Sequence[Encoded]) -> float:
        """Adds one batch's gradient, of the `accumulate` that a step has; returns its share of the loss."""
        import torch

        options = self.options
        first = (step * options.accumulate + part) * options.batch
        chosen = [seen[place_of(first + place, len(seen), options.seed)] for place in range(options.batch)]
        generator = torch.Generator().manual_seed(number_of(options.seed, "step", step, part))
        dropped = torch.rand(len(chosen), generator=generator) < options.caption_dropout
        batch = [
            (latents, self._empty if drop else given) for (latents, given), drop in zip(chosen, dropped, strict=True)
        ]
        loss = self._loss(batch, generator) / options.accumulate
        self._scaler.scale(loss).backward()
        return float(loss.item())

    def held_out_loss(self, unseen: Sequence[Encoded]) -> float:
        """Mean loss on held-out pictures, each at the same few steps with the same noise whenever it is measured; NaN without any."""
        import torch

        self.denoiser.eval()
        losses = []
        with torch.no_grad():
            for place, pair in enumerate(unseen):
                generator = torch.Generator().manual_seed(number_of(self.options.seed, "held out", place))
                losses += [float(self._loss([pair], generator)) for _ in range(_VALIDATION_DRAWS)]
        return sum(losses) / len(losses) if losses else float("nan")

    def save(self, run: Run, step: int) -> None:
        """Writes a checkpoint after a step."""
        run.save(step, self.weights, self._optimiser, self._average, self._scaler)

    def restore(self, run: Run) -> int:
        """Goes back to the last checkpoint and returns its step; 0 where there is none. Raises ConfigError for one of another run."""
        return run.restore(self.weights, self._optimiser, self._average, self._scaler)

    def take_average(self) -> None:
        """Puts the moving average, where there is one, in the matrices' place."""
        for name, value in self._average.items():
            self.weights[name].data.copy_(value)

    def _loss(self, batch: Sequence[Encoded], generator: torch.Generator) -> Any:
        import torch
        from diffusers import DDPMScheduler

        device, dtype, family = self._loaded.device, self._loaded.dtype, self._family
        latents = torch.cat([latents for latents, _ in batch])
        noise = torch.randn(latents.shape, generator=generator).to(device)
        uniform = torch.rand(len(batch), generator=generator).to(device)
        given = {name: joined([conditions[name] for _, conditions in batch]).to(device) for name in batch[0][1]}

        def predict(noisy: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
            half = dtype != "float32"
            with torch.autocast(device.partition(":")[0], getattr(torch, dtype), enabled=half):
                return family.predict(self.denoiser, noisy.to(self.denoiser.dtype) if half else noisy, at, given)

        settings = self._loaded.pipe.scheduler.config
        if family.flow:
            return flow_loss(predict, latents.to(device), noise, uniform, settings.num_train_timesteps)
        schedule = DDPMScheduler.from_config(settings)
        return noise_loss(predict, latents.to(device), noise, uniform, schedule, self.options.min_snr)


def joined(values: Sequence[torch.Tensor]) -> torch.Tensor:
    """A condition of several pictures, each [1, n, ...], as one batch: shorter ones are filled up with zeros, which masks leave out.

    >>> import torch
    >>> joined([torch.ones(1, 2), torch.ones(1, 3)])[:, 2]
    tensor([0., 1.])
    """
    import torch

    longest = max(value.shape[1] for value in values)
    missing = [(0, 0) * (value.ndim - 2) + (0, longest - value.shape[1]) for value in values]
    return torch.cat([torch.nn.functional.pad(value, part) for value, part in zip(values, missing, strict=True)])


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
