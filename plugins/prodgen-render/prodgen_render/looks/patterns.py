"""Pictures for surfaces: plain colour, stripes, dots, checks, flowers and gradients, and repeating relief of materials.

Pictures are drawn in sRGB with Pillow at twice the size and reduced; they tile sideways.
"""

from __future__ import annotations

import colorsys
import math
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import cKDTree

from prodgen_render.model import Bump, Floats, Texture
from prodgen_sdk.images.colour import ink_on, luminance, to_linear

Srgb = tuple[int, int, int]
_DUNES = 5


def mix(a: Srgb, b: Srgb, share: float) -> Srgb:
    """A colour between two, in sRGB."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


brightness, ink_for = luminance, ink_on


def texture(picture: Image.Image) -> Texture:
    """A Pillow picture as a texture."""
    return Texture(_linear_table()[np.asarray(picture.convert("RGB"))])


@cache
def _linear_table() -> Floats:
    return to_linear(np.arange(256, dtype=np.float32) / 255)


def draw_pattern(
    name: str, width: int, height: int, base: Srgb, accent: Srgb, rng: np.random.Generator, repeat: float = 8, *,
    lying: bool | None = None,
) -> Image.Image:  # fmt: skip
    """A picture of a pattern.

    Args:
        name: plain, stripes, dots, checks, floral, gradient, speckle; others are plain.
        repeat: how many periods fit across the width.
        lying: whether stripes go from side to side; chance decides where it is None.
    """
    w, h = width * 2, height * 2
    picture = Image.new("RGB", (w, h), base)
    draw = ImageDraw.Draw(picture)
    period = w / max(1, round(repeat))
    if name == "stripes":
        drawn = rng.random() < 0.6
        if drawn if lying is None else lying:
            rows = max(2, round(h / period))
            for i in range(rows):
                y = (i + 0.25) * h / rows
                draw.rectangle([0, y, w, y + h / rows * 0.45], fill=accent)
        else:
            for i in range(round(repeat)):
                draw.rectangle([(i + 0.28) * period, 0, (i + 0.72) * period, h], fill=accent)
    elif name == "dots":
        radius = period * (0.2 + 0.08 * rng.random())
        for row in range(-1, math.ceil(h / (period * 0.5)) + 1):
            for column in range(-1, math.ceil(w / period) + 1):
                x, y = (column + 0.5 * (row % 2) + 0.25) * period, row * period * 0.5 + period * 0.25
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=accent)
    elif name == "checks":
        _checks(picture, base, accent, period, rng)
    elif name == "floral":
        _flowers(draw, w, h, base, accent, period, rng)
    elif name == "speckle":
        spot, share = mix(base, (66, 50, 40), 0.72), w / max(1, round(repeat)) / 26
        for x, y, size in zip(
            *(rng.uniform(low, high, 650) for low, high in ((0, w), (0, h), (0.3, 1.2))), strict=True
        ):
            draw.ellipse([x - size * share, y - size * share, x + size * share, y + size * share], fill=spot)
    elif name == "gradient":
        t = np.linspace(0, 1, h)[:, None, None] ** 0.9
        field = np.array(base) * (1 - t) + np.array(accent) * t
        picture = Image.fromarray(np.broadcast_to(field, (h, w, 3)).round().astype(np.uint8))
    return picture.resize((width, height), Image.Resampling.BOX)


def _checks(picture: Image.Image, base: Srgb, accent: Srgb, period: float, rng: np.random.Generator) -> None:
    w, h = picture.size
    x, y = np.arange(w) / period % 1, np.arange(h) / period % 1
    tartan = rng.random() < 0.6
    bands, lines = (
        [((t > low) & (t < high)).astype(float) for t in (x, y)] for low, high in ((0.2, 0.62), (0.83, 0.9))
    )
    amount = 0.5 * (bands[0][None] + bands[1][:, None])
    field = np.array(base) + (np.array(accent) - np.array(base)) * amount[..., None]
    if tartan:
        thread = np.maximum(lines[0][None], lines[1][:, None])[..., None] * 0.75
        field = field + (np.array(ink_for(mix(base, accent, 0.5))) - field) * thread
    picture.paste(Image.fromarray(field.round().clip(0, 255).astype(np.uint8)))


def _flowers(
    draw: ImageDraw.ImageDraw, w: int, h: int, base: Srgb, accent: Srgb, period: float, rng: np.random.Generator
) -> None:
    leaf = mix((86, 128, 82), base, 0.25)
    heart = (240, 200, 80) if brightness(accent) < 0.6 else (200, 120, 60)
    step = period * 0.78
    for row in range(-1, math.ceil(h / step) + 1):
        for column in range(round(w / step)):
            pitch = w / round(w / step)
            x = (column + 0.5 * (row % 2) + 0.25 * rng.uniform(-1, 1)) * pitch
            y = (row + 0.25 * rng.uniform(-1, 1)) * step
            size, turn = step * rng.uniform(0.2, 0.36), rng.uniform(0, 6.28)
            petals, shade = int(rng.integers(5, 7)), mix(accent, base, float(rng.uniform(0, 0.4)))
            for shift in (-w, 0, w):
                for k in range(2):
                    angle = turn + 2.2 + k * 2.4
                    _blob(
                        draw,
                        x + shift + math.cos(angle) * size * 1.25,
                        y + math.sin(angle) * size * 1.25,
                        size * 0.62,
                        size * 0.26,
                        angle,
                        leaf,
                    )
                for k in range(petals):
                    angle = turn + k * 2 * math.pi / petals
                    _blob(
                        draw,
                        x + shift + math.cos(angle) * size * 0.55,
                        y + math.sin(angle) * size * 0.55,
                        size * 0.52,
                        size * 0.36,
                        angle,
                        shade,
                    )
                r = size * 0.26
                draw.ellipse([x + shift - r, y - r, x + shift + r, y + r], fill=heart)


def _blob(draw: ImageDraw.ImageDraw, x: float, y: float, long: float, short: float, angle: float, fill: Srgb) -> None:
    t = np.linspace(0, 2 * np.pi, 20)
    px, py = np.cos(t) * long, np.sin(t) * short
    draw.polygon(
        list(
            zip(
                (x + px * math.cos(angle) - py * math.sin(angle)).tolist(),
                (y + px * math.sin(angle) + py * math.cos(angle)).tolist(),
                strict=True,
            )
        ),
        fill=fill,
    )


def dunes(base: Srgb, width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """Waves behind each other, from a colour to two that lie beside it on the wheel, each in the shadow of the next: a wallpaper."""
    turn = rng.integers(40, 230, 3) / 230
    shift, speed, phase = rng.integers(40, 230, 3) / 230, 0.6 + turn[:2], 2 * np.pi * turn
    hue, saturation, value = colorsys.rgb_to_hsv(*(c / 255 for c in base))
    steps = np.linspace(-1, 1, _DUNES + 1) * (0.12 + 0.1 * shift[0])
    colours = [
        colorsys.hsv_to_rgb((hue + step) % 1, max(0.35, saturation * (1 - 0.3 * k / _DUNES)), 0.35 * value + 0.62 - 0.4 * k / _DUNES)
        for k, step in enumerate(steps)
    ]  # fmt: skip
    x, y = np.linspace(0, 1, width, dtype=np.float32)[None], np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = np.array(colours[0], np.float32) * (1.04 - 0.25 * y[..., None]) + np.zeros((1, width, 1), np.float32)
    for k in range(_DUNES):
        wave = 0.09 * np.sin(2 * np.pi * speed[0] * x + phase[0] + 1.1 * k) + 0.04 * np.sin(
            4 * np.pi * speed[1] * x + phase[1] - 0.7 * k
        )
        below = y - (0.30 + 0.62 * k / _DUNES) - wave.astype(np.float32)
        over = np.clip(below * height, 0, 1)[..., None]  # one pixel of it is a soft edge
        shaded = np.array(colours[k + 1], np.float32) * (1.12 - 0.4 * np.clip(below * 3, 0, 1)[..., None])
        shadow = 1 - 0.25 * np.exp(np.minimum(below, 0) * 28)[..., None]
        picture = picture * shadow * (1 - over) + shaded * over
    return Image.fromarray((255 * picture).clip(0, 255).astype(np.uint8))


def noise(size: int, octaves: tuple[tuple[int, int, float], ...], seed: int) -> Floats:
    """Smooth noise that tiles, mean 0: a sum of (cells across, cells down, weight) octaves; float32 [size, size]."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size), np.float32)
    for across, down, weight in octaves:
        cells = rng.standard_normal((down, across)).astype(np.float32)
        wrapped = np.pad(cells, ((2, 2), (2, 2)), mode="wrap")
        picture = Image.fromarray(wrapped).resize(
            (round(size * (across + 4) / across), round(size * (down + 4) / down)), Image.Resampling.BICUBIC
        )
        left, top = round(2 * size / across), round(2 * size / down)
        total += weight * np.asarray(picture)[top : top + size, left : left + size]
    return total


