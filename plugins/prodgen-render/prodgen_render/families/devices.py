"""Phone, tablet, laptop and camera."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.families.kit import lathe
from prodgen_render.families.screens import name_plate, screen
from prodgen_render.families.watching import ACTION, BELLS, WATCHING, action_camera, doorbell, watcher
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    planar_uv,
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    superellipse,
    tube,
)


def phone(look: Look) -> list[Part]:
    """A smartphone that stands upright: screen in front, cameras on the back."""
    width = 0.0715 * look.uniform(0.96, 1.06)
    height = width * look.uniform(2.02, 2.14)
    lenses = ((-0.22, 0.22), (-0.22, -0.22), (0.22, 0.0))
    return _slate(look, width, height, width * look.uniform(0.12, 0.17), width * 0.42, lenses)


def tablet(look: Look) -> list[Part]:
    """A tablet that leans back a little: screen in front, one camera on the back."""
    width = 0.172 * look.uniform(0.94, 1.06)
    height = width * look.uniform(1.38, 1.5)
    corner = width * look.uniform(0.06, 0.09)
    parts = _slate(look, width, height, corner, 0.022, ((0.0, 0.0),), border=0.014)
    return [part.turned(-10, "x") for part in parts]


def _slate(
    look: Look,
    width: float,
    height: float,
    corner: float,
    island: float,
    lenses: tuple[tuple[float, float], ...],
    border: float = 0.006,
) -> list[Part]:
    """A flat device: metres of its front, rounded corners, the camera's square, and the screen's black rim.

    Lenses stand at shares of the camera's square around its middle.
    """
    depth = 0.0079
    colour = look.colour("#1d1d1f")
    outline = rounded_rectangle(width, height, corner, corner=14)
    frame = look.plain("aluminium", colour if look.colour_name else "#3a3b3e")

    def upright(part: Part) -> Part:
        return part.turned(90, "x").moved(z=height / 2, y=depth / 2)

    body = upright(slab(outline, depth, 0.0028, frame))
    edge = 0.0016  # of the frame, as it is seen from the front
    inner = rounded_rectangle(width - 2 * edge, height - 2 * edge, corner - edge, corner=14)
    screen_px = (480, round(480 * height / width))
    rim = slab(inner, 0.0006, 0.0003, Material("glass front", (0.008, 0.008, 0.009), 0.1, coat=1.0)).moved(
        z=depth - 0.0002
    )
    lit = slab(
        rounded_rectangle(width - border, height - border, max(corner - border / 2, 0.002), corner=14),
        0.0005,
        0.0002,
        screen(look, *screen_px, phone=True),
    ).moved(z=depth)
    back_material = look.plain("lacquer", colour)
    back = slab(inner, 0.0006, 0.0003, back_material).moved(z=-0.0004)
    parts = [body, upright(rim), upright(lit), upright(back)]
    cx, cz = width / 2 - island * 0.62, height / 2 - island * 0.62
    parts.append(
        upright(
            slab(
                np.add(rounded_rectangle(island, island, island * 0.26), [cx, cz]),
                0.0016,
                0.0007,
                look.plain("lacquer", mix(colour, (255, 255, 255), 0.08)),
            ).moved(z=-0.0018)
        )
    )
    lens_ring, lens = look.plain("steel", "#55565a"), Material("lens", (0.01, 0.012, 0.02), 0.08, coat=1.0)
    for dx, dz in lenses:
        at = (cx + dx * island, cz + dz * island)
        ring = lathe(
            [(1e-4, 0), (island * 0.17, 0), (island * 0.17, 0.0017), (island * 0.135, 0.0017), (1e-4, 0.0012)],
            [0, 0.0002, 0.0004, 0.0003, 0],
            lens_ring,
            48,
        )
        glass = lathe(
            [(1e-4, 0), (island * 0.13, 0), (island * 0.13, 0.0014), (1e-4, 0.0014)], [0, 0.0001, 0.0002, 0], lens, 48
        )
        parts += [upright(p.scaled(1, 1, -1).moved(x=at[0], y=at[1], z=-0.0017)) for p in (ring, glass)]
    for z, long in ((0.22, 0.11), (0.09, 0.07)):
        key = slab(rounded_rectangle(height * long, 0.0026, 0.0012), 0.0008, 0.0003, frame)
        parts.append(
            key.turned(90, "z").turned(90, "y").turned(90, "x").moved(x=width / 2 - 0.0002, z=height * (0.5 + z))
        )
    return parts


def laptop(look: Look) -> list[Part]:
    """An open laptop."""
    width, depth, thick = 0.31 * look.uniform(0.95, 1.05), 0.215, 0.014
    shell = look.plain(
        "aluminium", look.colour() if look.colour_name and look.colour_name not in ("silver", "grey") else "#b9bbbf"
    )
    base = slab(rounded_rectangle(width, depth, 0.012), thick, 0.004, shell)
    keys = Image.new("RGB", (1200, 480), (30, 31, 33))
    draw = ImageDraw.Draw(keys)
    for row in range(6):
        x, y = 8.0, 8 + row * 78
        count = (14, 14, 14, 13, 12, 9)[row]
        widths = [1.0] * count
        if row == 5:
            widths = [1, 1, 1, 1.2, 5.2, 1.2, 1, 1, 1]
        elif row:
            widths[0] = widths[-1] = 1.0 + (14 - count) / 2 + 0.3
        unit = (1184 - 8 * (count - 1)) / sum(widths)
        for w in widths:
            draw.rounded_rectangle([x, y, x + unit * w, y + (70 if row else 52)], 9, fill=(52, 53, 57))
            x += unit * w + 8
    board = Material("keys", (1, 1, 1), 0.55, texture=texture(keys))
    keyboard = slab(rounded_rectangle(width * 0.86, depth * 0.44, 0.004), 0.0006, 0.0002, board).moved(
        y=depth * 0.14, z=thick - 0.0002
    )
    pad = slab(rounded_rectangle(width * 0.36, depth * 0.3, 0.006), 0.0004, 0.0002, shell.but(roughness=0.3)).moved(
        y=-depth * 0.3, z=thick
    )
    lid_height = depth * 0.98
    tilt = 90 + look.uniform(12, 24)
    lid = [
        slab(rounded_rectangle(width, lid_height, 0.012), 0.005, 0.0018, shell),
        slab(
            rounded_rectangle(width - 0.006, lid_height - 0.006, 0.010),
            0.0006,
            0.0002,
            Material("bezel", (0.01, 0.01, 0.011), 0.12, coat=1.0),
        ).moved(z=0.0048),
        slab(
            rounded_rectangle(width - 0.018, lid_height - 0.024, 0.004),
            0.0005,
            0.0002,
            screen(look, 1024, 660, phone=False),
        ).moved(y=0.002, z=0.0053),
    ]
    badge = lathe(
        [(1e-4, 0), (0.014, 0), (0.014, 0.0006), (1e-4, 0.0006)], [0, 0.0001, 0.0003, 0], look.plain("steel"), 48
    ).scaled(1, 1, -1)
    lid.append(badge.moved(z=0.0001))
    lid = [
        p.moved(y=lid_height / 2, z=-0.001).turned(180 - tilt, "x").moved(y=depth / 2 - 0.004, z=thick + 0.001)
        for p in lid
    ]
    hinge = tube(
        [(-width * 0.36, depth / 2 - 0.005, thick), (width * 0.36, depth / 2 - 0.005, thick)],
        0.0042,
        look.plain("matte plastic", "#2a2b2e"),
        segments=20,
    )
    return [base, keyboard, pad, hinge, *lid]


def camera(look: Look) -> list[Part]:
    """A compact system camera with a lens; one that watches a room or a door, or a small one for sports, where the words say so."""
    for words, draw in ((ACTION, action_camera), (BELLS, doorbell)):
        if look.says(words):
            return draw(look)
    if look.says(WATCHING):
        return watcher(look)
    width, depth, height = 0.122 * look.uniform(0.95, 1.06), 0.040, 0.070
    colour = look.colour("#1d1d1f")
    leather = look.plain("leather", colour if look.colour_name not in ("silver", "white") else "#1d1d1f")
    metal = look.plain("aluminium", "#c4c6c9" if look.chance(0.5) or look.colour_name == "silver" else "#2a2b2e")
    outline = rounded_rectangle(width, depth, 0.014)
    grip = planar_uv(slab(outline, height * 0.72, 0.002, leather), "y").moved(z=0.010)
    foot = slab(outline, 0.0115, 0.002, metal)
    head = slab(rounded_rectangle(width, depth, 0.014), height * 0.22, 0.003, metal).moved(z=height * 0.72 + 0.008)
    hump = slab(superellipse(0.042, depth * 0.86, 5), 0.014, 0.004, metal).moved(z=height * 0.92 + 0.006)
    parts = [grip, foot, head, hump]
    top = height * 0.94 + 0.008
    for x, r, h in ((width * 0.36, 0.0095, 0.007), (width * 0.2, 0.007, 0.005), (-width * 0.36, 0.0095, 0.006)):
        dial = lathe([(1e-4, 0), (r, 0), (r, h), (1e-4, h)], [0, 0.0003, 0.001, 0], look.plain("steel", "#8f9194"), 64)
        parts.append(dial.moved(x=x, z=top - 0.001))
    black = look.plain("matte plastic", "#1b1b1d")
    z, x0 = height * 0.46, -width * 0.04
    barrel = [
        lathe(
            [(1e-4, 0), (0.031, 0), (0.031, 0.006), (0.029, 0.007)],
            [0, 0.001, 0.001, 0],
            look.plain("steel", "#9a9c9f"),
            96,
        ),
        _ribbed(0.0285, 0.007, 0.024, black),
        lathe(
            [(0.0275, 0.024), (0.0275, 0.032), (0.0285, 0.034), (0.0285, 0.040), (0.0262, 0.041), (0.024, 0.036)],
            [0, 0.001, 0.001, 0.001, 0.001, 0],
            black,
            96,
        ),
        lathe([(0.025, 0.0365), (0.0185, 0.032), (0.0185, 0.031)], 0.001, look.plain("plastic", "#101012"), 96),
        revolve(
            refine(rounded_path([(0.0188, 0.0315), (0.012, 0.0348), (1e-4, 0.0356)], 0.006), 0.002),
            Material("lens", (0.012, 0.010, 0.022), 0.06, coat=1.0),
            96,
        ),
    ]
    parts += [p.turned(90, "x").moved(x=x0, y=-depth / 2 + 0.001, z=z) for p in barrel]
    window = slab(
        rounded_rectangle(0.016, 0.010, 0.002),
        0.001,
        0.0004,
        Material("glass front", (0.01, 0.012, 0.016), 0.08, coat=1.0),
    )
    parts.append(window.turned(90, "x").moved(x=-width * 0.36, y=-depth / 2, z=height * 0.86))
    badge = planar_uv(slab(rounded_rectangle(0.028, 0.006, 0.001), 0.0006, 0.0002, name_plate(look)), "z")
    parts.append(badge.turned(90, "x").moved(x=0, y=-depth * 0.43, z=height * 0.92 + 0.012))
    display = slab(
        rounded_rectangle(0.070, 0.046, 0.003), 0.002, 0.0006, Material("screen", (0.012, 0.012, 0.014), 0.12, coat=1.0)
    )
    parts.append(display.scaled(1, 1, -1).turned(90, "x").moved(y=depth / 2, z=height * 0.46))
    return parts


def _ribbed(radius: float, low: float, high: float, material: Material) -> Part:
    profile = [(radius, low)]
    for z in np.linspace(low + 0.001, high - 0.001, 9):
        profile += [
            (radius, float(z)),
            (radius - 0.0007, float(z) + 0.0005),
            (radius - 0.0007, float(z) + 0.001),
            (radius, float(z) + 0.0014),
        ]
    return lathe([*profile, (radius, high)], 0.0002, material, 96)
