"""A pipeline with ControlNets, and with an IP-Adapter where one is configured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from prodgen_diffusers.config import Control, ControlNet, IpAdapter
from prodgen_diffusers.pipelines.loading import Loaded, load_model, load_pipeline
from prodgen_diffusers.pipelines.sources import find_file, find_folder, kind_of
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.loading import set_ip_adapter
from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import file_digest

# How wide words and sizes are that a ControlNet takes in: it is given what its base model is given.
_ALIKE = (
    "cross_attention_dim",
    "addition_embed_type",
    "joint_attention_dim",
    "caption_projection_dim",
    "pooled_projection_dim",
)


@quiet()
def load_controlled(config: Control, ctx: Context, component: str) -> tuple[Loaded, list[str]]:
    """The text-to-image pipeline of the checkpoint's family that takes ControlNets, and the digests of all that was added.

    Raises:
        ConfigError: the family has no such pipeline, or a part does not fit.
        MissingDependency: a part is neither here nor reachable.
    """
    if len({net.kind for net in config.controls}) < len(config.controls):
        raise ConfigError(f"{component}: two ControlNets read the same map.", hint="Configure one a kind.")
    folder, own = kind_of(config, ctx, component)
    wanted = controlled_class(own)
    if wanted is None:
        raise ConfigError(
            f"{component}: diffusers has no pipeline of the family of {own.__name__} that takes a ControlNet.",
            hint="Name a checkpoint of SDXL, Stable Diffusion 1.5 or FLUX.1.",
        )
    nets, digests = [], []
    for net in config.controls:
        model, digest = _controlnet(net, config, _settings_of_denoiser(folder), ctx, component)
        nets.append(model)
        digests.append(digest)
    parts: dict[str, Any] = {"controlnet": nets[0] if len(nets) == 1 else nets}
    adapt = None
    if config.ip_adapter is not None:
        path = find_file(config.ip_adapter, ctx, component=component)
        parts |= _image_encoder(config.ip_adapter, config, ctx, component)
        digests.append(file_digest(path))
        adapt = partial(set_ip_adapter, path=path, scale=config.ip_adapter.scale, component=component)
    loaded = load_pipeline(config, ctx, component=component, pipeline=wanted.__name__, parts=parts, adapt=adapt)
    return loaded, digests


def controlled_class(own: type[Any]) -> type[Any] | None:
    """The class of diffusers that makes pictures from text and a ControlNet with the parts of the pipeline `own`."""
    from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING as KNOWN

    if own in KNOWN.values() and "ControlNet" in own.__name__:
        return own
    family = next((name for name, cls in KNOWN.items() if cls is own), "")
    found: type[Any] | None = KNOWN.get(f"{family}-controlnet")
    return found


def _controlnet(
    net: ControlNet, config: Control, base: Mapping[str, Any], ctx: Context, component: str
) -> tuple[Any, str]:
    import diffusers

    folder = find_folder(net, ctx, component=component)
    found = _settings(folder)
    name = found.get("_class_name")
    if not isinstance(name, str) or "ControlNet" not in name or not hasattr(diffusers, name):
        raise ConfigError(
            f"{component}: {folder} holds no ControlNet of diffusers ({name}).",
            hint="Name a folder that save_pretrained of a ControlNetModel wrote.",
        )
    # Some call themselves a plain ControlNet: it would load, without the part that tells the kinds of maps apart.
    if "Union" in name or "num_control_type" in found:
        raise ConfigError(
            f"{component}: {folder} is a ControlNet for many kinds of maps in one, which is not supported.",
            hint=f"Name one of {net.kind} alone, such as diffusers/controlnet-depth-sdxl-1.0.",
        )
    differing = [name for name in _ALIKE if name in found and name in base and found[name] != base[name]]
    if base and (differing or not any(name in found and name in base for name in _ALIKE)):
        raise ConfigError(
            f"{component}: the ControlNet {folder} was made for another base model than {config.model}.",
            hint="Name one for this base model, such as diffusers/controlnet-depth-sdxl-1.0 for SDXL.",
        )
    return load_model(net, ctx, name, component=component, dtype=config.dtype), identity(net, folder)


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _settings_of_denoiser(folder: Path) -> dict[str, Any]:
    """Those of a pipeline's `unet` or `transformer`; none where they cannot be read, which is told when it is loaded."""
    return _settings(folder / "unet") or _settings(folder / "transformer")


def _image_encoder(adapter: IpAdapter, config: Control, ctx: Context, component: str) -> dict[str, Any]:
    from transformers import CLIPImageProcessorPil

    tower = load_model(
        adapter.image_encoder, ctx, "CLIPVisionModelWithProjection", component=component, dtype=config.dtype
    )
    size = tower.config.image_size
    extractor = CLIPImageProcessorPil(size={"shortest_edge": size}, crop_size={"height": size, "width": size})
    return {"image_encoder": tower, "feature_extractor": extractor}
