"""The section of each generator's configuration with tiny checkpoints, which are built where they are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_diffusers.tiny import qwen_edit, sdxl


def section(name: str, folder: Path) -> dict[str, Any]:
    """The section `[plugins.diffusers.<name>]`, two steps each.

    Args:
        name: text, image, background, angles, mv_adapter or control.
        folder: where the checkpoints are, or go.
    """
    base = _once(folder / "sdxl", sdxl.sdxl)
    if name == "angles":
        lora = _once(folder / "angles.safetensors", qwen_edit.angles_lora)
        return {
            "model": _once(folder / "qwen-edit", qwen_edit.qwen_edit),
            "lora": {"model": lora},
            "steps": 2,
            "size": 64,
        }
    if name == "mv_adapter":
        weights = folder / "i2mv.safetensors"
        if not weights.is_file():
            sdxl.multi_view(weights, reference=True)
        return {"model": base, "image_weights": {"model": str(weights)}, "steps": 2, "size": sdxl.SIZE, "batch": 12}
    if name == "control":
        nets = [
            {"kind": kind, "model": _once(folder / kind, lambda path, seed=seed: sdxl.controlnet(path, seed=seed))}
            for seed, kind in enumerate(("depth", "normal"))
        ]
        looks = Path(_once(folder / "ip-adapter", sdxl.ip_adapter))
        ip = {"model": str(looks / "ip-adapter.safetensors"), "image_encoder": {"model": str(looks / "image_encoder")}}
        return {"model": base, "controls": nets, "ip_adapter": ip, "steps": 2, "geometry": "render/parametric"}
    return {"model": base, "steps": 2}


def _once(path: Path, build: Any) -> str:
    if not path.exists():
        build(path)
    return str(path)
