"""Which checkpoints may be loaded: whole safetensors in local folders or at pinned revisions, without code and pickles."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import file_digest

PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".msgpack", ".h5"}
_MAX_HEADER = 100 * 2**20
_LIBRARIES = ("diffusers", "transformers")


def read_index(folder: Path) -> dict[str, Any]:
    """`model_index.json` of a pipeline's folder, once every class that it names is known to be safe.

    Returns:
        `_class_name` and the components: name -> [library, class], [None, None] where there is none.

    Raises:
        ConfigError: no such file, not JSON, or a class that is not of diffusers or transformers.
    """
    path = folder / "model_index.json"
    if not path.is_file():
        raise ConfigError(
            f"{folder} holds no model_index.json.", hint="Name the folder that pipeline.save_pretrained wrote."
        )
    index = _read_json(path)
    name = index.get("_class_name")
    if not isinstance(name, str):
        raise ConfigError(
            f"{path} names code of its own ({name!r}) as its class, which is never run.",
            hint="Use a pipeline that diffusers has itself.",
        )
    _pipeline_class(name, path)
    for part, entry in components(index).items():
        if part_class(entry) is None:
            raise ConfigError(
                f"{path}: the component {part} is {'.'.join(map(str, entry))}, which is no class of diffusers or transformers.",
                hint="Only classes of these two libraries are loaded; a newer version of them may have it.",
            )
    return index


def components(index: dict[str, Any]) -> dict[str, list[Any]]:
    """The components that a `model_index.json` names, without those that are null."""
    return {
        name: value
        for name, value in index.items()
        if not name.startswith("_") and isinstance(value, list) and value and value[0] is not None
    }


def pipeline_class(index: dict[str, Any]) -> Any:
    """The class of diffusers that a checked index names."""
    import diffusers

    return getattr(diffusers, index["_class_name"])


def part_class(entry: list[Any]) -> Any | None:
    """The class of a component `[library, class]`, or None where it is not one of diffusers or transformers."""
    import diffusers
    import transformers

    if len(entry) != 2 or not all(isinstance(word, str) and word.isidentifier() for word in entry):
        return None
    library, name = entry
    if library in _LIBRARIES:
        found = getattr({"diffusers": diffusers, "transformers": transformers}[library], name, None)
    else:  # a class that lives beside one pipeline, such as ["stable_diffusion", "StableDiffusionSafetyChecker"]
        found = getattr(getattr(diffusers.pipelines, library, None), name, None)
    return found if isinstance(found, type) and found.__module__.split(".")[0] in _LIBRARIES else None


def _pipeline_class(name: str, path: Path) -> None:
    import diffusers

    found = getattr(diffusers, name, None) if name.isidentifier() else None
    if not (isinstance(found, type) and issubclass(found, diffusers.DiffusionPipeline)):
        raise ConfigError(
            f"{path} names the pipeline {name!r}, which diffusers {diffusers.__version__} does not have.",
            hint="Run: pip install --upgrade diffusers",
        )


def check_folder(folder: Path) -> None:
    """Refuses a folder that could run code or whose weights are not whole. Reads headers only, never the weights.

    Raises:
        ConfigError: `.py` files, pickles, configurations that ask for code, no safetensors, truncated or missing ones.
    """
    paths = list(_files(folder))
    code = next((path for path in paths if path.suffix in (".py", ".pyc", ".so")), None)
    if code is not None:
        raise ConfigError(
            f"{folder} holds code ({code.relative_to(folder)}), which is never run.",
            hint="Use a pipeline that diffusers has itself; remove the file if nothing needs it.",
        )
    pickled = next((path for path in paths if path.suffix in PICKLES), None)
    if pickled is not None:
        raise ConfigError(
            f"{folder} holds {pickled.relative_to(folder)}, which can run code when it is loaded.",
            hint="Keep the safetensors files alone; where you trust the weights, convert them with save_pretrained(folder).",
        )
    weights = [path for path in paths if path.suffix == ".safetensors"]
    if not weights:
        raise ConfigError(
            f"{folder} holds no safetensors weights.", hint="Save it with save_pretrained(folder) of diffusers."
        )
    for path in weights:
        check_safetensors(path)
    for path in paths:
        if path.name.endswith(".safetensors.index.json"):
            missing = sorted(
                {*_read_json(path).get("weight_map", {}).values()} - {p.name for p in path.parent.iterdir()}
            )
            if missing:
                raise ConfigError(f"{path.parent} lacks {missing[0]}, which {path.name} names.", hint=_AGAIN)
        elif path.suffix == ".json" and "auto_map" in _read_json(path):
            raise ConfigError(
                f"{path} asks for code of its own (auto_map), which is never run.",
                hint="Use a model that diffusers or transformers has itself.",
            )


_AGAIN = "Fetch or copy the file again."


def check_safetensors(path: Path) -> dict[str, Any]:
    """Checks that a safetensors file is whole, by its header and length; returns the header: name -> dtype, shape, offsets.

    Raises:
        ConfigError: it is truncated, has bytes too many, or is no safetensors file.
    """
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
    expected = 8 + length + end
    if size != expected:
        what = "truncated" if size < expected else "damaged"
        raise ConfigError(f"{path} is {what}: it has {size} bytes instead of {expected}.", hint=_AGAIN)
    return {name: item for name, item in header.items() if name != "__metadata__"}


def folder_digest(folder: Path, digest: Callable[[Path], str] = file_digest) -> str:
    """sha256 of the lines "<sha256 of the file>  <its path>" of all files that are not hidden, by path, separated by "/".

    In a shell: `find . -type f -not -path '*/.*' | sed 's|^./||' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum`
    """
    lines = sorted((path.relative_to(folder).as_posix(), path) for path in _files(folder))
    text = "".join(f"{digest(path)}  {name}\n" for name, path in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def check_digest(path: Path, wanted: str | None) -> None:
    """Compares a file or folder with the digest that the configuration states, if it states one.

    Raises:
        ConfigError: it is another one; the message has both.
    """
    if wanted is None:
        return
    found = folder_digest(path) if path.is_dir() else file_digest(path)
    if found != wanted:
        raise ConfigError(
            f"{path} is not what the configuration names: its digest is {found}, not {wanted}.",
            hint="Fetch it again, or state its digest if the change was meant.",
        )


def _files(folder: Path) -> Iterator[Path]:
    """All files that are not hidden; links are followed, as the hub's cache is made of them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as JSON ({error}).", hint=_AGAIN) from None
    if not isinstance(value, dict):
        return {}
    return value
