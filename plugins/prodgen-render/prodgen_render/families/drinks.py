"""Bottles and cans."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.contents import contents_colour
from prodgen_render.families.jugs import is_large, jug
from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
)

_WIDE = (
    "juice", "smoothie", "water", "iced tea", "ice tea", "lemonade", "kombucha", "soda", "cola", "squash", "soft drink", "sports drink", "energy drink", "fanta", "sprite", "pepsi",
    "果汁", "橙汁", "苹果汁", "柠檬汁", "矿泉水", "纯净水", "天然水", "饮料", "奶茶", "柠檬茶", "冰红茶", "绿茶", "乌龙茶", "凉茶", "可乐", "雪碧", "芬达", "汽水", "气泡水", "苏打水",
)  # fmt: skip
"""What is drunk from the bottle: it is of plastic."""
_GLASS = {
    (96, 122, 74): (
        "wine",
        "champagne",
        "prosecco",
        "cava",
        "红酒",
        "葡萄酒",
        "香槟",
        "cabernet",
        "merlot",
        "shiraz",
        "malbec",
        "赤霞珠",
    ),
    (150, 92, 44): ("beer", "lager", "ale", "啤酒"),
}
"""What is sold in glass of a colour."""
_SQUEEZED = ("squeezy", "squeeze", "squeezable", "挤压")


class _Sizes(NamedTuple):
    """Of a bottle, in metres: its radius and its neck's, and at what height shoulder, cap and end are; whether it is of thin plastic."""

    radius: float
    neck: float
    shoulder: float
    top: float
    height: float
    thin: bool = False

    @property
    def label(self) -> tuple[float, float]:
        """The heights between which a label goes."""
        return (self.height * 0.29, self.shoulder - 0.004) if self.thin else (self.height * 0.16, self.shoulder - 0.028)

    def outline(self) -> NDArray[np.float64]:
        """The profile [n, 2] of radius and height, from the middle of the base to the cap."""
        return self._ribbed() if self.thin else self._smooth()

    def _ribbed(self) -> NDArray[np.float64]:
        """As it is blown of plastic: feet, ribs up to the label, a domed shoulder and a straight neck with a collar."""
        radius, neck, shoulder, top, height, _ = self
        base = rounded_path(
            [(1e-4, 0.008), (radius * 0.45, 0.004), (radius * 0.62, 0), (radius * 0.84, 0), (radius, 0.016), (radius, 0.02)],
            [0, 0.01, 0.003, 0.004, 0.012, 0],
        )  # fmt: skip
        z = np.linspace(0.0205, height * 0.285, 90)
        rib = np.sin(np.pi * (z - z[0]) / (z[-1] - z[0]) * 5) ** 2
        ribs = np.stack([radius * (1 - 0.035 * rib), z], -1)
        rise = top - 0.010 - shoulder
        dome = smooth_path(
            [
                (radius * 0.985, height * 0.29),
                (radius * 0.985, shoulder - 0.004),
                (radius, shoulder),
                (radius * 0.93, shoulder + rise * 0.30),
                (radius * 0.70, shoulder + rise * 0.62),
                (neck * 1.30, shoulder + rise * 0.92),
                (neck, shoulder + rise),
            ],
            60,
        )
        collar = [
            (neck, top - 0.0085),
            (neck * 1.22, top - 0.0078),
            (neck * 1.22, top - 0.006),
            (neck, top - 0.0053),
            (neck, top),
        ]
        return np.concatenate([base, ribs, dome, collar])

    def _smooth(self) -> NDArray[np.float64]:
        radius, neck, shoulder, top, _, _ = self
        slope = smooth_path(
            [
                (radius, shoulder - 0.02),
                (radius, shoulder),
                (radius * 0.86, shoulder + (top - shoulder) * 0.35),
                (neck * 1.12, shoulder + (top - shoulder) * 0.75),
                (neck, top),
            ],
            36,
        )
        base = rounded_path(
            [
                (1e-4, 0.004),
                (radius * 0.72, 0.003),
                (radius * 0.8, 0),
                (radius * 0.9, 0),
                (radius, 0.006),
                (radius, shoulder - 0.02),
            ],
            [0, 0.003, 0.002, 0.004, 0.004, 0],
        )
        return refine(np.concatenate([base[:-1], slope]), 0.008)


