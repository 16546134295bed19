"""Which checkpoints may be loaded: pinned hub ids, and local folders without code or pickles."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from prodgen_sdk.errors import ConfigError

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"}


@dataclass(frozen=True)
class Source:
    """A checkpoint: a folder's path, or a hub id with its revision."""

    name: str
    revision: str | None

    @property
    def local(self) -> bool:
        return self.revision is None


def resolve(model: str, revision: str | None) -> Source:
    """Decides whether `model` is a folder or a hub id and refuses what is not safe or not reproducible.

    Raises:
        ConfigError: a folder with `.py` files, pickled weights or no safetensors; a hub id without a pinned revision.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        _refuse_unsafe(folder)
        return Source(str(folder.resolve()), None)
    if folder.is_absolute() or model.startswith((".", "~")) or not _HUB_ID.fullmatch(model):
        raise ConfigError(
            f"There is no folder {model}.", hint="Give a folder that exists, or a hub id such as owner/name."
        )
    if revision is None or revision in ("main", "master"):
        raise ConfigError(
            f"The hub id {model!r} has no pinned revision, so that a later run could load other weights.",
            hint='Set `revision` to the commit or tag, or name a local folder as "./folder".',
        )
    return Source(model, revision)


def _refuse_unsafe(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    code = next((path for path in files if path.suffix == ".py"), None)
    if code is not None:
        raise ConfigError(
            f"{folder} holds Python code ({code.name}), which is never run.",
            hint="Use a model that transformers knows itself.",
        )
    pickled = next((path for path in files if path.suffix in _PICKLES), None)
    if pickled is not None:
        raise ConfigError(
            f"{folder} holds {pickled.name}, which can run code when it is loaded.",
            hint="Keep model.safetensors alone; convert with model.save_pretrained(folder), where you trust the weights.",
        )
    if not any(path.suffix == ".safetensors" for path in files):
        raise ConfigError(f"{folder} holds no safetensors weights.", hint="Save it with model.save_pretrained(folder).")


def stated_pooling(source: Source) -> str | None:
    """The pooling that a sentence-transformers folder states in `1_Pooling/config.json`; None where there is none."""
    if source.local:
        path: Path | None = Path(source.name) / "1_Pooling" / "config.json"
    else:
        path = _cached(source, "1_Pooling/config.json")
    if path is None or not path.is_file():
        return None
    settings = json.loads(path.read_text("utf-8"))
    for key, name in (
        ("pooling_mode_cls_token", "cls"),
        ("pooling_mode_lasttoken", "eos"),
        ("pooling_mode_mean_tokens", "mean"),
    ):
        if settings.get(key):
            return name
    return None


def _cached(source: Source, name: str) -> Path | None:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(source.name, name, revision=source.revision))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError):
        return None
