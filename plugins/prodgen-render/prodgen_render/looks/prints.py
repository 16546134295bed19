"""Prints and weaves: camouflage, the coats of animals, hounds' teeth, diamonds, zigzags, stars, hearts, paisley, dyes and marbling.

Each is a function of where a point lies, so that it tiles sideways and down: x and y count the periods of the print.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix, noise
from prodgen_render.model import Floats

_DARK = 0.12
"""Luminance below which dark marks would not be seen."""
_FIELD = 384
"""Pixels of a field of noise that repeats."""


class Cloth:
    """A surface that marks are laid on, [height, width, 3] in sRGB levels.

    Args:
        across, down: whole periods that fit across and down.
        rng: the product's own random numbers.
    """

    def __init__(
        self, width: int, height: int, across: int, base: Srgb, accent: Srgb, rng: np.random.Generator
    ) -> None:
        self.base, self.accent, self.rng = base, accent, rng
        self.across, self.down = across, max(1, round(across * height / width))
        self.x = ((np.arange(width, dtype=np.float32) + 0.5) / width * self.across)[None]
        self.y = ((np.arange(height, dtype=np.float32) + 0.5) / height * self.down)[:, None]
        self.levels: Floats = np.broadcast_to(np.asarray(base, np.float32), (height, width, 3)).copy()

    @property
    def marks(self) -> Srgb:
        """What marks on this ground are: nearly black, on black nearly what the accent is."""
        if brightness(self.base) < _DARK:
            return mix(self.base, self.accent, 0.6)
        return mix(self.base, (24, 18, 15), 0.88)

    def lay(self, where: Floats, colour: Srgb) -> None:
        """Covers the share `where`, [height, width] in [0, 1], with a colour."""
        self.levels += (np.asarray(colour, np.float32) - self.levels) * np.clip(where, 0, 1)[..., None]

    def clouds(self, size: float, detail: float = 0.5) -> Floats:
        """Smooth noise of unit spread whose clouds are about `size` periods wide, [height, width]."""
        cells = [(max(2, round(self.across * n / size)), max(2, round(self.down * n / size))) for n in (1, 2.3, 4.7)]
        weights = (1.0, detail, detail / 3)
        tile = noise(_FIELD, tuple((*n, w) for n, w in zip(cells, weights, strict=True)), int(self.rng.integers(2**31)))
        u = np.broadcast_to(self.x / self.across * _FIELD, self.levels.shape[:2])
        v = np.broadcast_to(self.y / self.down * _FIELD, self.levels.shape[:2])
        return np.asarray(map_coordinates(tile / tile.std(), [v, u], order=1, mode="grid-wrap"), np.float32)

    def spots(self, a_period: float) -> tuple[Floats, Floats]:
        """Scattered points, so many to a period: how far the nearest is, in periods, and a number in [0, 1) of its own."""
        columns, rows = max(2, round(self.across * a_period)), max(2, round(self.down * a_period))
        row, column = np.divmod(np.arange(rows * columns), columns)
        stray = self.rng.uniform(-0.34, 0.34, (rows * columns, 2))
        points = np.stack([column + 0.5 * (row % 2), row], -1) + 0.5 + stray
        box = np.array([self.across, self.down], float)
        points = points / [columns, rows] % 1 * box
        where = np.stack(np.broadcast_arrays(self.x, self.y), -1) % box
        distance, index = cKDTree(points, boxsize=box).query(where)
        own = self.rng.random(len(points))[index]
        return np.asarray(distance, np.float32), np.asarray(own, np.float32)

    def edge(self, inside: Floats) -> Floats:
        """1 where a field in periods is positive, with an edge of about a pixel."""
        return np.asarray(np.clip(inside * self.levels.shape[1] / self.across + 0.5, 0, 1), np.float32)


def camouflage(cloth: Cloth) -> None:
    """Blots of three tones beside the ground: a darker one, earth, and nearly black."""
    tones = (
        mix(cloth.base, (28, 34, 22), 0.45),
        mix(cloth.base, (112, 84, 56), 0.6),
        mix(cloth.base, (20, 22, 18), 0.85),
    )
    for tone, least in zip(tones, (0.35, 0.55, 1.0), strict=True):
        cloth.lay(np.clip((cloth.clouds(1.4, 0.4) - least) * 14, 0, 1), tone)


def leopard(cloth: Cloth) -> None:
    """Rosettes: broken rings of dark marks about a tawny middle."""
    near, own = cloth.spots(1.25)
    ragged = 0.05 * cloth.clouds(0.3)
    radius = 0.22 + 0.12 * own
    broken = cloth.clouds(0.25) > 0.4 + 0.5 * own
    cloth.lay(cloth.edge(radius - 0.08 - near + ragged), mix(cloth.base, (132, 78, 34), 0.5))
    cloth.lay(cloth.edge(0.075 - np.abs(near - radius + 0.06 + ragged)) * ~broken, cloth.marks)


def zebra(cloth: Cloth) -> None:
    """Stripes that wander, fork and end."""
    bands = np.sin(2 * np.pi * (cloth.y + 0.22 * cloth.clouds(1.6, 0.3)) + 0.9 * cloth.clouds(3, 0.2))
    cloth.lay(cloth.edge(0.12 * bands), cloth.marks)


def cow(cloth: Cloth) -> None:
    """Large patches."""
    cloth.lay(np.clip((cloth.clouds(1.1, 0.3) - 0.35) * 16, 0, 1), cloth.marks)


def houndstooth(cloth: Cloth) -> None:
    """A two-and-two twill of four dark and four light threads each way."""
    x, y = np.floor(cloth.x * 8).astype(int), np.floor(cloth.y * 8).astype(int)
    warp = (x + y) % 4 < 2
    dark = np.where(warp, x % 8 < 4, y % 8 < 4)
    cloth.lay(dark.astype(np.float32), cloth.accent)


def argyle(cloth: Cloth) -> None:
    """Diamonds in two tones, and a thin line that crosses them."""
    x, y = cloth.x / 2, cloth.y / 3
    u, v = x + y, x - y
    odd = (np.floor(u * 2) + np.floor(v * 2)) % 2
    cloth.lay((odd == 0) * (np.floor(u * 2) % 2 == 0), cloth.accent)
    cloth.lay((odd == 0) * (np.floor(u * 2) % 2 == 1), mix(cloth.base, cloth.accent, 0.45))
    for line in (u * 2 + 0.5, v * 2 + 0.5):
        cloth.lay(cloth.edge(0.02 - np.abs((line % 1) - 0.5)), ink_for(cloth.base))


def chevron(cloth: Cloth) -> None:
    """Zigzag bands."""
    cloth.lay(cloth.edge(0.25 - np.abs((cloth.y + 0.5 * np.abs((cloth.x % 1) * 2 - 1)) % 1 - 0.5)), cloth.accent)


def herringbone(cloth: Cloth) -> None:
    """Fine twill that turns at every half period, tone on tone."""
    turn = np.where(cloth.x % 1 < 0.5, 1, -1)
    slant = (cloth.y * 3 + turn * cloth.x * 3) % 1
    cloth.lay(cloth.edge(0.08 - np.abs(slant - 0.5) / 3) * 0.8, mix(cloth.base, cloth.accent, 0.7))


def geometric(cloth: Cloth) -> None:
    """Triangles in three tones."""
    x, y = cloth.x, cloth.y
    lower = (x % 1) + (y % 1) < 1
    draw = cloth.rng.integers(0, 4, (2, cloth.down, cloth.across))
    cell = draw[np.where(lower, 0, 1), np.floor(y).astype(int) % cloth.down, np.floor(x).astype(int) % cloth.across]
    for number, tone in enumerate(
        (mix(cloth.base, cloth.accent, 0.5), cloth.accent, mix(cloth.base, ink_for(cloth.base), 0.3))
    ):
        cloth.lay((cell == number).astype(np.float32), tone)


def stars(cloth: Cloth) -> None:
    """Stars of five points in staggered rows."""
    x, y = _staggered(cloth)
    angle = (np.arctan2(x, -y) / (2 * np.pi) * 5 + 0.5) % 1 - 0.5
    # The edge from a point at radius 1 to a notch at .4, as a line in polar coordinates.
    a, b = np.cos(np.pi / 5), np.sin(np.pi / 5)
    t = np.abs(angle) * 2 * np.pi / 5
    edge = 0.4 * b / (np.cos(t) * 0.4 * b + np.sin(t) * (1 - 0.4 * a))
    cloth.lay(cloth.edge(0.3 * edge - np.hypot(x, y)), cloth.accent)


def hearts(cloth: Cloth) -> None:
    """Hearts in staggered rows."""
    x, y = _staggered(cloth)
    x, y = x / 0.26, -(y / 0.26) + 0.1
    inside = -((x**2 + (y - 0.75 * np.sqrt(np.abs(x))) ** 2) - 1)
    cloth.lay(cloth.edge(0.13 * inside), cloth.accent)


def paisley(cloth: Cloth) -> None:
    """Curved drops with a border and a heart, turned by turns."""
    x, y = (0.8 * at for at in _staggered(cloth))
    side = np.where((np.floor(cloth.y) % 2) == 0, 1.0, -1.0)
    x = x * side
    # Towards its tip a drop grows thin and bends aside.
    t = np.clip((0.18 - y) / 0.52, 0, 1)
    middle, width = 0.16 * t**2, 0.2 * np.sqrt(np.clip(1 - t, 0, 1)) * (1 - 0.25 * t)
    inside = np.minimum(width - np.abs(x - middle), 0.34 - np.abs(y + 0.06))
    inside = np.where(y > 0.18, 0.2 - np.hypot(x, (y - 0.18)), inside)
    for rim, tone in ((0.0, cloth.accent), (0.045, cloth.base), (0.075, mix(cloth.base, cloth.accent, 0.6))):
        cloth.lay(cloth.edge(inside - rim), tone)
    cloth.lay(cloth.edge(0.05 - np.hypot(x, y - 0.16)), cloth.base)
    dots = np.hypot((cloth.x * 4 % 1) - 0.5, (cloth.y * 4 % 1) - 0.5) / 4
    cloth.lay(cloth.edge(0.022 - dots) * cloth.edge(-inside - 0.06), mix(cloth.base, cloth.accent, 0.7))


def tie_dye(cloth: Cloth) -> None:
    """Dye that ran: soft rings of two colours and white around folds."""
    rings = cloth.clouds(2.5, 0.3) + 0.15 * cloth.clouds(0.4)
    pale = mix(cloth.base, (252, 250, 246), 0.8)
    cloth.lay(0.5 + 0.5 * np.sin(3.2 * rings), cloth.accent)
    cloth.lay(np.clip(np.sin(4.1 * rings + 1) * 1.6 - 0.7, 0, 1), pale)


def marbled(cloth: Cloth) -> None:
    """Veins of stone."""
    veins, strength = cloth.clouds(2, 0.6), np.clip(0.45 + 0.4 * cloth.clouds(1.5), 0.08, 1)
    vein = mix(cloth.base, ink_for(cloth.base), 0.7)
    cloth.lay(0.8 * np.exp(-((veins / 0.1) ** 2)) * strength, vein)
    cloth.lay(0.05 * (1 + cloth.clouds(2)), vein)


def _staggered(cloth: Cloth) -> tuple[Floats, Floats]:
    """Where a point lies from the middle of its cell, every second row shifted by half a cell."""
    row = np.floor(cloth.y)
    x = (cloth.x + 0.5 * (row % 2)) % 1 - 0.5
    return np.broadcast_arrays(np.asarray(x, np.float32), np.asarray(cloth.y % 1 - 0.5, np.float32))  # type: ignore[return-value]


PRINTS: dict[str, Callable[[Cloth], None]] = {
    "camouflage": camouflage,
    "leopard": leopard,
    "zebra": zebra,
    "cow": cow,
    "houndstooth": houndstooth,
    "argyle": argyle,
    "chevron": chevron,
    "herringbone": herringbone,
    "geometric": geometric,
    "stars": stars,
    "hearts": hearts,
    "paisley": paisley,
    "tie-dye": tie_dye,
    "marbled": marbled,
}
_FINE = {"houndstooth": 2.0, "herringbone": 2.0, "leopard": 1.5, "camouflage": 1.0, "stars": 1.0}
"""How many periods of a print go on one of stripes; 1 for the others."""


def draw_print(
    name: str, width: int, height: int, base: Srgb, accent: Srgb, rng: np.random.Generator, repeat: float = 8
) -> Image.Image:
    """A picture of a print.

    Args:
        name: one of `PRINTS`.
        repeat: how many periods of stripes would fit across the width.

    >>> draw_print("stars", 64, 32, (20, 30, 80), (250, 250, 250), np.random.default_rng(0), 4).size
    (64, 32)
    """
    across = max(2, 2 * math.ceil(repeat * _FINE.get(name, 1.0) / 2))
    cloth = Cloth(width * 2, height * 2, across, base, accent, rng)
    PRINTS[name](cloth)
    picture = Image.fromarray(cloth.levels.round().clip(0, 255).astype(np.uint8))
    return picture.resize((width, height), Image.Resampling.BOX)
