"""Boot, court shoe and sandal. One shoe, its toe to the left, as the sneaker."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.shoes import laces_across, outline
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, slab, smooth_path, tube
from prodgen_render.shapes.implicit import Field, capsule, clip, cut, ellipsoid, in_depth, join, mesh

_UPPERS = ("leather", "canvas", "velvet", "rubber", "denim", "nylon", "knit", "wool", "silk")
_TALL = (
    "knee high",
    "knee-high",
    "wellington",
    "wellies",
    "rain boot",
    "rain boots",
    "rubber boots",
    "长靴",
    "雨靴",
    "高筒",
)
_LACED = (
    "lace-up",
    "lace up",
    "hiking",
    "combat",
    "work boot",
    "work boots",
    "martin",
    "martens",
    "马丁",
    "登山",
    "系带",
)
_THONGS = ("flip flop", "flip flops", "flip-flop", "flip-flops", "thong", "人字拖")
_SLIPPERS = ("slipper", "slippers", "slide", "slides", "slip-on", "拖鞋", "凉拖")
_FLAT = ("flat", "flats", "ballet", "ballerina", "平底", "芭蕾")


def boot(look: Look) -> list[Part]:
    """An ankle boot, tall or laced where the words say so."""
    shaft = (0.34 if look.says(_TALL) else 0.17) * look.uniform(0.95, 1.08)
    upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#6b4630", period=0.04)
    sole = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    lift = 0.010 * look.uniform(0.9, 1.2)

    def solid(p: Floats) -> Floats:
        leg = capsule(p, (0.088, 0, 0.05), (0.082, 0, shaft + 0.05), 0.040, 0.047)
        instep = capsule(p, (0.085, 0, 0.055), (-0.060, 0, 0.026), 0.043, 0.037)
        toe = ellipsoid(p, (-0.088, 0, 0.026), (0.060, 0.045, 0.035))
        return join(join(leg, instep, 0.045), toe, 0.03)

    def shell(p: Floats) -> Floats:
        mouth = capsule(p, (0.085, 0, shaft - 0.04), (0.082, 0, shaft + 0.12), 0.036, 0.043)
        return np.asarray(cut(solid(p), mouth, 0.004), np.float32)

    skin = mesh(shell, (-0.17, -0.07, -0.02), (0.17, 0.07, shaft + 0.06), 0.0055, upper)
    skin = clip(skin, np.minimum(skin.vertices[:, 2] - 0.004, np.float32(shaft) - skin.vertices[:, 2]))
    parts = [skin.moved(z=lift + 0.010), slab(outline(), lift + 0.012, 0.004, sole).moved(z=0.012)]
    heel = outline()
    parts.append(slab(heel[heel[:, 0] > 0.055], 0.014, 0.002, sole))
    parts.append(
        tube(
            [(0.136, 0, shaft - 0.01), (0.14, 0, shaft + 0.012), (0.136, 0, shaft + 0.03)],
            0.008,
            sole,
            flatten=0.3,
            up=(1, 0, 0),
        )
    )
    if look.says(_LACED):
        lace = look.part("laces", look.plain("cotton", "#efe6d4"))
        parts += [part.moved(z=lift + 0.010) for part in laces_across(solid, lace, 0.016)]
    elif shaft < 0.25:
        parts += [part.moved(z=lift + 0.010) for part in _elastic(solid, look.plain("knit", "#232325"), shaft)]
    return parts


def _elastic(field: Field, cloth: Material, shaft: float) -> list[Part]:
    """Stretch panels at both sides of an ankle."""
    t, s = np.meshgrid(np.linspace(0, 1, 18), np.linspace(-1, 1, 12), indexing="ij")
    x = 0.074 + s * (0.012 + 0.012 * t)
    z = 0.075 + (shaft - 0.09) * t
    away = in_depth(field, x, z, 0.1) + 0.0012
    return [
        loft(np.stack([x, -away, z], -1), cloth, closed=False, flip=True),
        loft(np.stack([x, away, z], -1), cloth, closed=False),
    ]


def court_shoe(look: Look) -> list[Part]:
    """A shoe cut low, with a heel as the words say: high unless it is flat."""
    flat = look.says(_FLAT)
    high = 0.012 if flat else 0.085 * look.uniform(0.85, 1.1)
    upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#1d1d1f", period=0.04)
    under = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)

    def floor(x: Floats) -> Floats:
        """The underside of the foot over the ground."""
        t = np.clip((x + 0.055) / 0.135, 0, 1)
        return np.asarray(0.004 + high * (3 * t**2 - 2 * t**3))

    def solid(p: Floats) -> Floats:
        toe = capsule(p, (-0.118, 0, 0.018), (-0.055, 0, 0.026), 0.014, 0.037)
        arch = capsule(p, (-0.055, 0, 0.026), (0.072, 0, high + 0.026), 0.037, 0.030)
        cup = capsule(p, (0.074, 0, high + 0.02), (0.080, 0, high + 0.036), 0.030, 0.029)
        return join(join(toe, arch, 0.01), cup, 0.01)

    skin = mesh(solid, (-0.15, -0.06, -0.03), (0.13, 0.06, high + 0.1), 0.0045, upper)
    mouth = capsule(skin.vertices, (-0.045, 0, 0.070), (0.070, 0, high + 0.068), 0.028, 0.034)
    skin = clip(skin, np.minimum(mouth, skin.vertices[:, 2] - floor(skin.vertices[:, 0])).astype(np.float32))
    shape = outline() * [0.77, 0.66] + [-0.011, 0]
    sole = bent(
        slab(shape, 0.004, 0.0015, under),
        lambda v: v + np.stack([0 * v[:, 0], 0 * v[:, 0], floor(v[:, 0]) - 0.003], -1),
    )
    if flat:
        return [skin, sole, slab(shape[shape[:, 0] > 0.05], 0.014, 0.002, under)]
    heel = smooth_path([(0.084, 0, high + 0.008), (0.088, 0, high * 0.6), (0.092, 0, 0.006)], 20)
    radii = np.interp(np.linspace(0, 1, 20), [0, 0.3, 1], [0.019, 0.009, 0.0048])
    return [skin, sole, tube(heel, radii, upper, segments=20)]


def sandal(look: Look) -> list[Part]:
    """An open shoe: two bands, a slipper's one broad band, or the thong of a flip-flop."""
    light = look.says((*_THONGS, *_SLIPPERS))
    names = ("rubber", *_UPPERS) if light else _UPPERS
    strap = look.main(*names, extent=(0.15, 0.15), default="#2b2c2f" if light else "#7a5236", period=0.03)
    sole = look.part("sole", look.plain("rubber", look.colour("#2b2c2f") if light else "#c9a77c")).but(bump=None)
    thick = 0.022 * look.uniform(0.8, 1.3)
    parts = [slab(outline(), thick, 0.006, sole)]
    if look.says(_THONGS):
        for side in (-1, 1):
            thong = [
                (-0.098, 0, thick),
                (-0.085, side * 0.006, thick + 0.018),
                (-0.04, side * 0.032, thick + 0.025),
                (0.02, side * 0.041, thick * 0.8),
            ]
            parts.append(tube(smooth_path(thong, 40), np.linspace(0.0045, 0.0085, 40), strap, flatten=0.4, segments=18))
    elif look.says(_SLIPPERS):
        parts.append(_band(strap, (-0.105, 0.0), thick, 0.052))
    else:
        parts += [_band(strap, (-0.095, -0.060), thick, 0.034), _band(strap, (-0.035, 0.0), thick, 0.052)]
        heel = [
            (0.055, -0.037, thick),
            (0.065, -0.04, thick + 0.03),
            (0.125, -0.02, thick + 0.052),
            (0.138, 0, thick + 0.056),
        ]
        around = heel + [(x, -y, z) for x, y, z in heel[-2::-1]]
        parts.append(tube(smooth_path(around, 60), 0.0085, strap, flatten=0.25, up=(1, 0, 0), segments=18))
    return parts


def _band(cloth: Material, across: tuple[float, float], low: float, high: float) -> Part:
    """A band over the foot, between two places along it."""
    a, x = np.linspace(0, np.pi, 40), np.linspace(*across, 12)
    edge = np.interp(x, [-0.14, -0.09, -0.055, 0.01, 0.075], [0.03, 0.044, 0.046, 0.041, 0.039])
    rise = high * np.interp(x, [x[0], x[-1]], [0.86, 1.0])
    upper = np.stack(
        np.broadcast_arrays(x[:, None], -edge[:, None] * np.cos(a), low * 0.6 + rise[:, None] * np.sin(a) ** 0.8), -1
    )
    lower = upper - np.stack([0 * upper[..., 0], 0.003 * np.sign(upper[..., 1]), 0.003 + 0 * upper[..., 0]], -1)
    return loft(np.concatenate([upper, lower[:, ::-1]], 1), cloth)
