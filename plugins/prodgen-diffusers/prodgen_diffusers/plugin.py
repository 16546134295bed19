"""What prodgen-diffusers registers; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, RegisterModel, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, GeneratorSpec, Needs, TrainerSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

INSTALL = "pip install 'prodgen-diffusers[torch]'"
NEEDS = Needs(modules=("torch", "diffusers", "transformers", "accelerate", "safetensors"), install=INSTALL)
BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")
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
            backgrounds=BACKGROUNDS,
            needs=NEEDS,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.text:TextGenerator",
    )
    register(
        GeneratorSpec(
            id="diffusers/image",
            summary="Any diffusers image-to-image or editing pipeline, from the product's photo and words",
            modes=("photo",),
            min_size=32,
            backgrounds=BACKGROUNDS,
            needs=NEEDS,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.image:ImageGenerator",
    )
    register(
        GeneratorSpec(
            id="diffusers/background",
            summary="A new background around a product whose pixels stay as they are, by any diffusers inpainting pipeline",
            modes=("photo",),
            min_size=32,
            backgrounds=BACKGROUNDS,
            needs=NEEDS,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.background:BackgroundGenerator",
    )
    register(
        GeneratorSpec(
            id="diffusers/angles",
            summary="One photo to 96 angles by Qwen-Image-Edit with the Multiple-Angles LoRA",
            modes=("photo",),
            min_size=32,
            max_batch=8,
            backgrounds=BACKGROUNDS,
            needs=NEEDS.model_copy(update={"modules": (*NEEDS.modules, "peft")}),
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.angles.generator:AnglesGenerator",
    )
    register(
        GeneratorSpec(
            id="diffusers/mv-adapter",
            summary="Views that agree, painted together by SDXL with MV-Adapter, from a photo or from words",
            modes=("photo", "text"),
            min_size=32,
            max_batch=8,
            backgrounds=BACKGROUNDS,
            needs=NEEDS.model_copy(update={"memory_mb": 14_000}),
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.mv_adapter.generator:MultiViewGenerator",
    )
    register(
        GeneratorSpec(
            id="diffusers/control",
            summary="Any view, held to the depth and normals of a renderer by ControlNet, with IP-Adapter for identity",
            modes=("mesh", "photo", "text", "attributes"),
            min_size=32,
            max_batch=8,
            backgrounds=BACKGROUNDS,
            needs=NEEDS,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.control.generator:ControlGenerator",
    )


@hookimpl
def register_trainers(register: Register) -> None:
    register(
        TrainerSpec(
            id="diffusers/train-lora",
            summary="A LoRA on Stable Diffusion 1.5, 2, XL, 3 or FLUX.1, from pictures with captions; resumable",
            trains="lora",
            needs=NEEDS.model_copy(update={"modules": (*NEEDS.modules, "peft")}),
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.training.lora:LoraTrainer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="diffusers/gpu",
            summary="Every path that runs a model on a GPU: pictures a second, steps, host overhead, batches, memory",
            measures="gpu",
            needs=NEEDS,
        ),
        "prodgen_diffusers.benchmarks.gpu:GpuBenchmark",
    )


@hookimpl
def register_models(register: RegisterModel, config: BaseModel | None) -> None:
    from prodgen_sdk.checkpoints.pulling import pullable

    for name, summary, pull in pullable(config):
        register(name, summary, pull)
