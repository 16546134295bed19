"""Options of `prodgen bench gpu`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from prodgen_sdk.config import separated

Name = Literal["text", "image", "background", "angles", "mv_adapter", "control", "lora", "encoders", "others"]
_LEVERS = ("steps", "batch", "dtype", "compile", "offload", "guidance", "attention")


class GpuOptions(BaseModel):
    """What is measured, and how.

    Args:
        n: calls of which the median counts.
        requests: how many come at once.
        size: edge in pixels of the images; None takes 512 or, with `full`, the model's own.
        only: paths, comma-separated: `text`, `image`, `background`, `angles`, `mv_adapter`, `control`; `lora`, which is
            `prodgen train lora`; `encoders` and `others`, generators of other plugins. None takes all.
        tiny: takes tiny random checkpoints for all generators of this plugin.
        full: random checkpoints of published size: `sdxl` (or 1; 7 to 10 GB), `sd3.5-medium` (16), `flux-schnell` (34),
            `flux2-klein` (16), `z-image-turbo` (21) or `qwen-image` (58); `angles` takes Qwen-Image-Edit (58 GB) with any of them.
        folder: where random checkpoints are built, and kept; empty takes one for the time of the run.
        plain: runs `text` through diffusers alone too, in the same process.
        seconds: of each path, after which no further call is begun; None knows no end.
        steps, batch, dtype, compile, offload, guidance, attention: replace what is configured.
        cache: its kind, in the place of the configured one.
        quantisation: KIND:TYPE, such as `bitsandbytes:4bit`, in the place of the configured one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, Field(ge=1)] = 3
    requests: Annotated[int, Field(ge=1)] = 16
    size: Annotated[int, Field(ge=32, le=8192)] | None = None
    only: Annotated[tuple[Name, ...], BeforeValidator(separated)] = ()
    tiny: bool = False
    full: str = ""
    folder: str = ""
    plain: bool = False
    seconds: Annotated[float, Field(gt=0)] | None = None
    steps: int | None = None
    batch: int | None = None
    dtype: str = ""
    compile: str = ""
    offload: str = ""
    guidance: float | None = None
    attention: str = ""
    cache: str = ""
    quantisation: str = ""

    @field_validator("full", mode="before")
    @classmethod
    def _family(cls, given: Any) -> str:
        from prodgen_diffusers.full_size.sections import FAMILIES

        name = str(given).lower()
        if name in ("", "0", "false", "no"):
            return ""
        name = next(iter(FAMILIES)) if name in ("1", "true", "yes") else name
        if name not in FAMILIES:
            raise ValueError(f"there are no checkpoints of full size of {name!r}; families: {', '.join(FAMILIES)}")
        return name

    @model_validator(mode="after")
    def _one_kind(self) -> GpuOptions:
        if self.tiny and self.full:
            raise ValueError("the checkpoints are tiny or of full size, not both")
        return self

    @property
    def edge(self) -> int | None:
        """`size`, or what stands in its place; None for the model's own."""
        return self.size or (None if self.full else 512)

    def wants(self, name: Name) -> bool:
        return not self.only or name in self.only

    def levers(self) -> dict[str, Any]:
        """What replaces the configured values, as the configuration has them; it is checked there."""
        found = {name: value for name in _LEVERS if (value := getattr(self, name)) not in (None, "")}
        if self.cache:
            found["cache"] = {"kind": self.cache}
        if self.quantisation:
            kind, _, type = self.quantisation.partition(":")
            found["quantisation"] = {"kind": kind, "type": type}
        return found

    def told(self) -> dict[str, Any]:
        """What a report says of them."""
        levers = {
            name: ":".join(filter(None, value.values())) if isinstance(value, dict) else value
            for name, value in self.levers().items()
        }
        return {"tiny_checkpoints": self.tiny, "full_size_random_checkpoints": self.full or False, **levers}