def _relief(height: Floats, slope: float, dark: float) -> Floats:
    du = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * slope
    dv = (np.roll(height, 1, 0) - np.roll(height, -1, 0)) * slope
    shade = 1 + dark * (height - height.max()) / max(float(np.ptp(height)), 1e-6)
    shade /= shade.mean()
    return np.stack([du, dv, shade], -1).astype(np.float32)


def _wave(t: Floats) -> Floats:
    return np.asarray(np.sin(2 * np.pi * t), np.float32)


@cache
def relief(name: str) -> Bump | None:
    """The repeating relief of a material by name, or None for smooth ones."""
    n = 128
    x, y = np.meshgrid(np.arange(n, dtype=np.float32) / n, np.arange(n, dtype=np.float32) / n)
    height: Floats
    if name in ("cotton", "linen", "canvas", "nylon"):
        threads = 16
        over = _wave(threads / 2 * x) * _wave(threads / 2 * y) > 0
        height = np.where(over, np.abs(_wave(threads / 2 * x)), np.abs(_wave(threads / 2 * y)))
        height = height + noise(n, ((16, 2, 0.12), (2, 16, 0.12)), 3) * (2.5 if name == "linen" else 1)
        scale, slope, dark = {"canvas": (0.020, 1.1, 0.28), "linen": (0.016, 1.1, 0.3), "nylon": (0.007, 0.6, 0.1)}.get(
            name, (0.011, 0.7, 0.14)
        )
        return Bump(_relief(height.astype(np.float32), slope, dark), scale)
    if name == "denim":
        height = _wave(16 * (x + y)) * 0.5 + noise(n, ((32, 8, 0.3), (64, 64, 0.2)), 4)
        return Bump(_relief(height.astype(np.float32), 0.8, 0.45), 0.016)
    if name in ("knit", "wool"):
        columns, rows = 8, 10
        cx = (x * columns) % 1 - 0.5
        slant = np.abs(cx) * 0.9
        cy = (y * rows + slant) % 1 - 0.5
        height = np.sqrt(np.maximum(0, 1 - (np.abs(np.abs(cx) - 0.25) / 0.27) ** 2)) * np.sqrt(
            np.maximum(0, 1 - (cy / 0.52) ** 2)
        )
        height = height + noise(n, ((48, 48, 0.06),), 5)
        return Bump(
            _relief(height.astype(np.float32), 1.6 if name == "knit" else 1.0, 0.5 if name == "knit" else 0.3),
            0.045 if name == "knit" else 0.02,
        )
    if name == "wicker":
        before = _wave(2 * x + 0.5 * np.floor(8 * y))  # strands pass before and behind the stakes by turns
        height = np.sqrt(np.maximum(0, 1 - (1.9 * (8 * y % 1 - 0.5)) ** 2)) * (0.62 + 0.38 * before)
        return Bump(_relief(height.astype(np.float32), 1.5, 0.6), 0.07)
    if name == "velvet":
        return Bump(_relief(noise(n, ((8, 8, 0.4), (32, 32, 0.3), (64, 64, 0.3)), 6), 0.5, 0.18), 0.03)
    if name == "leather":
        height = -np.exp(-((_creases(n, 20, 7) / 0.012) ** 2)) + noise(n, ((8, 8, 0.2),), 8)
        return Bump(_relief(height.astype(np.float32), 0.7, 0.22), 0.022)
    if name in ("steel", "aluminium", "metal"):
        return Bump(_relief(noise(n, ((3, 64, 0.5), (6, 128, 0.5)), 9), 0.035, 0.05), 0.05)
    if name in ("paper", "kraft"):
        return Bump(
            _relief(noise(n, ((24, 24, 0.4), (64, 64, 0.4)), 10), *((0.05, 0.03) if name == "paper" else (0.12, 0.16))),
            0.03,
        )
    if name in ("matte plastic", "rubber"):
        return Bump(_relief(noise(n, ((40, 40, 0.5), (64, 64, 0.5)), 11), 0.12, 0.02), 0.012)
    if name in ("ceramic", "iron"):
        return Bump(
            _relief(noise(n, ((4, 4, 0.6), (9, 9, 0.4), (40, 40, 0.1)), 12), 0.10 if name == "iron" else 0.02, 0.03),
            0.05,
        )
    return None


