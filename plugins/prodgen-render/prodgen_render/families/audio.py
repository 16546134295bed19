"""Speakers and earbuds."""

from __future__ import annotations

import numpy as np
from PIL import Image

from prodgen_render.families.earphones import WIRED, wired
from prodgen_render.families.kit import lathe
from prodgen_render.families.screens import name_plate
from prodgen_render.families.soundbars import soundbar
from prodgen_render.looks.lettering import wrap, write
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, ink_for, mix, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    box,
    planar_uv,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)

_PORTABLE = ("portable", "bluetooth", "wireless", "smart speaker", "waterproof", "蓝牙", "便携", "智能音箱", "防水")
_SHELF = (
    "bookshelf", "hi-fi", "hifi", "studio", "subwoofer", "retro", "vintage", "radio", "wooden", "书架", "复古", "收音机", "低音炮", "胡桃木",
)  # fmt: skip


def speaker(look: Look) -> list[Part]:
    """A wireless speaker: a cloth cylinder with a top plate, or a bookshelf cabinet with two drivers; or a sound bar."""
    if look.says(("soundbar", "sound bar", "回音壁")):
        return soundbar(look)
    cloth = look.chance(0.5) and look.material_name not in ("wood", "walnut", "bamboo")
    if look.says(_PORTABLE) or look.says(_SHELF):
        cloth = not look.says(_SHELF)
    return _cloth_speaker(look) if cloth else _cabinet(look)


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
        [(radius * 0.9, height - 0.011), (radius * 0.99, height - 0.011), (radius * 0.985, height), (radius * 0.8, height - 0.0005), (1e-4, height - 0.003)],
        [0, 0.001, 0.004, 0.004, 0], rubber, 112,
    )  # fmt: skip
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
    from prodgen_render.shapes.geometry import loft

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
    plate = planar_uv(
        slab(rounded_rectangle(width * 0.3, height * 0.035, 0.003), 0.0008, 0.0003, name_plate(look)), "z"
    )
    parts.append(upright(plate.moved(z=0.002), height * 0.065))
    for x in (-0.36, 0.36):
        for y in (-0.36, 0.36):
            foot = lathe(
                [(1e-4, -0.006), (0.008, -0.006), (0.009, 0.001)], [0, 0.001, 0], look.plain("rubber", "#1a1a1c"), 32
            )
            parts.append(foot.moved(x=x * width, y=y * depth))
    return parts


def earbuds(look: Look) -> list[Part]:
    """An open charging case with two earbuds; two on a cord where words say that they are wired."""
    if look.says(WIRED):
        return wired(look)
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
