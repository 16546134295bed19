"""Which models an evaluation or a benchmark is about: `-o models=gan,vae`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

Model = Literal["gan", "vae", "diffusion"]
MODELS: tuple[Model, ...] = ("gan", "vae", "diffusion")


def _parted(given: Any) -> Any:
    return [word.strip() for word in given.split(",") if word.strip()] if isinstance(given, str) else given


Models = Annotated[tuple[Model, ...], BeforeValidator(_parted), Field(min_length=1)]