def bottle(look: Look) -> list[Part]:
    """A bottle with a shoulder, a neck, a cap and a label; clear ones show what is in them; litres of it have a handle."""
    if look.product.domain == "food" and look.material_name != "glass" and is_large(look):
        return jug(look)
    # A flask for the way is of steel where nothing says of what.
    steel = look.material_name in ("steel", "aluminium", "metal") or (
        look.material_name == "" and look.product.domain == "home"
    )
    squeezed = look.says(_SQUEEZED)
    wide = (squeezed or look.says(_WIDE) or "drink" in look.product.category) and not steel
    thin = wide and not squeezed and look.material_name != "glass" and not look.says(("wine", "葡萄酒"))
    tall = look.tallness(500, 23)
    height = 0.235 * look.uniform(0.92, 1.08) * tall
    radius = 0.034 * look.uniform(0.92, 1.1) * (tall if thin else 1)
    neck = radius * (0.62 if steel else look.uniform(0.36, 0.46)) * (1.45 if wide else 1)
    shoulder = height * (look.uniform(0.62, 0.72) + (0.02 if wide else 0))
    sizes = _Sizes(radius, neck, shoulder, height * (0.925 if wide else 0.9), height)
    if thin:
        sizes = _Sizes(radius, 0.0125, shoulder - 0.02 * height, height - 0.014, height, thin=True)
    outline, extent = sizes.outline(), (2 * np.pi * radius, height)
    if steel:
        return _flask(look, sizes, revolve(outline, look.main("steel", "aluminium", extent=extent, period=0.04)))
    plastic = look.material_name in ("plastic", "matte plastic")
    clear = look.product.domain == "food" and look.pattern_name in ("plain", "logo")
    if squeezed:
        body = [revolve(outline, look.plain("plastic", look.note(contents_colour(look, "#f4f3ef"), "plastic")))]
    elif plastic and not clear:
        body = [revolve(outline, look.main("plastic", "matte plastic", extent=extent, period=0.04))]
    else:
        body = _filled(look, sizes, outline, wide)
    return [*body, *_closed(look, sizes, wide, body[0].material)]


def _flask(look: Look, sizes: _Sizes, flask: Part) -> list[Part]:
    """A flask of steel with a lid that is screwed on, and a band below it."""
    neck, top = sizes.neck, sizes.top
    plastic = look.plain("matte plastic", (30, 31, 33))
    lid = cap(neck * 1.15, top - 0.012, sizes.height, look.part("lid", plastic), ribs=36)
    band = lathe(
        [(neck, top - 0.018), (neck * 1.06, top - 0.016), (neck * 1.06, top - 0.011), (neck, top - 0.009)],
        0.001,
        look.plain("steel"),
    )
    return [flask, lid, band]


def _filled(look: Look, sizes: _Sizes, outline: NDArray[np.float64], wide: bool) -> list[Part]:
    """A bottle that one can look through, and the drink in it."""
    tint = contents_colour(look, "#e8f2f4")
    brewed = next((glass for glass, words in _GLASS.items() if look.says(words)), None)
    look.note(look.colour() if look.colour_name else brewed or tint, look.pick("glass", "plastic", "matte plastic"))
    drink = Material("liquid", linear(mix(tint, (255, 255, 255), 0.02)), 0.12, coat=0.0)
    if sum(tint) > 690:
        drink = Material("liquid", linear(mix(tint, (255, 255, 255), 0.4)), 0.05, transmission=0.9)
    tinted = look.colour_name not in ("", "white") and not wide
    glass_colour = look.colour() if tinted else brewed or (242, 248, 246)
    inside = outline - [0.001, 0]
    surface = sizes.shoulder + (sizes.top - sizes.shoulder) * 0.45
    inside = inside[(inside[:, 0] > 0) & (inside[:, 1] < surface)]
    inside[:, 1] = np.maximum(inside[:, 1], 0.007)
    level = inside[-1]
    liquid = revolve(
        np.concatenate([[[1e-4, 0.007]], inside, [[level[0] * 0.97, level[1] + 0.0006], [1e-4, level[1]]]]), drink
    )
    skin = look.plain("glass", glass_colour)
    return [revolve(outline, skin.but(roughness=0.12) if sizes.thin else skin), liquid]


