"""From a configured source to checked files on this machine: whole safetensors, no code, no pickles, pinned revisions."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency
from prodgen_sdk.files import file_digest
from prodgen_tryon.diffusion.config import Folder, Source, WeightsFile

PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".msgpack", ".h5"}
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TEXT_FILES = ("*.json", "*.txt", "*.model", "*.jinja", "README.md")
_MAX_HEADER = 100 * 2**20
_AGAIN = "Fetch or copy the file again."


def find_folder(source: Folder, ctx: Context, *, component: str, parts: Sequence[str] = ()) -> Path:
    """The folder of a checkpoint, checked.

    Args:
        parts: the only subfolders that are needed, such as ("unet", "vae"); none takes the whole folder.

    Raises:
        ConfigError: code, pickles, no safetensors, truncated ones, another digest, a part that is absent.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    folder = local_path(source.model)
    if folder is None:
        middle = "*" if source.variant is None else f"*.{source.variant}*"
        names = [f"{part}/{middle}.safetensors" for part in parts] or [
            f"{middle}.safetensors",
            f"*/{middle}.safetensors",
        ]
        folder = _snapshot(source, ctx, component, (*_TEXT_FILES, *names))
    elif not folder.is_dir():
        raise ConfigError(
            f"{component}: {folder} is a file, not a folder.", hint="Name the folder that save_pretrained wrote."
        )
    for part in parts:
        if not (folder / part).is_dir():
            raise ConfigError(f"{component}: {folder} lacks its part {part}.", hint="Fetch or save it again, whole.")
    for part in parts or ("",):
        check_folder(folder / part, weights=not part.startswith(("scheduler", "tokenizer")))
    _check_digest(folder, source.digest)
    return folder


def find_file(source: WeightsFile, ctx: Context, *, component: str) -> Path:
    """One checked safetensors file; raises as `find_folder` does."""
    path = local_path(source.model)
    if path is None:
        if not source.file:
            raise ConfigError(
                f"{component}: {source.model!r} is a hub id without the name of a file.",
                hint='Set `file`, such as "mix-48k-1024/attention/model.safetensors".',
            )
        path = _snapshot(source, ctx, component, (source.file, "README.md")) / source.file
    elif path.is_dir():
        found = sorted(path.glob("*.safetensors"))
        if not source.file and len(found) != 1:
            raise ConfigError(
                f"{component}: {path} holds {len(found)} safetensors files, not one.", hint="Name one as `file`."
            )
        path = path / source.file if source.file else found[0]
    if path.suffix != ".safetensors":
        raise ConfigError(
            f"{component}: {path.name} is no safetensors file, and nothing else is loaded.",
            hint="Convert it where you trust it, with safetensors.torch.save_file.",
        )
    if not path.is_file():
        raise ConfigError(f"{component}: there is no file {path}.", hint="Check `model` and `file`.")
    check_safetensors(path)
    _check_digest(path, source.digest)
    return path


def local_path(model: str) -> Path | None:
    """The file or folder that `model` names; None for a hub id. Raises ConfigError where it is neither."""
    path = Path(model).expanduser()
    if path.exists():
        return path.resolve()
    if path.is_absolute() or model.startswith((".", "~")) or not _HUB_ID.fullmatch(model):
        raise ConfigError(
            f"There is no file or folder {model}.", hint="Give a path that exists, or a hub id such as owner/name."
        )
    return None


def identity(source: Source, path: Path) -> str:
    """What names the weights: the stated digest, the pinned revision, or the digest of what was loaded."""
    if source.digest is not None:
        return source.digest
    if local_path(source.model) is None:
        return hashlib.sha256(f"{source.model}@{source.revision} {source.model_dump()}".encode()).hexdigest()
    return folder_digest(path) if path.is_dir() else file_digest(path)


