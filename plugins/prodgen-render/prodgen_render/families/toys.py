"""Soft toy and building blocks."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import FABRICS, code_of
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, planar_uv, slab, tube
from prodgen_render.shapes.implicit import ball, capsule, ellipsoid, join, mesh

_RABBITS = ("bunny", "rabbit", "兔")
_BRICKS = ("brick", "lego", "乐高", "颗粒", "拼装")
_TOY_COLOURS = ("#d2402f", "#2f6fbf", "#f0b92d", "#3f9a58", "#ef8a35", "#7a55a3")


def soft_toy(look: Look) -> list[Part]:
    """A bear that sits, its soles to the viewer; with long ears where it is a rabbit."""
    rabbit = look.says(_RABBITS)
    plump = look.uniform(0.94, 1.08)
    default = "#e8d9c6" if rabbit else "#a4703f"
    fur = look.main(
        "velvet", *(name for name in FABRICS if name != "velvet"), extent=(0.3, 0.36), default=default, period=0.06
    )
    shade = look.colour(default)
    pale = look.plain(fur.name, mix(shade, (255, 246, 230), 0.6))

    def field(p: Floats) -> Floats:
        q = np.stack([np.abs(p[:, 0]), p[:, 1], p[:, 2]], -1)
        body = ellipsoid(p, (0, 0.005, 0.098), (0.075 * plump, 0.068 * plump, 0.092))
        head = ellipsoid(p, (0, -0.006, 0.238), (0.078, 0.068, 0.070))
        arm = capsule(q, (0.062, -0.005, 0.152), (0.112, -0.045, 0.088), 0.029, 0.026)
        leg = capsule(q, (0.048, -0.015, 0.045), (0.078, -0.118, 0.040), 0.040, 0.035)
        out = join(join(body, head, 0.022), join(arm, leg, 0.004), 0.014)
        if rabbit:
            ear = ellipsoid(
                q
                - np.array([0.038, 0.008, 0.345], np.float32)
                - np.stack([0.10 * (p[:, 2] - 0.345), 0 * p[:, 0], 0 * p[:, 0]], -1),
                (0, 0, 0),
                (0.022, 0.013, 0.072),
            )
        else:
            ear = ellipsoid(q, (0.062, 0.004, 0.298), (0.030, 0.016, 0.030))
        return join(out, ear, 0.012)

    parts = [planar_uv(mesh(field, (-0.16, -0.17, -0.01), (0.16, 0.10, 0.44), 0.0062, fur))]
    parts.append(ball((0, -0.064, 0.222), (0.034, 0.026, 0.026), pale))
    for side in (-1, 1):
        parts.append(ball((side * 0.0805, -0.148, 0.041), (0.026, 0.009, 0.028), pale))
        if not rabbit:
            parts.append(ball((side * 0.062, -0.0105, 0.298), (0.018, 0.006, 0.018), pale))
    return parts + _features(look)


def _features(look: Look) -> list[Part]:
    """Eyes, nose and a stitched mouth."""
    black = Material("eye", (0.012, 0.011, 0.010), 0.12, coat=1.0)
    thread = look.plain("cotton", "#2b2019").but(bump=None)
    bead = lathe(
        [(1e-4, -0.004), (0.0078, -0.002), (0.0078, 0.002), (0.005, 0.0062), (1e-4, 0.0072)],
        [0, 0.001, 0.003, 0.002, 0],
        black,
        40,
    )
    eyes = [bead.turned(84, "x").turned(side * 20).moved(x=side * 0.030, y=-0.066, z=0.252) for side in (-1, 1)]
    nose = ball((0, -0.090, 0.234), (0.0115, 0.006, 0.0078), black, 0.0016)
    down = np.linspace((0, -0.0915, 0.228), (0, -0.0905, 0.214), 6)
    a = np.linspace(-1, 1, 24)
    smile = np.stack([0.0155 * a, -0.0888 + 0.0075 * a**2, 0.2075 + 0.0065 * np.abs(a) ** 1.5], -1)
    return [*eyes, nose, tube(down, 0.0011, thread, segments=8), tube(smile, 0.0012, thread, segments=8)]


def building_blocks(look: Look) -> list[Part]:
    """Wooden blocks built up to a gate, or bricks with studs in three layers."""
    return _bricks(look) if look.says(_BRICKS) else _castle(look)


def _paints(look: Look, name: str) -> list[Material]:
    """The colours of a set, that which the words name first."""
    own = [] if look.own_colour else [code_of(look.colour())]
    look.note(look.colour(_TOY_COLOURS[0]), "wood" if name == "lacquer" else name)  # painted
    start = look.choice(len(_TOY_COLOURS))
    return [look.plain(name, code) for code in own + [_TOY_COLOURS[(start + k) % 6] for k in range(6)]][:6]


def _castle(look: Look) -> list[Part]:
    bare = look.material_name in ("wood", "walnut", "bamboo") or look.material_name == ""
    paint = _paints(look, "lacquer" if bare else look.pick("plastic", "matte plastic", "lacquer"))
    paint = [stuff.but(roughness=0.5, coat=0.35) for stuff in paint]
    wood = look.plain("wood")
    unit = 0.04 * look.uniform(0.94, 1.06)

    def block(x: float, z: float, wide: float, high: float, stuff: Material) -> list[Part]:
        return [
            part.moved(x=x * unit, z=z * unit) for part in box((wide * unit, unit, high * unit), 0.0022, stuff, cells=3)
        ]

    def rod(x: float, z: float, stuff: Material) -> Part:
        return lathe(
            [(1e-4, 0), (unit * 0.46, 0), (unit * 0.46, unit), (1e-4, unit)], [0, 0.002, 0.002, 0], stuff, 64
        ).moved(x=x * unit, z=z * unit)

    roof = _roof(2 * unit, unit, paint[3])
    parts = [
        *block(-1.5, 0, 1, 2, paint[0]),
        *block(1.5, 0, 1, 2, paint[1]),
        *block(0, 2, 4, 1, wood if bare else paint[4]),
        rod(-1.5, 3, paint[2]),
        rod(1.5, 3, paint[2]),
    ]
    parts += [
        *block(-1.5, 4, 1, 1, paint[4]),
        *block(1.5, 4, 1, 1, paint[5]),
        *block(0, 3, 1, 1, paint[0]),
        roof.moved(z=4 * unit),
    ]
    spare = [part.turned(24).moved(x=-0.5 * unit, y=-1.9 * unit) for part in block(0, 0, 1, 1, paint[1])]
    return (
        parts
        + spare
        + [
            rod(0, 0, paint[5]).moved(x=1.1 * unit, y=-1.7 * unit),
            *(_cone(unit, paint[k]).moved(x=x * unit, z=5 * unit) for x, k in ((-1.5, 1), (1.5, 0))),
        ]
    )


def _roof(wide: float, deep: float, stuff: Material) -> Part:
    """A triangular prism that lies along Y."""
    outline = np.array([(-wide / 2, 0), (0, wide / 2), (wide / 2, 0)])
    corners = np.concatenate([np.linspace(outline[k], outline[(k + 1) % 3], 12, endpoint=False) for k in range(3)])[
        ::-1
    ]
    return slab(corners, deep, 0.002, stuff).turned(90, "x").moved(y=deep / 2, z=0)


def _cone(unit: float, stuff: Material) -> Part:
    return lathe(
        [(1e-4, 0), (unit * 0.46, 0), (unit * 0.06, unit * 0.95), (1e-4, unit)], [0, 0.002, 0.002, 0], stuff, 64
    )


def _bricks(look: Look) -> list[Part]:
    paint = [stuff.but(roughness=0.3, coat=0.5) for stuff in _paints(look, "plastic")]
    pitch, high = 0.016, 0.0192
    parts: list[Part] = []

    def brick(x: float, y: float, layer: int, wide: int, deep: int, stuff: Material) -> None:
        at = {"x": x * pitch, "y": y * pitch, "z": layer * high}
        parts.extend(
            part.moved(**at)
            for part in box((wide * pitch - 0.0003, deep * pitch - 0.0003, high), 0.0006, stuff, steps=3, cells=2)
        )
        stud = lathe([(0.0049, 0), (0.0049, 0.0036), (1e-4, 0.0036)], [0, 0.0005, 0], stuff, 40)
        for i in range(wide):
            for j in range(deep):
                parts.append(
                    stud.moved(
                        x=at["x"] + (i - (wide - 1) / 2) * pitch,
                        y=at["y"] + (j - (deep - 1) / 2) * pitch,
                        z=at["z"] + high - 0.0002,
                    )
                )

    layout = (
        (-2, 0, 0, 4, 2),
        (2, 0, 0, 4, 2),
        (-3, 0, 1, 2, 2),
        (0, 0, 1, 4, 2),
        (3, 0, 1, 2, 2),
        (-1, 0, 2, 4, 2),
        (2, 0, 2, 2, 2),
        (-1, 0, 3, 2, 2),
        (-3.6, -3.0, 0, 2, 2),
        (2.6, -3.2, 0, 4, 2),
    )
    for number, (x, y, layer, wide, deep) in enumerate(layout):
        brick(x, y, layer, wide, deep, paint[(number * 5 + number // 3) % len(paint)])
    return parts
