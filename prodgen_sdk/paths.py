"""Paths in a configuration: relative to the folder of its file, wherever the process starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer


def _absolute(path: Path, info: Any) -> Path:
    folder = _folder(info)
    return folder / _expanded(path) if folder is not None else path


def _relative(path: Path, info: Any) -> str:
    folder = _folder(info)
    return str(path.relative_to(folder) if folder is not None and path.is_relative_to(folder) else path)


def _absolute_if_path(text: str, info: Any) -> str:
    folder = _folder(info)
    if folder is None or not text:
        return text
    path = str(folder / _expanded(Path(text)))
    return path if text.startswith((".", "~")) or os.path.lexists(path) else text


def _relative_if_path(text: str, info: Any) -> str:
    return _relative(Path(text), info) if Path(text).is_absolute() else text


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"names a home folder that is not there: {path}") from None


def _folder(info: Any) -> Path | None:
    """The folder of the configuration's file, which whoever validates or dumps a model hands over; None: there is no file."""
    folder: Path | None = (info.context or {}).get("folder")
    return folder


# Dumped with the folder, as for the digest of a configuration, they are relative to it again: a workspace that moves keeps it.
ConfigPath = Annotated[Path, AfterValidator(_absolute), PlainSerializer(_relative, when_used="json")]
"""A file or folder that a plugin's configuration names: absolute once validated, `~` filled in."""

ConfigPathOrName = Annotated[
    str, AfterValidator(_absolute_if_path), PlainSerializer(_relative_if_path, when_used="json")
]
"""A path as `ConfigPath`, or the name of something that is no file, such as a hub id: a path is what begins with `.`, `~` or `/`,
or is there."""