def check_folder(folder: Path, *, weights: bool = True) -> None:
    """Refuses a folder that could run code or whose weights are not whole. Reads headers only.

    Args:
        weights: there must be some.
    """
    paths = _files(folder)
    for path in paths:
        name = path.relative_to(folder)
        if path.suffix in (".py", ".pyc", ".so"):
            raise ConfigError(
                f"{folder} holds code ({name}), which is never run.", hint="Remove it if nothing needs it."
            )
        if path.suffix in PICKLES:
            raise ConfigError(
                f"{folder} holds {name}, which can run code when it is loaded.",
                hint="Keep the safetensors files alone; where you trust the weights, convert them with save_pretrained(folder).",
            )
        if path.suffix == ".safetensors":
            check_safetensors(path)
        if path.suffix == ".json":
            _check_json(path)
    if weights and not any(path.suffix == ".safetensors" for path in paths):
        raise ConfigError(f"{folder} holds no safetensors weights.", hint="Save it with save_pretrained(folder).")


def check_safetensors(path: Path) -> None:
    """Checks by header and length that a safetensors file is whole; raises ConfigError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(_MAX_HEADER, size):
            raise ConfigError(f"{path} is no safetensors file, or a truncated one ({size} bytes).", hint=_AGAIN)
        try:
            header = json.loads(file.read(length))
            end = max((item["data_offsets"][1] for name, item in header.items() if name != "__metadata__"), default=0)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            raise ConfigError(f"{path} is no safetensors file: its header cannot be read.", hint=_AGAIN) from None
    if size != 8 + length + end:
        what = "truncated" if size < 8 + length + end else "damaged"
        raise ConfigError(f"{path} is {what}: it has {size} bytes instead of {8 + length + end}.", hint=_AGAIN)


def folder_digest(folder: Path) -> str:
    """sha256 of the lines "<sha256 of the file>  <its path>" of all files that are not hidden, by path."""
    lines = (f"{file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder))
    return hashlib.sha256("".join(sorted(lines, key=lambda line: line[66:])).encode()).hexdigest()


def _check_digest(path: Path, wanted: str | None) -> None:
    if wanted is None:
        return
    found = folder_digest(path) if path.is_dir() else file_digest(path)
    if found != wanted:
        raise ConfigError(
            f"{path} is not what the configuration names: its digest is {found}, not {wanted}.",
            hint="Fetch it again, or state its digest if the change was meant.",
        )


def _check_json(path: Path) -> None:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as JSON ({error}).", hint=_AGAIN) from None
    if isinstance(value, dict) and "auto_map" in value:
        raise ConfigError(f"{path} asks for code of its own (auto_map), which is never run.", hint="Use another model.")


def _files(folder: Path) -> list[Path]:
    hidden = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p for p in hidden if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def _snapshot(source: Source, ctx: Context, component: str, patterns: Sequence[str]) -> Path:
    """A hub repository at its pinned revision: from the hub's cache, else from the hub."""
    from huggingface_hub import snapshot_download

    if source.revision is None or source.revision in ("main", "master"):
        raise ConfigError(
            f"{component}: the hub id {source.model!r} has no pinned revision, so that a later run could load other weights.",
            hint="Set `revision` to a commit or tag, or name a local folder.",
        )

    def download(offline: bool) -> Path:
        return Path(
            snapshot_download(
                source.model, revision=source.revision, allow_patterns=list(patterns), local_files_only=offline
            )
        )

    try:
        return download(True)
    except (OSError, ValueError):
        pass
    try:
        _reach_hub()
        ctx.logger.info("%s: fetching %s at %s", component, source.model, source.revision)
        return download(False)
    except (OSError, ValueError, ImportError) as error:
        reason = str(error).strip().splitlines()
        raise MissingDependency(
            f"{component}: {source.model!r} at revision {source.revision} is not on this machine and could not be fetched "
            f"({reason[0] if reason else type(error).__name__}).",
            hint="Fetch it where there is a network and name the folder as `model`; tryon/warp needs no weights.",
        ) from error


def _reach_hub() -> None:
    """Raises OSError within seconds where the hub cannot be reached; its own client tries for half a minute."""
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        raise OSError("HF_HUB_OFFLINE is set")
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return
    address = urlsplit(ENDPOINT)
    host = address.hostname or ""
    try:
        socket.create_connection((host, address.port or (443 if address.scheme == "https" else 80)), timeout=5).close()
    except OSError as error:
        raise OSError(f"{host} cannot be reached: {error.strerror or error}") from error
