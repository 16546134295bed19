"""Data sets of labelled views: shards of pictures and one JSON Lines manifest, made by several processes, resumable.

A shard is written in two steps, each whole or not at all: its pictures, then its labels. A shard with labels is finished; a run
that was killed goes on with the others. The format is described in README.md, for those who read it without this package.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, Literal

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.types import Image, Mask, Model, Scene, View

FORMAT = 1


class Plan(Model):
    """What a data set holds. Equal plans give equal pictures.

    Args:
        products: how many made-up products.
        views: the views of each.
        size: edge of the pictures in pixels.
        seed: of the products and their models.
        scene: background, light and shadow.
        shard_products: products in a shard.
        format: `npz` (one array file a shard) or `png` (one file a picture).
    """

    products: int
    views: tuple[View, ...]
    size: int = 128
    seed: int = 0
    scene: Scene = Scene()
    shard_products: int = 16
    format: Literal["npz", "png"] = "npz"

    @property
    def shards(self) -> int:
        """How many shards it takes."""
        return -(-self.products // self.shard_products)


def split_of(sku: str) -> str:
    """`train` (90 %), `val` (5 %) or `test` (5 %), by the sku alone, so that all views of a product share one."""
    share = int.from_bytes(hashlib.sha256(sku.encode()).digest()[:4], "big") / 2**32
    return "train" if share < 0.9 else "val" if share < 0.95 else "test"


def render_dataset(plan: Plan, out: Path, ctx: Context, *, workers: int = 1) -> Mapping[str, Any]:
    """Renders what is missing of a data set into a folder.

    Args:
        out: a new folder, or one in which an equal plan was begun.
        workers: processes; each takes about 600 MB at 128 pixels.

    Returns:
        Flat figures: products, views, shards_done, shards_skipped, seconds, views_per_s.

    Raises:
        InputError: the folder holds something else, or the plan is empty.
        StoreError: the disk is full; a later call goes on.
    """
    if plan.products < 1 or plan.shard_products < 1 or not plan.views:
        raise InputError("The data set would be empty.", hint="Ask for at least one product and one view.")
    _claim(plan, out)
    missing = [number for number in range(plan.shards) if not _labels(out, number).is_file()]
    start, pictures, done = time.perf_counter(), 0, plan.shards - len(missing)
    ctx.progress(done, plan.shards, "shards")
    for count in _run(plan, out, missing, workers, ctx):
        done, pictures = done + 1, pictures + count
        ctx.progress(done, plan.shards, "shards")
    _merge(plan, out)
    seconds = time.perf_counter() - start
    return {
        "products": plan.products,
        "views": plan.products * len(plan.views),
        "shards_done": len(missing),
        "shards_skipped": plan.shards - len(missing),
        "seconds": round(seconds, 3),
        "views_per_s": round(pictures / seconds, 2) if pictures else 0.0,
    }


def _claim(plan: Plan, out: Path) -> None:
    description = {"format": FORMAT, **plan.model_dump(mode="json")}
    file = out / "dataset.json"
    if file.is_file():
        try:
            found = json.loads(file.read_text("utf-8"))
        except ValueError:
            found = None
        if found != description:
            raise InputError(
                f"{out} holds another data set.", hint="Choose a new folder, or repeat the options it was begun with."
            )
        return
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty.", hint="Choose a new folder.")
    write_atomically(file, json.dumps(description, ensure_ascii=False, indent=1).encode())


def _run(plan: Plan, out: Path, missing: list[int], workers: int, ctx: Context) -> Iterator[int]:
    if workers <= 1:
        for number in missing:
            ctx.check()
            yield render_shard(plan, out, number)
        return
    # Fresh processes: a forked one would share the locks of threads that are not in it.
    with ProcessPoolExecutor(
        min(workers, len(missing) or 1), mp_context=multiprocessing.get_context("spawn"), initializer=_one_thread
    ) as pool:
        pending = {pool.submit(render_shard, plan, out, number) for number in missing}
        try:
            while pending:
                finished, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                ctx.check()
                for future in finished:
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()


def _one_thread() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def _stem(number: int) -> str:
    return f"{number:05d}"


def _labels(out: Path, number: int) -> Path:
    return out / "shards" / f"{_stem(number)}.jsonl"


def render_shard(plan: Plan, out: Path, number: int) -> int:
    """Renders one shard and returns how many pictures it holds. Repeating it writes the same again."""
    import numpy as np

    from prodgen_render.made_up import made_up_product
    from prodgen_render.parametric import build_model
    from prodgen_render.rendering import render
    from prodgen_sdk import images

    first = number * plan.shard_products
    pictures: list[Image] = []
    masks: list[Mask] = []
    lines: list[dict[str, Any]] = []
    for index in range(first, min(first + plan.shard_products, plan.products)):
        product = made_up_product(index, plan.seed)
        seed = int.from_bytes(hashlib.sha256(f"{plan.seed}|{product.sku}".encode()).digest()[:7], "big")
        model = build_model(product, seed)
        for generated in render(model, plan.views, plan.scene, plan.size, seed):
            row = len(pictures)
            pictures.append(generated.image)
            masks.append(generated.mask)
            view = generated.view
            file = (
                f"shards/{_stem(number)}.npz"
                if plan.format == "npz"
                else f"shards/{_stem(number)}/{product.sku}_{view.slug}.png"
            )
            lines.append(
                {
                    "sku": product.sku, "split": split_of(product.sku), "shard": number, "row": row, "file": file,
                    "category": product.category, "domain": product.domain, "title": product.title, "locale": product.locale,
                    **generated.facts, "view": view.slug, "azimuth": view.azimuth, "elevation": view.elevation, "distance": view.distance,
                    "seed": seed, "size": plan.size, "light": plan.scene.light, "background": plan.scene.background,
                }
            )  # fmt: skip
    if plan.format == "npz":
        buffer = io.BytesIO()
        np.savez_compressed(buffer, images=np.stack(pictures), masks=np.stack(masks))
        write_atomically(out / "shards" / f"{_stem(number)}.npz", buffer.getvalue())
    else:
        folder = out / "shards" / _stem(number)
        shutil.rmtree(folder, ignore_errors=True)
        for picture, mask, line in zip(pictures, masks, lines, strict=True):
            path = out / str(line["file"])
            images.save(picture, path)
            images.save(
                np.repeat(np.where(mask, np.uint8(255), np.uint8(0))[..., None], 3, 2), path.with_suffix(".mask.png")
            )
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_atomically(_labels(out, number), text.encode())
    return len(pictures)


def _merge(plan: Plan, out: Path) -> None:
    """The manifest of the whole set, in order of shards."""
    for leftover in (out / "shards").glob(".*.tmp"):
        leftover.unlink(missing_ok=True)
    write_atomically(
        out / "manifest.jsonl", b"".join(_labels(out, number).read_bytes() for number in range(plan.shards))
    )
