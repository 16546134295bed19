"""Artwork of labels and prints, without lettering: a ground, a motif above the words, an ornament below, a border.

The words come later, over rows `WORDS` of the sheet, which stay quiet. Lengths are in heights of the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import ImageDraw

from prodgen_render.asset.canvas import Canvas
from prodgen_render.asset.motifs import draw_motif
from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix

WORDS = (0.42, 0.84)
"""From which to which share of the height the words go."""
_PAPER = ((250, 247, 240), (255, 255, 255), (245, 238, 222))
_FOOD = ("sprig", "sun", "fruit", "fruit", "hills", "drop", "ear", "rings")
_BEAUTY = ("drop", "flower", "rings", "diamond", "sprig", "waves", "arcs")
_OTHER = ("sun", "rings", "diamond", "hexagon", "hills", "waves", "star", "arcs", "blocks")


def package_label(canvas: Canvas, colours: Sequence[Srgb], domain: str, rng: np.random.Generator) -> str:
    """The front of a package: a panel of paper or the bare surface, with motif, ornament and border."""
    frame = str(rng.choice(["bare", "bare", "bare", "panel", "panel", "oval", "arch", "split"]))
    grounds = [
        _PAPER[int(rng.integers(3))],
        mix(canvas.ground, (255, 255, 255), 0.82),
        colours[0],
        mix(canvas.ground, (12, 14, 20), 0.7),
    ]
    ground = canvas.ground if frame == "bare" else grounds[int(rng.choice([0, 0, 1, 2, 3]))]
    if frame != "bare" and _near(ground, canvas.ground):
        ground = _PAPER[0] if brightness(canvas.ground) < 0.6 else colours[0]
    _ground(canvas, frame, ground, rng)
    inks = [c for c in (*colours, canvas.ground, ink_for(ground)) if not _near(c, ground)]
    draw_motif(
        canvas,
        str(rng.choice(_FOOD if domain == "food" else _BEAUTY if domain == "beauty" else _OTHER)),
        inks,
        0.22,
        0.16,
        rng,
    )
    ornament = _ornament(canvas, frame, inks[int(rng.integers(len(inks)))], rng)
    if frame in ("panel", "oval", "arch") and rng.random() < 0.6:
        _ground(canvas, frame, inks[0], rng, inset=0.035, line=float(rng.choice([0.008, 0.014])))
    return f"{frame}-{ornament}"


def print_on_cloth(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """What is printed on a shirt, a bag, a cushion or a mug: one motif, in a disc, over bars or alone."""
    inks = [c for c in (*colours, ink_for(canvas.ground)) if not _near(c, canvas.ground)]
    back = str(rng.choice(["alone", "disc", "bars", "square"]))
    size, at = 0.17, 0.21
    if back == "disc":
        canvas.disc(canvas.aspect / 2, at, 0.195, inks[0])
        inks = [c for c in (*inks[1:], canvas.ground, ink_for(inks[0])) if not _near(c, inks[0])]
        size = 0.13
    elif back == "square":
        half = 0.19
        canvas.box(canvas.aspect / 2 - half, at - half, canvas.aspect / 2 + half, at + half, inks[0])
        inks = [c for c in (*inks[1:], canvas.ground, ink_for(inks[0])) if not _near(c, inks[0])]
        size = 0.13
    elif back == "bars":
        for k in range(3):
            y = 0.87 + 0.042 * k
            canvas.box(0.1 * canvas.aspect, y, 0.9 * canvas.aspect, y + 0.024, inks[k % len(inks)])
    motif = draw_motif(canvas, str(rng.choice([*_OTHER, "flower", "fruit"])), inks, at, size, rng)
    return f"{back}-{motif}"


def wallpaper(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """What a screen shows: a sky with hills, big discs, slanted bands or soft clouds. All of it is art."""
    x, y = canvas.grid()
    first, second = colours[0], colours[1 % len(colours)]
    kind = str(rng.choice(["hills", "discs", "bands", "clouds"]))
    turn = float(rng.uniform(-0.4, 0.4))
    t = np.clip(y + turn * (x - 0.5), 0, 1)[..., None]
    canvas.fill(
        np.ones_like(canvas.art),
        np.array(mix(canvas.ground, (255, 255, 255), 0.15)) * (1 - t) + np.array(mix(canvas.ground, first, 0.75)) * t,
    )
    if kind == "hills":
        canvas.disc(canvas.aspect * 0.66, 0.3, 0.1, mix(second, (255, 255, 255), 0.4))
        for k in range(3):
            shade = mix(first, (16, 22, 38), 0.25 + 0.22 * k)
            phase, amount = float(rng.uniform(0, 6.28)), float(rng.uniform(0.03, 0.08))
            edge = 0.52 + 0.14 * k + amount * np.sin(6.28 * (1 + k) * x + phase)
            canvas.fill(np.clip((y - edge) * canvas.size + 0.5, 0, 1), shade)
    elif kind == "discs":
        for k in range(int(rng.integers(2, 5))):
            radius = float(rng.uniform(0.15, 0.42))
            px, py = float(rng.uniform(0, canvas.aspect)), float(rng.uniform(0.05, 0.95))
            shade = mix(
                (first, second)[k % 2], (255, 255, 255) if k % 2 else (10, 16, 40), float(rng.uniform(0.1, 0.5))
            )
            canvas.disc(px, py, radius, shade)
    elif kind == "bands":
        slope = float(rng.uniform(-1.2, 1.2))
        for k in range(4):
            start = float(rng.uniform(-0.2, 1.2))
            away = np.abs(y + slope * (x - 0.5) - start)
            canvas.fill(
                np.clip((float(rng.uniform(0.03, 0.14)) - away) * canvas.size + 0.5, 0, 1) * 0.85,
                mix((first, second)[k % 2], (255, 255, 255), 0.3 * (k % 3)),
            )
    else:
        for k in range(6):
            px, py, wide = rng.random(), rng.random(), float(rng.uniform(0.15, 0.35))
            cloud = np.exp(-(((x - px) / wide) ** 2 + ((y - py) / wide) ** 2)).astype(np.float32)
            canvas.fill(cloud * 0.8, mix((first, second)[k % 2], (255, 255, 255), float(rng.uniform(0, 0.4))))
    return kind


def gradient(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """A run from the ground to the second colour: from above or below, soft or with a belt, sometimes through a third."""
    x, y = canvas.grid()
    kind = str(rng.choice(["down", "down", "up", "belt", "three"]))
    wave = float(rng.uniform(0, 0.04)) * np.sin(2 * np.pi * (int(rng.integers(1, 4)) * x + rng.random()))
    t = np.clip(y + wave, 0, 1)
    if kind == "up":
        t = 1 - t
    if kind == "belt":
        middle, soft = float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.1, 0.22))
        t = np.exp(-(((t - middle) / soft) ** 2))
    else:
        start, end = float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.8, 1.1))
        t = np.clip((t - start) / (end - start), 0, 1) ** float(rng.uniform(0.7, 1.5))
    if kind == "three":
        canvas.fill(np.clip(2 * t, 0, 1).astype(np.float32), colours[0])
        canvas.fill(np.clip(2 * t - 1, 0, 1).astype(np.float32), colours[1 % len(colours)])
    else:
        canvas.fill(t.astype(np.float32), colours[0])
    return kind


def _near(a: Srgb, b: Srgb) -> bool:
    return abs(brightness(a) - brightness(b)) < 0.07 and sum(abs(x - y) for x, y in zip(a, b, strict=True)) < 150


def _ground(
    canvas: Canvas, frame: str, colour: Srgb, rng: np.random.Generator, *, inset: float = 0.0, line: float = 0.0
) -> None:
    """The panel of a frame, or its outline."""
    wide = canvas.aspect

    def draw(d: ImageDraw.ImageDraw, sx: float, sy: float) -> None:
        for fill, a in ((255, inset), (0, inset + line)) if line else ((255, inset),):
            box = [a * sx, a * sy, (wide - a) * sx - 1, (1 - a) * sy - 1]
            if frame == "oval":
                d.rounded_rectangle(box, radius=0.42 * min(wide, 1.0) * min(sx, sy), fill=fill)
            elif frame == "arch":
                radius = wide / 2 - a
                top = min(radius, 0.45) * sy
                d.ellipse([box[0], box[1], box[2], box[1] + 2 * top], fill=fill)
                d.rectangle([box[0], box[1] + top, box[2], box[3]], fill=fill)
            elif frame == "split":
                d.rectangle([0, (WORDS[0] - 0.02) * sy, wide * sx, sy], fill=fill)
            else:
                d.rounded_rectangle(box, radius=0.03 * sy, fill=fill)

    canvas.shape(colour, draw)


def _ornament(canvas: Canvas, frame: str, colour: Srgb, rng: np.random.Generator) -> str:
    """What lies below the words, or at their sides."""
    kinds = (
        ["none", "bar", "wave", "dots", "hills", "sides"]
        if frame in ("panel", "bare", "split")
        else ["none", "dots", "bar"]
    )
    kind, wide = str(rng.choice(kinds)), canvas.aspect
    x, y = canvas.grid()
    if kind == "bar":
        canvas.box(0.06 * wide, 0.90, 0.94 * wide, 0.935, colour)
    elif kind == "wave":
        edge = 0.90 + 0.025 * np.sin(2 * np.pi * (int(rng.integers(2, 5)) * x + rng.random()))
        canvas.fill(np.clip((y - edge) * canvas.size + 0.5, 0, 1) * np.clip((0.985 - y) * canvas.size, 0, 1), colour)
    elif kind == "hills":
        edge = 0.88 + 0.05 * np.abs(np.sin(np.pi * (int(rng.integers(2, 4)) * x + rng.random())))
        canvas.fill(np.clip((y - edge) * canvas.size + 0.5, 0, 1) * np.clip((0.985 - y) * canvas.size, 0, 1), colour)
    elif kind == "dots":
        count = int(rng.integers(3, 8))
        for k in range(count):
            at = wide * (0.5 + (k - (count - 1) / 2) * 0.09)
            canvas.disc(at, 0.915, 0.018, colour)
    elif kind == "sides":
        thick = 0.03 * wide
        for left in (0.025 * wide, 0.975 * wide - thick):
            canvas.box(left, 0.03, left + thick, 0.97, colour)
    return kind
