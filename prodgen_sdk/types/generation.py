"""Requests for product images, and what comes of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from prodgen_sdk.types.base import Answer, Image, Model, PixelModel
from prodgen_sdk.types.product import Attribute, Product
from prodgen_sdk.types.view import VIEW_SETS, Scene, View

ReferenceRole = Literal["front", "back", "flat", "worn", "detail", "background"]
ReviewState = Literal["draft", "in_review", "approved", "rejected"]
MapKind = Literal["depth", "normal"]
MAX_SEED = 2**63 - 1


class ViewPrompt(Model):
    """Words for one view of one product."""

    view: View
    text: str
    locale: str


class Description(Model):
    """What was found in a product's words, and words for each of its views.

    Args:
        attributes: found values by name; what the product states itself is not among them.
        prompts: one a view, in the order that was asked for.
        warnings: what a person should know who looks at the images, one sentence each, such as where title and attributes
            contradict each other; they count as warnings of every image (see `Generated`).
    """

    attributes: dict[str, Attribute] = Field(default_factory=dict)
    prompts: tuple[ViewPrompt, ...] = ()
    warnings: tuple[str, ...] = ()


class GenerationRequest(PixelModel):
    """Views wanted of one product.

    A generator receives the seed that is final for the item: `seed` is then already H(seed, sku, replicate).

    Args:
        prompts: one text per view, or none.
        references: images of the product by role; `background` belongs to `Scene(background="image")`.
        mesh: a GLB or OBJ file of the product, where it has one.
        size: edge of the square image in pixels.
        negative: what must not be in the image, in words.
        replicate: 0, 1, 2 ... for several different answers to the same request.
        maps: what else is wanted of each view, of a generator whose spec names it; images do not depend on it.
        maps_only: whether nothing but maps and mask will be looked at, which lets a generator spare itself the image.
    """

    product: Product
    views: Annotated[tuple[View, ...], Field(min_length=1, max_length=512)] = VIEW_SETS["orbit8"]
    prompts: tuple[str, ...] = ()
    scene: Scene = Scene()
    references: dict[ReferenceRole, Image] = Field(default_factory=dict)
    mesh: Path | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    size: Annotated[int, Field(ge=32, le=4096)] = 512
    negative: Annotated[str, Field(max_length=2000)] = ""
    replicate: Annotated[int, Field(ge=0, le=9999)] = 0
    maps: tuple[MapKind, ...] = ()
    maps_only: bool = False

    @model_validator(mode="after")
    def _one_prompt_a_view(self) -> GenerationRequest:
        if self.prompts and len(self.prompts) != len(self.views):
            raise ValueError(f"{len(self.prompts)} prompts for {len(self.views)} views: give one a view, or none")
        return self


class Generated(Answer):
    """One image from a generator.

    Args:
        image: HWC uint8, RGB or (for a transparent scene) RGBA.
        facts: what the plugin knows about the image (steps, model digest, family ...), JSON-ready, of 64 KiB at most.
        mask: where the product is, bool HxW, if the generator knows.
        warnings: what a person should look at before the image is shown, one sentence each; with any of them it is not
            approved unseen.
        maps: those that the request asked for. `depth`: float32 [size, size], distance from the camera along its axis, in radii
            of the product's bounding sphere, infinite where the product is not. `normal`: float32 [size, size, 3], the
            surface's unit normal in the camera's axes (right, up, towards the viewer), zero where the product is not.
    """

    image: Image
    view: View
    facts: dict[str, Any] = Field(default_factory=dict)
    mask: Any = None
    warnings: tuple[str, ...] = ()
    maps: dict[MapKind, Any] = Field(default_factory=dict)


class ImageRef(Model):
    """A stored image: the sha256 of its file, and what it is. Travels across processes instead of an array."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    mode: Literal["RGB", "RGBA"]


class Verdict(Model):
    """What a safety checker says of one item."""

    outcome: Literal["pass", "review", "block"]
    reasons: tuple[str, ...] = ()
    checker: str = ""


class Screening(Model):
    """All verdicts on one item; the strictest counts."""

    outcome: Literal["pass", "review", "block"]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(reason for verdict in self.verdicts for reason in verdict.reasons)


class Provenance(Model):
    """What is needed to make an image again. Written by the publish stage alone.

    Args:
        identity: digest of the generator's id, version, configuration and weights.
        request_digest: of the whole request; `product_digest` of what the image shows of the product.
        views: of the whole request, where the views of a set depend on each other.
        references: digests of the images that the generator was given, by role.
    """

    generator: str
    distribution: str
    version: str
    identity: str = ""
    request_digest: str
    product_digest: str = ""
    views: tuple[str, ...] = ()
    references: dict[str, str] = Field(default_factory=dict)
    prompt: str = ""
    negative: str = ""
    size: int
    device: str
    dtype: str
    seconds: float
    facts: dict[str, Any] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    created_at: datetime


class Variant(Model):
    """A published image of a product.

    Args:
        seed: what to ask for to make it again.
        quality: the figures of every evaluator.
        shortcomings: what the generator warned of and what evaluators found too low, for whoever reviews it.
    """

    id: str
    sku: str
    view: View
    scene: Scene
    image: ImageRef
    generator: str
    seed: int
    replicate: int = 0
    quality: dict[str, float] = Field(default_factory=dict)
    shortcomings: tuple[str, ...] = ()
    screening: Screening
    review: ReviewState
    provenance: Provenance
