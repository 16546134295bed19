"""A product in asset space: what it is made of, so that a renderer can draw it from any view."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from prodgen_sdk.types.base import Image, Model, PixelModel
from prodgen_sdk.types.generation import GenerationRequest
from prodgen_sdk.types.view import Colour

ARTWORK_SIZE = 128
"""The edge of artwork in data sets, and the smallest."""
_LARGEST = 1024

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Layout = Literal["none", "tile", "surface", "label", "screen"]


def _check_artwork(value: Any) -> Any:
    if value is None:
        return value
    edge = value.shape[0] if value.ndim else 0
    if value.shape != (edge, edge, 4) or not ARTWORK_SIZE <= edge <= _LARGEST:
        raise ValueError(
            f"artwork has the shape {value.shape}; wanted is (n, n, 4) with n from {ARTWORK_SIZE} to {_LARGEST}"
        )
    return value


Artwork = Annotated[Image | None, BeforeValidator(_check_artwork)]


class Finish(Model):
    """How a surface takes the light, in the terms of glTF 2.0.

    Args:
        sheen: strength of the soft rim of cloth, 0 to 2.
        transmission: share of light that passes straight through.
    """

    roughness: Share = 0.5
    metallic: Share = 0.0
    coat: Share = 0.0
    sheen: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = 0.0
    transmission: Share = 0.0


class ProductAsset(PixelModel):
    """A product as the draws, materials and art of a parametric family.

    Args:
        family: name of the family, one of the renderer's spec.
        proportions: each in [0, 1], as many as the family has and in its order; 0.5 where nothing is known, and so count those
            that are missing at the end. Some are lengths, some decide whether a part is there.
        material: name of the main material.
        finish: of the main material.
        colour: the main colour; None takes that of the material, or what is usual.
        accent: the second colour; None lets the renderer choose one.
        pattern: plain, stripes, dots, checks, floral, gradient, speckle, logo, or a print that the renderer draws itself, as
            camouflage.
        layout: what the artwork is laid on. `tile` repeats over the surface, and its opposite edges fit together; `surface`
            covers the main surface once; `label` is the art of the label or print, without lettering: the renderer sets the
            product's title over it; `screen` is what a device shows.
        ground: the colour that the artwork is laid over, where it is another than `colour`: paper under a label, as the renderer's sketch
            tells it, or the design's own where the product's words name none.
        artwork: uint8 [n, n, 4] with n from 128 to 1024, or None for none. RGB is the art as it looks, laid over `ground`; the
            fourth channel says where there is art: the renderer shows its own colour where it is below 0.05, and the art above 0.25.

    >>> ProductAsset(family="mug", proportions=(0.5, 0.2), material="ceramic", colour="#2f62ad").finish.roughness
    0.5
    """

    family: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    proportions: Annotated[tuple[Share, ...], Field(max_length=256)] = ()
    material: Annotated[str, Field(max_length=64)] = ""
    finish: Finish = Finish()
    colour: Colour | None = None
    accent: Colour | None = None
    pattern: Annotated[str, Field(max_length=64)] = "plain"
    layout: Layout = "none"
    ground: Colour | None = None
    artwork: Artwork = None


class AssetRequest(PixelModel):
    """Views wanted of a product whose asset is there.

    Args:
        request: product, views, scene, size and seed, as for a generator.
        draft: whether a fast preview will do: smaller details and softer shadows, in a fraction of the time.
    """

    request: GenerationRequest
    asset: ProductAsset
    draft: bool = False
