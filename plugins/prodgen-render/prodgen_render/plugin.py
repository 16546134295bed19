"""What prodgen-render registers; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, RegisterCommand, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, GeneratorSpec, Needs, RendererSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

_NEEDS = Needs(modules=("embreex", "trimesh", "scipy"), install="pip install prodgen-render", memory_mb=1100)
_BACKGROUNDS = ("white", "colour", "gradient", "transparent", "image")


@hookimpl
def config_model() -> type[BaseModel]:
    from prodgen_render.config import Config

    return Config


@hookimpl
def register_generators(register: Register) -> None:
    register(
        GeneratorSpec(
            id="render/parametric",
            summary="Ray-traced views of a parametric model chosen by category, attributes and words",
            modes=("text", "attributes"),
            min_size=32,
            maps=("depth", "normal"),
            backgrounds=_BACKGROUNDS,
            digital_source="algorithmicMedia",
            needs=_NEEDS,
        ),
        "prodgen_render.parametric:ParametricGenerator",
    )
    register(
        GeneratorSpec(
            id="render/mesh",
            summary="Ray-traced views of a GLB or OBJ file",
            modes=("mesh",),
            min_size=32,
            maps=("depth", "normal"),
            backgrounds=_BACKGROUNDS,
            digital_source="algorithmicMedia",
            needs=_NEEDS,
        ),
        "prodgen_render.mesh:MeshGenerator",
    )
    register(
        GeneratorSpec(
            id="render/photo",
            summary="Any view from one photo: fitted geometry, the photo as its texture, the rest completed",
            modes=("photo",),
            min_size=32,
            maps=("depth", "normal"),
            backgrounds=_BACKGROUNDS,
            digital_source="compositeSynthetic",
            needs=_NEEDS,
        ),
        "prodgen_render.photo.generator:PhotoGenerator",
    )


@hookimpl
def register_renderers(register: Register) -> None:
    from prodgen_render.families import FAMILIES

    register(
        RendererSpec(
            id="render/asset",
            summary="Ray-traced views of a product's asset: proportions, finish, colours and artwork",
            families=tuple(FAMILIES),
            min_size=32,
            backgrounds=_BACKGROUNDS,
            needs=_NEEDS,
        ),
        "prodgen_render.asset.generator:AssetRenderer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="render/generate",
            summary="Seconds per view of render/parametric by size",
            measures="generate",
            needs=_NEEDS,
        ),
        "prodgen_render.benchmark:RenderBenchmark",
    )
    register(
        BenchmarkSpec(
            id="render/photo",
            summary="Views from one photo against true ones, beside the best of simple answers",
            measures="photo",
            needs=_NEEDS,
        ),
        "prodgen_render.photo.benchmark:PhotoBenchmark",
    )


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    register(
        "render",
        "Render data sets, many views, turntables and GLB files, and list what can be drawn.",
        "prodgen_render.cli:app",
    )
