"""Label artwork: the product's own title, set like a package front."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.looks.lettering import wrap, write
from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix

STYLES = ("panel", "bare", "band", "emblem")


def draw_label(
    picture: Image.Image,
    box: tuple[int, int, int, int],
    title: str,
    detail: str,
    domain: str,
    base: Srgb,
    accent: Srgb,
    rng: np.random.Generator,
    *,
    style: str = "",
    ink: Srgb | None = None,
) -> None:
    """Draws a label into a box (left, top, right, bottom) of a picture. It says nothing that the product does not.

    Args:
        title: the large letters; may be empty.
        detail: a small line below, such as the capacity; may be empty.
        base, accent: colours of the package.
        style: panel (a paper label), bare (print on the surface), band (all round the package) or emblem; empty draws one.
        ink: colour of the letters; None chooses one that reads well.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if width < 8 or height < 8:
        return
    style = style or str(rng.choice(STYLES))
    draw = ImageDraw.Draw(picture)
    ground = base
    margin = 0.07 * min(width, height)
    if style == "panel":
        ground = (250, 247, 240) if brightness(base) < 0.6 else mix(accent, (20, 20, 24), 0.15)
        draw.rounded_rectangle(box, radius=0.04 * min(width, height), fill=ground)
        inset = margin * 0.6
        trim = accent if abs(brightness(accent) - brightness(ground)) > 0.15 else ink_for(ground)
        draw.rounded_rectangle(
            [left + inset, top + inset, right - inset, bottom - inset],
            radius=0.02 * min(width, height),
            outline=trim,
            width=max(1, round(height * 0.008)),
        )
    elif style == "band":
        ground = accent if abs(brightness(accent) - brightness(base)) > 0.08 else mix(base, ink_for(base), 0.85)
        draw.rectangle([0, top, picture.width, bottom], fill=ground)
        line = max(1, round(height * 0.02))
        for y in (top + 2 * line, bottom - 3 * line):
            draw.rectangle([0, y, picture.width, y + line], fill=mix(ground, ink_for(ground), 0.7))
    letters = ink or ink_for(ground)
    second = mix(letters, ground, 0.35)
    trim = accent if abs(brightness(accent) - brightness(ground)) > 0.12 else second
    portrait = height > width * 1.1
    emblem_height = height * (0.34 if portrait else 0.26) if style in ("panel", "emblem") else 0.0
    if emblem_height:
        _emblem(
            draw,
            (left + right) / 2,
            top + margin * 1.6 + emblem_height * 0.5,
            emblem_height * 0.42,
            trim,
            ground,
            domain,
            rng,
        )
    text_top = top + margin * 1.3 + emblem_height
    lines = wrap(title, 1 if width > height * 3.2 else 2 if not portrait or len(title) < 10 else 3)
    filled = write(
        picture,
        lines,
        (left + margin * 1.6, text_top, right - margin * 1.6, bottom - margin - height * 0.2),
        letters,
        bold=0.022,
        largest=0.5,
    )
    if not lines:
        return
    rule = filled[3] + height * 0.02
    middle = (left + right) / 2
    draw.rectangle([middle - width * 0.13, rule, middle + width * 0.13, rule + max(1, height * 0.012)], fill=trim)
    if detail:
        write(
            picture,
            [detail],
            (left + margin * 2, rule + height * 0.03, right - margin * 2, min(bottom - margin, rule + height * 0.13)),
            second,
        )


def _emblem(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    radius: float,
    colour: Srgb,
    ground: Srgb,
    domain: str,
    rng: np.random.Generator,
) -> None:
    if domain == "food":
        for side in (-1, 1):
            for k in range(4):
                angle = math.radians(90 + side * (18 + 30 * k))
                cx, cy = x + math.cos(angle) * radius * 0.62, y - math.sin(angle) * radius * 0.62 + radius * 0.2
                t = np.linspace(0, 2 * np.pi, 16)
                px, py = np.cos(t) * radius * 0.36, np.sin(t) * radius * 0.14
                turned = list(
                    zip(
                        (cx + px * math.cos(angle) + py * math.sin(angle)).tolist(),
                        (cy - px * math.sin(angle) + py * math.cos(angle)).tolist(),
                        strict=True,
                    )
                )
                draw.polygon(turned, fill=mix(colour, ground, 0.12 * k))
        return
    kind = int(rng.integers(3))
    width = max(1, round(radius * 0.12))
    box = [x - radius, y - radius, x + radius, y + radius]
    if kind == 0:
        draw.ellipse(box, outline=colour, width=width)
        draw.ellipse([x - radius * 0.5, y - radius * 0.5, x + radius * 0.5, y + radius * 0.5], fill=colour)
    elif kind == 1:
        for k in range(8):
            angle = k * math.pi / 4
            draw.line(
                [
                    x + math.cos(angle) * radius * 0.3,
                    y + math.sin(angle) * radius * 0.3,
                    x + math.cos(angle) * radius,
                    y + math.sin(angle) * radius,
                ],
                fill=colour,
                width=width,
            )
    else:
        draw.polygon(
            [(x, y - radius), (x + radius * 0.75, y), (x, y + radius), (x - radius * 0.75, y)],
            outline=colour,
            width=width,
        )
        draw.polygon(
            [(x, y - radius * 0.5), (x + radius * 0.38, y), (x, y + radius * 0.5), (x - radius * 0.38, y)], fill=colour
        )
