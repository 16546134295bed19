"""Splits a person into head, skin, upper and lower clothes from the pose and the picture's own colours.

Every label gets a cost at every pixel: how far the pixel lies from where the pose expects the label, and how unlike its
colour is to colours sampled where the label is certain. The costs are smoothed along the picture's edges before the
cheapest label is taken (fast cost-volume filtering, Rhemann et al. 2011). No network is involved.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.long_hair import follow
from prodgen_tryon.body.skeleton import SIDES, Side, Skeleton, chin
from prodgen_tryon.body.sleeves import COLOUR_WEIGHT, Sleeve, along_path, arm_path, beyond, find_sleeves
from prodgen_tryon.filters import (
    Float,
    colour_distance,
    dilate,
    ellipse_kernel,
    guided,
    guided_by,
    polygon,
    to_lab,
    tube,
)

PARTS = ("person", "face", "hair", "neck", "skin", "hands", "upper", "lower", "feet")
LABELS = ("face", "hair", "neck", "skin", "upper", "lower", "feet")
WORKING = 560  # height at which labels are found
JAW = 0.84  # how far a face reaches below its centre, for how far it reaches above


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
    local = moved(frame, (x0, y0), scale)
    soft = refine_person(small, soft, local)
    labels = _labels(small, soft, local)
    _give_islands(labels, "upper", ("lower",))
    _give_islands(labels, "upper", ("hair", "neck", "face"))
    _give_streaks(labels, "skin", "upper", local.width)
    _give_rims(labels, soft, local)
    _give_prints(labels, small, local)
    out = {}
    full_size = (x1 - x0, y1 - y0)
    crop = image[y0:y1, x0:x1]
    radius = max(round(0.006 * (y1 - y0)), 2)
    along_edges = guided_by(crop, radius, 4e-4) if scale < 0.9 else None
    for name, mask in {"person": soft, **labels}.items():
        large = cv2.resize(mask, full_size, interpolation=cv2.INTER_LINEAR)
        if along_edges is not None:
            large = along_edges(large)
        out[name] = np.zeros((height, width), np.float32)
        out[name][y0:y1, x0:x1] = large.clip(0, 1)
    return out


def _give_islands(labels: dict[str, Float], name: str, around: tuple[str, ...]) -> None:
    """Small pieces of one label that lie within others go to the first of those: rivets of trousers and strands of hair are no top."""
    mask = labels[name] > 0.5
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    others = np.maximum.reduce([labels[other] for other in around]) > 0.5
    for piece in range(1, count):
        inside = pieces == piece
        if areas[piece] > 0.03 * areas[1:].max():
            continue
        near = dilate(inside, 3)
        if float(others[near & ~inside].mean()) > 0.6:
            labels[around[0]][near] = np.maximum(labels[around[0]], labels[name])[near]
            labels[name][near] = 0


def _give_streaks(labels: dict[str, Float], name: str, around: str, width: float) -> None:
    """What is thinner than any limb goes to the label beside it: the light threads of a pattern are no skin."""
    mask = (labels[name] > 0.5) & (labels["hands"] < 0.5)
    kernel = ellipse_kernel(max(0.028 * width, 1))
    limbs = cv2.dilate(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel), np.ones((3, 3), np.uint8))
    streaks = mask & (limbs == 0) & dilate(labels[around] > 0.5, 0.04 * width)
    labels[around][streaks] = np.maximum(labels[around], labels[name])[streaks]
    labels[name][streaks] = 0


def _give_rims(labels: dict[str, Float], person: Float, frame: Skeleton) -> None:
    """Thin borders of one label along another, whose pixels are mixed with the scene's, go to that other.

    Hair below the jaw along a top is a collar's rim beside the neck; cloth along the outline of a bare shoulder is the shoulder's.
    """
    w, shape = frame.width, person.shape
    ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
    along = (xs - frame.shoulders[0]) * frame.down[0] + (ys - frame.shoulders[1]) * frame.down[1]
    below_jaw = along > float(frame.local(chin(frame)[None])[0, 1])
    shoulders = dilate(person < 0.5, 0.05 * w) & (along < 0.3 * w)
    for name, to, where in (("hair", "upper", below_jaw), ("upper", "skin", shoulders)):
        mask = labels[name] > 0.3
        broad = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(max(0.045 * w, 1)))
        rims = mask & where & (cv2.dilate(broad, np.ones((3, 3), np.uint8)) == 0)
        rims &= dilate(labels[to] > 0.5, 0.06 * w)
        labels[to][rims] = np.maximum(labels[to], labels[name])[rims]
        labels[name][rims] = 0


def _give_prints(labels: dict[str, Float], image: Image, frame: Skeleton) -> None:
    """Hair that lies within the top, off the head, and has another colour than the hair on it is a print of the top."""
    hair = (labels["hair"] > 0.5).astype(np.uint8)
    count, pieces = cv2.connectedComponents(hair, connectivity=8)
    head = dilate(head_shape(frame, image.shape, 1.25), 0.05 * frame.width)
    on_head = np.unique(pieces[head & (hair > 0)])
    grown = np.isin(pieces, on_head) & (hair > 0)
    if len(on_head) == 0 or len(on_head) == count - 1:
        return
    lab = to_lab(image)
    colour = np.median(lab[grown], axis=0)
    for piece in sorted(set(range(1, count)) - set(on_head.tolist())):
        inside = pieces == piece
        near = dilate(inside, 3)
        beside = near & ~inside
        unlike = float(np.linalg.norm(np.median(lab[inside], axis=0) - colour)) > 18
        if unlike and float((labels["upper"][beside] > 0.5).mean()) > 0.6:
            labels["upper"][near] = np.maximum(labels["upper"], labels["hair"])[near]
            labels["hair"][near] = 0


def moved(frame: Skeleton, origin: tuple[float, float], scale: float) -> Skeleton:
    """The pose in a crop that begins at `origin` and is then scaled."""
    offset = np.array(origin, float)
    points = {name: (point - offset) * scale for name, point in frame.points.items()}
    return Skeleton(points, frame.seen, frame.width * scale, frame.facing)


def refine_person(image: Image, soft: Float, frame: Skeleton) -> Float:
    """The pose model's blurred mask sharpened and laid on the picture's edges."""
    sharp = np.clip((soft - 0.3) / 0.4, 0, 1)
    radius = max(round(0.008 * image.shape[0]), 2)
    fine = guided(image, sharp, radius, 2e-4)
    result: Float = np.clip((fine - 0.2) / 0.6, 0, 1).astype(np.float32)
    return result


def head_shape(frame: Skeleton, shape: tuple[int, ...], grow: float = 1.0) -> NDArray[np.bool_]:
    """The face without hair and neck, from the ears, eyes and mouth: two halves of ellipses, the lower one down to the chin."""
    centre, axes, angle = head_ellipse(frame)
    canvas = np.zeros(shape[:2], np.uint8)
    middle = (round(centre[0]), round(centre[1]))
    across = max(round(axes[0] * grow), 1)
    for along, start in ((axes[1], 180), (JAW * axes[1], 0)):
        cv2.ellipse(canvas, middle, (across, max(round(along * grow), 1)), angle, start, start + 180, 1, -1)
    return canvas.astype(bool)


def head_ellipse(frame: Skeleton) -> tuple[NDArray[np.float64], tuple[float, float], float]:
    """Centre, half axes (across, along) and rotation in degrees of the face."""
    eyes, mouth = (frame["eye_a"] + frame["eye_b"]) / 2, (frame["mouth_a"] + frame["mouth_b"]) / 2
    ears = (frame["ear_a"] + frame["ear_b"]) / 2
    along = mouth - eyes
    length = max(float(np.hypot(*along)), 0.05 * frame.width)
    across = max(float(np.hypot(*(frame["ear_a"] - frame["ear_b"]))) / 2, 0.95 * length)
    centre = 0.75 * (eyes + 0.45 * along) + 0.25 * ears
    angle = float(np.degrees(np.arctan2(along[1], along[0]))) - 90
    return centre, (min(across, 1.35 * length), 1.62 * length), angle


def _ears(frame: Skeleton, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where ears are, if hair does not cover them: shaded skin beside the face, that is no sample of hair."""
    _, axes, angle = head_ellipse(frame)
    canvas = np.zeros(shape[:2], np.uint8)
    half = (max(round(0.32 * axes[0]), 1), max(round(0.36 * axes[1]), 1))
    for side in SIDES:
        x, y = np.round(frame[f"ear_{side}"]).astype(int).tolist()
        cv2.ellipse(canvas, (x, y), half, angle, 0, 360, 1, -1)
    return canvas.astype(bool)


