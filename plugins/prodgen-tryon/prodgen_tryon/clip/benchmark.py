"""The benchmark `prodgen bench tryon-clip`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from prodgen_sdk.config import Options, validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark, Compositor
from prodgen_sdk.types import Image, Refusal, TryOn
from prodgen_tryon.benchmark import mean, worn_top
from prodgen_tryon.config import Config
from prodgen_tryon.measuring.flicker import MovingPhoto, common_region, flicker
from prodgen_tryon.measuring.pairs import fitted, installed_photos, read_pairs


class ClipOptions(Options):
    """What is measured.

    Args:
        pairs: as for `prodgen bench tryon`; each person wears the next pair's garment.
        n: how many clips.
        frames: of each clip; flicker takes two.
        height: of the frames.
        compositor: its id.
    """

    pairs: Path | None = None
    n: Annotated[int, Field(ge=1)] = 2
    frames: Annotated[int, Field(ge=2, le=1000)] = 12
    height: Annotated[int, Field(ge=64, le=4096)] = 512
    compositor: str = "tryon/warp"


class ClipBenchmark(Benchmark):
    """Flicker and speed of dressed clips; see `ClipOptions`.

    The clip is a photo that sways, zooms and tilts by known amounts under fresh noise, so that the ideal answer only moves. Flicker is
    the mean change from frame to frame after that motion is taken away, where clothes were edited, in grey levels. It stands beside the same
    figure of the frames as filmed (the noise, which nobody can be below without blurring) and of each frame dressed by itself.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        del config, ctx

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        asked = validate(ClipOptions, options, where="options of bench tryon-clip")
        compositor = ctx.lookup("compositor", asked.compositor)
        component: Compositor = getattr(compositor, "component", compositor)
        pairs = read_pairs(asked.pairs) if asked.pairs else installed_photos()
        number, frames, height = asked.n, asked.frames, asked.height
        rows: list[dict[str, float]] = []
        for place in range(min(number, len(pairs))):
            person = fitted(pairs[place][0], height * 4, height)
            rows.append(_clip_figures(component, person, pairs[(place + 1) % len(pairs)][1], frames, ctx))
        keys = dict.fromkeys(key for row in rows for key in row)
        result = {key: mean(row[key] for row in rows if key in row) for key in keys}
        return {"clips": len(rows), "frames": frames, **result}


def _clip_figures(component: Compositor, person: Image, garment: Image, frames: int, ctx: Context) -> dict[str, float]:
    clip = MovingPhoto(person, frames)
    request = worn_top(next(iter(clip)), garment)
    answers: dict[str, list[TryOn | Refusal]] = {}
    seconds: dict[str, float] = {}
    for name, method in (("steady", type(component).compose_clip), ("each", Compositor.compose_clip)):
        started = time.perf_counter()
        answers[name] = list(method(component, clip, request, 25.0, ctx))
        seconds[name] = (time.perf_counter() - started) / frames
    steady = [answer for answer in answers["steady"] if isinstance(answer, TryOn)]
    each = [answer for answer in answers["each"] if isinstance(answer, TryOn)]
    found = {
        "refused_frames": float(frames - len(steady)),
        "refused_frames_each": float(frames - len(each)),
        "frame_s": seconds["steady"],
        "frame_each_s": seconds["each"],
    }
    if len(steady) < frames:
        return found
    region = common_region(clip, [answer.edit_mask for answer in steady])
    found["flicker_steady"] = flicker(clip, [answer.image for answer in steady], region)
    found["flicker_as_filmed"] = flicker(clip, list(clip), region)
    if len(each) == frames:
        found["flicker_each"] = flicker(clip, [answer.image for answer in each], region)
    leaks = sum(int(((a.image != f).any(-1) & ~a.edit_mask).sum()) for f, a in zip(clip, steady, strict=True))
    return found | {"changed_outside_mask_px": float(leaks)}
