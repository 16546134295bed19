"""`prodgen eval encoders`: which pictures lie next to which, by each image encoder, on renders and on photos.

All encoders see the same pictures. Beside them stand two plain baselines: the mean colour of the picture and its pixels at 8 x 8.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from PIL import Image as Pil
from pydantic import BeforeValidator, Field

from prodgen_rank.encoders.neighbours import same_family_share, same_product_first
from prodgen_rank.encoders.training import HELD_OUT
from prodgen_rank.encoders.views import Background, place, read_views
from prodgen_sdk import images as pictures
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.config import Options, separated, validate
from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

    Floats = NDArray[np.float32]
    Encode = Callable[[Sequence[Image]], Floats]

_BACKGROUNDS: tuple[Background, ...] = ("white", "varied", "cluttered")


class Gallery(NamedTuple):
    """Pictures to be told apart; `families` and `domains` are empty where they are not known."""

    name: str
    images: Sequence[Image]
    products: NDArray[np.str_]
    families: NDArray[np.str_]
    domains: NDArray[np.str_]


class EncoderOptions(Options):
    """What is compared, and on which images.

    Args:
        data: a rendered data set (with a transparent scene it is laid on white, on varied and on cluttered backgrounds), or photos
            as `KIND/PRODUCT_VIEW.jpg`.
        encoders: ids, comma-separated; each is also compared with the last one.
        n: how many products at most; None takes all.
        split: of a data set.
        seed: of the backgrounds.
        photos: a folder of photos that are searched for among `data`: how many of the three nearest products are of `domain`?
        domain: of all products in `photos`.
    """

    data: Path | None = None
    encoders: Annotated[tuple[str, ...], BeforeValidator(separated), Field(min_length=1)] = (
        "image/mini",
        "image/descriptor",
    )
    n: Annotated[int, Field(ge=1)] | None = None
    split: str = "all"
    seed: Annotated[int, Field(ge=0)] = 0
    photos: Path | None = None
    domain: str = "apparel"


class EncoderBenchmark(Benchmark):
    """Same product first, same family and same domain among the three nearest other products, milliseconds a picture."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Figures by encoder and gallery, each share with its 95 % interval when products are drawn anew.

        Each encoder is also compared with the last one, pairwise (`A_minus_B`); see `EncoderOptions`.

        Raises:
            InputError: there is no `data`, or it holds no pictures.
        """
        asked = validate(EncoderOptions, options, where="options of eval encoders")
        if asked.data is None:
            raise InputError(
                "No images were named.",
                hint="Render some: prodgen render dataset --out DIR --scene transparent --seed 77; then --data DIR.",
            )
        galleries = galleries_of(asked.data, asked)
        photos = _photos(asked.photos, asked.domain) if asked.photos else None
        encoders: dict[str, Encode] = {"mean_colour": mean_colour, "pixels": pixels}
        for id in asked.encoders:
            encoders[re.sub(r"\W", "_", id)] = ctx.lookup("image_encoder", id).encode
        figures: dict[str, Any] = {"seed": asked.seed}
        for gallery in galleries:
            figures[f"{gallery.name}.pictures"] = len(gallery.images)
            figures[f"{gallery.name}.products"] = len(set(gallery.products))
        found: dict[tuple[str, str], dict[str, NDArray[np.float64]]] = {}
        for id, encode in encoders.items():
            for gallery in galleries:
                ctx.check()
                encode(gallery.images[:1])
                start = time.process_time()
                vectors = np.concatenate([encode([image]) for image in gallery.images])
                spent = (time.process_time() - start) * 1e3 / len(gallery.images)
                shares = _shares(gallery, vectors)
                if photos is not None and gallery is galleries[0]:
                    shares["photo_domain_of_3"] = _domain_share(photos, encode(photos.images), gallery, vectors)
                found[id, gallery.name] = shares
                figures |= _with_intervals(f"{gallery.name}.{id}", shares)
                figures[f"{gallery.name}.{id}.encode_ms"] = round(spent, 2)
        *_, base = encoders
        for (id, name), shares in found.items():
            if id not in (base, "mean_colour", "pixels"):
                gains = {metric: share - found[base, name][metric] for metric, share in shares.items()}
                figures |= _with_intervals(f"{name}.{id}_minus_{base}", gains)
        return figures


def galleries_of(data: Path, asked: EncoderOptions) -> list[Gallery]:
    """The pictures of a folder: of a rendered data set one gallery a background, and of the held-out families another."""
    if not (data / "dataset.json").is_file() and not any(data.glob("*/dataset.json")):
        return [_photos(data)]
    views = read_views(data)
    wanted = np.ones(len(views), np.bool_) if asked.split == "all" else views.splits == asked.split
    if asked.n:
        wanted &= np.isin(views.products, sorted(set(views.products[wanted]))[: asked.n])
    views = views.take(wanted)
    if not len(views):
        raise InputError(f"{data} has no views of that split.", hint="Use --option split=all.")
    clear = views.images[0].shape[2] == 4
    galleries = []
    if not clear:
        return [Gallery("rendered", views.images, views.products, views.families, views.domains)]
    for background in _BACKGROUNDS:
        rng = np.random.default_rng(asked.seed)
        shown = [place(image, rng, background, move=False) for image in views.images]
        galleries.append(Gallery(background, shown, views.products, views.families, views.domains))
    return galleries


def _domain_share(photos: Gallery, seen: Floats, gallery: Gallery, vectors: Floats) -> NDArray[np.float64]:
    """For each product in the photos the share of its domain among the three nearest products of the gallery."""
    names, places = np.unique(gallery.products, return_index=True)
    likeness = np.stack([(seen @ vectors[gallery.products == name].T).max(axis=1) for name in names], axis=1)
    nearest = gallery.domains[places][np.argsort(-likeness, axis=1, kind="stable")[:, :3]]
    return _by_product((nearest == photos.domains[:, None]).mean(axis=1), photos.products)


def _photos(folder: Path, domain: str = "") -> Gallery:
    """Photos as `KIND/PRODUCT_VIEW.jpg`."""
    files = sorted(path for path in folder.glob("*/*_*.*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    if not files:
        raise InputError(
            f"{folder} holds neither a rendered data set nor photos.", hint="Name photos KIND/PRODUCT_VIEW.jpg."
        )
    kinds = np.asarray([path.parent.name for path in files])
    products = np.asarray([f"{path.parent.name}/{path.stem.rpartition('_')[0]}" for path in files])
    return Gallery(
        "photos",
        [pictures.load(path) for path in files],
        products,
        kinds,
        np.asarray([domain] * len(files) if domain else []),
    )


def _shares(gallery: Gallery, vectors: Floats) -> dict[str, NDArray[np.float64]]:
    """By metric one figure per product: the mean over its pictures, which say the same thing several times."""
    findable = (gallery.products[:, None] == gallery.products[None]).sum(1) > 1
    shares = {"same_product_first": (same_product_first(vectors, gallery.products), findable)}
    for name, kinds in (("same_family_of_3", gallery.families), ("same_domain_of_3", gallery.domains)):
        if len(kinds):
            shares[name] = (same_family_share(vectors, gallery.products, kinds), _enough(gallery.products, kinds))
    held_out = np.isin(gallery.families, HELD_OUT)
    means = {}
    for name, (values, rows) in shares.items():
        means[name] = _by_product(values, gallery.products[rows])
        chosen = held_out[rows]
        if chosen.any() and not chosen.all():
            means[f"{name}_held_out"] = _by_product(values[chosen], gallery.products[rows][chosen])
    return means


def _enough(products: NDArray[np.str_], kinds: NDArray[np.str_], k: int = 3) -> NDArray[np.bool_]:
    counts = {kind: len(set(products[kinds == kind])) for kind in set(kinds)}
    return np.asarray([counts[kind] > k for kind in kinds])


def _by_product(values: NDArray[np.float64], products: NDArray[np.str_]) -> NDArray[np.float64]:
    return np.asarray([values[products == product].mean() for product in sorted(set(products))])


def _with_intervals(prefix: str, by_metric: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, values in by_metric.items():
        for end, value in zip(("", "_low", "_high"), bootstrap(values), strict=True):
            figures[f"{prefix}.{name}{end}"] = round(value, 4)
    return figures


def mean_colour(shown: Sequence[Image]) -> Floats:
    """A baseline: the mean colour about grey, and a fourth number that keeps it from having no length."""
    means = np.stack([pictures.flatten(image).reshape(-1, 3).mean(0) / 255 - 0.5 for image in shown])
    return unit(np.concatenate([means, np.full((len(means), 1), 0.1)], axis=1))


def pixels(shown: Sequence[Image]) -> Floats:
    """A baseline: the picture at 8 x 8 pixels, about grey."""
    small = [Pil.fromarray(pictures.flatten(image)).resize((8, 8), Pil.Resampling.BOX) for image in shown]
    flat = np.stack([np.asarray(picture, np.float32).ravel() / 255 - 0.5 for picture in small])
    return unit(np.concatenate([flat, np.full((len(flat), 1), 0.1)], axis=1))
