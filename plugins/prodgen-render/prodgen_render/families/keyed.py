"""Things with many keys: calculators and pianos to carry."""

from __future__ import annotations

from PIL import Image

from prodgen_render.families.kit import lathe
from prodgen_render.looks.lettering import write
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import ink_for, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, planar_uv, rounded_rectangle, slab

_KEYS = ("7", "8", "9", "÷", "4", "5", "6", "×", "1", "2", "3", "-", "0", ".", "=", "+")


def calculator(look: Look) -> list[Part]:
    """A display over rows of keys, leaning back; the functions above the numbers are smaller."""
    wide, tall = 0.082 * look.uniform(0.95, 1.06), 0.158
    shell = look.solid("plastic", "matte plastic", default="#26272a")
    dark = look.plain("plastic", "#1b1c1e")
    pale = look.plain("plastic", "#e9e9e6")
    parts = [slab(rounded_rectangle(wide, tall, 0.009), 0.013, 0.004, shell)]
    picture = Image.new("RGB", (480, 170), (176, 190, 168))
    write(picture, ["128.50"], (170, 30, 460, 146), (34, 38, 32), bold=0.01)
    glass = Material("screen", (1, 1, 1), 0.2, coat=0.6, texture=texture(picture))
    parts.append(
        slab(rounded_rectangle(wide * 0.90, 0.034, 0.003), 0.0016, 0.0005, dark).moved(y=tall * 0.36, z=0.0126)
    )
    parts.append(
        planar_uv(slab(rounded_rectangle(wide * 0.82, 0.027, 0.0015), 0.0008, 0.0002, glass), "z").moved(
            y=tall * 0.36, z=0.0138
        )
    )
    for number in range(12):
        x, y = (number % 6 - 2.5) * wide * 0.148, tall * (0.195 if number < 6 else 0.130)
        parts.append(slab(rounded_rectangle(wide * 0.120, 0.0072, 0.0025), 0.0032, 0.0012, dark).moved(x, y, 0.0125))
    orange = look.plain("plastic", look.accent(look.colour("#26272a"), "#e9802c"))
    for number, sign in enumerate(_KEYS):
        x, y = (number % 4 - 1.5) * wide * 0.222, tall * (0.052 - 0.125 * (number // 4))
        cover = orange if sign == "=" else dark if sign in "÷×-+" else pale
        key = Image.new("RGB", (96, 72), tuple(int(255 * c**0.4545) for c in cover.colour))
        write(key, [sign], (22, 12, 74, 60), ink_for((30, 30, 30) if cover is dark else (230, 230, 230)), bold=0.02)
        printed = cover.but(colour=(1.0, 1.0, 1.0), texture=texture(key))
        parts.append(
            planar_uv(slab(rounded_rectangle(wide * 0.185, 0.0145, 0.003), 0.0042, 0.0015, printed), "z").moved(
                x, y, 0.0125
            )
        )
    return [part.turned(72, "x").moved(z=tall / 2) for part in parts]


def piano(look: Look) -> list[Part]:
    """An electric one of five octaves: keys before a panel with its display, knobs and two loudspeakers."""
    wide, deep, high = 0.95 * look.uniform(0.95, 1.05), 0.30, 0.075
    shell = look.solid("matte plastic", "plastic", "lacquer", "wood", default="#1d1e20")
    dark, white = look.plain("matte plastic", "#141516"), look.plain("plastic", "#f6f5f1")
    black = look.plain("plastic", "#17181a")
    parts = box((wide, deep, high * 0.62), 0.014, shell, cells=6)
    parts += [p.moved(y=deep * 0.24, z=0.02) for p in box((wide, deep * 0.52, high - 0.02), 0.016, shell, cells=6)]
    for side in (-1, 1):
        parts += [
            p.moved(side * (wide / 2 - 0.022), -deep * 0.24, 0.01)
            for p in box((0.044, deep * 0.5, high * 0.72), 0.012, shell, cells=4)
        ]
    count = 36
    step = (wide - 0.092) / count
    front, back = -deep * 0.49, deep * -0.02
    for number in range(count):
        x = (number - (count - 1) / 2) * step
        key = box((step * 0.93, back - front, 0.016), 0.0015, white, steps=2, cells=2)
        parts += [p.moved(x, (front + back) / 2, high * 0.52) for p in (key[0], key[4])]
        if number % 7 in (0, 1, 3, 4, 5) and number < count - 1:
            key = box((step * 0.54, (back - front) * 0.62, 0.014), 0.002, black, steps=2, cells=2)
            parts += [p.moved(x + step / 2, back - (back - front) * 0.31, high * 0.52 + 0.014) for p in key[:5]]
    picture = Image.new("RGB", (360, 130), (40, 92, 170))
    write(picture, ["001 PIANO"], (24, 34, 336, 96), (232, 242, 255), bold=0.01)
    lit = texture(picture)
    glass = Material("screen", (1, 1, 1), 0.15, coat=0.6, texture=lit, glow=lit, emission=(0.3, 0.3, 0.3))
    panel = deep * 0.26
    parts.append(
        planar_uv(slab(rounded_rectangle(0.11, 0.040, 0.003), 0.001, 0.0003, glass), "z").moved(0, panel, high - 0.0004)
    )
    knob = lathe([(1e-4, 0), (0.013, 0), (0.012, 0.009), (1e-4, 0.010)], [0, 0.001, 0.002, 0], dark, 40)
    parts += [knob.moved(x, panel, high) for x in (-0.105, 0.105)]
    for number in range(8):
        x = (number % 4 - 1.5) * 0.022 + (0.19 if number < 4 else -0.19)
        parts.append(
            slab(rounded_rectangle(0.016, 0.008, 0.002), 0.003, 0.001, look.plain("plastic", "#8d9196")).moved(
                x, panel, high
            )
        )
    for side in (-1, 1):
        for row in range(5):
            bar = slab(rounded_rectangle(0.13, 0.006, 0.003), 0.002, 0.0008, dark)
            parts.append(bar.moved(side * (wide / 2 - 0.105), panel + (row - 2) * 0.014, high))
    return parts
