"""Puts the pieces together in the right order: scene, skin, lower clothes, cloth, then everything that is in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.person import Person
from prodgen_tryon.body.skeleton import SIDES
from prodgen_tryon.body.sleeves import along_path, arm_path, beyond
from prodgen_tryon.filters import Float, blur, blur_inside, box_of, dilate, polygon, times, tube
from prodgen_tryon.fit.legs import LegFit
from prodgen_tryon.fit.parts import Part, TopFit
from prodgen_tryon.garment.cutout import Cutout
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.layers import over, paint, warp_part
from prodgen_tryon.picture.light import exposure
from prodgen_tryon.picture.nape import hair_behind_neck
from prodgen_tryon.picture.relight import relight

PINHOLE = 0.004  # the largest hole between sleeve and torso that is closed, in squares of the shoulders' width


@dataclass(frozen=True)
class Composed:
    """A working picture after one garment: float32 RGB, the cloth's visible alpha, the cloth alone, and its whole alpha.

    `gap` is where an open front shows what is worn inside.
    """

    image: Float
    alpha: Float
    cloth: Float
    whole: Float
    gap: Float | None = None

    @property
    def covered(self) -> Float:
        """`alpha` and the gap of an open front."""
        return self.alpha if self.gap is None else np.maximum(self.alpha, self.gap)


def front(person: Person) -> Float:
    """What no garment may cover: face, hair, hands; alpha."""
    if "front" not in person.cache:
        parts, shape = person.parts, person.image.shape
        hair = parts["hair"].copy()
        face = np.maximum(parts["face"], head_shape(person.frame, shape, 0.92) * (parts["person"] > 0.5))
        person.cache["front"] = np.maximum.reduce([face, hair, parts["hands"]]).astype(np.float32)
    alpha: Float = person.cache["front"]
    return alpha


def compose_top(
    person: Person,
    image: Float,
    garment: Cutout,
    fitted: TopFit,
    *,
    keep_top: bool = False,
    top_worn: bool = False,
    dress: bool = False,
    legs: Composed | None = None,
) -> Composed:
    """Lays a fitted top, coat or dress on the picture.

    Args:
        image: the picture so far, float32 [h, w, 3].
        keep_top: what is worn on the chest stays visible in the neck opening (outerwear).
        top_worn: a top of this request lies in the picture already, so the old one is off.
        dress: the lower clothes go as well.
        legs: lower clothes of this request, which show where the old top hid them.
    """
    remove_old = not (keep_top or top_worn)
    size = image.shape[:2]
    parts, w = person.parts, person.width
    canvas = image.astype(np.float32)
    torso, sleeves = fitted.parts[0], fitted.parts[1:]
    margin = 0.01 * float(np.ptp(torso.source, axis=0).max())
    if fitted.panels is None:
        torso_layer = warp_part(garment.rgba, torso, size, margin, [(part.piece, _armpit(part)) for part in sleeves])
    else:
        panel, other = (warp_part(garment.rgba, part, size) for part in fitted.panels)
        torso_layer = np.where(panel[..., 3:] >= other[..., 3:], panel, other)
    gap = np.zeros(size, np.float32) if fitted.gap is None else polygon(size, fitted.gap).astype(np.float32)
    sleeve_layers = [
        warp_part(garment.rgba, part, size, 1.2 * margin, [(torso.piece, _armpit(part))]) for part in sleeves
    ]
    close_pinholes(torso_layer, sleeve_layers, PINHOLE * w * w)
    seams = _shoulders(person, fitted)
    torso_layer[..., 3] *= seams
    for layer in sleeve_layers:
        layer[..., 3] *= seams
    skin, skin_alpha = underlay.bare_skin(person)
    opening = _opening(person, fitted)
    along = person.along
    if keep_top and not top_worn:
        # A coat hides what is under it; a shoulder or a hood that would show beside it belongs to what was taken off.
        beside = (_old_clothes(person, dress) * (1 - opening * _neck_region(person)) * (1 - front(person))) * (1 - gap)
        if person.measured.hem is not None and person.measured.hem > fitted.hem + 0.12 * w:
            beside = beside * np.clip((fitted.hem - along) / (0.02 * w), 0, 1)
        lower, lower_alpha = underlay.lower_clothes(person) if legs is None else (legs.cloth, legs.whole)
        paint(canvas, over(underlay.background(person), lower, lower_alpha), beside)
    if remove_old:
        gone = np.maximum(_old_clothes(person, dress), underlay.hidden_neck(person)) * (1 - front(person))
        under = underlay.background(person)
        lower, lower_alpha = underlay.lower_clothes(person) if legs is None else (legs.cloth, legs.whole)
        if dress:
            lower, lower_alpha = underlay.bare_legs(person)
        under = over(under, lower, lower_alpha)
        paint(under, *hair_behind_neck(person))
        paint(under, skin, skin_alpha * (1 - _in_sleeves(person, fitted) * (1 - _neck_region(person))))
        paint(canvas, under, gone)
    paint(canvas, torso_layer[..., :3], torso_layer[..., 3] * opening, shade=0.8 * exposure(person))
    neck = (skin_alpha if remove_old else parts["person"]) * opening
    paint(canvas, skin if remove_old else image, neck * _neck_region(person))
    body_alpha = torso_layer[..., 3] * (1 - opening)
    if fitted.tucked and remove_old:  # nothing of it hangs beside the lower clothes
        waist = fitted.waist or person.measured.waist or person.frame.torso
        body_alpha = body_alpha * (1 - np.clip((along - waist) / (0.02 * w) - 4, 0, 1)).astype(np.float32)
    if gap.any():  # the edges of an open front throw a shadow on what is worn inside
        canvas = canvas * (1 - 0.45 * gap * blur(body_alpha, 0.03 * w))[..., None]
    lit = relight(person, torso_layer[..., :3], body_alpha)
    paint(canvas, lit, body_alpha)
    cloth_alpha, cloth = body_alpha, lit.copy()
    arms = _arms_in_front(person, fitted)
    if arms.any():
        paint(canvas, skin if remove_old else image, arms)
        cloth_alpha = cloth_alpha * (1 - arms)
    for layer in sleeve_layers:
        box = box_of(layer[..., 3], round(0.12 * w) + 2)
        if box is None:
            continue
        sleeve = np.ascontiguousarray(layer[box][..., 3])
        below_armpits = np.clip((along[box] - 0.35 * w) / (0.25 * w), 0, 1).astype(np.float32)
        shadow = 0.3 * blur(sleeve, 0.035 * w) * (cloth_alpha[box] > 0.5) * below_armpits
        if remove_old:  # a cuff's on the arm
            bare = underlay.bare_arms(person)[1][box] * (1 - parts["hands"][box])
            shadow = np.maximum(shadow, 0.35 * blur(sleeve, 0.02 * w) * bare * (1 - cloth_alpha[box]))
        canvas[box] = times(np.ascontiguousarray(canvas[box]), 1 - shadow * (1 - sleeve))
        lit = relight(person, layer[..., :3], layer[..., 3])
        paint(canvas, lit, layer[..., 3])
        paint(cloth, lit, layer[..., 3])
        cloth_alpha = np.maximum(cloth_alpha, layer[..., 3])
    raised = _forearms_over_sleeves(person, fitted)
    if raised.any():
        paint(canvas, skin if remove_old else image, raised)
        cloth_alpha = cloth_alpha * (1 - raised)
    guard = front(person)
    if fitted.tucked and remove_old:
        inside = lower_alpha * np.clip((along - waist) / (0.02 * w), 0, 1)
        paint(canvas, lower, inside * (1 - arms))
        cloth_alpha = cloth_alpha * (1 - inside)
    paint(canvas, person.image, guard)
    alpha = (cloth_alpha * (1 - guard)).astype(np.float32)
    return Composed(canvas, alpha, cloth, cloth_alpha, gap if gap.any() else None)


def close_pinholes(torso: Float, sleeves: Sequence[Float], most: float) -> None:
    """Closes holes of up to `most` pixels that cloth encloses where sleeves meet the torso, in place; all are float32 RGBA [h, w, 4]."""
    cloth = np.maximum.reduce([layer[..., 3] for layer in (torso, *sleeves)]) > 0.5
    box = box_of(cloth, 1)
    if box is None or not sleeves:
        return
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((~cloth[box]).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= most
    small[np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1], pieces[cloth[box]][:1]]))] = (
        False
    )
    small[0] = False
    if not small.any():
        return
    part = torso[box]
    holes = dilate(small[pieces], 2) & (part[..., 3] < 1)
    known = (part[..., 3] > 0.95).astype(np.float32)
    near = blur_inside(np.ascontiguousarray(part[..., :3]), known, max(0.1 * float(np.sqrt(most)), 1.5))
    part[holes, :3], part[holes, 3] = near[holes], 1


def _armpit(sleeve: Part) -> float:
    """The row of the garment's picture at which a sleeve parts from the torso."""
    return float(sleeve.piece[-1, 1])


