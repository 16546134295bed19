"""How far a try-on picture can be trusted: signs of the common faults, measured, and a sentence for each that is weak.

The limits below were set by looking at pictures and say which ones are refused or should be looked at again. Each sign is mapped to
0 (bad) to 1 (good); soundness is their weighted product, at most `BEST`. It finds faults; which of the sound pictures are likely to be
nearer to a photo is told by `fidelity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, differs, dilate, to_lab
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.garment.contour import length
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.garment.piece import Piece
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import STIFFNESS
from prodgen_tryon.picture.tps import ThinPlate
from prodgen_tryon.sides import SIDES

BEST = 0.95  # a warp never knows how the cloth would really fall
LEAST = 0.2  # below this a picture would mislead


@dataclass(frozen=True)
class Sign:
    """One measured sign.

    Args:
        good, bad: values that count as 1 and as 0; between them the mark runs linearly.
        weight: the share of the confidence that a mark of 0 takes away.
        warning: what to tell the person who looks at the picture, where the mark is below one half.
    """

    good: float
    bad: float
    weight: float
    warning: str

    def mark(self, value: float) -> float:
        return float(np.clip((value - self.bad) / (self.good - self.bad), 0, 1))


SIGNS = {
    "pose": Sign(0.9, 0.3, 0.4, "A part of the body is hidden or unclear, and the garment there is a guess."),
    "arms": Sign(0.05, 0.5, 0.45, "An arm lies in front of the body, and the garment may be wrong around it."),
    "cover": Sign(1.0, 0.5, 0.4, "The garment does not cover all of the body that it should."),
    "invented": Sign(0.05, 0.7, 0.3, "Much skin or background that the old clothes hid had to be made up."),
    "leftover": Sign(0.01, 0.1, 0.45, "Traces of what was worn before may be left."),
    "stretch": Sign(0.2, 1.0, 0.4, "The garment is stretched a lot, and its print or seams may be out of shape."),
    "points": Sign(0.95, 0.1, 0.6, "The shape of the garment was hard to read from its photo."),
    "outline": Sign(1.0, 0.3, 0.4, "The garment hardly stands out from its background, and its outline may be rough."),
}  # fmt: skip


def assess(signs: dict[str, float]) -> tuple[float, tuple[str, ...]]:
    """Soundness 0 to `BEST` of measured signs by name, and a warning for each that is weak.

    >>> assess({"cover": 1.0, "stretch": 0.2})
    (0.95, ())
    """
    confidence, warnings = BEST, []
    for name, value in signs.items():
        sign = SIGNS[name]
        mark = sign.mark(value)
        confidence *= 1 - sign.weight * (1 - mark)
        if mark < 0.5:
            warnings.append(sign.warning)
    return round(confidence, 3), tuple(warnings)


def measure(person: Person, piece: Piece, parts: Sequence[Part], composed: Composed, cover: float) -> dict[str, float]:
    """All signs of one garment that was fitted as `parts` and laid as `composed`.

    Args:
        cover: see `check.coverage`.
    """
    shape, cutout = piece.shape, piece.cutout
    after, whole = composed.image, composed.whole
    upper = isinstance(shape, TopShape)
    changed = differs(after, person.image, 12)
    return {
        "pose": visibility(person, upper),
        "arms": arms_in_front(person) if upper else 0.0,
        "cover": cover,
        "invented": float((changed & (whole < 0.3)).sum() / max(changed.sum(), 1)),
        "leftover": leftovers(person, upper, piece.category, after, whole),
        "stretch": stretch_of(parts),
        "points": shape.confidence * (symmetry(shape) if isinstance(shape, TopShape) else 1.0),
        "outline": cutout.confidence * smoothness(cutout.mask),
    }


def visibility(person: Person, upper: bool) -> float:
    """The least visibility of the joints in the picture that the garment hangs on, 0 to 1."""
    joints = ("shoulder", "elbow", "hip") if upper else ("hip", "knee", "ankle")
    height, width = person.image.shape[:2]
    found = []
    for name in (f"{joint}_{side}" for joint in joints for side in SIDES):
        x, y = person.frame[name]
        if 0 <= x < width and 0 <= y < height:
            found.append(person.frame.seen.get(name, 1.0))
    return float(np.mean(np.sort(found)[:2])) if found else 0.0


def arms_in_front(person: Person) -> float:
    """Share of both forearms that lies over the torso or beside the head, 0 to 1, weighted to the worse one."""
    frame, w = person.frame, person.width
    shares = []
    for side in SIDES:
        elbow, wrist = frame[f"elbow_{side}"], frame[f"wrist_{side}"]
        local = frame.local(elbow + (wrist - elbow) * np.linspace(0.2, 1.15, 12)[:, None])
        torso = (np.abs(local[:, 0]) < 0.4 * w) & (local[:, 1] > 0) & (local[:, 1] < 1.05 * frame.torso)
        raised = local[:, 1] < 0.15 * w
        shares.append(float((torso | raised).mean()))
    return max(shares)


def leftovers(person: Person, upper: bool, category: str, after: Float, whole: Float) -> float:
    """Pixels of the old clothes' colour that are still there around the new garment, relative to the old clothes' area."""
    if category == "outerwear":  # what was worn may show inside of a coat
        return 0.0
    parts, w = person.parts, person.width
    old = parts["upper" if upper else "lower"] > 0.6
    if old.sum() < 200:
        return 0.0
    lab = person.lab
    other = parts["lower" if upper else "upper"]
    near = dilate(old, 0.12 * w) & (whole < 0.3) & (other < 0.3)
    for name in ("face", "hair", "hands", "skin", "neck"):
        near &= parts[name] < 0.4
    colour = np.median(lab[old], axis=0)
    scene = lab[~dilate(parts["person"] > 0.1, 0.15 * w)]
    if len(scene) and np.quantile(np.linalg.norm(scene[:: max(len(scene) // 4000, 1)] - colour, axis=1), 0.1) < 14:
        near &= parts["person"] > 0.5  # the scene has the same colour
    here = lab[near]
    alike = np.linalg.norm(here - colour, axis=1) < 10
    if not alike.any():
        return 0.0
    now = to_lab(after[near][alike].clip(0, 255).astype(np.uint8)[:, None])[:, 0]
    same = np.linalg.norm(now - here[alike], axis=1) < 6
    return float(same.sum() / old.sum())


def stretch_of(parts: Sequence[Part]) -> float:
    """The mean of the parts' stretch, weighted by their area on the body."""
    areas = [float(cv2.contourArea(part.shape.astype(np.float32).reshape(-1, 1, 2))) + 1e-6 for part in parts]
    return float(np.average([stretch(part) for part in parts], weights=areas))


