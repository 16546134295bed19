"""`prodgen bench mini`: how long it takes each model to make eight views."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from prodgen_mini.config import Config
from prodgen_mini.evaluation.chosen import MODELS, Models
from prodgen_mini.generators import DiffusionGenerator, GanGenerator, MiniGenerator, VaeGenerator
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import VIEW_SETS, GenerationRequest, Product, Scene

_GOODS = (
    ("Blue striped ceramic mug", "home/mug", {"colour": "blue", "pattern": "stripes", "material": "ceramic"}),
    ("Green tea tin", "food/tin", {"colour": "green"}),
    ("Red floral cotton dress", "apparel/dress", {"colour": "red", "pattern": "floral", "material": "cotton"}),
    ("Walnut speaker", "electronics/speaker", {"material": "walnut"}),
)


class Options(BaseModel):
    """What `prodgen bench mini` takes after `-o`.

    Args:
        n: repetitions a product.
        size: edge in pixels.
        models: ids without `/mini`, separated by commas.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, Field(ge=1)] = 2
    size: Annotated[int, Field(ge=32, le=2048)] = 256
    models: Models = MODELS


class SpeedBenchmark(Benchmark):
    """Seconds from request to pixels of eight views, the design alone, and a preview of all eight, each the median over four products."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        import os
        from statistics import median

        chosen = validate(Options, options, where="options of bench mini")
        size = chosen.size
        classes: dict[str, type[MiniGenerator]] = {
            "gan": GanGenerator,
            "vae": VaeGenerator,
            "diffusion": DiffusionGenerator,
        }
        figures: dict[str, Any] = {"size": size, "views": 8, "load_before": round(os.getloadavg()[0], 2)}
        for name in chosen.models:
            ctx.check()
            started = time.perf_counter()
            generator = classes[name](self._config, ctx)
            figures[f"{name}_load_s"] = round(time.perf_counter() - started, 3)
            generator.generate([_request(0, size, "")], ctx)
            for label, style in (("views", ""), ("preview", "draft")):
                taken = [
                    _time(generator, _request(k, size, style), ctx) for k in range(len(_GOODS)) for _ in range(chosen.n)
                ]
                figures[f"{name}_{label}_s"] = round(median(taken), 3)
            taken = []
            for k in range(len(_GOODS)):
                started = time.perf_counter()
                generator.design([_request(k, size, "")], ctx)
                taken.append(time.perf_counter() - started)
            figures[f"{name}_design_s"] = round(median(taken), 4)
        return figures


def _request(number: int, size: int, style: str) -> GenerationRequest:
    title, category, attributes = _GOODS[number]
    product = Product(sku=f"speed-{number}", title=title, category=category, attributes=attributes)
    return GenerationRequest(
        product=product, views=VIEW_SETS["orbit8"], size=size, seed=number, scene=Scene(style=style)
    )


def _time(generator: MiniGenerator, request: GenerationRequest, ctx: Context) -> float:
    started = time.perf_counter()
    generator.generate([request], ctx)
    return time.perf_counter() - started