def _old_clothes(person: Person, dress: bool) -> Float:
    """What a top, or a dress, takes the place of, a little grown, alpha."""
    key = f"old clothes {dress}"
    if key not in person.cache:
        old = np.maximum(person.parts["upper"], person.parts["lower"]) if dress else person.parts["upper"]
        # Its rim is mixed with the scene, and goes as a whole.
        person.cache[key] = blur(np.clip(2 * dilate(old, max(0.02 * person.width, 1.5)), 0, 1), 0.8)
    alpha: Float = person.cache[key]
    return alpha


def _shoulders(person: Person, fitted: TopFit) -> Float:
    """0 outside of the garment beside the shoulders, where a piece that is cut with a margin would stick out of the seam; else 1."""
    frame, w, shape = person.frame, person.width, person.image.shape
    inside = np.zeros(shape[:2], bool)
    for part in fitted.parts:
        inside |= polygon(shape, part.shape)
    corners = [frame.at(a * w, b * w) for a, b in ((0.4, -0.5), (1.2, -0.5), (1.2, 0.35), (0.4, 0.35))]
    mirrored = [frame.at(-a * w, b * w) for a, b in ((0.4, -0.5), (1.2, -0.5), (1.2, 0.35), (0.4, 0.35))]
    beside = polygon(shape, np.array(corners)) | polygon(shape, np.array(mirrored))
    return blur((~beside | dilate(inside, max(0.006 * w, 0.8))).astype(np.float32), 0.8)


