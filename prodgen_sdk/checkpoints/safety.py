"""Which checkpoints may be loaded: whole safetensors, no code, no pickles. Headers and names are read, never the weights."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import ConfigError

CODE = (".py", ".pyc", ".so", ".pyd", ".dll", ".dylib")
PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".pt2", ".joblib", ".msgpack", ".h5", ".npy"}
"""Formats that can run code when they are read, or that only a loader of such formats reads."""
FETCH_AGAIN = "Fetch or copy the file again."
_LFS_POINTER = b"version "  # of "version https://git-lfs.github.com/spec/v1"
_MAX_HEADER = 100 * 2**20


def check_folder(
    folder: Path,
    *,
    parts: Sequence[str] = (),
    variant: str | None = None,
    patterns: Sequence[str] = ("*",),
    native: bool = False,
) -> None:
    """Refuses a folder that could run code or whose weights are not whole.

    Args:
        parts: the only subfolders that are needed, such as ("unet", "vae"); none takes the whole folder.
        variant: the one of the weights that will be loaded, where they are in several files.
        patterns: of the files that count, by their path in the folder; others, which another program put into the hub's
            cache, are passed over.
        native: a configuration may name code of its own (`auto_map`), as the loader takes the class of its library instead.

    Raises:
        ConfigError: code, pickles, configurations that ask for code, no safetensors, truncated or missing ones.
    """
    for part in parts:
        if not (folder / part).is_dir():
            raise ConfigError(f"The checkpoint {folder} lacks its part {part}.", hint="Fetch or save it again, whole.")
    for part in parts or ("",):
        paths = [
            path
            for path in files(folder / part)
            if any(fnmatchcase(path.relative_to(folder).as_posix(), pattern) for pattern in patterns)
        ]
        _refuse_what_runs(folder / part, paths)
        if not part.startswith(("scheduler", "tokenizer")):
            _check_weights(folder / part, paths, variant)
        for path in paths:
            if path.suffix == ".json" and "auto_map" in read_json(path) and not native:
                raise ConfigError(
                    f"{path} asks for code of its own (auto_map), which is never run.",
                    hint="Use a model that diffusers or transformers has itself.",
                )


def check_safetensors(path: Path) -> dict[str, Any]:
    """Checks that a safetensors file is whole, by its header and length; returns the header: name -> dtype, shape, offsets.

    Raises:
        ConfigError: it is truncated, has bytes too many, or is no safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start == _LFS_POINTER:
            raise ConfigError(
                f"{path} is a pointer of Git LFS, not the weights.", hint="Run in its folder: git lfs pull"
            )
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(_MAX_HEADER, size):
            raise ConfigError(f"{path} is no safetensors file, or a truncated one ({size} bytes).", hint=FETCH_AGAIN)
        try:
            header = json.loads(file.read(length))
            end = max((item["data_offsets"][1] for name, item in header.items() if name != "__metadata__"), default=0)
            expected = 8 + length + end
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            raise ConfigError(f"{path} is no safetensors file: its header cannot be read.", hint=FETCH_AGAIN) from None
    if size != expected:
        what = "truncated" if size < expected else "damaged"
        raise ConfigError(f"{path} is {what}: it has {size} bytes instead of {expected}.", hint=FETCH_AGAIN)
    return {name: item for name, item in header.items() if name != "__metadata__"}


def files(folder: Path) -> Iterator[Path]:
    """All files that are not hidden, sorted; links are followed, as the hub's cache is made of them, and loaders follow them too."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=True):
        here = Path(place).resolve()
        # A link to a folder above would be followed without end.
        folders[:] = [name for name in folders if name[0] != "." and not here.is_relative_to((here / name).resolve())]
        found += [Path(place, name) for name in names if name[0] != "."]
    yield from (path for path in sorted(found) if path.is_file())


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; an empty one where it holds something else. Raises ConfigError where it is no JSON."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} cannot be read as JSON ({error}).", hint=FETCH_AGAIN) from None
    return value if isinstance(value, dict) else {}


def _refuse_what_runs(folder: Path, paths: list[Path]) -> None:
    code = next((path for path in paths if path.suffix.lower() in CODE), None)
    if code is not None:
        raise ConfigError(
            f"{folder} holds code ({code.relative_to(folder)}), which is never run.",
            hint="Use a model that diffusers or transformers has itself; remove the file if nothing needs it.",
        )
    pickled = next((path for path in paths if path.suffix.lower() in PICKLES), None)
    if pickled is not None:
        raise ConfigError(
            f"{folder} holds {pickled.relative_to(folder)}, which can run code when it is loaded.",
            hint="Keep the safetensors files alone; where you trust the weights, convert them with save_pretrained(folder).",
        )


def _check_weights(folder: Path, paths: list[Path], variant: str | None) -> None:
    weights = [path for path in paths if path.suffix == ".safetensors"]
    if not weights:
        raise ConfigError(
            f"{folder} holds no safetensors weights.",
            hint='Name the variant if there is one alone (variant = "fp16"); else save it with save_pretrained(folder).',
        )
    for path in weights:
        check_safetensors(path)
    ending = ".safetensors.index.json" if variant is None else f".safetensors.index.{variant}.json"
    for path in paths:
        if path.name.endswith(ending):
            there = {other.name for other in path.parent.iterdir()}
            named = read_json(path).get("weight_map", {})
            if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
                raise ConfigError(f"{path} does not say which file holds which weights.", hint=FETCH_AGAIN)
            missing = sorted({*named.values()} - there)
            if missing:
                raise ConfigError(f"{path.parent} lacks {missing[0]}, which {path.name} names.", hint=FETCH_AGAIN)
