"""What prodgen-diffusers registers; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import GeneratorSpec, Needs

if TYPE_CHECKING:
    from pydantic import BaseModel

INSTALL = "pip install 'prodgen-diffusers[torch]'"
NEEDS = Needs(modules=("torch", "diffusers", "transformers", "accelerate", "safetensors"), install=INSTALL)
CHECKPOINT = "that of the checkpoint"


@hookimpl
def config_model() -> type[BaseModel]:
    from prodgen_diffusers.config import Config

    return Config


@hookimpl
def register_generators(register: Register) -> None:
    register(
        GeneratorSpec(
            id="diffusers/text",
            summary="Any diffusers text-to-image pipeline, from a pinned hub id or a local folder",
            modes=("text", "attributes"),
            min_size=32,
            backgrounds=("white", "colour", "gradient", "transparent", "image"),
            needs=NEEDS,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.text:TextGenerator",
    )
