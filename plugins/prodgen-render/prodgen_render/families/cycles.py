"""What rolls under a rider: kick scooter, bicycle and skateboard. They go to the viewer's left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from prodgen_render.families.cycleparts import drive, grips, guards, handlebar, saddle, stabilisers, wheel, xyz
from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, tube

_FRAMES = ("lacquer", "aluminium", "steel", "metal", "wood", "matte plastic", "plastic")
_ELECTRIC = ("electric scooter", "e-scooter", "electric kick", "电动")
_THREE = ("3-wheel", "3 wheel", "three wheel", "three-wheel", "tri-scooter", "mini micro", "micro mini", "三轮")
_PEDALLESS = ("balance bike", "平衡车", "滑步车", "无脚踏")
_CHILDS = ("kids", "kid's", "children", "child's", "boys", "girls", "toddler", "儿童", "童车", "宝宝")
_ROUGH = ("mountain", "mtb", "fat tyre", "山地", "越野")
_STABLE = ("stabilisers", "stabilizers", "training wheels", "辅助轮")


def _rubber(look: Look) -> Material:
    return look.plain("rubber", "#1c1d1f").but(bump=None)


def kick_scooter(look: Look) -> list[Part]:
    """A deck between its wheels and a bar to steer with; two wheels in front, or a motor, where the words say so."""
    electric, three = look.says(_ELECTRIC), look.says(_THREE)
    frame, dark = look.solid(*_FRAMES, default="#3b3d40"), _rubber(look)
    metal = look.plain("aluminium").but(bump=None) if not electric else frame
    radius = 0.105 if electric else 0.062 if three else 0.085 * look.uniform(0.9, 1.1)
    high = (1.12 if electric else 0.72 if three else 0.90) * look.uniform(0.96, 1.04)
    base, deck = (0.50 if electric else 0.36), radius * 0.95 + 0.012
    plate = rounded_rectangle(base * 1.22, 0.15 if electric else 0.12, 0.035)
    parts = [
        slab(plate, 0.05 if electric else 0.022, 0.010, frame).moved(x=0.02, z=deck - 0.02),
        slab(plate * 0.90, 0.003, 0.001, dark).moved(x=0.02, z=deck + (0.0285 if electric else 0.0005)),
    ]
    rear = base * 0.5 + radius + 0.13
    hub = look.plain("plastic", look.accent(look.colour("#3b3d40"), "#e8e8e6"))
    disc = wheel(radius, 0.020 if not electric else 0.026, dark, hub)
    lean = np.array([0.21 * high, 0, high - radius])
    front = np.array([-base * 0.5 - radius - 0.12, 0, radius])
    top = front + lean
    parts += _steered(disc, front, radius, frame, dark, three=three)
    parts += [part.moved(rear, 0, radius) for part in disc]
    parts += [
        tube([(base * 0.55, y, deck - 0.005), (rear, y, radius)], 0.009, frame, segments=16) for y in (-0.034, 0.034)
    ]
    guard = [
        (rear + radius * 1.22 * np.cos(t), 0, radius + radius * 1.22 * np.sin(t)) for t in np.linspace(0.5, 2.3, 14)
    ]
    parts.append(tube(guard, 0.032, dark, flatten=0.16, up=(1, 0, 0), segments=20))
    neck = front + lean * 0.12 + xyz(0, 0, radius * 0.9)
    parts.append(
        tube(
            smooth_path([neck, xyz(-base * 0.62, 0, deck + 0.03), xyz(-base * 0.45, 0, deck - 0.004)], 20),
            0.021,
            frame,
            segments=22,
        )
    )
    parts.append(tube([front + lean * 0.10, front + lean * 0.55], 0.019, frame, segments=24))
    parts.append(tube([front + lean * 0.5, top], 0.0150, metal, segments=24))
    half = 0.24 if electric else 0.19
    parts.append(tube([top - xyz(0, half, 0), top + xyz(0, half, 0)], 0.0125, metal, segments=20))
    parts += grips([(float(top[0]), side * half, float(top[2])) for side in (-1, 1)], dark)
    if electric:
        display = slab(rounded_rectangle(0.075, 0.055, 0.014), 0.022, 0.006, dark).turned(-30, "y")
        parts.append(display.moved(*(top + xyz(0, 0, 0.008)).tolist()))
        lamp = front + lean * 0.93
        parts.append(tube([lamp - xyz(0.022, 0, 0), lamp - xyz(0.030, 0, 0)], 0.016, lit(), segments=24))
    return parts


def _steered(
    disc: Sequence[Part], front: Floats, radius: float, frame: Material, dark: Material, *, three: bool
) -> list[Part]:
    """A scooter's front wheel in its fork, or two on an axle."""
    if three:
        wheels = [part.moved(float(front[0]), y, radius) for y in (-0.115, 0.115) for part in disc]
        axle = [front + xyz(0, y, 0.01) for y in (-0.105, 0.105)]
        return [*wheels, tube(axle, 0.016, dark, segments=20)]
    crown = front + xyz(0.014, 0, radius * 1.35)
    return [
        *(part.moved(*front.tolist()) for part in disc),
        *(tube([front + xyz(0, y, 0), crown + xyz(0, y, 0)], 0.0085, frame, segments=16) for y in (-0.036, 0.036)),
        tube([crown - xyz(0, 0.036, 0), crown + xyz(0, 0.036, 0)], 0.012, frame, segments=18),
    ]


