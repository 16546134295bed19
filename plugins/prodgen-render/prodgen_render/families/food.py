"""Food packages: bottle, can, carton, cereal box, jar, coffee bag, tin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.geometry import box, loft, refine, revolve, rounded_path, rounded_rectangle, slab, smooth_path
from prodgen_render.looks import Look, linear
from prodgen_render.model import Material, Part
from prodgen_render.patterns import Srgb, mix
from prodgen_render.words import mentions, words_of

_CONTENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("#7a1230", ("red wine", "红酒", "葡萄酒")), ("#f3a11f", ("orange juice", "orange", "橙汁", "橙")), ("#d9382b", ("tomato", "strawberry", "番茄", "草莓")),
    ("#c9892b", ("honey", "蜂蜜", "tea", "茶")), ("#4a2413", ("coffee", "cola", "soy", "咖啡", "可乐", "酱油", "酱")), ("#d8b53a", ("oil", "油", "apple", "苹果")),
    ("#f4efe2", ("milk", "yogurt", "牛奶", "酸奶", "豆奶")), ("#5b2a6e", ("grape", "blueberry", "葡萄", "蓝莓")), ("#8a4f2a", ("peanut", "chocolate", "花生", "巧克力")),
)  # fmt: skip


def _contents(look: Look, default: str) -> Srgb:
    text = words_of(look.product)
    code = next((code for code, words in _CONTENTS if any(mentions(text, word) >= 0 for word in words)), default)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def bottle(look: Look) -> list[Part]:
    """A bottle with a shoulder, a neck, a cap and a label; clear ones show what is in them."""
    steel = look.material_name in ("steel", "aluminium", "metal")
    height = 0.235 * look.uniform(0.92, 1.08) * look.tallness(500, 23)
    radius = 0.034 * look.uniform(0.92, 1.1)
    neck = radius * (0.62 if steel else look.uniform(0.36, 0.46))
    shoulder = height * look.uniform(0.62, 0.72)
    top = height * 0.9
    slope = smooth_path(
        [
            (radius, shoulder - 0.02),
            (radius, shoulder),
            (radius * 0.86, shoulder + (top - shoulder) * 0.35),
            (neck * 1.12, shoulder + (top - shoulder) * 0.75),
            (neck, top),
        ],
        36,
    )
    base = rounded_path(
        [
            (1e-4, 0.004),
            (radius * 0.72, 0.003),
            (radius * 0.8, 0),
            (radius * 0.9, 0),
            (radius, 0.006),
            (radius, shoulder - 0.02),
        ],
        [0, 0.003, 0.002, 0.004, 0.004, 0],
    )
    outline = refine(np.concatenate([base[:-1], slope]), 0.008)
    extent = (2 * np.pi * radius, height)
    if steel:
        flask = revolve(outline, look.main("steel", "aluminium", extent=extent, period=0.04))
        lid = cap(neck * 1.15, top - 0.012, height, look.plain("matte plastic", (30, 31, 33)), ribs=36)
        band = lathe(
            [(neck, top - 0.018), (neck * 1.06, top - 0.016), (neck * 1.06, top - 0.011), (neck, top - 0.009)],
            0.001,
            look.plain("steel"),
        )
        return [flask, lid, band]
    if look.material_name in ("plastic", "matte plastic"):
        body = [revolve(outline, look.main("plastic", "matte plastic", extent=extent, period=0.04))]
    else:
        tint = _contents(look, "#e8f2f4")
        drink = Material("liquid", linear(mix(tint, (255, 255, 255), 0.02)), 0.12, coat=0.0)
        if sum(tint) > 690:
            drink = Material("liquid", linear(mix(tint, (255, 255, 255), 0.4)), 0.05, transmission=0.9)
        glass_colour = look.colour("#f2f8f6") if look.colour_name not in ("", "white") else (242, 248, 246)
        inside = outline - [0.0022, 0]
        inside = inside[(inside[:, 0] > 0) & (inside[:, 1] < shoulder + (top - shoulder) * 0.45)]
        inside[:, 1] = np.maximum(inside[:, 1], 0.007)
        level = inside[-1]
        liquid = revolve(
            np.concatenate([[[1e-4, 0.007]], inside, [[level[0] * 0.97, level[1] + 0.0006], [1e-4, level[1]]]]), drink
        )
        body = [revolve(outline, look.plain("glass", glass_colour)), liquid]
    lid_colour = look.accent(look.colour(), "#c9a24a") if look.chance(0.4) else (36, 36, 38)
    metal_lid = look.chance(0.5)
    lid = cap(
        neck * 1.14,
        top - 0.006,
        height,
        look.plain("aluminium", lid_colour) if metal_lid else look.plain("plastic", lid_colour),
        ribs=40,
    )
    ground = (250, 247, 240) if look.colour_name in ("", "white") else look.colour()
    label = wrap_label(
        look, radius + 0.0003, height * 0.16, shoulder - 0.028, 1.0 if look.chance(0.5) else 0.34, ground, style="bare"
    )
    ring = lathe(
        [(neck, top - 0.012), (neck * 1.12, top - 0.011), (neck * 1.12, top - 0.007), (neck, top - 0.006)],
        0.001,
        body[0].material,
    )
    return [*body, lid, label, ring]


def can(look: Look) -> list[Part]:
    """A drinks can: printed side, necked ends, recessed lid with a tab."""
    slim = look.chance(0.4)
    radius, height = (0.0285, 0.145) if slim else (0.033, 0.122)
    height *= look.uniform(0.95, 1.05) * min(1.15, look.tallness(330, 12))
    colour = look.colour()
    metal = look.plain("aluminium")
    ends = radius * 0.82
    low, high = 0.009, height - 0.014
    side = refine(
        rounded_path(
            [(radius * 0.86, 0.0035), (radius, low + 0.002), (radius, high), (ends, height - 0.0035)],
            [0, 0.008, 0.010, 0],
        ),
        0.006,
    )
    printed = look.label(
        "matte plastic",
        (2 * np.pi * radius, height),
        colour,
        (0.36, 0.16, 0.64, 0.8),
        style="bare" if look.chance(0.5) else "emblem",
    )
    printed = printed.but(roughness=0.34, metallic=0.45, coat=0.4, bump=None, name="aluminium")
    body = revolve(side, printed)
    rim = rounded_path(
        [
            (ends, height - 0.0035),
            (ends + 0.0016, height - 0.001),
            (ends + 0.0004, height),
            (ends - 0.0016, height - 0.0008),
            (ends - 0.003, height - 0.006),
            (ends - 0.005, height - 0.0052),
            (1e-4, height - 0.0052),
        ],
        [0, 0.001, 0.001, 0.001, 0.001, 0.001, 0],
    )
    lid = revolve(refine(rim, 0.006), metal)
    foot = revolve(
        refine(
            rounded_path(
                [(1e-4, 0.007), (radius * 0.62, 0.004), (radius * 0.7, 0), (radius * 0.76, 0), (radius * 0.86, 0.0035)],
                [0, 0.012, 0.001, 0.002, 0],
            ),
            0.006,
        ),
        metal,
    )
    plate = height - 0.0046
    outline = rounded_rectangle(0.013, 0.023, 0.0064)

    tab = slab(np.add(outline, [0, -0.004]), 0.0012, 0.0005, look.plain("aluminium", (176, 178, 182))).moved(z=plate)
    hole = slab(
        np.add(rounded_rectangle(0.008, 0.007, 0.0034), [0, -0.0095]),
        0.0004,
        0.0002,
        look.plain("matte plastic", (74, 75, 78)),
    ).moved(z=plate + 0.0012)
    rivet = lathe([(1e-4, 0), (0.003, 0), (0.003, 0.0022), (1e-4, 0.0024)], 0.0008, metal, 32).moved(y=0.002, z=plate)
    return [body, lid, foot, tab, hole, rivet]


def carton(look: Look) -> list[Part]:
    """A gable-top drinks carton, or a plain folding box where the words say box."""
    text = words_of(look.product)
    if look.product.domain != "food" or any(mentions(text, word) >= 0 for word in ("box", "盒", "tea", "茶")):
        return folding_box(look)
    width = 0.072 * look.uniform(0.95, 1.08)
    height = 0.185 * look.uniform(0.92, 1.08) * look.tallness(1000, 20)
    colour = look.colour("#f4f3ef")
    accent = look.accent(colour)
    parts = []
    half = width / 2
    roof, fin = width * 0.52, width * 0.24
    for number, part in enumerate(box((width, width, height), 0.0022, look.plain("paper", colour), cells=8)):
        if number in (0, 1, 2, 3):
            material = look.label(
                "paper", (width, height), colour, (0.07, 0.12, 0.93, 0.9), style="bare" if number in (0, 1) else "band"
            )
            parts.append(part.but(material=material.but(roughness=0.4, coat=0.25)))
        elif number == 5:
            parts.append(part)
    top_colour = look.plain("paper", accent).but(roughness=0.4, coat=0.25)
    n = 14
    x = np.linspace(-half + 0.001, half - 0.001, n)
    for side in (-1, 1):
        s = np.linspace(0, 1, 8)[:, None]
        y = side * (half * (1 - s) + 0.0014 * s) + 0 * x
        z = height - 0.001 + roof * s + 0 * x
        xs = np.broadcast_to(x, y.shape)
        parts.append(
            loft(np.stack([xs, y, z], -1) if side < 0 else np.stack([xs[:, ::-1], y, z], -1), top_colour, closed=False)
        )
        # The gusset folds in under the roof on each side.
        depth = 0.45 * half * s * (1 - 0.12 * s)
        across = np.linspace(-1, 1, n)
        gy = across * (half * (1 - s) + 0.0012)
        gx = (half - 0.001) - depth * (1 - np.abs(across)) * 1.0
        gz = height - 0.001 + roof * s + 0 * gy
        sections = np.stack([side * gx, side * gy, gz], -1)
        parts.append(loft(sections, top_colour, closed=False))
    crest = box((width - 0.002, 0.0032, fin), 0.0012, top_colour, cells=6)
    parts += [piece.moved(z=height + roof - 0.002) for piece in crest]
    if look.chance(0.6):
        lid = cap(0.013, 0, 0.011, look.plain("plastic", accent if sum(accent) < 680 else (60, 120, 190)), ribs=24)
        angle = np.degrees(np.arctan2(roof, half))
        parts.append(lid.turned(angle, "x").moved(y=-half * 0.55, z=height + roof * 0.45))
    return parts


def folding_box(look: Look) -> list[Part]:
    """A printed folding box."""
    width = 0.095 * look.uniform(0.85, 1.15)
    depth, height = width * look.uniform(0.35, 0.6), width * look.uniform(1.05, 1.5) * look.tallness(0, 14)
    return _printed_box(look, width, depth, height, "kraft" if look.material_name == "kraft" else "paper")


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
) -> list[Part]:
    colour = look.colour("#c19a6b" if paper == "kraft" else None)
    style = styles[int(look.rng.integers(len(styles)))]
    faces = box((width, depth, height), min(0.0022, depth * 0.05), look.plain(paper, colour), cells=10)
    out = []
    for number, part in enumerate(faces):
        w, h = part.uv_metres
        if number in (0, 1):
            material = look.label(paper, (w, h), colour, (0.08, 0.07, 0.92, 0.93), style=style)
        elif number in (2, 3):
            material = look.label(paper, (w, h), colour, (0.1, 0.25, 0.9, 0.8), style="bare")
        elif number == 4:
            material = look.label(paper, (w, h), colour, (0.1, 0.12, 0.9, 0.88), style="bare")
        else:
            material = look.plain(paper, colour)
        out.append(part.but(material=material.but(coat=0.25 if paper == "paper" else 0.0)))
    # The lid's flap: a fine dark seam under the top edge of the front.
    seam = box(
        (width - 0.004, depth - 0.004, 0.0005), 0.0002, look.plain("paper", mix(colour, (0, 0, 0), 0.55)), cells=2
    )
    return out + [p.moved(z=-1e-5) for p in seam[5:6]]


def jar(look: Look) -> list[Part]:
    """A glass jar with its contents, a metal lid and a label."""
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
    filling = _contents(look, default.get(look.colour_name, "#c9892b"))
    inside = outline - [0.0028, 0]
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
        look.plain("aluminium", lid_base)
        if look.colour_name in ("", "gold", "silver")
        else look.plain("lacquer", lid_base),
        ribs=60,
        edge=0.0025,
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
            material_name, (width, height), colour, (0.14, 0.16, 0.86, 0.82), style="panel" if front else "bare"
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
    if look.chance(0.7):
        valve = lathe(
            [(1e-4, 0), (0.009, 0), (0.009, 0.0016), (0.006, 0.0022), (1e-4, 0.0022)],
            0.0007,
            look.plain("plastic", mix(colour, (20, 20, 20), 0.4)),
            40,
        )
        reach = depth / 2 * float(np.interp(0.76, [0.6, 0.86], [0.66, 0.05]))
        out.append(valve.turned(90 - 24, "x").moved(y=-reach - 0.0012, z=height * 0.77))
    return out


def tin(look: Look) -> list[Part]:
    """A round tea tin with a slip lid."""
    radius, height = 0.04 * look.uniform(0.9, 1.15), 0.095 * look.uniform(0.85, 1.2)
    colour = look.colour()
    printed = look.label(
        "lacquer", (2 * np.pi * radius, height * 0.78), colour, (0.37, 0.14, 0.63, 0.86), style="panel"
    ).but(coat=0.6)
    body = lathe([(radius * 0.2, 0.0), (radius, 0), (radius, height * 0.8)], [0, 0.002, 0], printed)
    base = lathe([(1e-4, 0), (radius * 0.99, 0)], 0, look.plain("steel"))
    lid = lathe(
        [(radius, height * 0.76), (radius * 1.018, height * 0.76), (radius * 1.018, height), (1e-4, height)],
        [0, 0.0006, 0.004, 0],
        look.plain("lacquer", mix(colour, (0, 0, 0), 0.12)),
    )
    return [body, base, lid]
