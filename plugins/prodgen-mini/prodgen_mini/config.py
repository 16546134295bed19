"""The section `[plugins.mini]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.paths import ConfigPath


class WeightsConfig(BaseModel):
    """Which weights are used.

    Args:
        weights: a safetensors file of `prodgen train`; None takes those of the package.
        sha256: the digest that the file must have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: ConfigPath | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class DesignerConfig(WeightsConfig):
    """How a model designs.

    Args:
        candidates: so many designs are drawn for one with a pattern or a screen, and the best is kept: the cleanest of those that the
            reranker takes for the pattern, of dots and flowers the first. Of labels of the VAE one is drawn by lot.
    """

    candidates: Annotated[int, Field(ge=1, le=64)] = 8


class DiffusionConfig(DesignerConfig):
    """How diffusion/mini samples.

    Args:
        candidates: drawn for one with a pattern that repeats; the one whose edges promise to be cleanest after half of the steps goes on alone.
        steps: more take longer and follow the flow more closely.
        guidance: how far to go beyond what the attributes ask for; 1 turns it off.
        guided: from which share of the way from noise to design on, and before which, there is guidance; a step with it costs two. What is
            unwanted is kept away all the way.
        strength: with a front image given: how much of it is forgotten, 0.2 to 1 (nothing but its colour is kept). A design has the
            kind of artwork, never the image itself: with less forgotten, labels come out in blots. `render/photo` shows the
            pictured product itself.
        lora: a LoRA of `prodgen train lora-mini` to add.
    """

    candidates: Annotated[int, Field(ge=1, le=64)] = 4
    steps: Annotated[int, Field(ge=1, le=100)] = 6
    guidance: Annotated[float, Field(ge=0, le=20)] = 2.5
    guided: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] = (0.1, 0.6)
    strength: Annotated[float, Field(ge=0.2, le=1)] = 0.6
    lora: ConfigPath | None = None


class Config(BaseModel):
    """Options of the generators.

    Args:
        codec: the codec that all three models share; each model pins its digest.
        reranker: the network by which GAN and VAE choose among their designs.
        temperature: scale of the noise that designs are drawn from: below 1 they are more usual, and more alike.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    codec: WeightsConfig = WeightsConfig()
    reranker: WeightsConfig = WeightsConfig()
    gan: DesignerConfig = DesignerConfig()
    vae: DesignerConfig = DesignerConfig()
    diffusion: DiffusionConfig = DiffusionConfig()
    temperature: Annotated[float, Field(gt=0, le=2)] = 1.0