def _palette(lab: Float, mask: NDArray[np.bool_], colours: int) -> NDArray[np.float32] | None:
    """Typical colours of a region by k-means (fixed seed), weighted Lab [k, 3]."""
    samples = lab[mask] * COLOUR_WEIGHT
    if len(samples) < 12:
        return None
    samples = np.ascontiguousarray(samples[:: max(len(samples) // 1500, 1)], np.float32)
    k = min(colours, len(samples) // 6 or 1)
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, assigned, centres = cv2.kmeans(samples, k, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(assigned.ravel(), minlength=k)
    kept: NDArray[np.float32] = centres[counts >= 0.06 * len(samples)]
    return kept


def _colour_cost(lab: Float, palette: NDArray[np.float32] | None, spread: float) -> Float:
    if palette is None or not len(palette):
        return np.full(lab.shape[:2], 1.0, np.float32)
    weighted = lab * COLOUR_WEIGHT
    nearest: Float = np.minimum.reduce([colour_distance(weighted, colour) for colour in palette])
    result: Float = np.minimum(nearest / np.float32(spread), np.float32(3.0))
    return result


def _place_cost(inside: NDArray[np.bool_], falloff: float, cap: float = 6.0) -> Float:
    """0 inside a shape, rising with the distance from it."""
    if not inside.any():
        return np.full(inside.shape, cap, np.float32)
    distance = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    result: Float = np.minimum(distance / falloff, cap).astype(np.float32)
    return result


def _labels(image: Image, person: Float, frame: Skeleton) -> dict[str, Float]:
    lab = to_lab(image)
    shape, w = image.shape, frame.width
    body = person > 0.5
    face = head_shape(frame, shape) & body
    core = head_shape(frame, shape, 0.7) & body
    skin_colour = np.median(lab[core], axis=0) if core.sum() > 10 else np.array([65.0, 15, 18])
    sleeves = find_sleeves(lab, person, frame, skin_colour)

    low_chin = chin(frame)
    neck = tube(shape, np.stack([low_chin, frame.at(0, -0.05 * w)]), np.array([0.17 * w, 0.2 * w])) & ~head_shape(
        frame, shape
    )
    torso = polygon(shape, np.stack([
        frame["shoulder_a"] - frame.down * 0.12 * w - frame.right * 0.05 * w, frame.at(0, 0.0),
        frame["shoulder_b"] - frame.down * 0.12 * w + frame.right * 0.05 * w,
        frame["hip_b"] + frame.right * 0.2 * w, frame["hip_a"] - frame.right * 0.2 * w]))  # fmt: skip
    torso_core = polygon(shape, np.stack([
        frame["shoulder_a"] + frame.right * 0.12 * w + frame.down * 0.2 * w, frame["shoulder_b"] - frame.right * 0.12 * w + frame.down * 0.2 * w,
        frame.at(0.32 * w, 0.72 * frame.torso), frame.at(-0.32 * w, 0.72 * frame.torso)]))  # fmt: skip
    sleeve_tubes, sleeve_cores = np.zeros(shape[:2], bool), np.zeros(shape[:2], bool)
    bare_tubes, bare_cores = np.zeros(shape[:2], bool), np.zeros(shape[:2], bool)
    for side, sleeve in sleeves.items():
        path = arm_path(frame, side)
        reach = np.vstack([path, path[3] + 0.6 * (path[3] - path[2])])
        if sleeve.end > 0.05:
            t = np.linspace(0, min(sleeve.end, 3.0), 12)
            sleeve_tubes |= tube(shape, along_path(reach, t), np.full(12, 0.17 * w))
            sleeve_cores |= tube(shape, along_path(reach, t[1:-1]), np.full(10, 0.06 * w))
        if sleeve.end < 2.9:
            t = np.linspace(sleeve.end, 4.0, 16)
            bare_tubes |= tube(shape, along_path(reach, t), np.where(t > 1.9, 0.15, 0.17) * w)
            core_t = np.linspace(sleeve.end + 0.1, 3.0, 10)
            bare_cores |= tube(shape, along_path(reach, core_t), np.full(10, 0.045 * w))
    legs, leg_cores, feet = np.zeros(shape[:2], bool), np.zeros(shape[:2], bool), np.zeros(shape[:2], bool)
    for side in SIDES:
        leg = frame.leg(side)
        legs |= tube(shape, leg, np.array([0.3, 0.22, 0.16]) * w)
        leg_cores |= tube(shape, along_path(leg, np.linspace(0.5, 1.6, 6)), np.full(6, 0.07 * w))
        toes = np.stack([leg[2] + 0.12 * (leg[2] - leg[1]), frame[f"foot_index_{side}"]])
        feet |= tube(shape, toes, np.array([0.14, 0.14]) * w)
    pelvis = polygon(
        shape,
        np.stack(
            [
                frame["hip_a"] - frame.right * 0.2 * w,
                frame["hip_b"] + frame.right * 0.2 * w,
                *(frame[f"knee_{s}"] for s in ("b", "a")),
            ]
        ),
    )
    legs |= pelvis
    centre, _, _ = head_ellipse(frame)
    crown = dilate(head_shape(frame, shape, 1.25), 0.05 * w)
    hair_place = crown & ~core
    above = polygon(
        shape,
        np.stack(
            [
                low_chin,
                low_chin - frame.right * w - frame.down * 0.3 * w,
                centre - frame.right * w - frame.down * 1.2 * w,
                centre + frame.right * w - frame.down * 1.2 * w,
                low_chin + frame.right * w - frame.down * 0.3 * w,
            ]
        ),
    )
    hair_seed = body & above & ~head_shape(frame, shape, 1.05) & ~_ears(frame, shape) & (lab[..., 0] < 98)
    skin_seed = (bare_cores | core) & body
    skin_distance = _colour_cost(lab, _palette(lab, skin_seed, 4), 12.0)
    hair_seed &= skin_distance > 0.8
    upper_palette = _palette(lab, (torso_core & ~bare_tubes | sleeve_cores) & body, 5)
    spread = 12.0
    skin_cost = _colour_cost(lab, _palette(lab, skin_seed, 5), spread)
    lower_palette = _palette(lab, leg_cores & body & ~bare_tubes, 4)
    if lower_palette is not None and upper_palette is not None:
        # A long top reaches over the thighs: its colour among theirs is the top's, if another is left.
        apart = np.linalg.norm(lower_palette[:, None] - upper_palette[None], axis=-1).min(1) > 9
        lower_palette = lower_palette[apart] if apart.any() else lower_palette
    seat = frame.hips + frame.down * 0.45 * w
    reach = frame.right * 0.55 * w
    skirts = polygon(shape, np.stack([frame.hips - reach, frame.hips + reach, seat + reach, seat - reach]))
    costs = {
        "face": _place_cost(face, 0.04 * w) + skin_cost * 0.3,
        "hair": _place_cost(hair_place, 0.45 * w, 3.0)
        + _colour_cost(lab, _palette(lab, hair_seed, 4), spread) * 1.2
        + 0.25,
        "neck": _place_cost(neck, 0.06 * w) + skin_cost * 1.2,
        "skin": _place_cost(bare_tubes, 0.06 * w) + skin_cost * 1.0,
        "upper": np.minimum(
            _place_cost((torso | sleeve_tubes) & ~head_shape(frame, shape, 0.95), 0.12 * w),
            np.minimum(
                _place_cost(neck, 0.06 * w) + 0.35, _place_cost(skirts, 0.06 * w) + 0.5
            ),  # a high collar, a long hem
        )
        + _colour_cost(lab, upper_palette, spread),
        "lower": _place_cost(legs, 0.15 * w) + _colour_cost(lab, lower_palette, spread),
        "feet": _place_cost(feet, 0.08 * w) + 0.6,
    }
    costs["skin"][head_shape(frame, shape, 1.1)] += 2
    # Without hair above the brow there is none below the chin: a hood or a collar is no hair.
    ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
    along = (xs - frame.shoulders[0]) * frame.down[0] + (ys - frame.shoulders[1]) * frame.down[1]
    bald = hair_seed.sum() < 0.25 * core.sum()
    jaw = float(frame.local(low_chin[None])[0, 1])
    costs["hair"] += np.clip((along - jaw + (0.12 if bald else -0.02) * w) / (0.08 * w), 0, 5 if bald else 0.8).astype(
        np.float32
    )
    costs["hair"][neck & (along > jaw)] += 1.0  # long hair falls beside the throat, not over it
    hair_palette = _palette(lab, hair_seed, 4)
    if hair_palette is not None and upper_palette is not None:
        apart = np.linalg.norm(hair_palette[:, None] - upper_palette[None], axis=-1)
        if apart.min(1).mean() < 10:  # black hair on black cloth: only the place can tell them apart
            costs["hair"] += np.clip((along + 0.2 * w) / (0.1 * w), 0, 3).astype(np.float32)
    hem = frame.local(np.stack([frame.hips]))[0, 1]
    costs["lower"] += np.clip((0.75 * hem - along) / (0.15 * w), 0, 4).astype(np.float32)
    costs["upper"] += np.clip((along - hem - 0.5 * w) / (0.25 * w), 0, 4).astype(np.float32)
    costs["neck"] += np.clip((along - 0.25 * w) / (0.15 * w), 0, 4).astype(np.float32)
    radius = max(round(0.012 * shape[0]), 2)
    along_edges = guided_by(image, radius, 1e-3)
    volume = np.stack([along_edges(np.minimum(costs[name], 6.0).astype(np.float32)) for name in LABELS])
    winner = volume.argmin(0)
    result = {name: ((winner == i) & (person > 0.15)).astype(np.float32) * person for i, name in enumerate(LABELS)}
    hands = np.zeros(shape[:2], bool)
    for side, sleeve in sleeves.items():
        path = arm_path(frame, side)
        reach = np.vstack([path, path[3] + 0.7 * (path[3] - path[2])])
        start = max(min(sleeve.end, 2.3), 2.2)
        hands |= tube(shape, along_path(reach, np.linspace(start, 4, 8)), np.full(8, 0.17 * w)) & beyond(
            shape, reach, start
        )
    result["hands"] = (result["skin"] * hands).astype(np.float32)
    if hair_palette is not None and not bald:
        face_colour = (skin_colour * COLOUR_WEIGHT)[None].astype(np.float32)
        skins = _others(_palette(lab, skin_seed, 5), hair_palette)
        known = [face_colour] + [p for p in (skins, _others(upper_palette, hair_palette)) if p is not None]
        beneath = _colour_cost(lab, np.vstack(known), spread)
        free = (person > 0.6) & (result["face"] < 0.5) & ~dilate(result["hands"] > 0.3, 0.1 * w)
        strands = follow(result["hair"] > 0.5, _colour_cost(lab, hair_palette, spread), beneath, free, frame)
        for name in ("upper", "skin", "neck"):
            result[name][strands] = 0
        result["hair"][strands] = person[strands]
    return result


def _others(palette: NDArray[np.float32] | None, known: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The colours of a palette that are none of the known ones, if there are any: samples of clothes may hold hair."""
    if palette is None:
        return None
    apart = np.linalg.norm(palette[:, None] - known[None], axis=-1).min(1) > 10
    return palette[apart] if apart.any() else palette


def old_sleeves(image: Image, person: Float, frame: Skeleton) -> dict[Side, Sleeve]:
    """Where the sleeves that are worn end, for both arms."""
    lab = to_lab(image)
    core = head_shape(frame, image.shape, 0.7) & (person > 0.5)
    colour = np.median(lab[core], axis=0) if core.sum() > 10 else np.array([65.0, 15, 18])
    return find_sleeves(lab, person, frame, colour)
