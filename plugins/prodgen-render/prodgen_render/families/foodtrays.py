"""Fresh food on a tray under film: meat, fish and cheese."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from prodgen_render.looks.finishes import linear, srgb
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, planar_uv, prism, rounded_path, rounded_rectangle, slab

Grid = NDArray[np.float64]
_KINDS: dict[str, tuple[str, ...]] = {
    "mince": (
        "mince",
        "minced",
        "ground beef",
        "ground pork",
        "ground turkey",
        "burger",
        "burgers",
        "肉末",
        "肉馅",
        "绞肉",
    ),
    "sausages": ("sausage", "sausages", "chorizo", "bratwurst", "hot dog", "hot dogs", "香肠", "烤肠", "火腿肠"),
    "bacon": ("bacon", "培根", "pork belly", "五花肉", "肥牛", "羊肉卷", "牛肉卷"),
    "chicken": ("chicken", "turkey", "鸡胸", "鸡肉", "鸡腿", "鸡翅"),
    "slices": ("cheese", "ham", "salami", "slices", "sliced", "芝士", "奶酪", "火腿", "cheddar", "gouda", "emmental"),
    "salmon": ("salmon", "trout", "三文鱼", "虹鳟"),
    "fish": ("fish", "cod", "haddock", "sea bass", "tilapia", "fillet", "fillets", "鱼", "鳕鱼"),
    "steak": (),
}
_CHEESES = ("cheese", "cheddar", "gouda", "emmental", "mozzarella", "芝士", "奶酪")
_COLOURS = {
    "mince": ("#a8342f", "#d8a79a"), "sausages": ("#c06f58", "#d99a84"), "bacon": ("#b3423c", "#f0d9cc"), "chicken": ("#ecb9a6", "#f5d9cb"),
    "slices": ("#f0c256", "#f4d27c"), "salmon": ("#ef7f4e", "#f7c4a4"), "fish": ("#efe9df", "#d8cfc2"), "steak": ("#98282c", "#edd6c4"),
}  # fmt: skip
_HAM = ("#e59c98", "#f0b9b2")
_WIDE, _DEEP, _HIGH = 0.20, 0.145, 0.032


def food_tray(look: Look) -> list[Part]:
    """A tray, leaned back so that one sees into it, what is on it, film over it and the label on the film."""
    kind = next((name for name, words in _KINDS.items() if look.says(words)), "steak")
    main, second = (srgb(code) for code in (_HAM if kind == "slices" and not look.says(_CHEESES) else _COLOURS[kind]))
    base = look.note(main, "plastic")
    black = look.plain("plastic", "#1d1e20" if kind not in ("chicken", "slices") else "#f2f2ef").but(bump=None)
    outline = rounded_rectangle(_WIDE, _DEEP, 0.022, corner=12, side=20)
    side = [(0.012, 0.0), (0.004, _HIGH - 0.004), (0.0, _HIGH - 0.002), (0.0, _HIGH), (0.008, _HIGH), (0.016, 0.004)]
    parts = [
        prism(outline, rounded_path(side, [0, 0.004, 0.001, 0.001, 0.004, 0]), black),
        slab(outline * (1 - 0.030 / np.array([_WIDE, _DEEP])), 0.004, 0.001, black),
    ]
    x, y = np.meshgrid(np.linspace(-0.078, 0.078, 260), np.linspace(-0.052, 0.052, 180))
    height, share = _ON_TRAY[kind](x, y, look.rng)
    # Where nothing lies, it is under the bottom of the tray.
    surface = np.stack([x, y, np.where(height > 2e-4, 0.004 + height, 0.0005)], -1)
    food = loft(surface, Material("food", (1, 1, 1), 0.42, coat=0.35), closed=False)
    tones = np.array(linear(base)) + share.clip(0, 1)[..., None] * (np.array(linear(second)) - np.array(linear(base)))
    parts.append(food.but(colours=tones.reshape(-1, 3).astype(np.float32)))
    film = Material("film", (0.98, 0.99, 0.99), 0.12, transmission=0.95)
    parts.append(slab(outline * 0.975, 0.0006, 0.0002, film).moved(z=_HIGH + 0.0002))
    wide, tall = 0.082, 0.052
    printed = look.label("paper", (wide, tall), (248, 247, 243), (0.06, 0.08, 0.94, 0.92), style="bare", note=False)
    label = planar_uv(slab(rounded_rectangle(wide, tall, 0.004), 0.0004, 0.0001, printed), "z")
    parts.append(label.moved(-0.045, 0.036, _HIGH + 0.0010))
    return [part.turned(62, "x").moved(z=_DEEP / 2) for part in parts]


def _noise(x: Grid, y: Grid, rng: np.random.Generator, scale: float, waves: int = 24) -> Grid:
    """Smooth noise of about -1 to 1, its features so many metres wide."""
    angle, phase = rng.uniform(0, 2 * np.pi, (2, waves))
    size = rng.uniform(0.6, 1.6, waves) * 2 * np.pi / scale
    total = sum(np.cos(s * (x * np.cos(a) + y * np.sin(a)) + p) for s, a, p in zip(size, angle, phase, strict=True))
    return np.asarray(np.asarray(total) / np.sqrt(waves / 2), np.float64)


def _mounds(x: Grid, y: Grid, places: list[tuple[float, float, float, float]], high: float, power: float = 2.5) -> Grid:
    """Rounded pieces: middle x, y and half of their sides, in metres."""
    heights = [
        high * np.maximum(0, 1 - np.abs((x - a) / w) ** power - np.abs((y - b) / d) ** power) ** 0.35
        for a, b, w, d in places
    ]
    return np.asarray(np.max(heights, axis=0))


def _mince(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    swirl = _noise(x, y, rng, 0.05)
    strands = np.abs(np.sin((x * 0.35 + y) * 2 * np.pi / 0.0075 + 2.4 * swirl))
    body = _mounds(x, y, [(0, 0, 0.076, 0.051)], 0.019, 5)
    return body - 0.0034 * (1 - strands**0.6) + 0.0012 * swirl, 0.5 * (_noise(x, y, rng, 0.006) - 0.35) + 0.15 * strands


def _sausages(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    height = _mounds(x, y, [(-0.062 + 0.0248 * k, 0, 0.0118, 0.050) for k in range(6)], 0.022, 2.2)
    return height, 0.35 + 0.3 * _noise(x, y, rng, 0.006)


def _bacon(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    row = np.floor((y + 0.052) / 0.0174)
    within = (y + 0.052) / 0.0174 - row
    streak = np.sin(2 * np.pi * (within * 2.1 + 0.20 * _noise(x, 0 * y + 0.01 * row, rng, 0.05)))
    return 0.006 + 0.0105 * (1 - within) + 0.0006 * streak, 1.6 * streak - 0.15


def _chicken(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    height = _mounds(
        x + 0.10 * y, y, [(-0.047, 0, 0.026, 0.049), (0.003, 0, 0.026, 0.049), (0.053, 0, 0.025, 0.049)], 0.021
    )
    return height + 0.0008 * (height > 0) * _noise(x, y, rng, 0.02), 0.4 + 0.25 * _noise(1.6 * x, y, rng, 0.03)


def _slices(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    step = (x + 0.078) / 0.026
    within = step - np.floor(step)
    edge = np.abs(y) > 0.046
    return np.where(edge, 0.0, 0.008 + 0.009 * (1 - within)), 0.9 * (within < 0.06) + 0.10 * _noise(x, y, rng, 0.03)


def _salmon(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    height = _mounds(x, y, [(-0.039, 0, 0.036, 0.050), (0.039, 0, 0.036, 0.050)], 0.021, 4)
    bent = y + 0.55 * np.abs(np.abs(x) - 0.039) + 0.0012 * _noise(x, y, rng, 0.02)
    lines = np.cos(2 * np.pi * bent / 0.0115)
    return height - 0.0004 * lines, 1.5 * (lines - 0.62)


def _fish(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    height, _ = _salmon(x, y, rng)
    return height, 0.5 + 0.4 * _noise(x, 2.0 * y, rng, 0.02)


def _steak(x: Grid, y: Grid, rng: np.random.Generator) -> tuple[Grid, Grid]:
    wobble = 0.10 * _noise(x, y, rng, 0.08)
    inside = 1 - np.abs(x / 0.076) ** 2.6 - np.abs(y / 0.050) ** 2.6 + wobble * 0.4
    height = 0.020 * np.maximum(0, inside) ** 0.22
    marbling = 3.0 * (np.abs(_noise(x, y, rng, 0.030)) < 0.10) * 0.28
    rind = 3.0 * ((inside < 0.34) & (y > 0.0))
    return height + 0.0006 * (height > 0) * _noise(x, y, rng, 0.012), marbling + rind


_ON_TRAY: dict[str, Callable[[Grid, Grid, np.random.Generator], tuple[Grid, Grid]]] = {
    "mince": _mince, "sausages": _sausages, "bacon": _bacon, "chicken": _chicken, "slices": _slices, "salmon": _salmon, "fish": _fish, "steak": _steak,
}  # fmt: skip
