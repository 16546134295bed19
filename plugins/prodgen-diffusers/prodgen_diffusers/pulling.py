"""What `prodgen models pull` can fetch: the hub ids that the configuration names, each at its pinned revision."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from prodgen_diffusers.checkpoint import check_digest, check_folder, check_safetensors
from prodgen_diffusers.config import Checkpoint, Source, WeightsFile
from prodgen_diffusers.sources import download, local_path, pull_name, weight_patterns
from prodgen_sdk.errors import ConfigError, MissingDependency


def pullable(config: BaseModel | None) -> list[tuple[str, str, Callable[[Path], None]]]:
    """(name, summary, pull) of every hub id in a configuration; sources without a pinned revision are left out.

    >>> from prodgen_diffusers.config import Config
    >>> [name for name, _, _ in pullable(Config.model_validate({"text": {"model": "a/b", "revision": "v1"}}))]
    ['a--b--v1']
    """
    found: dict[str, tuple[str, str, Callable[[Path], None]]] = {}
    for source in _sources(config):
        try:
            if local_path(source.model) is None:
                name = pull_name(source)
                found.setdefault(name, (name, f"{source.model} at {source.revision}", partial(pull, source)))
        except ConfigError:
            continue  # the component that is built from it says what is wrong
    return list(found.values())


def pull(source: Source, folder: Path) -> None:
    """Fetches a source into `folder`, which is there only once all of it is, checked. An interrupted download goes on.

    Raises:
        MissingDependency: the hub cannot be reached, or does not have it.
        ConfigError: what the hub has may not be loaded, or has another digest than is stated.
    """
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    is_file = isinstance(source, WeightsFile)
    variant = source.variant if isinstance(source, Checkpoint) else None
    patterns = (source.file,) if isinstance(source, WeightsFile) else weight_patterns(variant)
    partial_folder = folder.with_name(f".{folder.name}.part")
    try:
        download(source, patterns, partial_folder)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        lines = str(error).strip().splitlines()
        raise MissingDependency(
            f"{source.model!r} at revision {source.revision} could not be fetched: {lines[0] if lines else type(error).__name__}.",
            hint="Check the id, the revision and the network; a gated model needs HF_TOKEN.",
        ) from error
    if is_file:
        check_safetensors(partial_folder / patterns[0])
        check_digest(partial_folder / patterns[0], source.digest)
    else:
        check_folder(partial_folder)
        check_digest(partial_folder, source.digest)
    shutil.rmtree(partial_folder / ".cache", ignore_errors=True)
    partial_folder.rename(folder)


def _sources(value: object) -> Iterator[Source]:
    if isinstance(value, Source):
        yield value
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _sources(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _sources(item)
