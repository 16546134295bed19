"""Products -> images: eight views of some, a few of the others, and the photos of garments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prodgen_sdk.context import Progress
from prodgen_sdk.demo.findings import Gallery
from prodgen_sdk.demo.plan import Plan
from prodgen_sdk.pipeline.produce import Picture
from prodgen_sdk.pipeline.run import GenerationResult
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import Product


def picture(
    studio: Studio, products: Mapping[str, Product], plan: Plan, progress: Progress
) -> tuple[Gallery, dict[str, float]]:
    """Generates, measures, screens and publishes; returns the images and how long fresh ones took."""
    photographed = [sku for sku, product in products.items() if any(media.role == "front" for media in product.media)]
    orbit = [sku for sku in plan.orbit_skus if sku in products]
    few = [sku for sku in products if sku not in {*orbit, *photographed}]

    eight = studio.generate(orbit, views="orbit8", size=plan.orbit_size, progress=_titled(progress, "Eight views each"))
    some = studio.generate(
        few, views=plan.few_views, size=plan.few_size, progress=_titled(progress, "A few views of the others")
    )
    photos = studio.publish_photos(photographed, size=plan.orbit_size, progress=_titled(progress, "Photos of garments"))
    results = (eight, some, photos)
    gallery = Gallery(
        orbits=_by_sku(eight.pictures),
        others=_by_sku([*some.pictures, *photos.pictures]),
        missing={sku: why for result in results for sku, why in _missing(result).items()},
        variants={variant.id: variant for variant in studio.variants()},
    )
    figures = _pace(f"seconds_per_view_{plan.orbit_size}px", eight) | _pace(f"seconds_per_view_{plan.few_size}px", some)
    return gallery, figures


def _by_sku(pictures: Iterable[Picture]) -> dict[str, tuple[Picture, ...]]:
    found: dict[str, tuple[Picture, ...]] = {}
    for item in pictures:
        found[item.sku] = (*found.get(item.sku, ()), item)
    return found


def _missing(result: GenerationResult) -> dict[str, str]:
    return {**{sku: "; ".join(reasons) for sku, reasons in result.refused.items()}, **result.failed}


def _pace(name: str, result: GenerationResult) -> dict[str, float]:
    """Seconds an image from words to the stored file; nothing where most were there already."""
    fresh = sum(not item.reused for item in result.pictures)
    return {name: result.seconds / fresh} if fresh and 2 * fresh > len(result.pictures) else {}


def _titled(progress: Progress, title: str) -> Progress:
    return lambda done, total, what: progress(done, total, title)
