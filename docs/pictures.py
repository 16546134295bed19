"""Makes the pictures of README.md and the tutorial. Needs the pose models and the photos that `make demo` fetches.

python docs/pictures.py
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from prodgen_sdk import Product, Studio, TryOn, images
from prodgen_sdk.types import Image, View

ASSETS = Path(__file__).parent / "assets"
GAP = 8
QUICK_START = (
    ("mug-blue", "Blue ceramic mug", "home/mug", "en"),
    ("bottle-green", "Green glass bottle", "home/bottle", "en"),
    ("tee-red", "红色纯棉T恤", "apparel/t-shirt", "zh"),
    ("speaker-1", "Small wooden speaker", "electronics/speaker", "en"),
)
OVERVIEW = (
    ("mug", "Red and white striped mug", "home/mug", "-30:20:1"),
    ("chair", "Oak dining chair", "home/chair", "35:15:1"),
    ("speaker", "Small wooden speaker", "electronics/speaker", "25:15:1"),
    ("lipstick", "Rose lipstick", "beauty/lipstick", "20:20:1"),
    ("tote", "Navy canvas tote bag", "apparel/tote-bag", "-20:10:1"),
    ("can", "Lemon soda can", "food/can", "15:20:1"),
    ("headphones", "Black headphones on a walnut stand", "electronics/headphone-stand", "30:15:1"),
    ("jar", "Strawberry jam jar", "food/jar", "0:15:1"),
    ("cushion", "Green and white checked cushion", "home/cushion", "20:10:1"),
)
DRESSED = (
    ("people/3_posture.jpg", "clothes/jackets/4_front.jpg"),
    ("people/4_posture.jpg", "clothes/jackets/1_front.jpg"),
)


def product(sku: str, title: str, category: str, locale: str = "en") -> Product:
    return Product.model_validate({"sku": sku, "title": title, "category": category, "locale": locale})


def quick_start(studio: Studio) -> Image:
    """Four products, each from four sides."""
    rows = []
    for row in QUICK_START:
        made = studio.generate(product(*row), views="orbit4", size=192)
        rows.append(np.hstack([picture.image for picture in made.pictures]))
    return np.vstack(rows)


def overview(studio: Studio) -> Image:
    """Nine products on the left; on the right two people before and after."""
    cells = [
        studio.generate(product(sku, title, category), views=view, size=216).pictures[0].image
        for sku, title, category, view in OVERVIEW
    ]
    left = np.vstack([np.hstack(cells[start : start + 3]) for start in range(0, 9, 3)])
    pairs = [dressed(studio, *pair, height=len(left)) for pair in DRESSED]
    return beside([left, *(part for pair in pairs for part in pair)])


def assets() -> Image:
    """Five made-up products, each with seven seeds of an asset."""
    from prodgen_render.asset.generator import model_of
    from prodgen_render.asset.made_up import made_up_asset, made_up_goods
    from prodgen_render.rendering.views import render

    rows = []
    for product in map(made_up_goods, (64, 51, 80, 82, 68)):
        models = [model_of(product, made_up_asset(product, seed).asset) for seed in range(7)]
        rows.append(np.hstack([render(model, [View(azimuth=20, elevation=12)], size=150)[0].image for model in models]))
    return np.vstack(rows)


def dressed(studio: Studio, person: str, garment: str, height: int) -> tuple[Image, Image]:
    """A person before and after, the garment's photo in a corner of the second picture."""
    package = find_spec("openvto")
    if package is None or package.origin is None:
        raise SystemExit("Run: pip install --no-deps openvto==0.1.7")
    photos = Path(package.origin).parent / "assets"
    answer = studio.try_on(photos / person, photos / garment, category="outerwear")
    assert isinstance(answer, TryOn), answer
    before = images.load(photos / person)
    after = upright(answer.image, height)
    inset = images.resize(images.load(photos / garment), 90, 120)
    after[GAP : GAP + 120, GAP : GAP + 90] = inset
    return upright(before, height), after


def upright(image: Image, height: int) -> Image:
    """The middle of a photo, twice as high as wide."""
    scaled = images.resize(image, image.shape[1] * height // image.shape[0], height)
    width = height * 9 // 20
    start = (scaled.shape[1] - width) // 2
    return scaled[:, start : start + width].copy()


def beside(pictures: Sequence[Image]) -> Image:
    gap = np.full((len(pictures[0]), GAP, 3), 255, np.uint8)
    return np.hstack([part for picture in pictures for part in (picture, gap)][:-1])


def main() -> None:
    (ASSETS / "assets.jpg").write_bytes(images.encode(assets(), "jpeg", quality=88))
    with Studio() as studio:
        for name, make in (("quick-start.jpg", quick_start), ("overview.jpg", overview)):
            (ASSETS / name).write_bytes(images.encode(make(studio), "jpeg", quality=88))


if __name__ == "__main__":
    main()
