"""Small, fixed inputs for tests: products, images, a person, a garment, a mesh. All are drawn here; none is a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from prodgen_sdk.types import Garment, Image, Mask, PersonPhoto, Product

WHITE = (255, 255, 255)


def sample_products() -> tuple[Product, ...]:
    """Three products of three domains, in English and Chinese, with attributes, prices and tags."""
    return (
        Product(
            sku="mug-1",
            title="Blue ceramic mug",
            description="A glazed mug for coffee and tea.",
            category="home/mug",
            attributes={"colour": "blue", "material": "ceramic"},
            price="12.90",
            tags=("kitchen", "gift"),
        ),
        Product(
            sku="tee-1",
            title="红色纯棉T恤",
            description="圆领短袖，柔软透气。",
            category="apparel/t-shirt",
            attributes={"colour": "red", "material": "cotton"},
            price="89",
            currency="CNY",
            tags=("summer",),
            locale="zh",
        ),
        Product(
            sku="speaker-1",
            title="Small black speaker",
            category="electronics/speaker",
            attributes={"colour": "black"},
            price="49.5",
            tags=("gift",),
        ),
    )


def sample_photo(colour: tuple[int, int, int] = (40, 90, 160), size: int = 96) -> Image:
    """HWC uint8 RGB: a shaded ball of this colour on pure white."""
    y, x = np.mgrid[0:size, 0:size]
    centre, radius = (size - 1) / 2, size * 0.36
    distance = np.hypot(x - centre, y - centre) / radius
    light = np.clip(1.1 - np.hypot(x - centre + radius / 3, y - centre + radius / 3) / (2.2 * radius), 0.3, 1.0)
    picture = np.full((size, size, 3), 255, np.uint8)
    picture[distance <= 1] = (np.asarray(colour) * light[..., None])[distance <= 1].round().astype(np.uint8)
    return picture


def sample_noise(size: int = 96, seed: int = 0) -> Image:
    """HWC uint8 RGB: uniform noise, an image that no measure can take for a clean one."""
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)


def sample_person(height: int = 192, width: int = 128) -> PersonPhoto:
    """A drawn figure, seen from the front on grey. A trained body parser needs a real photo instead."""
    picture = np.full((height, width, 3), 190, np.uint8)
    for colour, mask in _figure(height, width):
        picture[mask] = colour
    return PersonPhoto(image=picture, height_cm=172)


def sample_blank_photo(height: int = 192, width: int = 128) -> PersonPhoto:
    """A grey photo in which there is nobody."""
    return PersonPhoto(image=np.full((height, width, 3), 190, np.uint8))


def _figure(height: int, width: int) -> list[tuple[tuple[int, int, int], Mask]]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    y, x = y / height, (x - width / 2) / height
    skin, shirt, trousers = (224, 176, 140), (90, 110, 100), (50, 60, 90)
    return [
        (skin, np.hypot(x, (y - 0.12) * 0.8) < 0.06),
        (skin, (abs(x) < 0.025) & (y > 0.15) & (y < 0.22)),
        (skin, (abs(abs(x) - 0.16) < 0.025) & (y > 0.22) & (y < 0.52)),
        (shirt, (abs(x) < 0.13) & (y > 0.2) & (y < 0.52)),
        (trousers, (abs(abs(x) - 0.06) < 0.05) & (y >= 0.52) & (y < 0.95)),
    ]


def sample_garment(size: int = 96) -> Garment:
    """A red T-shirt laid flat on white."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64) / size
    body = (abs(x - 0.5) < 0.24) & (y > 0.14) & (y < 0.88)
    sleeves = (abs(x - 0.5) < 0.42) & (y > 0.14 + 0.2 * (abs(x - 0.5) - 0.2)) & (y < 0.42)
    neck = np.hypot(x - 0.5, y - 0.14) < 0.08
    picture = np.full((size, size, 3), 255, np.uint8)
    picture[(body | sleeves) & ~neck] = (180, 40, 45)
    return Garment(front=picture, category="top", sku="tee-1")


def sample_mesh(folder: Path) -> Path:
    """Writes a unit cube as `cube.obj` into `folder`."""
    corners = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
    faces = ["1 2 4 3", "5 7 8 6", "1 5 6 2", "3 4 8 7", "1 3 7 5", "2 6 8 4"]
    lines = [f"v {x} {y} {z}" for x, y, z in corners] + [f"f {face}" for face in faces]
    path = folder / "cube.obj"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
