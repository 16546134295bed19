"""The benchmark `prodgen bench tryon`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from prodgen_sdk import images
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.config import Options, validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Body, Garment, Image, Mask, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.config import Config
from prodgen_tryon.filters import dilate, to_lab
from prodgen_tryon.garment.cutout import cut_out
from prodgen_tryon.measuring.edits import edits
from prodgen_tryon.measuring.identity import identity
from prodgen_tryon.measuring.likeness import floors, scores, ssim
from prodgen_tryon.measuring.lpips import Lpips
from prodgen_tryon.measuring.pairs import Pair, fitted, installed_photos, read_pairs
from prodgen_tryon.measuring.prints import printed
from prodgen_tryon.render import Dressed

SIZES = ((384, 512), (768, 1024))  # width, height; the region's figures are taken at the first one
FLOORS = ("grey", "median", "paste")
BETTER = {"ssim_region": 1.0, "de_region": -1.0, "gradient_corr": 1.0}


class TryOnOptions(Options):
    """What is measured.

    Args:
        pairs: a folder with one folder a pair, each with `person.*` and `garment.*` (the same garment, worn and flat).
        n: how many pairs at most; None takes all.
        height: of the photos that are timed, three quarters as wide.
        compositor: its id.
        times: whether times are measured.
        lpips: a file of its weights (see `measuring.lpips`), which adds that distance.
    """

    pairs: Path | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=64, le=4096)] = 1024
    compositor: str = "tryon/warp"
    times: bool = True
    lpips: Path | None = None


class TryOnBenchmark(Benchmark):
    """Speed, and likeness to true pairs; see `TryOnOptions`.

    A pair is scored on a round trip, because a copy of the photo must not win: the person is dressed in another pair's garment
    first and in the own one from there. What counts is the region of the upper clothes in the true photo. A refusal scores as grey.
    The other garment is put on a second time with a known print on it, of which `print_corr` says how much is left.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        del ctx
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        asked = validate(TryOnOptions, options, where="options of bench tryon")
        compositor = ctx.lookup("compositor", asked.compositor)
        pairs = read_pairs(asked.pairs)[: asked.n] if asked.pairs else []
        figures: dict[str, Any] = {}
        if asked.times:
            figures |= times(compositor, pairs or installed_photos(), asked.height, ctx)
        if pairs:
            parser = ctx.lookup("body_parser", self._config.body_parser)
            figures |= likeness(compositor, parser, pairs, ctx, Lpips(asked.lpips) if asked.lpips else None)
        return figures


def dress(compositor: Any, person: Image, garment: Image, ctx: Context) -> TryOn | Refusal:
    """One top on one person."""
    result: TryOn | Refusal = compositor.compose([worn_top(person, garment)], ctx)[0]
    return result


def worn_top(person: Image, garment: Image) -> TryOnRequest:
    """The request for one top on one person."""
    return TryOnRequest(person=PersonPhoto(image=person), garments=(Garment(front=garment, category="top"),))


