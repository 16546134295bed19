"""Beauty: lipstick, perfume, cream jar, tube, pump bottle."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.geometry import (
    box,
    loft,
    prism,
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)
from prodgen_render.looks import Look, linear
from prodgen_render.model import Material, Part
from prodgen_render.patterns import mix


def lipstick(look: Look) -> list[Part]:
    """An open lipstick: case, metal collar and a slanted bullet."""
    radius = 0.0098 * look.uniform(0.95, 1.08)
    case_height = 0.040 * look.uniform(0.92, 1.15)
    shade = look.colour("#b3202c")
    if look.colour_name in ("black", "white", "gold", "silver"):
        shade = (176, 32, 44)
    case_colour = ("#1d1d1f", "#c9a050", "#f2efe9", "#6a1f2e")[int(look.rng.integers(4))]
    gold = case_colour == "#c9a050" or look.material_name in ("gold", "brass", "metal")
    case = look.plain("gold") if gold else look.plain("lacquer", case_colour)
    trim = look.plain("steel") if gold else look.plain("gold")
    square = look.chance(0.3)
    parts: list[Part] = []
    if square:
        outline = rounded_rectangle(2.15 * radius, 2.15 * radius, 0.002)
        parts.append(slab(outline, case_height, 0.0009, case))
    else:
        parts.append(
            lathe(
                [
                    (1e-4, 0),
                    (radius * 1.12, 0),
                    (radius * 1.12, case_height),
                    (radius * 0.9, case_height),
                    (1e-4, case_height - 0.001),
                ],
                [0, 0.0012, 0.0008, 0.001, 0],
                case,
            )
        )
    parts.append(
        lathe(
            [
                (radius * 0.94, case_height - 0.001),
                (radius * 0.94, case_height + 0.0035),
                (radius * 0.9, case_height + 0.004),
                (radius * 0.86, case_height + 0.0175),
                (radius * 0.72, case_height + 0.018),
                (1e-4, case_height + 0.016),
            ],
            [0, 0.0004, 0.0003, 0.0006, 0.001, 0],
            trim,
        )
    )
    tall = 0.020 * look.uniform(0.9, 1.15)
    bullet_radius, low = radius * 0.71, case_height + 0.014
    wax = Material("wax", linear(shade), 0.42, coat=0.35, sheen=0.15)
    t = np.linspace(0, 1, 40)
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    sections = np.empty((40, 72, 3))
    for i, s in enumerate(t):
        # The upper end: a dome cut by a slanted plane, both rounded into each other.
        swell = np.sqrt(max(0.0, 1 - max(0.0, (s - 0.72) / 0.28) ** 2.6))
        ring = np.stack(
            [np.cos(angle) * bullet_radius * max(swell, 0.012), np.sin(angle) * bullet_radius * max(swell, 0.012)], -1
        )
        z = low + s * (tall + 0.004)
        limit = low + tall * 0.72 + (ring[:, 1] / bullet_radius + 0.35) * tall * 0.30
        over = z - limit
        z_cut = limit + np.where(
            over < -0.0008,
            over,
            np.where(over > 0.0008, 0.00012 * np.tanh(over / 0.01), over * 0 - 0.0002 + over * 0.25),
        )
        sections[i, :, :2], sections[i, :, 2] = ring, np.minimum(z, z_cut)
    parts.append(loft(sections, wax))
    if look.chance(0.65):
        height = case_height * 0.98 + 0.012
        side = radius * 2.9
        if square:
            lid = slab(rounded_rectangle(2.2 * radius, 2.2 * radius, 0.002), height, 0.0009, case)
        else:
            lid = lathe(
                [(1e-4, 0), (radius * 1.16, 0), (radius * 1.16, height), (1e-4, height)], [0, 0.0008, 0.0012, 0], case
            )
        parts.append(lid.moved(x=side * look.uniform(0.95, 1.05), y=0.006))
        parts = [p.moved(x=-side * 0.35) for p in parts]
    if not square:
        parts.append(_ring(parts[0], radius * 1.125, case_height * 0.18, trim, parts[0].vertices[:, 0].mean()))
    return parts


def _ring(near: Part, radius: float, z: float, material: Material, x: float) -> Part:
    centre = (near.vertices[:, 0].max() + near.vertices[:, 0].min()) / 2
    del x
    return lathe(
        [(radius * 0.97, z), (radius * 1.012, z), (radius * 1.012, z + 0.0012), (radius * 0.97, z + 0.0012)],
        0.0004,
        material,
    ).moved(x=float(centre))


def perfume(look: Look) -> list[Part]:
    """A thick glass flacon with tinted perfume, a collar and a cap."""
    width = 0.056 * look.uniform(0.9, 1.15)
    round_body = look.chance(0.35)
    depth = width * (1.0 if round_body else look.uniform(0.42, 0.62))
    height = 0.068 * look.uniform(0.9, 1.2) * look.tallness(50, 9)
    outline = superellipse(width, depth, 2.0) if round_body else superellipse(width, depth, look.uniform(5, 9))
    edge = 0.004
    tint = mix(look.colour("#eab0a6"), (255, 255, 255), 0.15)
    profile = np.concatenate(
        [
            [[width * 0.2, 0.0], [width * 0.1, 0]],
            rounded_path(
                [(edge, 0), (0, 0), (0, height), (edge * 2, height), (width * 0.2, height)], [0, edge, edge, 0.002, 0]
            ),
        ]
    )
    inset = depth * 0.11
    glass = prism(outline, refine(profile, 0.01), look.plain("glass", (248, 251, 251)))
    glass = _capped(glass, height)
    level = height * look.uniform(0.78, 0.9)
    inner = prism(
        outline,
        refine(
            rounded_path(
                [
                    (inset + width * 0.1, inset * 1.4),
                    (inset, inset * 1.4),
                    (inset, level),
                    (inset + width * 0.1, level),
                ],
                [0, 0.003, 0.0006, 0],
            ),
            0.01,
        ),
        Material("perfume", linear(tint), 0.05, transmission=0.82),
    )
    inner = _capped(inner, level, inset * 1.4)
    gold = look.chance(0.5)
    metal = look.plain("gold") if gold else look.plain("steel")
    neck = 0.0085
    collar = lathe(
        [(1e-4, height - 0.001), (neck, height - 0.001), (neck, height + 0.006), (1e-4, height + 0.006)],
        [0, 0.0006, 0.0006, 0],
        metal,
    )
    tall = height * look.uniform(0.34, 0.5)
    lid_material = (
        look.plain("lacquer", "#1d1d1f"),
        look.plain("gold") if gold else look.plain("steel"),
        look.plain("lacquer", look.colour("#eab0a6")),
    )[int(look.rng.integers(3))]
    if round_body or look.chance(0.4):
        lid = lathe([(1e-4, 0), (0.0135, 0), (0.0135, tall), (1e-4, tall)], [0, 0.0008, 0.002, 0], lid_material)
    else:
        lid = slab(superellipse(0.030, min(depth * 0.9, 0.028), 7), tall, 0.0015, lid_material)
    dip = tube(
        [(0, 0, height), (0.002, 0, height * 0.5), (0.004, 0, inset * 2)],
        0.0009,
        Material("straw", (0.85, 0.87, 0.87), 0.3),
        segments=10,
    )
    parts = [glass, inner, collar, lid.moved(z=height + 0.0045), dip]
    label = look.label("paper", (0.03, 0.02), (250, 248, 242), (0.03, 0.04, 0.97, 0.96), style="bare")
    if round_body:
        parts.append(
            wrap_label(look, width / 2 + 0.0003, height * 0.3, height * 0.66, 0.28, (250, 248, 242), style="bare")
        )
    else:
        plate = box((width * 0.52, 0.0006, height * 0.3), 0.0002, label, cells=4)
        parts += [p.moved(y=-depth / 2 - 0.0002, z=height * 0.32) for p in plate]
    return parts


def _capped(part: Part, top: float, bottom: float = 0.0) -> Part:
    """Closes a prism's open ends with fans."""
    v = part.vertices
    ring_low, ring_top = (
        np.flatnonzero(np.isclose(v[:, 2], v[:, 2].min(), atol=1e-7)),
        np.flatnonzero(np.isclose(v[:, 2], v[:, 2].max(), atol=1e-7)),
    )
    del top, bottom
    faces = [part.faces]
    points, normals, uvs = [v], [part.normals], [part.uv]
    count = len(v)
    for ring, up in ((ring_low, -1.0), (ring_top, 1.0)):
        row = _last_row(v, ring, up)
        centre = v[row].mean(0)
        rim = v[row]
        points += [rim, centre[None]]
        flat = np.tile(np.array([[0, 0, up]], np.float32), (len(row) + 1, 1))
        normals.append(flat)
        uvs.append(np.full((len(row) + 1, 2), 0.5, np.float32))
        index = np.arange(len(row) - 1) + count
        hub = np.full(len(row) - 1, count + len(row))
        fan = np.stack([index, index + 1, hub], -1) if up > 0 else np.stack([index + 1, index, hub], -1)
        faces.append(fan.astype(np.int32))
        count += len(row) + 1
    return part.but(
        vertices=np.concatenate(points).astype(np.float32),
        normals=np.concatenate(normals).astype(np.float32),
        uv=np.concatenate(uvs).astype(np.float32),
        faces=np.concatenate(faces).astype(np.int32),
    )


def _last_row(v: np.ndarray, ring: np.ndarray, up: float) -> np.ndarray:
    """The vertices of the first or the last section: a run of equal length at the end of the array."""
    del v
    breaks = np.flatnonzero(np.diff(ring) > 1)
    runs = np.split(ring, breaks + 1)
    run = runs[-1] if up > 0 else runs[0]
    return run


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
    )[int(look.rng.integers(5))]
    lid = lathe(
        [(1e-4, 0), (radius * 1.01, 0), (radius * 1.01, lid_height), (1e-4, lid_height)],
        [0, 0.0006, 0.0028, 0],
        lid_material,
    )
    label = wrap_label(
        look, radius + 0.0002, height * 0.2, height * 0.84, 0.36, colour, style="bare", material="lacquer"
    )
    parts = [body, lid.moved(z=height + 0.0022), label]
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
    lid = cap(radius * 0.9, 0, 0.0235, look.plain("plastic", lid_colour), ribs=0, edge=0.002)
    return [body, crest, shoulder, lid]


def pump_bottle(look: Look) -> list[Part]:
    """A lotion or soap bottle with a pump."""
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
