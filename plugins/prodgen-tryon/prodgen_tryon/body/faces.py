"""Tells a person's face from a dummy's, and a garment on a model from one that lies flat, by the colour where the face should be."""

from __future__ import annotations

import numpy as np

from prodgen_sdk.types import Body, Image
from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.filters import Float, blur, polygon, to_lab

# CIE L*a*b* of skin of all tones under common light: red and yellow above zero, hue between.
LEAST_CHROMA = 4.5
SKIN_CHROMA = (8.0, 48.0)
HUE = (18.0, 82.0)  # degrees
SURE = 0.8  # confidence of a person: photos of models have .88 to 1, brown leather laid flat up to .73
CHEST = ((-0.3, 0.3), (0.3, 0.3), (0.3, 0.75), (-0.3, 0.75))  # in shoulder widths across and torsos along
COLOURLESS = 3.0  # a photo whose most colourful pixels are below this is black and white
COLOURED_LIGHT = 6.0  # chroma of light from which on a grey face may be skin
BESIDE_LIGHT = 12.0  # how far skin is from it then
OF_CLOTH = 6.0  # distance of the face's colour from the chest's below which both may be cloth: flat clothes have up to 5, people from 16
CERTAIN = 0.985  # confidence of people in a photo; flat clothes reach that seldom, and are plainer:
FEATURES = 0.07  # deviation of a face's lightness relative to its median; eyes, brows and mouth make .08 and more


def is_colourless(photo: Image) -> bool:
    """Whether a photo is black and white, uint8 RGB [h, w, 3]."""
    lab = to_lab(photo[:: max(photo.shape[0] // 256, 1), :: max(photo.shape[1] // 256, 1)])
    return bool(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 99.5) < COLOURLESS)


def face_colour(photo: Image, body: Body) -> tuple[float, float] | None:
    """Chroma and hue (degrees) of the middle of the face; None where the face is not in the picture."""
    face = head_shape(skeleton(body.landmarks), photo.shape, 0.7) & (body.person > 0.5)
    if face.sum() < 6:
        return None
    ys, xs = np.nonzero(face)
    box = (slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1))
    _, a, b = np.median(to_lab(photo[box])[face[box]], axis=0)
    return float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)))


def light_colour(photo: Image) -> tuple[float, float]:
    """The lightest twentieth of a photo in a and b of CIELAB; it is white or grey unless its light is coloured."""
    lab = to_lab(photo[:: max(photo.shape[0] // 256, 1), :: max(photo.shape[1] // 256, 1)]).reshape(-1, 3)
    _, a, b = np.median(lab[lab[:, 0] >= np.percentile(lab[:, 0], 95)], axis=0)
    return float(a), float(b)


def has_face(photo: Image, body: Body) -> bool:
    """Whether what should be the face has the colour of skin; a black-and-white photo, or a person not seen from the front, passes.

    In bluish light, or with a wrong white balance, skin looks grey; then it is far from what is white there. Clothes alone may have the
    colour of skin, or any other; there the head and the chest are the same cloth.
    """
    if body.orientation != "front" or is_colourless(photo):
        return True
    found = face_colour(photo, body)
    if found is None or _is_cloth(photo, body):
        return False
    chroma, hue = found
    if chroma >= LEAST_CHROMA:
        return True
    light = np.array(light_colour(photo))
    face = chroma * np.array([np.cos(np.radians(hue)), np.sin(np.radians(hue))])
    return bool(np.hypot(*light) > COLOURED_LIGHT and np.hypot(*(face - light)) > BESIDE_LIGHT)


def _is_cloth(photo: Image, body: Body) -> bool:
    """Whether what should be a face has the chest's colour, and is unsure or plain; a bare chest has the face's colour, too."""
    frame = skeleton(body.landmarks)
    chest = polygon(photo.shape, np.array([frame.at(a * frame.width, b * frame.torso) for a, b in CHEST]))
    lab = to_lab(photo)
    face, chest = (place & (body.person > 0.5) for place in (head_shape(frame, photo.shape, 0.7), chest))
    if not chest.any() or np.linalg.norm(np.median(lab[face], axis=0) - np.median(lab[chest], axis=0)) > OF_CLOTH:
        return False
    smooth: Float = blur(np.ascontiguousarray(lab[..., 0]), max(0.02 * frame.width, 0.5))
    plain = smooth[face].std() < FEATURES * max(float(np.median(smooth[face])), 1.0)
    return bool(body.confidence < CERTAIN or plain)


def is_worn(photo: Image, body: Body) -> bool:
    """Whether a garment's photo shows it on a person with a face: outlines of flat clothes are taken for bodies, but have none."""
    if body.people == 0 or body.confidence < SURE:
        return False
    frame = skeleton(body.landmarks)
    if min(frame.seen.get(name, 0.0) for name in ("nose", "eye_a", "eye_b")) < 0.6:
        return False
    found = face_colour(photo, body)
    return found is not None and SKIN_CHROMA[0] <= found[0] <= SKIN_CHROMA[1] and HUE[0] <= found[1] <= HUE[1]
