"""Options of the plugin: the section `[plugins.text]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.paths import ConfigPathOrName

Pooling = Literal["auto", "mean", "cls", "eos"]


class HashConfig(BaseModel):
    """Options of `text/hash`. The vectors of two dimensions do not mix: the index is built anew after a change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimension: Annotated[int, Field(ge=16, le=65_536)] = 512
    concepts: bool = True


class HfConfig(BaseModel):
    """Options of `text/hf`.

    Args:
        model: a hub id, or a local folder with config, tokenizer and safetensors weights.
        revision: commit or tag of a hub id; required for one, so that a re-run loads the same weights.
        pooling: `mean`, `cls` or `eos` (the last token that is not padding) of the last layer; `auto` takes what the checkpoint
            states: the projected output of a CLIP-like text tower, the `1_Pooling` of sentence-transformers, else mean.
        max_length: tokens after which a text is cut; None takes the model's own limit.
        prefix: words put before every text, such as `query: `.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[ConfigPathOrName, Field(min_length=1)]
    revision: str | None = None
    pooling: Pooling = "auto"
    max_length: Annotated[int, Field(ge=4, le=8192)] | None = None
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 32
    prefix: str = ""


class TextConfig(BaseModel):
    """The whole section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: HashConfig = HashConfig()
    hf: HfConfig | None = None
