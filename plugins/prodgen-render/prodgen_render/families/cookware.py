"""Pan, pot and kettle."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import METALS
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, revolve, smooth_path, tube

_METALS = ("steel", "iron", "aluminium", "copper", "metal", "ceramic")
_KETTLES = ("steel", "matte plastic", "plastic", "glass", "iron", "copper", "ceramic", "metal")
_GOOSENECK = ("gooseneck", "pour over", "pour-over", "鹅颈", "细口", "手冲")
_TEAPOTS = ("teapot", "teapots", "tea pot", "泡茶壶", "紫砂壶", "茶壶")
_BOILED = ("electric", "电", "养生", "煮茶", "烧水")
_DEEP = ("wok", "saute", "sauté", "炒锅")
_ONE_HANDLE = ("saucepan", "saucepans", "sauce pan", "milk pan", "奶锅", "雪平锅", "单柄")
_CLAY = ("砂锅", "clay pot", "claypot", "donabe")
_ENAMELLED = ("dutch oven", "enamel", "enameled", "enamelled", "珐琅", "搪瓷")


def pan(look: Look) -> list[Part]:
    """A frying pan; a wok is deeper."""
    radius = 0.14 * look.uniform(0.88, 1.1)
    deep = (0.095 if look.says(_DEEP) else 0.048) * look.uniform(0.92, 1.1)
    dark = look.material_name == ""
    metal = look.main("iron" if dark else "steel", *_METALS, extent=(0.5, 0.1), default="#2a2b2e")
    inside = look.plain("iron", "#2b2c2f").but(roughness=0.45) if dark else metal
    outer = lathe(
        [(1e-4, 0), (radius * 0.72, 0), (radius, deep), (radius - 0.003, deep + 0.001)],
        [0, deep * 0.4, 0.002, 0],
        metal,
        112,
    )
    inner = lathe(
        [(radius - 0.003, deep + 0.001), (radius * 0.71, 0.004), (1e-4, 0.004)], [0, deep * 0.4, 0], inside, 112
    )
    grip = look.part("handle", look.plain("matte plastic", "#1f2022"), metal=True)
    path = smooth_path(
        [(radius - 0.004, 0, deep * 0.75), (radius + 0.05, 0, deep + 0.012), (radius + 0.19, 0, deep + 0.030)], 40
    )
    thick = np.interp(np.linspace(0, 1, 40), [0, 0.12, 0.35, 1], [0.013, 0.008, 0.012, 0.013])
    return [part.turned(-35, "z") for part in (outer, inner, tube(path, thick, grip, flatten=0.6, segments=24))]


def pot(look: Look) -> list[Part]:
    """A pot with two handles and a lid; one long handle where it is a saucepan."""
    radius, high = 0.115 * look.uniform(0.9, 1.1), 0.12 * look.uniform(0.8, 1.2)
    clay = look.says(_CLAY)
    names: tuple[str, ...] = ("lacquer", *_METALS) if look.says(_ENAMELLED) else _METALS
    names = ("stoneware", "terracotta", "ceramic") if clay else names
    metal = look.main(*names, extent=(2 * np.pi * radius, high), period=0.05, default="#5a4a40" if clay else None)
    body = lathe(
        [(1e-4, 0), (radius * 0.97, 0), (radius, high), (radius - 0.003, high), (radius - 0.003, 0.004), (1e-4, 0.004)],
        [0, 0.014, 0.001, 0.001, 0.012, 0],
        metal,
        112,
    )
    lid = lathe(
        [(radius * 1.015, high), (radius * 1.015, high + 0.004), (radius * 0.6, high + 0.026), (1e-4, high + 0.030)],
        [0, 0.001, 0.03, 0],
        look.part("lid", metal, metal=True),
        112,
    )
    grip = look.part("handle", look.plain("steel") if metal.name in METALS else metal, metal=True)
    knob = lathe(
        [
            (1e-4, high + 0.028),
            (0.008, high + 0.030),
            (0.008, high + 0.042),
            (0.018, high + 0.048),
            (0.016, high + 0.058),
            (1e-4, high + 0.060),
        ],
        [0, 0.001, 0.003, 0.004, 0.004, 0],
        grip,
        48,
    )
    if look.says(_ONE_HANDLE):
        way = smooth_path(
            [(radius - 0.004, 0, high * 0.80), (radius + 0.05, 0, high * 0.86), (radius + 0.17, 0, high * 0.95)], 40
        )
        thick = np.interp(np.linspace(0, 1, 40), [0, 0.2, 0.4, 1], [0.011, 0.007, 0.011, 0.012])
        long = tube(way, thick, look.part("handle", look.plain("matte plastic", "#1f2022"), metal=True), flatten=0.6)
        return [part.turned(-35) for part in (body, lid, knob, long)]
    loops = []
    for side in (-1, 1):
        x = side * (radius - 0.004)
        loop = [
            (x, -0.035, high * 0.80),
            (x + side * 0.032, -0.030, high * 0.84),
            (x + side * 0.036, 0, high * 0.85),
            (x + side * 0.032, 0.030, high * 0.84),
            (x, 0.035, high * 0.80),
        ]
        loops.append(tube(smooth_path(loop, 40), 0.0065, grip, flatten=0.7, segments=18))
    return [body, lid, knob, *loops]


def kettle(look: Look) -> list[Part]:
    """A kettle on its base, its spout to the left: a beak in its rim, a long one as a goose's neck, or a teapot where the words say so."""
    if look.says(_TEAPOTS) and not look.says(_BOILED):
        return _teapot(look)
    radius, high = 0.082 * look.uniform(0.94, 1.06), 0.20 * look.uniform(0.92, 1.1)
    body_material = look.main(*_KETTLES, extent=(2 * np.pi * radius, high))
    dark = look.plain("matte plastic", "#232427")
    base = lathe([(1e-4, 0), (radius * 1.02, 0), (radius * 1.02, 0.018), (1e-4, 0.018)], [0, 0.004, 0.006, 0], dark, 96)
    body = lathe(
        [(1e-4, 0.02), (radius, 0.02), (radius * 0.98, high * 0.35), (radius * 0.70, high), (1e-4, high)],
        [0, 0.008, 0.05, 0.006, 0],
        body_material,
        160,
    )
    lid = lathe(
        [(radius * 0.68, high), (radius * 0.62, high + 0.014), (1e-4, high + 0.018)],
        [0, 0.006, 0],
        look.part("lid", dark, metal=True),
        96,
    )
    knob = lathe(
        [(1e-4, high + 0.016), (0.011, high + 0.018), (0.013, high + 0.03), (1e-4, high + 0.032)],
        [0, 0.002, 0.004, 0],
        dark,
        40,
    )
    grip = look.part("handle", dark, metal=True)
    handle = [
        (radius * 0.62, 0, high * 0.97),
        (radius * 1.15, 0, high * 1.02),
        (radius * 1.50, 0, high * 0.82),
        (radius * 1.42, 0, high * 0.48),
        (radius * 0.96, 0, high * 0.30),
    ]
    spout: list[Part] = []
    if look.says(_GOOSENECK):
        neck = [(-0.9, 0.22), (-1.30, 0.30), (-1.42, 0.62), (-1.52, 0.88), (-1.86, 0.96)]
        way = smooth_path([(x * radius, 0, z * high) for x, z in neck], 60)
        spout.append(tube(way, np.linspace(0.0125, 0.0062, 60), body_material, segments=24))
    else:

        def beaked(v: Floats) -> Floats:
            """The rim runs out to a lip, from three fifths of the height on."""
            aside = np.arctan2(v[:, 1], -v[:, 0])
            rise = np.clip((v[:, 2] / high - 0.60) / 0.40, 0, 1)
            out = (
                radius * 0.52 * rise**1.5 * np.exp(-((aside / 0.42) ** 2)) * (np.hypot(v[:, 0], v[:, 1]) > 0.3 * radius)
            )
            return np.asarray(v + np.stack([-out, 0 * out, 0.06 * out], -1), np.float32)

        body = bent(body, beaked)
    return [
        body,
        base,
        lid,
        knob,
        *spout,
        tube(smooth_path(handle, 60), 0.011, grip, flatten=0.75, up=(0, 1, 0), segments=24),
    ]


