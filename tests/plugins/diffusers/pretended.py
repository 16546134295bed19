"""A pretended accelerator: tensors that say they are on a device, are computed on the CPU, and obey the rules of a real one.

python pretended.py PATH[:OFFLOAD]...   of `prodgen bench gpu`, in bfloat16 (`lora`, which wants autocasting, in float32); prints JSON

Tensors of two devices do not meet, norms and convolutions want weights of their input's dtype, generators belong to their device,
and every copy to or from the device and every wait for it is counted. It has no kernels of its own: what a real one computes
wrongly, or cannot hold, is not seen. It takes a process of its own, as torch knows one such device only, for good.
"""

import json
import sys
import tempfile
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "pretended"
DEVICE = f"{NAME}:0"
aten = torch.ops.aten
MIXED = {aten.copy_.default, aten._to_copy.default, aten.index.Tensor, aten.index_put_.default, aten.index_put.default}
WAITS = {aten._local_scalar_dense.default, aten.nonzero.default, aten.masked_select.default, aten.equal.default}
ONE_DTYPE = {aten.native_layer_norm.default: (0, 2), aten.native_group_norm.default: (0, 1), aten.convolution.default: (0, 1)}  # fmt: skip
counted = SimpleNamespace(copies=0, waits=0)


class Backend:
    """What torch asks of a device's module."""

    is_available = current_device = device_count = _is_in_bad_fork = lambda self: 1
    get_amp_supported_dtype = lambda self: [torch.bfloat16]  # noqa: E731
    manual_seed_all = synchronize = set_device = empty_cache = lambda self, *_: None


class There(torch.Tensor):
    """A tensor on the device; `held` is where its numbers are."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held):
        return torch.Tensor._make_wrapper_subclass(
            cls, held.shape, strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype,
            device=DEVICE, requires_grad=held.requires_grad,
        )  # fmt: skip

    def __init__(self, held):
        self.held = held

    def tolist(self):
        counted.waits += 1
        return self.held.tolist()

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return compute(func, args, kwargs or {})


class Mode(TorchDispatchMode):
    """Takes over whatever makes a tensor on the device."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if any(isinstance(leaf, There) for leaf in tree_leaves((args, kwargs))) or _is_there(kwargs.get("device")):
            return compute(func, args, kwargs)
        return func(*args, **kwargs)


def _is_there(device):
    return device is not None and torch.device(device).type == NAME


def compute(func, args, kwargs):
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    there = [isinstance(tensor, There) for tensor in tensors]
    goes = _is_there(kwargs["device"]) if kwargs.get("device") is not None else any(there)
    if func is aten._fused_sdp_choice.default:
        return 0  # plain mathematics
    if func in (aten.copy_.default, aten._to_copy.default):
        counted.copies += there[0] != (there[1] if len(there) > 1 else goes)
    _check(func, args, tensors, there, tree_leaves((args, kwargs)), goes)
    counted.waits += func in WAITS
    here = {**kwargs, "device": torch.device("cpu")} if kwargs.get("device") is not None else kwargs
    out = func(*tree_map(_held, args), **tree_map(_held, here))
    if not goes:
        return out
    out = tree_map(lambda part: There(part) if type(part) is torch.Tensor else part, out)
    return return_and_correct_aliasing(func, args, kwargs, out) if any(there) else out


def _held(leaf):
    return leaf.held if isinstance(leaf, There) else leaf


def _check(func, args, tensors, there, leaves, goes):
    lone = [tensor for tensor, far in zip(tensors, there, strict=True) if not far and tensor.dim()]
    if any(there) and lone and func not in MIXED:
        raise RuntimeError(f"{func}: tensors of {DEVICE} and cpu, {[tuple(tensor.shape) for tensor in tensors]}")
    for leaf in leaves:
        if isinstance(leaf, torch.Generator) and goes:
            raise RuntimeError(f"{func}: a generator of {leaf.device} for {DEVICE}")
    first, second = ONE_DTYPE.get(func, (0, 0))
    if any(there) and second and args[second] is not None and args[first].dtype != args[second].dtype:
        raise RuntimeError(f"{func}: {args[first].dtype} and weights of {args[second].dtype}")


def _item(tensor):
    counted.waits += 1
    return tensor.held.item()


@contextmanager
def pretended():
    """The device, for as long as it lasts."""
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    torch._C._set_only_lift_cpu_tensors(True)
    with Mode():
        yield
    torch._C._set_only_lift_cpu_tensors(False)
    torch.__future__.set_overwrite_module_params_on_conversion(False)


