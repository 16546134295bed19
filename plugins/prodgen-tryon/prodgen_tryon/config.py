"""Configuration of the plugin: the section `[plugins.tryon]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from prodgen_tryon.diffusion.config import CatVton, Fashn, FluxFill, Hybrid, Inpaint, Segformer, Vitpose


class Config(BaseModel):
    """Options of the try-on components.

    Args:
        working_height: the person is analysed and dressed at no more than this height in pixels; the photo keeps its size.
        body_parser: id of the body parser; another one than the built-in is looked up in the host.
        threads: CPU threads of the pose models.
        cached_people, cached_garments: how many analyses a component keeps in memory (0 keeps none).
        outerwear_keeps_top: lay outerwear over the top that is worn instead of replacing it.
        accept_noncommercial: use weights whose licence forbids commercial use.
        catvton, flux_fill, hf_inpaint, fashn, hybrid, segformer, vitpose: which weights those components load; see `diffusion.config`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    working_height: Annotated[int, Field(ge=256, le=2048)] = 1024
    body_parser: str = "body/litert"
    threads: Annotated[int, Field(ge=1, le=16)] = 2
    cached_people: Annotated[int, Field(ge=0, le=256)] = 8
    cached_garments: Annotated[int, Field(ge=0, le=1024)] = 32
    outerwear_keeps_top: bool = True
    accept_noncommercial: bool = False
    catvton: CatVton | None = None
    flux_fill: FluxFill | None = None
    hf_inpaint: Inpaint | None = None
    fashn: Fashn | None = None
    hybrid: Hybrid | None = None
    segformer: Segformer | None = None
    vitpose: Vitpose | None = None
