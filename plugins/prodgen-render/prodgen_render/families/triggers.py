"""Bottles with a trigger: what surfaces are sprayed with."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import cap
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import (
    loft,
    planar_uv,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)

SPRAYED = (
    "surface cleaner", "surface cleanser", "kitchen cleaner", "bathroom cleaner", "glass cleaner", "window cleaner", "multi-surface", "multi surface", "all purpose cleaner", "all-purpose cleaner", "cleaning spray", "cleaner spray", "cleanser spray", "trigger spray", "stain remover spray", "degreaser",
    "油污净", "油烟净", "重油污", "玻璃水喷", "玻璃清洁剂", "多功能清洁剂", "浴室清洁剂", "厨房清洁剂", "除霉喷雾", "喷壶",
)  # fmt: skip


def trigger_bottle(look: Look) -> list[Part]:
    """An oval bottle, waisted where a hand holds it, under a spray head that looks to the left."""
    high = 0.205 * look.uniform(0.95, 1.06)
    wide, deep = 0.094 * look.uniform(0.94, 1.06), 0.055
    shade = look.colour("#f4f3ef")
    shell = look.plain("plastic", shade)
    look.note(shade, "plastic")
    t = [0.0, 0.015, 0.05, 0.45, 0.66, 0.80, 0.90, 0.955, 1.0]
    share = [0.90, 0.97, 1.0, 0.99, 0.80, 0.66, 0.48, 0.29, 0.28]
    neck = 0.014
    rows = []
    for z, s in smooth_path(list(zip(t, share, strict=True)), 60):
        size = max(wide * s, 2 * neck), max(deep * min(1.0, s * 1.06), 2 * neck)
        rows.append(np.column_stack([superellipse(*size, 2.6, 96), np.full(96, float(np.clip(z, 0, 1)) * high)]))
    body = loft(np.concatenate([rows[0][None] * [0, 0, 1], np.stack(rows)]), shell)
    head = look.part(
        "pump", look.plain("plastic", look.accent(shade, "#2f62ad" if look.colour_name == "" else "#f4f3ef"))
    )
    parts = [body, cap(neck * 1.25, high - 0.006, high + 0.014, head, ribs=36, edge=0.0015)]
    block = [(0.030, 0.012), (0.030, 0.030), (-0.040, 0.036), (-0.046, 0.032), (-0.046, 0.018), (-0.012, 0.012)]
    line = smooth_path([*block, block[0]], 90)[:-1]
    spray = slab(line, 0.024, 0.005, head).turned(90, "x").moved(y=0.012, z=high + 0.004)
    nozzle = tube([(-0.044, 0, high + 0.029), (-0.058, 0, high + 0.029)], 0.0075, head, segments=28)
    tip = tube([(-0.057, 0, high + 0.029), (-0.0595, 0, high + 0.029)], 0.0035, look.plain("plastic", "#f4f3ef"))
    pull = smooth_path([(-0.024, 0, high + 0.018), (-0.034, 0, high - 0.004), (-0.031, 0, high - 0.030)], 24)
    lever = tube(
        pull,
        np.linspace(0.0062, 0.0045, 24),
        look.plain("plastic", mix(shade, (255, 255, 255), 0.6)),
        flatten=1.5,
        up=(0, 1, 0),
    )
    parts += [spray, nozzle, tip, lever]
    size = wide * 0.66, high * 0.46
    ground = (250, 247, 240) if look.colour_name in ("", "white") else mix(shade, (255, 255, 255), 0.86)
    printed = look.label("paper", size, ground, (0.06, 0.06, 0.94, 0.94), style="bare", note=False)
    panel = planar_uv(slab(rounded_rectangle(*size, 0.010), 0.0010, 0.0004, printed, steps=3), "z").turned(90, "x")
    bow = panel.vertices.copy()
    bow[:, 1] += deep / 2 - deep / 2 * np.sqrt(np.clip(1 - (np.abs(bow[:, 0]) / (wide / 2)) ** 2.6, 0, 1)) ** (2 / 2.6)
    return [*parts, panel.but(vertices=bow).moved(y=-deep / 2 - 0.0002, z=high * 0.30)]