def _opening(person: Person, fitted: TopFit) -> Float:
    """The inside of the neck opening above the front edge, alpha."""
    curve = fitted.neckline
    lift = person.frame.down * 0.9 * person.width
    ring = np.vstack([curve, curve[-1:] - lift, curve[:1] - lift])
    return blur(polygon(person.image.shape, ring).astype(np.float32), 0.8)


def _neck_region(person: Person) -> Float:
    """Where skin may show inside of an opening: the neck's column and the chest below it."""
    if "neck region" in person.cache:
        cached: Float = person.cache["neck region"]
        return cached
    frame, w, rise = person.frame, person.width, person.measured.rise
    ring = np.array([frame.at(-0.175 * w, -0.8 * w), frame.at(-0.18 * w, -rise - 0.02 * w), frame.at(-0.34 * w, -rise + 0.1 * w), frame.at(-0.4 * w, 0.9 * w),
                     frame.at(0.4 * w, 0.9 * w), frame.at(0.34 * w, -rise + 0.1 * w), frame.at(0.18 * w, -rise - 0.02 * w), frame.at(0.175 * w, -0.8 * w)])  # fmt: skip
    region = polygon(person.image.shape, ring) | (person.parts["neck"] > 0.6)
    alpha = person.cache["neck region"] = blur(region.astype(np.float32), 1.0)
    return alpha


def _arms_in_front(person: Person, fitted: TopFit) -> Float:
    """Bare arms below the new sleeves that lie in front of the torso, alpha."""
    frame, w, shape = person.frame, person.width, person.image.shape
    _, arms = underlay.bare_arms(person)
    total = np.zeros(shape[:2], np.float32)
    for side in SIDES:
        end = fitted.sleeve_ends[side]
        if end >= 2.3:
            continue
        path = arm_path(frame, side)
        t = np.linspace(max(end, 0.3), 3.0, 14)
        bare = tube(shape, along_path(path, t), np.full(14, 0.16 * w)) & beyond(shape, path, t[0])
        if folded(path):  # it comes back beside the upper arm
            bare |= _forearm(person, path, end)
        total = np.maximum(total, bare.astype(np.float32))
    return (total * arms).astype(np.float32)


def _in_sleeves(person: Person, fitted: TopFit) -> Float:
    """Where the new sleeves hold the arms, of which nothing is seen beside them; alpha."""
    frame, w, shape = person.frame, person.width, person.image.shape
    inside = np.zeros(shape[:2], bool)
    for side in SIDES:
        end = fitted.sleeve_ends[side]
        if end > 0.25:
            path = arm_path(frame, side)
            t = np.linspace(0.0, max(end - 0.1, 0.1), 12)
            tip = path[:1] + (path[:1] - path[1:2]) * 0.1
            inside |= tube(shape, np.vstack([tip, along_path(path, t)]), np.full(13, 0.24 * w)) & ~beyond(
                shape, path, t[-1]
            )
    return blur(inside.astype(np.float32), 0.8)


