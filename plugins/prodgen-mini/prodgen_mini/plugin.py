"""What prodgen-mini registers; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, GeneratorSpec, Needs, TrainerSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

_TORCH = Needs(modules=("torch", "safetensors"), install="pip install 'prodgen-mini[torch]'", memory_mb=1200)
_BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")


@hookimpl
def config_model() -> type[BaseModel]:
    from prodgen_mini.config import Config

    return Config


@hookimpl
def register_generators(register: Register) -> None:
    made = {
        "gan": ("Designs a product by a GAN in two stages; ray-traced views of the design", ("text", "attributes")),
        "vae": ("Designs a product by a conditional VAE; ray-traced views of the design", ("text", "attributes")),
        "diffusion": (
            "Designs a product by a rectified flow in a few steps, or varies a given image; ray-traced views of the design",
            ("text", "attributes", "photo"),
        ),
    }
    for part, (summary, modes) in made.items():
        register(
            GeneratorSpec(
                id=f"{part}/mini",
                summary=summary,
                modes=modes,
                min_size=32,
                backgrounds=_BACKGROUNDS,
                needs=_TORCH,
                weights_licence="Apache-2.0",
            ),
            f"prodgen_mini.generators:{part.capitalize()}Generator",
        )


@hookimpl
def register_trainers(register: Register) -> None:
    parts = {
        "codec": "The codec of gan/mini, vae/mini and diffusion/mini, from a data set of designs",
        "vae": "The weights of vae/mini, from a data set of designs",
        "gan": "The weights of gan/mini, from a data set of designs",
        "diffusion": "The weights of diffusion/mini, from a data set of designs",
        "reranker": "What keeps the best of several designs of gan/mini and vae/mini, from a data set of designs",
    }
    for part, summary in parts.items():
        register(
            TrainerSpec(id=f"mini/train-{part}", summary=summary, trains=part, needs=_TORCH),
            f"prodgen_mini.training.{part}:{part.capitalize()}Trainer",
        )
    register(
        TrainerSpec(
            id="mini/train-lora-mini",
            summary="A LoRA of diffusion/mini for designs of one kind, from a few of them",
            trains="lora-mini",
            needs=Needs(modules=("torch", "safetensors", "peft"), install="pip install 'prodgen-mini[torch,lora]'"),
        ),
        "prodgen_mini.training.lora:LoraTrainer",
    )
    register(
        TrainerSpec(
            id="mini/train-sweep",
            summary="Any trainer over ranges of its options, the best by a figure",
            trains="sweep",
        ),
        "prodgen_mini.training.sweep:SweepTrainer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="mini/evaluate",
            summary="Designs of held-out products by each model, beside a look-up table and the nearest training product",
            measures="assets",
            command="eval",
            needs=_TORCH,
        ),
        "prodgen_mini.evaluation.benchmark:AssetBenchmark",
    )
    register(
        BenchmarkSpec(
            id="mini/speed",
            summary="Seconds to eight views, and to a preview of them, by each model",
            measures="mini",
            needs=_TORCH,
        ),
        "prodgen_mini.evaluation.speed:SpeedBenchmark",
    )
