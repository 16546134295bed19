"""Folded cloth: towels, blankets and scarves."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube

_CLOTHS = ("cotton", "wool", "knit", "linen", "velvet", "silk", "nylon", "canvas", "denim")
_FRINGED = ("scarf", "shawl", "throw", "围巾", "披肩")


def folded(look: Look) -> list[Part]:
    """A towel, blanket or scarf, folded on a table: layers that turn at alternate sides."""
    wide, deep = 0.34 * look.uniform(0.92, 1.08), 0.24
    thick = 0.016 * look.uniform(0.85, 1.2)
    towel = look.says(("towel", "towels", "毛巾", "浴巾"))
    names = _CLOTHS if towel else ("wool", *_CLOTHS)
    cloth = look.main(*names, extent=(wide, 6 * deep), period=0.05)
    if towel and cloth.name == "cotton":
        cloth = cloth.but(bump=look.plain("velvet").bump, sheen=0.8)  # its loops stand like a pile
    if not look.says(_FRINGED):
        return _ribbon(_zigzag(deep, thick, 6), wide, thick, cloth)
    # Softer and fewer layers; the last hangs over the front with its end.
    wide, thick = 0.8 * wide, 1.35 * thick
    middle = np.concatenate([_zigzag(deep, thick, 4), _hanging(deep, thick, 4)])
    return [*_ribbon(middle, wide, thick, cloth), *_fringe(wide, middle[-1], look.solid(*names))]


def _zigzag(deep: float, thick: float, layers: int) -> Floats:
    """The middle of the folded cloth from the side, [n, 2] of y and z, bottom layer first; its ends are behind."""
    path, half = [], deep / 2
    for layer in range(layers):
        z, sign = thick * (layer + 0.5), -1 if layer % 2 == 0 else 1
        y = sign * np.linspace(-half, half, 24)
        sag = 0.0012 * np.sin(9 * y + 2.1 * layer)
        path.append(np.stack([y, z + sag], -1))
        if layer < layers - 1:
            a = np.linspace(-np.pi / 2, np.pi / 2, 9)[1:-1]
            path.append(np.stack([sign * (half + thick / 2 * np.cos(a)), z + thick / 2 + thick / 2 * np.sin(a)], -1))
    return np.concatenate(path)


def _ribbon(middle: Floats, wide: float, thick: float, cloth: Material) -> list[Part]:
    """Cloth of a thickness along a path [n, 2] of y and z."""
    along = np.gradient(middle, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], -1) * thick * 0.47
    x = np.linspace(-wide / 2, wide / 2, 20)
    parts = []
    for side in (1, -1):
        line = middle + side * across
        rows = np.stack(np.broadcast_arrays(x[None], line[:, :1], line[:, 1:]), -1)
        parts.append(loft(rows[:, ::side], cloth, closed=False))
    for end, bulge in ((-1, -1), (1, 1)):
        t = np.linspace(-1, 1, 7)
        edge = middle[:, None] + t[None, :, None] * across[:, None]
        out = end * (wide / 2 + 0.3 * thick * np.sqrt(1 - 0.999 * t**2))
        rows = np.stack(np.broadcast_arrays(out[None], edge[..., 0], edge[..., 1]), -1)
        part = loft(rows, cloth, closed=False, flip=bulge > 0)
        # The cloth's picture is as wide as the cloth, its edge a narrow strip of it.
        share = np.array([part.uv_metres[0] / wide, 1], np.float32)
        parts.append(part.but(uv=part.uv * share, uv_metres=(wide, part.uv_metres[1])))
    return parts


def _hanging(deep: float, thick: float, layers: int) -> Floats:
    """One layer more, that hangs over the front with its end."""
    y, z, turn = deep / 2, thick * (layers + 0.5), 1.6 * thick
    a = np.linspace(np.pi / 2, np.pi, 12)
    back = np.linspace(np.pi / 2, -np.pi / 2, 9)[1:-1][::-1]
    fold = np.stack([y + thick / 2 * np.cos(back), z - thick / 2 + thick / 2 * np.sin(back)], -1)
    over = np.stack([np.linspace(y, -y, 24), np.full(24, z)], -1)
    down = np.stack([-y + turn * np.cos(a), z - turn + turn * np.sin(a)], -1)[1:]
    end = np.stack([np.full(8, -y - turn), np.linspace(z - turn, min(0.056, z - turn - 0.004), 9)[1:]], -1)
    return np.concatenate([fold, over, down, end])


def _fringe(wide: float, end: Floats, cloth: Material) -> list[Part]:
    """Knotted tassels that hang from an end of the cloth, at y and z."""
    parts = []
    radii = np.interp(
        np.linspace(0, 1, 18), [0, 0.12, 0.2, 0.3, 0.6, 1], [0.0026, 0.0050, 0.0046, 0.0030, 0.0040, 0.0032]
    )
    for k, x in enumerate(np.linspace(-wide / 2 + 0.006, wide / 2 - 0.006, 24)):
        lean, out = 0.005 * np.sin(2.4 * k), 0.003 * np.cos(1.7 * k)
        thread = [
            (x, end[0], end[1] + 0.003),
            (x + 0.2 * lean, end[0] - 0.002, end[1] - 0.016),
            (x + lean, end[0] - 0.003 + out, end[1] - 0.046),
        ]
        parts.append(tube(smooth_path(thread, 18), radii, cloth, segments=10))
    return parts
