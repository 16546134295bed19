"""The section `[plugins.diffusers]` of prodgen.toml: which checkpoint each component loads, and how it runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prodgen_sdk.checkpoints.placing import Compile, Offload
from prodgen_sdk.checkpoints.sources import Checkpoint, WeightsFile
from prodgen_sdk.errors import NotConfigured

Scalar = bool | int | float | str


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lora(WeightsFile):
    """A LoRA and how strongly it counts."""

    scale: Annotated[float, Field(ge=-8, le=8)] = 1.0


class Cache(Section):
    """Steps that are answered from earlier ones. `options` are those of diffusers' configuration of that cache.

    `first_block` skips a step while the first block's residual hardly changes; `taylorseer` extrapolates features;
    `faster` and `pyramid` reuse attention; `mag` skips by calibrated magnitudes; `sea` skips by filtered inputs.
    """

    kind: Literal["first_block", "taylorseer", "faster", "pyramid", "mag", "sea"]
    options: dict[str, Any] = Field(default_factory=dict)


class Quantisation(Section):
    """Weights in fewer bits.

    Args:
        kind: `torchao` (type such as `float8wo`, `int8wo`), `bitsandbytes` (type `4bit` or `8bit`), or `gguf` (`file` is the
            denoiser's single file).
        type: what the weights become.
        components: which parts of the pipeline; none takes the denoiser.
        file: the GGUF file.
    """

    kind: Literal["torchao", "bitsandbytes", "gguf"]
    type: str = ""
    components: tuple[str, ...] = ()
    file: str = ""


class Pipeline(Checkpoint):
    """A checkpoint with the levers of diffusers. What the pipeline does not have is refused before weights load.

    Args:
        dtype: `auto` takes the runtime's.
        scheduler: a scheduler class of diffusers, such as `LCMScheduler`; none keeps the checkpoint's.
        scheduler_options: fields of the scheduler's configuration, such as `{timestep_spacing = "trailing"}`.
        steps: denoising steps; None takes the pipeline's default.
        guidance: guidance scale (Qwen-Image: the true one); None takes the pipeline's default.
        arguments: further arguments of the pipeline's call, such as `{true_cfg_scale = 4.0}`.
        size: edge in pixels at which the model paints, scaled to the request's size afterwards; None takes the model's own.
        batch: most images in one call of the pipeline; halved for as long as memory runs out.
        loras: loaded in order; their scales add up.
        fuse_loras: melts them into the weights: faster, but bound to these scales.
        compile: `regional` compiles the repeated blocks once; `full` the whole denoiser.
        attention: an attention backend of diffusers, such as `flash` or `sage`.
        cache: see `Cache`.
        quantisation: see `Quantisation`.
        offload: `model` keeps one part at a time on the device, `group` a few layers, `sequential` one layer.
        vae_slicing, vae_tiling: decode one image, or one tile, at a time.
    """

    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    scheduler: str = ""
    scheduler_options: dict[str, Any] = Field(default_factory=dict)
    steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    guidance: Annotated[float, Field(ge=0, le=100)] | None = None
    arguments: dict[str, Scalar | tuple[Scalar, ...]] = Field(default_factory=dict)
    size: Annotated[int, Field(ge=8, le=4096)] | None = None
    batch: Annotated[int, Field(ge=1, le=256)] = 8
    loras: tuple[Lora, ...] = ()
    fuse_loras: bool = False
    compile: Compile = "none"
    attention: str = ""
    cache: Cache | None = None
    quantisation: Quantisation | None = None
    offload: Offload = "none"
    vae_slicing: bool = False
    vae_tiling: bool = False


class ImageToImage(Pipeline):
    """`strength`: how far an image may move from the photo, 0 to 1; of `steps`, that share is made."""

    strength: Annotated[float, Field(gt=0, le=1)] = 0.6

    @model_validator(mode="after")
    def _at_least_a_step(self) -> ImageToImage:
        if self.steps is not None and int(self.steps * self.strength) < 1:
            raise ValueError(f"{self.steps} steps at a strength of {self.strength:g} leave none to be made")
        return self


class Background(Pipeline):
    """Inpainting around a product.

    Args:
        strength: how much of what lies around the product is painted anew, 0 to 1.
        fill: share of the frame that the product's longer side takes; None keeps the photo's framing.
    """

    strength: Annotated[float, Field(gt=0, le=1)] = 1.0
    fill: Annotated[float, Field(gt=0.1, le=1)] | None = None


class Angles(Pipeline):
    """An editing checkpoint such as Qwen-Image-Edit-2511 and the LoRA that teaches it 96 camera poses.

    Args:
        lora: the Multiple-Angles LoRA; `loras` are further ones, such as a few-step LoRA.
        note_degrees: an image whose pose is farther than this from the wanted view carries a warning.
        most_degrees: a view that is farther than this from every pose is refused.
    """

    lora: Lora
    note_degrees: Annotated[float, Field(ge=0, le=180)] = 20.0
    most_degrees: Annotated[float, Field(ge=0, le=180)] = 45.0


class MultiView(Pipeline):
    """An SDXL checkpoint and MV-Adapter's weights for it.

    Args:
        image_weights: of the adapter that takes a photo, such as mvadapter_i2mv_sdxl.safetensors.
        text_weights: of the one that works from words alone, such as mvadapter_t2mv_sdxl.safetensors.
        vae: in the place of the checkpoint's own, such as madebyollin/sdxl-vae-fp16-fix, which does not need float32.
        azimuths, elevation: degrees of the views that are painted together; the weights were trained on the default.
        words: follow the product's title.
        shift: divides the signal-to-noise ratio of the first steps; 1 keeps the schedule.
        rescale: of the guided prediction against over-exposure, 0 to 1.
        camera_scale, view_scale, reference_scale: weights of what the adapter adds.
        across: `row`, for cameras of one elevation, as the weights were trained; `full` for others.
        note_degrees, most_degrees: as in `Angles`.
    """

    image_weights: WeightsFile | None = None
    text_weights: WeightsFile | None = None
    vae: Checkpoint | None = None
    azimuths: Annotated[tuple[float, ...], Field(min_length=1, max_length=24)] = (0, 45, 90, 180, 270, 315)
    elevation: Annotated[float, Field(ge=-90, le=90)] = 0.0
    words: str = "high quality"
    shift: Annotated[float, Field(ge=1, le=64)] = 8.0
    rescale: Annotated[float, Field(ge=0, le=1)] = 0.0
    camera_scale: Annotated[float, Field(ge=0, le=4)] = 1.0
    view_scale: Annotated[float, Field(ge=0, le=4)] = 1.0
    reference_scale: Annotated[float, Field(ge=0, le=4)] = 1.0
    across: Literal["row", "full"] = "row"
    note_degrees: Annotated[float, Field(ge=0, le=180)] = 20.0
    most_degrees: Annotated[float, Field(ge=0, le=180)] = 45.0


class ControlNet(Checkpoint):
    """A ControlNet and the map that it reads.

    Args:
        kind: `depth`: near is bright; `normal`: red left, green up, blue towards the viewer (as control_v11p_sd15_normalbae).
        scale: weight of what it adds.
        start, end: share of the steps at which it begins and ends to count.
    """

    kind: Literal["depth", "normal"]
    scale: Annotated[float, Field(ge=0, le=4)] = 0.8
    start: Annotated[float, Field(ge=0, le=1)] = 0.0
    end: Annotated[float, Field(ge=0, le=1)] = 1.0


class IpAdapter(WeightsFile):
    """An IP-Adapter, which carries the product's looks over from its photo. `image_encoder`: the CLIP tower that it was made with."""

    image_encoder: Checkpoint
    scale: Annotated[float, Field(ge=0, le=2)] = 0.6


class Control(Pipeline):
    """A checkpoint whose images follow the geometry of a renderer.

    Args:
        controls: the ControlNets, up to one a kind of map.
        ip_adapter: for the product's identity from its photo.
        geometry: the generator that gives the maps; `auto` takes render/mesh for a product with a mesh, render/photo for one with
            a photo, else render/parametric.
        least_overlap: an image whose silhouette shares less of its union with the renderer's carries a warning.
    """

    controls: Annotated[tuple[ControlNet, ...], Field(min_length=1, max_length=2)]
    ip_adapter: IpAdapter | None = None
    geometry: str = "auto"
    least_overlap: Annotated[float, Field(ge=0, le=1)] = 0.8


class Config(Section):
    """A section a component; one that is absent leaves its component without a checkpoint."""

    text: Pipeline | None = None
    image: ImageToImage | None = None
    background: Background | None = None
    angles: Angles | None = None
    mv_adapter: MultiView | None = None
    control: Control | None = None


def section(config: Config | None, name: str) -> Any:
    """A component's own section; raises NotConfigured where it has no checkpoint."""
    found = getattr(config, name, None)
    if found is None:
        raise NotConfigured(
            f"diffusers/{name.replace('_', '-')} has no checkpoint.",
            hint=f'Write in prodgen.toml: [plugins.diffusers.{name}] model = "FOLDER OR HUB ID" (and revision = "...").',
        )
    return found
