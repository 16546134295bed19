"""Hair behind the neck, where a collar stood: long hair that falls on both sides of a neck goes on behind it."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.filters import Float, blur, box_of, ellipse_kernel, times
from prodgen_tryon.picture.fill import spread

WIDEST = 0.22  # the widest gap between neck and hair that is closed, in shoulder widths
THINNEST = 0.03  # half of the least width of such a gap, in shoulder widths
SHADE = 0.6  # what lies behind the neck is in its shadow


@per_person
def hair_behind_neck(person: Person) -> tuple[Float, Float]:
    """Colours [h, w, 3] and alpha [h, w] of hair in the gaps between neck and hair, row by row."""
    parts, image = person.parts, person.image.astype(np.float32)
    hair = parts["hair"] > 0.5
    inner = np.maximum(parts["neck"], parts["face"]) > 0.5
    inner[person.along > 0] = False  # the chest is none
    gap = np.zeros(hair.shape, bool)
    for y in np.flatnonzero(inner.any(1) & hair.any(1)):
        row, middle = np.flatnonzero(hair[y]), np.flatnonzero(inner[y])
        left, right = row[row < middle[0]], row[row > middle[-1]]
        if len(left) and middle[0] - left[-1] < WIDEST * person.width:
            gap[y, left[-1] : middle[0]] = True
        if len(right) and right[0] - middle[-1] < WIDEST * person.width:
            gap[y, middle[-1] : right[0]] = True
    # Hair is no thin streak beside a curl.
    solid = cv2.morphologyEx(gap.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(max(THINNEST * person.width, 1)))
    alpha = blur(solid.astype(np.float32), 1.0)
    box = box_of(alpha, round(0.2 * person.width))
    if box is None:
        return image, alpha
    known = (parts["hair"][box] > 0.9).astype(np.float32)
    if known.sum() < 20:
        return image, np.zeros_like(alpha)
    colours = image.copy()
    made = spread(image[box], known)
    colours[box] = times(made, np.full(known.shape, SHADE, np.float32))
    return colours, alpha