def _creases(n: int, cells: int, seed: int) -> Floats:
    """How much nearer the nearest of scattered points is than the second, [n, n], repeating (Worley 1996, F2 - F1)."""
    corners = np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), -1).reshape(-1, 2)
    points = (corners + np.random.default_rng(seed).random(corners.shape)) / cells
    middles = (np.stack(np.meshgrid(np.arange(n), np.arange(n)), -1) + 0.5) / n
    near, _ = cKDTree(points, boxsize=1).query(middles, k=2)
    return np.asarray(near[..., 1] - near[..., 0], np.float32)


@lru_cache(maxsize=8)  # 3 MB each, and shops have many colours
def wood(base: Srgb, size: int = 512) -> Texture:
    """Wood grain that runs along v, tiling."""
    rng_seed = 21
    u = np.arange(size, dtype=np.float32)[None] / size
    bend = noise(size, ((3, 1, 0.35), (6, 1, 0.12), (4, 2, 0.06)), rng_seed)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (9 * u + bend * 1.6))
    fibres = noise(size, ((64, 2, 0.5), (128, 3, 0.5), (256, 8, 0.5)), rng_seed + 1)
    pores = np.clip(noise(size, ((200, 12, 1.0),), rng_seed + 2) - 1.5, 0, 1)
    amount = np.clip(0.05 + 0.22 * rings**1.6 + 0.10 * fibres + 0.35 * pores, 0, 1)[..., None]
    # What is no colour of wood is paint, through which little of the grain is seen.
    bare = float(np.clip((base[1] - base[2]) / (0.2 * max(base[0], 1)), 0, 1))
    light, dark = np.array(base, np.float32), np.array(mix(base, (60, 32, 14), 0.12 + 0.5 * bare), np.float32)
    return Texture(to_linear((light + (dark - light) * amount) / 255))


@lru_cache(maxsize=8)
def marble(base: Srgb, size: int = 512) -> Texture:
    """Veined stone, tiling."""
    field = noise(size, ((3, 3, 1.0), (6, 6, 0.5), (12, 12, 0.3), (24, 24, 0.15)), 31)
    veins = np.exp(-((field / 0.09) ** 2)) * (0.5 + 0.4 * noise(size, ((4, 4, 1.0),), 32)).clip(0.1, 1)
    amount = (0.75 * veins + 0.05 * noise(size, ((5, 5, 1.0), (11, 11, 0.5)), 33)).clip(0, 1)[..., None]
    light, dark = np.array(base, np.float32), np.array(mix(base, ink_for(base), 0.7), np.float32)
    return Texture(to_linear((light + (dark - light) * amount) / 255))
