"""Tops as on an invisible mannequin: T-shirt, sweater and hoodie."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import COTTONS, collar, garment
from prodgen_render.families.outfits import with_trousers
from prodgen_render.families.sleeves import LONG
from prodgen_render.families.torso import ROUND_NECK, V_NECK, V_NECKED, Torso
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube
from prodgen_render.shapes.implicit import ellipsoid, join, mesh
from prodgen_render.vectors import smoothstep
from prodgen_render.words.reading import sleeves_of

_NARROW_NECK = (0.086, 0.062, 0.026)
_HIGH_NECKED = ("turtleneck", "turtle neck", "roll neck", "roll-neck", "polo neck", "高领", "堆堆领", "樽领")
_ZIPPED = ("zip-up", "zip up", "zip through", "zip-through", "full zip", "full-zip", "zipped", "zip", "拉链", "开衫")


def tshirt(look: Look) -> list[Part]:
    """A T-shirt with a round neck; its sleeves are short where the words say nothing."""
    sleeve = _sleeve(look, look.uniform(0.19, 0.22))
    return _top(look, sleeve=sleeve, names=COTTONS)


def sweater(look: Look) -> list[Part]:
    """A pullover with ribbed cuffs, hem and collar."""
    names = ("knit", "wool", "cotton", "velvet", "linen", "nylon")
    return _top(look, sleeve=_sleeve(look, LONG), names=names, loose=1.06, ribbed=True)


def hoodie(look: Look) -> list[Part]:
    """A sweater with its hood down, a pouch pocket and cords."""
    names = ("cotton", "wool", "knit", "velvet", "linen", "nylon")
    return with_trousers(look, _top(look, sleeve=_sleeve(look, LONG), names=names, loose=1.08, ribbed=True, hood=True))


def _sleeve(look: Look, usual: float) -> float:
    """Metres, by the words."""
    return {"long": LONG, "short": min(usual, 0.22), "no": 0.0}.get(sleeves_of(look.product), usual)


def _top(
    look: Look,
    *,
    sleeve: float,
    names: tuple[str, ...],
    loose: float = 1.0,
    ribbed: bool = False,
    hood: bool = False,
) -> list[Part]:
    high, pointed = (not hood and look.says(words) for words in (_HIGH_NECKED, V_NECKED))
    neck = _NARROW_NECK if high else V_NECK if pointed else ROUND_NECK
    torso = Torso.of(look, sleeve=sleeve, loose=loose, neck=neck, pointed=1.1 if pointed else 2.0)
    parts = garment(look, torso.field, torso.bounds, torso.keep, prints=look.pattern_name == "logo", names=names)
    plain = look.solid(*names)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06)) if ribbed else plain
    curve = torso.neckline()
    parts.append(_high_collar(curve, rib) if high else collar(curve, 0.0050 if ribbed else 0.0036, rib))
    if hood:
        parts += hood_and_cords(curve, torso.length, plain) + _pouch(torso, plain)
        parts += [_zip(torso, look.plain("steel"))] if look.says(_ZIPPED) else []
    parts += torso.sleeve_ends(rib, cuffs=ribbed)
    return [*parts, torso.waistband(rib)] if ribbed else [*parts, *torso.hem(plain)]


def _high_collar(neck: Floats, rib: Material) -> Part:
    """A collar that goes up from the neck and is turned down over itself."""
    middle, top = neck.mean(0), float(neck[:, 2].max())
    rows = []
    for wide, up in (
        (1.0, 0.0),
        (0.86, 0.35),
        (0.80, 0.8),
        (0.82, 0.97),
        (0.86, 1.0),
        (0.90, 0.95),
        (0.95, 0.6),
        (1.0, 0.25),
    ):
        row = middle + (neck - middle) * [wide, wide, 1]
        row[:, 2] = neck[:, 2] * (1 - up) + (top + 0.062) * up
        rows.append(row)
    return loft(np.stack(rows)[::-1], rib)


def _zip(torso: Torso, metal: Material) -> Part:
    """A zip from the hem to the neck, over the pocket."""
    line = np.linspace(0.004, torso.length - torso.neck[1] - 0.004, 60)
    return tube(
        torso.on_front(0 * line, line, 0.005 + 0.006 * (line < torso.length * 0.38)), 0.0034, metal, segments=10
    )


def hood_and_cords(neck: Floats, top: float, cloth: Material) -> list[Part]:
    """The hood as it lies around the neck and on the back, its opening hem, and two cords."""
    back = smoothstep((neck[:, 1] + 0.06) / 0.12)
    middle = neck.copy()
    middle[:, 0] *= 1.06 + 0.10 * back
    middle[:, 1] += 0.002 + 0.050 * back
    arch = 1 - (neck[:, 0] / np.abs(neck[:, 0]).max()) ** 2
    middle[:, 2] += 0.004 + back * (0.004 + 0.052 * arch)
    for _ in range(14):  # cloth turns no corners
        middle = 0.25 * np.roll(middle, 1, 0) + 0.5 * middle + 0.25 * np.roll(middle, -1, 0)
    closed = np.concatenate([middle, middle[:2]])
    size = np.concatenate([back, back[:2]])
    roll = tube(closed, 0.0130 + 0.010 * size**1.5, cloth, flatten=1.6, caps=False, up=(0, 1, 0), segments=28)
    drape = _sack(top, cloth)
    dark = cloth.but(colour=tuple(0.8 * c for c in cloth.colour))
    cords = []
    for side in (-1, 1):
        x, y = side * 0.028, float(neck[:, 1].min())
        path = smooth_path(
            [(x, y - 0.016, top - 0.085), (x * 1.1, y - 0.036, top - 0.115), (x * 1.2, y - 0.045, top - 0.235)], 30
        )
        cords.append(tube(path, 0.0031, dark, segments=14))
        cords.append(tube(path[-3:] - [0, 0, 0.012], 0.0042, dark, segments=14))
    return [roll, drape, *cords]


def _sack(top: float, cloth: Material) -> Part:
    """The rest of a hood, as it hangs on the back."""

    def field(p: Floats) -> Floats:
        a = ellipsoid(p, (0, 0.098, top - 0.050), (0.112, 0.036, 0.105))
        b = ellipsoid(p, (0, 0.104, top + 0.012), (0.128, 0.040, 0.052))
        folds = 0.0035 * np.sin(46 * p[:, 2] + 22 * np.abs(p[:, 0])) * np.clip(1 - np.abs(p[:, 0]) / 0.13, 0, 1)
        return np.asarray(join(a, b, 0.05) + folds, np.float32)

    return mesh(field, (-0.15, 0.02, top - 0.18), (0.15, 0.17, top + 0.09), 0.009, cloth)


def _pouch(torso: Torso, cloth: Material) -> list[Part]:
    """A pocket across the belly, open at both slanted sides."""
    rows, columns = np.linspace(0, 1, 26), np.linspace(-1, 1, 40)
    low, high = 0.065, torso.length * 0.37
    t, s = np.meshgrid(rows, columns, indexing="ij")
    half = 0.150 - 0.055 * np.clip((t - 0.25) / 0.75, 0, 1) ** 1.1
    x, height = s * half, low + (high - low) * t
    edge = np.minimum(np.minimum(t, 1 - t) * 9, (1 - np.abs(s)) * 12)
    skin = torso.on_front(x, height, 0.001) - np.stack([0 * x, 0.0075 * np.clip(edge, 0, 1) ** 0.5, 0 * x], -1)
    rim = np.concatenate([skin[:, 0], skin[-1], skin[::-1, -1]]) - [0, 0.001, 0]
    dark = cloth.but(colour=tuple(0.78 * c for c in cloth.colour))
    return [loft(skin.astype(np.float64), cloth, closed=False), tube(rim, 0.0014, dark, segments=10)]
