"""`prodgen bench generate`: how fast views are drawn."""

from __future__ import annotations

import time
from collections.abc import Mapping
from statistics import median
from typing import Any

from prodgen_render.parametric import build_model
from prodgen_render.rendering import render
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import VIEW_SETS, Product

_PRODUCTS = (
    Product(sku="bench-mug", title="Red mug", category="home/mug"),
    Product(sku="bench-bottle", title="Olive oil bottle", category="food/bottle", attributes={"material": "glass"}),
    Product(sku="bench-tshirt", title="Striped T-shirt", category="apparel/tshirt"),
    Product(sku="bench-speaker", title="Walnut speaker", category="electronics/speaker"),
)


class RenderBenchmark(Benchmark):
    """Draws orbit8 of four products at 128 and 512 pixels."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del config, ctx

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Medians over products.

        Args:
            options: `n`, how many of the four products to draw; `sizes`, edges in pixels, (128, 512) by default.
        """
        products = _PRODUCTS[: max(1, min(len(_PRODUCTS), int(options.get("n") or len(_PRODUCTS))))]
        views = VIEW_SETS["orbit8"]
        render(build_model(products[0]), views[:1], size=64)
        built, figures = [], {}
        for size in options.get("sizes") or (128, 512):
            all_eight, one = [], []
            for product in products:
                ctx.check()
                start = time.perf_counter()
                model = build_model(product)
                built.append(time.perf_counter() - start)
                start = time.perf_counter()
                render(model, views, size=size)
                all_eight.append(time.perf_counter() - start)
                start = time.perf_counter()
                render(model, views[:1], size=size)
                one.append(time.perf_counter() - start)
            figures[f"render_8_views_{size}px_s"] = round(median(all_eight), 4)
            figures[f"render_view_{size}px_s"] = round(median(all_eight) / len(views), 4)
            figures[f"render_first_view_{size}px_s"] = round(median(one), 4)
        return {"render_build_model_s": round(median(built), 4), **figures, "render_products": len(products)}
