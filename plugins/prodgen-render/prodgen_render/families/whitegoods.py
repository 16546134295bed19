"""Refrigerator, washing machine and microwave oven."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, smooth_path, tube

_BESIDE = ("side by side", "side-by-side", "double door", "french door", "对开门", "双开门", "十字", "法式")
_SMALL = (
    "mini fridge",
    "under counter",
    "undercounter",
    "table top",
    "tabletop",
    "larder",
    "bar fridge",
    "单门",
    "迷你",
    "小冰箱",
)
_CHESTS = ("chest freezer", "卧式冰柜", "卧式冷柜", "冰柜")
_OVENS = ("oven", "烤箱")
_DISHES = ("dishwasher", "洗碗机")
_STEELS = ("steel", "aluminium", "metal", "iron")


def enamel(look: Look, usual: str = "#f3f3f1") -> Material:
    """What large devices are clad in: lacquered sheet, or bare steel where it is named or only silver is."""
    if look.material_name in _STEELS or (not look.material_name and look.colour_name == "silver"):
        return look.plain("steel", look.note(look.colour("#c9cacc"), "steel") if look.colour_name else None)
    return look.solid("lacquer", "matte plastic", "plastic", default=usual).but(coat=0.4, roughness=0.35)


def block(
    size: tuple[float, float, float], at: tuple[float, float, float], material: Material, radius: float = 0.008
) -> list[Part]:
    """A rounded box that stands on a point."""
    x, y, z = at
    return [part.moved(x, y, z) for part in box(size, radius, material, cells=2)]


def glass_front() -> Material:
    """Black glass that lets nothing through."""
    return Material("glass front", (0.012, 0.013, 0.015), 0.08, coat=1.0)


def lit() -> Material:
    """Digits and lamps of a display."""
    return Material("display", (0.75, 0.9, 1.0), 0.4, emission=(0.55, 0.75, 0.9))


def refrigerator(look: Look) -> list[Part]:
    """A refrigerator: a freezer under one door, two doors side by side, one door where the words say that it is small, or a lid."""
    beside = look.chance(0.35) or look.says(_BESIDE)
    high = 1.78 * look.uniform(0.94, 1.06)
    if look.says(_CHESTS):
        return _chest_freezer(look, 0.47 * high)
    small = look.says(_SMALL)
    if small:
        beside, high = False, 0.48 * high
    wide = 0.91 if beside else 0.62 * look.uniform(0.95, 1.08)
    shell = enamel(look, "#c9cbce")
    grip, dark = look.part("handle", look.plain("steel"), metal=True), look.plain("matte plastic", "#2a2b2d")
    deep, door, gap, foot = 0.60, 0.06, 0.004, 0.045
    parts = block((wide, deep, high - foot), (0, 0, foot), shell.but(bump=None))
    parts += block((wide - 0.04, deep - 0.06, foot), (0, 0.01, 0), dark)
    split = foot + (high - foot) * 0.36
    if beside:
        halves = [(-1, foot, high - foot), (1, foot, high - foot)]
        doors = [(side * (wide / 4 + gap / 4), z, wide / 2 - gap / 2, tall) for side, z, tall in halves]
    elif small:
        doors = [(0.0, foot, wide, high - foot)]
    else:
        doors = [(0.0, foot, wide, split - foot - gap), (0.0, split, wide, high - split)]
    front = -deep / 2 - door / 2 - 0.004
    for number, (x, z, across, tall) in enumerate(doors):
        parts += block((across, door, tall), (x, front, z), shell, 0.012)
        side = (-1 if number else 1) if beside else -1
        at = x + side * (across / 2 - 0.035)
        low, top = (z + tall * 0.32, z + tall * 0.72) if beside else (z + tall * 0.25, z + tall * 0.75)
        out = front - door / 2
        way = [(at, out, low), (at, out - 0.045, low + 0.02), (at, out - 0.045, top - 0.02), (at, out, top)]
        parts.append(tube(smooth_path(way, 40), 0.0095, grip, segments=16))
    if beside:
        x = -wide / 4
        parts += block((0.15, 0.004, 0.22), (x, front - door / 2, high * 0.60), glass_front(), 0.001)
        parts += block((0.05, 0.003, 0.012), (x, front - door / 2 - 0.002, high * 0.69), lit(), 0.001)
    return parts


def _chest_freezer(look: Look, high: float) -> list[Part]:
    """A low case under a lid as wide as it is, with a grip in front."""
    wide, deep = 0.92 * look.uniform(0.9, 1.08), 0.55
    shell = enamel(look)
    dark = look.plain("matte plastic", "#2a2b2d")
    parts = block((wide, deep, high - 0.115), (0, 0, 0.035), shell, 0.010)
    parts += block((wide - 0.05, deep - 0.06, 0.04), (0, 0.01, 0), dark)
    parts += block((wide - 0.016, deep - 0.016, 0.012), (0, 0, high - 0.084), dark, 0.003)
    parts += block((wide + 0.010, deep + 0.012, 0.075), (0, -0.002, high - 0.075), shell, 0.022)
    grip = look.part("handle", look.plain("plastic", "#c9cbce"), metal=True)
    parts += block((0.22, 0.024, 0.032), (0, -deep / 2 - 0.014, high - 0.058), grip, 0.008)
    parts += block((0.12, 0.006, 0.05), (wide * 0.36, -deep / 2 - 0.001, 0.07), dark, 0.002)
    return parts


def washing_machine(look: Look) -> list[Part]:
    """A washing machine with a round door in front, a dial and a display above it; a dishwasher has one flat door."""
    high, wide = 0.85 * look.uniform(0.97, 1.03), 0.60
    deep = 0.56 * look.uniform(0.9, 1.08)
    shell = enamel(look)
    dark = look.chance(0.4)
    chrome, black = look.plain("steel").but(bump=None, roughness=0.2), look.plain("plastic", "#1b1c1e")
    front, ring = -deep / 2, 0.178
    parts = block((wide, deep, high - 0.02), (0, 0, 0.02), shell, 0.012)
    parts += [
        lathe([(1e-4, 0), (0.022, 0), (0.022, 0.022), (1e-4, 0.022)], 0.002, black, 24).moved(x, y)
        for x in (-wide * 0.4, wide * 0.4)
        for y in (-deep * 0.38, deep * 0.38)
    ]
    if look.says(_DISHES):
        return [*parts, *_flat_door(wide, high, front, shell, chrome)]

    def on_front(part: Part, x: float, z: float) -> Part:
        """A part that was made lying on its back."""
        return part.turned(90, "x").moved(x, front, z)

    rim = [(ring - 0.03, 0.0), (ring, 0.0), (ring, 0.022), (ring - 0.022, 0.034), (ring - 0.046, 0.026)]
    window = [(ring - 0.044, 0.026), (ring - 0.075, 0.030), (ring - 0.10, 0.014), (1e-4, 0.003)]
    frame = black if dark else chrome
    middle = high * 0.43
    parts.append(on_front(lathe([*rim], [0, 0.003, 0.010, 0.008, 0], frame, 120), 0, middle))
    parts.append(
        on_front(lathe(window, [0, 0.008, 0.02, 0], glass_front().but(colour=(0.03, 0.035, 0.04)), 120), 0, middle)
    )
    parts += block(
        (0.020, 0.022, 0.075), (ring - 0.022, front - 0.030, middle - 0.037), chrome if dark else black, 0.008
    )
    panel = high - 0.125
    parts += block((wide - 0.004, 0.006, 0.108), (0, front - 0.001, panel), black if dark else shell, 0.002)
    parts += block((0.17, 0.005, 0.088), (-wide / 2 + 0.105, front - 0.004, panel + 0.01), shell, 0.002)
    dial = lathe([(1e-4, 0), (0.031, 0), (0.029, 0.020), (1e-4, 0.021)], [0, 0.002, 0.004, 0], chrome, 72)
    parts.append(on_front(dial, 0.0, panel + 0.054).moved(y=-0.004))
    parts += block((0.135, 0.004, 0.050), (0.165, front - 0.004, panel + 0.030), glass_front(), 0.002)
    parts += [
        p
        for k in range(4)
        for p in block((0.012, 0.003, 0.018), (0.125 + 0.020 * k, front - 0.006, panel + 0.048), lit(), 0.001)
    ]
    return parts


def _flat_door(wide: float, high: float, front: float, shell: Material, metal: Material) -> list[Part]:
    """The door of a dishwasher with its grip, the display above it and the plinth below."""
    parts = block((wide - 0.006, 0.020, high - 0.24), (0, front - 0.009, 0.11), shell, 0.006)
    parts += block((wide - 0.004, 0.016, 0.112), (0, front - 0.007, high - 0.122), shell, 0.004)
    parts += block((wide - 0.03, 0.010, 0.085), (0, front + 0.004, 0.02), glass_front(), 0.002)
    parts += block((0.16, 0.003, 0.034), (0, front - 0.0155, high - 0.083), glass_front(), 0.001)
    parts += [
        p
        for k in range(3)
        for p in block((0.012, 0.002, 0.018), (0.022 * (k - 1), front - 0.0172, high - 0.075), lit(), 0.0008)
    ]
    grip = np.array([(-0.4, 0.0), (-0.37, 0.030), (0.37, 0.030), (0.4, 0.0)]) * [wide, 1]
    way = [(x, front - 0.017 - out, high - 0.175) for x, out in grip]
    return [*parts, tube(smooth_path(way, 40), 0.0085, metal, segments=16)]


def microwave(look: Look) -> list[Part]:
    """A microwave oven: a dark window in its door, a display and buttons beside it; an oven has knobs, and its grip above."""
    wide, high = 0.49 * look.uniform(0.95, 1.08), 0.285 * look.uniform(0.95, 1.08)
    deep = 0.36
    shell = enamel(look, "#1f2022")
    oven = look.says(_OVENS) and not look.says(("microwave", "微波炉"))
    knobs = look.chance(0.4) or oven
    high = 1.12 * high if oven else high
    steel, black = look.part("handle", look.plain("steel"), metal=True), look.plain("plastic", "#17181a")
    front, foot, door = -deep / 2, 0.014, wide * 0.73
    parts = block((wide, deep, high - foot), (0, 0, foot), shell, 0.010)
    parts += [
        p for x in (-0.4, 0.4) for y in (-0.38, 0.38) for p in block((0.03, 0.03, foot), (x * wide, y * deep, 0), black)
    ]
    left = -wide / 2 + door / 2
    parts += block((door - 0.004, 0.016, high - foot - 0.006), (left, front - 0.008, foot + 0.003), shell, 0.006)
    window = slab(rounded_rectangle(door - 0.075, high - 0.085, 0.012), 0.002, 0.0008, glass_front())
    parts.append(window.turned(90, "x").moved(left - 0.012, front - 0.0158, foot + (high - foot) / 2))
    at = left + door / 2 - 0.022
    grip = [(at, front - 0.014, 0.2), (at, front - 0.042, 0.26), (at, front - 0.042, 0.74), (at, front - 0.014, 0.8)]
    if oven:
        x, z = 0.40 * door, 0.90
        grip = [(left + s * x, front - out, z) for s, out in ((-1, 0.014), (-0.94, 0.042), (0.94, 0.042), (1, 0.014))]
    parts.append(tube(smooth_path(np.array(grip) * [1, 1, high], 30), 0.0075, steel, segments=16))
    right = wide / 2 - (wide - door) / 2
    parts += block(
        (wide - door - 0.004, 0.014, high - foot - 0.006), (right, front - 0.007, foot + 0.003), black, 0.004
    )
    parts += block((0.075, 0.002, 0.028), (right, front - 0.0145, high * 0.80), glass_front(), 0.0008)
    parts += [
        p
        for k in range(4)
        for p in block((0.009, 0.002, 0.014), (right - 0.024 + 0.016 * k, front - 0.0155, high * 0.825), lit(), 0.0006)
    ]
    if knobs:
        dial = lathe([(1e-4, 0), (0.024, 0), (0.022, 0.018), (1e-4, 0.019)], [0, 0.002, 0.004, 0], steel, 60).turned(
            90, "x"
        )
        places = (0.22, 0.42, 0.62) if oven else (0.30, 0.58)
        return [*parts, *(dial.moved(right, front - 0.013, high * z) for z in places)]
    button = look.plain("matte plastic", "#4a4c50")
    rows = [(x, z) for z in (0.68, 0.57, 0.46, 0.35) for x in (-0.026, 0.0, 0.026)]
    parts += [
        p for x, z in rows for p in block((0.019, 0.003, 0.016), (right + x, front - 0.0145, high * z), button, 0.0012)
    ]
    return [*parts, *block((0.072, 0.003, 0.022), (right, front - 0.0145, high * 0.17), steel.but(bump=None), 0.0012)]
