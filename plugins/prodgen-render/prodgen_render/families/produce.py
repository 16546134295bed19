"""Fruit, three of a kind together."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from prodgen_render.families.berries import BERRIES, heap
from prodgen_render.families.greens import greens
from prodgen_render.families.vegetables import CARROTS, MELON, PINEAPPLE, carrots, pineapple, watermelon
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix, texture
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, revolve, smooth_path, tube

_NO_PINEAPPLE = ("菠萝蜜",)
_LONG = ("banana", "bananas", "香蕉")
_KINDS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("lime", "limes", "青柠"), "lemon", "#86b13c"),
    (("lemon", "lemons", "柠檬"), "lemon", "#f2cb3f"),
    (("pear", "pears", "梨"), "pear", "#c9b64a"),
    (("kiwi", "kiwis", "猕猴桃"), "oval", "#83653c"),
    (("nectarine", "nectarines", "apricot", "apricots", "油桃", "杏"), "peach", "#ef9a4c"),
    (("peach", "peaches", "桃"), "peach", "#f0a283"),
    (("plum", "plums", "李子"), "peach", "#5d2c4a"),
    (("tomato", "tomatoes", "番茄", "西红柿"), "orange", "#d63a2a"),
    (("avocado", "avocados", "牛油果"), "pear", "#46552f"),
    (("sweet potato", "sweet potatoes", "红薯", "番薯"), "oval", "#a5533f"),
    (("potato", "potatoes", "土豆", "马铃薯"), "oval", "#c7a468"),
    (("egg", "eggs", "鸡蛋", "鸭蛋", "土鸡蛋"), "egg", "#d9ab80"),
    (("mango", "mangoes", "mangos", "芒果"), "oval", "#efa63a"),
    (
        ("orange", "oranges", "tangerines", "clementines", "grapefruit", "grapefruits", "橙", "橘", "柚"),
        "orange",
        "#ee8a25",
    ),
    (("pomegranate", "pomegranates", "石榴"), "apple", "#b5423a"),
    (("apple", "apples", "苹果", "红富士"), "apple", "#b3262a"),
)
"""Words, shape and usual colour."""
_PLACES = ((-0.046, -0.022, 10.0), (0.044, -0.012, 130.0), (0.0, 0.056, 250.0))
"""Where three stand (metres) and how they are turned (degrees)."""


def fruit(look: Look) -> list[Part]:
    """Apples, oranges, lemons, pears, peaches and what is shaped like them, a bunch of bananas, a heap of berries, or vegetables."""
    if look.says(_LONG):
        return _bananas(look)
    for words, draw in ((MELON, watermelon), (PINEAPPLE, pineapple), (CARROTS, carrots)):
        if look.says(words) and not look.says(_NO_PINEAPPLE):
            return draw(look)
    if (grown := greens(look)) is not None:
        return grown
    if berry := next((kind for kind in BERRIES if look.says(kind.words)), None):
        return heap(look, berry)
    kind = next(((shape, code) for words, shape, code in _KINDS if look.says(words)), None)
    if kind is None:
        look.noted["instead"] = "apples"
    shape, usual = kind or ("apple", "#b3262a")
    size = look.uniform(0.92, 1.08)
    skin = _skin(look, shape, look.colour(usual))
    parts = []
    for number, (x, y, turn) in enumerate(_PLACES):
        each = size * look.uniform(0.95, 1.05)
        parts += [part.scaled(each).turned(turn).moved(x=x, y=y) for part in _one(look, shape, skin, number)]
    return parts


def _skin(look: Look, shape: str, shade: Srgb) -> Material:
    """Streaks and specks run from the stalk down, and pores dot what is of citrus."""
    name = "plastic" if shape == "apple" else "matte plastic"
    height, width = 256, 512
    rng = np.random.default_rng(int(look.uniform(1, 1e6)))
    # A peach blushes, an apple pales.
    pale = (
        mix(shade, (196, 52, 58), 0.75)
        if shape == "peach"
        else mix(shade, (250, 214, 120), 0.55 if shape == "apple" else 0.25)
    )
    streaks = np.asarray(
        Image.fromarray((rng.random((8, 90)) * 255).astype(np.uint8))
        .resize((width, height), Image.Resampling.BICUBIC)
        .filter(ImageFilter.GaussianBlur(2))
    )
    share = np.clip((streaks / 255.0 - 0.42) * (1.5 if shape == "apple" else 0.6), 0, 0.75)
    v = np.linspace(1, 0, height)[:, None]
    share = np.clip(share + np.clip(v - 0.88, 0, 1) * (5 if shape == "apple" else 1.5), 0, 0.9)
    picture = np.asarray(shade)[None, None] * (1 - share[..., None]) + np.asarray(pale)[None, None] * share[..., None]
    specks = rng.random((height, width)) > (0.996 if shape == "apple" else 0.985)
    picture[specks] = mix(shade, (255, 240, 200) if shape == "apple" else (90, 40, 0), 0.3)
    blurred = Image.fromarray(picture.round().astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return look.plain(name, shade).but(
        colour=(1.0, 1.0, 1.0), texture=texture(blurred), roughness=0.42, coat=0.25 if shape == "apple" else 0.1
    )


def _profile(shape: str) -> Floats:
    """Radius and height from the bottom's dimple to the stalk's, in metres."""
    corners = {
        "apple": [
            (0.0, 0.010),
            (0.008, 0.005),
            (0.020, 0.0),
            (0.033, 0.012),
            (0.0405, 0.036),
            (0.037, 0.058),
            (0.026, 0.070),
            (0.013, 0.070),
            (0.005, 0.063),
            (0.0, 0.059),
        ],
        "orange": [
            (0.0, 0.0015),
            (0.014, 0.0),
            (0.030, 0.012),
            (0.0385, 0.036),
            (0.033, 0.060),
            (0.018, 0.0725),
            (0.006, 0.0735),
            (0.0, 0.072),
        ],
        "lemon": [
            (0.0, 0.0),
            (0.006, 0.004),
            (0.018, 0.014),
            (0.0275, 0.038),
            (0.022, 0.062),
            (0.009, 0.076),
            (0.006, 0.082),
            (0.0, 0.085),
        ],
        "pear": [
            (0.0, 0.006),
            (0.010, 0.001),
            (0.026, 0.007),
            (0.0365, 0.031),
            (0.031, 0.054),
            (0.0205, 0.074),
            (0.0155, 0.090),
            (0.008, 0.098),
            (0.0, 0.097),
        ],
        "oval": [
            (0.0, 0.0),
            (0.014, 0.003),
            (0.027, 0.018),
            (0.033, 0.042),
            (0.030, 0.064),
            (0.017, 0.083),
            (0.006, 0.088),
            (0.0, 0.088),
        ],
        "egg": [
            (0.0, 0.0),
            (0.010, 0.0014),
            (0.020, 0.010),
            (0.0225, 0.023),
            (0.0190, 0.040),
            (0.0115, 0.052),
            (0.005, 0.0565),
            (0.0, 0.0575),
        ],
        "peach": [
            (0.0, 0.006),
            (0.012, 0.001),
            (0.030, 0.012),
            (0.038, 0.034),
            (0.033, 0.056),
            (0.020, 0.067),
            (0.009, 0.066),
            (0.0, 0.058),
        ],
    }[shape]
    return smooth_path(np.asarray(corners), 70)


def _one(look: Look, shape: str, skin: Material, number: int) -> list[Part]:
    profile = _profile(shape).clip([1e-4, -1], None)
    lobes = 5 if shape == "apple" else 0

    def uneven(v: Floats) -> Floats:
        a = np.arctan2(v[:, 1], v[:, 0])
        wave = 0.012 * np.sin(2 * a + number) + 0.018 * np.cos(lobes * a) * (lobes > 0)
        if shape == "peach":
            wave = wave - 0.07 * np.exp(-((a / 0.16) ** 2))  # its furrow
        return np.asarray(v * np.stack([1 + wave, 1 + wave, 1 + 0 * wave], -1), np.float32)

    body = bent(revolve(profile, skin, 96), uneven)
    top = float(profile[-1, 1])
    brown, green = look.plain("matte plastic", "#5a4028"), look.plain("matte plastic", "#5f7d3a")
    if shape in ("lemon", "oval", "egg"):
        thick, long = float(profile[:, 0].max()), float(profile[-1, 1])
        return [body.moved(z=-long / 2).turned(78 + 9 * number, "y").moved(z=thick)]
    if shape in ("orange", "peach"):
        return [body, _star(green, top)] if shape == "orange" else [body]
    bow = 0.004 * (1 if number % 2 else -1)
    stalk = smooth_path([(0, 0, top - 0.003), (bow * 0.4, 0, top + 0.012), (bow * 2, 0.002, top + 0.025)], 20)
    parts = [body, tube(stalk, np.linspace(0.0013, 0.0021, 20), brown, segments=12)]
    return [*parts, _leaf(green, top)] if shape == "apple" and number == 0 else parts


def _star(green: Material, top: float) -> Part:
    """What is left of the stalk of an orange."""
    a = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 0.0042 * (1 + 0.3 * np.cos(5 * a))
    rings = [
        np.stack([radius * k * np.cos(a), radius * k * np.sin(a), np.full(60, top + z)], -1)
        for k, z in ((1, -0.0012), (0.8, 0.0008), (0.02, 0.0012))
    ]
    return loft(np.stack(rings), green)


def _leaf(green: Material, top: float) -> Part:
    t, s = np.linspace(0, 1, 18), np.linspace(0, 2 * np.pi, 20, endpoint=False)
    half = 0.0115 * np.sin(np.pi * t**0.8).clip(0.03)
    sections = np.empty((18, 20, 3))
    sections[..., 0] = 0.002 + 0.040 * t[:, None] + 0 * s
    sections[..., 1] = -half[:, None] * np.cos(s) - 0.006 * t[:, None]
    sections[..., 2] = (
        top + 0.010 + (0.010 * np.sin(2.2 * t))[:, None] + 0.25 * half[:, None] * np.abs(np.cos(s)) + 0.0005 * np.sin(s)
    )
    return loft(sections, green)


def _bananas(look: Look) -> list[Part]:
    """A hand that lies on its crown and its tips: bent fruit of five sides, whose necks grow together."""
    skin = look.plain("matte plastic", look.colour("#f0c93a")).but(bump=None, roughness=0.48, coat=0.15, texture=None)
    shade = np.array(skin.colour)
    count, parts = 5, []
    for number in range(count):
        side = number - (count - 1) / 2
        long = 0.195 * look.uniform(0.93, 1.05)
        finger, tip = _finger(long, skin, shade, 2.3 * number)
        turn = 15.5 * side + look.uniform(-1.5, 1.5)
        lift = 0.004 * look.uniform(-1, 1) - 0.0045 * abs(side)
        parts += [
            part.moved(x=-0.010).turned(7 * side, "x").turned(turn).moved(y=0.0085 * side, z=lift)
            for part in (finger, tip)
        ]
    parts.append(_crown(skin, shade))
    parts = [part.turned(-8).moved(x=-0.085) for part in parts]
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    return [part.moved(z=-low) for part in parts]


def _finger(long: float, skin: Material, shade: Floats, seed: float) -> tuple[Part, Part]:
    """One banana from its neck at the origin along x, over an arch, and the dried end of its blossom."""
    rows, around = 46, np.linspace(0, 2 * np.pi, 30, endpoint=False)
    t = np.linspace(0, 1, rows)
    bend = 0.55 - 0.15 * np.sin(2 * t) - 1.45 * t**1.2
    step = long / rows
    line = np.stack([np.cumsum(np.cos(bend)) * step, 0 * t, np.cumsum(np.sin(bend)) * step], -1)
    radius = 0.0182 * np.interp(
        t,
        [0, 0.08, 0.15, 0.24, 0.36, 0.55, 0.76, 0.88, 0.95, 1],
        [0.34, 0.36, 0.46, 0.74, 0.94, 1.0, 0.95, 0.70, 0.40, 0.24],
    )
    # Five flat sides with blunt ridges between them, that fade towards neck and tip.
    ridge = 0.075 * np.cos(5 * around + 0.6) * np.interp(t, [0, 0.2, 0.4, 0.8, 1], [0.9, 1.0, 0.75, 0.8, 1.2])[:, None]
    reach = radius[:, None] * (1 + ridge)
    normal = np.stack([-np.sin(bend), 0 * t, np.cos(bend)], -1)
    rings = line[:, None] + reach[..., None] * (
        np.cos(around)[None, :, None] * np.array([0, 1.0, 0]) + np.sin(around)[None, :, None] * normal[:, None]
    )
    end = line[-1] + (rings[-1] - line[-1]) * 0.05
    body = loft(np.concatenate([rings, end[None]]), skin, flip=True)
    tip = tube(
        [line[-1] - [0.001, 0, 0], line[-1] + np.array([np.cos(bend[-1]), 0, np.sin(bend[-1])]) * 0.006],
        [0.0050, 0.0034],
        skin.but(colour=(0.035, 0.024, 0.014), coat=0.0),
        segments=12,
    )
    return body.but(colours=_ripeness(np.append(t, 1.0), len(around) + 1, shade, seed)), tip


def _ripeness(t: Floats, columns: int, shade: Floats, seed: float) -> Floats:
    """Factors on the colour, [rows * columns, 3]: greener at the neck, brown along the ridges' bruises and towards the tip."""
    angle = np.linspace(0, 2 * np.pi, columns)
    green, brown = np.array([0.16, 0.22, 0.035]), np.array([0.10, 0.055, 0.02])
    neck = np.interp(t, [0, 0.10, 0.30, 1], [0.75, 0.5, 0.0, 0.0])[:, None]
    freckled = np.sin(31 * t[:, None] + 3 * angle + seed) * np.sin(17 * t[:, None] - 4 * angle + 2 * seed)
    spots = np.clip(freckled - 0.80, 0, 1) * 1.7 * np.interp(t, [0.2, 0.4, 0.9, 1], [0, 1, 1, 0])[:, None]
    end = np.interp(t, [0, 0.93, 1], [0, 0, 0.85])[:, None]
    stalk = np.interp(t, [0, 0.05], [0.5, 0.0])[:, None]
    colour = shade + 0 * angle[None, :, None]
    for towards, share in ((green, neck + 0 * angle), (brown, spots), (brown, np.maximum(end, stalk) + 0 * angle)):
        colour = colour + (towards - colour) * share[..., None]
    return (colour / np.maximum(shade, 1e-3)).reshape(-1, 3).astype(np.float32)


def _crown(skin: Material, shade: Floats) -> Part:
    """What the necks grow out of, cut off from the stem."""
    path = smooth_path([(-0.030, 0.0, -0.004), (-0.018, 0.0, -0.001), (-0.002, 0.0, 0.005), (0.022, 0.0, 0.018)], 16)
    wide = np.interp(np.linspace(0, 1, 16), [0, 0.3, 0.75, 1], [0.0085, 0.0110, 0.0145, 0.010])
    part = tube(path, wide, skin, segments=24, flatten=1.75, up=(0, 1, 0))
    share = np.clip((part.vertices[:, 0] + 0.034) / 0.030, 0, 1)[:, None]
    tone = np.array([0.075, 0.045, 0.02]) * (1 - share) + np.array([0.30, 0.27, 0.05]) * share
    return part.but(colours=(tone / np.maximum(shade, 1e-3)).astype(np.float32))
