"""Files of a hub repository at its pinned revision, from the hub's cache or from the hub."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from prodgen_sdk.checkpoints.pipelines import components
from prodgen_sdk.checkpoints.safety import read_json
from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, pinned
from prodgen_sdk.errors import ConfigError

TEXT_FILES = ("*.json", "*.txt", "*.model", "*.spm", "*.tiktoken", "*.jinja", "README.md")  # the card has the licence
_NAMES = ("diffusion_pytorch_model", "model")  # of diffusers and transformers, for the weights of a model
_OTHERS = ("tokenizer", "scheduler", "feature_extractor", "processor", "image_processor")  # parts that are no models


def weights_of(folder: Path, variant: str | None, parts: Sequence[str] = ()) -> list[str]:
    """Paths in a checkpoint's folder of the weights that are loaded of it, by its text files; one of two names may not be there.

    What a repository has beside them, such as a whole model in one file, other variants or parts that model_index.json does not
    name, is nobody's.

    Args:
        variant: a part whose weights of it are not there has its plain ones.
        parts: the only subfolders whose weights are needed; none takes those of all.
    """
    found: list[str] = []
    for part in parts or _parts(folder):
        own = _weights(folder, part, variant)
        there = variant is None or any((folder / path).is_file() for path in own)
        found += own if there else _weights(folder, part, None)
    return found


def _parts(folder: Path) -> list[str]:
    """The subfolders of a pipeline's models; of a single model "", and its modules as sentence-transformers has them."""
    index = folder / "model_index.json"
    if index.is_file():
        return list(components(read_json(index)))
    return ["", *(path.parent.name for path in sorted(folder.glob("*/config.json")))]


def _weights(folder: Path, part: str, variant: str | None) -> list[str]:
    """The shards that the part's index names, else the names that its one file may have."""
    middle = f".{variant}" if variant else ""
    found: list[str] = []
    for name in _NAMES:
        index = folder / part / f"{name}.safetensors.index{middle}.json"
        shards = read_json(index).get("weight_map") if index.is_file() else None
        files = set(map(str, shards.values())) if isinstance(shards, dict) else {f"{name}{middle}.safetensors"}
        found += [f"{part}/{file}" if part else file for file in sorted(files)]
    return found


def part_without_weights(folder: Path, variant: str | None, parts: Sequence[str] = ()) -> str | None:
    """A pipeline's model of whose weights nothing is there, such as after an interrupted download; None where each has some."""
    for part in (parts or _parts(folder)) if (folder / "model_index.json").is_file() else ():
        is_model = (folder / part / "config.json").is_file() and not part.startswith(_OTHERS)
        if is_model and not any((folder / path).is_file() for path in weights_of(folder, variant, [part])):
            return part
    return None


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
        parts: as `weights_of` takes them.
        cached: only what the hub's cache has; it may be a part of what matches.

    Raises:
        ConfigError: no pinned revision, or no weights of the variant.
        OSError, ValueError, ImportError: as huggingface_hub does.
    """
    if not cached:
        _reach_hub()
    if isinstance(source, WeightsFile):
        return _snapshot(source, [source.file, "README.md"], folder, cached)
    below, variant = (source.subfolder, source.variant) if isinstance(source, Checkpoint) else ("", None)

    def fetched(names: Sequence[str]) -> Path:
        return _snapshot(source, [f"{below}/{name}" if below else name for name in names], folder, cached)

    found = fetched(TEXT_FILES)
    if cached:
        return found
    home = found / below
    if variant is not None:
        own = [path for part in parts or _parts(home) for path in _weights(home, part, variant)]
        fetched(own)
        if not any((home / path).is_file() for path in own):
            raise ConfigError(
                f"{source.model!r} at revision {source.revision} has no weights of the variant {variant!r}.",
                hint="Leave out `variant`, or check how its files are named.",
            )
    return fetched(weights_of(home, variant, parts))


def _snapshot(source: Source, patterns: Sequence[str], folder: Path | None, cached: bool) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            source.model,
            revision=pinned(source),
            allow_patterns=list(patterns),
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
