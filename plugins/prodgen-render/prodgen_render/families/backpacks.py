"""Backpack: a soft body with pockets in front and at its sides, zips, and padded straps behind."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.families.sewn import Pouch, belt, in_metres, sheet, stitches
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, loft, refine, rounded_path, smooth_path, tube

_CLOTHS = ("nylon", "canvas", "leather", "cotton", "denim", "wool")
_DARK = "#3a3d42"
_WEBBING = (0.1, 0.1)
"""Metres that the texture of webbing and tape covers."""


def backpack(look: Look) -> list[Part]:
    """A backpack with pockets, zips with pulls, a loop to carry it by and two padded straps behind."""
    wide, tall, deep = 0.30 * look.uniform(0.92, 1.08), 0.43 * look.uniform(0.92, 1.08), 0.15 * look.uniform(0.9, 1.15)
    extent = (wide, tall)
    cloth = look.main(*_CLOTHS, extent=extent, default=_DARK, period=0.05)
    colour = look.colour(_DARK)
    plain = look.plain(cloth.name, colour) if cloth.texture is not None else cloth
    shade = look.plain("nylon", mix(colour, (12, 12, 14), 0.45)).but(bump=None)
    webbing = look.part("strap", look.plain("canvas", mix(colour, (16, 16, 18), 0.4)))
    metal = look.plain("matte plastic", "#26272a").but(bump=None)
    body = Pouch(_arched(wide, tall, 0.105, 0.055), deep, 0.026, 0.030, slack=0.0035)
    pocket = _front_pocket(body, wide, tall)
    parts = [
        *body.parts(cloth, extent),
        *body.piping(0.0030, shade),
        *_main_zip(body, tall, deep, shade, metal),
        *pocket.parts(cloth, extent),
        *pocket.piping(0.0026, shade, back=False),
        *_pocket_zip(pocket, shade, metal),
        *_patch(pocket, look.plain("leather", "#5b3d28"), look),
    ]
    for side in (-1, 1):
        parts += _side_pocket(side, wide, tall, plain, shade)
        parts += _strap(side, wide, tall, body, webbing, plain, shade, metal)
    loop = smooth_path(
        [
            (-0.030, 0.0, -0.012),
            (-0.031, 0.010, 0.020),
            (-0.016, 0.014, 0.042),
            (0.016, 0.014, 0.042),
            (0.031, 0.010, 0.020),
            (0.030, 0.0, -0.012),
        ],
        34,
    )
    parts.append(belt(loop + np.array([0, deep / 2 - 0.030, tall - 0.004]), (0, 1, 0), 0.022, 0.0035, webbing))
    return parts


def _arched(
    wide: float, tall: float, above: float, below: float, low: float = 0.0, narrow: float = 0.90
) -> NDArray[np.float64]:
    """An outline whose upper and lower corners have these radii."""
    x = wide / 2
    corners = [
        (0.0, low + tall),
        (-x * narrow, low + tall),
        (-x, low),
        (x, low),
        (x * narrow, low + tall),
        (0.0, low + tall),
    ]
    return refine(rounded_path(corners, [0, above, below, below, above, 0], 12), 0.012)[:-1]


def _front_pocket(body: Pouch, wide: float, tall: float) -> Pouch:
    """A pocket whose back lies in the body's front."""
    deep, low, high = 0.060, 0.028, tall * 0.44
    back = float(body.front(0.0, low + high / 2)) + 0.022
    return Pouch(
        _arched(wide * 0.76, high, 0.045, 0.040, low, 0.97),
        deep,
        0.016,
        0.020,
        dent=-0.004,
        place=back - deep / 2,
        slack=0.0025,
    )


def _zip(
    path: NDArray[np.float64], across: ArrayLike, tape: Material, teeth: Material, wide: float = 0.016
) -> list[Part]:
    """A tape with a row of teeth in its middle."""
    return [belt(path, across, wide, 0.0016, tape), stitches(refine(path, 0.003), teeth, radius=0.0022)]


def _pull(place: NDArray[np.float64], metal: Material, cord: Material, turn: float = 0.0) -> list[Part]:
    """A slider, from which a cord hangs."""
    slider = [part.moved(z=-0.005) for part in box((0.008, 0.006, 0.012), 0.002, metal, cells=3)]
    hangs = tube(
        [(0, -0.003, -0.003), (0, -0.0055, -0.016), (0, -0.0045, -0.034)],
        [0.0016, 0.0022, 0.0032],
        cord,
        segments=10,
        flatten=0.6,
    )
    return [part.turned(turn).moved(*(float(c) for c in place)) for part in (*slider, hangs)]


def _main_zip(body: Pouch, tall: float, deep: float, tape: Material, teeth: Material) -> list[Part]:
    """Over the top of the band from side to side, nearer to its front."""
    outline = body.inset(-0.0016)
    upper = outline[outline[:, 1] > tall * 0.50]
    upper = upper[np.argsort(np.arctan2(upper[:, 1] - tall / 2, upper[:, 0]))]
    y = -deep * 0.5 + body.edge + 0.020
    path = np.stack([upper[:, 0], np.full(len(upper), y), upper[:, 1]], -1)
    right, left = path[4], path[-5]
    return [
        *_zip(path, (0, 1, 0), tape, teeth),
        *_pull(right + np.array([0.003, 0, 0]), teeth, tape, 90),
        *_pull(left - np.array([0.003, 0, 0]), teeth, tape, -90),
    ]