class _Size(NamedTuple):
    """Of a bicycle, in metres or, where said, in radii of its wheels.

    Args:
        radius, thick: of a wheel, and of its tyre's section.
        apart: axle from axle, in radii.
        crank, seat, head, fork: heights, in radii: the bracket, the top of the seat tube, both ends of the head tube.
        bar: where the top tube meets the seat tube, as a share of that.
        pipe: radius of the frame's tubes.
        saddle: beside that of a grown-up.
        stem: how far the handlebar stands above the head tube, in lengths of that.
        half: of the handlebar's width.
        ring: radius of the chain wheel.
    """

    radius: float
    thick: float
    spokes: int
    apart: float
    crank: float
    seat: float
    head: float
    fork: float
    bar: float
    pipe: float
    saddle: float
    stem: float
    half: float
    ring: float


_GROWN = _Size(0.335, 0.020, 28, 3.1, 0.92, 2.45, 2.35, 2.02, 0.86, 0.0175, 1.0, 0.55, 0.31, 0.088)
_SMALL = _Size(0.205, 0.024, 20, 2.9, 0.92, 2.35, 2.15, 1.78, 0.35, 0.015, 0.62, 0.75, 0.22, 0.055)
_BALANCE = _SMALL._replace(radius=0.155, thick=0.021, spokes=12, crank=1.15)


def bicycle(look: Look) -> list[Part]:
    """A bicycle; a child's small one, with stabilisers or without pedals, where the words say so."""
    free = look.says(_PEDALLESS)
    small = free or look.says(_CHILDS)
    size = _BALANCE if free else _SMALL if small else _GROWN
    if not small and look.says(_ROUGH):
        size = size._replace(thick=0.027)
    frame, dark = look.solid(*_FRAMES, default="#c3272b"), _rubber(look)
    metal = look.plain("aluminium").but(bump=None)
    radius, apart = size.radius, size.radius * size.apart
    rear, front = np.array([apart / 2, 0, radius]), np.array([-apart / 2, 0, radius])
    rim = look.plain("plastic", look.accent(look.colour("#c3272b"), "#e8e8e6")) if small else metal
    rolls = wheel(radius, size.thick, dark, rim, size.spokes)
    parts = [part.moved(*at.tolist()) for at in (rear, front) for part in rolls]
    crank = np.array([apart * 0.06, 0, radius * size.crank])
    seat = np.array([apart * 0.17, 0, radius * size.seat])
    head = np.array([-apart * 0.33, 0, radius * size.head])
    fork = np.array([-apart * 0.365, 0, radius * size.fork])
    joint = crank + (seat - crank) * size.bar
    ways = [(crank, seat), (head, fork), (fork, crank), (head + xyz(0.01, 0, -0.02), joint)]
    parts += [tube(np.stack(way), size.pipe, frame, segments=24) for way in ways]
    for y in (-0.048, 0.048):
        stay = crank + (seat - crank) * 0.78 + xyz(0, y * 0.4, 0)
        parts.append(tube([rear + xyz(0, y, 0), crank + xyz(0.03, y * 0.5, 0)], 0.0095, frame, segments=16))
        parts.append(tube([rear + xyz(0, y, 0), stay], 0.0080, frame, segments=16))
        bow = [front + xyz(0, y, 0), front + (fork - front) * 0.62 + xyz(0, y, 0), fork + xyz(0, y * 0.4, 0)]
        parts.append(tube(smooth_path(bow, 20), 0.0105, frame, segments=16))
    post = seat + (seat - crank) * 0.22
    parts.append(tube(np.stack([seat, post]), 0.0125, metal, segments=20))
    parts.append(saddle(size.saddle, dark).moved(*post.tolist()))
    parts += handlebar(head, head + (head - fork) * size.stem, size.half, metal, dark)
    if not free:
        parts += drive(crank, rear, size.ring, metal, dark)
        parts += guards(front, rear, radius, frame) if small else []
    return parts + (stabilisers(rear, metal, dark, rim) if look.says(_STABLE) else [])


def skateboard(look: Look) -> list[Part]:
    """A deck with both ends turned up, on two trucks with four wheels, leant back to show its painted underside."""
    long, wide = 0.80 * look.uniform(0.94, 1.08), 0.205
    wood = look.main("wood", "plastic", "bamboo", "lacquer", extent=(long, wide), default="#d8a566")
    grip, metal = look.plain("rubber", "#232427"), look.plain("aluminium").but(bump=None)
    rolls = look.plain("plastic", look.accent(look.colour("#d8a566"), "#f4f3ef"))
    outline = rounded_rectangle(long, wide, wide / 2 - 0.002, corner=20, side=40)

    def lifted(part: Part) -> Part:
        x = part.vertices[:, 0]
        up = 0.045 * np.clip((np.abs(x) - long * 0.31) / (long * 0.19), 0, 1) ** 1.4
        return part.but(vertices=(part.vertices + np.stack([0 * x, 0 * x, up], -1)).astype(np.float32))

    parts = [
        lifted(slab(outline, 0.009, 0.003, wood)),
        lifted(slab(outline * 0.985, 0.0015, 0.0004, grip).moved(z=0.0092)),
    ]
    for x in (-0.27 * long, 0.27 * long):
        parts.append(slab(rounded_rectangle(0.075, 0.055, 0.008), 0.010, 0.002, grip).moved(x=x, z=-0.010))
        parts.append(tube([(x, 0, -0.010), (x, 0, -0.036)], [0.018, 0.012], metal, segments=24))
        parts.append(tube([(x, -0.095, -0.040), (x, 0.095, -0.040)], 0.0085, metal, segments=18))
        roll = lathe(
            [(1e-4, -0.017), (0.023, -0.017), (0.0265, -0.006), (0.0265, 0.006), (0.023, 0.017), (1e-4, 0.017)],
            0.004,
            rolls,
            48,
        )
        parts += [roll.turned(90, "x").moved(x, y, -0.040) for y in (-0.088, 0.088)]
    return [part.moved(z=0.0665) for part in parts]
