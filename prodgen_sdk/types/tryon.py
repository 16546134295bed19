"""Requests to dress a person's photo, and what comes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from prodgen_sdk.metadata import DigitalSource, Metadata
from prodgen_sdk.types.base import Answer, Array, Image, Mask, PixelModel
from prodgen_sdk.types.base import Model as _Model
from prodgen_sdk.types.generation import MAX_SEED, Screening

GarmentCategory = Literal[
    "auto", "top", "outerwear", "trousers", "shorts", "skirt", "dress", "overall", "hat", "glasses", "bag", "scarf"
]
FitStyle = Literal["tight", "regular", "loose"]
Tuck = Literal["auto", "in", "out"]
Closure = Literal["auto", "open", "closed"]
Centimetres = Annotated[float, Field(gt=0, lt=400)]


class Garment(PixelModel):
    """A garment as its shop photo shows it, laid flat or on an invisible form.

    Args:
        front, back: the photos; `back` is used for a person who is seen from behind.
        category: `auto` lets the compositor find out.
        measurements_cm: such as chest, length, sleeve, waist, inseam: girths of the garment all around, `chest_width` and
            so on laid flat; `"M:chest"` counts for size M alone.
        keypoints: name to (x, y) in pixels of `front`; a given point overrides the one that was found.
        closure: whether outerwear is worn open or closed; `auto` as its photo shows it.

    >>> import numpy as np
    >>> shirt = Garment(front=np.full((40, 30, 3), 255, np.uint8), category="top", measurements_cm={"M:chest": 104, "L:chest": 112})
    >>> shirt.measurements_cm["M:chest"]
    104.0
    """

    front: Image
    back: Any = None
    category: GarmentCategory = "auto"
    measurements_cm: dict[str, Centimetres] = Field(default_factory=dict)
    keypoints: dict[str, tuple[float, float]] = Field(default_factory=dict)
    closure: Closure = "auto"
    sku: str | None = None

    @field_validator("back")
    @classmethod
    def _back_is_an_image(cls, value: Any) -> Any:
        from prodgen_sdk import images

        return None if value is None else images.check(value)


class PersonPhoto(PixelModel):
    """A person's photo. It is private: never logged, and kept only for a user and a period that the caller names.

    Args:
        height_cm: of the person; None assumes 170.
        measurements_cm: of the person's body, such as `chest`.
    """

    image: Image
    height_cm: Annotated[float, Field(ge=40, le=260)] | None = None
    measurements_cm: dict[str, Centimetres] = Field(default_factory=dict)

    def __repr__(self) -> str:
        return "PersonPhoto(private)"

    __str__ = __repr__


class Fit(_Model):
    """How the garment should sit: a style, or a size that the garment's measurements know.

    Args:
        size: a label of the garment's measurements, or a letter from XXS to 3XL.
        tuck: whether a top is worn inside of the lower clothes; `auto` as the old one was.

    >>> Fit.parse("loose").style
    'loose'
    """

    style: FitStyle = "regular"
    size: str | None = None
    tuck: Tuck = "auto"

    @classmethod
    def parse(cls, text: str) -> Fit:
        """A style, or else a size."""
        return cls(style=text) if text in ("tight", "regular", "loose") else cls(size=text)


class TryOnRequest(PixelModel):
    """Garments to put on a person, in layering order (innermost first).

    Args:
        mask: the only pixels that may change, bool HxW of the person's photo; None lets the compositor choose.
    """

    person: PersonPhoto
    garments: Annotated[tuple[Garment, ...], Field(min_length=1, max_length=8)]
    fit: Fit = Fit()
    mask: Any = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0

    @field_validator("mask")
    @classmethod
    def _mask_is_a_mask(cls, value: Any) -> Any:
        from prodgen_sdk import images

        return None if value is None else images.check_mask(value)


class Layer(Answer):
    """One garment as it was composed: RGBA of the photo's size."""

    name: str
    image: Image


class TryOn(Answer):
    """A dressed photo: the size of the person's photo, every pixel outside `edit_mask` bit-identical to it.

    Args:
        confidence: 0 to 1, the compositor's own estimate.
        warnings: sentences for the person who looks at the image.
        screening: what the safety checkers said; set by the host.
        digital_source: what kind of source the image has, of the IPTC vocabulary; set by the host from the compositor's spec.
    """

    image: Image
    edit_mask: Mask
    layers: tuple[Layer, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)]
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = Field(default_factory=dict)
    screening: Screening | None = None
    digital_source: DigitalSource = ""

    @property
    def metadata(self) -> Metadata:
        """What belongs into the image's file, so that nobody takes it for a photo: see `images.save`."""
        return Metadata().labelled(self.digital_source)


class Refusal(_Model):
    """Why an image was not made.

    Args:
        code: for programs, such as `back-view`.
        reason: for people, in one sentence.
        what_to_do: which photo would work, in one sentence.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    reason: str
    what_to_do: str


class Gap(_Model):
    """Frames `first` to `last` of a clip that could not be dressed, and why."""

    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]
    refusal: Refusal


class DressedClip(_Model):
    """What came of a clip. Every pixel outside a frame's edit mask is the frame's own before it is written.

    Args:
        frames: how many the clip has; `written` of them are in the result, `dressed` of them dressed.
        bridged: of those dressed, frames whose image was carried over from the one before.
        gaps: frames that are as they were filmed, or left out.
        confidence: the median of the frames' own.
        screening: the strictest verdict on the frames that were looked at, one a second.
    """

    frames: int
    written: int
    dressed: int
    bridged: int = 0
    rate: float
    gaps: tuple[Gap, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)]
    warnings: tuple[str, ...] = ()
    screening: Screening | None = None


LANDMARKS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer", "left_ear",
    "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index",
    "right_foot_index",
)  # fmt: skip
"""Names of the 33 pose landmarks, left and right being the person's own."""


class Body(Answer):
    """What a body parser found in one photo.

    Args:
        landmarks: float32 [33, 3]: x and y in pixels of the photo, visibility 0 to 1, in the order of `LANDMARKS`.
        person: float32 HxW, 0 to 1: how much of a pixel is person.
        parts: part name (face, hair, skin, hands, upper, lower ...) to float32 HxW, 0 to 1.
        people: how many people were found.
        turn: how far the body is turned away from the camera, as the sine of the angle: above 0 where its side at the image's right is farther away.
    """

    landmarks: Array
    person: Array
    parts: dict[str, Array] = Field(default_factory=dict)
    orientation: Literal["front", "back", "side", "unknown"] = "unknown"
    people: int = 1
    turn: Annotated[float, Field(ge=-1, le=1)] = 0.0
    confidence: Annotated[float, Field(ge=0, le=1)]
