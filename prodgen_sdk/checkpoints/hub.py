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


def plain_parts(folder: Path, variant: str | None, parts: Sequence[str] = ()) -> list[str]:
    """The parts of a checkpoint that have no weights of a variant: diffusers takes their plain ones, which need fetching too.

    Args:
        parts: the only ones that are needed; none takes all.
    """
    if variant is None:
        return []
    models = (path.parent for path in sorted(folder.glob("*/config.json")) if not parts or path.parent.name in parts)
    return [part.name for part in models if not any(part.glob(f"*.{variant}*.safetensors"))]


def explained(source: Source, error: Exception) -> tuple[str, str | None]:
    """Why something could not be fetched, and what to do where the hub said it; None where it is a matter of the network."""
    from huggingface_hub import constants, errors

    page = f"{constants.ENDPOINT}/{source.model}"
    if isinstance(error, errors.GatedRepoError):
        return "it is gated: its owner asks for consent to its terms", (
            f"Agree to them at {page}, then set HF_TOKEN to a token of your account (or run: hf auth login)."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return "there is no such revision", f"Check `revision`: the commits are listed at {page}/commits/main."
    if isinstance(error, errors.RepositoryNotFoundError):
        return "the hub has no such repository, or it is private", "Check `model`; a private one needs HF_TOKEN."
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__, None


def download(source: Source, parts: Sequence[str] = (), folder: Path | None = None, *, cached: bool = False) -> Path:
    """What is needed of a hub repository at its pinned revision, in the hub's cache or in `folder`.

    Args:
        parts: as `patterns_of` takes them.
        cached: only what the hub's cache has; it may be a part of what matches.

    Raises:
        ConfigError: no pinned revision.
        OSError, ValueError, ImportError: as huggingface_hub does.
    """
    if not cached:
        _reach_hub()
    patterns = patterns_of(source, parts)
    if not isinstance(source, Checkpoint):
        return _snapshot(source, patterns, None, folder, cached)
    below = f"{source.subfolder}/" if source.subfolder else ""
    wanted = [f"{below}{pattern}" for pattern in patterns]
    found = _snapshot(source, wanted, _others(source.variant), folder, cached)
    if plain := plain_parts(found / source.subfolder, source.variant, parts):
        wanted = [f"{below}{part}/*.safetensors" for part in plain]
        _snapshot(source, wanted, _others(None), folder, cached)
    return found


def _others(variant: str | None) -> list[str]:
    """Names of the weights in other variants."""
    return [f"*.{other}{end}" for other in _VARIANTS if other != variant for end in (".*", "-*")]


def _snapshot(
    source: Source, patterns: Sequence[str], others: list[str] | None, folder: Path | None, cached: bool
) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            source.model,
            revision=pinned(source),
            allow_patterns=list(patterns),
            ignore_patterns=others,
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
