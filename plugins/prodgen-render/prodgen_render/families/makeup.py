"""Lipstick, perfume and nail polish."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, wrap_label
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    box,
    loft,
    prism,
    refine,
    revolve,
    rounded_path,
    rounded_rectangle,
    slab,
    superellipse,
    tube,
)

_GLOSSES = ("gloss", "lip oil", "lip tint", "唇釉", "唇蜜", "唇彩", "唇油")


def lipstick(look: Look) -> list[Part]:
    """An open lipstick: case, metal collar and a slanted bullet; a clear tube with a long cap where it is gloss."""
    radius = 0.0098 * look.uniform(0.95, 1.08)
    case_height = 0.040 * look.uniform(0.92, 1.15)
    shade = look.colour("#b3202c")
    look.note(shade, "wax")
    if look.says(_GLOSSES):
        return _gloss(look, radius * 0.9, case_height * 1.15, shade)
    if look.colour_name in ("black", "white", "gold", "silver"):
        shade = (176, 32, 44)
    case_colour = ("#1d1d1f", "#c9a050", "#f2efe9", "#6a1f2e")[look.choice(4)]
    gold = case_colour == "#c9a050" or look.material_name in ("gold", "brass", "metal")
    case = look.plain("gold") if gold else look.plain("lacquer", case_colour)
    case = look.part("case", case, metal=True)
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


def _gloss(look: Look, radius: float, high: float, shade: Srgb) -> list[Part]:
    """A tube that shows what is in it, under a cap with a wand."""
    lid = look.plain("lacquer", "#1d1d1f")
    filling = Material("gloss", linear(mix(shade, (255, 255, 255), 0.15)), 0.2, coat=0.8)
    wall = [(1e-4, 0.0), (radius, 0.0), (radius, high), (1e-4, high)]
    inside = [(1e-4, 0.004), (radius - 0.0016, 0.004), (radius - 0.0016, high - 0.002), (1e-4, high - 0.002)]
    cover = [(1e-4, high), (radius * 1.02, high), (radius * 1.02, 2 * high), (1e-4, 2 * high)]
    return [
        lathe(inside, [0, 0.003, 0.001, 0], filling),
        lathe(wall, [0, 0.0012, 0.0012, 0], look.plain("glass", (250, 250, 250))),
        lathe(cover, [0, 0.0005, 0.0015, 0], look.part("lid", lid, metal=True)),
    ]


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
    # The thick sides, as a lens, show their contents nearly as wide as themselves; the base does not.
    inset, base = min(depth * 0.05, 0.002), min(depth * 0.15, 0.008)
    look.note(look.colour("#eab0a6"), "glass")
    glass = prism(outline, refine(profile, 0.01), look.plain("glass", (248, 251, 251)))
    glass = _capped(glass, height)
    level = height * look.uniform(0.78, 0.9)
    inner = prism(
        outline,
        refine(
            rounded_path(
                [
                    (inset + width * 0.1, base),
                    (inset, base),
                    (inset, level),
                    (inset + width * 0.1, level),
                ],
                [0, 0.003, 0.0006, 0],
            ),
            0.01,
        ),
        Material("perfume", linear(tint), 0.05, transmission=0.82),
    )
    inner = _capped(inner, level, base)
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
    )[look.choice(3)]
    lid_material = look.part("lid", lid_material, metal=True)
    if round_body or look.chance(0.4):
        lid = lathe([(1e-4, 0), (0.0135, 0), (0.0135, tall), (1e-4, tall)], [0, 0.0008, 0.002, 0], lid_material)
    else:
        lid = slab(superellipse(0.030, min(depth * 0.9, 0.028), 7), tall, 0.0015, lid_material)
    dip = tube(
        [(0, 0, height), (0.002, 0, height * 0.5), (0.004, 0, base + 0.004)],
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


def nail_polish(look: Look) -> list[Part]:
    """A small round bottle full of polish, under a tall cap that holds the brush."""
    radius = 0.0135 * look.uniform(0.94, 1.12)
    height = 0.031 * look.uniform(0.9, 1.15)
    colour = look.note(look.colour("#b3202c"), "glass")
    neck = 0.0062
    outline = rounded_path(
        [
            (1e-4, 0.001),
            (radius * 0.9, 0),
            (radius, 0),
            (radius, height - 0.005),
            (neck, height),
            (neck, height + 0.004),
        ],
        [0, 0.001, 0.004, 0.006, 0.002, 0],
    )
    glass = revolve(refine(outline, 0.004), look.plain("glass", (248, 250, 250)))
    filled = rounded_path(
        [(1e-4, 0.0024), (radius - 0.0007, 0.0024), (radius - 0.0007, height - 0.0056), (1e-4, height - 0.003)],
        [0, 0.0035, 0.005, 0],
    )
    polish = revolve(refine(filled, 0.004), Material("polish", linear(colour), 0.18, coat=1.0))
    tall = 0.034 * look.uniform(0.9, 1.12)
    lid_material = (look.plain("lacquer", "#1d1d1f"), look.plain("lacquer", "#f4f3ef"), look.plain("gold"))[
        look.choice(3)
    ]
    lid = lathe(
        [(1e-4, height + 0.002), (0.0088, height + 0.002), (0.0066, height + tall), (1e-4, height + tall)],
        [0, 0.0005, 0.0014, 0],
        look.part("lid", lid_material, metal=True),
    )
    # Printed on the glass: its ground is what shines through.
    label = wrap_label(
        look, radius + 0.0002, height * 0.2, height * 0.72, 0.3, colour, style="bare", material="lacquer"
    )
    return [glass, polish, lid, label]
