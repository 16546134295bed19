"""`prodgen bench generate`: how fast views are drawn."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from prodgen_render.asset.art import TILES, draw_artwork
from prodgen_render.asset.generator import DRAFT_DETAIL, model_of
from prodgen_render.asset.look import enlarged
from prodgen_render.asset.made_up import made_up_asset
from prodgen_render.parametric import build_model
from prodgen_render.rendering.quality import DRAFT, FINAL
from prodgen_render.rendering.views import render
from prodgen_sdk.config import Options, separated, validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import ARTWORK_SIZE, VIEW_SETS, Layout, Product

_PRODUCTS = (
    Product(sku="bench-mug", title="Red mug", category="home/mug"),
    Product(sku="bench-bottle", title="Olive oil bottle", category="food/bottle", attributes={"material": "glass"}),
    Product(sku="bench-tshirt", title="Striped T-shirt", category="apparel/tshirt"),
    Product(sku="bench-speaker", title="Walnut speaker", category="electronics/speaker"),
)
_SLOW = (
    Product(sku="bench-sofa", title="Green velvet sofa", category="home/sofa"),
    Product(sku="bench-candle", title="Candle in a glass", category="home/candle", attributes={"material": "glass"}),
)


class RenderOptions(Options):
    """What is drawn.

    Args:
        n: how many of the four products.
        sizes: edges in pixels.
    """

    n: Annotated[int, Field(ge=1)] = len(_PRODUCTS)
    sizes: Annotated[tuple[Annotated[int, Field(ge=16, le=4096)], ...], BeforeValidator(separated)] = (128, 512)


class RenderBenchmark(Benchmark):
    """Draws orbit8 of four products at 128 and 512 pixels, and of their assets at 256, as drafts and in full."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del config, ctx

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Medians over products; see `RenderOptions`."""
        asked = validate(RenderOptions, options, where="options of bench generate")
        products = _PRODUCTS[: asked.n]
        views = VIEW_SETS["orbit8"]
        render(build_model(products[0]), views[:1], size=64)
        built, figures = [], {}
        for size in asked.sizes:
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
        figures |= _of_assets(products, ctx) | _of_artwork()
        return {"render_build_model_s": round(median(built), 4), **figures, "render_products": len(products)}


def _of_assets(products: Sequence[Product], ctx: Context) -> dict[str, float]:
    """From an asset to 8 views of 256 pixels, models included; the slow ones are glass with something in it, and much cloth."""
    made = [made_up_asset(product, 1) for product in (*products, *_SLOW)]
    figures = {}
    for name, share, quality in (("draft", DRAFT_DETAIL, DRAFT), ("asset", 1.0, FINAL)):
        seconds = []
        for item in made:
            ctx.check()
            start = time.perf_counter()
            render(model_of(item.product, item.asset, share=share), VIEW_SETS["orbit8"], size=256, quality=quality)
            seconds.append(time.perf_counter() - start)
        figures[f"render_{name}_8_views_256px_s"] = round(median(seconds[: len(products)]), 4)
        figures[f"render_{name}_8_views_256px_slow_families_s"] = round(max(seconds[len(products) :]), 4)
    return figures


def _of_artwork() -> dict[str, float]:
    """What the size of artwork costs: its PSNR, enlarged to 512 pixels, against the same drawing in 512; the mean and the worst layout."""
    layouts: list[tuple[Layout, str]] = [("tile", name) for name in TILES]
    layouts += [("surface", "gradient"), ("label", "plain"), ("screen", "plain")]
    figures = []
    for layout, pattern in layouts:
        errors = []
        for seed in range(8):
            small, large = (
                draw_artwork(
                    layout, pattern, (47, 98, 173), [(240, 195, 60), (246, 243, 236), (195, 39, 43)], "food",
                    np.random.default_rng(seed), size=size,
                )[0][..., :3]
                for size in (ARTWORK_SIZE, 512)
            )  # fmt: skip
            shown = enlarged(np.dstack([small, small[..., :1]]), 512, 512, wrapped=layout == "tile")[..., :3]
            errors.append(float(((shown - large) ** 2).mean()))
        figures.append(float(np.mean([10 * np.log10(255**2 / max(error, 1e-3)) for error in errors])))
    return {
        "render_artwork_psnr_mean_db": round(float(np.mean(figures)), 2),
        "render_artwork_psnr_worst_layout_db": round(min(figures), 2),
    }
