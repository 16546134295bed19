"""Many views of many files: in several processes, resumable, each picture whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prodgen_render.config import Config
from prodgen_render.processes import each
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, PartlyDone, ProdgenError
from prodgen_sdk.files import file_digest, write_atomically
from prodgen_sdk.types import Scene, View

_CHUNK = 24


@dataclass(frozen=True)
class Job:
    """Some views of one file."""

    source: Path
    folder: Path
    views: tuple[View, ...]
    scene: Scene
    size: int
    config: Config
    plan: str


def render_views(
    sources: Sequence[Path], views: Sequence[View], out: Path, ctx: Context, *, size: int = 512, scene: Scene | None = None,
    config: Config | None = None, workers: int = 1,
) -> Mapping[str, Any]:  # fmt: skip
    """Renders what is missing of `out/<file's stem>/<view>.png`; files of one name keep the folders that tell them apart.

    A folder notes what it was made from (`plan.json`: digest of the file, scene, size, configuration); where that has changed, its
    pictures are made again. A file that cannot be used does not stop the others.

    Returns:
        Flat figures: files, views, views_done, views_skipped, seconds, views_per_s.

    Raises:
        InputError: no files, or two of one name in one folder.
        PartlyDone: some files could not be used; the message names them.
    """
    scene, config = scene or Scene(), config or Config()
    if not sources or not views:
        raise InputError("There is nothing to render.", hint="Name at least one file and one view.")
    names = _names(sources)
    started, failed, jobs = time.perf_counter(), {}, []  # type: float, dict[str, str], list[Job]
    for path, name in zip(sources, names, strict=True):
        try:
            jobs += _missing(Path(path), tuple(views), Path(out) / name, scene, size, config)
        except (ProdgenError, OSError) as error:
            failed[str(path)] = str(error)
    wanted = sum(len(job.views) for job in jobs)
    done, total = 0, len(sources) * len(views)
    ctx.progress(total - wanted, total, "views")
    for job, why in each(render_job, jobs, workers, ctx):
        if why:
            failed[str(job.source)] = why
        else:
            done += len(job.views)
        ctx.progress(total - wanted + done, total, "views")
    seconds = time.perf_counter() - started
    if failed:
        raise PartlyDone(
            f"{len(failed)} of {len(sources)} files could not be rendered.",
            failed,
            hint="Repair and run again: what is done is not rendered again.",
        )
    return {
        "files": len(sources),
        "views": total,
        "views_done": done,
        "views_skipped": total - wanted,
        "seconds": round(seconds, 3),
        "views_per_s": round(done / seconds, 2) if done else 0.0,
    }


def _names(sources: Sequence[Path]) -> list[str]:
    """The folder of each file's images: its stem, or, where others have the same, its path below the folder that these share.

    So the other files of a call, which may be more the next time, have no say in it.

    Raises:
        InputError: two files would share a folder even so.
    """
    paths = [Path(os.path.abspath(path)) for path in sources]  # noqa: PTH100 - resolve() follows links
    parents: dict[str, list[Path]] = {}
    for path in paths:
        parents.setdefault(path.stem, []).append(path.parent)
    shared = {stem: os.path.commonpath(folders) for stem, folders in parents.items()}
    names = [str(path.relative_to(shared[path.stem]).with_suffix("")) for path in paths]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InputError(f"Two files are called {twice!r}.", hint="Images are kept by name: rename one of them.")
    return names


def _missing(
    source: Path, views: tuple[View, ...], folder: Path, scene: Scene, size: int, config: Config
) -> Iterator[Job]:
    from prodgen_render.rendering.environment import digest_of

    if not source.is_file():
        raise InputError(f"There is no file {source}.", hint="Check the path.")
    described = {
        "source": file_digest(source),
        "scene": scene.model_dump(mode="json"),
        "size": size,
        "config": config.model_dump(mode="json"),
        "environment": digest_of(config),
    }
    plan = json.dumps(described, sort_keys=True, indent=1)
    kept = folder / "plan.json"
    same = kept.is_file() and kept.read_text("utf-8") == plan
    left = tuple(view for view in views if not (same and (folder / f"{view.slug}.png").is_file()))
    for unfinished in folder.glob(".*.tmp"):  # of a run that was killed
        unfinished.unlink(missing_ok=True)
    if left and not same:
        for view in left:
            (folder / f"{view.slug}.png").unlink(missing_ok=True)
        write_atomically(kept, plan.encode())
    for start in range(0, len(left), _CHUNK):
        yield Job(
            source, folder, left[start : start + _CHUNK], scene, size, config, hashlib.sha256(plan.encode()).hexdigest()
        )


def render_job(job: Job) -> str:
    """Renders one job; returns what went wrong, or nothing."""
    from prodgen_render.files.sources import model_of
    from prodgen_render.rendering.environment import light_of
    from prodgen_render.rendering.views import rendered
    from prodgen_sdk import images

    try:
        model, _ = model_of(job.source, job.config)
        light = light_of(job.config)
        seed = int(job.plan[:12], 16)
        for picture in rendered(model, job.views, job.scene, job.size, seed, light=light):
            # One by one: what is done stays done when the run is killed.
            images.save(picture.image, job.folder / f"{picture.view.slug}.png")
    except ProdgenError as error:
        return str(error)
    return ""
