"""What prodgen-diffusers registers; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, RegisterModel, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, GeneratorSpec, Mode, Needs, TrainerSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

INSTALL = "pip install 'prodgen-diffusers[torch]'"
NEEDS = Needs(modules=("torch", "diffusers", "transformers", "accelerate", "safetensors"), install=INSTALL)
PEFT = NEEDS.model_copy(update={"modules": (*NEEDS.modules, "peft")})
BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")
CHECKPOINT = "that of the checkpoint"


@hookimpl
def config_model() -> type[BaseModel]:
    from prodgen_diffusers.config import Config

    return Config


@hookimpl
def register_generators(register: Register) -> None:
    register(
        _generator(
            "text", "Any diffusers text-to-image pipeline, from a pinned hub id or a local folder", "text", "attributes"
        ),
        "prodgen_diffusers.text:TextGenerator",
    )
    register(
        _generator(
            "image", "Any diffusers image-to-image or editing pipeline, from the product's photo and words", "photo"
        ),
        "prodgen_diffusers.image:ImageGenerator",
    )
    register(
        _generator(
            "background",
            "A new background around a product whose pixels stay as they are, by any diffusers inpainting pipeline",
            "photo",
        ),
        "prodgen_diffusers.background:BackgroundGenerator",
    )
    register(
        _generator(
            "angles",
            "One photo to 96 angles by Qwen-Image-Edit with the Multiple-Angles LoRA",
            "photo",
            max_batch=8,
            needs=PEFT,
        ),
        "prodgen_diffusers.angles.generator:AnglesGenerator",
    )
    register(
        _generator(
            "mv-adapter",
            "Views that agree, painted together by SDXL with MV-Adapter, from a photo or from words",
            "photo",
            "text",
            max_batch=8,
            needs=NEEDS.model_copy(update={"memory_mb": 14_000}),
        ),
        "prodgen_diffusers.mv_adapter.generator:MultiViewGenerator",
    )
    register(
        _generator(
            "control",
            "Any view, held to the depth and normals of a renderer by ControlNet, with IP-Adapter for identity",
            "mesh",
            "photo",
            "text",
            "attributes",
            max_batch=8,
        ),
        "prodgen_diffusers.control.generator:ControlGenerator",
    )


def _generator(name: str, summary: str, *modes: Mode, max_batch: int = 32, needs: Needs = NEEDS) -> GeneratorSpec:
    return GeneratorSpec(
        id=f"diffusers/{name}",
        summary=summary,
        modes=modes,
        min_size=32,
        max_batch=max_batch,
        backgrounds=BACKGROUNDS,
        needs=needs,
        weights_licence=CHECKPOINT,
    )


@hookimpl
def register_trainers(register: Register) -> None:
    register(
        TrainerSpec(
            id="diffusers/train-lora",
            summary="A LoRA on Stable Diffusion, FLUX.1 or 2, Qwen-Image, Z-Image or SANA, from images with captions; resumable",
            trains="lora",
            needs=PEFT,
            weights_licence=CHECKPOINT,
        ),
        "prodgen_diffusers.training.lora:LoraTrainer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="diffusers/gpu",
            summary="Every path that runs a model on a GPU: images per second, steps, host overhead, batches, memory",
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
