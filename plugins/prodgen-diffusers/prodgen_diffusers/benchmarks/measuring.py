"""What `prodgen bench gpu` does with one loaded component: a generator of this plugin, an encoder or a generator of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from statistics import median
from time import monotonic
from typing import Any

from prodgen_sdk.checkpoints.measuring import batch_figures, forget_peak, seconds, watch
from prodgen_sdk.context import Context
from prodgen_sdk.specs import Kind
from prodgen_sdk.types import NAMED_VIEWS, GenerationRequest, Image, Product, Scene

PRODUCT = Product(sku="bench-mug", title="Blue ceramic mug", category="home/mug")
_SEVERAL = ("angles", "mv_adapter", "control")
BY_DESIGN = "runs on the CPU by design: it does not need torch"


class Skipped(Exception):
    """A path that is not set up."""


def repeated(work: Callable[[], Any], number: int, most: float, device: str) -> list[float]:
    """Seconds of up to `number` calls, the first included: none is begun after `most` seconds."""
    end = monotonic() + most
    times = [seconds(work, device)]
    while len(times) < number and monotonic() < end:
        times.append(seconds(work, device))
    return times


def measure(
    name: str, generator: Any, number: int, requests: int, size: int, ctx: Context, most: float = inf
) -> dict[str, Any]:
    """The figures of one loaded generator, without the path in their names.

    Args:
        most: seconds after which no further call is begun; what is missing then is told in `left_out`.
    """
    end = monotonic() + most
    device, pipe = generator.loaded.device, generator.loaded.pipe
    one = request_of(name, size, 0)
    views = len(one.views)
    first = seconds(lambda: generator.generate([one], ctx), device)
    forget_peak(device)
    owner, callee = _inside(name, pipe)
    with watch(owner, callee, pipe, device) as inside:
        times = repeated(lambda: generator.generate([one], ctx), number, end - monotonic(), device)
    figures: dict[str, Any] = {
        "first_request_s": round(first, 4),
        "images_per_s": round(views / median(times), 4),
        **inside.figures(times, device),
    }
    if len(times) < number:
        figures["calls"] = len(times)
    if name == "control":
        figures["geometry_ms"] = round(1000 * seconds(lambda: generator.geometry([one], ctx), device), 2)
    if monotonic() + 3 * requests * median(times) > end:
        return figures | {"left_out": f"batches: {most:g} s would not do"}
    many = [request_of(name, size, seed) for seed in range(requests)]
    figures |= batch_figures(
        lambda: [generator.generate([request], ctx) for request in many],
        lambda: generator.generate(many, ctx),
        requests,
        device,
    )
    return figures | {"batched_images_per_s": round(views * requests / figures["batched_s"], 4)}


def _inside(name: str, pipe: Any) -> tuple[Any, str]:
    """What does the model's work: the pipeline's call, or for MV-Adapter our own sampling."""
    if name == "mv_adapter":
        from prodgen_diffusers.mv_adapter import sampling

        return sampling, "sample_views"
    return type(pipe), "__call__"


def request_of(name: str, size: int, seed: int) -> GenerationRequest:
    views = ("front", "right") if name in _SEVERAL else ("front",)
    return GenerationRequest(
        product=PRODUCT,
        views=tuple(NAMED_VIEWS[view] for view in views),
        references={"front": photo(size)},
        scene=Scene(style="on a wooden table") if name == "background" else Scene(),
        size=size,
        seed=seed,
    )


def photo(size: int) -> Image:
    """A blue mug of flat colour before near-white."""
    import numpy as np

    y, x = np.mgrid[:size, :size] / size
    photo = np.full((size, size, 3), 248, np.uint8)
    handle = np.hypot(x - 0.68, y - 0.52)
    photo[(handle < 0.13) & (handle > 0.08)] = (40, 80, 170)
    photo[(abs(x - 0.47) < 0.2) & (abs(y - 0.52) < 0.26)] = (50, 90, 185)
    return photo


def encoder(kind: Kind, id: str, number: int, ctx: Context) -> dict[str, Any]:
    """Encoders of any plugin that need torch: 64 texts or pictures of 224 pixels."""
    component = ctx.lookup(kind, id)
    if "torch" not in component.spec.needs.modules:
        raise Skipped(BY_DESIGN)
    items: Sequence[Any] = [f"blue mug {place}" for place in range(64)]
    if kind == "image_encoder":
        items = [photo(224) for _ in range(64)]
    component.encode(items[:1], ctx)
    times = [seconds(lambda: component.encode(items, ctx), ctx.device) for _ in range(number)]
    return {"encode_64_ms": round(1000 * median(times), 2), "per_s": round(64 / median(times), 1)}


def other_generator(id: str, number: int, ctx: Context) -> dict[str, Any]:
    """Generators of any plugin that need torch: one view of one product, at 256 pixels or the nearest size that they make."""
    component = ctx.lookup("generator", id)
    spec = component.spec
    if "torch" not in spec.needs.modules:
        raise Skipped(BY_DESIGN)
    one = request_of("", min(max(256, spec.min_size), spec.max_size), 0)
    first = seconds(lambda: component.generate([one], ctx), ctx.device)
    times = [seconds(lambda: component.generate([one], ctx), ctx.device) for _ in range(number)]
    return {"first_request_s": round(first, 4), "request_s": round(median(times), 4)}