def stretch(part: Part) -> float:
    """How unevenly a part is scaled: the 80 % quantile of the log of local width or length, against the part's own scale."""
    inside = part.shape
    low, high = inside.min(0), inside.max(0)
    grid = np.stack(np.meshgrid(*(np.linspace(low[i], high[i], 14) for i in (0, 1))), -1).reshape(-1, 2)
    contour = inside.astype(np.float32).reshape(-1, 1, 2)
    points = np.array([p for p in grid if cv2.pointPolygonTest(contour, (float(p[0]), float(p[1])), False) > 0])
    if len(points) < 4:
        return 0.0
    spline = ThinPlate(part.target, part.source, STIFFNESS)
    step = 0.01 * float((high - low).max())
    dx, dy = (spline(points + d) - spline(points - d) for d in (np.array([step, 0.0]), np.array([0.0, step])))
    scales = np.linalg.svd(np.stack([dx, dy], -1), compute_uv=False)
    logs = np.log(np.maximum(scales, 1e-6))
    result: float = float(np.quantile(np.abs(logs - np.median(logs)).max(1), 0.8))
    return result


def symmetry(shape: TopShape) -> float:
    """How alike both halves of a top's outline are, 0 to 1: garments are symmetric, and wrong points are seldom wrong twice."""
    ratios = []
    for name in ("shoulder", "outer", "inner", "side", "cuff"):
        if f"{name}_a" in shape.arcs:
            a, b = (length(shape.arcs[f"{name}_{side}"]) for side in SIDES)
            ratios.append(abs(a - b) / max(a + b, 0.3 * shape.width, 1.0))
    return float(np.clip(1.1 - 1.5 * max(ratios, default=0.0), 0, 1))


def smoothness(mask: NDArray[np.bool_]) -> float:
    """1 for an outline as smooth as cloth is, less for a ragged one: the length of the outline before and after smoothing."""
    edge = max(mask.shape)
    small = cv2.resize(
        mask.astype(np.float32), None, fx=min(1.0, 512 / edge), fy=min(1.0, 512 / edge), interpolation=cv2.INTER_AREA
    )
    lengths = []
    for picture in (small, cv2.GaussianBlur(small, (0, 0), 3.0)):
        contours, _ = cv2.findContours((picture > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        lengths.append(max((cv2.arcLength(c, True) for c in contours), default=1.0))
    return float(np.clip(1.0 - 4 * (lengths[0] / max(lengths[1], 1.0) - 1.06), 0, 1))
