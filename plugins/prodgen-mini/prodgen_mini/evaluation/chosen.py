"""Which models an evaluation or a benchmark is about: `-o models=gan,vae`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from prodgen_sdk.config import separated

Model = Literal["gan", "vae", "diffusion"]
MODELS: tuple[Model, ...] = ("gan", "vae", "diffusion")

Models = Annotated[tuple[Model, ...], BeforeValidator(separated), Field(min_length=1)]
