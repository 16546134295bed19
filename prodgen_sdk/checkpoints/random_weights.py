"""Checkpoints of any size with random weights, written in the time that the disk takes: for benchmarks without a download.

A model is built on torch's `meta` device, which has shapes and no memory; its weights are then blocks of normal numbers, drawn once
and repeated. Time and memory of a network do not depend on its weights, but they may on zeros, which some hardware passes faster.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_sdk.threads import cores

SHARD_BYTES = 4 * 10**9
_BLOCK = 2**22  # numbers of a block
_COUNTER = "num_batches_tracked"  # of batch normalisation: a whole number
_AT_ONCE = 8  # files written, or read, at the same time


def random_checkpoint(folder: Path, pipeline: str, parts: Mapping[str, Any], dtype: str) -> Path:
    """Writes the folder of a pipeline of diffusers, unless it is there: whole or not at all.

    Args:
        folder: where `model_index.json` and a subfolder per part go.
        pipeline: the name of its class.
        parts: by name, a function without arguments that makes a model; or an object with `save_pretrained`, such as a tokeniser or
            scheduler; or the folder of a model that `random_model` wrote, whose files are shared; or None, for a part that it lacks.
        dtype: `float32`, `float16` or `bfloat16`, of the weights.
    """
    if folder.exists():
        return folder
    made = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": "0.38.0"}
    for name, part in parts.items():
        if part is None:
            index[name] = [None, None]
            continue
        if isinstance(part, Path):
            _share(part, made / name)
        elif callable(part) and not hasattr(part, "save_pretrained"):
            random_model(made / name, part, dtype)
        else:
            part.save_pretrained(made / name)
        index[name] = _named(made / name, part)
    (made / "model_index.json").write_text(json.dumps(index, indent=2))
    made.rename(folder)
    return folder


def random_model(folder: Path, build: Callable[[], Any], dtype: str) -> Path:
    """Writes the folder of one model of diffusers or transformers, unless it is there; `build` makes it, on the `meta` device."""
    if folder.exists():
        return folder
    model = on_meta(build)
    own = getattr(model, "save_config", None)  # of diffusers; transformers has it on the configuration
    made = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    if own is not None:
        own(made)
    else:
        model.config.architectures = [type(model).__name__]
        model.config.dtype = dtype
        model.config.save_pretrained(made)
    write_random(made, _shapes(model), dtype, stem="diffusion_pytorch_model" if own is not None else "model")
    made.rename(folder)
    return folder


def on_meta(build: Callable[[], Any]) -> Any:
    """The model that `build` makes, with shapes and without memory; weights that it has in two places are one."""
    import torch

    with torch.device("meta"):
        model = build()
    if hasattr(model, "tie_weights"):  # of transformers, whose first releases of 5 leave that undone here
        model.tie_weights()
    return model


def write_random(folder: Path, shapes: Mapping[str, tuple[int, ...]], dtype: str, *, stem: str) -> None:
    """Writes `<stem>.safetensors`, or shards of it with their index, as `save_pretrained` names them."""
    shards: list[dict[str, tuple[int, ...]]] = [{}]
    room = SHARD_BYTES
    for name, shape in shapes.items():
        size = _width(name, dtype) * int(np.prod(shape))
        if shards[-1] and size > room:
            shards.append({})
            room = SHARD_BYTES
        shards[-1][name] = shape
        room -= size
    ending = ".safetensors"
    names = [f"{stem}{ending}"]
    if len(shards) > 1:
        names = [f"{stem}-{place + 1:05}-of-{len(shards):05}{ending}" for place in range(len(shards))]
        where = {name: file for file, shard in zip(names, shards, strict=True) for name in shard}
        total = sum(_width(name, dtype) * int(np.prod(shape)) for name, shape in shapes.items())
        text = json.dumps({"metadata": {"total_size": total}, "weight_map": where}, indent=2)
        (folder / f"{stem}{ending}.index.json").write_text(text)
    with ThreadPoolExecutor(min(_AT_ONCE, cores())) as pool:
        list(pool.map(lambda item: write_file(folder / item[0], item[1], dtype), zip(names, shards, strict=True)))


def write_file(path: Path, shapes: Mapping[str, tuple[int, ...]], dtype: str) -> None:
    """Writes one safetensors file of random tensors: weights that keep the size of what passes them, scales 1, offsets 0."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + _width(name, dtype) * int(np.prod(shape))
        kind = "I64" if name.endswith(_COUNTER) else {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}[dtype]
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    blocks: dict[float, memoryview] = {}
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in shapes.items():
            for piece in _pieces(name, shape, dtype, blocks):
                file.write(piece)


def _pieces(name: str, shape: tuple[int, ...], dtype: str, blocks: dict[float, memoryview]) -> Iterator[memoryview]:
    """The bytes of one tensor, a block at a time."""
    count = int(np.prod(shape))
    if name.endswith(_COUNTER):
        yield memoryview(bytes(8 * count))
        return
    if len(shape) < 2:
        scale = name.rsplit(".", 1)[-1] in ("weight", "scale", "gamma", "running_var")
        yield _bytes(np.full(count, float(scale), np.float32), dtype)
        return
    spread = (3 * count / shape[0]) ** -0.5  # as torch draws layers: variance 1 / (3 x inputs)
    if spread not in blocks:
        drawn = np.random.default_rng(0).standard_normal(_BLOCK, np.float32)
        blocks[spread] = _bytes(drawn * np.float32(spread), dtype)
    block = blocks[spread]
    left = count * (len(block) // _BLOCK)
    while left > 0:
        yield block[:left]
        left -= len(block)


def _width(name: str, dtype: str) -> int:
    """Bytes of a number of a tensor."""
    return 8 if name.endswith(_COUNTER) else 4 if dtype == "float32" else 2


def _bytes(values: np.ndarray[Any, np.dtype[np.float32]], dtype: str) -> memoryview:
    if dtype == "bfloat16":  # the upper half of a float32, rounded to nearest
        halves = ((values.view(np.uint32) + 0x8000) >> 16).astype(np.uint16)
        return memoryview(halves.tobytes())
    return memoryview(values.astype(dtype).tobytes())


def _shapes(model: Any) -> dict[str, tuple[int, ...]]:
    """Of every tensor that a checkpoint of the model holds; a weight that stands in two places counts once."""
    seen: set[int] = set()
    found = {}
    for name, value in model.state_dict(keep_vars=True).items():
        if id(value) not in seen and (value.is_floating_point() or name.endswith(_COUNTER)):
            seen.add(id(value))
            found[name] = tuple(value.shape)
    return found


def _share(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        try:
            os.link(path, target / path.name)
        except OSError:  # another disk, or one without links
            shutil.copy2(path, target / path.name)


def _named(folder: Path, part: Any) -> list[str]:
    """The library and class of a part, as `model_index.json` has them."""
    config = folder / "config.json"
    if isinstance(part, Path) or (callable(part) and not hasattr(part, "save_pretrained")):
        settings = json.loads(config.read_text())
        if "_class_name" in settings:
            return ["diffusers", settings["_class_name"]]
        return ["transformers", settings["architectures"][0]]
    return [type(part).__module__.split(".", 1)[0], type(part).__name__]
