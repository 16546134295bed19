"""Real sizes: what a garment's measurements in centimetres mean in the pixels of a person's photo.

Widths are kept as a garment laid flat has them (half of the girth), because that is how photos show it. The scale of the photo
follows from the person's height and the pose: joints lie at much the same shares of everybody's height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Garment, PersonPhoto
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.fit.letters import from_table
from prodgen_tryon.garment.contour import length
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.garment.legs import LegShape
from prodgen_tryon.garment.overall import OverallShape
from prodgen_tryon.sides import SIDES

USUAL_HEIGHT = 170.0  # of a person who does not say, in cm
DRAPE = 0.75  # how wide a tube of cloth looks around a body, for one laid flat
SAME = 0.04  # girth and width of one place may differ by this much: they were rounded

# Girths of a garment, as shares of its wearer's height: less or more cannot be meant.
GIRTHS = {
    "chest": (0.34, 1.3), "waist": (0.22, 1.3), "hip": (0.34, 1.4), "hem": (0.2, 3.5), "thigh": (0.14, 0.9), "leg_hem": (0.07, 0.9),
}  # fmt: skip
LENGTHS = {
    "length": (0.1, 1.1), "sleeve": (0.02, 0.6), "inseam": (0.01, 0.6),
}  # fmt: skip
LENGTH_OF = {
    "top": (0.15, 0.75), "outerwear": (0.15, 0.95), "dress": (0.3, 1.0), "skirt": (0.1, 0.75), "trousers": (0.25, 0.78),
    "shorts": (0.1, 0.5), "overall": (0.4, 1.1),
}  # fmt: skip
NAMES = (*(name for girth in GIRTHS for name in (girth, f"{girth}_width")), *LENGTHS)


@dataclass(frozen=True)
class Size:
    """A garment's measurements in pixels of the photo that is dressed.

    Args:
        widths: chest, waist, hip, hem, thigh, leg_hem, as laid flat.
        lengths: length, sleeve, inseam.
        stature: the person's height.
        growth: where no length is known: factor on the usual one, for sizes of a table.
    """

    widths: dict[str, float]
    lengths: dict[str, float]
    stature: float
    growth: float | None = None

    def across(self, photo: Mapping[str, float]) -> float | None:
        """Pixels of the person's photo for one of the garment's across; None where no width is known.

        Args:
            photo: measurements of the garment in its own picture, see `measures`.
        """
        names = ("chest", "hip", "waist", "hem", "thigh", "leg_hem")
        return next((self.widths[n] / photo[n] for n in names if n in self.widths and photo.get(n)), None)

    def along(self, photo: Mapping[str, float]) -> float | None:
        """As `across`, along the garment; None where its length is not known."""
        return next(
            (self.lengths[n] / photo[n] for n in ("length", "inseam") if n in self.lengths and photo.get(n)), None
        )

    def knows(self, photo: Mapping[str, float]) -> bool:
        """Whether any of the measurements says something about a garment of this kind."""
        return any(photo.get(name) for name in (*self.widths, *self.lengths))


def measures(shape: TopShape | LegShape | OverallShape) -> dict[str, float]:
    """What can be measured on a garment's photo, in its pixels, by the names that `Size` has."""
    found: dict[str, float] = {}
    if isinstance(shape, TopShape):
        points = shape.points
        top = (points["neck_a"][1] + points["neck_b"][1]) / 2
        found |= {
            "chest": shape.width,
            "hem": float(np.hypot(*(points["hem_b"] - points["hem_a"]))),
            "length": float((points["hem_a"][1] + points["hem_b"][1]) / 2 - top),
        }
        for name, share in (("waist", 0.5), ("hip", 0.95)):
            a, b = (shape.arcs[f"side_{side}"][int(share * (len(shape.arcs[f"side_{side}"]) - 1))] for side in SIDES)
            found[name] = float(abs(b[0] - a[0]))
        if shape.sleeve > 0:
            found["sleeve"] = float(np.mean([length(shape.arcs[f"outer_{side}"]) for side in SIDES]))
        return found
    if isinstance(shape, OverallShape):
        legs = measures(shape.legs)
        upper = {} if shape.top is None else measures(shape.top)
        whole = legs["length"] + (upper["length"] if upper else float(np.ptp(shape.bib.rows)) if shape.bib else 0.0)
        return upper | legs | {"length": whole}
    rows, edges = shape.rows, shape.edges
    found = {"waist": shape.waist, "length": float(rows[-1] - rows[0])}
    if "crotch" not in shape.points:
        third = int(0.35 * (len(rows) - 1))
        return found | {"hip": float(edges[third, 3] - edges[third, 0]), "hem": float(edges[-1, 3] - edges[-1, 0])}
    crotch = float(shape.points["crotch"][1])
    above, below = np.flatnonzero(rows <= crotch), np.flatnonzero(rows > crotch)
    found["inseam"] = float(rows[-1] - crotch)
    found["hip"] = float(max(edges[i, 3] - edges[i, 0] for i in above)) if len(above) else shape.waist
    if len(below):
        found["thigh"] = float(edges[below[0], 1] - edges[below[0], 0])
        found["leg_hem"] = float(edges[-1, 1] - edges[-1, 0])
    return found


