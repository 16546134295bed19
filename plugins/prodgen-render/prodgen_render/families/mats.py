"""Mouse mats and desk mats."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import bent, planar_uv, rounded_rectangle, slab, tube

_LARGE = (
    "desk mat", "desk pad", "large", "xl", "xxl", "extended", "桌垫", "大号", "超大", "加大", "办公桌垫",
)  # fmt: skip
_CLOTHS = ("nylon", "cotton", "leather", "wool", "rubber")


def mouse_mat(look: Look) -> list[Part]:
    """A mat on rubber with a stitched edge, leaning back, a corner a little up; as wide as a desk where the words say so."""
    wide, deep, thick = (0.80, 0.34, 0.004) if look.says(_LARGE) else (0.26, 0.215, 0.003)
    deep *= look.uniform(0.94, 1.06)
    outline = rounded_rectangle(wide, deep, 0.014, side=40)
    shade = look.colour("#26272a")
    face = (
        look.label(look.pick(*_CLOTHS), (wide, deep), shade, (0.70, 0.10, 0.96, 0.32), style="bare")
        if look.pattern_name == "logo"
        else look.main(*_CLOTHS, extent=(wide, deep), default="#26272a", period=0.05)
    )
    rubber = look.plain("rubber", "#161719").but(bump=None)
    thread = look.plain("nylon", look.accent(shade) if look.two_coloured else mix(shade, (0, 0, 0), 0.35))
    top = planar_uv(slab(outline * [0.998, 0.997], thick * 0.6, 0.0006, face), "z").moved(z=thick * 0.4)
    edge = tube(
        np.column_stack([outline, np.full(len(outline), thick * 0.5)]), thick * 0.62, thread, segments=10, closed=True
    )

    def curled(p: np.ndarray) -> np.ndarray:
        near = np.clip(1 - np.hypot(p[:, 0] - wide / 2, p[:, 1] - deep / 2) / 0.12, 0, 1)
        return np.asarray(p + np.stack([0 * near, 0 * near, 0.010 * near**2], -1), np.float32)

    mat = [bent(part, curled) for part in (top, slab(outline, thick * 0.4, 0.0006, rubber), edge)]
    return [part.turned(74, "x").moved(z=deep / 2) for part in mat]