def _pocket_zip(pocket: Pouch, tape: Material, teeth: Material) -> list[Part]:
    """Across the pocket below its upper edge."""
    x = np.linspace(-1, 1, 40)
    half = float(np.ptp(pocket.outline[:, 0])) / 2 - 0.030
    top = float(pocket.outline[:, 1].max())
    line = np.stack([x * half, top - 0.040 - 0.012 * x**2], -1)
    path = pocket.on_front(line, 0.0006)
    return [*_zip(path, (0, 0, 1), tape, teeth), *_pull(path[5] + [0, -0.003, 0], teeth, tape)]


def _patch(pocket: Pouch, leather: Material, look: Look) -> list[Part]:
    """A maker's patch, sewn on below the zip."""
    low, high = pocket.outline.min(0), pocket.outline.max(0)
    z = low[1] + 0.42 * (high[1] - low[1])
    x, up = np.meshgrid(np.linspace(-0.026, 0.026, 9), np.linspace(z - 0.016, z + 0.016, 7))
    face = pocket.on_front(np.stack([x.ravel(), up.ravel()], -1), 0.0012).reshape(*x.shape, 3)
    edge = [
        (-0.0235, z - 0.0135),
        (0.0235, z - 0.0135),
        (0.0235, z + 0.0135),
        (-0.0235, z + 0.0135),
        (-0.0235, z - 0.0135),
    ]
    seam = pocket.on_front(refine(np.array(edge), 0.003), 0.0022)
    return [
        sheet(face, 0.0018, leather, _WEBBING),
        stitches(seam, look.plain("cotton", "#d8c7a6").but(bump=None), radius=0.0005),
    ]


def _side_pocket(side: int, wide: float, tall: float, cloth: Material, trim: Material) -> list[Part]:
    """An open pocket for a bottle, its upper edge drawn together."""
    high = tall * 0.36
    pouch = Pouch(_arched(0.098, high, 0.010, 0.030, 0.020, 0.88), 0.040, 0.012, 0.014, slack=0.003)
    parts = pouch.parts(cloth, (0.3, 0.43))
    x = np.linspace(-0.036, 0.036, 20)
    rim = pouch.on_front(np.stack([x, np.full(20, 0.020 + high - 0.015)], -1), 0.0004)
    rim[[0, -1], 1] += 0.006
    parts.append(tube(smooth_path(rim[[0, *range(2, 18, 3), -1]], 24), 0.0038, trim, segments=10))
    # Its front looks to the side.
    return [part.turned(90 * side).moved(x=side * (wide / 2 - 0.008), y=0.004) for part in parts]


def _strap(
    side: int,
    wide: float,
    tall: float,
    body: Pouch,
    webbing: Material,
    cloth: Material,
    trim: Material,
    metal: Material,
) -> list[Part]:
    """A padded strap from the top of the back, and webbing from its end to the lower corner."""
    back = body.deep / 2
    x = side * wide * 0.16
    line = smooth_path(
        [
            (x, back - 0.015, tall - 0.050), (x * 1.05, back + 0.035, tall - 0.030), (x * 1.25, back + 0.085, tall * 0.80), (x * 1.75, back + 0.098, tall * 0.58),
            (x * 2.25, back + 0.070, tall * 0.38), (x * 2.45, back + 0.050, tall * 0.29),
        ], 46,
    )  # fmt: skip
    t = np.linspace(0, 1, 46)
    half = np.interp(t, [0, 0.15, 0.7, 0.93, 1], [0.026, 0.032, 0.030, 0.022, 0.014])
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)[:, None]
    across, out = _across(line), _out(line)
    round_end = np.sqrt(np.clip(t / 0.02, 1e-4, 1) * np.clip((1 - t) / 0.02, 1e-4, 1))
    rows = line[:, None] + (half * round_end)[:, None, None] * (
        across[:, None] * np.cos(around) + 0.24 * out[:, None] * np.sign(np.sin(around)) * np.abs(np.sin(around)) ** 0.6
    )
    pad = in_metres(loft(rows, cloth, flip=side > 0), (0.3, 0.43))
    tail = smooth_path(
        [line[-1] + [0, 0, 0.012], (x * 2.55, back + 0.030, tall * 0.18), (x * 2.50, back - 0.012, tall * 0.075)], 20
    )
    buckle = [
        part.turned(8 * side).moved(*(float(c) for c in line[-1] - [0, 0.002, 0.012]))
        for part in box((0.034, 0.007, 0.022), 0.002, metal, cells=3)
    ]
    middle = belt(line[4:-2] + out[4:-2] * (half[4:-2, None] * 0.24 + 0.0008), (1, 0, 0), 0.022, 0.0024, webbing)
    seam = [
        tube(line + across * (s * half[:, None] * 0.985), 0.0022, trim, segments=8) for s in (-1, 1)
    ]  # fmt: skip
    return [pad, middle, *seam, belt(tail, (1, 0, 0), 0.024, 0.0026, webbing), *buckle]


def _across(line: NDArray[np.float64]) -> NDArray[np.float64]:
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.array([1.0, 0, 0]) - along * along[:, :1]
    return np.asarray(side / np.linalg.norm(side, axis=1, keepdims=True))


def _out(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square to a strap, away from the back."""
    along = np.gradient(line, axis=0)
    out = np.cross(along, _across(line))
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(out * np.sign(out[:, 1:2].mean()))
