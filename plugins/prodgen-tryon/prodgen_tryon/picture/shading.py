"""Light and shade of what was worn, without its colours and its weave: the body's roundness, and folds."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.filters import Float, blur, blur_inside, dilate, erode

ROUND, FOLDS = 0.6, 0.9
"""How much of the old cloth's form, and of its folds, the new cloth takes over."""
WIDEST = 0.5  # of the shoulders' width; what changes more slowly is the colour of the cloth
SCALES = (0.055, 0.028, 0.014)  # shoulders' widths (Gaussian sigma): the form, and two bands of folds
COLOURS = 4  # of one piece of clothing, at most
FINE = 110.0  # pixels of the shoulders' width at which light is looked at
STRANGE, MOST = 7.0, 22.0  # from the cloth around, in a and b, and in L*: more than folds do
DARKEST, LIGHTEST = -16.0, 8.0  # L*


@per_person
def shading(person: Person) -> Float:
    """How much lighter or darker light makes the cloth than on average, in L*, float32 [h, w]; 0 outside of the old clothes.

    Old clothes have several colours. Lightness is compared within each colour alone, so that a print or an open jacket
    leaves no trace on the new cloth. Folds are few and strong while a weave is everywhere: each band loses what is no stronger
    than its robust noise (soft thresholding of Donoho, "De-noising by soft-thresholding", 1995).
    """
    share = min(FINE / person.width, 1.0)  # no fold that counts is finer

    def small(values: Float) -> Float:
        return cv2.resize(values, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) if share < 1 else values

    lab = small(person.lab)
    result = np.zeros(lab.shape[:2], np.float32)
    for name in ("upper", "lower"):
        inside = small(person.parts[name]) > 0.6
        if inside.sum() >= 100 * share**2:
            result += _of_one_piece(lab, inside, person.width * share)
    if share < 1:
        result = cv2.resize(result, person.image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(result, DARKEST, LIGHTEST)


def _of_one_piece(lab: Float, inside: NDArray[np.bool_], width: float) -> Float:
    """The shading of one piece of clothing [h, w], L*."""
    light = np.ascontiguousarray(lab[..., 0])
    colours = clusters(lab, inside)
    # An open jacket or a busy print says less about folds than cloth of one colour.
    even = float(np.clip((max(c.sum() for c in colours) / inside.sum() - 0.4) / 0.45, 0.15, 1))
    total, covered = np.zeros_like(light), np.full_like(light, 1e-3)
    for colour in colours:
        plain = colour & ~_marks(lab, colour, width)
        core = erode(plain, max(0.01 * width, 1)).astype(np.float32)
        if core.sum() < 0.03 * inside.sum():
            continue
        wider = blur_inside(light, core, WIDEST * width)
        found = np.zeros_like(light)
        for number, scale in enumerate(SCALES):
            level = blur_inside(light, core, scale * width)
            band = level - wider
            if number:
                weave = float(np.median(np.abs(band[core > 0]))) / 0.6745
                # Where little of this colour is near, a band says more of its outline than of folds.
                sure = np.clip(2 * blur(core, scale * width) - 1, 0, 1)
                band = FOLDS * even * sure * np.sign(band) * np.maximum(np.abs(band) - 0.8 * weave, 0)
            else:
                band = ROUND * even * band
            found += band
            wider = level
        weight = blur(core, SCALES[0] * width)
        total += weight * found
        covered += weight
    trust: Float = np.clip(covered * 2.2, 0, 1) * (total / covered)
    return trust.astype(np.float32)


def _marks(lab: Float, colour: NDArray[np.bool_], width: float) -> NDArray[np.bool_]:
    """Logos, buttons and seams within a region of one colour: what folds cannot make of it, with a rim."""
    apart = np.abs(lab - blur_inside(lab, colour.astype(np.float32), 0.1 * width))
    marks = colour & ((np.hypot(apart[..., 1], apart[..., 2]) > STRANGE) | (apart[..., 0] > MOST))
    found: NDArray[np.bool_] = dilate(marks, max(0.01 * width, 1))
    return found


def clusters(lab: Float, inside: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The region split by colour (k-means with a fixed seed); folds stay within one colour."""
    values = lab[inside] * np.array([0.4, 1.0, 1.0], np.float32)
    samples = np.ascontiguousarray(values[:: max(len(values) // 3000, 1)])
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.2)
    _, _, centres = cv2.kmeans(samples, min(COLOURS, len(samples)), None, criteria, 2, cv2.KMEANS_PP_CENTERS)
    merged: list[NDArray[np.float32]] = []
    for centre in centres[np.argsort(centres[:, 0])]:
        if all(np.linalg.norm(centre - other) > 11 for other in merged):
            merged.append(centre)
    distance = np.stack([((values - centre) ** 2).sum(1) for centre in merged])
    nearest = distance.argmin(0)
    result = []
    for index in range(len(merged)):
        mask = np.zeros(inside.shape, bool)
        mask[inside] = nearest == index
        result.append(mask)
    return result
