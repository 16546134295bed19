"""The levers of diffusers: each is checked against what is installed and what the pipeline has, then applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prodgen_diffusers.config import Pipeline
from prodgen_sdk.errors import ConfigError


def denoiser_name(parts: Mapping[str, Any]) -> str:
    """`transformer` or `unet`: the part that is run at every step."""
    return next((name for name in ("transformer", "unet", "prior") if parts.get(name) is not None), "transformer")


def denoiser(pipe: Any) -> Any:
    return getattr(pipe, denoiser_name(pipe.components))


def check(config: Pipeline, index: Mapping[str, Any], wanted: Any, device: str, *, component: str) -> None:
    """Refuses options that the pipeline does not have or whose packages are missing, before weights load."""


def quantised(config: Pipeline, folder: Path, index: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """What `from_pretrained` has to be given so that weights load in fewer bits."""
    return {}


def apply(pipe: Any, config: Pipeline, loras: Sequence[Path], device: str, *, component: str) -> None:
    """Puts scheduler, LoRA and the levers in place, and the pipeline on its device."""
    import diffusers

    if config.scheduler:
        scheduler = getattr(diffusers, config.scheduler, None)
        if scheduler is None:
            raise ConfigError(f"{component}: diffusers has no scheduler {config.scheduler!r}.")
        pipe.scheduler = scheduler.from_config(pipe.scheduler.config, **config.scheduler_options)
    for place, path in enumerate(loras):
        pipe.load_lora_weights(path.parent, weight_name=path.name, adapter_name=f"lora{place}", local_files_only=True)
    if loras:
        pipe.set_adapters([f"lora{place}" for place in range(len(loras))], [lora.scale for lora in config.loras])
    if config.offload == "model":
        pipe.enable_model_cpu_offload(device=device)
    else:
        pipe.to(device)
