"""Cream jar, tube, pump bottle and dropper bottle."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.jugs import WASHING, jug
from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.families.triggers import SPRAYED, trigger_bottle
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    disc,
    loft,
    refine,
    revolve,
    rounded_path,
    smooth_path,
    tube,
)


def cream_jar(look: Look) -> list[Part]:
    """A low cosmetic jar with a wide lid."""
    radius, height = 0.034 * look.uniform(0.92, 1.1), 0.030 * look.uniform(0.85, 1.2)
    colour = look.colour("#f4f3ef")
    frosted = look.material_name == "glass"
    body_material = (
        look.plain("glass", colour).but(transmission=0.6, roughness=0.4) if frosted else look.plain("porcelain", colour)
    )
    body = lathe(
        [
            (1e-4, 0.001),
            (radius * 0.8, 0),
            (radius, 0),
            (radius, height),
            (radius * 0.9, height + 0.002),
            (1e-4, height + 0.002),
        ],
        [0, 0.001, 0.006, 0.004, 0.001, 0],
        body_material,
    )
    lid_height = height * look.uniform(0.55, 0.75)
    lid_material = (
        look.plain("gold"),
        look.plain("lacquer", "#f4f3ef"),
        look.plain("lacquer", "#1d1d1f"),
        look.plain("bamboo"),
        look.plain("aluminium"),
    )[look.choice(5)]
    lid = lathe(
        [(1e-4, 0), (radius * 1.01, 0), (radius * 1.01, lid_height), (1e-4, lid_height)],
        [0, 0.0006, 0.0028, 0],
        look.part("lid", lid_material, metal=True),
    )
    label = wrap_label(
        look, radius + 0.0002, height * 0.2, height * 0.84, 0.36, colour, style="bare", material="lacquer"
    )
    parts = [body, lid.moved(z=height + 0.0022), label]
    if lid.material.texture:  # grain runs across the top, not to its middle
        parts.append(disc(radius * 1.01 - 0.0024, height + lid_height + 0.0023, lid.material))
    if frosted:
        parts[2] = label.but(material=label.material.but(coat=0.2))
        cream = lathe(
            [(1e-4, 0.005), (radius * 0.84, 0.005), (radius * 0.84, height - 0.002), (1e-4, height - 0.002)],
            [0, 0.006, 0.003, 0],
            look.plain("ceramic", "#f6f2ea"),
        )
        parts.append(cream)
    return parts


def tube_of_cream(look: Look) -> list[Part]:
    """A squeeze tube that stands on its cap, crimped flat at the top."""
    radius = 0.021 * look.uniform(0.92, 1.1)
    height = 0.125 * look.uniform(0.9, 1.12) * look.tallness(100, 15)
    colour = look.colour("#f4f3ef")
    rows = np.concatenate([np.linspace(0, 0.9, 36), np.linspace(0.92, 1, 4)])
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False) + np.pi / 2
    sections = np.empty((len(rows), 96, 3))
    for i, t in enumerate(rows):
        flat = min(1.0, t / 0.93)
        depth = radius * max(1 - flat**1.7, 0.045)
        wide = radius * (1 + 0.5 * flat**1.5)
        power = 2 + 4 * max(0.0, flat - 0.8)
        c, s = np.cos(angle), np.sin(angle)
        sections[i] = np.stack(
            [
                np.sign(c) * np.abs(c) ** (2 / power) * wide,
                np.sign(s) * np.abs(s) ** (2 / power) * depth,
                np.full(96, 0.026 + t * height),
            ],
            -1,
        )
    extent = (2 * np.pi * radius, height)
    printed = look.label(
        "matte plastic", extent, colour, (0.36, 0.2, 0.64, 0.84), style="bare" if look.chance(0.5) else "emblem"
    ).but(coat=0.2, roughness=0.45)
    body = loft(sections, printed)
    around = np.tile(np.linspace(0, 1, 97, dtype=np.float32), len(rows))
    body = body.but(uv=np.stack([around, body.uv[:, 1]], -1))
    crest = loft(
        np.stack([sections[-1], (sections[-1] - [0, 0, 0.0]) * [0.02, 0.02, 1]]),
        printed.but(texture=None, colour=linear(colour)),
    )
    shoulder = lathe([(radius * 0.5, 0.0225), (radius * 0.99, 0.026)], 0, look.plain("matte plastic", colour))
    lid_colour = look.accent(colour, None if look.chance(0.5) else "#f4f3ef")
    lid = cap(
        radius * 0.9, 0, 0.0235, look.part("lid", look.plain("plastic", lid_colour), metal=True), ribs=0, edge=0.002
    )
    return [body, crest, shoulder, lid]


def pump_bottle(look: Look) -> list[Part]:
    """A lotion or soap bottle with a pump; what clothes are washed with has a handle, what surfaces are sprayed with a trigger."""
    if look.says(SPRAYED):
        return trigger_bottle(look)
    if look.says(WASHING):
        return jug(look)
    radius = 0.033 * look.uniform(0.92, 1.1)
    height = 0.13 * look.uniform(0.9, 1.12) * look.tallness(300, 18)
    colour = look.colour("#f4f3ef")
    amber = look.material_name == "glass"
    body_material = (
        look.plain("glass", look.colour("#b5651d"))
        if amber
        else look.plain(look.pick("plastic", "matte plastic", "ceramic"), colour)
    )
    neck = 0.0125
    outline = rounded_path(
        [
            (1e-4, 0.003),
            (radius * 0.8, 0.002),
            (radius * 0.88, 0),
            (radius, 0),
            (radius, height - 0.012),
            (neck, height),
            (neck, height + 0.006),
        ],
        [0, 0.001, 0.001, 0.004, 0.016, 0.003, 0],
    )
    body = revolve(refine(outline, 0.008), body_material)
    dark = look.plain("plastic", "#1d1d1f") if (amber or look.chance(0.4)) else look.plain("plastic", "#f4f3ef")
    dark = look.part("pump", dark, metal=True)
    collar = cap(neck * 1.25, height + 0.001, height + 0.016, dark, ribs=36, edge=0.0015)
    stem = lathe([(0.0042, height + 0.015), (0.0042, height + 0.034)], 0, dark, 40)
    head_z = height + 0.036
    head = lathe(
        [(1e-4, head_z - 0.004), (0.0095, head_z - 0.004), (0.0095, head_z + 0.005), (1e-4, head_z + 0.0055)],
        [0, 0.001, 0.003, 0],
        dark,
        64,
    )
    spout = tube(
        smooth_path(
            [(0, 0, head_z), (0, -0.022, head_z + 0.0012), (0, -0.037, head_z - 0.001), (0, -0.0425, head_z - 0.007)],
            28,
        ),
        np.linspace(0.0052, 0.0036, 28),
        dark,
        segments=24,
    )
    parts = [body, collar, stem, head, spout]
    if amber:
        level = height * 0.82
        inside = [(1e-4, 0.006), (radius - 0.003, 0.006), (radius - 0.003, level), (1e-4, level)]
        parts.append(lathe(inside, [0, 0.003, 0.001, 0], Material("liquid", (0.82, 0.75, 0.6), 0.1, transmission=0.5)))
    ground = (250, 247, 240) if amber or colour == look.colour("#f4f3ef") else colour
    parts.append(
        wrap_label(
            look,
            radius + 0.0002,
            height * 0.18,
            height * 0.78,
            0.33,
            ground,
            style="panel" if amber else "bare",
            material="paper" if amber else "lacquer",
        )
    )
    return parts


def dropper_bottle(look: Look) -> list[Part]:
    """A small bottle of serum with a rubber bulb; of tinted glass, or of an opaque material that the words name."""
    radius = 0.0175 * look.uniform(0.92, 1.1)
    height = 0.068 * look.uniform(0.9, 1.12) * look.tallness(30, 10)
    opaque = look.material_name in ("plastic", "matte plastic", "ceramic", "porcelain")
    colour = look.note(look.colour("#f4f3ef" if opaque else "#8a4a17"), look.material_name if opaque else "glass")
    neck = 0.0085
    outline = rounded_path(
        [
            (1e-4, 0.002),
            (radius * 0.85, 0),
            (radius, 0),
            (radius, height - 0.008),
            (neck, height),
            (neck, height + 0.006),
        ],
        [0, 0.001, 0.003, 0.008, 0.002, 0],
    )
    body = revolve(refine(outline, 0.006), look.plain(look.material_name if opaque else "glass", colour))
    collar_material = (look.plain("gold"), look.plain("lacquer", "#1d1d1f"), look.plain("aluminium"))[look.choice(3)]
    collar = cap(
        neck * 1.35, height + 0.001, height + 0.015, look.part("lid", collar_material, metal=True), ribs=32, edge=0.001
    )
    bulb = lathe(
        [
            (1e-4, height + 0.014),
            (0.0068, height + 0.014),
            (0.0062, height + 0.026),
            (0.0052, height + 0.036),
            (1e-4, height + 0.037),
        ],
        [0, 0.001, 0.008, 0.004, 0],
        look.plain("rubber", "#232326" if look.chance(0.6) else "#f1efe9"),
        64,
    )
    parts = [body, collar, bulb]
    if not opaque:
        level = height * 0.78
        inside = [(1e-4, 0.004), (radius - 0.002, 0.004), (radius - 0.002, level), (1e-4, level)]
        pale = mix(colour, (255, 250, 240), 0.35)
        parts.append(lathe(inside, [0, 0.003, 0.001, 0], Material("liquid", linear(pale), 0.08, transmission=0.6)))
        pipe = [(0.0, 0.0, height), (0.0, 0.0, height * 0.2)]
        parts.append(tube(pipe, 0.0022, look.plain("glass", (246, 250, 248)), segments=16))
    label = wrap_label(
        look, radius + 0.0002, height * 0.16, height * 0.76, 0.34, colour if opaque else (250, 247, 240),
        style="bare" if opaque else "panel", material="lacquer" if opaque else "paper",
    )  # fmt: skip
    return [*parts, label]
