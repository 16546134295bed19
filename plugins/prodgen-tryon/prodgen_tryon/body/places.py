"""Where the pose expects each part of a person, and where it is certain of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.head import ears, head_ellipse, head_shape
from prodgen_tryon.body.skeleton import Skeleton, chin
from prodgen_tryon.body.sleeves import Sleeve, along_path, arm_path, beyond
from prodgen_tryon.filters import Point, dilate, polygon, tube
from prodgen_tryon.sides import OTHER, SIDES, Side

Mask = NDArray[np.bool_]
HAND, KNUCKLES = 2.2, 3.0  # where a hand begins along its arm (2 is the wrist), and where its fingers do


@dataclass(frozen=True)
class Places:
    """Masks [h, w] that may overlap; a `_core` holds nothing but its part, whatever is worn.

    Args:
        head_core: of the face.
        hair: around the head and on it; `hair_certain` is off the face, the ears and what is below the chin.
        sleeves, bare: the covered and the bare part of the arms.
        hem: where a long top reaches over the legs.
        hands: from the wrists, or the sleeves' ends, on.
    """

    face: Mask
    head_core: Mask
    hair: Mask
    hair_certain: Mask
    neck: Mask
    torso: Mask
    torso_core: Mask
    hem: Mask
    sleeves: Mask
    sleeve_core: Mask
    bare: Mask
    bare_core: Mask
    hands: Mask
    legs: Mask
    leg_core: Mask
    feet: Mask


def places_of(
    frame: Skeleton, shape: tuple[int, ...], sleeves: Mapping[Side, Sleeve], bare_legs: Mapping[Side, float]
) -> Places:
    """The places of a pose on a picture of `shape` (height, width ...); `sleeves`: where those that are worn end; `bare_legs`: from where on legs are bare, in bones."""
    w = frame.width
    face, core = head_shape(frame, shape), head_shape(frame, shape, 0.7)
    low_chin = chin(frame)
    throat = np.stack([low_chin, frame.at(0, -0.05 * w)])
    seat, reach = frame.hips + frame.down * 0.45 * w, frame.right * 0.55 * w
    arms, legs = _arms(frame, shape, sleeves), _legs(frame, shape, bare_legs)
    for name in ("bare", "bare_core"):
        arms[name] |= legs.pop(name)
    return Places(
        face=face,
        head_core=core,
        hair=dilate(head_shape(frame, shape, 1.25), 0.05 * w),
        hair_certain=_above(frame, shape, low_chin) & ~head_shape(frame, shape, 1.05) & ~ears(frame, shape),
        neck=tube(shape, throat, np.array([0.17 * w, 0.2 * w])) & ~face,
        hem=polygon(shape, np.stack([frame.hips - reach, frame.hips + reach, seat + reach, seat - reach])),
        **_torso(frame, shape),
        **arms,
        **legs,
    )


def _above(frame: Skeleton, shape: tuple[int, ...], low_chin: Point) -> Mask:
    """Above the jaw, and beside it."""
    w, (centre, _, _) = frame.width, head_ellipse(frame)
    corners = [
        low_chin,
        low_chin - frame.right * w - frame.down * 0.3 * w,
        centre - frame.right * w - frame.down * 1.2 * w,
        centre + frame.right * w - frame.down * 1.2 * w,
        low_chin + frame.right * w - frame.down * 0.3 * w,
    ]
    return polygon(shape, np.stack(corners))


def _torso(frame: Skeleton, shape: tuple[int, ...]) -> dict[str, Mask]:
    w = frame.width
    torso = [
        frame["shoulder_a"] - frame.down * 0.12 * w - frame.right * 0.05 * w,
        frame.at(0, 0.0),
        frame["shoulder_b"] - frame.down * 0.12 * w + frame.right * 0.05 * w,
        frame["hip_b"] + frame.right * 0.2 * w,
        frame["hip_a"] - frame.right * 0.2 * w,
    ]
    core = [
        frame["shoulder_a"] + frame.right * 0.12 * w + frame.down * 0.2 * w,
        frame["shoulder_b"] - frame.right * 0.12 * w + frame.down * 0.2 * w,
        frame.at(0.32 * w, 0.72 * frame.torso),
        frame.at(-0.32 * w, 0.72 * frame.torso),
    ]
    return {"torso": polygon(shape, np.stack(torso)), "torso_core": polygon(shape, np.stack(core))}


def _arms(frame: Skeleton, shape: tuple[int, ...], sleeves: Mapping[Side, Sleeve]) -> dict[str, Mask]:
    w = frame.width
    found = {name: np.zeros(shape[:2], bool) for name in ("sleeves", "sleeve_core", "bare", "bare_core", "hands")}
    for side, sleeve in sleeves.items():
        reach = arm_path(frame, side, fingers=0.6)
        if sleeve.end > 0.05:
            t = np.linspace(0, min(sleeve.end, 3.0), 12)
            found["sleeves"] |= tube(shape, along_path(reach, t), np.full(12, 0.17 * w))
            found["sleeve_core"] |= tube(shape, along_path(reach, t[1:-1]), np.full(10, 0.06 * w))
        if sleeve.end < 2.9:
            t = np.linspace(sleeve.end, 4.0, 16)
            found["bare"] |= tube(shape, along_path(reach, t), np.where(t > 1.9, 0.15, 0.17) * w)
            core = np.linspace(sleeve.end + 0.1, 3.0, 10)
            found["bare_core"] |= tube(shape, along_path(reach, core), np.full(10, 0.045 * w))
        reach = arm_path(frame, side, fingers=0.7)
        start = max(min(sleeve.end, 2.3), HAND)
        fingers = tube(shape, along_path(reach, np.linspace(start, 4, 8)), np.full(8, 0.17 * w))
        fingers &= beyond(shape, reach, start)
        # Fingers that hold the other forearm are hidden by it, or a small part of what is seen there.
        other = arm_path(frame, OTHER[side])
        across = tube(shape, along_path(other, np.linspace(0.6, 1.7, 8)), np.full(8, 0.12 * w))
        found["hands"] |= fingers & ~(across & beyond(shape, reach, KNUCKLES))
    return found


def _legs(frame: Skeleton, shape: tuple[int, ...], bare: Mapping[Side, float]) -> dict[str, Mask]:
    w = frame.width
    found = {name: np.zeros(shape[:2], bool) for name in ("legs", "leg_core", "feet", "bare", "bare_core")}
    for side in SIDES:
        leg = frame.leg(side)
        found["legs"] |= tube(shape, leg, np.array([0.3, 0.22, 0.16]) * w)
        end = bare[side]
        cloth = np.linspace(min(0.5, 0.3 * end), min(1.6, 0.9 * end), 6)
        found["leg_core"] |= tube(shape, along_path(leg, cloth), np.full(6, 0.07 * w))
        if end < 2:
            t = np.linspace(end, 2.0, 12)
            found["bare"] |= tube(shape, along_path(leg, t), np.interp(t, [0, 1, 2], [0.28, 0.2, 0.14]) * w)
            found["bare_core"] |= tube(shape, along_path(leg, t[1:-1]), np.full(10, 0.05 * w))
        toes = np.stack([leg[2] + 0.12 * (leg[2] - leg[1]), frame[f"foot_index_{side}"]])
        found["feet"] |= tube(shape, toes, np.array([0.14, 0.14]) * w)
    pelvis = [
        frame["hip_a"] - frame.right * 0.2 * w,
        frame["hip_b"] + frame.right * 0.2 * w,
        frame["knee_b"],
        frame["knee_a"],
    ]
    found["legs"] |= polygon(shape, np.stack(pelvis))
    return found
