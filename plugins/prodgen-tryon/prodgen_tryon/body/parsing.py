"""Splits a person into head, skin, upper and lower clothes from the pose and the picture's own colours.

Every label gets a cost at every pixel: how far the pixel lies from where the pose expects the label, and how unlike its
colour is to colours sampled where the label is certain. The costs are smoothed along the picture's edges before the
cheapest label is taken (fast cost-volume filtering, Rhemann et al. 2011). No network is involved.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.bare_legs import find_bare_legs
from prodgen_tryon.body.colours import Palette, apart, colour_cost, palette_of, tinted, unlike
from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.long_hair import follow
from prodgen_tryon.body.matte import outlined
from prodgen_tryon.body.places import Places, places_of
from prodgen_tryon.body.skeleton import Skeleton, chin
from prodgen_tryon.body.sleeves import COLOUR_WEIGHT, Sleeve, find_sleeves
from prodgen_tryon.body.tidy import give_cuffs, give_islands, give_prints, give_rims, give_streaks
from prodgen_tryon.body.waistline import straighten_waist
from prodgen_tryon.filters import Float, dilate, guided, guided_by, to_lab
from prodgen_tryon.sides import Side

PARTS = ("person", "face", "hair", "neck", "skin", "hands", "upper", "lower", "feet")
LABELS = ("face", "hair", "neck", "skin", "upper", "lower", "feet")
WORKING = 560  # height at which labels are found


def parse_parts(image: Image, person: Float, frame: Skeleton) -> dict[str, Float]:
    """Soft masks [h, w], 0 to 1, by the names in `PARTS`.

    Args:
        image: uint8 RGB [h, w, 3].
        person: probability of person, float32 [h, w].
        frame: the pose in the same pixels.
    """
    height, width = image.shape[:2]
    region = person > 0.05
    if not region.any():
        return {name: np.zeros((height, width), np.float32) for name in PARTS}
    ys, xs = np.nonzero(region)
    margin = round(0.2 * frame.width)
    x0, x1 = max(int(xs.min()) - margin, 0), min(int(xs.max()) + margin + 1, width)
    y0, y1 = max(int(ys.min()) - margin, 0), min(int(ys.max()) + margin + 1, height)
    scale = min(1.0, WORKING / (y1 - y0))
    size = (max(round((x1 - x0) * scale), 8), max(round((y1 - y0) * scale), 8))
    small = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(person[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    local = frame.in_crop((x0, y0), scale)
    soft = refine_person(small, soft, local)
    labels = _labels(small, soft, local)
    give_islands(labels, "upper", ("lower",))
    give_islands(labels, "upper", ("hair", "neck", "face"))
    give_streaks(labels, soft, local)
    give_rims(labels, soft, local)
    give_prints(labels, small, local)
    give_cuffs(labels, small, local)
    straighten_waist(labels, small, local)
    out = {}
    full_size = (x1 - x0, y1 - y0)
    crop = image[y0:y1, x0:x1]
    radius = max(round(0.006 * (y1 - y0)), 2)
    along_edges = guided_by(crop, radius, 4e-4) if scale < 0.9 else None
    for name, mask in {"person": soft, **labels}.items():
        large = cv2.resize(mask, full_size, interpolation=cv2.INTER_LINEAR)
        if along_edges is not None:
            large = along_edges(large)
        out[name] = large.clip(0, 1)
    out = outlined(crop, out, frame.width)
    whole = {name: np.zeros((height, width), np.float32) for name in out}
    for name, mask in out.items():
        whole[name][y0:y1, x0:x1] = mask
    return whole


def refine_person(image: Image, soft: Float, frame: Skeleton) -> Float:
    """The pose model's blurred mask sharpened and laid on the picture's edges."""
    sharp = np.clip((soft - 0.3) / 0.4, 0, 1)
    radius = max(round(0.008 * image.shape[0]), 2)
    fine = guided(image, sharp, radius, 2e-4)
    result: Float = np.clip((fine - 0.2) / 0.6, 0, 1).astype(np.float32)
    return result


def _place_cost(inside: NDArray[np.bool_], falloff: float, cap: float = 6.0) -> Float:
    """0 inside a shape, rising with the distance from it."""
    if not inside.any():
        return np.full(inside.shape, cap, np.float32)
    distance = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    result: Float = np.minimum(distance / falloff, cap).astype(np.float32)
    return result


def _labels(image: Image, person: Float, frame: Skeleton) -> dict[str, Float]:
    lab, body = to_lab(image), person > 0.5
    skin_colour = _skin_colour(lab, person, frame)
    places = places_of(
        frame,
        image.shape,
        find_sleeves(lab, person, frame, skin_colour),
        find_bare_legs(lab, person, frame, skin_colour),
    )
    colours = _sampled(lab, body, places, skin_colour)
    bald = bool(colours.hair_seen < 0.25 * (places.head_core & body).sum())
    costs = _costs(lab, body, places, colours, frame)
    _weigh_heights(costs, places, colours, frame, bald)
    along_edges = guided_by(image, max(round(0.012 * image.shape[0]), 2), 1e-3)
    volume = np.stack([along_edges(np.minimum(costs[name], 6.0).astype(np.float32)) for name in LABELS])
    winner = volume.argmin(0)
    result = {name: ((winner == i) & (person > 0.15)).astype(np.float32) * person for i, name in enumerate(LABELS)}
    result["hands"] = (result["skin"] * places.hands).astype(np.float32)
    if colours.hair is not None and not bald:
        _follow_strands(result, lab, person, colours, skin_colour, frame)
    return result


class _Colours(NamedTuple):
    """What was sampled where each part is certain; `hair_seen` pixels of hair were."""

    skin: Palette
    hair: Palette
    upper: Palette
    lower: Palette
    hair_seen: int


def _skin_colour(lab: Float, person: Float, frame: Skeleton) -> NDArray[Any]:
    """Of the face, L*a*b* [3]; an average one where there is no face to see."""
    core = head_shape(frame, lab.shape, 0.7) & (person > 0.5)
    return np.median(lab[core], axis=0) if core.sum() > 10 else np.array([65.0, 15, 18])


def _sampled(lab: Float, body: NDArray[np.bool_], places: Places, face: NDArray[Any]) -> _Colours:
    skin_seed = (places.bare_core | places.head_core) & body
    hair_seed = body & places.hair_certain & (lab[..., 0] < 98)
    hair_seed &= colour_cost(lab, palette_of(lab, skin_seed, 4)) > 0.8
    upper = palette_of(lab, (places.torso_core & ~places.bare | places.sleeve_core) & body, 5)
    lower = palette_of(lab, places.leg_core & body & ~places.bare, 4)
    return _Colours(
        skin=tinted(palette_of(lab, skin_seed, 5), face * COLOUR_WEIGHT),
        hair=palette_of(lab, hair_seed, 4),
        upper=upper,
        # A long top reaches over the thighs: its colour among theirs is the top's, if another is left.
        lower=unlike(lower, upper, 9),
        hair_seen=int(hair_seed.sum()),
    )


def _costs(lab: Float, body: NDArray[np.bool_], places: Places, colours: _Colours, frame: Skeleton) -> dict[str, Float]:
    """By place and colour, float32 [h, w] for each of `LABELS`."""
    w, shape, skin = frame.width, lab.shape, colour_cost(lab, colours.skin)
    own = _place_cost((places.torso | places.sleeves) & ~head_shape(frame, shape, 0.95), 0.12 * w)
    collar, hem = _place_cost(places.neck, 0.06 * w) + 0.35, _place_cost(places.hem, 0.06 * w) + 0.5
    costs = {
        "face": _place_cost(places.face & body, 0.04 * w) + skin * 0.3,
        "hair": _place_cost(places.hair & ~(places.head_core & body), 0.45 * w, 3.0)
        + colour_cost(lab, colours.hair) * 1.2
        + 0.25,
        "neck": _place_cost(places.neck, 0.06 * w) + skin * 1.2,
        "skin": _place_cost(places.bare, 0.06 * w) + skin * 1.0,
        "upper": np.minimum(own, np.minimum(collar, hem)) + colour_cost(lab, colours.upper),
        "lower": _place_cost(places.legs, 0.15 * w) + colour_cost(lab, colours.lower),
        "feet": _place_cost(places.feet, 0.08 * w) + 0.6,
    }
    costs["skin"][head_shape(frame, shape, 1.1)] += 2
    return costs


def _weigh_heights(costs: dict[str, Float], places: Places, colours: _Colours, frame: Skeleton, bald: bool) -> None:
    """Makes labels dearer above or below where they belong along the body."""
    w, along = frame.width, frame.along(places.neck.shape)
    jaw = float(frame.local(chin(frame)[None])[0, 1])
    # Without hair above the brow there is none below the chin: a hood or a collar is no hair.
    costs["hair"] += _ramp(along, jaw - (0.12 if bald else -0.02) * w, 0.08 * w, 5 if bald else 0.8)
    costs["hair"][places.neck & (along > jaw)] += 1.0  # long hair falls beside the throat, not over it
    if colours.hair is not None and colours.upper is not None and apart(colours.hair, colours.upper).mean() < 10:
        # Black hair on black cloth: only the place can tell them apart.
        costs["hair"] += _ramp(along, -0.2 * w, 0.1 * w, 3)
    hem = frame.local(np.stack([frame.hips]))[0, 1]
    costs["lower"] += _ramp(-along, -0.75 * hem, 0.15 * w, 4)
    costs["upper"] += _ramp(along, hem + 0.5 * w, 0.25 * w, 4)
    costs["neck"] += _ramp(along, 0.25 * w, 0.15 * w, 4)


def _ramp(along: NDArray[np.float64], start: float, steps: float, most: float) -> Float:
    return np.clip((along - start) / steps, 0, most).astype(np.float32)


def _follow_strands(
    labels: dict[str, Float], lab: Float, person: Float, colours: _Colours, skin: NDArray[Any], frame: Skeleton
) -> None:
    """Gives long hair that hangs over clothes and skin to the hair."""
    assert colours.hair is not None
    face = (skin * COLOUR_WEIGHT)[None].astype(np.float32)
    others = [unlike(palette, colours.hair, 10) for palette in (colours.skin, colours.upper)]
    beneath = colour_cost(lab, np.vstack([face, *(palette for palette in others if palette is not None)]))
    free = (person > 0.6) & (labels["face"] < 0.5) & ~dilate(labels["hands"] > 0.3, 0.1 * frame.width)
    strands = follow(labels["hair"] > 0.5, colour_cost(lab, colours.hair), beneath, free, frame)
    for name in ("upper", "skin", "neck"):
        labels[name][strands] = 0
    labels["hair"][strands] = person[strands]


def old_sleeves(image: Image, person: Float, frame: Skeleton) -> dict[Side, Sleeve]:
    """Where the sleeves that are worn end, for both arms."""
    lab = to_lab(image)
    return find_sleeves(lab, person, frame, _skin_colour(lab, person, frame))
