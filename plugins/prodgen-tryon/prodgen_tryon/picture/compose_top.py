"""Puts a fitted top, coat or dress into the picture: scene, skin, lower clothes, cloth, then everything that is in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, blur, blur_inside, box_of, dilate, polygon, times
from prodgen_tryon.fit.parts import Part, TopFit
from prodgen_tryon.garment.cutout import Cutout
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import over, paint, warp_part
from prodgen_tryon.picture.light import exposure
from prodgen_tryon.picture.nape import hair_behind_neck
from prodgen_tryon.picture.regions import (
    arms_in_front,
    beside_collar,
    forearms_over_sleeves,
    front,
    held,
    in_sleeves,
    neck_region,
    old_clothes,
    opening,
    shoulders,
)
from prodgen_tryon.picture.relight import relight

PINHOLE = 0.004  # the largest hole between sleeve and torso that is closed, in squares of the shoulders' width


@dataclass(frozen=True)
class _Lay:
    """What all steps of laying one top share.

    Args:
        dress: the lower clothes go as well.
        remove_old: what was worn on the chest is taken off.
        skin, skin_alpha: bare neck and arms.
        lower, lower_alpha: what is worn below.
        opening: the inside of the neck opening; `gap` of an open front.
    """

    person: Person
    image: Float
    fitted: TopFit
    dress: bool
    remove_old: bool
    skin: Float
    skin_alpha: Float
    lower: Float
    lower_alpha: Float
    opening: Float
    gap: Float

    @property
    def flesh(self) -> Float:
        """The picture that skin is taken from: made up where the old top goes, else the one so far."""
        return self.skin if self.remove_old else self.image

    @property
    def waist(self) -> float:
        """Where a tucked top ends, in pixels below the shoulders."""
        return self.fitted.waist or self.person.measured.waist or self.person.frame.torso


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
    size = image.shape[:2]
    remove_old = not (keep_top or top_worn)
    torso, sleeves = warped(person, garment, fitted, size)
    skin, skin_alpha = underlay.bare_skin(person)
    if dress and remove_old:
        lower, lower_alpha = underlay.bare_legs(person)
    else:
        lower, lower_alpha = underlay.lower_clothes(person) if legs is None else (legs.cloth, legs.whole)
    gap = np.zeros(size, np.float32) if fitted.gap is None else polygon(size, fitted.gap).astype(np.float32)
    lay = _Lay(
        person, image, fitted, dress, remove_old, skin, skin_alpha, lower, lower_alpha, opening(person, fitted), gap
    )
    canvas = image.astype(np.float32)
    if keep_top and not top_worn:
        _clear_beside(canvas, lay)
    if remove_old:
        _undress(canvas, lay)
    canvas, cloth, alpha = _lay_torso(canvas, lay, torso)
    arms = arms_in_front(person, fitted)
    if arms.any():
        paint(canvas, lay.flesh, arms)
        alpha = alpha * (1 - arms)
    for layer in sleeves:
        alpha = _lay_sleeve(canvas, cloth, alpha, lay, layer)
    alpha = _put_in_front(canvas, alpha, lay, np.maximum.reduce([arms, *(layer[..., 3] for layer in sleeves)]))
    seen = (alpha * (1 - front(person))).astype(np.float32)
    return Composed(canvas, seen, cloth, alpha, gap if gap.any() else None)


def warped(person: Person, garment: Cutout, fitted: TopFit, size: tuple[int, ...]) -> tuple[Float, list[Float]]:
    """The torso and the sleeves as they lie on the body, each float32 RGBA [h, w, 4]."""
    torso, sleeves = fitted.parts[0], fitted.parts[1:]
    height, width = size
    margin = 0.01 * float(np.ptp(torso.source, axis=0).max())
    if fitted.panels is None:
        beside = [(part.piece, _armpit(part)) for part in sleeves]
        torso_layer = warp_part(garment.rgba, torso, (height, width), margin, beside)
    else:
        panel, other = (warp_part(garment.rgba, part, (height, width)) for part in fitted.panels)
        torso_layer = np.where(panel[..., 3:] >= other[..., 3:], panel, other)
    sleeve_layers = [
        warp_part(garment.rgba, part, (height, width), 1.2 * margin, [(torso.piece, _armpit(part))]) for part in sleeves
    ]
    close_pinholes(torso_layer, sleeve_layers, PINHOLE * person.width * person.width)
    seams = shoulders(person, fitted)
    for layer in (torso_layer, *sleeve_layers):
        layer[..., 3] *= seams
    return torso_layer, sleeve_layers


def _clear_beside(canvas: Float, lay: _Lay) -> None:
    """A coat hides what is under it; a shoulder or a hood that would show beside it belongs to what was taken off."""
    person, fitted, w = lay.person, lay.fitted, lay.person.width
    beside = (old_clothes(person, lay.dress) * (1 - lay.opening * neck_region(person)) * (1 - front(person))) * (
        1 - lay.gap
    )
    if person.measured.hem is not None and person.measured.hem > fitted.hem + 0.12 * w:
        beside = beside * np.clip((fitted.hem - person.along) / (0.02 * w), 0, 1)
    beside = np.maximum(beside, held(person, fitted, lay.opening) * (1 - front(person)))
    paint(canvas, over(underlay.background(person), lay.lower, lay.lower_alpha), beside)


def _undress(canvas: Float, lay: _Lay) -> None:
    """Puts what lies behind the old clothes in their place: scene, lower clothes, hair, skin."""
    person = lay.person
    bare = dilate(held(person, lay.fitted, lay.opening), max(0.015 * person.width, 1))
    gone = np.maximum.reduce([old_clothes(person, lay.dress), underlay.hidden_neck(person), bare]) * (1 - front(person))
    under = over(underlay.background(person), lay.lower, lay.lower_alpha)
    paint(under, *hair_behind_neck(person))
    hidden = np.maximum(in_sleeves(person, lay.fitted) * (1 - neck_region(person)), beside_collar(person, lay.fitted))
    paint(under, lay.skin, lay.skin_alpha * (1 - hidden))
    paint(canvas, under, gone)


def _lay_torso(canvas: Float, lay: _Lay, torso: Float) -> tuple[Float, Float, Float]:
    """Lays the torso: picture, cloth alone, and the cloth's alpha. The back of the collar lies behind the neck."""
    person, w = lay.person, lay.person.width
    paint(canvas, torso[..., :3], torso[..., 3] * lay.opening, shade=0.8 * exposure(person))
    neck = (lay.skin_alpha if lay.remove_old else person.parts["person"]) * lay.opening
    paint(canvas, lay.flesh, neck * neck_region(person))
    alpha = torso[..., 3] * (1 - lay.opening)
    if lay.fitted.tucked and lay.remove_old:  # nothing of it hangs beside the lower clothes
        alpha = alpha * (1 - np.clip((person.along - lay.waist) / (0.02 * w) - 1, 0, 1)).astype(np.float32)
    if lay.gap.any():  # the edges of an open front throw a shadow on what is worn inside
        canvas = canvas * (1 - 0.45 * lay.gap * blur(alpha, 0.03 * w))[..., None]
    lit = relight(person, torso[..., :3], alpha)
    paint(canvas, lit, alpha)
    return canvas, lit.copy(), alpha


