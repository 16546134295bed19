"""Boot and court shoe. One shoe, its toe to the left, as the sneaker."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.sewn import stitches
from prodgen_render.families.uppers import HALF, Upper, outline, toned
from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, slab, smooth_path, tube

_UPPERS = ("leather", "canvas", "velvet", "rubber", "denim", "nylon", "knit", "wool", "silk")
_RAIN = ("wellington", "wellies", "rain boot", "rain boots", "rubber boots", "雨靴")
_TALL = ("knee high", "knee-high", *_RAIN, "长靴", "高筒")
_LACED = (
    "lace-up", "lace up", "hiking", "combat", "work boot", "work boots", "desert", "chukka", "martin", "martens", "马丁", "登山", "系带", "工装靴",
)  # fmt: skip
_SHEEPSKIN = ("ugg", "uggs", "sheepskin", "shearling", "雪地靴")
_STRAPPED = ("mary jane", "mary janes", "玛丽珍")
_BLOCK = ("block heel", "block heels", "chunky heel", "chunky heels", "粗跟")
_FLAT = (
    "flat",
    "flats",
    "ballet",
    "ballerina",
    "ballerinas",
    "mary jane",
    "mary janes",
    "平底",
    "芭蕾",
    "玛丽珍",
    "瓢鞋",
)
_UPRIGHT = np.array([(0, 0.20, 0.035), (0.1, 0.25, 0.035), (0.4, 0.30, 0.030), (0.75, 0.26, 0.030), (1, 0.24, 0.040)])
"""How the foot of a boot goes over into its shaft: upright all around."""
_COURT = np.array(
    [
        (0.0, 0.0930, 0.0, 0.0500), (0.08, 0.0910, 0.010, 0.0496), (0.2, 0.074, 0.0195, 0.0445), (0.4, 0.03, 0.0232, 0.0345),
        (0.6, -0.022, 0.0250, 0.0275), (0.78, -0.064, 0.0205, 0.0245), (0.9, -0.083, 0.0105, 0.0260), (1.0, -0.088, 0.0, 0.0266),
    ]
)  # fmt: skip
_CUPPED = np.array([(0, 1.45, 0.022), (0.15, 1.35, 0.018), (0.4, 0.9, 0.012), (0.7, 0.9, 0.006), (1, 0.6, 0.001)])
_PUMP = np.array(
    [
        (0.1010, 0), (0.0980, 0.0118), (0.0870, 0.0205), (0.0690, 0.0243), (0.0390, 0.0249), (0.0044, 0.0250), (-0.0340, 0.0286),
        (-0.0660, 0.0316), (-0.0930, 0.0284), (-0.1160, 0.0200), (-0.1320, 0.0112), (-0.1425, 0.0044), (-0.1462, 0),
    ]
)  # fmt: skip
"""Half of a court shoe's sole from above: narrow, with a pointed toe."""


