"""Steam iron. Its toe to the left."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import loft, refine, slab, smooth_path, tube

_HALF = np.array(
    [
        (0.128, 0.0), (0.126, 0.028), (0.116, 0.047), (0.090, 0.057), (0.040, 0.060), (-0.020, 0.055), (-0.070, 0.042), (-0.110, 0.022),
        (-0.132, 0.006), (-0.137, 0.0),
    ]
)  # fmt: skip
"""Half of a soleplate from above, from the heel to the toe, in metres."""


def iron(look: Look) -> list[Part]:
    """A steel soleplate under a body with a water tank in front, a handle over it, a dial, and a cord where words leave it one."""
    size = look.uniform(0.94, 1.06)
    shell = look.solid("plastic", "matte plastic", default="#f1f2f4")
    second = look.plain("plastic", look.accent(look.colour("#f1f2f4"), "#5f666f"))
    dark = look.part("handle", look.plain("matte plastic", "#26282c"))
    half = smooth_path(_HALF, 60)
    edge = refine(np.concatenate([half, (half * [1, -1])[-2:0:-1]]), 0.005)
    parts = [slab(edge, 0.008, 0.002, look.plain("steel").but(bump=None))]
    # (height, share of the outline, how far back its middle moves)
    rows = [
        (0.006, 0.90, 0.0), (0.012, 0.95, 0.0), (0.022, 0.94, 0.002), (0.034, 0.84, 0.008), (0.050, 0.66, 0.016), (0.062, 0.50, 0.020), (0.066, 0.40, 0.022),
        (0.067, 0.01, 0.022),
    ]  # fmt: skip
    sections = np.stack([np.c_[edge * share + [back, 0], np.full(len(edge), high)] for high, share, back in rows])
    split = 3
    parts += [loft(sections[: split + 1], second), loft(sections[split:], shell)]
    grip = smooth_path(
        [(0.098, 0, 0.030), (0.110, 0, 0.075), (0.094, 0, 0.112), (0.040, 0, 0.124), (-0.022, 0, 0.116), (-0.054, 0, 0.090), (-0.062, 0, 0.050)],
        60,
    )  # fmt: skip
    thick = np.interp(np.linspace(0, 1, 60), [0, 0.2, 0.45, 0.7, 1], [0.022, 0.018, 0.0165, 0.0165, 0.026])
    parts.append(tube(grip, thick, dark, flatten=0.9, up=(0, 1, 0), segments=28))
    dial = lathe(
        [(1e-4, 0), (0.021, 0), (0.019, 0.008), (1e-4, 0.009)],
        [0, 0.002, 0.003, 0],
        look.plain("plastic", "#e4e6e8"),
        48,
    )
    parts.append(dial.moved(x=0.018, z=0.064))
    for x in (-0.020, -0.036):
        button = lathe([(1e-4, 0), (0.0075, 0), (0.006, 0.006), (1e-4, 0.0065)], [0, 0.001, 0.002, 0], second, 32)
        parts.append(button.moved(x=x, z=0.129 + 0.35 * (x + 0.02)))
    parts.append(tube([(-0.100, 0, 0.028), (-0.117, 0, 0.027)], 0.006, dark, segments=20))
    if not look.says(("cordless", "无线")):
        cord = smooth_path(
            [(0.110, 0, 0.088), (0.140, 0.004, 0.090), (0.165, 0.02, 0.050), (0.170, 0.06, 0.004), (0.120, 0.105, 0.004), (0.03, 0.115, 0.004)],
            70,
        )  # fmt: skip
        parts.append(tube(cord, 0.0034, dark, segments=14))
    return [part.scaled(size, size, size) for part in parts]
