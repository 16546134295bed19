"""Beanie and tote bag."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prodgen_render.families.duffels import DUFFELS, duffel
from prodgen_render.families.garment_kit import COTTONS
from prodgen_render.families.sewn import stitches
from prodgen_render.looks.finishes import woven
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import loft, refine, revolve, rounded_path, rounded_rectangle, smooth_path, tube

_BOBBLES = ("bobble", "pom pom", "pom-pom", "pompom", "毛球")


def beanie(look: Look) -> list[Part]:
    """A knitted hat with a folded rim, and a bobble where the words name one."""
    radius, height = 0.095 * look.uniform(0.95, 1.05), 0.19 * look.uniform(0.9, 1.08)
    wool = look.main("knit", "wool", extent=(2 * np.pi * radius, 0.28), period=0.05)
    rim_material = look.plain(
        "knit", look.accent(look.colour()) if look.two_coloured else mix(look.colour(), (0, 0, 0), 0.08)
    )
    t = np.linspace(0, np.pi / 2, 40)
    crown = revolve(
        refine(
            np.concatenate(
                [
                    [[radius * 0.97, 0.02]],
                    np.stack(
                        [np.maximum(radius * 0.99 * np.cos(t) ** 0.6, 1e-4), 0.07 + (height - 0.07) * np.sin(t)], -1
                    ),
                ]
            ),
            0.006,
        ),
        wool,
        120,
        squash=1.08,
    )
    fold = revolve(
        refine(
            rounded_path(
                [
                    (radius * 0.93, 0.004),
                    (radius * 0.96, 0),
                    (radius * 1.045, 0.002),
                    (radius * 1.055, 0.062),
                    (radius * 0.99, 0.068),
                ],
                0.007,
            ),
            0.005,
        ),
        rim_material,
        120,
        squash=1.08,
    )
    inside = revolve(
        refine(np.array([[radius * 0.955, 0.09], [radius * 0.945, 0.003]]), 0.01), rim_material, 96, squash=1.08
    )
    parts = [crown, fold, inside]
    if look.unasked(0.55) or look.says(_BOBBLES):
        bobble_radius = 0.036
        a = np.linspace(0.02, np.pi - 0.02, 40)
        ball = revolve(
            np.stack([np.sin(a), -np.cos(a)], -1) * bobble_radius,
            look.plain("wool", look.accent(look.colour())).but(bump=look.plain("velvet").bump),
            72,
        )
        bumps = (
            np.sin(ball.vertices[:, 0] * 700) * np.sin(ball.vertices[:, 1] * 760) * np.sin(ball.vertices[:, 2] * 730)
        )
        from prodgen_render.shapes.geometry import bent

        parts.append(bent(ball, lambda v: v * (1 + 0.05 * bumps[:, None])).moved(z=height + bobble_radius * 0.75))
    return parts


def tote_bag(look: Look) -> list[Part]:
    """An open shopping bag of cloth with two straps."""
    if look.says(DUFFELS):
        return duffel(look)
    width, height = 0.36 * look.uniform(0.94, 1.06), 0.38 * look.uniform(0.92, 1.08)
    depth = 0.11 * look.uniform(0.8, 1.2)
    names = ("canvas", *(n for n in COTTONS if n != "canvas"))
    usual = "#d3b27a" if look.woven else "#e9dfca"
    colour = look.colour(usual)
    n_rows = 44
    t = np.linspace(0, 1, n_rows)
    outline = rounded_rectangle(1.0, 1.0, 0.12, corner=6, side=14)
    seed = look.uniform(0, 6)

    def section(z: float, inset: float) -> Floats:
        w = width * (0.93 + 0.07 * min(1.0, z * 3)) - inset
        d = depth * (0.95 + 0.12 * np.sin(np.pi * z) - 0.42 * z**1.6) - inset
        x, y = outline[:, 0] * w, outline[:, 1] * d
        bulge = 1 + 0.10 * np.sin(np.pi * z) * (1 - (2 * outline[:, 0]) ** 2)
        fold = 0.0042 * np.sin(26 * x + 8 * z + seed) * np.sin(3.1 * z * 2.2 + seed + 7 * x) * min(1.0, 4 * z)
        # The narrow sides fold inwards where they meet the opening.
        tuck = 0.018 * z**2 * np.clip(1 - np.abs(2 * outline[:, 1]) ** 2, 0, 1) * (np.abs(outline[:, 0]) > 0.42)
        return np.stack(
            [x - np.sign(x) * tuck, y * bulge + np.sign(outline[:, 1]) * fold, np.full(len(x), z * height)], -1
        )

    extent = (2 * (width + depth), height)
    marked = look.pattern_name == "logo" or (look.pattern_name == "plain" and look.unasked(0.6))
    if marked:
        share = width / extent[0] / 2
        cloth = look.label(
            look.pick(*names),
            extent,
            colour,
            (0.5 - share * 0.62, 0.2, 0.5 + share * 0.62, 0.76),
            style="emblem" if look.chance(0.5) else "bare",
        )
    else:
        cloth = look.main(*names, extent=extent, default=usual, period=0.05)
    plain = look.plain(look.pick(*names), colour)
    if look.woven:
        plain = woven(plain, 0.04)
        cloth = cloth if cloth.texture else plain
    body = loft(np.stack([section(z, 0.0) for z in t]), cloth)
    lining = loft(np.stack([section(z, 0.005) for z in t[::-1]]), plain)
    rim = loft(np.stack([section(1.0, 0.0), np.add(section(1.0, 0.0), [0, 0, 0.0012]), section(1.0, 0.005)]), plain)
    low = section(0.0, 0.0)
    floor = loft(np.stack([low * [s, s, 1] + [0, 0, 0.0002] for s in (0.02, 0.4, 0.8, 1.0)]), plain)
    floor_inside = loft(np.stack([low * [s, s, 1] + [0, 0, 0.004] for s in (0.97, 0.6, 0.02)]), plain)
    return [body, lining, rim, floor, floor_inside, *_straps(look, names, colour, (width, depth, height))]


def _straps(look: Look, names: Sequence[str], colour: Srgb, sides: tuple[float, float, float]) -> list[Part]:
    """Two straps of a bag of these sides, sewn on."""
    width, depth, height = sides
    # Straps of leather are for those whose words name it, or that are drawn so in an asset.
    leather = look.material_name == "leather" or look.unasked(0.3)
    strap_colour = look.accent(colour, "#7d4f2e") if leather else colour
    strap = look.plain("leather" if strap_colour != colour and look.chance(0.5) else look.pick(*names), strap_colour)
    strap = look.part("strap", look.part("handle", strap))
    parts = []
    thread = look.plain("cotton", mix(strap_colour, (40, 34, 30), 0.35)).but(bump=None)
    top_y = depth * (0.95 - 0.42) / 2
    for side in (-1, 1):
        x, y = width * 0.21, side * (top_y + 0.0025)
        lift = 0.20
        lean = side * 0.012
        path = smooth_path(
            [
                (-x, y + side * 0.008, height * 0.86),
                (-x, y + side * 0.003, height * 0.99),
                (-x * 0.93, y + lean, height + lift * 0.5),
                (-x * 0.5, y + lean * 1.6, height + lift * 0.93),
                (0, y + lean * 1.8, height + lift),
                (x * 0.5, y + lean * 1.6, height + lift * 0.93),
                (x * 0.93, y + lean, height + lift * 0.5),
                (x, y + side * 0.003, height * 0.99),
                (x, y + side * 0.008, height * 0.86),
            ],
            80,
        )
        parts.append(tube(path, 0.0125, strap, flatten=0.16, up=(0, 1, 0), segments=24))
        for middle in (-x, x):
            parts.append(stitches(_box_and_cross(path, middle, side * 0.0025), thread, radius=0.0005))
    return parts


def _box_and_cross(strap: Floats, middle: float, away: float) -> Floats:
    """The way of the stitches that hold the end of a strap whose axis is a path [n, 3], so far before it."""
    low, high = float(strap[:, 2].min()) + 0.004, float(strap[:, 2].min()) + 0.036
    way = [(-1, low), (1, low), (1, high), (-1, high), (-1, low), (1, high), (-1, high), (1, low)]
    end = strap[: len(strap) // 2] if middle < 0 else strap[len(strap) // 2 :][::-1]
    return np.array([(middle + 0.0085 * x, np.interp(z, end[:, 2], end[:, 1]) + away, z) for x, z in way])