def boot(look: Look) -> list[Part]:
    """An ankle boot, tall or laced where the words say so."""
    tall = look.says(_TALL)
    shaft = (0.34 if tall else 0.17) * look.uniform(0.95, 1.08)
    if fleece := look.says(_SHEEPSKIN):
        upper = look.plain("suede", look.note(look.colour("#a98760"), "suede"))
    else:
        upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#6b4630", period=0.04)
    sole = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    lift = 0.010 * look.uniform(0.9, 1.2)
    bed = lift + 0.020
    body = Upper(
        HALF * [0.965, 0.94], lambda x: bed + 0 * x, _ankle(), (0.030, 0.055), _UPRIGHT, shaft + bed, 0.20 if tall else 0.0
    )  # fmt: skip
    dark, edge = toned(upper, 0.62), outline()
    welt = look.plain("leather", mix(srgb(look.noted["rgb"]), (120, 86, 56), 0.5)).but(bump=None)
    parts = [
        body.skin(upper, (0.3, 0.3)),
        body.rim(1.0, 0.0028, dark),
        slab(edge, 0.0075, 0.002, sole).moved(z=bed - 0.008),
        slab(edge * 0.985, 0.006, 0.001, toned(sole, 0.7)).moved(z=bed - 0.011),
        _heel_block(edge * 0.985, bed - 0.006, sole),
        *_counter(body, upper, dark),
    ]
    if not look.says(_RAIN):
        parts += _welt(edge, bed, welt, look.plain("cotton", "#e6d6b4").but(bump=None))
    if look.says(_LACED):
        parts += _lacing(body, upper, look.part("laces", look.plain("cotton", "#efe6d4")))
        parts += _toe_cap(body, upper, dark)
    elif fleece:
        parts.append(body.rim(1.0, 0.0085, look.plain("wool", "#efe6d2")))
    elif not tall:
        tab = body.at(0.0, np.linspace(1.80, 2.02, 8), 0.002)
        parts += [
            *_elastic(body, look.plain("knit", "#232325")),
            tube(tab, 0.009, dark, flatten=0.14, up=(1, 0, 0), segments=16),
        ]
    else:
        parts.append(_back_seam(body, dark))
    return [bent(part, lambda v: _on_its_ball(v, bed - 0.011)) for part in parts]


