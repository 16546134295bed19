"""From a configured checkpoint to a pipeline that is ready to run.

    loaded = load_pipeline(config.text, ctx, component="diffusers/text", task="text")
    loaded.pipe(prompt="a red mug")

All is checked first: the files, the classes, and each option against what is installed and what the pipeline has
(`options.check`). Only then are weights read.
"""

from __future__ import annotations

import inspect
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines import applying, options
from prodgen_diffusers.pipelines.sources import find_file, find_folder
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.finding import named
from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.messages import collected_messages, quiet
from prodgen_sdk.checkpoints.pipelines import components, pipeline_class, read_index
from prodgen_sdk.checkpoints.sources import Checkpoint, WeightsFile
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import file_digest
from prodgen_sdk.runtime import canonical_digest

_INPAINTING = 9
"""Channels that a UNet for inpainting reads: latents, the masked picture's latents and the mask."""
Task = Literal["text", "image", "inpaint"]
"""What AutoPipeline turns a checkpoint into: text to image, image to image, inpainting."""


@dataclass(frozen=True)
class Loaded:
    """A pipeline on its device.

    Attributes:
        component: the id of the generator that it is loaded for.
        pipe: a diffusers pipeline, with schedulers, LoRA and all options in place.
        digest: names weights and LoRA; a component offers it as its own `digest`.
        device, dtype: where it computes, and in what.
        lock: hold it during a call: a pipeline's scheduler and caches have state.
        fits: how many pictures of a size fit in memory at once, where it was found out.
    """

    component: str
    pipe: Any
    digest: str
    device: str
    dtype: str
    lock: Any = field(default_factory=threading.RLock, repr=False)
    fits: dict[int, int] = field(default_factory=dict)

    @property
    def denoiser(self) -> Any:
        """The network that is run at every step: a transformer or a UNet."""
        return options.denoiser(self.pipe)


@quiet()
def load_pipeline(
    config: Pipeline,
    ctx: Context,
    *,
    component: str,
    task: Task | None = None,
    pipeline: str | None = None,
    parts: Mapping[str, Any] | None = None,
    adapt: Callable[[Any], None] | None = None,
) -> Loaded:
    """Loads the pipeline of a checkpoint's folder.

    Args:
        component: the id that error messages name.
        task: what it has to do; the checkpoint's own pipeline is turned into its kin of that task (`AutoPipeline`).
        pipeline: or the name of a class of diffusers to load it as, such as `StableDiffusionXLControlNetPipeline`.
        parts: ready components that the folder lacks or that replace its own, such as {"controlnet": model}.
        adapt: sets further weights into the loaded pipeline, such as an IP-Adapter's, before it is placed on its device.

    Raises:
        ConfigError: the checkpoint may not be loaded, is damaged, or does not do what is asked of it.
        MissingDependency: it is neither here nor reachable, or an option needs a package.
    """
    import torch

    folder = find_folder(config, ctx, component=component)
    with named(component):
        index = read_index(folder)
    wanted = wanted_class(index, task, pipeline, component)
    dtype = ctx.dtype if config.dtype == "auto" else config.dtype
    _check_parts(folder, index, config, {*(parts or {})}, component)
    _check_channels(folder, task, component)
    options.check(config, index, wanted, ctx.device, dtype, component=component, folder=folder)
    loras = [find_file(lora, ctx, component=component) for lora in config.loras]
    given: dict[str, Any] = {**(parts or {}), **applying.quantised(config, folder, index, dtype)}
    try:
        pipe = load_pretrained(
            wanted, folder, getattr(torch, dtype), component=component, variant=config.variant, **given
        )
    except ConfigError as error:
        if config.quantisation is None:
            raise
        kind = f"{config.quantisation.kind} {config.quantisation.type}".strip()
        raise ConfigError(
            str(error),
            hint=f"See whether it loads without `quantisation`: {kind} may need more than is installed here.",
        ) from error
    pipe.set_progress_bar_config(disable=True)
    with collected_messages() as messages:
        applying.apply(pipe, config, loras, ctx.device, component=component, adapt=adapt)
    for message in messages:
        if "unexpected keys" in message:  # diffusers goes on with the weights that fit
            ctx.logger.warning("%s: a LoRA was made for another model, in part: %s", component, message[:300])
    digests = [identity(config, folder, ctx.state), *(file_digest(path) for path in loras)]
    ctx.logger.info("%s: %s, %s on %s in %s", component, config.model, type(pipe).__name__, ctx.device, dtype)
    return Loaded(component, pipe, canonical_digest(digests), ctx.device, dtype)


def load_model(source: Checkpoint, ctx: Context, class_name: str, *, component: str, dtype: str = "auto") -> Any:
    """Loads one model, such as a ControlNet, from a folder with `config.json` and safetensors; it stays on the CPU.

    Args:
        class_name: a model class of diffusers or transformers.

    Raises:
        ConfigError: the folder may not be loaded, or holds another model.
        MissingDependency: it is neither here nor reachable.
    """
    import diffusers
    import torch
    import transformers

    folder = find_folder(source, ctx, component=component)
    cls = getattr(diffusers, class_name, None) or getattr(transformers, class_name)
    kind = getattr(torch, ctx.dtype if dtype == "auto" else dtype)
    return load_pretrained(cls, folder, kind, component=component, variant=source.variant).eval()


