"""From a configured source to checked files on this machine: a local path, a pulled model, the hub's cache, the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from prodgen_sdk.checkpoints.digests import check_digest
from prodgen_sdk.checkpoints.hub import TEXT_FILES, download, explained, part_without_weights, weights_of
from prodgen_sdk.checkpoints.safety import FETCH_AGAIN, check_folder, check_safetensors
from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, local_path, pinned, pull_name
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency, NotFound


def find_folder(
    source: Checkpoint,
    ctx: Context,
    *,
    component: str,
    offline: str,
    parts: Sequence[str] = (),
    native: bool = False,
) -> Path:
    """The folder of a checkpoint, checked: no code, no pickles, whole safetensors, the stated digest.

    A hub id is looked for among the pulled models, then in the hub's cache, then on the hub.

    Args:
        component: the id that error messages name.
        offline: the hint for whoever has no network; `{name}` becomes what `prodgen models pull` calls the source.
        parts, native: as `safety.check_folder` takes them.

    Raises:
        ConfigError: it may not be loaded (see `safety.check_folder`), or a hub id has no pinned revision.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    with named(component):
        check = partial(check_folder, parts=parts, variant=source.variant, native=native)
        root = local_path(source.model)
        if root is None:

            def check_fetched(root: Path) -> None:
                folder = root / source.subfolder
                check(folder, patterns=(*TEXT_FILES, *weights_of(folder, source.variant, parts)))
                if (part := part_without_weights(folder, source.variant, parts)) is not None:
                    raise ConfigError(
                        f"The checkpoint {folder} lacks the weights of its part {part}.", hint=FETCH_AGAIN
                    )

            root = _pulled(source, ctx)
            if root is None or not (root / source.subfolder).is_dir():
                root = _of_hub(source, ctx, parts, check_fetched, component, offline)
            check_fetched(root)
        else:
            _check_local(root, source, component)
            check(root / source.subfolder)
        check_digest(root / source.subfolder, source.digest)
        return root / source.subfolder


def _check_local(root: Path, source: Checkpoint, component: str) -> None:
    if not root.is_dir():
        raise ConfigError(
            f"{component}: {root} is a file, not the folder of a checkpoint.",
            hint="Name the folder that save_pretrained wrote; a pipeline in one file becomes one by "
            "PIPELINE_CLASS.from_single_file(FILE).save_pretrained(FOLDER).",
        )
    if not (root / source.subfolder).is_dir():
        raise ConfigError(f"{component}: {root} has no folder {source.subfolder}.", hint="Check `subfolder`.")


def find_file(source: WeightsFile, ctx: Context, *, component: str, offline: str) -> Path:
    """One safetensors file, checked: whole, with the stated digest (of the file); arguments as in `find_folder`.

    Raises:
        ConfigError: no safetensors file, truncated, or of another digest; a hub id without a pinned revision.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    with named(component):
        path = local_path(source.model)
        if path is None:
            path = _file_of_hub(source, ctx, component, offline)
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


@contextmanager
def named(component: str) -> Iterator[None]:
    """What is wrong with a checkpoint names the component that wants it: a configuration may name several."""
    try:
        yield
    except (ConfigError, MissingDependency) as error:
        if error.message.startswith(component):
            raise
        raise type(error)(f"{component}: {error.message}", hint=error.hint) from error


def _file_of_hub(source: WeightsFile, ctx: Context, component: str, offline: str) -> Path:
    if not source.file:
        raise ConfigError(
            f"{component}: {source.model!r} is a hub id without the name of a file.",
            hint='Set `file`, such as "pytorch_lora_weights.safetensors".',
        )
    pulled = _pulled(source, ctx)
    if pulled is not None and (pulled / source.file).is_file():
        return pulled / source.file

    def check(folder: Path) -> None:
        if not (folder / source.file).is_file():
            raise FileNotFoundError(folder / source.file)
        check_safetensors(folder / source.file)

    return _of_hub(source, ctx, (), check, component, offline) / source.file


def _pulled(source: Source, ctx: Context) -> Path | None:
    try:
        return ctx.models(pull_name(source))
    except (MissingDependency, NotFound):
        return None


def _of_hub(
    source: Source,
    ctx: Context,
    parts: Sequence[str],
    check: Callable[[Path], None],
    component: str,
    offline: str,
) -> Path:
    """From the hub's cache where it passes the check: an interrupted or another program may have left a part of it there."""
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    pinned(source)
    wrong: ConfigError | None = None
    try:
        folder = download(source, parts, cached=True)
        check(folder)
        return folder
    except ConfigError as error:
        wrong = error
    except (LocalEntryNotFoundError, OSError, ValueError):
        pass
    try:
        ctx.logger.info("%s: fetching %s at %s", component, source.model, source.revision)
        return download(source, parts)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError, ImportError) as error:
        if wrong is not None:
            raise wrong from error
        reason, hint = explained(source, error)
        raise MissingDependency(
            f"{component}: {source.model!r} at revision {source.revision} is not on this machine and could not be fetched "
            f"({reason}).",
            hint=hint or offline.format(name=pull_name(source)),
        ) from error


def _only_weights(folder: Path, component: str) -> Path:
    found = sorted(folder.glob("*.safetensors"))
    if len(found) != 1:
        names = f" ({', '.join(file.name for file in found)})" if found else ""
        below = [inner for inner in sorted(folder.iterdir()) if len(list(inner.glob("*.safetensors"))) == 1]
        hints = [*(["one of them as `file`"] if found else []), *(f"the folder {inner}" for inner in below[:3])]
        raise ConfigError(
            f"{component}: {folder} holds {len(found)} safetensors files{names}, not one.",
            hint=f"Name {' or '.join(hints) or 'the folder that holds the weights'}.",
        )
    return found[0]
