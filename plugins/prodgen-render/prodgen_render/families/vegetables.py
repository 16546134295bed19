"""What grows larger or longer than a hand: watermelon, pineapple, carrots."""

from __future__ import annotations

import numpy as np
from PIL import Image

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix, texture
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, revolve, smooth_path, tube

MELON = ("watermelon", "watermelons", "西瓜")
PINEAPPLE = ("pineapple", "pineapples", "凤梨", "菠萝")
CARROTS = ("carrot", "carrots", "胡萝卜")


def watermelon(look: Look) -> list[Part]:
    """One, lying, with jagged dark stripes from end to end."""
    radius = 0.115 * look.uniform(0.93, 1.08)
    shade = look.colour("#7fa650")
    t = np.linspace(0.02, np.pi - 0.02, 90)
    height, width = 256, 512
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, width, endpoint=False), np.linspace(0, 1, height))
    jag = 0.35 * np.sin(34 * v + 3 * np.sin(3 * u)) + 0.25 * np.sin(61 * v + 4 * np.sin(5 * u))
    stripe = np.clip((np.cos(11 * u + jag) - 0.05) * 3.0, 0, 1)[..., None]
    picture = np.asarray(shade) * (1 - stripe) + np.asarray(mix(shade, (12, 44, 20), 0.8)) * stripe
    skin = look.plain("plastic", shade).but(
        colour=(1.0, 1.0, 1.0), texture=texture(Image.fromarray(picture.round().astype(np.uint8))), bump=None
    )
    body = revolve(np.stack([radius * np.sin(t), -radius * 1.18 * np.cos(t)], -1), skin, 128)
    stalk = smooth_path(
        [(0, 0, radius * 1.17), (0.004, 0, radius * 1.17 + 0.012), (0.014, 0, radius * 1.17 + 0.020)], 14
    )
    parts = [body, tube(stalk, np.linspace(0.005, 0.0032, 14), look.plain("matte plastic", "#7a7a3a"), segments=14)]
    return [part.turned(74, "y").moved(z=radius) for part in parts]


def pineapple(look: Look) -> list[Part]:
    """One, upright: a body of eyes in spirals, and a crown of leaves."""
    radius, high = 0.058 * look.uniform(0.93, 1.08), 0.155
    shade = look.colour("#c98a2e")
    skin = look.plain("matte plastic", shade).but(bump=None)
    t = np.linspace(0.02, np.pi - 0.02, 150)
    body = revolve(np.stack([radius * np.sin(t) ** 0.62, high / 2 * (1 - np.cos(t))], -1), skin, 192)

    def eyes(p: Floats) -> Floats:
        a, z = np.arctan2(p[:, 1], p[:, 0]), p[:, 2] / high
        bump = np.abs(np.sin(4 * a + 17 * z)) * np.abs(np.sin(4 * a - 17 * z))
        return np.asarray(p * np.stack([1 + 0.09 * bump, 1 + 0.09 * bump, 1 + 0 * bump], -1), np.float32)

    parts = [bent(body, eyes)]
    green = look.plain("matte plastic", "#55743a").but(bump=None)
    for row, (count, out, up) in enumerate(
        ((9, 0.062, 0.050), (8, 0.048, 0.080), (6, 0.030, 0.105), (4, 0.014, 0.120))
    ):
        for angle in np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.4 * row:
            way = smooth_path(
                [(0.010, high - 0.008), (0.016 + 0.25 * out, high + 0.55 * up), (0.012 + out, high + up)], 14
            )
            line = np.stack([way[:, 0] * np.cos(angle), way[:, 0] * np.sin(angle), way[:, 1]], -1)
            parts.append(
                tube(
                    line,
                    np.linspace(0.0105, 0.001, 14),
                    green,
                    flatten=0.25,
                    up=(float(np.cos(angle)), float(np.sin(angle)), 0.3),
                    segments=12,
                )
            )
    return parts


def carrots(look: Look) -> list[Part]:
    """Three side by side, with rings across them and their cut leaves."""
    shade = look.colour("#e2762a")
    skin, green = (
        look.plain("matte plastic", shade).but(bump=None, roughness=0.5),
        look.plain("matte plastic", "#5f7d3a"),
    )
    parts = []
    for number, y in enumerate((-0.034, 0.002, 0.040)):
        long = 0.19 * look.uniform(0.9, 1.08)
        t = np.linspace(0, 1, 60)
        radius = 0.0185 * np.interp(t, [0, 0.04, 0.12, 0.5, 0.85, 0.96, 1], [0.45, 0.86, 1.0, 0.82, 0.42, 0.18, 0.04])
        radius = radius * (1 + 0.02 * np.sin(70 * t + 2 * number) * np.sin(23 * t))
        line = np.stack([long * (t - 0.5), 0.004 * np.sin(3 * t + number), 0 * t], -1)
        root = [tube(line, radius, skin, caps=False, segments=32)]
        for k in range(5):
            end = np.array([-long / 2 - 0.030 - 0.006 * (k % 3), 0.010 * np.cos(1.3 * k), 0.010 * np.sin(1.3 * k)])
            root.append(tube(np.stack([line[0] + end * [0, 0.3, 0.3], end]), [0.0032, 0.0018], green, segments=10))
        parts += [part.turned(4.0 * (number - 1)).moved(y=y, z=0.0185) for part in root]
    return parts
