"""Views, the camera that takes them, and the scene around the product.

World Z-up, right-handed, the product's front faces -Y. Azimuth grows counter-clockwise seen from above: azimuth 90
shows the side at the viewer's right. Elevation > 0 is above. The vertical field of view is 30 degrees.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, field_validator

from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.types.base import Form, Model

FOV_DEGREES = 30.0
FILL_AT_DISTANCE_ONE = 0.85

Vec3 = tuple[float, float, float]


class View(Model):
    """One camera position around a product.

    Args:
        azimuth: degrees, taken modulo 360.
        elevation: degrees, -90 (from below) to 90 (from above).
        distance: relative to the distance at which the product's bounding sphere fills 85 % of a square frame.

    >>> View(azimuth=90).name
    'right'
    >>> View.parse("-45:15:1").slug
    'az315_el15_d1'
    """

    azimuth: float = 0.0
    elevation: Annotated[float, Field(ge=-90, le=90)] = 0.0
    distance: Annotated[float, Field(gt=0, le=100)] = 1.0

    @field_validator("azimuth")
    @classmethod
    def _wrap(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("azimuth must be a finite number of degrees")
        return value % 360.0 % 360.0  # once is not enough: -1e-20 % 360.0 is 360.0

    @property
    def name(self) -> str | None:
        """The name of the view in the vocabulary, or None."""
        return _NAMES.get(self)

    @property
    def slug(self) -> str:
        """A name fit for a file: the vocabulary's name, or the three numbers."""
        return self.name or f"az{self.azimuth:g}_el{self.elevation:g}_d{self.distance:g}"

    @classmethod
    def parse(cls, text: str) -> View:
        """Reads a named view or `azimuth:elevation[:distance]`.

        Raises:
            InputError: neither a name of the vocabulary nor two or three numbers in range.
        """
        if text in NAMED_VIEWS:
            return NAMED_VIEWS[text]
        number = r"[+-]?\d+(?:\.\d+)?"
        match = re.fullmatch(rf"({number}):({number})(?::({number}))?", text)
        if match is None:
            raise NotFound.of(
                "view", text, [*NAMED_VIEWS, *VIEW_SETS], hint="Or write azimuth:elevation:distance, such as 45:15:1."
            )
        azimuth, elevation, distance = (float(part) if part else 1.0 for part in match.groups())
        if not -90 <= elevation <= 90 or not 0 < distance <= 100:
            raise InputError(
                f"View {text!r} is out of range.", hint="Elevation is -90 to 90, distance is above 0 and at most 100."
            )
        return cls(azimuth=azimuth, elevation=elevation, distance=distance)

    def camera_position(self, centre: Vec3 = (0.0, 0.0, 0.0), radius: float = 1.0) -> Vec3:
        """World position of the camera that takes this view of a bounding sphere.

        Args:
            centre: centre of the bounding sphere.
            radius: its radius, in world units.
        """
        away = self.distance * unit_distance(radius)
        az, el = math.radians(self.azimuth), math.radians(self.elevation)
        return (
            centre[0] + away * math.sin(az) * math.cos(el),
            centre[1] - away * math.cos(az) * math.cos(el),
            centre[2] + away * math.sin(el),
        )


def unit_distance(radius: float) -> float:
    """Camera distance at which a sphere of this radius fills 85 % of a square frame (distance 1.0).

    >>> round(unit_distance(0.1), 3)
    0.45
    """
    half_angle = math.atan(FILL_AT_DISTANCE_ONE * math.tan(math.radians(FOV_DEGREES / 2)))
    return radius / math.sin(half_angle)


NAMED_VIEWS: dict[str, View] = {
    "front": View(azimuth=0),
    "right": View(azimuth=90),
    "back": View(azimuth=180),
    "left": View(azimuth=270),
    "top": View(elevation=90),
    "detail": View(distance=0.6),
}
_NAMES = {view: name for name, view in NAMED_VIEWS.items()}

