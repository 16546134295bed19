"""Models and pipelines of diffusers from checked folders, on their device."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.checkpoints.placing import compile_network, place
from prodgen_sdk.context import Context
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


def prepare(pipe: Any, levers: Levers, device: str, *, component: str) -> None:
    """Puts a pipeline on its device, with the configured levers.

    Raises:
        OutOfMemory: it does not fit.
    """
    pipe.set_progress_bar_config(disable=True)
    with collected_messages():
        place(
            pipe,
            device,
            component=component,
            offload=levers.offload,
            vae_slicing=levers.vae_slicing,
            vae_tiling=levers.vae_tiling,
        )
    compile_network(getattr(pipe, "transformer", None) or pipe.unet, levers.compile)
