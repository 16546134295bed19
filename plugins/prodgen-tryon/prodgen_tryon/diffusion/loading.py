"""Models and pipelines of diffusers from checked folders, on their device."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.context import Context
from prodgen_sdk.errors import OutOfMemory
from prodgen_tryon.diffusion.config import Folder, Levers
from prodgen_tryon.diffusion.licences import check_licence, licence_of
from prodgen_tryon.diffusion.weights import find_folder


def quietly(module: str, *names: str) -> Any:
    """Classes of diffusers or transformers, whose modules are imported, and say things, when a class is first asked for."""
    with collected_messages():
        library = importlib.import_module(module)
        return tuple(getattr(library, name) for name in names) if len(names) > 1 else getattr(library, names[0])


def load_network(
    name: str, section: Folder, licence: str, ctx: Context, *, accept: bool, component: str
) -> tuple[Any, Path]:
    """A network of transformers in float32, ready to be asked on its device, and the folder that it came from.

    Args:
        licence: of the weights, where neither the section nor a card beside them says it.
        accept: whether weights for non-commercial use may be loaded.

    Raises:
        ConfigError: the licence forbids the use; the folder is none, or its files are refused.
    """
    import torch

    folder = find_folder(section, ctx, component=component)
    check_licence(licence_of(section, folder, licence), section.model, accept=accept, component=component)
    network = load_pretrained(
        quietly("transformers", name), folder, torch.float32, component=component, variant=section.variant
    )
    return network.eval().to(ctx.device), folder


def dtype_of(name: str, ctx: Context) -> Any:
    """The torch dtype of a configured name; `auto` is the runtime's."""
    import torch

    return getattr(torch, ctx.dtype if name == "auto" else name)


def place(pipe: Any, levers: Levers, device: str, *, component: str) -> None:
    """Puts a pipeline on its device, with the configured levers.

    Raises:
        OutOfMemory: it does not fit.
    """
    import torch

    pipe.set_progress_bar_config(disable=True)
    if levers.vae_slicing:
        pipe.vae.enable_slicing()
    if levers.vae_tiling:
        pipe.vae.enable_tiling()
    try:
        with collected_messages():
            if levers.offload == "model":
                pipe.enable_model_cpu_offload(device=device)
            elif levers.offload == "sequential":
                pipe.enable_sequential_cpu_offload(device=device)
            elif levers.offload == "group":
                pipe.enable_group_offload(
                    onload_device=torch.device(device), offload_type="block_level", num_blocks_per_group=1,
                    use_stream=device.startswith("cuda"),
                )  # fmt: skip
            else:
                pipe.to(device)
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"{component}: the weights do not fit into the memory of {device}.",
            hint='Set `offload = "model"` or `"group"`, or `dtype = "bfloat16"`.',
        ) from error
    if levers.compile == "regional":
        network = getattr(pipe, "transformer", None) or pipe.unet
        names = set(getattr(type(network), "_repeated_blocks", None) or ("BasicTransformerBlock",))
        for module in network.modules():
            if type(module).__name__ in names:
                module.compile()
