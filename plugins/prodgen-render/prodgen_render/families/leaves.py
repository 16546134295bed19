"""Vegetables and fruit of several parts: dragon fruit, mushrooms, cabbages, broccoli."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, loft, revolve, smooth_path, tube

_SCALES = ("dragon fruit", "dragonfruit", "pitaya", "火龙果")
_MUSHROOMS = ("mushroom", "mushrooms", "蘑菇", "口蘑")
_HEADS = ("cabbage", "cabbages", "lettuce", "卷心菜", "包菜", "甘蓝", "生菜", "圆白菜")
_FLORETS = ("broccoli", "cauliflower", "西兰花", "花菜", "菜花")


def _pitayas(look: Look) -> list[Part]:
    """Two dragon fruit: pink, their scales end in green tips."""
    shade = look.note(srgb("#d4366e"), "plastic")
    skin = look.plain("matte plastic", shade).but(bump=None, roughness=0.4, coat=0.2)
    tip = look.plain("matte plastic", mix(shade, (150, 190, 90), 0.65)).but(bump=None)
    profile = smooth_path(
        np.asarray(
            [(0.0, 0.0), (0.020, 0.004), (0.040, 0.030), (0.043, 0.060), (0.030, 0.092), (0.012, 0.106), (0.0, 0.108)]
        ),
        60,
    )
    parts = []
    for side in (-1, 1):
        one = [revolve(profile.clip([1e-4, 0], None), skin, 96)]
        for row, z in enumerate((0.022, 0.042, 0.062, 0.082, 0.098)):
            radius = float(np.interp(z, profile[:, 1], profile[:, 0]))
            for a in np.linspace(0, 2 * np.pi, 7, endpoint=False) + 0.45 * row:
                way = smooth_path(
                    [(radius * 0.95, z - 0.010), (radius * 1.12, z + 0.006), (radius * 1.25 + 0.006, z + 0.026)], 12
                )
                line = np.stack([way[:, 0] * np.cos(a), way[:, 0] * np.sin(a), way[:, 1]], -1)
                flat = (float(np.cos(a)), float(np.sin(a)), 0.4)
                one.append(tube(line[:8], np.linspace(0.0085, 0.0055, 8), skin, flatten=0.25, up=flat, segments=10))
                one.append(tube(line[6:], np.linspace(0.0060, 0.0010, 6), tip, flatten=0.25, up=flat, segments=10))
        parts += [part.turned(40 * side).moved(x=0.062 * side, y=0.012 * side) for part in one]
    return parts


def _mushrooms(look: Look) -> list[Part]:
    shade = look.note(look.colour("#e6d9c3"), "plastic")
    skin = look.plain("matte plastic", shade).but(bump=None, roughness=0.6)
    stem = look.plain("matte plastic", mix(shade, (250, 246, 236), 0.6)).but(bump=None, roughness=0.7)
    cap = smooth_path(
        np.asarray([(0.010, 0.024), (0.026, 0.019), (0.0300, 0.026), (0.024, 0.044), (0.010, 0.052), (0.0, 0.053)]), 50
    )
    foot = smooth_path(np.asarray([(0.0, 0.0), (0.010, 0.001), (0.0115, 0.010), (0.0095, 0.028)]), 24)
    parts = []
    for number, (x, y, turn) in enumerate(((-0.039, -0.015, 10.0), (0.038, -0.009, 130.0), (0.0, 0.047, 250.0))):
        size = look.uniform(0.9, 1.1)
        lean = (0.0, 14.0, -10.0)[number]
        one = [revolve(p.clip([1e-4, 0], None), m, 80) for p, m in ((cap, skin), (foot, stem))]
        parts += [part.scaled(size).turned(lean, "y").turned(turn).moved(x=x, y=y) for part in one]
    return parts


def _head(look: Look) -> list[Part]:
    """A cabbage: a ball of leaves that close over each other, and a few that stand off from it, with waving edges."""
    shade = look.note(look.colour("#9cbb6a"), "plastic")
    parts = []
    for number in range(16):
        outer = max(0, number - 10)
        u, v = np.meshgrid(np.linspace(-1.0, 1.0, 34), np.linspace(0.02, 1, 34))
        polar = np.pi * (0.04 + v * (0.95 - 0.020 * number - 0.035 * outer))
        edge = np.maximum(v, np.abs(u)) ** 6
        ribs = 0.012 * np.cos(np.pi * u) ** 8 + 0.006 * np.abs(np.sin(9 * u * (0.4 + v)))
        reach = 1 + ribs + edge * (0.02 + 0.045 * outer + 0.03 * np.sin(11 * u + 9 * v + number))
        radius = (0.056 + 0.0011 * number) * reach
        wide = u * (0.92 + 0.10 * np.sin(np.pi * v)) * (1.15 - 0.35 * v**3)
        leaf = np.stack([np.sin(polar) * np.sin(wide), -np.sin(polar) * np.cos(wide), -np.cos(polar)], -1)
        leaf *= radius[..., None]
        stuff = look.plain("matte plastic", mix(shade, (232, 240, 200), 0.5 - 0.03 * number))
        skin = np.concatenate([leaf, leaf[:, ::-1] * 0.982], 1)
        parts.append(loft(skin, stuff.but(bump=None, roughness=0.55)).turned(137.5 * number))
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    return [part.moved(z=-low) for part in parts]


def _florets(look: Look) -> list[Part]:
    """A head of broccoli: balls of buds on a thick stalk; of cauliflower in white."""
    white = look.says(("cauliflower", "花菜", "菜花"))
    shade = look.note(look.colour("#efe7d2" if white else "#3f7034"), "plastic")
    bud = look.plain("matte plastic", shade).but(bump=None, roughness=0.9)
    stem = look.plain("matte plastic", "#b9c98a").but(bump=None, roughness=0.6)
    rng = np.random.default_rng(int(look.uniform(1, 1e6)))
    parts = [
        tube(
            smooth_path([(0, 0, 0.0), (0, 0, 0.045), (0, 0, 0.085)], 16),
            np.linspace(0.020, 0.030, 16),
            stem,
            segments=28,
        )
    ]
    line = smooth_path(np.asarray([(0.0, -1.0), (0.7, -0.7), (1.0, 0.0), (0.7, 0.7), (0.0, 1.0)]), 24).clip(
        [1e-4, -1], None
    )

    def rough(v: Floats) -> Floats:
        noise = np.sin(900 * v[:, 0]) * np.sin(870 * v[:, 1]) * np.sin(910 * v[:, 2])
        return np.asarray(v * (1 + 0.07 * noise)[:, None], np.float32)

    for row, (count, out, z, size) in enumerate(
        ((9, 0.050, 0.088, 0.021), (8, 0.042, 0.110, 0.022), (5, 0.024, 0.126, 0.022), (1, 0.0, 0.132, 0.023))
    ):
        for a in np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.35 * row:
            each = size * rng.uniform(0.9, 1.1)
            place = (out * np.cos(a), out * np.sin(a), z + rng.uniform(-0.003, 0.003))
            parts.append(bent(revolve(line * each, bud, 44), rough).moved(*map(float, place)))
            if row == 0:
                parts.append(tube([(0.3 * place[0], 0.3 * place[1], 0.055), place], 0.009, stem, segments=12))
    return parts


LEAVES = ((_SCALES, _pitayas), (_MUSHROOMS, _mushrooms), (_FLORETS, _florets), (_HEADS, _head))
"""Their words, and what draws them."""
