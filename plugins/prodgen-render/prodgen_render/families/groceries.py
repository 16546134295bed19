"""Boxes, jar, coffee bag and tin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prodgen_render.families.contents import contents_colour
from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.families.supplements import SUPPLEMENTS, supplement
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix, relief
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, loft, refine, revolve, rounded_path, rounded_rectangle, slab, tube

_FISH = ("tuna", "sardines", "anchovies", "mackerel", "金枪鱼", "沙丁鱼", "凤尾鱼")
_CANNED = (
    *_FISH, "canned", "tinned", "soup", "baked beans", "chickpeas", "kidney beans", "chopped tomatoes", "sweetcorn", "spam", "罐头", "八宝粥", "午餐肉",
)  # fmt: skip
_CHOCOLATE = ("chocolate", "巧克力")
_BOXED = (
    "gift",
    "assorted",
    "truffles",
    "truffle",
    "pralines",
    "biscuits",
    "cookies",
    "drink",
    "powder",
    "礼盒",
    "盒装",
    "饼干",
)


def folding_box(look: Look) -> list[Part]:
    """A printed folding box; a bar of chocolate in its wrapper where the words say no more than that."""
    width = 0.095 * look.uniform(0.85, 1.15)
    if look.says(_CHOCOLATE) and not look.says(_BOXED):
        return _bar(look, 0.78 * width * look.uniform(0.35, 0.6) ** 0.1, 2.0 + 0.3 * (look.uniform(1.05, 1.5) - 1.2))
    depth, height = width * look.uniform(0.35, 0.6), width * look.uniform(1.05, 1.5) * look.tallness(0, 14)
    return _printed_box(look, width, depth, height, "kraft" if look.material_name == "kraft" else "paper")


def _bar(look: Look, width: float, long: float) -> list[Part]:
    """A bar `long` times as long as wide: a sleeve of paper, and the foil that comes out of it above."""
    height = width * long
    paper = "kraft" if look.material_name == "kraft" else "paper"
    sleeve = _printed_box(look, width, 0.0105, height * 0.955, paper, thin=True)
    crinkled = relief("velvet")
    crinkled = crinkled and replace(crinkled, strength=0.3)
    foil = look.plain("metal", "#d9b978" if look.chance(0.5) else "#d5d7da").but(roughness=0.32, bump=crinkled)
    inside = box((width - 0.0016, 0.0088, height - 0.002), 0.0016, foil, cells=6)
    return [*sleeve, *(part.moved(z=0.001) for part in inside)]


def cereal_box(look: Look) -> list[Part]:
    """A tall flat box of breakfast cereal."""
    width = 0.19 * look.uniform(0.9, 1.1)
    return _printed_box(
        look,
        width,
        width * look.uniform(0.26, 0.36),
        width * look.uniform(1.3, 1.6),
        "paper",
        styles=("emblem", "panel"),
    )


def _printed_box(
    look: Look,
    width: float,
    depth: float,
    height: float,
    paper: str,
    styles: tuple[str, ...] = ("panel", "emblem", "bare"),
    *,
    thin: bool = False,
) -> list[Part]:
    """A box with its label in front and behind, and on sides and lid where those are not too `thin` for it."""
    colour = look.colour("#c19a6b" if paper == "kraft" else None)
    style = styles[look.choice(len(styles))]
    faces = box((width, depth, height), min(0.0022, depth * 0.05), look.plain(paper, colour), cells=10)
    out = []
    for number, part in enumerate(faces):
        w, h = part.uv_metres
        if number in (0, 1):
            # On the long face of a bar the label is as wide for its height as on other boxes.
            low = 0.22 if thin else 0.07
            material = look.label(paper, (w, h), colour, (0.08, low, 0.92, 1 - low), style=style)
        elif thin:
            material = look.plain(paper, colour)
        elif number in (2, 3):
            material = look.label(paper, (w, h), colour, (0.1, 0.25, 0.9, 0.8), style="bare", art=False)
        elif number == 4:
            material = look.label(paper, (w, h), colour, (0.1, 0.12, 0.9, 0.88), style="bare", art=False)
        else:
            material = look.plain(paper, colour)
        out.append(part.but(material=material.but(coat=0.25 if paper == "paper" else 0.0)))
    # The lid's flap: a fine dark seam under the top edge of the front.
    seam = box(
        (width - 0.004, depth - 0.004, 0.0005), 0.0002, look.plain("paper", mix(colour, (0, 0, 0), 0.55)), cells=2
    )
    return out + [p.moved(z=-1e-5) for p in seam[5:6]]


def jar(look: Look) -> list[Part]:
    """A glass jar with its contents, a metal lid and a label; an opaque bottle of what is taken as tablets."""
    if look.says(SUPPLEMENTS):
        return supplement(look)
    radius = 0.036 * look.uniform(0.92, 1.12)
    height = 0.092 * look.uniform(0.88, 1.15) * look.tallness(330, 11)
    neck, body_top = radius * 0.86, height * 0.8
    outline = rounded_path(
        [
            (1e-4, 0.003),
            (radius * 0.75, 0.002),
            (radius * 0.85, 0),
            (radius, 0.003),
            (radius, body_top - 0.006),
            (neck, body_top + 0.004),
            (neck, height - 0.006),
        ],
        [0, 0.003, 0.002, 0.008, 0.012, 0.004, 0],
    )
    outline = refine(outline, 0.006)
    glass = revolve(outline, look.plain("glass", (246, 250, 248)))
    default = {
        "red": "#c3272b",
        "green": "#7f9a3c",
        "yellow": "#e0a92c",
        "orange": "#e9802c",
        "purple": "#5b2a6e",
        "brown": "#6b3a1e",
        "pink": "#dd6f86",
    }
    look.note(
        look.colour(default.get(look.colour_name)) if look.colour_name else contents_colour(look, "#c9892b"), "glass"
    )
    filling = contents_colour(look, default.get(look.colour_name, "#c9892b"))
    # As wide as it looks: the glass, a lens, draws it out to its own edge.
    inside = outline - [0.0009, 0]
    inside = inside[(inside[:, 0] > 0) & (inside[:, 1] < height * 0.74)]
    inside[:, 1] = np.maximum(inside[:, 1], 0.006)
    content = revolve(
        np.concatenate(
            [[[1e-4, 0.006]], inside, [[inside[-1, 0] * 0.97, inside[-1, 1] + 0.0006], [1e-4, inside[-1, 1]]]]
        ),
        Material("filling", linear(filling), 0.3, coat=0.5),
    )
    lid_base = look.colour("#c9a24a")
    lid = cap(
        neck * 1.1,
        height - 0.019,
        height,
        look.part(
            "lid",
            look.plain("aluminium" if look.colour_name in ("", "gold", "silver") else "lacquer", lid_base),
            metal=True,
        ),
        ribs=84,
        edge=0.0018,
        groove=0.012,
    )
    label = wrap_label(look, radius + 0.0003, height * 0.17, body_top - 0.016, 0.34, (250, 246, 236), style="panel")
    return [glass, content, lid, label]


def coffee_bag(look: Look) -> list[Part]:
    """A stand-up pouch with a crimped top and a gusset below."""
    width = 0.13 * look.uniform(0.92, 1.1)
    height = width * look.uniform(1.45, 1.75) * look.tallness(250, 0)
    depth = width * look.uniform(0.4, 0.5)
    material_name = look.pick("matte plastic", "kraft", "paper")
    colour = look.colour("#c19a6b" if material_name == "kraft" else None)
    rows = np.concatenate([np.linspace(0, 0.04, 6), np.linspace(0.05, 0.86, 34), np.linspace(0.875, 1, 8)])
    columns = 44
    out = []
    for front in (True, False):
        s = np.linspace(-1, 1, columns)
        x = s * width / 2
        sections = np.empty((len(rows), columns, 3))
        for i, t in enumerate(rows):
            swell = np.interp(t, [0, 0.03, 0.25, 0.6, 0.86, 1], [0.88, 1.0, 0.95, 0.66, 0.05, 0.016])
            pinch = np.interp(t, [0, 0.06, 0.5, 0.87, 1], [0.93, 0.97, 0.95, 1.0, 1.0])
            y = depth / 2 * swell * np.maximum(1 - np.abs(s) ** 3.2, 0) ** 0.7
            crease = (
                0.0016
                * np.sin(9 * s + 14 * t)
                * np.sin(5.5 * t + 2 * s)
                * (1 - s**2)
                * np.interp(t, [0, 0.15, 0.8, 0.9], [0.2, 1, 1, 0])
            )
            sections[i] = np.stack([x * pinch, -(y + crease), np.full(columns, t * height)], -1)
        if not front:
            sections = (sections * [-1, -1, 1]).copy()
        printed = look.label(
            material_name,
            (width, height),
            colour,
            (0.14, 0.16, 0.86, 0.82),
            style="panel" if front else "bare",
            art=front,
        )
        if material_name == "matte plastic":
            printed = printed.but(roughness=0.45, coat=0.15, bump=None)
        out.append(loft(sections, printed, closed=False))
    bottom = rounded_rectangle(width * 0.9, depth * 0.84, depth * 0.4)

    out.append(slab(bottom, 0.003, 0.001, look.plain(material_name, mix(colour, (0, 0, 0), 0.15))).moved(z=0.0005))
    seal = height * 0.885
    for y in (-1, 1):
        strip = box(
            (width * 0.985, 0.0007, 0.004), 0.0003, look.plain("matte plastic", mix(colour, (0, 0, 0), 0.3)), cells=2
        )
        out += [p.moved(y=y * 0.0022, z=seal) for p in strip]
    if look.chance(0.7) and look.says(("coffee", "咖啡")):
        valve = lathe(
            [(1e-4, 0), (0.007, 0), (0.007, 0.0014), (0.0048, 0.002), (1e-4, 0.002)],
            0.0007,
            look.plain("plastic", mix(colour, (20, 20, 20), 0.4)),
            40,
        )
        reach = depth / 2 * float(np.interp(0.835, [0.6, 0.86], [0.66, 0.05]))
        out.append(valve.turned(90 - 24, "x").moved(y=-reach - 0.0012, z=height * 0.84))
    return out


def tin(look: Look) -> list[Part]:
    """A round tea tin with a slip lid; a sealed can where it holds what is canned."""
    radius, height = 0.04 * look.uniform(0.9, 1.15), 0.095 * look.uniform(0.85, 1.2)
    colour = look.colour()
    if look.says(_CANNED) or look.product.category.endswith(("tinned", "canned")):
        return _sealed(look, radius * 0.92, height * (0.45 if look.says(_FISH) else 1.1), colour)
    printed = look.label(
        "lacquer", (2 * np.pi * radius, height * 0.78), colour, (0.37, 0.14, 0.63, 0.86), style="panel"
    ).but(coat=0.6)
    body = lathe([(radius * 0.96, 0.0), (radius, 0), (radius, height * 0.8)], [0, 0.002, 0], printed)
    base = lathe([(1e-4, 0), (radius * 0.99, 0)], 0, look.plain("steel"))
    lid = lathe(
        [(radius, height * 0.76), (radius * 1.018, height * 0.76), (radius * 1.018, height), (1e-4, height)],
        [0, 0.0006, 0.004, 0],
        look.part("lid", look.plain("lacquer", mix(colour, (0, 0, 0), 0.12)), metal=True),
    )
    return [body, base, lid]


def _sealed(look: Look, radius: float, height: float, colour: Srgb) -> list[Part]:
    """A can with a paper label around it, a rim at both ends, and a ring to pull."""
    look.note(colour, "steel")
    steel = look.plain("steel").but(bump=None)
    label = wrap_label(look, radius + 0.0003, 0.006, height - 0.007, 1.0, colour, style="band")
    rim = [(radius, 0.0), (radius + 0.0016, 0.001), (radius + 0.0016, 0.0035), (radius, 0.005)]
    lid = [(radius - 0.001, height - 0.001), (radius - 0.002, height - 0.005), (1e-4, height - 0.005)]
    parts = [label, lathe([(1e-4, 0.002), (radius, 0.002), (radius, height - 0.002)], 0, steel), lathe(lid, 0, steel)]
    parts += [lathe(rim, [0, 0.0008, 0.0008, 0], steel).moved(z=z) for z in (0.0, height - 0.005)]
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    pull = np.stack([0.011 * np.cos(turn), 0.010 * np.sin(turn) - 0.3 * radius, 0 * turn + height - 0.003], -1)
    return [*parts, tube(pull, 0.0015, steel, closed=True, segments=12)]