def _level(edge: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    return np.stack([edge[:, 0], edge[:, 1], np.full(len(edge), height)], -1)


def _counter(body: Upper, leather: Material, thread: Material) -> list[Part]:
    """The piece around the heel, with two rows of stitches."""
    t = np.linspace(0, 1, 24)
    half = 0.27 - 0.17 * t**1.6
    panel = body.patch(0.0, 0.95, -half, half, toned(leather, 0.93))
    return [panel, *(body.seam(side * (half - by), 0.95 * t, thread) for side in (-1, 1) for by in (0.010, 0.022))]


def _toe_cap(body: Upper, leather: Material, thread: Material) -> list[Part]:
    t = np.linspace(0, 1, 24)
    half = 0.25 * np.sqrt(np.clip(1 - t**2, 0, 1)) + 0.01
    way = np.concatenate([1 - half, (1 + half)[::-1]]), np.concatenate([t, t[::-1]])
    return [
        body.patch(0.0, 0.62, 1 - half, 1 + half, toned(leather, 0.93)),
        *(body.seam(1 + (way[0] - 1) * by, 0.60 * by * way[1], thread) for by in (0.96, 0.88)),
    ]


def _back_seam(body: Upper, leather: Material) -> Part:
    """The piping up the back of a tall shaft."""
    return tube(body.at(0.0, np.linspace(0.95, 1.97, 60), 0.0004), 0.0017, leather, segments=10)


def _welt(edge: NDArray[np.float64], height: float, leather: Material, thread: Material) -> list[Part]:
    """The strip that joins upper and sole, and its stitches."""
    return [
        slab(edge * 1.004, 0.0042, 0.0014, leather).moved(z=height - 0.0005),
        stitches(_level(edge * 0.992, height + 0.0038), thread, closed=True),
    ]


def _on_its_ball(points: Floats, heel: float) -> Floats:
    """Points [n, 3] of a shoe whose sole was level: it goes down before the heel, so many metres high, and its toe is a little up."""
    t = np.clip((0.050 - points[:, 0]) / 0.085, 0, 1)
    down = heel * (3 * t**2 - 2 * t**3) - 0.007 * np.clip((-0.095 - points[:, 0]) / 0.06, 0, 1) ** 2
    return points - np.stack([0 * down, 0 * down, down], -1).astype(points.dtype)


def _ankle() -> NDArray[np.float64]:
    """Where the foot of a boot ends and its shaft begins: a ring, higher in front."""
    share = np.linspace(0, 1, 13)
    angle = np.pi * share**0.75
    return np.stack([share, 0.083 + 0.053 * np.cos(angle), 0.041 * np.sin(angle), 0.083 - 0.012 * np.cos(angle)], -1)


def _heel_block(edge: NDArray[np.float64], height: float, sole: Material) -> Part:
    return slab(edge[edge[:, 0] > 0.055], height, 0.002, sole)


def _elastic(body: Upper, cloth: Material) -> list[Part]:
    """Stretch panels at both sides of an ankle."""
    t = np.linspace(0, 1, 20)
    middle, half = 0.335 + 0.02 * t, 0.045 + 0.085 * t
    return [body.patch(0.86, 1.93, side * middle - half, side * middle + half, cloth, 0.0006) for side in (-1, 1)]


def _lacing(body: Upper, leather: Material, lace: Material) -> list[Part]:
    """Edges with eyelets on both sides of the instep and the shin, and laces across."""
    steps = np.linspace(0, 1, 9)
    up, around = np.interp(steps, [0, 0.5, 1], [0.70, 1.0, 1.85]), np.interp(steps, [0, 0.5, 1], [0.89, 0.84, 0.80])
    parts, dark = [], _eyelet(leather)
    for side in (-1, 1):
        t = np.linspace(0, 1, 30)
        at, lean = np.interp(t, steps, up), np.interp(t, steps, around)
        grid = body.at(
            side * (lean[:, None] + [-0.09, -0.088, 0.045, 0.047]),
            at[:, None] + 0 * lean[:, None],
            np.array([0, 0.0014, 0.0014, 0]),
        )
        parts.append(loft(grid, toned(leather, 0.86), closed=False, flip=side < 0))
        parts.append(body.seam(side * (lean - 0.075), at, toned(leather, 0.6)))
        for place, out in zip(body.at(side * around, up, 0.0012), body.at(side * around, up, 0.003), strict=True):
            parts.append(tube([place, out], 0.0032, dark, segments=10))
    for k in range(len(steps) - 1):
        for side in (-1, 1):
            across = np.linspace(side * around[k], side * (2 - around[k + 1]), 16)
            parts.append(
                tube(
                    body.at(across, np.linspace(up[k], up[k + 1], 16), 0.0035 + 0.001 * (side > 0)),
                    0.0026,
                    lace,
                    flatten=0.6,
                    segments=10,
                )
            )
    return parts


def _eyelet(leather: Material) -> Material:
    return toned(leather, 0.35).but(bump=None, roughness=0.3)


def court_shoe(look: Look) -> list[Part]:
    """A shoe cut low, with a heel as the words say: high unless it is flat."""
    flat = look.says(_FLAT)
    high = 0.012 if flat else 0.085 * look.uniform(0.85, 1.1)
    upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#1d1d1f", period=0.04)
    under = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    half = HALF * [0.77, 0.68] + [-0.011, 0] if flat else _PUMP

    def floor(x: Floats) -> Floats:
        """The upper side of the sole over the ground."""
        t = np.clip((x + 0.055) / 0.135, 0, 1)
        return np.asarray(0.006 + high * (3 * t**2 - 2 * t**3))

    def on_floor(part: Part, lower: float) -> Part:
        return bent(part, lambda v: v + np.stack([0 * v[:, 0], 0 * v[:, 0], floor(v[:, 0]) - lower], -1))

    body = Upper(half * [1.0, 0.985], floor, _COURT, (0.013, 0.013), _CUPPED)
    sole = outline(half)
    parts = [
        body.skin(upper, (0.3, 0.3)),
        body.rim(1.0, 0.0014, toned(upper, 0.8)),
        on_floor(sole_plate(sole, 0.102 if flat else 0.052, 1.0, 0.0045, under), 0.004),
        on_floor(
            sole_plate(sole * [0.97, 1], 0.102, 0.92, 0.002, look.plain("leather", "#d9c3a5").but(bump=None)), -0.001
        ),
    ]
    if flat:
        above = _strap(body, upper) if look.says(_STRAPPED) else _bow(body, upper)
        return [*parts, *above, slab(sole[sole[:, 0] > 0.05], 0.0155, 0.002, under)]
    tip = tube([(0.0905, 0, 0.0030), (0.0905, 0, 0.0012)], 0.0060, under, segments=20)
    if look.says(_BLOCK):
        return [*parts, heel_under(sole, floor, upper, 0.62)]
    return [*parts, heel_under(sole, floor, upper, 0.185), tip]


def sole_plate(sole: NDArray[np.float64], end: float, share: float, thick: float, material: Material) -> Part:
    """A plate in the outline of a sole, up to x = `end` and that share of it wide, of many strips across: it can be bent."""
    side = sole[sole[:, 1] >= 0]
    side = side[np.argsort(side[:, 0])]
    x = np.linspace(float(side[0, 0]) + 1e-4, min(end, float(side[-1, 0]) - 1e-4), 70)
    half = np.interp(x, *side.T) * share
    across = np.array([-1, -0.5, 0, 0.5, 1, 1, 0.5, 0, -0.5, -1])
    rows = np.stack(np.broadcast_arrays(x[:, None], half[:, None] * across, np.repeat([0, thick], 5)[None]), -1)
    return loft(rows.astype(np.float64), material)


def heel_under(
    sole: NDArray[np.float64],
    floor: Callable[[Floats], Floats],
    leather: Material,
    least: float,
    start: float = 0.036,
) -> Part:
    """A heel that begins as wide as the sole above it, from x = `start` on, and narrows to that share of it at its tip."""
    seat = sole[sole[:, 0] > start] * [1.0, 0.985]
    t = np.linspace(0, 1, 18)[:, None]
    size = np.interp(t, [0, 0.06, 0.16, 0.30, 0.5, 0.8, 1], [1, 0.93, 0.70, 0.44, 0.29, 0.20, 0.185]).clip(least)
    middle, back = seat.mean(0), float(seat[:, 0].max())
    # Behind it goes straight on from the shoe; below the waist it stands upright.
    x = back + (seat[:, 0] - back) * size - np.interp(t, [0, 0.25, 0.6, 1], [0.0, 0.0015, 0.0040, 0.0042])
    y = middle[1] + (seat[:, 1] - middle[1]) * size
    z = (floor(seat[:, 0]) + 0.001) * (1 - t) ** 1.05 + 0.0022 * t
    rows = np.stack([x, y, z], -1)
    end = rows[-1].mean(0)
    return loft(np.concatenate([rows, (rows[-1] * 0.02 + end * 0.98)[None]])[::-1], leather)


def _strap(body: Upper, leather: Material) -> list[Part]:
    """A strap over the instep, from one side to the other."""
    ends = [body.at(side * 0.50, 0.93, 0.001) for side in (-1, 1)]
    middle = (ends[0] + ends[1]) / 2 + [0, 0, 0.011]
    way = smooth_path([ends[0], 0.55 * ends[0] + 0.45 * middle + [0, 0, 0.0045], middle, 0.55 * ends[1] + 0.45 * middle + [0, 0, 0.0045], ends[1]], 40)  # fmt: skip
    return [tube(way, 0.0105, leather, flatten=0.16, up=(1, 0, 0), segments=18)]


def _bow(body: Upper, leather: Material) -> list[Part]:
    """A small bow on the toe of a ballet flat."""
    knot = body.at(1.0, 0.97, 0.0035)
    a = np.linspace(0, 2 * np.pi, 33)
    loop = np.stack([0.0045 * np.sin(a), 0.0075 - 0.0075 * np.cos(a), 0.0012 * np.sin(2 * a) + 0.0006 * np.cos(a)], -1)
    loops = [
        tube(knot + loop * [1, side, 1], 0.0016, leather, flatten=0.6, segments=10, caps=False) for side in (-1, 1)
    ]
    return [*loops, tube(knot + np.outer([-1, 1], [0, 0.0016, 0]), 0.0024, leather, segments=12)]
