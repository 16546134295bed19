"""Which checkpoints of pictures may be loaded: hub ids with a pinned revision, and local folders with safetensors alone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from prodgen_sdk.errors import ConfigError

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_RUNS_CODE = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".h5", ".msgpack"}


@dataclass(frozen=True)
class Source:
    """Where a checkpoint is.

    Args:
        name: a hub id, or the path of a folder.
        revision: of a hub id; None for a folder.
        digest: changes with the weights and with how pictures are prepared.
    """

    name: str
    revision: str | None
    digest: str

    @property
    def is_local(self) -> bool:
        return self.revision is None

    def __str__(self) -> str:
        return self.name if self.is_local else f"{self.name} at {self.revision}"


def find(model: str, revision: str | None) -> Source:
    """The checkpoint that `model` names: a folder if there is one of that name, else a hub id.

    Raises:
        ConfigError: a folder with Python code, with weights that are no safetensors, or without weights; a hub id without a
            revision that stays what it is.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        _refuse_what_runs(folder, files)
        return Source(str(folder.resolve()), None, _digest(folder, files))
    if folder.is_absolute() or model.startswith((".", "~")) or not _HUB_ID.fullmatch(model):
        raise ConfigError(
            f"There is no folder {model}.", hint="Name a folder that exists, or a hub id such as owner/name."
        )
    if revision in (None, "main", "master"):
        raise ConfigError(
            f"The hub id {model!r} has no pinned revision, so that a later run could load other weights.",
            hint='Set `revision` to a commit or tag, or name a local folder as "./folder".',
        )
    return Source(model, revision, f"{model}@{revision}")


def _refuse_what_runs(folder: Path, files: list[Path]) -> None:
    for path in files:
        if path.suffix == ".py":
            raise ConfigError(
                f"{folder} holds Python code ({path.name}), which is never run.",
                hint="Use a model that transformers knows itself, and delete the file.",
            )
        if path.suffix in _RUNS_CODE:
            raise ConfigError(
                f"{folder} holds {path.name}, a format that is not loaded because it can run code.",
                hint="Keep model.safetensors alone; where you trust the weights, model.save_pretrained(folder) converts them.",
            )
    if not any(path.suffix == ".safetensors" for path in files):
        raise ConfigError(
            f"{folder} holds no safetensors weights.", hint="Name the folder that model.save_pretrained(folder) wrote."
        )


def _digest(folder: Path, files: list[Path]) -> str:
    """Of weights and configurations, by their names within the folder and their content."""
    total = hashlib.sha256()
    for path in files:
        if path.suffix in (".safetensors", ".json", ".txt", ".model"):
            with path.open("rb") as file:
                total.update(
                    f"{path.relative_to(folder)}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
                )
    return total.hexdigest()
