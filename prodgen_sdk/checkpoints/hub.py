"""Files of a hub repository at its pinned revision, from the hub's cache or from the hub."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, pinned

_TEXT_FILES = ("*.json", "*.txt", "*.model", "*.spm", "*.tiktoken", "*.jinja", "README.md")  # the card has the licence
_VARIANTS = ("fp16", "bf16", "non_ema", "ema_only")


def patterns_of(source: Source, parts: Sequence[str] = ()) -> tuple[str, ...]:
    """What is fetched of a hub repository: one file, or text and the safetensors of its parts, of one variant.

    A whole model in one file beside the parts, as many repositories have it too, is left out.

    Args:
        parts: the only subfolders whose weights are needed; none takes those of all.
    """
    if isinstance(source, WeightsFile):
        return (source.file, "README.md")
    variant = source.variant if isinstance(source, Checkpoint) else None
    any_name = "*" if variant is None else f"*.{variant}*"
    if parts:
        return (*_TEXT_FILES, *(f"{part}/{any_name}.safetensors" for part in parts))
    root = (f"{name}{any_name}.safetensors" for name in ("diffusion_pytorch_model", "model"))
    return (*_TEXT_FILES, f"*/{any_name}.safetensors", *root)


def download(source: Source, patterns: Sequence[str], folder: Path | None = None, *, cached: bool = False) -> Path:
    """A hub repository at its pinned revision, in the hub's cache or in `folder`.

    Args:
        cached: only what the hub's cache has; it may be a part of what matches.

    Raises:
        ConfigError: no pinned revision.
        OSError, ValueError, ImportError: as huggingface_hub does.
    """
    from huggingface_hub import snapshot_download

    if not cached:
        _reach_hub()
    variant = source.variant if isinstance(source, Checkpoint) else None
    others = [f"*.{other}{end}" for other in _VARIANTS if other != variant for end in (".*", "-*")]
    return Path(
        snapshot_download(
            source.model,
            revision=pinned(source),
            allow_patterns=list(patterns),
            ignore_patterns=others if isinstance(source, Checkpoint) else None,
            local_dir=folder,
            local_files_only=cached,
        )
    )


def _reach_hub() -> None:
    """Raises OSError within seconds where the hub cannot be reached; its own client tries for half a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise OSError("HF_HUB_OFFLINE is set")
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return
    address = urlsplit(constants.ENDPOINT)
    host = address.hostname or ""
    try:
        socket.create_connection((host, address.port or (443 if address.scheme == "https" else 80)), timeout=5).close()
    except OSError as error:
        raise OSError(f"{host} cannot be reached: {error.strerror or error}") from error