def _closed(look: Look, sizes: _Sizes, wide: bool, glass: Material) -> list[Part]:
    """A bottle's lid and label, and the ring under the lid."""
    radius, neck, _, top, height, thin = sizes
    lid_colour = (
        look.accent(look.colour(), "#c9a24a") if look.chance(0.4) else (244, 243, 239) if wide else (36, 36, 38)
    )
    metal_lid = look.chance(0.5) and not wide
    material = look.part("lid", look.plain("aluminium" if metal_lid else "plastic", lid_colour), metal=True)
    lid = cap(neck * 1.14, top - 0.006, height, material, ribs=40)
    ground = (250, 247, 240) if look.colour_name in ("", "white") else look.colour()
    label = wrap_label(
        look, radius + 0.0003, *sizes.label, 1.0 if look.chance(0.5) or thin else 0.34, ground, style="bare"
    )
    if thin:
        return [lid, label]
    ring = lathe(
        [(neck, top - 0.012), (neck * 1.12, top - 0.011), (neck * 1.12, top - 0.007), (neck, top - 0.006)],
        0.001,
        glass,
    )
    return [lid, label, ring]


def can(look: Look) -> list[Part]:
    """A drinks can: printed side, necked ends, recessed lid with a tab."""
    slim = look.chance(0.4)
    radius, height = (0.0285, 0.145) if slim else (0.033, 0.122)
    height *= look.uniform(0.95, 1.05) * min(1.15, look.tallness(330, 12))
    colour = look.colour()
    metal = look.plain("aluminium")
    look.note(colour, "aluminium")
    ends = radius * 0.82
    low, high = 0.009, height - 0.014
    side = refine(
        rounded_path(
            [(radius * 0.86, 0.0035), (radius, low + 0.002), (radius, high), (ends, height - 0.0035)],
            [0, 0.008, 0.010, 0],
        ),
        0.006,
    )
    printed = look.label(
        "matte plastic",
        (2 * np.pi * radius, height),
        colour,
        (0.36, 0.16, 0.64, 0.8),
        style="bare" if look.chance(0.5) else "emblem",
    )
    printed = printed.but(roughness=0.34, metallic=0.45, coat=0.4, bump=None, name="aluminium")
    body = revolve(side, printed)
    rim = rounded_path(
        [
            (ends, height - 0.0035),
            (ends + 0.0016, height - 0.001),
            (ends + 0.0004, height),
            (ends - 0.0016, height - 0.0008),
            (ends - 0.003, height - 0.006),
            (ends - 0.005, height - 0.0052),
            (1e-4, height - 0.0052),
        ],
        [0, 0.001, 0.001, 0.001, 0.001, 0.001, 0],
    )
    lid = revolve(refine(rim, 0.006), metal)
    foot = revolve(
        refine(
            rounded_path(
                [(1e-4, 0.007), (radius * 0.62, 0.004), (radius * 0.7, 0), (radius * 0.76, 0), (radius * 0.86, 0.0035)],
                [0, 0.012, 0.001, 0.002, 0],
            ),
            0.006,
        ),
        metal,
    )
    plate = height - 0.0046
    outline = rounded_rectangle(0.013, 0.023, 0.0064)

    tab = slab(np.add(outline, [0, -0.004]), 0.0012, 0.0005, look.plain("aluminium", (176, 178, 182))).moved(z=plate)
    hole = slab(
        np.add(rounded_rectangle(0.008, 0.007, 0.0034), [0, -0.0095]),
        0.0004,
        0.0002,
        look.plain("matte plastic", (74, 75, 78)),
    ).moved(z=plate + 0.0012)
    rivet = lathe([(1e-4, 0), (0.003, 0), (0.003, 0.0022), (1e-4, 0.0024)], 0.0008, metal, 32).moved(y=0.002, z=plate)
    return [body, lid, foot, tab, hole, rivet]
