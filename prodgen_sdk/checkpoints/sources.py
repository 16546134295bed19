"""The parts of a plugin's configuration that name weights: a local path, or a hub id at a pinned revision."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.paths import ConfigPathOrName

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


class Source(BaseModel):
    """Where weights come from.

    Args:
        model: a folder or file on this machine, or a hub id `owner/name`.
        revision: the commit or tag of a hub id, which needs one; `main` moves and is refused.
        digest: what `digests.folder_digest`, or `sha256sum` of a single file, must give; anything else is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[ConfigPathOrName, Field(min_length=1)]
    revision: str | None = None
    digest: Digest | None = None


class Checkpoint(Source):
    """A folder of a whole pipeline or of one model.

    Args:
        variant: the middle of the files' names, such as `fp16`; a part that has no weights of it keeps its plain ones.
        subfolder: where in the folder or repository it lies, such as `models/image_encoder`; empty: it is the whole.
    """

    variant: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    subfolder: Annotated[str, Field(pattern=r"^(\w[\w.-]*(/\w[\w.-]*)*)?$")] = ""


class WeightsFile(Source):
    """One safetensors file: `model` is the file, or a folder or hub id that holds it under the name `file`."""

    file: str = ""


def local_path(model: str) -> Path | None:
    """The file or folder that `model` names; None for a hub id.

    Raises:
        ConfigError: neither something that exists nor a hub id.
    """
    path = Path(model).expanduser()
    if path.exists():
        return path.resolve()
    if path.is_absolute() or model.startswith((".", "~")) or not _HUB_ID.fullmatch(model):
        raise ConfigError(
            f"There is no file or folder {model}.", hint="Give a path that exists, or a hub id such as owner/name."
        )
    return None


def pinned(source: Source) -> str:
    """The revision of a hub id; raises ConfigError where it is absent or moves."""
    if source.revision is None or source.revision in ("main", "master"):
        raise ConfigError(
            f"The hub id {source.model!r} has no pinned revision, so that a later run could load other weights.",
            hint="Set `revision` to a commit or tag. If a folder is meant, there is none of this name.",
        )
    return source.revision


def pull_name(source: Source) -> str:
    """What `prodgen models pull` calls a hub id at a revision.

    >>> pull_name(Source(model="stabilityai/sdxl-turbo", revision="71153311d3dbb46851df1931d3ca6e939de83304"))
    'stabilityai--sdxl-turbo--71153311d3db'
    """
    return f"{source.model.replace('/', '--')}--{pinned(source)[:12].replace('/', '-')}"