def run(path, folder, host):
    """Of one path: the pictures' mean difference from the CPU's, and copies and waits between reports of progress."""
    from prodgen_diffusers.benchmarks import gpu as benchmark
    from prodgen_diffusers.benchmarks.measuring import request_of
    from prodgen_diffusers.config import Config
    from prodgen_diffusers.tiny.qwen_edit import small_pictures
    from prodgen_diffusers.tiny.sections import section

    from prodgen_sdk.context import Context
    from prodgen_sdk.host import load_dotted

    ticks = []
    ctx = Context(
        device=DEVICE, dtype="bfloat16", find=host.get,
        progress=lambda *_: ticks.append((counted.copies, counted.waits)),
    )  # fmt: skip
    name, _, offload = path.partition(":")
    made = []
    for context, levers in ((Context(dtype="bfloat16", find=host.get), {}), (ctx, {"offload": offload or "none"})):
        config = Config.model_validate({name: section(name, folder) | {"steps": 8} | levers})
        with small_pictures():
            generator = load_dotted(benchmark.PATHS[name])(config, context)
            ticks.clear()
            made.append(generator.generate([request_of(name, 64, 1)], context)[0])
    apart = [np.abs(a.image.astype(int) - b.image).mean() for a, b in zip(*made, strict=True)]
    steps = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairwise(ticks)]
    return {"apart": max(apart), "steps": steps}


def learn(folder):
    """Of a LoRA: the held-out loss on the device and on the CPU, and before; and what lies on the device in each stage."""
    from prodgen_diffusers.tiny.sections import section
    from prodgen_diffusers.training import lora, objective
    from prodgen_diffusers.training.lora import LoraTrainer

    from prodgen_sdk import images
    from prodgen_sdk.context import Context
    from prodgen_sdk.testing.samples import sample_photo

    for place in range(3):
        images.save(sample_photo((80 * place, 90, 160), 48), folder / f"{place}.png")
    lines = [{"file_name": f"{place}.png", "text": f"ball {place}"} for place in range(3)]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    options = {"model": section("text", folder)["model"], "size": 32, "steps": 4, "learning_rate": 0.01, "warmup": 0,
               "batch": 2, "accumulate": 2, "ema": 0.5, "copies": 1, "sample_every": 4, "sample_steps": 2}  # fmt: skip
    there = {name: set() for name in ("_conditions", "encoded", "LoraObjective")}

    def spied(name, real):
        def call(loaded, *args):
            made = real(loaded, *args)
            parts = {key: part for key, part in loaded.pipe.components.items() if isinstance(part, torch.nn.Module)}
            there[name] |= {key for key, part in parts.items() if isinstance(next(part.parameters()), There)}
            return made

        return call

    for home, name in ((lora, "_conditions"), (lora, "encoded"), (objective, "LoraObjective")):
        setattr(home, name, spied(name, getattr(home, name)))
    found = [
        LoraTrainer(None, ctx).train(options, folder, folder / f"run-{place}", ctx).figures
        for place, ctx in enumerate((Context(), Context(device=DEVICE)))
    ]
    sheets = [images.load(folder / f"run-{place}" / "samples" / "000004.png").astype(int) for place in (0, 1)]
    return {"val_loss": [figures["val_loss"] for figures in found], "val_before": found[0]["val_before"],
            "apart": float(np.abs(sheets[0] - sheets[1]).mean()),
            "there": {name: sorted(parts) for name, parts in there.items()}}  # fmt: skip


def main():
    import prodgen_render.plugin

    from prodgen_sdk.config import Config
    from prodgen_sdk.host import Host

    library = torch.library.Library("aten", "IMPL")
    library.impl("_local_scalar_dense", _item, "PrivateUse1")
    library.impl(
        "empty_strided", lambda size, stride, dtype=None, **_: There(torch.empty_strided(size, stride, dtype=dtype)),
        "PrivateUse1",
    )  # fmt: skip
    host = Host(Config(), strict=True)
    host.register(prodgen_render.plugin, "render")
    with tempfile.TemporaryDirectory() as folder, pretended():
        found = {
            name: learn(Path(folder)) if name == "lora" else run(name, Path(folder), host) for name in sys.argv[1:]
        }
    print(json.dumps(found))


if __name__ == "__main__":
    _setup_privateuseone_for_python_backend(NAME, Backend())
    main()
