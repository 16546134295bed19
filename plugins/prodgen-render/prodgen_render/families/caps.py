"""Baseball cap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import stitches
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, refine, revolve, tube

OnCrown = Callable[..., NDArray[np.float64]]
_CLOTHS = ("cotton", "canvas", "denim", "wool", "velvet", "nylon", "leather")
_DEEP = 1.12
"""How much deeper than wide a crown is."""
_PANELS = 6
_BACK = 0.40
"""Half of the opening at the back, in radians."""


def cap(look: Look) -> list[Part]:
    """A cap of six stitched panels with eyelets, a curved peak and a strap at the back."""
    radius, height = 0.088 * look.uniform(0.96, 1.05), 0.105 * look.uniform(0.92, 1.08)
    cloth = look.main(*_CLOTHS, extent=(2 * np.pi * radius, 0.17), period=0.04)
    plain = look.solid(*_CLOTHS)
    dark = look.plain("cotton", mix(look.colour(), (20, 20, 20), 0.35))
    thread = look.plain("cotton", mix(look.colour(), (0, 0, 0), 0.28)).but(bump=None)
    t = np.linspace(0, np.pi / 2, 28)
    profile = np.stack([np.maximum(radius * np.cos(t) ** 0.72, 1e-4), 0.012 + height * np.sin(t)], -1)
    profile = np.concatenate([[[radius * 0.992, 0.0]], profile])
    crown = bent(revolve(refine(profile, 0.007), cloth, 108, squash=_DEEP), _seamed)
    inner = revolve(0.985 * refine(profile[::3], 0.015), dark, 60, squash=_DEEP)
    button = lathe([(1e-4, 0.006), (0.006, 0.004), (0.0075, 0.0)], 0.002, plain, 40).moved(z=height + 0.0115)

    def on_crown(angle: Floats | float, rise: Floats | float, away: float = 0.0) -> NDArray[np.float64]:
        """Points of the crown: an angle about the middle, 0 in front, and how far up in radians."""
        out = radius * np.cos(rise) ** 0.72 + away
        x, y = out * np.sin(angle), -_DEEP * out * np.cos(angle)
        return np.stack(np.broadcast_arrays(x, y, 0.012 + height * np.sin(rise)), -1).astype(np.float64)

    parts = [crown, inner, button, *_sewing(on_crown, plain, thread), *_strap(on_crown, dark, plain, look)]
    shade = look.accent(look.colour()) if look.two_coloured else look.colour()
    parts += _peak(radius, look.plain(look.pick(*_CLOTHS), shade))
    if look.pattern_name == "logo" or look.unasked(0.4):
        parts.append(_patch(look, radius, height))
    return parts


def _seamed(points: Floats) -> Floats:
    """Drawn in a little where panels meet."""
    share = np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi / _PANELS) % 1
    seam = np.exp(-((np.minimum(share, 1 - share) * 26) ** 2)) * (points[:, 2] > 0.014)
    return np.asarray(points * np.stack([1 - 0.012 * seam, 1 - 0.012 * seam, 1 + 0 * seam], -1))


def _sewing(on_crown: OnCrown, plain: Material, thread: Material) -> list[Part]:
    """Two rows of stitches at each seam, one round the lower edge, and an eyelet in each panel."""
    parts = []
    rise = np.linspace(0.05, 1.36, 30)
    for k in range(_PANELS):
        seam = np.pi / 2 + k * 2 * np.pi / _PANELS
        for side in (-1, 1):
            parts.append(
                stitches(
                    on_crown(seam + side * 0.0032 / (0.088 * np.cos(rise) ** 0.72), rise, 0.0001), thread, radius=0.0005
                )
            )
        middle = on_crown(seam + np.pi / _PANELS, 0.98)
        a = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        around = on_crown(seam + np.pi / _PANELS + 0.050 * np.cos(a), 0.98 + 0.024 * np.sin(a), 0.0004)
        parts.append(tube(around, 0.0010, plain.but(bump=None), segments=6, closed=True))
        hole = middle + (around - middle) * np.array([0.02, 0.8])[:, None, None]
        parts.append(loft(hole, thread.but(colour=(0.01, 0.01, 0.01))))
    front = np.linspace(-np.pi + _BACK, np.pi - _BACK, 90)
    return [*parts, tube(on_crown(front, 0.06, 0.0002), 0.0005, thread, segments=4, caps=False)]


def _strap(on_crown: OnCrown, dark: Material, plain: Material, look: Look) -> list[Part]:
    """The opening over the back of the head, bound at its edge, and the strap below it with a buckle."""
    s = np.linspace(-1, 1, 41)
    arch = np.pi + _BACK * s, 0.40 * np.sqrt(1 - 0.999 * s**2)
    opening = np.stack([on_crown(arch[0], arch[1] * k, 0.0006) for k in (0.0, 0.4, 0.8, 1.0)])
    band = np.stack(
        [
            on_crown(np.pi + 1.12 * _BACK * s, 0.010 + 0.12 * k, away)
            for k, away in ((0, 0.0008), (0.06, 0.0022), (0.94, 0.0022), (1, 0.0008))
        ]
    )
    buckle = np.stack([on_crown(np.pi + 0.10 + 0.07 * s, 0.002 + 0.135 * k, 0.0034) for k in (0.0, 1.0)])
    return [
        loft(opening, dark.but(colour=tuple(0.5 * c for c in dark.colour)), closed=False),
        tube(on_crown(arch[0], arch[1], 0.0008), 0.0014, plain, segments=8),
        loft(band, plain, closed=False),
        loft(buckle, look.plain("brass"), closed=False),
    ]


def _peak(radius: float, cloth: Material) -> list[Part]:
    """The stiff brim in front, with rows of stitches along its edge."""
    a = np.linspace(-1.18, 1.18, 60)
    steps = np.linspace(0, 1, 18)
    faces = []
    for thickness in (0.0016, -0.0016):
        rows = []
        for s in steps:
            inner_edge = np.stack([radius * np.sin(a), -radius * _DEEP * np.cos(a)], -1)
            outward = 0.072 * np.cos(a / 1.18 * np.pi / 2) ** 0.62
            xy = inner_edge + np.stack([0.25 * outward * np.sin(a), -outward], -1) * s
            # Where the peak ends at the crown it hangs no lower than that.
            free = s * np.sqrt(outward / 0.072)
            droop = -0.30 * (xy[:, 0] ** 2) / radius * (0.08 + 0.92 * free) - 0.010 * free
            rows.append(np.stack([xy[:, 0], xy[:, 1], 0.010 + droop + thickness * (1 - 0.85 * s**8)], -1))
        faces.append(np.stack(rows))
    thread = cloth.but(colour=tuple(0.7 * c for c in cloth.colour), bump=None, texture=None)
    return [
        loft(faces[0][:, ::-1], cloth, closed=False, flip=True),
        loft(faces[1], cloth, closed=False, flip=True),
        tube(faces[0][-1], 0.0021, cloth, segments=12, caps=False),
        *(stitches(faces[0][row, 3:-3] + [0, 0, 0.0003], thread) for row in (5, 9, 13)),
    ]


def _patch(look: Look, radius: float, height: float) -> Part:
    """The emblem or words on the front."""
    half, rows_z = 0.42, np.linspace(0.030, 0.070, 10)
    t_at = np.arcsin(np.clip((rows_z - 0.012) / height, 0, 1))
    r = radius * np.cos(t_at) ** 0.72 + 0.0007
    angles = np.linspace(-half, half, 30) - np.pi / 2
    # Letters straight on a tartan could not be read: there a patch is sewn on.
    style = "bare" if look.pattern_name in ("plain", "logo") else "panel"
    patch = np.stack(
        np.broadcast_arrays(r[:, None] * np.cos(angles), _DEEP * r[:, None] * np.sin(angles), rows_z[:, None]), -1
    )
    printed = look.label("cotton", (2 * half * radius, 0.045), look.colour(), (0.02, 0.02, 0.98, 0.98), style=style)
    return loft(patch, printed, closed=False)