def times(compositor: Any, samples: Sequence[Pair], height: int, ctx: Context) -> dict[str, Any]:
    """Median seconds of the first garment on a person who was not seen before, and of the next one; the process's peak of memory."""
    first: list[float] = []
    following: list[float] = []
    for number, (person, garment) in enumerate(samples[:4]):
        ctx.check()
        ctx.progress(number, min(len(samples), 4), "timing")
        photo, other = fitted(person, height * 3 // 4, height), samples[(number + 1) % len(samples)][1]
        # A fresh digest for photo and garments, so that nothing is found in the component's memory.
        photo[0, 0], fresh = (photo[0, 0].astype(int) + 1).astype(np.uint8), [garment.copy(), other.copy()]
        for picture in fresh:
            picture[0, 0, 0] ^= 1
        for picture, seconds in zip(fresh, (first, following), strict=True):
            started = time.perf_counter()
            dress(compositor, photo, picture, ctx)
            seconds.append(time.perf_counter() - started)
    figures: dict[str, Any] = {
        "first_s": round(float(np.median(first)), 4),
        "next_s": round(float(np.median(following)), 4),
        "timed": len(first),
    }
    memory = _peak_memory_mb()
    return figures if memory is None else figures | {"peak_memory_mb": memory}


def _peak_memory_mb() -> int | None:
    """The most memory that this process has ever held; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)


def likeness(
    compositor: Any, parser: Any, pairs: Sequence[Pair], ctx: Context, lpips: Lpips | None = None
) -> dict[str, Any]:
    """Round trips on true pairs beside the floors, with intervals; what was edited; whether the garments kept their looks."""
    colours = [_median_lab(garment) for _, garment in pairs]
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in ("", *FLOORS)}
    edited: list[dict[str, float]] = []
    kept: list[dict[str, float]] = []
    sure: list[float] = []
    refused = skipped = 0
    for number, (person, garment) in enumerate(pairs):
        ctx.check()
        ctx.progress(number, len(pairs), "pairs")
        truths = [images.resize(person, *size) for size in SIZES]
        region = _region(truths[0], parser, ctx)
        if not region.any():
            skipped += 1
            continue
        rough = {
            name: _all_scores(truths, picture, region, lpips)
            for name, picture in _floors(truths, garment, region).items()
        }
        for name, found in rough.items():
            rows[name].append(found)
        other = pairs[int(np.argmax([np.linalg.norm(colours[number] - c) for c in colours]))][1]
        between, looks = _explained(compositor, person, other, ctx)
        back = dress(compositor, between.image, garment, ctx) if isinstance(between, TryOn) else between
        if not isinstance(between, TryOn) or not isinstance(back, TryOn):
            refused += 1
            rows[""].append(rough["grey"])
            continue
        rows[""].append(_all_scores(truths, [images.resize(back.image, *size) for size in SIZES], region, lpips))
        sure.append(back.confidence)
        edited.append(edits(person, between, _body(person, parser, ctx)))
        kept += [looks, _explained(compositor, person, printed(other, number), ctx)[1]]
    result: dict[str, Any] = {"pairs": len(rows[""]), "refused": refused, "without_region": skipped}
    for name, several in rows.items():
        for key in several[0] if several else ():
            result[f"{name}_{key}".lstrip("_")] = mean(row[key] for row in several)
    return result | _over_floors(rows) | _edited(edited) | _kept(kept) | ({"confidence": mean(sure)} if sure else {})


def _floors(truths: Sequence[Image], garment: Image, region: Mask) -> dict[str, list[Image]]:
    regions = [
        region,
        images.resize(np.repeat(region[..., None].astype(np.uint8) * 255, 3, 2), *SIZES[1])[..., 0] > 127,
    ]
    found = [floors(truth, garment, area) for truth, area in zip(truths, regions, strict=True)]
    return {name: [each[name] for each in found] for name in FLOORS}


def _all_scores(
    truths: Sequence[Image], pictures: Sequence[Image], region: Mask, lpips: Lpips | None
) -> dict[str, float]:
    found = scores(truths[0], pictures[0], region) | {f"ssim_{SIZES[1][1]}px": ssim(truths[1], pictures[1])[0]}
    return found if lpips is None else found | {"lpips": lpips(truths[0], pictures[0])}


def _over_floors(rows: Mapping[str, list[dict[str, float]]]) -> dict[str, Any]:
    """For each figure of the region the mean difference to the best floor of each pair, its 95 % interval, and how often it is better."""
    result: dict[str, Any] = {}
    for key, sign in BETTER.items() if rows[""] else ():
        best = [max(sign * rows[name][n][key] for name in FLOORS) for n in range(len(rows[""]))]
        differences = np.array([sign * row[key] - floor for row, floor in zip(rows[""], best, strict=True)])
        mean, low, high = bootstrap(differences)
        ends = sorted((sign * low, sign * high))
        result[f"{key}_over_floor"] = round(sign * mean, 4)
        result[f"{key}_over_floor_low"], result[f"{key}_over_floor_high"] = round(ends[0], 4), round(ends[1], 4)
        result[f"{key}_better_than_floors"] = int((differences > 0).sum())
    return result


def _edited(rows: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    if not rows:
        return {}
    return {
        "changed_outside_mask_px": int(sum(row["outside_changed"] for row in rows)),
        "mask_beyond_clothes_and_skin_pct": round(100 * float(np.mean([row["beyond_share"] for row in rows])), 3),
        "mask_beyond_clothes_and_skin_max_pct": round(100 * max(row["beyond_share"] for row in rows), 3),
        "mask_on_face_max_pct": round(100 * max(row["face_share"] for row in rows), 3),
        "mask_on_hands_max_pct": round(100 * max(row["hands_share"] for row in rows), 3),
    }


def _kept(rows: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    shifts = [row["chroma_shift"] for row in rows if "chroma_shift" in row]
    prints = [row["print_corr"] for row in rows if "print_corr" in row]
    result: dict[str, Any] = {}
    if shifts:
        result |= {"chroma_shift": mean(shifts), "chroma_shift_max": round(max(shifts), 4)}
    if prints:
        result |= {"print_corr": mean(prints), "print_corr_min": round(min(prints), 4), "prints": len(prints)}
    return result


def _explained(
    compositor: Any, person: Image, garment: Image, ctx: Context
) -> tuple[TryOn | Refusal, dict[str, float]]:
    """An answer, and the identity of the garment; that is empty for a compositor that does not say how it laid the garment."""
    explain = getattr(getattr(compositor, "component", compositor), "explain", None)
    if explain is None:
        return dress(compositor, person, garment, ctx), {}
    explained = explain(worn_top(person, garment), ctx)
    if isinstance(explained, Refusal):
        return explained, {}
    assert isinstance(explained, Dressed)
    who, answer = explained.person, explained.answer
    x, y = who.origin
    crop = answer.image[y : y + who.size[1], x : x + who.size[0]]
    working = images.resize(crop, who.image.shape[1], who.image.shape[0])
    return answer, identity(explained.pieces[0].cutout.rgba, working, explained.composed[0], explained.parts[0])


def mean(values: Iterable[float]) -> float:
    """The mean, rounded to four digits."""
    return round(float(np.mean(list(values))), 4)


def _median_lab(garment: Image) -> Any:
    mask = cut_out(garment).mask
    return np.median(to_lab(garment)[mask], axis=0) if mask.any() else np.zeros(3, np.float32)


def _body(photo: Image, parser: Any, ctx: Context) -> Body:
    body: Body = parser.parse([PersonPhoto(image=photo)], ctx)[0]
    if not body.people or body.parts:
        return body
    return body.model_copy(update={"parts": parse_parts(photo, body.person, skeleton(body.landmarks))})


def _region(truth: Image, parser: Any, ctx: Context) -> Mask:
    """Where the upper clothes are in the true photo, a little grown."""
    body = _body(truth, parser, ctx)
    if body.people == 0:
        return np.zeros(truth.shape[:2], bool)
    region: Mask = dilate(body.parts["upper"] > 0.5, 4)
    return region
