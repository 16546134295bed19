"""Options of the plugin: the section `[plugins.quality]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from prodgen_quality.finishing.profiles import Profile


class MarketplaceConfig(BaseModel):
    """The profile `marketplace` of `finish/basic`: edge in pixels (None keeps the image's longer side) and fill."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Annotated[int, Field(ge=32, le=8192)] | None = None
    fill: Annotated[float, Field(gt=0.1, le=1)] = 0.85


class TermsConfig(BaseModel):
    """Words of the shop's own for `safety/terms`. An allowed phrase hides the words that it holds from all lists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blocked: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


class ImageConfig(BaseModel):
    """Shares of skin-coloured area above which `safety/image` asks for a look.

    Args:
        skin: in a photo.
        skin_plain: of an image with a plain background, where leather, wood and cosmetics have the same colours.
        skin_try_on: in an image of a try-on, where a wooden floor or a warm wall around the person has the same colours.
        skin_inside: in an image of a try-on, of what is not joined to the top or a side of the frame, as a room is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skin: Annotated[float, Field(ge=0, le=1)] = 0.55
    skin_plain: Annotated[float, Field(ge=0, le=1)] = 0.8
    skin_try_on: Annotated[float, Field(ge=0, le=1)] = 0.75
    skin_inside: Annotated[float, Field(ge=0, le=1)] = 0.4


class QualityConfig(BaseModel):
    """The whole section. `profiles` are profiles of `finish/basic` by name, besides the built-in ones or in their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    marketplace: MarketplaceConfig = MarketplaceConfig()
    profiles: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")], Profile] = Field(default_factory=dict)
    terms: TermsConfig = TermsConfig()
    image: ImageConfig = ImageConfig()
