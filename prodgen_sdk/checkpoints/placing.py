"""A loaded pipeline of diffusers on its device, with the levers that save its memory or time."""

from __future__ import annotations

from typing import Any, Literal

from prodgen_sdk.errors import OutOfMemory

Offload = Literal["none", "model", "group", "sequential"]
"""What is kept off the device while it is not needed: nothing, whole parts, groups of layers, or single layers."""
Compile = Literal["none", "regional", "full"]
"""What `torch.compile` is given: nothing, each repeated block, or the whole network."""

_BLOCKS_PER_GROUP = 1  # of `group`: small, so that what is on the device is small


def place(
    pipe: Any,
    device: str,
    *,
    component: str,
    offload: Offload = "none",
    vae_slicing: bool = False,
    vae_tiling: bool = False,
    hint: str = 'Set `offload = "model"` or `"group"`, or `dtype = "bfloat16"`.',
) -> None:
    """Puts a pipeline on its device.

    Args:
        component: the id that error messages name.
        vae_slicing, vae_tiling: decode one image, or one tile, at a time.
        hint: what helps where memory runs out.

    Raises:
        OutOfMemory: it does not fit.
    """
    import torch

    if vae_slicing:
        pipe.vae.enable_slicing()
    if vae_tiling:
        pipe.vae.enable_tiling()
    try:
        _put(pipe, device, offload)
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(f"{component}: the weights do not fit into the memory of {device}.", hint=hint) from error


def _put(pipe: Any, device: str, offload: Offload) -> None:
    import torch

    if offload == "model":
        pipe.enable_model_cpu_offload(device=device)
    elif offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=device)
    elif offload == "group":
        pipe.enable_group_offload(
            onload_device=torch.device(device),
            offload_type="block_level",
            num_blocks_per_group=_BLOCKS_PER_GROUP,
            use_stream=device.startswith("cuda"),
        )
    else:
        pipe.to(device)


def repeated_blocks(network: Any) -> tuple[str, ...]:
    """Names of the classes of blocks that a class of networks repeats, and that are worth compiling alone; none where it has none."""
    named = tuple(getattr(network, "_repeated_blocks", None) or ())
    is_unet = getattr(network, "__name__", "").startswith("UNet2DCondition")
    return named or (("BasicTransformerBlock", "ResnetBlock2D") if is_unet else ())


def compile_network(network: Any, what: Compile) -> None:
    """Has a network, or its repeated blocks, compiled when it is first called."""
    if what == "full":
        network.compile()
    elif what == "regional":
        names = repeated_blocks(type(network))
        for module in network.modules():
            if type(module).__name__ in names:
                module.compile()
