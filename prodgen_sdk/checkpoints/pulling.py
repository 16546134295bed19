"""What `prodgen models pull` can fetch: the hub ids that a plugin's configuration names, each at its pinned revision."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from prodgen_sdk.checkpoints.digests import check_digest
from prodgen_sdk.checkpoints.hub import download, explained
from prodgen_sdk.checkpoints.safety import check_folder, check_safetensors
from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, local_path, pull_name
from prodgen_sdk.errors import ConfigError, MissingDependency


@dataclass(frozen=True)
class HubPull:
    """Fetches what is needed of one hub repository at one revision into a folder; see `pull`."""

    sources: tuple[Source, ...]

    def __call__(self, folder: Path) -> None:
        pull(self.sources, folder)

    def joined(self, other: HubPull) -> HubPull:
        """What this and another plugin need of the same repository. Each looks again at what it loads, by its own rules."""
        return HubPull((*self.sources, *other.sources))


def pullable(config: BaseModel | None) -> list[tuple[str, str, HubPull]]:
    """(name, summary, pull) of every hub id in a configuration; sources without a pinned revision are left out.

    >>> from prodgen_sdk.checkpoints.sources import Checkpoint
    >>> [name for name, _, _ in pullable(Checkpoint(model="a/b", revision="v1"))]
    ['a--b--v1']
    """
    found: dict[str, list[Source]] = {}
    for source in _sources(config):
        try:
            if local_path(source.model) is None:
                found.setdefault(pull_name(source), []).append(source)
        except ConfigError:
            continue  # the component that is built from it says what is wrong
    return [
        (name, f"{sources[0].model} at {sources[0].revision}", HubPull(tuple(sources)))
        for name, sources in found.items()
    ]


def pull(sources: Sequence[Source], folder: Path) -> None:
    """Fetches one repository into `folder`, which is there only once all of it is, checked. An interrupted download goes on.

    Args:
        sources: what is needed of it, all of the same hub id and revision.

    Raises:
        MissingDependency: the hub cannot be reached, or does not have it.
        ConfigError: what the hub has may not be loaded, or has another digest than is stated.
    """
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    partial_folder = folder.with_name(f".{folder.name}.part")
    try:
        for source in sources:
            download(source, folder=partial_folder)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason, hint = explained(sources[0], error)
        raise MissingDependency(
            f"{sources[0].model!r} at revision {sources[0].revision} could not be fetched: {reason}.",
            hint=hint or "Check the network, and that the disk has room.",
        ) from error
    for source in sources:
        _check(source, partial_folder)
    shutil.rmtree(partial_folder / ".cache", ignore_errors=True)
    try:
        partial_folder.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        # Another process fetched the same meanwhile.
        shutil.rmtree(partial_folder, ignore_errors=True)


def _check(source: Source, folder: Path) -> None:
    if isinstance(source, WeightsFile):
        path = folder / source.file
        if not path.is_file():
            raise ConfigError(
                f"{source.model!r} at revision {source.revision} has no file {source.file!r}.", hint="Check `file`."
            )
        check_safetensors(path)
        check_digest(path, source.digest)
    elif isinstance(source, Checkpoint):
        check_folder(folder / source.subfolder, variant=source.variant)
        check_digest(folder / source.subfolder, source.digest)


def _sources(value: object) -> Iterator[Source]:
    if isinstance(value, Source):
        yield value
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _sources(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _sources(item)
