"""Bottle, can and gable-top carton."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.contents import contents_colour
from prodgen_render.families.groceries import folding_box
from prodgen_render.families.jugs import is_large, jug
from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    box,
    loft,
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
)

_WIDE = (
    "juice",
    "smoothie",
    "water",
    "iced tea",
    "lemonade",
    "kombucha",
    "果汁",
    "橙汁",
    "苹果汁",
    "柠檬汁",
    "矿泉水",
    "纯净水",
    "饮料",
    "奶茶",
    "柠檬茶",
)
"""What is drunk from the bottle: it has a wide neck and a plastic cap."""
_GLASS = {
    (96, 122, 74): ("wine", "champagne", "prosecco", "cava", "红酒", "葡萄酒", "香槟"),
    (150, 92, 44): ("beer", "lager", "ale", "啤酒"),
}
"""What is sold in glass of a colour."""
_SQUEEZED = ("squeezy", "squeeze", "squeezable", "挤压")


class _Sizes(NamedTuple):
    """Of a bottle, in metres: its radius and its neck's, and at what height shoulder, cap and end are."""

    radius: float
    neck: float
    shoulder: float
    top: float
    height: float

    def outline(self) -> NDArray[np.float64]:
        """The profile [n, 2] of radius and height, from the middle of the base to the cap."""
        radius, neck, shoulder, top, _ = self
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
    wide = (squeezed or look.says(_WIDE)) and not steel
    height = 0.235 * look.uniform(0.92, 1.08) * look.tallness(500, 23)
    radius = 0.034 * look.uniform(0.92, 1.1)
    neck = radius * (0.62 if steel else look.uniform(0.36, 0.46)) * (1.45 if wide else 1)
    shoulder = height * (look.uniform(0.62, 0.72) + (0.02 if wide else 0))
    sizes = _Sizes(radius, neck, shoulder, height * (0.925 if wide else 0.9), height)
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
    return [revolve(outline, look.plain("glass", glass_colour)), liquid]


def _closed(look: Look, sizes: _Sizes, wide: bool, glass: Material) -> list[Part]:
    """A bottle's lid and label, and the ring under the lid."""
    radius, neck, shoulder, top, height = sizes
    lid_colour = (
        look.accent(look.colour(), "#c9a24a") if look.chance(0.4) else (244, 243, 239) if wide else (36, 36, 38)
    )
    metal_lid = look.chance(0.5) and not wide
    material = look.part("lid", look.plain("aluminium" if metal_lid else "plastic", lid_colour), metal=True)
    lid = cap(neck * 1.14, top - 0.006, height, material, ribs=40)
    ground = (250, 247, 240) if look.colour_name in ("", "white") else look.colour()
    label = wrap_label(
        look, radius + 0.0003, height * 0.16, shoulder - 0.028, 1.0 if look.chance(0.5) else 0.34, ground, style="bare"
    )
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


def carton(look: Look) -> list[Part]:
    """A gable-top drinks carton, or a plain folding box where the words say box."""
    if look.product.domain != "food" or look.says(("box", "盒", "tea", "茶")):
        return folding_box(look)
    width = 0.072 * look.uniform(0.95, 1.08)
    height = 0.185 * look.uniform(0.92, 1.08) * look.tallness(1000, 20)
    colour = look.colour("#f4f3ef")
    accent = look.accent(colour)
    parts = []
    half = width / 2
    roof, fin = width * 0.52, width * 0.24
    for number, part in enumerate(box((width, width, height), 0.0022, look.plain("paper", colour), cells=8)):
        if number in (0, 1, 2, 3):
            material = look.label(
                "paper",
                (width, height),
                colour,
                (0.07, 0.12, 0.93, 0.9),
                style="bare" if number in (0, 1) else "band",
                art=number in (0, 1),
            )
            parts.append(part.but(material=material.but(roughness=0.4, coat=0.25)))
        elif number == 5:
            parts.append(part)
    top_colour = look.plain("paper", accent).but(roughness=0.4, coat=0.25)
    n = 14
    x = np.linspace(-half + 0.001, half - 0.001, n)
    for side in (-1, 1):
        s = np.linspace(0, 1, 8)[:, None]
        y = side * (half * (1 - s) + 0.0014 * s) + 0 * x
        z = height - 0.001 + roof * s + 0 * x
        xs = np.broadcast_to(x, y.shape)
        parts.append(
            loft(np.stack([xs, y, z], -1) if side < 0 else np.stack([xs[:, ::-1], y, z], -1), top_colour, closed=False)
        )
        # The gusset folds in under the roof on each side.
        depth = 0.45 * half * s * (1 - 0.12 * s)
        across = np.linspace(-1, 1, n)
        gy = across * (half * (1 - s) + 0.0012)
        gx = (half - 0.001) - depth * (1 - np.abs(across)) * 1.0
        gz = height - 0.001 + roof * s + 0 * gy
        sections = np.stack([side * gx, side * gy, gz], -1)
        parts.append(loft(sections, top_colour, closed=False))
    crest = box((width - 0.002, 0.0032, fin), 0.0012, top_colour, cells=6)
    parts += [piece.moved(z=height + roof - 0.002) for piece in crest]
    if look.chance(0.6):
        lid = cap(
            0.013,
            0,
            0.011,
            look.part("lid", look.plain("plastic", accent if sum(accent) < 680 else (60, 120, 190))),
            ribs=24,
        )
        angle = np.degrees(np.arctan2(roof, half))
        parts.append(lid.turned(angle, "x").moved(y=-half * 0.55, z=height + roof * 0.45))
    return parts