def _teapot(look: Look) -> list[Part]:
    """A round belly, its lid with a knob, a spout to the left and a loop to the right, all of one stuff."""
    radius = 0.078 * look.uniform(0.94, 1.06)
    high = 0.125 * look.uniform(0.92, 1.1)
    stuff = look.main(
        "ceramic", "porcelain", "stoneware", "glass", "iron", "terracotta", extent=(0.5, high), default="#f4f3ef"
    )
    plain = stuff if stuff.texture is None else look.solid("ceramic", "porcelain", "stoneware", "glass", "iron")
    side = [(0.62, 0.0), (0.88, 0.14), (1.0, 0.42), (0.90, 0.74), (0.58, 0.95), (0.46, 1.0)]
    wall = smooth_path(np.asarray(side) * [radius, high], 60)
    body = revolve(np.concatenate([[[1e-4, 0.002]], wall]), stuff, 128)
    cover = smooth_path(np.asarray([(0.50, 0.985), (0.42, 1.06), (0.20, 1.13), (0.075, 1.15)]) * [radius, high], 40)
    ball = smooth_path(
        np.asarray([(0.075, 1.15), (0.08, 1.18), (0.17, 1.25), (0.13, 1.33), (1e-3, 1.35)]) * [radius, high], 40
    )
    lid = look.part("lid", plain)
    neck = [(-0.86, 0.34), (-1.28, 0.50), (-1.46, 0.86), (-1.74, 1.02)]
    spout = smooth_path([(x * radius, 0, z * high) for x, z in neck], 60)
    loop = [(0.84, 0.80), (1.28, 0.98), (1.62, 0.74), (1.44, 0.34), (0.96, 0.24)]
    grip = smooth_path([(x * radius, 0, z * high) for x, z in loop], 60)
    return [
        body,
        revolve(cover, lid, 112),
        revolve(ball.clip([1e-4, 0], None), lid, 64),
        tube(spout, np.interp(np.linspace(0, 1, 60), [0, 0.4, 1], [0.026, 0.0155, 0.0085]), plain, segments=28),
        tube(grip, 0.0072, look.part("handle", plain), flatten=0.8, up=(0, 1, 0), segments=24),
    ]
