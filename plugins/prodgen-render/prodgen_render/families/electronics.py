"""Electronics: speaker, phone, headphone stand, laptop, camera, earbuds."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.families.kit import lathe
from prodgen_render.geometry import (
    box,
    planar_uv,
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)
from prodgen_render.lettering import wrap, write
from prodgen_render.looks import Look
from prodgen_render.model import Material, Part
from prodgen_render.patterns import Srgb, brightness, ink_for, mix, noise, texture


def _screen(look: Look, width: int, height: int, *, phone: bool) -> Material:
    """A lit wallpaper with a clock or a window, under glossy glass."""
    base = np.array(look.colour("#2f62ad"), np.float32)
    drawn = [np.array(look.rng.integers(40, 230, 3), np.float32) for _ in range(2)]
    field = noise(256, ((2, 2, 1.0), (3, 3, 0.5)), int(look.rng.integers(1000)))
    field = np.asarray(Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC))
    t = np.clip((field + 1.5) / 3, 0, 1)[..., None]
    down = np.linspace(0, 1, height)[:, None, None]
    picture = Image.fromarray(
        (base * (1 - t) + drawn[0] * t * (1 - down) + drawn[1] * t * down).clip(0, 255).astype(np.uint8)
    )
    draw = ImageDraw.Draw(picture)
    white = (255, 255, 255)
    if phone:
        write(picture, ["9:41"], (width * 0.2, height * 0.10, width * 0.8, height * 0.22), white, bold=0.01)
        for i in range(4):
            x = width * (0.14 + 0.24 * i)
            colour = tuple(int(v) for v in look.rng.integers(60, 240, 3))
            draw.rounded_rectangle(
                [x - width * 0.07, height * 0.87, x + width * 0.07, height * 0.87 + width * 0.14],
                width * 0.035,
                fill=colour,
            )
        draw.rounded_rectangle(
            [width * 0.37, height * 0.018, width * 0.63, height * 0.046], height * 0.02, fill=(8, 8, 10)
        )
    else:
        draw.rounded_rectangle([width * 0.16, height * 0.16, width * 0.7, height * 0.78], 12, fill=(247, 247, 249))
        draw.rounded_rectangle([width * 0.16, height * 0.16, width * 0.7, height * 0.22], 12, fill=(226, 228, 232))
        write(
            picture,
            wrap(look.title_words, 2),
            (width * 0.2, height * 0.28, width * 0.66, height * 0.46),
            (40, 42, 48),
            bold=0.02,
            align="left",
        )
        for i in range(5):
            draw.rounded_rectangle(
                [
                    width * 0.2,
                    height * (0.52 + 0.045 * i),
                    width * (0.62 - 0.05 * (i % 3)),
                    height * (0.535 + 0.045 * i),
                ],
                4,
                fill=(205, 208, 214),
            )
        for i in range(9):
            x = width * (0.3 + 0.05 * i)
            draw.rounded_rectangle(
                [x - 11, height * 0.92, x + 11, height * 0.92 + 22],
                6,
                fill=tuple(int(v) for v in look.rng.integers(60, 240, 3)),
            )
    return Material("screen", (0.9, 0.9, 0.9), 0.12, coat=1.0, texture=texture(picture))


def phone(look: Look) -> list[Part]:
    """A smartphone that stands upright: screen in front, cameras on the back."""
    width = 0.0715 * look.uniform(0.96, 1.06)
    height, depth = width * look.uniform(2.02, 2.14), 0.0079
    corner = width * look.uniform(0.12, 0.17)
    colour = look.colour("#1d1d1f")
    outline = rounded_rectangle(width, height, corner, corner=14)
    frame = look.plain("aluminium", colour if look.colour_name else "#3a3b3e")

    def upright(part: Part) -> Part:
        return part.turned(90, "x").moved(z=height / 2, y=depth / 2)

    body = upright(slab(outline, depth, 0.0028, frame))
    inner = rounded_rectangle(width - 0.0016, height - 0.0016, corner - 0.0008, corner=14)
    screen_px = (480, round(480 * height / width))
    border = slab(inner, 0.0006, 0.0003, Material("glass front", (0.008, 0.008, 0.009), 0.1, coat=1.0)).moved(
        z=depth - 0.0002
    )
    lit = slab(
        rounded_rectangle(width - 0.006, height - 0.006, corner - 0.003, corner=14),
        0.0005,
        0.0002,
        _screen(look, *screen_px, phone=True),
    ).moved(z=depth)
    back_material = look.plain("lacquer", colour)
    back = slab(inner, 0.0006, 0.0003, back_material).moved(z=-0.0004)
    parts = [body, upright(border), upright(lit), upright(back)]
    island = width * 0.42
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
    for dx, dz in ((-0.22, 0.22), (-0.22, -0.22), (0.22, 0.0)):
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


def speaker(look: Look) -> list[Part]:
    """A wireless speaker: a cloth cylinder with a top plate, or a bookshelf cabinet with two drivers."""
    return (
        _cloth_speaker(look)
        if look.chance(0.5) and look.material_name not in ("wood", "walnut", "bamboo")
        else _cabinet(look)
    )


def _cloth_speaker(look: Look) -> list[Part]:
    radius, height = 0.045 * look.uniform(0.9, 1.12), 0.13 * look.uniform(0.75, 1.3) * look.tallness(0, 15)
    colour = look.colour("#3a3d42")
    cloth = look.plain("canvas", colour)
    rubber = look.plain("rubber", mix(colour, (0, 0, 0), 0.45))
    body = lathe(
        [(radius * 0.99, 0.011), (radius, 0.014), (radius, height - 0.013), (radius * 0.99, height - 0.010)],
        0.003,
        cloth,
        112,
    )
    foot = lathe(
        [(1e-4, 0), (radius * 0.94, 0), (radius * 0.985, 0.012), (radius * 0.9, 0.012)],
        [0, 0.004, 0.001, 0],
        rubber,
        112,
    )
    top = lathe(
        [
            (radius * 0.9, height - 0.011),
            (radius * 0.99, height - 0.011),
            (radius * 0.985, height),
            (radius * 0.8, height - 0.0005),
            (1e-4, height - 0.003),
        ],
        [0, 0.001, 0.004, 0.004, 0],
        rubber,
        112,
    )
    parts = [body, foot, top]
    light = look.plain("plastic", ink_for(colour))
    for angle in (0, 90, 180, 270):
        a = np.radians(angle)
        key = lathe([(1e-4, 0), (0.0055, 0), (0.0055, 0.0012), (1e-4, 0.0014)], [0, 0.0002, 0.0006, 0], light, 32)
        parts.append(
            key.moved(x=float(np.cos(a)) * radius * 0.42, y=float(np.sin(a)) * radius * 0.42, z=height - 0.0030)
        )
    parts.append(_badge(look, -radius * 1.002, height * 0.24, radius, colour))
    loop = tube(
        smooth_path(
            [
                (radius * 0.98, 0, height * 0.78),
                (radius * 1.16, 0, height * 0.74),
                (radius * 1.2, 0, height * 0.62),
                (radius * 1.1, 0, height * 0.53),
                (radius * 0.98, 0, height * 0.52),
            ],
            40,
        ),
        0.0022,
        look.plain("nylon", mix(colour, (0, 0, 0), 0.3)),
        flatten=2.0,
        up=(0, 1, 0),
    )
    return [*parts, loop]


def _badge(look: Look, y: float, z: float, radius: float, ground: Srgb) -> Part:
    """A small rubber plate with the name on it, bent round the front."""
    half = min(0.016 / radius, 0.5)
    angle = np.linspace(-half, half, 24) - np.pi / 2
    rows = np.linspace(z - 0.0055, z + 0.0055, 4)
    sections = np.stack(np.broadcast_arrays(np.cos(angle) * -y, np.sin(angle) * -y, rows[:, None]), -1)
    from prodgen_render.geometry import loft

    plate = mix(ground, (0, 0, 0), 0.35)
    picture = Image.new("RGB", (384, 132), plate)
    write(picture, wrap(look.title_words, 1)[:1], (20, 10, 364, 122), ink_for(plate), bold=0.02)
    return loft(sections, look.plain("rubber", plate).but(colour=(1, 1, 1), texture=texture(picture)), closed=False)


def _cabinet(look: Look) -> list[Part]:
    width = 0.16 * look.uniform(0.9, 1.1)
    depth, height = width * look.uniform(0.9, 1.15), width * look.uniform(1.45, 1.75)
    shell = look.main(
        "wood", "walnut", "bamboo", "matte plastic", "plastic", extent=(width, height), default="#9a6a42", period=0.03
    )
    if look.material_name == "" and look.colour_name and look.colour_name not in ("brown", "natural", "beige"):
        shell = look.plain("matte plastic", look.colour())
    parts = [p.but(material=shell) for p in box((width, depth, height), 0.004, shell, cells=10)]
    dark = look.plain("matte plastic", "#232427")

    def upright(part: Part, z: float) -> Part:
        return part.turned(90, "x").moved(y=-depth / 2, z=z)

    baffle = slab(rounded_rectangle(width * 0.93, height * 0.955, 0.006), 0.003, 0.0012, dark)
    parts.append(upright(baffle.moved(z=-0.001), height / 2))
    for radius, z in ((width * 0.36, height * 0.34), (width * 0.18, height * 0.78)):
        trim = lathe(
            [(radius * 1.13, 0.0015), (radius * 1.16, 0.004), (radius * 1.08, 0.0055), (radius * 1.0, 0.003)],
            0.001,
            look.plain("steel", "#8f9194"),
            96,
        )
        surround = lathe(
            [(radius * 1.05, 0.0025), (radius * 0.98, 0.0065), (radius * 0.88, 0.002)],
            0.004,
            look.plain("rubber", "#161618"),
            96,
        )
        cone_colour = look.accent((35, 36, 39), "#c9a24a" if look.chance(0.3) else "#4a4c50")
        cone = lathe([(radius * 0.9, 0.0028), (radius * 0.42, 0.0005)], 0, look.plain("matte plastic", cone_colour), 96)
        dome = lathe(
            [(radius * 0.43, 0.0005), (radius * 0.3, radius * 0.12), (1e-4, radius * 0.15)],
            [0, radius * 0.2, 0],
            look.plain("plastic", "#2a2b2e"),
            96,
        )
        parts += [upright(p.moved(z=0.0022), z) for p in (trim, surround, cone, dome)]
    plate = planar_uv(slab(rounded_rectangle(width * 0.3, height * 0.035, 0.003), 0.0008, 0.0003, _plate(look)), "z")
    parts.append(upright(plate.moved(z=0.002), height * 0.065))
    for x in (-0.36, 0.36):
        for y in (-0.36, 0.36):
            foot = lathe(
                [(1e-4, -0.006), (0.008, -0.006), (0.009, 0.001)], [0, 0.001, 0], look.plain("rubber", "#1a1a1c"), 32
            )
            parts.append(foot.moved(x=x * width, y=y * depth))
    return parts


def _plate(look: Look) -> Material:
    picture = Image.new("RGB", (480, 96), (38, 39, 42))
    write(picture, wrap(look.title_words, 1)[:1], (10, 8, 470, 88), (226, 226, 228), bold=0.02)
    return Material("plate", (1, 1, 1), 0.5, texture=texture(picture))


def headphone_stand(look: Look) -> list[Part]:
    """A stand with over-ear headphones hanging on it."""
    height = 0.26 * look.uniform(0.95, 1.08)
    stand = look.main(
        "walnut",
        "wood",
        "bamboo",
        "aluminium",
        "steel",
        "metal",
        "plastic",
        "matte plastic",
        extent=(0.15, 0.15),
        default="#7a5236",
    )
    metal = look.plain("aluminium") if stand.name in ("wood", "walnut", "bamboo") else stand
    base = slab(
        rounded_rectangle(0.115, 0.115, 0.012) if look.chance(0.5) else superellipse(0.12, 0.12), 0.012, 0.003, stand
    )
    stem = tube(
        [(0, 0.02, 0.008), (0, 0.02, height * 0.5), (0, 0.016, height * 0.86), (0, 0.0, height - 0.004)],
        0.0065,
        metal,
        segments=32,
    )
    saddle_path = smooth_path(
        [
            (0, 0.034, height - 0.012),
            (0, 0.018, height - 0.003),
            (0, 0, height),
            (0, -0.018, height - 0.003),
            (0, -0.034, height - 0.012),
        ],
        24,
    )
    saddle = tube(saddle_path, 0.017, stand, flatten=0.32, up=(0, 0, 1), segments=40)
    parts = [base, stem, saddle]
    shell = look.plain(
        "matte plastic",
        look.colour("#1d1d1f")
        if stand.name in ("wood", "walnut", "bamboo", "aluminium", "steel", "metal")
        else "#1d1d1f",
    )
    pad = look.plain("leather", "#232326" if brightness(look.colour("#1d1d1f")) < 0.5 else "#5b4a3f")
    half, top = 0.082, height + 0.008
    ear = height - 0.145
    arc = np.linspace(0, np.pi, 60)
    band_x, band_z = half * np.cos(arc), top - 0.088 + 0.088 * np.sin(arc) ** 0.8
    band = np.stack([band_x, 0 * arc, band_z], -1)
    parts.append(tube(band, 0.0125, look.plain("matte plastic", "#26272a"), flatten=0.26, up=(0, 1, 0), segments=36))
    cushion = band[14:-14] - [0, 0, 0.0048]
    parts.append(tube(cushion, 0.0125, pad, flatten=0.42, up=(0, 1, 0), segments=36))
    for side in (-1, 1):
        x = side * half
        yoke = smooth_path([(x, 0, top - 0.088), (x * 1.03, 0, ear + 0.062), (x * 1.05, 0, ear + 0.03)], 20)
        parts.append(tube(yoke, 0.0055, look.plain("steel"), flatten=0.5, segments=20))
        cup = lathe(
            [(1e-4, 0), (0.036, 0.0), (0.039, 0.012), (0.034, 0.021), (1e-4, 0.024)],
            [0, 0.004, 0.008, 0.006, 0],
            shell,
            80,
        )
        ring = lathe(
            [(0.0375, 0.0095), (0.0398, 0.010), (0.0398, 0.0115), (0.0375, 0.012)], 0.0004, look.plain("steel"), 80
        )
        t = np.linspace(0, 2 * np.pi, 40)
        ear_pad = lathe(
            [(float(0.027 + 0.0105 * np.cos(a)), float(-0.006 + 0.0095 * np.sin(a))) for a in t], 0.0, pad, 80
        )
        mesh = lathe([(1e-4, -0.004), (0.020, -0.004)], 0, look.plain("canvas", "#1a1a1c"), 48)
        disc_trim = lathe(
            [(1e-4, 0.0236), (0.017, 0.0236), (0.017, 0.0246), (1e-4, 0.0250)],
            [0, 0.0002, 0.0006, 0],
            look.plain("aluminium", "#77797d"),
            64,
        )
        for part in (cup, ring, ear_pad, mesh, disc_trim):
            parts.append(part.scaled(0.86, 1.1, 1).turned(90 * side, "y").moved(x=x * 0.93, z=ear))
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
            _screen(look, 1024, 660, phone=False),
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
    """A compact system camera with a lens."""
    width, depth, height = 0.122 * look.uniform(0.95, 1.06), 0.040, 0.070
    colour = look.colour("#1d1d1f")
    leather = look.plain("leather", colour if look.colour_name not in ("silver", "white") else "#1d1d1f")
    metal = look.plain("aluminium", "#c4c6c9" if look.chance(0.5) or look.colour_name == "silver" else "#2a2b2e")
    outline = rounded_rectangle(width, depth, 0.014)
    grip = slab(outline, height * 0.72, 0.002, leather).moved(z=0.010)
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
    badge = planar_uv(slab(rounded_rectangle(0.028, 0.006, 0.001), 0.0006, 0.0002, _plate(look)), "z")
    parts.append(badge.turned(90, "x").moved(x=0, y=-depth * 0.43, z=height * 0.92 + 0.012))
    screen = slab(
        rounded_rectangle(0.070, 0.046, 0.003), 0.002, 0.0006, Material("screen", (0.012, 0.012, 0.014), 0.12, coat=1.0)
    )
    parts.append(screen.scaled(1, 1, -1).turned(90, "x").moved(y=depth / 2, z=height * 0.46))
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


def earbuds(look: Look) -> list[Part]:
    """An open charging case with two earbuds."""
    colour = look.colour("#f4f3ef")
    shell = look.plain("lacquer", colour)
    width, depth, height = 0.060, 0.026, 0.034
    outline = superellipse(width, depth, 3.6)
    base = slab(outline, height, 0.010, shell)
    lid_outline = superellipse(width, depth, 3.6)
    lid = (
        slab(lid_outline, 0.016, 0.0075, shell)
        .moved(y=-depth / 2)
        .turned(-98, "x")
        .moved(y=depth / 2 - 0.001, z=height - 0.001)
    )
    well = slab(outline * 0.9, 0.0012, 0.0005, look.plain("matte plastic", mix(colour, (0, 0, 0), 0.25))).moved(
        z=height - 0.0010
    )
    parts = [base, lid, well]
    for side in (-1, 1):
        head = lathe(
            [(1e-4, -0.008), (0.0085, -0.004), (0.0082, 0.004), (0.004, 0.0085), (1e-4, 0.009)],
            [0, 0.006, 0.005, 0.003, 0],
            shell,
            56,
        )
        tip = lathe(
            [(0.0035, 0.007), (0.0062, 0.009), (0.0045, 0.0125), (1e-4, 0.0128)],
            [0, 0.002, 0.002, 0],
            look.plain("rubber", mix(colour, (120, 120, 120), 0.25)),
            48,
        )
        stem = tube([(0, 0, 0), (0, 0.002, -0.016)], 0.0036, shell, segments=28)
        for part in (head.turned(100, "x"), tip.turned(100, "x"), stem):
            parts.append(part.turned(18 * side, "z").moved(x=side * 0.0145, y=0, z=height + 0.0095))
    led = lathe(
        [(1e-4, 0), (0.001, 0), (0.001, 0.0003), (1e-4, 0.0004)],
        0.0001,
        Material("light", (0.1, 0.6, 0.3), 0.4, emission=(0.1, 0.7, 0.3)),
        20,
    )
    parts.append(led.turned(90, "x").moved(y=-depth / 2, z=height * 0.55))
    return parts