def _lay_sleeve(canvas: Float, cloth: Float, alpha: Float, lay: _Lay, layer: Float) -> Float:
    """Lays a sleeve with its shadow, on the picture and on the cloth alone, in place; gives the cloth's new alpha."""
    person, w = lay.person, lay.person.width
    box = box_of(layer[..., 3], round(0.12 * w) + 2)
    if box is None:
        return alpha
    sleeve = np.ascontiguousarray(layer[box][..., 3])
    below_armpits = np.clip((person.along[box] - 0.35 * w) / (0.25 * w), 0, 1).astype(np.float32)
    shadow = 0.3 * blur(sleeve, 0.035 * w) * (alpha[box] > 0.5) * below_armpits
    if lay.remove_old:  # a cuff's on the arm
        bare = underlay.bare_arms(person)[1][box] * (1 - person.parts["hands"][box])
        shadow = np.maximum(shadow, 0.35 * blur(sleeve, 0.02 * w) * bare * (1 - alpha[box]))
    canvas[box] = times(np.ascontiguousarray(canvas[box]), 1 - shadow * (1 - sleeve))
    lit = relight(person, layer[..., :3], layer[..., 3])
    paint(canvas, lit, layer[..., 3])
    paint(cloth, lit, layer[..., 3])
    result: Float = np.maximum(alpha, layer[..., 3])
    return result


def _put_in_front(canvas: Float, alpha: Float, lay: _Lay, arms: Float) -> Float:
    """Lays forearms, the waistband over a tucked top, face, hair and hands over the cloth, in place; gives its new alpha.

    Args:
        arms: arms before the body, bare or in sleeves, alpha: the waistband lies behind them.
    """
    person = lay.person
    raised = forearms_over_sleeves(person, lay.fitted)
    if raised.any():
        paint(canvas, lay.flesh, raised)
        alpha = alpha * (1 - raised)
    if lay.fitted.tucked and lay.remove_old:
        inside = lay.lower_alpha * np.clip((person.along - lay.waist) / (0.02 * person.width), 0, 1)
        inside = inside * (1 - arms)
        paint(canvas, lay.lower, inside)
        alpha = alpha * (1 - inside)
    paint(canvas, person.image, front(person))
    return alpha


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
