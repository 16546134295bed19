"""Sizes that are letters, or a waist and inseam in inches: what garments of them usually measure."""

from __future__ import annotations

import re

from prodgen_sdk.errors import InputError

# Chest girth of the body for a letter (EN 13402-3, middle of the interval), and what a garment has more of it.
LETTERS = {"XXS": 74.0, "XS": 82.0, "S": 90.0, "M": 98.0, "L": 106.0, "XL": 114.0, "XXL": 123.0, "3XL": 135.0}
ALIASES = {"2XS": "XXS", "2XL": "XXL", "XXXL": "3XL"}
ROOM = {
    "top": {"chest": 8.0}, "outerwear": {"chest": 16.0}, "dress": {"chest": 6.0}, "trousers": {"waist": -10.0, "hip": 8.0},
    "shorts": {"waist": -10.0, "hip": 8.0}, "skirt": {"waist": -10.0, "hip": 6.0}, "overall": {"hip": 12.0},
}  # fmt: skip
GROWTH = 0.03  # of the length, for one letter


def from_table(size: str, category: str) -> tuple[dict[str, float], float | None]:
    """Girths in cm of a garment of this size, and a factor on its usual length where the size is a letter.

    Args:
        size: a letter, XXS to 3XL, or for trousers and shorts a waist and inseam in inches, W32/L34.

    Raises:
        InputError: the table does not know the size.

    >>> from_table("L", "top")
    ({'chest': 114.0}, 1.03)
    """
    label = size.strip().upper()
    label = ALIASES.get(label, label)
    inches = re.fullmatch(r"W?(\d{2})(?:\s*[/ ]?\s*L?(\d{2}))?", label)
    if inches and category in ("trousers", "shorts"):
        waist, inseam = float(inches[1]) * 2.54, float(inches[2] or 0) * 2.54
        return {"waist": waist} | ({"inseam": inseam} if inseam else {}), None
    if label not in LETTERS:
        raise InputError(
            f"The size {size} is not known for this garment.",
            hint=f"Known: {', '.join(LETTERS)}, and W32/L34 for trousers; or give the garment's measurements.",
        )
    room = ROOM.get(category, {})
    if not room:
        return {}, None
    steps = list(LETTERS).index(label) - list(LETTERS).index("M")
    return {name: LETTERS[label] + more for name, more in room.items()}, 1 + GROWTH * steps
