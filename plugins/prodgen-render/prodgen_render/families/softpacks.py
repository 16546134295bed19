"""Soft packs of film: nappies, wipes, pads."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, box, planar_uv, rounded_rectangle, slab, smooth_path, tube

SOFT_PACKS = (
    "nappy", "nappies", "diaper", "diapers", "pull-ups", "nappy pants", "wipes", "wet wipes", "baby wipes", "sanitary pads", "sanitary towels", "panty liners", "cotton pads", "training pads", "puppy pads", "incontinence pads",
    "纸尿裤", "拉拉裤", "尿不湿", "湿巾", "卫生巾", "护垫", "化妆棉", "棉柔巾", "洗脸巾", "隔尿垫", "尿垫",
)  # fmt: skip
_WIPES = ("wipes", "湿巾")
_LARGE = (
    "nappy",
    "nappies",
    "diaper",
    "diapers",
    "pull-ups",
    "training pads",
    "puppy pads",
    "纸尿裤",
    "拉拉裤",
    "尿不湿",
    "尿垫",
    "隔尿垫",
)


def soft_pack(look: Look) -> list[Part]:
    """A brick that its contents bulge, with gathered ends and a loop to carry it; low and with a lid where it holds wipes."""
    wipes, large = look.says(_WIPES), look.says(_LARGE)
    wide, deep, high = (0.20, 0.105, 0.055) if wipes else (0.34, 0.19, 0.38) if large else (0.16, 0.085, 0.10)
    wide, high = wide * look.uniform(0.95, 1.05), high * look.uniform(0.95, 1.05)
    ground = look.colour()
    film = look.plain("plastic", ground).but(roughness=0.32, bump=None)
    printed = look.label("plastic", (wide, high), ground, (0.12, 0.16, 0.88, 0.84), style="panel")
    printed = printed.but(roughness=0.32, bump=None)
    if wipes:
        wide, deep = wide, deep

    def bulging(v: Floats) -> Floats:
        x, y, z = v[:, 0] / (wide / 2), v[:, 1] / (deep / 2), v[:, 2] / high * 2 - 1
        cx, cy, cz = (np.cos(np.clip(a, -0.999, 0.999) * np.pi / 2) ** 0.6 for a in (x, y, z))
        swell = 0.035 * min(deep, high)
        wrinkles = 0.0010 * np.sin(29 * z + 5 * np.sin(4 * y)) * np.abs(x) ** 9 * (1 if large else 0.4)
        return np.asarray(
            v + np.stack([swell * x * cy * cz + wrinkles, 1.6 * swell * y * cx * cz, swell * z * cx * cy], -1), np.float32
        )  # fmt: skip

    faces = box((wide, deep, high), min(deep, high) * 0.16, film, steps=6, cells=24)
    parts = [bent(part, bulging) for part in faces]
    parts = [part.but(material=printed) if number < 2 else part for number, part in enumerate(parts)]
    if wipes:
        lid = slab(
            rounded_rectangle(wide * 0.52, deep * 0.62, 0.014, corner=10),
            0.007,
            0.003,
            look.plain("plastic", mix(ground, (255, 255, 255), 0.85)),
        )
        return [*parts, planar_uv(lid, "z").moved(z=high + 0.0005)]
    if large:
        way = smooth_path(
            [(-0.07, 0, high + 0.003), (-0.05, 0, high + 0.05), (0.05, 0, high + 0.05), (0.07, 0, high + 0.003)], 30
        )
        parts.append(tube(way, 0.014, film, flatten=0.12, up=(0, 1, 0), segments=16))
    return parts
