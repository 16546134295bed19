"""What a finishing profile may ask for, and the profiles that come with the package."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_BACKGROUND = re.compile(r"keep|white|transparent|image|#[0-9a-fA-F]{6}|gradient(:#[0-9a-fA-F]{6})?")
_ASPECT = re.compile(r"original|\d{1,3}(\.\d{1,3})?:\d{1,3}(\.\d{1,3})?")
Strength = Annotated[float, Field(ge=0, le=1)]


class Profile(BaseModel):
    """How images are finished. Where neither `fill` nor `size` is set nothing is resampled, and the product's pixels stay as they are.

    Args:
        aspect: width to height, such as 1:1, 4:5, 2:3 or 1.91:1; `original` keeps the image's.
        size: the longer side in pixels; None keeps the image's.
        fill: the image is cropped to the product, which is centred and fills so much of the frame in the direction in which it is
            longest; None leaves the product where it is.
        background: `keep`, `white`, `#rrggbb`, `gradient` (or `gradient:#rrggbb`, from that colour to white), `transparent`, or `image`.
        image: the image for the background `image`; it is cropped to the frame.
        shadow: `keep` what the image has, `none`, `contact` (a soft one below), or `reflection`.
        denoise, sharpen: 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    aspect: str = "original"
    size: Annotated[int, Field(ge=32, le=8192)] | None = None
    fill: Annotated[float, Field(gt=0.1, le=1)] | None = None
    background: str = "keep"
    image: Path | None = None
    shadow: Literal["keep", "none", "contact", "reflection"] = "keep"
    denoise: Strength = 0.0
    sharpen: Strength = 0.0

    @field_validator("aspect")
    @classmethod
    def _known_aspect(cls, value: str) -> str:
        if not _ASPECT.fullmatch(value) or (value != "original" and not 0.1 <= _ratio(value) <= 10):
            raise ValueError(f"{value!r} is no aspect ratio; write 1:1, 4:5, 2:3, 1.91:1 or original")
        return value

    @field_validator("background")
    @classmethod
    def _known_background(cls, value: str) -> str:
        if not _BACKGROUND.fullmatch(value):
            raise ValueError(
                f"{value!r} is no background; write keep, white, transparent, gradient, gradient:#rrggbb, #rrggbb or image"
            )
        return value

    def frame(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the result for an image of this size.

        >>> Profile(aspect="4:5", size=1000).frame(640, 480)
        (800, 1000)
        >>> Profile(aspect="1:1").frame(640, 480)
        (640, 640)
        """
        ratio = width / height if self.aspect == "original" else _ratio(self.aspect)
        if self.size is not None:
            if ratio >= 1:
                return self.size, max(1, round(self.size / ratio))
            return max(1, round(self.size * ratio)), self.size
        if self.aspect == "original":
            return width, height
        # The smallest frame of this shape that holds the image.
        return (width, round(width / ratio)) if width / height >= ratio else (round(height * ratio), height)


def _ratio(aspect: str) -> float:
    width, height = (float(part) for part in aspect.split(":"))
    return width / height if height else 0.0


BUILT_IN: dict[str, Profile] = {
    "none": Profile(),
    "marketplace": Profile(aspect="1:1", fill=0.85, background="white"),
    "square": Profile(aspect="1:1", fill=0.8, background="white"),
    "portrait": Profile(aspect="4:5", fill=0.82, background="white"),
    "pin": Profile(aspect="2:3", fill=0.82, background="white"),
    "link": Profile(aspect="1.91:1", fill=0.82, background="white"),
    "cutout": Profile(background="transparent", shadow="none"),
    "studio": Profile(aspect="1:1", fill=0.72, background="gradient:#dcdde0", shadow="contact"),
    "mirror": Profile(aspect="1:1", fill=0.68, background="white", shadow="reflection"),
    "clean": Profile(denoise=0.5, sharpen=0.5),
}
"""`marketplace` follows `[plugins.quality.marketplace]`."""
