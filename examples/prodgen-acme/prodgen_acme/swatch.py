"""The generator `acme/swatch`: a piece of the product's material, lit from the side that the view names."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from prodgen_acme.config import Config
from prodgen_acme.materials import MATERIALS, SMOOTH, Material, Plane
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest, Image, Product, Scene, View

COLOURS = {
    "white 白": (236, 234, 228), "black 黑": (40, 40, 44), "grey gray 灰": (140, 142, 146), "red 红": (186, 44, 48),
    "orange 橙": (224, 122, 40), "yellow 黄": (232, 190, 62), "green 绿": (62, 124, 84), "navy": (32, 46, 84),
    "blue 蓝": (48, 92, 160), "purple 紫": (112, 74, 140), "pink 粉": (226, 150, 164), "brown 棕 褐": (120, 80, 54),
    "beige 米": (214, 198, 170), "gold 金": (196, 160, 84), "silver 银": (184, 188, 194),
}  # fmt: skip
UNKNOWN_COLOUR = (168, 168, 164)
_T = TypeVar("_T")


class SwatchGenerator(Generator):
    """Azimuth and elevation move the light, distance the magnifying glass; the seed sets the grain."""

    def __init__(self, config: Config, ctx: Context) -> None:
        self._config = config

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        return [self._swatches(request, ctx) for request in batch]

    def _swatches(self, request: GenerationRequest, ctx: Context) -> list[Generated]:
        colour_name, colour = _find(COLOURS, request.product, UNKNOWN_COLOUR)
        material_name, material = _find(MATERIALS, request.product, SMOOTH)
        facts = {"colour": colour_name, "material": material_name}
        x, y = _grid(request.size)
        shape = _outline(x, y, self._config.cover / 2, 1 / request.size, pinked=material.woven)
        shadow = (
            0.4 * _outline(x, y - 0.012, self._config.cover / 2, 0.07) if request.scene.shadow else np.zeros_like(x)
        )
        swatches = []
        for view in request.views:
            ctx.check()
            lit = _light(x, y, colour, material, self._config.relief, view, ctx.rng(request.seed))
            image = _lay_on(request.scene, lit, shape, shadow)
            swatches.append(Generated(image=image, view=view, facts=facts, mask=shape > 0.5))
        return swatches


def _find(table: dict[str, _T], product: Product, otherwise: _T) -> tuple[str, _T]:
    """The first entry of which a name is among the product's attributes or words: English words, Chinese characters."""
    stated = [str(product.attributes.get(name, "")) for name in ("colour", "color", "material")]
    text = " ".join([*stated, product.title, product.description]).lower()
    words = set(text.replace(",", " ").replace(".", " ").replace("-", " ").split())
    for names, value in table.items():
        if any(name in words if name.isascii() else name in text for name in names.split()):
            return names.split()[0], value
    return "unknown", otherwise


def _grid(size: int) -> tuple[Plane, Plane]:
    """The planes x (to the right) and y (down), both from -0.5 to 0.5."""
    axis = (np.arange(size) + 0.5) / size - 0.5
    x, y = np.meshgrid(axis, axis)
    return x, y


def _outline(x: Plane, y: Plane, half: float, softness: float, *, pinked: bool = False) -> Plane:
    """How much of each pixel the swatch covers, 0 to 1: cut with pinking shears, or with rounded corners."""
    if pinked:
        teeth = [0.008 * np.abs((along * 36) % 2 - 1) for along in (x, y)]
        distance = np.maximum(np.abs(x) + teeth[1], np.abs(y) + teeth[0]) - half
    else:
        corner = [np.maximum(np.abs(axis) - half + 0.04, 0) for axis in (x, y)]
        distance = np.hypot(*corner) - 0.04
    return np.clip(0.5 - distance / softness, 0, 1)


def _light(
    x: Plane,
    y: Plane,
    colour: tuple[int, int, int],
    material: Material,
    relief: float,
    view: View,
    rng: np.random.Generator,
) -> Plane:
    """[size, size, 3], 0 to 255: diffuse light and a highlight (Blinn 1977) on the material's relief."""
    height = relief * material.height(x * view.distance, y * view.distance, rng)
    slope_y, slope_x = np.gradient(height, view.distance / len(x))
    normal = np.stack([-slope_x, -slope_y, np.ones_like(x)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    turn, rise = np.radians(view.azimuth), np.radians(np.clip(45 + view.elevation / 3, 20, 65))
    light = np.array([np.sin(turn) * np.cos(rise), -np.cos(turn) * np.cos(rise), np.sin(rise)])
    half_way = light + np.array([0, 0, 1])
    half_way /= np.linalg.norm(half_way)
    diffuse = np.clip(normal @ light, 0, None) / light[2] * (1 + 0.25 * (x * light[0] + y * light[1]))
    highlight = 255 * material.gloss * np.clip(normal @ half_way, 0, None) ** 40
    lit: Plane = np.clip(np.asarray(colour) * (0.3 + 0.7 * diffuse)[..., None] + highlight[..., None], 0, 255)
    return lit


def _lay_on(scene: Scene, lit: Plane, shape: Plane, shadow: Plane) -> Image:
    """The swatch on the scene's background; on a transparent one it casts no shadow."""
    alpha = shape[..., None]
    if scene.background == "transparent":
        return np.dstack([lit, alpha * 255]).round().astype(np.uint8)
    colour, white = np.array(list(bytes.fromhex(scene.colour[1:]))), np.full(3, 255)
    bottom = colour if scene.background == "colour" else white
    top = white if scene.background == "white" else colour
    background = np.linspace(top, bottom, len(lit))[:, None] * (1 - shadow[..., None])
    return np.asarray(lit * alpha + background * (1 - alpha)).round().astype(np.uint8)
