"""The light of a photo: how bright it is, and its colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.faces import is_colourless
from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.filters import Float, dilate

LIGHT = 0.85  # a photo with anything as light as this, 0 to 1, is not underexposed; well lit ones have .9 and more
OVER = 0.3  # how much lighter cloth gets at most where the face is burnt out
WALL = 85.0  # L* of a wall in full light
FACE = ((25.0, 45.0, 64.0, 78.0), (9.9, 14.2, 14.2, 13.0), (10.0, 20.0, 20.0, 18.5))
"""L* of faces in white light, dark to pale, and their a and b of CIELAB."""
FACES = ((9.0, 9.0), (9.0, 30.0))  # covariances: of faces around that colour,
WALLS = ((9.0, 0.0), (0.0, 49.0))  # of light walls around grey,
CASTS = ((16.0, 16.8), (16.8, 36.0))  # of the light around white
LAMPS = 4.0, 0.08
"""Lamps and wrong white balances: how many times as wide their light spreads, and their share of photos."""
DOUBT, ALONE = 3.0, 6.0
"""A cast below this may be none, and is followed in full from twice as much on; a face alone may be pale, olive or red by itself."""
STRONGEST = 25.0


@per_person
def exposure(person: Person) -> float:
    """How bright white cloth is in the photo: below 1 where the photo is dark or the person stands in shade, above where the face is burnt out.

    The lightest per cent of the photo is taken for white where nothing in it is light. Light walls, which may be grey by themselves,
    count in part. How dark a face is says nothing: cloth beside dark skin is as light as beside fair skin.
    """
    dim = _dimmed(person)
    shade = 1.0
    walls = _walls(person)
    if len(walls):
        shade -= 0.5 * max(1 - float(np.median(walls[:, 0])) / (dim * WALL), 0.0)
    face = _face(person)
    if face.sum() > 20:
        _, middle, highest = np.sort(person.image[face], axis=-1).T  # warm light alone burns out red
        burnt = float(((highest >= 252) & (middle >= 215)).mean())
        shade *= 1 + OVER * float(np.clip((burnt - 0.1) / 0.4, 0, 1))
    return dim * shade


@per_person
def _dimmed(person: Person) -> float:
    """How bright white is in a photo that is dark throughout, else 1."""
    share = min(1.0, 128 / max(person.image.shape[:2]))
    small = cv2.resize(person.image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    white = float(np.percentile(small.max(-1), 99)) / 255
    dark = float(np.clip((LIGHT - white) / 0.2, 0, 1))
    return 1 - dark + dark * max(white / 0.95, 0.2)


@per_person
def cast(person: Person) -> tuple[float, float]:
    """The colour of the photo's light, a and b of CIELAB on white; (0, 0) where it is not surely off.

    Two witnesses are weighed by what is known of them (the mean of a posterior, whose prior is a mixture of daylight and lamps): the
    face, and what is light and nearly grey behind the person. Either alone may be so by itself, a beige wall or a tanned face.
    A black-and-white photo tells nothing of its light.
    """
    if is_colourless(person.image):
        return 0.0, 0.0
    precision = np.zeros((2, 2))
    total = np.zeros(2)
    face = person.lab[_face(person)]
    if len(face) > 20:
        known = np.linalg.inv(np.array(FACES))
        seen = np.median(face, axis=0) / _dimmed(person)  # a dark photo's colours are paler, too
        usual = np.array([np.interp(seen[0], FACE[0], values) for values in FACE[1:]])
        precision, total = precision + known, total + known @ (seen[1:] - usual)
    walls = _walls(person)[:, 1:]
    if len(walls):
        known = np.linalg.inv(np.array(WALLS) + np.diag(walls.var(0)))
        precision, total = precision + known, total + known @ (np.median(walls, axis=0) / _dimmed(person))
    found = _posterior(precision, total) if precision.any() else total
    length = float(np.hypot(*found))
    sure = float(np.clip(length / (DOUBT if len(walls) else ALONE) - 1, 0, 1))
    a, b = found * sure * min(length, STRONGEST) / max(length, 1e-6)
    return float(a), float(b)


def _posterior(precision: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the light's a and b after witnesses of a joint `precision` [2, 2], who say `total` (precision times mean) [2]."""
    seen = np.linalg.inv(precision)
    said = seen @ total
    mean, weight = np.zeros(2), 0.0
    for width, share in ((1.0, 1 - LAMPS[1]), LAMPS):
        prior = width * np.array(CASTS)
        spread = prior + seen
        likely = share * np.exp(-0.5 * said @ np.linalg.solve(spread, said)) / np.sqrt(np.linalg.det(spread))
        mean, weight = mean + likely * (prior @ np.linalg.solve(spread, said)), weight + likely
    return mean / max(weight, 1e-12)


@per_person
def _walls(person: Person) -> Float:
    """What is light and not bright in colour behind the person, CIELAB [n, 3]; none where that is little of the scene."""
    scene = person.lab[~dilate(person.parts["person"] > 0.05, 2)]
    dim = _dimmed(person)
    walls: Float = scene[(scene[:, 0] > 60 * dim) & (np.hypot(scene[:, 1], scene[:, 2]) < 40 * dim)]
    return walls if len(walls) > 0.3 * max(len(scene), 100) else walls[:0]


def indoors(person: Person) -> float:
    """How far the scene leaves white for cream and wood, 0 to 1: too little for a cast, enough that bluish white looks out of place."""
    walls = _walls(person)
    return float(np.clip(np.median(walls[:, 2]) / 8, 0, 1)) if len(walls) else 0.0


def _face(person: Person) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = head_shape(person.frame, person.image.shape, 0.7) & (person.parts["face"] > 0.6)
    return result


def tint(a: float, b: float) -> NDArray[np.float32]:
    """What light of a colour does to grey, as a factor of each RGB channel that leaves the lightness as it is.

    >>> tint(0, 0).round(3).tolist(), (tint(5, 10) > 1).tolist()
    ([1.0, 1.0, 1.0], [True, False, False])
    """
    pair = np.array([[[80, 0, 0], [80, a, b]]], np.float32)
    grey, tinted = cv2.cvtColor(pair, cv2.COLOR_LAB2RGB)[0]
    factor: NDArray[np.float32] = (tinted / grey).astype(np.float32)
    return factor