def stature(frame: Skeleton, shape: tuple[int, ...]) -> float:
    """The person's height in pixels, from the segments of the body that the picture shows.

    Args:
        shape: of the picture, to tell joints that lie outside of it.
    """
    segments = [(_distance(frame, "eye", "shoulder"), 0.141), (frame.torso, 0.291)]
    for upper, lower, share in (("hip", "knee", 0.217), ("knee", "ankle", 0.201)):
        if all(_inside(frame, f"{lower}_{side}", shape) for side in SIDES):
            lengths = [float(np.hypot(*(frame[f"{upper}_{side}"] - frame[f"{lower}_{side}"]))) for side in SIDES]
            segments.append((max(lengths), share))
    return sum(s for s, _ in segments) / sum(share for _, share in segments)


def _distance(frame: Skeleton, a: str, b: str) -> float:
    ends = [(frame[f"{name}_a"] + frame[f"{name}_b"]) / 2 for name in (a, b)]
    return float(np.hypot(*(ends[0] - ends[1])))


def _inside(frame: Skeleton, name: str, shape: tuple[int, ...]) -> bool:
    x, y = frame[name]
    return bool(0 <= x < shape[1] and 0 <= y < shape[0] and frame.seen.get(name, 1.0) > 0.3)


@dataclass(frozen=True)
class Centimetres:
    """Checked measurements of a garment: flat widths and lengths in cm, and sentences about what was guessed or left out."""

    widths: dict[str, float]
    lengths: dict[str, float]
    growth: float | None = None
    warnings: tuple[str, ...] = ()

    def pixels(self, frame: Skeleton, shape: tuple[int, ...], height_cm: float | None) -> Size:
        """The same in pixels of a picture of this shape, in which a person of `height_cm` stands in the pose `frame`."""
        tall = stature(frame, shape)
        scale = tall / (height_cm or USUAL_HEIGHT)
        return Size(
            {name: value * scale for name, value in self.widths.items()},
            {name: value * scale for name, value in self.lengths.items()},
            tall,
            self.growth,
        )


def size_of(garment: Garment, category: str, size: str | None, person: PersonPhoto) -> Centimetres | None:
    """What is known of a garment's size; None where nothing is.

    A measurement may belong to one size: `"M:chest"`. With `size`, those of that size count before those without one; a garment
    without measurements takes a letter (XXS to 3XL) or a waist and inseam in inches (`W32/L34`) from the table.

    Raises:
        InputError: a measurement is absurd for the person's height or contradicts another one, or the size is not known.
    """
    warnings: list[str] = []
    given, growth = _given(garment, category, size, warnings)
    strange = sorted(name for name in given if name not in NAMES)
    if strange:
        warnings.append(f"Measurements that are not known were not used: {', '.join(strange)}.")
    widths = {name: girth / 2 for name, girth in _girths(given, person.height_cm).items()}
    lengths = _lengths(given, category, person.height_cm)
    if not widths and not lengths:
        return Centimetres({}, {}, warnings=tuple(warnings)) if warnings else None
    if person.height_cm is None:
        warnings.append(f"The person's height is not known; {USUAL_HEIGHT:.0f} cm was assumed for the size.")
    for name in ("chest", "waist", "hip"):
        body = person.measurements_cm.get(name)
        if body is not None and name in widths and 2 * widths[name] < body:
            warnings.append(
                f"The garment's {name} of {2 * widths[name]:g} cm is tighter than the person's {body:g} cm."
            )
    return Centimetres(widths, lengths, growth, tuple(warnings))


