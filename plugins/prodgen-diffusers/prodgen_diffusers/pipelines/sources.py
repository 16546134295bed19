"""Where a configured checkpoint lies, and of which pipeline it is, before its weights are read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints import finding
from prodgen_sdk.checkpoints.pipelines import pipeline_class, read_index
from prodgen_sdk.checkpoints.sources import Checkpoint
from prodgen_sdk.context import Context

_OFFLINE = (
    "Where there is a network run: prodgen models pull {name}. "
    "Without one, render/parametric makes images from words and render/photo from a photo, with no checkpoint at all."
)

find_folder = partial(finding.find_folder, offline=_OFFLINE)
find_file = partial(finding.find_file, offline=_OFFLINE)


def kind_of(source: Checkpoint, ctx: Context, component: str) -> tuple[Path, Any]:
    """The folder of a checkpoint, and the class of diffusers that it names.

    Its digest is not compared here: loading does so, and a digest of all files takes minutes.

    Raises:
        ConfigError, MissingDependency: as `finding.find_folder` and `pipelines.read_index` do.
    """
    folder = find_folder(source.model_copy(update={"digest": None}), ctx, component=component)
    with finding.named(component):
        return folder, pipeline_class(read_index(folder))
