"""The section `[plugins.acme]` of prodgen.toml."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """How swatches look, and what prices matter. An unknown key or a value out of range is refused with a message that names it.

    Args:
        cover: share of the picture's edge that the swatch takes.
        relief: 0 is a print of the material, 1 its natural relief.
        price: what twice or half the usual price takes off a product's similarity.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cover: Annotated[float, Field(ge=0.3, le=0.85)] = 0.74
    relief: Annotated[float, Field(ge=0, le=3)] = 1.0
    price: Annotated[float, Field(ge=0, le=1)] = 0.1