def load_weights(source: WeightsFile, ctx: Context, *, component: str) -> tuple[dict[str, Any], str]:
    """The tensors of one checked safetensors file, on the CPU, and the sha256 of the file."""
    from safetensors.torch import load_file

    path = find_file(source, ctx, component=component)
    return load_file(path), file_digest(path)


def _check_parts(folder: Path, index: Mapping[str, Any], config: Pipeline, given: set[str], component: str) -> None:
    for name in components(dict(index)):
        if name not in given and not (folder / name).is_dir():
            raise ConfigError(
                f"{component}: the checkpoint {folder} lacks its part {name}.", hint="Fetch or save it again, whole."
            )
    if config.variant and not any(folder.glob(f"*/*.{config.variant}*.safetensors")):
        raise ConfigError(
            f"{component}: the checkpoint {folder} has no variant {config.variant!r}.", hint="Leave out `variant`."
        )
    for path in folder.glob("*/config.json"):
        variants = {_variant(file) for file in path.parent.glob("*.safetensors")}
        if variants and not variants & {"", config.variant}:
            raise ConfigError(
                f"{component}: the checkpoint {folder} has its part {path.parent.name} in the variant {min(variants)} alone.",
                hint=f'Set `variant = "{min(variants)}"`.',
            )


def _variant(file: Path) -> str:
    """The variant in the name of a file of weights, sharded or not; empty where there is none.

    >>> _variant(Path("model.fp16-00001-of-00002.safetensors")), _variant(Path("model-00001-of-00002.safetensors"))
    ('fp16', '')
    """
    _, _, rest = file.name.removesuffix(".safetensors").partition(".")
    return re.sub(r"-\d+-of-\d+$", "", rest)


def _check_channels(folder: Path, task: Task | None, component: str) -> None:
    """Refuses a UNet that was made for inpainting where there is no mask: it reads nine channels, and fails at its first step."""
    path = folder / "unet" / "config.json"
    if task not in ("text", "image") or not path.is_file():
        return
    try:
        channels = json.loads(path.read_text("utf-8")).get("in_channels")
    except (OSError, ValueError, AttributeError):
        return  # what is wrong with it is told when it is loaded
    if channels == _INPAINTING:
        raise ConfigError(
            f"{component}: the checkpoint {folder} is one for inpainting.",
            hint="Name it in [plugins.diffusers.background], and a checkpoint of the plain model here.",
        )


def wanted_class(index: Mapping[str, Any], task: Task | None, pipeline: str | None, component: str) -> Any:
    """The pipeline class that does a task with a checkpoint; raises ConfigError if there is none."""
    import diffusers

    own = pipeline_class(dict(index))
    if pipeline is not None:
        return getattr(diffusers, pipeline)
    if task is None:
        return own
    found = task_class(own, task)
    if found is None:
        doing = {"text": "make images from text", "image": "change an image", "inpaint": "paint a part of an image"}
        raise ConfigError(
            f"{component}: {own.__name__} cannot {doing[task]}.",
            hint="Name a checkpoint of another pipeline, such as SDXL or FLUX, or name this one for what it does.",
        )
    return found


def task_class(own: Any, task: Task) -> Any | None:
    """The class of diffusers that does `task` with the parts of the pipeline `own`, or None."""
    from diffusers.pipelines import auto_pipeline

    mappings = {
        "text": auto_pipeline.AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
        "image": auto_pipeline.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        "inpaint": auto_pipeline.AUTO_INPAINT_PIPELINES_MAPPING,
    }
    if own in mappings[task].values():
        return own
    for mapping in mappings.values():
        family = next((name for name, cls in mapping.items() if cls is own), None)
        if family is not None and family in mappings[task]:
            return mappings[task][family]
    # A pipeline that AutoPipeline does not know, or that is made for this task alone, such as FLUX Fill: its call decides.
    takes = inspect.signature(own.__call__).parameters
    edits = own in (*mappings["image"].values(), *mappings["inpaint"].values())
    if (task == "text" and edits) or (task != "inpaint" and "mask_image" in takes):
        return None  # its call takes less, and fails without a picture or a mask
    does = {"text": "prompt", "image": "image", "inpaint": "mask_image"}[task] in takes
    return own if does else _namesake(own, task)


def _namesake(own: Any, task: Task) -> Any | None:
    """The class that is named as `own` with its task, and made of the same parts: AutoPipeline does not list all, such as
    Flux2KleinInpaintPipeline, SanaSprintImg2ImgPipeline and KolorsImg2ImgPipeline.
    """
    import diffusers

    ending = {"text": "Pipeline", "image": "Img2ImgPipeline", "inpaint": "InpaintPipeline"}[task]
    found = getattr(diffusers, own.__name__.removesuffix("Pipeline") + ending, None)
    parts = set(inspect.signature(own.__init__).parameters)
    return found if found is not None and set(inspect.signature(found.__init__).parameters) == parts else None