def _given(
    garment: Garment, category: str, size: str | None, warnings: list[str]
) -> tuple[dict[str, float], float | None]:
    """Measurements by plain name, the garment's or those of the table, and the table's factor on its usual length."""
    given, others = _of_size(garment.measurements_cm, size)
    if given or size is None:
        return given, None
    if others:
        raise InputError(
            f"The garment has no measurements for size {size}.", hint=f"It has some for: {', '.join(others)}."
        )
    given, growth = from_table(size, category)
    if given:
        warnings.append(f"Size {size} was taken from a general table; the garment's measurements would be surer.")
    return given, growth


def _girths(given: Mapping[str, float], height: float | None) -> dict[str, float]:
    """The known girths; raises InputError for one that cannot be worn."""
    found = {name: girth for name in GIRTHS if (girth := _girth(given, name)) is not None}
    for name, girth in found.items():
        _sane(name, girth, *GIRTHS[name], height)
    return found


def _lengths(given: Mapping[str, float], category: str, height: float | None) -> dict[str, float]:
    """The known lengths; raises InputError for one that cannot be worn, and for two that contradict each other."""
    found = {name: given[name] for name in LENGTHS if name in given}
    for name, value in found.items():
        limits = LENGTH_OF.get(category, LENGTHS[name]) if name == "length" else LENGTHS[name]
        _sane(name, value, *limits, height)
    least = found.get("inseam", 0.0) + 0.04 * (height or USUAL_HEIGHT)
    if "inseam" in found and found.get("length", np.inf) <= least:
        raise InputError(
            f"An inseam of {found['inseam']:g} cm does not fit a whole length of {found['length']:g} cm.",
            hint="The length of trousers is measured outside, from the waistband to the hem.",
        )
    return found


def check_proportions(known: Size, photo: Mapping[str, float]) -> None:
    """Raises InputError where measurements cannot be those of the garment that the photo shows."""
    ratios = {n: v / photo[n] for n, v in (known.widths | known.lengths).items() if photo.get(n)}
    if "sleeve" in known.lengths and "sleeve" not in photo:
        raise InputError("The garment has no sleeves, and a length of sleeve was given.", hint="Leave out sleeve.")
    for one, first in ratios.items():
        for other, second in ratios.items():
            if first > 2 * second:
                raise InputError(
                    f"The measurements {one} and {other} contradict the garment's photo, in which {other} is much longer beside {one}.",
                    hint="Measure in centimetres; girths go all around, flat widths are chest_width, waist_width, hip_width.",
                )


def _of_size(measurements: Mapping[str, float], size: str | None) -> tuple[dict[str, float], list[str]]:
    """Measurements by plain name that count for a size, and the names of the sizes that have some."""
    plain = {name: value for name, value in measurements.items() if ":" not in name}
    sizes: dict[str, dict[str, float]] = {}
    for name, value in measurements.items():
        if ":" in name:
            label, _, rest = name.partition(":")
            sizes.setdefault(label.strip(), {})[rest.strip()] = value
    if size is None:
        return plain, list(sizes)
    match = next((label for label in sizes if label.casefold() == size.casefold()), None)
    if sizes and match is None:
        return {}, list(sizes)
    return plain | sizes.get(match or "", {}), list(sizes)


def _girth(given: Mapping[str, float], name: str) -> float | None:
    """The girth at a place, from its girth or its flat width."""
    girth, width = given.get(name), given.get(f"{name}_width")
    if girth is not None and width is not None and abs(girth - 2 * width) > SAME * girth:
        raise InputError(
            f"A {name} of {girth:g} cm and a {name}_width of {width:g} cm contradict each other.",
            hint=f"{name} goes all around and is twice {name}_width, which is measured flat.",
        )
    return girth if girth is not None else 2 * width if width is not None else None


def _sane(name: str, value: float, low: float, high: float, height: float | None) -> None:
    tall = height or USUAL_HEIGHT
    if low * tall <= value <= high * tall:
        return
    who = f"{tall:g} cm" if height else f"{tall:g} cm (assumed)"
    flat = name in GIRTHS and low * tall <= 2 * value <= high * tall
    raise InputError(
        f"A {name} of {value:g} cm cannot be worn by a person of {who}.",
        hint=f"{name} is measured all around; a flat width is {name}_width."
        if flat
        else f"Between {low * tall:.0f} and {high * tall:.0f} cm are possible.",
    )