def folded(path: NDArray[np.float64]) -> bool:
    """Whether an arm (shoulder, elbow, wrist, ...) is bent by more than 80 degrees at the elbow."""
    upper, lower = path[1] - path[0], path[2] - path[1]
    return bool(upper @ lower < 0.17 * np.hypot(*upper) * np.hypot(*lower))


def _forearm(person: Person, path: NDArray[np.float64], end: float) -> NDArray[np.bool_]:
    """Where a bare forearm is, from the elbow or the sleeve's end on."""
    t = np.linspace(max(end + 0.05, 1.1), 3.0, 10)
    return tube(person.image.shape, along_path(path, t), np.full(10, 0.15 * person.width))


def _forearms_over_sleeves(person: Person, fitted: TopFit) -> Float:
    """Bare forearms that are folded back over their own upper arm, alpha."""
    total = np.zeros(person.image.shape[:2], np.float32)
    for side in SIDES:
        path, end = arm_path(person.frame, side), fitted.sleeve_ends[side]
        if end < 1.9 and folded(path):
            seen = person.measured.sleeves[side] < 1
            arms = np.clip(2 * person.parts["skin"] - 1, 0, 1) if seen else underlay.bare_arms(person)[1]
            total = np.maximum(total, _forearm(person, path, end) * arms)
    return total.astype(np.float32)


def _below_hem(person: Person) -> Float:
    """Where lower clothes can be seen: below the hem of the top that is worn, or where some are seen already."""
    w, hem = person.width, person.measured.hem
    if hem is None:
        return np.ones(person.image.shape[:2], np.float32)
    below = np.clip((person.along - hem + 0.02 * w) / (0.03 * w), 0, 1)
    worn = dilate(np.maximum(person.parts["lower"], person.parts["upper"]), max(0.01 * w, 1))
    visible: Float = np.maximum(below, worn).astype(np.float32)
    return visible


def compose_legs(person: Person, image: Float, garment: Cutout, fitted: LegFit) -> Composed:
    """Lays fitted trousers, shorts or a skirt on the picture; the top that is worn stays in front of the waist."""
    size, parts, w = image.shape[:2], person.parts, person.width
    widest = max(float(np.ptp(part.source, axis=0).max()) for part in fitted.parts)
    layers = [warp_part(garment.rgba, part, size, 0.008 * widest) for part in fitted.parts]
    alpha = np.maximum.reduce([layer[..., 3] for layer in layers])
    gone = blur(np.clip(2 * dilate(parts["lower"], max(0.02 * w, 1.5)), 0, 1), 0.8)
    under = underlay.background(person)
    if fitted.end < 2.0:
        legs, legs_alpha = underlay.bare_legs(person)
        under = over(under, legs, legs_alpha)
    feet: Float = np.clip(2 * np.minimum(parts["feet"], parts["person"]) - 0.6, 0, 1)  # the ground beside them is none
    top = np.clip(2.5 * parts["upper"] - 1, 0, 1)  # where the parts are in doubt, the old waistband must go
    guard = np.maximum.reduce(
        [front(person), top, feet * (parts["lower"] < 0.5), parts["skin"] * (parts["lower"] < 0.3)]
    )
    guard = np.clip(guard, 0, 1)
    visible = _below_hem(person)
    layers = [np.dstack([layer[..., :3], layer[..., 3] * visible]) for layer in layers]
    canvas = over(image, under, gone * (1 - guard))
    cloth = canvas
    for layer in layers:
        lit = relight(person, layer[..., :3], layer[..., 3])
        canvas = over(canvas, lit, layer[..., 3])
        cloth = over(cloth, lit, layer[..., 3])
    # A top that hangs over the waist throws a little shadow on the cloth below.
    above = blur(parts["upper"], 0.03 * w)
    canvas = canvas * (1 - 0.35 * above * alpha)[..., None]
    canvas = over(canvas, image, guard)
    return Composed(canvas.astype(np.float32), (alpha * (1 - guard)).astype(np.float32), cloth, alpha)
