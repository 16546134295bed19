"""From a configured source to checked files on this machine: a local path, a pulled model, or a pinned hub revision."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from prodgen_diffusers.checkpoint import check_digest, check_folder, check_safetensors
from prodgen_diffusers.config import Checkpoint, Source, WeightsFile
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency, NotFound

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TEXT_FILES = ("*.json", "*.txt", "*.model", "*.jinja")
_VARIANTS = ("fp16", "bf16", "non_ema", "ema_only")
OFFLINE_GENERATOR = "render/parametric"


def find_folder(source: Checkpoint, ctx: Context, *, component: str) -> Path:
    """The folder of a checkpoint, checked: no code, no pickles, whole safetensors, the stated digest.

    A hub id is looked for among the pulled models, then in the hub's cache, then on the hub.

    Raises:
        ConfigError: it may not be loaded (see `checkpoint.check_folder`), or a hub id has no pinned revision.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    folder = local_path(source.model)
    if folder is None:
        folder = _pulled(source, ctx) or _snapshot(source, ctx, component, weight_patterns(source.variant))
    elif not folder.is_dir():
        raise ConfigError(
            f"{component}: {folder} is a file, not the folder of a checkpoint.",
            hint="Name the folder that save_pretrained wrote.",
        )
    check_folder(folder)
    check_digest(folder, source.digest)
    return folder


def find_file(source: WeightsFile, ctx: Context, *, component: str) -> Path:
    """One safetensors file, checked: whole, with the stated digest (of the file).

    Raises:
        ConfigError: no safetensors file, truncated, or of another digest; a hub id without a pinned revision.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    path = local_path(source.model)
    if path is None:
        if not source.file:
            raise ConfigError(
                f"{component}: {source.model!r} is a hub id without the name of a file.",
                hint='Set `file`, such as "pytorch_lora_weights.safetensors".',
            )
        path = (_pulled(source, ctx) or _snapshot(source, ctx, component, (source.file,))) / source.file
    elif path.is_dir():
        path = path / source.file if source.file else _only_weights(path, component)
    if path.suffix != ".safetensors":
        raise ConfigError(
            f"{component}: {path.name} is no safetensors file, and nothing else is loaded.",
            hint="Convert it where you trust it, with safetensors.torch.save_file.",
        )
    if not path.is_file():
        raise ConfigError(f"{component}: there is no file {path}.", hint="Check `model` and `file`.")
    check_safetensors(path)
    check_digest(path, source.digest)
    return path


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
            hint=f'Set `revision` to a commit or tag, or name a local folder as "./{source.model}".',
        )
    return source.revision


def pull_name(source: Source) -> str:
    """What `prodgen models pull` calls a hub id at a revision.

    >>> pull_name(Source(model="stabilityai/sdxl-turbo", revision="71153311d3dbb46851df1931d3ca6e939de83304"))
    'stabilityai--sdxl-turbo--71153311d3db'
    """
    return f"{source.model.replace('/', '--')}--{pinned(source)[:12].replace('/', '-')}"


def weight_patterns(variant: str | None) -> tuple[str, ...]:
    """What is fetched of a hub repository: text, and the safetensors of its parts, of the variant where there is one.

    A whole model in one file beside the parts, as many repositories have it too, is left out.
    """
    middle = "" if variant is None else f".{variant}"
    return (
        *_TEXT_FILES,
        f"*/*{middle}*.safetensors",
        f"diffusion_pytorch_model{middle}*.safetensors",
        f"model{middle}*.safetensors",
    )


def unwanted(variant: str | None) -> list[str]:
    """Patterns of further copies of the same weights in other precisions."""
    return [f"*.{other}{end}" for other in _VARIANTS if other != variant for end in (".*", "-*")]


def download(source: Source, patterns: tuple[str, ...], folder: Path | None = None, *, offline: bool = False) -> Path:
    """A hub repository at its pinned revision, in the hub's cache or in `folder`; raises what huggingface_hub raises."""
    from huggingface_hub import snapshot_download

    if not offline:
        _reach_hub()
    return Path(
        snapshot_download(
            source.model,
            revision=pinned(source),
            allow_patterns=list(patterns),
            ignore_patterns=unwanted(source.variant) if isinstance(source, Checkpoint) else None,
            local_dir=folder,
            local_files_only=offline,
        )
    )


def _reach_hub() -> None:
    """Raises OSError within seconds where the hub cannot be reached; its own client tries for half a minute."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return
    from huggingface_hub.constants import ENDPOINT

    address = urlsplit(ENDPOINT)
    host = address.hostname or ""
    try:
        socket.create_connection((host, address.port or (443 if address.scheme == "https" else 80)), timeout=5).close()
    except OSError as error:
        raise OSError(f"{host} cannot be reached: {error.strerror or error}") from error


def _pulled(source: Source, ctx: Context) -> Path | None:
    try:
        return ctx.models(pull_name(source))
    except (MissingDependency, NotFound):
        return None


def _snapshot(source: Source, ctx: Context, component: str, patterns: tuple[str, ...]) -> Path:
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    pinned(source)
    try:
        return download(source, patterns, offline=True)
    except (LocalEntryNotFoundError, OSError, ValueError):
        pass
    try:
        if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
            raise OSError("HF_HUB_OFFLINE is set")
        ctx.logger.info("%s: fetching %s at %s", component, source.model, source.revision)
        return download(source, patterns)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError, ImportError) as error:
        reason = str(error).strip().splitlines()
        raise MissingDependency(
            f"{component}: {source.model!r} at revision {source.revision} is not on this machine and could not be fetched "
            f"({reason[0] if reason else type(error).__name__}).",
            hint=f"Where there is a network run: prodgen models pull {pull_name(source)}. "
            f"Without one, {OFFLINE_GENERATOR} makes pictures from words, with no checkpoint at all.",
        ) from error


def _only_weights(folder: Path, component: str) -> Path:
    found = sorted(folder.glob("*.safetensors"))
    if len(found) != 1:
        raise ConfigError(
            f"{component}: {folder} holds {len(found)} safetensors files, not one.", hint="Name one of them as `file`."
        )
    return found[0]