VIEW_SETS: dict[str, tuple[View, ...]] = {
    "hero": (NAMED_VIEWS["front"],),
    "orbit4": tuple(View(azimuth=a, elevation=15) for a in range(0, 360, 90)),
    "orbit8": tuple(View(azimuth=a, elevation=15) for a in range(0, 360, 45)),
    "marketplace": tuple(NAMED_VIEWS[n] for n in ("front", "back", "left", "right", "top", "detail")),
    "pose96": tuple(
        View(azimuth=a, elevation=e, distance=d)
        for e in (-30, 0, 30, 60)
        for d in (0.6, 1.0, 1.8)
        for a in range(0, 360, 45)
    ),
}


def parse_views(views: str | View | Iterable[str | View]) -> tuple[View, ...]:
    """Reads set names, view names and `az:el:dist` triples, separated by commas or in a list; repeated views are dropped.

    >>> [view.slug for view in parse_views("hero,right,45:15:1")]
    ['front', 'right', 'az45_el15_d1']
    >>> parse_views(["front", View(azimuth=90)]) == parse_views("front,right")
    True
    """
    if isinstance(views, View):
        return (views,)
    if isinstance(views, str):
        names = filter(None, (piece.strip() for piece in views.split(",")))
        found = [VIEW_SETS[name] if name in VIEW_SETS else (View.parse(name),) for name in names]
    elif isinstance(views, Iterable):
        found = [parse_views(part) for part in views]
    else:
        raise InputError(f"A view is a name or a View, not {views!r}.")
    if not found:
        raise InputError("No view was named.", hint=f"Name a set ({', '.join(VIEW_SETS)}), a view or az:el:dist.")
    return tuple(dict.fromkeys(chain.from_iterable(found)))


Colour = Annotated[str, Form(r"^#[0-9a-fA-F]{6}$", "a colour as #rrggbb"), Field(description="sRGB as #rrggbb")]


class Scene(Model):
    """What surrounds the product.

    Args:
        background: `white` is exactly (255, 255, 255); `transparent` gives RGBA; `colour` uses `colour`;
            `gradient` runs from `colour` at the top to white at the bottom; `image` uses the request's reference `background`.
        light: name of a light set-up; `studio` is understood by every built-in.
        shadow: whether a soft contact shadow is drawn.
        style: free words for generators that understand them.
    """

    background: Literal["white", "colour", "gradient", "transparent", "image"] = "white"
    colour: Colour = "#f2f2f0"
    light: Literal["studio", "soft", "dramatic"] = "studio"
    shadow: bool = True
    style: Annotated[str, Field(max_length=200)] = ""

    @classmethod
    def parse(cls, text: str) -> Scene:
        """Reads `white`, `transparent`, `gradient`, `#rrggbb`, each with an optional `,no-shadow` or `,light=NAME`.

        What follows `style=` is the style, commas and all.

        >>> Scene.parse("#ffeedd,no-shadow").shadow
        False
        >>> Scene.parse("white, style=on a marble table, morning light").style
        'on a marble table, morning light'
        """
        plain, _, style = text.partition("style=")
        fields: dict[str, object] = {"style": style.strip()[:200]} if style else {}
        for part in (piece.strip() for piece in plain.rstrip().removesuffix(",").split(",")):
            if not part and style:
                continue
            if re.fullmatch(r"#[0-9a-fA-F]{6}", part):
                fields |= {"background": fields.get("background", "colour"), "colour": part}
            elif part in ("white", "gradient", "transparent", "image"):
                fields["background"] = part
            elif part in ("shadow", "no-shadow"):
                fields["shadow"] = part == "shadow"
            elif part in ("light=studio", "light=soft", "light=dramatic"):
                fields["light"] = part.removeprefix("light=")
            else:
                raise InputError(
                    f"Scene {text!r}: {part!r} is not understood.",
                    hint="Use white, transparent, gradient, image or #rrggbb, then no-shadow, light=studio|soft|dramatic or style=WORDS.",
                )
        return cls.model_validate(fields)
