"""The section of each generator's configuration with random checkpoints of full size, which are built where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from prodgen_diffusers.full_size import sdxl, transformers


class Family(NamedTuple):
    """How a family's checkpoint is built, its size in GB in half precision, and what its section says beside the model."""

    build: Callable[[Path, str], Path]
    gigabytes: int
    settings: dict[str, Any]


FAMILIES = {
    "sdxl": Family(sdxl.checkpoint, 7, {}),
    "sd3.5-medium": Family(transformers.sd35_medium, 16, {}),
    "flux-schnell": Family(transformers.flux_schnell, 34, {"steps": 4, "guidance": 0, "arguments": {"max_sequence_length": 256}}),
    "flux2-klein": Family(transformers.flux2_klein, 16, {"steps": 4, "guidance": 1}),
    "z-image-turbo": Family(transformers.z_image_turbo, 21, {"steps": 8, "guidance": 0}),
    "qwen-image": Family(transformers.qwen_image, 58, {}),
}  # fmt: skip
EDIT = Family(transformers.qwen_image_edit, 58, {"steps": 8})
_SDXL_ALONE = ("mv_adapter", "control")


class NoRoom(Exception):
    """The weights do not fit where they would be built."""


def section(name: str, family: str, folder: Path, dtype: str) -> dict[str, Any] | None:
    """The section `[plugins.diffusers.<name>]`, or None where there is no such checkpoint of that family.

    Args:
        name: text, image, background, angles, mv_adapter or control.
        family: a key of `FAMILIES`; `angles` is Qwen-Image-Edit whatever it says.
        folder: where the checkpoints are, or go; they are shared by all that names it.
        dtype: what the weights are stored in.

    Raises:
        NoRoom: the disk is too small for them.
    """
    if name == "angles":
        lora = folder / f"angles-{dtype}.safetensors"
        model = _built(EDIT, "qwen-image-edit", folder, dtype)
        if not lora.exists():
            transformers.angles_lora(lora, dtype)
        return {"model": model, "lora": {"model": str(lora)}, **EDIT.settings}
    if name in _SDXL_ALONE and family != "sdxl":
        return None
    base = _built(FAMILIES[family], family, folder, dtype)
    if name == "mv_adapter":
        weights = sdxl.multi_view(folder / f"mvadapter_i2mv_sdxl-{dtype}.safetensors", dtype)
        return {"model": base, "image_weights": {"model": str(weights)}, "size": 768, "batch": 12}
    if name == "control":
        depth = str(sdxl.controlnet(folder / f"depth-{dtype}", dtype))
        return {"model": base, "controls": [{"kind": "depth", "model": depth}], "geometry": "render/parametric"}
    return {"model": base, **FAMILIES[family].settings}


def _built(family: Family, name: str, folder: Path, dtype: str) -> str:
    path = folder / f"{name}-{dtype}"
    if not path.exists():
        needed = family.gigabytes * (2 if dtype == "float32" else 1)
        free = shutil.disk_usage(folder).free / 1e9
        if free < needed:
            raise NoRoom(
                f"{name} takes {needed} GB, and {folder} has {free:.0f} GB left: name another with -o folder=DIR"
            )
        family.build(path, dtype)
    return str(path)
