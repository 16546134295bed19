"""What a LoRA learns: the matrices beside the layers of a denoiser, their loss on pictures, and what they paint meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import torch

from prodgen_diffusers.pipelines.loading import Loaded
from prodgen_diffusers.training.families import Family
from prodgen_diffusers.training.loss import flow_loss, noise_loss
from prodgen_diffusers.training.options import LoraOptions
from prodgen_diffusers.training.sampling import Sampler
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.training.loop import seed_of
from prodgen_sdk.training.objective import Objective

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

_VALIDATION_DRAWS = 4
Conditions = Mapping[str, "torch.Tensor"]
Encoded = tuple["torch.Tensor", Conditions]
"""A picture as it is learnt from: latents [1, c, h, w], and what its caption says to the denoiser."""


class Matrices(torch.nn.Module):
    """Parameters of a network by their names in it; they stay its own, where they are."""

    def __init__(self, parameters: Mapping[str, nn.Parameter]) -> None:
        super().__init__()
        for name, value in parameters.items():
            self.register_parameter(name.replace(".", "/"), value)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        return self


class LoraObjective(Objective):
    """The loss of a denoiser on pictures, of whose weights fresh LoRA matrices in float32 alone learn.

    Args:
        seen, unseen: pictures to learn from, and held-out ones.
        empty: the conditions of no caption, which some pictures of each step get.
        shift: of the times of a flow, see `shift_of`.
        sampler: paints meanwhile; None paints nothing.

    Raises:
        ConfigError: the denoiser has no layers of the wanted names.
    """

    averaged = ("lora",)

    def __init__(
        self,
        loaded: Loaded,
        family: Family,
        seen: Sequence[Encoded],
        unseen: Sequence[Encoded],
        empty: Conditions,
        options: LoraOptions,
        shift: float,
        sampler: Sampler | None = None,
    ) -> None:
        from diffusers import DDPMScheduler

        self.denoiser = _with_lora(loaded, options)
        self.networks = {"lora": Matrices(dict(_learning(self.denoiser)))}
        self.size, self.scaled = len(seen), loaded.dtype == "float16"
        self._loaded, self._family, self._options, self._sampler = loaded, family, options, sampler
        self._seen, self._unseen, self._empty = seen, unseen, empty
        settings = loaded.pipe.scheduler.config
        self._trained = settings.num_train_timesteps
        self._schedule = None if family.flow else DDPMScheduler.from_config(settings)
        self._shift = shift
        self._before = self._held_out_loss()

    def loss(self, name: str, rows: Tensor, noise: torch.Generator, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        self.denoiser.train()
        chosen = [self._seen[row] for row in rows.tolist()]
        dropped = torch.rand(len(chosen), generator=noise) < self._options.caption_dropout
        batch = [
            (latents, self._empty if drop else given) for (latents, given), drop in zip(chosen, dropped, strict=True)
        ]
        return self._loss(batch, noise), {}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """`val_loss` of held-out pictures, and `val_before`, what it was without the LoRA."""
        if not self._unseen:
            return {}
        with self._carrying(networks["lora"]):
            return {"val_loss": self._held_out_loss(), "val_before": self._before}

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        if self._sampler is None:
            return None
        self.denoiser.eval()
        with self._carrying(networks["lora"]):
            return self._sampler.grid()

    def state_dict(self, network: nn.Module) -> dict[str, Tensor]:
        """A network's matrices under the names of diffusers, float32 on the CPU."""
        from diffusers.utils import convert_state_dict_to_diffusers
        from peft.utils import get_peft_model_state_dict

        with self._carrying(network):
            found = convert_state_dict_to_diffusers(get_peft_model_state_dict(self.denoiser))
            return {name: value.detach().cpu().clone() for name, value in found.items()}

    @contextmanager
    def _carrying(self, network: nn.Module) -> Iterator[None]:
        """The denoiser meanwhile has other matrices than those that learn, such as their average."""
        own = list(self.networks["lora"].parameters())
        values = [value.data for value in own]
        try:
            for value, other in zip(own, network.parameters(), strict=True):
                value.data = other.data
            yield
        finally:
            for value, data in zip(own, values, strict=True):
                value.data = data

    def _held_out_loss(self) -> float:
        """Mean loss on held-out pictures, each at the same few steps with the same noise whenever it is measured; NaN without any."""
        self.denoiser.eval()
        losses = []
        with torch.no_grad():
            for place, pair in enumerate(self._unseen):
                noise = torch.Generator().manual_seed(seed_of(self._options.seed, "held out", place))
                losses += [float(self._loss([pair], noise)) for _ in range(_VALIDATION_DRAWS)]
        return sum(losses) / len(losses) if losses else float("nan")

    def _loss(self, batch: Sequence[Encoded], generator: torch.Generator) -> Tensor:
        device, dtype, family = self._loaded.device, self._loaded.dtype, self._family
        latents = torch.cat([latents for latents, _ in batch])
        noise = torch.randn(latents.shape, generator=generator).to(device)
        uniform = torch.rand(len(batch), generator=generator).to(device)
        given = {name: joined([conditions[name] for _, conditions in batch]).to(device) for name in batch[0][1]}

        def predict(noisy: Tensor, at: Tensor) -> Tensor:
            half = dtype != "float32"
            with torch.autocast(device.partition(":")[0], getattr(torch, dtype), enabled=half):
                return family.predict(self.denoiser, noisy.to(self.denoiser.dtype) if half else noisy, at, given)

        if self._schedule is None:
            return flow_loss(predict, latents.to(device), noise, uniform, self._trained, self._shift)
        return noise_loss(predict, latents.to(device), noise, uniform, self._schedule, self._options.min_snr)


def joined(values: Sequence[Tensor]) -> Tensor:
    """A condition of several pictures, each [1, n, ...], as one batch: shorter ones are filled up with zeros, which masks leave out.

    >>> joined([torch.ones(1, 2), torch.ones(1, 3)])[:, 2]
    tensor([0., 1.])
    """
    longest = max(value.shape[1] for value in values)
    missing = [(0, 0) * (value.ndim - 2) + (0, longest - value.shape[1]) for value in values]
    return torch.cat([torch.nn.functional.pad(value, part) for value, part in zip(values, missing, strict=True)])


def _with_lora(loaded: Loaded, options: LoraOptions) -> Any:
    """The denoiser with fresh LoRA matrices in float32, the only weights that learn."""
    from peft import LoraConfig

    denoiser = loaded.denoiser
    denoiser.requires_grad_(False)
    torch.manual_seed(options.seed)
    try:
        denoiser.add_adapter(
            LoraConfig(
                r=options.rank,
                lora_alpha=options.rank,
                lora_dropout=options.dropout,
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
    for _, value in _learning(denoiser):
        value.data = value.data.float()
    return denoiser


def _learning(denoiser: Any) -> list[tuple[str, nn.Parameter]]:
    return [(name, value) for name, value in denoiser.named_parameters() if value.requires_grad]
