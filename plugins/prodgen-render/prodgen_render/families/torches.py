"""Torches and batteries."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, wrap_label
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube

_SMALL = ("aaa", "7号", "七号")
_LARGE = ("d cell", "size d", "d batteries", "1号", "c batteries")


def torch(look: Look) -> list[Part]:
    """One of metal or plastic that lies before the viewer, its lens to the left: head with cooling fins, key, ribbed grip and a loop."""
    size = look.uniform(0.92, 1.12)
    shell = look.solid("aluminium", "metal", "steel", "plastic", "matte plastic", default="#232427").but(bump=None)
    if not look.material_name or (shell.metallic and look.colour_name):
        shell = look.plain("matte plastic", look.colour("#232427")).but(roughness=0.45, metallic=0.35)
    dark = look.plain("rubber", "#17181a").but(bump=None)
    steel = look.plain("steel").but(bump=None, roughness=0.2)
    # Along its axis from the lens back.
    head = [
        (0.0175, 0.002), (0.0190, 0.0), (0.0200, 0.002), (0.0200, 0.012), (0.0186, 0.014), (0.0186, 0.020), (0.0196, 0.021), (0.0196, 0.025),
        (0.0170, 0.026), (0.0170, 0.029), (0.0192, 0.030), (0.0192, 0.033), (0.0166, 0.034), (0.0166, 0.037), (0.0182, 0.038), (0.0176, 0.042), (0.0135, 0.052),
    ]  # fmt: skip
    body = [
        (0.0135, 0.050),
        (0.0138, 0.060),
        (0.0138, 0.072),
        (0.0128, 0.074),
        (0.0128, 0.118),
        (0.0140, 0.120),
        (0.0140, 0.137),
        (0.0122, 0.140),
        (1e-4, 0.140),
    ]
    parts = [lathe(head, 0.0006, shell, 96), lathe(body, 0.0008, shell, 96)]
    parts.append(
        lathe(
            [(1e-4, 0.0045), (0.0176, 0.0040), (0.0180, 0.002)],
            0.0006,
            Material("lens", (0.80, 0.86, 0.90), 0.05, coat=1.0, transmission=0.55),
            72,
        )
    )
    reflector = [(0.0174, 0.0046), (0.0120, 0.012), (0.0040, 0.017), (1e-4, 0.0175)]
    parts.append(
        lathe(reflector, [0, 0.006, 0.002, 0], look.plain("metal", "#eceef0").but(bump=None, roughness=0.12), 72)
    )
    parts.append(
        lathe(
            [(1e-4, 0.0125), (0.0028, 0.013), (0.0028, 0.017)],
            0.0006,
            Material("light", (1.0, 0.93, 0.62), 0.5, emission=(0.35, 0.30, 0.16)),
            32,
        )
    )
    for number in range(20):
        angle = 2 * np.pi * number / 20
        x, y = 0.01275 * np.cos(angle), 0.01275 * np.sin(angle)
        parts.append(tube([(x, y, 0.0775), (x, y, 0.1145)], 0.0011, shell, segments=8))
    key = lathe([(1e-4, 0), (0.0052, 0), (0.0046, 0.0022), (1e-4, 0.0027)], [0, 0.0005, 0.001, 0], dark, 40)
    parts.append(key.turned(90, "x").moved(y=-0.0134, z=0.065))
    parts.append(lathe([(0.0141, 0.1225), (0.0149, 0.1235), (0.0149, 0.1290), (0.0141, 0.1300)], 0.0004, steel, 72))
    laid = [part.turned(90, "y").turned(-40, "x") for part in parts]
    low = min(float(part.vertices[:, 2].min()) for part in laid)
    laid = [part.moved(z=-low) for part in laid]
    end = max(float(part.vertices[:, 0].max()) for part in laid)
    loop = smooth_path(
        [
            (end - 0.003, 0, 0.020),
            (end + 0.015, 0.006, 0.012),
            (end + 0.035, 0.020, 0.003),
            (end + 0.030, 0.045, 0.0025),
            (end + 0.005, 0.050, 0.0025),
            (end + 0.006, 0.018, 0.006),
            (end - 0.003, 0.002, 0.019),
        ],
        60,
    )
    return [part.moved(x=-end / 2).scaled(size) for part in [*laid, tube(loop, 0.0014, dark, segments=10)]]


def batteries(look: Look) -> list[Part]:
    """Four round cells that stand side by side, their upper part of copper colour or the product's second one."""
    radius, high = (
        (0.0052, 0.0445) if look.says(_SMALL) else (0.0165, 0.0615) if look.says(_LARGE) else (0.0072, 0.0505)
    )
    shade = look.colour("#1d1d1f")
    top = look.accent(shade, "#c47a45")
    steel = look.plain("steel").but(bump=None, roughness=0.22)
    jacket = look.plain("lacquer", shade).but(coat=0.6)
    crown = look.plain("lacquer" if look.two_coloured else "copper", top).but(bump=None, roughness=0.3)
    split = high * 0.70
    cell = [
        lathe([(1e-4, 0.0), (radius * 0.94, 0.0), (radius * 0.94, 0.001)], [0, 0.0004, 0], steel, 72),
        lathe([(radius * 0.93, 0.0006), (radius, 0.0008), (radius, split)], [0, 0.0006, 0], jacket, 96),
        lathe([(radius, split), (radius, high - 0.0012), (radius * 0.90, high - 0.0006)], [0, 0.0007, 0], crown, 96),
        lathe(
            [
                (radius * 0.92, high - 0.0010),
                (radius * 0.80, high - 0.0008),
                (radius * 0.44, high - 0.0002),
                (radius * 0.42, high + 0.0012),
                (1e-4, high + 0.0013),
            ],
            [0, 0.0002, 0.0004, 0.0004, 0],
            steel,
            72,
        ),
        wrap_label(
            look,
            radius * 1.004,
            high * 0.05,
            split * 0.98,
            0.999,
            shade,
            style="bare",
            material="lacquer",
        ),
    ]
    parts = []
    for number in range(4):
        x = (number - 1.5) * radius * 2.12
        parts += [part.turned((number - 1.5) * 8).moved(x=x, y=0.12 * radius * (number % 2)) for part in cell]
    return parts
