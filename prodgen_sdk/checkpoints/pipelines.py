"""`model_index.json` of a pipeline's folder: the pipeline and its parts, all of them classes of diffusers or transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.checkpoints.safety import read_json
from prodgen_sdk.errors import ConfigError, MissingDependency

_LIBRARIES = ("diffusers", "transformers")
_RENAMED = {"CLIPFeatureExtractor": "CLIPImageProcessor"}
"""Classes that older checkpoints name, and what transformers calls them today."""


@quiet()
def read_index(folder: Path) -> dict[str, Any]:
    """`model_index.json` of a pipeline's folder, once every class that it names is known to be safe.

    Returns:
        `_class_name` and the components: name -> [library, class], [None, None] where there is none.

    Raises:
        ConfigError: no such file, not JSON, or a class that is not of diffusers or transformers.
        MissingDependency: a class that transformers has where a further package is installed.
    """
    path = folder / "model_index.json"
    if not path.is_file():
        raise ConfigError(
            f"{folder} holds no model_index.json.", hint="Name the folder that pipeline.save_pretrained wrote."
        )
    index = read_json(path)
    name = index.get("_class_name")
    if not isinstance(name, str):
        raise ConfigError(
            f"{path} names code of its own ({name!r}) as its class, which is never run.",
            hint="Use a pipeline that diffusers has itself.",
        )
    _pipeline_class(name, path)
    for part, entry in components(index).items():
        found = part_class(entry)
        # What transformers has a stand-in for names the packages without which nothing can be loaded with it.
        if missing := getattr(found, "_backends", ()):
            raise MissingDependency(
                f"{path}: the component {part} is a {entry[1]}, which needs {' and '.join(missing)}.",
                hint=f"Run: pip install {' '.join(missing)}",
            )
        if found is None:
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
    library, name = entry[0], _RENAMED.get(entry[1], entry[1])
    if library in _LIBRARIES:
        found = getattr({"diffusers": diffusers, "transformers": transformers}[library], name, None)
    else:  # a class that lives beside one pipeline, such as ["stable_diffusion", "StableDiffusionSafetyChecker"]
        found = getattr(getattr(diffusers.pipelines, library, None), name, None)
    return found if isinstance(found, type) and found.__module__.split(".")[0] in _LIBRARIES else None


def renamed(folder: Path) -> dict[str, Any]:
    """The parts of a pipeline's folder whose class has another name today, loaded: diffusers looks for the old name alone."""
    path = folder / "model_index.json"
    entries = components(read_json(path)) if path.is_file() else {}
    return {
        name: part_class(entry).from_pretrained(folder / name, local_files_only=True)  # type: ignore[union-attr]
        for name, entry in entries.items()
        if entry[-1] in _RENAMED
    }


def _pipeline_class(name: str, path: Path) -> None:
    import diffusers

    found = getattr(diffusers, name, None) if name.isidentifier() else None
    if not (isinstance(found, type) and issubclass(found, diffusers.DiffusionPipeline)):
        raise ConfigError(
            f"{path} names the pipeline {name!r}, which diffusers {diffusers.__version__} does not have.",
            hint="Run: pip install --upgrade diffusers",
        )
