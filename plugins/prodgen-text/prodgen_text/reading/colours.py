"""Shades: a base colour with a word such as light or dark before it."""

from __future__ import annotations

import re

from prodgen_text.reading.lexicon import Hit, colour_rgb

_LIGHTER = {"light": 0.45, "pale": 0.55, "pastel": 0.55, "soft": 0.3, "浅": 0.45, "淡": 0.5, "粉": 0.5}
_DARKER = {"dark": 0.45, "deep": 0.35, "深": 0.45, "暗": 0.45}
_PLAIN = ("white", "off-white", "black", "transparent", "multicolour", "light blue", "dark green", "gold", "silver")
_MODIFIER = re.compile(rf"({'|'.join((*_LIGHTER, *_DARKER))})[\s-]*$")


def shade(text: str, hit: Hit, base: str) -> tuple[str, str | None, int]:
    """Name, `#rrggbb` and first character of a colour, with the modifier before it taken in.

    The modifier moves the base colour part of the way to white or to black in sRGB.
    """
    rgb = colour_rgb(base)
    match = _MODIFIER.search(text[: hit.start])
    if match is None or base in _PLAIN or rgb is None:
        return base, rgb, hit.start
    word = match[1]
    lighter = word in _LIGHTER
    name = f"{'light' if lighter else 'dark'} {base}"
    known = colour_rgb(name)
    return name, known or _mix(rgb, 255 if lighter else 0, _LIGHTER.get(word) or _DARKER[word]), match.start(1)


def _mix(rgb: str, target: int, share: float) -> str:
    channels = (int(rgb[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(channel + (target - channel) * share):02x}" for channel in channels)
