"""The benchmark `prodgen bench tryon`: time, and likeness on true pairs beside floors that do nothing clever."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Garment, Image, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon.config import Config
from prodgen_tryon.cutout import cut_out
from prodgen_tryon.filters import dilate, to_lab
from prodgen_tryon.parsing import parse_parts
from prodgen_tryon.skeleton import skeleton

HEIGHT, WIDTH = 512, 384  # figures are taken at this size


class TryOnBenchmark(Benchmark):
    """Options: `pairs`, a folder with one folder a pair, each with `person.*` and `garment.*` (the same garment, worn and flat); `n` limits how many;
    `height` of the photos that are timed (1024, three quarters as wide).

    A pair is scored on a round trip, because a copy of the photo must not win: the person is dressed in another pair's garment
    first and in the own one from there. What counts is the region of the upper clothes in the true photo.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        del ctx
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        compositor = ctx.lookup("compositor", "tryon/warp")
        folder = str(options.get("pairs") or "")
        pairs = read_pairs(Path(folder)) if folder else []
        pairs = pairs[: int(options["n"])] if options.get("n") else pairs
        samples = pairs or _openvto()
        figures: dict[str, Any] = dict(_times(compositor, samples, int(options.get("height") or 1024), ctx))
        if pairs:
            figures |= _likeness(compositor, ctx.lookup("body_parser", self._config.body_parser), pairs, ctx)
        return figures


def read_pairs(folder: Path) -> list[tuple[Image, Image]]:
    """(person, garment) of every pair in a folder, in the order of the names.

    Raises:
        InputError: the folder holds no pair.
    """
    found = []
    for place in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []:
        files = [sorted(place.glob(f"{name}.*")) for name in ("person", "garment")]
        if all(files):
            found.append((images.load(files[0][0]), images.load(files[1][0])))
    if not found:
        raise InputError(f"{folder} holds no pairs.", hint="Each pair is a folder with person.jpg and garment.jpg.")
    return found


def _openvto() -> list[tuple[Image, Image]]:
    spec = importlib.util.find_spec("openvto")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            "There are no photos to measure with.",
            hint="Name a folder with --pairs DIR, or run: pip install --no-deps openvto==0.1.7",
        )
    assets = Path(spec.submodule_search_locations[0]) / "assets"
    people = [images.load(path) for path in sorted(assets.glob("people/*_posture.jpg"))]
    garments = [images.load(path) for path in sorted(assets.glob("clothes/shirts/*_front.jpg"))]
    return list(zip(people, garments, strict=False))


def _dress(compositor: Any, person: Image, garment: Image, ctx: Context) -> TryOn | Refusal:
    request = TryOnRequest(person=PersonPhoto(image=person), garments=(Garment(front=garment, category="top"),))
    result: TryOn | Refusal = compositor.compose([request], ctx)[0]
    return result


def _times(compositor: Any, samples: Sequence[tuple[Image, Image]], height: int, ctx: Context) -> dict[str, Any]:
    """Seconds of the first garment on a person who was not seen before, and of the next one."""
    first: list[float] = []
    following: list[float] = []
    for number, (person, garment) in enumerate(samples[:4]):
        ctx.progress(number, len(samples), "timing")
        photo, other = _fitted(person, height * 3 // 4, height), samples[(number + 1) % len(samples)][1]
        # A fresh digest for photo and garments, so that nothing is found in the component's memory.
        photo[0, 0], fresh = (photo[0, 0].astype(int) + 1).astype(np.uint8), [garment.copy(), other.copy()]
        for picture in fresh:
            picture[0, 0, 0] ^= 1
        for picture, seconds in zip(fresh, (first, following), strict=True):
            started = time.perf_counter()
            _dress(compositor, photo, picture, ctx)
            seconds.append(time.perf_counter() - started)
    return {
        "first_s": round(float(np.median(first)), 4),
        "next_s": round(float(np.median(following)), 4),
        "timed": len(first),
    }


def _fitted(picture: Image, width: int, height: int) -> Image:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    return images.resize(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))


def _likeness(compositor: Any, parser: Any, pairs: Sequence[tuple[Image, Image]], ctx: Context) -> dict[str, Any]:
    colours = [_median_lab(garment) for _, garment in pairs]
    rows: dict[str, list[dict[str, float]]] = {"": [], "grey_": [], "median_": []}
    refused = skipped = 0
    for number, (person, garment) in enumerate(pairs):
        ctx.check()
        ctx.progress(number, len(pairs), "pairs")
        truth = images.resize(person, WIDTH, HEIGHT)
        region = _region(truth, parser, ctx)
        if not region.any():
            skipped += 1
            continue
        cut = cut_out(garment)
        colour = np.median(garment[cut.mask], axis=0) if cut.mask.any() else np.full(3, 128)
        floors = {
            name: np.where(region[..., None], np.asarray(value, np.uint8), truth)
            for name, value in (("grey_", 128), ("median_", colour))
        }
        for name, picture in floors.items():
            rows[name].append(scores(truth, picture, region))
        other = pairs[int(np.argmax([np.linalg.norm(colours[number] - c) for c in colours]))][1]
        between = _dress(compositor, person, other, ctx)
        back = _dress(compositor, between.image, garment, ctx) if isinstance(between, TryOn) else between
        if isinstance(back, TryOn):
            rows[""].append(scores(truth, images.resize(back.image, WIDTH, HEIGHT), region))
        else:
            refused += 1
            rows[""].append(rows["grey_"][-1])
    result: dict[str, Any] = {"pairs": len(rows[""]), "refused": refused, "without_region": skipped}
    for name, found in rows.items():
        for key in found[0] if found else ():
            result[f"{name}{key}"] = round(float(np.mean([row[key] for row in found])), 4)
    return result


def _median_lab(garment: Image) -> NDArray[np.float32]:
    mask = cut_out(garment).mask
    lab: NDArray[np.float32] = np.median(to_lab(garment)[mask], axis=0) if mask.any() else np.zeros(3, np.float32)
    return lab


def _region(truth: Image, parser: Any, ctx: Context) -> NDArray[np.bool_]:
    """Where the upper clothes are in the true photo, a little grown."""
    body = parser.parse([PersonPhoto(image=truth)], ctx)[0]
    if body.people == 0:
        return np.zeros(truth.shape[:2], bool)
    parts = body.parts or parse_parts(truth, body.person, skeleton(body.landmarks))
    region: NDArray[np.bool_] = dilate(parts["upper"] > 0.5, 4)
    return region


def scores(truth: Image, picture: Image, region: NDArray[np.bool_]) -> dict[str, float]:
    """SSIM of the whole picture and of the region (Wang 2004), and the median colour difference (CIEDE2000) in the region."""
    from skimage.color import deltaE_ciede2000, rgb2lab
    from skimage.metrics import structural_similarity

    whole, field = structural_similarity(
        truth,
        picture,
        channel_axis=-1,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    difference = deltaE_ciede2000(rgb2lab(truth), rgb2lab(picture))
    return {
        "ssim": float(whole),
        "ssim_region": float(field[region].mean()),
        "de_region": float(np.median(difference[region])),
    }
