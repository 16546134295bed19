"""Registers what this distribution offers; nothing heavy is imported here."""

from __future__ import annotations

from pydantic import BaseModel

from prodgen_sdk.hookspecs import Register, RegisterModel, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, BodyParserSpec, CompositorSpec, Needs
from prodgen_tryon.config import Config

_NEEDS = Needs(
    modules=("ai_edge_litert", "cv2"), install="pip install 'prodgen-tryon[headless]'", memory_mb=600, models=("pose",)
)
_WEIGHTS = "Apache-2.0 (MediaPipe pose models)"


@hookimpl
def config_model() -> type[BaseModel]:
    return Config


@hookimpl
def register_compositors(register: Register) -> None:
    register(
        CompositorSpec(
            id="tryon/warp", summary="Dresses a photo by warping the garment's picture onto the body; CPU only, prints stay intact.",
            categories=("top", "outerwear", "trousers", "shorts", "skirt", "dress"), max_garments=8, max_batch=8, needs=_NEEDS, weights_licence=_WEIGHTS,
        ),
        "prodgen_tryon.warp:WarpCompositor",
    )  # fmt: skip


@hookimpl
def register_body_parsers(register: Register) -> None:
    register(
        BodyParserSpec(
            id="body/litert", summary="Pose, person mask and part masks by MediaPipe's pose models on LiteRT.",
            parts=("person", "face", "hair", "neck", "skin", "hands", "upper", "lower", "feet"), max_batch=8, needs=_NEEDS, weights_licence=_WEIGHTS,
        ),
        "prodgen_tryon.litert:LitertBodyParser",
    )  # fmt: skip


@hookimpl
def register_models(register: RegisterModel) -> None:
    register(
        "pose",
        "MediaPipe pose detector and landmarks (two tflite files, 9 MB, Apache-2.0)",
        "prodgen_tryon.models:pull",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="tryon/pairs",
            summary="Time of tryon/warp, and its pictures on true pairs beside trivial floors.",
            measures="tryon",
            needs=_NEEDS,
        ),
        "prodgen_tryon.bench:TryOnBenchmark",
    )
