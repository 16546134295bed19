"""Puts a known print on a garment's photo, so that it can be measured what a try-on does to prints."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_sdk.types import Image
from prodgen_tryon.filters import box_of, to_lab
from prodgen_tryon.garment.cutout import cut_out

WORDS = ("PRODGEN", "EST. 1994", "No 27", "SOUTH")
WIDE = 0.4  # of the garment's torso
DARK, LIGHT = (24, 26, 32), (240, 238, 232)
ACCENTS = ((196, 60, 44), (44, 110, 190), (226, 176, 40), (52, 140, 84))


def printed(garment: Image, number: int = 0) -> Image:
    """The garment's photo with a word over a ring and a bar on its chest, uint8 RGB; as it is where no cloth is found.

    Args:
        garment: uint8 RGB [h, w, 3].
        number: which word and accent.
    """
    mask = cut_out(garment).mask
    box = box_of(mask)
    if box is None:
        return garment
    rows, columns = box
    height = rows.stop - rows.start
    waist = mask[rows.start + round(0.7 * height)]  # below the sleeves of most, a row of the torso alone
    left, right = np.flatnonzero(waist)[[0, -1]] if waist.any() else (columns.start, columns.stop)
    width = WIDE * float(right - left)
    centre = (0.5 * float(left + right), rows.start + 0.42 * height)
    level = float(np.median(to_lab(garment)[mask][:, 0]))
    ink = DARK if level > 55 else LIGHT
    out = garment.copy()
    thick = max(round(0.03 * width), 1)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(centre[0] + x * width), round(centre[1] + y * width)

    cv2.ellipse(out, at(0, 0.3), (round(0.22 * width),) * 2, 0, 0, 300, ink, 2 * thick, cv2.LINE_AA)
    cv2.circle(out, at(0, 0.3), round(0.1 * width), ACCENTS[number % len(ACCENTS)], -1, cv2.LINE_AA)
    cv2.rectangle(out, at(-0.5, 0.62), at(0.5, 0.66), ink, -1, cv2.LINE_AA)
    word = WORDS[number % len(WORDS)]
    (long, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, 1.0, 1)
    scale = width / long
    x, y = at(-0.5, -0.02)
    cv2.putText(out, word, (x, y), cv2.FONT_HERSHEY_DUPLEX, scale, ink, max(round(1.6 * scale), 1), cv2.LINE_AA)
    result: Image = np.where(mask[..., None], out, garment).astype(np.uint8)
    return result
